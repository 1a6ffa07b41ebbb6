"""One test's little world: a router (this network namespace), a peer behind its cables, and the
programs that run on the router."""

import contextlib
import ctypes
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from daemons import Product, Snmpd
from sysfs import SysfsFixture

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Adapter:
    """A paravirtual NIC as the host made it: name and position may change, the GUID does not."""

    name: str
    mac: str
    relid: int
    guid: str

    def renamed(self, name):
        return replace(self, name=name)


def adapter(name, number, relid):
    """An adapter with the MAC and the GUID that `number` gives it."""
    return Adapter(
        name, f"00:15:5d:00:00:{number:02x}", relid, f"2dd1ce17-079e-403c-b352-{number:012x}"
    )


class Namespace:
    """A network namespace: the router's own (no name) or a named one."""

    def __init__(self, name=None):
        self.name = name
        if name:
            run("ip", "netns", "add", name)
        with self.entered():
            silence_ipv6()
        self.ip("link", "set", "lo", "up")

    def ip(self, *arguments):
        where = ["-n", self.name] if self.name else []
        return run("ip", *where, *arguments)

    def links(self):
        """`ip -s -s -j link`, by name."""
        listed = json.loads(self.ip("-s", "-s", "-d", "-j", "link", "show"))
        return {link["ifname"]: link for link in listed}

    def batch(self, lines):
        """Many commands of `ip` in one process."""
        where = ["-n", self.name] if self.name else []
        run("ip", *where, "-batch", "-", stdin="\n".join(lines) + "\n")

    @contextlib.contextmanager
    def entered(self):
        """Sockets made inside belong to this namespace for as long as they live."""
        if not self.name:
            yield
            return
        with open("/proc/self/ns/net") as home, open(f"/run/netns/{self.name}") as there:
            enter(there)
            try:
                yield
            finally:
                enter(home)


def enter(namespace):
    if LIBC.setns(namespace.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def silence_ipv6():
    """Neighbour discovery would move counters that a test wants to stand still."""
    for scope in ("all", "default"):
        knob = Path(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6")
        if knob.exists():
            knob.write_text("1")


def run(*command, stdin=None):
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout


class Lab:
    def __init__(self):
        # /run is private to this world and gone with it (see `run`).
        self.folder = Path(tempfile.mkdtemp(prefix="lab-", dir="/run"))
        self.folder.chmod(0o755)
        # A clone may sit in a folder that an ordinary user cannot enter.
        self.binary = self.folder / "hvnet-subagent"
        shutil.copyfile(os.environ["HVNET_BINARY"], self.binary)
        self.binary.chmod(0o755)
        self.router = Namespace()
        self.peer = Namespace("peer")
        self.sysfs = SysfsFixture(self.folder / "sys")
        self.daemons = []
        self.found_links = set(self.router.links())  # lo, and what the kernel adds by itself
        self.next_kernel_index = 11

    # Cables

    def plug(self, an_adapter):
        """The host adds an adapter to the router and gives it a network: a veth whose other end,
        p-<name>, is in the peer, and what sysfs says of it."""
        self.sysfs.plug(an_adapter)
        self.cable(an_adapter.name, an_adapter.mac)

    def unplug(self, an_adapter):
        self.router.ip("link", "del", an_adapter.name)
        self.sysfs.unplug(an_adapter)

    def cable(self, name, mac=None):
        """A veth to the peer, both ends up. The kernel indexes of the two ends differ: of equal
        ones the kernel would take a second to notice that carrier is gone (linkwatch)."""
        index = self.next_kernel_index
        self.next_kernel_index += 1
        address = ["address", mac] if mac else []
        self.router.ip(
            "link", "add", "name", name, "index", str(index), *address, "type", "veth",
            "peer", "name", f"p-{name}", "index", str(index + 5000), "netns", "peer",
        )  # fmt: skip
        self.peer.ip("link", "set", f"p-{name}", "up")
        self.router.ip("link", "set", "dev", name, "up")

    def rename(self, an_adapter, name):
        renamed = an_adapter.renamed(name)
        self.router.ip("link", "set", an_adapter.name, "down")
        self.sysfs.rename(an_adapter, name)
        self.router.ip("link", "set", an_adapter.name, "name", name)
        self.router.ip("link", "set", "dev", name, "up")
        return renamed

    def carrier(self, name, state):
        """Network assigned ("up") or not ("down"), from the other end of the cable."""
        self.peer.ip("link", "set", f"p-{name}", state)

    # Programs

    def snmpd(self):
        return self.prepare_snmpd().start()

    def prepare_snmpd(self, conf=""):
        return self.keep(Snmpd(self.new_folder("snmpd"), conf))

    def prepare(self, conf="", *, state=None, sysfs=True, **more):
        """A product that is not started yet. `sysfs=False` lets it see the real /sys."""
        folder = self.new_folder("product")
        return self.keep(Product(
            self.binary, folder, state=state or folder / "state", conf=conf,
            sysfs=self.sysfs.root if sysfs else None, **more,
        ))  # fmt: skip

    def product(self, conf="", **more):
        return self.prepare(conf, **more).start()

    def new_folder(self, kind):
        return Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=self.folder))

    def keep(self, daemon):
        self.daemons.append(daemon)
        return daemon

    # End

    def close(self):
        """Fails when a program had ended before it was told to, or ends badly now: each of them is
        asked, and the first complaint is raised."""
        complaints = []
        try:
            for daemon in self.daemons[::-1]:
                try:
                    daemon.stop()
                except Exception as complaint:
                    complaints.append(complaint)
        finally:
            for daemon in self.daemons:
                daemon.discard()
                print(f"--- {' '.join(daemon.command)}\n{daemon.log}")
            self.remove_links()
        if complaints:
            raise complaints[0]

    def remove_links(self):
        """All in one group and at once: the kernel takes 20 ms for each single removal."""
        extra = set(self.router.links()) - self.found_links
        if extra:
            self.router.batch(f"link set dev {name} group 77" for name in extra)
            self.router.ip("link", "del", "group", "77")
        run("ip", "netns", "del", "peer")
        shutil.rmtree(self.folder)
