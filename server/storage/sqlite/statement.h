// One use of a prepared statement. The first error sticks: binding and reading
// go on harmlessly, and status() tells it at the end.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_STATEMENT_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_STATEMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/domain/decimal.h"
#include "server/domain/ids.h"
#include "server/domain/period.h"
#include "server/storage/sqlite/database.h"

namespace shirube::sqlite {

class Query {
 public:
  Query(Database* db, std::string sql);
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Each binds the next parameter.
  Query& Bind(std::string_view text);
  Query& Bind(const std::string& text) { return Bind(std::string_view(text)); }
  Query& Bind(const char* text) { return Bind(std::string_view(text)); }
  Query& Bind(int64_t number);
  Query& Bind(int number) { return Bind(static_cast<int64_t>(number)); }
  Query& Bind(bool flag) { return Bind(static_cast<int64_t>(flag)); }
  Query& Bind(absl::Time time) { return Bind(absl::ToUnixMicros(time)); }
  Query& Bind(const Decimal& number) { return Bind(number.ToString()); }
  Query& Bind(const Period& period) { return Bind(period.ToId()); }
  template <typename Tag>
  Query& Bind(const Id<Tag>& id) {
    return Bind(std::string_view(id.value()));
  }
  template <typename T>
  Query& Bind(const std::optional<T>& value) {
    return value.has_value() ? Bind(*value) : BindNull();
  }
  Query& BindNull();
  Query& BindBlob(std::string_view bytes);
  Query& BindWords(const std::vector<std::string>& words);  // JSON array

  // The next row; false at the end and after an error.
  bool Next();
  // A statement without rows.
  absl::Status Run();
  absl::Status status() const { return status_; }

  // Each reads the next column of the row.
  bool IsNull() const;  // of the next column; does not move on
  std::string Text();
  std::string Blob();
  int64_t Int();
  bool Flag() { return Int() != 0; }
  absl::Time Time() { return absl::FromUnixMicros(Int()); }
  Decimal Number();
  Period ReadPeriod();
  std::vector<std::string> Words();
  std::optional<absl::Time> MaybeTime();
  std::optional<Decimal> MaybeNumber();
  std::optional<Period> MaybePeriod();
  std::optional<int64_t> MaybeInt();

  // A value that no code of ours can have written.
  void FailCorrupt(std::string_view what);
  void Fail(absl::Status status);

 private:
  Database* db_;
  std::string sql_;
  sqlite3_stmt* statement_ = nullptr;
  int parameter_ = 0;
  int column_ = 0;
  absl::Status status_;
};

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_STATEMENT_H_
