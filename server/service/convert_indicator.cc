#include "server/service/convert_indicator.h"

#include <algorithm>
#include <utility>

#include "server/ledger/ledger.h"
#include "server/service/convert_common.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

constexpr EnumPair<Quantity, v1::Indicator::Quantity> kQuantities[] = {
    {Quantity::kRate, v1::Indicator::QUANTITY_RATE},
    {Quantity::kRate, v1::Indicator::QUANTITY_UNSPECIFIED},
    {Quantity::kAmount, v1::Indicator::QUANTITY_AMOUNT}};
constexpr EnumPair<Operator, v1::Indicator::Operator> kOperators[] = {
    {Operator::kNone, v1::Indicator::OPERATOR_UNSPECIFIED},
    {Operator::kAtLeast, v1::Indicator::OPERATOR_AT_LEAST},
    {Operator::kAtMost, v1::Indicator::OPERATOR_AT_MOST},
    {Operator::kBelow, v1::Indicator::OPERATOR_BELOW},
    {Operator::kAbove, v1::Indicator::OPERATOR_ABOVE},
    {Operator::kAround, v1::Indicator::OPERATOR_ABOUT},
    {Operator::kAbout, v1::Indicator::OPERATOR_APPROXIMATELY}};

v1::Indicator::Operator ToWire(Operator op) {
  return ToWireEnum(op, absl::MakeConstSpan(kOperators),
                    v1::Indicator::OPERATOR_UNSPECIFIED);
}

v1::Baseline ToWire(const Baseline& baseline) {
  v1::Baseline out;
  FillValue(baseline.value, &out);
  out.set_period(PeriodText(baseline.period));
  out.set_effective_from(PeriodText(baseline.effective_from));
  return out;
}

v1::Target ToWire(const Target& target) {
  v1::Target out;
  FillValue(target.value, &out);
  out.set_period(PeriodText(target.period));
  out.set_effective_from(PeriodText(target.effective_from));
  out.set_every_year(target.every_year);
  out.set_words(target.words);
  return out;
}

v1::Target ToWireSuperseded(const Target& target) {
  v1::Target out = ToWire(target);
  if (target.upper && target.upper->number) {
    out.set_superseded_upper(target.upper->number->ToString());
  }
  out.set_superseded_operator(ToWire(target.op));
  return out;
}

Baseline ReadBaseline(const v1::Baseline& in, const FieldReader& reader) {
  Baseline baseline;
  baseline.value = ReadValue(in, reader);
  baseline.period = reader.PeriodId("period", in.period());
  baseline.effective_from =
      reader.FiscalYear("effective_from", in.effective_from());
  return baseline;
}

Target ReadTarget(const v1::Target& in, const FieldReader& reader) {
  Target target;
  target.value = ReadValue(in, reader);
  target.period = reader.PeriodId("period", in.period());
  target.effective_from =
      reader.FiscalYear("effective_from", in.effective_from());
  target.every_year = in.every_year();
  target.words = in.words();
  return target;
}

std::optional<Value> ReadUpper(std::string_view field, const std::string& text,
                               const FieldReader& reader) {
  std::optional<Decimal> number = reader.Number(field, text);
  if (!number) return std::nullopt;
  Value value;
  value.number = *number;
  return value;
}

// Operator and upper end stand beside the target in the message and belong to
// it in the domain.
void ReadTargets(const v1::Indicator& in, Superseded superseded,
                 const FieldReader& reader, Indicator* out) {
  if (superseded == Superseded::kRead) {
    for (int i = in.superseded_targets_size(); i-- > 0;) {
      const v1::Target& old = in.superseded_targets(i);
      const FieldReader at = reader.At("superseded_targets", i);
      Target target = ReadTarget(old, at);
      target.upper = ReadUpper("superseded_upper", old.superseded_upper(), at);
      target.op = at.Enum("superseded_operator", old.superseded_operator(),
                          absl::MakeConstSpan(kOperators), Operator::kNone);
      out->targets.push_back(std::move(target));
    }
  }
  Target target;
  if (in.has_target()) target = ReadTarget(in.target(), reader.At("target"));
  target.upper = ReadUpper("target_upper", in.target_upper(), reader);
  target.op = reader.Enum("operator", in.operator_(),
                          absl::MakeConstSpan(kOperators), Operator::kNone);
  if (in.has_target() || target.upper || target.op != Operator::kNone) {
    out->targets.push_back(std::move(target));
  }
}

void ReadBaselines(const v1::Indicator& in, Superseded superseded,
                   const FieldReader& reader, Indicator* out) {
  if (superseded == Superseded::kRead) {
    for (int i = in.superseded_baselines_size(); i-- > 0;) {
      out->baselines.push_back(ReadBaseline(
          in.superseded_baselines(i), reader.At("superseded_baselines", i)));
    }
  }
  if (in.has_baseline()) {
    out->baselines.push_back(
        ReadBaseline(in.baseline(), reader.At("baseline")));
  }
}

void ReadMilestones(const v1::Indicator& in, const FieldReader& reader,
                    Indicator* out) {
  for (int i = 0; i < in.milestones_size(); ++i) {
    const FieldReader at = reader.At("milestones", i);
    Milestone milestone;
    milestone.value = ReadValue(in.milestones(i), at);
    at.Required("period", in.milestones(i).period());
    if (auto period = at.PeriodId("period", in.milestones(i).period())) {
      milestone.period = *period;
    }
    out->milestones.push_back(std::move(milestone));
  }
  std::stable_sort(out->milestones.begin(), out->milestones.end(),
                   [](const Milestone& a, const Milestone& b) {
                     return a.period < b.period;
                   });
}

void ReadLinks(const v1::Indicator& in, const FieldReader& reader,
               Indicator* out) {
  out->printed_under =
      ReadInitiativeOf(reader, "printed_under", in.printed_under(), out->plan);
  for (int i = 0; i < in.links_size(); ++i) {
    const FieldReader at = reader.At("links", i);
    at.Required("", in.links(i));
    out->links.push_back(ReadInitiativeOf(at, "", in.links(i), out->plan));
  }
  std::sort(out->links.begin(), out->links.end());
  out->links.erase(std::unique(out->links.begin(), out->links.end()),
                   out->links.end());
}

// Puts `newest` where its effective_from belongs, in place of one with the
// same.
template <typename T>
void PutInForce(const T& newest, std::vector<T>* all) {
  for (T& stored : *all) {
    if (stored.effective_from == newest.effective_from) {
      stored = newest;
      return;
    }
  }
  all->push_back(newest);
  std::stable_sort(all->begin(), all->end(), [](const T& a, const T& b) {
    if (!a.effective_from || !b.effective_from) {
      return !a.effective_from && b.effective_from;
    }
    return *a.effective_from < *b.effective_from;
  });
}

void PatchTarget(const Indicator& from, const std::set<std::string>& mask,
                 Indicator* to) {
  const bool whole = mask.count("target") > 0;
  const bool op = mask.count("operator") > 0;
  const bool upper = mask.count("target_upper") > 0;
  if (!whole && !op && !upper) return;
  const Target given = from.targets.empty() ? Target() : from.targets.back();
  Target target = to->targets.empty() ? Target() : to->targets.back();
  if (whole) {
    const Target stored = target;
    target = given;
    target.op = stored.op;
    target.upper = stored.upper;
  }
  if (op) target.op = given.op;
  if (upper) target.upper = given.upper;
  const bool nothing = !target.value.present() && target.words.empty() &&
                       !target.period && !target.every_year &&
                       (whole || to->targets.empty());
  if (nothing && !target.upper && target.op == Operator::kNone) {
    to->targets.clear();
  } else {
    PutInForce(target, &to->targets);
  }
}

void PatchBaseline(const Indicator& from, const std::set<std::string>& mask,
                   Indicator* to) {
  if (mask.count("baseline") == 0) return;
  if (from.baselines.empty()) {
    to->baselines.clear();
  } else {
    PutInForce(from.baselines.back(), &to->baselines);
  }
}

void FillTargets(const Indicator& indicator, v1::Indicator* out) {
  if (indicator.targets.empty()) return;
  const Target& target = indicator.targets.back();
  v1::Target wire = ToWire(target);
  if (wire.ByteSizeLong() > 0) *out->mutable_target() = std::move(wire);
  out->set_operator_(ToWire(target.op));
  if (target.upper && target.upper->number) {
    out->set_target_upper(target.upper->number->ToString());
  }
  for (size_t i = indicator.targets.size() - 1; i-- > 0;) {
    *out->add_superseded_targets() = ToWireSuperseded(indicator.targets[i]);
  }
}

void FillBaselines(const Indicator& indicator, v1::Indicator* out) {
  if (indicator.baselines.empty()) return;
  *out->mutable_baseline() = ToWire(indicator.baselines.back());
  for (size_t i = indicator.baselines.size() - 1; i-- > 0;) {
    *out->add_superseded_baselines() = ToWire(indicator.baselines[i]);
  }
}

void FillLinks(const Indicator& indicator, v1::Indicator* out) {
  if (!indicator.printed_under.empty()) {
    out->set_printed_under(
        NameOf(InitiativeKey{indicator.plan, indicator.printed_under}));
  }
  for (const InitiativeId& link : indicator.links) {
    out->add_links(NameOf(InitiativeKey{indicator.plan, link}));
  }
}

}  // namespace

v1::Indicator ToWire(const Indicator& indicator, int scale,
                     const std::string& history) {
  v1::Indicator out;
  out.set_name(NameOf(indicator.key()));
  FillStamp(indicator.stamp, history, &out);
  out.set_display_name(indicator.display_name);
  out.set_unit(indicator.unit);
  out.set_kind(ToWireEnum(indicator.kind, absl::MakeConstSpan(kIndicatorKinds),
                          v1::Indicator::KIND_UNSPECIFIED));
  if (indicator.kind == IndicatorKind::kLevel) {
    out.set_quantity(ToWireEnum(indicator.quantity,
                                absl::MakeConstSpan(kQuantities),
                                v1::Indicator::QUANTITY_UNSPECIFIED));
  }
  out.set_direction(ToWireEnum(indicator.direction,
                               absl::MakeConstSpan(kDirections),
                               v1::Indicator::DIRECTION_UNSPECIFIED));
  FillBaselines(indicator, &out);
  FillTargets(indicator, &out);
  for (const Milestone& milestone : indicator.milestones) {
    v1::Milestone* row = out.add_milestones();
    FillValue(milestone.value, row);
    row->set_period(milestone.period.ToId());
  }
  out.set_window_start(PeriodText(indicator.window_start));
  FillLinks(indicator, &out);
  out.set_order(indicator.order);
  out.set_owner(indicator.owner);
  out.set_source(indicator.source);
  out.set_definition(indicator.definition);
  if (indicator.publication) {
    out.mutable_publication()->set_month(indicator.publication->month);
    out.mutable_publication()->set_lag_years(indicator.publication->lag_years);
  }
  for (const std::string& note : indicator.notes) out.add_notes(note);
  if (indicator.noise_band) {
    out.set_noise_band(indicator.noise_band->ToString());
  }
  for (const auto& [name, value] : indicator.parameters) {
    (*out.mutable_parameters())[name] = value.ToString();
  }
  out.set_scale(scale);
  for (const std::string& field : indicator.manual_fields) {
    out.add_manual_fields(field);
  }
  return out;
}

Indicator ReadIndicator(const v1::Indicator& in, const IndicatorKey& key,
                        Superseded superseded, const FieldReader& reader) {
  Indicator out;
  out.plan = key.plan;
  out.id = key.indicator;
  out.display_name = in.display_name();
  out.definition = in.definition();
  out.unit = in.unit();
  out.kind =
      reader.Enum("kind", in.kind(), absl::MakeConstSpan(kIndicatorKinds),
                  IndicatorKind::kLevel);
  out.quantity = reader.Enum("quantity", in.quantity(),
                             absl::MakeConstSpan(kQuantities), Quantity::kRate);
  out.direction =
      reader.Enum("direction", in.direction(), absl::MakeConstSpan(kDirections),
                  Direction::kUnspecified);
  ReadBaselines(in, superseded, reader, &out);
  ReadTargets(in, superseded, reader, &out);
  ReadMilestones(in, reader, &out);
  out.window_start = reader.PeriodId("window_start", in.window_start());
  out.noise_band = reader.Number("noise_band", in.noise_band());
  ReadLinks(in, reader, &out);
  out.order = in.order();
  if (in.order() < 0) {
    reader.Refuse("order", "must be 0 or more", "0以上でなければなりません");
  }
  out.owner = in.owner();
  out.source = in.source();
  out.notes.assign(in.notes().begin(), in.notes().end());
  if (in.has_publication()) {
    out.publication =
        Publication{in.publication().month(), in.publication().lag_years()};
  }
  out.parameters = reader.ReadParameters("parameters", in.parameters());
  return out;
}

const std::vector<std::string>& WritableIndicatorFields() {
  static const auto& fields = *new std::vector<std::string>{
      "display_name", "unit",        "kind",         "quantity",
      "direction",    "operator",    "baseline",     "target",
      "target_upper", "milestones",  "window_start", "printed_under",
      "links",        "order",       "owner",        "source",
      "definition",   "publication", "notes",        "noise_band",
      "parameters"};
  return fields;
}

void PatchIndicator(const Indicator& from, const std::set<std::string>& mask,
                    Indicator* to) {
  if (mask.count("display_name")) to->display_name = from.display_name;
  if (mask.count("unit")) to->unit = from.unit;
  if (mask.count("kind")) to->kind = from.kind;
  if (mask.count("quantity")) to->quantity = from.quantity;
  if (mask.count("direction")) to->direction = from.direction;
  PatchBaseline(from, mask, to);
  PatchTarget(from, mask, to);
  if (mask.count("milestones")) to->milestones = from.milestones;
  if (mask.count("window_start")) to->window_start = from.window_start;
  if (mask.count("printed_under")) to->printed_under = from.printed_under;
  if (mask.count("links")) to->links = from.links;
  if (mask.count("order")) to->order = from.order;
  if (mask.count("owner")) to->owner = from.owner;
  if (mask.count("source")) to->source = from.source;
  if (mask.count("definition")) to->definition = from.definition;
  if (mask.count("publication")) to->publication = from.publication;
  if (mask.count("notes")) to->notes = from.notes;
  if (mask.count("noise_band")) to->noise_band = from.noise_band;
  if (mask.count("parameters")) to->parameters = from.parameters;
}

}  // namespace shirube
