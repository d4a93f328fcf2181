// flags, verdicts and explain over a connection that answers from a plan kept
// here: what scripts rely on, without a server.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "client/cli/run.h"
#include "google/protobuf/struct.pb.h"
#include "tests/unit/cli/view_messages.h"

namespace shirube::cli {
namespace {

using ::google::protobuf::Message;
using ::testing::HasSubstr;
using ::testing::Not;

class PlanKeeper : public client::Connection {
 public:
  absl::Status Call(const std::string& method, const Message& request,
                    Message* response, const client::Options&) override {
    std::string name = method.substr(method.rfind('/') + 1);
    asked[name] = request.ShortDebugString();
    ++calls[name];
    if (name == "ListPlans") {
      *static_cast<v1::ListPlansResponse*>(response)->add_plans() = tree.plan();
    } else if (name == "GetPlanTree") {
      response->CopyFrom(tree);
    } else if (name == "ListFlags") {
      ListFlags(static_cast<const v1::ListFlagsRequest&>(request),
                static_cast<v1::ListFlagsResponse*>(response));
    } else if (name == "ListVerdicts") {
      ListVerdicts(static_cast<const v1::ListVerdictsRequest&>(request),
                   static_cast<v1::ListVerdictsResponse*>(response));
    } else if (name == "ListIndicators") {
      for (const v1::PlanTreeNode& root : tree.roots()) {
        for (const auto& item : root.indicators()) {
          *static_cast<v1::ListIndicatorsResponse*>(response)
               ->add_indicators() = item.indicator();
        }
      }
    } else if (name == "ExplainVerdict") {
      response->CopyFrom(explanation);
    } else {
      return absl::UnimplementedError(name);
    }
    return absl::OkStatus();
  }

  v1::PlanTree tree = ATree();
  v1::ExplainVerdictResponse explanation = AnExplanation();
  std::map<std::string, std::string> asked;
  std::map<std::string, int> calls;

 private:
  // A page a pillar, so that answers have several.
  void ListFlags(const v1::ListFlagsRequest& request,
                 v1::ListFlagsResponse* response) {
    int page =
        request.page_token().empty() ? 0 : std::stoi(request.page_token());
    v1::Flag* flag = response->add_flags();
    *flag = tree.roots(page).flag();
    flag->set_name("plans/demo/initiatives/p" + std::to_string(page + 1) +
                   "/flag");
    if (page + 1 < tree.roots_size()) {
      response->set_next_page_token(std::to_string(page + 1));
    }
  }

  void ListVerdicts(const v1::ListVerdictsRequest& request,
                    v1::ListVerdictsResponse* response) {
    int page =
        request.page_token().empty() ? 0 : std::stoi(request.page_token());
    for (const auto& item : tree.roots(page).indicators()) {
      *response->add_verdicts() = item.verdict();
    }
    if (page + 1 < tree.roots_size()) {
      response->set_next_page_token(std::to_string(page + 1));
    }
  }
};

class ReadingCommandsTest : public ::testing::Test {
 protected:
  int Shirube(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    arguments.push_back("--lang");
    arguments.push_back("ja");
    Surroundings surroundings{in_, out_, err_};
    surroundings.connection = keeper_;
    return cli::Run(arguments, surroundings);
  }

  google::protobuf::Struct Json() {
    google::protobuf::Struct json;
    EXPECT_TRUE(
        google::protobuf::util::JsonStringToMessage(out_.str(), &json).ok())
        << out_.str();
    return json;
  }

  void LetTheSecondLag() {
    std::vector<Figures> figures = TheSeven();
    figures[1].status = v1::Verdict::STATUS_AT_RISK;
    figures[1].reason = "BEHIND";
    keeper_->tree = ATree(figures);
    keeper_->explanation.mutable_verdict()->set_status(
        v1::Verdict::STATUS_AT_RISK);
  }

  std::shared_ptr<PlanKeeper> keeper_ = std::make_shared<PlanKeeper>();
  std::istringstream in_;
  std::ostringstream out_, err_;
};

TEST_F(ReadingCommandsTest, VerdictsAreOneObjectWithAllPages) {
  ASSERT_EQ(Shirube({"verdicts", "demo", "-o", "json"}), 0) << err_.str();
  google::protobuf::Struct json = Json();
  const auto& rows = json.fields().at("verdicts").list_value();
  ASSERT_EQ(rows.values_size(), 7);
  const auto& row = rows.values(1).struct_value().fields();
  EXPECT_EQ(row.at("name").string_value(),
            "plans/demo/indicators/i-p1-02/verdict");
  EXPECT_EQ(row.at("status").string_value(), "STATUS_ON_TRACK");
  EXPECT_EQ(row.at("reason").string_value(), "ON_PACE");
  EXPECT_EQ(row.at("period").string_value(), "fy2022");
  EXPECT_EQ(row.at("value").string_value(), "2233");
  EXPECT_EQ(row.at("indicatorDisplayName").string_value(),
            "防災士の認証登録者数");
}

TEST_F(ReadingCommandsTest, FlagsAreOneObjectWithAllPages) {
  ASSERT_EQ(Shirube({"flags", "demo", "-o", "json"}), 0) << err_.str();
  google::protobuf::Struct json = Json();
  EXPECT_EQ(json.fields().at("flags").list_value().values_size(), 3);
}

TEST_F(ReadingCommandsTest, TakesTheOnlyPlanWhereNoneIsNamed) {
  EXPECT_EQ(Shirube({"flags"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("防災士の認証登録者数"));
}

TEST_F(ReadingCommandsTest, ReadsAsOfAsPeopleWriteIt) {
  for (const char* text : {"R4", "FY2022", "fy2022", "令和4年度"}) {
    ASSERT_EQ(Shirube({"flags", "demo", "--as-of", text}), 0) << err_.str();
    EXPECT_THAT(keeper_->asked["GetPlanTree"], HasSubstr("as_of: \"fy2022\""));
    EXPECT_THAT(out_.str(), HasSubstr("R4までの実績による判定"));
  }
  EXPECT_EQ(Shirube({"flags", "demo", "--as-of", "いつか"}), 2);
}

TEST_F(ReadingCommandsTest, PassesOnWhenThingsWereKnown) {
  ASSERT_EQ(Shirube({"verdicts", "demo", "--as-known-at", "2023-06-01"}), 0);
  EXPECT_THAT(keeper_->asked["ListVerdicts"],
              HasSubstr("as_known_at: \"2023-06-01\""));
}

TEST_F(ReadingCommandsTest, LetsTheServerFilter) {
  ASSERT_EQ(Shirube({"flags", "demo", "-o", "name", "--status",
                     "at-risk,要改善", "--owner", "財政\"課"}),
            0)
      << err_.str();
  EXPECT_THAT(keeper_->asked["ListFlags"],
              HasSubstr("filter: \"(status = AT_RISK OR status = AT_RISK) AND "
                        "owner = "));
  EXPECT_EQ(out_.str(),
            "plans/demo/initiatives/p1/flag\nplans/demo/initiatives/p2/flag\n"
            "plans/demo/initiatives/p3/flag\n");
}

TEST_F(ReadingCommandsTest, RefusesAStatusThatThereIsNot) {
  EXPECT_EQ(Shirube({"flags", "demo", "--status", "late"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("at-risk"));
}

TEST_F(ReadingCommandsTest, FailsOnAtRiskOnlyWhenAskedTo) {
  LetTheSecondLag();
  for (std::vector<std::string> command :
       {std::vector<std::string>{"flags", "demo"},
        {"flags", "demo", "-o", "json"},
        {"verdicts", "demo"},
        {"explain", "防災士"}}) {
    EXPECT_EQ(Shirube(command), 0) << command[0] << err_.str();
    command.insert(command.end(), {"--fail-on", "at-risk"});
    EXPECT_EQ(Shirube(command), 10) << command[0] << err_.str();
  }
  keeper_->tree = ATree();
  EXPECT_EQ(Shirube({"flags", "demo", "--fail-on", "at-risk"}), 0);
}

TEST_F(ReadingCommandsTest, PrintsOnePageWithASentenceForEveryIndicator) {
  ASSERT_EQ(Shirube({"flags", "demo", "-o", "html"}), 0) << err_.str();
  EXPECT_EQ(keeper_->calls["ExplainVerdict"], 7);
  EXPECT_THAT(out_.str(), HasSubstr("<!DOCTYPE html>"));
  EXPECT_EQ(Shirube({"verdicts", "demo", "-o", "html"}), 2);
  EXPECT_EQ(Shirube({"explain", "防災士", "-o", "html"}), 2);
}

TEST_F(ReadingCommandsTest, ExplainsAnIndicatorFoundByPartOfItsName) {
  ASSERT_EQ(Shirube({"explain", "防災士", "--flip", "R6"}), 0) << err_.str();
  EXPECT_THAT(keeper_->asked["ExplainVerdict"],
              HasSubstr("plans/demo/indicators/i-p1-02/verdict"));
  EXPECT_THAT(keeper_->asked["ExplainVerdict"],
              HasSubstr("flip_period: \"fy2024\""));
  EXPECT_THAT(out_.str(), HasSubstr("145.4人上回っている"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("\x1b")));
}

TEST_F(ReadingCommandsTest, ExplainsAsDataToo) {
  ASSERT_EQ(Shirube({"explain", "防災士", "-o", "json"}), 0) << err_.str();
  google::protobuf::Struct json = Json();
  EXPECT_EQ(json.fields()
                .at("verdict")
                .struct_value()
                .fields()
                .at("status")
                .string_value(),
            "STATUS_ON_TRACK");
  EXPECT_EQ(json.fields().count("flipPoints"), 1u);
}

TEST_F(ReadingCommandsTest, WritesVerdictsAsCsv) {
  ASSERT_EQ(Shirube({"verdicts", "demo", "-o", "csv"}), 0) << err_.str();
  EXPECT_THAT(out_.str(),
              HasSubstr("i-p1-02,防災士の認証登録者数,STATUS_ON_TRACK,ON_PACE,,"
                        "fy2022,2233,人,2400,fy2024,ruleSets/rs-1f4c,\n"));
}

TEST_F(ReadingCommandsTest, MarksVerdictsThatWaitForAModule) {
  v1::Verdict* verdict =
      keeper_->tree.mutable_roots(0)->mutable_indicators(1)->mutable_verdict();
  verdict->set_waiting(true);
  verdict->mutable_waiting_since()->set_seconds(1'700'000'000);
  verdict->add_faults()->set_module("ruleModules/on_track/versions/1.0.0");
  ASSERT_EQ(Shirube({"verdicts", "demo"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("※判定待ち\n"));
  EXPECT_THAT(out_.str(), HasSubstr("※ 判定待ち: モジュール on_track が停止中("
                                    "2023-11-15 07:13から)"));
  ASSERT_EQ(Shirube({"verdicts", "demo", "-o", "csv"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr(",2023-11-14 22:13 UTC\n"));
}

}  // namespace
}  // namespace shirube::cli
