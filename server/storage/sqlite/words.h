// Lists of words as JSON arrays of strings, and enums as words: what makes the
// tables readable in the sqlite3 shell.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_WORDS_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_WORDS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/storage/records.h"

namespace shirube::sqlite {

std::string WordsToJson(const std::vector<std::string>& words);
// nullopt when `json` is not what WordsToJson writes.
std::optional<std::vector<std::string>> WordsFromJson(std::string_view json);

// The words of an enum in the order of its values. Numbers never change; a new
// value is added at the end.
template <typename E>
const std::vector<std::string_view>& EnumWords();

template <typename E>
std::string_view WordOf(E value) {
  return EnumWords<E>()[static_cast<size_t>(value)];
}

template <typename E>
std::optional<E> EnumOf(std::string_view word) {
  const std::vector<std::string_view>& words = EnumWords<E>();
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_WORDS_H_
