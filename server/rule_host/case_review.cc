#include "server/rule_host/case_review.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/cases/case_text.h"
#include "server/base/text.h"
#include "server/domain/violation.h"
#include "server/rule_host/answer_words.h"

namespace shirube {
namespace {

using cases::Case;
using cases::Expectation;
using Kind = CaseProblem::Kind;

constexpr int kMillionthsScale = 6;

// 18.20 and 18.2 are one value.
cases::Number Shortest(cases::Number number) {
  while (number.scale > 0 && number.units % 10 == 0) {
    number.units /= 10;
    --number.scale;
  }
  return number;
}

cases::Value Shortest(cases::Value value) {
  value.number = Shortest(value.number);
  return value;
}

std::string Decimal(int64_t millionths) {
  return cases::NumberText(Shortest({millionths, kMillionthsScale}));
}

// The data of a case as the module is handed it: nothing of how it is written.
std::string DataOf(const Case& one, const Manifest& manifest) {
  Case data = one;
  data.name.clear();
  data.expectations.clear();
  data.baseline = Shortest(data.baseline);
  data.target = Shortest(data.target);
  data.target_upper = Shortest(data.target_upper);
  data.noise_band = Shortest(data.noise_band);
  for (cases::Point& point : data.points) point.value = Shortest(point.value);
  for (cases::Milestone& milestone : data.milestones) {
    milestone.value = Shortest(milestone.value);
  }
  data.parameters.clear();
  for (const ManifestParameter& declared : manifest.parameters) {
    int64_t value = declared.default_millionths;
    for (const cases::ParameterValue& given : one.parameters) {
      if (given.name == declared.name) value = given.millionths;
    }
    data.parameters.push_back({declared.name, value, 0});
  }
  return cases::CaseText(data);
}

std::string Text(const Expectation& wanted) {
  return AnswerWords{wanted.status, wanted.reason}.ToString();
}

std::string Place(const Case& one, int line) {
  return one.file.empty() ? absl::StrCat("line ", line)
                          : absl::StrCat(one.file, ":", line);
}

std::string PlaceJa(const Case& one, int line) {
  return one.file.empty() ? absl::StrCat(line, "行目")
                          : absl::StrCat(one.file, ":", line);
}

class Review {
 public:
  Review(const std::vector<Case>& cases, const Manifest& manifest)
      : cases_(cases), manifest_(manifest) {}

  std::vector<CaseProblem> Run() {
    for (const Case& one : cases_) {
      CheckParameters(one);
      const size_t data =
          data_.try_emplace(DataOf(one, manifest_), data_.size()).first->second;
      for (const Expectation& wanted : one.expectations) {
        CheckReason(one, wanted);
        CheckContradiction(one, data, wanted);
      }
    }
    return std::move(problems_);
  }

 private:
  void Add(Kind kind, const Case& one, int line, const std::string& en,
           const std::string& ja) {
    problems_.push_back(
        {kind, one.file, line,
         Displayable(absl::StrCat("case ", Quoted(one.name), ": ", en)),
         Displayable(absl::StrCat("ケース", QuotedJa(one.name), ": ", ja))});
  }

  void CheckParameters(const Case& one) {
    std::map<std::string, int64_t> values;
    for (const ManifestParameter& declared : manifest_.parameters) {
      values[declared.name] = declared.default_millionths;
    }
    std::set<std::string> named;
    for (const cases::ParameterValue& given : one.parameters) {
      CheckParameter(one, given);
      if (!named.insert(given.name).second &&
          values[given.name] != given.millionths) {
        Add(Kind::kContradiction, one, given.line,
            absl::StrCat("names parameter ", given.name, " twice"),
            absl::StrCat("パラメーター", given.name, "が2回指定されています"));
      }
      values[given.name] = given.millionths;
    }
    CheckOrder(one, values);
  }

  void CheckParameter(const Case& one, const cases::ParameterValue& given) {
    const auto declared =
        std::find_if(manifest_.parameters.begin(), manifest_.parameters.end(),
                     [&](const auto& p) { return p.name == given.name; });
    if (declared == manifest_.parameters.end()) {
      const std::string known = KnownParameters();
      Add(Kind::kUnknownParameter, one, given.line,
          absl::StrCat("the module has no parameter ", Quoted(given.name),
                       known.empty() ? "" : "; it has ", known),
          absl::StrCat("モジュールにパラメーター", QuotedJa(given.name),
                       "はありません", known.empty() ? "" : "。あるのは ",
                       known));
      return;
    }
    if (given.millionths >= declared->min_millionths &&
        given.millionths <= declared->max_millionths) {
      return;
    }
    const std::string value = Decimal(given.millionths);
    const std::string min = Decimal(declared->min_millionths);
    const std::string max = Decimal(declared->max_millionths);
    Add(Kind::kParameterRange, one, given.line,
        absl::StrCat("parameter ", given.name, " is ", value,
                     "; the manifest allows ", min, " to ", max),
        absl::StrCat("パラメーター", given.name, "の値 ", value,
                     " は範囲外です(マニフェストの範囲は ", min, " から ", max,
                     ")"));
  }

  // Of those that may not exceed another one.
  void CheckOrder(const Case& one,
                  const std::map<std::string, int64_t>& values) {
    if (one.parameters.empty()) return;
    for (const ManifestParameter& declared : manifest_.parameters) {
      if (declared.at_most.empty()) continue;
      const int64_t value = values.at(declared.name);
      const int64_t most = values.at(declared.at_most);
      if (value <= most) continue;
      Add(Kind::kParameterRange, one, one.parameters.back().line,
          absl::StrCat("parameter ", declared.name, " is ", Decimal(value),
                       ", above ", declared.at_most, " with ", Decimal(most),
                       ", which the manifest does not allow"),
          absl::StrCat("パラメーター", declared.name, "の値 ", Decimal(value),
                       " が ", declared.at_most, " の ", Decimal(most),
                       " を超えています(マニフェストの at_most)"));
    }
  }

  std::string KnownParameters() const {
    std::string known;
    for (const ManifestParameter& parameter : manifest_.parameters) {
      absl::StrAppend(&known, known.empty() ? "" : ", ", parameter.name);
    }
    return known;
  }

  void CheckReason(const Case& one, const Expectation& wanted) {
    if (wanted.reason.empty() || Declares(manifest_, wanted.reason) ||
        IsSharedReason(wanted.reason)) {
      return;
    }
    Add(Kind::kUnknownReason, one, wanted.line,
        absl::StrCat("expects the reason ", Quoted(wanted.reason),
                     ", which neither the manifest declares nor the shared "
                     "codes have: nobody would match it"),
        absl::StrCat("理由", QuotedJa(wanted.reason),
                     "は、マニフェストにも共通の理由にもありません。どの判定"
                     "とも照合されません"));
  }

  void CheckContradiction(const Case& one, size_t data,
                          const Expectation& wanted) {
    const auto [known, first] =
        seen_.try_emplace({data, wanted.as_of_index, wanted.today_index},
                          std::pair(&one, &wanted));
    if (first) return;
    // A reason of others asks this module for nothing but NOT_RAISED.
    const auto& [other, before] = known->second;
    if (WantedOf(manifest_, *before) == WantedOf(manifest_, wanted)) return;
    const bool same = other == &one;
    Add(Kind::kContradiction, one, wanted.line,
        absl::StrCat("expects ", Text(wanted), ", but ",
                     same ? "the same case"
                          : absl::StrCat("case ", Quoted(other->name),
                                         " with the same data"),
                     " (", Place(*other, before->line), ") expects ",
                     Text(*before), " at the same time; only one can hold"),
        absl::StrCat(
            Text(wanted), "を期待していますが、",
            same ? "同じケース"
                 : absl::StrCat("同じデータのケース", QuotedJa(other->name)),
            "(", PlaceJa(*other, before->line), ")が同じ時点に", Text(*before),
            "を期待していて、矛盾します"));
  }

  const std::vector<Case>& cases_;
  const Manifest& manifest_;
  std::vector<CaseProblem> problems_;
  std::map<std::string, size_t> data_;  // what was seen, numbered
  // By data, as-of and today: who said first what comes out.
  std::map<std::tuple<size_t, int32_t, int32_t>,
           std::pair<const Case*, const Expectation*>>
      seen_;
};

}  // namespace

std::string_view KindWord(CaseProblem::Kind kind) {
  switch (kind) {
    case Kind::kContradiction:
      return "CASES_CONTRADICT";
    case Kind::kUnknownParameter:
      return "UNKNOWN_PARAMETER";
    case Kind::kParameterRange:
      return "PARAMETER_OUT_OF_RANGE";
    case Kind::kUnknownReason:
      return "UNKNOWN_REASON";
    case Kind::kUnreadable:
      return "CASES_UNREADABLE";
  }
  return "";
}

std::vector<CaseProblem> ReviewCases(const std::vector<Case>& cases,
                                     const Manifest& manifest) {
  return Review(cases, manifest).Run();
}

bool IsSharedReason(std::string_view reason) {
  static const std::set<std::string_view> kShared = {"MET_EARLY",
                                                     "MET_ON_TIME",
                                                     "MET_LATE",
                                                     "MET_UNDATED",
                                                     "MET",
                                                     "ON_PACE",
                                                     "NEARLY_ON_PACE",
                                                     "HOLDING",
                                                     "BEHIND",
                                                     "FAR_BEHIND",
                                                     "REGRESSED",
                                                     "FELL_BACK",
                                                     "MISSED",
                                                     "NO_TARGET",
                                                     "QUALITATIVE_TARGET",
                                                     "NO_DATA",
                                                     "AMBIGUOUS",
                                                     "UNIT_MISMATCH",
                                                     "NOT_DUE",
                                                     "DIRECTION_CONFLICT",
                                                     "DIRECTION_UNKNOWN",
                                                     "NO_TARGET_PERIOD",
                                                     "NO_BASELINE",
                                                     "NO_BASELINE_PERIOD",
                                                     "NOT_COVERED",
                                                     "TOO_FEW_POINTS",
                                                     "SIGN_CHANGES",
                                                     "NO_MILESTONE"};
  return kShared.contains(reason);
}

}  // namespace shirube
