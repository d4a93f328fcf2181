// Lines to blocks: what each line of a report is, in printed order, with the
// rows of tables gathered. The same line can be several things (a list mark or
// a group of a table); what stands before it decides.
#ifndef SHIRUBE_CLIENT_REPORT_BLOCKS_H_
#define SHIRUBE_CLIENT_REPORT_BLOCKS_H_

#include <string>
#include <vector>

#include "client/report/headings.h"
#include "client/report/lines.h"
#include "client/report/table.h"

namespace shirube::report {

struct Block {
  enum class Kind {
    kTitle,
    kSection,
    kPillar,
    kSubtitle,  // of the pillar above
    kMeasure,
    kAction,
    kEntry,
    kTable,
    kTableHeading,  // of a table whose columns are not understood
    kOther,
  };

  Kind kind = Kind::kOther;
  int line = 0;
  int indent = 0;
  std::string raw;  // as printed, without the spaces around it
  SectionHeading section;
  NumberedHeading heading;
  EntryLine entry;
  Table table;
};

std::vector<Block> ReadBlocks(const std::vector<Line>& lines);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_BLOCKS_H_
