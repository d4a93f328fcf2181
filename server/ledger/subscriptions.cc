#include "server/ledger/subscriptions.h"

#include <algorithm>
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
  made.position = 0;
  made.seek_revision = 0;
  if (!m.from_start) {
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
  if (m.time.has_value()) {
    SHIRUBE_ASSIGN_OR_RETURN(stored.position,
                             ctx->tx()->LastTransitionBefore(*m.time));
  } else {
    SHIRUBE_ASSIGN_OR_RETURN(stored.position, ctx->tx()->LastTransitionThrough(
                                                  m.revision.value_or(0)));
  }
  stored.seek_revision = ctx->revision();
  SHIRUBE_RETURN_IF_ERROR(ctx->tx()->DeleteDeliveries(m.id));
  SHIRUBE_RETURN_IF_ERROR(
      ctx->tx()->SetSubscriptionPosition(m.id, stored.position));
  return Write(ctx, std::move(stored), ChangeType::kUpdated, result);
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
