#include "tests/e2e/document.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace shirube::e2e {
namespace {

constexpr char kAnything[] = "…";

// Without the spaces that end a line, and the empty lines that end a text.
std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (std::string& line : lines) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

bool LineMatches(const std::string& shown, const std::string& came) {
  const std::vector<std::string> parts = absl::StrSplit(shown, kAnything);
  if (parts.size() == 1) return shown == came;
  if (!absl::StartsWith(came, parts.front())) return false;
  size_t at = parts.front().size();
  for (size_t i = 1; i + 1 < parts.size(); ++i) {
    at = came.find(parts[i], at);
    if (at == std::string::npos) return false;
    at += parts[i].size();
  }
  return came.size() >= at + parts.back().size() &&
         absl::EndsWith(came, parts.back());
}

bool LinesMatch(const std::vector<std::string>& shown, size_t i,
                const std::vector<std::string>& came, size_t j) {
  if (i == shown.size()) return j == came.size();
  if (shown[i] == kAnything) {
    for (size_t next = j; next <= came.size(); ++next) {
      if (LinesMatch(shown, i + 1, came, next)) return true;
    }
    return false;
  }
  return j < came.size() && LineMatches(shown[i], came[j]) &&
         LinesMatch(shown, i + 1, came, j + 1);
}

struct Block {
  int line = 0;
  std::string section, kind, name, content;
};

void Place(Block block, Document* document) {
  const auto refuse = [&](const char* why) {
    document->problems.push_back(absl::StrCat("line ", block.line, why));
  };
  if (!block.name.empty()) {
    document->files.push_back(
        {block.line, block.section, block.name, block.content});
  } else if (block.kind == "sh") {
    document->steps.push_back({block.line, block.section, block.content});
  } else if (block.kind != "text") {
    refuse(": a block that nobody runs");
  } else if (document->steps.empty() || document->steps.back().shown ||
             document->steps.back().section != block.section) {
    refuse(": a text that no command prints");
  } else {
    document->steps.back().shown = block.content;
    document->steps.back().shown_line = block.line;
  }
}

}  // namespace

Document ReadDocument(const std::string& text) {
  Document document;
  std::optional<Block> block;
  std::string section;
  int line_number = 0;
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    ++line_number;
    if (absl::StartsWith(line, "```")) {
      if (block) {
        Place(*std::exchange(block, std::nullopt), &document);
      } else {
        const std::pair<std::string, std::string> said =
            absl::StrSplit(line.substr(3), absl::MaxSplits(' ', 1));
        block = Block{line_number, section, said.first, said.second, ""};
      }
    } else if (block) {
      absl::StrAppend(&block->content, line, "\n");
    } else if (absl::StartsWith(line, "## ")) {
      section = line.substr(3);
    }
  }
  if (block) document.problems.push_back("a block without an end");
  return document;
}

bool Matches(const std::string& shown, const std::string& came) {
  return LinesMatch(LinesOf(shown), 0, LinesOf(came), 0);
}

std::string ContentOf(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace shirube::e2e
