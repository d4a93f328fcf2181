// The witness finds what it is there to find.
#include "tests/e2e/alerts/witness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shirube::e2e {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<Owed> kLog = {
    {"a:1", "a", 1, "one"}, {"a:2", "a", 2, "two"}, {"b:1", "b", 1, "other"}};

TEST(Witness, AllowsWhatComesAgainAndWhatIsOfAnotherAlert) {
  Witness witness;
  witness.Arrived("a:1", "1", "one");
  witness.Arrived("b:1", "3", "other");
  witness.Arrived("a:1", "1", "one");
  witness.Takes("a:1");
  witness.Arrived("a:1", "1", "one");
  witness.Arrived("a:2", "2", "two");
  witness.Takes("a:2");
  witness.Takes("b:1");
  EXPECT_THAT(WrongIn(witness.seen(), kLog), IsEmpty());
  EXPECT_TRUE(witness.AwaitTaken(kLog, absl::InfinitePast()));
  EXPECT_EQ(witness.seen().arrivals(), 5u);
}

TEST(Witness, FindsWhatOvertakes) {
  Witness witness;
  witness.Arrived("a:1", "1", "one");
  witness.Arrived("a:2", "2", "two");
  EXPECT_THAT(WrongIn(witness.seen(), kLog),
              ElementsAre("a:2 came before a:1 was taken"));
}

TEST(Witness, FindsWhatWasNeverCommitted) {
  Witness witness;
  witness.Arrived("c:1", "1", "one");
  EXPECT_THAT(WrongIn(witness.seen(), kLog),
              ElementsAre("c:1 came and is not in the log"));
}

TEST(Witness, FindsAKeyWithTwoContents) {
  Witness witness;
  witness.Arrived("a:1", "1", "one");
  witness.Arrived("a:1", "2", "one");
  witness.Arrived("b:1", "3", "changed");
  EXPECT_THAT(WrongIn(witness.seen(), kLog),
              ElementsAre("a:1 was 1 and is now 2", HasSubstr("b:1 says")));
}

TEST(Witness, MissesWhatDidNotCome) {
  Witness witness;
  witness.Takes("a:1");
  EXPECT_FALSE(witness.AwaitTaken(kLog, absl::InfinitePast()));
}

}  // namespace
}  // namespace shirube::e2e
