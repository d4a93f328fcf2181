// SHA-256, by which modules and rule sets are named.
#ifndef SHIRUBE_SERVER_RULE_HOST_DIGEST_H_
#define SHIRUBE_SERVER_RULE_HOST_DIGEST_H_

#include <memory>
#include <string>
#include <string_view>

namespace shirube {

std::string Sha256Hex(std::string_view bytes);

// The same of bytes that come piece by piece. One thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Add(std::string_view bytes);
  std::string Hex();  // of all that was added; once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_DIGEST_H_
