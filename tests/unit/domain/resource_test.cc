#include "server/domain/resource.h"

#include <set>

#include "gtest/gtest.h"

namespace shirube {
namespace {

TEST(EtagTest, ChangesWithEveryChange) {
  Stamp stamp;
  stamp.revision = 7;
  stamp.update_time = absl::FromUnixMicros(1'700'000'000'000'000);
  std::set<std::string> etags = {EtagOf(stamp)};
  EXPECT_EQ(EtagOf(stamp), *etags.begin());
  Stamp later = stamp;
  later.revision = 8;
  etags.insert(EtagOf(later));
  Stamp other_time = stamp;  // the same number in a restored store
  other_time.update_time += absl::Microseconds(1);
  etags.insert(EtagOf(other_time));
  Stamp deleted = stamp;
  deleted.delete_time = stamp.update_time;
  etags.insert(EtagOf(deleted));
  EXPECT_EQ(etags.size(), 4u);
  EXPECT_LT(EtagOf(stamp).size(), 40u);
}

}  // namespace
}  // namespace shirube
