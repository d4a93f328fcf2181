#!/usr/bin/env python3
"""Checks that every *_test.cc under tests/ is compiled into a program that ctest runs.

It asks the configured build (compile_commands.json and ctest's files) and not the text of the CMakeLists.txt, so a
file counts however it came into its target.

    check_unlisted_tests.py --root DIR --build DIR
"""

import argparse
import json
import os
import re

import tree

TARGET = re.compile(r"CMakeFiles/([^/]+)\.dir/")


def targets_by_source(build):
    """Real path of a source -> the names of the targets that compile it."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    targets = {}
    for command in commands:
        source = os.path.realpath(os.path.join(command["directory"], command["file"]))
        match = TARGET.search(command.get("output", command.get("command", "")))
        if match:
            targets.setdefault(source, set()).add(match[1])
    return targets


def programs_of_ctest(folder):
    """Names of all words in the command lines of ctest's entries. Read from ctest's own files, since `ctest
    --show-only` leaves out the command of a program that is not built yet."""
    listing = os.path.join(folder, "CTestTestfile.cmake")
    if not os.path.exists(listing):
        return set()
    with open(listing, encoding="utf-8") as file:
        text = file.read()
    programs = {os.path.basename(word) for command in re.findall(r"^\s*add_test\((.+)\)$", text, re.MULTILINE)
                for word in re.findall(r'"([^"]+)"', command)}
    for subfolder in re.findall(r'^subdirs\("(.+)"\)$', text, re.MULTILINE):
        programs |= programs_of_ctest(os.path.join(folder, subfolder))
    return programs


def check(root, build):
    """Problems, and how many files were looked at."""
    sources = [path for path in tree.source_files(root, "tests") if path.endswith("_test.cc")]
    targets, programs, problems = targets_by_source(build), programs_of_ctest(build), []
    for source in sources:
        own = targets.get(os.path.realpath(os.path.join(root, source)), set())
        if not own:
            problems.append(f"{source}: no target compiles it")
        elif not own & programs:
            problems.append(f"{source}: ctest does not run {', '.join(sorted(own))}")
    return problems, len(sources)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    parser.add_argument("--build", required=True)
    options = parser.parse_args()
    problems, looked_at = check(options.root, options.build)
    tree.finish("unlisted tests", looked_at, problems)


if __name__ == "__main__":
    main()
