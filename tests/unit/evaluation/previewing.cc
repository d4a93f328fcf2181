#include "tests/unit/evaluation/previewing.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/unit/evaluation/builders.h"

namespace shirube::testing {

Told Preview(World& world, const Yardstick& candidate,
             const PreviewOptions& options, absl::Time deadline) {
  Told told;
  told.status = world.evaluator().Preview(
      candidate, options, deadline, [&](PreviewPart part) {
        for (const auto& one : part.verdicts) told.verdicts.push_back(one);
        for (const auto& one : part.flags) told.flags.push_back(one);
        for (const auto& one : part.summaries) told.summaries.push_back(one);
        told.parts.push_back(std::move(part));
        return true;
      });
  return told;
}

Yardstick Stored(const std::string& id) {
  Yardstick yardstick;
  yardstick.id = RuleSetId(id);
  return yardstick;
}

PreviewOptions OfPlan(const std::string& plan, std::vector<Period> as_of) {
  PreviewOptions options;
  options.plan = PlanId(plan);
  options.as_of = std::move(as_of);
  options.max_changes = 1'000'000;
  return options;
}

Indicator Slow(const std::string& id, const std::string& plan) {
  return IndicatorBuilder("%", id, plan)
      .Baseline("86.5", "H24")
      .Target("92", "H29")
      .Build();
}
void AddSlow(World& world, const Indicator& indicator) {
  world.Add(indicator);
  world.Record(Measured(indicator, "H27", "89.5"));
}

Revision HeadOf(World& world) {
  return world.store().Snapshot().value()->Head().value().revision;
}

std::string DumpOf(World& world) {
  const auto reader = world.store().Snapshot().value();
  std::string dump = absl::StrCat(reader->Head()->revision, "/",
                                  reader->Head()->judged_through, "\n");
  const auto changes = reader->ListChanges(0, 0).value();
  for (const Change& change : changes) {
    absl::StrAppend(&dump, change.revision, change.action, change.actor, "\n");
  }
  const auto verdicts = reader->ListVerdicts(ListQuery()).value();
  for (const Verdict& verdict : verdicts) {
    absl::StrAppend(&dump, verdict.indicator.indicator.value(), verdict.reason,
                    verdict.revision, verdict.rule_set.value(), "\n");
  }
  const auto modules = reader->ListRuleModules().value();
  for (const RuleModuleRecord& module : modules) {
    absl::StrAppend(&dump, module.sha256, module.revision, "\n");
  }
  const auto sets = reader->ListRuleSets().value();
  for (const RuleSetRecord& set : sets) {
    absl::StrAppend(&dump, set.id.value(), set.revision, "\n");
  }
  const auto activations = reader->ListActivations(PlanId()).value();
  for (const ActivationRecord& one : activations) {
    absl::StrAppend(&dump, one.rule_set.value(), one.revision, "\n");
  }
  const auto quarantines = reader->ListQuarantines().value();
  for (const QuarantineRecord& one : quarantines) {
    absl::StrAppend(&dump, one.sha256, "\n");
  }
  return dump;
}

Yardstick OfFiles(World& world, const std::vector<std::string>& modules,
                  const Parameters& parameters) {
  Yardstick yardstick;
  for (const std::string& module : modules) {
    const auto file = world.host().VerifyFile(module + ".so").value();
    RuleModuleRecord record;
    record.module = file->manifest->id;
    record.version = file->manifest->version;
    record.sha256 = file->sha256;
    record.bytes = file->Bytes().value();
    yardstick.modules.push_back(std::move(record));
  }
  yardstick.parameters = parameters;
  return yardstick;
}

}  // namespace shirube::testing
