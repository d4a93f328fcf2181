#!/usr/bin/env python3
"""Checks that a folder includes only what its row in layers.toml allows.

    check_includes.py --root DIR [--layers FILE]
"""

import argparse
import os
import re
import tomllib

import tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]')
DEFAULT_LAYERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.toml")


class Layers:
    """The table: rows by folder, and groups of headers from outside by prefix."""

    def __init__(self, path):
        with open(path, "rb") as file:
            table = tomllib.load(file)
        self.groups = table["groups"]
        self.folders = table["folders"]
        known = self.groups.keys() | self.folders.keys() | {"*"}
        for folder, allowed in self.folders.items():
            for name in allowed:
                if name not in known:
                    raise SystemExit(f'{path}: "{folder}" allows "{name}", which is neither a folder nor a group')

    def row(self, folder):
        """What a folder may include; "parent/*" speaks for each subfolder without a row. None: no row at all."""
        return self.folders.get(folder, self.folders.get(os.path.join(os.path.dirname(folder), "*")))

    def folder_of(self, path):
        """The longest folder with a row that holds `path`, or None."""
        part = os.path.dirname(path)
        while part and self.row(part) is None:
            part = os.path.dirname(part)
        return part or None

    def group_of(self, header):
        for group, prefixes in self.groups.items():
            for prefix in prefixes:
                if header == prefix or (prefix.endswith("/") and header.startswith(prefix)):
                    return group
        return None


def includes(path):
    """(line number, in quotes?, header) of every include of a file."""
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            match = INCLUDE.match(line)
            if match:
                yield number, match[1] == '"', match[2]


def what_is(layers, root, source, quoted, header):
    """(the name by which rows allow this header, None for what everybody may include) or raises LookupError."""
    if not quoted and "/" not in header and "." not in header:
        return None  # <vector>: the C++ standard library
    group = layers.group_of(header)
    if group:
        return group
    beside = os.path.normpath(os.path.join(os.path.dirname(source), header))
    for path in (header, beside):
        if quoted and os.path.isfile(os.path.join(root, path)) and layers.folder_of(path):
            return layers.folder_of(path)
    raise LookupError(header)


def check_file(layers, root, source):
    folder = layers.folder_of(source)
    if folder is None:
        yield f"{source}: its folder has no row in layers.toml"
        return
    allowed = layers.row(folder)
    if "*" in allowed:
        return
    for number, quoted, header in includes(os.path.join(root, source)):
        try:
            name = what_is(layers, root, source, quoted, header)
        except LookupError:
            yield f'{source}:{number}: "{header}" is no file of the project and in no group of layers.toml'
            continue
        if name not in (None, folder) and name not in allowed:
            yield f'{source}:{number}: {folder} may not include "{header}" ({name})'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    parser.add_argument("--layers", default=DEFAULT_LAYERS)
    options = parser.parse_args()
    layers = Layers(options.layers)
    sources = tree.source_files(options.root)
    problems = [problem for source in sources for problem in check_file(layers, options.root, source)]
    tree.finish("includes", len(sources), problems)


if __name__ == "__main__":
    main()
