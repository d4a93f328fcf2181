// Collects what is read from one or several files into one PlanDocument and
// knows what is the same: initiatives by parent and title, indicators by
// normalized name and unit, observations by period and basis. Gives ids by
// position (`p1-m3`, `i-p1-02`), and the stored name to what the plan has
// already. One thread; lives as long as one import.
#ifndef SHIRUBE_CLIENT_REPORT_PLAN_BUILDER_H_
#define SHIRUBE_CLIENT_REPORT_PLAN_BUILDER_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/report/headings.h"
#include "shirube/v1/plan_document.pb.h"

namespace shirube::report {

class PlanBuilder {
 public:
  // `plan_name` is `plans/demo`, or `plans/-` while there is none. `stored` is
  // the plan as it stands, or null; it must outlive the builder.
  PlanBuilder(std::string plan_name, const v1::PlanDocument* stored);

  v1::PlanDocument& document() { return document_; }
  const std::string& plan_name() const { return plan_name_; }
  // Whether there is anything that a title can be attached to.
  bool has_measures() const {
    return !measures_.empty() ||
           (stored_ != nullptr && stored_->initiatives_size() > 0);
  }

  // The initiative with this label and title under `parent` (a name, or empty),
  // added when there is none.
  v1::Initiative* AddInitiative(const std::string& parent,
                                v1::Initiative::Kind kind,
                                const NumberedHeading& heading);
  // The initiative of the document by name; a stored one is taken over with
  // those above it. Null when neither has it.
  v1::Initiative* Adopt(const std::string& name);
  // Names of measures and actions with this title: of the document, or, when it
  // has none at all, of the stored plan.
  std::vector<std::string> MeasuresTitled(std::string_view title) const;
  // Names of everything that `path` can mean: 第3/3, a title, a label.
  std::vector<std::string> FindInitiatives(std::string_view path) const;

  struct Match {
    v1::Indicator* indicator = nullptr;  // of the document
    bool added = false;                  // it was not in the document before
    bool ambiguous = false;   // the name stands for several; nothing was added
    bool other_unit = false;  // the same name exists with another unit
  };
  // The indicator of this name and unit, stored or new. An empty unit matches
  // any when there is only one of the name.
  Match AddIndicator(std::string_view display_name, std::string_view unit,
                     std::string_view printed_under);

  // Adds a link that a person made, beside those that are stored.
  void Link(v1::Indicator* indicator, const std::string& initiative);

  enum class Added { kNew, kSame, kDifferent };
  // kSame and kDifferent leave the document as it was.
  Added AddObservation(v1::Observation observation);

 private:
  std::string NewInitiativeId(const std::string& parent,
                              v1::Initiative::Kind kind);
  std::string StoredInitiative(const std::string& parent,
                               std::string_view title) const;
  void Register(v1::Initiative* initiative);
  std::string NewIndicatorId(std::string_view printed_under);
  bool Taken(const std::string& name) const {
    return names_.count(name) != 0 || stored_names_.count(name) != 0;
  }
  int CountUnder(std::string_view printed_under) const;

  std::string plan_name_;
  const v1::PlanDocument* stored_;
  v1::PlanDocument document_;
  std::set<std::string> names_;
  std::set<std::string> stored_names_;
  // A document of many megabytes must not be searched line by line.
  std::map<std::string, v1::Initiative*> initiatives_;  // by name
  std::map<std::string, v1::Initiative*> by_title_;     // parent, label, title
  std::map<std::string, std::vector<std::string>> measures_;  // by title
  std::map<std::string, int> siblings_;  // by parent, and by parent and kind
  std::map<std::string, std::vector<v1::Indicator*>> indicators_;
  std::map<std::string, std::vector<const v1::Indicator*>> stored_indicators_;
  std::map<std::string, int> under_;  // indicators by printed_under
  std::map<std::string, v1::Observation*> observations_;
};

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_PLAN_BUILDER_H_
