// What an alert says besides the sentence: the way out of lagging, made of the
// flip points. Pure.
#ifndef SHIRUBE_SERVER_EVALUATION_ALERT_TEXT_H_
#define SHIRUBE_SERVER_EVALUATION_ALERT_TEXT_H_

#include <vector>

#include "server/evaluation/explanation.h"

namespace shirube {

// Which figure at the coming period ends the lagging: the one that wins
// ON_TRACK, or ACHIEVED where nothing in between exists. Empty where there is
// none, or the derivation has no direction to word it by.
LocalizedText WayOut(const Derivation& derivation,
                     const std::vector<FlipPoint>& flips);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_ALERT_TEXT_H_
