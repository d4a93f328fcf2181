#include "server/service/order_by.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/limits.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

absl::Status Invalid(const std::string& found,
                     const std::vector<std::string>& known_fields) {
  const std::string known = absl::StrJoin(known_fields, ", ");
  return MakeError(
      absl::StatusCode::kInvalidArgument, "ORDER_BY_INVALID",
      absl::StrCat(
          "order_by: cannot read ", Quoted(found),
          "; fields with an optional `desc`, joined by commas; known: ", known),
      absl::StrCat(
          "order_by: ", QuotedJa(found),
          "は読めません。項目名に「desc」を付けられ、カンマで区切ります。"
          "使える項目: ",
          known));
}

}  // namespace

absl::StatusOr<OrderBy> OrderBy::Parse(
    std::string_view text, const std::vector<std::string>& known_fields) {
  OrderBy order;
  if (text.empty()) return order;
  if (text.size() > limits::kMaxOrderByBytes) {
    return Invalid(std::string(text), known_fields);
  }
  for (absl::string_view part : absl::StrSplit(std::string(text), ',')) {
    const std::vector<std::string> words =
        absl::StrSplit(part, ' ', absl::SkipEmpty());
    const bool readable =
        words.size() == 1 ||
        (words.size() == 2 && (words[1] == "desc" || words[1] == "asc"));
    if (!readable || std::find(known_fields.begin(), known_fields.end(),
                               words[0]) == known_fields.end()) {
      return Invalid(std::string(part), known_fields);
    }
    order.terms_.push_back({words[0], words.size() == 2 && words[1] == "desc"});
  }
  return order;
}

bool OrderBy::Before(const RowReader& a, const RowReader& b) const {
  for (const Term& term : terms_) {
    const FieldValues left = a(term.field), right = b(term.field);
    if (left.empty() || right.empty()) {
      if (left.empty() == right.empty()) continue;
      return right.empty();
    }
    const int order = CompareValues(left[0], right[0]);
    if (order != 0) return term.descending ? order > 0 : order < 0;
  }
  return false;
}

}  // namespace shirube
