#include "server/access/token_file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::CivilDay kToday(2026, 11, 23);

MadeToken Made(const std::string& name = "portal",
               RoleSet roles = {Role::kRead},
               std::optional<absl::CivilDay> last_day = std::nullopt) {
  auto made = MakeToken(name, roles, last_day, kToday);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

class TokenFileTest : public testing::Test {
 protected:
  TokenFileTest() {
    std::string name =
        (std::filesystem::temp_directory_path() / "shirube-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    path_ = (folder_ / "tokens").string();
  }
  ~TokenFileTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  void Write(const std::string& text) { std::ofstream(path_) << text; }
  std::string Text() const {
    std::ifstream in(path_);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(TokenFileTest, FindsATokenThatItWroteDown) {
  const MadeToken made = Made("財政課 連携", {Role::kRead, Role::kRecord});
  ASSERT_TRUE(AppendToken(path_, made.record).ok());
  const auto table = ReadTokenFile(path_);
  ASSERT_TRUE(table.ok()) << table.status();
  const TokenMatch match = table->FindToken(made.token, kToday);
  ASSERT_NE(match.record, nullptr);
  EXPECT_EQ(match.record->name, "財政課 連携");
  EXPECT_EQ(match.record->roles, (RoleSet{Role::kRead, Role::kRecord}));
  EXPECT_FALSE(match.expired);
}

TEST_F(TokenFileTest, KeepsNoSecret) {
  const MadeToken made = Made();
  ASSERT_TRUE(AppendToken(path_, made.record).ok());
  EXPECT_THAT(Text(), Not(HasSubstr(made.token)));
  EXPECT_THAT(Text(), Not(HasSubstr(made.token.substr(17))));
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(TokenFileTest, FindsNoOtherToken) {
  const MadeToken made = Made();
  ASSERT_TRUE(AppendToken(path_, made.record).ok());
  const auto table = ReadTokenFile(path_);
  ASSERT_TRUE(table.ok());
  std::string last = made.token;
  last.back() = last.back() == 'A' ? 'B' : 'A';
  for (const std::string& token :
       {std::string(), std::string("shirube_"), made.token.substr(8),
        made.token + "x", made.token.substr(0, made.token.size() - 1), last,
        Made().token, "shirube_" + made.record.id + "_",
        "shirube_" + made.record.id + "_" + made.record.hash}) {
    EXPECT_EQ(table->FindToken(token, kToday).record, nullptr) << token;
  }
}

TEST_F(TokenFileTest, LetsATokenInOnItsLastDay) {
  const MadeToken made = Made("x", {Role::kRead}, kToday);
  ASSERT_TRUE(AppendToken(path_, made.record).ok());
  const auto table = ReadTokenFile(path_);
  ASSERT_TRUE(table.ok());
  EXPECT_FALSE(table->FindToken(made.token, kToday).expired);
  EXPECT_TRUE(table->FindToken(made.token, kToday + 1).expired);
}

TEST_F(TokenFileTest, TakesOneLineOutAndKeepsTheRest) {
  const MadeToken first = Made("first"), second = Made("second");
  Write("# ours\n");
  ASSERT_TRUE(AppendToken(path_, first.record).ok());
  ASSERT_TRUE(AppendToken(path_, second.record).ok());
  ASSERT_TRUE(RevokeToken(path_, first.record.id).ok());
  const auto table = ReadTokenFile(path_);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->FindToken(first.token, kToday).record, nullptr);
  EXPECT_NE(table->FindToken(second.token, kToday).record, nullptr);
  EXPECT_THAT(Text(), HasSubstr("# ours\n"));
  EXPECT_TRUE(absl::IsNotFound(RevokeToken(path_, first.record.id)));
  EXPECT_TRUE(absl::IsNotFound(RevokeToken(path_, "")));
}

TEST_F(TokenFileTest, NamesClientsByTheirCertificates) {
  Write("cert\tportal.example.jp\tREAD,MANAGE\t-\t-\t-\n");
  const auto table = ReadTokenFile(path_);
  ASSERT_TRUE(table.ok()) << table.status();
  const TokenRecord* found = table->FindCertificate("portal.example.jp");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->roles, (RoleSet{Role::kRead, Role::kManage}));
  EXPECT_EQ(table->FindCertificate("example.jp"), nullptr);
  EXPECT_EQ(table->FindToken("shirube_cert_", kToday).record, nullptr);
}

TEST_F(TokenFileTest, NamesTheLineThatCannotBeRead) {
  const MadeToken made = Made();
  const std::string& salt = made.record.salt;
  const std::string& hash = made.record.hash;
  for (const std::string& line :
       {std::string("one two"),
        absl::StrCat("xyz\tn\tREAD\t-\t", salt, "\t", hash),
        absl::StrCat("0123abcd\t\tREAD\t-\t", salt, "\t", hash),
        absl::StrCat("0123abcd\tn\tROOT\t-\t", salt, "\t", hash),
        absl::StrCat("0123abcd\tn\tREAD\tsoon\t", salt, "\t", hash),
        absl::StrCat("0123abcd\tn\tREAD\t-\tab\t", hash),
        absl::StrCat("0123abcd\tn\tREAD\t-\t", salt, "\t-")}) {
    const auto table = TokenTable::Parse("# head\n\n" + line + "\n", "tokens");
    ASSERT_FALSE(table.ok()) << line;
    EXPECT_THAT(DetailsOf(table.status()).en, HasSubstr("tokens:3")) << line;
    EXPECT_THAT(DetailsOf(table.status()).ja, HasSubstr("3行目")) << line;
    EXPECT_THAT(std::string(table.status().message()), Not(HasSubstr(hash)));
  }
}

TEST_F(TokenFileTest, RefusesTwoLinesOfOneId) {
  const MadeToken made = Made();
  ASSERT_TRUE(AppendToken(path_, made.record).ok());
  const std::string before = Text();
  EXPECT_FALSE(AppendToken(path_, made.record).ok());
  EXPECT_EQ(Text(), before);
}

TEST_F(TokenFileTest, RefusesAFileThatOthersMayWrite) {
  Write("");
  chmod(path_.c_str(), 0666);
  const auto table = ReadTokenFile(path_);
  ASSERT_FALSE(table.ok());
  EXPECT_THAT(DetailsOf(table.status()).en, HasSubstr("chmod 600"));
  EXPECT_TRUE(absl::IsNotFound(ReadTokenFile(path_ + "x").status()));
}

// Each one that was printed lets somebody in.
TEST_F(TokenFileTest, LosesNoneOfThoseMadeAtOnce) {
  constexpr int kThreads = 8, kEach = 10;
  std::vector<std::vector<std::string>> made(kThreads);
  std::vector<std::thread> threads;
  for (auto& tokens : made) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        const MadeToken one = Made();
        EXPECT_TRUE(AppendToken(path_, one.record).ok());
        const MadeToken gone = Made();
        EXPECT_TRUE(AppendToken(path_, gone.record).ok());
        EXPECT_TRUE(RevokeToken(path_, gone.record.id).ok());
        tokens.push_back(one.token);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto table = ReadTokenFile(path_);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->records().size(), size_t{kThreads * kEach});
  for (const auto& tokens : made) {
    for (const std::string& token : tokens) {
      EXPECT_NE(table->FindToken(token, kToday).record, nullptr);
    }
  }
  const auto left = std::distance(std::filesystem::directory_iterator(folder_),
                                  std::filesystem::directory_iterator());
  EXPECT_EQ(left, 1) << "nothing lies beside it";
}

TEST_F(TokenFileTest, LeavesALinkALink) {
  const std::string link = (folder_ / "link").string();
  std::filesystem::create_symlink("tokens", link);
  EXPECT_TRUE(absl::IsFailedPrecondition(AppendToken(link, Made().record)))
      << "it leads nowhere";
  const MadeToken made = Made();
  ASSERT_TRUE(AppendToken(path_, made.record).ok());
  ASSERT_TRUE(AppendToken(link, Made("by link").record).ok());
  ASSERT_TRUE(RevokeToken(link, made.record.id).ok());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_THAT(Text(), HasSubstr("by link"));
  EXPECT_THAT(Text(), Not(HasSubstr(made.record.hash)));
}

TEST_F(TokenFileTest, KeepsWhoMayReadIt) {
  ASSERT_TRUE(AppendToken(path_, Made().record).ok());
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  // As where an administrator made it for the server's own user.
  ASSERT_EQ(chmod(path_.c_str(), 0640), 0);
  const bool may_give = geteuid() == 0;
  if (may_give) {
    ASSERT_EQ(chown(path_.c_str(), 65'534, 65'534), 0);
  }
  ASSERT_TRUE(AppendToken(path_, Made().record).ok());
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0640u);
  if (may_give) {
    EXPECT_EQ(info.st_uid, 65'534u);
    EXPECT_EQ(info.st_gid, 65'534u);
  }
}

TEST_F(TokenFileTest, TouchesNothingThatIsNoFile) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(AppendToken(path_, Made().record)));
  EXPECT_TRUE(std::filesystem::is_fifo(path_));
  EXPECT_TRUE(
      absl::IsFailedPrecondition(ReadTokenFile(folder_.string()).status()));
}

TEST_F(TokenFileTest, MakesNoTokenThatIsOfNoUse) {
  EXPECT_FALSE(MakeToken("", {Role::kRead}, std::nullopt, kToday).ok());
  EXPECT_FALSE(MakeToken("a\tb", {Role::kRead}, std::nullopt, kToday).ok());
  EXPECT_FALSE(MakeToken("a", {}, std::nullopt, kToday).ok());
  EXPECT_FALSE(MakeToken("a", {Role::kRead}, kToday - 1, kToday).ok());
}

}  // namespace
}  // namespace shirube
