// Registering, activating, rolling back and releasing on a whole server, with
// everything that can be asked wrongly; parameters as modules declare them.
#include <fstream>

#include "server/app/health.h"
#include "server/domain/violation.h"
#include "shirube/v1/admin_service.grpc.pb.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

namespace fs = std::filesystem;

// The rules folder is the test's own, so that files come and go.
class ServerRulesTest : public ServerTest {
 protected:
  void SetUp() override {
    options_ = OptionsIn(folder_);
    const fs::path shipped = options_.rules_dir;
    options_.rules_dir = folder_ / "rules";
    fs::create_directory(options_.rules_dir);
    for (const char* id : {"achieved", "on_track", "at_risk"}) {
      Drop(shipped / (std::string(id) + ".so"));
    }
    Drop(Tiny("steady"));
    Start();
  }

  void Start() {
    auto server = Server::Start(options_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<Client>(server_->address());
  }

  static fs::path Tiny(const std::string& id) {
    return fs::path(SHIRUBE_TINY_MODULES) / (id + ".so");
  }
  void Drop(const fs::path& file) {
    const fs::path to = fs::path(options_.rules_dir) / file.filename();
    fs::copy_file(file, to, fs::copy_options::overwrite_existing);
    fs::permissions(to, fs::perms::owner_all | fs::perms::group_read);
  }

  v1::RuleModule Register(const std::string& file) {
    return Do(client_->rules, &Rules::RegisterRuleModule,
              "file: '" + file + "'");
  }
  v1::RuleSet RegisterSet(const std::string& request) {
    return Do(client_->rules, &Rules::RegisterRuleSet, request);
  }
  // steady, on_track, at_risk: another reason for what is achieved.
  std::string SteadySet() {
    Register("steady.so");
    return RegisterSet(
               "modules: 'ruleModules/steady' modules: 'ruleModules/on_track' "
               "modules: 'ruleModules/at_risk/versions/1.1.0'")
        .name();
  }
  std::string DefaultSet() {
    return Do(client_->rules, &Rules::GetRuleSet, "name: 'ruleSets/default'")
        .name();
  }
  std::vector<v1::RuleSetActivation> Activations(const std::string& parent) {
    const auto page = Do(client_->rules, &Rules::ListRuleSetActivations,
                         "parent: '" + parent + "'");
    return {page.activations().begin(), page.activations().end()};
  }

  ServerOptions options_;
};

TEST_F(ServerRulesTest, ListsWhatLiesInTheFolderAndWhatIsStored) {
  WaitJudged(ApplyDemo().revision());
  const auto modules =
      Do(client_->rules, &Rules::ListRuleModules, "").rule_modules();
  ASSERT_THAT(modules, SizeIs(4));
  EXPECT_EQ(modules[0].name(), "ruleModules/achieved/versions/1.1.0");
  EXPECT_EQ(modules[0].state(), v1::RuleModule::STATE_ACTIVE);
  EXPECT_TRUE(modules[0].registered());
  EXPECT_GT(modules[0].cases_count(), 0);
  EXPECT_THAT(modules[0].sha256(), SizeIs(64));
  EXPECT_EQ(modules[3].module(), "steady");
  EXPECT_EQ(modules[3].state(), v1::RuleModule::STATE_VERIFIED);
  EXPECT_FALSE(modules[3].registered());

  // A file that comes later is found by the next list, one that goes stays
  // known as long as it is registered.
  Register("steady.so");
  fs::remove(fs::path(options_.rules_dir) / "steady.so");
  std::ofstream(fs::path(options_.rules_dir) / "words.so") << "no module";
  const auto later =
      Do(client_->rules, &Rules::ListRuleModules, "filter: 'file = words.so'")
          .rule_modules();
  ASSERT_THAT(later, SizeIs(1));
  EXPECT_EQ(later[0].state(), v1::RuleModule::STATE_REJECTED);
  EXPECT_EQ(later[0].reason(), "NOT_ELF");
  EXPECT_THAT(later[0].message().ja(), Not(IsEmpty()));
  const auto kept = Do(client_->rules, &Rules::GetRuleModule,
                       "name: 'ruleModules/steady/versions/1.2.3'");
  EXPECT_TRUE(kept.registered());
  EXPECT_EQ(kept.parameters(0).name(), "floor");
}

TEST_F(ServerRulesTest, ReadsOneModule) {
  const auto fail = [this](const std::string& name) {
    return Fail(client_->rules, &Rules::GetRuleModule, "name: '" + name + "'");
  };
  EXPECT_EQ(ReasonOf(fail("ruleModules/nobody/versions/1.0.0")),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(fail("ruleModules/achieved/versions/9.9.9")),
            "RESOURCE_NOT_FOUND");
  EXPECT_THAT(FieldsOf(fail("ruleModules/achieved")), ElementsAre("name"));
  EXPECT_THAT(FieldsOf(fail("")), ElementsAre("name"));
  EXPECT_THAT(FieldsOf(Fail(client_->rules, &Rules::ListRuleModules,
                            "parent: 'plans/a'")),
              ElementsAre("parent"));
  EXPECT_THAT(Do(client_->rules, &Rules::ListRuleModules,
                 "parent: 'ruleModules/on_track'")
                  .rule_modules(),
              SizeIs(1));
}

TEST_F(ServerRulesTest, RegistersTheSameBytesOnce) {
  const auto tried = Do(client_->rules, &Rules::RegisterRuleModule,
                        "file: 'steady.so' validate_only: true");
  EXPECT_FALSE(tried.registered());
  EXPECT_THAT(tried.revision(), IsEmpty());
  const auto first = Register("steady.so");
  EXPECT_TRUE(first.registered());
  EXPECT_EQ(first.version(), "1.2.3");
  const auto second = Register("steady.so");
  EXPECT_EQ(second.create_time().seconds(), first.create_time().seconds());
  EXPECT_EQ(second.revision(), first.revision());
}

TEST_F(ServerRulesTest, AnswersARepeatEvenWhenTheFileIsGone) {
  const std::string request = "file: 'steady.so' request_id: 'r1'";
  const auto first = Do(client_->rules, &Rules::RegisterRuleModule, request);
  fs::remove(fs::path(options_.rules_dir) / "steady.so");
  const auto second = Do(client_->rules, &Rules::RegisterRuleModule, request);
  EXPECT_EQ(second.sha256(), first.sha256());
  EXPECT_EQ(second.revision(), first.revision());
  EXPECT_EQ(ReasonOf(Fail(client_->rules, &Rules::RegisterRuleModule,
                          "file: 'other.so' request_id: 'r1'")),
            "REQUEST_ID_REUSED");
}

TEST_F(ServerRulesTest, RefusesFilesThatCannotBeRegistered) {
  const auto fail = [this](const std::string& request) {
    return Fail(client_->rules, &Rules::RegisterRuleModule, request);
  };
  EXPECT_THAT(FieldsOf(fail("")), ElementsAre("file"));
  EXPECT_THAT(FieldsOf(fail("file: '../steady.so'")), ElementsAre("file"));
  EXPECT_THAT(FieldsOf(fail("file: 'steady.so' sha256: 'abc'")),
              ElementsAre("sha256"));
  EXPECT_EQ(ReasonOf(fail("file: 'steady.so' sha256: '" + std::string(64, '0') +
                          "'")),
            "HASH_MISMATCH");
  EXPECT_EQ(ReasonOf(fail("file: 'nobody.so'")), "NOT_FOUND");
  Drop(Tiny("no_manifest"));
  EXPECT_EQ(ReasonOf(fail("file: 'no_manifest.so'")), "NO_MANIFEST");
  fs::permissions(fs::path(options_.rules_dir) / "steady.so",
                  fs::perms::others_write, fs::perm_options::add);
  const grpc::Status open = fail("file: 'steady.so'");
  EXPECT_EQ(ReasonOf(open), "UNSAFE_PERMISSIONS");
  EXPECT_EQ(open.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_THAT(open.error_message(), HasSubstr("chmod go-w"));
}

TEST_F(ServerRulesTest, RefusesOtherBytesUnderATakenVersion) {
  Register("steady.so");
  std::ofstream(fs::path(options_.rules_dir) / "steady.so",
                std::ios::app | std::ios::binary)
      << "rebuilt";
  for (const char* more : {"", " validate_only: true"}) {
    const grpc::Status status = Fail(client_->rules, &Rules::RegisterRuleModule,
                                     std::string("file: 'steady.so'") + more);
    EXPECT_EQ(status.error_code(), grpc::ALREADY_EXISTS);
    EXPECT_EQ(ReasonOf(status), "MODULE_VERSION_TAKEN");
  }
}

TEST_F(ServerRulesTest, RegistersASetByItsContent) {
  Register("steady.so");
  const std::string request =
      "modules: 'ruleModules/steady' modules: 'ruleModules/on_track' "
      "parameters { key: 'pace_threshold' value: '0.9' }";
  const auto tried = RegisterSet(request + " validate_only: true");
  EXPECT_THAT(tried.revision(), IsEmpty());
  EXPECT_EQ(ReasonOf(Fail(client_->rules, &Rules::GetRuleSet,
                          "name: '" + tried.name() + "'")),
            "RESOURCE_NOT_FOUND");
  const auto set = RegisterSet(request);
  EXPECT_EQ(set.name(), tried.name());
  EXPECT_THAT(set.name(), StartsWith("ruleSets/rs-"));
  EXPECT_EQ(set.state(), v1::RuleSet::STATE_STORED);
  EXPECT_EQ(set.parameters().at("pace_threshold"), "0.9");
  EXPECT_EQ(set.parameters().at("floor"), "0.25");
  ASSERT_THAT(set.modules(), SizeIs(2));
  EXPECT_EQ(set.modules(0).module(), "ruleModules/steady/versions/1.2.3");
  EXPECT_EQ(RegisterSet(request).revision(), set.revision());
  EXPECT_NE(RegisterSet("modules: 'ruleModules/on_track' "
                        "modules: 'ruleModules/steady'")
                .name(),
            set.name());
}

TEST_F(ServerRulesTest, RefusesASetWithEverythingThatIsWrongWithIt) {
  const auto fields = [this](const std::string& request) {
    return FieldsOf(Fail(client_->rules, &Rules::RegisterRuleSet, request));
  };
  EXPECT_THAT(fields("modules: 'ruleModules/achieved' "
                     "modules: 'ruleModules/steady' modules: 'steady' "
                     "parameters { key: 'floor' value: 'x' }"),
              testing::UnorderedElementsAre("modules[1]", "modules[2]",
                                            "parameters.floor"));
  EXPECT_THAT(fields(""), ElementsAre("modules"));
  EXPECT_THAT(fields("modules: 'ruleModules/achieved' "
                     "modules: 'ruleModules/achieved'"),
              Not(IsEmpty()));
  EXPECT_THAT(fields("modules: 'ruleModules/on_track' "
                     "parameters { key: 'pace_threshold' value: '7' } "
                     "parameters { key: 'speed' value: '1' }"),
              SizeIs(2));
}

TEST_F(ServerRulesTest, ActivatesTellsWhoAndGoesBack) {
  ApplyDemo();
  const std::string shipped = DefaultSet(), steady = SteadySet();
  const auto done = Do(client_->rules, &Rules::ActivateRuleSet,
                       "rule_set: '" + steady + "' expected_rule_set: '" +
                           shipped + "' request_id: 'a1'");
  EXPECT_EQ(done.rule_set(), steady);
  EXPECT_EQ(done.previous_rule_set(), shipped);
  EXPECT_EQ(done.actor(), "tester");
  EXPECT_TRUE(done.actor_claimed());
  EXPECT_EQ(done.evaluated_count(), 1);
  EXPECT_EQ(DefaultSet(), steady);
  // The same request again is the same activation.
  const auto again = Do(client_->rules, &Rules::ActivateRuleSet,
                        "rule_set: '" + steady + "' expected_rule_set: '" +
                            shipped + "' request_id: 'a1'");
  EXPECT_EQ(again.revision(), done.revision());
  EXPECT_THAT(Activations(""), SizeIs(2));

  const auto back = Do(client_->rules, &Rules::RollbackRuleSet, "");
  EXPECT_EQ(back.rule_set(), shipped);
  const auto activations = Activations("");
  ASSERT_THAT(activations, SizeIs(3));
  EXPECT_EQ(activations[0].revision(), back.revision());
  EXPECT_EQ(activations[2].actor(), "shirube");
  EXPECT_THAT(activations[2].previous_rule_set(), IsEmpty());
}

TEST_F(ServerRulesTest, ListsActivationsInPages) {
  const std::string steady = SteadySet();
  Do(client_->rules, &Rules::ActivateRuleSet, "rule_set: '" + steady + "'");
  const auto first =
      Do(client_->rules, &Rules::ListRuleSetActivations, "page_size: 1");
  ASSERT_THAT(first.activations(), SizeIs(1));
  EXPECT_EQ(first.activations(0).rule_set(), steady);
  // What comes in between does not shift the pages.
  Do(client_->rules, &Rules::RollbackRuleSet, "");
  const auto second =
      Do(client_->rules, &Rules::ListRuleSetActivations,
         "page_size: 1 page_token: '" + first.next_page_token() + "'");
  ASSERT_THAT(second.activations(), SizeIs(1));
  EXPECT_EQ(second.activations(0).actor(), "shirube");
  EXPECT_THAT(second.next_page_token(), IsEmpty());
  EXPECT_EQ(ReasonOf(Fail(client_->rules, &Rules::ListRuleSetActivations,
                          "parent: 'plans/none'")),
            "RESOURCE_NOT_FOUND");
}

TEST_F(ServerRulesTest, LetsAPlanLeaveTheDefaultAndFollowItAgain) {
  ApplyDemo();
  const std::string steady = SteadySet();
  Do(client_->rules, &Rules::ActivateRuleSet,
     "parent: 'plans/demo' rule_set: '" + steady + "'");
  EXPECT_EQ(
      Do(client_->plans, &Plans::GetPlan, "name: 'plans/demo'").rule_set(),
      steady);
  EXPECT_EQ(Do(client_->evaluation, &Evaluation::GetVerdict,
               "name: 'plans/demo/indicators/i-01/verdict'")
                .rule_set(),
            steady);
  const auto set =
      Do(client_->rules, &Rules::GetRuleSet, "name: '" + steady + "'");
  EXPECT_EQ(set.state(), v1::RuleSet::STATE_ACTIVE);
  EXPECT_THAT(set.aliases(), IsEmpty());
  Do(client_->rules, &Rules::ActivateRuleSet,
     "parent: 'plans/demo' rule_set: 'ruleSets/default'");
  EXPECT_EQ(
      Do(client_->plans, &Plans::GetPlan, "name: 'plans/demo'").rule_set(),
      "ruleSets/default");
  ASSERT_THAT(Activations("plans/demo"), SizeIs(2));
}

TEST_F(ServerRulesTest, RefusesToActivateWhatCannotBeMeant) {
  const std::string steady = SteadySet();
  const auto fail = [this](const std::string& request) {
    return Fail(client_->rules, &Rules::ActivateRuleSet, request);
  };
  EXPECT_THAT(FieldsOf(fail("")), ElementsAre("rule_set"));
  EXPECT_THAT(FieldsOf(fail("rule_set: 'ruleSets/default'")),
              ElementsAre("rule_set"));
  EXPECT_THAT(FieldsOf(fail("rule_set: 'x' parent: 'y'")),
              testing::UnorderedElementsAre("rule_set", "parent"));
  EXPECT_EQ(ReasonOf(fail("rule_set: 'ruleSets/rs-0'")), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(fail("parent: 'plans/none' rule_set: '" + steady + "'")),
            "RESOURCE_NOT_FOUND");
  const grpc::Status changed =
      fail("rule_set: '" + steady + "' expected_rule_set: '" + steady + "'");
  EXPECT_EQ(ReasonOf(changed), "RULE_SET_CHANGED");
  EXPECT_EQ(changed.error_code(), grpc::ABORTED);
  EXPECT_EQ(ReasonOf(Fail(client_->rules, &Rules::RollbackRuleSet, "")),
            "NO_PREVIOUS_RULE_SET");
}

TEST_F(ServerRulesTest, NamesEveryModuleThatCannotStart) {
  Drop(Tiny("crashes_in_create"));
  Drop(Tiny("refuses_create"));
  Register("crashes_in_create.so");
  Register("refuses_create.so");
  const std::string shipped = DefaultSet();
  const auto set = RegisterSet(
      "modules: 'ruleModules/crashes_in_create' "
      "modules: 'ruleModules/refuses_create' modules: 'ruleModules/at_risk'");
  const grpc::Status status = Fail(client_->rules, &Rules::ActivateRuleSet,
                                   "rule_set: '" + set.name() + "'");
  EXPECT_EQ(ReasonOf(status), "RULE_SET_CANNOT_START");
  EXPECT_EQ(status.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("crashes_in_create"));
  EXPECT_THAT(status.error_message(), HasSubstr("refuses_create"));
  EXPECT_EQ(DefaultSet(), shipped);
}

TEST_F(ServerRulesTest, ReleasesOnlyWhatIsInQuarantine) {
  EXPECT_EQ(ReasonOf(Fail(client_->rules, &Rules::ReleaseQuarantine,
                          "name: 'ruleModules/achieved/versions/1.1.0'")),
            "NOT_QUARANTINED");
  EXPECT_EQ(ReasonOf(Fail(client_->rules, &Rules::ReleaseQuarantine,
                          "name: 'ruleModules/nobody/versions/1.0.0'")),
            "RESOURCE_NOT_FOUND");
  EXPECT_THAT(FieldsOf(Fail(client_->rules, &Rules::ReleaseQuarantine,
                            "name: 'ruleModules/achieved'")),
              ElementsAre("name"));
}

TEST_F(ServerRulesTest, DescribesItselfAndItsConfinement) {
  ApplyDemo();
  const auto admin = v1::AdminService::NewStub(client_->channel_);
  v1::ServerInfo info;
  ASSERT_TRUE(client_
                  ->Try(admin, &v1::AdminService::Stub::GetServerInfo,
                        v1::GetServerInfoRequest(), &info)
                  .ok());
  EXPECT_THAT(info.version(), Not(IsEmpty()));
  EXPECT_EQ(info.rule_abi_version(), "0.2");
  EXPECT_EQ(info.storage(), "sqlite");
  EXPECT_THAT(info.revision(), HasSubstr("."));
  EXPECT_GT(info.start_time().seconds(), 0);
  EXPECT_EQ(info.confinement().memory_limit_bytes(), int64_t{256} << 20);
  EXPECT_EQ(info.confinement().call_deadline_millis(), 200);
  std::vector<std::string> names;
  for (const auto& layer : info.confinement().layers()) {
    names.push_back(layer.name());
    EXPECT_THAT(layer.detail(), Not(IsEmpty())) << layer.name();
    if (layer.name() == "seccomp") {
      EXPECT_TRUE(layer.active());
    }
  }
  EXPECT_THAT(names,
              testing::UnorderedElementsAre("seccomp", "landlock", "rlimits",
                                            "no_new_privs", "sealed_memory"));
}

// A parameter may be set before the module that reads it judges; what judges
// decides where both declare it.
TEST_F(ServerRulesTest, ChecksParametersAgainstTheManifests) {
  ApplyDemo();
  const auto update = [](const std::string& parameter) {
    return "plan { name: 'plans/demo' parameters { " + parameter +
           " } } update_mask { paths: 'parameters' }";
  };
  Do(client_->plans, &Plans::UpdatePlan,
     update("key: 'floor' value: '0.5'"));  // of a file in the folder
  EXPECT_THAT(FieldsOf(Fail(client_->plans, &Plans::UpdatePlan,
                            update("key: 'floor' value: '2'"))),
              SizeIs(1));
  EXPECT_THAT(FieldsOf(Fail(client_->plans, &Plans::UpdatePlan,
                            update("key: 'speed' value: '1'"))),
              SizeIs(1));
  EXPECT_THAT(FieldsOf(Fail(client_->plans, &Plans::UpdatePlan,
                            update("key: 'pace_threshold' value: '1.5'"))),
              SizeIs(1));
}

// `margin` of the module `loose` names no stricter: an indicator that two
// initiatives give different values is refused whichever way it is written.
TEST_F(ServerRulesTest, RefusesLinksThatGiveOneParameterTwoValues) {
  Drop(Tiny("loose"));
  ApplyDemo();
  for (const char* id : {"a", "b"}) {
    Do(client_->plans, &Plans::CreateInitiative,
       std::string("parent: 'plans/demo' initiative_id: '") + id +
           "' initiative { display_name: '" + id +
           "' kind: KIND_MEASURE parameters { key: 'margin' value: '" +
           (id[0] == 'a' ? "0.1" : "0.2") + "' } }");
  }
  const std::string link =
      "indicator: 'plans/demo/indicators/i-01' initiative: "
      "'plans/demo/initiatives/";
  Do(client_->plans, &Plans::LinkIndicator, link + "a'");
  EXPECT_THAT(
      FieldsOf(Fail(client_->plans, &Plans::LinkIndicator, link + "b'")),
      ElementsAre("initiative"));
  EXPECT_THAT(
      FieldsOf(Fail(client_->plans, &Plans::UpdateIndicator,
                    "indicator { name: 'plans/demo/indicators/i-01' links: "
                    "'plans/demo/initiatives/a' links: "
                    "'plans/demo/initiatives/b' } update_mask { paths: "
                    "'links' }")),
      ElementsAre("indicator.links"));
  // With a value of its own it does not matter, nor with equal ones.
  const auto set_margin = [this](const char* value) {
    return "initiative { name: 'plans/demo/initiatives/b' parameters { key: "
           "'margin' value: '" +
           std::string(value) + "' } } update_mask { paths: 'parameters' }";
  };
  Do(client_->plans, &Plans::UpdateInitiative, set_margin("0.1"));
  Do(client_->plans, &Plans::LinkIndicator, link + "b'");
  EXPECT_THAT(FieldsOf(Fail(client_->plans, &Plans::UpdateInitiative,
                            set_margin("0.2"))),
              ElementsAre("initiative.parameters"));
  Do(client_->plans, &Plans::UpdateIndicator,
     "indicator { name: 'plans/demo/indicators/i-01' parameters { key: "
     "'margin' value: '0.3' } } update_mask { paths: 'parameters' }");
  Do(client_->plans, &Plans::UpdateInitiative, set_margin("0.2"));
}

TEST_F(ServerRulesTest, RefusesToStartWithoutARequiredLayerItDoesNotKnow) {
  options_.required_layers = {"tinfoil"};
  options_.database = folder_ / "other.db";
  const auto server = Server::Start(options_);
  ASSERT_FALSE(server.ok());
  const ErrorDetails details = DetailsOf(server.status());
  EXPECT_THAT(details.en, HasSubstr("tinfoil"));
  EXPECT_THAT(details.ja, HasSubstr("tinfoil"));
}

ModuleInfo AModule(ModuleState state, bool in_use) {
  ModuleInfo module;
  module.id = "rule";
  module.state = state;
  module.in_use = in_use;
  return module;
}

TEST(HealthTest, AsksTheVersionInUseAndNotTheFileBesideIt) {
  const auto healthy = [](const std::vector<ModuleInfo>& modules) {
    return HealthOfModules(modules).at("ruleModules/rule");
  };
  const ModuleInfo active = AModule(ModuleState::kActive, true);
  EXPECT_TRUE(healthy({active}));
  EXPECT_TRUE(healthy({active, AModule(ModuleState::kRejected, false)}));
  EXPECT_TRUE(healthy({AModule(ModuleState::kQuarantined, false), active}));
  EXPECT_FALSE(healthy({active, AModule(ModuleState::kQuarantined, true)}));
  EXPECT_FALSE(healthy({AModule(ModuleState::kQuarantined, false)}));
  EXPECT_FALSE(healthy({AModule(ModuleState::kRejected, false)}));
  EXPECT_TRUE(healthy({AModule(ModuleState::kVerified, false)}));
  EXPECT_FALSE(healthy({AModule(ModuleState::kStarting, true)}));
  ModuleInfo aside = active;
  aside.quarantine = QuarantineNotice();
  EXPECT_FALSE(healthy({aside}));
}

}  // namespace
}  // namespace shirube
