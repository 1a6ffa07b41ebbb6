"""The package's life in a Debian of its own: installed, serving, upgraded, removed, purged.

One story; each test goes on where the one before it ended (`run` stops at the first failure)."""

import contextlib
import re
import shlex
import time

import pytest
from debian import Debian, build_package, with_version

STATE = "/var/lib/hvnet-subagent"
CONF = "/etc/snmp/hvnet-subagent.conf"
UNIT = "/usr/lib/systemd/system/hvnet-subagent.service"
WANTED = "/etc/systemd/system/multi-user.target.wants/hvnet-subagent.service"
STOCK_UNIT = "/usr/lib/systemd/system/snmpd.service"
DROP_IN = "/etc/systemd/system/snmpd.service.d/hvnet.conf"
SNMPD_CONF = "/etc/snmp/snmpd.conf.d/hvnet.conf"
ADDED = "exclude docker*\n"


@pytest.fixture(scope="module")
def packages():
    """The package as it is, and a later version of it."""
    package = build_package()
    return package, with_version(package, "99.1")


@pytest.fixture(scope="module")
def debian(packages):
    one = Debian(for_package=packages[0])
    yield one
    one.close()


def files(debian):
    """What the package may be blamed for: not what apt, dpkg and the log keep for themselves."""
    pruned = "/proc /sys /dev /run /tmp /var/lib/apt /var/lib/dpkg /var/cache /var/log /root".split()
    backups = {"/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-"}
    return debian.files(pruned) - backups


@pytest.fixture(scope="module")
def before(debian):
    return files(debian)


def exec_start(debian, file):
    return shlex.split(re.findall(r"^ExecStart=(.+)$", debian.read(file), re.MULTILINE)[-1])


# Notes what it is told; snmpd itself runs as a test has started it.
SYSTEMCTL = """#!/bin/sh
echo "$@" >> /tmp/systemctl/told
"""


@contextlib.contextmanager
def systemd_seems_to_run(debian):
    """For the lines that are run with what this gives before them. Afterwards they are in TOLD."""
    debian.run("mkdir -p /run/systemd/system /tmp/systemctl; : > /tmp/systemctl/told")
    debian.path("/tmp/systemctl/systemctl").write_text(SYSTEMCTL)
    debian.run("chmod 755 /tmp/systemctl/systemctl")
    yield "PATH=/tmp/systemctl:$PATH "
    debian.run("rmdir /run/systemd/system")


TOLD = "/tmp/systemctl/told"


def unit_says(debian, name):
    """The value of a setting in the unit; no text if it is not there."""
    values = re.findall(rf"^{name}=(.*)$", debian.read(UNIT), re.MULTILINE)
    return values[-1] if values else ""


def walk(debian, oid):
    """As the man at the desk would; no lines when there is no such object."""
    said = debian.run(f"snmpbulkwalk -v2c -c public -m '' -Oqv -r1 -t2 127.0.0.1 {oid}")
    return [line for line in said.splitlines() if not line.startswith(("No Such", "No more"))]


def eventually(check, within_s=15):
    deadline = time.monotonic() + within_s
    while not (result := check()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return result


IF_NAME, IF_INDEX = "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.1"
IF_STACK, ETHER_LIKE = "1.3.6.1.2.1.31.1.2", "1.3.6.1.2.1.10.7"
HVNET_AGENT = "1.3.6.1.4.1.8072.9999.9999.21.1.1"
MAU = "1.3.6.1.2.1.26"


def test_it_installs_with_what_it_depends_on(debian, packages, before):
    debian.install(packages[0])
    assert debian.run("dpkg-query -W -f '${db:Status-Abbrev}' hvnet-subagent").strip() == "ii"
    assert debian.run("hvnet-subagent --version").startswith("hvnet-subagent ")


def test_its_user_is_a_system_user_without_a_shell(debian):
    name, _, uid, _, _, home, shell = debian.run("getent passwd hvnet").strip().split(":")
    assert int(uid) < 1000 and home == STATE and shell.endswith("nologin")
    assert debian.run("id -nG hvnet").split() == ["hvnet"]


def test_its_files_are_its_own_and_no_others(debian, before):
    added = files(debian) - before
    assert {UNIT, CONF, WANTED, STATE, "/usr/sbin/hvnet-subagent"} <= added
    assert debian.stat(CONF) == "root hvnet 640"
    assert debian.stat(STATE) == "hvnet hvnet 750"
    assert {path for path in added if "hvnet" not in path.lower()} == set()


def test_each_of_its_programs_has_a_manual_page_and_completion(debian, before):
    added = files(debian) - before
    programs = [path.rpartition("/")[2] for path in added if path.startswith(("/usr/bin/", "/usr/sbin/"))]
    assert len(programs) >= 3
    for program in programs:
        assert any(re.fullmatch(rf"/usr/share/man/man[18]/{program}\.[18]\.gz", path)
                   for path in added), program  # fmt: skip
        completion = debian.read(f"/usr/share/bash-completion/completions/{program}")
        assert re.search(rf"^complete .*\b{program}\b", completion, re.MULTILINE)


def test_it_brings_what_its_documents_name(debian):
    for what in (r"^Documentation=file://(\S+)$",):
        (path,) = re.findall(what, debian.read(UNIT), re.MULTILINE)
        assert debian.exists(path)
    for system, kind in (("zabbix", "*.yaml"), ("cacti", "*.xml"), ("prometheus", "*.yml")):
        assert debian.run(f"find /usr/share/hvnet-subagent/monitoring/{system} -name '{kind}'"), system
    assert debian.run("dpkg -V hvnet-subagent") == ""


def test_the_unit_is_started_with_the_machine_after_snmpd(debian):
    assert debian.run("systemctl is-enabled hvnet-subagent.service").strip() == "enabled"
    assert "snmpd.service" in unit_says(debian, "After").split()


def test_the_user_of_the_unit_may_do_what_the_program_does_and_no_more(debian):
    user, group = unit_says(debian, "User"), unit_says(debian, "Group")
    assert user != "root" and debian.run(f"id -gn {user}").strip() == group != "root"
    (state,) = re.findall(r"--state DIR=(\S+)", debian.run("hvnet-subagent --help"))
    assert state == f"/var/lib/{unit_says(debian, 'StateDirectory')}"
    assert debian.stat(state).split()[:2] == [user, group]
    assert int(unit_says(debian, "StateDirectoryMode"), 8) & 0o007 == 0


def test_systemd_has_nothing_to_say_of_the_unit(debian):
    assert debian.run("systemd-analyze verify --man=no hvnet-subagent.service 2>&1") == ""


def test_the_configuration_is_for_its_group_only(debian):
    assert "configuration: " + CONF in debian.run("hvnet-subagent --check")
    debian.run("setpriv --reuid hvnet --regid hvnet --clear-groups hvnet-subagent --check")
    said = debian.fails("setpriv --reuid nobody --regid nogroup --clear-groups hvnet-subagent --check")
    assert f"configuration {CONF}: Permission denied" in said


def test_the_command_says_what_keeps_it_from_its_work(debian):
    user = "setpriv --reuid nobody --regid nogroup --clear-groups "
    assert "must be run as root" in debian.fails(f"{user}hvnet-setup-snmpd")
    assert "systemd does not run here" in debian.fails("hvnet-setup-snmpd")
    with systemd_seems_to_run(debian) as then:
        debian.run("chmod 640 /etc/snmp/snmpd.conf")  # as it is in Debian 13
        said = debian.fails(f"{then}{user}hvnet-setup-snmpd --check")
        assert "/etc/snmp/snmpd.conf cannot be read: run it as root" in said
    assert "Usage:" in debian.fails("hvnet-setup-snmpd --unddo")
    for line, complaint in (("s/^includeDir/#&/", "would not read"),
                            ("$ a agentXSocket tcp:localhost:705", 'agentXSocket tcp:localhost:705')):
        debian.run(f"sed -i.kept '{line}' /etc/snmp/snmpd.conf")
        assert complaint in debian.fails("hvnet-setup-snmpd --no-restart")
        debian.run("mv /etc/snmp/snmpd.conf.kept /etc/snmp/snmpd.conf")
    assert not debian.exists(DROP_IN) and not debian.exists(SNMPD_CONF)


def test_who_has_opened_the_socket_already_decides_for_whom(debian):
    other = "/etc/snmp/snmpd.conf.d/frr.conf"
    debian.run(f"echo 'agentXPerms 0777 0777' > {other}; hvnet-setup-snmpd --no-restart; rm {other}")
    assert "agentXPerms" not in debian.read(SNMPD_CONF)
    assert "view systemonly included .1.3.6.1.2.1.31" in debian.read(SNMPD_CONF)


def test_it_starts_snmpd_as_debian_does_but_for_the_tables(debian):
    debian.run("hvnet-setup-snmpd --no-restart")
    ours, stock = exec_start(debian, DROP_IN), exec_start(debian, STOCK_UNIT)
    tables = ",ifTable,ifXTable,dot3StatsTable"
    assert [word.replace(tables, "") for word in ours] == stock
    assert sum(word.endswith(tables) for word in ours) == 1
    assert "hvnet.conf" not in debian.run("systemd-analyze verify --man=no snmpd.service 2>&1 || true")
    again = debian.read(DROP_IN)
    debian.run("hvnet-setup-snmpd --no-restart")
    assert debian.read(DROP_IN) == again


def test_it_serves_beside_an_snmpd_that_ran_before(debian):
    """Both as their units start them. The first snmpd has made its folder for root only."""
    debian.run(f"mv {SNMPD_CONF} {SNMPD_CONF}.later; echo master agentx > {SNMPD_CONF}")
    debian.start("snmpd", *exec_start(debian, STOCK_UNIT))
    assert eventually(lambda: debian.exists("/var/agentx/master"))
    assert debian.stop("snmpd") == 0
    debian.run(f"mv {SNMPD_CONF}.later {SNMPD_CONF}")
    assert debian.stat("/var/agentx") == "root root 700"
    for before_it in re.findall(r"^ExecStartPre=[-+]*(.+)$", debian.read(DROP_IN), re.MULTILINE):
        debian.run(before_it)
    debian.start("snmpd", *exec_start(debian, DROP_IN))
    socket = "/var/agentx/master"
    assert eventually(lambda: debian.exists(socket) and debian.stat(socket).startswith("Debian-snmp"))
    assert debian.stat(socket) == "Debian-snmp hvnet 660"
    assert walk(debian, IF_NAME) == [] and walk(debian, IF_INDEX) == []
    assert "Unknown token" not in debian.log("snmpd"), "of rows that it saved when it had the table"
    debian.run(f"echo 'adapterDriver veth' >> {CONF}")
    start_product(debian)
    assert eventually(lambda: '"lo"' in walk(debian, IF_NAME)), debian.log("product")
    assert walk(debian, IF_INDEX)[:3] == ["1", "2", "256"]
    for table in (ETHER_LIKE, MAU, IF_STACK, HVNET_AGENT):
        assert walk(debian, table), f"the view does not show {table}"
    assert eventually(lambda: debian.exists(f"{STATE}/ifindex.map"))
    assert debian.stat(f"{STATE}/ifindex.map").startswith("hvnet hvnet")
    process = debian.started["product"].pid
    threads = re.search(r"^Threads:\s(\d+)$", debian.read(f"/proc/{process}/status"), re.MULTILINE)
    assert int(threads[1]) + 2 <= int(unit_says(debian, "TasksMax")), "and room for one of a library's"


def start_product(debian):
    """As the unit does: its user, no capability, none to be had."""
    user, group = unit_says(debian, "User"), unit_says(debian, "Group")
    debian.start("product", "setpriv", f"--reuid={user}", f"--regid={group}", "--init-groups",
                 "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all",
                 *exec_start(debian, UNIT))


def test_without_it_snmpd_has_no_other_interface_tables(debian):
    assert debian.stop("product") == 0, debian.log("product")
    assert eventually(lambda: walk(debian, IF_NAME) == [])
    assert walk(debian, IF_INDEX) == []


def test_an_upgrade_keeps_configuration_numbers_and_the_administrators_choice(debian, packages):
    debian.run(f"echo '{ADDED.strip()}' >> {CONF} && systemctl disable hvnet-subagent 2>&1")
    debian.run(f"chmod 0600 {CONF}")
    numbers = debian.read(f"{STATE}/ifindex.map")
    debian.install(packages[1])
    assert debian.run("dpkg-query -W -f '${Version}' hvnet-subagent") == "99.1"
    assert debian.read(CONF).endswith(ADDED)
    assert debian.stat(CONF) == "root hvnet 600"
    debian.run(f"chmod 0640 {CONF}")
    assert debian.read(f"{STATE}/ifindex.map") == numbers
    assert not debian.exists(WANTED)
    start_product(debian)
    assert eventually(lambda: '"lo"' in walk(debian, IF_NAME)), debian.log("product")
    assert debian.stop("product") == 0


def test_the_same_version_installs_over_itself(debian, packages):
    debian.install(packages[1], "--reinstall")
    assert debian.read(CONF).endswith(ADDED)


def test_removed_it_leaves_what_the_administrator_would_miss(debian):
    said = debian.run("apt-get remove -y -q hvnet-subagent 2>&1")
    assert f"snmpd still uses {DROP_IN}" in said  # systemd does not run here
    assert not debian.exists(UNIT) and not debian.exists("/usr/sbin/hvnet-subagent")
    assert debian.exists(CONF) and debian.exists(f"{STATE}/ifindex.map")


def test_installed_again_it_is_as_it_was(debian, packages):
    debian.install(packages[1])
    assert debian.read(CONF).endswith(ADDED)
    assert debian.exists(f"{STATE}/ifindex.map")


def test_undone_snmpd_makes_its_folder_as_its_own_configuration_says(debian):
    assert debian.stop("snmpd") == 0
    assert debian.stat("/var/agentx") == "root root 755"
    debian.run("hvnet-setup-snmpd --no-restart")
    with systemd_seems_to_run(debian) as then:
        debian.run(f"{then}hvnet-setup-snmpd --undo")
        assert debian.read(TOLD).split("\n")[-3:-1] == ["stop snmpd.service", "start snmpd.service"]
    assert not debian.exists(DROP_IN) and not debian.exists(SNMPD_CONF)
    assert not debian.exists("/var/agentx")


def test_removed_while_it_is_set_up_it_undoes_that(debian, packages):
    debian.run("hvnet-setup-snmpd --no-restart")
    with systemd_seems_to_run(debian) as then:
        assert "snmpd is as it was" in debian.run(
            "apt-get remove -y -q -o DPkg::Path=/tmp/systemctl:/usr/sbin:/usr/bin:/sbin:/bin hvnet-subagent"
        )
        assert "start snmpd.service" in debian.read(TOLD).splitlines()
    assert not debian.exists(DROP_IN) and not debian.exists(SNMPD_CONF)


def test_purged_it_leaves_nothing(debian, before):
    debian.run("apt-get purge -y -q hvnet-subagent")
    # What snmpd made when it ran is snmpd's.
    left = {path for path in files(debian) - before if "agentx" not in path and "/snmp/" not in path}
    assert left == set()
    assert debian.fails("getent passwd hvnet") == debian.fails("getent group hvnet") == ""
