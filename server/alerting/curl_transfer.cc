#include "server/alerting/curl_transfer.h"

#include <sys/socket.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace shirube {
namespace {

long Milliseconds(absl::Duration duration) {
  return static_cast<long>(absl::ToInt64Milliseconds(duration));
}

}  // namespace

CurlTransfer::CurlTransfer() : easy_(curl_easy_init()) {}

CurlTransfer::~CurlTransfer() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_);
}

void CurlTransfer::Prepare(Post post, const PostLimits& limits) {
  post_ = std::move(post);
  limits_ = limits;
  retry_after_.clear();
  text_.clear();
  head_bytes_ = body_bytes_ = 0;
  refused_ = cut_ = false;
  curl_slist_free_all(std::exchange(headers_, nullptr));
  for (const std::string& header : post_.headers) {
    headers_ = curl_slist_append(headers_, header.c_str());
  }
  curl_easy_reset(easy_);
  curl_easy_setopt(easy_, CURLOPT_URL, post_.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  // Otherwise the engine's thread, and with it every other sink, would wait for
  // a lookup that was given up until the resolver's thread ends.
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, "shirube");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(post_.body.size()));
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, post_.body.data());
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlTransfer::OnHeader);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlTransfer::OnBody);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   Milliseconds(limits_.connect));
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, Milliseconds(limits_.total));
  curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_TIME,
                   static_cast<long>(absl::ToInt64Seconds(limits_.silence)));
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  SetRoute();
}

void CurlTransfer::SetRoute() {
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!post_.ca_pem.empty()) {
    curl_blob blob{post_.ca_pem.data(), post_.ca_pem.size(), CURL_BLOB_COPY};
    curl_easy_setopt(easy_, CURLOPT_CAINFO_BLOB, &blob);
    // Otherwise the system's authorities would be trusted as well.
    curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
  }
  // An empty text, unlike none, keeps curl from asking the environment.
  curl_easy_setopt(easy_, CURLOPT_PROXY, post_.proxy.c_str());
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION,
                   &CurlTransfer::OpenSocket);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &CurlTransfer::BeforeRequest);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
}

// What is connected to where a proxy is configured is the proxy, and most are
// in a private network.
bool CurlTransfer::MayReach(AddressKind kind) const {
  return MayConnect(kind, post_.allow_private || !post_.proxy.empty());
}

curl_socket_t CurlTransfer::OpenSocket(void* self, curlsocktype /*purpose*/,
                                       curl_sockaddr* address) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  if (!transfer->MayReach(ClassifyAddress(address->addr))) {
    transfer->refused_ = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC,
                address->protocol);
}

// A connection that another subscription opened to the same host, perhaps with
// `allow_private`, passes here and not through OpenSocket.
int CurlTransfer::BeforeRequest(void* self, char* primary_ip,
                                char* /*local_ip*/, int /*primary_port*/,
                                int /*local_port*/) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  const auto kind = ClassifyLiteral(primary_ip);
  if (kind.has_value() && transfer->MayReach(*kind)) {
    return CURL_PREREQFUNC_OK;
  }
  transfer->refused_ = true;
  return CURL_PREREQFUNC_ABORT;
}

size_t CurlTransfer::OnHeader(char* data, size_t size, size_t n, void* self) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  constexpr std::string_view kName = "retry-after:";
  const absl::string_view line(data, size * n);
  if (absl::StartsWithIgnoreCase(
          line, absl::string_view(kName.data(), kName.size()))) {
    transfer->retry_after_ =
        std::string(absl::StripAsciiWhitespace(line.substr(kName.size())));
  }
  transfer->head_bytes_ += line.size();
  if (transfer->head_bytes_ <= transfer->limits_.answer_bytes) return size * n;
  return 0;
}

size_t CurlTransfer::OnBody(char* data, size_t size, size_t n, void* self) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  transfer->body_bytes_ += size * n;
  if (transfer->text_.size() < kKeptText) {
    transfer->text_.append(
        data, std::min(size * n, kKeptText - transfer->text_.size()));
  }
  if (transfer->body_bytes_ <= transfer->limits_.answer_bytes) return size * n;
  transfer->cut_ = true;
  return 0;
}

WayEnd CurlTransfer::WayOf(CURLcode result, int status) const {
  if (refused_) return WayEnd::kAddressRefused;
  if (cut_ && status > 0) return WayEnd::kAnswered;
  switch (result) {
    case CURLE_OK:
      return WayEnd::kAnswered;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return WayEnd::kResolveFailed;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return WayEnd::kConnectFailed;
    case CURLE_OPERATION_TIMEDOUT:
      return WayEnd::kTimedOut;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
      return WayEnd::kTlsFailed;
    default:
      return WayEnd::kBroken;
  }
}

HttpReply CurlTransfer::Finish(CURLcode result) {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  HttpReply answer;
  answer.status = static_cast<int>(status);
  answer.way = WayOf(result, answer.status);
  answer.retry_after = retry_after_;
  answer.text = text_;
  return answer;
}

}  // namespace shirube
