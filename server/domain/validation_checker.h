// What the validations share: a place in the request, and the checks that every
// resource needs. Only validation*.cc include this.
#ifndef SHIRUBE_SERVER_DOMAIN_VALIDATION_CHECKER_H_
#define SHIRUBE_SERVER_DOMAIN_VALIDATION_CHECKER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/indicator.h"
#include "server/domain/observation.h"
#include "server/domain/violation.h"

namespace shirube::validation {

// "a.b" and "a[3]".
std::string Join(std::string_view prefix, std::string_view field);
std::string At(std::string_view list, size_t index);

inline bool IsSet(const Period& period) { return period.year() != 0; }

// Collects what is wrong below one field path.
class Checker {
 public:
  Checker(std::string_view prefix, Violations* out)
      : prefix_(prefix), out_(out) {}

  Checker In(std::string_view field) const {
    return Checker(Join(prefix_, field), out_);
  }
  const std::string& path() const { return prefix_; }
  Violations* out() const { return out_; }

  void Add(std::string_view field, std::string reason, std::string en,
           std::string ja) const;
  void Require(bool present, std::string_view field) const;
  // Spaces alone are no name.
  void RequireText(std::string_view text, std::string_view field) const;
  // At most `most` Unicode characters; at most `most` elements.
  void Text(std::string_view text, std::string_view field, int most) const;
  void Count(size_t count, std::string_view field, int most) const;
  void IdForm(const std::string& id, std::string_view field) const;
  void OptionalId(const std::string& id, std::string_view field) const;
  // A fiscal year or a date, when there is a period.
  void Kind(const std::optional<Period>& period, PeriodKind kind,
            std::string_view field) const;

 private:
  std::string prefix_;
  Violations* out_;
};

void CheckProvenance(const Provenance& provenance, const Checker& check);
// The form of a value whose fields lie directly below `check`.
void CheckValue(const Value& value, const Checker& check);
// The form only: what a parameter means is the rule set's to say.
void CheckParameters(const Parameters& parameters, const Checker& check);

// A value of an indicator and the API's field for it. What is in force is
// `baseline` and `target`; the revised ones lie in lists, newest first.
struct Placed {
  std::string field;
  const Value* value;
};
std::vector<Placed> ValuesOf(const Indicator& indicator);
std::string BaselineField(const Indicator& indicator, size_t position);
std::string TargetField(const Indicator& indicator, size_t position);
std::string UpperField(const Indicator& indicator, size_t position);

// The decimals that `value` needs in `unit`: those printed, or, where its own
// unit is a multiple, as many as it takes.
int DecimalsIn(const Value& value, std::string_view unit);
// Whether `value` can be held at `scale`; text and other units always can.
bool Fits(const Value& value, std::string_view unit, int scale);
void AddDoesNotFit(std::string_view field, int scale, const Checker& check);

}  // namespace shirube::validation

#endif  // SHIRUBE_SERVER_DOMAIN_VALIDATION_CHECKER_H_
