# cmake -DLIST=file -DOUT=templates.cc -P embed.cmake: the files of LIST, lines of
# "name<tab>path", as bytes of a C++ source that defines templates.h's table.
file(STRINGS "${LIST}" lines)
set(arrays "")
set(rows "")
set(i 0)
foreach(line IN LISTS lines)
  string(REPLACE "\t" ";" parts "${line}")
  list(GET parts 0 name)
  list(GET parts 1 path)
  file(READ "${path}" hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(APPEND arrays "const unsigned char kFile${i}[] = {${bytes}0};\n")
  string(APPEND rows
    "      {\"${name}\", {reinterpret_cast<const char*>(kFile${i}), sizeof(kFile${i}) - 1}},\n")
  math(EXPR i "${i} + 1")
endforeach()
file(WRITE "${OUT}" "// Made by client/cli/rule/embed.cmake.
#include \"client/cli/rule/templates.h\"

namespace shirube::cli {
namespace {
${arrays}}  // namespace

const std::map<std::string_view, std::string_view>& Templates() {
  static const std::map<std::string_view, std::string_view> kTemplates = {
${rows}  };
  return kTemplates;
}

}  // namespace shirube::cli
")
