#include "server/access/role.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace shirube {

std::string_view RoleWord(Role role) {
  switch (role) {
    case Role::kRead:
      return "READ";
    case Role::kRecord:
      return "RECORD";
    case Role::kManage:
      return "MANAGE";
    case Role::kRules:
      return "RULES";
  }
  return "";
}

std::optional<Role> ParseRoleWord(std::string_view word) {
  const std::string upper =
      absl::AsciiStrToUpper(absl::string_view(word.data(), word.size()));
  for (Role role : kAllRoles) {
    if (RoleWord(role) == upper) return role;
  }
  return std::nullopt;
}

std::string FormatRoles(RoleSet roles) {
  std::string text;
  for (Role role : kAllRoles) {
    if (!roles.Has(role)) continue;
    if (!text.empty()) text += ',';
    text += RoleWord(role);
  }
  return text.empty() ? "-" : text;
}

std::optional<RoleSet> ParseRoles(std::string_view text) {
  RoleSet roles;
  for (const std::string& word : std::vector<std::string>(
           absl::StrSplit(absl::string_view(text.data(), text.size()), ','))) {
    const auto role =
        ParseRoleWord(std::string(absl::StripAsciiWhitespace(word)));
    if (!role) return std::nullopt;
    roles.Add(*role);
  }
  return roles;
}

}  // namespace shirube
