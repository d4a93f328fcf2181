#include "client/cli/rule/junit.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/cli/rule/errors.h"
#include "client/cli/rule/words.h"
#include "server/base/text.h"

namespace shirube::cli {
namespace {

// Text or the value of an attribute. XML takes no control characters, nor the
// two that Unicode keeps for nobody.
std::string Xml(const std::string& text) {
  return absl::StrReplaceAll(Displayable(text), {{"&", "&amp;"},
                                                 {"<", "&lt;"},
                                                 {">", "&gt;"},
                                                 {"\"", "&quot;"},
                                                 {"\xEF\xBF\xBE", "?"},
                                                 {"\xEF\xBF\xBF", "?"}});
}

std::string Attribute(const char* name, const std::string& value) {
  return absl::StrCat(" ", name, "=\"", Xml(value), "\"");
}

// One testcase; `what` is empty where it passed.
struct Entry {
  std::string file, name;
  int line = 0;
  bool fault = false;  // an error, not a failure
  std::string type, what;
};

std::string Testcase(const std::string& module, const Entry& entry) {
  std::string out = absl::StrCat(
      "    <testcase", Attribute("classname", module),
      Attribute("name", entry.name), Attribute("file", entry.file),
      Attribute("line", std::to_string(entry.line)), " time=\"0\"");
  if (entry.what.empty()) return out + "/>\n";
  const char* element = entry.fault ? "error" : "failure";
  absl::StrAppend(&out, ">\n      <", element, Attribute("type", entry.type),
                  Attribute("message", entry.what), ">",
                  Xml(PlaceText(entry.file, entry.line) + ": " + entry.what),
                  "</", element, ">\n    </testcase>\n");
  return out;
}

struct Counts {
  int tests = 0, failures = 0, errors = 0;
  void Add(const Entry& entry) {
    ++tests;
    if (!entry.what.empty()) ++(entry.fault ? errors : failures);
  }
  std::string Attributes() const {
    return absl::StrCat(" tests=\"", tests, "\" failures=\"", failures,
                        "\" errors=\"", errors, "\" skipped=\"0\" time=\"0\"");
  }
};

std::string Document(const std::string& module,
                     const std::vector<Entry>& entries) {
  std::vector<std::string> files;
  std::map<std::string, std::string> bodies;
  std::map<std::string, Counts> counts;
  Counts all;
  for (const Entry& entry : entries) {
    if (!bodies.contains(entry.file)) files.push_back(entry.file);
    bodies[entry.file] += Testcase(module, entry);
    counts[entry.file].Add(entry);
    all.Add(entry);
  }
  std::string out = absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
                                 "<testsuites", Attribute("name", module),
                                 all.Attributes(), ">\n");
  for (const std::string& file : files) {
    absl::StrAppend(&out, "  <testsuite", Attribute("name", file),
                    counts[file].Attributes(), ">\n", bodies[file],
                    "  </testsuite>\n");
  }
  return out + "</testsuites>\n";
}

}  // namespace

std::string JunitOf(const Context& context, const std::string& module,
                    const std::vector<CaseResult>& results) {
  std::vector<Entry> entries;
  for (const CaseResult& result : results) {
    Entry entry{.file = result.one->file,
                .name = result.one->name,
                .line = result.expectation->line};
    const std::string when = MomentText(context, *result.expectation);
    absl::StrAppend(&entry.name, " (", when, when.empty() ? "" : ", ",
                    context.japanese ? "" : "line ", entry.line,
                    context.japanese ? "行目)" : ")");
    if (!result.passed) {
      const std::string wanted = result.wanted.ToString();
      const std::string found = FoundText(context, result);
      entry.fault = result.fault.has_value();
      entry.type =
          entry.fault ? std::string(result.fault->word()) : "WRONG_ANSWER";
      entry.what = context.Say(wanted + " のはずが " + found,
                               "expected " + wanted + ", found " + found);
    }
    entries.push_back(std::move(entry));
  }
  return Document(module, entries);
}

std::string JunitOf(const Context& context, const std::string& module,
                    const std::vector<CaseProblem>& problems) {
  std::vector<Entry> entries;
  for (const CaseProblem& problem : problems) {
    entries.push_back(
        {.file = problem.file,
         .name = absl::StrCat(std::string(context.Say("ケース", "cases")), " (",
                              problem.line, ")"),
         .line = problem.line,
         .fault = true,
         .type = std::string(KindWord(problem.kind)),
         .what = std::string(context.Say(problem.ja, problem.en))});
  }
  return Document(module, entries);
}

}  // namespace shirube::cli
