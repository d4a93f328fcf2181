// Every limit of the service, in one place. What is over one is refused with
// LIMIT_EXCEEDED, naming the field; docs and errors quote these numbers.
// Text lengths count Unicode characters, not bytes.
#ifndef SHIRUBE_SERVER_BASE_LIMITS_H_
#define SHIRUBE_SERVER_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace shirube::limits {

// ---- Messages. gRPC's own limits lie above ours, because its refusal carries
// no details. ----
inline constexpr int64_t kMaxMessageBytes = int64_t{4} << 20;
inline constexpr int64_t kMaxPlanMessageBytes = int64_t{16} << 20;
inline constexpr int64_t kMaxTransportBytes = int64_t{20} << 20;

// ---- Rows of one call. ----
inline constexpr int kMaxBatchRows = 1'000;  // BatchRecord, what-if rows
inline constexpr int kDefaultPageSize = 100;
inline constexpr int kMaxPageSize = 1'000;  // larger ones are cut to it
inline constexpr size_t kMaxPageTokenBytes = 1'024;
inline constexpr size_t kMaxFilterBytes = 4'096;
inline constexpr size_t kMaxOrderByBytes = 256;

// ---- Names. ----
inline constexpr size_t kMaxIdBytes = 63;  // [a-z][a-z0-9-]{0,62}
inline constexpr size_t kMaxResourceNameBytes = 512;
inline constexpr size_t kMaxRequestIdBytes = 128;
inline constexpr size_t kMaxActorChars = 200;

// ---- Text of resources. ----
inline constexpr int kMaxNameChars = 1'000;   // display names, titles
inline constexpr int kMaxLabelChars = 100;    // labels, markers, units
inline constexpr int kMaxTextChars = 10'000;  // definitions, entries, notes
inline constexpr int kMaxRawChars = 1'000;    // a value as printed
inline constexpr size_t kMaxLayoutBytes = size_t{8} << 20;  // of a source

// ---- Shape of a plan. ----
inline constexpr int kMaxTreeDepth = 20;
inline constexpr int kMaxInitiatives = 10'000;  // of a plan
inline constexpr int kMaxIndicators = 100'000;  // of a plan
inline constexpr int kMaxEntries = 2'000;       // of an initiative, nested too
inline constexpr int kMaxEntryDepth = 8;
inline constexpr int kMaxLinks = 100;           // of an indicator
inline constexpr int kMaxMilestones = 100;      // of an indicator
inline constexpr int kMaxRevisedTargets = 100;  // and as many baselines
inline constexpr int kMaxNotes = 100;           // of an indicator
inline constexpr int kMaxObservations = 5'000;  // of an indicator
inline constexpr int kMaxProvenanceSteps = 50;  // of a value
inline constexpr int kMaxLagYears = 10;         // of a publication
inline constexpr int kMaxParameters = 50;       // of a resource
inline constexpr int kMaxParameterDecimals = 6;
inline constexpr int kMaxSources = 200;  // reports of a plan

// ---- Alerts and subscriptions. ----
inline constexpr int kMaxSubscriptions = 1'000;  // deleted ones do not count
inline constexpr int kMaxUrlChars = 2'000;
inline constexpr int kMaxCaPemChars = 64 << 10;
inline constexpr int kMaxDigestOver = 100'000;
inline constexpr int kMaxSnoozeDays = 366;
inline constexpr int kMinRetryMinutes = 1;
inline constexpr int kMaxRetryDays = 60;
inline constexpr int kMaxDigestWindowHours = 24;
inline constexpr int kMaxAckDeadlineSeconds = 600;

// ---- Waiting and streams. ----
inline constexpr int kMaxQueuedMutations = 10'000;
inline constexpr int kMaxStreamsPerConnection = 100;
inline constexpr int kMaxMetadataBytes = 16 << 10;  // headers of a call
inline constexpr int kRequestIdKeptDays = 7;        // configurable

}  // namespace shirube::limits

#endif  // SHIRUBE_SERVER_BASE_LIMITS_H_
