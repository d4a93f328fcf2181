// What passes between a run and the areas of one worker for one piece: rows and
// parameters in, answers and facts out. What comes out is copied first, and
// only the copy is looked at.
//
// Used by the thread of one run.
#ifndef SHIRUBE_SERVER_RULE_HOST_EXCHANGE_H_
#define SHIRUBE_SERVER_RULE_HOST_EXCHANGE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "server/rule_host/answers.h"
#include "server/rule_host/check.h"
#include "server/rule_host/frame/ask.h"
#include "server/rule_host/frame/control.h"
#include "server/rule_host/manifest.h"
#include "server/rule_host/mask.h"
#include "server/rule_host/rule_host.h"
#include "server/rule_host/statistics.h"
#include "server/rule_host/worker_process.h"

namespace shirube {

class Exchange {
 public:
  // Parameters that differ between rows, by name: one value a position.
  using Parameters = std::map<std::string, std::vector<int64_t>>;
  // Rows [first, first + n) of those that `mask` lets through.
  struct Rows {
    const frame::Ask* ask;
    const shirube_batch* columns;
    const Mask* mask;
    const Parameters* parameters;
    uint32_t first, n;
  };

  Exchange(const RuleSet& set, const AskOptions& options)
      : set_(set), options_(options) {}

  // Fills the request area and empties the answer columns. `manifest` is that
  // of the worker's module, `reasons` the table of it.
  frame::Request Write(const Rows& rows, const Manifest& manifest,
                       WorkerProcess* worker) const;

  // The answers for the rows, into their positions. BAD_OUTPUT names a position
  // within the rows; then those of `answers` are undefined.
  ModuleOutcome Take(const Rows& rows, const Manifest& manifest,
                     const ReasonTable& reasons, WorkerProcess* worker,
                     ModuleAnswers* answers, AnswerCounts* counts);

 private:
  void WriteParameters(const Rows& rows, const Manifest& manifest,
                       WorkerProcess* worker, frame::Request* request) const;
  ModuleOutcome TakeFacts(const Rows& rows, const Manifest& manifest,
                          WorkerProcess* worker, ModuleAnswers* answers) const;

  const RuleSet& set_;
  const AskOptions options_;
  // Of masked rows, before their answers are spread over their positions.
  std::vector<uint8_t> answer_;
  std::vector<uint16_t> reason_, judged_point_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_EXCHANGE_H_
