# The life of rule sets and their modules.
foreach(name life self_test)
  shirube_test(NAME rule_host_${name}_test SRCS ${name}_test.cc footprint.cc
    LIBS shirube_rule_host_fixture LABELS tsan)
endforeach()
