# shirube_test(NAME n SRCS ... LIBS ... [LABELS ...] [ENVIRONMENT ...] [TIMEOUT s] [SOAK]):
# one GoogleTest program, one ctest entry a program.
#
# Labels with a meaning: `tsan` for programs that link neither gRPC nor protobuf and therefore run under the
# thread sanitizer as well; `soak` (or SOAK) for programs that do their work at full length when SHIRUBE_SOAK=1
# is in the environment, which `./dev soak` sets through a second entry `<name>.soak`.
find_package(GTest REQUIRED)
set(SHIRUBE_DATA_DEFAULT ${PROJECT_SOURCE_DIR}/../shared/data)
set(SHIRUBE_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
configure_file(${CMAKE_CURRENT_LIST_DIR}/test_paths.h.in ${SHIRUBE_GENERATED_DIR}/tests/paths.h @ONLY)

# Everything that the tsan preset builds, and nothing else.
add_custom_target(shirube_tests_tsan)

function(shirube_test)
  cmake_parse_arguments(ARG "SOAK" "NAME;TIMEOUT" "SRCS;LIBS;LABELS;ENVIRONMENT" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  # Sanitized programs are slower, the machine that runs them is not.
  if(SHIRUBE_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 2")
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  if(SHIRUBE_SANITIZE STREQUAL "thread")
    target_sources(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests/tsan_status.cc)
  endif()
  target_link_libraries(${ARG_NAME}
    PRIVATE shirube_options shirube_sanitize ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  set_target_properties(${ARG_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  if("soak" IN_LIST ARG_LABELS)
    set(ARG_SOAK TRUE)
    list(REMOVE_ITEM ARG_LABELS soak)
  endif()
  if("tsan" IN_LIST ARG_LABELS)
    add_dependencies(shirube_tests_tsan ${ARG_NAME})
  endif()
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES
    LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT "${ARG_ENVIRONMENT}")
  if(ARG_SOAK)
    add_test(NAME ${ARG_NAME}.soak COMMAND ${ARG_NAME} CONFIGURATIONS soak)
    set_tests_properties(${ARG_NAME}.soak PROPERTIES
      LABELS soak TIMEOUT 14400 ENVIRONMENT "${ARG_ENVIRONMENT};SHIRUBE_SOAK=1")
  endif()
endfunction()

# shirube_bench(NAME n SRCS ... LIBS ...): one program of bench/, in build/bench/, run by `./dev bench n`;
# with the worker and the modules that judge by default.
function(shirube_bench)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;LIBS" ${ARGN})
  add_executable(bench_${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(bench_${ARG_NAME} PRIVATE shirube_options shirube_sanitize ${ARG_LIBS})
  set_target_properties(bench_${ARG_NAME} PROPERTIES
    OUTPUT_NAME ${ARG_NAME} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  add_dependencies(bench_${ARG_NAME} shirube-rule-worker
    shirube_rule_achieved shirube_rule_on_track shirube_rule_at_risk)
endfunction()
