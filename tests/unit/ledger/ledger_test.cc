// Groups, revisions, repeats, the queue, listeners.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/unit/ledger/fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;

class LedgerTest : public LedgerFixture {};

// Holds the writer thread inside a patch, so that mutations gather behind it.
class Gate {
 public:
  std::function<absl::Status(Plan&)> Patch() {
    return [this](Plan& plan) {
      std::unique_lock<std::mutex> hold(mutex_);
      entered_ = true;
      changed_.notify_all();
      changed_.wait(hold, [this] { return open_; });
      plan.owner = "gate";
      return absl::OkStatus();
    };
  }
  void WaitUntilEntered() {
    std::unique_lock<std::mutex> hold(mutex_);
    changed_.wait(hold, [this] { return entered_; });
  }
  void Open() {
    std::lock_guard<std::mutex> hold(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool entered_ = false, open_ = false;
};

// Collects answers in the order in which they came.
struct Answers {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<absl::StatusOr<MutationResult>> all;

  Ledger::Callback Add() {
    return [this](absl::StatusOr<MutationResult> result) {
      std::lock_guard<std::mutex> hold(mutex);
      all.push_back(std::move(result));
      changed.notify_all();
    };
  }
  void Wait(size_t count) {
    std::unique_lock<std::mutex> hold(mutex);
    changed.wait(hold, [&] { return all.size() >= count; });
  }
};

TEST_F(LedgerTest, StampsWhatItStores) {
  const absl::Time before = absl::Now() - absl::Seconds(1);
  const MutationResult result = Did(Create<Plan>{MakePlan("a"), "plan"});
  EXPECT_TRUE(result.changed);
  EXPECT_EQ(result.revision, 1);
  const Plan& plan = std::get<Plan>(result.resources.at(0));
  EXPECT_EQ(plan.stamp.revision, 1);
  EXPECT_EQ(plan.stamp.actor, "claimed:officer");
  EXPECT_GE(plan.stamp.create_time, before);
  const Plan stored = **Read()->GetPlan(PlanId("a"));
  EXPECT_EQ(stored.stamp.create_time, plan.stamp.create_time);
  EXPECT_EQ(EtagOf(stored.stamp), EtagOf(plan.stamp));
}

TEST_F(LedgerTest, CommitsWhatHasGatheredAsOneGroupWithoutTheFailedOnes) {
  Did(Create<Plan>{MakePlan("gate"), "plan"});
  Gate gate;
  Answers answers;
  ledger_->Submit(Body(Update<Plan>{PlanId("gate"), "", gate.Patch(), "plan"}),
                  answers.Add());
  gate.WaitUntilEntered();
  for (const char* id : {"a", "gate", "b", "UPPER", "c"}) {
    ledger_->Submit(Body(Create<Plan>{MakePlan(id), "plan"}), answers.Add());
  }
  gate.Open();
  answers.Wait(6);
  EXPECT_EQ(answers.all[0]->revision, 2);
  EXPECT_EQ(answers.all[1]->revision, 3);
  EXPECT_EQ(DetailsOf(answers.all[2].status()).reason, "RESOURCE_EXISTS");
  EXPECT_EQ(answers.all[3]->revision, 4);
  EXPECT_EQ(answers.all[4].status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(answers.all[5]->revision, 5);
  // The gate's own group, then the one that gathered behind it.
  ASSERT_EQ(groups_.size(), 3u);
  EXPECT_EQ(groups_[2].mutations.size(), 3u);
  EXPECT_EQ(groups_[2].head.revision, 5);
  EXPECT_EQ(groups_[2].mutations[0].change.time,
            groups_[2].mutations[2].change.time);
  ExpectGapFree(store_.get());
}

TEST_F(LedgerTest, LetsASecondMutationSeeTheFirstInTheOpenTransaction) {
  Did(Create<Plan>{MakePlan("gate"), "plan"});
  Gate gate;
  Answers answers;
  ledger_->Submit(Body(Update<Plan>{PlanId("gate"), "", gate.Patch(), "plan"}),
                  answers.Add());
  gate.WaitUntilEntered();
  for (int i = 0; i < 2; ++i) {
    ledger_->Submit(Requested(Create<Plan>{MakePlan("a"), "plan"}, "r1"),
                    answers.Add());
  }
  ledger_->Submit(Requested(Create<Plan>{MakePlan("b"), "plan"}, "r1", "other"),
                  answers.Add());
  gate.Open();
  answers.Wait(4);
  ASSERT_TRUE(answers.all[1].ok());
  EXPECT_FALSE(answers.all[1]->repeated);
  ASSERT_TRUE(answers.all[2].ok()) << answers.all[2].status();
  EXPECT_TRUE(answers.all[2]->repeated);
  EXPECT_EQ(answers.all[2]->revision, answers.all[1]->revision);
  EXPECT_EQ(DetailsOf(answers.all[3].status()).reason, "REQUEST_ID_REUSED");
  EXPECT_EQ(head(), 3);
}

TEST_F(LedgerTest, AnswersARepeatAsKnownAtItsRevision) {
  const Mutation create = Requested(Create<Plan>{MakePlan("a"), "plan"}, "r1");
  ASSERT_TRUE(Submit(create).ok());
  Did(Update<Plan>{PlanId("a"), "",
                   [](Plan& plan) {
                     plan.display_name = "renamed";
                     return absl::OkStatus();
                   },
                   "plan"});
  const auto repeat = Submit(create);
  ASSERT_TRUE(repeat.ok()) << repeat.status();
  EXPECT_TRUE(repeat->repeated);
  EXPECT_FALSE(repeat->changed);
  EXPECT_EQ(repeat->revision, 1);
  EXPECT_EQ(std::get<Plan>(repeat->resources.at(0)).display_name,
            MakePlan("a").display_name);
  EXPECT_EQ(head(), 2);
}

TEST_F(LedgerTest, FindsTheMadeIdAgainInARepeat) {
  Plan plan = MakePlan("");
  const Mutation create = Requested(Create<Plan>{plan, "plan"}, "r1");
  const auto first = Submit(create);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = Submit(create);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(std::get<Plan>(second->resources.at(0)).id,
            std::get<Plan>(first->resources.at(0)).id);
  // Without a request id it is another plan.
  EXPECT_NE(std::get<Plan>(Did(Create<Plan>{plan, "plan"}).resources.at(0)).id,
            std::get<Plan>(first->resources.at(0)).id);
}

TEST_F(LedgerTest, DoesNotRecordFailures) {
  Plan bad = MakePlan("a");
  bad.display_name.clear();
  EXPECT_FALSE(Submit(Requested(Create<Plan>{bad, "plan"}, "r1", "x")).ok());
  EXPECT_TRUE(
      Submit(Requested(Create<Plan>{MakePlan("a"), "plan"}, "r1", "y")).ok());
}

TEST_F(LedgerTest, ForgetsRequestsWhenTheirTimeIsOver) {
  auto now = std::make_shared<std::atomic<int64_t>>(1'000'000);
  Ledger::Options options;
  options.keep_requests = absl::Hours(1);
  options.clock = [now] {
    // Ahead of the store's creation, so that it moves the commit time.
    return absl::Now() + absl::Seconds(now->load());
  };
  StartLedger(options);
  ASSERT_TRUE(
      Submit(Requested(Create<Plan>{MakePlan("a"), "plan"}, "r1", "x")).ok());
  *now += 3500;
  EXPECT_FALSE(
      Submit(Requested(Create<Plan>{MakePlan("b"), "plan"}, "r1", "y")).ok());
  *now += 200;
  EXPECT_TRUE(
      Submit(Requested(Create<Plan>{MakePlan("b"), "plan"}, "r1", "y")).ok());
}

TEST_F(LedgerTest, NeverLetsTimeGoBackwards) {
  auto offset = std::make_shared<std::atomic<int64_t>>(1000);
  Ledger::Options options;
  options.clock = [offset] {
    return absl::Now() + absl::Seconds(offset->load());
  };
  StartLedger(options);
  Did(Create<Plan>{MakePlan("a"), "plan"});
  *offset = -1000;
  Did(Create<Plan>{MakePlan("b"), "plan"});
  ExpectGapFree(store_.get());
}

TEST_F(LedgerTest, RefusesMoreThanTheQueueHolds) {
  Ledger::Options options;
  options.max_queue = 2;
  StartLedger(options);
  Did(Create<Plan>{MakePlan("gate"), "plan"});
  Gate gate;
  Answers answers;
  ledger_->Submit(Body(Update<Plan>{PlanId("gate"), "", gate.Patch(), "plan"}),
                  answers.Add());
  gate.WaitUntilEntered();
  for (const char* id : {"a", "b", "c"}) {
    ledger_->Submit(Body(Create<Plan>{MakePlan(id), "plan"}), answers.Add());
  }
  // Refused at once, while the others wait.
  answers.Wait(1);
  EXPECT_EQ(answers.all[0].status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(DetailsOf(answers.all[0].status()).reason, "QUEUE_FULL");
  gate.Open();
  answers.Wait(4);
  EXPECT_EQ(head(), 4);
}

TEST_F(LedgerTest, DrainsItsQueueBeforeItStops) {
  Did(Create<Plan>{MakePlan("gate"), "plan"});
  Gate gate;
  Answers answers;
  ledger_->Submit(Body(Update<Plan>{PlanId("gate"), "", gate.Patch(), "plan"}),
                  answers.Add());
  gate.WaitUntilEntered();
  ledger_->Submit(Body(Create<Plan>{MakePlan("a"), "plan"}), answers.Add());
  std::thread stopper([this] { ledger_->Shutdown(); });
  gate.Open();
  stopper.join();
  ASSERT_EQ(answers.all.size(), 2u);
  EXPECT_TRUE(answers.all[1].ok());
  EXPECT_EQ(ReasonOf(Create<Plan>{MakePlan("b"), "plan"}), "SHUTTING_DOWN");
}

TEST_F(LedgerTest, TakesManyWritersAtOnce) {
  Did(Create<Plan>{MakePlan("a"), "plan"});
  constexpr int kThreads = 4, kEach = 25;
  std::vector<std::thread> threads;
  std::atomic<int> stored{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        // Half of the ids are wanted by two threads: one of them gets it.
        const std::string id = "i-" + std::to_string(i) +
                               (i % 2 == 0 ? "" : "-" + std::to_string(t));
        const auto result =
            Do(Create<Indicator>{FullyMade("a", id), "indicator"});
        if (result.ok()) ++stored;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stored, 13 + 4 * 12);
  EXPECT_EQ(head(), 1 + stored);
  ExpectGapFree(store_.get());
  Revision last = 0;
  for (const CommittedGroup& group : groups_) {
    for (const CommittedMutation& mutation : group.mutations) {
      EXPECT_EQ(mutation.change.revision, ++last);
    }
    EXPECT_EQ(group.head.revision, last);
  }
}

TEST_F(LedgerTest, TellsListenersWhatChanged) {
  Did(Create<Plan>{MakePlan("a"), "plan"});
  ASSERT_EQ(groups_.size(), 1u);
  const CommittedMutation& mutation = groups_[0].mutations.at(0);
  EXPECT_EQ(mutation.change.action, "CreatePlan");
  EXPECT_EQ(mutation.change.actor, "officer");
  EXPECT_TRUE(mutation.change.claimed);
  EXPECT_TRUE(mutation.change.causes_judging);
  EXPECT_THAT(mutation.change.touched,
              ElementsAre(Touched{ResourceKind::kPlan, ChangeType::kCreated,
                                  PlanId("a"), "", ""}));
  EXPECT_EQ(std::get<Plan>(mutation.rows.at(0)).id, PlanId("a"));
  EXPECT_EQ((*Read()->ListChanges(0, 0)).at(0).touched,
            mutation.change.touched);
  ledger_->RemoveListener(this);
  Did(Create<Plan>{MakePlan("b"), "plan"});
  EXPECT_EQ(groups_.size(), 1u);
}

}  // namespace
}  // namespace shirube
