#include "server/app/options.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

namespace shirube {
namespace {

// The folder of this program: the rules and the worker lie beside it.
std::filesystem::path ProgramFolder() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(".") : self.parent_path();
}

}  // namespace

std::optional<CommandLine> ParseCommandLine(int argc, char** argv,
                                            int* exit_code) {
  CommandLine out;
  const std::filesystem::path folder = ProgramFolder();
  out.server.rules_dir = (folder / ".." / "rules").lexically_normal().string();
  out.server.worker_program = (folder / "shirube-rule-worker").string();
  std::string level = "info";

  CLI::App app(
      "shirubed: keeps the promises of public plans honest "
      "(標サーバー)",
      "shirubed");
  app.set_version_flag("--version", std::string("shirubed ") + SHIRUBE_VERSION);
  app.add_option("--db", out.server.database,
                 "database file, created when absent (データベースファイル)")
      ->capture_default_str();
  app.add_option("--listen", out.server.listen,
                 "HOST:PORT on loopback, or unix:PATH (待ち受け先)")
      ->capture_default_str();
  app.add_option("--rules", out.server.rules_dir,
                 "folder of the rule modules (判定モジュールのフォルダー)")
      ->capture_default_str();
  app.add_option("--worker", out.server.worker_program,
                 "program that runs a module (モジュール実行プログラム)")
      ->capture_default_str();
  app.add_option("--keep-requests", out.server.keep_requests_days,
                 "days that a request_id is remembered (request_id の保存日数)")
      ->capture_default_str()
      ->check(CLI::Range(1, 3650));
  app.add_option("--log-level", level,
                 "debug, info, warning, error or off (ログの詳しさ)")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    *exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  out.log_level = ParseLogLevel(level).value_or(LogLevel::kInfo);
  return out;
}

}  // namespace shirube
