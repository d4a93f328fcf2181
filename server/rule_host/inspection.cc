#include "server/rule_host/inspection.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rule_host/child.h"
#include "server/rule_host/frame/memory_file.h"

namespace shirube {
namespace {

using frame::Finding;

// A number of ELF's tables, in words where it is a common one.
std::string MachineWords(uint64_t value) {
  const uint64_t machine = value & 0xffff;
  std::string words = absl::StrCat("ELF machine ", machine);
  if (machine == 62) words = "x86-64";
  if (machine == 183) words = "aarch64";
  if ((value >> 16 & 0xff) != 2) words += ", 32 bit";
  if ((value >> 24 & 0xff) != 1) words += ", big endian";
  return words;
}

// A name out of the file, fit for a message.
std::string Printable(const char (&subject)[512]) {
  std::string text(subject, strnlen(subject, sizeof(subject)));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; },
      '?');
  return text;
}

ModuleProblem TooLarge(const char* what_en, const char* what_ja, uint64_t bytes,
                       uint64_t most) {
  return {ModuleReason::kManifestTooLarge,
          absl::StrCat(what_en, " of ", bytes, " bytes; at most ", most),
          absl::StrCat(what_ja, "が", bytes, "バイトあります。上限は", most,
                       "バイトです")};
}

ModuleProblem NotText(const frame::InspectionResult& result) {
  if (static_cast<Finding>(result.finding) != Finding::kNotText) {
    return {ModuleReason::kNotText,
            "is a program or library, not the text of a Lua module; a shared "
            "library is called NAME.so",
            "Luaモジュールのテキストではなく、プログラムかライブラリです。共有"
            "ライブラリなら NAME.so という名前にしてください"};
  }
  const std::string subject = Printable(result.subject);
  return {ModuleReason::kNotText,
          absl::StrCat("is not all text: ", subject, " at byte ", result.value,
                       "; a Lua module is its source in UTF-8"),
          absl::StrCat(
              "テキストではありません(", result.value, "バイト目: ", subject,
              ")。Luaモジュールは UTF-8 のソースのまま置いてください")};
}

// What is particular to the text of a Lua module; ok for all else.
ModuleProblem ProblemOfText(const frame::InspectionResult& result) {
  const std::string subject = Printable(result.subject);
  switch (static_cast<Finding>(result.finding)) {
    case Finding::kNotElf:
    case Finding::kNoManifest:
      return {
          ModuleReason::kNoManifest,
          "does not begin with --[==[ shirube-manifest; put its manifest "
          "into a long comment at its very beginning (no byte order mark)",
          "先頭が --[==[ shirube-manifest ではありません。マニフェストを長い"
          "コメントにして、ファイルの一番先頭に置いてください(BOMなし)"};
    case Finding::kTruncated:
      return {
          ModuleReason::kTruncated,
          absl::StrCat("ends before ", subject, " does; close it with ]==]"),
          absl::StrCat("ファイルが途中で終わっています(", subject,
                       ")。コメントを ]==] で閉じてください")};
    default:
      return {};
  }
}

// The file's name promises one language, its bytes are the other.
ModuleProblem ProblemOfName(const frame::InspectionResult& result,
                            ModuleLanguage named) {
  const bool text = result.language == frame::kLua;
  const auto finding = static_cast<Finding>(result.finding);
  if (finding == Finding::kNothingYet) return {};
  if (named == ModuleLanguage::kLua) {
    return text ? ProblemOfText(result) : NotText(result);
  }
  if (text && finding != Finding::kNotElf) {
    return {
        ModuleReason::kNotElf,
        "is the text of a Lua module; call the file NAME.lua",
        "Luaモジュールのテキストです。ファイル名を NAME.lua にしてください"};
  }
  if (text || finding != Finding::kNotText) return {};
  return {
      ModuleReason::kNotElf,
      "is no shared library: it lacks an ELF header; build it as the folder of "
      "`shirube rule new` does",
      "共有ライブラリではありません(ELFヘッダーがない)。判定モジュールとし"
      "てビルドし直してください"};
}

ModuleProblem ProblemOf(const frame::InspectionResult& result,
                        std::optional<ModuleLanguage> named) {
  if (named.has_value()) {
    ModuleProblem problem = ProblemOfName(result, *named);
    if (!problem.ok()) return problem;
  }
  const std::string subject = Printable(result.subject);
  switch (static_cast<Finding>(result.finding)) {
    case Finding::kWell:
      return {};
    case Finding::kNotElf:
      return {
          ModuleReason::kNotElf,
          absl::StrCat("is no shared library: it lacks ", subject,
                       "; build it as the folder of `shirube rule new` does"),
          absl::StrCat("共有ライブラリではありません(", subject,
                       "がない)。判定モジュールとしてビルドし直してくだ"
                       "さい")};
    case Finding::kTruncated:
      return {ModuleReason::kTruncated,
              absl::StrCat("ends before ", subject,
                           " does; copy the whole file again"),
              absl::StrCat("ファイルが途中で終わっています(", subject,
                           ")。ファイル全体をコピーし直してください")};
    case Finding::kWrongArch:
      return {ModuleReason::kWrongArch,
              absl::StrCat("built for ", MachineWords(result.value),
                           "; build it on a machine like this server's"),
              absl::StrCat(MachineWords(result.value),
                           " 用です。このサーバーと同じ種類のマシンでビルドして"
                           "ください")};
    case Finding::kNoManifest:
      return {ModuleReason::kNoManifest,
              "has no manifest note of owner \"shirube\"; build it with its "
              "manifest.json",
              "マニフェストがありません。manifest.json と一緒にビルドしてくださ"
              "い"};
    case Finding::kManifestTooLarge:
      return TooLarge("manifest", "マニフェスト", result.value,
                      frame::kMaxManifestBytes);
    case Finding::kCasesTooLarge:
      return TooLarge("cases", "テストケース", result.value,
                      frame::kMaxCasesBytes);
    case Finding::kMissingSymbol:
      return {
          ModuleReason::kMissingSymbol,
          "exports no function shirube_rule_v0; declare it as rule.h does",
          "関数 shirube_rule_v0 がありません。rule.h のとおりに定義してくださ"
          "い"};
    case Finding::kExtraExports:
      return {ModuleReason::kExtraExports,
              absl::StrCat("exports ", result.value,
                           " names besides shirube_rule_v0: ", subject,
                           "; hide them (-fvisibility=hidden)"),
              absl::StrCat("shirube_rule_v0 のほかに ", result.value,
                           " 個の名前を公開しています: ", subject,
                           "。-fvisibility=hidden で隠してください")};
    case Finding::kForbiddenDependency:
      return {
          ModuleReason::kForbiddenDependency,
          absl::StrCat("asks the loader for ", subject,
                       "; only libc, libm, libstdc++ and libgcc_s are "
                       "there: link anything else statically"),
          absl::StrCat(subject,
                       " を必要としています。使えるのは libc、libm、"
                       "libstdc++、libgcc_s だけです。ほかは静的にリンクして"
                       "ください")};
    case Finding::kNotText:
      return NotText(result);
    case Finding::kNothingYet:
      break;
  }
  return {ModuleReason::kNotElf, "cannot be understood as a shared library",
          "共有ライブラリとして読めません"};
}

// The process that looked at the file came to no end of its own.
ModuleProblem ProblemOfEnd(const std::string& how) {
  return {ModuleReason::kNotElf,
          absl::StrCat("cannot be read as a module: the process that looked at "
                       "it ",
                       how, "; build the module again"),
          absl::StrCat("モジュールとして読めません(検査プロセス: ", how,
                       ")。ビルドし直してください")};
}

ModuleProblem Unavailable(const std::string& what, int error) {
  const std::string why = absl::StrCat(what, ": ", std::strerror(error));
  return {ModuleReason::kWorkerUnavailable, why,
          absl::StrCat("検査プロセスを使えません: ", why)};
}

// Copies the notes out; their lengths are looked at once.
ModuleProblem TakeResult(const char* area, std::optional<ModuleLanguage> named,
                         Inspection* found) {
  frame::InspectionResult result;
  std::memcpy(&result, area, sizeof(result));
  ModuleProblem problem = ProblemOf(result, named);
  if (!problem.ok()) return problem;
  if (result.manifest_bytes > frame::kMaxManifestBytes ||
      result.cases_bytes > frame::kMaxCasesBytes) {
    return ProblemOfEnd("said nothing sensible");
  }
  found->manifest.assign(area + frame::kResultManifest, result.manifest_bytes);
  found->cases.assign(area + frame::kResultCases, result.cases_bytes);
  found->language = result.language == frame::kLua ? ModuleLanguage::kLua
                                                   : ModuleLanguage::kNative;
  // Believed as a number to show and nothing else.
  if (result.language == frame::kLua && result.value > 0 &&
      result.value < (1 << 24)) {
    found->cases_line = static_cast<int>(result.value);
  }
  found->layers = result.layers;
  return {};
}

}  // namespace

Inspector::Inspector(Spawner* spawner, std::string worker_program,
                     absl::Duration deadline)
    : spawner_(spawner),
      program_(std::move(worker_program)),
      deadline_(deadline) {}

ModuleProblem Inspector::Inspect(int memory, uint64_t file_bytes,
                                 Inspection* found,
                                 std::optional<ModuleLanguage> named) const {
  const frame::Fd area_file =
      frame::CreateMemoryFile("shirube-inspection", frame::kResultBytes);
  if (!area_file.valid() ||
      !frame::SealMemoryFile(area_file.get(), frame::Seal::kWritable)) {
    return Unavailable("no memory file", errno);
  }
  const frame::Mapping area = frame::Map(area_file.get(), frame::kResultBytes,
                                         frame::Access::kReadOnly);
  if (!area.valid()) return Unavailable("no memory", errno);
  Child child;
  const int error = child.Start(spawner_, program_, frame::kModeInspect,
                                file_bytes, {area_file.get(), memory});
  if (error != 0) return Unavailable(program_, error);
  const std::optional<siginfo_t> end = child.Await(deadline_);
  if (!end.has_value()) return ProblemOfEnd("did not come to an end");
  if (end->si_code != CLD_EXITED) {
    return ProblemOfEnd(absl::StrCat("died of signal ", end->si_status));
  }
  if (end->si_status != 0) {
    return ProblemOfEnd(absl::StrCat("ended with code ", end->si_status));
  }
  // Nobody else can write to the area any more.
  return TakeResult(static_cast<const char*>(area.base()), named, found);
}

}  // namespace shirube
