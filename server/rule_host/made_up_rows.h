// Made-up indicators of every kind that may be stored, with missing parts,
// small numbers that often coincide, and now and then the largest ones: what a
// module has to stand besides the cases its author thought of. Pure; the same
// seed gives the same rows everywhere.
#ifndef SHIRUBE_SERVER_RULE_HOST_MADE_UP_ROWS_H_
#define SHIRUBE_SERVER_RULE_HOST_MADE_UP_ROWS_H_

#include <cstdint>
#include <vector>

#include "rules/cases/case_file.h"
#include "server/rule_host/manifest.h"

namespace shirube {

// `n` rows for this module: the first ones lack everything, or one thing each;
// the others are made from `seed`. They expect nothing.
std::vector<cases::Case> MakeUpRows(const Manifest& manifest, uint64_t seed,
                                    int n);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_MADE_UP_ROWS_H_
