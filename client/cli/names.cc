#include "client/cli/names.h"

#include <functional>
#include <map>

#include "server/base/status_macros.h"
#include "server/domain/era.h"
#include "server/domain/violation.h"

namespace shirube::cli {
namespace {

// The parents to look in: --plan's, or every plan's.
absl::StatusOr<std::vector<std::string>> PlansToSearch(
    const Context& context, const std::string& plan) {
  if (!plan.empty()) return std::vector<std::string>{plan};
  if (!context.plan.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(v1::Plan found, FindPlan(context, context.plan));
    return std::vector<std::string>{found.name()};
  }
  std::vector<std::string> names;
  for (auto& row : context.plans().AllPlans({})) {
    if (!row.ok()) return row.status();
    names.push_back(row->name());
  }
  return names;
}

std::string CandidateList(const std::vector<Candidate>& candidates,
                          const std::vector<size_t>& found) {
  std::string list;
  for (size_t i : found) {
    list += "\n  " + candidates[i].name + "  " + candidates[i].title;
  }
  return list;
}

// The labels from the top down to an initiative: "第3/3".
std::vector<std::string> PathLabels(
    const v1::Initiative& initiative,
    const std::map<std::string, const v1::Initiative*>& by_name) {
  std::string path = initiative.label();
  std::string parent = initiative.parent_initiative();
  while (!parent.empty()) {
    auto it = by_name.find(parent);
    if (it == by_name.end()) break;
    path = it->second->label() + "/" + path;
    parent = it->second->parent_initiative();
  }
  return {path};
}

}  // namespace

absl::StatusOr<size_t> Choose(const Context& context, const std::string& text,
                              const std::vector<Candidate>& candidates,
                              std::string_view kind_ja,
                              std::string_view kind_en) {
  MatchResult result = MatchName(text, candidates);
  if (result.match == Match::kOne) return result.found.front();
  if (result.match == Match::kNone) {
    return absl::NotFoundError(
        context.japanese
            ? "「" + text + "」という" + std::string(kind_ja) +
                  "は見つかりません。"
            : "no " + std::string(kind_en) + " is called \"" + text + "\"");
  }
  return UsageError((context.japanese
                         ? "「" + text + "」に当たる" + std::string(kind_ja) +
                               "が複数あります。どれか一つを指定してください:"
                         : "\"" + text + "\" fits more than one " +
                               std::string(kind_en) + "; name one of them:") +
                    CandidateList(candidates, result.found));
}

absl::StatusOr<Period> PeriodArgument(const Context& context,
                                      const std::string& text) {
  auto period = ParsePeriod(text);
  if (period.ok()) return period;
  ErrorDetails details = DetailsOf(period.status());
  return UsageError(context.Say(details.ja, details.en));
}

std::string PlanOf(const std::string& name) {
  size_t first = name.find('/');
  if (first == std::string::npos) return name;
  return name.substr(0, name.find('/', first + 1));
}

std::string IdOf(const std::string& name) {
  size_t slash = name.rfind('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

MatchResult MatchName(const std::string& text,
                      const std::vector<Candidate>& candidates) {
  const std::string wanted = NormalizedName(text);
  const std::vector<std::function<bool(const Candidate&)>> ways = {
      [&](const Candidate& c) { return c.name == text; },
      [&](const Candidate& c) { return IdOf(c.name) == text; },
      [&](const Candidate& c) {
        if (NormalizedName(c.title) == wanted) return true;
        for (const std::string& label : c.labels) {
          if (NormalizedName(label) == wanted) return true;
        }
        return false;
      },
      [&](const Candidate& c) {
        return !wanted.empty() &&
               NormalizedName(c.title).find(wanted) != std::string::npos;
      },
  };
  MatchResult result;
  for (const auto& fits : ways) {
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (fits(candidates[i])) result.found.push_back(i);
    }
    if (!result.found.empty()) break;
  }
  if (result.found.size() == 1) result.match = Match::kOne;
  if (result.found.size() > 1) result.match = Match::kMany;
  return result;
}

absl::StatusOr<v1::Plan> FindPlan(const Context& context,
                                  const std::string& text) {
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<v1::Plan> plans,
                           context.plans().AllPlans({}).All());
  std::vector<Candidate> candidates;
  for (const v1::Plan& plan : plans) {
    candidates.push_back({plan.name(), plan.display_name(), {}});
  }
  SHIRUBE_ASSIGN_OR_RETURN(size_t i,
                           Choose(context, text, candidates, "計画", "plan"));
  return plans[i];
}

absl::StatusOr<v1::Indicator> FindIndicator(const Context& context,
                                            const std::string& text) {
  if (text.starts_with("plans/")) {
    v1::GetIndicatorRequest request;
    request.set_name(text);
    return context.plans().GetIndicator(request);
  }
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<std::string> parents,
                           PlansToSearch(context, ""));
  std::vector<v1::Indicator> indicators;
  std::vector<Candidate> candidates;
  for (const std::string& parent : parents) {
    v1::ListIndicatorsRequest request;
    request.set_parent(parent);
    for (auto& row : context.plans().AllIndicators(request)) {
      if (!row.ok()) return row.status();
      candidates.push_back({row->name(), row->display_name(), {}});
      indicators.push_back(*std::move(row));
    }
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      size_t i, Choose(context, text, candidates, "指標", "indicator"));
  return indicators[i];
}

absl::StatusOr<v1::Initiative> FindInitiative(const Context& context,
                                              const std::string& text,
                                              const std::string& plan) {
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<std::string> parents,
                           PlansToSearch(context, plan));
  std::vector<v1::Initiative> initiatives;
  for (const std::string& parent : parents) {
    v1::ListInitiativesRequest request;
    request.set_parent(parent);
    for (auto& row : context.plans().AllInitiatives(request)) {
      if (!row.ok()) return row.status();
      initiatives.push_back(*std::move(row));
    }
  }
  std::map<std::string, const v1::Initiative*> by_name;
  for (const auto& row : initiatives) by_name[row.name()] = &row;
  std::vector<Candidate> candidates;
  for (const auto& row : initiatives) {
    candidates.push_back(
        {row.name(), row.display_name(), PathLabels(row, by_name)});
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      size_t i, Choose(context, text, candidates, "施策・取組", "initiative"));
  return initiatives[i];
}

}  // namespace shirube::cli
