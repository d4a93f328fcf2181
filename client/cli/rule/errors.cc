#include "client/cli/rule/errors.h"

#include "client/lib/error.h"
#include "google/rpc/error_details.pb.h"

namespace shirube::cli {
namespace {

google::rpc::Status Details(absl::StatusCode code, const std::string& reason,
                            const std::string& message) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("shirube");
  status.add_details()->PackFrom(info);
  return status;
}

absl::StatusCode CodeOf(ModuleReason reason) {
  switch (reason) {
    case ModuleReason::kNotFound:
      return absl::StatusCode::kNotFound;
    case ModuleReason::kWorkerUnavailable:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInvalidArgument;
  }
}

}  // namespace

absl::Status KitError(const Context& context, absl::StatusCode code,
                      const std::string& reason, const std::string& ja,
                      const std::string& en) {
  return client::MakeStatus(
      Details(code, reason, std::string(context.Say(ja, en))));
}

absl::Status RefusedModule(const Context& context, const std::string& path,
                           const ModuleProblem& problem) {
  const std::string word(ReasonWord(problem.reason));
  const std::string before = path + ": " + word + ": ";
  return KitError(context, CodeOf(problem.reason), word,
                  before + (problem.ja.empty() ? problem.detail : problem.ja),
                  before + problem.detail);
}

absl::Status WrongCases(const Context& context,
                        const std::vector<CaseProblem>& problems) {
  google::rpc::BadRequest all;
  for (const CaseProblem& problem : problems) {
    auto* violation = all.add_field_violations();
    violation->set_field(PlaceText(problem.file, problem.line));
    violation->set_description(
        std::string(context.Say(problem.ja, problem.en)));
  }
  const auto& first = all.field_violations(0);
  const std::string n = std::to_string(problems.size());
  google::rpc::Status status = Details(
      absl::StatusCode::kInvalidArgument,
      std::string(KindWord(problems.front().kind)),
      problems.size() == 1
          ? first.field() + ": " + first.description()
          : std::string(context.Say(
                "ケースに誤りが" + n + "件あります。何も問い合わせていません。",
                n + " things are wrong with the cases; nothing was asked")));
  status.add_details()->PackFrom(all);
  return client::MakeStatus(status);
}

std::string PlaceText(const std::string& file, int line) {
  return file + ":" + std::to_string(line);
}

}  // namespace shirube::cli
