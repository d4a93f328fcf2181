#include "server/worker/module_lua.h"

#include <algorithm>

namespace shirube::worker {
namespace {

using frame::Finding;

constexpr std::string_view kElfMagic =
    "\x7f"
    "ELF";
constexpr std::string_view kBytecodeMagic = "\x1bLua";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kManifestOpens = "--[==[ shirube-manifest";
constexpr std::string_view kCasesOpen = "--[==[ shirube-cases";
constexpr std::string_view kCloses = "]==]";

uint8_t Byte(std::string_view text, size_t at) {
  return static_cast<uint8_t>(text[at]);
}

// The bytes of the character at `at`: 0 where it is none, -1 where the text
// ends inside of it.
int CharacterBytes(std::string_view text, size_t at) {
  const uint8_t first = Byte(text, at);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const int bytes = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  for (int i = 1; i < bytes; ++i) {
    if (at + static_cast<size_t>(i) >= text.size()) return -1;
    const uint8_t next = Byte(text, at + static_cast<size_t>(i));
    // Overlong forms, halves of pairs, and what lies behind the last character.
    const uint8_t least = i > 1           ? 0x80
                          : first == 0xE0 ? 0xA0
                          : first == 0xF0 ? 0x90
                                          : 0x80;
    const uint8_t most = i > 1           ? 0xBF
                         : first == 0xED ? 0x9F
                         : first == 0xF4 ? 0x8F
                                         : 0xBF;
    if (next < least || next > most) return 0;
  }
  return bytes;
}

ModuleLua Found(Finding finding, const char* subject, uint64_t value = 0) {
  ModuleLua result;
  result.finding = finding;
  result.subject = subject;
  result.value = value;
  return result;
}

// kNothingYet for text.
ModuleLua CheckText(std::string_view file, bool whole) {
  if (file.substr(0, kBytecodeMagic.size()) == kBytecodeMagic) {
    return Found(Finding::kNotText, "bytecode");
  }
  for (size_t at = 0; at < file.size();) {
    if (file[at] == '\0') return Found(Finding::kNotText, "a NUL byte", at);
    const int bytes = CharacterBytes(file, at);
    if (bytes < 0 && !whole) break;
    if (bytes <= 0) {
      return Found(Finding::kNotText, "bytes that are not UTF-8", at);
    }
    at += static_cast<size_t>(bytes);
  }
  return {};
}

// Takes a comment from the front of `rest`: what stands between the line of
// `opens` and its end. False (`rest` is as it was) where none of it is there;
// `ends` says whether it comes to an end.
bool TakeComment(std::string_view opens, std::string_view* rest,
                 std::string_view* content, bool* ends) {
  if (rest->substr(0, opens.size()) != opens) return false;
  std::string_view text = rest->substr(opens.size());
  const size_t line_ends = text.find('\n');
  const std::string_view behind = text.substr(0, line_ends);
  if (behind.find_first_not_of(" \t\r") != std::string_view::npos) return false;
  *ends = false;
  if (line_ends == std::string_view::npos) return true;
  text.remove_prefix(line_ends + 1);
  const size_t close = text.find(kCloses);
  *content = text.substr(0, close);
  if (close == std::string_view::npos) return true;
  *ends = true;
  *rest = text.substr(close + kCloses.size());
  return true;
}

uint64_t LineOf(std::string_view file, std::string_view part) {
  return 1 +
         static_cast<uint64_t>(std::count(
             file.begin(), file.begin() + (part.data() - file.data()), '\n'));
}

// The comments of a text; `language` and the size are the caller's.
ModuleLua ReadComments(std::string_view file) {
  ModuleLua result;
  std::string_view rest = file;
  bool ends = false;
  if (!TakeComment(kManifestOpens, &rest, &result.manifest, &ends)) {
    return Found(Finding::kNotElf,
                 file.substr(0, 3) == kByteOrderMark
                     ? "a first line \"--[==[ shirube-manifest\" "
                       "(a byte order mark stands before it)"
                     : "a first line \"--[==[ shirube-manifest\"");
  }
  // Of a comment without an end this is the rest of the file.
  if (result.manifest.size() > frame::kMaxManifestBytes) {
    return Found(Finding::kManifestTooLarge, "", result.manifest.size());
  }
  if (!ends) return Found(Finding::kTruncated, "the manifest's comment");
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
  if (TakeComment(kCasesOpen, &rest, &result.cases, &ends)) {
    if (!ends) return Found(Finding::kTruncated, "the cases' comment");
    if (result.cases.size() > frame::kMaxCasesBytes) {
      return Found(Finding::kCasesTooLarge, "", result.cases.size());
    }
    result.value = LineOf(file, result.cases);
  }
  result.finding = Finding::kWell;
  return result;
}

}  // namespace

bool IsElf(std::string_view file) {
  return file.substr(0, kElfMagic.size()) == kElfMagic;
}

bool IsLuaModule(std::string_view file) {
  return file.substr(0, kManifestOpens.size()) == kManifestOpens;
}

ModuleLua ReadModuleLua(std::string_view file, uint64_t file_bytes) {
  const bool whole = file.size() == file_bytes;
  ModuleLua result = CheckText(file, whole);
  if (result.finding != Finding::kNothingYet) return result;
  result = ReadComments(file);
  result.language = frame::kLua;
  // A part of a file is looked at for the sake of its manifest alone.
  if (!whole && (result.finding == Finding::kWell ||
                 result.finding == Finding::kTruncated)) {
    result.finding = Finding::kNothingYet;
  }
  return result;
}

}  // namespace shirube::worker
