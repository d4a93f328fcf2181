#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/alerting/alertmanager_body.h"
#include "server/alerting/attempt.h"
#include "server/alerting/backoff.h"
#include "server/alerting/circuit.h"
#include "server/alerting/delivery_queue.h"
#include "server/alerting/digest.h"
#include "server/alerting/retry_after.h"

namespace shirube {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(784111777);  // 1994-11-06

TEST(Backoff, DoublesUpToAnHour) {
  EXPECT_EQ(Backoff(1, 0.5), absl::Milliseconds(500));
  EXPECT_EQ(Backoff(2, 0.5), absl::Seconds(1));
  EXPECT_EQ(Backoff(5, 0.5), absl::Seconds(8));
  EXPECT_EQ(Backoff(13, 0.5), absl::Minutes(30));
  EXPECT_EQ(Backoff(1000000, 0.5), absl::Minutes(30));
  EXPECT_EQ(Backoff(7, 0), absl::ZeroDuration());
}

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(ParseRetryAfter("120", kNow), absl::Seconds(120));
  EXPECT_EQ(ParseRetryAfter(" 0 ", kNow), absl::ZeroDuration());
  EXPECT_EQ(ParseRetryAfter("86400", kNow), absl::Hours(1));
  EXPECT_EQ(ParseRetryAfter("99999999999999999999", kNow), absl::Hours(1));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:50:37 GMT", kNow),
            absl::Minutes(1));
  EXPECT_EQ(ParseRetryAfter("Sunday, 06-Nov-94 08:50:37 GMT", kNow),
            absl::Minutes(1));
  EXPECT_EQ(ParseRetryAfter("Sun Nov  6 08:50:37 1994", kNow),
            absl::Minutes(1));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:00:00 GMT", kNow),
            absl::ZeroDuration());
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 2044 08:00:00 GMT", kNow),
            absl::Hours(1));
}

TEST(RetryAfter, IsIgnoredWhereItIsNeither) {
  for (const char* text : {"", "-1", "soon", "1.5", "12:00", "tomorrow"}) {
    EXPECT_FALSE(ParseRetryAfter(text, kNow).has_value()) << text;
  }
}

TEST(Attempt, EndsAsTheStatusSays) {
  const std::vector<std::pair<int, AttemptEnd>> cases = {
      {200, AttemptEnd::kDelivered}, {202, AttemptEnd::kDelivered},
      {204, AttemptEnd::kDelivered}, {299, AttemptEnd::kDelivered},
      {400, AttemptEnd::kDead},      {413, AttemptEnd::kDead},
      {415, AttemptEnd::kDead},      {422, AttemptEnd::kDead},
      {410, AttemptEnd::kPause},     {301, AttemptEnd::kRetry},
      {307, AttemptEnd::kRetry},     {401, AttemptEnd::kRetry},
      {403, AttemptEnd::kRetry},     {404, AttemptEnd::kRetry},
      {408, AttemptEnd::kRetry},     {429, AttemptEnd::kRetry},
      {500, AttemptEnd::kRetry},     {503, AttemptEnd::kRetry}};
  for (const auto& [status, end] : cases) {
    EXPECT_EQ(Judge({WayEnd::kAnswered, status, ""}), end) << status;
    // Half an answer is none.
    EXPECT_EQ(Judge({WayEnd::kBroken, status, ""}), AttemptEnd::kRetry);
  }
  EXPECT_EQ(ErrorText({WayEnd::kAnswered, 503, ""}), "HTTP 503");
  EXPECT_EQ(ErrorText({WayEnd::kAnswered, 200, ""}), "");
  EXPECT_EQ(ErrorText({WayEnd::kTlsFailed, 0, ""}), "TLS_FAILED");
}

TEST(Circuit, OpensAfterFailuresInARowAndProbes) {
  Circuit circuit;
  for (int i = 1; i < Circuit::kFailuresToOpen; ++i) circuit.Failed(kNow);
  circuit.Succeeded();
  for (int i = 1; i < Circuit::kFailuresToOpen; ++i) circuit.Failed(kNow);
  EXPECT_TRUE(circuit.Allows(kNow, 3));
  circuit.Failed(kNow);
  EXPECT_FALSE(circuit.Allows(kNow, 0));
  EXPECT_EQ(circuit.probe_at(), kNow + absl::Seconds(1));
  // What was still under way does not make the pause longer.
  circuit.Failed(kNow);
  EXPECT_EQ(circuit.probe_at(), kNow + absl::Seconds(1));
  const absl::Time later = kNow + absl::Seconds(1);
  EXPECT_TRUE(circuit.Allows(later, 0));
  EXPECT_FALSE(circuit.Allows(later, 1));
  circuit.Failed(later);
  EXPECT_EQ(circuit.probe_at(), later + absl::Seconds(2));
  circuit.Succeeded();
  EXPECT_TRUE(circuit.Allows(later, 5));
}

Outgoing Event(int64_t position, const std::string& alert,
               absl::Time committed = kNow) {
  Outgoing outgoing;
  outgoing.subscription = SubscriptionId("s");
  outgoing.position = position;
  outgoing.alert_name = alert;
  outgoing.idempotency_key = alert + ":" + std::to_string(position);
  outgoing.committed = committed;
  return outgoing;
}

using Fate = DigestMaker::Fate;

TEST(Digest, GathersWhatIsTooMuchForTheWindow) {
  DigestMaker maker(2, absl::Minutes(1));
  EXPECT_EQ(maker.Offer(Event(1, "a")), Fate::kAlone);
  EXPECT_EQ(maker.Offer(Event(2, "b")), Fate::kAlone);
  for (int i = 3; i < 100000; ++i) {
    EXPECT_EQ(maker.Offer(Event(i, "c")), Fate::kGathered);
  }
  EXPECT_EQ(maker.due(), kNow + absl::Minutes(1));
  EXPECT_EQ(maker.Offer(Event(100000, "d", maker.due())), Fate::kFull);
  const Outgoing digest = maker.Take();
  EXPECT_EQ(digest.idempotency_key, "digest:s:3-99999");
  EXPECT_EQ(digest.first_position, 3);
  EXPECT_EQ(digest.position, 99999);
  EXPECT_EQ(digest.count, 99997);
  EXPECT_FALSE(maker.gathering());
}

TEST(Digest, LetsPassWhatComesSlowly) {
  DigestMaker maker(2, absl::Minutes(1));
  for (int i = 0; i < 100; ++i) {
    const absl::Time at = kNow + i * absl::Seconds(30);
    EXPECT_EQ(maker.Offer(Event(i, "a", at)), Fate::kAlone) << i;
  }
}

TEST(Digest, OfOneIsThatOne) {
  DigestMaker maker(1, absl::Minutes(1));
  maker.Offer(Event(1, "a"));
  EXPECT_EQ(maker.Offer(Event(2, "b")), Fate::kGathered);
  EXPECT_EQ(maker.Take().idempotency_key, "b:2");
}

TEST(Digest, IsNeverMadeWhereNotAsked) {
  DigestMaker maker(0, absl::Minutes(1));
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(maker.Offer(Event(i, "a")), Fate::kAlone);
  }
}

TEST(DeliveryQueue, KeepsTheOrderOfAnAlertAndLetsOthersPass) {
  DeliveryQueue queue(0, {});
  queue.Add(Event(1, "a"));
  queue.Add(Event(2, "a"));
  queue.Add(Event(3, "b"));
  EXPECT_EQ(queue.through(), 0);
  EXPECT_EQ(queue.Start(kNow)->outgoing.position, 1);
  EXPECT_EQ(queue.Start(kNow)->outgoing.position, 3);
  EXPECT_EQ(queue.Start(kNow), nullptr);
  queue.Done(3);
  EXPECT_EQ(queue.through(), 0);
  StoredDelivery changed = *queue.Find(1);
  changed.next_attempt = kNow + absl::Seconds(5);
  queue.Retry(1, changed);
  // The first has a row now, the second waits for it without one.
  EXPECT_EQ(queue.through(), 1);
  EXPECT_EQ(queue.Start(kNow), nullptr);
  EXPECT_EQ(queue.next_time(), kNow + absl::Seconds(5));
  EXPECT_EQ(queue.Start(kNow + absl::Seconds(5))->outgoing.position, 1);
  queue.Done(1);
  EXPECT_EQ(queue.Start(kNow)->outgoing.position, 2);
  queue.Done(2);
  EXPECT_EQ(queue.through(), 3);
}

TEST(DeliveryQueue, SendsADigestBetweenWhatIsBeforeAndAfter) {
  DeliveryQueue queue(0, {});
  queue.Add(Event(1, "a"));
  Outgoing digest = Event(9, "");
  digest.count = 8;
  queue.AddDigest(digest);
  EXPECT_EQ(queue.Start(kNow)->outgoing.position, 1);
  queue.Release(9);
  EXPECT_EQ(queue.Start(kNow), nullptr);
  queue.Done(1);
  EXPECT_EQ(queue.Start(kNow)->outgoing.position, 9);
  queue.Done(9);
  EXPECT_FALSE(queue.has_digest());
  EXPECT_EQ(queue.through(), 9);
}

TEST(DeliveryQueue, HoldsADigestUntilItsRowIsDurable) {
  DeliveryQueue queue(0, {});
  Outgoing digest = Event(9, "");
  digest.count = 8;
  queue.AddDigest(digest);
  EXPECT_EQ(queue.Start(kNow), nullptr);
  queue.Release(9);
  EXPECT_EQ(queue.Start(kNow)->outgoing.position, 9);
}

// A row may stand beyond the position up to which the log is read again.
TEST(DeliveryQueue, TakesWhatHasARowOnce) {
  StoredDelivery row;
  row.outgoing = Event(2, "a");
  DeliveryQueue queue(0, {row});
  queue.Add(Event(1, "b"));
  queue.Add(Event(2, "a"));
  EXPECT_EQ(queue.Start(kNow)->outgoing.position, 1);
  EXPECT_EQ(queue.Start(kNow)->outgoing.position, 2);
  EXPECT_EQ(queue.Start(kNow), nullptr);
  queue.Done(2);
  EXPECT_EQ(queue.Start(kNow), nullptr);
  queue.Done(1);
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.through(), 2);
}

TEST(DeliveryQueue, TakesADigestThatHasARowOnce) {
  StoredDelivery row;
  row.outgoing = Event(2, "");
  row.outgoing.count = 2;
  DeliveryQueue queue(0, {row});
  queue.Add(Event(1, "a"));
  queue.Add(Event(2, "a"));
  EXPECT_EQ(queue.Start(kNow)->outgoing.position, 1);
  EXPECT_EQ(queue.Start(kNow), nullptr);
  queue.Done(1);
  EXPECT_EQ(queue.Start(kNow)->outgoing.count, 2);
  queue.Done(2);
  EXPECT_EQ(queue.Start(kNow), nullptr);
  EXPECT_EQ(queue.through(), 2);
  queue.Add(Event(3, "a"));
  EXPECT_EQ(queue.Start(kNow)->outgoing.position, 3);
}

AlertmanagerAlert Firing() {
  AlertmanagerAlert alert;
  alert.labels = {"LaggingIndicator", "p", "i", "k", "HIGH", "課"};
  alert.starts = kNow;
  alert.now = kNow + absl::Hours(1);
  return alert;
}

TEST(AlertmanagerBody, FiresLongAndEndsWhenResolved) {
  AlertmanagerAlert alert = Firing();
  auto body = nlohmann::json::parse(AlertmanagerBody(alert));
  ASSERT_EQ(body.size(), 1u);
  EXPECT_EQ(body[0]["startsAt"], "1994-11-06T08:49:37.000Z");
  EXPECT_EQ(body[0]["endsAt"].get<std::string>().substr(0, 4), "2004");
  EXPECT_EQ(body[0]["labels"]["owner"], "課");
  alert.resolved = true;
  body = nlohmann::json::parse(AlertmanagerBody(alert));
  EXPECT_EQ(body[0]["endsAt"], "1994-11-06T09:49:37.000Z");
}

TEST(AlertmanagerBody, EndsTheOldLabelsWhereTheyChange) {
  AlertmanagerAlert alert = Firing();
  alert.labels_before = alert.labels;
  EXPECT_EQ(nlohmann::json::parse(AlertmanagerBody(alert)).size(), 1u);
  alert.labels_before->severity = "LOW";
  const auto body = nlohmann::json::parse(AlertmanagerBody(alert));
  ASSERT_EQ(body.size(), 2u);
  EXPECT_EQ(body[0]["labels"]["severity"], "LOW");
  EXPECT_EQ(body[0]["endsAt"], "1994-11-06T09:49:37.000Z");
  EXPECT_EQ(body[1]["labels"]["severity"], "HIGH");
}

}  // namespace
}  // namespace shirube
