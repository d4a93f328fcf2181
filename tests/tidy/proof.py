"""What the proofs share: a made-up tree in a temporary folder, and a check run on it as ctest runs it."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


class Proof(unittest.TestCase):
    """Base of the proofs that a check can fail."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        return full

    def run_check(self, script, *arguments):
        return subprocess.run([sys.executable, os.path.join(HERE, script), *arguments],
                              capture_output=True, text=True)

    def assert_passes(self, script, *arguments):
        run = self.run_check(script, *arguments)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def assert_fails_naming(self, expected, script, *arguments):
        run = self.run_check(script, *arguments)
        self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
        self.assertIn(expected, run.stdout)
