# Compiler settings shared by every target of ours.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# -O3 with -Werror refuses correct code on g++ 12; -Wrestrict is wrong there.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")

set(SHIRUBE_SANITIZE "" CACHE STRING "empty, address or thread")
option(SHIRUBE_BENCH "build what lies in bench/ (timings of a sanitized build say nothing)" ON)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

find_program(CCACHE ccache)
if(CCACHE)
  # What one clone has compiled serves the others on the machine.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# Warnings, and what an `#include "server/..."` is relative to.
add_library(shirube_options INTERFACE)
target_compile_options(shirube_options INTERFACE
  -Wall -Wextra -Werror -Wno-restrict -Wno-missing-field-initializers)
target_include_directories(shirube_options INTERFACE ${PROJECT_SOURCE_DIR})

# Sanitizers for everything but the confined worker and the modules it loads
# (an instrumented worker cannot live inside its limits). A null pointer and an
# object that is not there show under the address sanitizer, too; asking before
# every use makes a quarter of what there is to compile.
add_library(shirube_sanitize INTERFACE)
if(SHIRUBE_SANITIZE STREQUAL "address")
  target_compile_options(shirube_sanitize INTERFACE
    -fsanitize=address,undefined -fno-sanitize=null,vptr,object-size -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(shirube_sanitize INTERFACE -fsanitize=address,undefined)
elseif(SHIRUBE_SANITIZE STREQUAL "thread")
  target_compile_options(shirube_sanitize INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(shirube_sanitize INTERFACE -fsanitize=thread)
endif()

# shirube_library(NAME SRCS... [LIBS ...] [PRIVATE_LIBS ...]): one folder's
# library shirube_<NAME>, alias shirube::<NAME>. Without SRCS: headers only.
function(shirube_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;LIBS;PRIVATE_LIBS" ${ARGN})
  if(ARG_SRCS)
    add_library(shirube_${name} STATIC ${ARG_SRCS})
    target_link_libraries(shirube_${name}
      PUBLIC shirube_options shirube_sanitize ${ARG_LIBS} PRIVATE ${ARG_PRIVATE_LIBS})
  else()
    add_library(shirube_${name} INTERFACE)
    target_link_libraries(shirube_${name} INTERFACE shirube_options ${ARG_LIBS})
  endif()
  add_library(shirube::${name} ALIAS shirube_${name})
endfunction()

# A folder takes part as soon as it has a CMakeLists.txt.
function(shirube_add_folders)
  foreach(folder ${ARGV})
    if(folder STREQUAL "bench" AND NOT SHIRUBE_BENCH)
      continue()
    endif()
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
      add_subdirectory(${folder})
    endif()
  endforeach()
endfunction()
