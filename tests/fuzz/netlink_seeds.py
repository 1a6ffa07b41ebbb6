#!/usr/bin/env python3
"""Makes seeds of netlink_fuzz from the recorded messages.

netlink_seeds.py HEX-FOLDER OUT-FOLDER
"""
import pathlib
import sys

# The first octet: which of kParsers in netlink_fuzz.cpp takes the message.
PARSERS = {"newlink": 0, "dellink": 0, "bridge": 0, "newstats": 1, "newqdisc": 2, "newfamily": 3,
           "qstats": 4}


def octets(text):
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return bytes.fromhex(" ".join(lines))


def main():
    source, target = map(pathlib.Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.glob("*.hex")):
        # A kind of message that no parser here takes is no seed.
        parser = PARSERS.get(file.stem.split("-")[0])
        if parser is not None:
            (target / file.stem).write_bytes(bytes([parser]) + octets(file.read_text()))


if __name__ == "__main__":
    main()
