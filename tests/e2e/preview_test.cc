// Previews and comparisons as a planning officer asks for them, against a real
// server: they say what an activation would do, for past years too, and leave
// nothing behind.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "client/lib/clients.h"
#include "tests/e2e/data.h"
#include "tests/e2e/process.h"
#include "tests/e2e/rule_fixture.h"

namespace shirube::e2e {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

template <typename T>
T FromJson(const std::string& json) {
  T message;
  const auto status =
      google::protobuf::util::JsonStringToMessage(json, &message);
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << json;
  return message;
}

std::string Word(const v1::Judgement& judgement) {
  return v1::Verdict::Status_Name(judgement.status()) + " " +
         judgement.reason();
}

// The head of the store, read without writing.
class PreviewTest : public RuleFixture {
 protected:
  void SetUp() override {
    RuleFixture::SetUp();
    Drop(Shipped("attainment_9075"));
    Start();
  }

  void Import(const std::string& file, const std::string& plan) {
    Done({"import", file, "--plan", plan, "--yes"});
  }

  std::string Head() {
    v1::ListRuleSetsRequest request;
    auto answer = client::RuleClient(options_).ListRuleSets(request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->revision() : "";
  }

  v1::PreviewRuleSetResponse Preview(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"rule", "preview"});
    arguments.insert(arguments.end(), {"-o", "json"});
    return FromJson<v1::PreviewRuleSetResponse>(Done(arguments));
  }
  v1::CompareRuleSetsResponse Compare(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "compare");
    arguments.insert(arguments.end(), {"-o", "json"});
    return FromJson<v1::CompareRuleSetsResponse>(Done(arguments));
  }

  // "▲"-like words of one column, by name.
  static std::map<std::string, const v1::Judgement*> Column(
      const v1::CompareRuleSetsResponse& comparison, int column) {
    std::map<std::string, const v1::Judgement*> rows;
    for (const v1::ComparedIndicator& row : comparison.indicators()) {
      rows[row.indicator_display_name()] = &row.judgements(column);
    }
    return rows;
  }
};

TEST_F(PreviewTest, SaysWhatAnActivationThenDoes) {
  Import(kSample, "demo");
  const auto before = Verdicts();
  const std::string head = Head();
  const v1::PreviewRuleSetResponse preview =
      Preview({"attainment_9075", "--reworded"});
  EXPECT_EQ(Head(), head);
  EXPECT_EQ(Verdicts(), before);

  auto expected = before;
  for (const v1::VerdictChange& change : preview.verdict_changes()) {
    EXPECT_EQ(Word(change.before()), before.at(change.indicator()));
    expected[change.indicator()] = Word(change.after());
  }
  EXPECT_NE(expected, before);
  const std::string id = Registered({"attainment_9075.lua"});
  EXPECT_EQ("ruleSets/" + id, preview.rule_set());
  Done({"rule", "activate", id});
  EXPECT_EQ(Verdicts(), expected);

  ASSERT_EQ(preview.summaries_size(), 1);
  const v1::PreviewSummary& summary = preview.summaries(0);
  int64_t changed = 0, of_transitions = 0;
  for (const auto& [indicator, verdict] : Verdicts()) {
    const std::string& was = before.at(indicator);
    if (was.substr(0, was.find(' ')) != verdict.substr(0, verdict.find(' '))) {
      ++changed;
    }
  }
  for (const auto& row : summary.transitions()) of_transitions += row.count();
  EXPECT_EQ(summary.changed_count(), changed);
  EXPECT_EQ(of_transitions, changed);
  EXPECT_EQ(summary.evaluated_count(), static_cast<int64_t>(before.size()));
}

TEST_F(PreviewTest, SaysWhichFlagsAnActivationThenChanges) {
  Import(kSample, "demo");
  const auto flags = [this] {
    v1::ListFlagsRequest request;
    request.set_parent("plans/demo");
    auto rows = client::EvaluationClient(options_).AllFlags(request).All();
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::map<std::string, int> statuses;
    for (const v1::Flag& flag : *rows) {
      statuses[flag.initiative()] = flag.status();
    }
    return statuses;
  };
  auto expected = flags();
  const auto preview = Preview({"attainment_9075", "--plan", "demo"});
  EXPECT_EQ(preview.summaries(0).flag_count(),
            static_cast<int64_t>(expected.size()));
  EXPECT_EQ(preview.summaries(0).changed_flag_count(),
            preview.flag_changes_size());
  for (const v1::FlagChange& change : preview.flag_changes()) {
    EXPECT_EQ(expected.at(change.initiative()), change.before());
    expected[change.initiative()] = change.after();
  }
  Done({"rule", "activate", Registered({"attainment_9075.lua"})});
  EXPECT_EQ(flags(), expected);
}

TEST_F(PreviewTest, JudgesPastYearsByTheFiguresOfTheirTime) {
  Import(kSample, "demo");
  const auto counts_then = [this](const std::string& as_of) {
    v1::ListVerdictsRequest request;
    request.set_parent("plans/demo");
    request.set_as_of(as_of);
    auto then = client::EvaluationClient(options_).ListVerdicts(request);
    EXPECT_TRUE(then.ok()) << then.status();
    return then.ok() ? then->counts().DebugString() : "";
  };
  const auto preview =
      Preview({"attainment_9075", "--as-of", "R1..R4", "--plan", "demo"});
  std::vector<std::string> periods;
  for (const auto& summary : preview.summaries()) {
    periods.push_back(summary.as_of());
    EXPECT_EQ(summary.before().DebugString(), counts_then(summary.as_of()));
  }
  EXPECT_THAT(periods, testing::UnorderedElementsAre("fy2019", "fy2020",
                                                     "fy2021", "fy2022"));
  for (const v1::VerdictChange& change : preview.verdict_changes()) {
    EXPECT_THAT(periods, testing::Contains(change.as_of()));
  }
  Done({"rule", "activate", Registered({"attainment_9075.lua"})});
  for (const auto& summary : preview.summaries()) {
    EXPECT_EQ(summary.after().DebugString(), counts_then(summary.as_of()));
  }
}

TEST_F(PreviewTest, TriesTheSetThatJudgesWithAnotherParameter) {
  Import(kSample, "demo");
  const auto same =
      Preview({"--parameter", "pace_threshold=0.8", "--plan", "demo"});
  EXPECT_EQ(same.summaries(0).changed_count(), 0);
  EXPECT_EQ(same.modules_size(), 3);
  const std::string error = Refused(
      {"rule", "preview", "--parameter", "pace_threshold=7", "-o", "json"}, 8);
  EXPECT_THAT(error, HasSubstr("parameters.pace_threshold"));
}

TEST_F(PreviewTest, IsUnderstoodByWhoeverReadsIt) {
  Import(kSample, "demo");
  const std::string ja = Done(
      {"rule", "preview", "attainment_9075", "--plan", "demo", "--lang", "ja"});
  EXPECT_THAT(ja,
              AllOf(HasSubstr("試す判定基準: attainment_9075"),
                    HasSubstr("指標7件のうち4件の判定が変わります"),
                    HasSubstr("○ 順調 → ▲ 要改善 4件"), HasSubstr("進捗区分"),
                    HasSubstr("まだ何も変えていません"),
                    HasSubstr("shirube rule register attainment_9075.lua"),
                    HasSubstr("--plan demo"), Not(HasSubstr("\x1b["))));
  const std::string en = Done(
      {"rule", "preview", "attainment_9075", "--plan", "demo", "--lang", "en"});
  EXPECT_THAT(en, AllOf(HasSubstr("4 of 7 verdicts change"),
                        HasSubstr("○ on track → ▲ at risk 4"),
                        HasSubstr("Nothing was changed")));
  // A pipe gets no progress.
  EXPECT_EQ(server_->Shirube({"rule", "preview", "attainment_9075"}).err, "");
}

TEST_F(PreviewTest, GivesRowsToScripts) {
  Import(kSample, "demo");
  const std::string csv =
      Done({"rule", "preview", "attainment_9075", "-o", "csv"});
  EXPECT_THAT(csv, testing::StartsWith("as_of,indicator,title,status_before,"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 5);
  const std::string lines =
      Done({"rule", "preview", "attainment_9075", "-o", "jsonl"});
  EXPECT_THAT(lines, AllOf(HasSubstr("{\"verdictChange\":{"),
                           HasSubstr("{\"summary\":{")));
  const std::string json =
      Done({"rule", "preview", "attainment_9075", "-o", "json"});
  for (const char* key :
       {"\"verdictChanges\"", "\"flagChanges\"", "\"summaries\"", "\"ruleSet\"",
        "\"revision\"", "\"modules\"", "\"reasonTitle\"", "\"asOf\": \"\"",
        "\"STATUS_AT_RISK\""}) {
    EXPECT_THAT(json, HasSubstr(key));
  }
}

TEST_F(PreviewTest, CountsEverythingAlsoWhereItListsAFew) {
  Import(kSample, "demo");
  const auto preview = Preview({"attainment_9075", "--max", "1"});
  EXPECT_EQ(preview.verdict_changes_size(), 1);
  EXPECT_EQ(preview.summaries(0).changed_count(), 4);
  EXPECT_THAT(Done({"rule", "preview", "attainment_9075", "--max", "1",
                    "--lang", "ja"}),
              HasSubstr("--max"));
}

TEST_F(PreviewTest, SaysWhatIsWrongAndHowToMendIt) {
  Import(kSample, "demo");
  const auto refused = [this](std::vector<std::string> arguments, int code) {
    arguments.insert(arguments.begin(), {"rule", "preview"});
    return Refused(arguments, code);
  };
  EXPECT_THAT(refused({}, 2), HasSubstr("--parameter"));
  EXPECT_THAT(refused({"nobody"}, 3), HasSubstr("attainment_9075"));
  EXPECT_THAT(refused({"rs-0000", "--lang", "en"}, 3), HasSubstr("rs-0000"));
  refused({"default", "attainment_9075"}, 2);
  refused({"attainment_9075", "--as-of", "R4..R1"}, 2);
  refused({"attainment_9075", "--as-of", "someday"}, 2);
  refused({"attainment_9075", "--as-of", "S20..R4"}, 2);
  EXPECT_THAT(
      refused({"attainment_9075", "--as-of", "fy2998", "-o", "json"}, 8),
      HasSubstr("AS_OF_IN_FUTURE"));
  EXPECT_THAT(refused({"attainment_9075", "--parameter", "green_from=7"}, 8),
              HasSubstr("green_from"));
  EXPECT_THAT(refused({"attainment_9075", "--parameter", "green_from"}, 2),
              HasSubstr("NAME=VALUE"));
  EXPECT_THAT(refused({"attainment_9075@9.9.9"}, 8), HasSubstr("9.9.9"));
  std::ofstream(Rules() / "words.so") << "これはモジュールではない";
  fs::permissions(Rules() / "words.so", fs::perms::owner_all);
  EXPECT_THAT(refused({"words", "-o", "json"}, 5), HasSubstr("NOT_ELF"));
}

TEST_F(PreviewTest, MarksWhatYardsticksDisagreeOn) {
  Import(kSample, "demo");
  const std::string head = Head();
  const std::string text = Done({"compare", "demo", "--rules",
                                 "default,attainment_9075", "--lang", "ja"});
  EXPECT_THAT(text, AllOf(HasSubstr("既定"), HasSubstr("attainment_9075"),
                          HasSubstr("▲ 要改善 赤"), HasSubstr("▲ 要改善 黄"),
                          HasSubstr("7件のうち 4件"), HasSubstr("内訳"),
                          Not(HasSubstr("\x1b["))));
  // Marked by more than colour: one sign a row, and one before the sum.
  size_t signs = 0;
  for (size_t at = text.find("≠"); at != std::string::npos;
       at = text.find("≠", at + 1)) {
    ++signs;
  }
  EXPECT_EQ(signs, 5u);
  const std::string csv = Done(
      {"compare", "demo", "--rules", "default,attainment_9075", "-o", "csv"});
  EXPECT_THAT(csv, testing::StartsWith(
                       "indicator,title,disagreement,default.status,"
                       "default.reason,default.symbol,attainment_9075.status,"
                       "attainment_9075.reason,attainment_9075.symbol\n"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 8);
  EXPECT_EQ(Head(), head);
}

TEST_F(PreviewTest, ComparesOneIndicatorAndEarlierFigures) {
  Import(kSample, "demo");
  const auto one = Compare(
      {"demo", "--rules", "default,attainment_9075", "--indicator", "防災士"});
  ASSERT_EQ(one.indicators_size(), 1);
  EXPECT_EQ(one.indicators(0).indicator(), "plans/demo/indicators/i-p1-02");
  const auto early = Compare({"demo", "--rules", "default", "--as-of", "R2"});
  EXPECT_EQ(early.indicators_size(), 7);
  EXPECT_EQ(early.columns(0).counts().on_track(), 0);
  const auto few = Compare(
      {"demo", "--rules", "default,attainment_9075", "--disagreements"});
  EXPECT_EQ(few.indicators_size(), 4);
  EXPECT_EQ(few.total_count(), 7);
  Refused({"compare", "demo", "--rules", "default,default"}, 8);
  Refused({"compare", "demo", "--rules", "nobody"}, 3);
  Refused({"compare", "demo"}, 2);
}

// What a rule that ignores time makes of the first report: four indicators that
// are ahead of their schedule.
TEST_F(PreviewTest, ShowsWhatARuleWithoutTimeMakesOfTheFirstReport) {
  const fs::path report = DataFile("yamagata-r4.txt");
  SHIRUBE_NEED_DATA(report);
  Import(report, "yamagata");
  const auto comparison =
      Compare({"yamagata", "--rules", "default,attainment_9075"});
  EXPECT_EQ(comparison.total_count(), 7);
  const auto ours = Column(comparison, 0), theirs = Column(comparison, 1);
  struct Row {
    const char* part;
    const char* symbol;
  };
  int found = 0;
  for (const Row& row : {Row{"オンライン", "赤"}, Row{"経費", "赤"},
                         Row{"防災士", "黄"}, Row{"男性職員", "黄"}}) {
    for (const auto& [name, judgement] : theirs) {
      if (name.find(row.part) == std::string::npos) continue;
      ++found;
      EXPECT_EQ(judgement->symbol(), row.symbol) << name;
      EXPECT_EQ(judgement->status(), v1::Verdict::STATUS_AT_RISK) << name;
      EXPECT_EQ(ours.at(name)->status(), v1::Verdict::STATUS_ON_TRACK) << name;
    }
  }
  EXPECT_EQ(found, 4);
  EXPECT_EQ(comparison.columns(0).counts().achieved(), 2);
  EXPECT_EQ(comparison.columns(0).counts().on_track(), 5);
}

// Much more changes than any window of a connection holds, so that a preview
// whose reader stops reading is in the middle.
class LongPreviewTest : public PreviewTest {
 protected:
  void SetUp() override {
    PreviewTest::SetUp();
    v1::ApplyPlanRequest request;
    request.set_plan("plans/big");
    v1::PlanDocument* document = request.mutable_document();
    document->mutable_plan()->set_display_name("大きな計画");
    for (int i = 0; i < 4'000; ++i) {
      v1::Indicator* indicator = document->add_indicators();
      const std::string name = "plans/-/indicators/i" + std::to_string(i);
      indicator->set_name(name);
      indicator->set_display_name("指標" + std::to_string(i));
      indicator->mutable_baseline()->set_value("0");
      indicator->mutable_baseline()->set_period("fy1985");
      indicator->mutable_target()->set_value("100");
      indicator->mutable_target()->set_period("fy2024");
      v1::Observation* figure = document->add_observations();
      figure->set_indicator(name);
      figure->set_period("fy1989");
      figure->set_value("65");
    }
    client::Options patient = options_;
    patient.timeout = absl::Minutes(2);
    const auto applied = client::PlanClient(patient).ApplyPlan(request);
    ASSERT_TRUE(applied.ok()) << applied.status();
    v1::ListVerdictsRequest judged;
    judged.set_parent("plans/big");
    judged.set_page_size(1);
    judged.set_min_revision(applied->revision());
    ASSERT_TRUE(client::EvaluationClient(patient).ListVerdicts(judged).ok());
  }

  static v1::PreviewRuleSetRequest Everything() {
    v1::PreviewRuleSetRequest request;
    request.set_parent("plans/big");
    request.add_modules("ruleModules/attainment_9075");
    for (int year = 1990; year <= 2022; ++year) {
      request.add_as_of("fy" + std::to_string(year));
    }
    request.set_max_changes(1'000'000);
    return request;
  }
};

TEST_F(LongPreviewTest, EndsWhenNobodyWantsMore) {
  const absl::Status status = client::RuleClient(options_).PreviewRuleSet(
      Everything(), [](const v1::PreviewRuleSetResponse&) { return false; });
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  // Its place is free again: previews are few at a time.
  for (int i = 0; i < 4; ++i) {
    v1::PreviewRuleSetRequest request = Everything();
    request.clear_as_of();
    client::Options patient = options_;
    patient.timeout = absl::Minutes(1);
    absl::Status next;
    const absl::Time until = absl::Now() + absl::Seconds(20);
    do {
      next = client::RuleClient(patient).PreviewRuleSet(
          request, [](const v1::PreviewRuleSetResponse&) { return true; });
    } while (absl::IsResourceExhausted(next) && absl::Now() < until);
    EXPECT_TRUE(next.ok()) << next;
  }
}

TEST_F(LongPreviewTest, LetsTheServerLeavePromptlyInTheMiddle) {
  std::promise<void> begun, leave;
  absl::Status status;
  int parts = 0;
  std::thread reader([&] {
    client::Options options = options_;
    options.timeout = absl::Minutes(5);
    options.retries = 0;
    status = client::RuleClient(options).PreviewRuleSet(
        Everything(), [&](const v1::PreviewRuleSetResponse&) {
          if (++parts > 1) return true;
          begun.set_value();
          leave.get_future().wait();  // and takes nothing meanwhile
          return true;
        });
    if (parts == 0) begun.set_value();  // an error, which the test tells
  });
  begun.get_future().wait();
  const absl::Time asked = absl::Now();
  EXPECT_EQ(server_->End(SIGTERM), 0);
  EXPECT_LT(absl::Now() - asked, absl::Seconds(10));
  leave.set_value();
  reader.join();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

// A snapshot that is held keeps SQLite from emptying its log of changes.
TEST_F(LongPreviewTest, HoldsNoSnapshotForAReaderThatTakesNothing) {
  std::promise<void> begun, leave;
  std::thread reader([&] {
    bool first = true;
    const auto take = [&](const v1::PreviewRuleSetResponse&) {
      if (!std::exchange(first, false)) return false;
      begun.set_value();
      leave.get_future().wait();
      return true;
    };
    client::Options patient = options_;
    patient.timeout = absl::Minutes(5);
    (void)client::RuleClient(patient).PreviewRuleSet(Everything(), take);
    if (first) begun.set_value();  // an error, which the test tells
  });
  begun.get_future().wait();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((folder_ / "shirube.db").c_str(), &database),
            SQLITE_OK);
  int result = SQLITE_BUSY;  // a batch that is being read is busy, too
  for (const absl::Time until = absl::Now() + absl::Seconds(20);
       result != SQLITE_OK && absl::Now() < until;) {
    result = sqlite3_wal_checkpoint_v2(
        database, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  }
  EXPECT_EQ(result, SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
  leave.set_value();
  reader.join();
}

// Ctrl-C, or a pipe that closes.
TEST_F(LongPreviewTest, IsOverWithTheCommandThatAskedForIt) {
  const std::string command =
      Binary("shirube") + " --server " + server_->address() +
      " rule preview attainment_9075 --plan big --as-of 1990..2022"
      " --max 1000000 | head -n 3";
  for (int i = 0; i < 4; ++i) {  // more than a server answers at a time
    const CommandResult result = RunProgram({"/bin/sh", "-c", command});
    EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 3)
        << result.out << result.err;
  }
}

}  // namespace
}  // namespace shirube::e2e
