#include "server/domain/ids.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/domain/violation.h"

namespace shirube {

absl::Status ValidateId(std::string_view text) {
  bool good = !text.empty() && text.size() <= limits::kMaxIdBytes &&
              absl::ascii_islower(text[0]);
  for (char c : text) {
    good =
        good && (absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-');
  }
  if (good) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kInvalidArgument, "BAD_ID",
      absl::StrCat(Quoted(text),
                   " is not an id; an id begins with a letter "
                   "a-z, goes on with a-z, 0-9 and -, and has 1 to ",
                   limits::kMaxIdBytes, " characters"),
      absl::StrCat(QuotedJa(text),
                   "はIDとして使えません。先頭は英小文字、"
                   "以降は英小文字・数字・ハイフンで、1～",
                   limits::kMaxIdBytes, "文字にしてください。"));
}

}  // namespace shirube
