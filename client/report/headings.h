// What a printed line is by its own looks: a section (令和4年度の主な取組実績),
// a pillar (第1 … ～…～), a measure (3 …), an entry (- …), the heading of a
// table (【主な目標指標】). Pure functions; the order in which lines may follow
// each other is the business of blocks.h.
#ifndef SHIRUBE_CLIENT_REPORT_HEADINGS_H_
#define SHIRUBE_CLIENT_REPORT_HEADINGS_H_

#include <optional>
#include <string>

#include "client/report/lines.h"
#include "server/domain/period.h"
#include "shirube/v1/plan_document.pb.h"

namespace shirube::report {

struct SectionHeading {
  v1::LayoutSection::Kind kind = v1::LayoutSection::KIND_OTHER;
  std::optional<Period> fiscal_year;
  bool unknown_year = false;  // it begins with a year that nobody knows
};

struct NumberedHeading {
  std::string label;     // as printed: 第1, 3, (2)
  std::string title;     // as printed, without label and subtitle
  std::string subtitle;  // without the marks around it
};

struct EntryLine {
  std::string marker;  // as printed; of nested lines all of it: "- ・"
  std::string text;
};

// Only words that name a section may stand in it beside the year.
std::optional<SectionHeading> ReadSection(const Line& line);
std::optional<NumberedHeading> ReadPillar(const Line& line);
std::optional<NumberedHeading> ReadMeasure(const Line& line);
// (1) … and ① …: one level below the measures, where there are any.
std::optional<NumberedHeading> ReadAction(const Line& line);
std::optional<EntryLine> ReadEntry(const Line& line);
bool IsTableHeading(const Line& line);
// A line that is a subtitle and nothing else: ～…～.
std::optional<std::string> ReadSubtitle(const Line& line);
// ※ and (注1): remarks below a table.
bool IsRemark(const Line& line);

}  // namespace shirube::report

#endif  // SHIRUBE_CLIENT_REPORT_HEADINGS_H_
