#include "tests/e2e/alerts/sinks.h"

#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/alerting/signature.h"

namespace shirube::e2e {
namespace {

using nlohmann::json;

std::string Header(const Request& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

bool Verifies(const Request& request, const std::string& secret) {
  const std::string at = Header(request, "webhook-timestamp");
  const auto expected =
      SignWebhook({secret}, Header(request, "webhook-id"),
                  std::strtoll(at.c_str(), nullptr, 10), request.body);
  return expected.ok() && Header(request, "webhook-signature") == *expected;
}

std::string ReadWebhook(const Request& request, const std::string& secret,
                        Witness* witness) {
  const std::string key = Header(request, "webhook-id");
  if (!Verifies(request, secret)) {
    witness->Complain(absl::StrCat(key, " is not signed as it should be"));
  }
  const json event = json::parse(request.body, nullptr, false);
  v1::AlertTransition data;
  if (event.is_discarded() || event.value("id", "") != key ||
      !event.contains("data") ||
      !google::protobuf::util::JsonStringToMessage(event["data"].dump(), &data)
           .ok() ||
      data.idempotency_key() != key) {
    witness->Complain(absl::StrCat(key, " cannot be read: ", request.body));
    return "";
  }
  witness->Arrived(key, request.body, data.ShortDebugString());
  return key;
}

std::string Line(const std::string& alert, const std::string& end,
                 const std::string& reason, const std::string& sentence) {
  return absl::StrCat(alert, "|", end, "|", reason, "|", sentence);
}

std::string ReadForManager(const Request& request, Witness* witness) {
  const json body = json::parse(request.body, nullptr, false);
  if (request.path != "/api/v2/alerts" || !body.is_array() || body.empty()) {
    witness->Complain(absl::StrCat("to ", request.path, ": ", request.body));
    return "";
  }
  // The one before it ends what had other labels.
  const json& alert = body.back();
  const json& notes = alert["annotations"];
  const std::string key = Line(notes["alert"], alert["endsAt"], notes["reason"],
                               notes["description"]);
  witness->Arrived(key, key, "");
  return key;
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) +
         absl::Nanoseconds(time.nanos());
}

// As an Alertmanager is told: what fires ends ten years after it began.
std::string EndOf(const v1::AlertTransition& row) {
  const absl::Time start = TimeOf(row.alert().create_time());
  const bool ended = row.alert().state() == v1::Alert::STATE_RESOLVED;
  const absl::Time end =
      ended ? std::max(TimeOf(row.time()), start + absl::Milliseconds(1))
            : start + absl::Hours(24 * 3652);
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", end, absl::UTCTimeZone());
}

}  // namespace

BadReceiver::Read ReadsWebhooks(std::string secret) {
  return
      [secret = std::move(secret)](const Request& request, Witness* witness) {
        return ReadWebhook(request, secret, witness);
      };
}

BadReceiver::Read ReadsAsManager() { return ReadForManager; }

void NoteArrival(const v1::AlertTransition& transition, Witness* witness) {
  const std::string content = transition.ShortDebugString();
  witness->Arrived(transition.idempotency_key(), content, content);
}

std::vector<Owed> OwedByKey(const Transitions& log) {
  std::vector<Owed> owed;
  for (const v1::AlertTransition& row : log) {
    owed.push_back({row.idempotency_key(), row.alert().name(),
                    row.alert().transition_seq(), row.ShortDebugString()});
  }
  return owed;
}

std::vector<Owed> OwedToManager(const Transitions& log) {
  std::vector<Owed> owed;
  std::set<std::string> keys;
  for (const v1::AlertTransition& row : log) {
    const v1::Alert& alert = row.alert();
    const std::string key =
        Line(alert.name(), EndOf(row), alert.reason(), alert.sentence().ja());
    if (!keys.insert(key).second) continue;
    owed.push_back({key, alert.name(), alert.transition_seq(), ""});
  }
  return owed;
}

}  // namespace shirube::e2e
