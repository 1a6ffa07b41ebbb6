"""VMBus and hv_netvsc without Hyper-V: the kernel module of vmbus/, built for a guest's kernel, and its
lines. It is a stand-in: what it shares with the real ones stands at the top of its source."""

import shutil
from pathlib import Path

from kernel import Kernel, must

SOURCE = Path(__file__).parent / "vmbus"
CLASSES = {
    "heartbeat": "57164f39-9115-4e78-ab55-382f3bd5422d",
    "time sync": "9527e630-d0ae-497b-adce-e80ab0175caf",
}


def build(suite, folder):
    """The module's file."""
    kernel = Kernel(suite, folder)
    work = kernel.folder / "vmbus"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(SOURCE, work)
    must("make", "-C", kernel.headers(), f"M={work}", "modules")
    return work / "vmbus_standin.ko"


def guid(number):
    return f"00000000-0000-4000-8000-{number:012x}"


class Host:
    """What Hyper-V does, of one guest. An adapter is known by the number in its GUID."""

    def __init__(self, guest):
        self.guest = guest
        guest.run("insmod /vmbus_standin.ko")

    def say(self, what, number, *more):
        """More than one line at a time would be one write."""
        words = " ".join(map(str, (what, guid(number), *more)))
        self.guest.run(f"echo '{words}' > /proc/vmbus_standin")

    def offer(self, number, relid, channels=1, mac=None):
        self.say("offer", number, relid, channels, mac or self.mac(number))

    @staticmethod
    def mac(number):
        return f"00:15:5d:00:00:{number:02x}"
