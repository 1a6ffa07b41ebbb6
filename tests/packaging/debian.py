"""A Debian in a folder, with a network of its own, and the package built from this checkout: a Debian
12 that debootstrap makes, or (HVNET_HERE, a build folder) this machine's own files under a layer that
takes all changes."""

import ctypes
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ["HVNET_FOLDER"])
HERE = os.environ.get("HVNET_HERE")
MIRROR = os.environ.get("HVNET_DEBIAN_MIRROR", "http://deb.debian.org/debian")
CLONE_NEWNET = 0x40000000
# Clean, whatever this machine's is.
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C",
    "DEBIAN_FRONTEND": "noninteractive",
}


def must(*command, within_s=600, **options):
    done = subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=within_s, **options,
    )  # fmt: skip
    said = "\n".join(done.stdout.splitlines()[-40:])
    assert done.returncode == 0, f"{shell_text(command)} ended with {done.returncode}:\n{said}"
    return done.stdout


def shell_text(command):
    return " ".join(str(part) for part in command)


def build_package():
    """The path of the .deb, in a folder of this run."""
    folder = FOLDER / "package"
    if HERE:
        must("cpack", "-G", "DEB", "--config", f"{HERE}/CPackConfig.cmake", "-B", folder)
    else:
        must("cmake", "--preset", "release", cwd=ROOT)
        must("cmake", "--build", "--preset", "release", cwd=ROOT, within_s=1500)
        must("cpack", "--preset", "release", "-B", folder, cwd=ROOT)
    (package,) = folder.glob("*.deb")
    return package


def with_version(package, version):
    """The same under another version."""
    folder, other = FOLDER / version, FOLDER / f"hvnet-subagent_{version}.deb"
    must("dpkg-deb", "-R", package, folder)
    control = folder / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", control.read_text()))
    must("dpkg-deb", "-Zgzip", "-z1", "-b", folder, other)
    return other


def packages_needed(package):
    """Those of its Depends, by name, and what the tests use."""
    depends = must("dpkg-deb", "-f", package, "Depends").strip()
    names = [one.split("|")[0].split("(")[0].strip() for one in depends.split(",")]
    # procps: /bin/kill, which every Debian but the smallest has.
    return sorted({*names, "iproute2", "procps", "snmp", "snmpd", "systemd"})


# What matters of the file that Debian's snmpd comes with.
SNMPD_CONF = """agentaddress 127.0.0.1,[::1]
view systemonly included .1.3.6.1.2.1.1
view systemonly included .1.3.6.1.2.1.25.1
rocommunity public default -V systemonly
includeDir /etc/snmp/snmpd.conf.d
"""


class Debian:
    def __init__(self, for_package):
        self.root = FOLDER / "root"
        self.started = {}
        if HERE:
            self.lay_over_this_machine()
        else:
            must("debootstrap", "--variant=minbase",
                 "--include=" + ",".join(packages_needed(for_package)), "bookworm", self.root, MIRROR,
                 within_s=1200)  # fmt: skip
            must("mount", "--bind", self.root, self.root)
        self.leave_the_network()
        self.mount()
        if HERE:
            self.make_it_fresh()

    def lay_over_this_machine(self):
        """In this mount namespace only, as all mounts here."""
        layer = FOLDER / "layer"
        for folder in (layer, self.root):
            folder.mkdir()
        must("mount", "-t", "tmpfs", "tmpfs", layer)
        for name in ("upper", "work"):
            (layer / name).mkdir()
        must("mount", "-t", "overlay", "overlay", "-o",
             f"lowerdir=/,upperdir={layer}/upper,workdir={layer}/work", self.root)  # fmt: skip
        for name in ("run", "tmp"):
            must("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", self.root / name)

    def make_it_fresh(self):
        """As a machine that has just been given Debian's snmpd."""
        self.run("! dpkg-query -s hvnet-subagent 2> /dev/null")
        self.run("rm -rf /var/agentx /etc/systemd/system/snmpd.service.d /etc/snmp/snmpd.conf.d/*"
                 " /var/lib/snmp/snmpd.conf; mkdir -p /etc/snmp/snmpd.conf.d")  # fmt: skip
        self.path("/etc/snmp/snmpd.conf").write_text(SNMPD_CONF)
        # All that is needed is installed: apt need not read the lists, nor man-db all pages.
        self.run("rm -rf /var/lib/apt/lists/* /var/lib/man-db/auto-update")

    @staticmethod
    def leave_the_network():
        """What is started from here on has the ports of a machine of its own; two links are there."""
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        must("ip", "link", "set", "lo", "up")
        must("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "far0")

    def mount(self):
        must("mount", "-t", "proc", "proc", self.root / "proc")
        must("mount", "-t", "sysfs", "sysfs", self.root / "sys")
        must("mount", "--rbind", "/dev", self.root / "dev")

    def files(self, pruned):
        """What is there; of this machine's own files, only what is not this machine's."""
        if HERE:
            upper = FOLDER / "layer/upper"
            found = {"/" + str(path.relative_to(upper)) for path in upper.rglob("*")}
            return {path for path in found if not os.path.lexists(path) and self.exists(path)
                    and not path.startswith(tuple(pruned))}  # fmt: skip
        skip = " -o ".join(f"-path {path}" for path in pruned)
        return set(self.run(f"find / \\( {skip} \\) -prune -o -print").splitlines())

    def path(self, inside):
        return self.root / inside.lstrip("/")

    def exists(self, inside):
        return os.path.lexists(self.path(inside))

    def read(self, inside):
        return self.path(inside).read_text()

    def stat(self, inside):
        """"OWNER GROUP MODE", by that Debian's own names."""
        return self.run(f"stat -c '%U %G %a' {inside}").strip()

    def run(self, line):
        return must("chroot", self.root, "sh", "-c", line, env=ENVIRONMENT)

    def fails(self, line):
        """What it said; it must not succeed."""
        done = subprocess.run(
            ["chroot", self.root, "sh", "-c", line], capture_output=True, text=True, timeout=60,
            env=ENVIRONMENT,
        )  # fmt: skip
        assert done.returncode != 0, f"{line} did not fail"
        return done.stdout + done.stderr

    def install(self, package, *options):
        shutil.copy(package, self.path("/tmp"))
        return self.run(
            f"apt-get install -y -q {' '.join(options)} /tmp/{package.name} 2>&1"
        )

    def start(self, name, *command):
        with open(FOLDER / name, "w") as log:
            self.started[name] = subprocess.Popen(
                ["chroot", self.root, *command], stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, env=ENVIRONMENT,
            )  # fmt: skip

    def log(self, name):
        return (FOLDER / name).read_text()

    def stop(self, name):
        """Its exit code after SIGTERM; until then it must run."""
        process = self.started.pop(name)
        assert process.poll() is None, f"{name} ended by itself:\n{self.log(name)}"
        process.send_signal(signal.SIGTERM)
        return process.wait(15)

    def close(self):
        """What still has to run does; a test's failure comes before that of what it left."""
        ended = [name for name, process in self.started.items() if process.poll() is not None]
        for process in self.started.values():
            process.kill()
            process.wait(5)
        assert not ended, "\n".join(f"{name} ended by itself:\n{self.log(name)}" for name in ended)
