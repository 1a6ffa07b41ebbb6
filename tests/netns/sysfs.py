"""A folder that stands for /sys (HVNET_SYSFS_ROOT): what a guest has, built by hand.

The shape is facts.md §2: class/net/<if>/device → the VMBus device, which has `id` (the relid),
`device_id` and `class_id` in braces, `driver` (absent: not configured) and `subsystem` links,
channels/<relid> for each vRSS queue, and net/<if>. On the other buses (facts.md §3) a device's
place in the tree says where it is plugged in.
"""

import shutil
from pathlib import Path

NETWORK_CLASS = "f8615163-df3e-46c5-913f-f2d2f965ed0e"
HEARTBEAT_CLASS = "57164f39-9115-4e78-ab55-382f3bd5422d"
TIME_SYNC_CLASS = "9527e630-d0ae-497b-adce-e80ab0175caf"
KEYBOARD_CLASS = "f912ad6d-2b17-48ea-bd65-f927a61c7684"
PCI_CLASS = "44c4f61d-4444-4400-9d52-802e27ede19f"


class SysfsFixture:
    def __init__(self, root):
        self.root = Path(root)
        self.devices = self.root / "bus/vmbus/devices"
        self.interfaces = self.root / "class/net"
        for folder in (self.devices, self.interfaces, self.root / "bus/vmbus/drivers/hv_netvsc"):
            folder.mkdir(parents=True)
        self.add_device("0e0b6031-0000-4000-8000-000000000001", relid=2, class_id=HEARTBEAT_CLASS)

    def add_device(self, guid, relid, class_id, driver=None, channels=()):
        """A device as the bus offers it. Without a driver it is not configured; `channels` are
        the relids of those beside the primary one."""
        device = self.devices / guid
        for channel in (relid, *channels):
            (device / f"channels/{channel}").mkdir(parents=True)
        if driver:
            (device / "driver").symlink_to(f"../../drivers/{driver}")
        (device / "id").write_text(f"{relid}\n")
        (device / "device_id").write_text(f"{{{guid}}}\n")
        (device / "class_id").write_text(f"{{{class_id}}}\n")
        (device / "subsystem").symlink_to("../../../vmbus")
        return device

    def plug(self, adapter, channels=()):
        """Before the link appears: the kernel, too, has the device before it says so."""
        device = self.add_device(
            adapter.guid, adapter.relid, NETWORK_CLASS, "hv_netvsc", channels
        )
        (device / "net" / adapter.name).mkdir(parents=True)
        interface = self.interfaces / adapter.name
        interface.mkdir()
        (interface / "device").symlink_to(f"../../../bus/vmbus/devices/{adapter.guid}")

    def place(self, name, device, bus, driver, **attributes):
        """An interface of another bus: `device` is its path below devices/. `attributes` are files
        of what is plugged into the bus: for virtio that is the device's parent."""
        folder = self.root / "devices" / device
        interface = folder / "net" / name
        interface.mkdir(parents=True)
        (folder / "subsystem").symlink_to(f"/sys/bus/{bus}")
        (folder / "driver").symlink_to(f"/sys/bus/{bus}/drivers/{driver}")
        (interface / "device").symlink_to("../..")
        plugged = folder.parent if bus == "virtio" else folder
        for attribute, text in attributes.items():
            (plugged / attribute).write_text(f"{text}\n")
        (self.interfaces / name).symlink_to(f"/sys/devices/{device}/net/{name}")

    def share(self, name, device):
        """Another interface of a device that has one."""
        interface = self.root / "devices" / device / "net" / name
        interface.mkdir(parents=True)
        (interface / "device").symlink_to("../..")
        (self.interfaces / name).symlink_to(f"/sys/devices/{device}/net/{name}")

    def unplug(self, adapter):
        shutil.rmtree(self.devices / adapter.guid)
        shutil.rmtree(self.interfaces / adapter.name)

    def rename(self, adapter, name):
        (self.devices / adapter.guid / "net" / adapter.name).rename(
            self.devices / adapter.guid / "net" / name
        )
        (self.interfaces / adapter.name).rename(self.interfaces / name)
