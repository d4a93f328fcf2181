// A text for people, in both languages of the server.
#ifndef SHIRUBE_SERVER_DOMAIN_LOCALIZED_TEXT_H_
#define SHIRUBE_SERVER_DOMAIN_LOCALIZED_TEXT_H_

#include <string>

namespace shirube {

struct LocalizedText {
  std::string ja, en;
  friend bool operator==(const LocalizedText&, const LocalizedText&) = default;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_LOCALIZED_TEXT_H_
