#include "server/service/revision_token.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"

namespace shirube {

std::string FormatRevision(std::string_view history, Revision revision) {
  return absl::StrCat(std::string(history), ".", revision);
}

absl::StatusOr<Revision> ParseRevision(std::string_view history,
                                       std::string_view token,
                                       std::string_view field) {
  const size_t dot = token.rfind('.');
  Revision revision = -1;
  const std::string_view number =
      dot == std::string_view::npos ? "" : token.substr(dot + 1);
  const bool digits =
      !number.empty() &&
      number.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits || dot == 0 ||
      !absl::SimpleAtoi(std::string(number), &revision)) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "REVISION_INVALID",
        absl::StrCat(std::string(field),
                     ": no revision token; send back the `revision` of an "
                     "earlier answer as it was"),
        absl::StrCat(std::string(field),
                     ": リビジョントークンではありません。以前の応答の"
                     "`revision`をそのまま送ってください"));
  }
  if (token.substr(0, dot) != history) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "HISTORY_DIVERGED",
        absl::StrCat(std::string(field),
                     ": the token is of another history of the data (a "
                     "restored backup, or another server); read again without "
                     "it"),
        absl::StrCat(std::string(field),
                     ": 別の履歴のトークンです(バックアップの復元、または"
                     "別のサーバー)。指定せずに読み直してください"),
        {{"history", std::string(history)}});
  }
  return revision;
}

}  // namespace shirube
