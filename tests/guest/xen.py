"""Xen under QEMU, with a Debian kernel as dom0 and a guest of Xen's beside it, whose adapters are those of
xen-netfront. The packages of Xen are unpacked and not installed."""

import base64
import gzip
import shutil

from guest import BOOT_S, Guest, Shell
from kernel import LIBRARIES, Kernel, copy_program
from ramdisk import Ramdisk

XEN_OPTIONS = ("com1=115200,8n1 console=com1 dom0_mem=1000M,max:1000M dom0_max_vcpus=1 spec-ctrl=no"
               " xpti=no noreboot=0")  # fmt: skip
# What xl calls when it brings up or takes away dom0's side of an adapter.
HOTPLUG = """#!/bin/dash
export PATH=/bin:/applets
[ "$1" = online ] || exit 0
ip link set "$vif" up
xenstore-write "$XENBUS_PATH/hotplug-status" connected
"""
# ask TERMINAL [LINE]: sends the line to the guest's console and waits for its answer.
ASK = """#!/bin/dash
exec 3<> "$1"
[ $# = 1 ] || echo "$2" >&3
read -r answer <&3
echo "$answer"
"""
GUEST = """name = "guest"
type = "pv"
kernel = "/guest.kernel"
ramdisk = "/guest.initrd"
memory = 500
vcpus = 1
extra = "console=hvc0 loglevel=0 panic=-1 net.ifnames=0"
on_crash = "destroy"
"""


class GuestRamdisk(Ramdisk):
    name = "xen-guest"
    line = "/dev/hvc0"
    modules = ("xen-netfront",)


class Dom0Ramdisk(Ramdisk):
    """It has the toolstack and what the guest boots; `xen` is the hypervisor below it."""

    name = "dom0"
    programs = ("dash", "ip")
    modules = ("xen-evtchn", "xen-gntdev", "xen-gntalloc", "xen-privcmd", "xenfs", "xen-netback")

    def __init__(self, suite, folder):
        self.inner = GuestRamdisk(suite, folder)
        self.packages = unpacked_xen(Kernel(suite, folder))
        (packed,) = (self.packages / "boot").glob("xen-*-amd64.gz")
        self.xen = packed.with_name("xen")
        self.xen.write_bytes(gzip.decompress(packed.read_bytes()))
        super().__init__(suite, folder)

    def add_files(self, root):
        shutil.copy(self.inner.kernel, root / "guest.kernel")
        shutil.copy(self.inner.initrd, root / "guest.initrd")
        shutil.copytree(self.packages / LIBRARIES, root / LIBRARIES, dirs_exist_ok=True)
        (tools,) = (self.packages / "usr/lib").glob("xen-*/bin")
        for program in ("xl", "xenstored", "xenconsoled", "xen-init-dom0"):
            copy_program(tools / program, root, self.packages)
        for program in ("xenstore-read", "xenstore-write"):
            copy_program(self.packages / "usr/bin" / program, root, self.packages)
        # A thread of theirs that is ended looks for this one only then.
        shutil.copy(f"/{LIBRARIES}/libgcc_s.so.1", root / LIBRARIES)
        for name, text in (("hotplug", HOTPLUG), ("ask", ASK)):
            (root / "bin" / name).write_text(text)
            (root / "bin" / name).chmod(0o755)
        (root / "guest.conf").write_text(GUEST)
        (root / "etc/xen").mkdir()
        (root / "etc/xen/xl.conf").touch()
        for folder in ("var/lib/xen", "var/lib/xenstored", "var/log/xen/console"):
            (root / folder).mkdir(parents=True)
        (root / "var/run").symlink_to("../run")


def unpacked_xen(kernel):
    """The folder of the packages of the one version that the suite has."""
    target = kernel.folder / "xen"
    if not target.exists():
        names = words_of(kernel, "xen-system-amd64", ("xen-hypervisor-4", "xen-utils-4"))
        for beginning in ("xen-utils-4", "libxenmisc", "libxenevtchn"):
            parent = next(name for name in names if name.startswith(beginning))
            names += words_of(kernel, parent, ("libxen", "libyajl"))
        for name in dict.fromkeys([*names, "xenstore-utils"]):
            kernel.unpack(name, target)
    return target


def words_of(kernel, package, beginnings):
    """The packages that it depends on whose names begin so."""
    return [word for word in kernel.apt("depends", package).split() if word.startswith(beginnings)]


class Dom0(Guest):
    """`machine` is a Dom0Ramdisk."""

    HARDWARE = ("-M", "pc", "-cpu", "qemu64", "-m", "2048", "-smp", "2")

    @staticmethod
    def start_options(machine, kernel_options):
        kernel = f"{machine.kernel} console=hvc0 quiet panic=-1 net.ifnames=0 {kernel_options}"
        return ["-kernel", machine.xen, "-append", XEN_OPTIONS, "-initrd", f"{kernel},{machine.initrd}"]

    def start_toolstack(self):
        modules = " ".join(Dom0Ramdisk.modules)
        self.run(f"mkdir -p /dev/pts; mount -t devpts devpts /dev/pts; modprobe -a {modules}")
        self.run("mount -t xenfs xenfs /proc/xen; mkdir -p /run/xen /run/xenstored")
        for daemon in ("xenstored", "xen-init-dom0", "xenconsoled"):
            self.run(daemon)


class Vif:
    """An adapter of Xen's, whose number is the host's order."""

    def __init__(self, number, last):
        self.number, self.mac = number, f"00:16:3e:00:00:{last:02x}"

    def settings(self):
        return f"devid={self.number}", f"mac={self.mac}", "script=/bin/hotplug"


class XenGuest(Shell):
    """The guest of a Dom0, started here."""

    def __init__(self, dom0, adapters):
        self.dom0 = dom0
        adapters = ", ".join(f"'{','.join(one.settings())}'" for one in adapters)
        dom0.run(f'echo "vif = [{adapters}]" >> /guest.conf; xl create /guest.conf', BOOT_S)
        dom0.run("xl domid guest > /run/domain")
        self.terminal = dom0.run(
            "xenstore-read /local/domain/$(cat /run/domain)/console/tty"
        ).strip()
        assert dom0.run(f"timeout {BOOT_S} ask {self.terminal}", BOOT_S + 10) == "ready\n"

    def ask(self, line, within_s=120):
        packed = base64.b64encode(line.encode()).decode()
        answer = self.dom0.run(f"timeout {within_s} ask {self.terminal} {packed}", within_s + 10)
        status, _, said = answer.strip().partition(" ")
        return int(status), base64.b64decode(said).decode(errors="replace")

    def attach(self, adapter):
        self.dom0.run(f"xl network-attach guest {' '.join(adapter.settings())}")

    def detach(self, adapter):
        self.dom0.run(f"xl network-detach guest {adapter.number}")
