#include "server/access/authenticator.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/access/method_roles.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

constexpr char kBearer[] = "Bearer ";

// What tells one state of the file from another; empty where there is none.
std::string StampOf(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return "";
  return absl::StrCat(info.st_dev, ":", info.st_ino, ":", info.st_size, ":",
                      info.st_mtim.tv_sec, ".", info.st_mtim.tv_nsec);
}

absl::Status CredentialsMissing(bool tokens, bool certificates) {
  const char* en = !certificates ? "a token" : "a client certificate";
  const char* ja = !certificates ? "トークン" : "クライアント証明書";
  if (tokens && certificates) {
    en = "a token or a client certificate";
    ja = "トークンまたはクライアント証明書";
  }
  return MakeError(
      absl::StatusCode::kUnauthenticated, "CREDENTIALS_MISSING",
      absl::StrCat("this server asks for ", en,
                   "; whoever runs it makes one by `shirube token create`"),
      absl::StrCat("このサーバーには", ja,
                   "が必要です。サーバーの管理者が shirube token create で"
                   "発行します"));
}

absl::Status TokenInvalid() {
  return MakeError(
      absl::StatusCode::kUnauthenticated, "TOKEN_INVALID",
      "the token is not known here; it may have been revoked, or be another "
      "server's",
      "このトークンは登録されていません。失効したか、別のサーバーのもの"
      "です");
}

absl::Status TokenExpired(const TokenRecord& record) {
  const std::string day = absl::FormatCivilTime(*record.last_day);
  return MakeError(
      absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED",
      absl::StrCat("token ", record.id, " was good until ", day,
                   "; have a new one made"),
      absl::StrCat("トークン ", record.id, " の期限(", day,
                   ")が過ぎています。新しいものを発行してもらってください"),
      {{"token_id", record.id}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<Authenticator>> Authenticator::Make(
    Options options) {
  auto made = std::unique_ptr<Authenticator>(new Authenticator(options));
  if (options.token_file.empty()) return made;
  // The stamp first: what changes while it is read is read again.
  made->stamp_ = StampOf(options.token_file);
  SHIRUBE_ASSIGN_OR_RETURN(TokenTable table, ReadTokenFile(options.token_file));
  made->table_ = std::make_shared<const TokenTable>(std::move(table));
  made->looked_ = std::chrono::steady_clock::now();
  return made;
}

std::shared_ptr<const TokenTable> Authenticator::Table() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now - looked_ < options_.look_again) return table_;
  looked_ = now;
  std::string stamp = StampOf(options_.token_file);
  if (stamp == stamp_) return table_;
  stamp_ = std::move(stamp);
  absl::StatusOr<TokenTable> table = ReadTokenFile(options_.token_file);
  if (table.ok()) {
    table_ = std::make_shared<const TokenTable>(*std::move(table));
    LogInfo("tokens: read ", options_.token_file, " again, ",
            table_->records().size(), " lines");
  } else {
    LogError("tokens: what was read before still holds: ",
             table.status().message());
  }
  return table_;
}

absl::StatusOr<Identity> Authenticator::Identify(
    const Credentials& credentials) {
  Identity identity;
  if (!demands_proof()) {
    if (!credentials.claimed_actor.empty()) {
      identity.actor = credentials.claimed_actor;
    }
    identity.roles = RoleSet::All();
    return identity;
  }
  const std::shared_ptr<const TokenTable> table =
      takes_tokens() ? Table() : nullptr;
  identity.claimed = false;
  if (table != nullptr && !credentials.authorization.empty()) {
    if (!absl::StartsWithIgnoreCase(credentials.authorization, kBearer)) {
      return TokenInvalid();
    }
    const TokenMatch match = table->FindToken(
        std::string_view(credentials.authorization).substr(sizeof kBearer - 1),
        options_.today());
    if (match.record == nullptr) return TokenInvalid();
    if (match.expired) return TokenExpired(*match.record);
    identity.actor = match.record->name;
    identity.roles = match.record->roles;
    return identity;
  }
  if (!takes_certificates() || credentials.certificate_names.empty()) {
    return CredentialsMissing(takes_tokens(), takes_certificates());
  }
  identity.actor = credentials.certificate_names.front();
  identity.roles = options_.certificate_roles;
  for (const std::string& name : credentials.certificate_names) {
    const TokenRecord* record =
        table == nullptr ? nullptr : table->FindCertificate(name);
    if (record == nullptr) continue;
    if (record->last_day && *record->last_day < options_.today()) {
      return TokenExpired(*record);
    }
    identity.actor = record->name;
    identity.roles = record->roles;
    break;
  }
  return identity;
}

absl::Status CheckRole(const Identity& identity, std::string_view full_method) {
  const std::optional<Role> role = RequiredRole(full_method);
  if (role && identity.roles.Has(*role)) return absl::OkStatus();
  const std::string word(role ? RoleWord(*role) : "-");
  const std::string method(full_method.substr(full_method.rfind('.') + 1));
  return MakeError(
      absl::StatusCode::kPermissionDenied, "ROLE_MISSING",
      absl::StrCat(method, " asks for the role ", word, "; ", identity.actor,
                   " has ", FormatRoles(identity.roles),
                   ". Whoever runs the server can make a token with that role"),
      absl::StrCat(method, " には権限 ", word, " が必要です(", identity.actor,
                   " の権限: ", FormatRoles(identity.roles),
                   ")。サーバーの管理者に、この権限を持つトークンの発行を"
                   "依頼してください"),
      {{"role", word}, {"method", method}});
}

}  // namespace shirube
