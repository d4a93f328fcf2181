#include "server/alerting/signature.h"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr size_t kShortest = 24;
constexpr size_t kLongest = 64;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

// Looking the algorithms up takes longer than the sums do: once a thread.
MacContext MakeHmacSha256() {
  EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  MacContext context(EVP_MAC_CTX_new(mac), &EVP_MAC_CTX_free);
  EVP_MAC_free(mac);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string("digest", digest, 0),
      OSSL_PARAM_construct_end()};
  // Without it nothing may be signed.
  if (EVP_MAC_CTX_set_params(context.get(), parameters) != 1) std::abort();
  return context;
}

std::string Hmac(std::string_view key, std::string_view head,
                 std::string_view body) {
  thread_local const MacContext context = MakeHmacSha256();
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  size_t size = 0;
  if (EVP_MAC_init(context.get(), Bytes(key), key.size(), nullptr) != 1 ||
      EVP_MAC_update(context.get(), Bytes(head), head.size()) != 1 ||
      EVP_MAC_update(context.get(), Bytes(body), body.size()) != 1 ||
      EVP_MAC_final(context.get(), out.data(), &size, out.size()) != 1) {
    std::abort();
  }
  return std::string(reinterpret_cast<char*>(out.data()), size);
}

absl::Status Refused(std::string en, std::string ja) {
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                   std::move(en), std::move(ja));
}

}  // namespace

absl::StatusOr<std::string> DecodeSecret(std::string_view text) {
  if (text.substr(0, kPrefix.size()) != kPrefix) {
    return Refused("must begin with whsec_", "whsec_で始めてください");
  }
  text.remove_prefix(kPrefix.size());
  std::string key;
  if (!absl::Base64Unescape(absl::string_view(text.data(), text.size()),
                            &key)) {
    return Refused("what follows whsec_ must be base64",
                   "whsec_の後はbase64で書いてください");
  }
  if (key.size() < kShortest || key.size() > kLongest) {
    return Refused(
        absl::StrCat("has ", key.size(), " bytes; must have ", kShortest,
                     " to ", kLongest, " (leave it empty to have one made)"),
        absl::StrCat(key.size(), "バイトです。", kShortest, "から", kLongest,
                     "バイトにしてください(省けばサーバーが作ります)"));
  }
  return key;
}

std::string MakeSecret() {
  std::array<unsigned char, 32> bytes;
  // Without randomness nothing may be signed.
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) std::abort();
  return absl::StrCat(
      "whsec_", absl::Base64Escape(absl::string_view(
                    reinterpret_cast<char*>(bytes.data()), bytes.size())));
}

absl::StatusOr<std::string> SignWebhook(const std::vector<std::string>& secrets,
                                        std::string_view id, int64_t timestamp,
                                        std::string_view body) {
  const std::string head = absl::StrCat(absl::string_view(id.data(), id.size()),
                                        ".", timestamp, ".");
  std::string value;
  for (const std::string& secret : secrets) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::string key, DecodeSecret(secret));
    absl::StrAppend(&value, value.empty() ? "" : " ", "v1,",
                    absl::Base64Escape(Hmac(key, head, body)));
  }
  return value;
}

}  // namespace shirube
