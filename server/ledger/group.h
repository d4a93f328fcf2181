// One group commit: the mutations that had gathered, carried out in one
// transaction. A function of the store and its input; the writer thread calls
// it. Only the ledger's own files include this.
#ifndef SHIRUBE_SERVER_LEDGER_GROUP_H_
#define SHIRUBE_SERVER_LEDGER_GROUP_H_

#include <functional>
#include <vector>

#include "server/ledger/ledger.h"

namespace shirube::ledger {

// One thing the writer has to do.
struct Task {
  Mutation mutation;
  Ledger::Callback done;
  // Instead of a mutation: takes no revision (NewRun).
  std::function<absl::Status(StoreTransaction*)> work;
};

class GroupCommit {
 public:
  GroupCommit(Store* store, const Ledger::Options& options)
      : store_(store), options_(options) {}

  // Carries out `tasks` and commits. Afterwards answers() has one answer for
  // each task, and group() what listeners are to be told, if there is anything.
  // `keep_trying` is asked between attempts to read the head after a commit of
  // unknown outcome.
  void Run(std::vector<Task>* tasks, const std::function<bool()>& keep_trying);

  std::vector<absl::StatusOr<MutationResult>>& answers() { return answers_; }
  const CommittedGroup& group() const { return group_; }
  bool moved() const { return moved_; }

 private:
  absl::Status CarryOutAll(std::vector<Task>* tasks);
  // An error is one that the whole group cannot survive.
  absl::Status CarryOut(const Task& task);
  absl::StatusOr<MutationResult> InMark(const Task& task);
  absl::StatusOr<MutationResult> Attempt(const Task& task,
                                         CommittedMutation* committed);
  absl::StatusOr<bool> AnswerRepeat(const Mutation& mutation,
                                    MutationResult* result);
  absl::Status MoveJudgedThrough(const Mutation& mutation);
  absl::Status ForgetOldRequests();
  absl::Status CommitOrFindOut(const std::function<bool()>& keep_trying);

  Store* const store_;
  const Ledger::Options& options_;
  std::unique_ptr<StoreTransaction> tx_;
  StoreHead start_;  // before the group
  StoreHead head_;   // after what was carried out so far
  absl::Time now_;
  bool wrote_ = false;  // there is something to commit
  bool moved_ = false;
  CommittedGroup group_;
  std::vector<absl::StatusOr<MutationResult>> answers_;
};

}  // namespace shirube::ledger

#endif  // SHIRUBE_SERVER_LEDGER_GROUP_H_
