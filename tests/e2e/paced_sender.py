"""Real frames on a cable: of one size, at a constant rate.

    paced_sender.py INTERFACE TARGET-MAC OCTETS FRAMES-PER-SECOND

As a module, PacedSender: that program, in a namespace of the lab, until it is stopped.
"""

import signal
import socket
import sys
import time
from pathlib import Path

LOCAL_EXPERIMENT = 0x88B5  # IEEE 802: for nobody's protocol
PACE_S = 0.01


def frame(target, octets):
    # Locally administered; nobody answers.
    header = target + bytes.fromhex("020000000001") + LOCAL_EXPERIMENT.to_bytes(2, "big")
    return header.ljust(octets, b"\0")


def send(interface, target, octets, per_second):
    """What is late is sent at once, so that the mean stays what was asked for."""
    data = frame(bytes.fromhex(target.replace(":", "")), octets)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((interface, 0))
        start, sent = time.monotonic(), 0
        while True:
            owed = int((time.monotonic() - start) * per_second) - sent
            for _ in range(owed):
                wire.send(data)
            sent += owed
            time.sleep(PACE_S)


def paced_sender(lab, namespace, interface, target, octets, per_second):
    from daemons import Daemon

    class PacedSender(Daemon):
        stop_codes = (-signal.SIGTERM,)

        def start(self):
            self.user = "root"  # raw sockets
            self.spawn()
            return self

    where = ["ip", "netns", "exec", namespace.name] if namespace.name else []
    command = [*where, "/usr/bin/python3", "-I", "-B", Path(__file__), interface, target,
               octets, per_second]  # fmt: skip
    return lab.keep(PacedSender(lab.new_folder("sender"), command)).start()


if __name__ == "__main__":
    send(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
