"""The structure test: the checkout obeys its arrows, and the checker sees when it does not."""
import pathlib

import layers

ROOT = pathlib.Path(__file__).resolve().parents[2]


def problems_of(tmp_path, files, check=layers.wrong_includes):
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return list(check(tmp_path))


def test_this_checkout_includes_only_to_the_left():
    assert list(layers.wrong_includes(ROOT)) == []


def test_this_checkout_has_the_kernels_words_in_one_folder():
    assert list(layers.kernel_words(ROOT)) == []


def test_a_kernels_header_or_name_elsewhere_is_found(tmp_path):
    files = {"src/snapshot/a.cpp": "#include <net/if.h>\n#include <linux/if_arp.h>\n",
             "src/sources/report/b.cpp": "bool up = flags & IFF_UP;\n",
             "subagent/c.h": "if (type == ARPHRD_ETHER) {  // as ARPHRD_LOOPBACK\n"}
    assert problems_of(tmp_path, files, layers.kernel_words) == [
        "src/snapshot/a.cpp:1: net/if.h outside src/sources/linux",
        "src/snapshot/a.cpp:2: linux/if_arp.h outside src/sources/linux",
        "src/sources/report/b.cpp:1: IFF_UP outside src/sources/linux",
        "subagent/c.h:1: ARPHRD_ETHER outside src/sources/linux"]


def test_a_kernels_name_in_its_folder_a_comment_or_a_text_is_fine(tmp_path):
    files = {"src/sources/linux/a.cpp": "#include <linux/if.h>\nint up = IFF_UP;\n",
             "subagent/tables/b.cpp": 'column(7, "ifAdminStatus", "IFF_UP"),  // IFF_UP\n'}
    assert problems_of(tmp_path, files, layers.kernel_words) == []


def test_an_include_to_the_right_is_found(tmp_path):
    found = problems_of(tmp_path, {"src/counters/a.h": '#include "snapshot/publish/store.h"\n'})
    assert found == ["src/counters/a.h:1: counters includes snapshot/publish/store.h, "
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
    files = {"src/snapshot/a.h": '#include "sources/linux/ethtool.h"\n',
             "src/sources/report/b.h": '#include "sources/linux/ethtool.h"\n',
             "subagent/main.cpp": '#include "sources/linux/linux_source.h"\n'}
    assert problems_of(tmp_path, files) == [
        "src/snapshot/a.h:1: snapshot includes sources/linux/ethtool.h, "
        "which is a source's own",
        "src/sources/report/b.h:1: sources/report includes sources/linux/ethtool.h, "
        "which is a source's own"]
