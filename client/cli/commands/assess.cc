// shirube assess: what people say about a year, beside the computed status.
#include <memory>

#include "client/cli/commands/resource.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::string subject, year;
  Fields fields;
};

std::vector<FieldOption> AssessmentFields() {
  return {
      {"--cause", "cause", FieldKind::kText, "Why it came so (要因)"},
      {"--response", "response", FieldKind::kText,
       "What will be done (今後の対応)"},
      {"--comment", "comment", FieldKind::kText, "A comment"},
      {"--judgement", "judgement", FieldKind::kText,
       "Your own judgement; shown beside the computed one"},
      {"--by", "judged_by", FieldKind::kText, "Who judged"},
      {"--on", "judged_on", FieldKind::kPeriod, "When (2023-06-30)"},
  };
}

// The resource name of an indicator or an initiative; the indicator first.
absl::StatusOr<std::string> FindSubject(const Context& context,
                                        const std::string& text) {
  auto indicator = FindIndicator(context, text);
  if (indicator.ok()) return indicator->name();
  if (!absl::IsNotFound(indicator.status())) return indicator.status();
  auto initiative = FindInitiative(context, text);
  if (!initiative.ok()) return initiative.status();
  return initiative->name();
}

// The stored assessment of the subject and year, where there is one.
absl::StatusOr<v1::Assessment> StoredAssessment(const Context& context,
                                                const std::string& subject,
                                                const std::string& year) {
  v1::ListAssessmentsRequest request;
  request.set_parent(PlanOf(subject));
  for (auto& row : context.plans().AllAssessments(request)) {
    if (!row.ok()) return row.status();
    if (row->subject() == subject && row->fiscal_year() == year) return row;
  }
  v1::Assessment fresh;
  fresh.set_subject(subject);
  fresh.set_fiscal_year(year);
  return fresh;
}

int Assess(const Context& context, const Typed& typed) {
  auto subject = FindSubject(context, typed.subject);
  if (!subject.ok()) return Fail(context, subject.status());
  auto year = PeriodArgument(context, typed.year);
  if (!year.ok()) return Fail(context, year.status());
  auto assessment = StoredAssessment(context, *subject, year->ToId());
  if (!assessment.ok()) return Fail(context, assessment.status());
  google::protobuf::FieldMask mask;
  absl::Status applied = typed.fields.Apply(&*assessment, &mask);
  if (!applied.ok()) return Fail(context, applied);
  if (mask.paths_size() == 0) {
    return FailUsage(context, "内容を指定してください(--cause など)。",
                     "say something (--cause, --response …)");
  }
  if (assessment->name().empty()) {
    v1::CreateAssessmentRequest request;
    request.set_parent(PlanOf(*subject));
    *request.mutable_assessment() = *std::move(assessment);
    return Written(context, context.plans().CreateAssessment(request));
  }
  v1::UpdateAssessmentRequest request;
  *request.mutable_assessment() = *std::move(assessment);
  *request.mutable_update_mask() = std::move(mask);
  return Written(context, context.plans().UpdateAssessment(request));
}

}  // namespace

void AddAssess(CLI::App& app, Chosen& chosen) {
  auto typed = std::make_shared<Typed>();
  auto* sub = app.add_subcommand(
      "assess", "Write causes and responses for a year (評価コメント)");
  sub->add_option("SUBJECT", typed->subject, "An indicator or an initiative")
      ->required();
  sub->add_option("YEAR", typed->year, "Fiscal year (R4)")->required();
  typed->fields.Declare(sub, AssessmentFields());
  sub->callback([=, &chosen] {
    chosen.run = [=](Context& context) { return Assess(context, *typed); };
  });
}

}  // namespace shirube::cli
