// The fields of an indicator. Baselines and targets are lists by
// `effective_from`: a document speaks of the ones it has and leaves the others.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/ledger/fields.h"

namespace shirube::ledger {

namespace {

std::string Spaced(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    absl::StrAppend(&text, text.empty() ? "" : " ", part);
  }
  return text;
}

std::string OperatorText(Operator op) {
  switch (op) {
    case Operator::kNone:
      return "";
    case Operator::kAtLeast:
      return "以上";
    case Operator::kAtMost:
      return "以下";
    case Operator::kBelow:
      return "未満";
    case Operator::kAbove:
      return "超";
    case Operator::kAround:
      return "程度";
    case Operator::kAbout:
      return "約";
  }
  return "";
}

std::string FromText(const std::optional<Period>& effective_from) {
  if (!effective_from.has_value()) return "";
  return "from " + effective_from->ToId();
}

std::string TextOfPart(const Baseline& baseline, Detail detail) {
  return Spaced({TextOf(baseline.value, detail), TextOf(baseline.period),
                 FromText(baseline.effective_from)});
}

std::string TextOfPart(const Target& target, Detail detail) {
  std::string value = TextOf(target.value, detail);
  if (target.upper.has_value()) {
    absl::StrAppend(&value, "～", TextOf(*target.upper, detail));
  }
  return Spaced({value, target.words, OperatorText(target.op),
                 TextOf(target.period), target.every_year ? "毎年度" : "",
                 FromText(target.effective_from)});
}

std::string TextOfPart(const Milestone& milestone, Detail detail) {
  return Spaced({TextOf(milestone.value, detail), TextOf(milestone.period)});
}

template <typename Part>
std::string TextOfParts(const std::vector<Part>& parts, Detail detail) {
  std::string text;
  for (const Part& part : parts) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", TextOfPart(part, detail));
  }
  return text;
}

template <typename Part>
const Part* FindPart(const std::vector<Part>& parts,
                     const std::optional<Period>& effective_from) {
  for (const Part& part : parts) {
    if (part.effective_from == effective_from) return &part;
  }
  return nullptr;
}

// A list by `effective_from`; parts that say the same keep their stored form.
template <typename Part>
Field<Indicator> RevisedField(const std::string& name,
                              std::vector<Part> Indicator::*member) {
  Field<Indicator> field = MemberField(
      name, member, [](const std::vector<Part>& parts, Detail detail) {
        return TextOfParts(parts, detail);
      });
  field.complete = [member](const Indicator& stored, Indicator* wanted) {
    std::vector<Part> parts = wanted->*member;
    for (const Part& part : stored.*member) {
      auto same = std::find_if(parts.begin(), parts.end(), [&](const Part& p) {
        return p.effective_from == part.effective_from;
      });
      if (same == parts.end()) {
        parts.push_back(part);
      } else if (TextOfPart(*same, Detail::kSaid) ==
                 TextOfPart(part, Detail::kSaid)) {
        *same = part;
      }
    }
    std::stable_sort(parts.begin(), parts.end(),
                     [](const Part& a, const Part& b) {
                       return a.effective_from < b.effective_from;
                     });
    wanted->*member = std::move(parts);
  };
  field.only_adds = [member](const Indicator& stored, const Indicator& wanted) {
    return std::all_of(
        (stored.*member).begin(), (stored.*member).end(),
        [&](const Part& part) {
          const Part* now = FindPart(wanted.*member, part.effective_from);
          return now != nullptr && TextOfPart(*now, Detail::kSaid) ==
                                       TextOfPart(part, Detail::kSaid);
        });
  };
  field.place = [member](const Indicator& indicator) {
    return (indicator.*member).empty()
               ? Provenance()
               : (indicator.*member).back().value.provenance;
  };
  return field;
}

std::string KindText(IndicatorKind kind, Detail) {
  switch (kind) {
    case IndicatorKind::kLevel:
      return "LEVEL";
    case IndicatorKind::kCumulative:
      return "CUMULATIVE";
    case IndicatorKind::kMaintain:
      return "MAINTAIN";
    case IndicatorKind::kBand:
      return "BAND";
    case IndicatorKind::kQualitative:
      return "QUALITATIVE";
  }
  return "";
}

std::string DirectionText(Direction direction, Detail) {
  switch (direction) {
    case Direction::kUp:
      return "UP";
    case Direction::kDown:
      return "DOWN";
    case Direction::kUnspecified:
      break;
  }
  return "";
}

std::string LinksText(const std::vector<InitiativeId>& links, Detail) {
  std::string text;
  for (const InitiativeId& link : links) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", link.value());
  }
  return text;
}

std::string PublicationText(const std::optional<Publication>& publication,
                            Detail) {
  if (!publication.has_value()) return "";
  return absl::StrCat("month ", publication->month, ", ",
                      publication->lag_years, " years later");
}

}  // namespace

template <>
const std::vector<Field<Indicator>>& FieldsOf<Indicator>() {
  static const auto* const kFields = new std::vector<Field<Indicator>>{
      TextField("display_name", &Indicator::display_name),
      TextField("definition", &Indicator::definition),
      TextField("unit", &Indicator::unit),
      MemberField("kind", &Indicator::kind, KindText),
      MemberField("quantity", &Indicator::quantity,
                  [](Quantity quantity, Detail) -> std::string {
                    // RATE is what nobody said.
                    return quantity == Quantity::kAmount ? "AMOUNT" : "";
                  }),
      Manual(MemberField("direction", &Indicator::direction, DirectionText)),
      RevisedField("baseline", &Indicator::baselines),
      RevisedField("target", &Indicator::targets),
      MemberField("milestones", &Indicator::milestones,
                  [](const std::vector<Milestone>& milestones, Detail detail) {
                    return TextOfParts(milestones, detail);
                  }),
      MemberField("window_start", &Indicator::window_start,
                  [](const std::optional<Period>& period, Detail) {
                    return TextOf(period);
                  }),
      MemberField("noise_band", &Indicator::noise_band,
                  [](const std::optional<Decimal>& band, Detail) {
                    return band.has_value() ? band->ToString() : "";
                  }),
      TextField("owner", &Indicator::owner),
      TextField("source", &Indicator::source),
      Manual(MemberField("notes", &Indicator::notes,
                         [](const std::vector<std::string>& notes, Detail) {
                           return TextOf(notes);
                         })),
      MemberField("publication", &Indicator::publication, PublicationText),
      MemberField("printed_under", &Indicator::printed_under,
                  [](const InitiativeId& id, Detail) { return id.value(); }),
      Manual(MemberField("links", &Indicator::links, LinksText)),
      Manual(MemberField("parameters", &Indicator::parameters,
                         [](const Parameters& parameters, Detail) {
                           return TextOf(parameters);
                         })),
      MemberField("order", &Indicator::order,
                  [](int order, Detail) { return absl::StrCat(order); }),
  };
  return *kFields;
}

}  // namespace shirube::ledger
