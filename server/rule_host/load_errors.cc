#include "server/rule_host/load_errors.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

using Metadata = std::vector<std::pair<std::string, std::string>>;

std::string English(const ModuleProblem& problem) {
  return absl::StrCat(std::string(ReasonWord(problem.reason)), ": ",
                      problem.detail);
}

std::string Japanese(const ModuleProblem& problem) {
  return absl::StrCat(std::string(ReasonWord(problem.reason)), ": ",
                      problem.ja.empty() ? problem.detail : problem.ja);
}

std::string NameOf(const ModuleFile& file) {
  return absl::StrCat(file.manifest->id, " ", file.manifest->version);
}

}  // namespace

absl::Status NotUsable(const std::string& file, const ModuleProblem& problem) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   std::string(ReasonWord(problem.reason)),
                   absl::StrCat(file, ": ", English(problem)),
                   absl::StrCat(file, ": ", Japanese(problem)),
                   {{"file", file}});
}

absl::Status CannotStart(const std::vector<StartFailure>& failures) {
  std::string en = "the rule set cannot start, and nothing has changed:";
  std::string ja = "判定基準を起動できません。何も変わっていません。";
  Metadata metadata;
  for (const StartFailure& failure : failures) {
    absl::StrAppend(&en, metadata.empty() ? " " : "; ", NameOf(*failure.file),
                    " (", English(*failure.problem), ")");
    absl::StrAppend(&ja, metadata.empty() ? "" : "、", NameOf(*failure.file),
                    "(", Japanese(*failure.problem), ")");
    metadata.emplace_back(failure.file->manifest->id,
                          ReasonWord(failure.problem->reason));
  }
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "RULE_SET_CANNOT_START", std::move(en), std::move(ja),
                   std::move(metadata));
}

absl::Status InQuarantine(const std::vector<QuarantineNotice>& notices) {
  std::string en, ja;
  Metadata metadata;
  for (const QuarantineNotice& notice : notices) {
    const std::string since =
        absl::FormatTime(absl::RFC3339_sec, notice.time, absl::UTCTimeZone());
    absl::StrAppend(
        &en, en.empty() ? "" : "; ", "module ", notice.module, " ",
        notice.version, " is in quarantine since ", since, " (", notice.reason,
        ": ", notice.en, "); register a mended version, or let this one go ",
        "with `shirube rule release ", notice.module, "@", notice.version, "`");
    absl::StrAppend(&ja, "モジュール", notice.module, " ", notice.version, "は",
                    since, "から隔離中です(", notice.reason, ": ", notice.ja,
                    ")。直した版を登録するか、`shirube rule release ",
                    notice.module, "` で解除してください。");
    metadata.emplace_back(notice.module, notice.reason);
  }
  return MakeError(absl::StatusCode::kFailedPrecondition, "MODULE_QUARANTINED",
                   std::move(en), std::move(ja), std::move(metadata));
}

absl::Status NotInQuarantine(const std::string& sha256) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "NOT_QUARANTINED",
      absl::StrCat("no module with sha256 ", sha256, " is in quarantine"),
      absl::StrCat("sha256が", sha256, "のモジュールは隔離されていません。"));
}

absl::Status StaysInQuarantine(const ModuleFile& file,
                               const ModuleProblem& problem) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   std::string(ReasonWord(problem.reason)),
                   absl::StrCat("module ", NameOf(file),
                                " stays in quarantine: ", English(problem)),
                   absl::StrCat("モジュール", NameOf(file),
                                "は隔離のままです。", Japanese(problem)),
                   {{"module", file.manifest->id}});
}

absl::Status NotLoaded(const RuleSet& set, const RuleSetMember& member) {
  return MakeError(
      absl::StatusCode::kUnavailable, "RULE_SET_NOT_SERVING",
      absl::StrCat("rule set ", set.id().value(), " is not loaded: module ",
                   member.manifest->id, " does not run"),
      absl::StrCat("判定基準", set.id().value(),
                   "は読み込まれていません。動いていないモジュール: ",
                   member.manifest->id));
}

}  // namespace shirube
