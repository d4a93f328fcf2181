#include "server/storage/sqlite/words.h"

#include <cstdio>

namespace shirube::sqlite {

namespace {

using Words = std::vector<std::string_view>;

void AppendQuoted(const std::string& word, std::string* out) {
  out->push_back('"');
  for (const char c : word) {
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char buffer[8];
      std::snprintf(buffer, sizeof(buffer), "\\u%04x", c);
      out->append(buffer);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Reads one string from `*json`, which stands at its opening quote.
bool TakeQuoted(std::string_view* json, std::string* word) {
  if (json->empty() || json->front() != '"') return false;
  json->remove_prefix(1);
  while (!json->empty() && json->front() != '"') {
    if (json->front() != '\\') {
      word->push_back(json->front());
      json->remove_prefix(1);
    } else if (json->size() >= 2 && ((*json)[1] == '"' || (*json)[1] == '\\')) {
      word->push_back((*json)[1]);
      json->remove_prefix(2);
    } else if (json->size() >= 6 && json->substr(0, 4) == "\\u00" &&
               HexDigit((*json)[4]) >= 0 && HexDigit((*json)[5]) >= 0) {
      word->push_back(
          static_cast<char>(HexDigit((*json)[4]) * 16 + HexDigit((*json)[5])));
      json->remove_prefix(6);
    } else {
      return false;
    }
  }
  if (json->empty()) return false;
  json->remove_prefix(1);
  return true;
}

}  // namespace

std::string WordsToJson(const std::vector<std::string>& words) {
  std::string json = "[";
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) json.push_back(',');
    AppendQuoted(words[i], &json);
  }
  json.push_back(']');
  return json;
}

std::optional<std::vector<std::string>> WordsFromJson(std::string_view json) {
  std::vector<std::string> words;
  if (json == "[]") return words;
  if (json.size() < 2 || json.front() != '[') return std::nullopt;
  json.remove_prefix(1);
  while (true) {
    std::string word;
    if (!TakeQuoted(&json, &word) || json.empty()) return std::nullopt;
    words.push_back(std::move(word));
    const char next = json.front();
    json.remove_prefix(1);
    if (next == ']' && json.empty()) return words;
    if (next != ',') return std::nullopt;
  }
}

template <>
const Words& EnumWords<FlagPolicy::Kind>() {
  static const auto* const kWords = new Words{"WORST", "SHARE"};
  return *kWords;
}
template <>
const Words& EnumWords<InitiativeKind>() {
  static const auto* const kWords =
      new Words{"UNSPECIFIED", "PILLAR", "MEASURE", "ACTION"};
  return *kWords;
}
template <>
const Words& EnumWords<EntryType>() {
  static const auto* const kWords =
      new Words{"UNSPECIFIED", "ACCOMPLISHMENT", "PLANNED"};
  return *kWords;
}
template <>
const Words& EnumWords<IndicatorKind>() {
  static const auto* const kWords =
      new Words{"LEVEL", "CUMULATIVE", "MAINTAIN", "BAND", "QUALITATIVE"};
  return *kWords;
}
template <>
const Words& EnumWords<Quantity>() {
  static const auto* const kWords = new Words{"RATE", "AMOUNT"};
  return *kWords;
}
template <>
const Words& EnumWords<Direction>() {
  static const auto* const kWords = new Words{"UNSPECIFIED", "UP", "DOWN"};
  return *kWords;
}
template <>
const Words& EnumWords<Operator>() {
  static const auto* const kWords = new Words{
      "NONE", "AT_LEAST", "AT_MOST", "BELOW", "ABOVE", "AROUND", "ABOUT"};
  return *kWords;
}
template <>
const Words& EnumWords<ObservationState>() {
  static const auto* const kWords =
      new Words{"FINAL", "PROVISIONAL", "RESTATED", "NOT_AVAILABLE"};
  return *kWords;
}
template <>
const Words& EnumWords<Basis>() {
  static const auto* const kWords = new Words{"NONE", "TO_DATE", "PERIOD"};
  return *kWords;
}
template <>
const Words& EnumWords<Status>() {
  static const auto* const kWords =
      new Words{"UNSPECIFIED", "ACHIEVED",      "ON_TRACK",
                "AT_RISK",     "NOT_EVALUATED", "INDETERMINATE"};
  return *kWords;
}
template <>
const Words& EnumWords<Severity>() {
  static const auto* const kWords = new Words{"NONE", "WARNING", "CRITICAL"};
  return *kWords;
}
template <>
const Words& EnumWords<ResourceKind>() {
  static const auto* const kWords =
      new Words{"PLAN",       "INITIATIVE",  "INDICATOR", "OBSERVATION",
                "ASSESSMENT", "PLAN_SOURCE", "RULE_SET",  "RULE_MODULE",
                "ALERT",      "SUBSCRIPTION"};
  return *kWords;
}
template <>
const Words& EnumWords<AlertKind>() {
  static const auto* const kWords = new Words{
      "UNSPECIFIED",      "LAGGING_INDICATOR", "LAGGING_INITIATIVE",
      "NO_PLANNED_ENTRY", "FIGURE_OVERDUE",    "MODULE_OUT_OF_SERVICE"};
  return *kWords;
}
template <>
const Words& EnumWords<AlertState>() {
  static const auto* const kWords =
      new Words{"UNSPECIFIED", "OPEN", "ACKNOWLEDGED", "SNOOZED", "RESOLVED"};
  return *kWords;
}
template <>
const Words& EnumWords<AlertResolution>() {
  static const auto* const kWords =
      new Words{"UNSPECIFIED",  "RECOVERED", "CORRECTED", "SUPERSEDED",
                "RULE_CHANGED", "REMOVED",   "BY_HAND"};
  return *kWords;
}
template <>
const Words& EnumWords<TransitionType>() {
  static const auto* const kWords =
      new Words{"UNSPECIFIED", "OPENED", "UPDATED", "ACKNOWLEDGED", "RESOLVED"};
  return *kWords;
}
template <>
const Words& EnumWords<SinkKind>() {
  static const auto* const kWords =
      new Words{"UNSPECIFIED", "WEBHOOK", "ALERTMANAGER", "PULL"};
  return *kWords;
}
template <>
const Words& EnumWords<SubscriptionState>() {
  static const auto* const kWords =
      new Words{"UNSPECIFIED", "ACTIVE", "PAUSED"};
  return *kWords;
}
template <>
const Words& EnumWords<DeliveryState>() {
  static const auto* const kWords =
      new Words{"UNSPECIFIED", "WAITING", "DEAD", "DONE"};
  return *kWords;
}
template <>
const Words& EnumWords<ChangeType>() {
  static const auto* const kWords =
      new Words{"CREATED", "UPDATED", "CORRECTED", "DELETED", "UNDELETED"};
  return *kWords;
}

}  // namespace shirube::sqlite
