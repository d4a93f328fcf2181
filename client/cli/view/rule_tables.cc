#include "client/cli/view/rule_tables.h"

#include <algorithm>
#include <sstream>

#include "client/cli/output/width.h"
#include "client/cli/view/audit.h"
#include "client/cli/view/rule_words.h"

namespace shirube::cli {
namespace {

constexpr int kIndent = 2;

std::string ShortName(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

const std::string& In(const v1::LocalizedText& text, bool japanese) {
  return japanese ? (text.ja().empty() ? text.en() : text.ja())
                  : (text.en().empty() ? text.ja() : text.en());
}

// A file or module that nothing can be judged with until somebody acts.
bool NeedsSomebody(const v1::RuleModule& module) {
  return module.state() == v1::RuleModule::STATE_REJECTED ||
         module.state() == v1::RuleModule::STATE_QUARANTINED ||
         !module.reason().empty();
}

std::vector<std::string> ScopesOf(const v1::RuleModule& module,
                                  const std::vector<ScopeView>& scopes,
                                  bool japanese) {
  std::vector<std::string> names;
  for (const ScopeView& scope : scopes) {
    for (const v1::RuleSetModule& member : scope.set.modules()) {
      if (member.sha256() == module.sha256() && !module.sha256().empty()) {
        names.push_back(ScopeName(scope.plan, japanese));
      }
    }
  }
  return names;
}

std::string Joined(const std::vector<std::string>& words,
                   std::string_view between) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += between;
    joined += word;
  }
  return joined;
}

std::string Printed(const Table& table, const Look& look) {
  std::ostringstream out;
  table.PrintText(out, look.width, look.color);
  return out.str();
}

// Lines of `text`, each behind `indent` spaces, none wider than the terminal.
std::string Indented(const std::string& text, int indent, const Look& look) {
  std::istringstream paragraphs(text);
  std::string out, paragraph;
  while (std::getline(paragraphs, paragraph)) {
    const std::vector<std::string> lines =
        look.width > 0 ? Wrap(paragraph, std::max(20, look.width - indent))
                       : std::vector<std::string>{paragraph};
    for (const std::string& line : lines) {
      out += std::string(indent, ' ') + line + "\n";
    }
  }
  return out;
}

Table ModuleTable(const std::vector<v1::RuleModule>& modules,
                  const std::vector<ScopeView>& scopes, const Look& look) {
  Table table;
  const auto heading = [&](const char* ja, const char* en, bool shrinks) {
    table.columns.push_back(
        {std::string(look.Say(ja, en)), "", Align::kLeft, shrinks});
  };
  heading("モジュール", "MODULE", false);
  heading("版", "VERSION", false);
  heading("状態", "STATE", false);
  heading("登録", "REGISTERED", false);
  heading("使用先", "USED BY", false);
  heading("名称", "TITLE", true);
  for (const v1::RuleModule& module : modules) {
    const auto used = ScopesOf(module, scopes, look.japanese);
    std::string state = StateName(module.state(), look.japanese);
    if (!module.reason().empty()) {
      state += std::string(look.Say("(", " (")) +
               FaultName(module.reason(), look.japanese) + ")";
    }
    table.rows.push_back(
        {module.module(), module.version(),
         Cell(state,
              module.reason().empty() ? StateTone(module.state()) : Tone::kRed),
         std::string(module.registered() ? look.Say("済", "yes")
                                         : look.Say("―", "no")),
         used.empty() ? "―" : Joined(used, look.Say("、", ", ")),
         In(module.title(), look.japanese)});
  }
  return table;
}

// One that is refused or set aside: which, since when, why, what to do.
std::string ProblemText(const v1::RuleModule& module, const Look& look) {
  const bool quarantined = module.state() == v1::RuleModule::STATE_QUARANTINED;
  std::string head = module.version().empty() && !module.file().empty()
                         ? module.file()
                         : ModuleText(module.name());
  std::string out =
      std::string(kIndent, ' ') + look.Painted(head, Tone::kBold) + "  " +
      look.Painted(FaultName(module.reason(), look.japanese), Tone::kRed) +
      " " + look.Painted(module.reason(), Tone::kDim);
  if (quarantined && module.has_quarantine_time()) {
    const std::string time = TimeName(module.quarantine_time(), look.japanese);
    out += look.japanese ? "  " + time + "から" : "  since " + time;
  }
  out +=
      "\n" + Indented(In(module.message(), look.japanese), 2 * kIndent, look);
  if (quarantined) {
    out += Indented(
        std::string(look.Say(
            "直した版を登録して有効にするか、このまま再開する場合は ",
            "register and activate a mended version, or let it go on with ")) +
            "shirube rule release " + module.module(),
        2 * kIndent, look);
  }
  return out;
}

// "+1,234.5 ms": microseconds in the unit that reads best.
std::string DurationText(double micros) {
  char text[64];
  if (micros < 1000) {
    std::snprintf(text, sizeof(text), micros < 10 ? "%.2f µs" : "%.0f µs",
                  micros);
  } else if (micros < 1e6) {
    std::snprintf(text, sizeof(text), "%.1f ms", micros / 1000);
  } else {
    std::snprintf(text, sizeof(text), "%.1f s", micros / 1e6);
  }
  return text;
}

std::string Number(int64_t number) { return Grouped(std::to_string(number)); }

std::string BytesText(int64_t bytes) {
  if (bytes <= 0) return "―";
  char text[64];
  std::snprintf(text, sizeof(text), "%.1f MiB",
                static_cast<double>(bytes) / (1 << 20));
  return text;
}

std::string Per(int64_t micros, int64_t count) {
  return count == 0 ? "―"
                    : DurationText(static_cast<double>(micros) /
                                   static_cast<double>(count));
}

// The rows of the statistics, for the modules side by side.
Table StatisticsTable(const std::vector<const v1::RuleModule*>& modules,
                      const Look& look) {
  Table table;
  table.columns.push_back({"", ""});
  for (const v1::RuleModule* module : modules) {
    table.columns.push_back({ModuleText(module->name()), "", Align::kRight});
  }
  const auto row = [&](const char* ja, const char* en, const auto& value) {
    std::vector<Cell> cells = {std::string(look.Say(ja, en))};
    for (const v1::RuleModule* module : modules) {
      cells.emplace_back(value(module->statistics()));
    }
    table.rows.push_back(std::move(cells));
  };
  using S = v1::RuleModuleStatistics;
  const auto micros = [](const S& s) {
    return s.queue_micros() + s.evaluate_micros() + s.validate_micros();
  };
  row("判定した行", "rows asked", [](const S& s) { return Number(s.rows()); });
  row("  該当", "  raised", [](const S& s) { return Number(s.raised()); });
  row("  該当せず", "  not raised",
      [](const S& s) { return Number(s.not_raised()); });
  row("  判断できず", "  cannot tell",
      [](const S& s) { return Number(s.cannot_tell()); });
  row("  回答なし", "  unanswered",
      [](const S& s) { return Number(s.unanswered()); });
  row("  障害", "  lost by faults",
      [](const S& s) { return Number(s.faulted_rows()); });
  row("問い合わせ回数", "batches",
      [](const S& s) { return Number(s.batches()); });
  row("  1回の時間", "  time per batch",
      [&](const S& s) { return Per(micros(s), s.batches()); });
  row("    順番待ち", "    waiting",
      [](const S& s) { return Per(s.queue_micros(), s.batches()); });
  row("    判定", "    evaluating",
      [](const S& s) { return Per(s.evaluate_micros(), s.batches()); });
  row("    回答の検査", "    checking",
      [](const S& s) { return Per(s.validate_micros(), s.batches()); });
  row("  1行の時間", "  time per row",
      [&](const S& s) { return Per(micros(s), s.rows()); });
  row("CPU時間", "CPU time", [](const S& s) {
    return DurationText(static_cast<double>(s.cpu_micros()));
  });
  std::map<std::string, bool> reasons;
  for (const v1::RuleModule* module : modules) {
    for (const auto& [reason, n] : module->statistics().faults()) {
      reasons[reason] = n > 0;
    }
  }
  row("障害の回数", "faults", [](const S& s) {
    int64_t total = 0;
    for (const auto& [reason, n] : s.faults()) total += n;
    return Number(total);
  });
  for (const auto& [reason, any] : reasons) {
    const std::string ja = "  " + FaultName(reason, true);
    const std::string en = "  " + FaultName(reason, false);
    row(ja.c_str(), en.c_str(), [&reason = reason](const S& s) {
      const auto found = s.faults().find(reason);
      return Number(found == s.faults().end() ? 0 : found->second);
    });
  }
  row("原因行の探索", "hunts for a bad row",
      [](const S& s) { return Number(s.incidents()); });
  row("飛ばしている行", "rows skipped",
      [](const S& s) { return Number(s.poison_rows()); });
  row("再起動", "restarts", [](const S& s) { return Number(s.restarts()); });
  row("メモリー最大", "peak memory",
      [](const S& s) { return BytesText(s.peak_memory_bytes()); });
  row("最後の応答", "last answer", [&](const S& s) {
    return s.has_last_success_time()
               ? TimeName(s.last_success_time(), look.japanese)
               : std::string("―");
  });
  return table;
}

// How wide the statistics of `modules` get.
int WidthOf(const Table& table) {
  std::ostringstream out;
  table.PrintText(out, 0, false);
  std::istringstream lines(out.str());
  std::string line;
  int width = 0;
  while (std::getline(lines, line)) {
    width = std::max(width, DisplayWidth(line));
  }
  return width;
}

std::string MembersText(const v1::RuleSet& set) {
  std::vector<std::string> members;
  for (const v1::RuleSetModule& member : set.modules()) {
    members.push_back(ModuleText(member.module()));
  }
  return Joined(members, " → ");
}

std::string ParametersText(const v1::RuleSet& set) {
  const std::map<std::string, std::string> sorted(set.parameters().begin(),
                                                  set.parameters().end());
  std::vector<std::string> parts;
  for (const auto& [name, value] : sorted) {
    parts.push_back(name + " = " + value);
  }
  return Joined(parts, "  ");
}

std::string ActivationText(const v1::RuleSetActivation& last,
                           const Look& look) {
  const std::string time = TimeName(last.create_time(), look.japanese);
  std::string who = last.actor();
  if (last.actor_claimed()) who += look.Say("(自己申告)", " (claimed)");
  std::string text = look.japanese ? time + "に" + who + "が有効にした"
                                   : "activated " + time + " by " + who;
  if (last.previous_rule_set().empty()) return text;
  const std::string before = ShortName(last.previous_rule_set());
  return text + "\n" +
         (look.japanese
              ? "1つ前: " + before + "(戻すには shirube rule rollback"
              : "before: " + before + " (go back: shirube rule rollback") +
         (last.parent().empty() ? "" : " --plan " + ShortName(last.parent())) +
         ")";
}

}  // namespace

std::string ScopeName(const std::string& plan, bool japanese) {
  if (plan.empty()) return japanese ? "既定" : "default";
  return ShortName(plan);
}

std::string ModulesText(const std::vector<v1::RuleModule>& modules,
                        const std::vector<ScopeView>& scopes,
                        const Look& look) {
  std::vector<v1::RuleModule> usable;
  std::string refused, aside;
  for (const v1::RuleModule& module : modules) {
    const bool rejected_file =
        module.state() == v1::RuleModule::STATE_REJECTED &&
        !module.registered();
    if (!rejected_file) usable.push_back(module);
    if (!NeedsSomebody(module)) continue;
    (rejected_file ? refused : aside) += ProblemText(module, look);
  }
  std::string out = Printed(ModuleTable(usable, scopes, look), look);
  const auto section = [&](const std::string& text, const char* ja,
                           const char* en) {
    if (text.empty()) return;
    out += "\n" + look.Painted(look.Say(ja, en), Tone::kBold) + "\n" + text;
  };
  section(aside, "使えないモジュール", "Modules that cannot judge");
  section(refused, "受け付けられないファイル", "Files that were refused");
  return out;
}

std::string ScopesText(const std::vector<ScopeView>& scopes, const Look& look) {
  std::string out = look.Painted(look.Say("有効な判定基準", "Active rule sets"),
                                 Tone::kBold) +
                    "\n";
  for (const ScopeView& scope : scopes) {
    std::string name = ScopeName(scope.plan, look.japanese);
    if (!scope.title.empty()) name += " " + scope.title;
    out += std::string(kIndent, ' ') + look.Painted(name, Tone::kBold) + "  " +
           ShortName(scope.set.name());
    if (scope.set.state() == v1::RuleSet::STATE_FAILED) {
      out += "  " + look.Painted(StateName(scope.set.state(), look.japanese),
                                 Tone::kRed);
    }
    out += "\n" + Indented(MembersText(scope.set), 2 * kIndent, look);
    const std::string parameters = ParametersText(scope.set);
    if (!parameters.empty()) out += Indented(parameters, 2 * kIndent, look);
    if (!scope.set.message().en().empty()) {
      out +=
          Indented(In(scope.set.message(), look.japanese), 2 * kIndent, look);
    }
    if (scope.last) {
      out += Indented(ActivationText(*scope.last, look), 2 * kIndent, look);
    }
  }
  return out;
}

Table ModulesForPrograms(const std::vector<v1::RuleModule>& modules,
                         const std::vector<ScopeView>& scopes) {
  Table table;
  for (const char* key :
       {"module", "version", "state", "reason", "registered", "used_by", "file",
        "sha256", "cases", "title", "message"}) {
    table.columns.push_back({key, key});
  }
  for (const v1::RuleModule& module : modules) {
    table.rows.push_back(
        {module.module(), module.version(), StateWord(module.state()),
         module.reason(), module.registered() ? "true" : "false",
         Joined(ScopesOf(module, scopes, false), " "), module.file(),
         module.sha256(), std::to_string(module.cases_count()),
         module.title().en(), module.message().en()});
  }
  return table;
}

Table SetsForPeople(const std::vector<v1::RuleSet>& sets, bool japanese) {
  const auto say = [japanese](const char* ja, const char* en) {
    return std::string(japanese ? ja : en);
  };
  Table table;
  table.columns = {{say("判定基準", "RULE SET"), ""},
                   {say("状態", "STATE"), ""},
                   {say("登録", "STORED"), ""},
                   {say("モジュール", "MODULES"), "", Align::kLeft, true}};
  for (const v1::RuleSet& set : sets) {
    std::string name = ShortName(set.name());
    for (const std::string& alias : set.aliases()) {
      name += " (" + ShortName(alias) + ")";
    }
    table.rows.push_back(
        {name, Cell(StateName(set.state(), japanese), StateTone(set.state())),
         set.has_create_time() ? TimeName(set.create_time(), japanese) : "―",
         MembersText(set)});
  }
  return table;
}

Table SetsForPrograms(const std::vector<v1::RuleSet>& sets) {
  Table table;
  for (const char* key :
       {"rule_set", "state", "reason", "aliases", "modules", "parameters"}) {
    table.columns.push_back({key, key});
  }
  for (const v1::RuleSet& set : sets) {
    std::vector<std::string> modules, aliases;
    for (const auto& member : set.modules()) modules.push_back(member.module());
    for (const auto& alias : set.aliases()) aliases.push_back(ShortName(alias));
    table.rows.push_back({ShortName(set.name()), StateWord(set.state()),
                          set.reason(), Joined(aliases, " "),
                          Joined(modules, " "), ParametersText(set)});
  }
  return table;
}

std::string StatisticsText(const std::vector<v1::RuleModule>& modules,
                           const Look& look) {
  std::string out;
  size_t begin = 0;
  while (begin < modules.size()) {
    std::vector<const v1::RuleModule*> group;
    Table table;
    for (size_t i = begin; i < modules.size(); ++i) {
      group.push_back(&modules[i]);
      Table wider = StatisticsTable(group, look);
      if (group.size() > 1 && look.width > 0 && WidthOf(wider) > look.width) {
        break;
      }
      table = std::move(wider);
      begin = i + 1;
    }
    if (!out.empty()) out += "\n";
    out += Printed(table, look);
  }
  return out;
}

std::string FailuresText(const std::vector<v1::RuleModule>& modules,
                         const Look& look) {
  std::string out;
  for (const v1::RuleModule& module : modules) {
    const std::string text = In(module.message(), look.japanese);
    if (!module.reason().empty() || text.empty()) continue;
    out += module.module() + " " + module.version() + "\n" +
           Indented(text, 2 * kIndent, look);
  }
  return out.empty() ? out : "\n" + out + "\n";
}

Table StatisticsForPrograms(const std::vector<v1::RuleModule>& modules) {
  Table table;
  for (const char* key : {"module",
                          "version",
                          "sha256",
                          "rows",
                          "raised",
                          "not_raised",
                          "cannot_tell",
                          "unanswered",
                          "faulted_rows",
                          "batches",
                          "queue_micros",
                          "evaluate_micros",
                          "validate_micros",
                          "cpu_micros",
                          "faults",
                          "incidents",
                          "poison_rows",
                          "restarts",
                          "peak_memory_bytes",
                          "last_success_time"}) {
    table.columns.push_back({key, key});
  }
  for (const v1::RuleModule& module : modules) {
    const v1::RuleModuleStatistics& s = module.statistics();
    std::vector<Cell> row = {module.module(), module.version(),
                             module.sha256()};
    for (int64_t n :
         {s.rows(), s.raised(), s.not_raised(), s.cannot_tell(), s.unanswered(),
          s.faulted_rows(), s.batches(), s.queue_micros(), s.evaluate_micros(),
          s.validate_micros(), s.cpu_micros()}) {
      row.emplace_back(std::to_string(n));
    }
    std::vector<std::string> faults;
    for (const auto& [reason, n] :
         std::map<std::string, int64_t>(s.faults().begin(), s.faults().end())) {
      faults.push_back(reason + "=" + std::to_string(n));
    }
    row.emplace_back(Joined(faults, " "));
    for (int64_t n : {s.incidents(), s.poison_rows(), s.restarts(),
                      s.peak_memory_bytes()}) {
      row.emplace_back(std::to_string(n));
    }
    row.emplace_back(s.has_last_success_time()
                         ? TimeName(s.last_success_time(), false)
                         : "");
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table CountsBeforeAndAfter(const v1::StatusCounts& before,
                           const v1::StatusCounts& after, bool japanese) {
  Table table;
  table.columns = {{"", "status"},
                   {japanese ? "前" : "BEFORE", "before", Align::kRight},
                   {japanese ? "後" : "AFTER", "after", Align::kRight}};
  const auto row = [&](VerdictStatus status, int was, int is) {
    if (was == 0 && is == 0) return;
    table.rows.push_back(
        {StatusLabel(status, japanese), std::to_string(was),
         Cell(std::to_string(is), was == is ? Tone::kPlain : Tone::kBold)});
  };
  using V = v1::Verdict;
  row(V::STATUS_ACHIEVED, before.achieved(), after.achieved());
  row(V::STATUS_ON_TRACK, before.on_track(), after.on_track());
  row(V::STATUS_AT_RISK, before.at_risk(), after.at_risk());
  row(V::STATUS_NOT_EVALUATED, before.not_evaluated(), after.not_evaluated());
  row(V::STATUS_INDETERMINATE, before.indeterminate(), after.indeterminate());
  return table;
}

namespace {

std::string LayersText(const v1::Confinement& confinement, const Look& look) {
  Table table;
  table.columns = {
      {std::string(look.Say("判定モジュールの封じ込め", "CONFINEMENT")), ""},
      {std::string(look.Say("状態", "STATE")), ""},
      {std::string(look.Say("必須", "REQUIRED")), ""},
      {std::string(look.Say("説明", "DETAIL")), "", Align::kLeft, true}};
  bool missing = false;
  for (const v1::Confinement::Layer& layer : confinement.layers()) {
    missing = missing || !layer.active();
    table.rows.push_back(
        {LayerName(layer.name(), look.japanese),
         layer.active()
             ? Cell(std::string(look.Say("有効", "active")), Tone::kGreen)
             : Cell(std::string(look.Say("なし", "missing")), Tone::kYellow),
         std::string(layer.required() ? look.Say("はい", "yes") : "―"),
         layer.detail()});
  }
  std::string out = Printed(table, look);
  if (missing) {
    out += Indented(
        std::string(look.Say(
            "「なし」の層は、このカーネルでは使えません。残りの層は働いています"
            "。必ず必要なら、サーバーを --require-confinement で起動すると、欠"
            "けたまま動くことはありません。",
            "A missing layer is one this kernel does not have; the others "
            "hold. Start the server with --require-confinement where it must "
            "not run without it.")),
        0, look);
  }
  return out;
}

}  // namespace

namespace {

std::vector<std::string> RoleWords(const v1::Access& access) {
  std::vector<std::string> words;
  for (int role : access.roles()) {
    const std::string name = v1::Role_Name(static_cast<v1::Role>(role));
    words.push_back(name.substr(name.find('_') + 1));
  }
  return words;
}

// How the caller came in, whom it is taken for, and what it may do.
void AddAccess(const v1::Access& access, const Look& look, Table* table) {
  const auto row = [&](const char* ja, const char* en, std::string value) {
    table->rows.push_back({std::string(look.Say(ja, en)), std::move(value)});
  };
  row("接続", "connection",
      std::string(access.tls() ? look.Say("TLS", "TLS")
                               : look.Say("暗号化なし(この計算機内)",
                                          "not encrypted (this machine)")));
  row("接続者", "you are",
      ActorText(access.actor(), access.claimed(), look.japanese));
  row("権限", "roles", Joined(RoleWords(access), look.Say("、", ", ")));
}

}  // namespace

std::string ServerText(const v1::ServerInfo& info, const Look& look) {
  Table table;
  table.columns = {{std::string(look.Say("サーバー", "SERVER")), ""}, {"", ""}};
  const auto row = [&](const char* ja, const char* en, std::string value) {
    table.rows.push_back({std::string(look.Say(ja, en)), std::move(value)});
  };
  row("バージョン", "version", info.version());
  row("起動", "started", TimeName(info.start_time(), look.japanese));
  row("保存先の種類", "storage", info.storage());
  row("最新の変更", "revision", info.revision());
  row("判定済みの変更", "judged through", info.judged_through());
  row("モジュールのABI", "rule ABI", info.rule_abi_version());
  const v1::Confinement& confinement = info.confinement();
  row("1モジュールのメモリー上限", "memory of a module",
      BytesText(confinement.memory_limit_bytes()));
  row("1回の計算時間の上限", "CPU time of a call",
      std::to_string(confinement.call_deadline_millis()) + " ms");
  if (info.has_access()) AddAccess(info.access(), look, &table);
  return Printed(table, look) + "\n" + LayersText(confinement, look);
}

Table ServerForPrograms(const v1::ServerInfo& info) {
  Table table;
  table.columns = {{"field", "field"}, {"value", "value"}};
  const auto row = [&](const std::string& key, const std::string& value) {
    table.rows.push_back({key, value});
  };
  row("version", info.version());
  row("rule_abi_version", info.rule_abi_version());
  row("storage", info.storage());
  row("revision", info.revision());
  row("judged_through", info.judged_through());
  row("memory_limit_bytes",
      std::to_string(info.confinement().memory_limit_bytes()));
  row("call_deadline_millis",
      std::to_string(info.confinement().call_deadline_millis()));
  if (info.has_access()) {
    row("access.tls", info.access().tls() ? "true" : "false");
    row("access.actor", info.access().actor());
    row("access.claimed", info.access().claimed() ? "true" : "false");
    row("access.roles", Joined(RoleWords(info.access()), ","));
  }
  for (const v1::Confinement::Layer& layer : info.confinement().layers()) {
    row("confinement." + layer.name(), layer.active() ? "active" : "missing");
  }
  return table;
}

}  // namespace shirube::cli
