// What a rule costs in Lua and in C++: rules/attainment_9075 and its twin, over
// the same rows, each in a confined worker of its own, in turn. Prints a line;
// dies where the two do not answer the same. Used by judge.cc, on its thread.
#ifndef BENCH_JUDGE_LUA_H_
#define BENCH_JUDGE_LUA_H_

#include <filesystem>

#include "server/rule_host/rule_host.h"
#include "server/table/table.h"

namespace shirube {

// `build` is the build folder.
absl::Status CompareLanguages(const std::filesystem::path& build, Table& table,
                              RuleHost& host);

}  // namespace shirube

#endif  // BENCH_JUDGE_LUA_H_
