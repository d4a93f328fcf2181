// What is typed to change a resource, as the request that it becomes.
#include "client/cli/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shirube/v1/indicator.pb.h"

namespace shirube::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FieldsTest : public ::testing::Test {
 protected:
  FieldsTest() {
    fields_.Declare(
        &app_, {{"--unit", "unit", FieldKind::kText, ""},
                {"--operator", "operator", FieldKind::kWord, ""},
                {"--target", "target.value", FieldKind::kText, ""},
                {"--target-period", "target.period", FieldKind::kPeriod, ""}});
    indicator_.set_unit("人");
    v1::Target& target = *indicator_.mutable_target();
    target.set_value("2400");
    target.set_period("fy2024");
    target.set_raw("2,400人");
    target.mutable_place()->set_line(7);
    target.add_steps("ERA R6=fy2024");
  }
  absl::Status Type(std::vector<std::string> words) {
    // CLI11 takes them last first.
    app_.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    return fields_.Apply(&indicator_, &mask_);
  }

  CLI::App app_;
  Fields fields_;
  v1::Indicator indicator_;
  google::protobuf::FieldMask mask_;
};

TEST_F(FieldsTest, NamesTheWholeFieldThatHoldsWhatWasTyped) {
  ASSERT_TRUE(Type({"--target", "2600", "--unit", "名"}).ok());
  EXPECT_THAT(mask_.paths(), ElementsAre("target", "unit"));
  EXPECT_EQ(indicator_.target().value(), "2600");
  EXPECT_EQ(indicator_.target().period(), "fy2024");
  EXPECT_EQ(indicator_.unit(), "名");
}

TEST_F(FieldsTest, ForgetsHowAReplacedNumberWasPrinted) {
  ASSERT_TRUE(Type({"--target", "2600"}).ok());
  EXPECT_EQ(indicator_.target().raw(), "");
  EXPECT_FALSE(indicator_.target().has_place());
  EXPECT_THAT(indicator_.target().steps(), IsEmpty());
}

TEST_F(FieldsTest, PutsANumberInPlaceOfTextThatCouldNotBeRead) {
  indicator_.mutable_target()->clear_value();
  indicator_.mutable_target()->set_unread("96.268.670.0");
  ASSERT_TRUE(Type({"--target", "96"}).ok());
  EXPECT_EQ(indicator_.target().value(), "96");
  EXPECT_EQ(indicator_.target().unread(), "");
}

TEST_F(FieldsTest, KeepsWhatCouldNotBeReadUnderAnotherPeriod) {
  indicator_.mutable_target()->clear_value();
  indicator_.mutable_target()->set_unread("96.268.670.0");
  ASSERT_TRUE(Type({"--target-period", "R7"}).ok());
  EXPECT_EQ(indicator_.target().period(), "fy2025");
  EXPECT_EQ(indicator_.target().unread(), "96.268.670.0");
  EXPECT_EQ(indicator_.target().raw(), "");
}

TEST_F(FieldsTest, TakesAnOperatorAsItIsPrinted) {
  ASSERT_TRUE(Type({"--operator", "以上"}).ok());
  EXPECT_EQ(indicator_.operator_(), v1::Indicator::OPERATOR_AT_LEAST);
}

TEST_F(FieldsTest, NamesTheOptionWhoseWordItDoesNotKnow) {
  const absl::Status status = Type({"--operator", "more"});
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("--operator: \"more\""));
  EXPECT_THAT(mask_.paths(), IsEmpty());
}

}  // namespace
}  // namespace shirube::cli
