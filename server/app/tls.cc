#include "server/app/tls.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

// Seconds between looks at the files.
constexpr unsigned kLookAgain = 1;

template <typename T, void (*Free)(T*)>
struct Freeing {
  void operator()(T* object) const { Free(object); }
};
using Certificate = std::unique_ptr<X509, Freeing<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY, EVP_PKEY_free>>;
struct CloseFile {
  void operator()(FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

absl::Status Wrong(const char* option, const std::string& path,
                   const std::string& en, const std::string& ja) {
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                   absl::StrCat(option, " ", path, ": ", en),
                   absl::StrCat(option, " ", path, ": ", ja));
}

absl::StatusOr<File> Open(const char* option, const std::string& path) {
  File file(std::fopen(path.c_str(), "re"));
  if (file == nullptr) {
    return Wrong(option, path, "cannot be read", "読み取れません");
  }
  return file;
}

absl::StatusOr<Certificate> ReadCertificate(const char* option,
                                            const std::string& path) {
  SHIRUBE_ASSIGN_OR_RETURN(const File file, Open(option, path));
  Certificate certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) {
    return Wrong(option, path, "holds no certificate in PEM",
                 "PEM形式の証明書がありません");
  }
  return certificate;
}

// An encrypted key would have to be asked for at the terminal.
int NoPassword(char*, int, int, void*) { return 0; }

absl::StatusOr<Key> ReadKey(const std::string& path) {
  SHIRUBE_ASSIGN_OR_RETURN(const File file, Open("--tls-key", path));
  Key key(PEM_read_PrivateKey(file.get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) {
    return Wrong("--tls-key", path,
                 "holds no private key in PEM (without a password)",
                 "PEM形式の秘密鍵(パスワードなし)がありません");
  }
  return key;
}

absl::Status CheckDates(const char* option, const std::string& path,
                        const X509& certificate) {
  if (X509_cmp_current_time(X509_get0_notAfter(&certificate)) < 0) {
    return Wrong(option, path, "the certificate is out of date",
                 "証明書の期限が切れています");
  }
  if (X509_cmp_current_time(X509_get0_notBefore(&certificate)) > 0) {
    return Wrong(option, path, "the certificate is not valid yet",
                 "証明書はまだ有効期間に入っていません");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTlsFiles(const TlsFiles& files) {
  if (files.certificate.empty() != files.key.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                     "--tls-cert and --tls-key go together",
                     "--tls-cert と --tls-key は両方を指定してください");
  }
  if (!files.enabled()) {
    if (files.client_ca.empty()) return absl::OkStatus();
    return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                     "--client-ca needs --tls-cert and --tls-key",
                     "--client-ca には --tls-cert と --tls-key が必要です");
  }
  SHIRUBE_ASSIGN_OR_RETURN(const Certificate certificate,
                           ReadCertificate("--tls-cert", files.certificate));
  SHIRUBE_RETURN_IF_ERROR(
      CheckDates("--tls-cert", files.certificate, *certificate));
  SHIRUBE_ASSIGN_OR_RETURN(const Key key, ReadKey(files.key));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Wrong(
        "--tls-key", files.key,
        absl::StrCat("does not belong to the certificate ", files.certificate),
        absl::StrCat("証明書 ", files.certificate, " の秘密鍵ではありません"));
  }
  if (files.client_ca.empty()) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(const Certificate authority,
                           ReadCertificate("--client-ca", files.client_ca));
  return CheckDates("--client-ca", files.client_ca, *authority);
}

std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(
    const TlsFiles& files) {
  namespace tls = grpc::experimental;
  auto provider = std::make_shared<tls::FileWatcherCertificateProvider>(
      files.key, files.certificate, files.client_ca, kLookAgain);
  tls::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  if (files.client_ca.empty()) {
    options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  } else {
    options.watch_root_certs();
    options.set_cert_request_type(
        files.certificate_optional
            ? GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY
            : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return tls::TlsServerCredentials(options);
}

}  // namespace shirube
