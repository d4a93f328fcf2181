#include "server/alerting/sink_url.h"

#include <curl/curl.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/alerting/address_guard.h"

namespace shirube {
namespace {

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string result = text;
  curl_free(text);
  return result;
}

// "[::1]" is how a URL writes an address, not how inet_pton reads it.
std::string Bare(const std::string& host) {
  if (host.size() < 2 || host.front() != '[') return host;
  return host.substr(1, host.size() - 2);
}

}  // namespace

absl::StatusOr<SinkUrl> ParseSinkUrl(const std::string& text,
                                     bool allow_private) {
  UrlHandle url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return absl::InvalidArgumentError(
        "url: cannot be read; write it as https://host/path");
  }
  const std::string scheme = Part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return absl::InvalidArgumentError(
        absl::StrCat("url: the scheme is ", scheme, "; only https and http"));
  }
  if (!Part(url.get(), CURLUPART_USER).empty() ||
      !Part(url.get(), CURLUPART_PASSWORD).empty()) {
    return absl::InvalidArgumentError(
        "url: carries a user name or password; deliveries are signed instead");
  }
  if (scheme == "http" && !allow_private) {
    return absl::InvalidArgumentError(
        "url: http is for receivers on this host or in a private network; use "
        "https, or set allow_private");
  }
  const std::string host = Part(url.get(), CURLUPART_HOST);
  const auto kind = ClassifyLiteral(Bare(host));
  if (kind.has_value() && !MayConnect(*kind, allow_private)) {
    return absl::InvalidArgumentError(
        *kind == AddressKind::kForbidden
            ? absl::StrCat("url: ", host, " is never allowed")
            : absl::StrCat("url: ", host,
                           " is private or this host's own; set "
                           "allow_private if that is meant"));
  }
  return SinkUrl{
      Part(url.get(), CURLUPART_URL),
      absl::StrCat(host, ":",
                   Part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT))};
}

}  // namespace shirube
