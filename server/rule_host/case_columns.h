// Cases as the rows of one slot of a column memory, as the table would hold
// them. Made by the self-test; immutable once filled.
#ifndef SHIRUBE_SERVER_RULE_HOST_CASE_COLUMNS_H_
#define SHIRUBE_SERVER_RULE_HOST_CASE_COLUMNS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rules/cases/case_file.h"
#include "server/rule_host/exchange.h"
#include "server/rule_host/frame/ask.h"
#include "server/rule_host/frame/memory_file.h"
#include "server/rule_host/manifest.h"

namespace shirube {

class CaseColumns {
 public:
  // nullptr with `error` set where a case cannot be a row for this module (it
  // names a parameter that the module does not have), or memory cannot be had.
  static std::unique_ptr<CaseColumns> Fill(
      const std::vector<cases::Case>& cases, const Manifest& manifest,
      std::string* error);

  frame::ColumnMemory memory() const {
    return {file_.get(), map_.base(), map_.bytes()};
  }
  uint32_t size() const { return size_; }
  // The rows' columns, judged as of `index`.
  shirube_batch AsOf(int32_t index) const;
  // The parameters that some of these rows do not leave at their default.
  Exchange::Parameters ParametersOf(const std::vector<uint32_t>& rows) const;

 private:
  explicit CaseColumns(const Manifest& manifest) : manifest_(manifest) {}
  bool Append(const shirube_batch& row);

  const Manifest& manifest_;
  frame::Fd file_;
  frame::Mapping map_;
  uint32_t size_ = 0, points_ = 0, milestones_ = 0;
  std::vector<std::vector<int64_t>> parameters_;  // by row, in their order
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_CASE_COLUMNS_H_
