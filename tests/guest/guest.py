"""One boot of a machine under QEMU: adapters of one's choice, a line into it, and the host's side."""

import base64
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

SLOW = float(os.environ.get("HVNET_SLOW", "1"))  # multiplies the time limits, on a busy machine
BOOT_S = 180 * SLOW


class Adapter:
    """What QEMU calls `-device`. Its place is the host's order: a slot of the first bus, or what
    `more` says. Adapters of one hub hear each other; by default each is alone on its own."""

    def __init__(self, model, slot, mac, hub=None, more=""):
        self.model, self.slot, self.mac, self.hub, self.more = model, slot, mac, hub, more

    def netdev(self, number):
        return f"hubport,id=nd{number},hubid={number if self.hub is None else self.hub}"

    def device(self, number):
        place = "" if "addr=" in self.more or self.slot is None else f",addr={self.slot:#x}"
        more = f",{self.more}" if self.more else ""
        return f"{self.model},netdev=nd{number},id=n{number}{place},mac={self.mac}{more}"

    def options(self, number):
        return ["-netdev", self.netdev(number), "-device", self.device(number)]


class Shell:
    """Runs a shell's lines where ask() brings them."""

    def ask(self, line, within_s=120):
        """(status, what it said)."""
        raise NotImplementedError

    def run(self, line, within_s=120):
        status, said = self.ask(line, within_s)
        assert status == 0, f"{line} ended with {status}:\n{said}"
        return said

    def fails(self, line):
        status, said = self.ask(line)
        assert status != 0, f"{line} did not fail:\n{said}"
        return said

    def eventually(self, line, wanted, within_s=60):
        """Until `line` succeeds and says what `wanted` (a function) accepts."""
        deadline = time.monotonic() + within_s * SLOW
        while True:
            status, said = self.ask(line)
            if status == 0 and wanted(said):
                return said
            assert time.monotonic() < deadline, f"{line} still says ({status}):\n{said}"
            time.sleep(0.3)


class Guest(Shell):
    """Lives until close(). `machine` has a kernel, an initrd and a disk or none; a disk that is
    there already has what an earlier boot wrote."""

    HARDWARE = ("-M", "pc", "-cpu", "max", "-m", "768")
    LINE = ("-serial", "chardev:line")

    def __init__(self, machine, folder, adapters=(), kernel_options="", devices=()):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        options = [part for device in devices for part in ("-device", device)]
        for number, adapter in enumerate(adapters):
            options += adapter.options(number)
        self.line_path, self.monitor_path = folder / "line", folder / "monitor"
        for path in (self.line_path, self.monitor_path):
            path.unlink(missing_ok=True)
        with open(folder / "qemu.log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                ["qemu-system-x86_64", *self.HARDWARE, "-accel", "tcg",
                 "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                 *self.start_options(machine, kernel_options),
                 "-serial", f"file:{folder / 'console'}",
                 "-chardev", f"socket,id=line,path={self.line_path},server=on,wait=on", *self.LINE,
                 "-monitor", f"unix:{self.monitor_path},server=on,wait=off",
                 *self.disk_options(machine), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            self.line = self.connect(self.line_path)
            self.heard = self.line.makefile("rb")
            self.await_ready()
        except BaseException:
            self.process.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @staticmethod
    def start_options(machine, kernel_options):
        return ["-kernel", machine.kernel, "-initrd", machine.initrd,
                "-append", f"console=ttyS0 quiet panic=-1 no_timer_check net.ifnames=0 {kernel_options}"]  # fmt: skip

    def await_ready(self):
        self.line.settimeout(BOOT_S)
        while self.heard.readline().strip() != b"ready":
            assert self.process.poll() is None, self.console()

    def disk_options(self, machine):
        if machine.disk is None:
            return []
        disk = self.folder / "disk"
        if not disk.exists():
            shutil.copy(machine.disk, disk)
        return ["-drive", f"file={disk},format=raw,if=none,id=d0",
                "-device", "virtio-blk-pci,drive=d0,addr=0x1e"]  # fmt: skip

    def connect(self, path):
        deadline = time.monotonic() + 10
        while True:
            one = socket.socket(socket.AF_UNIX)
            try:
                one.connect(str(path))
                return one
            except OSError:
                one.close()
                assert self.process.poll() is None and time.monotonic() < deadline, self.console()
                time.sleep(0.02)

    def ask(self, line, within_s=120):
        """(status, what it said)."""
        self.line.settimeout(within_s * SLOW)
        self.line.sendall(base64.b64encode(line.encode()) + b"\n")
        status, _, said = self.heard.readline().strip().partition(b" ")
        assert status, f"the guest is gone:\n{self.console()}"
        return int(status), base64.b64decode(said).decode(errors="replace")

    def host(self, line):
        """A line for QEMU's monitor; what it answers."""
        with self.connect(self.monitor_path) as monitor:
            monitor.settimeout(10)
            self.until_prompt(monitor)
            monitor.sendall(line.encode() + b"\n")
            said = self.until_prompt(monitor)
        assert "Error:" not in said, said
        return said

    def await_removal(self, number, within_s=60):
        """The host has an adapter's place again only when the guest's kernel has let go of it."""
        deadline = time.monotonic() + within_s * SLOW
        while f'id "n{number}"' in self.host("info qtree"):
            assert time.monotonic() < deadline, f"the guest keeps adapter n{number}"
            time.sleep(0.1)

    @staticmethod
    def until_prompt(monitor):
        said = b""
        while not said.endswith(b"(qemu) "):
            more = monitor.recv(4096)
            assert more, said
            said += more
        return said.decode(errors="replace")

    def console(self):
        """What is known of a guest that does not answer."""
        files = (self.folder / "qemu.log", self.folder / "console")
        return "".join(file.read_text(errors="replace")[-3000:] for file in files if file.exists())

    def power_off(self):
        """As a machine that is shut down: what was written is there at the next boot."""
        self.ask("systemd-run --quiet --on-active=0.2 systemctl poweroff")
        self.process.wait(60 * SLOW)
        self.close()

    def close(self):
        self.heard.close()
        self.line.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)


class MicroVm(Guest):
    """Without PCI: its adapters are virtio-mmio devices, which ACPI lists. Of its own it has one serial
    port only, and no clock that the kernel can measure the others by. Of an Atom the kernel takes the
    speed of the APIC's timer to be known, and its option says that of the TSC."""

    HARDWARE = ("-M", "microvm", "-cpu", "max,vendor=GenuineIntel,family=6,model=117", "-m", "768")
    LINE = ("-device", "isa-serial,index=1,chardev=line")

    @staticmethod
    def start_options(machine, kernel_options):
        return Guest.start_options(machine, f"tsc_early_khz={tsc_khz()} {kernel_options}")


def tsc_khz():
    """This machine's, which an emulated one has too; about."""
    found = re.search(r"^cpu MHz\s*: (\d+)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return 1000 * int(found[1]) if found else 2_000_000
