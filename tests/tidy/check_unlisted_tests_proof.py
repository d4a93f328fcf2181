"""Proof that check_unlisted_tests.py fails where it should, on small CMake projects."""

import os
import subprocess
import unittest

from proof import Proof

HEAD = """cmake_minimum_required(VERSION 3.25)
project(fixture LANGUAGES CXX)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
enable_testing()
"""
LISTED = HEAD + """add_executable(plan_test tests/plan_test.cc)
add_test(NAME plan COMMAND plan_test)
"""


class UnlistedTestsProof(Proof):

    def configure(self, lists):
        self.write("CMakeLists.txt", lists)
        self.build = os.path.join(self.root, "build")
        subprocess.run(["cmake", "-G", "Ninja", "-S", self.root, "-B", self.build], check=True, capture_output=True)

    def arguments(self):
        return ("check_unlisted_tests.py", "--root", self.root, "--build", self.build)

    def test_listed_file_passes(self):
        self.write("tests/plan_test.cc", "int main() {}\n")
        self.configure(LISTED)
        self.assert_passes(*self.arguments())

    def test_file_that_nothing_compiles_fails(self):
        self.write("tests/plan_test.cc", "int main() {}\n")
        self.write("tests/unit/forgotten_test.cc", "int main() {}\n")
        self.configure(LISTED)
        self.assert_fails_naming("tests/unit/forgotten_test.cc: no target compiles it", *self.arguments())

    def test_program_that_ctest_does_not_run_fails(self):
        self.write("tests/plan_test.cc", "int main() {}\n")
        self.configure(HEAD + "add_executable(plan_test tests/plan_test.cc)\n")
        self.assert_fails_naming("tests/plan_test.cc: ctest does not run plan_test", *self.arguments())

    def test_tree_without_tests_fails(self):
        self.write("main.cc", "int main() {}\n")
        self.configure(HEAD + "add_executable(main main.cc)\n")
        self.assert_fails_naming("found nothing", *self.arguments())


if __name__ == "__main__":
    unittest.main()
