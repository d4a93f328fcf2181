#include "server/ledger/fields.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace shirube::ledger {

std::string TextOf(const Provenance& provenance) {
  return absl::StrCat(provenance.file, ":", provenance.line, ":",
                      TextOf(provenance.steps));
}

std::string TextOf(const Value& value, Detail detail) {
  std::string text =
      value.number.has_value() ? value.number->ToString() : value.unread;
  if (detail == Detail::kAll) {
    return absl::StrCat(value.number.has_value() ? "=" : "?", text, "|",
                        value.unit, "|", value.raw, "|", value.multiplier, "|",
                        TextOf(value.provenance));
  }
  return text + value.unit;
}

std::string TextOf(const std::optional<Period>& period) {
  return period.has_value() && period->year() != 0 ? period->ToId() : "";
}

std::string TextOf(const Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", name, "=",
                    value.ToString());
  }
  return text;
}

std::string TextOf(const std::vector<std::string>& words) {
  return absl::StrJoin(words, "\n");
}

namespace {
const auto kPeriodText = [](const std::optional<Period>& period, Detail) {
  return TextOf(period);
};
const auto kParametersText = [](const Parameters& parameters, Detail) {
  return TextOf(parameters);
};
}  // namespace

template <>
const std::vector<Field<Plan>>& FieldsOf<Plan>() {
  static const auto* const kFields = new std::vector<Field<Plan>>{
      TextField("display_name", &Plan::display_name),
      TextField("description", &Plan::description),
      MemberField("first_fiscal_year", &Plan::first_year, kPeriodText),
      MemberField("last_fiscal_year", &Plan::last_year, kPeriodText),
      TextField("owner", &Plan::owner),
      Manual(MemberField("parameters", &Plan::parameters, kParametersText)),
      MemberField("flag_policy", &Plan::flag_policy,
                  [](const FlagPolicy& policy, Detail) -> std::string {
                    // The default is what nobody chose.
                    if (policy.kind == FlagPolicy::Kind::kWorst) return "";
                    return "SHARE " + policy.at_risk_share.ToString();
                  }),
  };
  return *kFields;
}

template <>
const std::vector<Field<Assessment>>& FieldsOf<Assessment>() {
  static const auto* const kFields = new std::vector<Field<Assessment>>{
      MemberField("subject", &Assessment::initiative,
                  [](const InitiativeId& id, Detail) { return id.value(); }),
      MemberField("subject", &Assessment::indicator,
                  [](const IndicatorId& id, Detail) { return id.value(); }),
      MemberField("fiscal_year", &Assessment::fiscal_year,
                  [](const Period& year, Detail) { return TextOf(year); }),
      TextField("cause", &Assessment::cause),
      TextField("response", &Assessment::response),
      TextField("comment", &Assessment::comment),
      TextField("judgement", &Assessment::judgement),
      TextField("judged_by", &Assessment::author),
      MemberField("judged_on", &Assessment::judged_on, kPeriodText),
  };
  return *kFields;
}

template <>
const std::vector<Field<Observation>>& FieldsOf<Observation>() {
  static const auto* const kFields = new std::vector<Field<Observation>>{
      MemberField(
          "value", &Observation::value,
          [](const Value& value, Detail d) { return TextOf(value, d); }),
      MemberField("assumed_to_date", &Observation::assumed_to_date,
                  [](bool assumed, Detail) -> std::string {
                    return assumed ? "assumed" : "";
                  }),
      MemberField("state", &Observation::state,
                  [](ObservationState state, Detail) {
                    return absl::StrCat(static_cast<int>(state));
                  }),
      TextField("note", &Observation::note),
      TextField("source", &Observation::source),
  };
  return *kFields;
}

}  // namespace shirube::ledger
