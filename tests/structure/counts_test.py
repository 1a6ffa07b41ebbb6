"""The counts test: no test counts as passed that did not run."""

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIP = 77  # tests/conftest.py

PROJECT = """
cmake_minimum_required(VERSION 3.22)
project(counts NONE)
enable_testing()
function(test name)
  add_test(NAME ${name} COMMAND sh -c "${ARGN}")
endfunction()
test(good true)
test(bad false)
test(crash "kill -SEGV $$")
test(slow "sleep 60")
set_tests_properties(slow PROPERTIES TIMEOUT 1)
test(skipped "exit 77")
set_tests_properties(skipped PROPERTIES SKIP_RETURN_CODE 77)
test(says_so "echo '[  SKIPPED ]'")
set_tests_properties(says_so PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED")
test(off false)
set_tests_properties(off PROPERTIES DISABLED TRUE)
add_test(NAME missing COMMAND /nonexistent)
test(first false)
set_tests_properties(first PROPERTIES FIXTURES_SETUP one)
test(second true)
set_tests_properties(second PROPERTIES FIXTURES_REQUIRED one)
"""


def test_what_was_skipped_or_could_not_start_has_not_passed(tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(PROJECT)
    build = tmp_path / "build"
    subprocess.run(["cmake", "-G", "Ninja", "-S", tmp_path, "-B", build], check=True, capture_output=True)
    subprocess.run(["ctest", "--output-junit", "tests.xml"], cwd=build, capture_output=True)
    said = subprocess.run([ROOT / "scripts/count-tests", build / "tests.xml"], check=True,
                          capture_output=True, text=True).stdout
    assert said == "3 skipped\n1 passed, 6 failed\n"


@pytest.mark.parametrize("body, code", (
    ("def test_one(): pass", 0),
    ("def test_one(): assert 0", 1),
    ("import pytest\ndef test_one(): pytest.skip('why')", SKIP),
    ("import pytest\n@pytest.mark.parametrize('n', (0, 1))\n"
     "def test_one(n):\n    if n: pytest.skip('why')", SKIP),
    ("import pytest\ndef test_one(): pytest.skip('why')\ndef test_two(): assert 0", 1),
    ("import pytest\npytest.skip('why', allow_module_level=True)", SKIP),
))
def test_a_run_of_which_a_part_is_skipped_says_so(tmp_path, body, code):
    """The same conftest.py as that of the tests here."""
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    (tmp_path / "one_test.py").write_text(f"{body}\n")
    command = ["/usr/bin/python3", "-I", "-B", "-m", "pytest", "-q", "-c", "/dev/null",
               "--rootdir=.", "-p", "no:cacheprovider", "one_test.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == code, done.stdout
    assert ("why" in done.stdout) == ("skip" in body), "the reason is said"


def cmake_files():
    return sorted((ROOT / "tests").glob("*/CMakeLists.txt"))


def test_ctest_knows_the_code_of_every_python_test():
    """Or it would be a failure there."""
    with_python = [file for file in cmake_files() if "pytest" in file.read_text()
                   or "netns/run" in file.read_text()]
    assert len(with_python) >= 5
    for file in with_python:
        assert "SKIP_RETURN_CODE 77" in file.read_text(), file
