// shirube audit: who changed what, and when.
#include "client/cli/view/audit.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/commands/acting.h"
#include "client/cli/output/messages.h"
#include "server/base/japan.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

constexpr int kLargestPage = 1000;

struct Typed {
  std::string actor, since, resource;
  int limit = 100;
};

// A text of the filter, quoted.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

// "7d", "12h", "30m": that long ago; none for anything else.
std::optional<absl::Time> Ago(const std::string& text) {
  if (text.size() < 2 || text.size() > 7) return std::nullopt;
  const std::string digits = text.substr(0, text.size() - 1);
  if (digits.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  const int count = std::stoi(digits);
  switch (text.back()) {
    case 'd':
      return absl::Now() - absl::Hours(24) * count;
    case 'h':
      return absl::Now() - absl::Hours(count);
    case 'm':
      return absl::Now() - absl::Minutes(count);
    default:
      return std::nullopt;
  }
}

// A day begins when it does in Japan.
absl::StatusOr<absl::Time> SinceArgument(const Context& context,
                                         const std::string& text) {
  if (auto ago = Ago(text)) return *ago;
  absl::Time time;
  std::string error;
  if (absl::ParseTime("%Y-%m-%d", text, JapanTime(), &time, &error) ||
      absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return time;
  }
  return UsageError(context.Say(
      "「" + text +
          "」は日時として読めません(例: 2026-11-23、7d、"
          "2026-11-23T09:00:00+09:00)。",
      "\"" + text +
          "\" is no time (2026-11-23, 7d, 2026-11-23T09:00:00+09:00)"));
}

absl::StatusOr<std::string> FilterOf(const Context& context,
                                     const Typed& typed) {
  std::vector<std::string> parts;
  if (!typed.actor.empty()) parts.push_back("actor = " + Quoted(typed.actor));
  if (!typed.since.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const absl::Time since,
                             SinceArgument(context, typed.since));
    parts.push_back("time >= " +
                    Quoted(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", since,
                                            absl::UTCTimeZone())));
  }
  if (!typed.resource.empty()) {
    // It, and what lies below it; an id stands for the whole name.
    const std::string below =
        typed.resource.find('/') == std::string::npos ? "*/" : "";
    parts.push_back("(resource = " + Quoted(typed.resource) +
                    " OR resource = " + Quoted(below + typed.resource + "/*") +
                    ")");
  }
  std::string filter;
  for (const std::string& part : parts) {
    filter += (filter.empty() ? "" : " AND ") + part;
  }
  return filter;
}

absl::Status Show(const Context& context, const Typed& typed) {
  v1::ListAuditEntriesRequest request;
  SHIRUBE_ASSIGN_OR_RETURN(*request.mutable_filter(), FilterOf(context, typed));
  const int most =
      typed.limit > 0 ? typed.limit : std::numeric_limits<int>::max();
  std::vector<v1::AuditEntry> rows;
  bool more = false;
  do {
    const int left = most - static_cast<int>(rows.size());
    request.set_page_size(std::min(left, kLargestPage));
    SHIRUBE_ASSIGN_OR_RETURN(v1::ListAuditEntriesResponse page,
                             context.admin().ListAuditEntries(request));
    std::move(page.audit_entries().begin(), page.audit_entries().end(),
              std::back_inserter(rows));
    request.set_page_token(page.next_page_token());
    more = !page.next_page_token().empty();
  } while (more && static_cast<int>(rows.size()) < most);
  if (context.format == Format::kName) {
    for (const v1::AuditEntry& row : rows)
      context.out << row.revision() << '\n';
  } else {
    PrintList<v1::AuditEntry>(context, "auditEntries", rows, [&] {
      return context.format == Format::kCsv
                 ? AuditForPrograms(rows)
                 : AuditForPeople(rows, context.japanese);
    });
  }
  if (more) {
    Warn(context, context.Say("新しいものから" + std::to_string(rows.size()) +
                                  "件です。すべては --limit 0",
                              "the latest " + std::to_string(rows.size()) +
                                  "; --limit 0 shows all"));
  }
  return absl::OkStatus();
}

}  // namespace

void AddAudit(CLI::App& app, Chosen& chosen) {
  auto* command =
      app.add_subcommand("audit", "Who changed what, the latest first");
  auto typed = std::make_shared<Typed>();
  // Behind this command the name is the one looked for.
  command->add_option("--actor", typed->actor, "Only what this one did");
  command->add_option("--since", typed->since,
                      "Only from then on: 2026-11-23, 7d, or a time with its "
                      "zone");
  command->add_option("--resource", typed->resource,
                      "Only what touched this name or id, or anything below");
  command->add_option("--limit", typed->limit, "At most so many (100); 0: all")
      ->check(CLI::NonNegativeNumber);
  RunBy(command, chosen,
        [typed](const Context& context) { return Show(context, *typed); });
}

}  // namespace shirube::cli
