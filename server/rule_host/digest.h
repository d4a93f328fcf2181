// SHA-256 as lower-case hex. Pure.
#ifndef SHIRUBE_SERVER_RULE_HOST_DIGEST_H_
#define SHIRUBE_SERVER_RULE_HOST_DIGEST_H_

#include <string>
#include <string_view>

namespace shirube {

std::string Sha256Hex(std::string_view bytes);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_DIGEST_H_
