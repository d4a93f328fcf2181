#include "server/domain/alert.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"

namespace shirube {

namespace {

char LetterOf(AlertKind kind) {
  switch (kind) {
    case AlertKind::kLaggingIndicator:
      return 'l';
    case AlertKind::kLaggingInitiative:
      return 'f';
    case AlertKind::kNoPlannedEntry:
      return 'n';
    case AlertKind::kFigureOverdue:
      return 'o';
    case AlertKind::kModuleOutOfService:
      return 'm';
    case AlertKind::kUnspecified:
      break;
  }
  return 'x';
}

uint64_t Fnv1a(const std::string& text) {
  uint64_t hash = 14695981039346656037ull;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  }
  return hash;
}

}  // namespace

AlertId AlertIdOf(AlertKind kind, const std::string& subject,
                  const std::optional<Period>& period) {
  constexpr size_t kHashed = 17;  // "-" and 16 digits
  std::string id = absl::StrCat(std::string(1, LetterOf(kind)), "-", subject);
  if (period.has_value()) absl::StrAppend(&id, "-", period->ToId());
  // A module's name may have letters that an id may not.
  bool changed = false;
  const std::string whole = id;
  for (char& c : id) {
    const bool good =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (!good) {
      c = '-';
      changed = true;
    }
  }
  if (!changed && id.size() <= limits::kMaxIdBytes) return AlertId(id);
  id.resize(std::min<size_t>(id.size(), limits::kMaxIdBytes - kHashed));
  return AlertId(
      absl::StrCat(id, "-", absl::Hex(Fnv1a(whole), absl::kZeroPad16)));
}

}  // namespace shirube
