// The fields of a row that a list may be filtered and ordered by, and how their
// values compare.
#ifndef SHIRUBE_SERVER_SERVICE_ROW_FIELDS_H_
#define SHIRUBE_SERVER_SERVICE_ROW_FIELDS_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

namespace shirube {

// The values of one field of one row: none when it is empty, several when it is
// repeated. Enums are bare words (`AT_RISK`), times RFC 3339.
using FieldValues = std::vector<std::string>;
using RowReader = std::function<FieldValues(std::string_view field)>;

// Reads `field` (dots go into messages: "target.period") of `row`.
FieldValues ReadField(const google::protobuf::Message& row,
                      std::string_view field);

// Less than, equal (0), greater than. Two decimals compare as numbers, two
// period ids as periods, anything else as text.
int CompareValues(std::string_view a, std::string_view b);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_ROW_FIELDS_H_
