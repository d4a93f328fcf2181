#include "client/report/report.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/report/blocks.h"
#include "client/report/chars.h"
#include "client/report/csv_reader.h"
#include "client/report/csv_table.h"
#include "client/report/encoding.h"
#include "client/report/lines.h"
#include "client/report/outline.h"
#include "client/report/plan_builder.h"

namespace shirube::report {
namespace {

// One file on its way into the document.
struct Draft {
  explicit Draft(const InputFile& input) : file(&input), findings(input.name) {}

  const InputFile* file;
  Findings findings;
  v1::Source source;
  DecodedText decoded;
  TextLines lines;
  std::optional<CsvTable> csv;  // the documented table
  std::vector<Block> blocks;    // of a report
  bool refused = false;
};

void RefuseWhole(Draft* draft, Problem problem) {
  draft->findings.Refuse(0, "", std::move(problem));
  draft->refused = true;
}

std::optional<Problem> CheckBytes(const InputFile& file, size_t max_bytes) {
  if (file.bytes.size() > max_bytes) {
    const std::string mib = std::to_string(max_bytes / (1024 * 1024));
    return Problem{"FILE_TOO_LARGE",
                   "the file has " + std::to_string(file.bytes.size()) +
                       " bytes; at most " + mib + " MiB are read",
                   "ファイルが大きすぎます(" +
                       std::to_string(file.bytes.size()) + "バイト)。" + mib +
                       "MiBまで読み込めます。"};
  }
  const bool blank = std::all_of(
      file.bytes.begin(), file.bytes.end(),
      [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  if (blank) {
    return Problem{"EMPTY_FILE", "the file is empty", "ファイルが空です。"};
  }
  return std::nullopt;
}

bool HasExtension(const std::string& name, std::string_view extension) {
  return LowerAscii(name).ends_with(extension);
}

// Decodes, and finds out what kind of file it is.
void Open(const ReadOptions& options, std::set<std::string>* seen,
          Draft* draft) {
  const InputFile& file = *draft->file;
  draft->source.set_file(file.name);
  if (auto problem = CheckBytes(file, options.max_bytes)) {
    return RefuseWhole(draft, *std::move(problem));
  }
  draft->source.set_sha256(Sha256Hex(file.bytes));
  if (!seen->insert(draft->source.sha256()).second) {
    draft->refused = true;
    draft->findings.Warn(0, "",
                         {"SAME_FILE", "the same file was given twice",
                          "同じ内容のファイルが重複して指定されています。"});
    return;
  }
  if (auto problem = DecodeBytes(file.bytes, &draft->decoded)) {
    return RefuseWhole(draft, *std::move(problem));
  }
  draft->source.set_encoding(draft->decoded.encoding);
  draft->lines = SplitLines(draft->decoded.text);
  draft->source.set_lines(static_cast<int>(draft->lines.lines.size()));
  const bool named_csv =
      HasExtension(file.name, ".csv") || HasExtension(file.name, ".tsv");
  if (char separator = CsvSeparator(draft->decoded.text, named_csv)) {
    draft->csv = ParseCsv(draft->decoded.text, separator);
    return;
  }
  draft->blocks = ReadBlocks(draft->lines.lines);
  if (HasLayout(draft->blocks)) return;
  draft->blocks.clear();
  RefuseWhole(
      draft,
      {"NO_LAYOUT",
       "no layout of a report was recognised: neither a table of indicators "
       "(with column headings such as 基準値, 目標値, 実績) nor dated sections "
       "with numbered measures; nothing was read",
       "報告書の様式を認識できませんでした。目標指標の表(基準値・目標値・"
       "実績などの列見出し)も、年度と番号付き施策の見出しも見つかりません。"
       "何も取り込んでいません。"});
}

// Reports before tables, which may name what a report introduces; reports by
// their year, so that the latest promise counts.
std::vector<Draft*> ReadingOrder(
    const std::vector<std::unique_ptr<Draft>>& drafts) {
  std::vector<Draft*> order;
  for (const auto& draft : drafts) {
    if (!draft->refused) order.push_back(draft.get());
  }
  std::stable_sort(order.begin(), order.end(), [](Draft* a, Draft* b) {
    if (a->csv.has_value() != b->csv.has_value()) return !a->csv.has_value();
    return ReportYear(a->blocks) < ReportYear(b->blocks);
  });
  return order;
}

template <typename T>
void Append(std::vector<T>* to, std::vector<T>* from) {
  to->insert(to->end(), std::make_move_iterator(from->begin()),
             std::make_move_iterator(from->end()));
}

}  // namespace

absl::StatusOr<InputFile> LoadFile(const std::string& path, size_t max_bytes) {
  std::error_code error;
  const std::filesystem::path where(path);
  if (!std::filesystem::exists(where, error)) {
    return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  }
  if (std::filesystem::is_directory(where, error)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is a folder; name the files in it"));
  }
  const auto size = std::filesystem::file_size(where, error);
  if (!error && size > max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        path, ": has ", size, " bytes; at most ", max_bytes, " are read"));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  }
  InputFile file;
  file.name = where.filename().string();
  // One more than allowed, for what has no size: pipes.
  file.bytes.resize(max_bytes + 1);
  in.read(file.bytes.data(), static_cast<std::streamsize>(file.bytes.size()));
  file.bytes.resize(static_cast<size_t>(in.gcount()));
  return file;
}

absl::StatusOr<ImportResult> ReadReport(const std::vector<InputFile>& files,
                                        const ReadOptions& options) {
  if (files.empty()) {
    return absl::InvalidArgumentError("no file to read: name at least one");
  }
  std::string plan_name = "plans/-";
  if (!options.plan_id.empty()) {
    plan_name = "plans/" + options.plan_id;
  } else if (options.stored != nullptr) {
    plan_name = options.stored->plan().name();
  }
  PlanBuilder builder(plan_name, options.stored);
  std::vector<std::unique_ptr<Draft>> drafts;
  std::set<std::string> seen;
  for (const InputFile& file : files) {
    drafts.push_back(std::make_unique<Draft>(file));
    Open(options, &seen, drafts.back().get());
  }
  for (Draft* draft : ReadingOrder(drafts)) {
    if (draft->csv) {
      AddCsv(*draft->csv, draft->file->name, &builder, &draft->findings);
    } else {
      AddReport(draft->blocks, draft->file->name, draft->lines, &draft->source,
                &builder, &draft->findings);
    }
  }
  ImportResult result;
  for (const auto& draft : drafts) {
    if (!draft->refused) *builder.document().add_sources() = draft->source;
    Append(&result.refusals, &draft->findings.refusals());
    Append(&result.warnings, &draft->findings.warnings());
  }
  result.document = std::move(builder.document());
  // Tables have no title of their own.
  v1::Plan* plan = result.document.mutable_plan();
  if (plan->display_name().empty()) plan->set_display_name(options.plan_title);
  return result;
}

}  // namespace shirube::report
