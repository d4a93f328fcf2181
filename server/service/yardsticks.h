// Rule sets and modules that a request wants something judged by, stored or
// not: `ruleSets/…`, or modules that are registered or only lie in the rules
// folder. Of one call; one thread.
#ifndef SHIRUBE_SERVER_SERVICE_YARDSTICKS_H_
#define SHIRUBE_SERVER_SERVICE_YARDSTICKS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "server/evaluation/comparison.h"
#include "server/service/backend.h"
#include "server/service/module_versions.h"

namespace shirube {

struct NamedYardstick {
  Yardstick yardstick;
  RuleSetId id;  // also of one that is not stored
  // Its modules in order, with their versions.
  std::vector<RuleSetModule> modules;

  ModuleVersions versions() const;
  // `ruleModules/{module}/versions/{version}`.
  std::vector<std::string> module_names() const;
};

class YardstickReader {
 public:
  static absl::StatusOr<YardstickReader> Make(const Backend& backend);

  // `ruleSets/…`, also `ruleSets/default`. A violation of `field` where there
  // is none.
  std::optional<NamedYardstick> ReadSet(const FieldReader& reader,
                                        const std::string& field,
                                        const std::string& name);
  // `ruleModules/…` as one set: each as it is registered, of several versions
  // the one registered last, else its file in the rules folder, verified now.
  // Violations of `modules[i]`, `modules` and `parameters.NAME`.
  std::optional<NamedYardstick> ReadModules(
      const FieldReader& reader,
      const google::protobuf::RepeatedPtrField<std::string>& names,
      const Parameters& parameters);
  // Either, as a comparison names its columns; violations of `field`.
  std::optional<NamedYardstick> ReadColumn(const FieldReader& reader,
                                           const std::string& field,
                                           const std::string& name);

  // FAILED_PRECONDITION with the load-time reason of the first file that was
  // named and is no module; what the call ends with if nothing else is wrong.
  const absl::Status& problem() const { return problem_; }

  StoreReader* stored() const { return snapshot_.reader.get(); }
  // Empty where nobody has activated one yet.
  const RuleSetId& default_set() const { return default_set_; }

 private:
  explicit YardstickReader(const Backend& backend) : backend_(backend) {}

  std::optional<RuleModuleRecord> Module(const FieldReader& reader,
                                         const std::string& field,
                                         const std::string& name);
  bool BuiltForAnother(const RuleModuleRecord& record) const;  // server
  absl::StatusOr<std::optional<RuleModuleRecord>> Registered(
      const std::string& module, const std::string& version);

  const Backend& backend_;
  Snapshot snapshot_;
  std::vector<RuleModuleRecord> registered_;  // without bytes
  RuleSetId default_set_;
  absl::Status problem_;
};

// `as_of` of a request, each period once: violations of `as_of[i]`, or of
// `as_of` where the request has but one.
std::vector<Period> ReadPeriods(
    const FieldReader& reader,
    const google::protobuf::RepeatedPtrField<std::string>& texts,
    bool allow_future);
std::optional<Period> ReadOnePeriod(const FieldReader& reader,
                                    const std::string& field,
                                    const std::string& text, bool allow_future);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_YARDSTICKS_H_
