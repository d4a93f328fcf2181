// Which column holds which field: said once for each type, and used for the
// list of columns, for binding and for reading.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_CODEC_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_CODEC_H_

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "server/storage/records.h"
#include "server/storage/sqlite/statement.h"
#include "server/storage/sqlite/words.h"

namespace shirube::sqlite {

// Collects the names of the columns, in order.
class ColumnNames {
 public:
  template <typename T>
  void operator()(const std::string& name, const T&) {
    names_.push_back(name);
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

// Binds the fields to the next parameters.
class ColumnBinder {
 public:
  explicit ColumnBinder(Query* query) : query_(query) {}
  template <typename T>
  void operator()(const std::string&, const T& field) {
    if constexpr (std::is_enum_v<T>) {
      query_->Bind(WordOf(field));
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
      query_->BindWords(field);
    } else if constexpr (std::is_same_v<T, Period>) {
      // Not set: year 0 is no year that a period can have.
      field.year() == 0 ? query_->BindNull() : query_->Bind(field);
    } else {
      query_->Bind(field);
    }
  }

 private:
  Query* query_;
};

// Reads the next columns into the fields.
class ColumnReader {
 public:
  explicit ColumnReader(Query* query) : query_(query) {}
  void operator()(const std::string&, std::string& f) { f = query_->Text(); }
  void operator()(const std::string&, int64_t& f) { f = query_->Int(); }
  void operator()(const std::string&, int& f) {
    f = static_cast<int>(query_->Int());
  }
  void operator()(const std::string&, bool& f) { f = query_->Flag(); }
  void operator()(const std::string&, Decimal& f) { f = query_->Number(); }
  void operator()(const std::string&, absl::Time& f) { f = query_->Time(); }
  void operator()(const std::string&, Period& f) {
    f = query_->MaybePeriod().value_or(Period());
  }
  void operator()(const std::string&, std::optional<Decimal>& f) {
    f = query_->MaybeNumber();
  }
  void operator()(const std::string&, std::optional<Period>& f) {
    f = query_->MaybePeriod();
  }
  void operator()(const std::string&, std::optional<absl::Time>& f) {
    f = query_->MaybeTime();
  }
  void operator()(const std::string&, std::vector<std::string>& f) {
    f = query_->Words();
  }
  template <typename Tag>
  void operator()(const std::string&, Id<Tag>& f) {
    f = Id<Tag>(query_->Text());
  }
  template <typename E>
  std::enable_if_t<std::is_enum_v<E>> operator()(const std::string& name,
                                                 E& f) {
    const std::string word = query_->Text();
    const std::optional<E> value = EnumOf<E>(word);
    if (value.has_value()) {
      f = *value;
    } else {
      query_->FailCorrupt(name + " " + word);
    }
  }

 private:
  Query* query_;
};

// `T` is the type or its const.
template <typename V, typename T>
void ValueColumns(V& v, T& value, const std::string& prefix = "") {
  v(prefix + "number", value.number);
  v(prefix + "unread", value.unread);
  v(prefix + "unit", value.unit);
  v(prefix + "raw", value.raw);
  v(prefix + "multiplier", value.multiplier);
  v(prefix + "file", value.provenance.file);
  v(prefix + "line", value.provenance.line);
  v(prefix + "steps", value.provenance.steps);
}

template <typename V, typename T>
void StampColumns(V& v, T& stamp) {
  v("from_revision", stamp.revision);
  v("create_time", stamp.create_time);
  v("update_time", stamp.update_time);
  v("delete_time", stamp.delete_time);
  v("actor", stamp.actor);
}

// How a versioned resource is stored: its table, its key, its columns.
template <typename T>
struct TableOf;

template <>
struct TableOf<Plan> {
  static constexpr const char* kName = "plan";
  static constexpr const char* kKey = "id = ?";
  static void BindKey(Query& q, const PlanId& key) { q.Bind(key); }
  static PlanId KeyOf(const Plan& p) { return p.id; }
  template <typename V, typename T>
  static void Columns(V& v, T& p) {
    v("id", p.id);
    v("display_name", p.display_name);
    v("description", p.description);
    v("first_year", p.first_year);
    v("last_year", p.last_year);
    v("owner", p.owner);
    v("rule_set", p.rule_set);
    v("flag_policy", p.flag_policy.kind);
    v("at_risk_share", p.flag_policy.at_risk_share);
    v("manual_fields", p.manual_fields);
  }
};

template <>
struct TableOf<Initiative> {
  static constexpr const char* kName = "initiative";
  static constexpr const char* kKey = "plan = ? AND id = ?";
  static void BindKey(Query& q, const InitiativeKey& key) {
    q.Bind(key.plan).Bind(key.initiative);
  }
  static InitiativeKey KeyOf(const Initiative& i) { return i.key(); }
  template <typename V, typename T>
  static void Columns(V& v, T& i) {
    v("plan", i.plan);
    v("id", i.id);
    v("parent", i.parent);
    v("kind", i.kind);
    v("label", i.label);
    v("display_name", i.display_name);
    v("subtitle", i.subtitle);
    v("ordinal", i.order);
    v("owner", i.owner);
    v("manual_fields", i.manual_fields);
  }
};

template <>
struct TableOf<Indicator> {
  static constexpr const char* kName = "indicator";
  static constexpr const char* kKey = "plan = ? AND id = ?";
  static void BindKey(Query& q, const IndicatorKey& key) {
    q.Bind(key.plan).Bind(key.indicator);
  }
  static IndicatorKey KeyOf(const Indicator& i) { return i.key(); }
  // Publication is bound and read beside these: it may be missing as a whole.
  template <typename V, typename T>
  static void Columns(V& v, T& i) {
    v("plan", i.plan);
    v("id", i.id);
    v("display_name", i.display_name);
    v("definition", i.definition);
    v("unit", i.unit);
    v("kind", i.kind);
    v("quantity", i.quantity);
    v("direction", i.direction);
    v("window_start", i.window_start);
    v("noise_band", i.noise_band);
    v("owner", i.owner);
    v("source", i.source);
    v("notes", i.notes);
    v("printed_under", i.printed_under);
    v("manual_fields", i.manual_fields);
    v("ordinal", i.order);
  }
};

template <>
struct TableOf<Observation> {
  static constexpr const char* kName = "observation";
  static constexpr const char* kKey = "plan = ? AND indicator = ? AND id = ?";
  static void BindKey(Query& q, const ObservationKey& key) {
    q.Bind(key.indicator.plan).Bind(key.indicator.indicator).Bind(key.id);
  }
  static ObservationKey KeyOf(const Observation& o) {
    return {o.indicator_key(), o.id()};
  }
  template <typename V, typename T>
  static void Columns(V& v, T& o) {
    v("plan", o.plan);
    v("indicator", o.indicator);
    v("period", o.period);
    v("basis", o.basis);
    v("assumed_to_date", o.assumed_to_date);
    ValueColumns(v, o.value);
    v("state", o.state);
    v("note", o.note);
    v("source", o.source);
  }
};

template <>
struct TableOf<Assessment> {
  static constexpr const char* kName = "assessment";
  static constexpr const char* kKey = "plan = ? AND id = ?";
  static void BindKey(Query& q, const AssessmentKey& key) {
    q.Bind(key.plan).Bind(key.assessment);
  }
  static AssessmentKey KeyOf(const Assessment& a) { return {a.plan, a.id}; }
  template <typename V, typename T>
  static void Columns(V& v, T& a) {
    v("plan", a.plan);
    v("id", a.id);
    v("initiative", a.initiative);
    v("indicator", a.indicator);
    v("fiscal_year", a.fiscal_year);
    v("cause", a.cause);
    v("response", a.response);
    v("comment", a.comment);
    v("judgement", a.judgement);
    v("author", a.author);
    v("judged_on", a.judged_on);
  }
};

// Everything of a row but `version` and `to_revision`.
template <typename V, typename T>
void AllColumns(V& v, T& resource) {
  TableOf<std::remove_const_t<T>>::Columns(v, resource);
  StampColumns(v, resource.stamp);
}

template <typename V, typename T>
void VerdictColumns(V& v, T& verdict) {
  v("plan", verdict.indicator.plan);
  v("indicator", verdict.indicator.indicator);
  v("status", verdict.status);
  v("reason", verdict.reason);
  v("severity", verdict.severity);
  v("module", verdict.module);
  v("marks", verdict.marks);
  v("conflicting_module", verdict.conflicting_module);
  v("period", verdict.period);
  v("value", verdict.value);
  v("basis", verdict.basis);
  v("rule_set", verdict.rule_set);
  v("input_revision", verdict.input_revision);
  v("revision", verdict.revision);
  v("judged_time", verdict.judged_time);
  v("waiting_since", verdict.waiting_since);
}

// "a, b, c" with `prefix` before each name.
std::string Joined(const std::vector<std::string>& names,
                   const std::string& prefix = "");
// "?, ?, ?"
std::string Marks(size_t count);

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_CODEC_H_
