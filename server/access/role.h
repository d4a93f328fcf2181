// What a caller may do. Four roles that do not contain each other, so that what
// a token allows is what its line says.
#ifndef SHIRUBE_SERVER_ACCESS_ROLE_H_
#define SHIRUBE_SERVER_ACCESS_ROLE_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace shirube {

enum class Role : uint8_t {
  kRead,    // reads everything but secrets
  kRecord,  // figures, assessments, acknowledgements
  kManage,  // plans and subscriptions
  kRules,   // rule modules, and by what is judged
};
inline constexpr std::array<Role, 4> kAllRoles = {Role::kRead, Role::kRecord,
                                                  Role::kManage, Role::kRules};

// "READ", "RECORD", "MANAGE", "RULES".
std::string_view RoleWord(Role role);
std::optional<Role> ParseRoleWord(std::string_view word);

class RoleSet {
 public:
  constexpr RoleSet() = default;
  constexpr RoleSet(std::initializer_list<Role> roles) {
    for (Role role : roles) Add(role);
  }
  static constexpr RoleSet All() {
    return {Role::kRead, Role::kRecord, Role::kManage, Role::kRules};
  }

  constexpr void Add(Role role) { bits_ |= Bit(role); }
  constexpr bool Has(Role role) const { return (bits_ & Bit(role)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(RoleSet, RoleSet) = default;

 private:
  static constexpr uint8_t Bit(Role role) {
    return static_cast<uint8_t>(1U << static_cast<unsigned>(role));
  }
  uint8_t bits_ = 0;
};

// "READ,RECORD"; none is "-".
std::string FormatRoles(RoleSet roles);
// Words by commas, in any case; nothing where one is unknown or all are
// missing.
std::optional<RoleSet> ParseRoles(std::string_view text);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ACCESS_ROLE_H_
