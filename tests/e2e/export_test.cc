// What the importer understood of a report is what the server gives back: with
// every number as printed, every entry, and the arrangement of the page.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>

#include "client/lib/clients.h"
#include "tests/e2e/data.h"
#include "tests/e2e/process.h"
#include "tests/paths.h"

namespace shirube::e2e {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::ResultOf;

class ExportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = Server::Start({"--db", folder_ / "shirube.db", "--listen",
                             "unix:" + (folder_ / "socket").string()});
    ASSERT_NE(server_, nullptr);
  }

  // The document that a dry run prints.
  v1::PlanDocument Understood(const std::string& path) {
    CommandResult result = server_->Shirube(
        {"import", path, "--plan", "demo", "--dry-run", "-o", "json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    v1::ExportPlanResponse answer;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(result.out, &answer,
                                                            options)
                    .ok());
    return answer.document();
  }

  v1::PlanDocument Exported() {
    v1::ExportPlanRequest request;
    request.set_plan("plans/demo");
    auto exported =
        client::PlanClient({.server = server_->address()}).ExportPlan(request);
    EXPECT_TRUE(exported.ok()) << exported.status();
    return exported.ok() ? exported->document() : v1::PlanDocument();
  }

  void ExpectGivenBack(const std::string& path) {
    const v1::PlanDocument understood = Understood(path);
    ASSERT_EQ(understood.indicators_size(), 7);
    ASSERT_EQ(understood.observations_size(), 7);
    ASSERT_EQ(understood.initiatives_size(), 20);
    ASSERT_EQ(understood.layout().sections_size(), 2);
    ASSERT_EQ(
        server_->Shirube({"import", path, "--plan", "demo", "--yes"}).exit_code,
        0);
    const v1::PlanDocument exported = Exported();
    // Whatever the document says has to be there; the server adds etags, times
    // and the like.
    MessageDifferencer differencer;
    differencer.set_scope(MessageDifferencer::PARTIAL);
    const auto* type = v1::PlanDocument::descriptor();
    for (const char* list : {"initiatives", "indicators", "observations"}) {
      const auto* field = type->FindFieldByName(list);
      differencer.TreatAsMap(field,
                             field->message_type()->FindFieldByName("name"));
    }
    std::string differences;
    differencer.ReportDifferencesToString(&differences);
    EXPECT_TRUE(differencer.Compare(understood, exported)) << differences;
    EXPECT_EQ(exported.initiatives_size(), understood.initiatives_size());
    EXPECT_EQ(exported.indicators_size(), understood.indicators_size());
    EXPECT_EQ(exported.observations_size(), understood.observations_size());
    ExpectProvenance(exported);
  }

  // Every number as it was printed, and where.
  static void ExpectProvenance(const v1::PlanDocument& document) {
    const auto raw = [](const auto& value) { return value.raw(); };
    const auto line = [](const auto& value) { return value.place().line(); };
    EXPECT_THAT(document.observations(),
                Each(AllOf(ResultOf(raw, Not(IsEmpty())),
                           ResultOf(line, ::testing::Gt(0)))));
    for (const v1::Indicator& indicator : document.indicators()) {
      EXPECT_THAT(raw(indicator.target()), Not(IsEmpty()))
          << indicator.display_name();
      EXPECT_GT(line(indicator.target()), 0) << indicator.display_name();
    }
  }

  TempDir folder_;
  std::unique_ptr<Server> server_;
};

TEST_F(ExportTest, GivesBackTheSampleReport) {
  ExpectGivenBack(SHIRUBE_SOURCE_DIR "/samples/reform-plan-r4.txt");
}

TEST_F(ExportTest, GivesBackThePublishedReport) {
  const auto path = DataFile("yamagata-r4.txt");
  SHIRUBE_NEED_DATA(path);
  ExpectGivenBack(path);
}

}  // namespace
}  // namespace shirube::e2e
