// The acceptance suite of every storage driver: rule modules and sets, what was
// active when, quarantines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage_suite/drivers.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RulesSuite : public testing::TestWithParam<Driver> {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    store_.reset();
    store_ = *GetParam().open(folder_.path());
  }
  std::unique_ptr<StoreReader> Read() { return *store_->Snapshot(); }

  static RuleModuleRecord MakeModule(const std::string& module,
                                     const std::string& sha256,
                                     const std::string& bytes) {
    RuleModuleRecord record;
    record.module = module;
    record.version = "1.0.0";
    record.sha256 = sha256;
    record.file = module + ".so";
    record.manifest_json = "{\"id\":\"" + module + "\"}";
    record.bytes = bytes;
    record.create_time = absl::FromUnixMicros(1'700'000'000'123'456);
    return record;
  }
  static RuleSetRecord MakeSet(const std::string& id) {
    RuleSetRecord record;
    record.id = RuleSetId(id);
    record.canonical_json = "of " + id;
    record.modules = {{"achieved", "1.0.0", "aa"}, {"at_risk", "1.0.0", "bb"}};
    record.parameters = {{"pace_threshold", Num("0.8")},
                         {"steps", Num("-3.000001")}};
    record.create_time = absl::FromUnixMicros(7);
    return record;
  }
  Revision Commit(const std::function<absl::Status(Writer&)>& write) {
    Writer writer(store_.get());
    writer.Begin();
    const absl::Status written = write(writer);
    EXPECT_TRUE(written.ok()) << written;
    return writer.Commit();
  }
  Revision PutModule(RuleModuleRecord record) {
    return Commit([&](Writer& writer) {
      record.revision = writer.revision();
      return writer.tx()->PutRuleModule(record);
    });
  }
  Revision PutSet(RuleSetRecord record) {
    return Commit([&](Writer& writer) {
      record.revision = writer.revision();
      return writer.tx()->PutRuleSet(record);
    });
  }
  Revision Activate(const std::string& plan, const std::string& rule_set,
                    const std::string& previous) {
    return Commit([&](Writer& writer) {
      ActivationRecord record;
      record.plan = PlanId(plan);
      record.rule_set = RuleSetId(rule_set);
      record.previous = RuleSetId(previous);
      record.revision = writer.revision();
      return writer.tx()->PutActivation(record);
    });
  }
  Revision Quarantine(const std::string& sha256, const std::string& reason) {
    return Commit([&](Writer& writer) {
      QuarantineRecord record;
      record.sha256 = sha256;
      record.module = "stale";
      record.version = "2.0.0";
      record.reason = reason;
      record.en = "died";
      record.ja = "異常終了";
      record.time = absl::FromUnixMicros(99);
      record.revision = writer.revision();
      return writer.tx()->PutQuarantine(record);
    });
  }
  Revision Release(const std::string& sha256) {
    return Commit([&](Writer& writer) {
      return writer.tx()->EndQuarantine(sha256, writer.revision());
    });
  }
  std::vector<std::string> Out(Revision at = kLatest) {
    std::vector<std::string> out;
    const auto records = *Read()->ListQuarantines(at);
    for (const QuarantineRecord& record : records) {
      out.push_back(record.sha256 + " " + record.reason);
    }
    return out;
  }
  std::string Active(const std::string& plan, Revision at = kLatest) {
    const auto found = *Read()->GetActivation(PlanId(plan), at);
    return found.has_value() ? found->rule_set.value() : "never";
  }

  TempFolder folder_;
  std::unique_ptr<shirube::Store> store_;
};

TEST_P(RulesSuite, GivesBackEveryByteOfAModule) {
  std::string bytes(3'000'000, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(i * 31 + i / 251);
  }
  const Revision revision = PutModule(MakeModule("stale", "aa", bytes));
  Open();
  const auto back = *Read()->GetRuleModule("aa");
  ASSERT_TRUE(back.has_value());
  EXPECT_TRUE(back->bytes == bytes);
  EXPECT_EQ(back->bytes_size, 3'000'000);
  EXPECT_EQ(back->module, "stale");
  EXPECT_EQ(back->version, "1.0.0");
  EXPECT_EQ(back->sha256, "aa");
  EXPECT_EQ(back->file, "stale.so");
  EXPECT_EQ(back->manifest_json, "{\"id\":\"stale\"}");
  EXPECT_EQ(back->create_time, absl::FromUnixMicros(1'700'000'000'123'456));
  EXPECT_EQ(back->revision, revision);
  EXPECT_FALSE((*Read()->GetRuleModule("bb")).has_value());
}

TEST_P(RulesSuite, ListsModulesByNameThenRegistrationWithoutBytes) {
  PutModule(MakeModule("stale", "99", "first"));
  PutModule(MakeModule("achieved", "55", "only"));
  // A rebuilt module has the name and version of the one before.
  PutModule(MakeModule("stale", "11", "second"));
  std::vector<std::string> listed;
  const auto records = *Read()->ListRuleModules();
  for (const RuleModuleRecord& record : records) {
    listed.push_back(record.module + " " + record.sha256);
    EXPECT_EQ(record.bytes, "");
    EXPECT_GT(record.bytes_size, 0);
  }
  EXPECT_THAT(listed, ElementsAre("achieved 55", "stale 99", "stale 11"));
}

TEST_P(RulesSuite, KeepsEachModuleOnce) {
  PutModule(MakeModule("stale", "aa", "first"));
  auto tx = *store_->Begin();
  EXPECT_FALSE(tx->PutRuleModule(MakeModule("stale", "aa", "other")).ok());
}

TEST_P(RulesSuite, GivesBackASetWithItsParameters) {
  const Revision revision = PutSet(MakeSet("rs-1"));
  PutSet(MakeSet("rs-0"));
  const auto back = *Read()->GetRuleSet(RuleSetId("rs-1"));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->canonical_json, "of rs-1");
  EXPECT_EQ(back->modules, MakeSet("rs-1").modules);
  EXPECT_EQ(back->create_time, absl::FromUnixMicros(7));
  EXPECT_EQ(back->revision, revision);
  ASSERT_EQ(back->parameters.size(), 2u);
  EXPECT_EQ(back->parameters.at("pace_threshold").ToString(), "0.8");
  EXPECT_EQ(back->parameters.at("steps").ToString(), "-3.000001");
  const auto all = *Read()->ListRuleSets();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id, RuleSetId("rs-0"));
  EXPECT_EQ(all[1].parameters.size(), 2u);
  EXPECT_FALSE((*Read()->GetRuleSet(RuleSetId("rs-2"))).has_value());
}

TEST_P(RulesSuite, TellsWhatWasActiveWhenForEachScope) {
  const Revision first = Activate("", "rs-1", "");
  const Revision of_plan = Activate("a", "rs-2", "");
  const Revision second = Activate("", "rs-3", "rs-1");
  const Revision back = Activate("a", "", "rs-2");
  EXPECT_EQ(Active("", first - 1), "never");
  EXPECT_EQ(Active("", first), "rs-1");
  EXPECT_EQ(Active("", second - 1), "rs-1");
  EXPECT_EQ(Active(""), "rs-3");
  EXPECT_EQ(Active("a", of_plan - 1), "never");
  EXPECT_EQ(Active("a", back - 1), "rs-2");
  EXPECT_EQ(Active("a"), "");
  EXPECT_EQ(Active("b"), "never");
}

TEST_P(RulesSuite, ListsActivationsLatestFirstWithWhoDidThem) {
  Activate("", "rs-1", "");
  Activate("a", "rs-9", "");
  const Revision second = Activate("", "rs-2", "rs-1");
  const auto list = *Read()->ListActivations(PlanId());
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].rule_set, RuleSetId("rs-2"));
  EXPECT_EQ(list[0].previous, RuleSetId("rs-1"));
  EXPECT_EQ(list[0].revision, second);
  EXPECT_EQ(list[0].actor, "tester");
  EXPECT_FALSE(list[0].claimed);
  EXPECT_EQ(list[0].time, (*Read()->Head()).commit_time);
  EXPECT_EQ(list[1].rule_set, RuleSetId("rs-1"));
  EXPECT_LT(list[1].time, list[0].time);
  EXPECT_THAT(*Read()->ListActivations(PlanId("b")), IsEmpty());
}

TEST_P(RulesSuite, ShowsAnActivationToItsOwnTransactionOnly) {
  Writer writer(store_.get());
  writer.Begin();
  ActivationRecord record;
  record.rule_set = RuleSetId("rs-1");
  record.revision = writer.revision();
  ASSERT_TRUE(writer.tx()->PutActivation(record).ok());
  EXPECT_TRUE((*writer.tx()->GetActivation(PlanId())).has_value());
  EXPECT_EQ(Active(""), "never");
  writer.Commit();
  EXPECT_EQ(Active(""), "rs-1");
}

TEST_P(RulesSuite, KeepsTheActivationsOfADeletedPlan) {
  Writer(store_.get()).Begin().Put(MakePlan("a")).Commit();
  Activate("a", "rs-2", "");
  Writer(store_.get()).Begin().Put(MakePlan("a"), /*deleted=*/true).Commit();
  EXPECT_EQ(Active("a"), "rs-2");
  EXPECT_EQ((*Read()->ListActivations(PlanId("a"))).size(), 1u);
}

TEST_P(RulesSuite, ReadsQuarantinesAsKnownThen) {
  const Revision set = Quarantine("aa", "CRASHED");
  Quarantine("bb", "TIMED_OUT");
  const Revision released = Release("aa");
  const Revision again = Quarantine("aa", "FORBIDDEN_CALL");
  EXPECT_THAT(Out(set - 1), IsEmpty());
  EXPECT_THAT(Out(set), ElementsAre("aa CRASHED"));
  EXPECT_THAT(Out(released - 1), ElementsAre("aa CRASHED", "bb TIMED_OUT"));
  EXPECT_THAT(Out(released), ElementsAre("bb TIMED_OUT"));
  EXPECT_THAT(Out(), ElementsAre("bb TIMED_OUT", "aa FORBIDDEN_CALL"));
  Open();
  const QuarantineRecord back = (*Read()->ListQuarantines()).at(1);
  EXPECT_EQ(back.module, "stale");
  EXPECT_EQ(back.version, "2.0.0");
  EXPECT_EQ(back.en, "died");
  EXPECT_EQ(back.ja, "異常終了");
  EXPECT_EQ(back.time, absl::FromUnixMicros(99));
  EXPECT_EQ(back.revision, again);
}

TEST_P(RulesSuite, RefusesToReleaseWhatIsNotOut) {
  Quarantine("aa", "CRASHED");
  Release("aa");
  auto tx = *store_->Begin();
  EXPECT_EQ(tx->EndQuarantine("aa", 9).code(), absl::StatusCode::kInternal);
  EXPECT_EQ(tx->EndQuarantine("bb", 9).code(), absl::StatusCode::kInternal);
}

TEST_P(RulesSuite, UndoesAllOfItWithTheTransaction) {
  {
    auto tx = *store_->Begin();
    ASSERT_TRUE(tx->PutRuleModule(MakeModule("stale", "aa", "x")).ok());
    ASSERT_TRUE(tx->PutRuleSet(MakeSet("rs-1")).ok());
    ActivationRecord activation;
    activation.rule_set = RuleSetId("rs-1");
    activation.revision = 1;
    ASSERT_TRUE(tx->PutActivation(activation).ok());
    QuarantineRecord quarantine;
    quarantine.sha256 = "aa";
    quarantine.revision = 1;
    ASSERT_TRUE(tx->PutQuarantine(quarantine).ok());
  }
  EXPECT_THAT(*Read()->ListRuleModules(), IsEmpty());
  EXPECT_THAT(*Read()->ListRuleSets(), IsEmpty());
  EXPECT_EQ(Active(""), "never");
  EXPECT_THAT(Out(), IsEmpty());
}

TEST_P(RulesSuite, ForgetsARunThatNobodyPublishedWhenItIsOpened) {
  Writer(store_.get()).Begin().Put(MakeIndicator("a", "i-1")).Commit();
  const auto store_in_run = [&](const std::string& reason, bool publish) {
    RunId run = 0;
    Commit([&](Writer& writer) {
      run = *writer.tx()->NewRun();
      Verdict verdict;
      verdict.indicator = {PlanId("a"), IndicatorId("i-1")};
      verdict.reason = reason;
      verdict.input_revision = 1;
      verdict.revision = writer.revision();
      const absl::Status put = writer.tx()->PutVerdict(verdict, run);
      if (!put.ok() || !publish) return put;
      return writer.tx()->PublishRun(run, writer.revision());
    });
    return run;
  };
  store_in_run("SEEN", true);
  const RunId lost = store_in_run("NEVER", false);
  Open();
  EXPECT_EQ((*Read()->GetVerdict({PlanId("a"), IndicatorId("i-1")}))->reason,
            "SEEN");
  auto tx = *store_->Begin();
  EXPECT_EQ(tx->PublishRun(lost, 5).code(), absl::StatusCode::kInternal);
  EXPECT_GT(*tx->NewRun(), lost);
}

INSTANTIATE_TEST_SUITE_P(Drivers, RulesSuite, testing::ValuesIn(AllDrivers()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace shirube
