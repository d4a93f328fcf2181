#include "server/evaluation/judge.h"

#include <algorithm>
#include <utility>

#include "rules/include/shirube/rule.h"
#include "server/evaluation/derivation.h"
#include "server/evaluation/outcomes.h"
#include "server/evaluation/today.h"

namespace shirube {
namespace {

std::string BasisWord(Basis basis) {
  switch (basis) {
    case Basis::kToDate:
      return "todate";
    case Basis::kPeriod:
      return "period";
    case Basis::kNone:
      break;
  }
  return "";
}

std::vector<ModuleFact> FactsOf(const RuleSet& rule_set, size_t module,
                                const ModuleAnswers& answers, uint32_t k) {
  std::vector<ModuleFact> facts;
  const Manifest& manifest = rule_set.manifest(module);
  for (size_t f = 0; f < manifest.facts.size(); ++f) {
    const size_t at = f * answers.size() + k;
    if (at >= answers.fact_denominator.size()) break;
    if (answers.fact_denominator[at] == 0) continue;
    ModuleFact fact;
    fact.module = manifest.id;
    fact.unit =
        manifest.facts[f].unit == ManifestFact::Unit::kRatio ? "ratio" : "unit";
    fact.fact = {manifest.facts[f].name, Ratio(answers.fact_numerator[at],
                                               answers.fact_denominator[at])};
    facts.push_back(std::move(fact));
  }
  return facts;
}

// In units of the row until here: a fact in the unit loses its scale.
void Unscale(int scale, std::vector<ModuleFact>* facts) {
  absl::int128 power = 1;
  for (int i = 0; i < scale; ++i) power *= 10;
  for (ModuleFact& fact : *facts) {
    if (fact.unit == "unit") {
      fact.fact.value = fact.fact.value / Ratio(power, 1);
    }
  }
}

class RowJudge {
 public:
  RowJudge(const RuleSet& rule_set, const JudgeOptions& options)
      : rule_set_(rule_set), options_(options) {}

  JudgedRow Judge(const SelectionPart& part, size_t part_number, uint32_t k,
                  const std::vector<ModuleAnswers>& answers) const;

 private:
  void SetPoint(const SelectionPart& part, size_t part_number, uint32_t k,
                const std::vector<ModuleAnswers>& answers,
                JudgedRow* row) const;

  const RuleSet& rule_set_;
  const JudgeOptions& options_;
};

void RowJudge::SetPoint(const SelectionPart& part, size_t part_number,
                        uint32_t k, const std::vector<ModuleAnswers>& answers,
                        JudgedRow* row) const {
  const uint16_t point =
      JudgedPoint(answers, DecidingModule(rule_set_, row->verdict), k);
  if (point == kNoPoint || point >= part.points_count(k)) return;
  row->judged_point = point;
  const RowPoint judged = part.point(k, point);
  row->verdict.period = judged.period;
  row->verdict.basis = BasisWord(judged.basis);
  if (judged.point_state <= SHIRUBE_POINT_RESTATED) {
    row->verdict.value =
        Trimmed(judged.units, part.columns().scale[part.row(k)]);
  }
  AddPointMarks(
      judged,
      options_.year_kinds ? options_.year_kinds(part_number, k) : YearKinds(),
      &row->verdict);
}

JudgedRow RowJudge::Judge(const SelectionPart& part, size_t part_number,
                          uint32_t k,
                          const std::vector<ModuleAnswers>& answers) const {
  std::vector<ModuleAnswer> described;
  described.reserve(answers.size());
  for (size_t m = 0; m < answers.size(); ++m) {
    described.push_back(rule_set_.Describe(m, answers[m], k));
  }
  JudgedRow row;
  row.verdict = CombineAnswers(described);
  row.verdict.indicator = part.key(k);
  row.verdict.rule_set = rule_set_.id();
  row.verdict.input_revision = part.input_revision(k);
  row.verdict.judged_time = options_.now;
  SetPoint(part, part_number, k, answers, &row);
  if (!options_.ask.want_facts) return row;
  const size_t deciding = DecidingModule(rule_set_, row.verdict);
  for (size_t i = 0; i < answers.size(); ++i) {
    const size_t m = (deciding + i) % answers.size();
    std::vector<ModuleFact> facts = FactsOf(rule_set_, m, answers[m], k);
    std::move(facts.begin(), facts.end(), std::back_inserter(row.facts));
  }
  Unscale(part.columns().scale[part.row(k)], &row.facts);
  return row;
}

// The same rows with other parameters.
void Override(const JudgeOptions& options, size_t part, frame::Ask* ask) {
  if (!options.overrides) return;
  ask->parameters.clear();
  for (uint32_t k = 0; k < ask->n; ++k) {
    const Overrides* overrides = options.overrides(part, k);
    if (overrides == nullptr) continue;
    for (const auto& [name, millionths] : *overrides) {
      ask->parameters.push_back({k, name, millionths});
    }
  }
}

}  // namespace

absl::Status AskRows(RuleHost& host, const RuleSet& rule_set,
                     const Selection& selection, const JudgeOptions& options,
                     const RuleHost::Sink& sink) {
  std::vector<frame::Ask> asks;
  for (const SelectionPart& part : selection.parts) {
    asks.push_back(part.ask());
    Override(options, asks.size() - 1, &asks.back());
  }
  if (asks.empty()) return absl::OkStatus();
  AskOptions ask = options.ask;
  ask.today_index = MonthIndexOf(options.now);
  return host.Evaluate(rule_set, asks, ask, sink);
}

JudgedRow JudgeRow(const RuleSet& rule_set, const Selection& selection,
                   const JudgeOptions& options, size_t part, uint32_t k,
                   const std::vector<ModuleAnswers>& answers) {
  return RowJudge(rule_set, options)
      .Judge(selection.parts[part], part, k, answers);
}

absl::Status JudgeRows(RuleHost& host, const RuleSet& rule_set,
                       const Selection& selection, const JudgeOptions& options,
                       const JudgedSink& sink) {
  const RowJudge judge(rule_set, options);
  return AskRows(host, rule_set, selection, options,
                 [&](size_t ask, std::vector<ModuleAnswers>& answers) {
                   const SelectionPart& part = selection.parts[ask];
                   for (uint32_t k = 0; k < part.size(); ++k) {
                     if (!part.live(k)) continue;
                     sink(ask, k, judge.Judge(part, ask, k, answers));
                   }
                 });
}

bool SaysTheSame(const Verdict& a, const Verdict& b) {
  return a.status == b.status && a.reason == b.reason &&
         a.severity == b.severity && a.module == b.module &&
         a.marks == b.marks && a.conflicting_module == b.conflicting_module &&
         a.failed == b.failed && a.period == b.period && a.value == b.value &&
         a.basis == b.basis && a.rule_set == b.rule_set &&
         a.waiting_since == b.waiting_since;
}

}  // namespace shirube
