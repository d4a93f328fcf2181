// Asks for the addresses of a name, for whoever writes a subscription, and
// waits only so long: the system's resolver takes as long as its name servers
// like, and cannot be called off. Safe from any thread.
#ifndef SHIRUBE_SERVER_ALERTING_NAME_RESOLVER_H_
#define SHIRUBE_SERVER_ALERTING_NAME_RESOLVER_H_

#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace shirube {

using Addresses = std::vector<sockaddr_storage>;

class NameResolver {
 public:
  // NOT_FOUND where there is no such name, UNAVAILABLE where nobody can say.
  // May take for ever.
  using Lookup = std::function<absl::StatusOr<Addresses>(const std::string&)>;
  // By getaddrinfo.
  static absl::StatusOr<Addresses> AskSystem(const std::string& host);

  struct Options {
    Lookup lookup = &AskSystem;
    absl::Duration patience = absl::Seconds(5);
    // Those that were given up but have not ended count too, so that a dead
    // name server costs this many threads at most.
    int at_once = 8;
  };
  NameResolver() : NameResolver(Options()) {}
  explicit NameResolver(Options options);

  // The lookup's errors; DEADLINE_EXCEEDED where it takes too long or so many
  // others do.
  absl::StatusOr<Addresses> Resolve(const std::string& host);

 private:
  struct Shared;  // outlives this with lookups that do not end
  const std::shared_ptr<Shared> shared_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_NAME_RESOLVER_H_
