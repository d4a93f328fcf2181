// shirube sheet: the CSV of figures to be filled in for a year.
#include "client/report/sheet.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "client/cli/commands/resource.h"
#include "server/domain/era.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::string plan, year, owner, folder;
  bool excel = false;
};

// A department's name as part of a file's name.
std::string FileName(const std::string& plan, const Period& period,
                     const std::string& owner) {
  std::string name =
      plan + "-" + ShortJapanese(period) + (owner.empty() ? "" : "-" + owner);
  for (char& c : name) {
    if (c == '/' || c == '\0' || c == '\n') c = '_';
  }
  return name + ".csv";
}

absl::Status WriteFile(const std::filesystem::path& path,
                       const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  file.close();
  if (file.good()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      path.string() + " cannot be written: " + std::strerror(errno));
}

// One file for every department.
int WriteFolder(const Context& context, const Typed& typed,
                const v1::PlanDocument& document,
                report::SheetOptions options) {
  std::error_code error;
  std::filesystem::create_directories(typed.folder, error);
  if (error) {
    return Fail(context, absl::FailedPreconditionError(typed.folder + ": " +
                                                       error.message()));
  }
  for (const std::string& owner : report::SheetOwners(document)) {
    if (!typed.owner.empty() && owner != typed.owner) continue;
    options.owner = owner;
    const std::filesystem::path path =
        std::filesystem::path(typed.folder) /
        FileName(IdOf(document.plan().name()), options.period, owner);
    absl::Status written =
        WriteFile(path, report::WriteSheet(document, options));
    if (!written.ok()) return Fail(context, written);
    context.out << path.string() << '\n';
  }
  return kDone;
}

int Sheet(const Context& context, const Typed& typed) {
  auto plan = PlanArgument(context, typed.plan);
  if (!plan.ok()) return Fail(context, plan.status());
  auto period = PeriodArgument(context, typed.year);
  if (!period.ok()) return Fail(context, period.status());
  v1::ExportPlanRequest request;
  request.set_plan(*plan);
  auto exported = context.plans().ExportPlan(request);
  if (!exported.ok()) return Fail(context, exported.status());
  report::SheetOptions options{.period = *period, .excel = typed.excel};
  if (!typed.folder.empty()) {
    return WriteFolder(context, typed, exported->document(), options);
  }
  if (!typed.owner.empty()) options.owner = typed.owner;
  context.out << report::WriteSheet(exported->document(), options);
  return kDone;
}

}  // namespace

void AddSheet(CLI::App& app, Chosen& chosen) {
  auto typed = std::make_shared<Typed>();
  auto* sub = app.add_subcommand(
      "sheet", "The CSV of figures to be filled in for a year");
  sub->add_option("PLAN", typed->plan, "The plan")->required();
  sub->add_option("PERIOD", typed->year, "R5, FY2023 …")->required();
  sub->add_option("--owner", typed->owner, "Only this department's");
  sub->add_option("--out", typed->folder,
                  "One file a department into this folder");
  sub->add_flag("--excel", typed->excel, "UTF-8 with BOM and CRLF");
  sub->callback([=, &chosen] {
    chosen.run = [=](Context& context) { return Sheet(context, *typed); };
  });
}

}  // namespace shirube::cli
