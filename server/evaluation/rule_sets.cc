#include "server/evaluation/rule_sets.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

// Of sets that nothing names any more.
constexpr size_t kOthersKept = 4;
constexpr absl::Duration kTryAgain = absl::Seconds(5);
constexpr int kMillionthsScale = 6;

std::string NameOf(const RuleSetModule& member) {
  return absl::StrCat(member.module, " ", member.version);
}

absl::Status NoSuchRuleSet(const RuleSetId& id) {
  const std::string name = "ruleSets/" + id.value();
  return MakeError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                   absl::StrCat(name, " does not exist; register it first"),
                   absl::StrCat(name, " はありません。先に登録してください"),
                   {{"resource", name}});
}

absl::StatusOr<std::map<std::string, int64_t>> MillionthsOf(
    const Parameters& parameters) {
  std::map<std::string, int64_t> millionths;
  for (const auto& [name, value] : parameters) {
    SHIRUBE_ASSIGN_OR_RETURN(const Decimal rescaled,
                             value.Rescaled(kMillionthsScale));
    millionths[name] = rescaled.units();
  }
  return millionths;
}

}  // namespace

absl::Status NotServing(const std::string& rule_set, const std::string& en,
                        const std::string& ja) {
  return MakeError(
      absl::StatusCode::kUnavailable, "RULE_SET_NOT_SERVING",
      absl::StrCat("rule set ", rule_set, " cannot be asked: ", en),
      absl::StrCat("判定基準 ", rule_set, " は使えません: ", ja),
      {{"rule_set", rule_set}});
}

absl::StatusOr<RuleSetId> RuleSets::ActiveId(StoreReader& reader,
                                             const RuleSetId& named) {
  if (!named.empty() && named.value() != "default") return named;
  SHIRUBE_ASSIGN_OR_RETURN(const std::optional<ActivationRecord> active,
                           reader.GetActivation(PlanId()));
  return active ? active->rule_set : RuleSetId();
}

absl::StatusOr<std::shared_ptr<const ModuleFile>> RuleSets::FileOf(
    StoreReader& reader, const RuleSetModule& member) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::optional<RuleModuleRecord> stored,
                           reader.GetRuleModule(member.sha256));
  absl::Status problem = absl::NotFoundError("its bytes are not stored");
  if (stored && !stored->bytes.empty()) {
    auto file = host_->VerifyBytes(stored->bytes, member.module, member.sha256);
    if (file.ok()) return file;
    problem = file.status();
  }
  // The very same bytes may still lie in the folder.
  const std::string name =
      stored && !stored->file.empty() ? stored->file : member.module + ".so";
  auto file = host_->VerifyFile(name, member.sha256);
  if (file.ok()) {
    LogWarning(
        "rule module ", NameOf(member), " comes from ", name,
        " of the rules folder; in the store: ", std::string(problem.message()));
    return file;
  }
  const ErrorDetails details = DetailsOf(problem);
  const std::string named = absl::StrCat(NameOf(member), " (sha256 ",
                                         member.sha256.substr(0, 12), "…)");
  // What is whole but built for another server does not get better by being
  // put into the folder again.
  if (details.reason == "ABI_TOO_OLD" || details.reason == "ABI_TOO_NEW") {
    return MakeError(
        absl::StatusCode::kDataLoss, details.reason,
        absl::StrCat("module ", named, ": ", details.en,
                     "; give it another version and register it again, or "
                     "activate another rule set"),
        absl::StrCat("モジュール ", named, ": ", details.ja,
                     "。版を変えて登録し直すか、別の判定基準に切り替えて"
                     "ください"));
  }
  return MakeError(
      absl::StatusCode::kDataLoss, details.reason,
      absl::StrCat("module ", named, ": ", details.en,
                   "; put the file with this sha256 as ", name,
                   " into the rules folder, or activate another rule set"),
      absl::StrCat("モジュール ", NameOf(member),
                   " の保存された内容が欠けているか壊れています。sha256 が ",
                   member.sha256,
                   " の同じファイルをルールフォルダーに置くか、別の判定基準に"
                   "切り替えてください"));
}

absl::StatusOr<RuleSets::Loaded> RuleSets::LoadFromStore(
    const RuleSetId& id, RuleHost::OnFailure on_failure) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           store_->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const std::optional<RuleSetRecord> record,
                           reader->GetRuleSet(id));
  if (!record) return NoSuchRuleSet(id);
  Loaded loaded;
  for (const RuleSetModule& member : record->modules) {
    auto file = FileOf(*reader, member);
    if (file.status().code() == absl::StatusCode::kDataLoss) {
      const ErrorDetails why = DetailsOf(file.status());
      return NotServing(id.value(), why.en, why.ja);
    }
    SHIRUBE_RETURN_IF_ERROR(file.status());
    loaded.files.push_back(*std::move(file));
  }
  SHIRUBE_ASSIGN_OR_RETURN(auto millionths, MillionthsOf(record->parameters));
  SHIRUBE_ASSIGN_OR_RETURN(
      loaded.set, host_->Load(loaded.files, std::move(millionths), on_failure));
  if (loaded.set->id() == id) return loaded;
  return NotServing(
      id.value(),
      absl::StrCat("what is stored of it makes ", loaded.set->id().value(),
                   "; register and activate a rule set again"),
      absl::StrCat(
          "保存された内容は ", loaded.set->id().value(),
          " のものです。判定基準をもう一度登録して切り替えてください"));
}

absl::Status RuleSets::NoDefault() const {
  if (!no_default_.ok()) return no_default_;
  return NotServing("default", "none is active", "有効な判定基準がありません");
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleSets::Take(
    const RuleSetId& id, absl::StatusOr<Loaded> loaded) {
  std::vector<std::shared_ptr<const RuleSet>> gone;  // end without the lock
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[id];
  entry.loading = false;
  entry.problem = loaded.status();
  entry.tried = absl::Now();
  if (loaded.ok()) {
    entry.used = ++uses_;
    entry.set = loaded->set;
    entry.files = std::move(loaded->files);
  }
  gone = Evict();
  loaded_.notify_all();
  if (!loaded.ok()) return loaded.status();
  return loaded->set;
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleSets::Get(
    const RuleSetId& id) {
  {
    std::unique_lock lock(mutex_);
    if (id.empty()) return NoDefault();
    loaded_.wait(lock, [&] { return !entries_[id].loading; });
    Entry& entry = entries_[id];
    if (entry.set != nullptr) {
      entry.used = ++uses_;
      return entry.set;
    }
    if (!entry.problem.ok() && absl::Now() < entry.tried + kTryAgain) {
      return entry.problem;
    }
    entry.loading = true;
  }
  auto loaded = LoadFromStore(id, RuleHost::OnFailure::kLeaveOut);
  if (!loaded.ok() && !absl::IsNotFound(loaded.status())) {
    LogError("rule set ", id.value(),
             " cannot be loaded: ", DetailsOf(loaded.status()).en);
  }
  return Take(id, std::move(loaded));
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleSets::GetWhole(
    const RuleSetId& id) {
  Loaded known;
  {
    std::unique_lock lock(mutex_);
    if (id.empty()) return NoDefault();
    loaded_.wait(lock, [&] { return !entries_[id].loading; });
    Entry& entry = entries_[id];
    known.set = entry.set;
    known.files = entry.files;
    entry.used = ++uses_;
    entry.loading = known.set == nullptr;
  }
  if (known.set != nullptr) {
    return host_->Load(known.files, known.set->parameters(),
                       RuleHost::OnFailure::kRefuse);
  }
  auto loaded = LoadFromStore(id, RuleHost::OnFailure::kRefuse);
  if (loaded.ok()) return Take(id, std::move(loaded));
  // What refuses to start whole may still answer reads, module by module.
  const std::lock_guard lock(mutex_);
  entries_.erase(id);
  loaded_.notify_all();
  return loaded.status();
}

void RuleSets::StartAgain(const RuleSetId& id) {
  Loaded known;
  {
    const std::lock_guard lock(mutex_);
    const auto it = entries_.find(id);
    if (it == entries_.end() || it->second.set == nullptr) return;
    known.set = it->second.set;
    known.files = it->second.files;
  }
  const auto loaded = host_->Load(known.files, known.set->parameters(),
                                  RuleHost::OnFailure::kLeaveOut);
  if (loaded.ok()) return;
  LogWarning("rule set ", id.value(), ": ", DetailsOf(loaded.status()).en);
}

absl::Status RuleSets::ProblemOf(const RuleSetId& id) const {
  const std::lock_guard lock(mutex_);
  if (id.empty()) return no_default_;
  const auto it = entries_.find(id);
  return it == entries_.end() ? absl::OkStatus() : it->second.problem;
}

void RuleSets::SetNoDefault(const absl::Status& why) {
  const std::lock_guard lock(mutex_);
  no_default_ = why;
}

void RuleSets::ForgetProblems() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, entry] : entries_) {
    if (!entry.problem.ok()) entry.tried = absl::InfinitePast();
  }
}

void RuleSets::Pin(std::set<RuleSetId> ids) {
  std::vector<std::shared_ptr<const RuleSet>> gone;
  const std::lock_guard lock(mutex_);
  pinned_ = std::move(ids);
  gone = Evict();
}

std::vector<std::shared_ptr<const RuleSet>> RuleSets::Evict() {
  std::vector<std::pair<uint64_t, RuleSetId>> others;
  for (const auto& [id, entry] : entries_) {
    if (!entry.loading && !pinned_.contains(id)) {
      others.push_back({entry.used, id});
    }
  }
  std::vector<std::shared_ptr<const RuleSet>> gone;
  if (others.size() <= kOthersKept) return gone;
  std::sort(others.begin(), others.end());
  for (size_t i = 0; i + kOthersKept < others.size(); ++i) {
    gone.push_back(std::move(entries_[others[i].second].set));
    entries_.erase(others[i].second);
  }
  return gone;
}

}  // namespace shirube
