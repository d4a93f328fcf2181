#include "server/domain/verdict.h"

namespace shirube {
namespace {

// How bad a raised status is; the worse one wins a conflict.
int Badness(Status status) {
  switch (status) {
    case Status::kAtRisk:
      return 3;
    case Status::kOnTrack:
      return 2;
    case Status::kAchieved:
      return 1;
    default:
      return 0;
  }
}

void SetIndeterminate(const ModuleAnswer& fault, Verdict* verdict) {
  verdict->status = Status::kIndeterminate;
  verdict->reason = fault.fault;
  verdict->module = fault.module;
}

void SetNotEvaluated(const ModuleAnswer* cannot_tell, Verdict* verdict) {
  verdict->status = Status::kNotEvaluated;
  verdict->reason =
      cannot_tell != nullptr ? cannot_tell->reason : "NOTHING_RAISED";
  if (cannot_tell != nullptr) verdict->module = cannot_tell->module;
}

// The worst of what was raised from `first` on, the earliest among equals; and
// the module that disagrees with it.
void SetRaised(const std::vector<ModuleAnswer>& answers,
               const ModuleAnswer& first, Verdict* verdict) {
  const ModuleAnswer* worst = &first;
  const ModuleAnswer* other = nullptr;
  for (const ModuleAnswer& answer : answers) {
    if (answer.is_mark || answer.answer != Answer::kRaised) continue;
    if (answer.status != first.status && other == nullptr) other = &answer;
    if (Badness(answer.status) > Badness(worst->status)) worst = &answer;
  }
  verdict->status = worst->status;
  verdict->reason = worst->reason;
  verdict->severity = worst->severity;
  verdict->module = worst->module;
  if (other == nullptr) return;
  verdict->conflicting_module = worst == &first ? other->module : first.module;
  AddMark("CONFLICT", &verdict->marks);
}

}  // namespace

Verdict CombineAnswers(const std::vector<ModuleAnswer>& answers) {
  Verdict verdict;
  const ModuleAnswer* raised = nullptr;       // the first
  const ModuleAnswer* cannot_tell = nullptr;  // the first
  const ModuleAnswer* fault = nullptr;        // the first
  bool fault_before_raised = false;
  for (const ModuleAnswer& answer : answers) {
    if (answer.answer == Answer::kFault) {
      verdict.failed.push_back(
          {std::string(answer.module), std::string(answer.fault)});
    }
    if (answer.is_mark) {
      if (answer.answer == Answer::kRaised) {
        AddMark(answer.mark, &verdict.marks);
      }
      continue;
    }
    switch (answer.answer) {
      case Answer::kRaised:
        if (raised != nullptr) break;
        raised = &answer;
        fault_before_raised = fault != nullptr;
        break;
      case Answer::kCannotTell:
        if (cannot_tell == nullptr) cannot_tell = &answer;
        break;
      case Answer::kFault:
        if (fault == nullptr) fault = &answer;
        break;
      case Answer::kNotRaised:
        break;
    }
  }
  if (raised != nullptr && !fault_before_raised) {
    SetRaised(answers, *raised, &verdict);
  } else if (fault != nullptr) {
    SetIndeterminate(*fault, &verdict);
  } else {
    SetNotEvaluated(cannot_tell, &verdict);
  }
  return verdict;
}

}  // namespace shirube
