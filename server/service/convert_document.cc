#include "server/service/convert_document.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/json_util.h"
#include "server/ledger/ledger.h"
#include "server/service/convert_assessment.h"
#include "server/service/convert_common.h"
#include "server/service/convert_indicator.h"
#include "server/service/convert_initiative.h"
#include "server/service/convert_observation.h"
#include "server/service/convert_plan.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

// Names given twice: the second one is refused.
class Names {
 public:
  void Add(const FieldReader& reader, std::string_view field,
           const std::string& id, const std::string& printed) {
    if (id.empty() || seen_.insert(id).second) return;
    reader.Refuse(field,
                  absl::StrCat(Quoted(printed), " is in the document twice"),
                  absl::StrCat(QuotedJa(printed), "が文書に2回あります"));
  }

 private:
  std::set<std::string> seen_;
};

void ReadInitiatives(const v1::PlanDocument& in, const PlanId& plan,
                     const FieldReader& reader, PlanDocument* out) {
  Names names;
  for (int i = 0; i < in.initiatives_size(); ++i) {
    const FieldReader at = reader.At("initiatives", i);
    const v1::Initiative& row = in.initiatives(i);
    const InitiativeId id = ReadInitiativeOf(at, "name", row.name(), plan);
    names.Add(at, "name", id.value(), row.name());
    out->initiatives.push_back(ReadInitiative(row, {plan, id}, at));
  }
}

void ReadIndicators(const v1::PlanDocument& in, const PlanId& plan,
                    const FieldReader& reader, PlanDocument* out) {
  Names names;
  for (int i = 0; i < in.indicators_size(); ++i) {
    const FieldReader at = reader.At("indicators", i);
    const v1::Indicator& row = in.indicators(i);
    const IndicatorId id = ReadIndicatorOf(at, "name", row.name(), plan);
    names.Add(at, "name", id.value(), row.name());
    out->indicators.push_back(
        ReadIndicator(row, {plan, id}, Superseded::kRead, at));
  }
}

void ReadObservations(const v1::PlanDocument& in, const PlanId& plan,
                      const FieldReader& reader, PlanDocument* out) {
  Names names;
  std::map<IndicatorId, IndicatorKind> kinds;
  for (const Indicator& indicator : out->indicators) {
    kinds.emplace(indicator.id, indicator.kind);
  }
  for (int i = 0; i < in.observations_size(); ++i) {
    const FieldReader at = reader.At("observations", i);
    const v1::Observation& row = in.observations(i);
    at.Required("indicator", row.indicator());
    const IndicatorId id =
        ReadIndicatorOf(at, "indicator", row.indicator(), plan);
    const size_t before = reader.violations()->size();
    Observation observation = ReadObservation(row, {plan, id}, at);
    if (const auto kind = kinds.find(id); kind != kinds.end()) {
      AssumeBasis(kind->second, &observation);
    }
    if (reader.violations()->size() == before) {
      names.Add(at, "period", absl::StrCat(id.value(), "/", observation.id()),
                observation.id());
    }
    out->observations.push_back(std::move(observation));
  }
}

void ReadAssessments(const v1::PlanDocument& in, const PlanId& plan,
                     const FieldReader& reader, PlanDocument* out) {
  for (int i = 0; i < in.assessments_size(); ++i) {
    const FieldReader at = reader.At("assessments", i);
    const v1::Assessment& row = in.assessments(i);
    AssessmentKey key{plan, {}};
    const std::string prefix = absl::StrCat(NameOf(plan), "/assessments/");
    const std::string name =
        absl::StartsWith(row.name(), "plans/-/")
            ? absl::StrCat(NameOf(plan), row.name().substr(7))
            : row.name();
    if (!name.empty()) {
      if (auto read = ReadAssessmentName(at, "name", name)) {
        key.assessment = read->assessment;
        if (read->plan != plan) {
          at.Refuse("name", "is of another plan", "別の計画のものです");
        }
      }
    }
    out->assessments.push_back(
        ReadAssessment(row, key, SubjectIs::kRequired, at));
  }
}

bool IsSha256(const std::string& text) {
  return text.size() == 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void ReadSources(const v1::PlanDocument& in, const FieldReader& reader,
                 PlanDocument* out) {
  if (in.sources_size() > limits::kMaxSources) {
    reader.Refuse("sources", absl::StrCat("at most ", limits::kMaxSources),
                  absl::StrCat(limits::kMaxSources, "件までです"));
    return;
  }
  Names names;
  for (int i = 0; i < in.sources_size(); ++i) {
    const FieldReader at = reader.At("sources", i);
    const v1::Source& row = in.sources(i);
    PlanSource source;
    source.file = row.file();
    source.sha256 = row.sha256();
    if (!IsSha256(row.sha256())) {
      at.Refuse("sha256", "must be 64 lower-case hex digits",
                "16進小文字64桁でなければなりません");
    }
    names.Add(at, "sha256", row.sha256(), row.sha256());
    source.encoding = row.encoding();
    source.lines = row.lines();
    source.normalisations.assign(row.normalizations().begin(),
                                 row.normalizations().end());
    out->sources.push_back(std::move(source));
  }
}

void ReadLayout(const v1::PlanDocument& in, const FieldReader& reader,
                PlanDocument* out) {
  if (!in.has_layout()) return;
  if (in.layout().ByteSizeLong() > limits::kMaxLayoutBytes) {
    reader.Refuse("layout",
                  absl::StrCat("at most ", limits::kMaxLayoutBytes, " bytes"),
                  absl::StrCat(limits::kMaxLayoutBytes, "バイトまでです"));
    return;
  }
  reader.At("layout").FiscalYear("fiscal_year", in.layout().fiscal_year());
  PlanSource* owner = nullptr;
  for (PlanSource& source : out->sources) {
    if (source.file == in.layout().file()) owner = &source;
  }
  if (owner == nullptr && in.layout().file().empty() &&
      out->sources.size() == 1) {
    owner = &out->sources[0];
  }
  if (owner == nullptr) {
    reader.Refuse("layout.file", "names none of the files in `sources`",
                  "`sources`にあるファイルを指していません");
    return;
  }
  owner->layout = LayoutToText(in.layout());
}

std::string StoredName(const std::map<std::string, std::string>& names,
                       const PlanId& plan, const std::string& name) {
  if (name.empty()) return name;
  std::string own = absl::StartsWith(name, "plans/-/")
                        ? absl::StrCat(NameOf(plan), name.substr(7))
                        : name;
  for (const std::string& key : {name, own}) {
    const auto found = names.find(key);
    if (found != names.end()) return found->second;
  }
  return own;
}

}  // namespace

std::string LayoutToText(const v1::Layout& layout) {
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(layout, &text, options)
           .ok()) {
    text.clear();
  }
  return text;
}

absl::StatusOr<v1::Layout> LayoutFromText(const std::string& text) {
  v1::Layout layout;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  if (!google::protobuf::util::JsonStringToMessage(text, &layout, options)
           .ok()) {
    return MakeError(absl::StatusCode::kDataLoss, "STORE_CORRUPT",
                     "a stored report layout cannot be read",
                     "保存されている報告書のレイアウトを読めません");
  }
  return layout;
}

void RenameInLayouts(const std::map<std::string, std::string>& names,
                     PlanDocument* document) {
  const PlanId& plan = document->plan.id;
  for (PlanSource& source : document->sources) {
    if (source.layout.empty()) continue;
    absl::StatusOr<v1::Layout> layout = LayoutFromText(source.layout);
    if (!layout.ok()) continue;
    for (v1::LayoutSection& section : *layout->mutable_sections()) {
      for (v1::LayoutHeading& heading : *section.mutable_headings()) {
        heading.set_initiative(StoredName(names, plan, heading.initiative()));
      }
      for (v1::LayoutTable& table : *section.mutable_tables()) {
        table.set_pillar(StoredName(names, plan, table.pillar()));
        for (v1::LayoutRow& row : *table.mutable_rows()) {
          row.set_indicator(StoredName(names, plan, row.indicator()));
        }
      }
    }
    source.layout = LayoutToText(*layout);
  }
}

PlanDocument ReadDocument(const v1::PlanDocument& in, const PlanId& plan,
                          const FieldReader& reader) {
  PlanDocument out;
  const std::string& name = in.plan().name();
  if (!name.empty() && name != "plans/-" && name != NameOf(plan)) {
    reader.At("plan").Refuse("name",
                             "is another plan than the one named in "
                             "`plan` of the request",
                             "リクエストの`plan`とは別の計画です");
  }
  out.plan = ReadPlan(in.plan(), plan, reader.At("plan"));
  ReadInitiatives(in, plan, reader, &out);
  ReadIndicators(in, plan, reader, &out);
  ReadObservations(in, plan, reader, &out);
  ReadAssessments(in, plan, reader, &out);
  ReadSources(in, reader, &out);
  ReadLayout(in, reader, &out);
  return out;
}

std::set<std::string> ReadApplyMask(const google::protobuf::FieldMask& mask,
                                    const FieldReader& reader) {
  const std::pair<std::string, const std::vector<std::string>*> families[] = {
      {"plan.", &WritablePlanFields()},
      {"initiatives.", &WritableInitiativeFields()},
      {"indicators.", &WritableIndicatorFields()},
      {"assessments.", &WritableAssessmentFields()}};
  std::set<std::string> out;
  for (const std::string& path : mask.paths()) {
    bool known = path == "*";
    for (const auto& [family, fields] : families) {
      known = known || (absl::StartsWith(path, family) &&
                        std::find(fields->begin(), fields->end(),
                                  path.substr(family.size())) != fields->end());
    }
    if (known) {
      out.insert(path);
    } else {
      reader.Refuse(
          "update_mask",
          absl::StrCat(Quoted(path),
                       " is no path here; use plan.x, initiatives.x, "
                       "indicators.x, assessments.x or *"),
          absl::StrCat(
              QuotedJa(path),
              "は使えません。plan.x、initiatives.x、"
              "indicators.x、assessments.x、*のいずれかを指定してください"));
    }
  }
  return out;
}

v1::Source ToWire(const PlanSource& source) {
  v1::Source out;
  out.set_file(source.file);
  out.set_sha256(source.sha256);
  out.set_encoding(source.encoding);
  out.set_lines(source.lines);
  for (const std::string& step : source.normalisations) {
    out.add_normalizations(step);
  }
  return out;
}

v1::Change ToWire(const PlanChange& change) {
  static constexpr EnumPair<PlanChange::Kind, v1::Change::Kind> kKinds[] = {
      {PlanChange::Kind::kCreate, v1::Change::KIND_CREATE},
      {PlanChange::Kind::kUpdate, v1::Change::KIND_UPDATE},
      {PlanChange::Kind::kCorrect, v1::Change::KIND_CORRECT},
      {PlanChange::Kind::kDelete, v1::Change::KIND_DELETE}};
  static constexpr EnumPair<PlanChange::Held, v1::Change::Held> kHeld[] = {
      {PlanChange::Held::kNeedsAcceptCorrections,
       v1::Change::HELD_NEEDS_ACCEPT_CORRECTIONS},
      {PlanChange::Held::kNeedsMask, v1::Change::HELD_NEEDS_UPDATE_MASK},
      {PlanChange::Held::kNeedsOverwriteManual,
       v1::Change::HELD_NEEDS_OVERWRITE_MANUAL}};
  v1::Change out;
  out.set_kind(ToWireEnum(change.kind, absl::MakeConstSpan(kKinds),
                          v1::Change::KIND_UNSPECIFIED));
  out.set_held(ToWireEnum(change.held, absl::MakeConstSpan(kHeld),
                          v1::Change::HELD_UNSPECIFIED));
  out.set_name(change.name);
  out.set_display_name(change.display_name);
  out.set_field(change.field);
  out.set_before(change.before);
  out.set_after(change.after);
  if (!change.place.file.empty() || change.place.line != 0) {
    *out.mutable_place() = ToWirePlace(change.place);
  }
  return out;
}

}  // namespace shirube
