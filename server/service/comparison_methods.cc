// RuleService.PreviewRuleSet and EvaluationService.CompareRuleSets: what other
// rule sets would say. Nothing is written. Both hold their thread while they
// judge, and may have to verify and start modules first: they are slow.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/limits.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/service/comparison_pages.h"
#include "server/service/convert_comparison.h"
#include "server/service/convert_explanation.h"
#include "server/service/convert_verdict.h"
#include "server/service/evaluation_reads.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
#include "server/service/yardsticks.h"
#include "shirube/v1/evaluation_service.pb.h"
#include "shirube/v1/rule_service.pb.h"

namespace shirube {
namespace {

constexpr int kMaxYardsticks = 8;
constexpr int kDefaultChanges = 1'000;
constexpr int kMaxChanges = 1'000'000;

// The evaluator ends what it has begun with CANCELLED when it stops.
absl::Status Stopped(absl::Status status) {
  if (status.code() != absl::StatusCode::kCancelled) return status;
  return MakeError(
      absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
      "the server is stopping; call again when it is back",
      "サーバーは停止処理中です。再開後にもう一度呼び出してください");
}

Method Judged(Method method) {
  method.slow = true;
  method.wait_for = [](const google::protobuf::Message&) {
    return WaitFor::kJudged;
  };
  return method;
}

class ComparisonMethods final : public Methods {
 public:
  explicit ComparisonMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    using Self = ComparisonMethods;
    (*table)["shirube.v1.RuleService.PreviewRuleSet"] =
        Judged(BindStream(this, &Self::Preview));
    (*table)["shirube.v1.EvaluationService.CompareRuleSets"] =
        Judged(Bind(this, &Self::Compare));
  }

 private:
  // The set that a preview tries; nothing, with violations, where the request
  // does not say one.
  static std::optional<NamedYardstick> ReadCandidate(
      const v1::PreviewRuleSetRequest& request, const FieldReader& reader,
      YardstickReader* yardsticks) {
    const Parameters parameters =
        reader.ReadParameters("parameters", request.parameters());
    if (!request.rule_set().empty() && request.modules_size() > 0) {
      reader.Refuse("modules", "give either rule_set or modules",
                    "rule_setとmodulesは同時に指定できません");
      return std::nullopt;
    }
    if (request.modules_size() > 0) {
      return yardsticks->ReadModules(reader, request.modules(), parameters);
    }
    reader.Required("rule_set", request.rule_set());
    if (!parameters.empty()) {
      reader.Refuse("parameters",
                    "parameters go with modules; a stored set has its own",
                    "parametersはmodulesとともに指定してください。登録済みの"
                    "判定基準には自身の値があります");
    }
    if (request.rule_set().empty()) return std::nullopt;
    return yardsticks->ReadSet(reader, "rule_set", request.rule_set());
  }

  static int64_t ReadMaxChanges(const v1::PreviewRuleSetRequest& request,
                                const FieldReader& reader) {
    if (request.max_changes() < 0 || request.max_changes() > kMaxChanges) {
      reader.Refuse("max_changes",
                    absl::StrCat("must be 1 to ", kMaxChanges, ", or 0 for ",
                                 kDefaultChanges),
                    absl::StrCat("1から", kMaxChanges, "まで(0は",
                                 kDefaultChanges, "とみなします)です"));
    }
    return request.max_changes() == 0 ? kDefaultChanges : request.max_changes();
  }

  // Versions of the modules that judge now, for the faults of their verdicts.
  ModuleVersions ActiveVersions(const YardstickReader& yardsticks,
                                const PlanId& plan) const {
    RuleSetId active = yardsticks.default_set();
    if (!plan.empty()) {
      const auto found = yardsticks.stored()->GetPlan(plan);
      if (found.ok() && found->has_value() && !(*found)->rule_set.empty()) {
        active = (*found)->rule_set;
      }
    }
    return backend_.versions->Of(active);
  }

  struct AskedPreview {
    NamedYardstick candidate;
    PreviewOptions options;
    PreviewVersions versions;
  };

  // Takes a snapshot and lets it go: a preview may take an hour, and nothing of
  // the store is held meanwhile.
  absl::StatusOr<AskedPreview> ReadPreview(
      const v1::PreviewRuleSetRequest& request) const {
    Violations violations;
    const FieldReader reader("", &violations);
    SHIRUBE_ASSIGN_OR_RETURN(YardstickReader yardsticks,
                             YardstickReader::Make(backend_));
    PreviewOptions options;
    reader.Required("parent", request.parent());
    if (!request.parent().empty()) {
      const auto plan =
          ReadPlanName(reader, "parent", request.parent(), Wildcard::kAllowed);
      if (plan && plan->value() != "-") options.plan = *plan;
    }
    auto candidate = ReadCandidate(request, reader, &yardsticks);
    options.as_of =
        ReadPeriods(reader, request.as_of(), request.allow_future());
    options.allow_future = request.allow_future();
    options.max_changes = ReadMaxChanges(request, reader);
    options.include_reworded = request.include_reworded();
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_RETURN_IF_ERROR(yardsticks.problem());
    PreviewVersions versions = {ActiveVersions(yardsticks, options.plan),
                                candidate->versions()};
    return AskedPreview{*std::move(candidate), std::move(options),
                        std::move(versions)};
  }

  absl::Status Preview(CallContext& call,
                       const v1::PreviewRuleSetRequest& request,
                       StreamWriter& writer) {
    SHIRUBE_ASSIGN_OR_RETURN(const AskedPreview asked, ReadPreview(request));
    return Stopped(
        Stream(call, asked.candidate, asked.options, asked.versions, writer));
  }

  absl::Status Stream(const CallContext& call, const NamedYardstick& candidate,
                      const PreviewOptions& options,
                      const PreviewVersions& versions, StreamWriter& writer) {
    bool first = true;
    const auto sink = [&](PreviewPart part) {
      for (v1::PreviewRuleSetResponse& message : ToWire(part, versions)) {
        message.set_revision(backend_.Token(part.revision));
        if (std::exchange(first, false)) {
          for (const std::string& name : candidate.module_names()) {
            message.add_modules(name);
          }
        }
        if (!writer.Write(message)) return false;
      }
      return true;
    };
    return backend_.evaluator->Preview(candidate.yardstick, options,
                                       call.deadline, sink);
  }

  static std::vector<NamedYardstick> ReadColumns(
      const v1::CompareRuleSetsRequest& request, const FieldReader& reader,
      YardstickReader* yardsticks) {
    std::vector<NamedYardstick> columns;
    if (request.rule_sets_size() < 1 ||
        request.rule_sets_size() > kMaxYardsticks) {
      reader.Refuse(
          "rule_sets",
          absl::StrCat("name 1 to ", kMaxYardsticks, ", these are ",
                       request.rule_sets_size()),
          absl::StrCat("1から", kMaxYardsticks, "個を指定してください(いま",
                       request.rule_sets_size(), "個)"));
      return columns;
    }
    std::map<RuleSetId, int> known;
    for (int i = 0; i < request.rule_sets_size(); ++i) {
      const std::string field = absl::StrCat("rule_sets[", i, "]");
      auto column = yardsticks->ReadColumn(reader, field, request.rule_sets(i));
      if (!column) continue;
      const auto [earlier, is_new] = known.emplace(column->id, i);
      if (is_new) {
        columns.push_back(*std::move(column));
        continue;
      }
      const std::string& same = request.rule_sets(earlier->second);
      reader.Refuse(field,
                    absl::StrCat(request.rule_sets(i), " is the same set as ",
                                 same, "; name it once"),
                    absl::StrCat(request.rule_sets(i), "は", same,
                                 "と同じ判定基準です。一度だけ指定してくださ"
                                 "い"));
    }
    return columns;
  }

  static std::vector<IndicatorId> ReadOnly(
      const v1::CompareRuleSetsRequest& request, const FieldReader& reader,
      const PlanId& plan) {
    std::vector<IndicatorId> only;
    if (request.indicators_size() > limits::kMaxBatchRows) {
      reader.violations()->push_back(
          {reader.Path("indicators"), "LIMIT_EXCEEDED",
           absl::StrCat("at most ", limits::kMaxBatchRows, " indicators"),
           absl::StrCat("指標は", limits::kMaxBatchRows, "件までです")});
      return only;
    }
    std::set<IndicatorId> known;
    for (int i = 0; i < request.indicators_size(); ++i) {
      const std::string field = absl::StrCat("indicators[", i, "]");
      reader.Required(field, request.indicators(i));
      const IndicatorId id =
          ReadIndicatorOf(reader, field, request.indicators(i), plan);
      if (id.empty()) continue;
      if (known.insert(id).second) {
        only.push_back(id);
      } else {
        reader.Refuse(field, "is there already; name it once",
                      "既にあります。一度だけ指定してください");
      }
    }
    return only;
  }

  absl::Status Compare(CallContext& call,
                       const v1::CompareRuleSetsRequest& request,
                       v1::CompareRuleSetsResponse* response) {
    SHIRUBE_RETURN_IF_ERROR(RefuseAsKnownAt(request.as_known_at()));
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history, {}));
    Violations violations;
    const FieldReader reader("", &violations);
    const auto plan = ReadPlanName(reader, "parent", request.parent());
    SHIRUBE_ASSIGN_OR_RETURN(YardstickReader yardsticks,
                             YardstickReader::Make(backend_));
    const std::vector<NamedYardstick> columns =
        ReadColumns(request, reader, &yardsticks);
    const std::vector<IndicatorId> only =
        ReadOnly(request, reader, plan.value_or(PlanId()));
    ReadOptions options;
    options.as_of =
        ReadOnePeriod(reader, "as_of", request.as_of(), request.allow_future());
    options.allow_future = request.allow_future();
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_RETURN_IF_ERROR(yardsticks.problem());
    std::vector<Yardstick> wanted;
    for (const NamedYardstick& column : columns) {
      wanted.push_back(column.yardstick);
    }
    const auto judge = [&](const std::vector<IndicatorId>& some) {
      return backend_.evaluator->Compare(*plan, some, wanted, options);
    };
    // What `ruleSets/default` or a module stands for may change meanwhile.
    std::string key = list.binding.request;
    for (const NamedYardstick& column : columns) {
      absl::StrAppend(&key, " ", column.id.value());
    }
    auto page = JudgePage(list, key, request, only, judge);
    if (!page.ok()) return Stopped(page.status());
    Fill(list, request, columns, *page, response);
    return absl::OkStatus();
  }

  // A page of a comparison: what is known of the whole, and the page's rows.
  struct Page {
    std::shared_ptr<const ComparedPlan> plan;
    size_t begin = 0, end = 0;  // of plan->listed
    std::vector<ComparedRow> rows;
    Revision revision = 0;
  };

  // The first page judges everything that is compared, later ones their own
  // rows, unless that was forgotten, or one of them is gone by now.
  template <typename Judge>
  absl::StatusOr<Page> JudgePage(const ListRequest& list,
                                 const std::string& key,
                                 const v1::CompareRuleSetsRequest& request,
                                 const std::vector<IndicatorId>& only,
                                 const Judge& judge) {
    Page page;
    const size_t offset = static_cast<size_t>(list.cursor.offset);
    const auto cut = [&] {
      page.begin = std::min(offset, page.plan->listed.size());
      page.end =
          std::min(page.begin + list.page_size, page.plan->listed.size());
      return std::vector<IndicatorId>(page.plan->listed.begin() + page.begin,
                                      page.plan->listed.begin() + page.end);
    };
    std::vector<IndicatorId> listed;
    absl::StatusOr<Comparison> judged = absl::NotFoundError("");
    if (offset > 0) page.plan = pages_.Find(key);
    if (page.plan != nullptr) {
      listed = cut();
      judged = listed.empty() ? judged : judge(listed);
    }
    if (absl::IsNotFound(judged.status())) {
      SHIRUBE_ASSIGN_OR_RETURN(judged, judge(only));
      page.plan = std::make_shared<const ComparedPlan>(
          ComparedPlan::Of(*judged, request.only_disagreements()));
      pages_.Keep(key, page.plan);
      listed = cut();
    }
    if (!judged.ok()) return judged.status();
    page.revision = judged->revision;
    const std::set<IndicatorId> wanted(listed.begin(), listed.end());
    for (ComparedRow& row : judged->rows) {
      if (wanted.count(row.key.indicator) > 0) {
        page.rows.push_back(std::move(row));
      }
    }
    return page;
  }

  void Fill(const ListRequest& list, const v1::CompareRuleSetsRequest& request,
            const std::vector<NamedYardstick>& columns, const Page& page,
            v1::CompareRuleSetsResponse* response) const {
    std::vector<ModuleVersions> versions;
    for (size_t i = 0; i < columns.size(); ++i) {
      versions.push_back(columns[i].versions());
      v1::RuleSetColumn* column = response->add_columns();
      column->set_asked(request.rule_sets(static_cast<int>(i)));
      column->set_rule_set(RuleSetName(columns[i].id));
      *column->mutable_title() = ToWire(page.plan->columns[i].title);
      for (const std::string& name : columns[i].module_names()) {
        column->add_modules(name);
      }
      *column->mutable_counts() = ToWire(page.plan->columns[i].counts);
    }
    response->set_total_count(page.plan->total);
    response->set_disagreement_count(page.plan->disagreements);
    for (const ComparedRow& row : page.rows) {
      *response->add_indicators() = ToWire(row, versions);
    }
    if (page.end < page.plan->listed.size()) {
      response->set_next_page_token(SealPageToken(
          list.binding, PageCursor{0, static_cast<int64_t>(page.end)}));
    }
    response->set_revision(backend_.Token(page.revision));
  }

  ComparisonPages pages_;
  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeComparisonMethods(const Backend& backend) {
  return std::make_unique<ComparisonMethods>(backend);
}

}  // namespace shirube
