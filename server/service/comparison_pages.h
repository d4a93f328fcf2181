// What later pages of a comparison need of the first, which judged the whole
// plan: which indicators are listed, and the counts of all. So a page judges
// its own rows only. Bounded, forgotten after a while; any thread.
#ifndef SHIRUBE_SERVER_SERVICE_COMPARISON_PAGES_H_
#define SHIRUBE_SERVER_SERVICE_COMPARISON_PAGES_H_

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/evaluation/comparison.h"

namespace shirube {

struct ComparedPlan {
  std::vector<ComparedColumn> columns;
  int total = 0;
  int disagreements = 0;
  std::vector<IndicatorId> listed;  // in printed order

  static ComparedPlan Of(const Comparison& comparison, bool only_disagreements);
};

class ComparisonPages {
 public:
  // `request` is what the page tokens are bound to. Null where it is not known
  // any more: then everything has to be judged again.
  std::shared_ptr<const ComparedPlan> Find(const std::string& request,
                                           absl::Time now = absl::Now());
  void Keep(const std::string& request,
            std::shared_ptr<const ComparedPlan> plan,
            absl::Time now = absl::Now());

  static constexpr size_t kMost = 4;
  static constexpr absl::Duration kKept = absl::Minutes(1);  // since last used

 private:
  struct Entry {
    std::string request;
    absl::Time used;
    std::shared_ptr<const ComparedPlan> plan;
  };
  void Forget(absl::Time now);

  std::mutex mutex_;
  std::list<Entry> entries_;  // the last one used first
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_COMPARISON_PAGES_H_
