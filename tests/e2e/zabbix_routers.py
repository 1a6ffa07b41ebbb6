"""The routers that Zabbix watches: simulated ones, and one with real links beside a real snmpd."""

import re
import socket
import subprocess
import threading
import time
from pathlib import Path

import mib
import tools
from lab import adapter
from priority import prefer
from simulator import Simulator, simulated_router
from zabbix import TEMPLATE_NAME

POLL_S = 5
# A test has no hour to wait.
MACROS = {
    "{$HVNET.INTERVAL}": f"{POLL_S}s",
    "{$HVNET.INTERVAL.SLOW}": "10s",
    "{$HVNET.DISCOVERY.INTERVAL}": "20s",
}
OPTIONS = ("--interval", "50")
ACCESS = "rocommunity public\nrwcommunity private\n"
ALIASES = {"lan0": "uplink", "lan1": "core", "lan2": "servers", "lan3": "guests"}


class SimulatedRouter:
    """hvnet-sim, the product that reads its report, and the host in Zabbix.

    Zabbix takes a trap for every host whose SNMP interface has the sender's address, and here all
    of them have the same: of one router alone something may be told that a test goes by."""

    def __init__(self, zabbix, name, scenario="", *options, macros=None):
        self.lab = zabbix.lab
        self.options = (*OPTIONS, *options)
        conf = f"{ACCESS}trap2sink udp:127.0.0.1:{zabbix.trap_daemon.port} public\n"
        self.simulator, self.product = simulated_router(
            self.lab, scenario, *self.options, conf=conf
        )
        prefer(self.simulator)
        prefer(self.product)
        for adapter_name, row in self.product.numbers().items():
            self.set_alias(row, ALIASES[adapter_name])
        own = {f"{{$HVNET.{macro}}}": value for macro, value in (macros or {}).items()}
        self.host = zabbix.add_host(name, self.product.port, [TEMPLATE_NAME], MACROS | own)
        self.began = None

    def set_alias(self, row, alias):
        oid = mib.to_text(mib.instance("ifAlias", row))
        agent = f"udp:127.0.0.1:{self.product.port}"
        command = ["snmpset", "-v2c", "-c", "private", agent, oid, "s", alias]
        subprocess.run(command, env=tools.HERMETIC, check=True, timeout=20, capture_output=True)

    def play(self, scenario):
        """Another scenario from now on. All counters start again from zero with it, as when a
        driver is loaded again."""
        self.simulator.stop()
        again = Simulator(
            self.simulator.command[0], self.simulator.folder, scenario, self.options
        )
        self.began = time.time()
        self.simulator = self.lab.keep(again).start()
        prefer(self.simulator)

    def clock(self, second):
        """When that second of the scenario was or will be."""
        return self.began + second

    def await_second(self, second):
        time.sleep(max(0, self.clock(second) - time.time()))


FIXTURE = Path(__file__).resolve().parents[1] / "fixtures/hv_netvsc/statistics"
ADAPTERS = (adapter("lan0", number=1, relid=10), adapter("lan1", number=2, relid=14))
# What snmpd's own interface tables would answer is none of a manager's business: the drop-in that
# we package takes them away.
WITHOUT_BUILT_IN = ["-I", "-smux,mteTrigger,mteTriggerConf,ifTable,ifXTable,dot3StatsTable"]
FRAME_OCTETS, FRAMES_A_SECOND = 1000, 400
UNWANTED_A_SECOND = 50  # of these frames, those that nobody here handles
QUEUE_PACKETS_A_SECOND = {0: 100, 1: 300}


class RouterBesideSnmpd:
    """Two veths in the place of hv_netvsc adapters, lan0 with steady traffic from the peer and with
    the driver's statistics of two queues; the product joined to a real snmpd."""

    def __init__(self, lab):
        self.lab = lab
        for one in ADAPTERS:
            lab.plug(one)
        self.statistics = lab.folder / "ethtool/lan0/statistics"
        self.statistics.parent.mkdir(parents=True)
        self.load = Load(lab, self.statistics)
        self.load.write_statistics(0)
        self.snmpd = lab.prepare_snmpd("sysName router\nsysLocation lab\nsysContact nobody\n")
        self.snmpd.command += WITHOUT_BUILT_IN
        self.snmpd.start()
        self.product = lab.prepare("", snmpd=self.snmpd)
        self.product.environment["HVNET_ETHTOOL_ROOT"] = str(lab.folder / "ethtool")
        self.product.start()
        self.load.start()

    def octets(self):
        """What the kernel has counted on lan0, and when."""
        counted = self.lab.router.links()["lan0"]["stats64"]["rx"]["bytes"]
        return time.monotonic(), counted

    def stop(self):
        self.load.stop()


class Load(threading.Thread):
    """Frames from the peer to lan0, and packets through its queues, at constant rates. A thread
    that was not scheduled for a while catches up."""

    def __init__(self, lab, statistics):
        super().__init__(daemon=True)
        self.lab, self.file = lab, statistics
        self.text = FIXTURE.read_text()
        self.ended = threading.Event()
        with lab.peer.entered():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.socket.bind(("p-lan0", 0))
        # IPv4 for nobody, and a private EtherType, which the kernel counts as dropped by its stack.
        addresses = bytes.fromhex(ADAPTERS[0].mac.replace(":", "")) + b"\x02" + bytes(5)
        self.frame, self.unwanted = (
            (addresses + ether_type).ljust(FRAME_OCTETS, b"\0")
            for ether_type in (b"\x08\x00", b"\x88\xb5")
        )

    def run(self):
        start, sent = time.monotonic(), 0
        while not self.ended.wait(0.02):
            passed_s = time.monotonic() - start
            while sent < passed_s * FRAMES_A_SECOND:
                every = FRAMES_A_SECOND // UNWANTED_A_SECOND
                self.socket.send(self.frame if sent % every else self.unwanted)
                sent += 1
            self.write_statistics(passed_s)

    def write_statistics(self, passed_s):
        text = self.text
        for queue, rate in QUEUE_PACKETS_A_SECOND.items():
            count = int(passed_s * rate)
            for way in ("rx", "tx"):
                for unit, each in (("packets", 1), ("bytes", 500)):
                    name = f"{way}_queue_{queue}_{unit}"
                    text = re.sub(rf"(?m)({name}: )\d+$", rf"\g<1>{count * each}", text)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.file)

    def stop(self):
        self.ended.set()
        self.join(5)
        self.socket.close()
