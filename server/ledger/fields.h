// The fields of a resource as a person names them: to see what a change
// changes, which fields a person set by hand, and what an import may replace.
#ifndef SHIRUBE_SERVER_LEDGER_FIELDS_H_
#define SHIRUBE_SERVER_LEDGER_FIELDS_H_

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/storage/records.h"

namespace shirube::ledger {

// How much of a field its text tells.
enum class Detail {
  kSaid,  // what it says: neither where it was printed nor how it was read
  kAll,   // every bit: two equal texts are two equal fields
};

template <typename T>
struct Field {
  std::string name;     // as in the API
  bool manual = false;  // a person's word on it counts more than an import's
  std::function<std::string(const T&, Detail)> text;  // "" when empty
  std::function<void(const T& from, T* to)> copy;

  // Of lists that an import adds to: completes `wanted` with what is stored and
  // not mentioned, and says whether nothing stored is changed by it.
  std::function<void(const T& stored, T* wanted)> complete;
  std::function<bool(const T& stored, const T& wanted)> only_adds;
  // The parts that differ; unset: the whole texts.
  std::function<std::pair<std::string, std::string>(const T&, const T&)> differ;
  // Where the document has it; unset: unknown.
  std::function<Provenance(const T&)> place;
};

template <typename T>
const std::vector<Field<T>>& FieldsOf();
template <>
const std::vector<Field<Plan>>& FieldsOf<Plan>();
template <>
const std::vector<Field<Initiative>>& FieldsOf<Initiative>();
template <>
const std::vector<Field<Indicator>>& FieldsOf<Indicator>();
template <>
const std::vector<Field<Assessment>>& FieldsOf<Assessment>();
template <>
const std::vector<Field<Observation>>& FieldsOf<Observation>();

template <typename T>
bool SameContent(const T& a, const T& b) {
  for (const Field<T>& field : FieldsOf<T>()) {
    if (field.text(a, Detail::kAll) != field.text(b, Detail::kAll)) {
      return false;
    }
  }
  return true;
}

// The hand-made fields in which `after` differs from `before`, added to
// `manual_fields` (sorted, each once).
template <typename T>
void NoteManualFields(const T& before, const T& after,
                      std::vector<std::string>* manual_fields) {
  for (const Field<T>& field : FieldsOf<T>()) {
    if (field.manual &&
        field.text(before, Detail::kAll) != field.text(after, Detail::kAll)) {
      manual_fields->push_back(field.name);
    }
  }
  std::sort(manual_fields->begin(), manual_fields->end());
  manual_fields->erase(
      std::unique(manual_fields->begin(), manual_fields->end()),
      manual_fields->end());
}

// ---- Texts that several resources need. ----
std::string TextOf(const Value& value, Detail detail);
std::string TextOf(const std::optional<Period>& period);
std::string TextOf(const Parameters& parameters);
std::string TextOf(const std::vector<std::string>& words);
std::string TextOf(const Provenance& provenance);

// A field that is one std::string.
template <typename T>
Field<T> TextField(const std::string& name, std::string T::*member) {
  Field<T> field;
  field.name = name;
  field.text = [member](const T& r, Detail) { return r.*member; };
  field.copy = [member](const T& from, T* to) { to->*member = from.*member; };
  return field;
}

// A field told by `text`, copied member by member.
template <typename T, typename M, typename F>
Field<T> MemberField(const std::string& name, M T::*member, F text) {
  Field<T> field;
  field.name = name;
  field.text = [member, text](const T& r, Detail d) {
    return text(r.*member, d);
  };
  field.copy = [member](const T& from, T* to) { to->*member = from.*member; };
  return field;
}

template <typename T>
Field<T> Manual(Field<T> field) {
  field.manual = true;
  return field;
}

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_FIELDS_H_
