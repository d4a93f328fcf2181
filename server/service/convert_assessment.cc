#include "server/service/convert_assessment.h"

#include "absl/strings/match.h"
#include "server/ledger/ledger.h"
#include "server/service/convert_common.h"
#include "server/service/resource_names.h"

namespace shirube {

v1::Assessment ToWire(const Assessment& assessment,
                      const std::string& history) {
  v1::Assessment out;
  out.set_name(NameOf(AssessmentKey{assessment.plan, assessment.id}));
  FillStamp(assessment.stamp, history, &out);
  out.set_subject(
      assessment.initiative.empty()
          ? NameOf(IndicatorKey{assessment.plan, assessment.indicator})
          : NameOf(InitiativeKey{assessment.plan, assessment.initiative}));
  out.set_fiscal_year(assessment.fiscal_year.ToId());
  out.set_cause(assessment.cause);
  out.set_response(assessment.response);
  out.set_judgement(assessment.judgement);
  out.set_judged_by(assessment.author);
  out.set_judged_on(PeriodText(assessment.judged_on));
  out.set_comment(assessment.comment);
  return out;
}

Assessment ReadAssessment(const v1::Assessment& in, const AssessmentKey& key,
                          SubjectIs subject, const FieldReader& reader) {
  Assessment out;
  out.plan = key.plan;
  out.id = key.assessment;
  if (subject == SubjectIs::kRequired) {
    reader.Required("subject", in.subject());
    if (absl::StrContains(in.subject(), "/indicators/")) {
      out.indicator =
          ReadIndicatorOf(reader, "subject", in.subject(), key.plan);
    } else {
      out.initiative =
          ReadInitiativeOf(reader, "subject", in.subject(), key.plan);
    }
    reader.Required("fiscal_year", in.fiscal_year());
    if (auto year = reader.FiscalYear("fiscal_year", in.fiscal_year())) {
      out.fiscal_year = *year;
    }
  }
  out.cause = in.cause();
  out.response = in.response();
  out.comment = in.comment();
  out.judgement = in.judgement();
  out.author = in.judged_by();
  out.judged_on = reader.PeriodId("judged_on", in.judged_on());
  return out;
}

const std::vector<std::string>& WritableAssessmentFields() {
  static const auto& fields = *new std::vector<std::string>{
      "cause", "response", "comment", "judgement", "judged_by", "judged_on"};
  return fields;
}

void PatchAssessment(const Assessment& from, const std::set<std::string>& mask,
                     Assessment* to) {
  if (mask.count("cause")) to->cause = from.cause;
  if (mask.count("response")) to->response = from.response;
  if (mask.count("comment")) to->comment = from.comment;
  if (mask.count("judgement")) to->judgement = from.judgement;
  if (mask.count("judged_by")) to->author = from.author;
  if (mask.count("judged_on")) to->judged_on = from.judged_on;
}

}  // namespace shirube
