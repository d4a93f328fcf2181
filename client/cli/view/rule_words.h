// The words for rule modules in everything shown to people: states, reasons,
// layers of confinement. Programs get the API's own words. Pure.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_RULE_WORDS_H_
#define SHIRUBE_CLIENT_CLI_VIEW_RULE_WORDS_H_

#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <string_view>

#include "client/cli/output/style.h"
#include "shirube/v1/rule.pb.h"
#include "shirube/v1/verdict.pb.h"

namespace shirube::cli {

// "稼働中", "active".
std::string StateName(v1::RuleModule::State state, bool japanese);
Tone StateTone(v1::RuleModule::State state);
std::string StateName(v1::RuleSet::State state, bool japanese);
Tone StateTone(v1::RuleSet::State state);
// "ACTIVE", for programs.
std::string StateWord(v1::RuleModule::State state);
std::string StateWord(v1::RuleSet::State state);

// "異常終了", "crashed" of CRASHED; the word itself where there is no name.
std::string FaultName(std::string_view reason, bool japanese);
// "ファイルの制限 (landlock)".
std::string LayerName(std::string_view layer, bool japanese);

// "on_track" and "on_track 0.1.0" of "ruleModules/on_track/versions/0.1.0".
std::string ModuleIdOf(std::string_view name);
std::string ModuleText(std::string_view name);

// To the minute; Japan's time in Japanese, else UTC ("… UTC").
std::string TimeName(const google::protobuf::Timestamp& time, bool japanese);

// Of a verdict that waits: the modules it waits for, "on_track、stale"; what
// stands behind its ※. Empty for one that does not wait.
std::string WaitsFor(const v1::Verdict& verdict, bool japanese);
// "判定待ち: モジュール on_track が停止中(2026-11-23 14:05から)".
std::string WaitingText(const std::string& modules,
                        const google::protobuf::Timestamp& since,
                        bool japanese);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_RULE_WORDS_H_
