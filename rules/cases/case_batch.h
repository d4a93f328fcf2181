// Turns a case into a batch of one row, as the host would hand it to a module.
#ifndef RULES_CASES_CASE_BATCH_H_
#define RULES_CASES_CASE_BATCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "rules/cases/case_file.h"
#include "shirube/rule.h"

namespace shirube::cases {

// A parameter of the module's manifest, in its order.
struct Parameter {
  std::string name;
  int64_t default_millionths = 0;
};

// Owns the columns that batch() points to; neither copied nor moved.
class CaseBatch {
 public:
  // The parameters the case does not name have their defaults.
  CaseBatch(const Case& source, const std::vector<Parameter>& parameters);
  CaseBatch(const CaseBatch&) = delete;
  CaseBatch& operator=(const CaseBatch&) = delete;

  // Empty, or why the case cannot be asked (a parameter that the module does
  // not have; a value that does not fit 18 digits at the case's largest scale;
  // more points or milestones than a row counts).
  const std::string& error() const { return error_; }

  const shirube_batch* batch() const { return &batch_; }
  void set_as_of_index(int32_t index) { batch_.as_of_index = index; }
  // Not after as-of: Expectation::today_index.
  void set_today_index(int32_t index) { batch_.today_index = index; }
  void set_want_facts(bool want) { batch_.want_facts = want; }

 private:
  int64_t AtScale(const Number& number);
  void FillValues(const Case& source);
  void FillPresence(const Case& source);
  void FillParameters(const Case& source,
                      const std::vector<Parameter>& parameters);
  void PointToColumns();

  std::string error_;
  shirube_batch batch_ = {};
  uint8_t kind_, measure_, operator_, scale_ = 0;
  int8_t direction_;
  uint16_t present_ = 0;
  int64_t baseline_ = 0, target_ = 0, target_upper_ = 0, noise_band_ = 0;
  int32_t baseline_index_ = 0, target_index_ = 0, window_start_index_ = 0;
  uint8_t publication_month_ = 0, publication_lag_years_ = 0;
  uint32_t offset_ = 0;
  uint16_t points_count_ = 0, milestones_count_ = 0;
  std::vector<int64_t> point_value_, milestone_value_;
  std::vector<int32_t> point_index_, milestone_index_;
  std::vector<uint8_t> point_state_;
  std::vector<int64_t> parameter_values_;
  std::vector<shirube_parameter> parameters_;
};

}  // namespace shirube::cases

#endif  // RULES_CASES_CASE_BATCH_H_
