#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/commands/rule_kit.h"
#include "client/cli/rule/case_report.h"
#include "client/cli/rule/check_report.h"
#include "client/cli/rule/errors.h"
#include "client/cli/rule/junit.h"
#include "client/cli/rule/new_module.h"
#include "client/cli/rule/subject.h"
#include "client/cli/rule/words.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/rule_host/case_trial.h"
#include "server/rule_host/examination.h"
#include "server/rule_host/workbench.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::string subject, module, worker;
  std::string junit, only;             // test
  std::string name, language, folder;  // new
};

// ---- new. ----

bool IsModuleName(const std::string& name) {
  return !name.empty() && name.size() <= 63 && name[0] >= 'a' &&
         name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
             std::string::npos;
}

void PrintNew(const Context& context, const NewModule& module,
              const std::vector<std::string>& names) {
  if (context.format == Format::kJson || context.format == Format::kJsonl) {
    const Json json = {{"module", module.name},
                       {"language", module.language},
                       {"folder", module.folder},
                       {"files", names}};
    context.out << Printed(json, context.format == Format::kJson) << '\n';
    return;
  }
  if (context.format != Format::kTable) {
    for (const std::string& name : names) {
      context.out << module.folder << '/' << name << '\n';
    }
    return;
  }
  context.out << context.Painted(module.folder, Tone::kBold)
              << context.Say(" を作りました。", " is ready.") << '\n';
  for (const std::string& name : names) context.out << "  " << name << '\n';
  const bool lua = module.language == "lua";
  const std::string file = module.name + (lua ? ".lua" : ".so");
  context.out << context.Say("次へ: ", "next: ") << "cd " << module.folder
              << (lua ? "" : " && make") << " && shirube rule check " << file
              << " && shirube rule test " << (lua ? file : ".") << '\n';
}

int New(const Context& context, const Typed& typed) {
  if (!IsModuleName(typed.name)) {
    return FailUsage(
        context,
        QuotedJa(typed.name) +
            ": モジュールの名前は英小文字で始め、英小文字・数字・_ で63文字まで"
            "です(例: our_pace)。",
        Quoted(typed.name) +
            ": a module's name starts with a small letter and has small "
            "letters, digits and _, at most 63 (our_pace)");
  }
  if (typed.language != "c" && typed.language != "cpp" &&
      typed.language != "lua") {
    return FailUsage(
        context,
        QuotedJa(typed.language) +
            ": --lang は c、cpp、lua のいずれかです。表示の言語は `shirube "
            "--lang ja rule new …` のように前に書きます。",
        Quoted(typed.language) +
            ": --lang is c, cpp or lua here; the language of the output goes "
            "before the command: `shirube --lang en rule new …`");
  }
  const std::string folder = (std::filesystem::path(typed.folder) / typed.name)
                                 .lexically_normal()
                                 .string();
  const NewModule module = {typed.name, typed.language, folder};
  const auto names = WriteNewModule(context, module);
  if (!names.ok()) return Fail(context, names.status());
  PrintNew(context, module, *names);
  return kDone;
}

// ---- What the others share. ----

struct Opened {
  Subject subject;
  std::unique_ptr<Workbench> bench;
  ModuleFile file;
  std::vector<cases::Case> cases;
  std::vector<CaseProblem> problems;
};

absl::Status FindAll(const Context& context, const Typed& typed,
                     Opened* opened) {
  SHIRUBE_ASSIGN_OR_RETURN(opened->subject,
                           FindSubject(context, typed.subject, typed.module));
  SHIRUBE_ASSIGN_OR_RETURN(const std::string worker,
                           FindWorker(context, typed.worker));
  opened->bench = std::make_unique<Workbench>(worker);
  for (const std::string& warning : opened->subject.warnings) {
    Warn(context, warning);
  }
  return absl::OkStatus();
}

absl::Status OpenAll(const Context& context, const Typed& typed,
                     Opened* opened) {
  SHIRUBE_RETURN_IF_ERROR(FindAll(context, typed, opened));
  const ModuleProblem problem =
      opened->bench->Open(opened->subject.path, &opened->file);
  if (!problem.ok()) {
    return RefusedModule(context, opened->subject.path, problem);
  }
  opened->cases = ReadCases(opened->subject, opened->file, &opened->problems);
  return absl::OkStatus();
}

absl::StatusOr<CaseReport> AskCases(const Context& context, Opened* opened) {
  CaseReport report{.path = opened->subject.path, .file = &opened->file};
  Trial trial(opened->bench->SetupFor(opened->file));
  ModuleProblem problem = trial.Begin(opened->cases);
  if (problem.ok()) {
    problem = RunCases(&trial, {}, &report.results, &report.together);
  }
  if (!problem.ok()) {
    return RefusedModule(context, opened->subject.path, problem);
  }
  // They point into the trial, which ends here.
  for (CaseResult& result : report.results) {
    const auto row = static_cast<size_t>(result.one - trial.rows().data());
    const auto wanted = static_cast<size_t>(result.expectation -
                                            result.one->expectations.data());
    result.one = &opened->cases[row];
    result.expectation = &opened->cases[row].expectations[wanted];
  }
  return report;
}

absl::Status NoCases(const Context& context, const Opened& opened) {
  const std::string& path = opened.subject.path;
  return KitError(context, absl::StatusCode::kInvalidArgument, "NO_CASES",
                  path + " にケースがありません。cases/" +
                      opened.file.manifest->id + ".case に書いてください。",
                  path + " has no cases; write some into cases/" +
                      opened.file.manifest->id + ".case");
}

// ---- check. ----

int Check(const Context& context, const Typed& typed) {
  Opened opened;
  const absl::Status found = FindAll(context, typed, &opened);
  if (!found.ok()) return Fail(context, found);
  const ExaminationOptions options;
  CheckReport report{
      .path = opened.subject.path, .file = &opened.file, .seed = options.seed};
  const ModuleProblem problem =
      opened.bench->Open(opened.subject.path, &opened.file);
  if (problem.reason == ModuleReason::kWorkerUnavailable) {
    return Fail(context, RefusedModule(context, report.path, problem));
  }
  report.checks = VerificationChecks(opened.file, problem);
  if (!problem.ok()) {
    PrintChecks(context, report);
    return kRefused;
  }
  opened.cases = ReadCases(opened.subject, opened.file, &opened.problems);
  report.checks.push_back(
      CasesCheck(static_cast<int>(opened.cases.size()), opened.problems));
  if (!opened.problems.empty()) {
    PrintChecks(context, report);
    return kRefused;
  }
  for (CheckResult& check :
       Examine(opened.bench.get(), opened.file, opened.cases, options)) {
    report.checks.push_back(std::move(check));
  }
  PrintChecks(context, report);
  return report.well() ? kDone : kFailed;
}

// ---- test. ----

absl::Status WriteJunit(const Context& context, const std::string& path,
                        const std::string& text) {
  if (path.empty()) return absl::OkStatus();
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file.fail()) return absl::OkStatus();
  return KitError(context, absl::StatusCode::kInternal, "CANNOT_WRITE",
                  path + " を書けません。", path + " cannot be written");
}

// Those whose name holds `only`.
absl::Status KeepOnly(const Context& context, const std::string& only,
                      std::vector<cases::Case>* cases) {
  if (only.empty()) return absl::OkStatus();
  std::string names;
  size_t shown = 0;
  for (const cases::Case& one : *cases) {
    if (++shown > 10) break;
    names += "\n  " + one.name;
  }
  if (shown > 10) names += "\n  …";
  std::erase_if(*cases, [&only](const cases::Case& one) {
    return one.name.find(only) == std::string::npos;
  });
  if (!cases->empty()) return absl::OkStatus();
  return KitError(
      context, absl::StatusCode::kNotFound, "NO_SUCH_CASE",
      QuotedJa(only) + "を名前に含むケースはありません。あるもの:" + names,
      "no case has " + Quoted(only) + " in its name; there are:" + names);
}

absl::StatusOr<CaseReport> Test(const Context& context, const Typed& typed,
                                Opened* opened) {
  SHIRUBE_RETURN_IF_ERROR(OpenAll(context, typed, opened));
  const std::string& id = opened->file.manifest->id;
  if (!opened->problems.empty()) {
    SHIRUBE_RETURN_IF_ERROR(WriteJunit(context, typed.junit,
                                       JunitOf(context, id, opened->problems)));
    return WrongCases(context, opened->problems);
  }
  if (opened->cases.empty()) return NoCases(context, *opened);
  SHIRUBE_RETURN_IF_ERROR(KeepOnly(context, typed.only, &opened->cases));
  SHIRUBE_ASSIGN_OR_RETURN(CaseReport report, AskCases(context, opened));
  SHIRUBE_RETURN_IF_ERROR(
      WriteJunit(context, typed.junit, JunitOf(context, id, report.results)));
  return report;
}

int RunTest(const Context& context, const Typed& typed) {
  Opened opened;
  const auto report = Test(context, typed, &opened);
  if (!report.ok()) return Fail(context, report.status());
  PrintTests(context, *report);
  return report->well() ? kDone : kFailed;
}

// ---- coverage. ----

int RunCoverage(const Context& context, const Typed& typed) {
  Opened opened;
  absl::Status status = OpenAll(context, typed, &opened);
  if (status.ok() && !opened.problems.empty()) {
    status = WrongCases(context, opened.problems);
  }
  if (status.ok() && opened.cases.empty()) status = NoCases(context, opened);
  if (!status.ok()) return Fail(context, status);
  const auto report = AskCases(context, &opened);
  if (!report.ok()) return Fail(context, report.status());
  const std::vector<ReasonCoverage> coverage = CoverageOf(*report);
  PrintCoverage(context, *report, coverage);
  if (!report->well()) {
    Warn(context, context.Say("期待と違う判定があります。shirube rule test で"
                              "確かめてください。",
                              "some answers are not what the cases expect; see "
                              "shirube rule test"));
  }
  const bool all = std::all_of(
      coverage.begin(), coverage.end(),
      [](const ReasonCoverage& one) { return one.expectations > 0; });
  return all ? kDone : kPartlyDone;
}

template <typename Act>
void Bind(CLI::App* command, Chosen& chosen, std::shared_ptr<Typed> typed,
          Act act) {
  command->callback([&chosen, typed, act] {
    chosen.here = true;
    chosen.run = [typed, act](Context& context) {
      return static_cast<int>(act(context, *typed));
    };
  });
}

void AddWorker(CLI::App* command, Typed* typed) {
  command
      ->add_option("--worker", typed->worker,
                   "Program that runs modules; else the one beside shirube")
      ->type_name("PROGRAM");
}

void AddSubject(CLI::App* command, Typed* typed) {
  command
      ->add_option(
          "SUBJECT", typed->subject,
          "A module's folder, with its cases as they lie there, or its "
          "file, with the cases it carries")
      ->required()
      ->type_name("DIR|FILE");
  command
      ->add_option("--module", typed->module,
                   "The module's file, where it is not in DIR")
      ->type_name("FILE");
  AddWorker(command, typed);
}

}  // namespace

void AddRuleKit(CLI::App* group, Chosen& chosen) {
  auto fresh = std::make_shared<Typed>();
  auto* command = group->add_subcommand(
      "new", "Write a new module that builds, with one case");
  command
      ->add_option("NAME", fresh->name, "Its id: small letters, digits and _")
      ->required();
  command
      ->add_option("--lang", fresh->language,
                   "What it is written in: c, cpp or lua")
      ->required()
      ->type_name("c|cpp|lua");
  command
      ->add_option("--dir", fresh->folder,
                   "Where its folder is made; else here")
      ->type_name("DIR");
  Bind(command, chosen, fresh, New);

  auto check = std::make_shared<Typed>();
  command = group->add_subcommand(
      "check",
      "Does a module stand what a server may ask of it? Verifies its file, "
      "then tries it in a confined worker");
  command->add_option("FILE", check->subject, "The module: x.so or x.lua")
      ->required();
  AddWorker(command, check.get());
  Bind(command, chosen, check, Check);

  auto test = std::make_shared<Typed>();
  command =
      group->add_subcommand("test", "Does a module answer as its cases say?");
  AddSubject(command, test.get());
  command
      ->add_option("--junit", test->junit, "Write the results as JUnit's XML")
      ->type_name("FILE");
  command
      ->add_option("--case", test->only,
                   "Only the cases with this in their name")
      ->type_name("TEXT");
  Bind(command, chosen, test, RunTest);

  auto coverage = std::make_shared<Typed>();
  command = group->add_subcommand(
      "coverage",
      "Which of its reasons does no case reach? Exit code 7 where one is left");
  AddSubject(command, coverage.get());
  Bind(command, chosen, coverage, RunCoverage);
}

}  // namespace shirube::cli
