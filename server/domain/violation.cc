#include "server/domain/violation.h"

#include <algorithm>
#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

// The payload is a row of netstrings ("5:hello"): reason, en, ja, the number of
// violations, four strings each, then pairs of metadata to the end.
constexpr char kPayload[] = "shirube/error-details";
constexpr size_t kMaxQuotedBytes = 60;

void Append(std::string_view text, std::string* out) {
  absl::StrAppend(out, text.size(), ":");
  out->append(text);
}

std::optional<std::string> Take(std::string_view* in) {
  const size_t colon = in->find(':');
  uint64_t size = 0;
  if (colon == std::string_view::npos ||
      !absl::SimpleAtoi(absl::string_view(in->data(), colon), &size) ||
      size > in->size() - colon - 1) {
    return std::nullopt;
  }
  std::string text(in->substr(colon + 1, size));
  in->remove_prefix(colon + 1 + size);
  return text;
}

bool TakeInto(std::string_view* in, std::string* out) {
  std::optional<std::string> text = Take(in);
  if (!text) return false;
  *out = *std::move(text);
  return true;
}

std::string Encode(const ErrorDetails& details) {
  std::string out;
  Append(details.reason, &out);
  Append(details.en, &out);
  Append(details.ja, &out);
  Append(absl::StrCat(details.violations.size()), &out);
  for (const Violation& violation : details.violations) {
    Append(violation.field, &out);
    Append(violation.reason, &out);
    Append(violation.en, &out);
    Append(violation.ja, &out);
  }
  for (const auto& [key, value] : details.metadata) {
    Append(key, &out);
    Append(value, &out);
  }
  return out;
}

std::optional<ErrorDetails> Decode(std::string_view in) {
  ErrorDetails details;
  std::string count_text;
  uint64_t count = 0;
  if (!TakeInto(&in, &details.reason) || !TakeInto(&in, &details.en) ||
      !TakeInto(&in, &details.ja) || !TakeInto(&in, &count_text) ||
      !absl::SimpleAtoi(count_text, &count)) {
    return std::nullopt;
  }
  for (; count > 0; --count) {
    Violation violation;
    if (!TakeInto(&in, &violation.field) || !TakeInto(&in, &violation.reason) ||
        !TakeInto(&in, &violation.en) || !TakeInto(&in, &violation.ja)) {
      return std::nullopt;
    }
    details.violations.push_back(std::move(violation));
  }
  while (!in.empty()) {
    auto& [key, value] = details.metadata.emplace_back();
    if (!TakeInto(&in, &key) || !TakeInto(&in, &value)) return std::nullopt;
  }
  return details;
}

absl::Status ToStatus(absl::StatusCode code, const ErrorDetails& details) {
  absl::Status status(code, details.en);
  status.SetPayload(kPayload, absl::Cord(Encode(details)));
  return status;
}

std::string Clipped(std::string_view text) {
  if (text.size() <= kMaxQuotedBytes) return std::string(text);
  size_t end = kMaxQuotedBytes;
  // Never in the middle of a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return absl::StrCat(std::string(text.substr(0, end)), "…");
}

}  // namespace

absl::Status ViolationsToStatus(const Violations& violations) {
  if (violations.empty()) return absl::OkStatus();
  const bool only_limits = std::all_of(
      violations.begin(), violations.end(),
      [](const Violation& v) { return v.reason == "LIMIT_EXCEEDED"; });
  const Violation& first = violations.front();
  ErrorDetails details;
  details.reason = only_limits ? "LIMIT_EXCEEDED" : "INVALID_FIELD";
  details.en = absl::StrCat(first.field, ": ", first.en);
  details.ja = absl::StrCat(first.field, ": ", first.ja);
  if (violations.size() > 1) {
    absl::StrAppend(&details.en, " (and ", violations.size() - 1, " more)");
    absl::StrAppend(&details.ja, "(ほか", violations.size() - 1, "件)");
  }
  details.violations = violations;
  return ToStatus(absl::StatusCode::kInvalidArgument, details);
}

absl::Status MakeError(
    absl::StatusCode code, std::string reason, std::string en, std::string ja,
    std::vector<std::pair<std::string, std::string>> metadata) {
  ErrorDetails details;
  details.reason = std::move(reason);
  details.en = std::move(en);
  details.ja = std::move(ja);
  details.metadata = std::move(metadata);
  return ToStatus(code, details);
}

ErrorDetails DetailsOf(const absl::Status& status) {
  if (auto payload = status.GetPayload(kPayload)) {
    if (auto details = Decode(std::string(*payload))) return *details;
  }
  ErrorDetails details;
  details.en = details.ja = std::string(status.message());
  return details;
}

void AddViolation(std::string field, const absl::Status& status,
                  Violations* out) {
  if (status.ok()) return;
  ErrorDetails details = DetailsOf(status);
  if (details.reason.empty()) details.reason = "INVALID_FIELD";
  out->push_back({std::move(field), std::move(details.reason),
                  std::move(details.en), std::move(details.ja)});
}

std::string Quoted(std::string_view text) {
  return absl::StrCat("\"", Clipped(text), "\"");
}

std::string QuotedJa(std::string_view text) {
  return absl::StrCat("「", Clipped(text), "」");
}

}  // namespace shirube
