// The commands that change by what plans are judged, over a connection that
// answers from modules and sets kept here: what people read, what scripts get,
// what is sent.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "client/cli/run.h"
#include "client/lib/error.h"
#include "google/protobuf/struct.pb.h"
#include "google/rpc/error_details.pb.h"
#include "shirube/v1/admin_service.pb.h"
#include "shirube/v1/evaluation_service.pb.h"
#include "shirube/v1/plan_service.pb.h"
#include "shirube/v1/rule_service.pb.h"

namespace shirube::cli {
namespace {

using ::google::protobuf::Message;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kShipped[] = "ruleSets/rs-111111111111111111111111";
constexpr char kOther[] = "ruleSets/rs-1a2222222222222222222222";

v1::RuleModule AModule(const std::string& id, v1::RuleModule::State state) {
  v1::RuleModule module;
  module.set_module(id);
  module.set_version("1.0.0");
  module.set_name("ruleModules/" + id + "/versions/1.0.0");
  module.set_state(state);
  module.set_sha256("sha-of-" + id);
  module.set_file(id + ".so");
  module.set_registered(true);
  module.mutable_title()->set_ja(id + "の題");
  module.mutable_title()->set_en("title of " + id);
  return module;
}

v1::RuleSet ASet(const std::string& name,
                 const std::vector<std::string>& modules) {
  v1::RuleSet set;
  set.set_name(name);
  set.set_state(v1::RuleSet::STATE_STORED);
  for (const std::string& id : modules) {
    v1::RuleSetModule* member = set.add_modules();
    member->set_module("ruleModules/" + id + "/versions/1.0.0");
    member->set_sha256("sha-of-" + id);
    member->set_state(v1::RuleModule::STATE_ACTIVE);
  }
  (*set.mutable_parameters())["pace_threshold"] = "0.8";
  return set;
}

absl::Status Refusal(absl::StatusCode code, const std::string& reason,
                     const std::string& ja) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message("in English");
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  status.add_details()->PackFrom(info);
  google::rpc::LocalizedMessage text;
  text.set_message(ja);
  status.add_details()->PackFrom(text);
  return client::MakeStatus(status);
}

class RuleKeeper : public client::Connection {
 public:
  RuleKeeper() {
    modules = {AModule("achieved", v1::RuleModule::STATE_ACTIVE),
               AModule("broken", v1::RuleModule::STATE_REJECTED),
               AModule("crashes", v1::RuleModule::STATE_QUARANTINED),
               AModule("strict", v1::RuleModule::STATE_VERIFIED)};
    modules[1].set_registered(false);
    modules[1].set_version("");
    modules[1].set_reason("UNSAFE_PERMISSIONS");
    modules[1].mutable_message()->set_ja(
        "ほかの人が書き換えられます。chmod go-w broken.so を実行してください");
    modules[2].set_reason("CRASHED");
    modules[2].mutable_message()->set_ja("行の判定中に16回異常終了しました");
    modules[2].mutable_quarantine_time()->set_seconds(1'700'000'000);
    sets = {ASet(kShipped, {"achieved"}), ASet(kOther, {"strict", "achieved"})};
    sets[0].set_state(v1::RuleSet::STATE_ACTIVE);
    sets[0].add_aliases("ruleSets/default");
    activation.set_rule_set(kOther);
    activation.set_previous_rule_set(kShipped);
    activation.set_actor("佐藤");
    activation.set_actor_claimed(true);
    activation.set_evaluated_count(1207);
    activation.set_changed_count(2);
    activation.set_revision("h.9");
  }

  absl::Status Call(const std::string& method, const Message& request,
                    Message* response,
                    const client::Options& options) override {
    const std::string name = method.substr(method.rfind('/') + 1);
    asked[name] = request.ShortDebugString();
    timeout[name] = *options.timeout;
    if (failures.count(name) > 0) return failures[name];
    if (name == "ListRuleModules") {
      for (const auto& module : modules) {
        *static_cast<v1::ListRuleModulesResponse*>(response)
             ->add_rule_modules() = module;
      }
    } else if (name == "ListRuleSets") {
      for (const auto& set : sets) {
        *static_cast<v1::ListRuleSetsResponse*>(response)->add_rule_sets() =
            set;
      }
    } else if (name == "GetRuleSet") {
      response->CopyFrom(sets[0]);
    } else if (name == "ListRuleSetActivations") {
      *static_cast<v1::ListRuleSetActivationsResponse*>(response)
           ->add_activations() = activation;
    } else if (name == "RegisterRuleModule") {
      response->CopyFrom(modules[3]);
    } else if (name == "RegisterRuleSet") {
      response->CopyFrom(sets[1]);
    } else if (name == "ActivateRuleSet" || name == "RollbackRuleSet") {
      response->CopyFrom(activation);
      activated = true;
    } else if (name == "ReleaseQuarantine") {
      v1::RuleModule released = modules[2];
      released.set_state(v1::RuleModule::STATE_ACTIVE);
      released.set_revision("h.12");
      response->CopyFrom(released);
    } else if (name == "ListPlans") {
      v1::Plan* plan =
          static_cast<v1::ListPlansResponse*>(response)->add_plans();
      plan->set_name("plans/demo");
      plan->set_display_name("計画");
    } else if (name == "GetPlan") {
      static_cast<v1::Plan*>(response)->set_rule_set(kShipped);
    } else if (name == "ListVerdicts") {
      auto* counts =
          static_cast<v1::ListVerdictsResponse*>(response)->mutable_counts();
      counts->set_on_track(activated ? 3 : 5);
      counts->set_at_risk(activated ? 2 : 0);
    } else if (name == "GetServerInfo") {
      response->CopyFrom(info);
    } else {
      return absl::UnimplementedError(name);
    }
    return absl::OkStatus();
  }

  std::vector<v1::RuleModule> modules;
  std::vector<v1::RuleSet> sets;
  v1::RuleSetActivation activation;
  v1::ServerInfo info;
  bool activated = false;
  std::map<std::string, absl::Status> failures;
  std::map<std::string, std::string> asked;
  std::map<std::string, absl::Duration> timeout;
};

class RuleCommandsTest : public ::testing::Test {
 protected:
  int Shirube(std::vector<std::string> arguments,
              const std::string& language = "ja") {
    out_.str("");
    err_.str("");
    keeper_->asked.clear();
    arguments.push_back("--lang");
    arguments.push_back(language);
    Surroundings surroundings{in_, out_, err_};
    surroundings.connection = keeper_;
    return cli::Run(arguments, surroundings);
  }
  // What a command that must succeed printed.
  std::string Done(const std::vector<std::string>& arguments,
                   const std::string& language = "ja") {
    EXPECT_EQ(Shirube(arguments, language), 0) << err_.str();
    return out_.str();
  }

  std::shared_ptr<RuleKeeper> keeper_ = std::make_shared<RuleKeeper>();
  std::istringstream in_;
  std::ostringstream out_, err_;
};

TEST_F(RuleCommandsTest, ListsModulesWithWhatIsWrongAndWhatToDo) {
  const std::string out = Done({"rule", "list"});
  EXPECT_THAT(out, HasSubstr("achieved    1.0.0  稼働中"));
  EXPECT_THAT(out, HasSubstr("隔離中(異常終了)"));
  EXPECT_THAT(out, HasSubstr("行の判定中に16回異常終了しました"));
  EXPECT_THAT(out, HasSubstr("shirube rule release crashes"));
  EXPECT_THAT(out, HasSubstr("2023-11-15 07:13から"));
  EXPECT_THAT(out, HasSubstr("受け付けられないファイル\n  broken.so  "
                             "他人が書き換えられる UNSAFE_PERMISSIONS\n"));
  EXPECT_THAT(out, HasSubstr("chmod go-w broken.so"));
}

TEST_F(RuleCommandsTest, ListsWhatJudgesNowAndWhatJudgedBefore) {
  const std::string out = Done({"rule", "list"});
  EXPECT_THAT(out, HasSubstr("有効な判定基準\n  既定  rs-1111"));
  EXPECT_THAT(out, HasSubstr("pace_threshold = 0.8"));
  EXPECT_THAT(out, HasSubstr("佐藤(自己申告)が有効にした"));
  EXPECT_THAT(out, HasSubstr("戻すには shirube rule rollback)"));
  EXPECT_THAT(Done({"rule", "list"}, "en"),
              AllOf(HasSubstr("by 佐藤 (claimed)"), HasSubstr("quarantined"),
                    HasSubstr("Files that were refused")));
}

TEST_F(RuleCommandsTest, ListsForProgramsInTheWordsOfTheApi) {
  EXPECT_THAT(Done({"rule", "list", "-o", "csv"}),
              HasSubstr("achieved,1.0.0,ACTIVE,,true,default,achieved.so,"));
  EXPECT_EQ(Done({"rule", "list", "--sets", "-o", "name"}),
            std::string(kShipped) + "\n" + kOther + "\n");
  google::protobuf::Struct json;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(
                  Done({"rule", "list", "-o", "json"}), &json)
                  .ok());
  EXPECT_EQ(json.fields().at("ruleModules").list_value().values_size(), 4);
}

TEST_F(RuleCommandsTest, ShowsFiguresOfModulesSideBySide) {
  auto* s = keeper_->modules[0].mutable_statistics();
  s->set_rows(1'200'000);
  s->set_raised(300'000);
  s->set_batches(100);
  s->set_evaluate_micros(2'400'000);
  (*s->mutable_faults())["TIMED_OUT"] = 2;
  s->set_peak_memory_bytes(3 << 20);
  const std::string out = Done({"rule", "stats"});
  EXPECT_THAT(out, HasSubstr("achieved 1.0.0"));
  EXPECT_THAT(out, HasSubstr("1,200,000"));
  EXPECT_THAT(out, HasSubstr("24.0 ms"));
  EXPECT_THAT(out, HasSubstr("2.00 µs"));
  EXPECT_THAT(out, HasSubstr("時間切れ"));
  EXPECT_THAT(out, HasSubstr("3.0 MiB"));
  EXPECT_THAT(out, Not(HasSubstr("strict")));
  EXPECT_THAT(Done({"rule", "stats", "strict"}), HasSubstr("strict 1.0.0"));
  EXPECT_THAT(Done({"rule", "stats", "-o", "csv"}), HasSubstr(",TIMED_OUT=2,"));
  EXPECT_EQ(Shirube({"rule", "stats", "nobody"}), 3);
}

TEST_F(RuleCommandsTest, RegistersFilesAndSaysWhatToTypeNext) {
  keeper_->modules[3].set_registered(true);
  const std::string out =
      Done({"rule", "register", "strict.so", "achieved", "--parameter",
            "pace_threshold=0.9", "--plan", "demo"});
  EXPECT_THAT(keeper_->asked["RegisterRuleModule"],
              HasSubstr("file: \"strict.so\""));
  EXPECT_THAT(keeper_->asked["RegisterRuleSet"],
              AllOf(HasSubstr("modules: \"ruleModules/strict/versions/1.0.0\" "
                              "modules: \"ruleModules/achieved/"),
                    HasSubstr("key: \"pace_threshold\" value: \"0.9\"")));
  EXPECT_THAT(out, HasSubstr("次へ: shirube rule activate "
                             "rs-1a2222222222222222222222 --plan demo"));
  EXPECT_EQ(Done({"rule", "register", "strict.so", "-o", "name"}),
            std::string(kOther) + "\n");
}

TEST_F(RuleCommandsTest, StoresNothingInADryRun) {
  keeper_->modules[3].set_registered(false);
  EXPECT_THAT(Done({"rule", "register", "strict.so", "--dry-run"}),
              AllOf(HasSubstr("検証しました: strict 1.0.0"),
                    HasSubstr("まだ何も登録していません")));
  EXPECT_THAT(keeper_->asked["RegisterRuleModule"],
              HasSubstr("validate_only: true"));
  EXPECT_EQ(keeper_->asked.count("RegisterRuleSet"), 0u);
}

TEST_F(RuleCommandsTest, RefusesWhatCannotBeMeantBeforeAnythingIsSent) {
  EXPECT_EQ(Shirube({"rule", "register", "/tmp/strict.so"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("strict.so"));
  EXPECT_EQ(Shirube({"rule", "register", "a.so", "b.so", "--sha256", "00"}), 2);
  EXPECT_EQ(Shirube({"rule", "register", "a.so", "--parameter", "x"}), 2);
  EXPECT_EQ(Shirube({"rule", "register"}), 2);
  EXPECT_EQ(Shirube({"rule", "activate"}), 2);
  EXPECT_EQ(keeper_->asked.count("RegisterRuleModule"), 0u);
  // A module that is known but not registered yet.
  EXPECT_EQ(Shirube({"rule", "register", "broken"}), 5);
  EXPECT_THAT(err_.str(), HasSubstr("shirube rule register broken.so"));
}

TEST_F(RuleCommandsTest, SaysWhyAModuleIsRefused) {
  keeper_->failures["RegisterRuleModule"] =
      Refusal(absl::StatusCode::kFailedPrecondition, "UNSAFE_PERMISSIONS",
              "strict.soはほかの人が書き換えられます。chmod go-w strict.so");
  EXPECT_EQ(Shirube({"rule", "register", "strict.so"}), 5);
  EXPECT_THAT(err_.str(), HasSubstr("chmod go-w strict.so"));
  EXPECT_EQ(Shirube({"rule", "register", "strict.so", "-o", "json"}), 5);
  EXPECT_THAT(err_.str(), HasSubstr("\"reason\":\"UNSAFE_PERMISSIONS\""));
}

TEST_F(RuleCommandsTest, ActivatesAndShowsWhatChanged) {
  const std::string out = Done({"rule", "activate", "rs-1a"});
  EXPECT_THAT(keeper_->asked["ActivateRuleSet"],
              HasSubstr("rule_set: \"" + std::string(kOther) + "\""));
  EXPECT_THAT(
      out, HasSubstr("判定し直した指標 1,207件、判定・理由が変わったもの 2件"));
  EXPECT_THAT(
      out, AllOf(HasSubstr("○ 順調     5   3"), HasSubstr("▲ 要改善   0   2")));
  EXPECT_THAT(out, HasSubstr("shirube rule rollback(rs-1111"));
  // Everything is judged before the answer comes.
  EXPECT_GE(keeper_->timeout["ActivateRuleSet"], absl::Minutes(5));
  Done({"rule", "activate", "rs-1a", "--timeout", "7"});
  EXPECT_LE(keeper_->timeout["ActivateRuleSet"], absl::Seconds(7));
}

TEST_F(RuleCommandsTest, ActivatesForAPlanAndOnlyFromTheSetExpected) {
  Done({"rule", "activate", "1a", "--plan", "demo", "--expect", "rs-111", "-o",
        "json"});
  EXPECT_THAT(keeper_->asked["ActivateRuleSet"],
              AllOf(HasSubstr("parent: \"plans/demo\""),
                    HasSubstr("expected_rule_set: \"" + std::string(kShipped)),
                    HasSubstr(kOther)));
  EXPECT_THAT(out_.str(), HasSubstr("\"changedCount\": 2"));
  Done({"rule", "activate", "default", "--plan", "demo"});
  EXPECT_THAT(keeper_->asked["ActivateRuleSet"],
              HasSubstr("rule_set: \"ruleSets/default\""));
}

TEST_F(RuleCommandsTest, FindsASetByAModuleAndListsWhatIsAmbiguous) {
  Done({"rule", "activate", "achieved", "-o", "name"});
  EXPECT_THAT(keeper_->asked["ActivateRuleSet"], HasSubstr(kShipped));
  EXPECT_EQ(Shirube({"rule", "activate", "rs-1"}), 2);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("rs-1111"), HasSubstr("rs-1a22")));
  EXPECT_EQ(Shirube({"rule", "activate", "rs-9"}), 3);
  EXPECT_THAT(err_.str(), HasSubstr("shirube rule list --sets"));
}

TEST_F(RuleCommandsTest, SaysThatASetIsActiveAlready) {
  keeper_->activation.set_rule_set(kShipped);
  keeper_->activation.set_evaluated_count(0);
  EXPECT_THAT(Done({"rule", "activate", "rs-111"}),
              HasSubstr("すでに有効です"));
}

TEST_F(RuleCommandsTest, EndsWithAConflictWhereSomebodyElseWasFirst) {
  keeper_->failures["ActivateRuleSet"] =
      Refusal(absl::StatusCode::kAborted, "RULE_SET_CHANGED", "切り替わった");
  EXPECT_EQ(Shirube({"rule", "activate", "rs-1a"}), 5);
  EXPECT_THAT(err_.str(), HasSubstr("切り替わった"));
}

TEST_F(RuleCommandsTest, RollsBack) {
  EXPECT_THAT(Done({"rule", "rollback", "--plan", "demo"}),
              HasSubstr("有効にしました(既定)"));
  EXPECT_THAT(keeper_->asked["RollbackRuleSet"],
              HasSubstr("parent: \"plans/demo\""));
}

TEST_F(RuleCommandsTest, ReleasesAndWaitsUntilEverythingIsJudgedAgain) {
  EXPECT_THAT(Done({"rule", "release", "crashes"}),
              HasSubstr("モジュール crashes 1.0.0 の隔離を解きました(稼働中)"));
  EXPECT_THAT(keeper_->asked["ReleaseQuarantine"],
              HasSubstr("ruleModules/crashes/versions/1.0.0"));
  EXPECT_THAT(keeper_->asked["ListVerdicts"],
              HasSubstr("min_revision: \"h.12\""));
  Done({"rule", "release", "crashes@1.0.0", "--no-wait"});
  EXPECT_EQ(keeper_->asked.count("ListVerdicts"), 0u);
  EXPECT_EQ(Shirube({"rule", "release", "crashes@9.9.9"}), 3);
}

TEST_F(RuleCommandsTest, AsksWhichOfTwoVersionsToRelease) {
  keeper_->modules.push_back(keeper_->modules[2]);
  keeper_->modules.back().set_version("1.1.0");
  keeper_->modules.back().set_name("ruleModules/crashes/versions/1.1.0");
  EXPECT_EQ(Shirube({"rule", "release", "crashes"}), 2);
  EXPECT_THAT(err_.str(),
              AllOf(HasSubstr("crashes@1.0.0"), HasSubstr("crashes@1.1.0")));
  Done({"rule", "release", "crashes@1.1.0"});
  EXPECT_THAT(keeper_->asked["ReleaseQuarantine"],
              HasSubstr("ruleModules/crashes/versions/1.1.0"));
}

TEST_F(RuleCommandsTest, TellsHowTheServerConfinesModules) {
  keeper_->info.set_version("0.1.0");
  auto* seccomp = keeper_->info.mutable_confinement()->add_layers();
  seccomp->set_name("seccomp");
  seccomp->set_active(true);
  seccomp->set_required(true);
  auto* landlock = keeper_->info.mutable_confinement()->add_layers();
  landlock->set_name("landlock");
  landlock->set_detail("the kernel has none");
  const std::string out = Done({"server"});
  EXPECT_THAT(out, HasSubstr("システムコールの制限(seccomp)  有効"));
  EXPECT_THAT(out, HasSubstr("なし"));
  EXPECT_THAT(out, HasSubstr("--require-confinement"));
  EXPECT_THAT(Done({"server"}, "en"), HasSubstr("missing"));
  EXPECT_THAT(Done({"server", "-o", "csv"}),
              HasSubstr("confinement.landlock,missing"));
}

}  // namespace
}  // namespace shirube::cli
