# Verification and confinement, by workers without a host around them.
add_library(shirube_worker_fixture STATIC worker_fixture.cc)
target_link_libraries(shirube_worker_fixture PUBLIC shirube_rule_host_fixture)

add_executable(shirube_probe_without probe_without.cc)
target_link_libraries(shirube_probe_without
  PRIVATE shirube_rule_host_fixture PkgConfig::SECCOMP)

foreach(name confinement verification)
  shirube_test(NAME rule_host_${name}_test SRCS ${name}_test.cc
    LIBS shirube_worker_fixture LABELS tsan)
endforeach()
target_compile_definitions(rule_host_confinement_test PRIVATE
  SHIRUBE_PROBE_WITHOUT="$<TARGET_FILE:shirube_probe_without>")
add_dependencies(rule_host_confinement_test shirube_probe_without)
