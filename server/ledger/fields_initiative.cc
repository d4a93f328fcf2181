// The fields of an initiative. Entries are compared by year and type: a report
// says all of one year's accomplishments or plans, and nothing of other years.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/ledger/fields.h"

namespace shirube::ledger {

namespace {

using Group = std::pair<Period, EntryType>;

std::string TextOfEntry(const Entry& entry, Detail detail, int depth) {
  std::string text = absl::StrCat(std::string(2 * depth, ' '), entry.marker,
                                  entry.marker.empty() ? "" : " ", entry.text);
  if (detail == Detail::kAll) {
    absl::StrAppend(&text, "|", entry.marker, "|", TextOf(entry.fiscal_year),
                    "|", static_cast<int>(entry.type), "|",
                    TextOf(entry.provenance));
  }
  for (const Entry& child : entry.children) {
    absl::StrAppend(&text, "\n", TextOfEntry(child, detail, depth + 1));
  }
  return text;
}

std::vector<Group> GroupsOf(const std::vector<Entry>& entries) {
  std::vector<Group> groups;
  for (const Entry& entry : entries) {
    const Group group(entry.fiscal_year, entry.type);
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) {
      groups.push_back(group);
    }
  }
  return groups;
}

std::string TextOfGroup(const std::vector<Entry>& entries, const Group& group,
                        Detail detail) {
  std::string text;
  for (const Entry& entry : entries) {
    if (Group(entry.fiscal_year, entry.type) != group) continue;
    absl::StrAppend(&text, text.empty() ? "" : "\n",
                    TextOfEntry(entry, detail, 0));
  }
  return text;
}

std::string TextOfEntries(const std::vector<Entry>& entries, Detail detail) {
  std::string text;
  for (const Group& group : GroupsOf(entries)) {
    absl::StrAppend(
        &text, text.empty() ? "" : "\n", TextOf(group.first), " ",
        group.second == EntryType::kPlanned ? "PLANNED" : "ACCOMPLISHMENT",
        "\n", TextOfGroup(entries, group, detail));
  }
  return text;
}

// What is stored, with the groups that `wanted` mentions in its words; a group
// that says the same keeps its stored form.
void Complete(const Initiative& stored, Initiative* wanted) {
  const std::vector<Group> known = GroupsOf(stored.entries);
  std::vector<Entry> entries;
  const auto add = [&entries](const std::vector<Entry>& from,
                              const Group& group) {
    for (const Entry& entry : from) {
      if (Group(entry.fiscal_year, entry.type) == group) {
        entries.push_back(entry);
      }
    }
  };
  for (const Group& group : known) {
    const std::string now = TextOfGroup(wanted->entries, group, Detail::kSaid);
    const bool keep =
        now.empty() || now == TextOfGroup(stored.entries, group, Detail::kSaid);
    add(keep ? stored.entries : wanted->entries, group);
  }
  for (const Group& group : GroupsOf(wanted->entries)) {
    if (std::find(known.begin(), known.end(), group) == known.end()) {
      add(wanted->entries, group);
    }
  }
  wanted->entries = std::move(entries);
}

bool OnlyAdds(const Initiative& stored, const Initiative& wanted) {
  for (const Group& group : GroupsOf(stored.entries)) {
    if (TextOfGroup(stored.entries, group, Detail::kSaid) !=
        TextOfGroup(wanted.entries, group, Detail::kSaid)) {
      return false;
    }
  }
  return true;
}

std::pair<std::string, std::string> Differ(const Initiative& stored,
                                           const Initiative& wanted) {
  std::vector<Entry> before, after;
  for (const Group& group : GroupsOf(wanted.entries)) {
    if (TextOfGroup(stored.entries, group, Detail::kSaid) ==
        TextOfGroup(wanted.entries, group, Detail::kSaid)) {
      continue;
    }
    for (const Entry& entry : stored.entries) {
      if (Group(entry.fiscal_year, entry.type) == group) {
        before.push_back(entry);
      }
    }
    for (const Entry& entry : wanted.entries) {
      if (Group(entry.fiscal_year, entry.type) == group) {
        after.push_back(entry);
      }
    }
  }
  return {TextOfEntries(before, Detail::kSaid),
          TextOfEntries(after, Detail::kSaid)};
}

Field<Initiative> EntriesField() {
  Field<Initiative> field =
      MemberField("entries", &Initiative::entries,
                  [](const std::vector<Entry>& entries, Detail detail) {
                    return TextOfEntries(entries, detail);
                  });
  field.complete = Complete;
  field.only_adds = OnlyAdds;
  field.differ = Differ;
  return field;
}

}  // namespace

template <>
const std::vector<Field<Initiative>>& FieldsOf<Initiative>() {
  static const auto* const kFields = new std::vector<Field<Initiative>>{
      MemberField("parent_initiative", &Initiative::parent,
                  [](const InitiativeId& id, Detail) { return id.value(); }),
      MemberField("kind", &Initiative::kind,
                  [](InitiativeKind kind, Detail) -> std::string {
                    switch (kind) {
                      case InitiativeKind::kPillar:
                        return "PILLAR";
                      case InitiativeKind::kMeasure:
                        return "MEASURE";
                      case InitiativeKind::kAction:
                        return "ACTION";
                      case InitiativeKind::kUnspecified:
                        break;
                    }
                    return "";
                  }),
      TextField("label", &Initiative::label),
      TextField("display_name", &Initiative::display_name),
      TextField("subtitle", &Initiative::subtitle),
      MemberField("order", &Initiative::order,
                  [](int order, Detail) { return absl::StrCat(order); }),
      TextField("owner", &Initiative::owner),
      Manual(MemberField("parameters", &Initiative::parameters,
                         [](const Parameters& parameters, Detail) {
                           return TextOf(parameters);
                         })),
      EntriesField(),
  };
  return *kFields;
}

}  // namespace shirube::ledger
