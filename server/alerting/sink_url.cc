#include "server/alerting/sink_url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/alerting/address_guard.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string result = text;
  curl_free(text);
  return result;
}

// "[::1]" is how a URL writes an address, not how inet_pton reads it.
std::string Bare(const std::string& host) {
  if (host.size() < 2 || host.front() != '[') return host;
  return host.substr(1, host.size() - 2);
}

// What `host` is where it is an address, in whatever way it is written: a dot
// at the end, with which it is one as well, keeps curl from recognizing it.
std::optional<AddressKind> KindOf(const std::string& host) {
  std::string bare = Bare(host);
  if (!bare.empty() && bare.back() == '.') {
    bare.pop_back();
    in_addr address{};
    char text[INET_ADDRSTRLEN] = "";
    if (inet_aton(bare.c_str(), &address) != 0) {
      bare = inet_ntop(AF_INET, &address, text, sizeof text);
    }
  }
  return ClassifyLiteral(bare);
}

absl::Status Refused(std::string en, std::string ja) {
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                   std::move(en), std::move(ja));
}

absl::Status AddressRefused(const std::string& host, AddressKind kind) {
  if (kind == AddressKind::kForbidden) {
    return Refused(
        absl::StrCat("the address ", host,
                     " is never allowed: it is, or leads to, cloud metadata, "
                     "a group of hosts or none"),
        absl::StrCat("アドレス", host,
                     "には送れません(クラウドのメタデータや同報用などの"
                     "アドレスです)"));
  }
  return Refused(
      absl::StrCat("the address ", host,
                   " is private or this host's own; set allow_private if that "
                   "is meant"),
      absl::StrCat("アドレス", host,
                   "は組織内またはこのサーバー自身のものです。意図したもので"
                   "あればallow_privateを指定してください"));
}

}  // namespace

absl::StatusOr<SinkUrl> ParseSinkUrl(const std::string& text,
                                     bool allow_private) {
  UrlHandle url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(),
                   CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return Refused("cannot be read; write it as https://host/path",
                   "URLとして読めません。https://ホスト/パス"
                   "の形で書いてください");
  }
  const std::string scheme = Part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return Refused(
        absl::StrCat("the scheme is ", scheme, "; only https and http"),
        absl::StrCat(scheme, "は使えません。httpsかhttpにしてください"));
  }
  if (!Part(url.get(), CURLUPART_USER).empty() ||
      !Part(url.get(), CURLUPART_PASSWORD).empty()) {
    return Refused(
        "carries a user name or password; deliveries are signed instead",
        "ユーザー名やパスワードは書けません。通知には署名が付きます");
  }
  if (scheme == "http" && !allow_private) {
    return Refused(
        "http is for receivers on this host or in a private network; use "
        "https, or set allow_private",
        "httpはこのサーバー自身や組織内の受け手だけに使えます。httpsにする"
        "か、allow_privateを指定してください");
  }
  const std::string host = Part(url.get(), CURLUPART_HOST);
  const std::string port = Part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (port == "0") {
    return Refused("the port is 0; leave it out, or name one from 1 to 65535",
                   "ポート番号0は使えません。省くか、1から65535までの番号に"
                   "してください");
  }
  const auto kind = KindOf(host);
  if (kind.has_value() && !MayConnect(*kind, allow_private)) {
    return AddressRefused(host, *kind);
  }
  return SinkUrl{Part(url.get(), CURLUPART_URL), absl::StrCat(host, ":", port)};
}

namespace {

absl::Status NoSuchName(const std::string& host) {
  return Refused(absl::StrCat("there is no host named ", host,
                              "; look for a slip of the pen"),
                 absl::StrCat("ホスト名", host,
                              "は見つかりません。つづりを確かめてください"));
}

absl::Status NobodyKnows(const std::string& host) {
  return Refused(
      absl::StrCat("the name server does not say where ", host,
                   " is; try again later, or ask whoever looks after the "
                   "network"),
      absl::StrCat("ホスト名", host,
                   "のアドレスを調べられません(名前サーバーが応答しません)。"
                   "後でもう一度試すか、ネットワークの担当者に確認してくださ"
                   "い"));
}

}  // namespace

absl::Status CheckSinkReachable(const std::string& text, bool allow_private,
                                NameResolver* resolver) {
  SHIRUBE_RETURN_IF_ERROR(ParseSinkUrl(text, allow_private).status());
  UrlHandle url(curl_url(), &curl_url_cleanup);
  curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0);
  const std::string host = Bare(Part(url.get(), CURLUPART_HOST));
  // An address has been judged already.
  if (KindOf(host).has_value()) return absl::OkStatus();
  const absl::StatusOr<Addresses> addresses = resolver->Resolve(host);
  if (absl::IsNotFound(addresses.status())) return NoSuchName(host);
  if (!addresses.ok()) return NobodyKnows(host);
  // One that is allowed is enough: the others are not connected to.
  AddressKind worst = AddressKind::kPrivate;
  for (const sockaddr_storage& one : *addresses) {
    const AddressKind kind =
        ClassifyAddress(reinterpret_cast<const sockaddr&>(one));
    if (MayConnect(kind, allow_private)) return absl::OkStatus();
    if (kind == AddressKind::kForbidden) worst = kind;
  }
  return AddressRefused(host, worst);
}

absl::Status CheckCaPem(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  int count = 0;
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    X509_free(one);
    ++count;
  }
  // This is how a text ends in which no further one begins.
  const bool at_end =
      ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (count > 0 && at_end) return absl::OkStatus();
  return Refused(
      "holds no certificates in PEM, or one that cannot be read "
      "(-----BEGIN CERTIFICATE-----)",
      "PEM形式の証明書として読めません(-----BEGIN CERTIFICATE-----)");
}

}  // namespace shirube
