"""A Debian with systemd as an ext4 image, and what QEMU needs to boot it. Root and a mirror make it."""

import shutil
import subprocess
from pathlib import Path

from kernel import MIRROR, Kernel, copy_program, make_archive, must

PACKAGES = "systemd systemd-sysv udev dbus snmpd snmp iproute2 ethtool kmod procps apt".split()
# Of the kernel's modules only these come along; the disk's are loaded before there is a root.
MODULES = ("kernel/net/", "kernel/drivers/net/", "kernel/drivers/virtio/", "kernel/lib/",
           "kernel/drivers/net/failover")  # fmt: skip
DISK_MODULES = ("virtio_pci", "virtio_blk", "crc32c_generic", "ext4")
NOT_HERE = ("apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer",
            "e2scrub_all.timer", "fstrim.timer", "systemd-timesyncd.service")  # fmt: skip

INIT = """#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
for module in $(/bin/busybox cat /modules); do /bin/busybox insmod "/m/$module"; done
while [ ! -b /dev/vda ]; do /bin/busybox usleep 20000; done
/bin/busybox mount -t ext4 /dev/vda /root && /bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
"""

# One command a line each way, in base64: what comes back is its status and what it said.
LISTENER = """#!/bin/sh
exec 3<> /dev/ttyS1
stty raw -echo <&3
echo ready >&3
while read -r line <&3; do
  echo "$line" | base64 -d > /run/listener.sh
  sh /run/listener.sh > /run/listener.out 2>&1 < /dev/null 3>&-
  echo "$? $(base64 -w 0 /run/listener.out)" >&3
done
"""
LISTENER_UNIT = """[Unit]
Description=Runs what the test sends
DefaultDependencies=no
After=sysinit.target
[Service]
ExecStart=/usr/local/sbin/listener
KillMode=process
[Install]
WantedBy=sysinit.target
"""


class Image:
    """`kernel`, `initrd` and `disk` of a suite, once they are made."""

    def __init__(self, suite, folder, extra_packages=()):
        self.folder = Path(folder) / suite
        self.root = self.folder / "root"
        self.initrd = self.folder / "initrd"
        self.kernel = None  # until it is made
        self.disk = self.folder / "disk"
        self.suite, self.packages = suite, sorted({*PACKAGES, *extra_packages})

    def make(self):
        """A folder that has one already keeps it."""
        if self.initrd.exists():
            self.kernel = Kernel(self.suite, self.folder).image
            return
        self.folder.mkdir(parents=True)
        must("debootstrap", "--variant=minbase", "--include=" + ",".join(self.packages),
             self.suite, self.root, MIRROR)  # fmt: skip
        self.configure()
        self.add_kernel()

    def add_kernel(self):
        """Its modules for adapters into the root, and those for the disk into the initrd."""
        base = Kernel(self.suite, self.folder)
        self.kernel = base.image
        target = self.root / "usr/lib/modules" / base.version
        for path in base.modules.rglob("*.ko*"):
            inside = str(path.relative_to(base.modules))
            if inside.startswith(MODULES) and "/wireless/" not in inside:
                (target / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target / inside)
        for path in base.modules.glob("modules.*"):
            shutil.copy(path, target)
        must("depmod", "-b", self.root, base.version)
        early = self.folder / "early"
        (early / "root").mkdir(parents=True)
        copy_program("/bin/busybox", early)
        files = [file for module in DISK_MODULES for file in base.files_of(module)]
        order = [base.copy_module(file, early / "m" / Path(file).name).name
                 for file in dict.fromkeys(files)]  # fmt: skip
        for name in ("dev", "m"):
            (early / name).mkdir(exist_ok=True)
        (early / "modules").write_text("\n".join(order) + "\n")
        (early / "init").write_text(INIT)
        (early / "init").chmod(0o755)
        make_archive(early, self.initrd)

    def configure(self):
        self.write("etc/hostname", "guest\n")
        self.write("etc/hosts", "127.0.0.1 localhost guest\n")
        self.write("etc/fstab", "")
        self.write("usr/local/sbin/listener", LISTENER, 0o755)
        self.write("etc/systemd/system/listener.service", LISTENER_UNIT)
        must("chroot", self.root, "systemctl", "enable", "listener.service")
        for unit in NOT_HERE:
            subprocess.run(["chroot", str(self.root), "systemctl", "mask", unit],
                           capture_output=True, check=False)  # fmt: skip
        (self.root / "var/log/journal").mkdir(exist_ok=True)

    def fetch(self, name, packages):
        """The packages, and what they need, into /root/NAME of the disk: nothing is installed."""
        target = self.root / "root" / name
        if target.exists():
            return
        (target / "partial").mkdir(parents=True)
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        apt = ("chroot", self.root, "apt-get", "-q", "-o", "APT::Sandbox::User=root")
        must(*apt, "update")
        must(*apt, "install", "-y", "--download-only", "--no-install-recommends",
             "-o", f"Dir::Cache::archives=/root/{name}", *packages)  # fmt: skip
        must(*apt, "clean")

    def write(self, inside, text, mode=0o644):
        path = self.root / inside
        path.write_text(text)
        path.chmod(mode)

    def make_disk(self, files=()):
        """`files` go into /root of the disk."""
        for file in files:
            shutil.copy(file, self.root / "root")
        self.disk.unlink(missing_ok=True)
        with open(self.disk, "wb") as disk:
            disk.truncate(1 << 30)
        must("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", self.root, self.disk)
