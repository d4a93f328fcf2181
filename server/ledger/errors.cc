#include "server/ledger/errors.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/domain/violation.h"
#include "server/ledger/ledger.h"

namespace shirube::ledger {

using absl::StatusCode;
using absl::StrAppend;
using absl::StrCat;
using absl::StrJoin;

absl::Status NotFound(const std::string& name) {
  return MakeError(
      StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
      StrCat(name, " does not exist or is deleted. List what there is."),
      StrCat(name,
             " はありません(または削除されています)。一覧で確かめて"
             "ください。"),
      {{"resource", name}});
}

absl::Status Exists(const std::string& name, bool deleted) {
  if (deleted) {
    return MakeError(
        StatusCode::kAlreadyExists, "RESOURCE_EXISTS",
        StrCat(name,
               " existed and is deleted; its id is not used again. "
               "Undelete it, or choose another id."),
        StrCat(name,
               " は削除済みで、同じIDは再び使えません。復元するか、"
               "別のIDを指定してください。"),
        {{"resource", name}});
  }
  return MakeError(
      StatusCode::kAlreadyExists, "RESOURCE_EXISTS",
      StrCat(name, " exists. Update it, or choose another id."),
      StrCat(name, " はすでにあります。更新するか、別のIDを指定してください。"),
      {{"resource", name}});
}

absl::Status ObservationExists(const std::string& name) {
  return MakeError(StatusCode::kAlreadyExists, "OBSERVATION_EXISTS",
                   StrCat("A value for this period is stored (", name,
                          "). Correct it to replace it."),
                   StrCat("この期間の実績値はすでにあります(", name,
                          ")。差し替えるには訂正してください。"),
                   {{"resource", name}});
}

absl::Status EtagMismatch(const std::string& name) {
  return MakeError(
      StatusCode::kAborted, "ETAG_MISMATCH",
      StrCat("Somebody changed ", name,
             " in between. Read it again, then "
             "repeat the change."),
      StrCat(name,
             " はほかの人が変更しました。読み直してから、もう一度変更"
             "してください。"),
      {{"resource", name}});
}

absl::Status HasChildren(const std::string& name, const std::string& children) {
  return MakeError(
      StatusCode::kFailedPrecondition, "HAS_CHILDREN",
      StrCat(name, " still has ", children,
             ". Delete them first, or set force."),
      StrCat(name, " にはまだ ", children,
             " があります。先に削除するか、force を指定してください。"),
      {{"resource", name}, {"child", children}});
}

absl::Status NotDeleted(const std::string& name) {
  return MakeError(StatusCode::kFailedPrecondition, "NOT_DELETED",
                   StrCat(name, " is not deleted; nothing is to be done."),
                   StrCat(name, " は削除されていません。復元は不要です。"),
                   {{"resource", name}});
}

absl::Status ParentDeleted(const std::string& name, const std::string& parent) {
  return MakeError(
      StatusCode::kFailedPrecondition, "PARENT_DELETED",
      StrCat(name, " belongs to ", parent,
             ", which is deleted. Undelete that first."),
      StrCat(name, " の親 ", parent,
             " は削除されています。先にそちらを復元してください。"),
      {{"resource", name}, {"parent", parent}});
}

absl::Status ValueDecreases(const std::string& field, const std::string& before,
                            const std::string& after) {
  return MakeError(
      StatusCode::kFailedPrecondition, "VALUE_DECREASES",
      StrCat(field, ": a value to date cannot run back (", before, ", then ",
             after, "). Correct it, or set allow_decrease."),
      StrCat(field, ": 累計値が減っています(", before, " の次に ", after,
             ")。値を確かめるか、allow_decrease を指定してください。"),
      {{"field", field}});
}

absl::Status AmbiguousMatch(const std::string& title, const std::string& first,
                            const std::string& second) {
  return MakeError(
      StatusCode::kFailedPrecondition, "AMBIGUOUS_MATCH",
      StrCat("\"", title, "\" is both ", first, " and ", second,
             ". Rename one of them, then import again."),
      StrCat("「", title, "」は ", first, " と ", second,
             " の両方に当てはまります。どちらかの名称を変えてから、取り込み"
             "直してください。"),
      {{"resource", first}, {"other", second}});
}

absl::Status RequestIdReused(const std::string& request_id) {
  return MakeError(
      StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
      StrCat("request_id ", request_id,
             " came before with another request. Make a new one."),
      StrCat("request_id ", request_id,
             " は別の内容で使われました。新しいものを指定してください。"),
      {{"request_id", request_id}});
}

absl::Status RuleSetChanged(const std::string& scope, const std::string& active,
                            const std::string& expected) {
  return MakeError(
      StatusCode::kAborted, "RULE_SET_CHANGED",
      StrCat(scope, " is judged by ", active, " now, not by ", expected,
             ": somebody activated it in between. Look at ", active,
             ", then repeat with it as the expected set."),
      StrCat(scope, " を判定しているのは ", expected, " ではなく ", active,
             " です(ほかの人が切り替えました)。", active,
             " を確かめ、それを前提に指定してやり直してください。"),
      {{"scope", scope}, {"active", active}, {"expected", expected}});
}

absl::Status NeedsRuleSet() {
  return ViolationsToStatus(
      {{"rule_set", "INVALID_FIELD",
        "the default has to name a set; give ruleSets/rs-…",
        "既定には必ず判定基準が要ります。ruleSets/rs-… を指定して"
        "ください。"}});
}

absl::Status ModuleQuarantined(const std::string& rule_set,
                               const std::vector<QuarantineRecord>& members) {
  std::string en, ja, names;
  for (const QuarantineRecord& member : members) {
    const std::string name = NameOfModule(member.module, member.version);
    StrAppend(&names, names.empty() ? "" : ",", name);
    StrAppend(&en, en.empty() ? "" : ", ", name, " (", member.reason,
              member.en.empty() ? "" : ": ", member.en, ")");
    StrAppend(&ja, ja.empty() ? "" : "、", name, "(", member.reason,
              member.ja.empty() ? "" : ": ", member.ja, ")");
  }
  return MakeError(
      StatusCode::kFailedPrecondition, "MODULE_QUARANTINED",
      StrCat(rule_set, " cannot be activated: in quarantine are ", en,
             ". Release what has been mended, or choose a set without it."),
      StrCat(rule_set, " は使えません。隔離中の判定モジュールがあります: ", ja,
             "。直したうえで隔離を解くか、それを含まない判定基準を選んで"
             "ください。"),
      {{"rule_set", rule_set}, {"modules", names}});
}

absl::Status ModuleVersionTaken(const std::string& name,
                                const std::string& registered_sha256,
                                const std::string& found_sha256) {
  return MakeError(
      StatusCode::kAlreadyExists, "MODULE_VERSION_TAKEN",
      StrCat(name, " is registered with other bytes (sha256 ",
             registered_sha256.substr(0, 12), "…, this file has ",
             found_sha256.substr(0, 12),
             "…). Raise the version in its manifest, build it again and "
             "register that."),
      StrCat(name, " は別の内容で登録済みです(登録済みの sha256 は ",
             registered_sha256.substr(0, 12), "…、このファイルは ",
             found_sha256.substr(0, 12),
             "…)。マニフェストの版を上げて作り直し、登録してください。"),
      {{"resource", name},
       {"registered_sha256", registered_sha256},
       {"found_sha256", found_sha256}});
}

absl::Status NotQuarantined(const std::string& name) {
  return MakeError(
      StatusCode::kFailedPrecondition, "NOT_QUARANTINED",
      StrCat(name, " is not in quarantine; there is nothing to release."),
      StrCat(name, " は隔離されていません。解く必要はありません。"),
      {{"resource", name}});
}

absl::Status AlertResolved(const std::string& name) {
  return MakeError(
      StatusCode::kFailedPrecondition, "ALERT_RESOLVED",
      StrCat(name,
             " is resolved. It opens again by itself when its subject "
             "lags again."),
      StrCat(name, " は解消済みです。再び遅れたときは自動で未確認に戻ります。"),
      {{"resource", name}});
}

absl::Status AlertAcknowledged(const std::string& name, const std::string& by) {
  return MakeError(StatusCode::kFailedPrecondition, "ALERT_ACKNOWLEDGED",
                   StrCat(name, " was acknowledged already, by ", by,
                          ". Read it to see why, and until when."),
                   StrCat(name, " はすでに ", by,
                          " が確認済みにしています。理由と見直し日を読み直して"
                          "ください。"),
                   {{"resource", name}});
}

absl::Status TooManySubscriptions(int most) {
  return MakeError(
      StatusCode::kFailedPrecondition, "LIMIT_EXCEEDED",
      StrCat("There are ", most,
             " subscriptions, and there may not be more. Delete one that is "
             "not needed any more first."),
      StrCat("通知先は", most,
             "件までで、すでにその数あります。使わなくなったものを先に削除"
             "してください。"),
      {{"limit", StrCat(most)}});
}

absl::Status TooOld(const std::string& oldest, absl::Time since) {
  const std::string time =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", since, absl::UTCTimeZone());
  return MakeError(
      StatusCode::kOutOfRange, "TOO_OLD",
      StrCat("Changes of alerts up to ", time,
             " are not kept any more. Go back to a later time, to revision ",
             oldest, ", or to \"earliest\" for all that there is."),
      StrCat(time,
             " までの通知の変化は、保存期間を過ぎたため残っていません。"
             "それより後の時刻、リビジョン ",
             oldest,
             "、または残っているすべてを表す earliest を指定して"
             "ください。"),
      {{"oldest_revision", oldest}});
}

absl::Status NotGivenUp(const std::string& subscription,
                        const std::vector<std::string>& keys) {
  constexpr size_t kNamed = 50;
  const std::vector<std::string> named(
      keys.begin(), keys.begin() + std::min(keys.size(), kNamed));
  const size_t rest = keys.size() - named.size();
  return MakeError(
      StatusCode::kFailedPrecondition, "NOT_GIVEN_UP",
      StrCat(subscription, " has not given up ", StrJoin(named, ", "),
             rest > 0 ? StrCat(" and ", rest, " more") : "",
             ". Nothing was sent again. List the deliveries that are DEAD, and "
             "repeat with their keys."),
      StrCat(subscription, " が断念した送信ではありません: ",
             StrJoin(named, "、"), rest > 0 ? StrCat("、ほか", rest, "件") : "",
             "。何も再送していません。断念した(DEAD)送信を一覧で確かめ、"
             "そのキーを指定してください。"),
      {{"subscription", subscription},
       {"idempotency_keys", StrJoin(named, ",")}});
}

absl::Status QueueFull() {
  return MakeError(
      StatusCode::kResourceExhausted, "QUEUE_FULL",
      "Too much is waiting to be written. Try again in a second.",
      "書き込みが混み合っています。1秒ほどおいて、もう一度送ってください。");
}

absl::Status ShuttingDown() {
  return MakeError(StatusCode::kUnavailable, "SHUTTING_DOWN",
                   "The server is stopping. Try again when it is back.",
                   "サーバーは停止中です。再開後にもう一度送ってください。");
}

absl::Status OutcomeUnknown() {
  return MakeError(
      StatusCode::kUnavailable, "STORE_UNAVAILABLE",
      "The database failed while storing, and whether it stored is not known. "
      "Repeat the request with the same request_id.",
      "保存中にデータベースで障害が起き、保存できたか分かりません。同じ "
      "request_id でもう一度送ってください。");
}

}  // namespace shirube::ledger
