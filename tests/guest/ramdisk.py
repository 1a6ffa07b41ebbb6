"""A machine without a disk: a kernel of Debian's and a root in memory, with this checkout's program
and the SNMP tools. It boots in seconds; root is not needed to make or to start it."""

import os
import shutil
from pathlib import Path

from kernel import Kernel, copy_program, make_archive, must

PROGRAMS = ("dash", "snmpd", "snmpbulkwalk", "snmpget", "snmptrapd", "ip", "ethtool", "tc", "setpriv")
MODULES = ("virtio_pci", "virtio_mmio", "virtio_net", "vmxnet3", "e1000", "e1000e", "net_failover",
           "pktgen", "veth")

# The adapters' drivers are loaded by the test, in the order that it wants. (busybox's `read` begins
# again when a child ends, and what it has of a line by then is lost. dash's goes on.)
INIT = """#!/bin/dash
export PATH=/bin HOME=/ MIBS= LC_ALL=C
busybox mkdir -p /proc /sys /dev /tmp /run /state
busybox mount -t proc proc /proc
busybox mount -t sysfs sys /sys
busybox mount -t devtmpfs dev /dev
busybox mount -t tmpfs tmp /tmp
busybox mount -t tmpfs run /run
busybox --install -s /applets
export PATH=/bin:/applets
hostname guest
ip link set lo up
exec 3<> LINE
stty raw -echo <&3
echo ready >&3
while read -r line <&3; do
  echo "$line" | base64 -d > /run/line
  dash /run/line > /run/said 2>&1 < /dev/null 3>&-
  echo "$? $(base64 /run/said | tr -d '\\n')" >&3
done
"""


class Ramdisk:
    """`kernel` and `initrd` for Guest, which finds no disk here."""

    disk = None
    name = "guest"
    line = "/dev/ttyS1"
    programs = PROGRAMS
    modules = MODULES

    def __init__(self, suite, folder, own_modules=()):
        """`own_modules`: files that are put into the root's own folder."""
        base = Kernel(suite, folder)
        self.version = base.version
        self.kernel = base.image
        self.initrd = base.folder / f"{self.name}.initrd"
        root = base.folder / f"{self.name}.root"
        shutil.rmtree(root, ignore_errors=True)
        (root / "applets").mkdir(parents=True)
        for program in (*self.programs, "/bin/busybox"):
            copy_program(program, root)
        self.add_modules(base, root)
        for module in own_modules:
            shutil.copy(module, root)
        (root / "etc").mkdir()
        (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")
        (root / "init").write_text(INIT.replace("LINE", self.line))
        (root / "init").chmod(0o755)
        self.add_files(root)
        make_archive(root, self.initrd)

    @staticmethod
    def add_files(root):
        """The program, without what only a debugger reads: the guest's kernel unpacks all of it."""
        copy_program(os.environ["HVNET_BINARY"], root)
        must("strip", root / "bin" / Path(os.environ["HVNET_BINARY"]).name)

    def add_modules(self, base, root):
        target = root / "lib/modules" / base.version
        for module in self.modules:
            for file in base.files_of(module):
                base.copy_module(file, target / file)
        for path in base.modules.glob("modules.*"):
            if path.name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
                shutil.copy(path, target)
        must("depmod", "-b", root, base.version)
