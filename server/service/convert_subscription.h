// Subscriptions and deliveries <-> messages. Secrets go in, never out.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_SUBSCRIPTION_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_SUBSCRIPTION_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/alerting/delivery_engine.h"
#include "server/domain/subscription.h"
#include "server/service/field_reader.h"
#include "shirube/v1/subscription.pb.h"

namespace shirube {

// Everything but the statistics.
v1::Subscription ToWire(const Subscription& subscription,
                        const std::string& history);
v1::Subscription::Statistics ToWire(const DeliveryStatistics& statistics);
v1::Delivery::State ToWire(DeliveryState state);
// Unspecified: any.
DeliveryState ReadDeliveryState(const FieldReader& reader,
                                std::string_view field,
                                v1::Delivery::State state);

// Fields that an update may write; those of the sink are `webhook.url` …
const std::vector<std::string>& WritableFields(const v1::Subscription& in);

// Writes `fields` of `in` into `out`. A sink of another kind than `out` has is
// a violation.
void ReadSubscription(const v1::Subscription& in,
                      const std::set<std::string>& fields,
                      const FieldReader& reader, Subscription* out);

// The kind of sink that is given.
SinkKind SinkOf(const v1::Subscription& in);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_SUBSCRIPTION_H_
