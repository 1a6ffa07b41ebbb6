"""The product in a guest, as an ordinary user: started, asked, and held against the kernel."""

import re

import mib

STATE = "/state/product"
AT = "127.0.0.1:1161"
FIRST_THAT_IS_NO_ADAPTER = 256


def oid_of(column):
    return mib.to_text(mib.OIDS[column])


def ask_line(column):
    """A shell's line for the walk of a column."""
    return f"snmpbulkwalk -v2c -c public -On -r 2 -t 5 {AT} {oid_of(column)}"


class Router:
    """`modes`: "agentx" beside an snmpd without its own tables, or "standalone"."""

    def __init__(self, guest, mode="standalone"):
        self.guest, self.mode = guest, mode

    def load(self, *drivers):
        for driver in drivers:
            self.guest.run(f"modprobe {driver}")

    def start(self, configuration=""):
        self.guest.run(f"mkdir -p {STATE} && chown 65534:65534 {STATE}")
        self.write("/tmp/product.conf", f"rocommunity public 127.0.0.1\n{configuration}")
        how = f"--standalone udp:{AT}"
        if self.mode == "agentx":
            how = "--agentx unix:/tmp/master"
            self.write("/tmp/snmpd.conf", "rocommunity public 127.0.0.1\nmaster agentx\n"
                       "agentXSocket unix:/tmp/master\nagentXPerms 0666 0777\n")  # fmt: skip
            self.guest.run("snmpd -C -c /tmp/snmpd.conf -Lf /tmp/snmpd.log -I "
                           f"-ifTable,ifXTable udp:{AT}")  # fmt: skip
        self.guest.run(
            f"SNMP_PERSISTENT_DIR={STATE} setsid /bin/setpriv --reuid=65534 --regid=65534"
            f" --clear-groups hvnet-subagent -c /tmp/product.conf --state {STATE} {how}"
            " > /tmp/product.log 2>&1 & echo $! > /tmp/product.pid"
        )
        self.guest.eventually(
            f"kill -0 $(cat /tmp/product.pid) && {ask_line('ifDescr')} ||"
            " { cat /tmp/product.log; exit 1; }",
            lambda said: "lo" in said,
        )  # fmt: skip

    def stop(self):
        self.guest.run("kill $(cat /tmp/product.pid); while kill -0 $(cat /tmp/product.pid)"
                       " 2> /dev/null; do usleep 20000; done")  # fmt: skip

    def write(self, path, text):
        self.guest.run(f"cat > {path} << 'END-OF-FILE'\n{text}END-OF-FILE")

    def column(self, name):
        """{index: value} as Net-SNMP's tools print it, without the type, which an empty text does not
        have; an index of several parts is a tuple."""
        lines = self.guest.run(ask_line(name)).splitlines()
        row = re.compile(re.escape(oid_of(name)) + r"\.([\d.]+) = (?:\S+: ?)?(.*)")
        found = [one for one in map(row.fullmatch, lines) if one]
        return {int(one[1]) if one[1].isdigit() else mib.to_oid(one[1]): one[2].strip('" ')
                for one in found}  # fmt: skip

    def numbers(self, index, *columns):
        """{column: its number in one row}, None where there is no instance."""
        found = {name: self.column(name).get(index) for name in columns}
        return {name: None if value is None else int(re.sub(r"\D.*", "", value.strip("(")))
                for name, value in found.items()}  # fmt: skip

    def macs(self):
        """{MAC: ifIndex} of the adapters."""
        return {mac.replace(" ", ":").lower(): number
                for number, mac in self.column("ifPhysAddress").items()
                if number < FIRST_THAT_IS_NO_ADAPTER}  # fmt: skip

    def in_order(self):
        """The MACs of the adapters, whose numbers have no gap."""
        macs = self.macs()
        assert sorted(macs.values()) == list(range(1, len(macs) + 1)), macs
        return sorted(macs, key=macs.get)

    def name_of(self, adapter):
        """What this boot's kernel calls it."""
        return self.guest.run(
            f"for one in /sys/class/net/*; do [ $(cat $one/address) != {adapter.mac} ] ||"
            " echo ${one##*/}; done"
        ).strip()

    def start_walking(self):
        """Walks ifDescr again and again until stop_walking()."""
        self.guest.run(
            "rm -f /tmp/enough /tmp/walks; (while [ ! -e /tmp/enough ]; do "
            f"{ask_line('ifDescr')} 2>&1; echo end; done > /tmp/walks; touch /tmp/walked)"
            " > /dev/null 2>&1 &"
        )

    def stop_walking(self):
        """[{ifIndex: ifDescr}] of every walk; one that did not succeed fails the test."""
        self.guest.run("rm -f /tmp/walked; touch /tmp/enough")
        self.guest.eventually("cat /tmp/walked", lambda said: True)
        walks, rows = [], {}
        for line in self.guest.run("cat /tmp/walks").splitlines():
            if line == "end":
                walks.append(rows)
                rows = {}
                continue
            row = re.fullmatch(re.escape(oid_of("ifDescr")) + r"\.(\d+) = STRING: (.*)", line)
            assert row and int(row[1]) not in rows, f"after {rows}: {line}"
            rows[int(row[1])] = row[2].strip('"')
        return walks
