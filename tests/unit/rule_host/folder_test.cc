#include "server/rule_host/folder.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"

namespace shirube {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FolderTest : public ::testing::Test {
 protected:
  FolderTest() {
    std::string pattern =
        (fs::temp_directory_path() / "shirube-folder-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~FolderTest() override {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  // Every file is a module with its text as its sha256, but "bad".
  Folder Make() {
    return Folder(path_, [this](const std::string& path, const std::string& id,
                                const std::string& expected, ModuleFile* file) {
      verified_.push_back(id);
      std::ifstream(path) >> file->sha256;
      if (file->sha256 == "bad") return ModuleProblem{ModuleReason::kNotElf};
      if (!expected.empty() && file->sha256 != expected) {
        return ModuleProblem{ModuleReason::kHashMismatch};
      }
      return ModuleProblem();
    });
  }
  // In its place at once, as another file.
  void Put(const std::string& name, const std::string& text) {
    std::ofstream(path_ + "/new") << text;
    fs::rename(path_ + "/new", path_ + "/" + name);
  }
  static std::vector<std::string> NamesOf(const Folder& folder) {
    std::vector<std::string> names;
    for (const FolderFile& file : folder.List()) names.push_back(file.name);
    return names;
  }

  std::string path_;
  std::vector<std::string> verified_;  // ids, in order
};

TEST_F(FolderTest, ShowsNamesThatAreNoTextAsText) {
  Put("a\x1b[2J\xff.so", "1");
  Folder folder = Make();
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_THAT(NamesOf(folder), ElementsAre("a?[2J?.so"));
  EXPECT_THAT(folder.List()[0].problem.detail, HasSubstr("\"a?[2J?.so\""));
  EXPECT_THAT(verified_, IsEmpty());
}

TEST_F(FolderTest, ListsTheFilesWhoseNamesEndInSo) {
  Put("b.so", "1");
  Put("a.so", "2");
  Put("README", "3");
  Put("a.so.bak", "4");
  Put(".so", "5");
  Folder folder = Make();
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_THAT(NamesOf(folder), ElementsAre("a.so", "b.so"));
  EXPECT_EQ(folder.List()[0].sha256, "2");
}

TEST_F(FolderTest, ListsModulesInLuaToo) {
  Put("a.lua", "1");
  Put("b.so", "2");
  Put("c.luac", "3");
  Put(".lua", "4");
  Put("B.lua", "5");
  Folder folder = Make();
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_THAT(NamesOf(folder), ElementsAre("B.lua", "a.lua", "b.so"));
  EXPECT_EQ(folder.List()[0].problem.reason, ModuleReason::kManifestInvalid);
  EXPECT_EQ(folder.List()[1].sha256, "1");
  EXPECT_THAT(verified_, ElementsAre("a", "b"));
}

TEST_F(FolderTest, TakesTheLibraryOfTwoModulesOfOneName) {
  Put("a.lua", "1");
  Put("a.so", "2");
  Folder folder = Make();
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_THAT(NamesOf(folder), ElementsAre("a.lua", "a.so"));
  EXPECT_EQ(folder.List()[0].problem.reason, ModuleReason::kNameTaken);
  EXPECT_THAT(folder.List()[0].problem.detail, HasSubstr("a.so"));
  EXPECT_TRUE(folder.List()[1].problem.ok());
  ModuleFile file;
  EXPECT_EQ(folder.Read("a.lua", "", &file).reason, ModuleReason::kNameTaken);
  EXPECT_THAT(verified_, ElementsAre("a"));
  // The text is what it was, but its name is free now.
  fs::remove(path_ + "/a.so");
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_THAT(NamesOf(folder), ElementsAre("a.lua"));
  EXPECT_TRUE(folder.List()[0].problem.ok());
  // And is taken again.
  Put("a.so", "2");
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_EQ(folder.List()[0].problem.reason, ModuleReason::kNameTaken);
}

TEST_F(FolderTest, VerifiesOnlyWhatHasChanged) {
  Put("a.so", "1");
  Put("b.so", "bad");
  Folder folder = Make();
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_THAT(verified_, ElementsAre("a", "b"));
  verified_.clear();
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_THAT(verified_, IsEmpty());
  EXPECT_EQ(folder.List()[1].problem.reason, ModuleReason::kNotElf);
  Put("a.so", "2");
  Put("c.so", "3");
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_THAT(verified_, ElementsAre("a", "c"));
  EXPECT_EQ(folder.List()[0].sha256, "2");
}

TEST_F(FolderTest, VerifiesAFileAgainWhosePermissionsChanged) {
  Put("a.so", "1");
  Folder folder = Make();
  ASSERT_TRUE(folder.Rescan().ok());
  // What was given away and taken back may have been written to: only the time
  // of the change tells.
  struct stat before = {}, after = {};
  ASSERT_EQ(stat((path_ + "/a.so").c_str(), &before), 0);
  do {
    fs::permissions(path_ + "/a.so", fs::perms::all);
    fs::permissions(path_ + "/a.so",
                    fs::perms::owner_read | fs::perms::owner_write);
    ASSERT_EQ(stat((path_ + "/a.so").c_str(), &after), 0);
  } while (after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
  verified_.clear();
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_THAT(verified_, ElementsAre("a"));
}

TEST_F(FolderTest, ForgetsWhatIsGone) {
  Put("a.so", "1");
  Put("b.so", "1");
  Folder folder = Make();
  ASSERT_TRUE(folder.Rescan().ok());
  fs::remove(path_ + "/a.so");
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_THAT(NamesOf(folder), ElementsAre("b.so"));
}

TEST_F(FolderTest, RejectsNamesThatNoModuleCanHaveUnread) {
  for (const char* name : {"Achieved.so", "9.so", "a-b.so", "a b.so", "a.b.so",
                           "日本.so", "_a.so"}) {
    Put(name, "1");
  }
  Put(std::string(64, 'a') + ".so", "1");
  Folder folder = Make();
  ASSERT_TRUE(folder.Rescan().ok());
  EXPECT_EQ(folder.List().size(), 8u);
  for (const FolderFile& file : folder.List()) {
    EXPECT_EQ(file.problem.reason, ModuleReason::kManifestInvalid) << file.name;
    EXPECT_FALSE(file.problem.detail.empty());
  }
  EXPECT_THAT(verified_, IsEmpty());
}

TEST_F(FolderTest, KeepsWhatItKnewWhereTheFolderCannotBeRead) {
  Put("a.so", "1");
  Folder folder = Make();
  ASSERT_TRUE(folder.Rescan().ok());
  fs::remove_all(path_);
  EXPECT_EQ(folder.Rescan().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(NamesOf(folder), ElementsAre("a.so"));
}

TEST_F(FolderTest, ReadsOneFileByItsNameNow) {
  Put("a.so", "1");
  const Folder folder = Make();
  ModuleFile file;
  EXPECT_TRUE(folder.Read("a.so", "1", &file).ok());
  EXPECT_EQ(file.sha256, "1");
  EXPECT_EQ(folder.Read("a.so", "2", &file).reason,
            ModuleReason::kHashMismatch);
  verified_.clear();
  for (const char* name : {"../a.so", "/a.so", "x/a.so", "a", "so", ".so"}) {
    EXPECT_FALSE(folder.Read(name, "", &file).ok()) << name;
  }
  EXPECT_THAT(verified_, IsEmpty());
}

}  // namespace
}  // namespace shirube
