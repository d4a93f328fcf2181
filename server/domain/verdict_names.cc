// The words of verdicts, and their names for people.
#include <string_view>

#include "server/domain/verdict.h"

namespace shirube {
namespace {

struct Name {
  std::string_view word, ja, en;
};

// In the order of `Status`.
constexpr Name kStatuses[] = {
    {"STATUS_UNSPECIFIED", "未設定", "unspecified"},
    {"ACHIEVED", "達成", "achieved"},
    {"ON_TRACK", "順調", "on track"},
    {"AT_RISK", "要改善", "at risk"},
    {"NOT_EVALUATED", "判定なし", "not evaluated"},
    {"INDETERMINATE", "判定不能(障害)", "indeterminate (fault)"},
};

constexpr Name kReasons[] = {
    {"MET_EARLY", "前倒し達成", "met early"},
    {"MET_ON_TIME", "期限内達成", "met on time"},
    {"MET_LATE", "期限後達成", "met late"},
    {"MET_UNDATED", "達成(期限の定めなし)", "met (no date set)"},
    {"ON_PACE", "順調", "on pace"},
    {"NEARLY_ON_PACE", "おおむね順調", "nearly on pace"},
    {"HOLDING", "水準維持", "holding its level"},
    {"BEHIND", "やや遅れ", "behind"},
    {"FAR_BEHIND", "遅れ", "far behind"},
    {"REGRESSED", "基準値より後退", "worse than the baseline"},
    {"FELL_BACK", "目標水準割れ", "fell back from the target level"},
    {"MISSED", "未達成", "missed"},
    {"NO_DATA", "実績値未公表", "no figure yet"},
    {"NOT_DUE", "判定時期未到来", "not due yet"},
    {"NO_BASELINE", "基準値なし", "no baseline"},
    {"NO_BASELINE_PERIOD", "基準時点不明", "no period of the baseline"},
    {"NO_TARGET", "目標値なし", "no target"},
    {"NO_TARGET_PERIOD", "目標年度なし", "no target period"},
    {"QUALITATIVE_TARGET", "数値目標なし", "target in words"},
    {"AMBIGUOUS", "要確認(読取不能)", "unreadable figure, to be checked"},
    {"UNIT_MISMATCH", "単位不一致", "units differ"},
    {"DIRECTION_UNKNOWN", "増減方向不明", "direction unknown"},
    {"DIRECTION_CONFLICT", "増減方向の矛盾",
     "direction and operator contradict each other"},
    {"NOTHING_RAISED", "該当判定なし", "no module raised a status"},
    {"UNANSWERED", "回答なし", "the module left the row unanswered"},
    {"NO_INDICATOR", "指標なし", "no indicator"},
    {"NONE_EVALUATED", "判定済みの指標なし", "no indicator evaluated"},
    {"OVERDUE", "公表予定超過", "past its publication"},
    {"NOT_MENTIONED", "記載なし", "not mentioned"},
    {"CRASHED", "モジュール異常終了", "the module crashed"},
    {"EXITED", "モジュール途中終了", "the module exited"},
    {"TIMED_OUT", "モジュール時間超過", "the module timed out"},
    {"OUT_OF_MEMORY", "モジュールのメモリ不足", "the module ran out of memory"},
    {"FORBIDDEN_CALL", "モジュールの禁止操作",
     "the module made a forbidden call"},
    {"BAD_OUTPUT", "モジュールの回答不正", "the module's answer was invalid"},
    {"PROTOCOL_ERROR", "モジュールの通信異常",
     "the module's worker broke the protocol"},
    {"QUARANTINED", "モジュール隔離中", "the module is in quarantine"},
    {"NOT_RUNNING", "モジュール停止中", "the module does not run"},
};

// In the order in which a verdict carries them.
constexpr Name kMarks[] = {
    {"STALE", "実績未更新", "figure not updated"},
    {"PROVISIONAL", "速報値", "provisional figure"},
    {"RESTATED", "改定値", "restated figure"},
    {"ASSUMED_TO_DATE", "累計とみなした値", "assumed to be a sum to date"},
    {"MIXED_YEAR_KIND", "年・年度の混在", "calendar and fiscal years mixed"},
    {"CONFLICT", "判定の不一致", "modules disagree"},
};

template <size_t n>
const Name* Find(const Name (&names)[n], std::string_view word) {
  for (const Name& name : names) {
    if (name.word == word) return &name;
  }
  return nullptr;
}

size_t MarkRank(std::string_view mark) {
  const Name* name = Find(kMarks, mark);
  return name != nullptr ? name - kMarks : std::size(kMarks);
}

}  // namespace

std::string_view StatusWord(Status status) {
  return kStatuses[static_cast<size_t>(status)].word;
}

std::optional<Status> ParseStatusWord(std::string_view word) {
  const Name* name = Find(kStatuses, word);
  if (name == nullptr) return std::nullopt;
  return static_cast<Status>(name - kStatuses);
}

std::string_view StatusJapanese(Status status) {
  return kStatuses[static_cast<size_t>(status)].ja;
}

std::string_view StatusEnglish(Status status) {
  return kStatuses[static_cast<size_t>(status)].en;
}

std::string ReasonJapanese(std::string_view reason) {
  const Name* name = Find(kReasons, reason);
  return std::string(name != nullptr ? name->ja : reason);
}

std::string ReasonEnglish(std::string_view reason) {
  const Name* name = Find(kReasons, reason);
  return std::string(name != nullptr ? name->en : reason);
}

std::string MarkJapanese(std::string_view mark) {
  const Name* name = Find(kMarks, mark);
  return std::string(name != nullptr ? name->ja : mark);
}

std::string MarkEnglish(std::string_view mark) {
  const Name* name = Find(kMarks, mark);
  return std::string(name != nullptr ? name->en : mark);
}

void AddMark(std::string_view mark, std::vector<std::string>* marks) {
  const size_t rank = MarkRank(mark);
  auto at = marks->begin();
  for (; at != marks->end() && MarkRank(*at) <= rank; ++at) {
    if (*at == mark) return;
  }
  marks->insert(at, std::string(mark));
}

}  // namespace shirube
