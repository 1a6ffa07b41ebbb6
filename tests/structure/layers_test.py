"""The structure test: the checkout obeys its arrows, and the checker sees when it does not."""
import pathlib

import layers

ROOT = pathlib.Path(__file__).resolve().parents[2]


def problems_of(tmp_path, files):
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return list(layers.wrong_includes(tmp_path))


def test_this_checkout_includes_only_to_the_left():
    assert list(layers.wrong_includes(ROOT)) == []


def test_an_include_to_the_right_is_found(tmp_path):
    found = problems_of(tmp_path, {"src/counters/a.h": '#include "snapshot/store.h"\n'})
    assert found == ["src/counters/a.h:1: counters includes snapshot/store.h, "
                     "which stands to its right"]


def test_net_snmp_outside_its_folder_is_found(tmp_path):
    bad = "\n#include <net-snmp/net-snmp-config.h>\n"
    found = problems_of(tmp_path, {"subagent/tables/a.cpp": bad, "subagent/snmp/b.cpp": bad})
    assert found == ["subagent/tables/a.cpp:2: net-snmp/net-snmp-config.h outside subagent/snmp"]


def test_includes_to_the_left_are_fine(tmp_path):
    assert problems_of(tmp_path, {"subagent/main.cpp": '#include "snmp/session.h"\n',
                                  "subagent/snmp/c.cpp": '#include "config.h"\n',
                                  "src/ifmap/a.cpp": '#include "base/log.h"\n'}) == []


def test_only_the_daemon_knows_a_source_of_its_own(tmp_path):
    files = {"src/snapshot/a.h": '#include "counters/linux/ethtool.h"\n',
             "src/counters/report/b.h": '#include "counters/linux/ethtool.h"\n',
             "subagent/main.cpp": '#include "counters/linux/linux_source.h"\n'}
    assert problems_of(tmp_path, files) == [
        "src/counters/report/b.h:1: counters/report includes counters/linux/ethtool.h, "
        "which is a source's own",
        "src/snapshot/a.h:1: snapshot includes counters/linux/ethtool.h, "
        "which is a source's own"]
