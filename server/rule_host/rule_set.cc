#include "server/rule_host/rule_set.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rule_host/compose.h"
#include "server/rule_host/digest.h"

namespace shirube {
namespace {

std::string Canonical(const std::vector<RuleSetMember>& modules,
                      const std::map<std::string, int64_t>& parameters) {
  std::string text = "shirube rule set 1\n";
  for (const RuleSetMember& module : modules) {
    absl::StrAppend(&text, "module ", module.manifest->id, " ",
                    module.manifest->version, " ", module.sha256, "\n");
  }
  for (const auto& [name, millionths] : parameters) {
    absl::StrAppend(&text, "parameter ", name, " ", millionths, "\n");
  }
  return text;
}

ParameterSpec SpecOf(const ManifestParameter& declared) {
  ParameterSpec spec;
  spec.name = declared.name;
  spec.default_value = DecimalOfMillionths(declared.default_millionths);
  spec.min = DecimalOfMillionths(declared.min_millionths);
  spec.max = DecimalOfMillionths(declared.max_millionths);
  if (declared.stricter == ManifestParameter::Stricter::kHigher) {
    spec.stricter = Stricter::kHigher;
  } else if (declared.stricter == ManifestParameter::Stricter::kLower) {
    spec.stricter = Stricter::kLower;
  }
  spec.at_most = declared.at_most;
  return spec;
}

}  // namespace

RuleSet::RuleSet(std::vector<RuleSetMember> modules,
                 std::map<std::string, int64_t> parameters)
    : modules_(std::move(modules)), parameters_(std::move(parameters)) {
  for (const RuleSetMember& module : modules_) {
    for (const ManifestParameter& parameter : module.manifest->parameters) {
      parameters_.emplace(parameter.name, parameter.default_millionths);
      AddDeclared(SpecOf(parameter), &specs_);
    }
  }
  std::sort(specs_.begin(), specs_.end(),
            [](const ParameterSpec& a, const ParameterSpec& b) {
              return a.name < b.name;
            });
  canonical_ = Canonical(modules_, parameters_);
  id_ = RuleSetId("rs-" + Sha256Hex(canonical_).substr(0, 24));
}

const ParameterSpec* RuleSet::parameter(std::string_view name) const {
  for (const ParameterSpec& spec : specs_) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

std::vector<std::string> RuleSet::modules_with(
    std::string_view parameter) const {
  std::vector<std::string> ids;
  for (const RuleSetMember& module : modules_) {
    for (const ManifestParameter& declared : module.manifest->parameters) {
      if (declared.name == parameter) ids.push_back(module.manifest->id);
    }
  }
  return ids;
}

ModuleAnswer RuleSet::Describe(size_t module, const ModuleAnswers& answers,
                               uint32_t k) const {
  const Manifest& manifest = *modules_[module].manifest;
  ModuleAnswer answer;
  answer.module = manifest.id;
  answer.is_mark = manifest.raises_marks();
  if (const ModuleOutcome* fault = answers.fault_at(k)) {
    answer.answer = Answer::kFault;
    answer.fault = fault->word();
    return answer;
  }
  switch (answers.answer[k]) {
    case kAnswerRaised:
      answer.answer = Answer::kRaised;
      break;
    case kAnswerNotRaised:
      answer.answer = Answer::kNotRaised;
      break;
    case kAnswerCannotTell:
      answer.answer = Answer::kCannotTell;
      break;
    default:
      answer.answer = Answer::kFault;
      return answer;
  }
  answer.reason = ReasonWord(manifest, answers.reason[k]);
  if (const ManifestReason* reason = manifest.reason(answers.reason[k])) {
    answer.status = reason->status;
    answer.severity = reason->severity;
    answer.mark = reason->mark;
  }
  return answer;
}

}  // namespace shirube
