# shirube_test(NAME n SRCS ... LIBS ... [LABELS ...] [ENVIRONMENT ...] [TIMEOUT s]):
# one GoogleTest program, one ctest entry a program.
find_package(GTest REQUIRED)
set(SHIRUBE_DATA_DEFAULT ${PROJECT_SOURCE_DIR}/../shared/data)

function(shirube_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SRCS;LIBS;LABELS;ENVIRONMENT" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME}
    PRIVATE shirube_options shirube_sanitize ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${ARG_NAME} PRIVATE
    SHIRUBE_DATA_DEFAULT="${SHIRUBE_DATA_DEFAULT}"
    SHIRUBE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    SHIRUBE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set_target_properties(${ARG_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES
    LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT "${ARG_ENVIRONMENT}")
endfunction()
