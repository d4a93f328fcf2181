#include "server/service/errors.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"
#include "server/domain/violation.h"
#include "shirube/v1/error_reason.pb.h"

namespace shirube {
namespace {

// What a status says that was made without a reason of ours.
std::string_view ReasonOfCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return "INVALID_FIELD";
    case absl::StatusCode::kNotFound:
      return "RESOURCE_NOT_FOUND";
    case absl::StatusCode::kAlreadyExists:
      return "RESOURCE_EXISTS";
    case absl::StatusCode::kAborted:
      return "ETAG_MISMATCH";
    case absl::StatusCode::kResourceExhausted:
      return "QUEUE_FULL";
    case absl::StatusCode::kUnavailable:
      return "STORE_UNAVAILABLE";
    case absl::StatusCode::kDataLoss:
      return "STORE_CORRUPT";
    case absl::StatusCode::kUnimplemented:
      return "UNSUPPORTED";
    default:
      return "INTERNAL_FAULT";
  }
}

std::string Shortened(std::string text, size_t most = kMaxErrorTextBytes) {
  if (text.size() <= most) return text;
  size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  text.resize(end);
  return text + "…";
}

// The client called it off itself and reads no details.
bool IsTheClientsOwn(absl::StatusCode code) {
  return code == absl::StatusCode::kCancelled ||
         code == absl::StatusCode::kDeadlineExceeded;
}

void AddDetail(const google::protobuf::Message& detail,
               google::rpc::Status* out) {
  out->add_details()->PackFrom(detail);
}

// As many violations as fit into `budget` bytes; returns how many did not.
size_t FillBadRequest(const Violations& violations, Language language,
                      size_t budget, google::rpc::BadRequest* out) {
  size_t used = 0;
  for (size_t i = 0; i < violations.size(); ++i) {
    google::rpc::BadRequest::FieldViolation row;
    row.set_field(Shortened(violations[i].field));
    row.set_description(Shortened(
        language == Language::kJapanese ? violations[i].ja : violations[i].en));
    used += row.ByteSizeLong() + 4;
    if (used > budget) return violations.size() - i;
    *out->add_field_violations() = std::move(row);
  }
  return 0;
}

// What all violations have in common is what is wrong with the request.
std::string ReasonOf(const ErrorDetails& details, absl::StatusCode code) {
  std::string common;
  for (const Violation& violation : details.violations) {
    if (common.empty()) common = violation.reason;
    if (violation.reason != common) common = "INVALID_FIELD";
  }
  if (IsPublishedReason(common)) return common;
  if (IsPublishedReason(details.reason)) return details.reason;
  return std::string(ReasonOfCode(code));
}

double QualityOf(absl::string_view parameters) {
  double quality = 1;
  for (absl::string_view part : absl::StrSplit(parameters, ';')) {
    part = absl::StripAsciiWhitespace(part);
    if (absl::ConsumePrefix(&part, "q=") && !absl::SimpleAtod(part, &quality)) {
      return 0;
    }
  }
  return quality;
}

}  // namespace

Language LanguageOf(std::string_view accept_language) {
  double japanese = -1, english = -1;
  const absl::string_view all(accept_language.data(), accept_language.size());
  for (absl::string_view choice : absl::StrSplit(all, ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(choice, absl::MaxSplits(';', 1));
    const std::string tag =
        absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts.first));
    const double quality = QualityOf(parts.second);
    if (quality <= 0) continue;
    if (tag == "ja" || absl::StartsWith(tag, "ja-")) {
      japanese = std::max(japanese, quality);
    } else if (tag == "en" || absl::StartsWith(tag, "en-") || tag == "*") {
      english = std::max(english, quality);
    }
  }
  // Of equals the one that is named and not the one that is the default.
  return japanese > english ||
                 (japanese > 0 && japanese == english &&
                  accept_language.find("ja") < accept_language.find("en"))
             ? Language::kJapanese
             : Language::kEnglish;
}

bool IsPublishedReason(std::string_view reason) {
  v1::ErrorReason parsed;
  return !reason.empty() && reason != "UNSPECIFIED" &&
         v1::ErrorReason_Parse(
             absl::StrCat("ERROR_REASON_", std::string(reason)), &parsed);
}

google::rpc::Status ToRpcStatus(const absl::Status& status, Language language) {
  const ErrorDetails details = DetailsOf(status);
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(Shortened(std::string(status.message())));
  if (IsTheClientsOwn(status.code()) && details.reason.empty()) return out;

  google::rpc::ErrorInfo info;
  info.set_domain("shirube");
  info.set_reason(ReasonOf(details, status.code()));
  for (const auto& [key, value] : details.metadata) {
    const std::string text = Shortened(value);
    if (info.ByteSizeLong() + key.size() + text.size() > kMaxMetadataBytes) {
      (*info.mutable_metadata())["metadata_omitted"] = "true";
      break;
    }
    (*info.mutable_metadata())[key] = text;
  }
  google::rpc::LocalizedMessage localized;
  localized.set_locale(language == Language::kJapanese ? "ja" : "en");
  localized.set_message(Shortened(
      language == Language::kJapanese && !details.ja.empty() ? details.ja
      : details.en.empty() ? std::string(status.message())
                           : details.en,
      kMaxLocalizedBytes));
  google::rpc::BadRequest bad_request;
  const size_t used = info.ByteSizeLong() + localized.ByteSizeLong() +
                      out.message().size() + 300;
  const size_t omitted = FillBadRequest(
      details.violations, language,
      used < kMaxDetailBytes ? kMaxDetailBytes - used : 0, &bad_request);
  if (omitted > 0) {
    (*info.mutable_metadata())["violations_omitted"] = absl::StrCat(omitted);
  }
  AddDetail(info, &out);
  if (bad_request.field_violations_size() > 0) AddDetail(bad_request, &out);
  AddDetail(localized, &out);
  if (status.code() == absl::StatusCode::kResourceExhausted) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(200'000'000);
    AddDetail(retry, &out);
  }
  return out;
}

grpc::Status ToGrpcStatus(const absl::Status& status, Language language) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc = ToRpcStatus(status, language);
  return grpc::Status(static_cast<grpc::StatusCode>(rpc.code()), rpc.message(),
                      rpc.details_size() > 0 ? rpc.SerializeAsString() : "");
}

}  // namespace shirube
