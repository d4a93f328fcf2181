// Reads the fields of a request into values of the domain and collects what is
// wrong with them, each under its path in the request
// ("document.observations[3].value").
#ifndef SHIRUBE_SERVER_SERVICE_FIELD_READER_H_
#define SHIRUBE_SERVER_SERVICE_FIELD_READER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "server/domain/decimal.h"
#include "server/domain/period.h"
#include "server/domain/resource.h"
#include "server/domain/violation.h"

namespace shirube {

// One word of an enum on both sides.
template <typename Domain, typename Wire>
struct EnumPair {
  Domain domain;
  Wire wire;
};

class FieldReader {
 public:
  // `prefix` is the path of the message that is read; empty for the request.
  // `out` outlives the reader and its children.
  FieldReader(std::string prefix, Violations* out)
      : prefix_(std::move(prefix)), out_(out) {}

  FieldReader At(std::string_view field) const {
    return FieldReader(Path(field), out_);
  }
  FieldReader At(std::string_view field, size_t index) const;

  std::string Path(std::string_view field) const;
  const std::string& prefix() const { return prefix_; }
  Violations* violations() const { return out_; }

  // Reason INVALID_FIELD.
  void Refuse(std::string_view field, std::string en, std::string ja) const;

  // An empty text is no value and no error.
  std::optional<Decimal> Number(std::string_view field,
                                const std::string& text) const;
  std::optional<Period> PeriodId(std::string_view field,
                                 const std::string& text) const;
  // A period that is a fiscal year.
  std::optional<Period> FiscalYear(std::string_view field,
                                   const std::string& text) const;
  // Refuses an empty one.
  void Required(std::string_view field, const std::string& text) const;

  // Entries of `parameters`, each a decimal.
  template <typename WireMap>
  Parameters ReadParameters(std::string_view field, const WireMap& in) const {
    Parameters out;
    for (const auto& [name, text] : in) {
      const std::string path = std::string(field) + "." + name;
      Required(path, text);
      if (auto number = Number(path, text)) out[name] = *number;
    }
    return out;
  }

  // The domain's word for `wire`; refuses one that is not in `pairs` (a number
  // of a newer API, or UNSPECIFIED where it is not allowed).
  template <typename Domain, typename Wire>
  Domain Enum(std::string_view field, Wire wire,
              absl::Span<const EnumPair<Domain, Wire>> pairs,
              Domain otherwise) const {
    for (const auto& pair : pairs) {
      if (pair.wire == wire) return pair.domain;
    }
    RefuseEnum(field, static_cast<int>(wire));
    return otherwise;
  }

 private:
  void RefuseEnum(std::string_view field, int number) const;

  std::string prefix_;
  Violations* out_;
};

template <typename Domain, typename Wire>
Wire ToWireEnum(Domain domain, absl::Span<const EnumPair<Domain, Wire>> pairs,
                Wire otherwise) {
  for (const auto& pair : pairs) {
    if (pair.domain == domain) return pair.wire;
  }
  return otherwise;
}

// Adds those of `more` whose field has no violation yet, nor one above or below
// it: a value that could not be read is not complained about twice.
void MergeViolations(const Violations& more, Violations* out);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_FIELD_READER_H_
