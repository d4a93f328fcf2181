// What could not be read, or was read with a remark: one line of a source file,
// a bare reason word, and a sentence in both languages. Refusals and warnings
// share this shape; what differs is whether something was left out.
// Used on one thread by the readers of this folder and printed by the CLI.
#ifndef SHIRUBE_CLIENT_REPORT_FINDING_H_
#define SHIRUBE_CLIENT_REPORT_FINDING_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shirube::report {

// A reason and its sentences, not yet tied to a line.
struct Problem {
  std::string reason;  // bare word: UNKNOWN_COLUMN
  std::string en;
  std::string ja;
};

struct Finding {
  std::string file;  // without folders
  int line = 0;      // 1-based; 0: the file as a whole
  std::string text;  // as printed, shortened
  std::string reason;
  std::string message_en;
  std::string message_ja;
};

// Something in the source is not in the document.
using Refusal = Finding;
// It is in the document, and a person should look at it.
using Warning = Finding;

// Collects the findings of one file.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}

  void Refuse(int line, std::string_view text, Problem problem) {
    Add(&refusals_, line, text, std::move(problem));
  }
  void Warn(int line, std::string_view text, Problem problem) {
    Add(&warnings_, line, text, std::move(problem));
  }

  const std::string& file() const { return file_; }
  std::vector<Refusal>& refusals() { return refusals_; }
  std::vector<Warning>& warnings() { return warnings_; }

 private:
  // After ten thousand of a kind one more says that there are others.
  void Add(std::vector<Finding>* to, int line, std::string_view text,
           Problem problem) const;
  Finding Make(int line, std::string_view text, Problem problem) const;

  std::string file_;
  std::vector<Refusal> refusals_;
  std::vector<Warning> warnings_;
};

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_FINDING_H_
