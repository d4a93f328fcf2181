"""Proof that check_format.py fails where it should."""

import unittest

from proof import Proof


class FormatProof(Proof):

    def setUp(self):
        super().setUp()
        self.write(".clang-format", "BasedOnStyle: Google\n")
        self.write("server/good.cc", "int main() { return 0; }\n")

    def test_formatted_tree_passes(self):
        self.assert_passes("check_format.py", "--root", self.root)

    def test_what_a_build_left_behind_is_not_looked_at(self):
        self.write("build/generated.cc", "int   f( ) ;\n")
        self.assert_passes("check_format.py", "--root", self.root)

    def test_unformatted_file_fails(self):
        self.write("server/bad.cc", "int one;\nint   main( ) {return 0;}\n")
        self.assert_fails_naming("server/bad.cc:2: not formatted", "check_format.py", "--root", self.root)

    def test_unformatted_header_in_c_fails(self):
        self.write("rules/bad.h", "int   f( void ) ;\n")
        self.assert_fails_naming("rules/bad.h:1: not formatted", "check_format.py", "--root", self.root)


if __name__ == "__main__":
    unittest.main()
