#include "server/evaluation/outcomes.h"

namespace shirube {
namespace {

constexpr uint32_t kFaultBit = uint32_t{1} << 31;

// Everything of one module's answer that a verdict depends on. What went wrong
// in detail is no part of a verdict, its kind is.
uint32_t CodeOf(const ModuleAnswers& answers, uint32_t k) {
  if (const ModuleOutcome* fault = answers.fault_at(k)) {
    return kFaultBit | static_cast<uint32_t>(fault->kind);
  }
  return uint32_t{answers.answer[k]} << 16 | answers.reason[k];
}

}  // namespace

size_t DecidingModule(const RuleSet& rule_set, const Verdict& verdict) {
  for (size_t m = 0; m < rule_set.modules().size(); ++m) {
    if (rule_set.manifest(m).id == verdict.module) return m;
  }
  return 0;
}

uint16_t JudgedPoint(const std::vector<ModuleAnswers>& answers, size_t deciding,
                     uint32_t k) {
  for (size_t i = 0; i < answers.size(); ++i) {
    const ModuleAnswers& module = answers[(deciding + i) % answers.size()];
    if (module.fault_at(k) != nullptr || k >= module.size()) continue;
    if (module.judged_point[k] != kNoPoint) return module.judged_point[k];
  }
  return kNoPoint;
}

size_t Outcomes::Add(const std::vector<ModuleAnswers>& answers, uint32_t k) {
  std::vector<ModuleAnswer> described;
  for (size_t m = 0; m < answers.size(); ++m) {
    described.push_back(rule_set_->Describe(m, answers[m], k));
  }
  Outcome outcome;
  outcome.verdict = CombineAnswers(described);
  outcome.verdict.rule_set = rule_set_->id();
  outcome.deciding = DecidingModule(*rule_set_, outcome.verdict);
  outcomes_.push_back(std::move(outcome));
  return outcomes_.size() - 1;
}

size_t Outcomes::Follow(size_t node, uint32_t answer, bool last,
                        const std::vector<ModuleAnswers>& answers, uint32_t k) {
  for (const auto& [code, next] : nodes_[node].branches) {
    if (code == answer) return next;
  }
  size_t next = nodes_.size();
  if (last) {
    next = Add(answers, k);
  } else {
    nodes_.emplace_back();
  }
  nodes_[node].branches.push_back({answer, next});
  return next;
}

const Outcome& Outcomes::Of(const std::vector<ModuleAnswers>& answers,
                            uint32_t k) {
  size_t at = 0;
  for (size_t m = 0; m < answers.size(); ++m) {
    at = Follow(at, CodeOf(answers[m], k), m + 1 == answers.size(), answers, k);
  }
  return outcomes_[at];
}

}  // namespace shirube
