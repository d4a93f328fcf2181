#!/usr/bin/env python3
"""Checks that every rule module in a folder exports exactly one symbol, shirube_rule_v0.

    check_symbols.py --modules DIR
"""

import argparse
import glob
import os
import subprocess

import tree

ENTRY = "shirube_rule_v0"


def exported(module):
    listing = subprocess.run(["nm", "-D", "--defined-only", "--format=posix", module],
                             check=True, capture_output=True, text=True).stdout
    return [line.split()[0] for line in listing.splitlines()]


def check_module(module):
    symbols = exported(module)
    name = os.path.basename(module)
    if ENTRY not in symbols:
        yield f"{name}: does not export {ENTRY}"
    for symbol in symbols:
        if symbol != ENTRY:
            yield f"{name}: exports {symbol}, and may export only {ENTRY}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", required=True)
    options = parser.parse_args()
    modules = sorted(glob.glob(os.path.join(options.modules, "*.so")))
    problems = [problem for module in modules for problem in check_module(module)]
    tree.finish("symbols", len(modules), problems)


if __name__ == "__main__":
    main()
