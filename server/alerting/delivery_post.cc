#include "server/alerting/delivery_post.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/alerting/signature.h"
#include "server/base/status_macros.h"

namespace shirube {
namespace {

absl::StatusOr<std::vector<std::string>> WebhookHeaders(const SinkConfig& sink,
                                                        const std::string& key,
                                                        const std::string& body,
                                                        absl::Time now) {
  const int64_t timestamp = absl::ToUnixSeconds(now);
  std::vector<std::string> secrets;
  for (const SinkSecret& secret : sink.secrets) {
    if (now < secret.until) secrets.push_back(secret.text);
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::string signature,
                           SignWebhook(secrets, key, timestamp, body));
  std::vector<std::string> headers = {
      "Content-Type: application/cloudevents+json; charset=utf-8",
      // Without it curl waits for a 100 before a longer body.
      "Expect:", absl::StrCat("webhook-id: ", key),
      absl::StrCat("webhook-timestamp: ", timestamp)};
  if (!signature.empty()) {
    headers.push_back(absl::StrCat("webhook-signature: ", signature));
  }
  return headers;
}

}  // namespace

absl::StatusOr<SinkUrl> TargetOf(const SinkConfig& sink) {
  const bool base = sink.kind == SinkKind::kAlertmanager;
  return ParseSinkUrl(
      base ? absl::StrCat(absl::StripSuffix(sink.url, "/"), "/api/v2/alerts")
           : sink.url,
      sink.allow_private);
}

absl::StatusOr<Post> MakePost(const SinkConfig& sink,
                              const absl::StatusOr<SinkUrl>& target,
                              const std::string& key, std::string body,
                              absl::Time now) {
  if (!target.ok()) return target.status();
  Post post;
  if (sink.kind == SinkKind::kAlertmanager) {
    post.headers = {"Content-Type: application/json", "Expect:"};
  } else {
    SHIRUBE_ASSIGN_OR_RETURN(post.headers,
                             WebhookHeaders(sink, key, body, now));
  }
  post.url = target->url;
  post.allow_private = sink.allow_private;
  post.ca_pem = sink.ca_pem;
  post.proxy = sink.proxy;
  post.body = std::move(body);
  return post;
}

}  // namespace shirube
