// Certificates made for one test, and a folder to keep them in.
#ifndef SHIRUBE_TESTS_UNIT_CLIENT_CERTIFICATES_H_
#define SHIRUBE_TESTS_UNIT_CLIENT_CERTIFICATES_H_

#include <filesystem>
#include <memory>
#include <string>

namespace shirube::client {

// A folder of the test's own, gone with it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  // Writes a file, readable by its owner only, and gives its path.
  std::string Write(const std::string& name, const std::string& text) const;
  std::string Path(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

struct PemPair {
  std::string cert, key;
};

// Issues certificates for keys that it makes.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);
  ~TestAuthority();

  std::string Pem() const;
  // Good for 127.0.0.1 and localhost where `san` is
  // "IP:127.0.0.1,DNS:localhost".
  PemPair Issue(const std::string& name, const std::string& san,
                int days_left = 1) const;

 private:
  struct Held;
  std::unique_ptr<Held> held_;
};

}  // namespace shirube::client

#endif  // SHIRUBE_TESTS_UNIT_CLIENT_CERTIFICATES_H_
