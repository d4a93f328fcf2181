// Japanese eras, both ways, through ICU: R4, 令和4年度, 平成32年 (which never
// came and is read as 2020), 令和元年, H26.
#ifndef SHIRUBE_SERVER_DOMAIN_ERA_H_
#define SHIRUBE_SERVER_DOMAIN_ERA_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/domain/period.h"

namespace shirube {

// A period as people write it, in any width: FY2022, R4, 令和4年度 (fiscal
// years); FY2022Q3; 2022, 2022年, 令和4年, 平成26年 (calendar years); 2023-01,
// 令和5年1月, R5.1; 2020-03-31, 2020/3/31, R2.3.31, 2020年3月31日,
// 令和2年3月31日; 2025年度末 is FY2025; also the ids of Period. A name and a
// number without 年 or 年度 (令和4) could be either and is refused. A bare era
// with a letter and no suffix (R4, H26) is a fiscal year. Errors name the text
// and the way out: UNKNOWN_ERA (霊和3年), BAD_PERIOD.
absl::StatusOr<Period> ParsePeriod(std::string_view text);

// Years go by the era in force on 31 December, months by that on their last
// day: FY2019 is R1, FY1988 is S63, 30 April 2019 is 平成31年.
//
// "R4" for FY2022; "2022年" for CY2022 is "R4年"; "R4年度第3四半期"; "R5年1月";
// "R2年3月31日". Short form, for sentences and table cells.
std::string ShortJapanese(const Period& period);
// "令和4年度", "令和4年", "令和4年度第3四半期", "令和5年1月", "令和2年3月31日".
std::string LongJapanese(const Period& period);
// "FY2022", "2022", "FY2022 Q3", "January 2023", "31 March 2020".
std::string English(const Period& period);

// NFKC of `text`, spaces dropped: how names are compared.
std::string NormalizedName(std::string_view text);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_ERA_H_
