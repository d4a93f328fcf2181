// What a system call is called, for messages.
#ifndef SHIRUBE_SERVER_RULE_HOST_SYSTEM_CALL_H_
#define SHIRUBE_SERVER_RULE_HOST_SYSTEM_CALL_H_

#include <cstdint>
#include <string>

namespace shirube {

// "openat"; of another architecture (an AUDIT_ARCH of linux/audit.h) than the
// server's "i386 open"; "call 999" for a number that is none.
std::string SystemCallName(uint32_t architecture, uint32_t number);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_SYSTEM_CALL_H_
