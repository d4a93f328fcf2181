#include "client/cli/rule/words.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "rules/cases/case_text.h"
#include "server/base/text.h"

namespace shirube::cli {
namespace {

constexpr int kHashShown = 12;

const std::string& In(const ManifestText& text, bool japanese) {
  const std::string& wanted = japanese ? text.ja : text.en;
  return wanted.empty() ? (japanese ? text.en : text.ja) : wanted;
}

// The scale that all values of a row have.
int ScaleOf(const cases::Case& one) {
  int scale = std::max({one.baseline.number.scale, one.target.number.scale,
                        one.target_upper.scale, one.noise_band.scale});
  for (const cases::Point& point : one.points) {
    scale = std::max(scale, point.value.number.scale);
  }
  for (const cases::Milestone& milestone : one.milestones) {
    scale = std::max(scale, milestone.value.scale);
  }
  return scale;
}

std::string PointText(const cases::Point& point) {
  switch (point.value.given) {
    case cases::Given::kNumber:
      return cases::NumberText(point.value.number);
    case cases::Given::kUnread:
      return "unread";
    case cases::Given::kOtherUnit:
      return "other_unit";
    default:
      return "gap";
  }
}

}  // namespace

std::string ModuleLine(const Context& context, const std::string& path,
                       const ModuleFile& file) {
  const Manifest& manifest = *file.manifest;
  return context.Painted(manifest.id + " " + manifest.version, Tone::kBold) +
         "  " + Displayable(In(manifest.title, context.japanese)) + "  " +
         context.Painted("(" + path + ", sha256 " +
                             file.sha256.substr(0, kHashShown) + "…)",
                         Tone::kDim);
}

Json ModuleJson(const std::string& path, const ModuleFile& file) {
  Json json;
  json["file"] = path;
  if (file.manifest != nullptr) {
    json["module"] = file.manifest->id;
    json["version"] = file.manifest->version;
    json["title"] = {{"ja", file.manifest->title.ja},
                     {"en", file.manifest->title.en}};
  }
  json["language"] = file.language == ModuleLanguage::kLua ? "lua" : "native";
  json["sha256"] = file.sha256;
  json["bytes"] = file.size;
  return json;
}

std::string MomentText(const Context& context,
                       const cases::Expectation& expectation) {
  if (expectation.as_of_index == INT32_MAX) return "";
  const std::string period = cases::PeriodText(expectation.as_of_index);
  return std::string(context.Say(period + "時点", "as of " + period));
}

std::string FoundText(const Context& context, const CaseResult& result) {
  if (result.fault) return Displayable(FaultText(*result.fault));
  std::string text = result.found.ToString();
  if (result.masked) {
    text += context.Say("(サーバーの判定)", " (the server's own answer)");
  }
  return text;
}

std::string BasisText(const Context& context, const CaseResult& result) {
  std::string text;
  if (result.judged) {
    const std::string period = cases::PeriodText(result.judged->index);
    const std::string value = PointText(*result.judged);
    text = context.Say(period + "の" + value, value + " at " + period);
  }
  for (const CaseFact& fact : result.facts) {
    const int scale = fact.in_row_units ? ScaleOf(*result.one) : 0;
    text +=
        (text.empty() ? "" : ", ") + fact.name + " " + FactText(fact, scale);
  }
  return text;
}

std::string FactText(const CaseFact& fact, int scale) {
  const double value = static_cast<double>(fact.numerator) /
                       static_cast<double>(fact.denominator) /
                       std::pow(10.0, scale);
  return absl::StrFormat("%.6g", value);
}

std::string Printed(const Json& json, bool indented) {
  return json.dump(indented ? 1 : -1, ' ', /*ensure_ascii=*/false,
                   Json::error_handler_t::replace);
}

}  // namespace shirube::cli
