#include "server/service/fingerprint.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace shirube {
namespace {

uint64_t Rotate(uint64_t x, int bits) {
  return (x << bits) | (x >> (64 - bits));
}

struct SipState {
  uint64_t v0, v1, v2, v3;
  void Round() {
    v0 += v1;
    v1 = Rotate(v1, 13) ^ v0;
    v0 = Rotate(v0, 32);
    v2 += v3;
    v3 = Rotate(v3, 16) ^ v2;
    v0 += v3;
    v3 = Rotate(v3, 21) ^ v0;
    v2 += v1;
    v1 = Rotate(v1, 17) ^ v2;
    v2 = Rotate(v2, 32);
  }
  void Take(uint64_t word) {
    v3 ^= word;
    Round();
    Round();
    v0 ^= word;
  }
};

uint64_t LittleEndian(std::string_view bytes) {
  uint64_t word = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    word |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i]))
            << (8 * i);
  }
  return word;
}

}  // namespace

// J.-P. Aumasson, D. J. Bernstein: SipHash, 2012; the constants spell
// "somepseudorandomlygeneratedbytes".
uint64_t SipHash24(uint64_t key0, uint64_t key1, std::string_view text) {
  SipState state{key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d,
                 key0 ^ 0x6c7967656e657261, key1 ^ 0x7465646279746573};
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    state.Take(LittleEndian(text.substr(at, 8)));
  }
  state.Take(LittleEndian(text.substr(at)) |
             (static_cast<uint64_t>(text.size() & 0xFF) << 56));
  state.v2 ^= 0xFF;
  for (int i = 0; i < 4; ++i) state.Round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

std::string Fingerprint(std::string_view text) {
  return absl::StrCat(absl::Hex(SipHash24(1, 2, text), absl::kZeroPad16),
                      absl::Hex(SipHash24(3, 4, text), absl::kZeroPad16));
}

std::string RequestFingerprint(const google::protobuf::Message& request) {
  std::unique_ptr<google::protobuf::Message> copy(request.New());
  copy->CopyFrom(request);
  const auto* field = copy->GetDescriptor()->FindFieldByName("request_id");
  if (field != nullptr) copy->GetReflection()->ClearField(copy.get(), field);
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    copy->SerializeToCodedStream(&out);
  }
  return Fingerprint(bytes);
}

}  // namespace shirube
