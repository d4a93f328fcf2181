// Short texts of a verdict for people: a symbol, the words, a colour.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_STATUS_H_
#define SHIRUBE_CLIENT_CLI_VIEW_STATUS_H_

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "client/cli/context.h"
#include "client/cli/view/words.h"
#include "shirube/v1/observation.pb.h"
#include "shirube/v1/verdict.pb.h"

namespace shirube::cli {

// "要改善", "At risk".
std::string StatusName(const Context& context, v1::Verdict::Status status);
// "▲ 要改善(遅れ)": symbol, status and the reason's name where it says more;
// painted where the context has colour.
std::string StatusText(const Context& context, const v1::Verdict& verdict);
// "遅れ", "far behind"; the word itself for a reason nobody translated.
std::string ReasonText(const Context& context, const std::string& reason);

// "確定", "速報".
std::string ObservationStateText(const Context& context,
                                 v1::Observation::State state);
// In Japan's time where the output is Japanese, else UTC; to the minute.
std::string TimeText(const Context& context,
                     const google::protobuf::Timestamp& time);
// "R4", "FY2022"; what is no period id comes back as it is.
std::string PeriodText(const Context& context, const std::string& id);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_STATUS_H_
