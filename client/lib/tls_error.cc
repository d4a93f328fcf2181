#include "client/lib/tls_error.h"

#include <initializer_list>
#include <string_view>

#include "client/lib/error.h"

namespace shirube::client {
namespace {

struct Hint {
  std::string ja, en;
};

bool Says(std::string_view what, std::initializer_list<std::string_view> any) {
  for (std::string_view part : any) {
    if (what.find(part) != std::string_view::npos) return true;
  }
  return false;
}

// While the connection was made, not during a call.
bool HungUp(std::string_view what) {
  return Says(what, {"failed to connect"}) &&
         Says(what, {"Socket closed", "Connection reset", "Broken pipe",
                     "alert", "settings frame", "GOAWAY"});
}

Hint Untrusted(const Options& options) {
  if (options.tls_ca->empty()) {
    return {
        "サーバーの証明書を、この計算機が信頼する認証局では確かめられません"
        "(または期限切れです)。サーバーの認証局のPEMファイルを --tls-ca "
        "(SHIRUBE_TLS_CA) に指定してください",
        "no authority that this machine trusts vouches for the server's "
        "certificate, or it has expired; name the PEM file of the server's "
        "CA by --tls-ca (SHIRUBE_TLS_CA)"};
  }
  return {"サーバーの証明書を " + *options.tls_ca +
              " の認証局では確かめられません(または期限切れです)。--tls-ca "
              "(SHIRUBE_TLS_CA) を確かめてください",
          "the authorities in " + *options.tls_ca +
              " do not vouch for the server's certificate, or it has expired; "
              "look at --tls-ca (SHIRUBE_TLS_CA)"};
}

Hint OverTls(const std::string& what, const Options& options) {
  if (Says(what, {"verify failed", "VERIFY_FAILED"})) return Untrusted(options);
  if (Says(what, {"Hostname Verification", "Peer name"})) {
    return {
        "サーバーの証明書はこの名前のものではありません。証明書にある名前を "
        "--server に指定してください",
        "the server's certificate is for another name; use the name in it "
        "for --server"};
  }
  if (Says(what, {"wrong version number", "WRONG_VERSION_NUMBER",
                  "packet length too long", "http request"})) {
    return {
        "サーバーはTLSで応答していません。この計算機のサーバーなら --tls-ca "
        "と --cert を外してください",
        "the server does not speak TLS; for one on this machine leave out "
        "--tls-ca and --cert"};
  }
  if (HungUp(what)) {
    return options.tls_cert->empty()
               ? Hint{"サーバーがクライアント証明書を求めて切断した可能性があり"
                      "ます。--cert と --key に指定してください",
                      "it hung up and may ask for a certificate; name one by "
                      "--cert and --key"}
               : Hint{"サーバーが証明書 " + *options.tls_cert +
                          " を断った可能性があります。サーバーの --client-ca "
                          "の認証局が発行した、期限内のものを使ってください",
                      "it hung up and may have turned the certificate " +
                          *options.tls_cert +
                          " down; use one that the CA in its --client-ca "
                          "issued and that has not expired"};
  }
  return {};
}

// What a server that speaks TLS does to a caller that does not.
Hint InPlainText(const std::string& what) {
  if (!HungUp(what)) return {};
  return {
      "サーバーがTLSで待ち受けているなら、その認証局を --tls-ca "
      "(SHIRUBE_TLS_CA) に指定してください",
      "if it speaks TLS, name its CA by --tls-ca (SHIRUBE_TLS_CA)"};
}

}  // namespace

absl::Status Unreachable(const std::string& what, const Options& options,
                         const std::string& language) {
  const Hint hint =
      WantsTls(options) ? OverTls(what, options) : InPlainText(what);
  std::string ja = *options.server + " のShirubeサーバーに接続できません";
  std::string en = "no Shirube server answers at " + *options.server;
  if (!hint.en.empty()) {
    ja += ": " + hint.ja;
    en += ": " + hint.en;
  }
  return LocalError(absl::StatusCode::kUnavailable, language,
                    ja + " (" + what + ")", en + " (" + what + ")");
}

}  // namespace shirube::client
