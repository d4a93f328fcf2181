#include "tests/e2e/alerts/bad_receiver.h"

namespace shirube::e2e {
namespace {

constexpr int kMostBadTimes = 3;

using Way = Reply::Way;

// Of a hundred, how many; what is left is taken.
struct Behaviour {
  int share;
  Reply reply;
};
const std::vector<Behaviour>& Behaviours() {
  static const auto& behaviours = *new std::vector<Behaviour>{
      {6, {.way = Way::kDrop}},
      {5, {.way = Way::kHalf}},
      {5, {.status = 500}},
      {3, {.status = 429, .headers = "Retry-After: 1\r\n"}},
      {2, {.status = 401}},
      {2, {.status = 404}},
      {2, {.status = 301, .headers = "Location: /other\r\n"}},
      {1, {.way = Way::kHang}},
      {1, {.way = Way::kDrip}},
  };
  return behaviours;
}

bool IsTaken(const Reply& reply) {
  return reply.status == 200 &&
         (reply.way == Way::kWhole || reply.way == Way::kTwice);
}

}  // namespace

BadReceiver::BadReceiver(Transport transport, uint64_t seed, Killer* killer,
                         Read read)
    : killer_(killer),
      read_(std::move(read)),
      certificates_(
          transport == Transport::kPlain
              ? std::vector<shirube::Certificate>{}
              : std::vector<shirube::Certificate>{MakeCertificate(
                                                      "IP:127.0.0.1"),
                                                  MakeCertificate(
                                                      "DNS:example.jp"),
                                                  MakeCertificate(
                                                      "IP:127.0.0.1")}),
      random_(seed),
      receiver_([this](const Request& request) { return Answer(request); },
                transport == Transport::kPlain
                    ? std::function<SSL_CTX*()>()
                    : [this] { return Certificate(); }) {}

std::string BadReceiver::ca_pem() const {
  // The third one is of nobody known.
  return certificates_.empty() ? ""
                               : certificates_[0].pem + certificates_[1].pem;
}

void BadReceiver::BehaveWell() {
  good_ = true;
  receiver_.Disconnect();
}

SSL_CTX* BadReceiver::Certificate() {
  const std::lock_guard lock(mutex_);
  const uint64_t draw = random_() % 20;
  return certificates_[good_ || draw > 2 ? 0 : 1 + draw % 2].context.get();
}

Reply BadReceiver::Answer(const Request& request) {
  const std::string key = read_(request, &witness_);
  if (key.empty()) return {.status = 500};
  if (killer_->Takes(Moment::kArrival)) {
    killer_->Kill();
    return {.way = Way::kDrop};
  }
  Reply reply;
  const std::function<void()> kill = [this] { killer_->Kill(); };
  if (killer_->Takes(Moment::kHalfAnswer)) {
    reply = {.way = Way::kHalf};
    reply.then = kill;
  } else if (killer_->Takes(Moment::kAnswer)) {
    reply.then = kill;
  } else {
    reply = AtRandom(key);
  }
  if (IsTaken(reply)) witness_.Takes(key);
  return reply;
}

Reply BadReceiver::AtRandom(const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (good_) return {};
  int draw = static_cast<int>(random_() % 100);
  for (const Behaviour& behaviour : Behaviours()) {
    draw -= behaviour.share;
    if (draw >= 0) continue;
    if (bad_times_[key]++ < kMostBadTimes) return behaviour.reply;
    return {};
  }
  Reply taken;
  if (draw < 5) taken.delay_ms = 1 + static_cast<int>(random_() % 50);
  if (draw >= 5 && draw < 9) taken.way = Way::kTwice;
  return taken;
}

}  // namespace shirube::e2e
