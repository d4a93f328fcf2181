#include "client/report/columns.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "client/report/chars.h"
#include "client/report/quantity.h"

namespace shirube::report {
namespace {

using Role = v1::LayoutColumn::Role;
using Extra = Column::Extra;

constexpr size_t kMaxHeadingChars = 40;

struct RoleWord {
  std::u32string_view word;
  Role role;
  Extra extra = Extra::kNone;
};

// The first word that a heading contains decides: 目標達成率 is no target, and
// 目標指標 is a name.
constexpr std::array<RoleWord, 48> kRoleWords = {{
    {U"達成率", v1::LayoutColumn::ROLE_OTHER},
    {U"進捗", v1::LayoutColumn::ROLE_OTHER},
    {U"達成度", v1::LayoutColumn::ROLE_OTHER},
    {U"達成状況", v1::LayoutColumn::ROLE_OTHER},
    {U"評価", v1::LayoutColumn::ROLE_OTHER},
    {U"判定", v1::LayoutColumn::ROLE_OTHER},
    {U"増減", v1::LayoutColumn::ROLE_OTHER},
    {U"伸び率", v1::LayoutColumn::ROLE_OTHER},
    {U"前年比", v1::LayoutColumn::ROLE_OTHER},
    {U"前年度比", v1::LayoutColumn::ROLE_OTHER},
    {U"順位", v1::LayoutColumn::ROLE_OTHER},
    {U"番号", v1::LayoutColumn::ROLE_OTHER},
    {U"備考", v1::LayoutColumn::ROLE_NOTE},
    {U"摘要", v1::LayoutColumn::ROLE_NOTE},
    {U"説明", v1::LayoutColumn::ROLE_NOTE},
    {U"出典", v1::LayoutColumn::ROLE_NOTE, Extra::kSource},
    {U"所管", v1::LayoutColumn::ROLE_NOTE, Extra::kOwner},
    {U"担当", v1::LayoutColumn::ROLE_NOTE, Extra::kOwner},
    {U"単位", v1::LayoutColumn::ROLE_UNIT},
    {U"目安", v1::LayoutColumn::ROLE_MILESTONE},
    {U"中間目標", v1::LayoutColumn::ROLE_MILESTONE},
    {U"中間値", v1::LayoutColumn::ROLE_MILESTONE},
    {U"指標", v1::LayoutColumn::ROLE_INDICATOR},
    {U"KPI", v1::LayoutColumn::ROLE_INDICATOR},
    {U"項目", v1::LayoutColumn::ROLE_INDICATOR},
    {U"名称", v1::LayoutColumn::ROLE_INDICATOR},
    {U"基準値", v1::LayoutColumn::ROLE_BASELINE},
    {U"基準年", v1::LayoutColumn::ROLE_BASELINE},
    {U"基準", v1::LayoutColumn::ROLE_BASELINE},
    {U"策定時", v1::LayoutColumn::ROLE_BASELINE},
    {U"計画当初", v1::LayoutColumn::ROLE_BASELINE},
    {U"当初値", v1::LayoutColumn::ROLE_BASELINE},
    {U"ベースライン", v1::LayoutColumn::ROLE_BASELINE},
    {U"実績", v1::LayoutColumn::ROLE_ACTUAL},
    {U"最新", v1::LayoutColumn::ROLE_ACTUAL},
    {U"直近", v1::LayoutColumn::ROLE_ACTUAL},
    {U"現在値", v1::LayoutColumn::ROLE_ACTUAL},
    {U"測定値", v1::LayoutColumn::ROLE_ACTUAL},
    {U"達成値", v1::LayoutColumn::ROLE_ACTUAL},
    {U"目標", v1::LayoutColumn::ROLE_TARGET},
    // Baseline or latest, depending on the columns beside it.
    {U"現況", v1::LayoutColumn::ROLE_UNSPECIFIED},
    {U"現状", v1::LayoutColumn::ROLE_UNSPECIFIED},
    {U"累計", v1::LayoutColumn::ROLE_ACTUAL},
    {U"分野", v1::LayoutColumn::ROLE_OTHER},
    {U"区分", v1::LayoutColumn::ROLE_OTHER},
    {U"No.", v1::LayoutColumn::ROLE_OTHER},
    {U"所属", v1::LayoutColumn::ROLE_NOTE, Extra::kOwner},
    {U"課名", v1::LayoutColumn::ROLE_NOTE, Extra::kOwner},
}};

struct Draft {
  Column column;
  bool known = false;       // some word was found
  bool status_quo = false;  // 現況, 現状
};

// 目標値(億円): the last brackets, when they hold a unit.
std::string UnitOf(std::u32string_view heading) {
  if (!heading.ends_with(U")")) return "";
  size_t open = heading.rfind(U'(');
  if (open == std::u32string_view::npos) return "";
  std::u32string_view inner = heading.substr(open + 1);
  inner.remove_suffix(1);
  EatPrefix(&inner, U"単位");
  EatPrefix(&inner, U":");
  for (std::u32string_view word :
       {U"期限", U"年度", U"参考", U"時点", U"年次", U"累計", U"注", U"見込"}) {
    if (Contains(inner, word)) return "";
  }
  if (FindPeriod(inner) || ClaimsUnknownYear(inner)) return "";
  return IsUnit(inner) ? Encode(inner) : "";
}

const RoleWord* FindWord(std::u32string_view heading) {
  for (const RoleWord& word : kRoleWords) {
    if (Contains(heading, word.word)) return &word;
  }
  return nullptr;
}

std::u32string WithoutBrackets(std::u32string_view text) {
  std::u32string out;
  int depth = 0;
  for (char32_t c : text) {
    if (c == U'(') ++depth;
    if (depth == 0) out.push_back(c);
    if (c == U')' && depth > 0) --depth;
  }
  return out;
}

Draft ReadHeading(const std::string& raw) {
  Draft draft;
  Column& column = draft.column;
  column.heading = TrimUtf8(raw);
  std::u32string folded = FoldUtf8(column.heading);
  if (folded.empty() || folded.size() > kMaxHeadingChars) return draft;
  std::u32string words = DropSpaces(folded);
  // What stands in brackets only qualifies: 目標指標(単位) names indicators.
  const RoleWord* word = FindWord(WithoutBrackets(words));
  if (word == nullptr) word = FindWord(words);
  if (word != nullptr) {
    draft.known = true;
    column.role = word->role;
    column.extra = word->extra;
    draft.status_quo = word->role == v1::LayoutColumn::ROLE_UNSPECIFIED;
  }
  size_t open = words.rfind(U'(');
  if (Contains(words, U"累計")) {
    column.cumulative = true;
    if (open != std::u32string::npos && words.ends_with(U")")) {
      std::u32string_view inner(words);
      inner = inner.substr(open + 1);
      inner.remove_suffix(1);
      column.window = ReadWindow(inner);
    }
  }
  if (column.window) {
    column.period = column.window->end;
    column.period_raw = column.heading;
  } else if (auto found = FindPeriod(words)) {
    column.period = found->period;
    column.period_raw =
        Encode(words.substr(found->begin, found->end - found->begin));
  }
  if (draft.known && !column.period) {
    column.unknown_year = ClaimsUnknownYear(words);
  }
  column.unit = UnitOf(words);
  return draft;
}

int Count(const std::vector<Draft>& drafts, Role role) {
  return static_cast<int>(
      std::count_if(drafts.begin(), drafts.end(), [&](const Draft& d) {
        return d.known && !d.status_quo && d.column.role == role;
      }));
}

// 現況値 beside 最新値 is where it started; 現状値 beside 基準値 is where it
// is.
void SettleStatusQuo(std::vector<Draft>* drafts) {
  const bool baseline = Count(*drafts, v1::LayoutColumn::ROLE_BASELINE) > 0;
  for (Draft& draft : *drafts) {
    if (!draft.status_quo) continue;
    draft.column.role = baseline ? v1::LayoutColumn::ROLE_ACTUAL
                                 : v1::LayoutColumn::ROLE_BASELINE;
    draft.status_quo = false;
  }
}

// 成果目標 before 目標値 names the indicators; a heading nobody knows does so
// when it is the only one beside two columns of values.
void SettleNames(std::vector<Draft>* drafts) {
  int names = Count(*drafts, v1::LayoutColumn::ROLE_INDICATOR);
  if (names > 1) {
    // 項目 groups where 指標 names.
    bool found = false;
    for (Draft& draft : *drafts) {
      if (draft.column.role != v1::LayoutColumn::ROLE_INDICATOR) continue;
      const bool strong =
          draft.column.heading.find("指標") != std::string::npos;
      if (strong && !found) {
        found = true;
      } else {
        draft.column.role = v1::LayoutColumn::ROLE_OTHER;
      }
    }
    return;
  }
  if (names == 1) return;
  Draft& first = drafts->front();
  if (first.column.role == v1::LayoutColumn::ROLE_TARGET &&
      !first.column.period &&
      Count(*drafts, v1::LayoutColumn::ROLE_TARGET) == 2) {
    first.column.role = v1::LayoutColumn::ROLE_INDICATOR;
    return;
  }
  Draft* only = nullptr;
  int values = 0;
  for (Draft& draft : *drafts) {
    values += draft.known && draft.column.is_value() ? 1 : 0;
    if (draft.known || draft.column.heading.empty()) continue;
    if (only != nullptr) return;
    only = &draft;
  }
  if (only != nullptr && values >= 2) {
    only->column.role = v1::LayoutColumn::ROLE_INDICATOR;
    only->known = true;
  }
}

// Several targets with years: the last one is the target, those before it are
// points on the way.
void SettleTargets(std::vector<Draft>* drafts) {
  Draft* last = nullptr;
  for (Draft& draft : *drafts) {
    if (draft.column.role != v1::LayoutColumn::ROLE_TARGET) continue;
    if (!draft.column.period) return;
    if (last == nullptr || *last->column.period < *draft.column.period) {
      last = &draft;
    }
  }
  for (Draft& draft : *drafts) {
    if (&draft != last && draft.column.role == v1::LayoutColumn::ROLE_TARGET) {
      draft.column.role = v1::LayoutColumn::ROLE_MILESTONE;
    }
  }
}

}  // namespace

bool Column::is_value() const {
  return role == v1::LayoutColumn::ROLE_BASELINE ||
         role == v1::LayoutColumn::ROLE_TARGET ||
         role == v1::LayoutColumn::ROLE_ACTUAL ||
         role == v1::LayoutColumn::ROLE_MILESTONE;
}

std::optional<std::vector<Column>> ReadColumns(
    const std::vector<std::string>& cells) {
  if (cells.size() < 2) return std::nullopt;
  std::vector<Draft> drafts;
  drafts.reserve(cells.size());
  for (const std::string& cell : cells) drafts.push_back(ReadHeading(cell));
  SettleStatusQuo(&drafts);
  SettleNames(&drafts);
  SettleTargets(&drafts);
  if (Count(drafts, v1::LayoutColumn::ROLE_INDICATOR) != 1) {
    return std::nullopt;
  }
  std::vector<Column> columns;
  int values = 0;
  for (Draft& draft : drafts) {
    values += draft.column.is_value() ? 1 : 0;
    if (draft.column.role == v1::LayoutColumn::ROLE_UNSPECIFIED) {
      draft.column.role = v1::LayoutColumn::ROLE_OTHER;
    }
    columns.push_back(std::move(draft.column));
  }
  if (values == 0) return std::nullopt;
  return columns;
}

}  // namespace shirube::report
