#include "tests/e2e/alerts/figures.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace shirube::e2e {
namespace {

// 25 a year are due, from fy2000 on.
constexpr int kDueAYear = 25;
constexpr int kYears = 24;

std::string PeriodOf(int year) { return absl::StrCat("fy", 2000 + year); }

void MakeInitiative(const AlertClients& clients, const std::string& id) {
  v1::CreateInitiativeRequest request;
  request.set_parent(kFiguresPlan);
  request.set_initiative_id(id);
  request.mutable_initiative()->set_display_name("施策 " + id);
  request.mutable_initiative()->set_kind(v1::Initiative::KIND_MEASURE);
  const auto made = clients.plans.CreateInitiative(request);
  ASSERT_TRUE(made.ok()) << made.status();
}

void MakeIndicator(const AlertClients& clients, int i) {
  v1::CreateIndicatorRequest request;
  request.set_parent(kFiguresPlan);
  request.set_indicator_id(absl::StrCat("i-", i));
  v1::Indicator& indicator = *request.mutable_indicator();
  indicator.set_display_name(absl::StrCat("指標", i));
  indicator.set_kind(v1::Indicator::KIND_LEVEL);
  indicator.set_unit("人");
  indicator.set_owner("甲課");
  indicator.mutable_baseline()->set_value("0");
  indicator.mutable_baseline()->set_period(PeriodOf(0));
  indicator.mutable_target()->set_value(absl::StrCat(40 * kDueAYear));
  indicator.mutable_target()->set_period(PeriodOf(40));
  indicator.set_printed_under(
      absl::StrCat(kFiguresPlan, "/initiatives/m", i % 2));
  const auto made = clients.plans.CreateIndicator(request);
  ASSERT_TRUE(made.ok()) << made.status();
}

}  // namespace

std::string FigureName(int indicator) {
  return absl::StrCat(kFiguresPlan, "/indicators/i-", indicator);
}

void MakeFigures(const AlertClients& clients) {
  v1::CreatePlanRequest request;
  request.set_plan_id("p");
  request.mutable_plan()->set_display_name("計画");
  const auto made = clients.plans.CreatePlan(request);
  ASSERT_TRUE(made.ok()) << made.status();
  MakeInitiative(clients, "m0");
  MakeInitiative(clients, "m1");
  for (int i = 0; i < kFigureWriters * kFiguresEach; ++i) {
    MakeIndicator(clients, i);
  }
}

FigureWriter::FigureWriter(int writer, uint64_t seed, Killer* killer)
    : killer_(killer), random_(seed) {
  for (int i = 0; i < kFiguresEach; ++i) {
    figures_.push_back({FigureName(writer * kFiguresEach + i)});
  }
}

void FigureWriter::Write(const AlertClients& clients, int steps) {
  for (int i = 0; i < steps; ++i) {
    const absl::Status status = Step(clients);
    if (absl::IsUnavailable(status)) return;
    EXPECT_TRUE(status.ok()) << status;
  }
}

absl::Status FigureWriter::Step(const AlertClients& clients) {
  Figure& figure = figures_[random_() % figures_.size()];
  const uint64_t draw = random_() % 20;
  if (draw < 11) return Measure(clients, &figure, figure.year);
  if (draw < 14) {
    figure.year = std::min(figure.year + 1, kYears);
    return Measure(clients, &figure, figure.year);
  }
  if (draw == 14) {
    return Measure(clients, &figure,
                   1 + static_cast<int>(random_() % figure.year));
  }
  if (draw == 15) return MeasureAll(clients);
  if (draw == 16) return HandOver(clients, figure);
  return Settle(clients, figure);
}

std::string FigureWriter::Value(Figure* figure, int year) {
  // Far behind, behind, and ahead.
  static constexpr double kShares[] = {0.3, 0.7, 1.3};
  const double due = kShares[random_() % 3] * kDueAYear * year;
  return absl::StrFormat("%.1f%05d", due, ++figure->written);
}

absl::Status FigureWriter::Recorded(absl::Status status) {
  if (status.ok() && killer_->Takes(Moment::kRecorded)) killer_->Kill();
  return status;
}

absl::Status FigureWriter::Measure(const AlertClients& clients, Figure* figure,
                                   int year) {
  v1::CorrectObservationRequest correct;
  v1::Observation& observation = *correct.mutable_observation();
  observation.set_name(
      absl::StrCat(figure->indicator, "/observations/", PeriodOf(year)));
  observation.set_value(Value(figure, year));
  correct.mutable_update_mask()->add_paths("value");
  const auto corrected = clients.observations.CorrectObservation(correct);
  if (!absl::IsNotFound(corrected.status())) {
    return Recorded(corrected.status());
  }
  v1::RecordObservationRequest record;
  record.set_parent(figure->indicator);
  record.mutable_observation()->set_period(PeriodOf(year));
  record.mutable_observation()->set_value(observation.value());
  return Recorded(clients.observations.RecordObservation(record).status());
}

// The next year of all of them at once.
absl::Status FigureWriter::MeasureAll(const AlertClients& clients) {
  v1::BatchRecordObservationsRequest request;
  request.set_parent(kFiguresPlan);
  for (Figure& figure : figures_) {
    if (figure.year == kYears) continue;
    ++figure.year;
    v1::Observation& observation = *request.add_observations();
    observation.set_indicator(figure.indicator);
    observation.set_period(PeriodOf(figure.year));
    observation.set_value(Value(&figure, figure.year));
  }
  if (request.observations().empty()) return absl::OkStatus();
  return Recorded(
      clients.observations.BatchRecordObservations(request).status());
}

absl::Status FigureWriter::HandOver(const AlertClients& clients,
                                    const Figure& figure) {
  v1::UpdateIndicatorRequest request;
  request.mutable_indicator()->set_name(figure.indicator);
  request.mutable_indicator()->set_owner(random_() % 2 == 0 ? "甲課" : "乙課");
  request.mutable_update_mask()->add_paths("owner");
  return Recorded(clients.plans.UpdateIndicator(request).status());
}

absl::Status FigureWriter::Settle(const AlertClients& clients,
                                  const Figure& figure) {
  v1::ListAlertsRequest list;
  list.set_parent(kFiguresPlan);
  list.set_filter(absl::StrCat("subject = \"", figure.indicator,
                               "\" AND NOT state = RESOLVED"));
  const auto alerts = clients.alerts.ListAlerts(list);
  if (!alerts.ok() || alerts->alerts().empty()) return alerts.status();
  const std::string& name = alerts->alerts(0).name();
  absl::Status status;
  if (const uint64_t draw = random_() % 4; draw < 2) {
    v1::AcknowledgeAlertRequest request;
    request.set_name(name);
    request.set_reason("担当に確認中");
    status = clients.alerts.AcknowledgeAlert(request).status();
  } else if (draw == 2) {
    v1::SnoozeAlertRequest request;
    request.set_name(name);
    request.mutable_until()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 2);
    status = clients.alerts.SnoozeAlert(request).status();
  } else {
    v1::ResolveAlertRequest request;
    request.set_name(name);
    request.set_reason("計画を見直した");
    status = clients.alerts.ResolveAlert(request).status();
  }
  // It was judged again, or acknowledged, since it was listed.
  return absl::IsFailedPrecondition(status) ? absl::OkStatus()
                                            : Recorded(status);
}

}  // namespace shirube::e2e
