#include "tests/rule_host/footprint.h"

#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <string>

namespace shirube {
namespace fs = std::filesystem;

namespace {

bool IsChild(const fs::path& process) {
  if (std::isdigit(
          static_cast<unsigned char>(process.filename().string()[0])) == 0) {
    return false;
  }
  std::ifstream status(process / "status");
  for (std::string word; status >> word;) {
    if (word != "PPid:") continue;
    int parent = 0;
    status >> parent;
    return parent == getpid();
  }
  return false;
}

}  // namespace

Footprint Footprint::Now() {
  Footprint now;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    static_cast<void>(entry);
    ++now.descriptors;
  }
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    now.children += IsChild(entry.path()) ? 1 : 0;
  }
  int64_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  now.resident_bytes = resident * sysconf(_SC_PAGESIZE);
  return now;
}

}  // namespace shirube
