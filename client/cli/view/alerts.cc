#include "client/cli/view/alerts.h"

#include <google/protobuf/util/time_util.h>

#include "server/domain/verdict.h"

namespace shirube::cli {
namespace {

using v1::Alert;
using v1::Delivery;
using v1::Subscription;

std::string_view Pick(bool japanese, std::string_view ja, std::string_view en) {
  return japanese ? ja : en;
}

std::string ResolutionName(Alert::Resolution resolution, bool japanese) {
  switch (resolution) {
    case Alert::RESOLUTION_RECOVERED:
      return std::string(Pick(japanese, "回復", "recovered"));
    case Alert::RESOLUTION_CORRECTED:
      return std::string(Pick(japanese, "訂正", "corrected"));
    case Alert::RESOLUTION_SUPERSEDED:
      return std::string(Pick(japanese, "次の時点へ", "superseded"));
    case Alert::RESOLUTION_RULE_CHANGED:
      return std::string(Pick(japanese, "判定基準の変更", "rules changed"));
    case Alert::RESOLUTION_REMOVED:
      return std::string(Pick(japanese, "対象の削除", "removed"));
    case Alert::RESOLUTION_BY_HAND:
      return std::string(Pick(japanese, "手動", "by hand"));
    default:
      return "";
  }
}

std::string SeverityName(v1::Verdict::Severity severity, bool japanese) {
  switch (severity) {
    case v1::Verdict::SEVERITY_CRITICAL:
      return std::string(Pick(japanese, "要対応", "critical"));
    case v1::Verdict::SEVERITY_WARNING:
      return std::string(Pick(japanese, "要確認", "warning"));
    default:
      return "";
  }
}

Tone SeverityTone(v1::Verdict::Severity severity) {
  return severity == v1::Verdict::SEVERITY_CRITICAL ? Tone::kRed
                                                    : Tone::kYellow;
}

std::string LastPart(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

std::string ReasonName(const std::string& reason, bool japanese) {
  return japanese ? ReasonJapanese(reason) : ReasonEnglish(reason);
}

// Kind and reason in one: what a reader wants to know first.
std::string What(const Alert& alert, bool japanese) {
  std::string what = AlertKindName(alert.kind(), japanese);
  if (!alert.reason().empty()) {
    what += std::string(Pick(japanese, "(", " (")) +
            ReasonName(alert.reason(), japanese) + ")";
  }
  if (alert.escalated()) what += Pick(japanese, " 継続", " again");
  return what;
}

std::string TypeName(v1::AlertTransition::Type type, bool japanese) {
  switch (type) {
    case v1::AlertTransition::TYPE_OPENED:
      return std::string(Pick(japanese, "発生", "opened"));
    case v1::AlertTransition::TYPE_UPDATED:
      return std::string(Pick(japanese, "更新", "updated"));
    case v1::AlertTransition::TYPE_ACKNOWLEDGED:
      return std::string(Pick(japanese, "確認", "acknowledged"));
    case v1::AlertTransition::TYPE_RESOLVED:
      return std::string(Pick(japanese, "解消", "resolved"));
    default:
      return "";
  }
}

void AddLine(std::string* text, std::string_view line) {
  text->append(line);
  text->push_back('\n');
}

void AddField(std::string* text, const Look& look, std::string_view ja,
              std::string_view en, const std::string& value) {
  if (value.empty()) return;
  AddLine(text, "  " + std::string(look.Say(ja, en)) +
                    std::string(look.Say(": ", ": ")) + value);
}

std::string SinkName(const Subscription& row) {
  switch (row.sink_case()) {
    case Subscription::kWebhook:
      return "webhook " + row.webhook().url();
    case Subscription::kAlertmanager:
      return "alertmanager " + row.alertmanager().url();
    case Subscription::kPull:
      return "pull";
    default:
      return "";
  }
}

std::string SubscriptionStateName(const Subscription& row, bool japanese) {
  if (row.state() == Subscription::STATE_PAUSED) {
    return std::string(Pick(japanese, "停止中", "paused"));
  }
  return std::string(Pick(japanese, "配信中", "active"));
}

std::string DeliveryStateName(Delivery::State state, bool japanese) {
  return state == Delivery::STATE_DEAD
             ? std::string(Pick(japanese, "断念", "given up"))
             : std::string(Pick(japanese, "待ち", "waiting"));
}

// "ACTIVE" of STATE_ACTIVE.
std::string Bare(const std::string& word, std::string_view prefix) {
  return word.starts_with(prefix) ? word.substr(prefix.size()) : word;
}

std::string IsoTime(const google::protobuf::Timestamp& time) {
  return google::protobuf::util::TimeUtil::ToString(time);
}

}  // namespace

std::string AlertKindName(Alert::Kind kind, bool japanese) {
  switch (kind) {
    case Alert::KIND_LAGGING_INDICATOR:
      return std::string(Pick(japanese, "指標の遅れ", "lagging indicator"));
    case Alert::KIND_LAGGING_INITIATIVE:
      return std::string(Pick(japanese, "取組の遅れ", "lagging initiative"));
    case Alert::KIND_NO_PLANNED_ENTRY:
      return std::string(
          Pick(japanese, "次年度計画に記載なし", "not in next year's plan"));
    case Alert::KIND_FIGURE_OVERDUE:
      return std::string(Pick(japanese, "実績値の遅延", "figure overdue"));
    case Alert::KIND_MODULE_OUT_OF_SERVICE:
      return std::string(
          Pick(japanese, "判定モジュール停止", "module out of service"));
    default:
      return std::string(Pick(japanese, "その他", "other"));
  }
}

std::string AlertStateName(const Alert& alert, bool japanese) {
  switch (alert.state()) {
    case Alert::STATE_ACKNOWLEDGED:
      return std::string(Pick(japanese, "確認済み", "acknowledged"));
    case Alert::STATE_SNOOZED:
      return std::string(Pick(japanese, "保留", "snoozed"));
    case Alert::STATE_RESOLVED: {
      const std::string how = ResolutionName(alert.resolution(), japanese);
      const std::string state(Pick(japanese, "解消", "resolved"));
      if (how.empty()) return state;
      return state + std::string(Pick(japanese, "(", " (")) + how + ")";
    }
    default:
      return std::string(Pick(japanese, "未確認", "open"));
  }
}

Table AlertsForPeople(const std::vector<Alert>& alerts, bool japanese) {
  Table table;
  table.columns = {
      {std::string(Pick(japanese, "重要度", "SEVERITY")), "severity"},
      {std::string(Pick(japanese, "状態", "STATE")), "state"},
      {std::string(Pick(japanese, "対象", "SUBJECT")), "subject", Align::kLeft,
       true},
      {std::string(Pick(japanese, "時点", "PERIOD")), "period"},
      {std::string(Pick(japanese, "内容", "WHAT")), "what"},
      {std::string(Pick(japanese, "担当", "OWNER")), "owner"},
      {std::string(Pick(japanese, "通知ID", "ALERT")), "alert"}};
  for (const Alert& alert : alerts) {
    const std::string subject = alert.subject_display_name().empty()
                                    ? LastPart(alert.subject())
                                    : alert.subject_display_name();
    table.rows.push_back({Cell(SeverityName(alert.severity(), japanese),
                               SeverityTone(alert.severity())),
                          AlertStateName(alert, japanese), subject,
                          PeriodName(alert.period(), japanese),
                          What(alert, japanese), alert.owner(),
                          LastPart(alert.name())});
  }
  return table;
}

Table AlertsForPrograms(const std::vector<Alert>& alerts) {
  Table table;
  for (const char* key :
       {"name", "kind", "state", "resolution", "severity", "subject",
        "subject_display_name", "period", "status", "reason", "value", "unit",
        "owner", "escalated", "review_date", "create_time", "update_time"}) {
    table.columns.push_back({key, key});
  }
  for (const Alert& a : alerts) {
    table.rows.push_back(
        {a.name(), Bare(Alert::Kind_Name(a.kind()), "KIND_"),
         Bare(Alert::State_Name(a.state()), "STATE_"),
         a.resolution() == Alert::RESOLUTION_UNSPECIFIED
             ? ""
             : Bare(Alert::Resolution_Name(a.resolution()), "RESOLUTION_"),
         Bare(v1::Verdict::Severity_Name(a.severity()), "SEVERITY_"),
         a.subject(), a.subject_display_name(), a.period(),
         Bare(v1::Verdict::Status_Name(a.status()), "STATUS_"), a.reason(),
         a.value(), a.unit(), a.owner(), a.escalated() ? "true" : "false",
         a.review_date(), IsoTime(a.create_time()), IsoTime(a.update_time())});
  }
  return table;
}

std::string AlertText(const Alert& alert, const Look& look,
                      const PrintTime& time) {
  const bool japanese = look.japanese;
  std::string text;
  AddLine(&text, look.Painted(SeverityName(alert.severity(), japanese),
                              SeverityTone(alert.severity())) +
                     "  " +
                     look.Painted(alert.subject_display_name(), Tone::kBold) +
                     "  " + PeriodName(alert.period(), japanese) + "  " +
                     What(alert, japanese) + "  [" +
                     AlertStateName(alert, japanese) + "]");
  const auto localized = [&](const v1::LocalizedText& both) {
    return japanese ? both.ja() : both.en();
  };
  if (!localized(alert.sentence()).empty()) {
    AddLine(&text, "  " + localized(alert.sentence()));
  }
  AddField(&text, look, "解消の条件", "to resolve", localized(alert.way_out()));
  AddField(&text, look, "担当", "owner", alert.owner());
  AddField(&text, look, "発生", "opened", time(alert.create_time()));
  AddField(&text, look, "最終変更", "last change",
           time(alert.update_time()) + "  " + alert.actor());
  AddField(&text, look, "確認者", "acknowledged by", alert.acknowledged_by());
  AddField(&text, look, "確認の理由", "because", alert.acknowledge_reason());
  AddField(&text, look, "再確認日", "review on", alert.review_date());
  if (alert.has_snoozed_until()) {
    AddField(&text, look, "保留期限", "snoozed until",
             time(alert.snoozed_until()));
  }
  AddField(
      &text, look, "前の通知", "follows",
      alert.previous_alert().empty() ? "" : LastPart(alert.previous_alert()));
  AddField(&text, look, "通知", "alert", alert.name());
  return text;
}

Table TransitionsForPeople(const std::vector<v1::AlertTransition>& transitions,
                           bool japanese, const PrintTime& time) {
  Table table;
  table.columns = {
      {std::string(Pick(japanese, "番号", "NO")), "seq", Align::kRight},
      {std::string(Pick(japanese, "日時", "TIME")), "time"},
      {std::string(Pick(japanese, "変化", "CHANGE")), "type"},
      {std::string(Pick(japanese, "状態", "STATE")), "state"},
      {std::string(Pick(japanese, "理由", "REASON")), "reason"},
      {std::string(Pick(japanese, "値", "VALUE")), "value", Align::kRight},
      {std::string(Pick(japanese, "誰が", "BY")), "actor"}};
  for (const auto& row : transitions) {
    const Alert& alert = row.alert();
    table.rows.push_back(
        {std::to_string(alert.transition_seq()), time(row.time()),
         TypeName(row.type(), japanese), AlertStateName(alert, japanese),
         ReasonName(alert.reason(), japanese),
         Quantity(alert.value(), alert.unit(), japanese), alert.actor()});
  }
  return table;
}

std::string TransitionText(const v1::AlertTransition& transition,
                           const Look& look, const PrintTime& time) {
  const Alert& alert = transition.alert();
  const bool resolved = transition.type() == v1::AlertTransition::TYPE_RESOLVED;
  std::string text = time(transition.time()) + "  ";
  text += TypeName(transition.type(), look.japanese) + "  ";
  if (!resolved) {
    text += Paint(SeverityName(alert.severity(), look.japanese),
                  SeverityTone(alert.severity()), look.color) +
            "  ";
  }
  text += alert.subject_display_name();
  if (!alert.period().empty()) {
    text += " " + PeriodName(alert.period(), look.japanese);
  }
  text += "  " + (resolved ? AlertStateName(alert, look.japanese)
                           : What(alert, look.japanese));
  text += "\n";
  if (transition.type() != v1::AlertTransition::TYPE_OPENED) return text;
  const auto add = [&](const v1::LocalizedText& more) {
    const std::string& line = look.japanese ? more.ja() : more.en();
    if (!line.empty()) text += "    " + line + "\n";
  };
  add(alert.sentence());
  add(alert.way_out());
  return text;
}

Table SubscriptionsForPeople(const std::vector<Subscription>& rows,
                             bool japanese, const PrintTime& time) {
  Table table;
  table.columns = {
      {std::string(Pick(japanese, "通知先ID", "SUBSCRIPTION")), "name"},
      {std::string(Pick(japanese, "状態", "STATE")), "state"},
      {std::string(Pick(japanese, "送り先", "SINK")), "sink", Align::kLeft,
       true},
      {std::string(Pick(japanese, "絞り込み", "FILTER")), "filter"},
      {std::string(Pick(japanese, "送達", "DELIVERED")), "delivered",
       Align::kRight},
      {std::string(Pick(japanese, "待ち", "WAITING")), "waiting",
       Align::kRight},
      {std::string(Pick(japanese, "断念", "GIVEN UP")), "dead", Align::kRight},
      {std::string(Pick(japanese, "最古の待ち", "OLDEST WAITING")), "oldest"},
      {std::string(Pick(japanese, "直近のエラー", "LAST ERROR")), "error"}};
  for (const Subscription& row : rows) {
    const auto& numbers = row.statistics();
    const bool paused = row.state() == Subscription::STATE_PAUSED;
    table.rows.push_back(
        {LastPart(row.name()),
         Cell(SubscriptionStateName(row, japanese),
              paused ? Tone::kYellow : Tone::kPlain),
         SinkName(row), row.filter(), std::to_string(numbers.delivered()),
         std::to_string(numbers.waiting()),
         Cell(std::to_string(numbers.dead()),
              numbers.dead() > 0 ? Tone::kRed : Tone::kPlain),
         numbers.has_oldest_waiting_time() ? time(numbers.oldest_waiting_time())
                                           : "",
         row.pause_reason().empty() ? numbers.last_error()
                                    : row.pause_reason()});
  }
  return table;
}

Table SubscriptionsForPrograms(const std::vector<Subscription>& rows) {
  Table table;
  for (const char* key :
       {"name", "state", "sink", "filter", "delivered", "attempts", "failures",
        "waiting", "dead", "last_error"}) {
    table.columns.push_back({key, key});
  }
  for (const Subscription& row : rows) {
    const auto& numbers = row.statistics();
    table.rows.push_back(
        {row.name(), Bare(Subscription::State_Name(row.state()), "STATE_"),
         SinkName(row), row.filter(), std::to_string(numbers.delivered()),
         std::to_string(numbers.attempts()), std::to_string(numbers.failures()),
         std::to_string(numbers.waiting()), std::to_string(numbers.dead()),
         numbers.last_error()});
  }
  return table;
}

Table DeliveriesForPeople(const std::vector<Delivery>& rows, bool japanese,
                          const PrintTime& time) {
  Table table;
  table.columns = {
      {std::string(Pick(japanese, "識別キー", "KEY")), "key"},
      {std::string(Pick(japanese, "状態", "STATE")), "state"},
      {std::string(Pick(japanese, "試行", "ATTEMPTS")), "attempts",
       Align::kRight},
      {std::string(Pick(japanese, "発生", "COMMITTED")), "time"},
      {std::string(Pick(japanese, "次の試行", "NEXT TRY")), "next"},
      {std::string(Pick(japanese, "直近のエラー", "LAST ERROR")), "error"}};
  for (const Delivery& row : rows) {
    table.rows.push_back(
        {row.idempotency_key(),
         Cell(DeliveryStateName(row.state(), japanese),
              row.state() == Delivery::STATE_DEAD ? Tone::kRed : Tone::kPlain),
         std::to_string(row.attempts()), time(row.time()),
         row.has_next_attempt_time() ? time(row.next_attempt_time()) : "",
         row.last_error()});
  }
  return table;
}

Table DeliveriesForPrograms(const std::vector<Delivery>& rows) {
  Table table;
  for (const char* key : {"subscription", "idempotency_key", "state",
                          "attempts", "time", "last_error"}) {
    table.columns.push_back({key, key});
  }
  for (const Delivery& row : rows) {
    table.rows.push_back({row.subscription(), row.idempotency_key(),
                          Bare(Delivery::State_Name(row.state()), "STATE_"),
                          std::to_string(row.attempts()), IsoTime(row.time()),
                          row.last_error()});
  }
  return table;
}

}  // namespace shirube::cli
