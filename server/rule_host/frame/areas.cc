#include "server/rule_host/frame/areas.h"

#include <sys/mman.h>

#include <iterator>

namespace shirube::frame {

Mapping MapVerdictArea(int fd) {
  void* reserved = mmap(nullptr, kVerdictBytes, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return Mapping();
  Mapping area(reserved, kVerdictBytes);
  const Column columns[] = {kWorkerPage,  kAnswer,        kReason,
                            kJudgedPoint, kFactNumerator, kFactDenominator};
  for (const Column& column : columns) {
    char* at = static_cast<char*>(reserved) + column.offset;
    if (mmap(at, internal::RoundUp(column.bytes()), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_FIXED, fd,
             static_cast<off_t>(column.offset)) == MAP_FAILED) {
      return Mapping();
    }
  }
  return area;
}

shirube_verdicts BindVerdicts(void* area, uint32_t first,
                              uint32_t facts_count) {
  shirube_verdicts verdicts{};
  verdicts.struct_size = sizeof(verdicts);
  verdicts.facts_count = facts_count;
  verdicts.answer = At<uint8_t>(area, kAnswer, first);
  verdicts.reason = At<uint16_t>(area, kReason, first);
  verdicts.judged_point = At<uint16_t>(area, kJudgedPoint, first);
  if (facts_count > 0) {
    verdicts.fact_numerator = At<shirube_int128>(area, kFactNumerator, first);
    verdicts.fact_denominator =
        At<shirube_int128>(area, kFactDenominator, first);
    verdicts.facts_stride = kFactRows;
  }
  return verdicts;
}

}  // namespace shirube::frame
