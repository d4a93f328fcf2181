// Filters, orders, page tokens and revision tokens.
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/violation.h"
#include "server/service/filter.h"
#include "server/service/fingerprint.h"
#include "server/service/list_request.h"
#include "server/service/order_by.h"
#include "server/service/page_token.h"
#include "server/service/revision_token.h"
#include "shirube/v1/evaluation_service.pb.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::string> kFields = {"status", "owner",  "marks",
                                          "value",  "period", "initiative"};

RowReader RowOf(std::map<std::string, FieldValues> values) {
  return [values](std::string_view field) -> FieldValues {
    const auto found = values.find(std::string(field));
    return found == values.end() ? FieldValues() : found->second;
  };
}

const RowReader kRow = RowOf(
    {{"status", {"AT_RISK"}},
     {"owner", {"財政課"}},
     {"marks", {"PROVISIONAL", "STALE"}},
     {"value", {"9.50"}},
     {"period", {"fy2022"}},
     {"initiative", {"plans/a/initiatives/p1", "plans/a/initiatives/p1-m3"}}});

bool Matches(const std::string& text) {
  const absl::StatusOr<Filter> filter = Filter::Parse(text, kFields);
  EXPECT_TRUE(filter.ok()) << text << ": " << filter.status();
  return filter.ok() && filter->Matches(kRow);
}

std::string ErrorOf(const std::string& text) {
  const absl::StatusOr<Filter> filter = Filter::Parse(text, kFields);
  EXPECT_FALSE(filter.ok()) << text;
  EXPECT_EQ(DetailsOf(filter.status()).reason, "FILTER_INVALID");
  return std::string(filter.status().message());
}

TEST(FilterTest, ComparesAsTheKindOfValueAsksFor) {
  EXPECT_TRUE(Matches(""));
  EXPECT_TRUE(Matches("status = AT_RISK"));
  EXPECT_FALSE(Matches("status != AT_RISK"));
  EXPECT_TRUE(Matches("value = 9.5"));
  EXPECT_TRUE(Matches("value < 10"));
  EXPECT_FALSE(Matches("value >= 10"));
  EXPECT_TRUE(Matches("period > fy2021q4"));
  EXPECT_TRUE(Matches("owner = \"財政*\""));
  EXPECT_TRUE(Matches("owner:政"));
  EXPECT_TRUE(Matches("marks:STALE"));
  EXPECT_FALSE(Matches("marks:CONFLICT"));
}

TEST(FilterTest, TakesTheLastPartOfANameForTheName) {
  EXPECT_TRUE(Matches("initiative = p1-m3"));
  EXPECT_TRUE(Matches("initiative = \"plans/a/initiatives/p1\""));
  EXPECT_FALSE(Matches("initiative = p2"));
}

TEST(FilterTest, BindsOrTighterThanAnd) {
  EXPECT_FALSE(Matches("status = ON_TRACK AND value = 1 OR value = 9.5"));
  EXPECT_TRUE(Matches("status = AT_RISK AND value = 1 OR value = 9.5"));
  EXPECT_TRUE(Matches("(status = ON_TRACK AND value = 1) OR value = 9.5"));
}

TEST(FilterTest, Negates) {
  EXPECT_FALSE(Matches("NOT status = AT_RISK"));
  EXPECT_FALSE(Matches("-status = AT_RISK"));
  EXPECT_TRUE(Matches("NOT (marks:CONFLICT OR value > 10)"));
}

TEST(FilterTest, SaysWhereItCannotBeRead) {
  EXPECT_THAT(ErrorOf("status ="), HasSubstr("found the end"));
  EXPECT_THAT(ErrorOf("status = A owner = b"), HasSubstr("at character 12"));
  EXPECT_THAT(ErrorOf("colour = red"), HasSubstr("known: status, owner"));
  EXPECT_THAT(ErrorOf("owner = \"open"), HasSubstr("not closed"));
  EXPECT_THAT(ErrorOf("(status = A"), HasSubstr("expected \")\""));
  EXPECT_THAT(ErrorOf("AND"), HasSubstr("expected a field"));
  EXPECT_THAT(ErrorOf(std::string(100, '(') + "status = A"),
              HasSubstr("nested"));
}

TEST(FilterTest, RefusesWhatIsTooLong) {
  const auto filter = Filter::Parse(std::string(5000, ' '), kFields);
  EXPECT_EQ(DetailsOf(filter.status()).reason, "LIMIT_EXCEEDED");
}

TEST(OrderByTest, SortsNumbersAsNumbersAndEmptyOnesLast) {
  const auto order = OrderBy::Parse("value desc, owner", kFields);
  ASSERT_TRUE(order.ok());
  const RowReader nine = RowOf({{"value", {"9"}}});
  const RowReader ten = RowOf({{"value", {"10.0"}}});
  const RowReader none = RowOf({});
  EXPECT_TRUE(order->Before(ten, nine));
  EXPECT_FALSE(order->Before(nine, ten));
  EXPECT_TRUE(order->Before(nine, none));
}

TEST(OrderByTest, NamesWhatItCannotRead) {
  const auto order = OrderBy::Parse("value downwards", kFields);
  EXPECT_EQ(DetailsOf(order.status()).reason, "ORDER_BY_INVALID");
  EXPECT_EQ(DetailsOf(OrderBy::Parse("colour", kFields).status()).reason,
            "ORDER_BY_INVALID");
}

TEST(PageTokenTest, ComesBackAsItWas) {
  const PageBinding binding{"history", "request"};
  const std::string token = SealPageToken(binding, {7, 100});
  const auto cursor = OpenPageToken(binding, token);
  ASSERT_TRUE(cursor.ok());
  EXPECT_EQ(*cursor, (PageCursor{7, 100}));
}

TEST(PageTokenTest, RefusesAnyOtherBindingAndAnyDamage) {
  const PageBinding binding{"history", "request"};
  const std::string token = SealPageToken(binding, {7, 100});
  const auto reason = [](const absl::StatusOr<PageCursor>& cursor) {
    return DetailsOf(cursor.status()).reason;
  };
  EXPECT_EQ(reason(OpenPageToken({"history", "other"}, token)),
            "PAGE_TOKEN_INVALID");
  EXPECT_EQ(reason(OpenPageToken({"other", "request"}, token)),
            "PAGE_TOKEN_INVALID");
  EXPECT_EQ(reason(OpenPageToken(binding, "hello")), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(reason(OpenPageToken(binding, std::string(5000, 'a'))),
            "PAGE_TOKEN_INVALID");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(OpenPageToken(binding, damaged).ok()) << damaged;
  }
}

TEST(ListRequestTest, BindsTheTokenToFilterAndParentButNotToThePageSize) {
  v1::ListIndicatorsRequest request;
  request.set_parent("plans/a");
  request.set_page_size(2);
  const auto first = ReadListRequest(request, "ListIndicators", "h", {"unit"});
  ASSERT_TRUE(first.ok());
  request.set_page_token(SealPageToken(first->binding, {3, 2}));
  request.set_page_size(5);
  request.set_min_revision("h.3");
  EXPECT_TRUE(ReadListRequest(request, "ListIndicators", "h", {"unit"}).ok());
  request.set_filter("unit = \"人\"");
  EXPECT_EQ(
      DetailsOf(
          ReadListRequest(request, "ListIndicators", "h", {"unit"}).status())
          .reason,
      "PAGE_TOKEN_INVALID");
}

TEST(ListRequestTest, RefusesANegativePageSizeAndCutsALargeOne) {
  v1::ListPlansRequest request;
  request.set_page_size(-1);
  EXPECT_FALSE(ReadListRequest(request, "ListPlans", "h", {}).ok());
  request.set_page_size(1'000'000);
  EXPECT_EQ(ReadListRequest(request, "ListPlans", "h", {})->page_size, 1000);
  request.set_page_size(0);
  EXPECT_EQ(ReadListRequest(request, "ListPlans", "h", {})->page_size, 100);
}

TEST(ChoosePageTest, GoesOnWhereTheLastPageEnded) {
  v1::ListPlansRequest request;
  request.set_page_size(2);
  const auto read = [](size_t row, std::string_view) -> FieldValues {
    return {std::to_string(row)};
  };
  std::vector<size_t> seen;
  int pages = 0;
  do {
    const auto list = ReadListRequest(request, "ListPlans", "h", {});
    ASSERT_TRUE(list.ok());
    const PageChoice page = ChoosePage(*list, 5, 9, read);
    seen.insert(seen.end(), page.rows.begin(), page.rows.end());
    request.set_page_token(page.next_page_token);
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_THAT(seen, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(pages, 3);
}

TEST(RevisionTokenTest, ComesBackAsItWas) {
  EXPECT_EQ(*ParseRevision("abc", FormatRevision("abc", 42)), 42);
}

TEST(RevisionTokenTest, TellsDamageFromAnotherHistory) {
  const auto reason = [](const char* token) {
    return DetailsOf(ParseRevision("abc", token).status()).reason;
  };
  EXPECT_EQ(reason("hello"), "REVISION_INVALID");
  EXPECT_EQ(reason("abc."), "REVISION_INVALID");
  EXPECT_EQ(reason("abc.-1"), "REVISION_INVALID");
  EXPECT_EQ(reason(".5"), "REVISION_INVALID");
  EXPECT_EQ(reason("abc.99999999999999999999"), "REVISION_INVALID");
  EXPECT_EQ(reason("xyz.5"), "HISTORY_DIVERGED");
}

// The first vector of the reference implementation's table: key 00 01 … 0f,
// input 00 01 … 0e.
TEST(FingerprintTest, IsSipHash24) {
  std::string input;
  for (char c = 0; c < 15; ++c) input += c;
  EXPECT_EQ(SipHash24(0x0706050403020100, 0x0f0e0d0c0b0a0908, input),
            0xa129ca6149be45e5);
}

TEST(FingerprintTest, LeavesTheRequestIdOut) {
  v1::CreatePlanRequest a, b;
  a.mutable_plan()->set_display_name("x");
  b = a;
  a.set_request_id("1");
  b.set_request_id("2");
  EXPECT_EQ(RequestFingerprint(a), RequestFingerprint(b));
  b.mutable_plan()->set_display_name("y");
  EXPECT_NE(RequestFingerprint(a), RequestFingerprint(b));
}

TEST(RowFieldsTest, ReadsBareWordsAndNestedFields) {
  v1::Verdict verdict;
  verdict.set_status(v1::Verdict::STATUS_AT_RISK);
  verdict.add_marks("STALE");
  EXPECT_THAT(ReadField(verdict, "status"), ElementsAre("AT_RISK"));
  EXPECT_THAT(ReadField(verdict, "marks"), ElementsAre("STALE"));
  EXPECT_THAT(ReadField(verdict, "severity"), IsEmpty());
  v1::Indicator indicator;
  indicator.mutable_target()->set_period("fy2024");
  EXPECT_THAT(ReadField(indicator, "target.period"), ElementsAre("fy2024"));
  EXPECT_THAT(ReadField(indicator, "baseline.period"), IsEmpty());
  indicator.set_operator_(v1::Indicator::OPERATOR_AT_LEAST);
  EXPECT_THAT(ReadField(indicator, "operator"), ElementsAre("AT_LEAST"));
}

}  // namespace
}  // namespace shirube
