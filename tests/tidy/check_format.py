#!/usr/bin/env python3
"""Checks that clang-format would change no C or C++ file.

    check_format.py --root DIR
"""

import argparse
import concurrent.futures
import os
import re
import subprocess

import tree

FILES_A_CALL = 16
COMPLAINT = re.compile(r"^(.+?):(\d+):\d+: error: code should be clang-formatted")


def complaints(root, sources):
    """The first complaint about each file; clang-format has many a file."""
    run = subprocess.run(["clang-format", "--dry-run", "--Werror", "--style=file", *sources],
                         cwd=root, capture_output=True, text=True)
    lines = {}
    for line in run.stderr.splitlines():
        match = COMPLAINT.match(line)
        if match:
            lines.setdefault(match[1], match[2])
    if run.returncode and not lines:
        return [f"clang-format failed: {run.stderr.strip()}"]
    return [f"{file}:{line}: not formatted; run clang-format -i {file}" for file, line in lines.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    options = parser.parse_args()
    sources = tree.source_files(options.root)
    calls = [sources[first:first + FILES_A_CALL] for first in range(0, len(sources), FILES_A_CALL)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        problems = [problem for found in pool.map(lambda call: complaints(options.root, call), calls)
                    for problem in found]
    tree.finish("format", len(sources), problems)


if __name__ == "__main__":
    main()
