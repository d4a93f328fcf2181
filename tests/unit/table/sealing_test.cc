// What somebody who holds the table's descriptor, as a worker does, can do to
// it: read.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "gtest/gtest.h"
#include "tests/unit/table/builders.h"

namespace shirube {
namespace {

class SealingTest : public ::testing::Test {
 protected:
  SealingTest() : table_(SmallTable()), fd_(table_->memory().fd) {
    EXPECT_TRUE(table_->Upsert(Row(Key("p", "a"), 7)).ok());
  }
  std::unique_ptr<Table> table_;
  const int fd_;
};

TEST_F(SealingTest, LetsAWorkerReadWhatTheWriterWrites) {
  void* map =
      mmap(nullptr, table_->memory().bytes, PROT_READ, MAP_SHARED, fd_, 0);
  ASSERT_NE(map, MAP_FAILED);
  const shirube_batch batch = frame::BindRows(map, 0, 1);
  EXPECT_EQ(batch.baseline[0], 7);
  ASSERT_TRUE(table_->Upsert(Row(Key("p", "a"), 8)).ok());
  EXPECT_EQ(batch.baseline[0], 8);
  // A mapping that was made for reading stays one.
  EXPECT_EQ(mprotect(map, 4096, PROT_READ | PROT_WRITE), -1);
  munmap(map, table_->memory().bytes);
}

TEST_F(SealingTest, LetsNobodyMapItForWriting) {
  EXPECT_EQ(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0),
            MAP_FAILED);
}

TEST_F(SealingTest, LetsNobodyWriteThroughTheDescriptor) {
  EXPECT_EQ(pwrite(fd_, "x", 1, 0), -1);
  const std::string path = "/proc/self/fd/" + std::to_string(fd_);
  const int again = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (again < 0) return;
  EXPECT_EQ(pwrite(again, "x", 1, 0), -1);
  close(again);
}

TEST_F(SealingTest, LetsNobodyChangeItsSizeOrPunchHoles) {
  EXPECT_EQ(ftruncate(fd_, 0), -1);
  EXPECT_EQ(ftruncate(fd_, static_cast<off_t>(table_->memory().bytes) * 2), -1);
  EXPECT_EQ(fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096),
            -1);
  EXPECT_EQ(fcntl(fd_, F_ADD_SEALS, F_SEAL_WRITE), -1);
}

TEST_F(SealingTest, RefusesASizeWithoutASlot) {
  TableOptions options;
  options.max_bytes = 1;
  EXPECT_EQ(Table::Create(options).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace shirube
