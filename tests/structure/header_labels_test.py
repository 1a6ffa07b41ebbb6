"""Every header states threads, ownership and errors, and the checker finds a header that does not."""
import pathlib

import header_labels

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOD = "// A thing.\n//\n// Threads: any. Ownership: none.\n// Errors: none.\n#pragma once\n"


def problems_of(tmp_path, text, name="src/base/a.h"):
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return list(header_labels.missing_labels(tmp_path))


def test_every_header_of_this_checkout_has_the_three_labels():
    assert len(header_labels.headers_of(ROOT)) > 50, "the headers are not where they are expected"
    assert list(header_labels.missing_labels(ROOT)) == []


def test_a_header_with_the_three_labels_is_accepted(tmp_path):
    assert problems_of(tmp_path, GOOD) == []


def test_a_missing_label_is_found_in_both_folders(tmp_path):
    assert problems_of(tmp_path, GOOD.replace("Ownership: none.", "")) == [
        'src/base/a.h: its first comment has no "Ownership: ..."']
    assert problems_of(tmp_path, "#pragma once\n", "subagent/snmp/b.h")[1:] == [
        f'subagent/snmp/b.h: its first comment has no "{label}: ..."'
        for label in ("Threads", "Ownership", "Errors")]


def test_a_label_without_text_is_found(tmp_path):
    assert problems_of(tmp_path, GOOD.replace("Threads: any.", "Threads:")) == [
        'src/base/a.h: its first comment has no "Threads: ..."']
    assert problems_of(tmp_path, GOOD.replace("Errors: none.", "Errors:")) == [
        'src/base/a.h: its first comment has no "Errors: ..."']


def test_a_label_further_down_does_not_count(tmp_path):
    text = GOOD.replace("// Errors: none.\n", "") + "// Errors: none.\n"
    assert problems_of(tmp_path, text) == ['src/base/a.h: its first comment has no "Errors: ..."']
