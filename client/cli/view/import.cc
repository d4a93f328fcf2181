#include "client/cli/view/import.h"

#include <google/protobuf/struct.pb.h>

#include <map>

#include "client/cli/output/messages.h"
#include "client/cli/view/status.h"

namespace shirube::cli {
namespace {

using ::google::protobuf::ListValue;

// "～" and ASCII alike: value with its unit, the period in brackets.
std::string Printed(const Context& context, const std::string& value,
                    const std::string& unread, const std::string& unit,
                    const std::string& period) {
  if (value.empty() && unread.empty()) return "-";
  std::string text = value.empty() ? unread : value + unit;
  if (!period.empty()) text += " (" + PeriodText(context, period) + ")";
  return text;
}

std::string TargetText(const Context& context, const v1::Indicator& row) {
  if (!row.target().words().empty()) return row.target().words();
  std::string text =
      Printed(context, row.target().value(), row.target().unread(), row.unit(),
              row.target().period());
  if (!row.target_upper().empty()) {
    text = row.target().value() + "–" +
           Printed(context, row.target_upper(), "", row.unit(),
                   row.target().period());
  }
  if (row.target().every_year()) {
    text += context.Say(" (毎年度)", " (every year)");
  }
  return text;
}

// The observations of an indicator, latest last.
std::string ActualText(const Context& context, const v1::Indicator& indicator,
                       const v1::PlanDocument& document) {
  std::string text;
  int count = 0;
  for (const v1::Observation& row : document.observations()) {
    if (row.indicator() != indicator.name()) continue;
    ++count;
    text = Printed(context, row.value(), row.unread(),
                   row.unit().empty() ? indicator.unit() : row.unit(),
                   row.period());
  }
  if (count > 1) text += " +" + std::to_string(count - 1);
  return count == 0 ? "-" : text;
}

std::map<std::string, int> CountEntries(const v1::PlanDocument& document,
                                        const Context& context) {
  std::map<std::string, int> counts;
  for (const v1::Initiative& initiative : document.initiatives()) {
    for (const v1::Entry& entry : initiative.entries()) {
      const bool planned = entry.type() == v1::Entry::TYPE_PLANNED;
      ++counts[PeriodText(context, entry.fiscal_year()) +
               std::string(planned
                               ? context.Say("取組計画", " planned")
                               : context.Say("取組実績", " accomplishments"))];
    }
  }
  return counts;
}

int CountKind(const v1::PlanDocument& document, v1::Initiative::Kind kind) {
  int count = 0;
  for (const v1::Initiative& row : document.initiatives()) {
    count += row.kind() == kind ? 1 : 0;
  }
  return count;
}

void PrintCounts(const Context& context, const v1::PlanDocument& document) {
  context.out << "  " << context.Say("柱 ", "pillars ")
              << CountKind(document, v1::Initiative::KIND_PILLAR) << "  "
              << context.Say("施策 ", "measures ")
              << CountKind(document, v1::Initiative::KIND_MEASURE) << "  "
              << context.Say("目標指標 ", "indicators ")
              << document.indicators_size() << "  "
              << context.Say("実績値 ", "observations ")
              << document.observations_size();
  for (const auto& [what, count] : CountEntries(document, context)) {
    context.out << "  " << what << " " << count;
  }
  context.out << '\n';
}

void PrintFindingList(const Context& context,
                      const std::vector<report::Finding>& findings,
                      std::string_view heading, Tone tone) {
  if (findings.empty()) return;
  context.err << '\n'
              << heading << " " << findings.size() << context.Say("件", "")
              << '\n';
  for (const report::Finding& finding : findings) {
    context.err << "  " << finding.file;
    if (finding.line > 0) context.err << ":" << finding.line;
    if (!finding.text.empty()) context.err << "  「" << finding.text << "」";
    context.err << "\n    "
                << Paint(context.Say(finding.message_ja, finding.message_en),
                         tone, context.progress && context.color)
                << '\n';
  }
}

void AddFindings(const Context& context,
                 const std::vector<report::Finding>& findings,
                 ListValue* list) {
  for (const report::Finding& finding : findings) {
    auto& fields =
        *list->add_values()->mutable_struct_value()->mutable_fields();
    fields["file"].set_string_value(finding.file);
    fields["line"].set_number_value(finding.line);
    fields["text"].set_string_value(finding.text);
    fields["reason"].set_string_value(finding.reason);
    fields["message"].set_string_value(
        std::string(context.Say(finding.message_ja, finding.message_en)));
  }
}

std::string HeldText(const Context& context, v1::Change::Held held) {
  switch (held) {
    case v1::Change::HELD_NEEDS_ACCEPT_CORRECTIONS:
      return std::string(context.Say("保留: 訂正には --accept-corrections",
                                     "held: needs --accept-corrections"));
    case v1::Change::HELD_NEEDS_UPDATE_MASK:
      return std::string(
          context.Say("保留: 置換には --replace", "held: needs --replace"));
    case v1::Change::HELD_NEEDS_OVERWRITE_MANUAL:
      return std::string(
          context.Say("保留: 手で設定した値。--overwrite-manual",
                      "held: set by a person, needs --overwrite-manual"));
    default:
      return "";
  }
}

std::string CollectionOf(const std::string& name) {
  for (const char* collection :
       {"/observations/", "/initiatives/", "/indicators/", "/assessments/"}) {
    if (name.find(collection) != std::string::npos) return collection;
  }
  return "";
}

std::string CollectionText(const Context& context,
                           const std::string& collection) {
  if (collection == "/sources/") {
    return std::string(context.Say("出典ファイル", "source files"));
  }
  if (collection == "/observations/") {
    return std::string(context.Say("実績値", "observations"));
  }
  if (collection == "/initiatives/") {
    return std::string(context.Say("施策・取組", "initiatives"));
  }
  if (collection == "/indicators/") {
    return std::string(context.Say("目標指標", "indicators"));
  }
  if (collection == "/assessments/") {
    return std::string(context.Say("評価コメント", "assessments"));
  }
  return std::string(context.Say("計画", "plan"));
}

}  // namespace

void PrintUnderstood(const Context& context, const v1::PlanDocument& document) {
  for (const v1::Source& source : document.sources()) {
    context.out << context.Painted(source.file(), Tone::kBold) << "  "
                << source.encoding() << "  " << source.lines()
                << context.Say("行", " lines") << '\n';
  }
  if (!document.plan().display_name().empty()) {
    context.out << "  " << document.plan().display_name() << '\n';
  }
  PrintCounts(context, document);
  if (document.indicators_size() == 0) return;
  Table table;
  table.columns = {
      {std::string(context.Say("目標指標", "INDICATOR")), "indicator",
       Align::kLeft, true},
      {std::string(context.Say("基準値", "BASELINE")), "baseline",
       Align::kRight},
      {std::string(context.Say("目標値", "TARGET")), "target", Align::kRight},
      {std::string(context.Say("実績値", "ACTUAL")), "actual", Align::kRight}};
  for (const v1::Indicator& row : document.indicators()) {
    table.rows.push_back(
        {row.display_name(),
         Printed(context, row.baseline().value(), row.baseline().unread(),
                 row.unit(), row.baseline().period()),
         TargetText(context, row), ActualText(context, row, document)});
  }
  context.out << '\n';
  table.PrintText(context.out, context.width, context.color);
}

void PrintFindings(const Context& context, const report::ImportResult& result) {
  PrintFindingList(context, result.refusals,
                   context.Say("取り込めなかったもの", "refused:"), Tone::kRed);
  PrintFindingList(context, result.warnings,
                   context.Say("ご確認ください", "please check:"),
                   Tone::kYellow);
}

void PrintDifference(const Context& context,
                     const std::vector<v1::Change>& difference) {
  if (difference.empty()) {
    context.out << context.Say("登録済みの内容と同じです。変更はありません。",
                               "already stored; nothing changes")
                << '\n';
    return;
  }
  std::map<std::string, int> created;
  for (const v1::Change& change : difference) {
    if (change.kind() == v1::Change::KIND_CREATE) {
      ++created[change.field() == "sources" ? "/sources/"
                                            : CollectionOf(change.name())];
    }
  }
  if (!created.empty()) {
    context.out << context.Say("新規:", "new:");
    for (const auto& [collection, count] : created) {
      context.out << " " << CollectionText(context, collection) << " " << count;
    }
    context.out << '\n';
  }
  for (const v1::Change& change : difference) {
    if (change.kind() == v1::Change::KIND_CREATE) continue;
    const bool correction = change.kind() == v1::Change::KIND_CORRECT;
    const bool deletion = change.kind() == v1::Change::KIND_DELETE;
    context.out << (correction ? context.Say("訂正", "correction")
                    : deletion ? context.Say("削除", "deletion")
                               : context.Say("変更", "change"))
                << "  " << change.display_name();
    if (!change.field().empty()) {
      context.out << "  " << change.field() << ": " << change.before() << " → "
                  << change.after();
    }
    if (change.place().line() > 0) {
      context.out << "  (" << change.place().file() << ":"
                  << change.place().line() << ")";
    }
    const std::string held = HeldText(context, change.held());
    if (!held.empty()) {
      context.out << "  " << context.Painted(held, Tone::kYellow);
    }
    context.out << '\n';
  }
}

std::string ImportJson(const Context& context,
                       const report::ImportResult& result,
                       const v1::ApplyPlanResponse* response) {
  v1::PlanDocument document = result.document;
  document.mutable_plan();
  document.mutable_layout();
  ListValue refusals, warnings;
  AddFindings(context, result.refusals, &refusals);
  AddFindings(context, result.warnings, &warnings);
  std::string json = "{\"document\":" + ToJson(document, false) +
                     ",\"refusals\":" + ToJson(refusals, false) +
                     ",\"warnings\":" + ToJson(warnings, false);
  if (response != nullptr) {
    json += ",\"difference\":[";
    const char* between = "";
    for (const v1::Change& change : response->difference()) {
      json += between + ToJson(change, false);
      between = ",";
    }
    google::protobuf::Value revision;
    revision.set_string_value(response->revision());
    json += "],\"revision\":" + ToJson(revision, false);
  }
  return json + "}";
}

}  // namespace shirube::cli
