#include "server/service/revision_token.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"

namespace shirube {

std::string FormatRevision(std::string_view history, Revision revision) {
  return absl::StrCat(std::string(history), ".", revision);
}

absl::StatusOr<Revision> ParseRevision(std::string_view history,
                                       std::string_view token) {
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
        "min_revision: no revision token; send back the `revision` of an "
        "earlier answer as it was",
        "min_revision: "
        "リビジョントークンではありません。以前の応答の`revision`を"
        "そのまま送ってください");
  }
  if (token.substr(0, dot) != history) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "HISTORY_DIVERGED",
        "min_revision: the token is of another history of the data (a "
        "restored backup, or another server); read again without it",
        "min_revision: "
        "別の履歴のトークンです(バックアップの復元、または別のサーバー)。"
        "指定せずに読み直してください",
        {{"history", std::string(history)}});
  }
  return revision;
}

}  // namespace shirube
