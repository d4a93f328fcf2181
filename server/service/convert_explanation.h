// Explanations -> messages.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_EXPLANATION_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_EXPLANATION_H_

#include <string>

#include "server/evaluation/explanation.h"
#include "shirube/v1/derivation.pb.h"
#include "shirube/v1/evaluation_service.pb.h"

namespace shirube {

v1::Derivation ToWire(const Derivation& derivation);
v1::FlipPoint ToWire(const FlipPoint& flip_point);
v1::LocalizedText ToWire(const LocalizedText& text);

// Facts and the texts of faults, which only an explanation has.
void FillFacts(const Explanation& explanation, v1::Verdict* out);

// Everything but verdict, indicator and revision.
void FillExplanation(const Explanation& explanation,
                     v1::ExplainVerdictResponse* out);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_EXPLANATION_H_
