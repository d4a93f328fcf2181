#include "tests/e2e/alerts/fetcher.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/e2e/alerts/sinks.h"

namespace shirube::e2e {
namespace {

constexpr int kMostBadTimes = 3;
constexpr size_t kMostForgotten = 8;

}  // namespace

Fetcher::Fetcher(const client::Options& options,
                 const std::string& subscription, uint64_t seed, Killer* killer)
    : killer_(killer),
      random_(seed),
      subscriber_(
          client::Connect(options), subscription, options,
          {.max_outstanding = 16, .longest_pause = absl::Milliseconds(200)}),
      thread_([this] { Run(); }) {}

Fetcher::~Fetcher() {
  subscriber_.Stop();
  thread_.join();
}

void Fetcher::Run() {
  while (true) {
    auto received = subscriber_.Next(absl::InfiniteFuture());
    if (!received.ok()) {
      if (!absl::IsCancelled(received.status())) {
        witness_.Complain(absl::StrCat("the subscriber ended: ",
                                       received.status().ToString()));
      }
      return;
    }
    Answer(**std::move(received));
  }
}

void Fetcher::Answer(client::ReceivedAlert received) {
  const std::string key = received.transition.idempotency_key();
  NoteArrival(received.transition, &witness_);
  if (killer_->Takes(Moment::kArrival)) return killer_->Kill();
  const bool last = killer_->Takes(Moment::kAnswer);
  const uint64_t draw =
      good_ || last || bad_times_[key] >= kMostBadTimes ? 9 : random_() % 10;
  if (draw < 2) {
    ++bad_times_[key];
    if (draw == 0) return received.handle.Nack();
    forgotten_.push_back(std::move(received.handle));
    // Its answer, if it is still asked for, is a refusal.
    if (forgotten_.size() > kMostForgotten) forgotten_.pop_front();
    return;
  }
  if (draw == 2) received.handle.Extend();
  witness_.Takes(key);
  received.handle.Ack();
  if (last) killer_->Kill();
}

}  // namespace shirube::e2e
