// Rows that are to be judged, plan by plan, and how far each of these plans has
// been judged. Pure; the follower's.
#ifndef SHIRUBE_SERVER_EVALUATION_DUE_ROWS_H_
#define SHIRUBE_SERVER_EVALUATION_DUE_ROWS_H_

#include <cstddef>
#include <map>
#include <set>
#include <vector>

#include "server/domain/ids.h"

namespace shirube {

class DueRows {
 public:
  struct Rows {
    std::set<IndicatorKey> keys;
    Revision judged = 0;  // of the plan, everything up to here
  };
  using ByPlan = std::map<PlanId, Rows>;

  // `judged` counts for plans of which nothing is due yet.
  void Add(const std::set<IndicatorKey>& keys, Revision judged);
  void Remove(const std::set<IndicatorKey>& keys);
  // Takes out all of some plans; Put brings it back.
  ByPlan Take(const std::vector<PlanId>& plans);
  void Put(ByPlan taken);

  const ByPlan& plans() const { return plans_; }
  // The least of what each plan was judged up to, `all` where none is due.
  Revision JudgedThrough(Revision all) const;

  // Whose turn it is among `plans`, each of which is judged whole: those with
  // the fewest rows, as many as come to at most `rows` together, then the one
  // that has waited longest, so that neither a few rows wait for many nor many
  // for ever. `large`: it may also have more than `rows`.
  std::vector<std::vector<PlanId>> Turns(const std::vector<PlanId>& plans,
                                         size_t rows, bool large) const;

 private:
  ByPlan plans_;  // none without rows
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_DUE_ROWS_H_
