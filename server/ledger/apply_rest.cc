// The assessments and sources of a document, and what it does not mention.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/ledger/apply_plan.h"
#include "server/ledger/errors.h"
#include "server/ledger/execute.h"
#include "server/ledger/fields.h"
#include "server/ledger/merge.h"

namespace shirube::ledger {

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
    if (!now.has_value() || now->stamp.deleted()) continue;
    note(NameOf(key), now->fiscal_year.ToId());
    SHIRUBE_RETURN_IF_ERROR(DeleteWithChildren(ctx_, *now));
  }
  for (const auto& [id, unused] : indicators_) {
    const IndicatorKey key{plan_.id, id};
    if (matched_.count(NameOf(key)) > 0) continue;
    SHIRUBE_ASSIGN_OR_RETURN(auto now, Find(ctx_->tx(), key));
    if (!now.has_value() || now->stamp.deleted()) continue;
    note(NameOf(key), now->display_name);
    SHIRUBE_RETURN_IF_ERROR(DeleteWithChildren(ctx_, *now));
  }
  for (const auto& [id, initiative] : initiatives_) {
    const InitiativeKey key{plan_.id, id};
    if (matched_.count(NameOf(key)) > 0) continue;
    note(NameOf(key), initiative.display_name);
    SHIRUBE_ASSIGN_OR_RETURN(auto now, Find(ctx_->tx(), key));
    if (!now.has_value() || now->stamp.deleted()) continue;
    SHIRUBE_RETURN_IF_ERROR(DeleteWithChildren(ctx_, *now));
  }
  return absl::OkStatus();
}

}  // namespace shirube::ledger
