#!/usr/bin/env python3
"""Writes a document's code blocks to files, so that a test can build them as they stand there.

examples.py DOCUMENT FOLDER

A block counts whose first line is a comment with a path: `// src/a/b.h` goes to FOLDER/src/a/b.h.
What follows the path after a colon tells blocks of one file apart: `// a/b.cpp: a row of kRows`
goes to FOLDER/a/b.cpp.a-row-of-kRows.inc.
"""
import pathlib
import re
import sys

BLOCK = re.compile(r"^```cpp\n// ([\w./-]+)(?:: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(text):
    """{path: code} of a document."""
    found = {}
    for path, part, code in BLOCK.findall(text):
        name = f"{path}.{part.replace(' ', '-')}.inc" if part else path
        assert name not in found, f"{name} is there twice"
        found[name] = code
    return found


def main(document, folder):
    found = examples(pathlib.Path(document).read_text())
    assert found, f"{document} has no example"
    for name, code in found.items():
        file = pathlib.Path(folder) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
