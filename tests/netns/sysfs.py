"""A folder that stands for /sys (HVNET_SYSFS_ROOT): what a Hyper-V guest has, built by hand.

The shape is facts.md §2: class/net/<if>/device → the VMBus device, which has `id` (the relid),
`device_id` and `class_id` in braces, `driver` and `subsystem` links and net/<if>.
"""

import shutil
from pathlib import Path

NETWORK_CLASS = "f8615163-df3e-46c5-913f-f2d2f965ed0e"
HEARTBEAT_CLASS = "57164f39-9115-4e78-ab55-382f3bd5422d"


class SysfsFixture:
    def __init__(self, root):
        self.root = Path(root)
        self.devices = self.root / "bus/vmbus/devices"
        self.interfaces = self.root / "class/net"
        for folder in (self.devices, self.interfaces, self.root / "bus/vmbus/drivers/hv_netvsc"):
            folder.mkdir(parents=True)
        self.add_device("0e0b6031-0000-4000-8000-000000000001", relid=2, class_id=HEARTBEAT_CLASS)

    def add_device(self, guid, relid, class_id):
        """A device as the bus offers it, with no driver bound."""
        device = self.devices / guid
        (device / f"channels/{relid}").mkdir(parents=True)
        (device / "id").write_text(f"{relid}\n")
        (device / "device_id").write_text(f"{{{guid}}}\n")
        (device / "class_id").write_text(f"{{{class_id}}}\n")
        (device / "subsystem").symlink_to("../../../vmbus")
        return device

    def plug(self, adapter):
        """Before the link appears: the kernel, too, has the device before it says so."""
        device = self.add_device(adapter.guid, adapter.relid, NETWORK_CLASS)
        (device / "driver").symlink_to("../../drivers/hv_netvsc")
        (device / "net" / adapter.name).mkdir(parents=True)
        interface = self.interfaces / adapter.name
        interface.mkdir()
        (interface / "device").symlink_to(f"../../../bus/vmbus/devices/{adapter.guid}")

    def unplug(self, adapter):
        shutil.rmtree(self.devices / adapter.guid)
        shutil.rmtree(self.interfaces / adapter.name)

    def rename(self, adapter, name):
        (self.devices / adapter.guid / "net" / adapter.name).rename(
            self.devices / adapter.guid / "net" / name
        )
        (self.interfaces / adapter.name).rename(self.interfaces / name)
