#include "server/ledger/merge.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/ledger/fields.h"

namespace shirube::ledger {

namespace {

std::vector<std::string> ManualFields(const Assessment&) { return {}; }
template <typename T>
std::vector<std::string> ManualFields(const T& resource) {
  return resource.manual_fields;
}

std::string Title(const Assessment& r) { return r.fiscal_year.ToId(); }
template <typename T>
std::string Title(const T& r) {
  return r.display_name;
}

// A field that an import has replaced is no longer a person's.
void ForgetManual(const std::string&, Assessment*) {}
template <typename T>
void ForgetManual(const std::string& field, T* resource) {
  auto& manual = resource->manual_fields;
  manual.erase(std::remove(manual.begin(), manual.end(), field), manual.end());
}

PlanChange::Held HeldBy(const ApplyOptions& options, bool in_mask,
                        bool only_adds, bool by_person) {
  if (!only_adds && !in_mask) return PlanChange::Held::kNeedsMask;
  if (by_person && !options.overwrite_manual) {
    return PlanChange::Held::kNeedsOverwriteManual;
  }
  return PlanChange::Held::kNo;
}

}  // namespace

bool InMask(const ApplyOptions& options, const std::string& kind,
            const std::string& field) {
  return options.mask.count("*") > 0 ||
         options.mask.count(absl::StrCat(kind, ".*")) > 0 ||
         options.mask.count(absl::StrCat(kind, ".", field)) > 0;
}

template <typename T>
T Merge(const T& stored, T wanted, const std::string& kind,
        const std::string& name, const ApplyOptions& options,
        std::vector<PlanChange>* changes) {
  T merged = stored;
  const std::vector<std::string> manual = ManualFields(stored);
  for (const Field<T>& field : FieldsOf<T>()) {
    if (field.text(wanted, Detail::kSaid).empty()) continue;
    // Found by title, it may come from a document that shows only a part of the
    // plan: its place there says nothing about its place among all.
    if (field.name == "order" && options.match_by == MatchBy::kTitle &&
        !InMask(options, kind, field.name)) {
      continue;
    }
    if (field.complete) field.complete(stored, &wanted);
    const std::string before = field.text(stored, Detail::kSaid);
    const std::string after = field.text(wanted, Detail::kSaid);
    if (before == after) continue;
    const bool only_adds =
        field.only_adds ? field.only_adds(stored, wanted) : before.empty();
    const bool by_person =
        std::find(manual.begin(), manual.end(), field.name) != manual.end();
    PlanChange change;
    change.kind = PlanChange::Kind::kUpdate;
    change.name = name;
    change.display_name = Title(stored);
    change.field = field.name;
    std::tie(change.before, change.after) = field.differ
                                                ? field.differ(stored, wanted)
                                                : std::make_pair(before, after);
    if (field.place) change.place = field.place(wanted);
    change.held = HeldBy(options, InMask(options, kind, field.name), only_adds,
                         by_person);
    if (change.held == PlanChange::Held::kNo) {
      field.copy(wanted, &merged);
      ForgetManual(field.name, &merged);
    }
    changes->push_back(std::move(change));
  }
  return merged;
}

template Plan Merge(const Plan&, Plan, const std::string&, const std::string&,
                    const ApplyOptions&, std::vector<PlanChange>*);
template Initiative Merge(const Initiative&, Initiative, const std::string&,
                          const std::string&, const ApplyOptions&,
                          std::vector<PlanChange>*);
template Indicator Merge(const Indicator&, Indicator, const std::string&,
                         const std::string&, const ApplyOptions&,
                         std::vector<PlanChange>*);
template Assessment Merge(const Assessment&, Assessment, const std::string&,
                          const std::string&, const ApplyOptions&,
                          std::vector<PlanChange>*);

}  // namespace shirube::ledger
