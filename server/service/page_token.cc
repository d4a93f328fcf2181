#include "server/service/page_token.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/limits.h"
#include "server/domain/violation.h"
#include "server/service/fingerprint.h"

namespace shirube {
namespace {

std::string Seal(const PageBinding& binding, std::string_view payload) {
  return Fingerprint(absl::StrCat(binding.history, "\n", binding.request, "\n",
                                  std::string(payload)))
      .substr(0, 16);
}

}  // namespace

absl::Status PageTokenInvalid() {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID",
      "page_token: damaged, or given for another parent, filter or order; "
      "start again without it",
      "page_token: 壊れているか、別のparent、filter、order_byの応答の"
      "ものです。指定せずに最初から読んでください");
}

std::string SealPageToken(const PageBinding& binding,
                          const PageCursor& cursor) {
  const std::string payload = absl::StrCat(cursor.at, ".", cursor.offset);
  return absl::WebSafeBase64Escape(
      absl::StrCat(payload, ".", Seal(binding, payload)));
}

absl::StatusOr<PageCursor> OpenPageToken(const PageBinding& binding,
                                         std::string_view token) {
  if (token.empty()) return PageCursor{};
  std::string text;
  if (token.size() > limits::kMaxPageTokenBytes ||
      !absl::WebSafeBase64Unescape(std::string(token), &text)) {
    return PageTokenInvalid();
  }
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  PageCursor cursor;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &cursor.at) ||
      !absl::SimpleAtoi(parts[1], &cursor.offset) || cursor.at < 0 ||
      cursor.offset < 0 ||
      parts[2] != Seal(binding, absl::StrCat(parts[0], ".", parts[1]))) {
    return PageTokenInvalid();
  }
  return cursor;
}

}  // namespace shirube
