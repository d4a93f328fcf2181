#include "server/rule_host/incident.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

QuarantineCause TookTooLong(absl::Duration most) {
  return {absl::StrCat("looking for the rows it fails on took more than ",
                       absl::FormatDuration(most)),
          absl::StrCat("失敗の原因となる行の特定に ",
                       absl::ToInt64Seconds(most), " 秒を超えてかかりました")};
}

}  // namespace

bool Hunt::Begin(absl::Time now) {
  if (open_) return false;
  open_ = true;
  found_row_ = false;
  trusts_hints_ = true;
  deaths_ = 0;
  began_ = since_ = now;
  return true;
}

void Hunt::End(absl::Time now) {
  open_ = false;
  earlier_ += now - began_;
}

std::optional<QuarantineCause> Hunt::Death(absl::Time now) {
  ++deaths_;
  if (deaths_ > kMaxDeaths) {
    return QuarantineCause{
        absl::StrCat("failed more than ", kMaxDeaths,
                     " times in a row without a single row being the cause"),
        absl::StrCat("原因の行が特定できないまま ", kMaxDeaths,
                     " 回を超えて続けて失敗しました")};
  }
  if (now - since_ > kMaxTime) return TookTooLong(kMaxTime);
  if (earlier_ + (now - began_) > kMaxTimeOfRun) {
    return TookTooLong(kMaxTimeOfRun);
  }
  return std::nullopt;
}

void Hunt::FoundRow(absl::Time now) {
  found_row_ = true;
  deaths_ = 0;
  since_ = now;
}

std::optional<QuarantineCause> Incidents::Fruitless(absl::Time now) {
  const std::lock_guard lock(mu_);
  while (!fruitless_.empty() && now - fruitless_.front() > kWithin) {
    fruitless_.pop_front();
  }
  fruitless_.push_back(now);
  if (fruitless_.size() < kMaxFruitless) return std::nullopt;
  return QuarantineCause{
      absl::StrCat("failed ", kMaxFruitless,
                   " times within ten minutes without a row being the cause"),
      absl::StrCat("10 分のうちに ", kMaxFruitless,
                   " 回、原因の行がないまま失敗しました")};
}

void Incidents::Clear() {
  const std::lock_guard lock(mu_);
  fruitless_.clear();
}

std::optional<QuarantineCause> TooManyPoisonRows(int64_t poison_rows,
                                                 int64_t rows) {
  const int64_t most = std::max<int64_t>(5, rows / 1000);
  if (poison_rows <= most) return std::nullopt;
  return QuarantineCause{
      absl::StrCat("fails on more than ", most, " of ", rows, " rows"),
      absl::StrCat(rows, " 行のうち ", most, " 行を超える行で失敗します")};
}

}  // namespace shirube
