// An indicator as a test writes it down: plain values, no columns. The random
// generator, the real rows and the literal tests all make these; a batch is
// built from many of them.
#ifndef TESTS_RULES_INDICATOR_H_
#define TESTS_RULES_INDICATOR_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "shirube/rule.h"

namespace shirube::rules_test {

struct PointIn {
  int32_t index = 0;
  int64_t value = 0;
  uint8_t state = SHIRUBE_POINT_FINAL;
};

struct MilestoneIn {
  int32_t index = 0;
  int64_t value = 0;
};

struct Indicator {
  uint8_t kind = SHIRUBE_KIND_LEVEL;
  int direction = 0;
  uint8_t op = SHIRUBE_OP_NONE;
  uint8_t scale = 0;
  std::optional<int64_t> baseline;
  bool baseline_unread = false, baseline_other_unit = false;
  std::optional<int32_t> baseline_index;
  std::optional<int64_t> target;
  int64_t target_upper = 0;
  bool target_unread = false, target_other_unit = false, target_words = false;
  std::optional<int32_t> target_index;
  bool every_year = false;
  std::optional<int32_t> window_start_index;
  int64_t noise_band = 0;
  uint8_t publication_month = 0, publication_lag_years = 0;
  std::vector<PointIn> points;          // by index
  std::vector<MilestoneIn> milestones;  // by index
  int64_t pace_threshold = 800000;
  int64_t behind_threshold = 600000;
};

// The columns of a batch of indicators, with parameters of stride 8.
class Batch {
 public:
  explicit Batch(const std::vector<Indicator>& rows,
                 int32_t as_of_index = INT32_MAX);
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  shirube_batch* get() { return &batch_; }
  uint32_t size() const { return batch_.rows_count; }

 private:
  void Append(const Indicator& row);

  shirube_batch batch_ = {};
  std::vector<uint8_t> kind_, measure_, operator_, scale_, point_state_;
  std::vector<uint8_t> publication_month_, publication_lag_years_;
  std::vector<int8_t> direction_;
  std::vector<uint16_t> present_, points_count_, milestones_count_;
  std::vector<int64_t> baseline_, target_, target_upper_, noise_band_,
      point_value_, milestone_value_, pace_threshold_, behind_threshold_;
  std::vector<int32_t> baseline_index_, target_index_, window_start_index_,
      point_index_, milestone_index_;
  std::vector<uint32_t> points_offset_, milestones_offset_;
  shirube_parameter parameters_[2] = {};
};

// One indicator in words, for a failure message.
std::string Describe(const Indicator& indicator);

}  // namespace shirube::rules_test

#endif  // TESTS_RULES_INDICATOR_H_
