// `rule preview` and `compare` over a connection that answers from parts kept
// here: what is asked for a name typed, what people read, what scripts get.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "client/cli/output/width.h"
#include "client/cli/run.h"
#include "google/protobuf/struct.pb.h"
#include "shirube/v1/evaluation_service.pb.h"
#include "shirube/v1/plan_service.pb.h"
#include "shirube/v1/rule_service.pb.h"

namespace shirube::cli {
namespace {

using ::google::protobuf::Message;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kShipped[] = "ruleSets/rs-111111111111111111111111";

v1::Judgement Judged(v1::Verdict::Status status, const std::string& reason,
                     const std::string& title = "",
                     const std::string& symbol = "") {
  v1::Judgement judgement;
  judgement.set_status(status);
  judgement.set_reason(reason);
  judgement.mutable_reason_title()->set_ja(title);
  judgement.mutable_reason_title()->set_en(title);
  judgement.set_symbol(symbol);
  return judgement;
}

v1::Judgement OnPace() {
  return Judged(v1::Verdict::STATUS_ON_TRACK, "ON_PACE", "順調");
}
v1::Judgement Red() {
  v1::Judgement red = Judged(v1::Verdict::STATUS_AT_RISK, "RED", "赤", "赤");
  red.set_severity(v1::Verdict::SEVERITY_CRITICAL);
  return red;
}

v1::VerdictChange Change(const std::string& indicator, const std::string& name,
                         const v1::Judgement& before,
                         const v1::Judgement& after) {
  v1::VerdictChange change;
  change.set_indicator("plans/demo/indicators/" + indicator);
  change.set_indicator_display_name(name);
  *change.mutable_before() = before;
  *change.mutable_after() = after;
  return change;
}

v1::PreviewSummary Summary(const std::string& as_of = "") {
  v1::PreviewSummary summary;
  summary.set_as_of(as_of);
  summary.set_evaluated_count(1207);
  summary.set_changed_count(2);
  summary.set_reworded_count(3);
  summary.set_flag_count(24);
  summary.set_changed_flag_count(1);
  summary.mutable_before()->set_on_track(1207);
  summary.mutable_after()->set_on_track(1205);
  summary.mutable_after()->set_at_risk(2);
  v1::StatusTransition* row = summary.add_transitions();
  row->set_before(v1::Verdict::STATUS_ON_TRACK);
  row->set_after(v1::Verdict::STATUS_AT_RISK);
  row->set_count(2);
  return summary;
}

class YardstickKeeper : public client::Connection {
 public:
  YardstickKeeper() {
    for (const char* file : {"achieved.so", "light.lua"}) {
      v1::RuleModule module;
      const std::string id =
          std::string(file).substr(0, std::string(file).find('.'));
      module.set_module(id);
      module.set_name("ruleModules/" + id + "/versions/1.0.0");
      module.set_file(file);
      module.set_registered(id == "achieved");
      modules.push_back(module);
    }
    set.set_name(kShipped);
    set.add_modules()->set_module("ruleModules/achieved/versions/1.0.0");
    (*set.mutable_parameters())["pace_threshold"] = "0.8";
    (*set.mutable_parameters())["behind_threshold"] = "0.6";

    v1::PreviewRuleSetResponse part;
    part.set_rule_set("ruleSets/rs-222222222222222222222222");
    part.set_revision("h.7");
    part.add_modules("ruleModules/light/versions/1.0.0");
    *part.add_verdict_changes() =
        Change("a", "オンライン手続の割合", OnPace(), Red());
    part.mutable_progress()->set_evaluated_count(600);
    part.mutable_progress()->set_total_count(1207);
    part.mutable_progress()->set_changed_count(1);
    parts.push_back(part);
    part.clear_modules();
    *part.mutable_verdict_changes(0) =
        Change("b", "経費削減額", OnPace(), Red());
    v1::FlagChange* flag = part.add_flag_changes();
    flag->set_initiative("plans/demo/initiatives/p1");
    flag->set_initiative_display_name("柱");
    flag->set_before(v1::Verdict::STATUS_ON_TRACK);
    flag->set_after(v1::Verdict::STATUS_AT_RISK);
    part.mutable_progress()->set_evaluated_count(1207);
    part.mutable_progress()->set_changed_count(2);
    *part.add_summaries() = Summary();
    parts.push_back(part);

    for (const char* asked : {"ruleSets/default", "ruleModules/light"}) {
      v1::RuleSetColumn* column = comparison.add_columns();
      column->set_asked(asked);
      column->mutable_title()->set_ja("題");
      column->add_modules("ruleModules/light/versions/1.0.0");
      column->mutable_counts()->set_on_track(1);
      column->mutable_counts()->set_total(2);
    }
    v1::ComparedIndicator* row = comparison.add_indicators();
    row->set_indicator("plans/demo/indicators/a");
    row->set_indicator_display_name("オンライン手続の割合");
    *row->add_judgements() = OnPace();
    *row->add_judgements() = Red();
    row->set_disagreement(true);
    row = comparison.add_indicators();
    row->set_indicator("plans/demo/indicators/b");
    row->set_indicator_display_name("Web会議");
    for (int i = 0; i < 2; ++i) {
      *row->add_judgements() =
          Judged(v1::Verdict::STATUS_NOT_EVALUATED, "NO_DATA", "実績値未公表");
    }
    comparison.set_total_count(2);
    comparison.set_disagreement_count(1);
  }

  absl::Status Call(const std::string& method, const Message& request,
                    Message* response, const client::Options&) override {
    const std::string name = method.substr(method.rfind('/') + 1);
    if (name == "ListRuleModules") {
      auto* list = static_cast<v1::ListRuleModulesResponse*>(response);
      for (const auto& module : modules) *list->add_rule_modules() = module;
    } else if (name == "ListRuleSets") {
      *static_cast<v1::ListRuleSetsResponse*>(response)->add_rule_sets() = set;
    } else if (name == "GetRuleSet") {
      response->CopyFrom(set);
    } else if (name == "ListPlans") {
      v1::Plan* plan =
          static_cast<v1::ListPlansResponse*>(response)->add_plans();
      plan->set_name("plans/demo");
      plan->set_display_name("計画");
    } else if (name == "GetPlan") {
      static_cast<v1::Plan*>(response)->set_name("plans/demo");
    } else if (name == "CompareRuleSets") {
      compared.CopyFrom(request);
      response->CopyFrom(comparison);
    } else {
      return absl::UnimplementedError(name);
    }
    return absl::OkStatus();
  }

  absl::Status Stream(const std::string&, const Message& request,
                      Message* message, const std::function<bool()>& take,
                      const client::Options& options) override {
    previewed.CopyFrom(request);
    patience = *options.timeout;
    for (const v1::PreviewRuleSetResponse& part : parts) {
      message->CopyFrom(part);
      if (!take()) return absl::CancelledError("called off");
    }
    return end;
  }

  std::vector<v1::RuleModule> modules;
  v1::RuleSet set;
  std::vector<v1::PreviewRuleSetResponse> parts;
  absl::Status end;
  v1::CompareRuleSetsResponse comparison;
  v1::PreviewRuleSetRequest previewed;
  v1::CompareRuleSetsRequest compared;
  absl::Duration patience;
};

class ComparisonCommandsTest : public ::testing::Test {
 protected:
  int Shirube(std::vector<std::string> arguments,
              const std::string& language = "ja") {
    out_.str("");
    err_.str("");
    arguments.insert(arguments.end(), {"--lang", language});
    Surroundings surroundings{in_, out_, err_};
    surroundings.err_terminal = err_is_terminal_;
    surroundings.connection = keeper_;
    return cli::Run(arguments, surroundings);
  }
  std::string Done(const std::vector<std::string>& arguments,
                   const std::string& language = "ja") {
    EXPECT_EQ(Shirube(arguments, language), 0) << err_.str();
    return out_.str();
  }
  std::string Preview(std::vector<std::string> arguments,
                      const std::string& language = "ja") {
    arguments.insert(arguments.begin(), {"rule", "preview"});
    return Done(arguments, language);
  }

  std::shared_ptr<YardstickKeeper> keeper_ =
      std::make_shared<YardstickKeeper>();
  bool err_is_terminal_ = false;
  std::istringstream in_;
  std::ostringstream out_, err_;
};

TEST_F(ComparisonCommandsTest, AsksForWhatIsTyped) {
  Preview({"light"});
  EXPECT_EQ(keeper_->previewed.parent(), "plans/-");
  EXPECT_THAT(keeper_->previewed.modules(), ElementsAre("ruleModules/light"));
  EXPECT_GT(keeper_->patience, absl::Minutes(10));
  Preview({"light.lua", "achieved@1.0.0", "--plan", "demo", "--max", "5",
           "--reworded", "--parameter", "pace_threshold=0.9"});
  EXPECT_EQ(keeper_->previewed.parent(), "plans/demo");
  EXPECT_THAT(
      keeper_->previewed.modules(),
      ElementsAre("ruleModules/light", "ruleModules/achieved/versions/1.0.0"));
  EXPECT_EQ(keeper_->previewed.max_changes(), 5);
  EXPECT_TRUE(keeper_->previewed.include_reworded());
  EXPECT_EQ(keeper_->previewed.parameters().at("pace_threshold"), "0.9");
  Preview({"rs-1111"});
  EXPECT_EQ(keeper_->previewed.rule_set(), kShipped);
  EXPECT_EQ(keeper_->previewed.modules_size(), 0);
}

TEST_F(ComparisonCommandsTest, TriesTheSetThatJudgesWithAnotherValue) {
  // What leads to the set that was tried has the values that were not typed.
  EXPECT_THAT(Preview({"--parameter", "pace_threshold=0.9"}),
              HasSubstr(" --parameter behind_threshold=0.6 --parameter "
                        "pace_threshold=0.9 && shirube rule activate "));
  EXPECT_THAT(keeper_->previewed.modules(),
              ElementsAre("ruleModules/achieved/versions/1.0.0"));
  EXPECT_EQ(keeper_->previewed.parameters().at("pace_threshold"), "0.9");
  EXPECT_EQ(keeper_->previewed.parameters().at("behind_threshold"), "0.6");
  EXPECT_EQ(Shirube({"rule", "preview"}), 2);
  EXPECT_EQ(Shirube({"rule", "preview", "rs-1111", "light"}), 2);
}

TEST_F(ComparisonCommandsTest, TakesPeriodsInListsAndRanges) {
  Preview({"light", "--as-of", "R1..R3,FY2015", "--as-of", "2014..2015"});
  EXPECT_THAT(
      keeper_->previewed.as_of(),
      ElementsAre("fy2019", "fy2020", "fy2021", "fy2015", "cy2014", "cy2015"));
  for (const char* bad :
       {"R3..R1", "R1..2021", "2023-01..2023-03", "R1..", "FY1900..R4"}) {
    EXPECT_EQ(Shirube({"rule", "preview", "light", "--as-of", bad}), 2) << bad;
  }
}

TEST_F(ComparisonCommandsTest, PrintsChangesThenWhatTheyComeTo) {
  const std::string out = Preview({"light", "--plan", "demo"});
  EXPECT_THAT(
      out,
      AllOf(HasSubstr("試す判定基準: light 1.0.0 "
                      "(rs-222222222222222222222222)\n"),
            HasSubstr("○ 順調       → ▲ 要改善 赤        オンライン手続の割合"),
            HasSubstr("進捗区分: 柱"),
            HasSubstr("指標1,207件のうち2件の判定が変わります: "
                      "○ 順調 → ▲ 要改善 2件。"),
            HasSubstr("ほかに3件は、理由や印だけが変わります。"),
            HasSubstr("施策・柱24件のうち1件の進捗区分が変わります。")));
  EXPECT_THAT(out, HasSubstr("shirube rule register light.lua && shirube rule "
                             "activate rs-222222222222222222222222 --plan "
                             "demo"));
  EXPECT_EQ(err_.str(), "");
  EXPECT_THAT(Preview({"light"}, "en"),
              AllOf(HasSubstr("2 of 1,207 verdicts change: ○ on track → ▲ at "
                              "risk 2."),
                    HasSubstr("1 of 24 flags change"),
                    HasSubstr("[demo] オンライン手続の割合"),
                    HasSubstr("Nothing was changed")));
}

TEST_F(ComparisonCommandsTest, NamesThePeriodOfEachChangeWhereThereAreSeveral) {
  for (auto& part : keeper_->parts) {
    for (auto& change : *part.mutable_verdict_changes()) {
      change.set_as_of("fy2022");
    }
  }
  *keeper_->parts[1].mutable_summaries(0) = Summary("fy2022");
  *keeper_->parts[1].add_summaries() = Summary("fy2021");
  const std::string out = Preview({"light", "--as-of", "R3,R4"});
  EXPECT_THAT(out, AllOf(HasSubstr("\nR4     ○ 順調"),
                         HasSubstr("R4までの実績値で: 指標1,207件"),
                         HasSubstr("R3までの実績値で: 指標1,207件"),
                         Not(HasSubstr("前"))));
}

TEST_F(ComparisonCommandsTest, ShowsProgressOnATerminalAlone) {
  err_is_terminal_ = true;
  Preview({"light"});
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("判定中 600 / 1,207(49%)"),
                                testing::EndsWith("\r\x1b[K")));
}

TEST_F(ComparisonCommandsTest, KeepsWhatWasPrintedWhenAPreviewFails) {
  keeper_->end = absl::FailedPreconditionError("quarantined");
  EXPECT_NE(Shirube({"rule", "preview", "light"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("オンライン手続の割合"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("まだ何も")));
  EXPECT_THAT(err_.str(), HasSubstr("quarantined"));
}

TEST_F(ComparisonCommandsTest, GivesAPreviewToScripts) {
  google::protobuf::Struct json;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(
                  Preview({"light", "-o", "json"}), &json)
                  .ok());
  EXPECT_EQ(json.fields().at("verdictChanges").list_value().values_size(), 2);
  EXPECT_EQ(json.fields().at("summaries").list_value().values_size(), 1);
  EXPECT_EQ(json.fields().at("revision").string_value(), "h.7");
  const std::string lines = Preview({"light", "-o", "jsonl"});
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 4);
  const std::string csv = Preview({"light", "-o", "csv"});
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  EXPECT_THAT(csv,
              HasSubstr("\n,plans/demo/indicators/a,オンライン手続の割合,"
                        "STATUS_ON_TRACK,ON_PACE,,STATUS_AT_RISK,RED,赤,"));
  EXPECT_EQ(Preview({"light", "-o", "name"}),
            "plans/demo/indicators/a\nplans/demo/indicators/b\n");
}

TEST_F(ComparisonCommandsTest, PutsYardsticksSideBySide) {
  const std::string out =
      Done({"compare", "demo", "--rules", "default,light", "--as-of", "R4"});
  EXPECT_THAT(keeper_->compared.rule_sets(),
              ElementsAre("ruleSets/default", "ruleModules/light"));
  EXPECT_EQ(keeper_->compared.as_of(), "fy2022");
  EXPECT_EQ(keeper_->compared.parent(), "plans/demo");
  EXPECT_THAT(
      out,
      AllOf(HasSubstr("   指標                  既定"),
            HasSubstr("≠  オンライン手続の割合  ○ 順調"),
            HasSubstr("▲ 要改善 赤"), HasSubstr("― 判定なし(実績値未公表)"),
            HasSubstr("≠ 判定が分かれた指標: 2件のうち 1件"), HasSubstr("内訳"),
            HasSubstr("light: 題 ― light 1.0.0")));
  // Columns begin at one place in every row.
  std::istringstream lines(out);
  std::string heading, first, second;
  std::getline(lines, heading);
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_EQ(DisplayWidth(heading.substr(0, heading.find("既定"))),
            DisplayWidth(first.substr(0, first.find("○"))));
  EXPECT_EQ(DisplayWidth(first.substr(0, first.find("▲"))),
            DisplayWidth(second.substr(0, second.rfind("―"))));
}

TEST_F(ComparisonCommandsTest, SaysSoWhereEverybodyAgrees) {
  keeper_->comparison.mutable_indicators()->RemoveLast();
  keeper_->comparison.clear_indicators();
  keeper_->comparison.set_disagreement_count(0);
  EXPECT_THAT(
      Done({"compare", "demo", "--rules", "default,light", "--disagreements"}),
      HasSubstr("指標 2件のすべてで判定が一致しています"));
  EXPECT_TRUE(keeper_->compared.only_disagreements());
}

TEST_F(ComparisonCommandsTest, NamesWhatThereIsWhereANameFitsNothing) {
  EXPECT_EQ(Shirube({"compare", "demo", "--rules", "default,nobody"}, "en"), 3);
  EXPECT_THAT(err_.str(),
              AllOf(HasSubstr("\"nobody\""), HasSubstr("achieved, light")));
}

TEST_F(ComparisonCommandsTest, GivesAComparisonToScripts) {
  EXPECT_THAT(
      Done({"compare", "demo", "--rules", "default,light", "-o", "csv"}),
      testing::StartsWith(
          "indicator,title,disagreement,default.status,"
          "default.reason,default.symbol,light.status,"
          "light.reason,light.symbol\n"
          "a,オンライン手続の割合,true,STATUS_ON_TRACK,ON_PACE,,"
          "STATUS_AT_RISK,RED,赤\n"));
  google::protobuf::Struct json;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(
          Done({"compare", "demo", "--rules", "default,light", "-o", "json"}),
          &json)
          .ok());
  EXPECT_EQ(json.fields().at("columns").list_value().values_size(), 2);
  EXPECT_EQ(json.fields().at("disagreementCount").number_value(), 1);
}

TEST_F(ComparisonCommandsTest, WarnsWhereTheFolderHoldsAnotherFile) {
  v1::RuleModule newer = keeper_->modules[0];
  newer.set_version("1.1.0");
  newer.set_registered(false);
  keeper_->modules[0].set_version("1.0.0");
  keeper_->modules.push_back(newer);
  Preview({"achieved"});
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("achieved.so(1.1.0)"),
                                HasSubstr("achieved@1.1.0")));
  Preview({"achieved@1.1.0"});
  EXPECT_EQ(err_.str(), "");
  keeper_->modules.back().set_version("1.0.0");
  Done({"compare", "demo", "--rules", "default,achieved"}, "en");
  EXPECT_THAT(err_.str(), HasSubstr("raise the version in its manifest"));
}

}  // namespace
}  // namespace shirube::cli
