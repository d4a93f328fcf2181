// Modules with a published method, against what its publisher printed.
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "rules/cases/case_file.h"
#include "tests/rules/cased_module.h"
#include "tests/rules/real_data.h"
#include "tests/rules/real_rows.h"

namespace shirube::rules_test {
namespace {

using testing::ElementsAre;
using testing::Pair;

cases::Number Decimal(const std::string& text) {
  cases::Number number;
  EXPECT_TRUE(cases::ParseNumber(text, &number)) << text;
  return number;
}

cases::Value Given(const std::string& text) {
  return {cases::Given::kNumber, Decimal(text)};
}

// ---- Nagano Prefecture's press release of September 2018. ----

class NaganoTest : public RealDataTest {
 protected:
  // The release as its blocks of text between empty lines.
  void SetUp() override {
    std::ifstream file;
    Open("reports/ja07_nagano_shinshu_h29.txt", &file);
    blocks_.emplace_back();
    for (std::string line; std::getline(file, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (line.empty() && !blocks_.back().empty()) {
        blocks_.emplace_back();
      } else if (!line.empty()) {
        blocks_.back() += line + "\n";
      }
    }
  }

  static cases::Number Printed(std::string text) {
    text = std::regex_replace(text, std::regex("▲"), "-");
    return Decimal(std::regex_replace(text, std::regex(","), ""));
  }
  static int32_t Heisei(const std::string& year) {
    return 12 * (1988 + std::stoi(year));
  }

  std::vector<std::string> blocks_;
};

const char kPrinted[] = "((?:▲)?[0-9][0-9,.]*)";

TEST_F(NaganoTest, GivesEveryVerdictWhoseNumbersArePrinted) {
  const CasedModule module("pref_nagano3");
  const std::regex heading("^([^\n]+)\nH(\\d+)年(?:度)?" +
                           std::string(kPrinted) + "→H(\\d+)年(?:度)?" +
                           kPrinted);
  const std::regex milestone("^" + std::string(kPrinted) + "\n\\(H(\\d+)年");
  const std::regex figure("^" + std::string(kPrinted));
  std::map<std::string, std::string> given, printed;
  for (size_t i = 0; i + 3 < blocks_.size(); ++i) {
    std::smatch name, due, actual;
    if (!std::regex_search(blocks_[i], name, heading)) continue;
    ASSERT_TRUE(std::regex_search(blocks_[i + 1], due, milestone)) << name[1];
    ASSERT_TRUE(std::regex_search(blocks_[i + 2], actual, figure)) << name[1];
    cases::Case one;
    one.name = name[1];
    one.baseline = {cases::Given::kNumber, Printed(name[3])};
    one.baseline_index = Heisei(name[2]);
    one.target = {cases::Given::kNumber, Printed(name[5])};
    one.target_index = Heisei(name[4]);
    one.milestones = {{Printed(due[1]), Heisei(due[2])}};
    one.points = {{{cases::Given::kNumber, Printed(actual[1])},
                   Heisei(due[2]),
                   SHIRUBE_POINT_FINAL}};
    given[one.name] = module.Symbol(one);
    printed[one.name] = blocks_[i + 3].substr(0, 1);
  }
  EXPECT_EQ(printed.size(), 5u);
  EXPECT_EQ(given, printed);
}

// The note under the table: by the revised figures labour productivity grew by
// more than was planned, and the verdict in brackets is A.
TEST_F(NaganoTest, GivesTheVerdictInBracketsByTheRevisedFigures) {
  std::string text;
  for (const std::string& block : blocks_) text += block;
  ASSERT_NE(text.find("(A※1)"), text.npos);
  std::vector<std::string> growth;
  const std::regex percent("([0-9.]+)%増");
  for (std::sregex_iterator at(text.begin(), text.end(), percent), end;
       at != end; ++at) {
    growth.push_back((*at)[1]);
  }
  ASSERT_EQ(growth.size(), 2u);  // seen, planned
  cases::Case one;
  one.baseline = Given("0");
  one.baseline_index = Heisei("24");
  one.target = Given("2.6");  // 8,012 to 8,220
  one.target_index = Heisei("29");
  one.milestones = {{Decimal(growth[1]), Heisei("27")}};
  one.points = {{Given(growth[0]), Heisei("27"), SHIRUBE_POINT_FINAL}};
  EXPECT_EQ(CasedModule("pref_nagano3").Symbol(one), "A");
}

TEST_F(NaganoTest, LeavesATargetInWordsOpenAsTheReleaseDoes) {
  std::string text;
  for (const std::string& block : blocks_) text += block;
  const size_t words = text.find("H31年延伸");
  ASSERT_NE(words, text.npos);
  ASSERT_NE(text.find("※2)\n-\n", words), text.npos);
  cases::Case one;
  one.kind = SHIRUBE_KIND_QUALITATIVE;
  one.target.given = cases::Given::kWords;
  one.points = {{Given("80.54"), Heisei("28"), SHIRUBE_POINT_FINAL}};
  EXPECT_EQ(CasedModule("pref_nagano3").Symbol(one), "-");
}

// ---- The symbols of Germany's Federal Statistical Office. ----

cases::Case ReadSeries(const Row& row) {
  cases::Case one;
  one.name = row.at("indicator") + " " + row.at("target_no");
  one.direction = row.at("direction") == "up" ? SHIRUBE_DIRECTION_UP
                                              : SHIRUBE_DIRECTION_DOWN;
  one.target = Given(row.at("target"));
  one.target_index = 12 * std::stoi(row.at("target_year"));
  std::istringstream points(row.at("values_last_points"));
  for (std::string part; std::getline(points, part, ';');) {
    const size_t colon = part.find(':');
    one.points.push_back({Given(part.substr(colon + 1)),
                          12 * std::stoi(part.substr(0, colon)),
                          SHIRUBE_POINT_FINAL});
  }
  return one;
}

class DestatisTest : public RealDataTest {
 protected:
  void SetUp() override { Open("oracle/destatis-pairs.csv", &file_); }
  std::ifstream file_;
};

TEST_F(DestatisTest, GivesThePublishedSymbolsButThoseTheReadmeLists) {
  const CasedModule module("dns_weather");
  int rows = 0, same = 0;
  std::multimap<std::string, std::string> different;
  for (const Row& row : ReadCsv(file_)) {
    ++rows;
    const cases::Case one = ReadSeries(row);
    const std::string symbol = module.Symbol(one);
    if (symbol == row.at("published_symbol")) {
      ++same;
    } else {
      different.emplace(one.name, symbol);
    }
  }
  EXPECT_EQ(rows, 37);
  EXPECT_EQ(same, 34);
  EXPECT_THAT(different, ElementsAre(Pair("11-3-a 1", "Sonne"),
                                     Pair("13-1-a 3", "Leicht bewölkt"),
                                     Pair("3-1-cd 1", "")));
}

// ---- The first report under other yardsticks. ----

class FirstReportTest : public RealDataTest {
 protected:
  void SetUp() override { Open("expected.csv", &file_); }

  std::map<std::string, std::string> Symbols(const std::string& id) {
    const CasedModule module(id);
    std::map<std::string, std::string> symbols;
    for (const Row& row : ReadCsv(file_)) {
      if (row.at("file") != "yamagata-r4.txt") continue;
      const cases::Case one = ReadIndicator(row);
      symbols[one.name] = module.Symbol(one);
    }
    return symbols;
  }
  std::ifstream file_;
};

TEST_F(FirstReportTest, LooksBadWhereTimeIsIgnored) {
  EXPECT_THAT(
      Symbols("attainment_9075"),
      ElementsAre(Pair("AI会議録作成支援システム活用数", "緑"),
                  Pair("Web会議の年間開催回数", "緑"),
                  Pair("オンラインで利用できる県独自の行政手続の割合", "赤"),
                  Pair("事務事業の見直し・改善(削減事務量)", "緑"),
                  Pair("事務事業の見直し・改善(経費削減額)", "赤"),
                  Pair("男性職員の育休休業取得率(知事部局)", "黄"),
                  Pair("防災士の認証登録者数", "黄")));
}

TEST_F(FirstReportTest, IsAThroughoutByTheCabinetOffice) {
  const auto symbols = Symbols("cao_ab");
  EXPECT_EQ(symbols.size(), 7u);
  for (const auto& [name, symbol] : symbols) EXPECT_EQ(symbol, "A") << name;
}

}  // namespace
}  // namespace shirube::rules_test
