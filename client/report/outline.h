// Blocks to the tree of a plan: sections, pillars, measures, entries, tables.
// A section without headings of pillars speaks of the measures of the others,
// found by title; a title that is there twice or never is refused by name.
#ifndef SHIRUBE_CLIENT_REPORT_OUTLINE_H_
#define SHIRUBE_CLIENT_REPORT_OUTLINE_H_

#include <string>
#include <vector>

#include "client/report/blocks.h"
#include "client/report/finding.h"
#include "client/report/plan_builder.h"

namespace shirube::report {

// Whether the blocks are a layout at all: a table of indicators with rows, or
// dated sections with measures under them. Anything else is refused whole,
// before a word of it is stored.
bool HasLayout(const std::vector<Block>& blocks);

// Fiscal year that the report is about, as an index; 0 when it does not say.
int ReportYear(const std::vector<Block>& blocks);

// Adds everything to the builder's document. `source` is this file's entry in
// it and gets the normalisations.
void AddReport(const std::vector<Block>& blocks, const std::string& file,
               const TextLines& lines, v1::Source* source, PlanBuilder* builder,
               Findings* findings);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_OUTLINE_H_
