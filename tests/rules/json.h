// As much JSON as a manifest needs, for tests that look at it by hand.
#ifndef TESTS_RULES_JSON_H_
#define TESTS_RULES_JSON_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shirube::rules_test {

struct Json {
  enum class Type { kMissing, kText, kNumber, kList, kObject };

  Type type = Type::kMissing;
  std::string text;                // kText, kNumber
  std::vector<Json> items;         // kList
  std::vector<std::string> names;  // kObject: of the items, in order

  // The member of that name; missing where there is none.
  const Json& operator[](std::string_view name) const;

  // Missing when the text is no JSON.
  static Json Parse(std::string_view text);
};

}  // namespace shirube::rules_test

#endif  // TESTS_RULES_JSON_H_
