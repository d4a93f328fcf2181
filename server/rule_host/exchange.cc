#include "server/rule_host/exchange.h"

#include <algorithm>
#include <cstring>

#include "server/rule_host/frame/areas.h"
#include "server/rule_host/frame/slot_layout.h"

namespace shirube {
namespace {

void EmptyAnswers(void* area, uint32_t n, uint32_t facts_count) {
  std::memset(frame::At<uint8_t>(area, frame::kAnswer), SHIRUBE_UNSET, n);
  std::memset(frame::At<uint16_t>(area, frame::kReason), 0,
              n * sizeof(uint16_t));
  std::memset(frame::At<uint16_t>(area, frame::kJudgedPoint), 0xFF,
              n * sizeof(uint16_t));
  for (uint32_t f = 0; f < facts_count; ++f) {
    for (const frame::Column& column :
         {frame::kFactNumerator, frame::kFactDenominator}) {
      std::memset(frame::At<shirube_int128>(area, column, f * frame::kFactRows),
                  0, n * sizeof(shirube_int128));
    }
  }
}

void CopyAnswers(const void* area, const AnswerColumns& columns) {
  const uint32_t n = columns.n;
  std::copy_n(frame::At<uint8_t>(area, frame::kAnswer), n, columns.answer);
  std::copy_n(frame::At<uint16_t>(area, frame::kReason), n, columns.reason);
  std::copy_n(frame::At<uint16_t>(area, frame::kJudgedPoint), n,
              columns.judged_point);
}

}  // namespace

frame::Request Exchange::Write(const Rows& rows, const Manifest& manifest,
                               WorkerProcess* worker) const {
  const frame::Ask& ask = *rows.ask;
  frame::Request request;
  request.slot = ask.slot;
  request.rows_in_slot = ask.rows_count;
  request.first_row = rows.first;
  request.n = rows.n;
  request.as_of_index = options_.as_of_index;
  if (manifest.requires_today) {
    request.today_index = std::min(options_.today_index, options_.as_of_index);
  }
  if (!rows.mask->all || ask.rows != nullptr) {
    request.has_rows = 1;
    auto* to = frame::At<uint32_t>(worker->request_area(), frame::kRequestRows);
    for (uint32_t i = 0; i < rows.n; ++i) {
      to[i] = ask.row(rows.mask->position(rows.first + i));
    }
  }
  WriteParameters(rows, manifest, worker, &request);
  if (options_.want_facts) {
    request.facts_count = static_cast<uint32_t>(manifest.facts.size());
  }
  EmptyAnswers(worker->verdict_area(), rows.n, request.facts_count);
  return request;
}

void Exchange::WriteParameters(const Rows& rows, const Manifest& manifest,
                               WorkerProcess* worker,
                               frame::Request* request) const {
  const std::vector<ManifestParameter>& parameters = manifest.parameters;
  request->parameters_count = static_cast<uint32_t>(parameters.size());
  for (uint32_t p = 0; p < parameters.size(); ++p) {
    auto* column =
        frame::At<int64_t>(worker->request_area(), frame::kRequestParameters,
                           p * frame::kSlotRows);
    const auto differing = rows.parameters->find(parameters[p].name);
    if (differing == rows.parameters->end()) {
      column[0] = set_.parameters().at(parameters[p].name);
      continue;
    }
    request->strided |= uint32_t{1} << p;
    for (uint32_t i = 0; i < rows.n; ++i) {
      column[i] = differing->second[rows.mask->position(rows.first + i)];
    }
  }
}

ModuleOutcome Exchange::Take(const Rows& rows, const Manifest& manifest,
                             const ReasonTable& reasons, WorkerProcess* worker,
                             ModuleAnswers* answers, AnswerCounts* counts) {
  const bool direct = rows.mask->all;
  if (!direct) {
    answer_.resize(rows.n);
    reason_.resize(rows.n);
    judged_point_.resize(rows.n);
  }
  AnswerColumns columns{};
  columns.n = rows.n;
  columns.answer =
      direct ? answers->answer.data() + rows.first : answer_.data();
  columns.reason =
      direct ? answers->reason.data() + rows.first : reason_.data();
  columns.judged_point =
      direct ? answers->judged_point.data() + rows.first : judged_point_.data();
  columns.points_count = rows.columns->points_count;
  if (direct && rows.ask->rows == nullptr) {
    columns.points_count += rows.first;
  } else {
    // The worker cannot write there: these are the rows it was asked about.
    columns.rows =
        frame::At<uint32_t>(worker->request_area(), frame::kRequestRows);
  }
  CopyAnswers(worker->verdict_area(), columns);
  ModuleOutcome outcome = CheckAnswers(reasons, columns, counts);
  if (outcome.ok() && options_.want_facts) {
    outcome = TakeFacts(rows, manifest, worker, answers);
  }
  for (uint32_t i = 0; outcome.ok() && !direct && i < rows.n; ++i) {
    const uint32_t k = rows.mask->asked[rows.first + i];
    answers->answer[k] = answer_[i];
    answers->reason[k] = reason_[i];
    answers->judged_point[k] = judged_point_[i];
  }
  return outcome;
}

ModuleOutcome Exchange::TakeFacts(const Rows& rows, const Manifest& manifest,
                                  WorkerProcess* worker,
                                  ModuleAnswers* answers) const {
  const std::vector<ManifestFact>& facts = manifest.facts;
  std::vector<shirube_int128> numerator(rows.n), denominator(rows.n);
  for (uint32_t f = 0; f < facts.size(); ++f) {
    const uint32_t first = f * frame::kFactRows;
    const void* area = worker->verdict_area();
    std::copy_n(frame::At<shirube_int128>(area, frame::kFactNumerator, first),
                rows.n, numerator.begin());
    std::copy_n(frame::At<shirube_int128>(area, frame::kFactDenominator, first),
                rows.n, denominator.begin());
    if (ModuleOutcome outcome =
            CheckFacts(denominator.data(), rows.n, facts[f].name);
        !outcome.ok()) {
      return outcome;
    }
    for (uint32_t i = 0; i < rows.n; ++i) {
      const size_t at =
          size_t{f} * answers->size() + rows.mask->position(rows.first + i);
      answers->fact_numerator[at] =
          absl::MakeInt128(numerator[i].high, numerator[i].low);
      answers->fact_denominator[at] =
          absl::MakeInt128(denominator[i].high, denominator[i].low);
    }
  }
  return {};
}

}  // namespace shirube
