#include "server/service/convert_initiative.h"

#include <map>
#include <utility>

#include "server/base/limits.h"
#include "server/ledger/ledger.h"
#include "server/service/convert_common.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

constexpr EnumPair<InitiativeKind, v1::Initiative::Kind> kKinds[] = {
    {InitiativeKind::kPillar, v1::Initiative::KIND_PILLAR},
    {InitiativeKind::kMeasure, v1::Initiative::KIND_MEASURE},
    {InitiativeKind::kAction, v1::Initiative::KIND_ACTION}};
constexpr EnumPair<EntryType, v1::Entry::Type> kTypes[] = {
    {EntryType::kAccomplishment, v1::Entry::TYPE_ACCOMPLISHMENT},
    {EntryType::kPlanned, v1::Entry::TYPE_PLANNED}};

v1::Entry ToWire(const Entry& entry, int order) {
  v1::Entry out;
  out.set_fiscal_year(entry.fiscal_year.ToId());
  out.set_type(ToWireEnum(entry.type, absl::MakeConstSpan(kTypes),
                          v1::Entry::TYPE_UNSPECIFIED));
  out.set_text(entry.text);
  out.set_marker(entry.marker);
  out.set_order(order);
  int child_order = 0;
  for (const Entry& child : entry.children) {
    *out.add_children() = ToWire(child, child_order++);
  }
  if (!entry.provenance.file.empty() || entry.provenance.line != 0) {
    *out.mutable_place() = ToWirePlace(entry.provenance);
  }
  return out;
}

// A child has the year and type of its parent; it may repeat them, not differ.
void ReadYearAndType(const v1::Entry& in, const Entry* parent,
                     const FieldReader& reader, Entry* out) {
  const bool own_year = parent == nullptr || !in.fiscal_year().empty();
  const bool own_type =
      parent == nullptr || in.type() != v1::Entry::TYPE_UNSPECIFIED;
  if (parent != nullptr) {
    out->fiscal_year = parent->fiscal_year;
    out->type = parent->type;
  }
  if (own_year) {
    if (parent == nullptr) reader.Required("fiscal_year", in.fiscal_year());
    if (auto year = reader.FiscalYear("fiscal_year", in.fiscal_year())) {
      out->fiscal_year = *year;
    }
  }
  if (own_type) {
    out->type = reader.Enum("type", in.type(), absl::MakeConstSpan(kTypes),
                            EntryType::kUnspecified);
  }
  if (parent != nullptr && (!(out->fiscal_year == parent->fiscal_year) ||
                            out->type != parent->type)) {
    reader.Refuse("", "a line below another has its fiscal year and type",
                  "下位の行は、上位の行と同じ年度・種別でなければなりません");
  }
}

Entry ReadEntry(const v1::Entry& in, const Entry* parent, int depth,
                const FieldReader& reader) {
  Entry entry;
  ReadYearAndType(in, parent, reader, &entry);
  entry.text = in.text();
  entry.marker = in.marker();
  ReadPlace(in.place(), reader.At("place"), &entry.provenance);
  if (depth >= limits::kMaxEntryDepth && in.children_size() > 0) {
    reader.Refuse("children", "at most 8 levels of lines",
                  "行の階層は8段までです");
    return entry;
  }
  for (int i = 0; i < in.children_size(); ++i) {
    entry.children.push_back(
        ReadEntry(in.children(i), &entry, depth + 1, reader.At("children", i)));
  }
  return entry;
}

}  // namespace

v1::Initiative ToWire(const Initiative& initiative,
                      const std::string& history) {
  v1::Initiative out;
  out.set_name(NameOf(initiative.key()));
  FillStamp(initiative.stamp, history, &out);
  if (!initiative.parent.empty()) {
    out.set_parent_initiative(
        NameOf(InitiativeKey{initiative.plan, initiative.parent}));
  }
  out.set_kind(ToWireEnum(initiative.kind, absl::MakeConstSpan(kKinds),
                          v1::Initiative::KIND_UNSPECIFIED));
  out.set_label(initiative.label);
  out.set_display_name(initiative.display_name);
  out.set_subtitle(initiative.subtitle);
  out.set_order(initiative.order);
  out.set_owner(initiative.owner);
  for (const auto& [name, value] : initiative.parameters) {
    (*out.mutable_parameters())[name] = value.ToString();
  }
  std::map<std::pair<int, EntryType>, int> orders;
  for (const Entry& entry : initiative.entries) {
    *out.add_entries() =
        ToWire(entry, orders[{entry.fiscal_year.year(), entry.type}]++);
  }
  for (const std::string& field : initiative.manual_fields) {
    out.add_manual_fields(field);
  }
  return out;
}

Initiative ReadInitiative(const v1::Initiative& in, const InitiativeKey& key,
                          const FieldReader& reader) {
  Initiative initiative;
  initiative.plan = key.plan;
  initiative.id = key.initiative;
  initiative.parent = ReadInitiativeOf(reader, "parent_initiative",
                                       in.parent_initiative(), key.plan);
  initiative.kind = reader.Enum("kind", in.kind(), absl::MakeConstSpan(kKinds),
                                InitiativeKind::kUnspecified);
  initiative.label = in.label();
  initiative.display_name = in.display_name();
  initiative.subtitle = in.subtitle();
  initiative.order = in.order();
  if (in.order() < 0) {
    reader.Refuse("order", "must be 0 or more", "0以上でなければなりません");
  }
  initiative.owner = in.owner();
  initiative.parameters = reader.ReadParameters("parameters", in.parameters());
  for (int i = 0; i < in.entries_size(); ++i) {
    initiative.entries.push_back(
        ReadEntry(in.entries(i), nullptr, 1, reader.At("entries", i)));
  }
  return initiative;
}

const std::vector<std::string>& WritableInitiativeFields() {
  static const auto& fields = *new std::vector<std::string>{"parent_initiative",
                                                            "kind",
                                                            "label",
                                                            "display_name",
                                                            "subtitle",
                                                            "order",
                                                            "owner",
                                                            "parameters",
                                                            "entries"};
  return fields;
}

void PatchInitiative(const Initiative& from, const std::set<std::string>& mask,
                     Initiative* to) {
  if (mask.count("parent_initiative")) to->parent = from.parent;
  if (mask.count("kind")) to->kind = from.kind;
  if (mask.count("label")) to->label = from.label;
  if (mask.count("display_name")) to->display_name = from.display_name;
  if (mask.count("subtitle")) to->subtitle = from.subtitle;
  if (mask.count("order")) to->order = from.order;
  if (mask.count("owner")) to->owner = from.owner;
  if (mask.count("parameters")) to->parameters = from.parameters;
  if (mask.count("entries")) to->entries = from.entries;
}

}  // namespace shirube
