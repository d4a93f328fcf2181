#include "server/rule_host/examination.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "rules/cases/case_text.h"
#include "server/base/text.h"
#include "server/rule_host/case_trial.h"
#include "server/rule_host/frame/slot_layout.h"
#include "server/rule_host/made_up_rows.h"
#include "server/rule_host/row_answer.h"

namespace shirube {
namespace {

using Outcome = CheckResult::Outcome;

constexpr size_t kMostFindings = 3;  // shown of one check
constexpr size_t kMostFaults = 8;    // rows that fail before the rest is left
constexpr int kTimedRounds = 5;

// Findings of one check after which it says nothing new.
constexpr int64_t kEnough = 50;

// When everything is asked: by the latest figures, and back in the middle of
// the made-up years.
struct Moment {
  int32_t as_of_index, today_index;
};
constexpr Moment kMoments[] = {{INT32_MAX, 12 * 2023 + 9},
                               {12 * 2021, 12 * 2021}};

class Examiner {
 public:
  Examiner(Workbench* bench, const ModuleFile& file,
           const std::vector<cases::Case>& cases,
           const ExaminationOptions& options)
      : bench_(*bench),
        file_(file),
        manifest_(*file.manifest),
        options_(options),
        own_cases_(cases.size()),
        trial_(bench->SetupFor(file)) {
    rows_ = cases;
    for (cases::Case& row :
         MakeUpRows(manifest_, options.seed, options.made_up_rows)) {
      rows_.push_back(std::move(row));
    }
  }

  std::vector<CheckResult> Run() {
    Step("loads", "loads in a confined worker",
         "隔離されたワーカーで読み込める", [this] { Load(); });
    Step("empty", "stands being asked about no rows", "0行の問い合わせに答える",
         [this] { AskNothing(); });
    Step("rows", RowsEn(), RowsJa(), [this] { AskEverything(); });
    Step("alone", "each row alone: the same answers", "1行ずつ: 同じ判定",
         [this] { AskAlone(); });
    Step("permuted", "rows in another order: the same answers",
         "行の順を変える: 同じ判定", [this] { AskPermuted(); });
    Step("again", "asked twice: the same answers",
         "2回目の問い合わせ: 同じ判定", [this] { AskAgain(); });
    Step("facts", "with facts and without: the same answers",
         "付随数値の有無: 同じ判定", [this] { AskFacts(); });
    Step("second_worker", "in a second worker: the same answers",
         "別のワーカー: 同じ判定", [this] { AskSecondWorker(); });
    Step("time", "time for a row", "1行あたりの計算時間",
         [this] { MeasureTime(); });
    Step("memory", "memory", "メモリー", [this] { MeasureMemory(); });
    Step("cases", "answers its own cases", "自身のケースに合う",
         [this] { AskCases(); });
    return std::move(checks_);
  }

 private:
  // ---- The list of checks. ----

  // Runs a check; one that comes after the end is skipped.
  void Step(const std::string& id, const std::string& en, const std::string& ja,
            const std::function<void()>& check) {
    CheckResult& result = checks_.emplace_back();
    result.id = id;
    result.en = en;
    result.ja = ja;
    if (ended_) {
      result.outcome = Outcome::kSkipped;
      return;
    }
    check();
  }

  void Fail(const std::string& en, const std::string& ja) {
    CheckResult& check = checks_.back();
    check.outcome = Outcome::kFailed;
    check.note_en = Displayable(en);
    check.note_ja = Displayable(ja);
  }

  // No worker any more, or no time: nothing after this can be told.
  void End(const ModuleProblem& problem) {
    const std::string word(ReasonWord(problem.reason));
    Fail(absl::StrCat(word, ": ", problem.detail),
         absl::StrCat(word, ": ",
                      problem.ja.empty() ? problem.detail : problem.ja));
    ended_ = true;
  }

  void Note(const std::string& en, const std::string& ja) {
    checks_.back().note_en = en;
    checks_.back().note_ja = ja;
  }

  enum class Then { kAnswer, kFault };
  void Find(uint32_t row, const Moment& moment, const std::string& first,
            const std::string& then, Then what = Then::kAnswer) {
    CheckResult& check = checks_.back();
    check.outcome = Outcome::kFailed;
    if (check.findings.size() >= kMostFindings) {
      ++check.more;
      return;
    }
    const cases::Case& one = rows_[row];
    Finding finding;
    finding.own = row < own_cases_;
    finding.row = Displayable(one.name);
    finding.file = one.file;
    finding.line = finding.own ? one.line : 0;
    if (moment.as_of_index != INT32_MAX) {
      finding.as_of = cases::PeriodText(moment.as_of_index);
    }
    finding.first = Displayable(first);
    finding.then = Displayable(then);
    finding.fault = what == Then::kFault;
    cases::Case text = one;
    text.expectations.clear();
    finding.row_text = cases::CaseText(text);
    check.findings.push_back(std::move(finding));
  }

  // ---- Asking. ----

  std::vector<uint32_t> AllRows() const {
    std::vector<uint32_t> all(rows_.size());
    std::iota(all.begin(), all.end(), 0);
    return all;
  }

  // Those that did not fail when they were asked first.
  std::vector<uint32_t> SoundRows(size_t moment) const {
    std::vector<uint32_t> sound;
    for (uint32_t row = 0; row < rows_.size(); ++row) {
      if (!base_[moment][row].fault) sound.push_back(row);
    }
    return sound;
  }

  Trial::Question QuestionAt(size_t moment, std::vector<uint32_t> rows,
                             bool want_facts) const {
    return {.rows = std::move(rows),
            .as_of_index = kMoments[moment].as_of_index,
            .today_index = kMoments[moment].today_index,
            .want_facts = want_facts};
  }

  // Asks, and holds every answer against the first one. False where nothing
  // more can be asked.
  bool Compare(size_t moment, const Trial::Question& question, Trial* trial) {
    Trial::Reply reply;
    const ModuleProblem problem = trial->AskAll(question, kMostFaults, &reply);
    if (!problem.ok()) return End(problem), false;
    NoteTogether(reply, moment);
    for (uint32_t k = 0; k < question.rows.size(); ++k) {
      const uint32_t row = question.rows[k];
      CompareRow(moment, row, reply, k, question.want_facts);
    }
    trial->SampleMemory();
    return true;
  }

  void CompareRow(size_t moment, uint32_t row, const Trial::Reply& reply,
                  uint32_t k, bool with_facts) {
    const RowAnswer& first = base_[moment][row];
    if (const ModuleOutcome* fault = reply.answers.fault_at(k)) {
      if (fault->kind == ModuleOutcome::Kind::kNotRunning) return;
      Find(row, kMoments[moment], Text(first, row), FaultText(*fault),
           Then::kFault);
      return;
    }
    const RowAnswer now = AnswerAt(reply, k, with_facts);
    if (!now.SameAnswer(first)) {
      Find(row, kMoments[moment], Text(first, row), Text(now, row));
      return;
    }
    if (with_facts && !facts_[moment].empty()) {
      CompareFacts(moment, row, now);
    }
  }

  void CompareFacts(size_t moment, uint32_t row, const RowAnswer& now) {
    const RowAnswer& first = facts_[moment][row];
    const std::optional<FactDifference> differ = FirstDifference(first, now);
    if (!differ) return;
    const std::string name = manifest_.facts[differ->fact].name;
    Find(row, kMoments[moment], absl::StrCat("fact ", name, " ", differ->first),
         absl::StrCat("fact ", name, " ", differ->then));
  }

  std::string Text(const RowAnswer& answer, uint32_t row) const {
    return TextOf(manifest_, answer, rows_[row]);
  }

  // Rows that fail together although none of them fails alone.
  void NoteTogether(const Trial::Reply& reply, size_t moment) {
    if (reply.together.ok() || !reply.answers.faults.empty()) return;
    const std::string what = FaultText(reply.together);
    const std::string when =
        kMoments[moment].as_of_index == INT32_MAX
            ? ""
            : absl::StrCat(" (as of ",
                           cases::PeriodText(kMoments[moment].as_of_index),
                           ")");
    Fail(absl::StrCat("asked together: ", what, when,
                      "; over none of the rows alone"),
         absl::StrCat("まとめて問い合わせると ", what, when,
                      "。1行ずつでは起きません"));
  }

  // ---- The checks. ----

  std::string RowsEn() const {
    return absl::StrCat("answers about every row: its own cases (", own_cases_,
                        ") and ", options_.made_up_rows, " made-up rows (seed ",
                        options_.seed, ")");
  }
  std::string RowsJa() const {
    return absl::StrCat("すべての行に答える: 自身のケース", own_cases_,
                        "件と作った行", options_.made_up_rows, "件(シード ",
                        options_.seed, ")");
  }

  void Load() {
    const ModuleProblem problem = trial_.Begin(rows_);
    if (!problem.ok()) End(problem);
  }

  void AskNothing() {
    for (const bool want_facts : {false, true}) {
      Trial::Reply reply;
      Trial::Question nothing;
      nothing.want_facts = want_facts;
      const ModuleOutcome outcome = trial_.Ask(nothing, &reply);
      if (outcome.ok()) continue;
      Fail(outcome.ToString(), outcome.ToString());
      const ModuleProblem problem = trial_.Restart();
      if (!problem.ok()) End(problem);
      return;
    }
  }

  // What all other answers are held against.
  void AskEverything() {
    for (size_t m = 0; m < std::size(kMoments); ++m) {
      Trial::Reply reply;
      const ModuleProblem problem = trial_.AskAll(
          QuestionAt(m, AllRows(), /*want_facts=*/false), kMostFaults, &reply);
      if (!problem.ok()) return End(problem);
      NoteTogether(reply, m);
      for (uint32_t row = 0; row < rows_.size(); ++row) {
        base_[m].push_back(AnswerAt(reply, row, /*with_facts=*/false));
        const ModuleOutcome* fault = reply.answers.fault_at(row);
        if (fault == nullptr) continue;
        if (fault->kind == ModuleOutcome::Kind::kNotRunning) {
          left_out_ = true;
          continue;
        }
        Find(row, kMoments[m], "", FaultText(*fault), Then::kFault);
      }
      trial_.SampleMemory();
    }
    if (left_out_) {
      Note("too many rows fail: the rest was not asked",
           "答えられない行が多すぎるため、残りは問い合わせていません");
      ended_ = true;
    }
  }

  void AskAlone() {
    for (size_t m = 0; m < std::size(kMoments); ++m) {
      for (const uint32_t row : SoundRows(m)) {
        if (checks_.back().more > kEnough) return;
        if (!Compare(m, QuestionAt(m, {row}, /*want_facts=*/false), &trial_)) {
          return;
        }
      }
    }
  }

  void AskPermuted() {
    std::mt19937_64 random(options_.seed);
    for (size_t m = 0; m < std::size(kMoments); ++m) {
      std::vector<uint32_t> rows = SoundRows(m);
      for (size_t i = rows.size(); i > 1; --i) {
        std::swap(rows[i - 1], rows[random() % i]);
      }
      if (!Compare(m, QuestionAt(m, rows, /*want_facts=*/false), &trial_)) {
        return;
      }
      std::vector<uint32_t> backwards = SoundRows(m);
      std::reverse(backwards.begin(), backwards.end());
      if (!Compare(m, QuestionAt(m, backwards, false), &trial_)) return;
    }
  }

  void AskAgain() {
    for (int round = 0; round < 2; ++round) {
      for (size_t m = 0; m < std::size(kMoments); ++m) {
        if (!Compare(m, QuestionAt(m, SoundRows(m), /*want_facts=*/false),
                     &trial_)) {
          return;
        }
      }
    }
  }

  void AskFacts() {
    for (size_t m = 0; m < std::size(kMoments); ++m) {
      const std::vector<uint32_t> rows = SoundRows(m);
      // The first time they are taken down, the second time compared.
      Trial::Reply reply;
      const Trial::Question question = QuestionAt(m, rows, true);
      const ModuleProblem problem =
          trial_.AskAll(question, kMostFaults, &reply);
      if (!problem.ok()) return End(problem);
      NoteTogether(reply, m);
      std::vector<RowAnswer> facts(rows_.size());
      for (uint32_t k = 0; k < rows.size(); ++k) {
        CompareRow(m, rows[k], reply, k, /*with_facts=*/true);
        if (reply.answers.fault_at(k) == nullptr) {
          facts[rows[k]] = AnswerAt(reply, k, /*with_facts=*/true);
        }
      }
      facts_[m] = std::move(facts);
      std::vector<uint32_t> backwards = rows;
      std::reverse(backwards.begin(), backwards.end());
      if (!Compare(m, QuestionAt(m, backwards, true), &trial_)) return;
    }
  }

  void AskSecondWorker() {
    Trial second(bench_.SetupFor(file_));
    const ModuleProblem problem = second.Begin(rows_);
    if (!problem.ok()) return End(problem);
    for (const bool want_facts : {false, true}) {
      for (size_t m = 0; m < std::size(kMoments); ++m) {
        if (!Compare(m, QuestionAt(m, SoundRows(m), want_facts), &second)) {
          return;
        }
      }
    }
  }

  void MeasureTime() {
    const std::vector<uint32_t> rows = SoundRows(0);
    if (rows.empty()) {
      checks_.back().outcome = Outcome::kSkipped;
      return;
    }
    trial_.TakeCpu();
    for (int round = 0; round < kTimedRounds; ++round) {
      Trial::Reply reply;
      const ModuleProblem problem =
          trial_.AskAll(QuestionAt(0, rows, false), kMostFaults, &reply);
      if (!problem.ok()) return End(problem);
    }
    const absl::Duration row =
        trial_.TakeCpu() / static_cast<int64_t>(rows.size() * kTimedRounds);
    const absl::Duration call = row * int64_t{frame::kCallRows};
    const absl::Duration limit = bench_.limits().call_deadline;
    const std::string en =
        absl::StrFormat("%.2f µs, %s for a call of %d rows; the limit is %s",
                        absl::ToDoubleMicroseconds(row), Millis(call),
                        frame::kCallRows, Millis(limit));
    const std::string ja =
        absl::StrFormat("%.2f µs。%d行の1回の呼び出しで %s(上限 %s)",
                        absl::ToDoubleMicroseconds(row), frame::kCallRows,
                        Millis(call), Millis(limit));
    call > limit ? Fail(en, ja) : Note(en, ja);
  }

  void MeasureMemory() {
    const std::string used = Mebibytes(trial_.SampleMemory());
    const std::string limit = Mebibytes(bench_.limits().memory_bytes);
    Note(absl::StrCat(used, " at most; the limit is ", limit),
         absl::StrCat("最大 ", used, "(上限 ", limit, ")"));
  }

  void AskCases() {
    if (own_cases_ == 0) {
      checks_.back().outcome = Outcome::kSkipped;
      Note(
          "it has none: write some, a server asks them when it loads the "
          "module",
          "ケースがありません。サーバーは読み込み時にケースを確かめるので、書い"
          "てください");
      return;
    }
    Trial trial(bench_.SetupFor(file_));
    std::vector<cases::Case> own(
        rows_.begin(), rows_.begin() + static_cast<ptrdiff_t>(own_cases_));
    ModuleProblem problem = trial.Begin(std::move(own));
    std::vector<CaseResult> results;
    std::optional<ModuleOutcome> together;
    if (problem.ok()) {
      problem =
          RunCases(&trial, {.most_faults = kMostFaults}, &results, &together);
    }
    if (!problem.ok()) return End(problem);
    const auto failed =
        std::count_if(results.begin(), results.end(),
                      [](const CaseResult& r) { return !r.passed; });
    const auto all = static_cast<int64_t>(results.size());
    if (failed == 0) {
      Note(absl::StrCat(all, " expectations"), absl::StrCat("期待", all, "件"));
      return;
    }
    Fail(absl::StrCat(failed, " of ", all,
                      " expectations come out otherwise: see `shirube rule "
                      "test`"),
         absl::StrCat("期待", all, "件のうち", failed,
                      "件が違います。`shirube rule test` で見てください"));
  }

  static std::string Millis(absl::Duration d) {
    return absl::StrFormat("%.3g ms", absl::ToDoubleMilliseconds(d));
  }
  static std::string Mebibytes(int64_t bytes) {
    return absl::StrFormat("%.3g MiB", static_cast<double>(bytes) / (1 << 20));
  }

  Workbench& bench_;
  const ModuleFile& file_;
  const Manifest& manifest_;
  const ExaminationOptions options_;
  const size_t own_cases_;
  std::vector<cases::Case> rows_;
  Trial trial_;
  std::vector<CheckResult> checks_;
  bool ended_ = false, left_out_ = false;
  // By moment, then by row: what was answered first, and with facts.
  std::vector<RowAnswer> base_[std::size(kMoments)];
  std::vector<RowAnswer> facts_[std::size(kMoments)];
};

}  // namespace

std::vector<CheckResult> Examine(Workbench* bench, const ModuleFile& file,
                                 const std::vector<cases::Case>& cases,
                                 const ExaminationOptions& options) {
  return Examiner(bench, file, cases, options).Run();
}

}  // namespace shirube
