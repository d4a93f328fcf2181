#include "client/lib/credentials.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <ctime>
#include <fstream>
#include <memory>

#include "client/lib/error.h"

namespace shirube::client {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* held) const {
    Free(held);
  }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bytes = std::unique_ptr<BIO, Freed<BIO_free>>;

const FileRole kCa = {"認証局のファイル", "CA file",
                      "--tls-ca (SHIRUBE_TLS_CA)"};
const FileRole kCert = {"証明書のファイル", "certificate file",
                        "--cert (SHIRUBE_TLS_CERT)"};
const FileRole kKey = {"鍵のファイル", "key file", "--key (SHIRUBE_TLS_KEY)"};

Bytes Reader(const std::string& text) {
  return Bytes(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Nobody is asked for a password: a key that needs one is refused.
int NoPassword(char*, int, int, void*) { return -1; }

Certificate FirstCertificate(const std::string& pem) {
  Certificate found(
      PEM_read_bio_X509(Reader(pem).get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  return found;
}

PrivateKey KeyOf(const std::string& pem) {
  PrivateKey found(
      PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  return found;
}

bool IsDer(const std::string& bytes) {
  return bytes.size() > 2 && bytes[0] == 0x30 &&
         (static_cast<unsigned char>(bytes[1]) & 0x80) != 0;
}

absl::Status NoCertificate(const std::string& path, const std::string& bytes,
                           const FileRole& role, const std::string& language) {
  std::string ja = "PEM形式の証明書がありません。";
  std::string en = "holds no certificate in PEM; ";
  if (IsDer(bytes)) {
    const std::string command =
        "openssl x509 -inform der -in " + path + " -out " + path + ".pem";
    ja += "DER形式のようです。次で変換できます: " + command;
    en += "it looks like DER, which this turns into PEM: " + command;
  } else {
    ja += "-----BEGIN CERTIFICATE----- で始まる部分のあるファイルを " +
          role.option + " に指定してください。";
    en +=
        "name a file with a part that begins with -----BEGIN CERTIFICATE"
        "----- by " +
        role.option;
  }
  return LocalError(absl::StatusCode::kInvalidArgument, language,
                    role.ja + " " + path + ": " + ja,
                    role.en + " " + path + ": " + en);
}

absl::Status NoKey(const std::string& path, const std::string& pem,
                   const std::string& language) {
  const bool locked = pem.find("ENCRYPTED") != std::string::npos;
  return LocalError(
      absl::StatusCode::kInvalidArgument, language,
      kKey.ja + " " + path + ": " +
          (locked ? "パスワードで保護されています。openssl pkey -in " + path +
                        " で外したものを " + kKey.option +
                        " に指定し、本人だけが読めるようにしてください。"
                  : "PEM形式の秘密鍵がありません。-----BEGIN PRIVATE KEY----- "
                    "で始まる部分のあるファイルを " +
                        kKey.option + " に指定してください。"),
      kKey.en + " " + path +
          (locked ? ": is locked by a password; name by " + kKey.option +
                        " what `openssl pkey -in " + path +
                        "` makes of it, readable by its owner only"
                  : ": holds no private key in PEM; name a file with a part "
                    "that begins with -----BEGIN PRIVATE KEY----- by " +
                        kKey.option));
}

std::string Day(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "?";
  char text[16];
  strftime(text, sizeof(text), "%Y-%m-%d", &parts);
  return text;
}

absl::Status CheckPair(const Options& options, const TlsFiles& files) {
  const std::string& language = *options.language;
  const Certificate cert = FirstCertificate(files.cert);
  if (cert == nullptr) {
    return NoCertificate(*options.tls_cert, files.cert, kCert, language);
  }
  const PrivateKey key = KeyOf(files.key);
  if (key == nullptr) return NoKey(*options.tls_key, files.key, language);
  const bool fits = X509_check_private_key(cert.get(), key.get()) == 1;
  ERR_clear_error();
  if (!fits) {
    return LocalError(
        absl::StatusCode::kInvalidArgument, language,
        "証明書 " + *options.tls_cert + " と鍵 " + *options.tls_key +
            " が対応していません。同時に作られた組を --cert と --key "
            "に指定してください。",
        "the certificate " + *options.tls_cert + " does not match the key " +
            *options.tls_key +
            "; name two that were made together by --cert and --key");
  }
  const ASN1_TIME* end = X509_get0_notAfter(cert.get());
  if (X509_cmp_current_time(end) >= 0) return absl::OkStatus();
  return LocalError(absl::StatusCode::kInvalidArgument, language,
                    kCert.ja + " " + *options.tls_cert + ": " + Day(end) +
                        " に期限が切れています。更新した証明書を " +
                        kCert.option + " に指定してください。",
                    kCert.en + " " + *options.tls_cert + ": expired on " +
                        Day(end) + "; name a renewed one by " + kCert.option);
}

absl::Status OneWithoutTheOther(const Options& options) {
  const bool cert = !options.tls_cert->empty();
  return LocalError(
      absl::StatusCode::kInvalidArgument, *options.language,
      cert ? "証明書 " + *options.tls_cert + " に対応する鍵がありません。" +
                 kKey.option + " で指定してください。"
           : "鍵 " + *options.tls_key + " に対応する証明書がありません。" +
                 kCert.option + " で指定してください。",
      cert
          ? "the certificate " + *options.tls_cert +
                " comes without its key; name that by " + kKey.option
          : "the key " + *options.tls_key +
                " comes without its certificate; name that by " + kCert.option);
}

}  // namespace

absl::StatusOr<std::string> ReadCredentialFile(const std::string& path,
                                               const FileRole& role,
                                               const std::string& language) {
  const auto fail = [&](absl::StatusCode code, const std::string& ja,
                        const std::string& en) {
    return LocalError(code, language, role.ja + " " + path + ": " + ja,
                      role.en + " " + path + ": " + en);
  };
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  const int error = errno;
  if (!in.is_open() && (error == ENOENT || error == ENOTDIR)) {
    return fail(absl::StatusCode::kNotFound,
                "ありません。" + role.option + " を確かめてください。",
                "no such file; look at " + role.option);
  }
  if (!in.is_open() && (error == EACCES || error == EPERM)) {
    return fail(absl::StatusCode::kPermissionDenied, "読む権限がありません。",
                "may not be read by whoever runs this");
  }
  if (!in.is_open() || in.bad()) {
    return fail(
        absl::StatusCode::kInvalidArgument,
        "読めません。ファイルを " + role.option + " に指定してください。",
        "cannot be read; name a file by " + role.option);
  }
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > kMaxBytes) {
    return fail(absl::StatusCode::kInvalidArgument,
                "1 MiB を超えています。別のファイルのようです。",
                "is larger than 1 MiB; this seems to be another file");
  }
  return text;
}

absl::StatusOr<TlsFiles> ReadTlsFiles(const Options& options) {
  TlsFiles files;
  const auto read = [&](const std::string& path, const FileRole& role,
                        std::string* text) {
    if (path.empty()) return absl::OkStatus();
    auto found = ReadCredentialFile(path, role, *options.language);
    if (found.ok()) *text = *std::move(found);
    return found.status();
  };
  if (options.tls_cert->empty() != options.tls_key->empty()) {
    return OneWithoutTheOther(options);
  }
  for (const absl::Status& status :
       {read(*options.tls_ca, kCa, &files.ca),
        read(*options.tls_cert, kCert, &files.cert),
        read(*options.tls_key, kKey, &files.key)}) {
    if (!status.ok()) return status;
  }
  if (!options.tls_ca->empty() && FirstCertificate(files.ca) == nullptr) {
    return NoCertificate(*options.tls_ca, files.ca, kCa, *options.language);
  }
  if (!options.tls_cert->empty()) {
    absl::Status pair = CheckPair(options, files);
    if (!pair.ok()) return pair;
  }
  return files;
}

std::vector<FileStamp> StampsOfTlsFiles(const Options& options) {
  return {FileStamp::Of(*options.tls_ca), FileStamp::Of(*options.tls_cert),
          FileStamp::Of(*options.tls_key)};
}

}  // namespace shirube::client
