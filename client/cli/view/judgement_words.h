// What a rule set says of an indicator, in a few columns: symbol and word of
// the status, and beside it what the publisher of the method prints. Pure.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_JUDGEMENT_WORDS_H_
#define SHIRUBE_CLIENT_CLI_VIEW_JUDGEMENT_WORDS_H_

#include <string>
#include <string_view>

#include "client/cli/output/style.h"
#include "shirube/v1/comparison.pb.h"

namespace shirube::cli {

// "▲ 要改善 赤"; of what was not judged, also why: "― 判定なし(目標値なし)".
std::string JudgementLabel(const v1::Judgement& judgement, bool japanese);
// With the reason in every case, and the marks: "○ 順調(おおむね順調) ※速報".
std::string JudgementWithReason(const v1::Judgement& judgement, bool japanese);
Tone JudgementTone(const v1::Judgement& judgement);

// "既定", "attainment_9075", "cao_ab 1.0.0", "rs-1a2b…" of what was asked for.
std::string YardstickLabel(std::string_view asked, bool japanese);
// "default", "attainment_9075", "cao_ab@1.0.0", for programs.
std::string YardstickKey(std::string_view asked);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_JUDGEMENT_WORDS_H_
