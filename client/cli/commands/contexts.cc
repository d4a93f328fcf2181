// shirube context: servers and the ways into them, under names.
#include <filesystem>
#include <memory>

#include "client/cli/commands/acting.h"
#include "client/cli/output/messages.h"
#include "client/cli/saved_contexts.h"
#include "client/lib/token.h"
#include "google/protobuf/struct.pb.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::string name;
  std::vector<std::string> unset;
};

void Tell(const Context& context, std::string_view ja, std::string_view en) {
  context.err << context.Say(ja, en) << '\n';
}

google::protobuf::Struct RowOf(const std::string& name, bool current,
                               const client::Options& saved) {
  google::protobuf::Struct row;
  auto& fields = *row.mutable_fields();
  fields["name"].set_string_value(name);
  fields["current"].set_bool_value(current);
  for (const Setting& setting : AllSettings()) {
    fields[setting.key].set_string_value((saved.*(setting.field)).value_or(""));
  }
  return row;
}

Table ContextTable(const Context& context, const SavedContexts& saved) {
  Table table;
  table.columns = {
      {"", "current"},
      {std::string(context.Say("名前", "NAME")), "name"},
      {std::string(context.Say("サーバー", "SERVER")), "server"},
      {std::string(context.Say("認証局", "CA")), "tlsCa"},
      {std::string(context.Say("証明書", "CERTIFICATE")), "cert"},
      {std::string(context.Say("鍵", "KEY")), "key"},
      {std::string(context.Say("トークンのファイル", "TOKEN FILE")),
       "tokenFile"},
      {std::string(context.Say("言語", "LANGUAGE")), "language"},
      {std::string(context.Say("実施者", "ACTOR")), "actor"}};
  for (const auto& [name, options] : saved.contexts) {
    std::vector<Cell> row = {name == saved.current ? "*" : "", name};
    for (const Setting& setting : AllSettings()) {
      row.push_back((options.*(setting.field)).value_or(""));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

absl::Status List(const Context& context) {
  SHIRUBE_ASSIGN_OR_RETURN(
      const SavedContexts saved,
      LoadContexts(context.contexts_path, context.japanese));
  if (context.format == Format::kName) {
    for (const auto& [name, options] : saved.contexts) {
      context.out << name << '\n';
    }
    return absl::OkStatus();
  }
  if (context.format == Format::kTable && saved.contexts.empty()) {
    context.out << context.Say(
        "保存されたコンテキストはありません(shirube context set)。\n",
        "no contexts are saved (shirube context set)\n");
    return absl::OkStatus();
  }
  std::vector<google::protobuf::Struct> rows;
  for (const auto& [name, options] : saved.contexts) {
    rows.push_back(RowOf(name, name == saved.current, options));
  }
  PrintList<google::protobuf::Struct>(
      context, "contexts", rows, [&] { return ContextTable(context, saved); });
  return absl::OkStatus();
}

// Where a setting in force comes from.
std::string SourceOf(const Context& context, const SavedContexts& saved,
                     const Setting& setting) {
  const auto has = [&setting](const client::Options& options) {
    return (options.*(setting.field)).has_value();
  };
  if (has(context.typed)) return setting.flag;
  const std::string& name =
      context.context_name.empty() ? saved.current : context.context_name;
  const auto found = saved.contexts.find(name);
  const std::string from_context =
      std::string(context.Say("コンテキスト ", "context ")) + name;
  const auto& value = context.options.*(setting.field);
  const bool in_context =
      found != saved.contexts.end() && found->second.*(setting.field) == value;
  const client::Options environment = client::FromEnvironment();
  const bool in_environment = environment.*(setting.field) == value;
  if (in_context && (!in_environment || !context.context_name.empty())) {
    return from_context;
  }
  if (in_environment)
    return std::string(context.Say("環境変数", "environment"));
  return std::string(context.Say("既定", "default"));
}

absl::Status Show(const Context& context) {
  SHIRUBE_ASSIGN_OR_RETURN(
      const SavedContexts saved,
      LoadContexts(context.contexts_path, context.japanese));
  SHIRUBE_RETURN_IF_ERROR(
      FindContext(saved, context.context_name, context.japanese).status());
  google::protobuf::Struct row = RowOf(
      context.context_name.empty() ? saved.current : context.context_name,
      context.context_name.empty() || context.context_name == saved.current,
      context.options);
  (*row.mutable_fields())["tls"].set_bool_value(
      client::WantsTls(context.options));
  if (context.format == Format::kName) {
    context.out << row.fields().at("name").string_value() << '\n';
    return absl::OkStatus();
  }
  PrintOne(context, row, [&] {
    Table table;
    table.columns = {{std::string(context.Say("設定", "SETTING")), "setting"},
                     {std::string(context.Say("値", "VALUE")), "value"},
                     {std::string(context.Say("出どころ", "FROM")), "from"}};
    for (const Setting& setting : AllSettings()) {
      const std::string value = (context.options.*(setting.field)).value_or("");
      if (value.empty()) continue;
      table.rows.push_back(
          {setting.key, value, SourceOf(context, saved, setting)});
    }
    table.rows.push_back(
        {"tls", client::WantsTls(context.options) ? "yes" : "no", ""});
    return table;
  });
  return absl::OkStatus();
}

absl::Status CheckName(const Context& context, const std::string& name) {
  const bool plain = !name.empty() && name.size() <= 63 && name[0] != '-' &&
                     name.find_first_of(" \t\r\n/\"'\\") == std::string::npos;
  if (plain) return absl::OkStatus();
  return UsageError(context.Say(
      "コンテキストの名前は63バイトまでで、空白・引用符・斜線を含められません"
      "。",
      "the name of a context has at most 63 bytes, and no spaces, quotes or "
      "slashes"));
}

// A path holds from wherever it is used.
std::string Kept(const Setting& setting, const std::string& value) {
  if (!setting.is_path || value.empty()) return value;
  std::error_code error;
  const auto whole = std::filesystem::absolute(value, error);
  return error ? value : whole.lexically_normal().string();
}

absl::Status Set(const Context& context, const Typed& typed) {
  SHIRUBE_RETURN_IF_ERROR(CheckName(context, typed.name));
  if (client::LooksLikeToken(context.typed.token_file.value_or(""))) {
    return UsageError(context.Say(
        "--token-file にはトークンではなく、それを書いたファイルを指定して"
        "ください。コマンドラインはほかの人にも見えます。",
        "--token-file takes the file that holds the token, not the token: "
        "others see the command line"));
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      SavedContexts saved,
      LoadContexts(context.contexts_path, context.japanese));
  client::Options& kept = saved.contexts[typed.name];
  bool any = false;
  for (const Setting& setting : AllSettings()) {
    for (const std::string& name : typed.unset) {
      if ("--" + name != setting.flag) continue;
      kept.*(setting.field) = std::nullopt;
      any = true;
    }
    const auto& value = context.typed.*(setting.field);
    if (!value) continue;
    kept.*(setting.field) = Kept(setting, *value);
    any = true;
  }
  if (!any) {
    return UsageError(
        context.Say("保存する設定を指定してください(--server など)。",
                    "say what to save (--server and the like)"));
  }
  SHIRUBE_RETURN_IF_ERROR(
      StoreContexts(context.contexts_path, saved, context.japanese));
  for (const Setting& setting : AllSettings()) {
    const std::string path = (kept.*(setting.field)).value_or("");
    if (!setting.is_path || path.empty()) continue;
    if (access(path.c_str(), F_OK) != 0) {
      Warn(context,
           std::string(context.Say("まだありません: ", "is not there yet: ")) +
               path);
    }
  }
  if (auto warning = WarningAboutFiles(client::Resolve(kept, {}))) {
    Warn(context, *warning);
  }
  if (saved.current != typed.name) {
    Tell(context, "保存しました。使うには: shirube context use " + typed.name,
         "saved; to use it: shirube context use " + typed.name);
  }
  return absl::OkStatus();
}

absl::Status Use(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(
      SavedContexts saved,
      LoadContexts(context.contexts_path, context.japanese));
  if (typed.name == "-") {
    saved.current.clear();
  } else {
    SHIRUBE_RETURN_IF_ERROR(
        FindContext(saved, typed.name, context.japanese).status());
    saved.current = typed.name;
  }
  return StoreContexts(context.contexts_path, saved, context.japanese);
}

absl::Status Delete(const Context& context, const Typed& typed) {
  SHIRUBE_ASSIGN_OR_RETURN(
      SavedContexts saved,
      LoadContexts(context.contexts_path, context.japanese));
  if (saved.contexts.erase(typed.name) == 0) {
    return FindContext(saved, typed.name, context.japanese).status();
  }
  if (saved.current == typed.name) saved.current.clear();
  return StoreContexts(context.contexts_path, saved, context.japanese);
}

}  // namespace

void AddContext(CLI::App& app, Chosen& chosen) {
  auto* group = app.add_subcommand(
      "context", "Servers and the ways into them, saved under names");
  group->require_subcommand(1);
  auto typed = std::make_shared<Typed>();
  const auto add = [&](const char* name, const char* help, auto act) {
    auto* command = group->add_subcommand(name, help);
    RunHere(command, chosen, [typed, act](const Context& context) {
      return act(context, *typed);
    });
    return command;
  };
  auto* set =
      add("set",
          "Save --server, --tls-ca, --cert, --key, --token-file, --lang "
          "and --actor under a name; what is not given stays",
          Set);
  set->add_option("NAME", typed->name, "Its name")->required();
  set->add_option("--unset", typed->unset, "Forget a setting (token-file)")
      ->type_name("SETTING")
      ->check(CLI::IsMember(
          {"server", "tls-ca", "cert", "key", "token-file", "lang", "actor"}));
  add("use", "Let every command use one; - for none", Use)
      ->add_option("NAME", typed->name, "Its name")
      ->required();
  add("list", "Those that are saved",
      [](const Context& context, const Typed&) { return List(context); });
  add("show", "What is in force, and where it comes from",
      [](const Context& context, const Typed&) { return Show(context); });
  add("delete", "Forget one", Delete)
      ->add_option("NAME", typed->name, "Its name")
      ->required();
}

}  // namespace shirube::cli
