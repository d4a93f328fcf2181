// shirube token: who may come in, in the file that the server reads. A token is
// printed once; the file holds a salted hash of it.
#include <memory>

#include "client/cli/commands/acting.h"
#include "client/cli/output/messages.h"
#include "client/lib/error.h"
#include "google/protobuf/struct.pb.h"
#include "server/access/token_file.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::string file, name, roles, expires, id;
  bool certificate = false;
};

// An error of the file, in the language of the output.
absl::Status Told(const Context& context, const absl::Status& status) {
  if (status.ok()) return status;
  const ErrorDetails details = DetailsOf(status);
  return client::LocalError(status.code(), context.japanese ? "ja" : "en",
                            details.ja, details.en);
}

// What stands for one line: its id, or "cert:NAME".
std::string HandleOf(const TokenRecord& record) {
  return record.id == kCertificateId ? record.id + ":" + record.name
                                     : record.id;
}

std::string LastDayOf(const TokenRecord& record) {
  return record.last_day ? absl::FormatCivilTime(*record.last_day) : "";
}

bool Expired(const TokenRecord& record) {
  return record.last_day && *record.last_day < TodayInJapan();
}

google::protobuf::Struct RowOf(const TokenRecord& record) {
  google::protobuf::Struct row;
  auto& fields = *row.mutable_fields();
  fields["id"].set_string_value(HandleOf(record));
  fields["name"].set_string_value(record.name);
  auto* roles = fields["roles"].mutable_list_value();
  for (Role role : kAllRoles) {
    if (!record.roles.Has(role)) continue;
    roles->add_values()->set_string_value(std::string(RoleWord(role)));
  }
  fields["lastDay"].set_string_value(LastDayOf(record));
  fields["expired"].set_bool_value(Expired(record));
  return row;
}

Table TokenTableFor(const Context& context,
                    const std::vector<TokenRecord>& records) {
  Table table;
  table.columns = {
      {"ID", "id"},
      {std::string(context.Say("名前", "NAME")), "name"},
      {std::string(context.Say("権限", "ROLES")), "roles"},
      {std::string(context.Say("最終日", "LAST DAY")), "last_day"}};
  const bool people = context.format != Format::kCsv;
  for (const TokenRecord& record : records) {
    std::string day = LastDayOf(record);
    if (people && day.empty()) day = context.Say("なし", "none");
    if (people && Expired(record))
      day += context.Say("(期限切れ)", " (expired)");
    table.rows.push_back(
        {HandleOf(record), record.name, FormatRoles(record.roles),
         Cell(day, Expired(record) ? Tone::kRed : Tone::kPlain)});
  }
  return table;
}

absl::StatusOr<RoleSet> RolesArgument(const Context& context,
                                      const std::string& text) {
  if (const auto roles = ParseRoles(text)) return *roles;
  return UsageError(context.Say(
      "権限は READ(閲覧)、RECORD(実績の記録)、MANAGE(計画と通知先の変更)、"
      "RULES(判定モジュール)をコンマで区切って指定してください。",
      "roles are READ, RECORD (figures), MANAGE (plans and subscriptions) and "
      "RULES (rule modules), with commas between"));
}

absl::StatusOr<std::optional<absl::CivilDay>> LastDayArgument(
    const Context& context, const std::string& text) {
  if (text.empty()) return std::nullopt;
  absl::CivilDay day;
  if (absl::ParseCivilTime(text, &day)) return day;
  return UsageError(
      context.Say("「" + text + "」は日付ではありません(例: 2027-03-31)。",
                  "\"" + text + "\" is no date (2027-03-31)"));
}

void PrintMade(const Context& context, const MadeToken& made) {
  if (context.format == Format::kJson || context.format == Format::kJsonl) {
    google::protobuf::Struct row = RowOf(made.record);
    if (!made.token.empty()) {
      (*row.mutable_fields())["token"].set_string_value(made.token);
    }
    PrintOne(context, row, [] { return Table(); });
  } else if (!made.token.empty()) {
    context.out << made.token << '\n';
  }
  const std::string id = HandleOf(made.record);
  if (made.token.empty()) {
    context.err << context.Say("登録しました: " + id, "admitted: " + id)
                << '\n';
  } else {
    context.err
        << context.Say(
               "ID " + id +
                   "。このトークンは二度と表示されません。本人だけが読める"
                   "ファイルに保存し、--token-file で使います。",
               "id " + id +
                   "; this token is not shown again: keep it in a file "
                   "that only its owner may read, for --token-file")
        << '\n';
  }
}

absl::Status Create(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(const RoleSet roles,
                           RolesArgument(context, typed.roles));
  SHIRUBE_ASSIGN_OR_RETURN(const auto last_day,
                           LastDayArgument(context, typed.expires));
  absl::StatusOr<MadeToken> made =
      MakeToken(typed.name, roles, last_day, TodayInJapan());
  if (!made.ok()) return Told(context, made.status());
  if (typed.certificate) {
    made->token.clear();
    made->record.id = kCertificateId;
    made->record.salt.clear();
    made->record.hash.clear();
  }
  // A token that was printed is in the file.
  SHIRUBE_RETURN_IF_ERROR(Told(context, AppendToken(typed.file, made->record)));
  PrintMade(context, *made);
  return absl::OkStatus();
}

absl::Status List(const Context& context, const Typed& typed) {
  const absl::StatusOr<TokenTable> table = ReadTokenFile(typed.file);
  if (!table.ok()) return Told(context, table.status());
  if (context.format == Format::kName) {
    for (const TokenRecord& record : table->records()) {
      context.out << HandleOf(record) << '\n';
    }
    return absl::OkStatus();
  }
  std::vector<google::protobuf::Struct> rows;
  for (const TokenRecord& record : table->records()) {
    rows.push_back(RowOf(record));
  }
  PrintList<google::protobuf::Struct>(context, "tokens", rows, [&] {
    return TokenTableFor(context, table->records());
  });
  return absl::OkStatus();
}

// By id, or by a name that only one line has.
absl::StatusOr<TokenRecord> FindRecord(const Context& context,
                                       const TokenTable& table,
                                       const Typed& typed) {
  std::vector<TokenRecord> named;
  for (const TokenRecord& record : table.records()) {
    if (HandleOf(record) == typed.id) return record;
    if (record.name == typed.id) named.push_back(record);
  }
  if (named.size() == 1) return named[0];
  if (named.empty()) {
    return absl::NotFoundError(std::string(context.Say(
        typed.file + " に「" + typed.id +
            "」のトークンはありません。shirube token list で確かめてください。",
        "no token in " + typed.file + " is called \"" + typed.id +
            "\"; `shirube token list` shows them")));
  }
  std::string ids;
  for (const TokenRecord& record : named) ids += " " + HandleOf(record);
  return UsageError(context.Say(
      "「" + typed.id + "」は複数あります。IDで指定してください:" + ids,
      "several are called \"" + typed.id + "\"; name one by its id:" + ids));
}

absl::Status Revoke(const Context& context, const Typed& typed) {
  const absl::StatusOr<TokenTable> table = ReadTokenFile(typed.file);
  if (!table.ok()) return Told(context, table.status());
  SHIRUBE_ASSIGN_OR_RETURN(const TokenRecord record,
                           FindRecord(context, *table, typed));
  // Of certificates, a line is known by both of its first fields.
  const std::string line =
      record.id == kCertificateId ? record.id + "\t" + record.name : record.id;
  SHIRUBE_RETURN_IF_ERROR(Told(context, RevokeToken(typed.file, line)));
  context.err << context.Say("無効にしました: ", "revoked: ")
              << HandleOf(record) << " " << record.name << '\n';
  return absl::OkStatus();
}

}  // namespace

void AddToken(CLI::App& app, Chosen& chosen) {
  auto* group = app.add_subcommand(
      "token", "Who may come in, in the server's file of tokens");
  group->require_subcommand(1);
  auto typed = std::make_shared<Typed>();
  const auto add = [&](const char* name, const char* help, auto act) {
    auto* command = group->add_subcommand(name, help);
    command->add_option("--file", typed->file, "The server's --tokens file")
        ->required();
    RunHere(command, chosen, [typed, act](const Context& context) {
      return act(context, *typed);
    });
    return command;
  };
  auto* create =
      add("create", "Make a token, print it once and admit it", Create);
  create
      ->add_option("--name", typed->name,
                   "Who it is for; stands beside all that it does")
      ->required();
  create->add_option("--roles", typed->roles, "READ,RECORD,MANAGE,RULES")
      ->required();
  create->add_option("--expires", typed->expires,
                     "Its last day (2027-03-31); without, it lasts");
  create->add_flag("--certificate", typed->certificate,
                   "Admit the client certificate of that name instead");
  add("list", "Those that are admitted", List);
  add("revoke", "Admit one no longer", Revoke)
      ->add_option("ID", typed->id, "Its id, or its name")
      ->required();
}

}  // namespace shirube::cli
