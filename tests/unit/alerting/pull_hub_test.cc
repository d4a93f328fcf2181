// What streams get, and what becomes of it: by hand, turn by turn, and at
// random against what must hold.
#include "server/alerting/pull_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "server/ledger/ledger.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const SubscriptionId kId("s");

// The log and what is durable of the subscription.
class FakeLog : public PullLog {
 public:
  void Append(const std::string& alert) {
    AlertTransition one;
    one.position = static_cast<int64_t>(rows_.size()) + 1;
    one.alert.plan = PlanId("p");
    one.alert.id = AlertId(alert);
    one.time = now;
    rows_.push_back(std::make_shared<const AlertTransition>(one));
  }
  absl::StatusOr<Matches> Matching(const SubscriptionId&, int64_t after,
                                   int limit) override {
    Matches found;
    found.through = after;
    while (found.through < static_cast<int64_t>(rows_.size()) &&
           static_cast<int>(found.transitions.size()) < limit) {
      found.transitions.push_back(rows_[found.through++]);
    }
    found.at_end = found.through == static_cast<int64_t>(rows_.size());
    return found;
  }
  absl::StatusOr<TransitionRef> At(int64_t position) override {
    return rows_.at(position - 1);
  }
  void Settle(std::vector<Settled> settled,
              std::function<void(absl::Status)> done) override {
    if (fails) return done(absl::UnavailableError("full"));
    for (const Settled& one : settled) {
      const int64_t at = one.delivery.outgoing.position;
      if (one.as == SettledAs::kDelivered) rows.erase(at);
      if (one.as == SettledAs::kRetry || one.as == SettledAs::kDead) {
        rows[at] = one;
      }
      position = std::max(position, one.through);
    }
    done(absl::OkStatus());
  }
  int64_t size() const { return static_cast<int64_t>(rows_.size()); }

  absl::Time now = absl::FromUnixSeconds(1'000'000);
  bool fails = false;
  int64_t position = 0;
  std::map<int64_t, Settled> rows;

 private:
  std::vector<TransitionRef> rows_;
};

class FakeStream : public PullStream {
 public:
  void Send(std::vector<PullMessage> messages) override {
    for (auto& one : messages) got.push_back(std::move(one));
    ++sends;
  }
  void End(absl::Status why) override { ended = std::move(why); }

  std::vector<int64_t> Positions() const {
    std::vector<int64_t> positions;
    for (const auto& one : got) positions.push_back(one.transition->position);
    return positions;
  }
  std::vector<PullMessage> got;
  int sends = 0;
  std::optional<absl::Status> ended;
};

class PullHubTest : public testing::Test {
 protected:
  void SetUp() override { Begin(); }
  // As after a start of the server.
  void Begin() {
    PullHub::Options options;
    options.clock = [this] { return log_.now; };
    options.window = 50;
    hub_ = std::make_unique<PullHub>(&log_, options);
    std::vector<StoredDelivery> stored;
    for (const auto& [at, row] : log_.rows) {
      if (row.as != SettledAs::kRetry) continue;
      stored.push_back(row.delivery);
      // No row has the name: who reads it gives it, as the outbox does.
      stored.back().outgoing.alert_name = NameOf((*log_.At(at))->alert.key());
    }
    hub_->SetSubscription(kId, config_, log_.position, stored);
    hub_->Turn();
  }
  PullHub::StreamId Open(int most, std::shared_ptr<FakeStream> stream) {
    const auto number = hub_->NewStream();
    hub_->Open(number, kId, most, std::move(stream));
    hub_->Turn();
    return number;
  }
  void Append(const std::string& alert) {
    log_.Append(alert);
    hub_->Wake();
    hub_->Turn();
  }
  void Answer(PullHub::StreamId stream, PullAnswers answers) {
    hub_->Answer(stream, std::move(answers));
    hub_->Ready(stream);
    hub_->Turn();
    hub_->Turn();  // what was settled on the spot
  }
  void Pass(absl::Duration time) {
    log_.now += time;
    hub_->Turn();
    hub_->Turn();
  }

  FakeLog log_;
  PullConfig config_;
  std::unique_ptr<PullHub> hub_;
  std::shared_ptr<FakeStream> stream_ = std::make_shared<FakeStream>();
};

TEST_F(PullHubTest, HandsOutWhatIsThereAndWhatComesAndForgetsWhatIsDone) {
  log_.Append("a");
  const auto number = Open(10, stream_);
  EXPECT_THAT(stream_->Positions(), ElementsAre(1));
  EXPECT_EQ(stream_->got[0].sent_before, 0);
  Answer(number, {.ack = {stream_->got[0].ack_id}});
  EXPECT_EQ(log_.position, 1);
  Append("b");
  EXPECT_THAT(stream_->Positions(), ElementsAre(1, 2));
  EXPECT_EQ(hub_->Statistics(kId).delivered, 1);
  EXPECT_EQ(hub_->Statistics(kId).waiting, 1);
}

TEST_F(PullHubTest, KeepsTheOrderOfAnAlertAndLetsOthersPass) {
  for (const char* alert : {"a", "a", "b"}) log_.Append(alert);
  const auto number = Open(10, stream_);
  EXPECT_THAT(stream_->Positions(), ElementsAre(1, 3));
  Answer(number, {.ack = {stream_->got[1].ack_id}});
  EXPECT_THAT(stream_->Positions(), ElementsAre(1, 3));
  Answer(number, {.ack = {stream_->got[0].ack_id}});
  EXPECT_THAT(stream_->Positions(), ElementsAre(1, 3, 2));
}

TEST_F(PullHubTest, SendsNoMoreThanAskedForAndOneResponseAtATime) {
  for (int i = 0; i < 10; ++i) log_.Append(absl::StrCat("a", i));
  const auto number = Open(3, stream_);
  EXPECT_EQ(stream_->got.size(), 3u);
  Answer(number, {.ack = {stream_->got[0].ack_id, stream_->got[1].ack_id}});
  EXPECT_EQ(stream_->got.size(), 5u);
  // What was sent is not taken yet.
  hub_->Answer(number, {.ack = {stream_->got[2].ack_id}});
  hub_->Turn();
  EXPECT_EQ(stream_->got.size(), 5u);
  hub_->Ready(number);
  hub_->Turn();
  EXPECT_EQ(stream_->got.size(), 6u);
}

TEST_F(PullHubTest, SendsAgainWhatIsRefusedOrNotAnsweredInTime) {
  log_.Append("a");
  const auto number = Open(10, stream_);
  Answer(number, {.nack = {stream_->got[0].ack_id}});
  ASSERT_THAT(stream_->got, SizeIs(2));  // at once
  EXPECT_EQ(stream_->got[1].sent_before, 1);
  EXPECT_EQ(log_.rows.at(1).delivery.last_error, "REFUSED");
  hub_->Ready(number);
  Pass(absl::Seconds(59));
  EXPECT_THAT(stream_->got, SizeIs(2));
  Pass(absl::Seconds(2));
  Pass(absl::Seconds(1));
  ASSERT_THAT(stream_->got, SizeIs(3));
  EXPECT_EQ(log_.rows.at(1).delivery.last_error, "NOT_ACKNOWLEDGED");
  // The old name is not good any more, and nonsense never was.
  Answer(number, {.ack = {stream_->got[0].ack_id, "", "x", "1-", "9-9"}});
  EXPECT_EQ(hub_->Statistics(kId).delivered, 0);
  Answer(number, {.ack = {stream_->got[2].ack_id}});
  EXPECT_EQ(hub_->Statistics(kId).delivered, 1);
  EXPECT_THAT(log_.rows, IsEmpty());
}

TEST_F(PullHubTest, CountsFromNowOnWhatIsExtended) {
  log_.Append("a");
  const auto number = Open(10, stream_);
  for (int i = 0; i < 5; ++i) {
    Pass(absl::Seconds(50));
    Answer(number, {.extend = {stream_->got[0].ack_id}});
  }
  EXPECT_THAT(stream_->got, SizeIs(1));
}

TEST_F(PullHubTest, GivesWhatAClosedStreamHeldToAnother) {
  log_.Append("a");
  log_.Append("b");
  const auto number = Open(10, stream_);
  auto other = std::make_shared<FakeStream>();
  Open(10, other);
  EXPECT_THAT(other->got, IsEmpty());
  hub_->Close(number);
  hub_->Turn();
  EXPECT_THAT(other->Positions(), ElementsAre(1, 2));
  EXPECT_EQ(other->got[0].sent_before, 1);
}

TEST_F(PullHubTest, GivesUpWhatIsNeverTaken) {
  config_.retry_for = absl::Minutes(10);
  Begin();
  log_.Append("a");
  Open(10, stream_);
  for (int i = 0; i < 12; ++i) {
    Pass(absl::Seconds(61));
    hub_->Ready(1);
    Pass(absl::Seconds(11));
  }
  EXPECT_EQ(log_.rows.at(1).as, SettledAs::kDead);
  EXPECT_EQ(hub_->Statistics(kId).dead, 1);
}

TEST_F(PullHubTest, RestsWhilePausedAndBeginsAnewAfterASeek) {
  config_.paused = true;
  Begin();
  log_.Append("a");
  const auto number = Open(10, stream_);
  EXPECT_THAT(stream_->got, IsEmpty());
  config_.paused = false;
  hub_->SetSubscription(kId, config_, 0, {});
  hub_->Turn();
  ASSERT_THAT(stream_->got, SizeIs(1));
  Answer(number, {.ack = {stream_->got[0].ack_id}});
  config_.epoch = 7;
  hub_->SetSubscription(kId, config_, 0, {}, /*restart=*/true);
  hub_->Turn();
  EXPECT_THAT(stream_->Positions(), ElementsAre(1, 1));
}

TEST_F(PullHubTest, EndsStreamsOfWhatIsGone) {
  Open(10, stream_);
  hub_->Remove(kId);
  hub_->Turn();
  EXPECT_TRUE(absl::IsNotFound(*stream_->ended));
  auto late = std::make_shared<FakeStream>();
  Open(10, late);
  EXPECT_TRUE(absl::IsNotFound(*late->ended));
}

TEST_F(PullHubTest, EndsStreamsWhenItStops) {
  Open(10, stream_);
  hub_->Stop();
  EXPECT_TRUE(absl::IsUnavailable(*stream_->ended));
}

// Streams come and go, answer as they like or not at all, the store fails, the
// server dies: every transition is acknowledged in the end, in the order of its
// alert, and nothing durable is lost.
class PullHubRandomTest : public PullHubTest {
 protected:
  struct Open {
    std::shared_ptr<FakeStream> stream;
    PullHub::StreamId number;
    size_t answered = 0;
  };

  void Run(unsigned seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    random_.seed(seed);
    for (int step = 0; step < 400; ++step) Step();
    log_.fails = false;
    for (int step = 0; step < 2000 && acked_.size() < total_; ++step) {
      if (open_.empty()) OpenOne();
      for (Open& one : open_) AnswerAll(&one, 100);
      Pass(absl::Seconds(15));
    }
    EXPECT_EQ(acked_.size(), total_);
    Pass(absl::Seconds(15));
    EXPECT_EQ(log_.position, log_.size());
    EXPECT_THAT(log_.rows, IsEmpty());
  }
  int Pick(int below) {
    return std::uniform_int_distribution(0, below - 1)(random_);
  }
  void OpenOne() {
    auto stream = std::make_shared<FakeStream>();
    const auto number = PullHubTest::Open(1 + Pick(20), stream);
    open_.push_back({stream, number});
  }
  void Step() {
    switch (Pick(10)) {
      case 0:
      case 1:
        if (total_ < 150) {
          log_.Append(absl::StrCat("a", Pick(8)));
          ++total_;
          hub_->Wake();
        }
        break;
      case 2:
        if (open_.size() < 4) OpenOne();
        break;
      case 3:
        if (!open_.empty() && Pick(4) == 0) {
          hub_->Close(open_.back().number);
          open_.pop_back();
        }
        break;
      case 4:
        log_.fails = Pick(4) == 0;
        break;
      case 5:
        Pass(absl::Seconds(Pick(40)));
        break;
      case 6:
        if (Pick(20) == 0) {
          open_.clear();
          Begin();
        }
        break;
      default:
        if (!open_.empty()) AnswerAll(&open_[Pick(open_.size())], 60);
    }
    hub_->Turn();
  }
  // Acknowledges so many percent; of the rest half is refused.
  void AnswerAll(Open* open, int percent) {
    PullAnswers answers;
    for (; open->answered < open->stream->got.size(); ++open->answered) {
      const PullMessage& one = open->stream->got[open->answered];
      ExpectInOrder(*one.transition);
      if (Pick(100) < percent) {
        answers.ack.push_back(one.ack_id);
        acked_.insert(one.transition->position);
      } else if (Pick(2) == 0) {
        answers.nack.push_back(one.ack_id);
      }
    }
    Answer(open->number, answers);
  }
  // Those of its alert before it were acknowledged.
  void ExpectInOrder(const AlertTransition& one) {
    for (int64_t at = 1; at < one.position; ++at) {
      if ((*log_.At(at))->alert.id == one.alert.id) {
        EXPECT_EQ(acked_.count(at), 1u) << one.position << " before " << at;
      }
    }
  }

  std::mt19937 random_;
  std::vector<Open> open_;
  size_t total_ = 0;
  std::set<int64_t> acked_;
};

class PullHubRandomRuns : public PullHubRandomTest,
                          public testing::WithParamInterface<unsigned> {};

TEST_P(PullHubRandomRuns, LosesNothingAndKeepsTheOrder) { Run(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Seeds, PullHubRandomRuns, testing::Range(0u, 200u));

}  // namespace
}  // namespace shirube
