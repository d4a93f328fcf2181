"""Proof that check_includes.py fails where it should."""

import unittest

from proof import Proof


class IncludesProof(Proof):

    def check_passes(self):
        self.assert_passes("check_includes.py", "--root", self.root)

    def check_fails(self, expected):
        self.assert_fails_naming(expected, "check_includes.py", "--root", self.root)

    def test_own_folder_standard_library_and_allowed_folder_pass(self):
        self.write("server/base/clock.h", "#include <chrono>\n")
        self.write("server/domain/plan.h", "")
        self.write("server/domain/plan.cc", '#include "server/domain/plan.h"\n#include "server/base/clock.h"\n'
                                            "#include <cstdint>\n#include <unicode/ucal.h>\n")
        self.check_passes()

    def test_folder_that_is_not_in_the_row_fails(self):
        self.write("server/storage/store.h", "")
        self.write("server/domain/plan.cc", '\n#include "server/storage/store.h"\n')
        self.check_fails('server/domain/plan.cc:2: server/domain may not include "server/storage/store.h"')

    def test_subfolder_with_a_row_of_its_own_is_not_meant_by_its_parent(self):
        self.write("server/storage/sqlite/connection.h", "")
        self.write("server/ledger/ledger.cc", '#include "server/storage/sqlite/connection.h"\n')
        self.check_fails("server/ledger/ledger.cc:1")

    def test_path_relative_to_the_file_is_seen_through(self):
        self.write("rules/at_risk/secret.h", "")
        self.write("rules/achieved/achieved.cc", '#include "../at_risk/secret.h"\n')
        self.check_fails('rules/achieved/achieved.cc:1: rules/achieved may not include "../at_risk/secret.h"')

    def test_module_may_not_include_a_module_of_a_starred_row(self):
        self.write("rules/mine/mine.cc", '#include "rules/mine/mine.h"\n#include "rules/yours/yours.h"\n')
        self.write("rules/mine/mine.h", '#include "rules/pace/pace.h"\n')
        self.write("rules/yours/yours.h", "")
        self.write("rules/pace/pace.h", "")
        self.check_fails('rules/mine/mine.cc:2: rules/mine may not include "rules/yours/yours.h" (rules/yours)')

    def test_third_party_header_that_is_not_in_the_row_fails(self):
        self.write("server/domain/plan.cc", "#  include <grpcpp/grpcpp.h>\n")
        self.check_fails("server/domain/plan.cc:1: server/domain may not include")

    def test_system_header_that_is_not_in_the_row_fails(self):
        self.write("rules/pace/pace.c", "#include <unistd.h>\n")
        self.check_fails("rules/pace/pace.c:1")

    def test_header_for_authors_in_cpp_is_looked_at(self):
        self.write("rules/include/shirube/rule.hpp", "#include <unistd.h>\n")
        self.check_fails("rules/include/shirube/rule.hpp:1")

    def test_unknown_header_fails(self):
        self.write("server/base/log.cc", "#include <boost/any.hpp>\n")
        self.check_fails('"boost/any.hpp" is no file of the project and in no group')

    def test_folder_without_a_row_fails(self):
        self.write("server/helpers/stuff.cc", "")
        self.check_fails("server/helpers/stuff.cc: its folder has no row")

    def test_empty_tree_fails(self):
        self.check_fails("found nothing to look at")


if __name__ == "__main__":
    unittest.main()
