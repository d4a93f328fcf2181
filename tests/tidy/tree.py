"""What the tidy checks share: walking a source tree, and ending as a program."""

import os
import sys

SOURCE_SUFFIXES = (".h", ".hpp", ".c", ".cc")
# Results of builds and of package managers, never sources; the first level only, so that no folder of ours hides.
SKIPPED_AT_ROOT = {"build", "node_modules", ".git"}


def source_files(root, below=""):
    """Paths relative to `root`, sorted, of the C and C++ files under `below`."""
    found = []
    for folder, subfolders, names in os.walk(os.path.join(root, below)):
        if os.path.samefile(folder, root):
            subfolders[:] = [name for name in subfolders if name not in SKIPPED_AT_ROOT]
        found += [os.path.relpath(os.path.join(folder, name), root)
                  for name in names if name.endswith(SOURCE_SUFFIXES)]
    return sorted(found)


def finish(check, looked_at, problems):
    """Prints the problems and ends the program: 0 without any. To have looked at nothing is a problem."""
    if not looked_at:
        problems = [f"{check}: found nothing to look at"]
    for problem in problems:
        print(problem)
    print(f"{check}: {looked_at} looked at, {len(problems)} problem(s)")
    sys.exit(1 if problems else 0)
