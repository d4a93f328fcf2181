#include "server/evaluation/scratch_judge.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/include/shirube/rule.h"
#include "server/base/status_macros.h"
#include "server/domain/points.h"
#include "server/evaluation/derivation.h"
#include "server/evaluation/flip.h"
#include "server/evaluation/sentence.h"
#include "server/evaluation/sentence_parts.h"
#include "server/evaluation/waiting.h"

namespace shirube {
namespace {

// Rows of one question to the table.
constexpr size_t kChunk = 16'384;

const SelectionPart* OnlyPart(const Selection& selection) {
  return selection.parts.size() == 1 ? &selection.parts[0] : nullptr;
}

// What is known of the modules that failed; empty where none is out.
std::vector<ModuleInfo> InfosOf(const std::vector<ModuleFault>& faults,
                                const RuleHost& host) {
  const bool any_out =
      std::any_of(faults.begin(), faults.end(), IsOutOfService);
  return any_out ? host.ListModules() : std::vector<ModuleInfo>();
}

const ModuleInfo* InfoOf(const ModuleFault& fault, const RuleSet& rule_set,
                         const std::vector<ModuleInfo>& infos) {
  for (const RuleSetMember& member : rule_set.modules()) {
    if (member.manifest->id != fault.module) continue;
    for (const ModuleInfo& info : infos) {
      if (info.sha256 == member.sha256) return &info;
    }
  }
  return nullptr;
}

LocalizedText QuarantinedText(const std::string& module,
                              const ModuleInfo* info) {
  LocalizedText since, why;
  if (info != nullptr && info->quarantine) {
    since = {DayJapanese(info->quarantine->time) + "から",
             " since " + DayEnglish(info->quarantine->time)};
    why = {absl::StrCat("(", info->quarantine->ja, ")"),
           absl::StrCat(" (", info->quarantine->en, ")")};
  }
  return {absl::StrCat("判定モジュール ", module, " は", since.ja,
                       "隔離されている", why.ja,
                       "。これを必要とする判定は、最後に分かっている状態のまま"
                       "判定し直しを待つ。モジュールかデータを直して"
                       " `shirube rule release ",
                       module, "` で隔離を解くか、別の判定基準に切り替える。"),
          absl::StrCat(
              "Rule module ", module, " is in quarantine", since.en, why.en,
              ". Verdicts that need it keep the last known status and wait. "
              "Mend the module or the data and let it go with "
              "`shirube rule release ",
              module, "`, or activate another rule set.")};
}

LocalizedText NotRunningText(const std::string& module,
                             const ModuleInfo* info) {
  const std::string why = info == nullptr ? "" : info->problem.detail;
  return {
      absl::StrCat("判定モジュール ", module, " を起動できない",
                   why.empty() ? "" : "(" + why + ")",
                   "。起動は自動で繰り返し試みられ、これを必要とする判定は、"
                   "最後に分かっている状態のまま判定し直しを待つ。続くよう"
                   "であれば、別の判定基準に切り替える。"),
      absl::StrCat("Rule module ", module, " cannot be started",
                   why.empty() ? "" : " (" + why + ")",
                   ". It is tried again by itself; verdicts that need it "
                   "keep the last known status and wait. If this goes on, "
                   "activate another rule set.")};
}

LocalizedText FailedText(const ModuleFault& fault) {
  return {absl::StrCat(
              "判定モジュール ", fault.module, " が回答できなかった(",
              ReasonJapanese(fault.reason),
              ")。モジュールは自動で再開される。続くようであれば、モジュールの"
              "作成者にこの指標の内容を伝える。"),
          absl::StrCat("Rule module ", fault.module, " gave no answer (",
                       ReasonEnglish(fault.reason),
                       "). It is restarted by itself; if this goes on, tell "
                       "its author about this indicator.")};
}

FaultText TextOf(const ModuleFault& fault, const RuleSet& rule_set,
                 const std::vector<ModuleInfo>& infos) {
  FaultText text;
  text.module = fault.module;
  text.reason = fault.reason;
  for (const RuleSetMember& member : rule_set.modules()) {
    if (member.manifest->id == fault.module) {
      text.version = member.manifest->version;
    }
  }
  const ModuleInfo* info = InfoOf(fault, rule_set, infos);
  if (fault.reason == kQuarantinedWord) {
    text.message = QuarantinedText(fault.module, info);
  } else if (fault.reason == kNotRunningWord) {
    text.message = NotRunningText(fault.module, info);
  } else {
    text.message = FailedText(fault);
  }
  return text;
}

// When the first of them was set aside.
std::optional<absl::Time> OutSince(const std::vector<ModuleFault>& faults,
                                   const RuleSet& rule_set,
                                   const std::vector<ModuleInfo>& infos) {
  std::optional<absl::Time> since;
  for (const ModuleFault& fault : faults) {
    const ModuleInfo* info = InfoOf(fault, rule_set, infos);
    if (info == nullptr || !info->quarantine) continue;
    since = since ? std::min(*since, info->quarantine->time)
                  : info->quarantine->time;
  }
  return since;
}

// The newest observation that could be judged.
const Observation* LatestOf(const Subject& subject) {
  const Observation* latest = nullptr;
  for (const Observation& observation : subject.observations) {
    if (observation.state == ObservationState::kNotAvailable) continue;
    if (subject.as_of &&
        observation.period.index12() > subject.as_of->index12()) {
      continue;
    }
    if (latest == nullptr || latest->period < observation.period) {
      latest = &observation;
    }
  }
  return latest;
}

bool EndsInGap(const Subject& subject) {
  const RowPoint* last = nullptr;
  for (const RowPoint& point : subject.row.points) {
    if (subject.as_of && point.period.index12() > subject.as_of->index12()) {
      continue;
    }
    last = &point;
  }
  return last != nullptr && last->point_state == SHIRUBE_POINT_GAP;
}

// What the deciding module's manifest says of the verdict's reason.
void AddManifest(const RuleSet& rule_set, const Verdict& verdict,
                 Explanation* e, SentenceInput* input) {
  for (const RuleSetMember& member : rule_set.modules()) {
    if (member.manifest->id != verdict.module) continue;
    e->deciding_version = member.manifest->version;
    for (const ManifestReason& reason : member.manifest->reasons) {
      if (reason.id != verdict.reason) continue;
      e->symbol = reason.symbol;
      input->message = LocalizedText{reason.message.ja, reason.message.en};
      input->reason_title = LocalizedText{reason.title.ja, reason.title.en};
    }
  }
}

void SetThresholds(const Explanation& e, SentenceInput* input) {
  for (const ParameterSource& source : e.parameters) {
    if (source.name == "pace_threshold") {
      input->pace_threshold = ToRatio(source.value);
    }
    if (source.name == "behind_threshold") {
      input->behind_threshold = ToRatio(source.value);
    }
  }
}

std::vector<int64_t> LandmarksOf(const RowInput& row) {
  std::vector<int64_t> marks = {0};
  if (row.present & SHIRUBE_HAS_BASELINE) marks.push_back(row.baseline);
  if (row.present & SHIRUBE_HAS_TARGET) {
    marks.push_back(row.target);
    if (row.kind == SHIRUBE_KIND_BAND) marks.push_back(row.target_upper);
  }
  for (const RowMilestone& milestone : row.milestones) {
    marks.push_back(milestone.units);
  }
  for (const RowPoint& point : row.points) marks.push_back(point.units);
  return marks;
}

// Steps from the actual to the target mean nothing while one of the two or the
// direction is not known, or the actual is no part of the sum.
bool HasWayToTarget(const Explanation& e) {
  const std::string& reason = e.verdict.reason;
  if (reason == "NOT_DUE") {
    return e.derivation.kind != IndicatorKind::kCumulative;
  }
  return reason != "AMBIGUOUS" && reason != "UNIT_MISMATCH" &&
         reason != "DIRECTION_CONFLICT" && reason != "DIRECTION_UNKNOWN";
}

std::vector<FlipPoint> NoFlipPoints(std::string_view why) {
  std::vector<FlipPoint> points;
  for (Status status : {Status::kAchieved, Status::kOnTrack, Status::kAtRisk}) {
    FlipPoint point;
    point.status = status;
    point.omitted = why;
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace

absl::StatusOr<Subject> MakeSubject(Indicator indicator,
                                    std::vector<Observation> observations,
                                    std::shared_ptr<const PlanContext> context,
                                    std::shared_ptr<const RuleSet> rule_set,
                                    std::optional<Period> as_of) {
  Subject subject;
  SHIRUBE_ASSIGN_OR_RETURN(subject.row, MakeRow(indicator, observations,
                                                *context, *rule_set, as_of));
  subject.indicator = std::move(indicator);
  subject.observations = std::move(observations);
  subject.context = std::move(context);
  subject.rule_set = std::move(rule_set);
  subject.as_of = as_of;
  return subject;
}

absl::StatusOr<std::vector<JudgedRow>> ScratchJudge::Judge(
    const std::vector<const Subject*>& subjects, bool want_facts) const {
  std::vector<JudgedRow> judged;
  for (size_t from = 0; from < subjects.size(); from += kChunk) {
    const size_t to = std::min(from + kChunk, subjects.size());
    std::vector<RowInput> rows;
    for (size_t i = from; i < to; ++i) rows.push_back(subjects[i]->row);
    SHIRUBE_ASSIGN_OR_RETURN(const Selection selection, table_->Scratch(rows));
    JudgeOptions options;
    options.now = clock_();
    options.ask.want_facts = want_facts;
    if (subjects[0]->as_of) {
      options.ask.as_of_index = subjects[0]->as_of->index12();
    }
    options.year_kinds = [&](size_t, uint32_t k) {
      const Subject& subject = *subjects[from + k];
      return YearKindsOf(subject.indicator,
                         BaselineAsOf(subject.indicator, subject.as_of),
                         TargetAsOf(subject.indicator, subject.as_of));
    };
    SHIRUBE_RETURN_IF_ERROR(
        JudgeRows(*host_, *subjects[0]->rule_set, selection, options,
                  [&](size_t, uint32_t k, JudgedRow row) {
                    row.verdict.indicator = subjects[from + k]->indicator.key();
                    judged.push_back(std::move(row));
                  }));
  }
  if (judged.size() != subjects.size()) {
    return absl::InternalError(
        "the table gave back other rows than it was handed");
  }
  return judged;
}

Explanation ScratchJudge::Explain(const Subject& subject,
                                  const JudgedRow& judged,
                                  const std::optional<Verdict>& stored) const {
  Explanation e;
  e.verdict = stored ? *stored : judged.verdict;
  e.indicator = subject.indicator;
  e.rule_set = subject.rule_set->id();
  e.facts = judged.facts;
  e.parameters =
      ResolveParameters(subject.indicator, *subject.context, *subject.rule_set);
  const std::vector<ModuleInfo> infos = InfosOf(e.verdict.failed, *host_);
  for (const ModuleFault& fault : e.verdict.failed) {
    e.faults.push_back(TextOf(fault, *subject.rule_set, infos));
  }
  DerivationInput derived;
  derived.indicator = &subject.indicator;
  derived.observations = &subject.observations;
  derived.baseline = BaselineAsOf(subject.indicator, subject.as_of);
  derived.target = TargetAsOf(subject.indicator, subject.as_of);
  derived.row = &subject.row;
  derived.judged = judged.judged_point;
  derived.facts = judged.facts;
  e.derivation = MakeDerivation(derived);
  if (subject.as_of) {
    std::erase_if(e.derivation.trend, [&](const TrendPoint& point) {
      return point.period->index12() > subject.as_of->index12();
    });
  }
  e.unit = e.derivation.unit;
  if (HasWayToTarget(e)) {
    e.needs = NeedsOf(e.derivation,
                      derived.target ? derived.target->op : Operator::kNone);
  }
  e.marks = TextsOfMarks(e.verdict, subject.indicator);
  SentenceInput input;
  input.indicator = &subject.indicator;
  input.baseline = derived.baseline;
  input.target = derived.target;
  input.derivation = &e.derivation;
  input.verdict = &e.verdict;
  input.marks = e.marks;
  input.latest = LatestOf(subject);
  input.sum_has_gap = EndsInGap(subject);
  input.facts = judged.facts;
  input.out_since = OutSince(e.verdict.failed, *subject.rule_set, infos);
  AddManifest(*subject.rule_set, e.verdict, &e, &input);
  SetThresholds(e, &input);
  e.status_text = StatusText(e.verdict, input.reason_title);
  e.sentence = WriteSentence(input);
  return e;
}

absl::StatusOr<std::vector<Status>> ScratchJudge::StatusesOf(
    const RuleSet& rule_set, RowInput row, size_t point,
    const std::vector<int64_t>& units, bool* any_fault) const {
  std::vector<RowInput> rows;
  rows.reserve(units.size());
  for (int64_t value : units) {
    row.points[point].units = value;
    rows.push_back(row);
  }
  SHIRUBE_ASSIGN_OR_RETURN(const Selection selection, table_->Scratch(rows));
  std::vector<Status> statuses;
  JudgeOptions options;
  options.now = clock_();
  SHIRUBE_RETURN_IF_ERROR(JudgeRows(*host_, rule_set, selection, options,
                                    [&](size_t, uint32_t, JudgedRow judged) {
                                      const Status status =
                                          judged.verdict.status;
                                      *any_fault |=
                                          status == Status::kIndeterminate;
                                      statuses.push_back(status);
                                    }));
  if (OnlyPart(selection) == nullptr || statuses.size() != units.size()) {
    return absl::InternalError(
        "the table gave back other rows than it was handed");
  }
  return statuses;
}

absl::StatusOr<std::vector<FlipPoint>> ScratchJudge::FlipPoints(
    const Subject& subject, const JudgedRow& judged,
    const std::optional<TrendPoint>& actual,
    std::optional<Period> period) const {
  const std::vector<ModuleFault>& failed = judged.verdict.failed;
  if (judged.verdict.status == Status::kIndeterminate ||
      !std::all_of(failed.begin(), failed.end(), IsOutOfService)) {
    return NoFlipPoints("INDETERMINATE");
  }
  if (!period && actual && actual->period)
    period = PeriodAfter(*actual->period);
  if (!period) return NoFlipPoints("NO_PERIOD");
  std::vector<Observation> observations;
  for (const Observation& observation : subject.observations) {
    if (observation.period.index12() < period->index12()) {
      observations.push_back(observation);
    }
  }
  Observation asked;
  asked.plan = subject.indicator.plan;
  asked.indicator = subject.indicator.id;
  asked.period = *period;
  if (subject.indicator.kind == IndicatorKind::kCumulative) {
    asked.basis = Basis::kToDate;
  }
  SHIRUBE_ASSIGN_OR_RETURN(asked.value.number,
                           Decimal::Make(0, subject.row.scale));
  observations.push_back(asked);
  SHIRUBE_ASSIGN_OR_RETURN(
      const RowInput row,
      MakeRow(subject.indicator, observations, *subject.context,
              *subject.rule_set, subject.as_of));
  if (row.points.empty() || row.points.back().period != *period) {
    return NoFlipPoints("NO_PERIOD");
  }
  FlipQuestion question;
  question.period = *period;
  question.scale = row.scale;
  question.band = row.kind == SHIRUBE_KIND_BAND;
  question.direction = DirectionOf(row, nullptr);
  question.landmarks = LandmarksOf(row);
  // What a module gives no answer for reads as the worst there, which it need
  // not be: then nothing is said.
  bool any_fault = false;
  absl::StatusOr<std::vector<FlipPoint>> found = FindFlipPoints(
      question,
      [&](const std::vector<int64_t>& units)
          -> absl::StatusOr<std::vector<Status>> {
        if (any_fault) return absl::AbortedError("a module failed");
        return StatusesOf(*subject.rule_set, row, row.points.size() - 1, units,
                          &any_fault);
      });
  if (any_fault) return NoFlipPoints("INDETERMINATE");
  return found;
}

}  // namespace shirube
