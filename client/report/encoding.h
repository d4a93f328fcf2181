// Bytes of a file to text: UTF-8, UTF-8 with a byte order mark, or CP932 (what
// Excel writes on Japanese Windows). Bytes that fit none of them are refused,
// never read with replacement characters. Pure functions.
#ifndef SHIRUBE_CLIENT_REPORT_ENCODING_H_
#define SHIRUBE_CLIENT_REPORT_ENCODING_H_

#include <optional>
#include <string>
#include <string_view>

#include "client/report/finding.h"

namespace shirube::report {

struct DecodedText {
  std::string text;      // UTF-8 without byte order mark
  std::string encoding;  // UTF-8, UTF-8-BOM, CP932
};

// What is wrong with the bytes, or nothing and `out` is filled.
std::optional<Problem> DecodeBytes(std::string_view bytes, DecodedText* out);

// 64 hex digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_ENCODING_H_
