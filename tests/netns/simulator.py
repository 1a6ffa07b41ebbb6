"""hvnet-sim, the simulated router, with a scenario of the test's own."""

import os
import re
import shutil
from pathlib import Path

from daemons import Daemon
from polling import SLOW

SIM = Path(os.environ["HVNET_BINARY"]).parents[1] / "tools/hvnet-sim/hvnet-sim"


class Simulator(Daemon):
    """hvnet-sim with a scenario of the test's own, whose seconds start with the process. What a
    slow build is given more time for comes later by as much."""

    def __init__(self, binary, folder, scenario, options=()):
        folder = Path(folder)
        self.report = folder / "hvnet.report"
        self.scenario = folder / "test.scenario"
        self.scenario.write_text(
            re.sub(r"^at (\d+)", lambda at: f"at {int(at[1]) * SLOW:.3f}", scenario, flags=re.M)
        )
        sanitizers = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        command = [binary, "--scenario", self.scenario, *options, self.report]
        super().__init__(folder, command, sanitizers)

    def start(self):
        self.spawn()
        self.wait_until(self.report.exists, what="writes its first report")
        return self

    def told(self, text):
        """Waits until the scenario has come that far."""
        stdout = self.folder / "stdout"
        self.wait_until(lambda: text in stdout.read_text(), within=20, what=f"tells {text!r}")

    def value(self, adapter, counter):
        """What the report says now."""
        line = re.search(rf"^stats {adapter} .*", self.report.read_text(), re.MULTILINE)[0]
        return int(re.search(rf" {counter} (\d+)", line)[1])


def simulated_router(lab, scenario, *options, **product):
    """The simulator, and the product that reads its report."""
    binary = lab.folder / "hvnet-sim"
    if not binary.exists():  # an earlier router of this lab may be running it
        shutil.copyfile(SIM, binary)
        binary.chmod(0o755)
    simulator = lab.keep(Simulator(binary, lab.new_folder("sim"), scenario, options)).start()
    source = ("--source", f"report:{simulator.report}")
    return simulator, lab.product(sysfs=False, options=source, **product)
