#include "server/rule_host/lifecycle.h"

#include <set>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace shirube {
namespace {

using enum ModuleState;

constexpr ModuleState kAll[] = {kDiscovered, kVerified,   kStarting, kSelfTest,
                                kReady,      kActive,     kDraining, kRetired,
                                kRejected,   kQuarantined};

TEST(LifecycleTest, AllowsExactlyTheseTransitions) {
  std::set<std::pair<ModuleState, ModuleState>> legal = {
      {kDiscovered, kVerified}, {kDiscovered, kRejected},
      {kVerified, kStarting},   {kVerified, kRetired},
      {kStarting, kSelfTest},   {kStarting, kRejected},
      {kSelfTest, kReady},      {kSelfTest, kRejected},
      {kReady, kActive},        {kReady, kRetired},
      {kActive, kDraining},     {kDraining, kActive},
      {kDraining, kRetired},    {kRetired, kDiscovered},
      {kRejected, kDiscovered}, {kQuarantined, kDiscovered}};
  for (const ModuleState from : kAll) {
    if (from != kQuarantined) legal.insert({from, kQuarantined});
  }
  for (const ModuleState from : kAll) {
    for (const ModuleState to : kAll) {
      EXPECT_EQ(IsLegal(from, to), legal.contains({from, to}))
          << StateWord(from) << " -> " << StateWord(to);
    }
  }
}

TEST(LifecycleTest, NeverAsksAModuleThatDidNotPassItsSelfTest) {
  for (const ModuleState from : kAll) {
    EXPECT_EQ(IsLegal(from, kReady), from == kSelfTest);
    // Draining: it was asked until a moment ago.
    EXPECT_EQ(IsLegal(from, kActive), from == kReady || from == kDraining);
  }
}

TEST(LifecycleTest, LeavesQuarantineByBeingLoadedAnewAlone) {
  for (const ModuleState to : kAll) {
    EXPECT_EQ(IsLegal(kQuarantined, to), to == kDiscovered);
  }
}

TEST(LifecycleTest, NamesEveryStateAndReasonOnce) {
  std::set<std::string> words;
  for (const ModuleState state : kAll) {
    EXPECT_TRUE(words.emplace(StateWord(state)).second) << StateWord(state);
  }
  std::set<std::string> reasons;
  for (int i = 0; i <= static_cast<int>(ModuleReason::kWorkerUnavailable);
       ++i) {
    reasons.emplace(ReasonWord(static_cast<ModuleReason>(i)));
  }
  EXPECT_EQ(reasons.size(),
            static_cast<size_t>(ModuleReason::kWorkerUnavailable) + 1);
}

}  // namespace
}  // namespace shirube
