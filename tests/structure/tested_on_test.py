"""docs/tested-on.md says what the tests have shown, and no more."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

ONE_FILE = """
import pytest
def test_the_first_holds(): assert 1
@pytest.mark.parametrize("n", (1, 2))
def test_the_second_holds_twice(n): assert 1
@pytest.mark.parametrize("n", (1, 2))
def test_the_third_holds_once(n): assert n == 1
def test_the_fourth_is_not_reached(): assert 1
"""


def run(folder, *more, text=ONE_FILE):
    """The records of a run of `text` that stops where it fails."""
    for file in ("conftest.py", "records.py"):
        shutil.copy(ROOT / "tests" / file, folder)
    (folder / "cacti_test.py").write_text(text)
    subprocess.run([sys.executable, "-B", "-m", "pytest", "-x", "-q", "-c", "/dev/null", "--rootdir=.",
                    "-p", "no:cacheprovider", "cacti_test.py", *more],
                   cwd=folder, env={**os.environ, "HVNET_RECORDS": str(folder / "out"),
                                    "HVNET_SUITE": "trixie"},
                   capture_output=True, check=False)  # fmt: skip
    return {path.name: json.loads(path.read_text()) for path in (folder / "out").glob("*")}


def test_a_record_has_each_sentence_with_what_became_of_it(tmp_path):
    (record,) = run(tmp_path).values()
    assert (record["file"], record["suite"]) == ("cacti", "trixie")
    assert record["checks"] == {
        "The first holds": ["passed"], "The second holds twice": ["passed", "passed"],
        "The third holds once": ["failed", "passed"], "The fourth is not reached": ["not run"],
    }  # fmt: skip


def test_a_part_of_a_file_leaves_no_record(tmp_path):
    assert not run(tmp_path, "-k", "first")


def test_a_run_that_somebody_ends_leaves_no_record(tmp_path):
    ended = "def test_that_is_ended(): raise KeyboardInterrupt\n"
    assert not run(tmp_path, text=ended)


def test_the_document_names_what_did_not_pass(tmp_path):
    run(tmp_path)
    document = tmp_path / "tested-on.md"
    subprocess.run([ROOT / "scripts/tested-on", tmp_path / "out", document], check=True)
    lines = document.read_text().splitlines()
    assert any("| trixie |" in line and "**2 of 6 did not pass**" in line for line in lines)
    assert "- The second holds twice (2 variants)" in lines
    assert "- The third holds once (2 variants): **did not pass**" in lines
    assert "- The fourth is not reached: **did not pass**" in lines
    (missing,) = (line for line in lines if line.startswith("There are no results here of: "))
    assert "`xen_netfront`" in missing and "Cacti" not in missing


def test_without_results_there_is_no_document(tmp_path):
    document = tmp_path / "tested-on.md"
    done = subprocess.run([ROOT / "scripts/tested-on", tmp_path, document], capture_output=True, check=False)
    assert done.returncode == 1 and not document.exists()
