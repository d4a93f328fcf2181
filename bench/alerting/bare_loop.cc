#include "bench/alerting/bare_loop.h"

#include <curl/curl.h>

#include "bench/measure.h"

namespace shirube {
namespace {

size_t Ignore(char*, size_t size, size_t n, void*) { return size * n; }

struct Slot {
  CURL* easy = curl_easy_init();
  curl_slist* headers = nullptr;
};

void Start(CURLM* multi, Slot* slot, const Post& post) {
  curl_slist_free_all(slot->headers);
  slot->headers = nullptr;
  for (const std::string& header : post.headers) {
    slot->headers = curl_slist_append(slot->headers, header.c_str());
  }
  curl_easy_setopt(slot->easy, CURLOPT_URL, post.url.c_str());
  curl_easy_setopt(slot->easy, CURLOPT_USERAGENT, "shirube");
  curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->headers);
  curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, post.body.data());
  curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(post.body.size()));
  curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, &Ignore);
  curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
  curl_multi_add_handle(multi, slot->easy);
}

Slot* Finish(CURLM* multi, const CURLMsg& message) {
  long status = 0;
  curl_easy_getinfo(message.easy_handle, CURLINFO_RESPONSE_CODE, &status);
  if (message.data.result != CURLE_OK || status != 200) {
    Die("the bare loop was answered " + std::to_string(status));
  }
  char* slot = nullptr;
  curl_easy_getinfo(message.easy_handle, CURLINFO_PRIVATE, &slot);
  curl_multi_remove_handle(multi, message.easy_handle);
  return reinterpret_cast<Slot*>(slot);
}

}  // namespace

void PostAll(const std::vector<Post>& posts, int concurrency) {
  CURLM* multi = curl_multi_init();
  std::vector<Slot> slots(
      std::min(posts.size(), static_cast<size_t>(concurrency)));
  size_t sent = 0, done = 0;
  for (Slot& slot : slots) Start(multi, &slot, posts[sent++]);
  while (done < posts.size()) {
    int running = 0, left = 0;
    curl_multi_perform(multi, &running);
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      Slot* slot = Finish(multi, *message);
      ++done;
      if (sent < posts.size()) Start(multi, slot, posts[sent++]);
    }
    if (done < posts.size()) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  for (Slot& slot : slots) {
    curl_easy_cleanup(slot.easy);
    curl_slist_free_all(slot.headers);
  }
  curl_multi_cleanup(multi);
}

}  // namespace shirube
