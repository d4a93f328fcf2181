#include "server/service/field_reader.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

bool IsWithin(const std::string& path, const std::string& outer) {
  return absl::StartsWith(path, outer) &&
         (path.size() == outer.size() || path[outer.size()] == '.' ||
          path[outer.size()] == '[');
}

}  // namespace

FieldReader FieldReader::At(std::string_view field, size_t index) const {
  return FieldReader(absl::StrCat(Path(field), "[", index, "]"), out_);
}

std::string FieldReader::Path(std::string_view field) const {
  if (prefix_.empty()) return std::string(field);
  if (field.empty()) return prefix_;
  return absl::StrCat(prefix_, ".", std::string(field));
}

void FieldReader::Refuse(std::string_view field, std::string en,
                         std::string ja) const {
  out_->push_back({Path(field), "INVALID_FIELD", std::move(en), std::move(ja)});
}

std::optional<Decimal> FieldReader::Number(std::string_view field,
                                           const std::string& text) const {
  if (text.empty()) return std::nullopt;
  absl::StatusOr<Decimal> number = Decimal::Parse(text);
  if (number.ok()) return *number;
  AddViolation(Path(field), number.status(), out_);
  return std::nullopt;
}

std::optional<Period> FieldReader::PeriodId(std::string_view field,
                                            const std::string& text) const {
  if (text.empty()) return std::nullopt;
  absl::StatusOr<Period> period = Period::ParseId(text);
  if (period.ok()) return *period;
  AddViolation(Path(field), period.status(), out_);
  return std::nullopt;
}

std::optional<Period> FieldReader::FiscalYear(std::string_view field,
                                              const std::string& text) const {
  std::optional<Period> period = PeriodId(field, text);
  if (!period || period->kind() == PeriodKind::kFiscalYear) return period;
  Refuse(field, absl::StrCat(Quoted(text), " is no fiscal year (fy2022)"),
         absl::StrCat(QuotedJa(text), "は年度ではありません(例: fy2022)"));
  return std::nullopt;
}

void FieldReader::Required(std::string_view field,
                           const std::string& text) const {
  if (text.empty()) Refuse(field, "must not be empty", "空にできません");
}

void FieldReader::RefuseEnum(std::string_view field, int number) const {
  if (number == 0) {
    Refuse(field, "must be given", "指定が必要です");
  } else {
    Refuse(field,
           absl::StrCat(number,
                        " is no value of this enum that this server "
                        "knows"),
           absl::StrCat(number, "は、このサーバーが知らない値です"));
  }
}

void MergeViolations(const Violations& more, Violations* out) {
  const size_t before = out->size();
  for (const Violation& violation : more) {
    bool known = false;
    for (size_t i = 0; i < before && !known; ++i) {
      const std::string& field = (*out)[i].field;
      known =
          IsWithin(violation.field, field) || IsWithin(field, violation.field);
    }
    if (!known) out->push_back(violation);
  }
}

}  // namespace shirube
