#include "tests/worker_lua/engine_fixture.h"

#include <cstring>

namespace shirube::lua {
namespace {

constexpr char kManifest[] = R"(--[==[ shirube-manifest
{
  "id": "probe", "version": "1.0.0", "abi": "0.2", "data_schema": "0.2",
  "title": {"ja": "試", "en": "Probe"}, "requires": [],
  "arithmetic": "exact",
  "parameters": [
    {"name": "pace", "default": "0.80", "min": "0", "max": "1"},
    {"name": "behind", "default": "0.60", "min": "0", "max": "1"}
  ],
  "facts": [{"name": "progress", "unit": "ratio"}, {"name": "gap", "unit": "row"}],
  "reasons": [
    {"code": 5, "id": "MET", "answer": "RAISED", "status": "ACHIEVED"},
    {"code": 101, "id": "LOW", "answer": "RAISED", "status": "AT_RISK"},
    {"code": 31, "id": "WITHOUT_TARGET", "answer": "CANNOT_TELL"},
    {"code": 42, "id": "NOT_COVERED", "answer": "CANNOT_TELL"}
  ]
}
]==]
--[==[ shirube-cases ]==]
)";

bool Same(const std::vector<shirube_int128>& a,
          const std::vector<shirube_int128>& b) {
  return a.size() == b.size() &&
         (a.empty() ||
          std::memcmp(a.data(), b.data(), a.size() * sizeof(a[0])) == 0);
}

std::string Judging(const std::string& body) {
  return "function judge(row)\n" + body + "\nend\n";
}

}  // namespace

bool Probe::Answers::operator==(const Answers& other) const {
  return result == other.result && answer == other.answer &&
         reason == other.reason && judged_point == other.judged_point &&
         Same(numerator, other.numerator) &&
         Same(denominator, other.denominator);
}

std::string Probe::TextOf(const std::string& source) {
  return kManifest + source;
}

Probe::Probe(const std::string& source, const Limits& limits)
    : rule_(RuleOf(TextOf(source), limits)) {
  if (rule_->create(&state_) != 0) {
    state_ = nullptr;
    failure_ = LastFailure();
  }
}

Probe::~Probe() {
  if (state_ != nullptr) rule_->destroy(state_);
}

size_t Probe::memory_used() const {
  return static_cast<const Engine*>(state_)->memory_used();
}

Probe::Answers Probe::Ask(const shirube_batch* batch, const uint32_t* rows,
                          uint32_t n) {
  constexpr uint32_t kFacts = 2;
  Answers answers;
  answers.answer.assign(n, SHIRUBE_UNSET);
  answers.reason.assign(n, 0);
  answers.judged_point.assign(n, SHIRUBE_NO_POINT);
  answers.numerator.assign(size_t{kFacts} * n, {});
  answers.denominator.assign(size_t{kFacts} * n, {});
  shirube_verdicts verdicts = {};
  verdicts.struct_size = sizeof(verdicts);
  verdicts.facts_count = batch->want_facts != 0 ? kFacts : 0;
  verdicts.answer = answers.answer.data();
  verdicts.reason = answers.reason.data();
  verdicts.judged_point = answers.judged_point.data();
  verdicts.fact_numerator = answers.numerator.data();
  verdicts.fact_denominator = answers.denominator.data();
  verdicts.facts_stride = n;
  failure_ = {};
  answers.result = rule_->evaluate(state_, batch, rows, n, &verdicts);
  if (answers.result != 0) failure_ = LastFailure();
  return answers;
}

EngineTest::EngineTest() {
  row_.op = SHIRUBE_OP_AT_LEAST;
  row_.scale = 1;
  row_.baseline = 100;
  row_.baseline_index = 2015 * 12;
  row_.target = 200;
  row_.target_index = 2025 * 12;
  row_.points = {{2017 * 12, 125}, {2018 * 12, 140}, {2019 * 12, 155}};
}

std::string EngineTest::Place(int line_of_body) {
  return "probe.lua:" + std::to_string(kLinesBefore + 1 + line_of_body) + ": ";
}

Probe::Answers EngineTest::Judge(const std::string& body) {
  Probe probe(Judging(body));
  EXPECT_TRUE(probe.started()) << probe.failure().text;
  rules_test::Batch batch({row_}, as_of_);
  batch.get()->want_facts = 1;
  batch.get()->today_index = today_index_;
  return probe.Ask(&batch);
}

Failure EngineTest::FailureOf(const std::string& body, const Limits& limits) {
  Probe probe(Judging(body), limits);
  EXPECT_TRUE(probe.started()) << probe.failure().text;
  if (!probe.started()) return probe.failure();
  rules_test::Batch batch({row_}, as_of_);
  batch.get()->today_index = today_index_;
  const int result = probe.Ask(&batch).result;
  EXPECT_EQ(result != 0, probe.failure().kind != frame::kNoFailure);
  return probe.failure();
}

Failure EngineTest::StartFailure(const std::string& source,
                                 const Limits& limits) {
  return Probe(source, limits).failure();
}

std::string EngineTest::Error(const std::string& body) {
  return FailureOf(body).text;
}

std::string EngineTest::Value(const std::string& body) {
  const std::string text = Error("local function value()\n" + body +
                                 "\nend\nerror('=' .. tostring(value()), 0)");
  const size_t at = text.find(": =");
  return at == std::string::npos ? text : text.substr(at + 3);
}

}  // namespace shirube::lua
