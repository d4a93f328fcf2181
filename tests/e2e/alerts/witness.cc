#include "tests/e2e/alerts/witness.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace shirube::e2e {
namespace {

// The key of what must have been taken before each key may arrive; empty for
// the first of an alert.
std::map<std::string, std::string> Before(const std::vector<Owed>& log) {
  std::map<std::string, std::map<int64_t, std::string>> alerts;
  for (const Owed& owed : log) alerts[owed.alert][owed.number] = owed.key;
  std::map<std::string, std::string> before;
  for (const auto& [alert, keys] : alerts) {
    std::string last;
    for (const auto& [number, key] : keys) {
      before[key] = last;
      last = key;
    }
  }
  return before;
}

}  // namespace

std::string Some(const std::vector<std::string>& lines) {
  constexpr size_t kShown = 5;
  std::string text;
  for (size_t i = 0; i < std::min(kShown, lines.size()); ++i) {
    absl::StrAppend(&text, lines[i], "\n");
  }
  if (lines.size() > kShown) {
    absl::StrAppend(&text, "and ", lines.size() - kShown, " more\n");
  }
  return text;
}

std::vector<std::string> WrongIn(const Seen& seen,
                                 const std::vector<Owed>& log) {
  std::vector<std::string> wrong = seen.complaints;
  const auto before = Before(log);
  std::set<std::string> taken;
  for (const Seen::Event& event : seen.events) {
    if (event.taken) {
      taken.insert(event.key);
      continue;
    }
    const auto found = before.find(event.key);
    if (found == before.end()) {
      wrong.push_back(absl::StrCat(event.key, " came and is not in the log"));
    } else if (!found->second.empty() && taken.count(found->second) == 0) {
      wrong.push_back(absl::StrCat(event.key, " came before ", found->second,
                                   " was taken"));
    }
  }
  for (const Owed& owed : log) {
    const auto content = seen.content.find(owed.key);
    if (content != seen.content.end() && content->second != owed.content) {
      wrong.push_back(absl::StrCat(owed.key, " says ", content->second,
                                   ", the log ", owed.content));
    }
  }
  return wrong;
}

void Witness::Arrived(const std::string& key, const std::string& raw,
                      const std::string& content) {
  const std::lock_guard lock(mutex_);
  seen_.events.push_back({key, false});
  const auto [it, first] = seen_.raw.emplace(key, raw);
  seen_.content.emplace(key, content);
  if (it->second != raw) {
    seen_.complaints.push_back(
        absl::StrCat(key, " was ", it->second, " and is now ", raw));
  }
}

void Witness::Takes(const std::string& key) {
  const std::lock_guard lock(mutex_);
  seen_.events.push_back({key, true});
  ++seen_.takes;
  seen_.taken.insert(key);
  changed_.notify_all();
}

void Witness::Complain(std::string what) {
  const std::lock_guard lock(mutex_);
  seen_.complaints.push_back(std::move(what));
}

bool Witness::AwaitTaken(const std::vector<Owed>& owed, absl::Time until) {
  std::unique_lock lock(mutex_);
  return std::all_of(owed.begin(), owed.end(), [&](const Owed& one) {
    return changed_.wait_until(lock, absl::ToChronoTime(until),
                               [&] { return seen_.taken.count(one.key) != 0; });
  });
}

Seen Witness::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

}  // namespace shirube::e2e
