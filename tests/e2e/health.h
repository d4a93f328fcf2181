// What grpc.health.v1 of a server says, without its generated code.
#ifndef SHIRUBE_TESTS_E2E_HEALTH_H_
#define SHIRUBE_TESTS_E2E_HEALTH_H_

#include <string>

namespace shirube::e2e {

// "SERVING", "NOT_SERVING", or the error's message. `service` empty: the server
// as a whole.
std::string HealthOf(const std::string& address, const std::string& service);

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_HEALTH_H_
