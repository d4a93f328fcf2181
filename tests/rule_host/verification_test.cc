// What is found out about a module's file before anything of it runs: whatever
// the bytes are, the answer is a typed one.
#include <elf.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "server/rule_host/digest.h"
#include "tests/rule_host/fixture.h"
#include "tests/rule_host/worker_fixture.h"

namespace shirube {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class VerificationTest : public WorkerFixture {
 protected:
  std::string PathOf(const std::string& name) const {
    return folder_.path() + "/" + name;
  }
  // A file of these bytes that is old enough to be taken for finished.
  std::string Write(const std::string& name, const std::string& bytes) {
    std::ofstream(PathOf(name), std::ios::binary) << bytes;
    chmod(PathOf(name).c_str(), 0644);
    return PathOf(name);
  }
  ModuleProblem Read(const std::string& path, const std::string& sha256 = "") {
    file_ = ModuleFile();
    return ReadModuleFile(path, "steady", sha256, inspector_, &file_);
  }
  ModuleProblem ReadBytes(const std::string& bytes) {
    file_ = ModuleFile();
    return ReadModuleBytes(bytes, "steady", "", inspector_, &file_);
  }
  ModuleReason ReasonOf(const std::string& path) { return Read(path).reason; }
  static bool IsTyped(const ModuleProblem& problem) {
    return problem.ok() || (!ReasonWord(problem.reason).empty() &&
                            !problem.detail.empty() && !problem.ja.empty());
  }

  TempDir folder_;
  ModuleFile file_;
  const std::string steady_ = BytesOf("steady");
};

TEST_F(VerificationTest, HoldsWhatItRead) {
  const std::string path = Write("steady.so", steady_);
  const ModuleProblem problem = Read(path, Sha256Hex(steady_));
  ASSERT_TRUE(problem.ok()) << problem.detail;
  fs::remove(path);
  EXPECT_EQ(file_.file, "steady.so");
  EXPECT_EQ(file_.sha256, Sha256Hex(steady_));
  EXPECT_EQ(file_.size, steady_.size());
  EXPECT_EQ(file_.Bytes().value(), steady_);
  EXPECT_EQ(file_.manifest->id, "steady");
  EXPECT_THAT(file_.manifest_json, HasSubstr("\"id\": \"steady\""));
  constexpr int kFrozen = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
  EXPECT_EQ(fcntl(file_.memory.get(), F_GET_SEALS) & kFrozen, kFrozen);
}

TEST_F(VerificationTest, ReadsTheCasesOfAShippedModule) {
  const std::string path = absl::StrCat(SHIRUBE_BUILT_RULES, "/achieved.so");
  if (!fs::exists(path)) GTEST_SKIP() << path << " was not built";
  const ModuleProblem problem =
      ReadModuleFile(path, "achieved", "", inspector_, &file_);
  ASSERT_TRUE(problem.ok()) << problem.detail;
  EXPECT_FALSE(file_.cases.empty());
}

TEST_F(VerificationTest, LooksAtBytesUnderAsMuchConfinementAsThereIs) {
  Inspection inspection;
  ModuleFile file;
  ASSERT_TRUE(ReadBytes(steady_).ok());
  const ModuleProblem problem =
      inspector_.Inspect(file_.memory.get(), steady_.size(), &inspection);
  ASSERT_TRUE(problem.ok()) << problem.detail;
  for (const frame::Layer layer :
       {frame::kSeccomp, frame::kRlimits, frame::kNoNewPrivileges,
        frame::kSealedMemory}) {
    EXPECT_TRUE((inspection.layers.active >> layer & 1) != 0) << layer;
  }
  EXPECT_EQ((inspection.layers.active >> frame::kLandlock & 1) != 0,
            inspection.layers.landlock_abi > 0);
}

TEST_F(VerificationTest, RefusesAnotherFileThanTheOneExpected) {
  const std::string other(64, 'a');
  const ModuleProblem problem = Read(Write("steady.so", steady_), other);
  EXPECT_EQ(problem.reason, ModuleReason::kHashMismatch);
  EXPECT_THAT(problem.detail, HasSubstr(other));
  EXPECT_THAT(problem.detail, HasSubstr(Sha256Hex(steady_)));
  EXPECT_EQ(
      ReadModuleBytes(steady_, "steady", other, inspector_, &file_).reason,
      ModuleReason::kHashMismatch);
}

TEST_F(VerificationTest, RefusesWhatIsNoRegularFile) {
  const std::string steady = Write("steady.so", steady_);
  fs::create_symlink(steady, PathOf("link.so"));
  fs::create_directory(PathOf("folder.so"));
  ASSERT_EQ(mkfifo(PathOf("fifo.so").c_str(), 0600), 0);
  for (const char* name : {"link.so", "folder.so", "fifo.so"}) {
    EXPECT_EQ(ReasonOf(PathOf(name)), ModuleReason::kNotARegularFile) << name;
  }
  EXPECT_EQ(ReasonOf("/dev/null"), ModuleReason::kNotARegularFile);
  EXPECT_EQ(ReasonOf(PathOf("none.so")), ModuleReason::kNotFound);
}

TEST_F(VerificationTest, RefusesAFileThatOthersCouldChange) {
  const std::string path = Write("steady.so", steady_);
  for (const mode_t mode : {0666, 0664, 0646, 0777}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    const ModuleProblem problem = Read(path);
    EXPECT_EQ(problem.reason, ModuleReason::kUnsafePermissions) << mode;
    EXPECT_THAT(problem.detail, HasSubstr("chmod go-w"));
    EXPECT_THAT(problem.ja, HasSubstr("chmod go-w"));
  }
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_TRUE(Read(path).ok());
}

TEST_F(VerificationTest, RefusesAFileOfSomebodyElse) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const std::string path = Write("steady.so", steady_);
  ASSERT_EQ(chown(path.c_str(), 12345, 12345), 0);
  const ModuleProblem problem = Read(path);
  EXPECT_EQ(problem.reason, ModuleReason::kUnsafePermissions);
  EXPECT_THAT(problem.detail, HasSubstr("12345"));
  EXPECT_THAT(problem.detail, HasSubstr("chown"));
}

TEST_F(VerificationTest, TellsOtherMachinesApart) {
  const auto patched = [&](size_t at, char value) {
    std::string bytes = steady_;
    bytes[at] = value;
    return ReadBytes(bytes);
  };
  EXPECT_EQ(patched(18, EM_MIPS).reason, ModuleReason::kWrongArch);
  EXPECT_EQ(patched(EI_CLASS, ELFCLASS32).reason, ModuleReason::kWrongArch);
  EXPECT_THAT(patched(EI_CLASS, ELFCLASS32).detail, HasSubstr("32 bit"));
  EXPECT_EQ(patched(EI_DATA, ELFDATA2MSB).reason, ModuleReason::kWrongArch);
  EXPECT_THAT(patched(EI_DATA, ELFDATA2MSB).detail, HasSubstr("big endian"));
  EXPECT_EQ(patched(16, ET_REL).reason, ModuleReason::kNotElf);
  EXPECT_EQ(patched(16, ET_EXEC).reason, ModuleReason::kNotElf);
}

TEST_F(VerificationTest, RefusesAProgram) {
  const std::string program = BytesOfFile(SHIRUBE_WORKER);
  EXPECT_THAT(ReadBytes(program).reason,
              AnyOf(ModuleReason::kNotElf, ModuleReason::kNoManifest));
  EXPECT_EQ(ReadBytes("").reason, ModuleReason::kNotElf);
  EXPECT_EQ(ReadBytes("#!/bin/sh\nexit 0\n").reason, ModuleReason::kNotElf);
}

TEST_F(VerificationTest, ChecksExportsAndDependencies) {
  EXPECT_EQ(ReadBytes(BytesOf("no_manifest")).reason,
            ModuleReason::kNoManifest);
  EXPECT_EQ(ReadBytes(BytesOf("no_entry")).reason,
            ModuleReason::kMissingSymbol);
  const ModuleProblem extra = ReadBytes(BytesOf("two_exports"));
  EXPECT_EQ(extra.reason, ModuleReason::kExtraExports);
  EXPECT_THAT(extra.detail, HasSubstr("shirube_rule_v1"));
  const ModuleProblem needs = ReadBytes(BytesOf("needs_stub"));
  EXPECT_EQ(needs.reason, ModuleReason::kForbiddenDependency);
  EXPECT_THAT(needs.detail, HasSubstr("libshirube_tiny_stub.so"));
  const ModuleProblem path = ReadBytes(BytesOf("own_search_path"));
  EXPECT_EQ(path.reason, ModuleReason::kForbiddenDependency);
  EXPECT_THAT(path.detail, HasSubstr("DT_RUNPATH"));
}

// A module with one entry more in its dynamic section, where there is room.
std::string WithDynamicEntry(std::string bytes, Elf64_Dyn entry) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  for (size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof(segment),
                sizeof(segment));
    if (segment.p_type != PT_DYNAMIC) continue;
    size_t at = segment.p_offset;
    Elf64_Dyn here;
    for (;; at += sizeof(here)) {
      std::memcpy(&here, bytes.data() + at, sizeof(here));
      if (here.d_tag == DT_NULL) break;
    }
    EXPECT_LE(at + 2 * sizeof(here), segment.p_offset + segment.p_filesz);
    std::memcpy(bytes.data() + at, &entry, sizeof(entry));
  }
  return bytes;
}

TEST_F(VerificationTest, RefusesTablesOfWhichTheLoaderWouldTakeAnother) {
  for (const Elf64_Sxword tag : {DT_STRTAB, DT_SYMTAB, DT_SONAME}) {
    const bool doubled = tag != DT_SONAME;  // it has none yet
    EXPECT_EQ(ReadBytes(WithDynamicEntry(steady_, {tag, {1}})).reason,
              doubled ? ModuleReason::kNotElf : ModuleReason::kNone)
        << tag;
  }
}

// Where the manifest's note is in the bytes, and the segment it is in.
struct NotePlace {
  size_t note = 0, segment_header = 0;
};
NotePlace FindManifest(const std::string& bytes) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const size_t name = bytes.find(std::string("shirube\0{", 9));
  NotePlace place{name - sizeof(Elf64_Nhdr), 0};
  for (size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    const size_t at = header.e_phoff + i * sizeof(segment);
    std::memcpy(&segment, bytes.data() + at, sizeof(segment));
    if (segment.p_type == PT_NOTE && place.note >= segment.p_offset &&
        place.note < segment.p_offset + segment.p_filesz) {
      place.segment_header = at;
    }
  }
  return place;
}

// A module that says its manifest has `claimed` bytes, `size` bytes long.
std::string WithManifestOf(std::string bytes, uint32_t claimed) {
  const NotePlace place = FindManifest(bytes);
  EXPECT_NE(place.segment_header, 0u);
  std::memcpy(bytes.data() + place.note + offsetof(Elf64_Nhdr, n_descsz),
              &claimed, sizeof(claimed));
  Elf64_Phdr segment;
  std::memcpy(&segment, bytes.data() + place.segment_header, sizeof(segment));
  segment.p_filesz = segment.p_memsz = place.note + 64 + claimed;
  std::memcpy(bytes.data() + place.segment_header, &segment, sizeof(segment));
  return bytes;
}

TEST_F(VerificationTest, RefusesAManifestOfOneGigabyteAtNoCost) {
  constexpr uint32_t kGigabyte = 1 << 30;
  const std::string path =
      Write("steady.so", WithManifestOf(steady_, kGigabyte));
  fs::resize_file(path, uint64_t{2} * kGigabyte);
  rusage before = {}, after = {};
  getrusage(RUSAGE_SELF, &before);
  const absl::Time began = absl::Now();
  const ModuleProblem problem = Read(path);
  getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(problem.reason, ModuleReason::kManifestTooLarge) << problem.detail;
  EXPECT_THAT(problem.detail, HasSubstr("1073741824"));
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 << 10);  // KiB
}

TEST_F(VerificationTest, RefusesAManifestThatIsALittleTooLarge) {
  std::string bytes = WithManifestOf(steady_, (64 << 10) + 1);
  bytes.resize(bytes.size() + (1 << 20));
  EXPECT_EQ(ReadBytes(bytes).reason, ModuleReason::kManifestTooLarge);
}

TEST_F(VerificationTest, RefusesALargeFileAtNoCost) {
  const std::string path = Write("steady.so", steady_);
  fs::resize_file(path, uint64_t{1} << 30);
  const absl::Time began = absl::Now();
  const ModuleProblem problem = Read(path);
  EXPECT_EQ(problem.reason, ModuleReason::kFileTooLarge);
  EXPECT_THAT(problem.detail, HasSubstr("1073741824"));
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
  fs::resize_file(path, kMaxModuleBytes);  // holes at the end harm nobody
  EXPECT_TRUE(Read(path).ok());
}

// Also when what was cut is not at the end of what is looked at.
TEST_F(VerificationTest, RefusesEveryCut) {
  const size_t step = std::max<size_t>(1, steady_.size() / 300);
  int cuts = 0, truncated = 0;
  for (size_t size = 0; size < steady_.size(); size += step) {
    const ModuleProblem problem = ReadBytes(steady_.substr(0, size));
    // A cut of what only a linker reads leaves a whole module.
    EXPECT_TRUE(IsTyped(problem)) << size;
    truncated += problem.reason == ModuleReason::kTruncated;
    ++cuts;
  }
  EXPECT_GE(cuts, 300);
  EXPECT_GT(truncated, 100);
}

TEST_F(VerificationTest, AnswersWhateverBytesWereChanged) {
  const unsigned seed = std::random_device()();
  std::printf("seed: %u\n", seed);
  std::mt19937 random(seed);
  options_.start_deadline = absl::Milliseconds(500);
  int loaded = 0;
  for (int i = 0; i < 400; ++i) {
    std::string bytes = steady_;
    // Headers half of the time: there is more to break.
    const size_t end = i % 2 == 0 ? 1024 : bytes.size();
    for (int flips = 1 + i % 8; flips > 0; --flips) {
      bytes[random() % end] ^= static_cast<char>(1 << random() % 8);
    }
    const ModuleProblem problem = ReadBytes(bytes);
    ASSERT_TRUE(IsTyped(problem)) << i;
    if (!problem.ok()) continue;
    ModuleProblem start;
    const auto worker = Start(bytes, &start);
    ASSERT_TRUE(worker != nullptr || !start.ok()) << i;
    ASSERT_FALSE(ReasonWord(start.reason).empty() && worker == nullptr) << i;
    if (worker != nullptr) Ask(worker.get());  // ends, one way or another
    ++loaded;
  }
  EXPECT_GT(loaded, 0);
}

// What the loader would do with it, nobody finds out in the server.
TEST_F(VerificationTest, SurvivesLoadingBytesThatNobodyVerified) {
  const unsigned seed = std::random_device()();
  std::printf("seed: %u\n", seed);
  std::mt19937 random(seed);
  options_.start_deadline = absl::Milliseconds(500);
  for (int i = 0; i < 200; ++i) {
    std::string bytes = steady_;
    for (int flips = 0; flips < 6; ++flips) {
      bytes[random() % 1024] ^= static_cast<char>(1 << random() % 8);
    }
    ModuleProblem problem;
    const auto worker = Start(bytes, &problem);
    ASSERT_TRUE(worker != nullptr || !ReasonWord(problem.reason).empty()) << i;
  }
}

// Runs `change` over and over while the file is read.
class ReplacingTest : public VerificationTest {
 protected:
  void ReadWhile(int times, const std::function<void(int)>& change) {
    std::atomic<bool> done = false;
    std::thread writer([&] {
      for (int i = 0; !done; ++i) change(i);
    });
    for (int i = 0; i < times; ++i) {
      const ModuleProblem problem = Read(path_);
      if (problem.ok()) {
        EXPECT_THAT(file_.sha256, AnyOf(Sha256Hex(steady_), Sha256Hex(other_)));
        EXPECT_EQ(Sha256Hex(file_.Bytes().value()), file_.sha256);
        ++whole_;
      } else {
        // Emptied or half written, and its writer had to wait: no ELF either.
        EXPECT_THAT(problem.reason,
                    AnyOf(ModuleReason::kHashMismatch, ModuleReason::kNotElf,
                          ModuleReason::kTruncated))
            << problem.detail;
      }
    }
    done = true;
    writer.join();
  }

  // The same module with something else at its end: another hash.
  const std::string other_ = steady_ + std::string(100, 'x');
  const std::string path_ = Write("steady.so", steady_);
  int whole_ = 0;
};

TEST_F(ReplacingTest, ReadsOneOrTheOtherOfTwoFilesThatAreRenamedOver) {
  ReadWhile(60, [&](int i) {
    Write("new", i % 2 == 0 ? other_ : steady_);
    fs::rename(PathOf("new"), path_);
  });
  EXPECT_GT(whole_, 0);
}

TEST_F(ReplacingTest, NeverTakesAMixtureOfAFileThatIsRewritten) {
  ReadWhile(15,
            [&](int i) { Write("steady.so", i % 2 == 0 ? other_ : steady_); });
}

TEST_F(ReplacingTest, SaysHowToReplaceAFile) {
  std::atomic<bool> done = false;
  std::thread writer([&] {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    while (!done) file.seekp(0).put(steady_[0]).flush();
  });
  // A writer that has to wait for a while changes nothing meanwhile.
  ModuleProblem problem;
  const absl::Time end = absl::Now() + absl::Seconds(60);
  while (problem.ok() && absl::Now() < end) problem = Read(path_);
  done = true;
  writer.join();
  EXPECT_EQ(problem.reason, ModuleReason::kHashMismatch);
  EXPECT_THAT(problem.detail, HasSubstr("rename"));
}

}  // namespace
}  // namespace shirube
