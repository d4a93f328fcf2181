#include "server/storage/sqlite/statement.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/storage/sqlite/errors.h"
#include "server/storage/sqlite/words.h"

namespace shirube::sqlite {

Query::Query(Database* db, std::string sql) : db_(db), sql_(std::move(sql)) {
  absl::StatusOr<sqlite3_stmt*> statement = db_->Take(sql_);
  if (statement.ok()) {
    statement_ = *statement;
  } else {
    status_ = statement.status();
  }
}

Query::~Query() {
  if (statement_ != nullptr) db_->GiveBack(sql_, statement_);
}

Query& Query::Bind(std::string_view text) {
  if (!status_.ok()) return *this;
  // An empty view may have no address; SQLite would take that for NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  if (sqlite3_bind_text64(statement_, ++parameter_, data, text.size(),
                          SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK) {
    Fail(ErrorOf(db_->handle(), sql_));
  }
  return *this;
}

Query& Query::Bind(int64_t number) {
  if (!status_.ok()) return *this;
  if (sqlite3_bind_int64(statement_, ++parameter_, number) != SQLITE_OK) {
    Fail(ErrorOf(db_->handle(), sql_));
  }
  return *this;
}

Query& Query::BindNull() {
  if (!status_.ok()) return *this;
  if (sqlite3_bind_null(statement_, ++parameter_) != SQLITE_OK) {
    Fail(ErrorOf(db_->handle(), sql_));
  }
  return *this;
}

Query& Query::BindBlob(std::string_view bytes) {
  if (!status_.ok()) return *this;
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  if (sqlite3_bind_blob64(statement_, ++parameter_, data, bytes.size(),
                          SQLITE_TRANSIENT) != SQLITE_OK) {
    Fail(ErrorOf(db_->handle(), sql_));
  }
  return *this;
}

Query& Query::BindWords(const std::vector<std::string>& words) {
  return Bind(WordsToJson(words));
}

bool Query::Next() {
  if (!status_.ok()) return false;
  column_ = 0;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) Fail(ErrorOf(db_->handle(), sql_));
  return false;
}

absl::Status Query::Run() {
  while (Next()) {
  }
  return status_;
}

bool Query::IsNull() const {
  return sqlite3_column_type(statement_, column_) == SQLITE_NULL;
}

std::string Query::Text() {
  if (!status_.ok()) return "";
  const int column = column_++;
  const unsigned char* text = sqlite3_column_text(statement_, column);
  if (text == nullptr) return "";
  return std::string(reinterpret_cast<const char*>(text),
                     sqlite3_column_bytes(statement_, column));
}

std::string Query::Blob() {
  if (!status_.ok()) return "";
  const int column = column_++;
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return "";
  return std::string(static_cast<const char*>(bytes),
                     sqlite3_column_bytes(statement_, column));
}

int64_t Query::Int() {
  if (!status_.ok()) return 0;
  return sqlite3_column_int64(statement_, column_++);
}

Decimal Query::Number() {
  const std::string text = Text();
  absl::StatusOr<Decimal> number = Decimal::Parse(text);
  if (number.ok()) return *number;
  FailCorrupt(absl::StrCat("the number ", text));
  return Decimal();
}

Period Query::ReadPeriod() {
  const std::string text = Text();
  absl::StatusOr<Period> period = Period::ParseId(text);
  if (period.ok()) return *period;
  FailCorrupt(absl::StrCat("the period ", text));
  return Period();
}

std::vector<std::string> Query::Words() {
  const std::string text = Text();
  if (!status_.ok()) return {};
  std::optional<std::vector<std::string>> words = WordsFromJson(text);
  if (words.has_value()) return *std::move(words);
  FailCorrupt(absl::StrCat("the list ", text));
  return {};
}

std::optional<absl::Time> Query::MaybeTime() {
  if (status_.ok() && !IsNull()) return Time();
  ++column_;
  return std::nullopt;
}

std::optional<Decimal> Query::MaybeNumber() {
  if (status_.ok() && !IsNull()) return Number();
  ++column_;
  return std::nullopt;
}

std::optional<Period> Query::MaybePeriod() {
  if (status_.ok() && !IsNull()) return ReadPeriod();
  ++column_;
  return std::nullopt;
}

std::optional<int64_t> Query::MaybeInt() {
  if (status_.ok() && !IsNull()) return Int();
  ++column_;
  return std::nullopt;
}

void Query::FailCorrupt(std::string_view what) { Fail(CorruptRow(what)); }

void Query::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

}  // namespace shirube::sqlite
