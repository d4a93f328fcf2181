#include "server/ledger/apply_plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/domain/era.h"
#include "server/domain/validation.h"
#include "server/ledger/errors.h"
#include "server/ledger/execute.h"
#include "server/ledger/fields.h"
#include "server/ledger/merge.h"

namespace shirube::ledger {

namespace {

std::string At(const char* list, size_t i) {
  return absl::StrCat("document.", list, "[", i, "]");
}

Violation Duplicate(const std::string& field, const std::string& what) {
  return {field, "DUPLICATE",
          absl::StrCat(Quoted(what),
                       " comes twice in the document; keep one, or rename one"),
          absl::StrCat(QuotedJa(what),
                       "が2件あります。1件にするか、名称を変えてください。")};
}

std::string InitiativeTitle(const Initiative& initiative) {
  return absl::StrCat(initiative.parent.value(), "\n",
                      NormalizedName(initiative.display_name));
}

std::string IndicatorTitle(const Indicator& indicator) {
  return absl::StrCat(NormalizedName(indicator.display_name), "\n",
                      NormalizedName(indicator.unit));
}

Provenance PlaceOf(const Indicator& indicator) {
  if (!indicator.targets.empty()) {
    return indicator.targets.back().value.provenance;
  }
  if (!indicator.baselines.empty()) {
    return indicator.baselines.back().value.provenance;
  }
  return Provenance();
}

template <typename T, typename Id>
void Sort(std::vector<T> all, std::map<Id, T>* live,
          std::set<std::string>* taken) {
  for (T& resource : all) {
    taken->insert(resource.id.value());
    if (!resource.stamp.deleted()) {
      live->emplace(resource.id, std::move(resource));
    }
  }
}

}  // namespace

absl::StatusOr<Plan> PlanApplier::Run() {
  if (document_.plan.id.empty()) {
    violations_.push_back({"plan", "REQUIRED", "is missing; name the plan",
                           "計画を指定してください。"});
    return ViolationsToStatus(violations_);
  }
  SHIRUBE_RETURN_IF_ERROR(ReadStored());
  SHIRUBE_RETURN_IF_ERROR(ApplyPlanFields());
  CheckIds();
  // Ids that cannot be told apart make everything after them a guess.
  SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations_));
  SHIRUBE_RETURN_IF_ERROR(ApplyInitiatives());
  SHIRUBE_RETURN_IF_ERROR(ApplyIndicators());
  SHIRUBE_RETURN_IF_ERROR(ApplyAssessments());
  SHIRUBE_RETURN_IF_ERROR(ApplySources());
  if (options_.prune && violations_.empty()) SHIRUBE_RETURN_IF_ERROR(Prune());
  SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations_));
  return plan_;
}

absl::Status PlanApplier::ReadStored() {
  ListQuery query;
  query.plan = document_.plan.id;
  query.show_deleted = true;
  SHIRUBE_ASSIGN_OR_RETURN(auto initiatives,
                           ctx_->tx()->ListInitiatives(query));
  SHIRUBE_ASSIGN_OR_RETURN(auto indicators, ctx_->tx()->ListIndicators(query));
  SHIRUBE_ASSIGN_OR_RETURN(auto assessments,
                           ctx_->tx()->ListAssessments(query));
  Sort(std::move(initiatives), &initiatives_, &taken_initiatives_);
  Sort(std::move(indicators), &indicators_, &taken_indicators_);
  Sort(std::move(assessments), &assessments_, &taken_assessments_);
  for (const auto& [id, initiative] : initiatives_) {
    initiatives_by_title_[InitiativeTitle(initiative)].push_back(id);
  }
  for (const auto& [id, indicator] : indicators_) {
    indicators_by_title_[IndicatorTitle(indicator)].push_back(id);
  }
  return absl::OkStatus();
}

absl::Status PlanApplier::ApplyPlanFields() {
  const std::string name = NameOf(document_.plan.id);
  SHIRUBE_ASSIGN_OR_RETURN(auto stored, ctx_->tx()->GetPlan(document_.plan.id));
  if (!stored.has_value()) {
    plan_ = document_.plan;
    plan_.stamp = Stamp();
    ValidatePlan(plan_, "document.plan", &violations_);
    SHIRUBE_RETURN_IF_ERROR(ctx_->Put(&plan_, ChangeType::kCreated));
    AddCreate(name, plan_.display_name, Provenance());
    return absl::OkStatus();
  }
  if (stored->stamp.deleted()) return Exists(name, true);
  std::vector<PlanChange> changes;
  plan_ = Merge(*stored, document_.plan, "plan", name, options_, &changes);
  for (PlanChange& change : changes) AddChange(std::move(change));
  if (SameContent(plan_, *stored)) return absl::OkStatus();
  ValidatePlan(plan_, "document.plan", &violations_);
  return ctx_->Put(&plan_, ChangeType::kUpdated);
}

// Ids of the document tie its parts together: each once, and no circles.
void PlanApplier::CheckIds() {
  Parents parents;
  for (size_t i = 0; i < document_.initiatives.size(); ++i) {
    const Initiative& initiative = document_.initiatives[i];
    if (initiative.id.empty()) continue;
    if (!parents.emplace(initiative.id, initiative.parent).second) {
      violations_.push_back(
          Duplicate(At("initiatives", i) + ".name", initiative.id.value()));
    }
  }
  for (size_t i = 0; i < document_.initiatives.size(); ++i) {
    if (document_.initiatives[i].id.empty()) continue;
    CheckChain(parents, document_.initiatives[i].id, ctx_->max_tree_depth(),
               At("initiatives", i) + ".parent_initiative", &violations_);
  }
  std::set<IndicatorId> indicators;
  for (size_t i = 0; i < document_.indicators.size(); ++i) {
    const Indicator& indicator = document_.indicators[i];
    if (!indicator.id.empty() && !indicators.insert(indicator.id).second) {
      violations_.push_back(
          Duplicate(At("indicators", i) + ".name", indicator.id.value()));
    }
  }
}

// ---- Initiatives. ----

absl::Status PlanApplier::ApplyInitiatives() {
  // Parents before children, else as printed.
  Parents parents;
  for (const Initiative& initiative : document_.initiatives) {
    parents.emplace(initiative.id, initiative.parent);
  }
  const auto depth = [&](size_t i) {
    int depth = 0;
    for (InitiativeId at = document_.initiatives[i].parent; !at.empty();) {
      ++depth;
      const auto parent = parents.find(at);
      at = parent == parents.end() ? InitiativeId() : parent->second;
    }
    return depth;
  };
  std::vector<std::pair<int, size_t>> order;
  for (size_t i = 0; i < document_.initiatives.size(); ++i) {
    order.emplace_back(depth(i), i);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [unused, i] : order) {
    SHIRUBE_RETURN_IF_ERROR(ApplyInitiative(i));
  }
  if (initiatives_.size() > limits::kMaxInitiatives) {
    violations_.push_back(
        {"document.initiatives", "LIMIT_EXCEEDED",
         absl::StrCat("a plan holds at most ", limits::kMaxInitiatives,
                      " initiatives; split the plan"),
         absl::StrCat("1つの計画の施策は", limits::kMaxInitiatives,
                      "件までです。計画を分けてください。")});
  }
  CheckTreeAfter();
  return absl::OkStatus();
}

absl::Status PlanApplier::ApplyInitiative(size_t i) {
  const std::string prefix = At("initiatives", i);
  Initiative wanted = document_.initiatives[i];
  const InitiativeId in_document = wanted.id;
  wanted.plan = plan_.id;
  wanted.parent = Resolve(wanted.parent, prefix + ".parent_initiative");
  const int position = ++positions_[absl::StrCat(
      "n/", wanted.parent.value(), "/", static_cast<int>(wanted.kind))];
  SHIRUBE_ASSIGN_OR_RETURN(const Initiative* stored, MatchInitiative(wanted));
  InitiativeId id;
  if (stored == nullptr) {
    id = wanted.id = NewInitiativeId(wanted, position);
    if (options_.match_by == MatchBy::kId &&
        taken_initiatives_.count(id.value()) > 0) {
      return Exists(NameOf(wanted.key()), true);
    }
    taken_initiatives_.insert(id.value());
    ValidateInitiative(wanted, prefix, &violations_);
    wanted.stamp = Stamp();
    SHIRUBE_RETURN_IF_ERROR(ctx_->Put(&wanted, ChangeType::kCreated));
    AddCreate(NameOf(wanted.key()), wanted.display_name,
              wanted.entries.empty() ? Provenance()
                                     : wanted.entries.front().provenance);
    written_initiatives_[id] = prefix;
    initiatives_by_title_[InitiativeTitle(wanted)].push_back(id);
    initiatives_[id] = std::move(wanted);
  } else {
    id = stored->id;
    if (matched_.count(NameOf(stored->key())) > 0) {
      violations_.push_back(
          Duplicate(prefix + ".display_name", wanted.display_name));
    }
    std::vector<PlanChange> changes;
    Initiative merged = Merge(*stored, std::move(wanted), "initiatives",
                              NameOf(stored->key()), options_, &changes);
    for (PlanChange& change : changes) AddChange(std::move(change));
    if (!SameContent(merged, *stored)) {
      ValidateInitiative(merged, prefix, &violations_);
      SHIRUBE_RETURN_IF_ERROR(ctx_->Put(&merged, ChangeType::kUpdated));
      written_initiatives_[id] = prefix;
      initiatives_[id] = std::move(merged);
    }
  }
  const InitiativeKey key{plan_.id, id};
  matched_.insert(NameOf(key));
  if (!in_document.empty()) {
    initiative_ids_[in_document] = id;
    AddName(NameOf(InitiativeKey{plan_.id, in_document}), NameOf(key));
  }
  return absl::OkStatus();
}

absl::StatusOr<const Initiative*> PlanApplier::MatchInitiative(
    const Initiative& wanted) {
  if (options_.match_by == MatchBy::kId) {
    const auto found = initiatives_.find(wanted.id);
    return found == initiatives_.end() ? nullptr : &found->second;
  }
  const auto& matches = initiatives_by_title_[InitiativeTitle(wanted)];
  if (matches.empty()) return nullptr;
  if (matches.size() > 1) {
    return AmbiguousMatch(wanted.display_name,
                          NameOf(InitiativeKey{plan_.id, matches[0]}),
                          NameOf(InitiativeKey{plan_.id, matches[1]}));
  }
  return &initiatives_.at(matches.front());
}

InitiativeId PlanApplier::Resolve(const InitiativeId& id,
                                  const std::string& field) {
  if (id.empty()) return id;
  const auto known = initiative_ids_.find(id);
  if (known != initiative_ids_.end()) return known->second;
  // Not in this part of the document: as it is stored.
  if (initiatives_.count(id) > 0) return id;
  violations_.push_back(Unknown(field, NameOf(InitiativeKey{plan_.id, id})));
  return InitiativeId();
}

InitiativeId PlanApplier::NewInitiativeId(const Initiative& wanted,
                                          int position) {
  if (options_.match_by == MatchBy::kId && !wanted.id.empty()) {
    return wanted.id;
  }
  const char* letter = "n";
  if (wanted.kind == InitiativeKind::kPillar) letter = "p";
  if (wanted.kind == InitiativeKind::kMeasure) letter = "m";
  if (wanted.kind == InitiativeKind::kAction) letter = "a";
  std::string stem = letter;
  if (!wanted.parent.empty()) {
    stem = absl::StrCat(wanted.parent.value(), "-", letter);
  }
  // A deep tree would outgrow the length of ids.
  if (stem.size() > limits::kMaxIdBytes - 6) stem = "n";
  std::string id;
  do {
    id = absl::StrCat(stem, position++);
  } while (taken_initiatives_.count(id) > 0);
  return InitiativeId(id);
}

void PlanApplier::CheckTreeAfter() {
  Parents parents;
  for (const auto& [id, initiative] : initiatives_) {
    parents.emplace(id, initiative.parent);
  }
  for (const auto& [id, prefix] : written_initiatives_) {
    CheckChain(parents, id, ctx_->max_tree_depth(),
               prefix + ".parent_initiative", &violations_);
  }
}

// ---- Indicators with their observations. ----

absl::Status PlanApplier::ApplyIndicators() {
  for (size_t i = 0; i < document_.indicators.size(); ++i) {
    SHIRUBE_RETURN_IF_ERROR(ApplyIndicator(i));
  }
  if (indicators_.size() > limits::kMaxIndicators) {
    violations_.push_back(
        {"document.indicators", "LIMIT_EXCEEDED",
         absl::StrCat("a plan holds at most ", limits::kMaxIndicators,
                      " indicators; split the plan"),
         absl::StrCat("1つの計画の指標は", limits::kMaxIndicators,
                      "件までです。計画を分けてください。")});
  }
  for (size_t i = 0; i < document_.observations.size(); ++i) {
    SHIRUBE_RETURN_IF_ERROR(ApplyObservation(i));
  }
  return WriteIndicators();
}

absl::Status PlanApplier::ApplyIndicator(size_t i) {
  const std::string prefix = At("indicators", i);
  Indicator wanted = document_.indicators[i];
  const IndicatorId in_document = wanted.id;
  wanted.plan = plan_.id;
  wanted.printed_under =
      Resolve(wanted.printed_under, prefix + ".printed_under");
  for (size_t k = 0; k < wanted.links.size(); ++k) {
    wanted.links[k] =
        Resolve(wanted.links[k], absl::StrCat(prefix, ".links[", k, "]"));
  }
  Normalize(&wanted);
  const int position =
      ++positions_[absl::StrCat("i/", wanted.printed_under.value())];
  if (options_.match_by == MatchBy::kTitle &&
      !seen_indicators_
           .insert(absl::StrCat(IndicatorTitle(wanted), "\n",
                                wanted.printed_under.value()))
           .second) {
    violations_.push_back(
        Duplicate(prefix + ".display_name", wanted.display_name));
    return absl::OkStatus();
  }
  SHIRUBE_ASSIGN_OR_RETURN(const Indicator* stored, MatchIndicator(wanted));
  IndicatorId id;
  Work work;
  work.prefix = prefix;
  if (stored == nullptr) {
    id = wanted.id = NewIndicatorId(wanted, position);
    if (options_.match_by == MatchBy::kId &&
        taken_indicators_.count(id.value()) > 0) {
      return Exists(NameOf(wanted.key()), true);
    }
    taken_indicators_.insert(id.value());
    work.is_new = true;
    wanted.stamp = Stamp();
    AddCreate(NameOf(wanted.key()), wanted.display_name, PlaceOf(wanted));
    work.indicator = wanted;
    indicators_[id] = std::move(wanted);
  } else {
    id = stored->id;
    std::vector<PlanChange> changes;
    work.before = *stored;
    work.indicator = Merge(*stored, std::move(wanted), "indicators",
                           NameOf(stored->key()), options_, &changes);
    for (PlanChange& change : changes) AddChange(std::move(change));
    ListQuery query;
    query.plan = plan_.id;
    query.indicator = id;
    SHIRUBE_ASSIGN_OR_RETURN(work.series, ctx_->tx()->ListObservations(query));
  }
  const IndicatorKey key{plan_.id, id};
  matched_.insert(NameOf(key));
  if (!in_document.empty()) {
    indicator_ids_[in_document] = id;
    AddName(NameOf(IndicatorKey{plan_.id, in_document}), NameOf(key));
  }
  work_[id] = std::move(work);
  work_order_.push_back(id);
  return absl::OkStatus();
}

absl::StatusOr<const Indicator*> PlanApplier::MatchIndicator(
    const Indicator& wanted) {
  if (options_.match_by == MatchBy::kId) {
    const auto found = indicators_.find(wanted.id);
    return found == indicators_.end() ? nullptr : &found->second;
  }
  std::vector<const Indicator*> matches;
  for (const IndicatorId& id : indicators_by_title_[IndicatorTitle(wanted)]) {
    const Indicator& stored = indicators_.at(id);
    if (matched_.count(NameOf(stored.key())) == 0) matches.push_back(&stored);
  }
  if (matches.size() > 1) {
    // Printed in several places: the one of the same place.
    std::vector<const Indicator*> here;
    for (const Indicator* match : matches) {
      if (match->printed_under == wanted.printed_under) here.push_back(match);
    }
    if (here.size() == 1) return here.front();
    return AmbiguousMatch(wanted.display_name, NameOf(matches[0]->key()),
                          NameOf(matches[1]->key()));
  }
  return matches.empty() ? nullptr : matches.front();
}

IndicatorId PlanApplier::NewIndicatorId(const Indicator& wanted, int position) {
  if (options_.match_by == MatchBy::kId && !wanted.id.empty()) {
    return wanted.id;
  }
  std::string stem = "i-";
  const std::string& under = wanted.printed_under.value();
  if (!under.empty() && under.size() < limits::kMaxIdBytes - 9) {
    absl::StrAppend(&stem, under, "-");
  }
  std::string id;
  do {
    id = absl::StrFormat("%s%02d", stem, position++);
  } while (taken_indicators_.count(id) > 0);
  return IndicatorId(id);
}

absl::StatusOr<PlanApplier::Work*> PlanApplier::WorkOf(
    const IndicatorId& in_document, const std::string& prefix) {
  const auto known = indicator_ids_.find(in_document);
  const IndicatorId id =
      known == indicator_ids_.end() ? in_document : known->second;
  const auto open = work_.find(id);
  if (open != work_.end()) return &open->second;
  const auto stored = indicators_.find(id);
  if (stored == indicators_.end()) return nullptr;
  // Only values of it are in this document.
  Work work;
  work.prefix = prefix;
  work.indicator = work.before = stored->second;
  ListQuery query;
  query.plan = plan_.id;
  query.indicator = id;
  SHIRUBE_ASSIGN_OR_RETURN(work.series, ctx_->tx()->ListObservations(query));
  matched_.insert(NameOf(stored->second.key()));
  work_order_.push_back(id);
  return &(work_[id] = std::move(work));
}

namespace {

// Whether two observations say the same: 10 is 10.0, the indicator's unit need
// not be written.
bool SaysTheSame(const Indicator& indicator, const Observation& a,
                 const Observation& b) {
  const auto unit = [&](const Observation& o) {
    return NormalizedName(o.value.unit.empty() ? indicator.unit : o.value.unit);
  };
  return a.value.number == b.value.number && a.value.unread == b.value.unread &&
         unit(a) == unit(b) && a.state == b.state;
}

std::string Said(const Observation& o) {
  if (o.state == ObservationState::kNotAvailable) return o.note;
  std::string text = TextOf(o.value, Detail::kSaid);
  if (o.state == ObservationState::kProvisional) text += " PROVISIONAL";
  if (o.state == ObservationState::kRestated) text += " RESTATED";
  return text;
}

}  // namespace

absl::Status PlanApplier::ApplyObservation(size_t i) {
  const std::string prefix = At("observations", i);
  Observation wanted = document_.observations[i];
  SHIRUBE_ASSIGN_OR_RETURN(Work * work, WorkOf(wanted.indicator, prefix));
  if (work == nullptr) {
    violations_.push_back(
        Unknown(prefix + ".indicator",
                NameOf(IndicatorKey{plan_.id, wanted.indicator})));
    return absl::OkStatus();
  }
  wanted.plan = plan_.id;
  wanted.indicator = work->indicator.id;
  wanted.stamp = Stamp();
  if (!work->seen.insert(wanted.id()).second) {
    violations_.push_back(Duplicate(prefix + ".period", wanted.id()));
    return absl::OkStatus();
  }
  PlanChange change;
  change.name = NameOf(KeyOfResource(wanted));
  change.display_name = work->indicator.display_name;
  change.place = wanted.value.provenance;
  change.after = Said(wanted);
  auto stored =
      std::find_if(work->series.begin(), work->series.end(),
                   [&](const Observation& o) { return o.id() == wanted.id(); });
  if (stored == work->series.end()) {
    work->series.push_back(wanted);
    work->writes.push_back({wanted, ChangeType::kCreated, prefix});
    AddChange(std::move(change));
    return absl::OkStatus();
  }
  if (SaysTheSame(work->indicator, *stored, wanted)) return absl::OkStatus();
  change.field = "value";
  change.before = Said(*stored);
  // A value where none was available takes nothing away from what is stored.
  const bool fills = stored->state == ObservationState::kNotAvailable;
  change.kind = fills ? PlanChange::Kind::kUpdate : PlanChange::Kind::kCorrect;
  if (!fills && !options_.accept_corrections) {
    change.held = PlanChange::Held::kNeedsAcceptCorrections;
  }
  const bool held = change.held != PlanChange::Held::kNo;
  AddChange(std::move(change));
  if (held) return absl::OkStatus();
  wanted.stamp = stored->stamp;
  *stored = wanted;
  work->writes.push_back({wanted, ChangeType::kCorrected, prefix});
  return absl::OkStatus();
}

absl::Status PlanApplier::WriteIndicators() {
  for (const IndicatorId& id : work_order_) {
    Work& work = work_[id];
    const bool changed =
        work.is_new || !SameContent(work.indicator, work.before);
    for (const Work::Write& write : work.writes) {
      ValidateObservation(work.indicator, write.observation, write.prefix,
                          &violations_);
      if (options_.allow_decrease) continue;
      SHIRUBE_RETURN_IF_ERROR(CheckRunsForward(work.series, write.observation,
                                               write.prefix + ".value"));
    }
    if (changed || !work.writes.empty()) {
      ValidateIndicator(work.indicator, work.series, work.prefix, &violations_);
    }
    if (changed) {
      SHIRUBE_RETURN_IF_ERROR(
          ctx_->Put(&work.indicator,
                    work.is_new ? ChangeType::kCreated : ChangeType::kUpdated));
      indicators_[id] = work.indicator;
    }
    for (Work::Write& write : work.writes) {
      // Without a period it has no id to be stored under.
      if (write.observation.period.year() == 0) continue;
      SHIRUBE_RETURN_IF_ERROR(ctx_->Put(&write.observation, write.type));
    }
  }
  return absl::OkStatus();
}

// ---- Assessments, sources, prune. ----

absl::Status PlanApplier::ApplyAssessments() {
  for (size_t i = 0; i < document_.assessments.size(); ++i) {
    SHIRUBE_RETURN_IF_ERROR(ApplyAssessment(i));
  }
  return absl::OkStatus();
}

absl::Status PlanApplier::ApplyAssessment(size_t i) {
  const std::string prefix = At("assessments", i);
  Assessment wanted = document_.assessments[i];
  wanted.plan = plan_.id;
  wanted.initiative = Resolve(wanted.initiative, prefix + ".subject");
  if (!wanted.indicator.empty()) {
    const auto known = indicator_ids_.find(wanted.indicator);
    if (known != indicator_ids_.end()) wanted.indicator = known->second;
    if (indicators_.count(wanted.indicator) == 0) {
      violations_.push_back(
          Unknown(prefix + ".subject",
                  NameOf(IndicatorKey{plan_.id, wanted.indicator})));
      return absl::OkStatus();
    }
  }
  const Assessment* stored = nullptr;
  for (const auto& [id, other] : assessments_) {
    const bool match = options_.match_by == MatchBy::kId
                           ? id == wanted.id
                           : other.initiative == wanted.initiative &&
                                 other.indicator == wanted.indicator &&
                                 other.fiscal_year == wanted.fiscal_year;
    if (match) {
      stored = &other;
      break;
    }
  }
  if (stored != nullptr) {
    const std::string name = NameOf(KeyOfResource(*stored));
    if (!matched_.insert(name).second) {
      violations_.push_back(
          Duplicate(prefix + ".fiscal_year", wanted.fiscal_year.ToId()));
      return absl::OkStatus();
    }
    std::vector<PlanChange> changes;
    Assessment merged =
        Merge(*stored, wanted, "assessments", name, options_, &changes);
    for (PlanChange& change : changes) AddChange(std::move(change));
    if (SameContent(merged, *stored)) return absl::OkStatus();
    ValidateAssessment(merged, prefix, &violations_);
    SHIRUBE_RETURN_IF_ERROR(ctx_->Put(&merged, ChangeType::kUpdated));
    assessments_[merged.id] = std::move(merged);
    return absl::OkStatus();
  }
  if (options_.match_by == MatchBy::kTitle || wanted.id.empty()) {
    const std::string& subject = wanted.indicator.empty()
                                     ? wanted.initiative.value()
                                     : wanted.indicator.value();
    std::string stem = absl::StrCat("a-", subject.substr(0, 40), "-",
                                    TextOf(wanted.fiscal_year));
    std::string id = stem;
    for (int n = 2; taken_assessments_.count(id) > 0; ++n) {
      id = absl::StrCat(stem, "-", n);
    }
    wanted.id = AssessmentId(id);
  } else if (taken_assessments_.count(wanted.id.value()) > 0) {
    return Exists(NameOf(KeyOfResource(wanted)), true);
  }
  taken_assessments_.insert(wanted.id.value());
  ValidateAssessment(wanted, prefix, &violations_);
  wanted.stamp = Stamp();
  SHIRUBE_RETURN_IF_ERROR(ctx_->Put(&wanted, ChangeType::kCreated));
  const std::string name = NameOf(KeyOfResource(wanted));
  matched_.insert(name);
  AddCreate(name, TextOf(wanted.fiscal_year), Provenance());
  assessments_[wanted.id] = std::move(wanted);
  return absl::OkStatus();
}

absl::Status PlanApplier::ApplySources() {
  SHIRUBE_ASSIGN_OR_RETURN(const auto stored,
                           ctx_->tx()->ListPlanSources(plan_.id));
  for (const PlanSource& wanted : document_.sources) {
    const auto same = std::find_if(
        stored.begin(), stored.end(),
        [&](const PlanSource& s) { return s.sha256 == wanted.sha256; });
    const bool known = same != stored.end();
    if (known && same->file == wanted.file &&
        same->encoding == wanted.encoding && same->lines == wanted.lines &&
        same->normalisations == wanted.normalisations &&
        same->layout == wanted.layout) {
      continue;
    }
    SHIRUBE_RETURN_IF_ERROR(ctx_->PutSource(plan_.id, wanted));
    PlanChange change;
    change.kind = known ? PlanChange::Kind::kUpdate : PlanChange::Kind::kCreate;
    change.name = NameOf(plan_.id);
    change.display_name = wanted.file;
    change.field = "sources";
    AddChange(std::move(change));
  }
  return absl::OkStatus();
}

absl::Status PlanApplier::Prune() {
  const auto note = [&](const std::string& name, const std::string& title) {
    PlanChange change;
    change.kind = PlanChange::Kind::kDelete;
    change.name = name;
    change.display_name = title;
    AddChange(std::move(change));
  };
  // Read again: a deletion takes what is below along.
  for (const auto& [id, unused] : assessments_) {
    const AssessmentKey key{plan_.id, id};
    if (matched_.count(NameOf(key)) > 0) continue;
    SHIRUBE_ASSIGN_OR_RETURN(auto now, Find(ctx_->tx(), key));
    if (now->stamp.deleted()) continue;
    note(NameOf(key), now->fiscal_year.ToId());
    SHIRUBE_RETURN_IF_ERROR(DeleteWithChildren(ctx_, *now));
  }
  for (const auto& [id, unused] : indicators_) {
    const IndicatorKey key{plan_.id, id};
    if (matched_.count(NameOf(key)) > 0) continue;
    SHIRUBE_ASSIGN_OR_RETURN(auto now, Find(ctx_->tx(), key));
    note(NameOf(key), now->display_name);
    SHIRUBE_RETURN_IF_ERROR(DeleteWithChildren(ctx_, *now));
  }
  for (const auto& [id, initiative] : initiatives_) {
    const InitiativeKey key{plan_.id, id};
    if (matched_.count(NameOf(key)) > 0) continue;
    note(NameOf(key), initiative.display_name);
    SHIRUBE_ASSIGN_OR_RETURN(auto now, Find(ctx_->tx(), key));
    if (now->stamp.deleted()) continue;
    SHIRUBE_RETURN_IF_ERROR(DeleteWithChildren(ctx_, *now));
  }
  return absl::OkStatus();
}

// ---- The difference. ----

void PlanApplier::AddChange(PlanChange change) {
  ++(change.held == PlanChange::Held::kNo ? difference_->applied
                                          : difference_->held);
  difference_->changes.push_back(std::move(change));
}

void PlanApplier::AddCreate(const std::string& name, const std::string& title,
                            Provenance place) {
  PlanChange change;
  change.kind = PlanChange::Kind::kCreate;
  change.name = name;
  change.display_name = title;
  change.place = std::move(place);
  AddChange(std::move(change));
}

void PlanApplier::AddName(const std::string& in_document,
                          const std::string& stored) {
  if (in_document != stored) difference_->names[in_document] = stored;
}

absl::Status Execute(WriteContext* ctx, const ApplyPlan& m,
                     MutationResult* result) {
  PlanApplier applier(ctx, m, &result->difference);
  SHIRUBE_ASSIGN_OR_RETURN(Plan plan, applier.Run());
  ctx->set_resource_name(NameOf(plan.id));
  result->resources.emplace_back(std::move(plan));
  return absl::OkStatus();
}

}  // namespace shirube::ledger
