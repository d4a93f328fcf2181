// Who may come in by a bearer token or a client certificate: a file of salted
// hashes, one line each, that a person can read and edit. The server reads it,
// `shirube token` writes it. What a token is cannot be learned from it.
//
//   # id  name  roles  last day  salt  sha256(salt, secret)
//   3f9a01c2 <TAB> chat <TAB> READ,RECORD <TAB> 2027-03-31 <TAB> hex <TAB> hex
//   cert <TAB> portal.example.jp <TAB> READ <TAB> - <TAB> - <TAB> -
//
// A token is "shirube_", its line's id, "_" and 256 random bits. So much chance
// needs no slow hash: there is nothing to guess.
#ifndef SHIRUBE_SERVER_ACCESS_TOKEN_FILE_H_
#define SHIRUBE_SERVER_ACCESS_TOKEN_FILE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "server/access/role.h"

namespace shirube {

// The id of a line that names a client certificate instead of a token.
inline constexpr std::string_view kCertificateId = "cert";

struct TokenRecord {
  std::string id;    // 8 hex digits, or "cert"
  std::string name;  // whom what it does is written down to
  RoleSet roles;
  std::optional<absl::CivilDay> last_day;  // in Japan; none: for ever
  std::string salt, hash;                  // hex; of "cert" empty
};

// Whom a token belongs to; null where nobody does.
struct TokenMatch {
  const TokenRecord* record = nullptr;
  bool expired = false;
};

class TokenTable {
 public:
  // INVALID_ARGUMENT names file and line; never a secret.
  static absl::StatusOr<TokenTable> Parse(std::string_view text,
                                          const std::string& file);

  // Takes the same time whatever of the secret is wrong.
  TokenMatch FindToken(std::string_view token, absl::CivilDay today) const;
  // By the name of a certificate that was verified.
  const TokenRecord* FindCertificate(std::string_view name) const;

  const std::vector<TokenRecord>& records() const { return records_; }

 private:
  std::vector<TokenRecord> records_;
};

struct MadeToken {
  std::string token;  // to be shown once
  TokenRecord record;
};
// INVALID_ARGUMENT for a name that is empty, too long or has tabs or line ends,
// for no role, and for a last day that has passed.
absl::StatusOr<MadeToken> MakeToken(const std::string& name, RoleSet roles,
                                    std::optional<absl::CivilDay> last_day,
                                    absl::CivilDay today);

// NOT_FOUND; FAILED_PRECONDITION where others may write the file.
absl::StatusOr<TokenTable> ReadTokenFile(const std::string& path);
// Adds a line; makes the file where there is none, readable by its owner alone.
// The file is replaced as a whole, behind a link too, and keeps its owner and
// mode; of several who change it at once each waits for the one before.
absl::Status AppendToken(const std::string& path, const TokenRecord& record);
// Takes the line of `id` out, and keeps everything else, remarks too.
// NOT_FOUND.
absl::Status RevokeToken(const std::string& path, const std::string& id);

// The day it is in Japan.
absl::CivilDay TodayInJapan();

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ACCESS_TOKEN_FILE_H_
