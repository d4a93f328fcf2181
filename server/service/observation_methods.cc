// The methods of ObservationService.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/service/convert_observation.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/resource_methods.h"
#include "server/service/resource_names.h"
#include "server/service/update_mask.h"
#include "shirube/v1/observation_service.pb.h"

namespace shirube {
namespace {

const std::vector<std::string>& ListFields() {
  static const auto& fields = *new std::vector<std::string>{
      "name",  "indicator", "period", "value",       "unread",     "basis",
      "state", "note",      "source", "create_time", "update_time"};
  return fields;
}

class ObservationMethods final : public Methods {
 public:
  explicit ObservationMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    const std::string service = "shirube.v1.ObservationService.";
    using Self = ObservationMethods;
    (*table)[service + "GetObservation"] = Bind(this, &Self::Get);
    (*table)[service + "ListObservations"] = Bind(this, &Self::List);
    (*table)[service + "RecordObservation"] = Bind(this, &Self::Record);
    (*table)[service + "CorrectObservation"] = Bind(this, &Self::Correct);
    (*table)[service + "BatchRecordObservations"] = Bind(this, &Self::Batch);
    (*table)[service + "ListObservationRevisions"] =
        Bind(this, &Self::Revisions);
  }

 private:
  absl::Status Get(CallContext&, const v1::GetObservationRequest& request,
                   v1::Observation* response) {
    Violations violations;
    const auto key = ReadObservationName(FieldReader("", &violations), "name",
                                         request.name());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_RETURN_IF_ERROR(
        Live(snapshot.reader->GetIndicator(key->indicator), request.name())
            .status());
    SHIRUBE_ASSIGN_OR_RETURN(
        const Observation observation,
        Live(snapshot.reader->GetObservation(*key), request.name()));
    *response = ToWire(observation, backend_.history);
    return absl::OkStatus();
  }

  absl::Status List(CallContext& call,
                    const v1::ListObservationsRequest& request,
                    v1::ListObservationsResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history, ListFields()));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    ListQuery query;
    query.show_deleted = request.show_deleted();
    query.at = list.at(snapshot.head.revision);
    SHIRUBE_RETURN_IF_ERROR(Scope(request, snapshot.reader.get(), &query));
    SHIRUBE_ASSIGN_OR_RETURN(const auto rows,
                             snapshot.reader->ListObservations(query));
    response->set_next_page_token(FillPage(list, rows, query.at, Converter(),
                                           response->mutable_observations()));
    response->set_revision(backend_.Token(query.at));
    return absl::OkStatus();
  }

  // One indicator, or all of a plan.
  absl::Status Scope(const v1::ListObservationsRequest& request,
                     StoreReader* reader, ListQuery* query) {
    Violations violations;
    const auto key = ReadIndicatorName(FieldReader("", &violations), "parent",
                                       request.parent(), Wildcard::kAllowed);
    if (key && key->plan.value() == "-") {
      FieldReader("", &violations)
          .Refuse("parent", "must name a plan", "計画を指定してください");
    }
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    query->plan = key->plan;
    if (key->indicator.value() == "-") {
      return ScopeToPlan(absl::StrCat("plans/", key->plan.value()), reader,
                         query);
    }
    query->indicator = key->indicator;
    SHIRUBE_ASSIGN_OR_RETURN(const auto found, reader->GetIndicator(*key));
    if (!found || (found->stamp.deleted() && !query->show_deleted)) {
      return NotFound(request.parent());
    }
    return absl::OkStatus();
  }

  absl::Status Record(CallContext& call,
                      const v1::RecordObservationRequest& request,
                      v1::Observation* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto key = ReadIndicatorName(reader, "parent", request.parent());
    const std::string& said = request.observation().indicator();
    if (key && !said.empty() && said != request.parent()) {
      reader.At("observation")
          .Refuse("indicator",
                  "is another indicator than `parent`; make them agree, or "
                  "leave it empty",
                  "parentと異なる指標です。一致させるか空にしてください");
    }
    CheckRequestId(request, reader);
    Observation observation =
        ReadObservation(request.observation(), key.value_or(IndicatorKey()),
                        reader.At("observation"));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    if (key) {
      SHIRUBE_RETURN_IF_ERROR(Complete(snapshot.reader.get(), "observation",
                                       &observation, &violations));
    }
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    return AnswerOne(
        Mutate(backend_, call, request,
               RecordObservation{std::move(observation),
                                 request.allow_decrease(), "observation"}),
        response);
  }

  // The indicator decides what a value without a basis means, and adds what is
  // wrong to what is wrong already.
  absl::Status Complete(StoreReader* reader, const std::string& prefix,
                        Observation* observation, Violations* violations) {
    const IndicatorKey key = observation->indicator_key();
    SHIRUBE_ASSIGN_OR_RETURN(const auto found, reader->GetIndicator(key));
    if (!found) return absl::OkStatus();  // the ledger says NOT_FOUND
    AssumeBasis(found->kind, observation);
    if (!violations->empty()) {
      Violations more;
      ValidateObservation(*found, *observation, prefix, &more);
      MergeViolations(more, violations);
    }
    return absl::OkStatus();
  }

  absl::Status Correct(CallContext& call,
                       const v1::CorrectObservationRequest& request,
                       v1::Observation* response) {
    const v1::Observation& wire = request.observation();
    Violations violations;
    const FieldReader reader("", &violations);
    const FieldReader at = reader.At("observation");
    const auto mask = ReadUpdateMask(request.update_mask(), wire,
                                     WritableObservationFields(), reader);
    const auto key = ReadObservationName(at, "name", wire.name());
    Observation given =
        ReadObservation(wire, key ? key->indicator : IndicatorKey(), at);
    KeepWritten("observation", mask, &violations);
    CheckRequestId(request, reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    CorrectObservation correct;
    correct.key = *key;
    correct.etag = wire.etag();
    correct.patch = [given = std::move(given), mask](Observation& stored) {
      PatchObservation(given, mask, &stored);
      return absl::OkStatus();
    };
    correct.allow_decrease = request.allow_decrease();
    correct.prefix = "observation";
    return AnswerOne(Mutate(backend_, call, request, std::move(correct)),
                     response);
  }

  absl::Status Batch(CallContext& call,
                     const v1::BatchRecordObservationsRequest& request,
                     v1::BatchRecordObservationsResponse* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto plan = ReadPlanName(reader, "parent", request.parent());
    CheckRequestId(request, reader);
    CheckRowCount(request.observations_size(), reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    BatchRecord batch;
    batch.allow_decrease = request.allow_decrease();
    batch.baseline_import = request.baseline_import();
    std::map<IndicatorId, std::optional<Indicator>> indicators;
    for (int i = 0; i < request.observations_size(); ++i) {
      const FieldReader at = reader.At("observations", i);
      const v1::Observation& row = request.observations(i);
      at.Required("indicator", row.indicator());
      const IndicatorId id =
          ReadIndicatorOf(at, "indicator", row.indicator(), *plan);
      Observation observation = ReadObservation(row, {*plan, id}, at);
      auto [known, is_new] = indicators.try_emplace(id);
      if (is_new && !id.empty()) {
        SHIRUBE_ASSIGN_OR_RETURN(known->second,
                                 snapshot.reader->GetIndicator({*plan, id}));
      }
      if (known->second) AssumeBasis(known->second->kind, &observation);
      batch.observations.push_back(std::move(observation));
    }
    if (!violations.empty()) {
      Violations more;
      for (size_t i = 0; i < batch.observations.size(); ++i) {
        const Observation& row = batch.observations[i];
        const auto& known = indicators[row.indicator];
        if (!known) continue;
        ValidateObservation(*known, row, reader.At("observations", i).prefix(),
                            &more);
      }
      MergeViolations(more, &violations);
      return ViolationsToStatus(violations);
    }
    SHIRUBE_ASSIGN_OR_RETURN(const MutationResult result,
                             Mutate(backend_, call, request, std::move(batch)));
    for (const Resource& row : result.resources) {
      if (const auto* observation = std::get_if<Observation>(&row)) {
        *response->add_observations() = ToWire(*observation, backend_.history);
      }
    }
    response->set_revision(backend_.Token(result.revision));
    return absl::OkStatus();
  }

  static void CheckRowCount(int rows, const FieldReader& reader) {
    if (rows == 0) {
      reader.Refuse("observations", "must not be empty", "空にできません");
    } else if (rows > limits::kMaxBatchRows) {
      reader.violations()->push_back(
          {reader.Path("observations"), "LIMIT_EXCEEDED",
           absl::StrCat(rows, " rows; at most ", limits::kMaxBatchRows,
                        " in one call"),
           absl::StrCat(rows, "行あります。1回の呼び出しは",
                        limits::kMaxBatchRows, "行までです")});
    }
  }

  absl::Status Revisions(CallContext& call,
                         const v1::ListObservationRevisionsRequest& request,
                         v1::ListObservationRevisionsResponse* response) {
    Violations violations;
    const auto key = ReadObservationName(FieldReader("", &violations), "name",
                                         request.name(), Wildcard::kAllowed);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history, {}));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    const Revision at = list.at(snapshot.head.revision);
    SHIRUBE_ASSIGN_OR_RETURN(std::vector<Observation> rows,
                             History(snapshot.reader.get(), *key, at));
    if (rows.empty() && key->id != "-") return NotFound(request.name());
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Observation& a, const Observation& b) {
                       return a.stamp.revision > b.stamp.revision;
                     });
    response->set_next_page_token(FillPage(list, rows, at, Converter(),
                                           response->mutable_observations()));
    response->set_revision(backend_.Token(at));
    return absl::OkStatus();
  }

  // Every state of one observation, or of all of an indicator, up to `at`.
  absl::StatusOr<std::vector<Observation>> History(StoreReader* reader,
                                                   const ObservationKey& key,
                                                   Revision at) {
    std::vector<std::string> ids = {key.id};
    if (key.id == "-") {
      SHIRUBE_RETURN_IF_ERROR(
          Live(reader->GetIndicator(key.indicator), NameOf(key.indicator))
              .status());
      ListQuery query;
      query.plan = key.indicator.plan;
      query.indicator = key.indicator.indicator;
      query.show_deleted = true;
      SHIRUBE_ASSIGN_OR_RETURN(const auto now, reader->ListObservations(query));
      ids.clear();
      for (const Observation& row : now) ids.push_back(row.id());
    }
    std::vector<Observation> all;
    for (const std::string& id : ids) {
      SHIRUBE_ASSIGN_OR_RETURN(
          auto states, reader->ListObservationRevisions({key.indicator, id}));
      for (Observation& state : states) {
        if (state.stamp.revision <= at) all.push_back(std::move(state));
      }
    }
    return all;
  }

  std::function<v1::Observation(const Observation&)> Converter() const {
    return [this](const Observation& row) {
      return ToWire(row, backend_.history);
    };
  }

  absl::Status AnswerOne(absl::StatusOr<MutationResult> result,
                         v1::Observation* response) const {
    if (!result.ok()) return result.status();
    SHIRUBE_ASSIGN_OR_RETURN(const Observation observation,
                             WrittenOf<Observation>(*result));
    *response = ToWire(observation, backend_.history);
    return absl::OkStatus();
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeObservationMethods(const Backend& backend) {
  return std::make_unique<ObservationMethods>(backend);
}

}  // namespace shirube
