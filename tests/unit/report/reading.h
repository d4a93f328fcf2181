// Short ways to read a text in a test and to look into the document.
#ifndef SHIRUBE_TESTS_UNIT_REPORT_READING_H_
#define SHIRUBE_TESTS_UNIT_REPORT_READING_H_

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "client/report/report.h"
#include "gtest/gtest.h"
#include "tests/paths.h"

namespace shirube::report {

inline ImportResult ReadFiles(const std::vector<InputFile>& files,
                              const ReadOptions& options = {}) {
  auto result = ReadReport(files, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : ImportResult();
}

inline ImportResult ReadText(const std::string& text,
                             const std::string& name = "report.txt",
                             const ReadOptions& options = {}) {
  return ReadFiles({{name, text}}, options);
}

inline const v1::Indicator* Find(const v1::PlanDocument& document,
                                 const std::string& display_name) {
  for (const v1::Indicator& indicator : document.indicators()) {
    if (indicator.display_name() == display_name) return &indicator;
  }
  return nullptr;
}

inline std::vector<v1::Observation> ObservationsOf(
    const v1::PlanDocument& document, const v1::Indicator& indicator) {
  std::vector<v1::Observation> found;
  for (const v1::Observation& observation : document.observations()) {
    if (observation.indicator() == indicator.name()) {
      found.push_back(observation);
    }
  }
  return found;
}

inline std::vector<std::string> Reasons(const std::vector<Finding>& findings) {
  std::vector<std::string> reasons;
  for (const Finding& finding : findings) reasons.push_back(finding.reason);
  return reasons;
}

inline std::string DataFile(const std::string& name) {
  const char* folder = std::getenv("SHIRUBE_DATA");
  return std::string(folder != nullptr ? folder : SHIRUBE_DATA_DEFAULT) + "/" +
         name;
}

// The bytes of a published file; nothing where it is not at hand.
inline std::optional<std::string> PublishedBytes(const std::string& name) {
  std::ifstream in(DataFile(name), std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

inline bool InCi() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string(ci) == "true";
}

}  // namespace shirube::report

#endif  // SHIRUBE_TESTS_UNIT_REPORT_READING_H_
