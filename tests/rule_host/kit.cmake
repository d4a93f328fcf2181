# Modules tried outside of any rule set: what the tools for rule authors stand on.
shirube_test(NAME rule_host_trial_test SRCS trial_test.cc footprint.cc
  LIBS shirube_rule_host_fixture shirube::rules_cases LABELS tsan)
shirube_test(NAME rule_host_examination_test SRCS examination_test.cc
  LIBS shirube_rule_host_fixture shirube::rules_cases LABELS tsan)
