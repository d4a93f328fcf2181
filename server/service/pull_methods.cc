// AlertService.StreamingPull: a stream of the hub's as a conversation.
#include <atomic>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/alerting/pull_hub.h"
#include "server/base/status_macros.h"
#include "server/service/alert_filter.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
#include "shirube/v1/alert_service.pb.h"

namespace shirube {
namespace {

constexpr int kDefaultOutstanding = 100;
constexpr int kMostOutstanding = 1'000;

absl::Status WrongSink(const std::string& name) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "WRONG_SINK",
      absl::StrCat(name,
                   " is not fetched from: its deliveries are sent. Make a "
                   "subscription with `pull`"),
      absl::StrCat(name,
                   "は取りに来る種類の購読ではありません。pullの購読を作って"
                   "ください"),
      {{"name", name}});
}

// The hub's end of the stream.
class ToPeer final : public PullStream {
 public:
  ToPeer(std::shared_ptr<Peer> peer, AlertView view)
      : peer_(std::move(peer)), view_(std::move(view)) {}

  void Send(std::vector<PullMessage> messages) override {
    v1::StreamingPullResponse response;
    for (const PullMessage& one : messages) {
      auto* message = response.add_messages();
      message->set_ack_id(one.ack_id);
      message->set_delivery_attempt(one.sent_before);
      *message->mutable_transition() = ToWire(*one.transition, view_);
    }
    peer_->Write(response);
  }
  void End(absl::Status why) override { peer_->End(std::move(why)); }

 private:
  const std::shared_ptr<Peer> peer_;
  const AlertView view_;
};

class Pull final : public Conversation {
 public:
  Pull(const Backend& backend, std::shared_ptr<Peer> peer)
      : backend_(backend), peer_(std::move(peer)) {}
  ~Pull() override {
    if (stream_ != 0) backend_.outbox->pull().Close(stream_);
    if (passing_) backend_.outbox->Forget(*passing_);
  }

  absl::Status Take(const google::protobuf::Message& message) override {
    const auto& request =
        dynamic_cast<const v1::StreamingPullRequest&>(message);
    if (stream_ == 0) {
      SHIRUBE_RETURN_IF_ERROR(Open(request));
    } else {
      SHIRUBE_RETURN_IF_ERROR(CheckSame(request));
    }
    PullAnswers answers;
    answers.ack = {request.ack_ids().begin(), request.ack_ids().end()};
    answers.nack = {request.nack_ids().begin(), request.nack_ids().end()};
    answers.extend = {request.extend_ids().begin(), request.extend_ids().end()};
    if (!answers.ack.empty() || !answers.nack.empty() ||
        !answers.extend.empty()) {
      backend_.outbox->pull().Answer(stream_, std::move(answers));
    }
    return absl::OkStatus();
  }

  void Taken() override { backend_.outbox->pull().Ready(stream_); }

 private:
  absl::Status Open(const v1::StreamingPullRequest& request) {
    Violations violations;
    const FieldReader reader("", &violations);
    std::optional<SubscriptionId> id;
    if (!request.has_passing()) {
      id = ReadSubscriptionName(reader, "subscription", request.subscription());
    } else if (!request.subscription().empty()) {
      reader.Refuse("passing", "is instead of a subscription; name one of both",
                    "subscriptionと同時には指定できません");
    } else {
      CheckPassing(request.passing(), reader.At("passing"));
    }
    if (request.max_outstanding() < 0 ||
        request.max_outstanding() > kMostOutstanding) {
      reader.Refuse("max_outstanding",
                    absl::StrCat("must be 1 to ", kMostOutstanding,
                                 ", or 0 for ", kDefaultOutstanding),
                    absl::StrCat("1から", kMostOutstanding, "まで(0は",
                                 kDefaultOutstanding, "とみなします)です"));
    }
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    if (request.has_passing()) {
      SHIRUBE_ASSIGN_OR_RETURN(
          passing_, backend_.outbox->LookAt(
                        request.passing().filter(),
                        PullHub::PositionIn(request.passing().after_ack_id())));
      id = passing_;
    } else {
      SHIRUBE_RETURN_IF_ERROR(CheckFetched(*id, request.subscription()));
    }
    name_ = request.subscription();
    const int outstanding = request.max_outstanding() == 0
                                ? kDefaultOutstanding
                                : request.max_outstanding();
    PullHub& hub = backend_.outbox->pull();
    stream_ = hub.NewStream();
    hub.Open(stream_, *id, outstanding,
             std::make_shared<ToPeer>(peer_, backend_.alert_view));
    return absl::OkStatus();
  }

  static void CheckPassing(const v1::StreamingPullRequest::Passing& passing,
                           const FieldReader& reader) {
    AddViolation(reader.Path("filter"),
                 AlertFilter::Parse(passing.filter()).status(),
                 reader.violations());
    if (passing.after_ack_id().empty() ||
        PullHub::PositionIn(passing.after_ack_id())) {
      return;
    }
    reader.Refuse("after_ack_id", "is no ack_id of an earlier message",
                  "受け取ったメッセージのack_idではありません");
  }

  absl::Status CheckFetched(const SubscriptionId& id,
                            const std::string& name) const {
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const Subscription found,
                             Live(snapshot.reader->GetSubscription(id), name));
    return found.sink == SinkKind::kPull ? absl::OkStatus() : WrongSink(name);
  }

  absl::Status CheckSame(const v1::StreamingPullRequest& request) const {
    if (request.subscription().empty() || request.subscription() == name_) {
      return absl::OkStatus();
    }
    return ViolationsToStatus(
        {{"subscription", "INVALID_FIELD",
          absl::StrCat("this stream is of ", name_,
                       "; open another one for another subscription"),
          absl::StrCat("このストリームは", name_,
                       "のものです。別の購読には別のストリームを開いてくださ"
                       "い")}});
  }

  const Backend& backend_;
  const std::shared_ptr<Peer> peer_;
  std::string name_;
  std::optional<SubscriptionId> passing_;
  std::atomic<PullHub::StreamId> stream_ = 0;
};

class PullMethods final : public Methods {
 public:
  explicit PullMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    (*table)["shirube.v1.AlertService.StreamingPull"].talk =
        [this](const CallContext&, std::shared_ptr<Peer> peer) {
          return std::make_unique<Pull>(backend_, std::move(peer));
        };
  }

 private:
  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakePullMethods(const Backend& backend) {
  return std::make_unique<PullMethods>(backend);
}

}  // namespace shirube
