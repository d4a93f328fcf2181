#include "server/storage/sqlite/subscriptions.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/codec.h"
#include "server/storage/sqlite/errors.h"
#include "server/storage/sqlite/statement.h"

namespace shirube::sqlite {

namespace {

constexpr const char* kColumns =
    "id, display_name, filter, sink, url, allow_private, ca_pem, proxy, "
    "ack_deadline, state, pause_reason, retry_for, digest_over, digest_window, "
    "revision, create_time, update_time, delete_time, actor, position, "
    "seek_revision";

absl::Status ReadSecrets(Database* db, Subscription* s) {
  Query q(db,
          "SELECT secret, create_time, expire_time FROM subscription_secret "
          "WHERE subscription = ? ORDER BY ordinal");
  q.Bind(s->id);
  while (q.Next()) {
    SubscriptionSecret& secret = s->secrets.emplace_back();
    secret.secret = q.Text();
    secret.create_time = q.Time();
    secret.expire_time = q.MaybeTime();
  }
  return q.status();
}

Listed<Subscription> Read(Database* db, Query* q) {
  std::vector<Subscription> all;
  while (q->Next()) {
    Subscription& s = all.emplace_back();
    ColumnReader read(q);
    read("id", s.id);
    read("display_name", s.display_name);
    read("filter", s.filter);
    read("sink", s.sink);
    read("url", s.url);
    read("allow_private", s.allow_private);
    read("ca_pem", s.ca_pem);
    read("proxy", s.proxy);
    s.ack_deadline = absl::Microseconds(q->Int());
    read("state", s.state);
    read("pause_reason", s.pause_reason);
    s.retry_for = absl::Microseconds(q->Int());
    read("digest_over", s.digest_over);
    s.digest_window = absl::Microseconds(q->Int());
    read("revision", s.stamp.revision);
    read("create_time", s.stamp.create_time);
    read("update_time", s.stamp.update_time);
    read("delete_time", s.stamp.delete_time);
    read("actor", s.stamp.actor);
    read("position", s.position);
    read("seek_revision", s.seek_revision);
    SHIRUBE_RETURN_IF_ERROR(q->status());
    SHIRUBE_RETURN_IF_ERROR(ReadSecrets(db, &s));
  }
  if (!q->status().ok()) return q->status();
  return all;
}

absl::Status PutSecrets(Database* db, const Subscription& s) {
  SHIRUBE_RETURN_IF_ERROR(
      Query(db, "DELETE FROM subscription_secret WHERE subscription = ?")
          .Bind(s.id)
          .Run());
  int64_t ordinal = 0;
  for (const SubscriptionSecret& secret : s.secrets) {
    SHIRUBE_RETURN_IF_ERROR(
        Query(db, "INSERT INTO subscription_secret VALUES (?, ?, ?, ?, ?)")
            .Bind(s.id)
            .Bind(ordinal++)
            .Bind(secret.secret)
            .Bind(secret.create_time)
            .Bind(secret.expire_time)
            .Run());
  }
  return absl::OkStatus();
}

}  // namespace

Found<Subscription> GetSubscriptionRow(Database* db, const SubscriptionId& id) {
  Query q(db,
          absl::StrCat("SELECT ", kColumns, " FROM subscription WHERE id = ?"));
  q.Bind(id);
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Subscription> found, Read(db, &q));
  if (found.empty()) return std::optional<Subscription>();
  return std::optional<Subscription>(std::move(found.front()));
}

Listed<Subscription> ListSubscriptionRows(Database* db) {
  Query q(db, absl::StrCat("SELECT ", kColumns,
                           " FROM subscription WHERE delete_time IS NULL "
                           "ORDER BY id"));
  return Read(db, &q);
}

Listed<DeliveryRecord> ListDeliveryRows(Database* db, const SubscriptionId& id,
                                        int64_t after, int limit) {
  Query q(db,
          "SELECT position, first_position, count, state, attempts, "
          "first_attempt_time, "
          "next_attempt_time, last_error FROM delivery WHERE subscription = ? "
          "AND position > ? ORDER BY position LIMIT ?");
  q.Bind(id).Bind(after).Bind(limit == 0 ? -1 : limit);
  std::vector<DeliveryRecord> all;
  ColumnReader read(&q);
  while (q.Next()) {
    DeliveryRecord& record = all.emplace_back();
    record.subscription = id;
    read("position", record.position);
    read("first_position", record.first_position);
    read("count", record.count);
    read("state", record.state);
    read("attempts", record.attempts);
    read("first_attempt_time", record.first_attempt_time);
    read("next_attempt_time", record.next_attempt_time);
    read("last_error", record.last_error);
  }
  if (!q.status().ok()) return q.status();
  return all;
}

absl::Status PutSubscriptionRow(Database* db, const Subscription& s) {
  Query q(db, absl::StrCat("INSERT INTO subscription (", kColumns, ") VALUES (",
                           Marks(21),
                           ") ON CONFLICT (id) DO UPDATE SET "
                           "display_name = excluded.display_name, "
                           "filter = excluded.filter, sink = excluded.sink, "
                           "url = excluded.url, "
                           "allow_private = excluded.allow_private, "
                           "ca_pem = excluded.ca_pem, proxy = excluded.proxy, "
                           "ack_deadline = excluded.ack_deadline, "
                           "state = excluded.state, "
                           "pause_reason = excluded.pause_reason, "
                           "retry_for = excluded.retry_for, "
                           "digest_over = excluded.digest_over, "
                           "digest_window = excluded.digest_window, "
                           "revision = excluded.revision, "
                           "update_time = excluded.update_time, "
                           "delete_time = excluded.delete_time, "
                           "actor = excluded.actor, "
                           "seek_revision = excluded.seek_revision"));
  q.Bind(s.id).Bind(s.display_name).Bind(s.filter).Bind(WordOf(s.sink));
  q.Bind(s.url).Bind(s.allow_private).Bind(s.ca_pem).Bind(s.proxy);
  q.Bind(absl::ToInt64Microseconds(s.ack_deadline)).Bind(WordOf(s.state));
  q.Bind(s.pause_reason).Bind(absl::ToInt64Microseconds(s.retry_for));
  q.Bind(s.digest_over).Bind(absl::ToInt64Microseconds(s.digest_window));
  q.Bind(s.stamp.revision).Bind(s.stamp.create_time).Bind(s.stamp.update_time);
  q.Bind(s.stamp.delete_time).Bind(s.stamp.actor).Bind(s.position);
  q.Bind(s.seek_revision);
  SHIRUBE_RETURN_IF_ERROR(q.Run());
  return PutSecrets(db, s);
}

absl::Status SetPositionRow(Database* db, const SubscriptionId& id,
                            int64_t position) {
  SHIRUBE_RETURN_IF_ERROR(
      Query(db, "UPDATE subscription SET position = ? WHERE id = ?")
          .Bind(position)
          .Bind(id)
          .Run());
  if (sqlite3_changes(db->handle()) == 1) return absl::OkStatus();
  return ContractBroken(absl::StrCat("there is no subscription ", id.value()));
}

absl::Status PutDeliveryRow(Database* db, const DeliveryRecord& record) {
  return Query(db,
               "INSERT OR REPLACE INTO delivery VALUES "
               "(?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .Bind(record.subscription)
      .Bind(record.position)
      .Bind(record.first_position)
      .Bind(record.count)
      .Bind(WordOf(record.state))
      .Bind(record.attempts)
      .Bind(record.first_attempt_time)
      .Bind(record.next_attempt_time)
      .Bind(record.last_error)
      .Run();
}

absl::Status DeleteDeliveryRow(Database* db, const SubscriptionId& id,
                               int64_t position) {
  return Query(db,
               "DELETE FROM delivery WHERE subscription = ? AND position = ?")
      .Bind(id)
      .Bind(position)
      .Run();
}

absl::Status DeleteDeliveryRows(Database* db, const SubscriptionId& id) {
  return Query(db, "DELETE FROM delivery WHERE subscription = ?")
      .Bind(id)
      .Run();
}

}  // namespace shirube::sqlite
