// What host and worker say to each other over their SEQPACKET socket: plain
// structs of one fixed size, one a packet. The host trusts none of what it
// receives: size, magic, version and sequence are checked before anything else.
#ifndef SHIRUBE_SERVER_RULE_HOST_FRAME_CONTROL_H_
#define SHIRUBE_SERVER_RULE_HOST_FRAME_CONTROL_H_

#include <cstdint>
#include <type_traits>

namespace shirube::frame {

inline constexpr uint32_t kControlMagic = 0x7572'6873;  // "shru"
inline constexpr uint32_t kControlVersion = 3;

// The descriptors a worker is started with, by number.
inline constexpr int kControlFd = 3;
inline constexpr int kModuleFd = 4;
inline constexpr int kColumnsFd = 5;
inline constexpr int kRequestFd = 6;
inline constexpr int kVerdictFd = 7;
inline constexpr int kFirstOtherFd = 8;
// The module once more: what the loader gets when it opens the module's path.
// The one descriptor besides the socket that anything may be done with.
inline constexpr int kLoaderFd = 8;

// The modes of the worker program, its first argument. The second is the
// process id of the host, the third a number: the memory limit in bytes, or
// for an inspection the size of the file it sees the beginning of.
inline constexpr char kModeRun[] = "run";          // descriptors as above
inline constexpr char kModeProbe[] = "probe";      // the socket alone
inline constexpr char kModeInspect[] = "inspect";  // see frame/inspection.h

// How a worker ends that tried a system call it may not make; which one is on
// its page (128 + SIGSYS).
inline constexpr int kForbiddenExit = 159;

// How a worker ends whose interpreted module failed; how is on its page
// (WorkerPage::failure and text).
inline constexpr int kFailedExit = 160;

// Seconds of CPU time a worker may use before the host raises its limit.
inline constexpr int kFirstCpuSeconds = 60;

// What confines a worker, as bits 1 << layer.
enum Layer : uint32_t {
  kSealedMemory = 0,     // nobody can change the module it runs
  kNoNewPrivileges = 1,  // and no core, no ptrace, dies with the host
  kRlimits = 2,
  kLandlock = 3,
  kSeccomp = 4,
  kLayers = 5,
};

// What a worker says of its layers. Trustworthy from a probe, which runs
// nothing but ourselves.
struct LayerReport {
  uint32_t active = 0;
  int32_t landlock_abi = 0;  // of the running kernel; 0: it has none
  uint8_t error[8] = {};     // by layer: the errno of what failed, or 0
};

struct Header {
  uint32_t magic = kControlMagic;
  uint32_t version = kControlVersion;
  uint64_t sequence = 0;  // of the request; 0 in a greeting
};

// Host to worker: answer for these rows.
struct Request {
  Header header;
  uint32_t slot = 0;
  uint32_t rows_in_slot = 0;
  uint32_t first_row = 0;  // without `has_rows`: rows first_row to +n-1
  uint32_t n = 0;
  uint32_t has_rows = 0;  // the rows are in the request area
  int32_t as_of_index = 0;
  uint32_t facts_count = 0;  // 0: no facts wanted
  uint32_t parameters_count = 0;
  // Bit p: parameter p has one value a position; else one for all, at [0].
  uint32_t strided = 0;
  int32_t today_index = 0;  // 0: the module does not ask
};

// Worker to host, once, after loading.
struct Greeting {
  enum Status : uint32_t {
    kReady = 0,
    kLoadFailed = 1,     // dlopen
    kMissingSymbol = 2,  // shirube_rule_v0, or a function of it
    kOtherAbi = 3,       // value: the minor version it was built for
    kInitFailed = 4,     // value: what create returned
    kMapFailed = 5,      // value: errno
    kUnconfined = 6,     // detail: the layer that could not be taken
  };
  Header header;
  uint32_t status = kReady;
  int32_t value = 0;
  LayerReport layers;
  char detail[216] = {};  // ends with a 0
};

// Worker to host: the verdict area is filled.
struct Reply {
  enum Status : uint32_t {
    kAnswered = 0,
    kRefused = 1,  // evaluate returned `value`, in call `call`
  };
  Header header;
  uint32_t status = kAnswered;
  int32_t value = 0;
  uint32_t call = 0;
  uint32_t reserved = 0;
};

static_assert(std::is_trivially_copyable_v<Request> && sizeof(Request) == 56);
static_assert(std::is_trivially_copyable_v<Greeting> &&
              sizeof(Greeting) == 256);
static_assert(sizeof(LayerReport) == 16);
static_assert(std::is_trivially_copyable_v<Reply> && sizeof(Reply) == 32);

}  // namespace shirube::frame

#endif  // SHIRUBE_SERVER_RULE_HOST_FRAME_CONTROL_H_
