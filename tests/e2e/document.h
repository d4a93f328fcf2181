// A page of docs/ whose blocks are run. A block is what its first line says:
// `sh` is typed, `text` is what the commands before it print, and one that
// names a file (```python receiver.py) is that file.
#ifndef SHIRUBE_TESTS_E2E_DOCUMENT_H_
#define SHIRUBE_TESTS_E2E_DOCUMENT_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace shirube::e2e {

// One `sh` block and what the page says it prints.
struct Step {
  int line = 0;  // of the page
  std::string section;
  std::string commands;
  std::optional<std::string> shown = std::nullopt;
  int shown_line = 0;
};

struct FileBlock {
  int line = 0;
  std::string section;
  std::string name;
  std::string content;
};

struct Document {
  std::vector<Step> steps;
  std::vector<FileBlock> files;
  std::vector<std::string> problems;  // blocks that nobody runs, and the like
};

Document ReadDocument(const std::string& text);

// Whether `came` is what was shown: `…` stands for anything in a line, and
// alone in a line for any lines.
bool Matches(const std::string& shown, const std::string& came);

// Empty where there is no such file.
std::string ContentOf(const std::filesystem::path& path);

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_DOCUMENT_H_
