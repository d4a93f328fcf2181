// How the kit says things: modules, moments, answers, facts. Pure.
#ifndef SHIRUBE_CLIENT_CLI_RULE_WORDS_H_
#define SHIRUBE_CLIENT_CLI_RULE_WORDS_H_

#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/context.h"
#include "server/rule_host/case_trial.h"
#include "server/rule_host/module_file.h"

namespace shirube::cli {

using Json = nlohmann::ordered_json;

// "yoi 0.1.0  経過期間に見合う進捗  (yoi.so)".
std::string ModuleLine(const Context& context, const std::string& path,
                       const ModuleFile& file);
Json ModuleJson(const std::string& path, const ModuleFile& file);

// "fy2022時点", "as of fy2022"; by the latest figure: empty.
std::string MomentText(const Context& context,
                       const cases::Expectation& expectation);

// "AT_RISK BEHIND", or what the module did instead of answering.
std::string FoundText(const Context& context, const CaseResult& result);
// What the answer goes by: "21.4 at fy2014; progress 2/3 (0.6667)"; may be
// empty.
std::string BasisText(const Context& context, const CaseResult& result);
// "0.6667": exact where few digits will do.
std::string FactText(const CaseFact& fact, int scale);

// JSON on one line or indented, whatever bytes the texts hold.
std::string Printed(const Json& json, bool indented);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_RULE_WORDS_H_
