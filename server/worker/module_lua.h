// What a Lua module's file says of itself: the long comments that it begins
// with. Never runs any of it. The bytes may be anything; for the inspector this
// runs in a process that can do nothing else.
#ifndef SHIRUBE_SERVER_WORKER_MODULE_LUA_H_
#define SHIRUBE_SERVER_WORKER_MODULE_LUA_H_

#include <cstdint>
#include <string_view>

#include "server/rule_host/frame/inspection.h"

namespace shirube::worker {

struct ModuleLua {
  frame::Finding finding = frame::Finding::kNothingYet;
  uint64_t value = 0;  // of kWell: the line of the file the cases begin in
  const char* subject = "";
  frame::Language language = frame::kNative;
  std::string_view manifest, cases;  // in the file's bytes
};

// The four bytes that every shared library begins with.
bool IsElf(std::string_view file);

// Whether it begins as a Lua module does; then it is run as one.
bool IsLuaModule(std::string_view file);

// `file` is the whole file of `file_bytes`, or its beginning; of a beginning
// kWell is never found. For what IsElf() is not true of.
ModuleLua ReadModuleLua(std::string_view file, uint64_t file_bytes);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_MODULE_LUA_H_
