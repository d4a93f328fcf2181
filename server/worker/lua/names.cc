#include "server/worker/lua/names.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "shirube/rule.hpp"

namespace shirube::lua {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 16;
// No more than the ABI's host takes.
constexpr size_t kMaxNames = 4096;

// Empty where there is none.
std::string Text(const Json& object, const char* field) {
  if (!object.is_object()) return "";
  const auto at = object.find(field);
  if (at == object.end()) return "";
  const auto* text = at->get_ptr<const std::string*>();
  return text == nullptr ? "" : *text;
}

// Hands over the objects of a list; none where there is no list.
template <typename Take>
bool Each(const Json& root, const char* field, const Take& take) {
  const auto at = root.find(field);
  if (at == root.end()) return true;
  if (!at->is_array() || at->size() > kMaxNames) return false;
  return std::all_of(at->begin(), at->end(), take);
}

bool TakeReason(const Json& json, Names* names) {
  Names::Reason reason;
  reason.id = Text(json, "id");
  reason.raised = Text(json, "answer") == "RAISED";
  const auto code = json.is_object() ? json.find("code") : json.end();
  if (reason.id.empty() || code == json.end() || !code->is_number_unsigned() ||
      code->get<uint64_t>() > UINT16_MAX) {
    return false;
  }
  reason.code = static_cast<uint16_t>(code->get<uint64_t>());
  names->reasons.push_back(std::move(reason));
  return true;
}

}  // namespace

const Names::Reason* Names::reason(uint16_t code) const {
  const auto at =
      std::find_if(reasons.begin(), reasons.end(),
                   [&](const Reason& reason) { return reason.code == code; });
  return at == reasons.end() ? nullptr : &*at;
}

bool ReadNames(std::string_view manifest, Names* names) {
  const auto shallow = [](int depth, Json::parse_event_t, Json&) {
    return depth <= kMaxDepth;
  };
  const Json root = Json::parse(manifest.begin(), manifest.end(), shallow,
                                /*allow_exceptions=*/false);
  if (root.is_discarded() || !root.is_object()) return false;
  names->id = Text(root, "id");
  const auto parameter = [&](const Json& json) {
    names->parameters.push_back(Text(json, "name"));
    return !names->parameters.back().empty();
  };
  const auto fact = [&](const Json& json) {
    names->facts.push_back({Text(json, "name"), Text(json, "unit") == "row"});
    return !names->facts.back().name.empty();
  };
  return !names->id.empty() &&
         Each(root, "reasons",
              [&](const Json& json) { return TakeReason(json, names); }) &&
         Each(root, "parameters", parameter) && Each(root, "facts", fact);
}

const char* ObstacleName(uint16_t code) {
  switch (code) {
    case rule::kNoTarget:
      return "NO_TARGET";
    case rule::kQualitativeTarget:
      return "QUALITATIVE_TARGET";
    case rule::kNoData:
      return "NO_DATA";
    case rule::kAmbiguous:
      return "AMBIGUOUS";
    case rule::kUnitMismatch:
      return "UNIT_MISMATCH";
    case rule::kDirectionConflict:
      return "DIRECTION_CONFLICT";
    case rule::kDirectionUnknown:
      return "DIRECTION_UNKNOWN";
    default:
      return nullptr;
  }
}

}  // namespace shirube::lua
