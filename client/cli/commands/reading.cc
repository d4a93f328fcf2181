#include "client/cli/commands/reading.h"

#include <algorithm>

#include "client/cli/view/words.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

constexpr v1::Verdict::Status kStatuses[] = {
    v1::Verdict::STATUS_ACHIEVED, v1::Verdict::STATUS_ON_TRACK,
    v1::Verdict::STATUS_AT_RISK, v1::Verdict::STATUS_NOT_EVALUATED,
    v1::Verdict::STATUS_INDETERMINATE};

// "AT_RISK".
std::string BareWord(v1::Verdict::Status status) {
  return v1::Verdict::Status_Name(status).substr(sizeof("STATUS_") - 1);
}

// "at-risk", as it is typed.
std::string TypedWord(v1::Verdict::Status status) {
  std::string word = BareWord(status);
  for (char& c : word) {
    c = c == '_' ? '-' : static_cast<char>(c - 'A' + 'a');
  }
  return word;
}

// A text in a filter; quotes and backslashes are escaped.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

void Reading::Declare(CLI::App* app) {
  app->add_option("--as-of", as_of,
                  "Judge by the figures up to this period (R4, FY2022)")
      ->type_name("PERIOD");
  app->add_option("--as-known-at", as_known_at,
                  "By what was known at a time (RFC 3339) or revision")
      ->type_name("TIME");
  app->add_flag("--allow-future", allow_future,
                "Take an --as-of after the current fiscal year");
  app->add_option("--fail-on", fail_on, "Exit with 10 when something lags")
      ->check(CLI::IsMember({"at-risk"}))
      ->type_name("at-risk");
}

void RowChoice::Declare(CLI::App* app) {
  app->add_option("PLAN", plan, "The plan, or --plan");
  app->add_option("--status", statuses,
                  "Only these: achieved, on-track, at-risk, not-evaluated, "
                  "indeterminate")
      ->delimiter(',')
      ->type_name("STATUS");
  app->add_option("--owner", owner, "Only this department's");
}

absl::Status Reading::Resolve(const Context& context) {
  if (as_of.empty()) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(Period period, PeriodArgument(context, as_of));
  as_of = period.ToId();
  return absl::OkStatus();
}

absl::StatusOr<std::string> PlanToRead(const Context& context,
                                       const std::string& typed) {
  const std::string& text = typed.empty() ? context.plan : typed;
  if (!text.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(v1::Plan plan, FindPlan(context, text));
    return plan.name();
  }
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<v1::Plan> plans,
                           context.plans().AllPlans({}).All());
  if (plans.size() == 1) return plans.front().name();
  std::string message(
      context.Say("計画を指定してください(PLAN または --plan)。",
                  "name the plan (PLAN, or --plan)"));
  for (const v1::Plan& plan : plans) {
    message += "\n  " + IdOf(plan.name()) + "  " + plan.display_name();
  }
  return UsageError(message);
}

absl::StatusOr<std::vector<v1::Verdict::Status>> StatusesArgument(
    const Context& context, const std::vector<std::string>& typed) {
  std::vector<v1::Verdict::Status> statuses;
  for (const std::string& text : typed) {
    std::string word = text;
    std::replace(word.begin(), word.end(), '_', '-');
    for (char& c : word) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    auto fits = std::find_if(
        std::begin(kStatuses), std::end(kStatuses), [&](auto status) {
          return word == TypedWord(status) || text == StatusName(status, true);
        });
    if (fits == std::end(kStatuses)) {
      std::string message = "--status " + text + ":";
      for (auto status : kStatuses) message += " " + TypedWord(status);
      return UsageError(
          message + std::string(context.Say(" のいずれかを指定してください。",
                                            " are the words it takes")));
    }
    statuses.push_back(*fits);
  }
  return statuses;
}

std::string ListFilter(const std::vector<v1::Verdict::Status>& statuses,
                       const std::string& owner) {
  std::string filter;
  for (v1::Verdict::Status status : statuses) {
    filter +=
        (filter.empty() ? "status = " : " OR status = ") + BareWord(status);
  }
  if (owner.empty()) return filter;
  if (statuses.size() > 1) filter = "(" + filter + ")";
  return (filter.empty() ? "" : filter + " AND ") + "owner = " + Quoted(owner);
}

}  // namespace shirube::cli
