// shirube import: a published report or a table into a plan.
#include "client/cli/view/import.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/cli/commands/commands.h"
#include "client/cli/document_parts.h"
#include "client/cli/names.h"
#include "client/lib/error.h"
#include "client/report/report.h"
#include "server/base/status_macros.h"
#include "server/domain/era.h"
#include "server/domain/ids.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::vector<std::string> files;
  std::vector<std::string> replace;
  bool yes = false, dry_run = false;
  bool accept_corrections = false, overwrite_manual = false, prune = false,
       allow_decrease = false, no_baseline = false;
};

// The plan that the import goes into.
struct Destination {
  std::string plan;  // "plans/demo"; empty: not known (a dry run)
  v1::PlanDocument stored;
  bool exists = false;
};

absl::StatusOr<Destination> Existing(const Context& context,
                                     const std::string& plan) {
  v1::ExportPlanRequest request;
  request.set_plan(plan);
  auto exported = context.plans().ExportPlan(request);
  if (!exported.ok()) return exported.status();
  return Destination{plan, std::move(*exported->mutable_document()), true};
}

// --plan names a stored plan, or is the id of a new one.
absl::StatusOr<Destination> NamedDestination(const Context& context) {
  auto plan = FindPlan(context, context.plan);
  if (plan.ok()) return Existing(context, plan->name());
  if (!absl::IsNotFound(plan.status())) return plan.status();
  if (!ValidateId(context.plan).ok()) {
    return absl::NotFoundError(
        std::string(plan.status().message()) +
        std::string(context.Say(" 新しい計画の ID は英小文字・数字・- で"
                                "指定してください。",
                                "; the id of a new plan is [a-z][a-z0-9-]*")));
  }
  return Destination{"plans/" + context.plan, {}, false};
}

// Without --plan: the only plan with that title, else a new id.
absl::StatusOr<Destination> DestinationByTitle(const Context& context,
                                               const std::string& title) {
  v1::ListPlansRequest request;
  request.set_show_deleted(true);
  std::set<std::string> taken;
  std::vector<v1::Plan> same;
  for (auto& row : context.plans().AllPlans(request)) {
    if (!row.ok()) return row.status();
    taken.insert(row->name());
    if (!row->has_delete_time() && !title.empty() &&
        NormalizedName(row->display_name()) == NormalizedName(title)) {
      same.push_back(*row);
    }
  }
  if (same.size() == 1) return Existing(context, same.front().name());
  if (same.size() > 1) {
    std::string candidates;
    for (const auto& plan : same) candidates += "\n  " + plan.name();
    return UsageError(
        std::string(context.Say(
            "同じ題名の計画が複数あります。--plan で指定してください:",
            "several plans have this title; name one with --plan:")) +
        candidates);
  }
  if (title.empty()) {
    return UsageError(
        context.Say("計画の題名がない表です。--plan で計画を指定してください。",
                    "the table names no plan; name one with --plan"));
  }
  for (int number = 1;; ++number) {
    std::string name = "plans/plan-" + std::to_string(number);
    if (!taken.contains(name)) return Destination{name, {}, false};
  }
}

absl::StatusOr<std::vector<report::InputFile>> Load(
    const std::vector<std::string>& paths) {
  std::vector<report::InputFile> files;
  for (const std::string& path : paths) {
    SHIRUBE_ASSIGN_OR_RETURN(report::InputFile file, report::LoadFile(path));
    files.push_back(std::move(file));
  }
  return files;
}

v1::ApplyPlanRequest BaseRequest(const Typed& typed, const Destination& to) {
  v1::ApplyPlanRequest request;
  request.set_plan(to.plan);
  // What a plan brings with it is nobody's news.
  request.set_baseline_import(!to.exists && !typed.no_baseline);
  request.set_match_by(v1::ApplyPlanRequest::MATCH_BY_TITLE);
  request.set_accept_corrections(typed.accept_corrections);
  request.set_overwrite_manual(typed.overwrite_manual);
  request.set_prune(typed.prune);
  request.set_allow_decrease(typed.allow_decrease);
  for (const std::string& field : typed.replace) {
    request.mutable_update_mask()->add_paths(field);
  }
  return request;
}

// Applies all parts of the document, or tells what that would change. The
// answer is all parts' together; after an error `parts_done` says how many
// parts were applied before it.
absl::StatusOr<v1::ApplyPlanResponse> Apply(const Context& context,
                                            const Typed& typed,
                                            const Destination& to,
                                            const v1::PlanDocument& document,
                                            bool validate_only,
                                            size_t* parts_done = nullptr) {
  const std::vector<v1::PlanDocument> parts = SplitDocument(document);
  if (typed.prune && parts.size() > 1) {
    return UsageError(
        context.Say("--prune は一度に送れる大きさの文書でのみ使えます。",
                    "--prune needs a document that fits into one request"));
  }
  v1::ApplyPlanResponse all;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (context.progress && parts.size() > 1) {
      context.err << '\r' << context.Say("送信中 ", "sending ") << i + 1 << "/"
                  << parts.size() << std::flush;
    }
    v1::ApplyPlanRequest request = BaseRequest(typed, to);
    *request.mutable_document() = parts[i];
    request.set_validate_only(validate_only);
    SHIRUBE_ASSIGN_OR_RETURN(
        v1::ApplyPlanResponse one,
        context.plans().ApplyPlan(request, {.timeout = absl::Minutes(5)}));
    all.MergeFrom(one);
    if (parts_done != nullptr) *parts_done = i + 1;
  }
  if (context.progress && parts.size() > 1) context.err << '\n';
  return all;
}

// "document.indicators[3]" → the indicator's name and where it was printed.
std::string RowOf(const v1::PlanDocument& document, const std::string& field) {
  constexpr std::string_view kIndicators = "document.indicators[";
  constexpr std::string_view kObservations = "document.observations[";
  std::string name;
  v1::Place place;
  if (field.starts_with(kIndicators)) {
    const int i = std::atoi(field.c_str() + kIndicators.size());
    if (i >= document.indicators_size()) return "";
    name = document.indicators(i).display_name();
    place = document.indicators(i).target().place();
    if (place.line() == 0) place = document.indicators(i).baseline().place();
  } else if (field.starts_with(kObservations)) {
    const int i = std::atoi(field.c_str() + kObservations.size());
    if (i >= document.observations_size()) return "";
    place = document.observations(i).place();
    for (const v1::Indicator& indicator : document.indicators()) {
      if (indicator.name() == document.observations(i).indicator()) {
        name = indicator.display_name();
      }
    }
  }
  if (name.empty()) return "";
  std::string row = "  " + field + ": " + name;
  if (place.line() > 0) {
    row += " (" + place.file() + ":" + std::to_string(place.line()) + ")";
  }
  return row + "\n";
}

// The server names positions in the document; people know names and lines.
int FailWithRows(const Context& context, const absl::Status& status,
                 const v1::PlanDocument& document) {
  const int code = Fail(context, status);
  if (context.format == Format::kJson || context.format == Format::kJsonl) {
    return code;
  }
  for (const auto& violation : client::ErrorOf(status).violations) {
    context.err << RowOf(document, violation.field);
  }
  return code;
}

bool Confirmed(const Context& context) {
  context.err << context.Say("取り込みますか? [y/N] ", "store this? [y/N] ")
              << std::flush;
  std::string answer;
  std::getline(context.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "はい";
}

// Held changes are those an option would let through.
bool AnythingHeld(const v1::ApplyPlanResponse& response) {
  return std::any_of(response.difference().begin(), response.difference().end(),
                     [](const v1::Change& change) {
                       return change.held() != v1::Change::HELD_UNSPECIFIED;
                     });
}

int Outcome(const report::ImportResult& result, bool held) {
  return result.refusals.empty() && !held ? kDone : kPartlyDone;
}

// The rest of a dry run, which meets a server only with --plan.
int FinishDryRun(const Context& context, const Typed& typed,
                 const Destination& to, const report::ImportResult& result) {
  v1::ApplyPlanResponse response;
  const bool compared = !to.plan.empty();
  if (compared) {
    auto difference = Apply(context, typed, to, result.document, true);
    if (!difference.ok()) {
      return FailWithRows(context, difference.status(), result.document);
    }
    response = *std::move(difference);
  }
  if (context.format == Format::kJson || context.format == Format::kJsonl) {
    context.out << ImportJson(context, result, compared ? &response : nullptr)
                << '\n';
  } else if (compared) {
    context.out << '\n';
    PrintDifference(
        context, {response.difference().begin(), response.difference().end()});
  }
  return Outcome(result, AnythingHeld(response));
}

// What lagged already when the plan came in, and how to be told of it.
void TellUnsaid(const Context& context, const Destination& to) {
  v1::ListAlertsRequest request;
  request.set_parent(to.plan);
  request.set_page_size(1);
  const auto listed = context.alerts().ListAlerts(request);
  if (!listed.ok() || listed->lagging_without_alert().empty()) return;
  const int count = listed->lagging_without_alert_size();
  const bool more = count >= 1000;  // all that one answer names
  context.out << context.Say("遅れている指標", "indicators that lag: ") << count
              << context.Say(more ? "件以上" : "件", more ? " or more" : "")
              << context.Say("は通知していません。通知を出す: ",
                             "; nobody was alerted. To alert: ")
              << "shirube alert open --existing --plan " << IdOf(to.plan)
              << '\n';
}

int Store(const Context& context, const Typed& typed, const Destination& to,
          const report::ImportResult& result) {
  const bool json =
      context.format == Format::kJson || context.format == Format::kJsonl;
  auto preview = Apply(context, typed, to, result.document, true);
  if (!preview.ok()) {
    return FailWithRows(context, preview.status(), result.document);
  }
  if (!json) {
    context.out << '\n'
                << context.Say("取込先: ", "into: ") << to.plan
                << (to.exists ? "" : context.Say("(新規)", " (new)")) << '\n';
    PrintDifference(
        context, {preview->difference().begin(), preview->difference().end()});
  }
  if (!typed.yes && !context.terminal) {
    return FailUsage(context,
                     "端末ではないため確認できません。--yes を付けてください。"
                     "何も登録していません。",
                     "nobody to ask here: nothing is stored without --yes");
  }
  if (!typed.yes && !Confirmed(context)) {
    return FailUsage(context, "何も登録していません。", "nothing is stored");
  }
  size_t parts_stored = 0;
  auto stored =
      Apply(context, typed, to, result.document, false, &parts_stored);
  if (!stored.ok()) {
    const int code = Fail(context, stored.status());
    // Each part is stored as a whole; the same import again completes it.
    return parts_stored > 0 ? kPartlyDone : code;
  }
  absl::Status judged = WaitJudged(context, to.plan, stored->revision());
  if (!judged.ok()) return Fail(context, judged);
  if (json) {
    context.out << ImportJson(context, result, &*stored) << '\n';
  } else {
    context.out << context.Say("登録しました。進捗区分: shirube flags ",
                               "stored; see: shirube flags ")
                << IdOf(to.plan) << '\n';
    TellUnsaid(context, to);
  }
  return Outcome(result, AnythingHeld(*stored));
}

int Import(const Context& context, const Typed& typed) {
  auto files = Load(typed.files);
  if (!files.ok()) {
    const int code = Fail(context, files.status());
    // Too large is a fault of the input here, not of a server.
    return code == kNotFound ? kNotFound : kRefused;
  }
  Destination to;
  if (!context.plan.empty()) {
    auto named = NamedDestination(context);
    if (!named.ok()) return Fail(context, named.status());
    to = *std::move(named);
  }
  report::ReadOptions options;
  options.plan_id = to.plan.empty() ? "" : IdOf(to.plan);
  options.plan_title = context.plan;
  if (to.exists) options.stored = &to.stored;
  auto result = report::ReadReport(*files, options);
  if (!result.ok()) return Fail(context, result.status());

  const bool json =
      context.format == Format::kJson || context.format == Format::kJsonl;
  if (!json) {
    PrintUnderstood(context, result->document);
    PrintFindings(context, *result);
  }
  if (result->empty()) {
    if (json) context.out << ImportJson(context, *result, nullptr) << '\n';
    context.err << context.Say("取り込めるものがありません。\n",
                               "there is nothing that can be stored\n");
    return kRefused;
  }
  if (typed.dry_run) return FinishDryRun(context, typed, to, *result);
  if (to.plan.empty()) {
    auto found =
        DestinationByTitle(context, result->document.plan().display_name());
    if (!found.ok()) return Fail(context, found.status());
    to = *std::move(found);
  }
  return Store(context, typed, to, *result);
}

}  // namespace

void AddImport(CLI::App& app, Chosen& chosen) {
  auto typed = std::make_shared<Typed>();
  auto* sub = app.add_subcommand(
      "import", "Read a published report or a CSV into a plan (取込)");
  sub->add_option("FILE", typed->files, "Reports or tables of one plan")
      ->required();
  sub->add_flag("--yes", typed->yes, "Store without asking");
  sub->add_flag("--dry-run", typed->dry_run, "Only show what was understood");
  sub->add_flag("--accept-corrections", typed->accept_corrections,
                "Another value for a stored period replaces it");
  sub->add_option("--replace", typed->replace,
                  "Stored fields to replace (indicators.target, initiatives.*)")
      ->type_name("FIELD")
      ->allow_extra_args(false);
  sub->add_flag("--no-baseline", typed->no_baseline,
                "alert about what lags already in a new plan "
                "(新しい計画でも、既に遅れている指標を通知する)");
  sub->add_flag("--overwrite-manual", typed->overwrite_manual,
                "Also what a person set");
  sub->add_flag("--prune", typed->prune,
                "Also delete what the files do not mention");
  sub->add_flag("--allow-decrease", typed->allow_decrease,
                "A total to date may run back");
  sub->callback([=, &chosen] {
    chosen.run = [=](Context& context) { return Import(context, *typed); };
  });
}

}  // namespace shirube::cli
