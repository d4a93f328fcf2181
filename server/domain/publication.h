// When figures come out, by the publication calendar of an indicator
// (公表予定), and which one is missing. Pure. Months are on the scale of
// Period::index12: a month has the index of its end.
//
// rules/stale raises its mark by the same rule; whoever changes one changes
// both.
#ifndef SHIRUBE_SERVER_DOMAIN_PUBLICATION_H_
#define SHIRUBE_SERVER_DOMAIN_PUBLICATION_H_

#include <cstdint>
#include <optional>

#include "server/domain/indicator.h"
#include "server/domain/period.h"

namespace shirube {

struct AwaitedFigures {
  Publication publication;
  // Index of the newest figure, or of what is known without any (the baseline,
  // the year before a sum begins). None: nobody can say which would be first.
  std::optional<int32_t> known;
  // Index of the target, of one that is not due every year: nothing is awaited
  // after it.
  std::optional<int32_t> last;
};

// The latest fiscal year whose figure should be there by `month` and is not:
// the whole month of its publication may pass.
std::optional<Period> OverdueFigure(const AwaitedFigures& awaited,
                                    int32_t month);

// The month in which the figure of a fiscal year comes out.
Period MonthOfPublication(const Period& fiscal_year,
                          const Publication& publication);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_PUBLICATION_H_
