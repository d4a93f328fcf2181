// Certificates made on the spot, for receivers with TLS.
#ifndef SHIRUBE_TESTS_UNIT_ALERTING_CERTIFICATE_H_
#define SHIRUBE_TESTS_UNIT_ALERTING_CERTIFICATE_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace shirube {

struct Certificate {
  std::string pem;
  std::shared_ptr<SSL_CTX> context;
};

// Signed by itself, for `name` ("IP:127.0.0.1"); good from an hour before until
// an hour after `now_offset_s` seconds from now.
Certificate MakeCertificate(const std::string& name, long now_offset_s = 0);

}  // namespace shirube

#endif  // SHIRUBE_TESTS_UNIT_ALERTING_CERTIFICATE_H_
