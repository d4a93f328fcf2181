// What a script cannot reach.
#include "tests/worker_lua/engine_fixture.h"

namespace shirube::lua {
namespace {

using ::testing::HasSubstr;

using SandboxTest = EngineTest;

TEST_F(SandboxTest, HasNothingThatReachesOut) {
  for (const char* name :
       {"io",           "os",        "package",        "require",
        "debug",        "coroutine", "load",           "loadstring",
        "loadfile",     "dofile",    "collectgarbage", "rawset",
        "rawget",       "rawequal",  "rawlen",         "setmetatable",
        "getmetatable", "print",     "warn",           "xpcall",
        "_G",           "_VERSION",  "module",         "setfenv",
        "getfenv",      "newproxy",  "unpack"}) {
    EXPECT_EQ(Value("return " + std::string(name)), "nil") << name;
  }
  EXPECT_EQ(Value("return math.random"), "nil");
  EXPECT_EQ(Value("return math.randomseed"), "nil");
  EXPECT_EQ(Value("return string.dump"), "nil");
  EXPECT_EQ(Value("return ('').dump"), "nil");
}

TEST_F(SandboxTest, HasTheRest) {
  EXPECT_EQ(Value("return math.floor(3.7) + math.abs(-1) + #math.type(1)"),
            "11");
  EXPECT_EQ(Value("return ('abc'):upper():rep(2, '-')"), "ABC-ABC");
  EXPECT_EQ(Value("return table.concat({1, 2, 3}, ',')"), "1,2,3");
  EXPECT_EQ(Value("return select('#', table.unpack({1, 2, 3}))"), "3");
  EXPECT_EQ(Value("return utf8.len('進捗率')"), "3");
  EXPECT_EQ(Value("return (string.gsub('a-b', '%-', '+'))"), "a+b");
  EXPECT_EQ(Value("return string.unpack('<i4', string.pack('<i4', 77))"), "77");
  EXPECT_EQ(Value("return type(judge) .. type(row)"), "functionuserdata");
  EXPECT_EQ(Value("return assert(7)"), "7");
  EXPECT_EQ(Value("return tostring(next({}))"), "nil");
}

TEST_F(SandboxTest, KeepsItsLibrariesAsTheyAre) {
  for (const char* body : {"string.format = nil", "math.floor = function() end",
                           "table.sort = nil", "utf8.len = nil",
                           "string.new = 1", "string[1] = 2"}) {
    EXPECT_THAT(Error(body), HasSubstr("cannot be changed")) << body;
    EXPECT_THAT(StartFailure(body).text, HasSubstr("cannot be changed"));
  }
  EXPECT_THAT(Error("table.insert(math, 1)"), HasSubstr("cannot be changed"));
  EXPECT_EQ(Value("return math.floor(1.5)"), "1");
}

TEST_F(SandboxTest, LetsNobodyTouchTheMetatableOfStrings) {
  EXPECT_THAT(Error("getmetatable('').__index = function() end"),
              HasSubstr("nil value (global 'getmetatable')"));
  EXPECT_THAT(Error("('').rep = nil"), HasSubstr("index a string value"));
}

TEST_F(SandboxTest, FreezesGlobalsOnceTheChunkHasRun) {
  Probe probe(
      "count = 0\n"
      "function helper() return count end\n"
      "function judge(row)\n"
      "  if helper() ~= 0 then error('kept') end\n"
      "  local ok, why = pcall(function() count = 1 end)\n"
      "  if ok then error('changed') end\n"
      "  new = why\n"
      "end");
  ASSERT_TRUE(probe.started()) << probe.failure().text;
  rules_test::Batch batch({row_});
  EXPECT_NE(probe.Ask(&batch).result, 0);
  EXPECT_THAT(probe.failure().text,
              HasSubstr("probe.lua:26: global 'new' cannot be set"));
  EXPECT_THAT(Error("judge = nil"), HasSubstr("global 'judge'"));
  EXPECT_THAT(Error("_ENV.pcall = nil"), HasSubstr("global 'pcall'"));
  EXPECT_THAT(Error("row = nil\nhelp = 2"), HasSubstr("global 'help'"));
}

TEST_F(SandboxTest, RunsNoBytecode) {
  // What string.dump would give, as the beginning of a chunk.
  const std::string text = Probe::TextOf("");
  const shirube_rule* rule = RuleOf("\x1bLua" + text);
  void* state = nullptr;
  EXPECT_NE(rule->create(&state), 0);
  EXPECT_EQ(state, nullptr);
  EXPECT_STREQ(LastFailure().text, "no text, but bytecode");
}

TEST_F(SandboxTest, TellsNoAddresses) {
  EXPECT_EQ(Value("return tostring({})"), "table");
  EXPECT_EQ(Value("return tostring(judge)"), "function");
  EXPECT_EQ(Value("return tostring(pcall)"), "function");
  EXPECT_EQ(Value("return tostring(row)"), "row");
  EXPECT_EQ(Value("return string.format('%s %5s', {}, print)"), "table   nil");
  EXPECT_EQ(Value("return ('%s'):format(judge)"), "function");
  EXPECT_THAT(Error("return string.format('%p', {})"), HasSubstr("%p"));
  EXPECT_THAT(Error("return string.format('%%%-10p', {})"), HasSubstr("%p"));
  EXPECT_EQ(Value("return string.format('%%p%d', 3)"), "%p3");
}

TEST_F(SandboxTest, CatchesItsOwnErrorsOnly) {
  EXPECT_EQ(Value("local ok, text = pcall(error, 'x', 0)\n"
                  "return tostring(ok) .. text"),
            "falsex");
  EXPECT_EQ(Value("return select('#', pcall(function() return 1, 2 end))"),
            "3");
  EXPECT_EQ(Value("local ok, t = pcall(error, {code = 7})\nreturn t.code"),
            "7");
  EXPECT_THAT(Error("pcall()"), HasSubstr("value expected"));
}

TEST_F(SandboxTest, CannotHaveTheMetatablesOfItsValues) {
  EXPECT_EQ(Value("return getmetatable and getmetatable(row)"), "nil");
  EXPECT_EQ(Value("return row.__index"), "nil");
  EXPECT_THAT(Error("return ratio(1).__add"), HasSubstr("no '__add'"));
}

}  // namespace
}  // namespace shirube::lua
