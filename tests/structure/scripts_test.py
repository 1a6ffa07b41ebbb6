"""How our commands hand on what they are told."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
# Stands for scripts/on: says what it was told, an argument a line.
TELLS = '#!/bin/sh\nprintf "%s\\n" "$@"\n'


@pytest.fixture
def checkout(tmp_path):
    """scripts/test and what it reads, where no Debian can be made."""
    (tmp_path / "scripts").mkdir()
    for name in ("test", "packages"):
        shutil.copy(SCRIPTS / name, tmp_path / "scripts")
    (tmp_path / "scripts/on").write_text(TELLS)
    (tmp_path / "scripts/on").chmod(0o755)
    return tmp_path


def told(checkout, *arguments):
    done = subprocess.run([checkout / "scripts/test", *arguments], capture_output=True, text=True,
                          check=True, timeout=60)  # fmt: skip
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    "before, after",
    (
        ([], ["-L", "unit|netns"]),
        ([], ["e2e"]),
        (["--preset", "clang", "--long"], ["-R", "a name with blanks"]),
        (["guest"], []),
    ),
)
def test_another_debian_is_told_all_but_that_it_is_another(checkout, before, after):
    said = told(checkout, *before, "--on", "trixie", *after)
    assert said == ["trixie", "scripts/test", *before, *after]


def test_without_a_suite_nothing_is_run(checkout):
    done = subprocess.run([checkout / "scripts/test", "--on"], capture_output=True, text=True,
                          check=False, timeout=60)  # fmt: skip
    assert done.returncode != 0 and "a suite is missing" in done.stderr
    assert done.stdout == ""
