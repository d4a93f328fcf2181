# Modules in Lua.
shirube_test(NAME rule_host_lua_test SRCS lua_test.cc lua_loading_test.cc lua_fixture.cc
  LIBS shirube_rule_host_fixture LABELS tsan)
