// Published reports and tables to plan documents: the one door of this folder.
// `shirube import` calls it; it reads nothing but the bytes it is given and
// talks to no server. One call, one thread; calls do not share anything.
//
//   bytes -> encoding -> lines -> blocks -> tables -> cells -> document
//
// What cannot be read without guessing is refused by line or kept as `unread`;
// a file that is no report at all is refused whole, and nothing of it is in the
// document.
#ifndef SHIRUBE_CLIENT_REPORT_REPORT_H_
#define SHIRUBE_CLIENT_REPORT_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/report/finding.h"
#include "shirube/v1/plan_document.pb.h"

namespace shirube::report {

// A report is some pages of text; what is larger is something else.
inline constexpr size_t kMaxFileBytes = 8 * 1024 * 1024;

struct InputFile {
  std::string name;  // without folders
  std::string bytes;
};

struct ReadOptions {
  // Id of the plan; empty: names in the document have `-` for it.
  std::string plan_id;
  // Title of a new plan that the files do not name (tables do not).
  std::string plan_title;
  // The plan as it stands, for tables that name its initiatives and for
  // measures without their pillars; null when there is none. Only read.
  const v1::PlanDocument* stored = nullptr;
  size_t max_bytes = kMaxFileBytes;
};

struct ImportResult {
  v1::PlanDocument document;
  std::vector<Refusal> refusals;
  std::vector<Warning> warnings;

  // Nothing came out of any file.
  bool empty() const {
    return document.initiatives_size() == 0 && document.indicators_size() == 0;
  }
};

// NOT_FOUND for a file that is not there, INVALID_ARGUMENT for a folder or a
// file that cannot be read; RESOURCE_EXHAUSTED over `max_bytes`.
absl::StatusOr<InputFile> LoadFile(const std::string& path,
                                   size_t max_bytes = kMaxFileBytes);

// Several files of one plan make one document. INVALID_ARGUMENT without files;
// everything that is wrong with a file is a refusal in the result.
absl::StatusOr<ImportResult> ReadReport(const std::vector<InputFile>& files,
                                        const ReadOptions& options);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_REPORT_H_
