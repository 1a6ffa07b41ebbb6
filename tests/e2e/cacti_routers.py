"""Simulated routers whose adapters count at rates of their own, so that a graph tells whose it is;
and what may happen to a router from one boot to the next."""

import re
import threading
import time
from dataclasses import dataclass, field

from priority import prefer
from simulator import simulated_router

# What lan0 counts in a second; lan1 twice of it, lan2 three times, and so on.
RATES = {
    "InOctets": 1_000_000, "OutOctets": 300_000, "Ipkts": 1_000, "Opkts": 700,
    "Ierrs": 20, "Oerrs": 30, "OutDiscards": 40,
}  # fmt: skip


def rate(name, counter):
    return RATES.get(counter, 0) * (int(name.removeprefix("lan")) + 1)


@dataclass
class Router:
    """One agent on one simulated router."""

    simulator: object
    product: object
    events: dict = field(default_factory=dict)  # what happened to it, and when

    def note(self, event):
        self.events[event] = time.time()

    def reboot(self, change=None, *options):
        """The agent ends and starts again, once with these options, and from then on with the
        report as the host changed it."""
        product, report = self.product, str(self.simulator.report)
        self.note("shut down")
        product.stop()
        if change:
            copy = Relay(self.simulator.report, change).start()
            product.command = [part.replace(report, str(copy)) for part in product.command]
        usual = product.command
        product.command = [*usual, *options]
        product.start()
        product.command = usual
        self.note("rebooted")


class Relay:
    """Between the simulator and the agent: the host, on which somebody changes the adapters."""

    def __init__(self, report, change):
        self.report, self.change = report, change
        self.copy = report.parent / "changed.report"
        self.fresh = report.parent / "changed.report.new"

    def start(self):
        self.step()
        threading.Thread(target=self.run, daemon=True).start()
        return self.copy

    def run(self):
        while True:
            time.sleep(0.02)
            try:
                self.step()
            except OSError:  # its folder is gone, and so is the test
                return

    def step(self):
        self.fresh.write_text(self.change(self.report.read_text()))
        self.fresh.replace(self.copy)


def reversed_order(report):
    """The host lists its adapters the other way round: their relids are dealt out again."""
    relids = re.findall(r"^adapter .* relid (\d+)", report, re.MULTILINE)
    rest = iter(relids[::-1])
    return re.sub(
        r"^(adapter .* relid )\d+", lambda line: line[1] + next(rest), report, flags=re.MULTILINE
    )


def swapped_names(report):
    """lan0 is lan4 now, and lan4 is lan0: the names follow the host's list, the GUIDs do not."""
    swap = {"lan0": "lan4", "lan4": "lan0"}
    return re.sub(r"^(adapter|stats) (lan[04])\b", lambda line: f"{line[1]} {swap[line[2]]}",
                  report, flags=re.MULTILINE)  # fmt: skip


def new_guids(report):
    return re.sub(r"^(adapter .* instance )(\w+)", lambda line: line[1] + line[2][::-1], report,
                  flags=re.MULTILINE)  # fmt: skip


def rates(*names, at=0):
    return "".join(
        f"at {at} rate {name} {counter} {rate(name, counter)}\n"
        for name in names for counter in (*RATES, "InDrops")
    )  # fmt: skip


def start_router(lab, names, more=""):
    declared = "".join(f"adapter {name} width 64\n" for name in names)
    scenario = declared + rates(*names) + more
    # A value that is 200 ms old, as it may be by default, is nothing in a minute. Of our step it is
    # 2 %, and one way and the other a step in the graph.
    options, conf = ("--adapters", "0", "--interval", "20"), "sampleInterval 100\n"
    router = Router(*simulated_router(lab, scenario, *options, conf=conf))
    prefer(router.simulator)
    prefer(router.product)
    # Its seconds are those of its process, for which this file was written.
    router.events["started"] = router.simulator.scenario.stat().st_mtime
    return router
