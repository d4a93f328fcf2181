// How wide text stands in a terminal: Japanese characters take two columns,
// combining ones none. Everything that aligns or cuts text asks here.
#ifndef SHIRUBE_CLIENT_CLI_OUTPUT_WIDTH_H_
#define SHIRUBE_CLIENT_CLI_OUTPUT_WIDTH_H_

#include <string>
#include <string_view>
#include <vector>

namespace shirube::cli {

// In columns. Escape sequences of colour count nothing; what is no UTF-8 counts
// one column a byte.
int DisplayWidth(std::string_view text);

enum class Align { kLeft, kRight };

// `text` filled up with spaces to `width` columns; longer text stays as it is.
std::string Pad(std::string_view text, int width, Align align = Align::kLeft);

// At most `width` columns of `text`, the last one an ellipsis where it was cut.
// Plain text only.
std::string Truncate(std::string_view text, int width);

// `text` in lines of at most `width` columns, broken where the language allows
// (between Japanese characters, not before 、 or 。). Plain text only.
std::vector<std::string> Wrap(std::string_view text, int width);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_OUTPUT_WIDTH_H_
