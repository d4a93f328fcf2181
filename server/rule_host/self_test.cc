#include "server/rule_host/self_test.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/text.h"
#include "server/domain/violation.h"
#include "server/rule_host/exchange.h"
#include "server/rule_host/frame/slot_layout.h"
#include "server/rule_host/mask.h"

namespace shirube {
namespace {

constexpr char kMend[] = "; mend the module or its case, and raise its version";
constexpr char kMendJa[] = "。モジュールかケースを直し、版を上げてください。";

// What is quoted of the cases is whatever stands there.
ModuleProblem Failed(const std::string& en, const std::string& ja) {
  return {ModuleReason::kSelfTestFailed, Displayable(en), Displayable(ja)};
}

bool IsBlank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

std::string WhereEn(const cases::Case& one, int line) {
  return absl::StrCat("case ", Quoted(one.name), " (line ", line, ")");
}

std::string WhereJa(const cases::Case& one, int line) {
  return absl::StrCat("ケース", QuotedJa(one.name), "(", line, "行目)");
}

}  // namespace

int CountCases(const std::string& text) {
  return static_cast<int>(cases::ParseCases(text).cases.size());
}

SelfTest::SelfTest(const Setup& setup)
    : setup_(setup),
      manifest_(*setup.module->file().manifest),
      defaults_({{setup.module->file().manifest, setup.module->file().sha256}},
                {}),
      end_(absl::Now() + setup.deadline) {}

ModuleProblem SelfTest::Begin() {
  const std::string& text = setup_.module->file().cases;
  if (!IsBlank(text)) {
    cases::ParseResult read = cases::ParseCases(text);
    if (!read.error.empty()) {
      return Failed(absl::StrCat("its cases cannot be read: ", read.error),
                    absl::StrCat("ケースを読み取れません: ", read.error));
    }
    cases_ = std::move(read.cases);
  }
  std::string error;
  columns_ = CaseColumns::Fill(cases_, manifest_, &error);
  if (columns_ == nullptr) return Failed(error, error);
  ModuleProblem problem;
  worker_ = setup_.start(columns_->memory(), &problem);
  return problem;
}

ModuleProblem SelfTest::Run() {
  Asked nothing;
  if (ModuleOutcome outcome = Ask(&nothing); !outcome.ok()) {
    return Failed(absl::StrCat("asked about no rows: ", outcome.ToString()),
                  absl::StrCat("0行の問い合わせ: ", outcome.ToString()));
  }
  // By as-of and today.
  std::map<std::pair<int32_t, int32_t>, Group> groups;
  for (uint32_t row = 0; row < cases_.size(); ++row) {
    for (const cases::Expectation& expectation : cases_[row].expectations) {
      groups[{expectation.as_of_index, expectation.today_index}].push_back(
          {row, &expectation});
    }
  }
  for (const bool want_facts : {false, true}) {
    for (const auto& [when, group] : groups) {
      ModuleProblem problem = AskGroup(group, want_facts);
      if (!problem.ok()) return problem;
    }
  }
  return {};
}

// ---- Asking. ----

ModuleProblem SelfTest::AskGroup(const Group& group, bool want_facts) {
  Asked asked;
  asked.as_of_index = group.front().expectation->as_of_index;
  asked.today_index = group.front().expectation->today_index;
  asked.want_facts = want_facts;
  // By row, and a case may expect something twice.
  for (const Expected& expected : group) {
    if (asked.rows.empty() || asked.rows.back() != expected.row) {
      asked.rows.push_back(expected.row);
    }
  }
  const ModuleOutcome outcome = Ask(&asked);
  if (!outcome.ok()) return BlameRow(asked, outcome);
  const Expected* first = nullptr;
  std::string found;
  size_t wrong = 0, k = 0;
  for (const Expected& expected : group) {
    while (asked.rows[k] != expected.row) ++k;
    const auto at = static_cast<uint32_t>(k);
    if (Matches(expected, asked, at)) continue;
    if (wrong++ > 0) continue;
    first = &expected;
    found = Found(asked.answers, at);
  }
  return first == nullptr ? ModuleProblem()
                          : Mismatch(*first, found, wrong - 1);
}

ModuleOutcome SelfTest::Ask(Asked* asked) {
  const auto n = static_cast<uint32_t>(asked->rows.size());
  const frame::Ask ask = {
      .rows_count = columns_->size(), .rows = asked->rows.data(), .n = n};
  const shirube_batch columns = columns_->AsOf(asked->as_of_index);
  Mask mask;
  BuildMask(ask, columns, setup_.module->requirements(), &mask);
  ModuleAnswers& answers = asked->answers;
  answers.answer.assign(n, kAnswerFault);
  answers.reason.assign(n, kReasonNone);
  answers.judged_point.assign(n, kNoPoint);
  asked->masked.assign(n, false);
  for (const auto& [position, reason] : mask.answered) {
    answers.answer[position] = kAnswerCannotTell;
    answers.reason[position] = reason;
    asked->masked[position] = true;
  }
  const AskOptions options = {.as_of_index = asked->as_of_index,
                              .want_facts = asked->want_facts,
                              .today_index = asked->today_index};
  if (asked->want_facts) {
    answers.fact_numerator.assign(manifest_.facts.size() * n, 0);
    answers.fact_denominator.assign(manifest_.facts.size() * n, 0);
  }
  const Exchange::Parameters parameters = columns_->ParametersOf(asked->rows);
  Exchange::Rows rows = {&ask, &columns, &mask, &parameters, 0, 0};
  const uint32_t all = mask.count(ask);
  do {
    rows.n = std::min(frame::kFactRows, all - rows.first);
    // Every row was answered by the host.
    if (rows.n == 0 && n > 0) break;
    ModuleOutcome outcome = AskPiece(rows, options, &answers);
    if (outcome.kind == ModuleOutcome::Kind::kBadOutput) {
      outcome.position = mask.position(rows.first + outcome.position);
    }
    if (!outcome.ok()) return outcome;
    rows.first += rows.n;
  } while (rows.first < all);
  return {};
}

ModuleOutcome SelfTest::AskPiece(const Exchange::Rows& rows,
                                 const AskOptions& options,
                                 ModuleAnswers* answers) {
  Exchange exchange(defaults_, options);
  const frame::Request request =
      exchange.Write(rows, *setup_.module, worker_.get());
  if (!worker_->Send(request)) return worker_->Autopsy();
  if (ModuleOutcome outcome = AwaitReply(); !outcome.ok()) return outcome;
  AnswerCounts counts;
  return exchange.Take(rows, *setup_.module, worker_.get(), answers, &counts);
}

ModuleOutcome SelfTest::AwaitReply() {
  ModuleOutcome outcome;
  while (true) {
    if (absl::Now() > end_) {
      timed_out_ = true;
      return {.kind = ModuleOutcome::Kind::kTimedOut,
              .detail = absl::StrCat("its cases take longer than ",
                                     absl::FormatDuration(setup_.deadline))};
    }
    pollfd ready = {worker_->socket(), POLLIN, 0};
    poll(&ready, 1, /*timeout=*/5);
    if (const auto reply = worker_->Receive(&outcome)) {
      if (reply->status == frame::Reply::kAnswered) return {};
      // Which row it was about, it does not say.
      return {.kind = ModuleOutcome::Kind::kProtocolError,
              .detail = absl::StrCat("evaluate returned ", reply->value)};
    }
    if (!outcome.ok()) return outcome;
    outcome = worker_->CheckDeadline(setup_.call_deadline);
    if (!outcome.ok()) {
      timed_out_ = true;
      return outcome;
    }
  }
}

ModuleProblem SelfTest::BlameRow(const Asked& together,
                                 const ModuleOutcome& outcome) {
  if (outcome.kind == ModuleOutcome::Kind::kBadOutput) {
    return Failure(together.rows[outcome.position], outcome);
  }
  bool fresh = false;
  for (const uint32_t row : together.rows) {
    if (!fresh || !worker_->IsAlive()) {
      ModuleProblem problem;
      worker_.reset();
      worker_ = setup_.start(columns_->memory(), &problem);
      if (!problem.ok()) return problem;
      fresh = true;
    }
    Asked alone = {.rows = {row},
                   .as_of_index = together.as_of_index,
                   .today_index = together.today_index,
                   .want_facts = together.want_facts};
    if (const ModuleOutcome own = Ask(&alone); !own.ok()) {
      return Failure(row, own);
    }
  }
  const std::string detail =
      absl::StrCat(outcome.ToString(), " over ", together.rows.size(),
                   " cases together, over none of them alone");
  return Failed(detail + kMend, detail + kMendJa);
}

// ---- Comparing. ----

bool SelfTest::Declares(const std::string& reason) const {
  return std::any_of(manifest_.reasons.begin(), manifest_.reasons.end(),
                     [&](const auto& r) { return r.id == reason; });
}

std::string SelfTest::Wanted(const cases::Expectation& expectation) const {
  if (!Declares(expectation.reason)) return "NOT_RAISED";
  return absl::StrCat(expectation.status, " ", expectation.reason);
}

std::string SelfTest::Found(const ModuleAnswers& answers, uint32_t k) const {
  if (answers.answer[k] == kAnswerNotRaised) return "NOT_RAISED";
  const std::string reason(ReasonWord(manifest_, answers.reason[k]));
  if (answers.answer[k] == kAnswerCannotTell) {
    return absl::StrCat("NOT_EVALUATED ", reason);
  }
  const ManifestReason& raised = *manifest_.reason(answers.reason[k]);
  return absl::StrCat(raised.mark.empty()
                          ? std::string(StatusWord(raised.status))
                          : raised.mark,
                      " ", reason);
}

bool SelfTest::Matches(const Expected& expected, const Asked& asked,
                       uint32_t k) const {
  const cases::Expectation& wanted = *expected.expectation;
  const std::string found = Found(asked.answers, k);
  if (found == Wanted(wanted)) return true;
  // Of a row that lacks what the manifest requires it is not asked: it cannot
  // raise anything, and what the host says is not its answer.
  return asked.masked[k] &&
         (!Declares(wanted.reason) ||
          found == absl::StrCat(wanted.status, " ", wanted.reason));
}

ModuleProblem SelfTest::Mismatch(const Expected& first,
                                 const std::string& found,
                                 size_t others) const {
  const cases::Case& one = cases_[first.row];
  const int line = first.expectation->line;
  const std::string wanted = Wanted(*first.expectation);
  std::string en = absl::StrCat(WhereEn(one, line), ": expected ", wanted,
                                ", found ", found);
  std::string ja = absl::StrCat(WhereJa(one, line), ": ", wanted, "のはずが",
                                found, "でした");
  if (others > 0) {
    absl::StrAppend(&en, " (and ", others, " more of that period)");
    absl::StrAppend(&ja, "(ほか", others, "件)");
  }
  return Failed(en + kMend, ja + kMendJa);
}

ModuleProblem SelfTest::Failure(uint32_t row,
                                const ModuleOutcome& outcome) const {
  const cases::Case& one = cases_[row];
  return Failed(
      absl::StrCat(WhereEn(one, one.line), ": ", outcome.ToString(), kMend),
      absl::StrCat(WhereJa(one, one.line), ": ", outcome.ToString(), kMendJa));
}

}  // namespace shirube
