// Options that the commands share which read what was judged: verdicts, flags,
// explain.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_READING_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_READING_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/names.h"
#include "shirube/v1/verdict.pb.h"

namespace shirube::cli {

struct Reading {
  std::string as_of, as_known_at;
  bool allow_future = false;
  std::string fail_on;  // "at-risk" or empty

  // Declares the options; this object must outlive the parsing.
  void Declare(CLI::App* app);

  bool fails_on_at_risk() const { return !fail_on.empty(); }

  // Turns --as-of, as typed, into a period id; an error of usage otherwise.
  absl::Status Resolve(const Context& context);

  // Sets the fields that all requests which read judgements have.
  template <typename Request>
  void Fill(Request* request) const {
    request->set_as_of(as_of);
    request->set_as_known_at(as_known_at);
    request->set_allow_future(allow_future);
  }
};

// Which rows of a plan a list shows, as typed.
struct RowChoice {
  std::string plan, owner;
  std::vector<std::string> statuses;

  // Declares PLAN, --status and --owner; this object must outlive the parsing.
  void Declare(CLI::App* app);
};

// The PLAN argument, or --plan, or the only plan there is, as "plans/…".
absl::StatusOr<std::string> PlanToRead(const Context& context,
                                       const std::string& typed);

// "at-risk", "要改善": as in --status. An error of usage lists the words.
absl::StatusOr<std::vector<v1::Verdict::Status>> StatusesArgument(
    const Context& context, const std::vector<std::string>& typed);

// The filter of a list: `(status = AT_RISK OR status = …) AND owner =
// "財政課"`.
std::string ListFilter(const std::vector<v1::Verdict::Status>& statuses,
                       const std::string& owner);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_READING_H_
