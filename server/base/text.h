// Text from outside: whether it is text at all, and how to show what may be
// none. Pure.
#ifndef SHIRUBE_SERVER_BASE_TEXT_H_
#define SHIRUBE_SERVER_BASE_TEXT_H_

#include <string>
#include <string_view>

namespace shirube {

// RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF.
bool IsUtf8(std::string_view text);

// For messages that quote what nobody vouches for: a control character, and a
// byte that is part of no character, become '?'. What is left is UTF-8 and
// does nothing to a terminal or a log.
std::string Displayable(std::string_view text);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_BASE_TEXT_H_
