#include "server/storage/sqlite/codec.h"

namespace shirube::sqlite {

std::string Joined(const std::vector<std::string>& names,
                   const std::string& prefix) {
  std::string joined;
  for (const std::string& name : names) {
    if (!joined.empty()) joined += ", ";
    joined += prefix + name;
  }
  return joined;
}

std::string Marks(size_t count) {
  std::string marks;
  for (size_t i = 0; i < count; ++i) marks += i == 0 ? "?" : ", ?";
  return marks;
}

}  // namespace shirube::sqlite
