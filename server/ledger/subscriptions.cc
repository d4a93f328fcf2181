#include "server/ledger/subscriptions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/ledger/errors.h"
#include "server/ledger/execute.h"

namespace shirube::ledger {

namespace {

absl::StatusOr<Subscription> Live(WriteContext* ctx, const SubscriptionId& id,
                                  const std::string& etag) {
  SHIRUBE_ASSIGN_OR_RETURN(auto found, ctx->tx()->GetSubscription(id));
  if (!found.has_value() || found->stamp.deleted()) {
    return NotFound(NameOf(id));
  }
  if (!etag.empty() && etag != EtagOf(found->stamp)) {
    return EtagMismatch(NameOf(id));
  }
  return *std::move(found);
}

absl::Status Write(WriteContext* ctx, Subscription subscription,
                   ChangeType type, MutationResult* result) {
  Stamp& stamp = subscription.stamp;
  if (type == ChangeType::kCreated) {
    stamp = Stamp();
    stamp.create_time = ctx->now();
  }
  stamp.update_time = ctx->now();
  stamp.revision = ctx->revision();
  stamp.actor = ctx->stamped_actor();
  if (type == ChangeType::kDeleted) stamp.delete_time = ctx->now();
  SHIRUBE_RETURN_IF_ERROR(ctx->tx()->Put(subscription));
  ctx->Touch({ResourceKind::kSubscription, type, PlanId(),
              subscription.id.value(), ""});
  ctx->set_resource_name(NameOf(subscription.id));
  ctx->committed().subscriptions = true;
  result->subscription = std::move(subscription);
  return absl::OkStatus();
}

// The position that a Seek goes to.
absl::StatusOr<int64_t> Sought(StoreReader* reader, const SeekSubscription& m) {
  SHIRUBE_ASSIGN_OR_RETURN(const LogStart start, reader->TransitionLogStart());
  if (!m.time.has_value() && !m.revision.has_value()) return start.position;
  const bool too_old =
      m.time.has_value() ? *m.time <= start.time : *m.revision < start.revision;
  if (start.position > 0 && too_old) {
    SHIRUBE_ASSIGN_OR_RETURN(const StoreHead head, reader->Head());
    return TooOld(absl::StrCat(head.history, ".", start.revision), start.time);
  }
  SHIRUBE_ASSIGN_OR_RETURN(const int64_t last,
                           m.time.has_value()
                               ? reader->LastTransitionBefore(*m.time)
                               : reader->LastTransitionThrough(*m.revision));
  // The one there may be gone.
  return std::max(last, start.position);
}

constexpr int kRowsAtOnce = 256;

// Those that are meant; or an error that names each that is not given up.
Listed<DeliveryRecord> GivenUp(WriteContext* ctx,
                               const RedeliverDeliveries& m) {
  std::vector<DeliveryRecord> found;
  if (m.wanted.empty()) {
    std::vector<DeliveryRecord> page;
    int64_t after = 0;
    do {
      SHIRUBE_ASSIGN_OR_RETURN(
          page, ctx->tx()->ListDeliveries(m.id, after, kRowsAtOnce));
      for (DeliveryRecord& row : page) {
        after = row.position;
        if (row.state == DeliveryState::kDead) found.push_back(std::move(row));
      }
    } while (!page.empty());
    return found;
  }
  std::vector<std::string> missing;
  std::set<int64_t> seen;
  for (const RedeliverDeliveries::Wanted& one : m.wanted) {
    SHIRUBE_ASSIGN_OR_RETURN(
        auto rows, ctx->tx()->ListDeliveries(m.id, one.position - 1, 1));
    if (one.position == 0 || rows.empty() || rows[0].position != one.position ||
        rows[0].state != DeliveryState::kDead) {
      missing.push_back(one.key);
    } else if (seen.insert(one.position).second) {
      found.push_back(std::move(rows[0]));
    }
  }
  if (!missing.empty()) return NotGivenUp(NameOf(m.id), missing);
  return found;
}

}  // namespace

absl::Status Execute(WriteContext* ctx, const CreateSubscription& m,
                     MutationResult* result) {
  Subscription made = m.subscription;
  if (made.id.empty()) {
    made.id = SubscriptionId(absl::StrCat("s-", ctx->revision()));
  }
  SHIRUBE_ASSIGN_OR_RETURN(auto found, ctx->tx()->GetSubscription(made.id));
  if (found.has_value()) {
    return Exists(NameOf(made.id), found->stamp.deleted());
  }
  SHIRUBE_ASSIGN_OR_RETURN(const auto live, ctx->tx()->ListSubscriptions());
  if (static_cast<int>(live.size()) >= ctx->max_subscriptions()) {
    return TooManySubscriptions(ctx->max_subscriptions());
  }
  made.seek_revision = 0;
  if (m.from_start) {
    SHIRUBE_ASSIGN_OR_RETURN(const LogStart start,
                             ctx->tx()->TransitionLogStart());
    made.position = start.position;
  } else {
    SHIRUBE_ASSIGN_OR_RETURN(made.position, ctx->tx()->LastTransition());
  }
  return Write(ctx, std::move(made), ChangeType::kCreated, result);
}

absl::Status Execute(WriteContext* ctx, const UpdateSubscription& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(Subscription stored, Live(ctx, m.id, m.etag));
  Subscription changed = stored;
  SHIRUBE_RETURN_IF_ERROR(m.patch(changed));
  changed.id = stored.id;
  changed.position = stored.position;
  changed.seek_revision = stored.seek_revision;
  changed.stamp = stored.stamp;
  return Write(ctx, std::move(changed), ChangeType::kUpdated, result);
}

absl::Status Execute(WriteContext* ctx, const DeleteSubscription& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(Subscription stored, Live(ctx, m.id, m.etag));
  SHIRUBE_RETURN_IF_ERROR(ctx->tx()->DeleteDeliveries(m.id));
  stored.secrets.clear();
  return Write(ctx, std::move(stored), ChangeType::kDeleted, result);
}

absl::Status Execute(WriteContext* ctx, const SeekSubscription& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(Subscription stored, Live(ctx, m.id, ""));
  SHIRUBE_ASSIGN_OR_RETURN(stored.position, Sought(ctx->tx(), m));
  stored.seek_revision = ctx->revision();
  SHIRUBE_RETURN_IF_ERROR(ctx->tx()->DeleteDeliveries(m.id));
  SHIRUBE_RETURN_IF_ERROR(
      ctx->tx()->SetSubscriptionPosition(m.id, stored.position));
  return Write(ctx, std::move(stored), ChangeType::kUpdated, result);
}

absl::Status Execute(WriteContext* ctx, const RedeliverDeliveries& m,
                     MutationResult* result) {
  SHIRUBE_RETURN_IF_ERROR(Live(ctx, m.id, "").status());
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<DeliveryRecord> rows, GivenUp(ctx, m));
  for (DeliveryRecord& row : rows) {
    row.state = DeliveryState::kWaiting;
    row.attempts = 0;
    row.first_attempt_time = row.next_attempt_time = absl::UnixEpoch();
    row.last_error.clear();
    SHIRUBE_RETURN_IF_ERROR(ctx->tx()->PutDelivery(row));
  }
  result->count = static_cast<int64_t>(rows.size());
  ctx->set_resource_name(NameOf(m.id));
  if (rows.empty()) return absl::OkStatus();
  ctx->Touch({ResourceKind::kSubscription, ChangeType::kUpdated, PlanId(),
              m.id.value(), ""});
  ctx->committed().redelivered = std::move(rows);
  return absl::OkStatus();
}

absl::Status SettleDeliveries(StoreTransaction* tx,
                              const std::vector<DeliverySettlement>& settled) {
  for (const DeliverySettlement& one : settled) {
    SHIRUBE_ASSIGN_OR_RETURN(auto found, tx->GetSubscription(one.subscription));
    if (!found.has_value() || found->stamp.deleted() ||
        found->seek_revision != one.seek_revision) {
      continue;
    }
    for (const int64_t position : one.remove) {
      SHIRUBE_RETURN_IF_ERROR(tx->DeleteDelivery(one.subscription, position));
    }
    for (DeliveryRecord record : one.put) {
      record.subscription = one.subscription;
      SHIRUBE_RETURN_IF_ERROR(tx->PutDelivery(record));
    }
    if (one.position.has_value()) {
      SHIRUBE_RETURN_IF_ERROR(
          tx->SetSubscriptionPosition(one.subscription, *one.position));
    }
  }
  return absl::OkStatus();
}

}  // namespace shirube::ledger
