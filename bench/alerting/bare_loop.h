// The same posts without Shirube: a loop of libcurl's multi interface, as its
// manual has it, that knows nothing of order, answers or settling.
#ifndef SHIRUBE_BENCH_ALERTING_BARE_LOOP_H_
#define SHIRUBE_BENCH_ALERTING_BARE_LOOP_H_

#include <vector>

#include "server/alerting/curl_transfer.h"

namespace shirube {

// So many at a time, until all are answered. Ends the program where one fails.
void PostAll(const std::vector<Post>& posts, int concurrency);

}  // namespace shirube

#endif  // SHIRUBE_BENCH_ALERTING_BARE_LOOP_H_
