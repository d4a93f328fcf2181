#include "server/app/options.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"

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
  app.add_option("--keep-alert-days", out.server.keep_alert_days,
                 "days that changes of resolved alerts are kept, at least 30; "
                 "0 for ever (解消した通知の経過の保存日数、0は無期限)")
      ->capture_default_str()
      ->check([](const std::string& text) {
        int days = 0;
        const bool good = absl::SimpleAtoi(text, &days) &&
                          (days == 0 || (days >= 30 && days <= 36500));
        return good ? std::string()
                    : std::string("give 0, or 30 to 36500 days");
      });
  std::string roles = FormatRoles(out.server.certificate_roles);
  app.add_option("--tls-cert", out.server.tls.certificate,
                 "PEM file of the server's certificate (サーバー証明書)");
  app.add_option("--tls-key", out.server.tls.key,
                 "PEM file of its key (その秘密鍵)");
  app.add_option("--client-ca", out.server.tls.client_ca,
                 "PEM file of the authorities whose clients are believed "
                 "(クライアント証明書の認証局)");
  app.add_option("--tokens", out.server.token_file,
                 "file of tokens, made by `shirube token create` "
                 "(トークンのファイル)");
  app.add_option("--name", out.server.name,
                 "how receivers of alerts know this server, by default the "
                 "host's name (通知に載せるサーバーの名前)");
  app.add_option("--alert-link", out.server.alert_link,
                 "where people read more about an alert; {alert}, {plan} and "
                 "{subject} are filled in (通知に載せるリンク)");
  app.add_option("--certificate-roles", roles,
                 "roles of clients with a certificate that the file of tokens "
                 "does not name (証明書のみの権限)")
      ->capture_default_str()
      ->check([](const std::string& text) {
        return ParseRoles(text)
                   ? std::string()
                   : std::string("roles are READ, RECORD, MANAGE, RULES");
      });
  std::vector<std::string> layers;
  int64_t memory_mib = out.server.memory_limit_bytes >> 20;
  int64_t deadline_ms = absl::ToInt64Milliseconds(out.server.call_deadline);
  app.add_option("--require-confinement", layers,
                 "layers that must hold rule modules, or the server does not "
                 "start: seccomp, landlock, rlimits, no_new_privs, "
                 "sealed_memory (必須とする封じ込めの層)")
      ->delimiter(',')
      ->type_name("LAYER,...")
      ->check(CLI::IsMember({"seccomp", "landlock", "rlimits", "no_new_privs",
                             "sealed_memory"})
                  .description(""));
  app.add_option("--memory-limit", memory_mib,
                 "MiB that a rule module may use "
                 "(判定モジュールのメモリー上限)")
      ->capture_default_str()
      ->check(CLI::Range(16, 65536));
  app.add_option("--call-deadline", deadline_ms,
                 "milliseconds of CPU time for one call of a rule module, at "
                 "most 1,024 rows (1回の計算時間の上限)")
      ->capture_default_str()
      ->check(CLI::Range(10, 60000));
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
  out.server.required_layers = layers;
  out.server.certificate_roles =
      ParseRoles(roles).value_or(out.server.certificate_roles);
  out.server.memory_limit_bytes = memory_mib << 20;
  out.server.call_deadline = absl::Milliseconds(deadline_ms);
  out.log_level = ParseLogLevel(level).value_or(LogLevel::kInfo);
  return out;
}

}  // namespace shirube
