// One thread at a time, in the order they came: a thread that takes one turn
// after the other (a run over everything) lets a small question through between
// two of them, which a mutex does not promise.
#ifndef SHIRUBE_SERVER_RULE_HOST_TURN_H_
#define SHIRUBE_SERVER_RULE_HOST_TURN_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace shirube {

class Turns {
 public:
  struct IfFree {};
  // A turn, from when it comes to the end of the object.
  class Turn {
   public:
    explicit Turn(Turns* turns) : turns_(turns) { turns_->Await(); }
    // At once, or not at all.
    Turn(Turns* turns, IfFree) : turns_(turns->Try() ? turns : nullptr) {}
    ~Turn() {
      if (turns_ != nullptr) turns_->End();
    }
    bool came() const { return turns_ != nullptr; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Turns* const turns_;
  };

  // Threads whose turn has not come.
  uint64_t waiting() const {
    const std::lock_guard lock(mu_);
    return taken_ == ended_ ? 0 : taken_ - ended_ - 1;
  }

 private:
  void Await() {
    std::unique_lock lock(mu_);
    const uint64_t mine = taken_++;
    changed_.wait(lock, [&] { return ended_ == mine; });
  }
  bool Try() {
    const std::lock_guard lock(mu_);
    if (taken_ != ended_) return false;
    ++taken_;
    return true;
  }
  void End() {
    {
      const std::lock_guard lock(mu_);
      ++ended_;
    }
    changed_.notify_all();
  }

  mutable std::mutex mu_;
  std::condition_variable changed_;
  uint64_t taken_ = 0, ended_ = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_TURN_H_
