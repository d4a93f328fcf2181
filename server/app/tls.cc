#include "server/app/tls.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

// Seconds between looks at the files, and of gRPC at the copies.
constexpr unsigned kLookAgain = 1;
// More than any chain has; a wrong path may name something endless.
constexpr size_t kMaxFileBytes = size_t{1} << 20;

template <typename T, auto Free>
struct Freeing {
  void operator()(T* object) const { Free(object); }
};
using Certificate = std::unique_ptr<X509, Freeing<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY, EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Freeing<BIO, BIO_free>>;
using File = std::unique_ptr<FILE, Freeing<FILE, std::fclose>>;

absl::Status Wrong(const char* option, const std::string& path,
                   const std::string& en, const std::string& ja) {
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                   absl::StrCat(option, " ", path, ": ", en),
                   absl::StrCat(option, " ", path, ": ", ja));
}

absl::StatusOr<std::string> ReadText(const char* option,
                                     const std::string& path) {
  const File file(std::fopen(path.c_str(), "re"));
  std::string text(kMaxFileBytes, '\0');
  if (file != nullptr) {
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  }
  if (file == nullptr || std::ferror(file.get()) != 0) {
    return Wrong(option, path, "cannot be read", "読み取れません");
  }
  return text;
}

Memory View(const std::string& text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

absl::StatusOr<Certificate> ParseCertificate(const char* option,
                                             const std::string& path,
                                             const std::string& text) {
  Certificate certificate(
      PEM_read_bio_X509(View(text).get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) {
    ERR_clear_error();
    return Wrong(option, path, "holds no certificate in PEM",
                 "PEM形式の証明書がありません");
  }
  return certificate;
}

// An encrypted key would have to be asked for at the terminal.
int NoPassword(char*, int, int, void*) { return 0; }

absl::StatusOr<Key> ParseKey(const std::string& path, const std::string& text) {
  Key key(
      PEM_read_bio_PrivateKey(View(text).get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) {
    ERR_clear_error();
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

absl::Status CheckOptions(const TlsFiles& files) {
  if (files.certificate.empty() != files.key.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                     "--tls-cert and --tls-key go together",
                     "--tls-cert と --tls-key は両方を指定してください");
  }
  if (files.enabled() || files.client_ca.empty()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                   "--client-ca needs --tls-cert and --tls-key",
                   "--client-ca には --tls-cert と --tls-key が必要です");
}

// What gRPC takes for the certificate's file and for the key's: both in one
// text, so that they change together.
absl::StatusOr<std::string> ReadPair(const TlsFiles& files) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::string chain,
                           ReadText("--tls-cert", files.certificate));
  SHIRUBE_ASSIGN_OR_RETURN(
      const Certificate certificate,
      ParseCertificate("--tls-cert", files.certificate, chain));
  SHIRUBE_RETURN_IF_ERROR(
      CheckDates("--tls-cert", files.certificate, *certificate));
  SHIRUBE_ASSIGN_OR_RETURN(const std::string secret,
                           ReadText("--tls-key", files.key));
  SHIRUBE_ASSIGN_OR_RETURN(const Key key, ParseKey(files.key, secret));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    return Wrong(
        "--tls-key", files.key,
        absl::StrCat("does not belong to the certificate ", files.certificate),
        absl::StrCat("証明書 ", files.certificate, " の秘密鍵ではありません"));
  }
  return absl::StrCat(chain, "\n", secret);
}

absl::StatusOr<std::string> ReadAuthority(const std::string& path) {
  SHIRUBE_ASSIGN_OR_RETURN(std::string text, ReadText("--client-ca", path));
  SHIRUBE_ASSIGN_OR_RETURN(const Certificate authority,
                           ParseCertificate("--client-ca", path, text));
  SHIRUBE_RETURN_IF_ERROR(CheckDates("--client-ca", path, *authority));
  return text;
}

// What tells one state of a file from another.
std::string StampOf(const std::string& path) {
  struct stat info {};
  if (path.empty() || stat(path.c_str(), &info) != 0) return "-";
  return absl::StrCat(info.st_dev, ":", info.st_ino, ":", info.st_size, ":",
                      info.st_mtim.tv_sec, ".", info.st_mtim.tv_nsec);
}

std::string StampOf(const TlsFiles& files) {
  return absl::StrCat(StampOf(files.certificate), " ", StampOf(files.key), " ",
                      StampOf(files.client_ca));
}

// Puts `text` where `fd` is read by its name: whoever opens it gets all of the
// old or all of the new.
absl::Status Place(const std::string& text, int* fd) {
  const int fresh = memfd_create("shirube-tls", MFD_CLOEXEC);
  const bool ok = fresh >= 0 && write(fresh, text.data(), text.size()) ==
                                    static_cast<ssize_t>(text.size());
  if (ok && *fd < 0) {
    *fd = fresh;
    return absl::OkStatus();
  }
  const bool placed = ok && dup3(fresh, *fd, O_CLOEXEC) >= 0;
  if (fresh >= 0) close(fresh);
  if (placed) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("cannot keep the certificate: ", std::strerror(errno)));
}

std::string NameOf(int fd) {
  return fd < 0 ? "" : absl::StrCat("/proc/self/fd/", fd);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsDoor>> TlsDoor::Open(TlsFiles files) {
  SHIRUBE_RETURN_IF_ERROR(CheckOptions(files));
  auto door = std::unique_ptr<TlsDoor>(new TlsDoor(std::move(files)));
  if (!door->files_.enabled()) return door;
  // The stamp first: what changes while it is read is read again.
  door->stamp_ = StampOf(door->files_);
  SHIRUBE_RETURN_IF_ERROR(door->Read());
  door->watcher_ = std::thread(&TlsDoor::Watch, door.get());
  return door;
}

TlsDoor::~TlsDoor() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (watcher_.joinable()) watcher_.join();
  if (pair_ >= 0) close(pair_);
  if (client_ca_ >= 0) close(client_ca_);
}

absl::Status TlsDoor::Read() {
  SHIRUBE_ASSIGN_OR_RETURN(const std::string pair, ReadPair(files_));
  if (!files_.client_ca.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::string authority,
                             ReadAuthority(files_.client_ca));
    SHIRUBE_RETURN_IF_ERROR(Place(authority, &client_ca_));
  }
  return Place(pair, &pair_);
}

void TlsDoor::Watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::seconds(kLookAgain),
                            [this] { return ending_; })) {
    std::string stamp = StampOf(files_);
    if (stamp == stamp_) continue;
    stamp_ = std::move(stamp);
    if (const absl::Status status = Read(); status.ok()) {
      LogInfo("TLS: read the changed certificate ", files_.certificate);
    } else {
      LogError("TLS: what was read before still holds: ", status.message());
    }
  }
}

std::shared_ptr<grpc::ServerCredentials> TlsDoor::MakeCredentials() const {
  if (!files_.enabled()) return grpc::InsecureServerCredentials();
  namespace tls = grpc::experimental;
  auto provider = std::make_shared<tls::FileWatcherCertificateProvider>(
      NameOf(pair_), NameOf(pair_), NameOf(client_ca_), kLookAgain);
  tls::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  if (files_.client_ca.empty()) {
    options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  } else {
    options.watch_root_certs();
    options.set_cert_request_type(
        files_.certificate_optional
            ? GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY
            : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return tls::TlsServerCredentials(options);
}

}  // namespace shirube
