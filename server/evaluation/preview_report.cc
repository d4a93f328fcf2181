#include "server/evaluation/preview_report.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/base/status_macros.h"

namespace shirube {
namespace {

// Of changes in one part: such a part stays far below what a message may hold.
constexpr size_t kMostChanges = 500;
// The first changes go out at once, later ones gathered.
constexpr absl::Duration kGather = absl::Milliseconds(100);
// Well within the second that is promised between two words.
constexpr absl::Duration kSilence = absl::Milliseconds(500);

void AddCount(Status status, int64_t n, StatusCounts* counts) {
  const int more = static_cast<int>(n);
  switch (status) {
    case Status::kAchieved:
      counts->achieved += more;
      break;
    case Status::kOnTrack:
      counts->on_track += more;
      break;
    case Status::kAtRisk:
      counts->at_risk += more;
      break;
    case Status::kIndeterminate:
      counts->indeterminate += more;
      break;
    case Status::kNotEvaluated:
    case Status::kUnspecified:
      counts->not_evaluated += more;
      break;
  }
}

template <typename T>
std::vector<T> TakeSome(std::deque<T>* from) {
  const auto end = from->begin() + static_cast<std::ptrdiff_t>(
                                       std::min(from->size(), kMostChanges));
  std::vector<T> taken(std::make_move_iterator(from->begin()),
                       std::make_move_iterator(end));
  from->erase(from->begin(), end);
  return taken;
}

}  // namespace

PreviewReport::PreviewReport(const PreviewOptions& options, PreviewPart begun,
                             const PreviewSink* sink)
    : options_(options),
      sink_(sink),
      periods_(std::max<size_t>(options.as_of.size(), 1)),
      state_(std::move(begun)),
      sent_(absl::Now()) {
  for (size_t p = 0; p < options.as_of.size(); ++p) {
    periods_[p].summary.as_of = options.as_of[p];
  }
}

void PreviewReport::Count(size_t period, const TwoSets::Row& row) {
  const Verdict &before = row.before->verdict, &after = row.after->verdict;
  Period& counted = periods_[period];
  ++counted.pairs[static_cast<size_t>(before.status)]
                 [static_cast<size_t>(after.status)];
  ++state_.evaluated;
  if (row.difference == TwoSets::Difference::kStatus) ++state_.changed;
  if (row.difference == TwoSets::Difference::kReworded) {
    ++counted.summary.reworded;
  }
  std::vector<ModuleFault>& out = counted.summary.out;
  for (const ModuleFault& fault : after.failed) {
    if (std::find(out.begin(), out.end(), fault) == out.end()) {
      out.push_back(fault);
    }
  }
}

bool PreviewReport::Lists(TwoSets::Difference difference) const {
  if (listed_ >= options_.max_changes) return false;
  return difference == TwoSets::Difference::kStatus ||
         (difference == TwoSets::Difference::kReworded &&
          options_.include_reworded);
}

void PreviewReport::List(VerdictChange change) {
  if (listed_ >= options_.max_changes) return;
  ++listed_;
  verdicts_.push_back(std::move(change));
}

void PreviewReport::AddFlags(size_t period, const PreviewFlags& flags) {
  PreviewSummary& summary = periods_[period].summary;
  summary.flags += static_cast<int64_t>(flags.size());
  for (FlagChange& change : flags.Changes(period, summary.as_of)) {
    ++summary.changed_flags;
    flags_.push_back(std::move(change));
  }
}

bool PreviewReport::IsDue() const {
  const absl::Duration silent = absl::Now() - sent_;
  if (silent >= kSilence) return true;
  if (verdicts_.empty() && flags_.empty()) return false;
  return !sent_any_ || silent >= kGather || verdicts_.size() >= kMostChanges;
}

absl::Status PreviewReport::SendIfDue() {
  return IsDue() ? SendAll() : absl::OkStatus();
}

absl::Status PreviewReport::SendAll() {
  do {
    PreviewPart part;
    part.verdicts = TakeSome(&verdicts_);
    part.flags = TakeSome(&flags_);
    SHIRUBE_RETURN_IF_ERROR(Send(std::move(part)));
  } while (!verdicts_.empty() || !flags_.empty());
  return absl::OkStatus();
}

absl::Status PreviewReport::Send(PreviewPart part) {
  part.evaluated = state_.evaluated;
  // Rows may have been added since they were counted.
  part.total = std::max(state_.total, state_.evaluated);
  part.changed = state_.changed;
  part.rule_set = state_.rule_set;
  part.revision = state_.revision;
  const bool listens = (*sink_)(std::move(part));
  sent_ = absl::Now();
  sent_any_ = true;
  if (listens) return absl::OkStatus();
  return absl::CancelledError("nobody listens to the preview any more");
}

void PreviewReport::Summarize(Period* period) const {
  PreviewSummary& summary = period->summary;
  for (size_t b = 0; b < 6; ++b) {
    for (size_t a = 0; a < 6; ++a) {
      const int64_t n = period->pairs[b][a];
      if (n == 0) continue;
      const Status before = static_cast<Status>(b);
      const Status after = static_cast<Status>(a);
      summary.evaluated += n;
      AddCount(before, n, &summary.before);
      AddCount(after, n, &summary.after);
      if (before == after) continue;
      summary.changed += n;
      summary.transitions[{before, after}] = n;
    }
  }
}

absl::Status PreviewReport::Finish() {
  if (!verdicts_.empty() || !flags_.empty()) {
    SHIRUBE_RETURN_IF_ERROR(SendAll());
  }
  state_.total = state_.evaluated;
  PreviewPart last;
  for (Period& period : periods_) {
    Summarize(&period);
    last.summaries.push_back(std::move(period.summary));
  }
  return Send(std::move(last));
}

}  // namespace shirube
