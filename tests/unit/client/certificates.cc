#include "tests/unit/client/certificates.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <fstream>

namespace shirube::client {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* held) const {
    Free(held);
  }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

constexpr int kDay = 24 * 60 * 60;

template <typename Write>
std::string Pem(const Write& write) {
  std::unique_ptr<BIO, Freed<BIO_free>> out(BIO_new(BIO_s_mem()));
  write(out.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string PemOf(X509* cert) {
  return Pem([&](BIO* out) { PEM_write_bio_X509(out, cert); });
}

std::string PemOf(EVP_PKEY* key) {
  return Pem([&](BIO* out) {
    PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void Extend(X509* cert, int nid, const std::string& value) {
  std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
  X509_add_ext(cert, extension.get(), -1);
}

// Valid from two days ago; not signed yet.
Certificate Unsigned(const std::string& name, EVP_PKEY* key, int days_left) {
  static long serial = 1;
  Certificate cert(X509_new());
  X509_set_version(cert.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -2 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), days_left * kDay);
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(cert.get()), "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_pubkey(cert.get(), key);
  return cert;
}

}  // namespace

TempFolder::TempFolder() {
  std::string pattern =
      std::filesystem::temp_directory_path() / "shirube-client-XXXXXX";
  path_ = mkdtemp(pattern.data());
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::Path(const std::string& name) const {
  return path_ / name;
}

std::string TempFolder::Write(const std::string& name,
                              const std::string& text) const {
  const std::string path = Path(name);
  std::ofstream(path, std::ios::binary) << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
  return path;
}

struct TestAuthority::Held {
  Key key;
  Certificate cert;
};

TestAuthority::TestAuthority(const std::string& name)
    : held_(std::make_unique<Held>()) {
  held_->key.reset(EVP_EC_gen("P-256"));
  held_->cert = Unsigned(name, held_->key.get(), 1);
  X509_set_issuer_name(held_->cert.get(),
                       X509_get_subject_name(held_->cert.get()));
  Extend(held_->cert.get(), NID_basic_constraints, "critical,CA:TRUE");
  Extend(held_->cert.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(held_->cert.get(), held_->key.get(), EVP_sha256());
}

TestAuthority::~TestAuthority() = default;

std::string TestAuthority::Pem() const { return PemOf(held_->cert.get()); }

PemPair TestAuthority::Issue(const std::string& name, const std::string& san,
                             int days_left) const {
  Key key(EVP_EC_gen("P-256"));
  Certificate cert = Unsigned(name, key.get(), days_left);
  X509_set_issuer_name(cert.get(), X509_get_subject_name(held_->cert.get()));
  if (!san.empty()) Extend(cert.get(), NID_subject_alt_name, san);
  X509_sign(cert.get(), held_->key.get(), EVP_sha256());
  return {PemOf(cert.get()), PemOf(key.get())};
}

}  // namespace shirube::client
