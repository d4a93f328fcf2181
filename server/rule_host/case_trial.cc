#include "server/rule_host/case_trial.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

// What the host answers for rows that a module is not asked about.
bool IsHostReason(std::string_view reason) {
  return reason == "NO_TARGET" || reason == "QUALITATIVE_TARGET" ||
         reason == "NO_DATA" || reason == "AMBIGUOUS" ||
         reason == "UNIT_MISMATCH";
}

// Of a row that lacks what the manifest requires the module is not asked: it
// cannot raise anything, and what the host says stands for its answer.
bool Matches(const Manifest& manifest, const CaseResult& result) {
  if (result.found == result.wanted) return true;
  if (!result.masked) return false;
  const cases::Expectation& wanted = *result.expectation;
  const AnswerWords meant = {wanted.status, wanted.reason};
  return result.found == meant ||
         (!Declares(manifest, wanted.reason) && !IsHostReason(wanted.reason));
}

std::vector<CaseFact> FactsOf(const Manifest& manifest,
                              const ModuleAnswers& answers, uint32_t k) {
  std::vector<CaseFact> facts;
  if (answers.fact_denominator.empty()) return facts;
  for (size_t f = 0; f < manifest.facts.size(); ++f) {
    const size_t at = f * answers.size() + k;
    if (answers.fact_denominator[at] == 0) continue;
    facts.push_back({manifest.facts[f].name, answers.fact_numerator[at],
                     answers.fact_denominator[at],
                     manifest.facts[f].unit == ManifestFact::Unit::kRow});
  }
  return facts;
}

class Runner {
 public:
  Runner(Trial* trial, const CaseTrialOptions& options,
         std::vector<CaseResult>* results,
         std::optional<ModuleOutcome>* together)
      : trial_(trial),
        options_(options),
        results_(*results),
        together_(*together) {}

  ModuleProblem Run() {
    Collect();
    for (const CaseAsking asking : {CaseAsking::kFirst, CaseAsking::kWithFacts,
                                    CaseAsking::kAgainBackwards}) {
      for (const auto& [when, members] : groups_) {
        ModuleProblem problem = AskGroup(when, members, asking);
        if (!problem.ok()) return problem;
      }
    }
    return {};
  }

 private:
  using When = std::pair<int32_t, int32_t>;  // as-of and today
  struct Member {
    uint32_t row;
    size_t result;
  };

  void Collect() {
    const std::vector<cases::Case>& rows = trial_->rows();
    results_.clear();
    for (uint32_t row = 0; row < rows.size(); ++row) {
      for (const cases::Expectation& wanted : rows[row].expectations) {
        groups_[{wanted.as_of_index, wanted.today_index}].push_back(
            {row, results_.size()});
        results_.push_back({.one = &rows[row],
                            .expectation = &wanted,
                            .wanted = WantedOf(trial_->manifest(), wanted)});
      }
    }
  }

  ModuleProblem AskGroup(const When& when, const std::vector<Member>& members,
                         CaseAsking asking) {
    Trial::Question question = {.as_of_index = when.first,
                                .today_index = when.second,
                                .want_facts = asking == CaseAsking::kWithFacts};
    // By row, and a case may expect something twice. What a row that failed
    // does another time tells nothing more.
    std::vector<Member> asked;
    std::copy_if(members.begin(), members.end(), std::back_inserter(asked),
                 [&](const Member& m) { return !results_[m.result].fault; });
    if (asking == CaseAsking::kAgainBackwards) {
      std::reverse(asked.begin(), asked.end());
    }
    for (const Member& member : asked) {
      if (question.rows.empty() || question.rows.back() != member.row) {
        question.rows.push_back(member.row);
      }
    }
    Trial::Reply reply;
    ModuleProblem problem =
        trial_->AskAll(question, options_.most_faults, &reply);
    if (!problem.ok()) return problem;
    if (!reply.together.ok() && reply.answers.faults.empty()) {
      together_ = reply.together;
    }
    size_t k = 0;
    for (const Member& member : asked) {
      while (question.rows[k] != member.row) ++k;
      Note(reply, static_cast<uint32_t>(k), asking, &results_[member.result]);
    }
    return {};
  }

  // What came out wrong stays as it was, but for facts that tell why.
  void Note(const Trial::Reply& reply, uint32_t k, CaseAsking asking,
            CaseResult* result) {
    if (asking == CaseAsking::kWithFacts) {
      result->facts = FactsIfAny(reply, k);
    }
    if (asking != CaseAsking::kFirst && !result->passed) return;
    result->asking = asking;
    result->masked = reply.masked[k];
    if (const ModuleOutcome* fault = reply.answers.fault_at(k)) {
      result->fault = *fault;
      result->found = {};
      result->passed = false;
      return;
    }
    result->found = WordsOf(trial_->manifest(), reply.answers, k);
    const uint16_t point = reply.answers.judged_point[k];
    result->judged.reset();
    if (point < result->one->points.size()) {
      result->judged = result->one->points[point];
    }
    result->passed = Matches(trial_->manifest(), *result);
  }

  std::vector<CaseFact> FactsIfAny(const Trial::Reply& reply,
                                   uint32_t k) const {
    if (reply.answers.fault_at(k) != nullptr) return {};
    return FactsOf(trial_->manifest(), reply.answers, k);
  }

  Trial* const trial_;
  const CaseTrialOptions options_;
  std::vector<CaseResult>& results_;
  std::optional<ModuleOutcome>& together_;
  std::map<When, std::vector<Member>> groups_;
};

}  // namespace

ModuleProblem RunCases(Trial* trial, const CaseTrialOptions& options,
                       std::vector<CaseResult>* results,
                       std::optional<ModuleOutcome>* together) {
  return Runner(trial, options, results, together).Run();
}

std::string FaultText(const ModuleOutcome& outcome) {
  if (outcome.kind != ModuleOutcome::Kind::kBadOutput) {
    return outcome.ToString();
  }
  return absl::StrCat(std::string(outcome.word()), " (", outcome.field, ": ",
                      outcome.detail, ")");
}

}  // namespace shirube
