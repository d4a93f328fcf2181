#include "server/rule_host/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/domain/decimal.h"
#include "server/rule_host/frame/areas.h"

namespace shirube {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxReasons = 1000;
// Of a manifest: 4. What is nested more deeply is never built, because whoever
// copies or prints it goes as deep.
constexpr int kMaxDepth = 8;

absl::Status Invalid(std::string_view where, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("manifest: ", std::string(where), ": ", std::string(what)));
}

std::string Join(std::string_view where, std::string_view name) {
  return where.empty()
             ? std::string(name)
             : absl::StrCat(std::string(where), ".", std::string(name));
}

// [first][rest]{0,most-1}
bool IsName(std::string_view text, bool upper, size_t most) {
  const char a = upper ? 'A' : 'a';
  const auto letter = [a](char c) { return c >= a && c <= a + 25; };
  if (text.empty() || text.size() > most || !letter(text[0])) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

absl::StatusOr<std::string> Text(const Json& object, std::string_view where,
                                 const char* name, bool required) {
  const auto at = object.find(name);
  if (at == object.end()) {
    if (!required) return std::string();
    return Invalid(Join(where, name), "is missing");
  }
  if (!at->is_string()) return Invalid(Join(where, name), "must be a string");
  std::string text = at->get<std::string>();
  // It is shown in terminals and logs.
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; })) {
    return Invalid(Join(where, name), "must not hold control characters");
  }
  return text;
}

absl::StatusOr<ManifestText> Texts(const Json& object, std::string_view where,
                                   const char* name, bool required) {
  ManifestText text;
  const auto at = object.find(name);
  if (at == object.end() && !required) return text;
  if (at == object.end() || !at->is_object()) {
    return Invalid(Join(where, name), "must be {\"ja\": …, \"en\": …}");
  }
  const std::string inside = Join(where, name);
  SHIRUBE_ASSIGN_OR_RETURN(text.ja, Text(*at, inside, "ja", true));
  SHIRUBE_ASSIGN_OR_RETURN(text.en, Text(*at, inside, "en", true));
  return text;
}

// Where the method comes from: one text, or one a language.
absl::StatusOr<ManifestText> Source(const Json& root) {
  const auto at = root.find("source");
  if (at == root.end() || !at->is_string()) {
    return Texts(root, "", "source", true);
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::string text,
                           Text(root, "", "source", true));
  return ManifestText{text, text};
}

absl::StatusOr<int64_t> Millionths(const Json& object, std::string_view where,
                                   const char* name) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::string text,
                           Text(object, where, name, true));
  const absl::StatusOr<Decimal> number = Decimal::Parse(text);
  const absl::StatusOr<Decimal> scaled =
      number.ok() ? number->Rescaled(6) : number;
  if (!scaled.ok()) {
    return Invalid(Join(where, name),
                   absl::StrCat("\"", text,
                                "\" is no decimal number of at most 6 places"));
  }
  return scaled->units();
}

// The elements of an optional array, each an object.
absl::StatusOr<std::vector<Json>> Objects(const Json& object, const char* name,
                                          size_t most) {
  const auto at = object.find(name);
  if (at == object.end()) return std::vector<Json>();
  if (!at->is_array() || at->size() > most) {
    return Invalid(
        name, absl::StrCat("must be a list of at most ", most, " objects"));
  }
  std::vector<Json> objects;
  for (const Json& element : *at) {
    if (!element.is_object()) return Invalid(name, "must hold objects");
    objects.push_back(element);
  }
  return objects;
}

absl::Status CheckIdentity(const Manifest& manifest) {
  if (!IsName(manifest.id, /*upper=*/false, 63)) {
    return Invalid("id", absl::StrCat("\"", manifest.id,
                                      "\" must match [a-z][a-z0-9_]{0,62}"));
  }
  const std::vector<std::string> parts = absl::StrSplit(manifest.version, '.');
  const bool numbers =
      parts.size() == 3 &&
      std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
        return !part.empty() && part.size() <= 9 &&
               part.find_first_not_of("0123456789") == std::string::npos &&
               (part.size() == 1 || part[0] != '0');
      });
  if (!numbers) {
    return Invalid("version", absl::StrCat("\"", manifest.version,
                                           "\" must be like 1.0.0"));
  }
  return absl::OkStatus();
}

// "0.2".
absl::Status ReadMajorMinor(const Json& json, const char* name, uint32_t* major,
                            uint32_t* minor) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::string text, Text(json, "", name, true));
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], major) ||
      !absl::SimpleAtoi(parts[1], minor)) {
    return Invalid(name, absl::StrCat("\"", text, "\" must be like 0.2"));
  }
  return absl::OkStatus();
}

absl::Status ReadRequires(const Json& json, Manifest* manifest) {
  const auto at = json.find("requires");
  if (at == json.end()) return absl::OkStatus();
  if (!at->is_array()) return Invalid("requires", "must be a list");
  for (const Json& column : *at) {
    if (column == "target") {
      manifest->requires_target = true;
    } else if (column == "observation") {
      manifest->requires_observation = true;
    } else if (column == "today") {
      manifest->requires_today = true;
    } else {
      return Invalid("requires",
                     absl::StrCat(column.dump(),
                                  " is none of target, observation, today"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadParameters(const Json& json, Manifest* manifest) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Json> list,
                           Objects(json, "parameters", frame::kMaxParameters));
  std::set<std::string> names;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string where = absl::StrCat("parameters[", i, "]");
    ManifestParameter parameter;
    SHIRUBE_ASSIGN_OR_RETURN(parameter.name,
                             Text(list[i], where, "name", true));
    if (!IsName(parameter.name, /*upper=*/false, 63) ||
        !names.insert(parameter.name).second) {
      return Invalid(where, "needs a name of its own like pace_threshold");
    }
    SHIRUBE_ASSIGN_OR_RETURN(parameter.default_millionths,
                             Millionths(list[i], where, "default"));
    SHIRUBE_ASSIGN_OR_RETURN(parameter.min_millionths,
                             Millionths(list[i], where, "min"));
    SHIRUBE_ASSIGN_OR_RETURN(parameter.max_millionths,
                             Millionths(list[i], where, "max"));
    if (parameter.min_millionths > parameter.default_millionths ||
        parameter.default_millionths > parameter.max_millionths) {
      return Invalid(where, "needs min <= default <= max");
    }
    SHIRUBE_ASSIGN_OR_RETURN(const std::string stricter,
                             Text(list[i], where, "stricter", false));
    if (stricter == "higher") {
      parameter.stricter = ManifestParameter::Stricter::kHigher;
    } else if (stricter == "lower") {
      parameter.stricter = ManifestParameter::Stricter::kLower;
    } else if (!stricter.empty()) {
      return Invalid(where + ".stricter", "must be higher or lower");
    }
    SHIRUBE_ASSIGN_OR_RETURN(parameter.at_most,
                             Text(list[i], where, "at_most", false));
    SHIRUBE_ASSIGN_OR_RETURN(parameter.title,
                             Texts(list[i], where, "title", false));
    manifest->parameters.push_back(std::move(parameter));
  }
  for (const ManifestParameter& parameter : manifest->parameters) {
    if (parameter.at_most.empty()) continue;
    const auto most = std::find_if(
        manifest->parameters.begin(), manifest->parameters.end(),
        [&](const auto& other) { return other.name == parameter.at_most; });
    if (most == manifest->parameters.end()) {
      return Invalid(parameter.name + ".at_most", "names no parameter");
    }
    if (parameter.default_millionths > most->default_millionths) {
      return Invalid(parameter.name + ".default",
                     absl::StrCat("is above the default of ", most->name,
                                  ", which it may not exceed"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadFacts(const Json& json, Manifest* manifest) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Json> list,
                           Objects(json, "facts", frame::kMaxFacts));
  std::set<std::string> names;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string where = absl::StrCat("facts[", i, "]");
    ManifestFact fact;
    SHIRUBE_ASSIGN_OR_RETURN(fact.name, Text(list[i], where, "name", true));
    if (!IsName(fact.name, /*upper=*/false, 63) ||
        !names.insert(fact.name).second) {
      return Invalid(where, "needs a name of its own like pace_ratio");
    }
    SHIRUBE_ASSIGN_OR_RETURN(const std::string unit,
                             Text(list[i], where, "unit", true));
    if (unit != "row" && unit != "ratio") {
      return Invalid(where + ".unit", "must be row or ratio");
    }
    fact.unit =
        unit == "row" ? ManifestFact::Unit::kRow : ManifestFact::Unit::kRatio;
    SHIRUBE_ASSIGN_OR_RETURN(fact.title, Texts(list[i], where, "title", false));
    manifest->facts.push_back(std::move(fact));
  }
  return absl::OkStatus();
}

// What a RAISED reason raises: a status or a mark, exactly one.
absl::Status ReadRaised(const Json& json, const std::string& where,
                        ManifestReason* reason) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::string status,
                           Text(json, where, "status", false));
  SHIRUBE_ASSIGN_OR_RETURN(reason->mark, Text(json, where, "mark", false));
  if (status.empty() == reason->mark.empty()) {
    return Invalid(where, "raises a status or a mark: give one of the two");
  }
  if (!reason->mark.empty()) {
    return IsName(reason->mark, /*upper=*/true, 63)
               ? absl::OkStatus()
               : Invalid(where + ".mark", "must be like STALE");
  }
  if (status == "ACHIEVED") {
    reason->status = Status::kAchieved;
  } else if (status == "ON_TRACK") {
    reason->status = Status::kOnTrack;
  } else if (status == "AT_RISK") {
    reason->status = Status::kAtRisk;
  } else {
    return Invalid(where + ".status", "must be ACHIEVED, ON_TRACK or AT_RISK");
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::string severity,
                           Text(json, where, "severity", false));
  if (severity == "CRITICAL") {
    reason->severity = Severity::kCritical;
  } else if (severity == "WARNING") {
    reason->severity = Severity::kWarning;
  } else if (!severity.empty()) {
    return Invalid(where + ".severity", "must be WARNING or CRITICAL");
  }
  return absl::OkStatus();
}

absl::StatusOr<ManifestReason> ReadReason(const Json& json,
                                          const std::string& where) {
  ManifestReason reason;
  const auto code = json.find("code");
  if (code == json.end() || !code->is_number_unsigned() ||
      code->get<uint64_t>() == 0 || code->get<uint64_t>() >= kFirstHostReason) {
    return Invalid(where + ".code",
                   absl::StrCat("must be 1 to ", kFirstHostReason - 1));
  }
  reason.code = code->get<uint16_t>();
  SHIRUBE_ASSIGN_OR_RETURN(reason.id, Text(json, where, "id", true));
  if (!IsName(reason.id, /*upper=*/true, 63)) {
    return Invalid(where + ".id", "must be like ON_PACE");
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::string answer,
                           Text(json, where, "answer", true));
  if (answer == "RAISED") {
    reason.answer = kAnswerRaised;
    SHIRUBE_RETURN_IF_ERROR(ReadRaised(json, where, &reason));
  } else if (answer == "CANNOT_TELL") {
    reason.answer = kAnswerCannotTell;
  } else {
    return Invalid(where + ".answer", "must be RAISED or CANNOT_TELL");
  }
  SHIRUBE_ASSIGN_OR_RETURN(reason.symbol, Text(json, where, "symbol", false));
  SHIRUBE_ASSIGN_OR_RETURN(reason.title, Texts(json, where, "title", false));
  SHIRUBE_ASSIGN_OR_RETURN(reason.message, Texts(json, where, "message", true));
  return reason;
}

absl::Status ReadReasons(const Json& json, Manifest* manifest) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Json> list,
                           Objects(json, "reasons", kMaxReasons));
  if (list.empty()) return Invalid("reasons", "must declare at least one");
  std::set<uint16_t> codes;
  std::set<std::string> ids;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string where = absl::StrCat("reasons[", i, "]");
    SHIRUBE_ASSIGN_OR_RETURN(ManifestReason reason, ReadReason(list[i], where));
    if (!codes.insert(reason.code).second || !ids.insert(reason.id).second) {
      return Invalid(where, "has the code or id of another reason");
    }
    manifest->reasons.push_back(std::move(reason));
  }
  std::sort(manifest->reasons.begin(), manifest->reasons.end(),
            [](const ManifestReason& a, const ManifestReason& b) {
              return a.code < b.code;
            });
  return absl::OkStatus();
}

}  // namespace

const ManifestReason* Manifest::reason(uint16_t code) const {
  const auto at = std::lower_bound(
      reasons.begin(), reasons.end(), code,
      [](const ManifestReason& r, uint16_t c) { return r.code < c; });
  return at != reasons.end() && at->code == code ? &*at : nullptr;
}

bool Manifest::raises_marks() const {
  return std::any_of(reasons.begin(), reasons.end(),
                     [](const ManifestReason& r) { return !r.mark.empty(); });
}

absl::StatusOr<Manifest> ParseManifest(std::string_view json) {
  bool too_deep = false;
  const auto shallow = [&](int depth, Json::parse_event_t, Json&) {
    too_deep |= depth > kMaxDepth;
    return !too_deep;
  };
  const Json root = Json::parse(json.begin(), json.end(), shallow,
                                /*allow_exceptions=*/false);
  if (too_deep) {
    return Invalid("manifest", absl::StrCat("is nested more than ", kMaxDepth,
                                            " levels deep"));
  }
  if (root.is_discarded() || !root.is_object()) {
    return Invalid("manifest", "is no JSON object in UTF-8");
  }
  Manifest manifest;
  SHIRUBE_ASSIGN_OR_RETURN(manifest.id, Text(root, "", "id", true));
  SHIRUBE_ASSIGN_OR_RETURN(manifest.version, Text(root, "", "version", true));
  SHIRUBE_RETURN_IF_ERROR(CheckIdentity(manifest));
  SHIRUBE_RETURN_IF_ERROR(
      ReadMajorMinor(root, "abi", &manifest.abi_major, &manifest.abi_minor));
  SHIRUBE_RETURN_IF_ERROR(ReadMajorMinor(
      root, "data_schema", &manifest.schema_major, &manifest.schema_minor));
  SHIRUBE_ASSIGN_OR_RETURN(manifest.title, Texts(root, "", "title", true));
  SHIRUBE_RETURN_IF_ERROR(ReadRequires(root, &manifest));
  SHIRUBE_ASSIGN_OR_RETURN(const std::string arithmetic,
                           Text(root, "", "arithmetic", true));
  if (arithmetic != "exact" && arithmetic != "approximate") {
    return Invalid("arithmetic", "must be exact or approximate");
  }
  manifest.approximate = arithmetic == "approximate";
  SHIRUBE_ASSIGN_OR_RETURN(manifest.source, Source(root));
  SHIRUBE_RETURN_IF_ERROR(ReadParameters(root, &manifest));
  SHIRUBE_RETURN_IF_ERROR(ReadFacts(root, &manifest));
  SHIRUBE_RETURN_IF_ERROR(ReadReasons(root, &manifest));
  const size_t marks = static_cast<size_t>(
      std::count_if(manifest.reasons.begin(), manifest.reasons.end(),
                    [](const ManifestReason& r) { return !r.mark.empty(); }));
  const size_t raised = static_cast<size_t>(std::count_if(
      manifest.reasons.begin(), manifest.reasons.end(),
      [](const ManifestReason& r) { return r.answer == kAnswerRaised; }));
  if (marks != 0 && marks != raised) {
    return Invalid("reasons", "a module raises statuses or marks, never both");
  }
  return manifest;
}

std::string_view ReasonWord(const Manifest& manifest, uint16_t code) {
  switch (code) {
    case kReasonNoTarget:
      return "NO_TARGET";
    case kReasonQualitativeTarget:
      return "QUALITATIVE_TARGET";
    case kReasonNoData:
      return "NO_DATA";
    case kReasonAmbiguous:
      return "AMBIGUOUS";
    case kReasonUnitMismatch:
      return "UNIT_MISMATCH";
    case kReasonUnanswered:
      return "UNANSWERED";
    default:
      break;
  }
  const ManifestReason* reason = manifest.reason(code);
  return reason == nullptr ? std::string_view() : reason->id;
}

}  // namespace shirube
