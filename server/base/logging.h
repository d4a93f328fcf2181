// One line a happening, to standard error. A thin door before spdlog, so that
// nobody else includes it. Safe from any thread; a line that cannot be written
// is lost and harms nobody.
#ifndef SHIRUBE_SERVER_BASE_LOGGING_H_
#define SHIRUBE_SERVER_BASE_LOGGING_H_

#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace shirube {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// "debug", "info", "warning", "error", "off".
std::optional<LogLevel> ParseLogLevel(std::string_view word);

// What is below it is not written; kInfo at the start.
void SetLogLevel(LogLevel level);
bool LogEnabled(LogLevel level);

// `message` is written as it is, with line breaks made visible, so that text
// from outside cannot forge a line.
void Log(LogLevel level, std::string_view message);

template <typename... Parts>
void LogDebug(const Parts&... parts) {
  if (LogEnabled(LogLevel::kDebug)) {
    Log(LogLevel::kDebug, absl::StrCat(parts...));
  }
}
template <typename... Parts>
void LogInfo(const Parts&... parts) {
  if (LogEnabled(LogLevel::kInfo)) {
    Log(LogLevel::kInfo, absl::StrCat(parts...));
  }
}
template <typename... Parts>
void LogWarning(const Parts&... parts) {
  if (LogEnabled(LogLevel::kWarning)) {
    Log(LogLevel::kWarning, absl::StrCat(parts...));
  }
}
template <typename... Parts>
void LogError(const Parts&... parts) {
  if (LogEnabled(LogLevel::kError)) {
    Log(LogLevel::kError, absl::StrCat(parts...));
  }
}

}  // namespace shirube

#endif  // SHIRUBE_SERVER_BASE_LOGGING_H_
