"""Proof that check_symbols.py fails where it should. Needs a C compiler (CC, else cc)."""

import os
import subprocess
import unittest

from proof import Proof

ENTRY = "const void* shirube_rule_v0(void) { return 0; }\n"


class SymbolsProof(Proof):

    def build(self, name, source):
        path = self.write(name + ".c", source)
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", os.path.join(self.root, name + ".so"), path],
                       check=True)

    def test_module_with_the_entry_alone_passes(self):
        self.build("good", "static int helper(void) { return 1; }\nint shirube_rule_v0(void) { return helper(); }\n")
        self.assert_passes("check_symbols.py", "--modules", self.root)

    def test_second_export_fails(self):
        self.build("leaky", ENTRY + "int helper(void) { return 1; }\n")
        self.assert_fails_naming("leaky.so: exports helper", "check_symbols.py", "--modules", self.root)

    def test_missing_entry_fails(self):
        self.build("mute", "static int unused;\nint* hidden(void) __attribute__((visibility(\"hidden\")));\n"
                           "int* hidden(void) { return &unused; }\n")
        self.assert_fails_naming("mute.so: does not export shirube_rule_v0", "check_symbols.py", "--modules", self.root)

    def test_folder_without_modules_fails(self):
        self.assert_fails_naming("found nothing", "check_symbols.py", "--modules", self.root)


if __name__ == "__main__":
    unittest.main()
