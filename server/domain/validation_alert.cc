#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/domain/validation.h"
#include "server/domain/validation_checker.h"

namespace shirube {
namespace {

using validation::Checker;

void CheckSpan(const Checker& check, std::string_view field,
               absl::Duration value, absl::Duration least, absl::Duration most,
               const char* en, const char* ja) {
  if (value >= least && value <= most) return;
  check.Add(field, "INVALID_FIELD", absl::StrCat("must be ", en),
            absl::StrCat(ja, "の長さを指定してください"));
}

const char* SinkField(SinkKind sink) {
  switch (sink) {
    case SinkKind::kWebhook:
      return "webhook";
    case SinkKind::kAlertmanager:
      return "alertmanager";
    case SinkKind::kPull:
      return "pull";
    case SinkKind::kUnspecified:
      break;
  }
  return "";
}

void CheckSink(const Subscription& s, const Checker& check) {
  if (s.sink == SinkKind::kUnspecified) {
    return check.Add("webhook", "REQUIRED",
                     "one of webhook, alertmanager and pull is required",
                     "webhook、alertmanager、pullのいずれかが必須です");
  }
  const Checker sink = check.In(SinkField(s.sink));
  if (s.sink == SinkKind::kPull) {
    return CheckSpan(sink, "ack_deadline", s.ack_deadline, absl::Seconds(1),
                     absl::Seconds(limits::kMaxAckDeadlineSeconds),
                     "1 to 600 seconds", "1秒から600秒まで");
  }
  sink.RequireText(s.url, "url");
  sink.Text(s.url, "url", limits::kMaxUrlChars);
  sink.Text(s.proxy, "proxy", limits::kMaxUrlChars);
  sink.Text(s.ca_pem, "ca_pem", limits::kMaxCaPemChars);
}

// An Alertmanager groups by itself, and who fetches takes at its own pace.
void CheckDigest(const Subscription& s, const Checker& check) {
  if (s.digest_over < 0 || s.digest_over > limits::kMaxDigestOver) {
    check.Add("digest_over", "INVALID_FIELD",
              absl::StrCat("must be 0 (never) to ", limits::kMaxDigestOver),
              absl::StrCat("0(まとめない)から", limits::kMaxDigestOver,
                           "までの数を指定してください"));
  }
  if (s.digest_over > 0 && s.sink != SinkKind::kWebhook) {
    check.Add("digest_over", "INVALID_FIELD",
              "only webhooks take digests; leave it 0",
              "まとめて送れるのはwebhookだけです。0にしてください");
  }
  CheckSpan(check, "digest_window", s.digest_window, absl::Seconds(1),
            absl::Hours(limits::kMaxDigestWindowHours), "1 second to 1 day",
            "1秒から1日まで");
}

}  // namespace

void ValidateSubscription(const Subscription& s, std::string_view prefix,
                          Violations* out) {
  const Checker check(prefix, out);
  check.Text(s.display_name, "display_name", limits::kMaxNameChars);
  CheckSink(s, check);
  CheckSpan(check, "retry_for", s.retry_for,
            absl::Minutes(limits::kMinRetryMinutes),
            absl::Hours(24 * limits::kMaxRetryDays), "1 minute to 60 days",
            "1分から60日まで");
  CheckDigest(s, check);
}

void ValidateAlertReason(std::string_view text, std::string_view field,
                         Violations* out) {
  const Checker check("", out);
  check.RequireText(text, field);
  check.Text(text, field, limits::kMaxTextChars);
}

}  // namespace shirube
