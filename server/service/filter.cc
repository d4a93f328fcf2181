#include "server/service/filter.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {

struct Filter::Node {
  enum class Kind { kAnd, kOr, kNot, kCompare };
  Kind kind = Kind::kCompare;
  std::vector<std::shared_ptr<const Node>> parts;
  std::string field, op, value;
};

namespace {

using Node = Filter::Node;
using NodePtr = std::shared_ptr<const Node>;

constexpr int kMaxDepth = 32;

struct Token {
  enum class Kind { kWord, kText, kOperator, kOpen, kClose, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;
  size_t at = 0;  // byte offset
};

absl::Status Invalid(std::string en, std::string ja) {
  return MakeError(absl::StatusCode::kInvalidArgument, "FILTER_INVALID",
                   absl::StrCat("filter: ", en), absl::StrCat("filter: ", ja));
}

class Parser {
 public:
  Parser(std::string_view text, const std::vector<std::string>& fields)
      : text_(text), fields_(fields) {}

  absl::StatusOr<NodePtr> ParseAll() {
    SHIRUBE_RETURN_IF_ERROR(Next());
    if (token_.kind == Token::Kind::kEnd) return NodePtr();
    SHIRUBE_ASSIGN_OR_RETURN(NodePtr root, ParseAnd(0));
    if (token_.kind != Token::Kind::kEnd) {
      return Unexpected("AND, OR or the end", "AND、ORか終わり");
    }
    return root;
  }

 private:
  absl::StatusOr<NodePtr> ParseAnd(int depth) {
    return ParseList("AND", Node::Kind::kAnd, depth,
                     [this, depth] { return ParseOr(depth); });
  }

  absl::StatusOr<NodePtr> ParseOr(int depth) {
    return ParseList("OR", Node::Kind::kOr, depth,
                     [this, depth] { return ParseTerm(depth); });
  }

  template <typename ParsePart>
  absl::StatusOr<NodePtr> ParseList(std::string_view word, Node::Kind kind,
                                    int depth, ParsePart parse_part) {
    if (depth > kMaxDepth) {
      return Invalid("nested too deeply", "入れ子が深すぎます");
    }
    auto node = std::make_shared<Node>();
    node->kind = kind;
    while (true) {
      SHIRUBE_ASSIGN_OR_RETURN(NodePtr part, parse_part());
      node->parts.push_back(std::move(part));
      if (token_.kind != Token::Kind::kWord || token_.text != word) break;
      SHIRUBE_RETURN_IF_ERROR(Next());
    }
    if (node->parts.size() == 1) return node->parts[0];
    return NodePtr(std::move(node));
  }

  absl::StatusOr<NodePtr> ParseTerm(int depth) {
    const bool minus = token_.kind == Token::Kind::kWord &&
                       token_.text.size() > 1 && token_.text[0] == '-';
    const bool word_not =
        token_.kind == Token::Kind::kWord && token_.text == "NOT";
    if (!minus && !word_not) return ParseSimple(depth);
    if (minus) {
      token_.text.erase(0, 1);
      ++token_.at;
    } else {
      SHIRUBE_RETURN_IF_ERROR(Next());
    }
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::kNot;
    SHIRUBE_ASSIGN_OR_RETURN(NodePtr part, ParseSimple(depth));
    node->parts.push_back(std::move(part));
    return NodePtr(std::move(node));
  }

  absl::StatusOr<NodePtr> ParseSimple(int depth) {
    if (token_.kind == Token::Kind::kOpen) {
      SHIRUBE_RETURN_IF_ERROR(Next());
      SHIRUBE_ASSIGN_OR_RETURN(NodePtr inner, ParseAnd(depth + 1));
      if (token_.kind != Token::Kind::kClose)
        return Unexpected("\")\"", "「)」");
      SHIRUBE_RETURN_IF_ERROR(Next());
      return inner;
    }
    if (token_.kind != Token::Kind::kWord || token_.text == "AND" ||
        token_.text == "OR") {
      return Unexpected("a field", "項目名");
    }
    auto node = std::make_shared<Node>();
    node->field = token_.text;
    if (!Known(node->field)) return UnknownField(node->field);
    SHIRUBE_RETURN_IF_ERROR(Next());
    if (token_.kind != Token::Kind::kOperator) {
      return Unexpected("one of = != < <= > >= :",
                        "= != < <= > >= : のいずれか");
    }
    node->op = token_.text;
    SHIRUBE_RETURN_IF_ERROR(Next());
    if (token_.kind != Token::Kind::kWord &&
        token_.kind != Token::Kind::kText) {
      return Unexpected("a value", "値");
    }
    node->value = token_.text;
    SHIRUBE_RETURN_IF_ERROR(Next());
    return NodePtr(std::move(node));
  }

  bool Known(const std::string& field) const {
    for (const std::string& known : fields_) {
      if (known == field) return true;
    }
    return false;
  }

  absl::Status UnknownField(const std::string& field) const {
    const std::string known = absl::StrJoin(fields_, ", ");
    return Invalid(
        absl::StrCat("no field ", Quoted(field), " here; known: ", known),
        absl::StrCat(QuotedJa(field),
                     "という項目はありません。使える項目: ", known));
  }

  absl::Status Unexpected(const char* wanted, const char* wanted_ja) const {
    const bool end = token_.kind == Token::Kind::kEnd;
    const std::string found = end ? "the end" : Quoted(token_.text);
    const std::string found_ja = end ? "終わり" : QuotedJa(token_.text);
    size_t character = 1;
    for (size_t i = 0; i < token_.at && i < text_.size(); ++i) {
      if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) ++character;
    }
    return Invalid(absl::StrCat("at character ", character, ": found ", found,
                                ", expected ", wanted),
                   absl::StrCat(character, "文字目: ", found_ja, "ではなく",
                                wanted_ja, "が必要です"));
  }

  absl::Status Next() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
    token_ = Token{Token::Kind::kEnd, "", at_};
    if (at_ >= text_.size()) return absl::OkStatus();
    const char c = text_[at_];
    if (c == '(' || c == ')') {
      token_ = {c == '(' ? Token::Kind::kOpen : Token::Kind::kClose,
                std::string(1, c), at_++};
      return absl::OkStatus();
    }
    if (c == '"' || c == '\'') return QuotedText(c);
    if (IsOperator(c)) {
      size_t size = 1;
      if (c != ':' && c != '=' && at_ + 1 < text_.size() &&
          text_[at_ + 1] == '=') {
        size = 2;
      }
      token_ = {Token::Kind::kOperator, std::string(text_.substr(at_, size)),
                at_};
      at_ += size;
      if (token_.text == "!") return Unexpected("!=", "!=");
      return absl::OkStatus();
    }
    const size_t start = at_;
    while (at_ < text_.size() && !IsSpace(text_[at_]) &&
           !IsOperator(text_[at_]) && text_[at_] != '(' && text_[at_] != ')' &&
           text_[at_] != '"') {
      ++at_;
    }
    token_ = {Token::Kind::kWord, std::string(text_.substr(start, at_ - start)),
              start};
    return absl::OkStatus();
  }

  absl::Status QuotedText(char quote) {
    const size_t start = at_++;
    std::string text;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      text += text_[at_++];
    }
    if (at_ >= text_.size()) {
      return Invalid("a quoted text is not closed",
                     "引用符が閉じられていません");
    }
    ++at_;
    token_ = {Token::Kind::kText, std::move(text), start};
    return absl::OkStatus();
  }

  static bool IsSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }
  static bool IsOperator(char c) {
    return c == '=' || c == '!' || c == '<' || c == '>' || c == ':';
  }

  const std::string_view text_;
  const std::vector<std::string>& fields_;
  size_t at_ = 0;
  Token token_;
};

// The last part of a resource name stands for the whole name.
bool EqualsName(std::string_view value, std::string_view wanted) {
  if (value == wanted) return true;
  const size_t slash = value.rfind('/');
  return slash != std::string_view::npos && value.substr(slash + 1) == wanted;
}

bool Equals(std::string_view value, std::string_view wanted) {
  if (wanted == "*") return true;
  const bool front = !wanted.empty() && wanted.front() == '*';
  const bool back = wanted.size() > 1 && wanted.back() == '*';
  if (front || back) {
    const std::string core(wanted.substr(front, wanted.size() - front - back));
    const std::string text(value);
    if (front && back) return absl::StrContains(text, core);
    return front ? absl::EndsWith(text, core) : absl::StartsWith(text, core);
  }
  return EqualsName(value, wanted) || CompareValues(value, wanted) == 0;
}

bool Has(const FieldValues& values, std::string_view wanted) {
  for (const std::string& value : values) {
    if (Equals(value, wanted)) return true;
    if (values.size() == 1 && absl::StrContains(value, std::string(wanted))) {
      return true;
    }
  }
  return false;
}

bool AnyEquals(const FieldValues& values, std::string_view wanted) {
  if (values.empty()) return wanted.empty();
  for (const std::string& value : values) {
    if (Equals(value, wanted)) return true;
  }
  return false;
}

bool AnyOrdered(const FieldValues& values, const std::string& op,
                std::string_view wanted) {
  for (const std::string& value : values) {
    const int order = CompareValues(value, wanted);
    if ((op == "<" && order < 0) || (op == "<=" && order <= 0) ||
        (op == ">" && order > 0) || (op == ">=" && order >= 0)) {
      return true;
    }
  }
  return false;
}

bool Test(const Node& node, const RowReader& row) {
  switch (node.kind) {
    case Node::Kind::kAnd:
      for (const NodePtr& part : node.parts) {
        if (!Test(*part, row)) return false;
      }
      return true;
    case Node::Kind::kOr:
      for (const NodePtr& part : node.parts) {
        if (Test(*part, row)) return true;
      }
      return false;
    case Node::Kind::kNot:
      return !Test(*node.parts[0], row);
    case Node::Kind::kCompare:
      break;
  }
  const FieldValues values = row(node.field);
  if (node.op == "=") return AnyEquals(values, node.value);
  if (node.op == "!=") return !AnyEquals(values, node.value);
  if (node.op == ":") return Has(values, node.value);
  return AnyOrdered(values, node.op, node.value);
}

}  // namespace

absl::StatusOr<Filter> Filter::Parse(
    std::string_view text, const std::vector<std::string>& known_fields) {
  if (text.size() > limits::kMaxFilterBytes) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
        absl::StrCat("filter: at most ", limits::kMaxFilterBytes, " bytes"),
        absl::StrCat("filter: ", limits::kMaxFilterBytes, "バイトまでです"));
  }
  Filter filter;
  SHIRUBE_ASSIGN_OR_RETURN(filter.root_, Parser(text, known_fields).ParseAll());
  return filter;
}

bool Filter::Matches(const RowReader& row) const {
  return root_ == nullptr || Test(*root_, row);
}

}  // namespace shirube
