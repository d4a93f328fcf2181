// What a person does about the door: saved contexts, tokens in the server's
// file, who did what. No server: a connection that answers from here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "client/cli/run.h"
#include "client/cli/saved_contexts.h"
#include "client/lib/error.h"
#include "google/rpc/error_details.pb.h"
#include "server/access/token_file.h"
#include "shirube/v1/admin_service.pb.h"

namespace shirube::cli {
namespace {

using ::google::protobuf::Message;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Answers AdminService and keeps with which options it was asked.
class Admin : public client::Connection {
 public:
  absl::Status Call(const std::string& method, const Message& request,
                    Message* response,
                    const client::Options& options) override {
    asked_with = options;
    ++calls;
    if (!failure.ok()) return failure;
    if (method.ends_with("/GetServerInfo")) {
      response->CopyFrom(info);
    } else if (method.ends_with("/ListAuditEntries")) {
      const auto& list =
          static_cast<const v1::ListAuditEntriesRequest&>(request);
      requests.push_back(list);
      auto* page = static_cast<v1::ListAuditEntriesResponse*>(response);
      const int size = list.page_size();
      int at = list.page_token().empty() ? 0 : std::stoi(list.page_token());
      for (int i = 0; i < size && at < static_cast<int>(entries.size()); ++i) {
        *page->add_audit_entries() = entries[at++];
      }
      if (at < static_cast<int>(entries.size())) {
        page->set_next_page_token(std::to_string(at));
      }
    }
    return absl::OkStatus();
  }

  v1::ServerInfo info;
  std::vector<v1::AuditEntry> entries;
  std::vector<v1::ListAuditEntriesRequest> requests;
  absl::Status failure;
  client::Options asked_with;
  int calls = 0;
};

class DoorCommandsTest : public ::testing::Test {
 protected:
  DoorCommandsTest() {
    std::string pattern =
        std::filesystem::temp_directory_path() / "shirube-cli-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    contexts_ = folder_ / "config" / "shirube" / "contexts.json";
    for (const char* name :
         {"SHIRUBE_SERVER", "SHIRUBE_TLS_CA", "SHIRUBE_TLS_CERT",
          "SHIRUBE_TLS_KEY", "SHIRUBE_TOKEN_FILE", "SHIRUBE_LANGUAGE",
          "SHIRUBE_ACTOR"}) {
      unsetenv(name);
    }
    setenv("LC_ALL", "C", 1);
  }
  ~DoorCommandsTest() override {
    unsetenv("SHIRUBE_SERVER");
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  int Shirube(const std::vector<std::string>& arguments) {
    std::istringstream in;
    out_.str("");
    err_.str("");
    return cli::Run(arguments, {.in = in,
                                .out = out_,
                                .err = err_,
                                .contexts_path = contexts_,
                                .connection = admin_});
  }
  std::string Done(const std::vector<std::string>& arguments) {
    EXPECT_EQ(Shirube(arguments), 0) << err_.str();
    return out_.str();
  }
  // What a command that asks the server is run with.
  client::Options InForce(std::vector<std::string> arguments) {
    arguments.push_back("server");
    Done(arguments);
    return admin_->asked_with;
  }
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_ / name;
    std::ofstream(path) << text;
    chmod(path.c_str(), 0600);
    return path;
  }
  static std::string Read(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  static int ModeOf(const std::string& path) {
    struct stat file {};
    return stat(path.c_str(), &file) == 0 ? file.st_mode & 0777 : -1;
  }

  std::filesystem::path folder_;
  std::string contexts_;
  std::shared_ptr<Admin> admin_ = std::make_shared<Admin>();
  std::ostringstream out_, err_;
};

// ---- Contexts. ----

TEST_F(DoorCommandsTest, UsesAContextThatWasSaved) {
  const std::string token = Write("token", "shirube_x");
  Done({"context", "set", "prod", "--server", "shirube.example:8471",
        "--token-file", token, "--lang", "ja"});
  EXPECT_EQ(*InForce({}).server, "127.0.0.1:8471");
  Done({"context", "use", "prod"});
  const client::Options options = InForce({});
  EXPECT_EQ(*options.server, "shirube.example:8471");
  EXPECT_EQ(*options.token_file, token);
  EXPECT_EQ(*options.language, "ja");
  EXPECT_EQ(ModeOf(contexts_), 0600);
  EXPECT_THAT(Read(contexts_), AllOf(HasSubstr(token), Not(HasSubstr("_x"))));
  Done({"context", "use", "-"});
  EXPECT_EQ(*InForce({}).server, "127.0.0.1:8471");
}

TEST_F(DoorCommandsTest, TakesTheFlagThenTheEnvironmentThenTheContext) {
  Done({"context", "set", "a", "--server", "a.example:1", "--actor", "甲"});
  Done({"context", "set", "b", "--server", "b.example:1"});
  Done({"context", "use", "a"});
  setenv("SHIRUBE_SERVER", "env.example:1", 1);
  EXPECT_EQ(*InForce({}).server, "env.example:1");
  EXPECT_EQ(*InForce({}).actor, "甲");
  EXPECT_EQ(*InForce({"--server", "flag.example:1"}).server, "flag.example:1");
  // Naming a context is a flag, too.
  EXPECT_EQ(*InForce({"--context", "b"}).server, "b.example:1");
}

TEST_F(DoorCommandsTest, KeepsWhatIsForOneServerFromAnother) {
  const std::string token = Write("token", "shirube_x");
  const std::string ca = Write("ca.pem", "-");
  Done({"context", "set", "a", "--server", "a.example:1", "--token-file", token,
        "--tls-ca", ca});
  Done({"context", "use", "a"});
  EXPECT_EQ(*InForce({"--server", "a.example:1"}).token_file, token);
  EXPECT_EQ(*InForce({"--server", "b.example:1"}).token_file, "");
  EXPECT_EQ(*InForce({"--server", "b.example:1"}).tls_ca, "");
  setenv("SHIRUBE_SERVER", "b.example:1", 1);
  EXPECT_EQ(*InForce({}).token_file, "");
  EXPECT_EQ(*InForce({"--context", "a"}).token_file, token);
}

TEST_F(DoorCommandsTest, ChangesOnlyWhatIsGiven) {
  Done({"context", "set", "a", "--server", "a.example:1", "--lang", "ja"});
  Done({"context", "set", "a", "--actor", "乙", "--unset", "lang"});
  const client::Options options = InForce({"--context", "a"});
  EXPECT_EQ(*options.server, "a.example:1");
  EXPECT_EQ(*options.actor, "乙");
  EXPECT_EQ(*options.language, "en");
  EXPECT_EQ(Shirube({"context", "set", "a"}), 2);
  EXPECT_EQ(Shirube({"context", "set", "a/b", "--server", "x"}), 2);
}

TEST_F(DoorCommandsTest, SavesPathsThatHoldFromAnywhere) {
  Done({"context", "set", "a", "--tls-ca", "ca.pem"});
  EXPECT_THAT(err_.str(), HasSubstr("not there yet"));
  const std::string here = std::filesystem::current_path() / "ca.pem";
  EXPECT_EQ(*InForce({"--context", "a"}).tls_ca, here);
}

TEST_F(DoorCommandsTest, ListsAndShowsContexts) {
  EXPECT_THAT(Done({"context", "list"}), HasSubstr("no contexts"));
  Done({"context", "set", "a", "--server", "a.example:1"});
  Done({"context", "set", "b", "--server", "unix:/run/s"});
  Done({"context", "use", "a"});
  EXPECT_EQ(Done({"context", "list", "-o", "name"}), "a\nb\n");
  EXPECT_THAT(Done({"context", "list"}), HasSubstr("*  a     a.example:1"));
  EXPECT_THAT(Done({"context", "list", "-o", "json"}),
              AllOf(HasSubstr("\"contexts\":["), HasSubstr("\"current\":true"),
                    HasSubstr("unix:/run/s")));
  EXPECT_THAT(
      Done({"context", "show", "-o", "csv"}),
      AllOf(HasSubstr("server,a.example:1,context a"), HasSubstr("tls,yes")));
  EXPECT_THAT(Done({"context", "show", "--server", "[::1]:1", "-o", "csv"}),
              AllOf(HasSubstr("server,[::1]:1,--server"), HasSubstr("tls,no")));
  Done({"context", "delete", "a"});
  EXPECT_EQ(Done({"context", "list", "-o", "name"}), "b\n");
  EXPECT_EQ(*InForce({}).server, "127.0.0.1:8471");
}

TEST_F(DoorCommandsTest, AsksNobodyByAContextThatIsNotThere) {
  Done({"context", "set", "a", "--server", "a.example:1"});
  EXPECT_EQ(Shirube({"--context", "nope", "server"}), 3);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("nope"), HasSubstr("saved: a")));
  EXPECT_EQ(Shirube({"context", "use", "nope"}), 3);
  EXPECT_EQ(Shirube({"context", "delete", "nope"}), 3);
  EXPECT_EQ(admin_->calls, 0);
}

TEST_F(DoorCommandsTest, TellsAFileOfContextsThatIsDamaged) {
  Done({"context", "set", "a", "--server", "a.example:1"});
  for (const std::string text :
       {"{", "{\"contexts\": {\"a\": {\"token\": \"shirube_x\"}}}",
        "{\"contexts\": {\"a\": {\"server\": 1}}}", "{\"x\": 1}"}) {
    std::ofstream(contexts_) << text;
    EXPECT_EQ(Shirube({"server"}), 8) << text;
    EXPECT_THAT(err_.str(),
                AllOf(HasSubstr(contexts_), HasSubstr("shirube context set"),
                      Not(HasSubstr("shirube_x"))));
    EXPECT_EQ(Shirube({"completion", "bash"}), 0) << text;
  }
  EXPECT_EQ(admin_->calls, 0);
}

TEST_F(DoorCommandsTest, DoesNotSaveATokenForAPath) {
  const std::string token =
      MakeToken("x", {Role::kRead}, {}, TodayInJapan())->token;
  EXPECT_EQ(Shirube({"context", "set", "a", "--token-file", token}), 2);
  EXPECT_THAT(err_.str(), Not(HasSubstr(token)));
  EXPECT_FALSE(std::filesystem::exists(contexts_));
}

TEST(ContextsPathTest, IsInTheFolderForConfiguration) {
  setenv("XDG_CONFIG_HOME", "/somewhere", 1);
  EXPECT_EQ(ContextsPath(), "/somewhere/shirube/contexts.json");
  setenv("XDG_CONFIG_HOME", "relative", 1);
  setenv("HOME", "/home/x", 1);
  EXPECT_EQ(ContextsPath(), "/home/x/.config/shirube/contexts.json");
  unsetenv("XDG_CONFIG_HOME");
}

// ---- The door itself. ----

TEST_F(DoorCommandsTest, EndsWithFourWhereTheServerDoesNotLetIn) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  info.set_reason("ROLE_MISSING");
  details.set_message("this takes the role RECORD");
  details.add_details()->PackFrom(info);
  for (const auto code : {absl::StatusCode::kUnauthenticated,
                          absl::StatusCode::kPermissionDenied}) {
    details.set_code(static_cast<int>(code));
    admin_->failure = client::MakeStatus(details);
    EXPECT_EQ(Shirube({"server"}), 4);
    EXPECT_THAT(err_.str(), HasSubstr("this takes the role RECORD"));
    EXPECT_EQ(Shirube({"audit", "-o", "json"}), 4);
    EXPECT_THAT(err_.str(), HasSubstr("ROLE_MISSING"));
  }
}

TEST_F(DoorCommandsTest, WarnsOfATokenThatOthersMayRead) {
  const std::string token = Write("token", "shirube_x");
  Done({"--token-file", token, "server"});
  EXPECT_EQ(err_.str(), "");
  chmod(token.c_str(), 0640);
  Done({"--token-file", token, "server"});
  EXPECT_THAT(err_.str(), HasSubstr("chmod 600 " + token));
  EXPECT_THAT(err_.str(), Not(HasSubstr("shirube_x")));
}

TEST_F(DoorCommandsTest, TellsWhomTheServerTakesTheCallerFor) {
  v1::Access* access = admin_->info.mutable_access();
  access->set_tls(true);
  access->set_actor("chat");
  access->add_roles(v1::ROLE_READ);
  access->add_roles(v1::ROLE_RECORD);
  EXPECT_THAT(Done({"server", "--lang", "ja"}),
              AllOf(HasSubstr("chat"), HasSubstr("READ、RECORD")));
  EXPECT_THAT(Done({"server", "-o", "csv"}),
              AllOf(HasSubstr("access.roles,\"READ,RECORD\""),
                    HasSubstr("access.claimed,false")));
}

// ---- Tokens. ----

TEST_F(DoorCommandsTest, PrintsATokenOnceAndKeepsAHashOfIt) {
  const std::string file = folder_ / "tokens";
  const std::string out =
      Done({"token", "create", "--file", file, "--name", "chat", "--roles",
            "read,RECORD", "--expires", "2999-03-31"});
  ASSERT_THAT(out, StartsWith("shirube_"));
  const std::string token = out.substr(0, out.size() - 1);
  EXPECT_EQ(ModeOf(file), 0600);
  EXPECT_THAT(Read(file), Not(HasSubstr(token.substr(token.size() - 43))));
  EXPECT_THAT(err_.str(), Not(HasSubstr(token)));
  const auto table = ReadTokenFile(file);
  ASSERT_TRUE(table.ok()) << table.status();
  const TokenMatch match = table->FindToken(token, TodayInJapan());
  ASSERT_NE(match.record, nullptr);
  EXPECT_EQ(match.record->name, "chat");
  EXPECT_EQ(FormatRoles(match.record->roles), "READ,RECORD");
  EXPECT_EQ(admin_->calls, 0);
}

TEST_F(DoorCommandsTest, ListsTokensWithoutWhatIsSecret) {
  const std::string file = folder_ / "tokens";
  Done({"token", "create", "--file", file, "--name", "財政課", "--roles",
        "MANAGE"});
  const auto table = ReadTokenFile(file);
  ASSERT_TRUE(table.ok());
  const TokenRecord& record = table->records()[0];
  for (const char* format : {"table", "json", "jsonl", "csv"}) {
    EXPECT_THAT(
        Done({"token", "list", "--file", file, "-o", format}),
        AllOf(HasSubstr(record.id), HasSubstr("財政課"), HasSubstr("MANAGE"),
              Not(HasSubstr(record.salt)), Not(HasSubstr(record.hash))));
  }
}

TEST_F(DoorCommandsTest, RevokesOneTokenAndKeepsTheOthers) {
  const std::string file = folder_ / "tokens";
  for (const char* name : {"a", "b", "b"}) {
    Done(
        {"token", "create", "--file", file, "--name", name, "--roles", "READ"});
  }
  Done({"token", "create", "--file", file, "--name", "a.example",
        "--certificate", "--roles", "READ"});
  Done({"token", "create", "--file", file, "--name", "b.example",
        "--certificate", "--roles", "READ"});
  EXPECT_EQ(out_.str(), "");
  Done({"token", "revoke", "--file", file, "a"});
  EXPECT_EQ(Shirube({"token", "revoke", "--file", file, "b"}), 2);
  EXPECT_EQ(Shirube({"token", "revoke", "--file", file, "a"}), 3);
  EXPECT_EQ(Shirube({"token", "revoke", "--file", file, "cert"}), 3);
  Done({"token", "revoke", "--file", file, "cert:a.example"});
  const auto table = ReadTokenFile(file);
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->records().size(), 3u);
  Done({"token", "revoke", "--file", file, table->records()[1].id});
  EXPECT_EQ(ReadTokenFile(file)->records().size(), 2u);
  EXPECT_EQ(ReadTokenFile(file)->records()[1].name, "b.example");
  EXPECT_EQ(ModeOf(file), 0600);
}

TEST_F(DoorCommandsTest, MakesNoTokenThatCannotBeMeant) {
  const std::string file = folder_ / "tokens";
  const auto create = [&](const std::string& name, const std::string& roles,
                          const std::string& expires) {
    return Shirube({"token", "create", "--file", file, "--name", name,
                    "--roles", roles, "--expires", expires});
  };
  EXPECT_EQ(create("a", "ADMIN", "2999-03-31"), 2);
  EXPECT_THAT(err_.str(), HasSubstr("MANAGE"));
  EXPECT_EQ(create("a", "READ", "soon"), 2);
  EXPECT_EQ(create("a", "READ", "2001-03-31"), 8);
  EXPECT_EQ(create("a\tb", "READ", "2999-03-31"), 8);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(Shirube({"token", "list", "--file", file}), 3);
  EXPECT_THAT(err_.str(), HasSubstr(file));
}

TEST_F(DoorCommandsTest, TellsTheLineOfATokenFileThatIsDamaged) {
  const std::string file = Write("tokens", "# ours\nnonsense\n");
  EXPECT_EQ(Shirube({"token", "list", "--file", file, "--lang", "ja"}), 8);
  EXPECT_THAT(err_.str(), HasSubstr(file + " の2行目"));
  EXPECT_EQ(Shirube({"token", "create", "--file", file, "--name", "a",
                     "--roles", "READ"}),
            8);
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(Read(file), "# ours\nnonsense\n");
}

// ---- Who did what. ----

v1::AuditEntry Entry(const std::string& actor, bool claimed,
                     const std::vector<std::string>& resources) {
  v1::AuditEntry entry;
  entry.set_revision("h.7");
  entry.mutable_time()->set_seconds(1'700'000'000);
  entry.set_actor(actor);
  entry.set_claimed(claimed);
  entry.set_action("RecordObservation");
  for (const std::string& resource : resources) {
    auto* touched = entry.add_touched();
    touched->set_resource(resource);
    touched->set_change("CREATED");
  }
  entry.set_touched_count(static_cast<int>(resources.size()));
  return entry;
}

TEST_F(DoorCommandsTest, ShowsWhoDidWhat) {
  admin_->entries = {Entry("佐藤", true, {"plans/demo/x/1", "plans/demo/x/2"}),
                     Entry("chat", false, {"plans/demo"})};
  const std::string ja = Done({"audit", "--lang", "ja"});
  EXPECT_THAT(ja, AllOf(HasSubstr("2023-11-15 07:13"), HasSubstr("佐藤(申告)"),
                        HasSubstr("作成"), HasSubstr("ほか1件")));
  EXPECT_THAT(Done({"audit", "--lang", "en"}),
              AllOf(HasSubstr("佐藤 (claimed)"), HasSubstr("and 1 more"),
                    Not(HasSubstr("chat (claimed)"))));
  EXPECT_THAT(
      Done({"audit", "-o", "csv"}),
      AllOf(HasSubstr("h.7,2023-11-14T22:13:20Z,佐藤,true,RecordObservation,"
                      "CREATED,plans/demo/x/2,2\n"),
            HasSubstr("chat,false")));
  EXPECT_THAT(
      Done({"audit", "-o", "json"}),
      AllOf(HasSubstr("{\"auditEntries\":["), HasSubstr("\"touchedCount\":2")));
}

TEST_F(DoorCommandsTest, AsksOnlyForWhatIsWanted) {
  Done({"audit", "--actor", "a\"b", "--since", "2026-11-23", "--resource",
        "plans/demo"});
  EXPECT_EQ(admin_->requests[0].filter(),
            "actor = \"a\\\"b\" AND time >= \"2026-11-22T15:00:00Z\" AND "
            "(resource = \"plans/demo\" OR resource = \"plans/demo/*\")");
  Done({"audit", "--since", "2026-11-23T09:00:00+09:00"});
  EXPECT_EQ(admin_->requests[1].filter(), "time >= \"2026-11-23T00:00:00Z\"");
  Done({"audit", "--resource", "i-p1-02"});
  EXPECT_EQ(admin_->requests[2].filter(),
            "(resource = \"i-p1-02\" OR resource = \"*/i-p1-02/*\")");
  Done({"audit", "--since", "7d"});
  EXPECT_THAT(admin_->requests[3].filter(), StartsWith("time >= \"20"));
  EXPECT_EQ(Shirube({"audit", "--since", "yesterday"}), 2);
  EXPECT_EQ(Shirube({"audit", "--limit", "-1"}), 2);
}

TEST_F(DoorCommandsTest, StopsAtTheLimitAndSaysSo) {
  admin_->entries.assign(1205, Entry("x", false, {"plans/demo"}));
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_EQ(lines(Done({"audit", "-o", "jsonl"})), 100);
  EXPECT_THAT(err_.str(), HasSubstr("--limit 0"));
  EXPECT_EQ(lines(Done({"audit", "-o", "jsonl", "--limit", "1001"})), 1001);
  EXPECT_EQ(lines(Done({"audit", "-o", "jsonl", "--limit", "0"})), 1205);
  EXPECT_EQ(err_.str(), "");
  EXPECT_EQ(lines(Done({"audit", "-o", "name", "--limit", "1205"})), 1205);
  EXPECT_EQ(err_.str(), "");
}

}  // namespace
}  // namespace shirube::cli
