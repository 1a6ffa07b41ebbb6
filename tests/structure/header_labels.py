#!/usr/bin/env python3
"""Every header under src/ and subagent/ tells a caller three things in its first comment: which
threads may call it, who owns what, and how it reports errors.

header_labels.py ROOT    checks the checkout at ROOT, prints each missing label, exits 1 if any
"""
import pathlib
import re
import sys

FOLDERS = ("src", "subagent")
LABELS = ("Threads", "Ownership", "Errors")


def headers_of(root):
    return sorted(file for folder in FOLDERS for file in (root / folder).rglob("*.h"))


def first_comment(text):
    """The text of the comment lines before the first line of code."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        lines.append(line[2:].strip())
    return "\n".join(lines)


def says(comment, label):
    """True if the label has text after it: a word on its line, or on the next one."""
    return re.search(rf"\b{label}:\s*(?!(?:{'|'.join(LABELS)}):)\S", comment) is not None


def missing_labels(root):
    for file in headers_of(root):
        comment = first_comment(file.read_text())
        for label in LABELS:
            if not says(comment, label):
                yield f"{file.relative_to(root)}: its first comment has no \"{label}: ...\""


def main():
    problems = list(missing_labels(pathlib.Path(sys.argv[1])))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
