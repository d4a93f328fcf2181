#include "tests/rules/json.h"

namespace shirube::rules_test {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Json All() {
    Json value = Value();
    Space();
    return at_ == text_.size() && ok_ ? value : Json();
  }

 private:
  void Space() {
    while (at_ < text_.size() &&
           std::string_view(" \n\r\t").find(text_[at_]) != text_.npos)
      ++at_;
  }

  bool Take(char c) {
    Space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void Need(char c) { ok_ = Take(c) && ok_; }

  std::string Text() {
    std::string out;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\')
        ++at_;  // manifests escape quotes and backslashes only
      out += text_[at_++];
    }
    Need('"');
    return out;
  }

  Json Value() {
    Json value;
    if (Take('"')) {
      value.type = Json::Type::kText;
      value.text = Text();
    } else if (Take('[')) {
      value.type = Json::Type::kList;
      if (Take(']')) return value;
      do value.items.push_back(Value());
      while (ok_ && Take(','));
      Need(']');
    } else if (Take('{')) {
      value.type = Json::Type::kObject;
      if (Take('}')) return value;
      do {
        Need('"');
        value.names.push_back(Text());
        Need(':');
        value.items.push_back(Value());
      } while (ok_ && Take(','));
      Need('}');
    } else {
      value.type = Json::Type::kNumber;
      while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9')
        value.text += text_[at_++];
      ok_ = ok_ && !value.text.empty();
    }
    return value;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace

const Json& Json::operator[](std::string_view name) const {
  static const Json kMissing;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return items[i];
  }
  return kMissing;
}

Json Json::Parse(std::string_view text) { return Reader(text).All(); }

}  // namespace shirube::rules_test
