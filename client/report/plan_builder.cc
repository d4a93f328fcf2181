#include "client/report/plan_builder.h"

#include <cstdio>
#include <utility>

#include "client/report/chars.h"
#include "server/domain/era.h"

namespace shirube::report {
namespace {

std::string IdOf(std::string_view name) {
  return std::string(name.substr(name.rfind('/') + 1));
}

bool SameName(std::string_view a, std::string_view b) {
  return NormalizedName(a) == NormalizedName(b);
}

// Whether one step of a path means this initiative.
bool Means(const v1::Initiative& initiative, std::string_view step) {
  return SameName(initiative.display_name(), step) ||
         (!initiative.label().empty() &&
          (SameName(initiative.label(), step) ||
           SameName(initiative.label() + initiative.display_name(), step)));
}

using InitiativeList = google::protobuf::RepeatedPtrField<v1::Initiative>;

std::vector<std::string> SplitPath(std::string_view path) {
  std::vector<std::string> steps;
  std::u32string printed = Decode(path);
  std::u32string folded = Fold(printed);
  size_t begin = 0;
  for (size_t i = 0; i <= folded.size(); ++i) {
    if (i < folded.size() && folded[i] != U'/') continue;
    std::u32string_view step(printed);
    steps.push_back(Encode(Trim(step.substr(begin, i - begin))));
    begin = i + 1;
  }
  return steps;
}

// Names in `all` that `path` can mean.
std::set<std::string> FindIn(const InitiativeList& all, std::string_view path) {
  std::set<std::string> found;
  // The whole path as a title first: titles may have a slash in them.
  for (const v1::Initiative& initiative : all) {
    if (SameName(initiative.display_name(), path)) {
      found.insert(initiative.name());
    }
  }
  if (!found.empty()) return found;
  std::vector<std::string> steps = SplitPath(path);
  std::set<std::string> level;
  for (size_t i = 0; i < steps.size(); ++i) {
    std::set<std::string> next;
    for (const v1::Initiative& initiative : all) {
      const bool below =
          i == 0 ? steps.size() == 1 || initiative.parent_initiative().empty()
                 : level.count(initiative.parent_initiative()) != 0;
      if (below && Means(initiative, steps[i])) next.insert(initiative.name());
    }
    level = std::move(next);
  }
  return level;
}

bool IsMeasure(const v1::Initiative& initiative) {
  return initiative.kind() != v1::Initiative::KIND_PILLAR;
}

std::string TitleKey(std::string_view parent, std::string_view label,
                     std::string_view title) {
  return std::string(parent) + "\n" + NormalizedName(label) + "\n" +
         NormalizedName(title);
}

std::string ObservationKey(const v1::Observation& observation) {
  return observation.indicator() + " " + observation.period() + " " +
         std::to_string(observation.basis() == v1::Observation::BASIS_PERIOD);
}

template <typename Indicator>
PlanBuilder::Match Choose(const std::vector<Indicator*>& named,
                          std::string_view unit, Indicator** chosen) {
  PlanBuilder::Match match;
  *chosen = nullptr;
  if (unit.empty()) {
    if (named.size() == 1) *chosen = named.front();
    match.ambiguous = named.size() > 1;
    return match;
  }
  for (Indicator* indicator : named) {
    if (SameName(indicator->unit(), unit)) *chosen = indicator;
  }
  for (Indicator* indicator : named) {
    if (*chosen == nullptr && indicator->unit().empty()) *chosen = indicator;
  }
  match.other_unit = *chosen == nullptr && !named.empty();
  return match;
}

}  // namespace

PlanBuilder::PlanBuilder(std::string plan_name, const v1::PlanDocument* stored)
    : plan_name_(std::move(plan_name)), stored_(stored) {
  document_.mutable_plan()->set_name(plan_name_);
  if (stored_ == nullptr) return;
  document_.mutable_plan()->set_display_name(stored_->plan().display_name());
  for (const v1::Initiative& initiative : stored_->initiatives()) {
    stored_names_.insert(initiative.name());
  }
  for (const v1::Indicator& indicator : stored_->indicators()) {
    stored_names_.insert(indicator.name());
    stored_indicators_[NormalizedName(indicator.display_name())].push_back(
        &indicator);
  }
}

std::string PlanBuilder::NewInitiativeId(const std::string& parent,
                                         v1::Initiative::Kind kind) {
  std::string prefix = parent.empty() ? "" : IdOf(parent) + "-";
  prefix += kind == v1::Initiative::KIND_PILLAR    ? "p"
            : kind == v1::Initiative::KIND_MEASURE ? "m"
                                                   : "a";
  int position = siblings_[parent + " " + std::to_string(kind)] + 1;
  std::string name;
  do {
    name = plan_name_ + "/initiatives/" + prefix + std::to_string(position++);
  } while (Taken(name));
  return name;
}

// The stored initiative that this one is, or an empty name.
std::string PlanBuilder::StoredInitiative(const std::string& parent,
                                          std::string_view title) const {
  std::string name;
  if (stored_ == nullptr) return name;
  for (const v1::Initiative& other : stored_->initiatives()) {
    if (other.parent_initiative() != parent ||
        names_.count(other.name()) != 0 ||
        !SameName(other.display_name(), title)) {
      continue;
    }
    if (!name.empty()) return "";
    name = other.name();
  }
  return name;
}

void PlanBuilder::Register(v1::Initiative* initiative) {
  const std::string& parent = initiative->parent_initiative();
  names_.insert(initiative->name());
  initiatives_[initiative->name()] = initiative;
  by_title_[TitleKey(parent, initiative->label(), initiative->display_name())] =
      initiative;
  ++siblings_[parent];
  ++siblings_[parent + " " + std::to_string(initiative->kind())];
  if (IsMeasure(*initiative)) {
    measures_[NormalizedName(initiative->display_name())].push_back(
        initiative->name());
  }
}

v1::Initiative* PlanBuilder::AddInitiative(const std::string& parent,
                                           v1::Initiative::Kind kind,
                                           const NumberedHeading& heading) {
  auto known = by_title_.find(TitleKey(parent, heading.label, heading.title));
  if (known != by_title_.end()) return known->second;
  std::string name = StoredInitiative(parent, heading.title);
  if (name.empty()) name = NewInitiativeId(parent, kind);
  v1::Initiative* initiative = document_.add_initiatives();
  initiative->set_name(name);
  initiative->set_parent_initiative(parent);
  initiative->set_kind(kind);
  initiative->set_label(heading.label);
  initiative->set_display_name(heading.title);
  initiative->set_subtitle(heading.subtitle);
  initiative->set_order(siblings_[parent]);
  Register(initiative);
  return initiative;
}

v1::Initiative* PlanBuilder::Adopt(const std::string& name) {
  auto found = initiatives_.find(name);
  if (found != initiatives_.end()) return found->second;
  if (stored_ == nullptr) return nullptr;
  for (const v1::Initiative& stored : stored_->initiatives()) {
    if (stored.name() != name) continue;
    if (!stored.parent_initiative().empty()) Adopt(stored.parent_initiative());
    v1::Initiative* initiative = document_.add_initiatives();
    initiative->set_name(name);
    initiative->set_parent_initiative(stored.parent_initiative());
    initiative->set_kind(stored.kind());
    initiative->set_label(stored.label());
    initiative->set_display_name(stored.display_name());
    initiative->set_subtitle(stored.subtitle());
    initiative->set_order(stored.order());
    Register(initiative);
    return initiative;
  }
  return nullptr;
}

std::vector<std::string> PlanBuilder::MeasuresTitled(
    std::string_view title) const {
  std::vector<std::string> names;
  if (!measures_.empty()) {
    auto found = measures_.find(NormalizedName(title));
    return found == measures_.end() ? names : found->second;
  }
  if (stored_ == nullptr) return names;
  for (const v1::Initiative& initiative : stored_->initiatives()) {
    if (IsMeasure(initiative) && SameName(initiative.display_name(), title)) {
      names.push_back(initiative.name());
    }
  }
  return names;
}

std::vector<std::string> PlanBuilder::FindInitiatives(
    std::string_view path) const {
  std::set<std::string> found = FindIn(document_.initiatives(), path);
  if (stored_ != nullptr) found.merge(FindIn(stored_->initiatives(), path));
  return {found.begin(), found.end()};
}

int PlanBuilder::CountUnder(std::string_view printed_under) const {
  auto found = under_.find(std::string(printed_under));
  return found == under_.end() ? 0 : found->second;
}

std::string PlanBuilder::NewIndicatorId(std::string_view printed_under) {
  std::string prefix = plan_name_ + "/indicators/i-";
  if (!printed_under.empty()) prefix += IdOf(printed_under) + "-";
  int position = CountUnder(printed_under) + 1;
  std::string name;
  do {
    char digits[16];
    std::snprintf(digits, sizeof(digits), "%02d", position++);
    name = prefix + digits;
  } while (Taken(name));
  return name;
}

PlanBuilder::Match PlanBuilder::AddIndicator(std::string_view display_name,
                                             std::string_view unit,
                                             std::string_view printed_under) {
  const std::string key = NormalizedName(display_name);
  v1::Indicator* own = nullptr;
  Match match = Choose(indicators_[key], unit, &own);
  match.indicator = own;
  if (own != nullptr || match.ambiguous) {
    if (own != nullptr && own->unit().empty()) own->set_unit(std::string(unit));
    return match;
  }
  const v1::Indicator* stored = nullptr;
  auto known = stored_indicators_.find(key);
  if (known != stored_indicators_.end()) {
    Match of_stored = Choose(known->second, unit, &stored);
    match.other_unit |= of_stored.other_unit;
    match.ambiguous = of_stored.ambiguous;
    if (match.ambiguous) return match;
  }
  match.added = true;
  match.indicator = document_.add_indicators();
  match.indicator->set_display_name(std::string(display_name));
  match.indicator->set_unit(std::string(unit));
  if (stored != nullptr) {
    match.indicator->set_name(stored->name());
    match.indicator->set_unit(stored->unit());
    match.indicator->set_kind(stored->kind());
    match.indicator->set_window_start(stored->window_start());
  } else {
    match.indicator->set_name(NewIndicatorId(printed_under));
  }
  ++under_[std::string(printed_under)];
  match.indicator->set_order(document_.indicators_size() - 1);
  match.indicator->set_printed_under(std::string(printed_under));
  names_.insert(match.indicator->name());
  indicators_[key].push_back(match.indicator);
  return match;
}

void PlanBuilder::Link(v1::Indicator* indicator,
                       const std::string& initiative) {
  if (stored_ != nullptr && indicator->links_size() == 0) {
    for (const v1::Indicator& stored : stored_->indicators()) {
      if (stored.name() == indicator->name()) {
        *indicator->mutable_links() = stored.links();
      }
    }
  }
  for (const std::string& link : indicator->links()) {
    if (link == initiative) return;
  }
  indicator->add_links(initiative);
}

PlanBuilder::Added PlanBuilder::AddObservation(v1::Observation observation) {
  const std::string key = ObservationKey(observation);
  auto found = observations_.find(key);
  if (found != observations_.end()) {
    const v1::Observation& there = *found->second;
    const bool same = there.value() == observation.value() &&
                      there.unread() == observation.unread() &&
                      there.unit() == observation.unit();
    return same ? Added::kSame : Added::kDifferent;
  }
  std::string suffix;
  if (observation.basis() == v1::Observation::BASIS_TO_DATE) {
    suffix = "-todate";
  } else if (observation.basis() == v1::Observation::BASIS_PERIOD) {
    suffix = "-period";
  }
  observation.set_name(observation.indicator() + "/observations/" +
                       observation.period() + suffix);
  v1::Observation* added = document_.add_observations();
  *added = std::move(observation);
  observations_[key] = added;
  return Added::kNew;
}

}  // namespace shirube::report
