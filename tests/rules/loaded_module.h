// A built module, in this process in place of a worker, and its manifest and
// cases, read from the file. Of either kind: libraries and Lua.
#ifndef TESTS_RULES_LOADED_MODULE_H_
#define TESTS_RULES_LOADED_MODULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "shirube/rule.h"

namespace shirube::rules_test {

struct Answers {
  std::vector<uint8_t> answer;
  std::vector<uint16_t> reason;
  std::vector<uint16_t> judged_point;
  std::vector<shirube_int128> numerator, denominator;  // fact * n + k
};

// The order of the shipped rule set.
inline const std::vector<std::string> kModules = {"achieved", "on_track",
                                                  "at_risk"};

// The modules with a published method of their own, beside the shipped set.
inline const std::vector<std::string> kPublishedModules = {
    "attainment_9075", "cao_ab",       "dns_weather",
    "open_sdg_cagr",   "pref_nagano3", "stale"};

class ModuleUnderTest {
 public:
  // From build/rules; fails the test program when it cannot be loaded.
  explicit ModuleUnderTest(const std::string& id)
      : ModuleUnderTest(At(PathOf(id))) {}
  static ModuleUnderTest At(const std::string& path);

  // Of one in Lua: create() starts the module that this was asked of last.
  const shirube_rule* rule() const;

  // All rows, or those selected; with facts when the batch wants them.
  Answers Ask(const shirube_batch* batch, const uint32_t* rows,
              uint32_t n) const;
  Answers Ask(const shirube_batch* batch) const {
    return Ask(batch, nullptr, batch->rows_count);
  }

  // ID.so, or ID.lua where there is that.
  static std::string PathOf(const std::string& id);

  // The content of the manifest or the cases (SHIRUBE_NOTE_…); empty where
  // there is none.
  static std::string Note(const std::string& path, uint32_t type);

 private:
  ModuleUnderTest() = default;

  const shirube_rule* rule_ = nullptr;
  std::string text_;  // of one in Lua
};

}  // namespace shirube::rules_test

#endif  // TESTS_RULES_LOADED_MODULE_H_
