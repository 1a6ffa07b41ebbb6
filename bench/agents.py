"""The three agents that bench/poll compares, and their CPU time and memory."""

import os
import pathlib
import subprocess
import time

MIB = 1024 * 1024

SNMPD_CONF = """\
rocommunity public 127.0.0.1
sysLocation bench
sysContact bench
"""
AGENTX_CONF = """\
master agentx
agentXSocket unix:{socket}
agentXPerms 0777 0777
"""
# As Debian's unit starts it, with its own IF-MIB.
SNMPD = ["/usr/sbin/snmpd", "-f", "-C", "-LOw", "-I", "-smux,mteTrigger,mteTriggerConf"]


class Failed(Exception):
    """Prints a line for the user."""


class Process:
    """A child process. It runs as an ordinary user if this program runs as root."""

    def __init__(self, name, argv, folder, user, more_environment=()):
        self.name = name
        self.log = folder / f"{name}.log"
        state = folder / f"{name}.state"
        state.mkdir(mode=0o700)
        if user:
            os.chown(state, user.pw_uid, user.pw_gid)
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "MIBS": "",
            "SNMPCONFPATH": str(state),
            "SNMP_PERSISTENT_DIR": str(state),
            **dict(more_environment),
        }
        identity = {}
        if user:
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        argv = [word.format(state=state) for word in argv]
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                cwd="/", **identity)

    def check(self):
        if self.child.poll() is not None:
            tail = self.log.read_text(errors="replace")[-2000:]
            raise Failed(f"{self.name} ended with status {self.child.returncode}:\n{tail}")

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def resident(self):
        for line in pathlib.Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / MIB
        raise Failed(f"{self.name} has no VmRSS")

    def cpu_seconds(self):
        """User and system time of all its threads.

        From schedstat, which counts nanoseconds: utime and stime of /proc/PID/stat are the same
        sum in ticks of 10 ms, too coarse for an agent at rest.
        """
        tasks = pathlib.Path(f"/proc/{self.child.pid}/task")
        try:
            return sum(int((task / "schedstat").read_text().split()[0])
                       for task in tasks.iterdir()) / 1e9
        except FileNotFoundError:
            fields = (tasks.parent / "stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Agent:
    """One column of the report: a port to ask, and the processes that answer there."""

    def __init__(self, name, port, processes):
        self.name = name
        self.port = port
        self.processes = processes

    @property
    def is_ours(self):
        return self.name != "stock"

    def address(self):
        return f"{self.name}={self.port}"

    def check(self):
        for process in self.processes:
            process.check()

    def stop(self):
        for process in reversed(self.processes):
            process.stop()

    def resident(self):
        return {process.name: process.resident() for process in self.processes}

    def cpu_seconds(self):
        return {process.name: process.cpu_seconds() for process in self.processes}


def _snmpd(name, port, folder, user, extra="", environment=()):
    conf = folder / f"{name}.conf"
    conf.write_text(SNMPD_CONF + extra)
    argv = [*SNMPD, "-c", str(conf), f"udp:127.0.0.1:{port}"]
    return Process(name, argv, folder, user, environment)


def start_stock(folder, product, user, master_env):
    return Agent("stock", 11611, [_snmpd("snmpd", 11611, folder, user)])


def start_agentx(folder, product, user, master_env):
    # The user of snmpd can write the socket's folder.
    place = folder / "agentx"
    place.mkdir(mode=0o755)
    if user:
        os.chown(place, user.pw_uid, user.pw_gid)
    socket = place / "master"
    master = _snmpd("snmpd-agentx", 11612, folder, user, AGENTX_CONF.format(socket=socket),
                    master_env)
    deadline = time.monotonic() + 10
    while not socket.exists() and time.monotonic() < deadline:
        master.check()
        time.sleep(0.05)
    ours = Process("hvnet-agentx", [str(product), "-c", str(_empty_conf(folder)), "--agentx",
                                    f"unix:{socket}", "--state", "{state}"], folder, user)
    return Agent("agentx", 11612, [ours, master])


def start_standalone(folder, product, user, master_env):
    conf = _empty_conf(folder)
    ours = Process("hvnet-standalone", [str(product), "-c", str(conf), "--standalone",
                                        "udp:127.0.0.1:11613", "--state", "{state}"], folder, user)
    return Agent("standalone", 11613, [ours])


def _empty_conf(folder):
    """Uses the product's default: the community public, from loopback."""
    conf = folder / "hvnet-subagent.conf"
    conf.touch()
    return conf


START = {"stock": start_stock, "agentx": start_agentx, "standalone": start_standalone}
