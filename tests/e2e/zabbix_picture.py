"""A look at a PNG without a library: its size, and how much of it has a colour. What PHP's GD and
Chromium write is 8 bits a channel and not interlaced."""

import struct
import zlib
from pathlib import Path

CHANNELS = {2: 3, 6: 4}  # RGB, RGBA


class Picture:
    def __init__(self, file):
        data = Path(file).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{file} is no PNG"
        chunks, at = {}, 8
        while at < len(data):
            size, kind = struct.unpack(">I4s", data[at : at + 8])
            chunks[kind] = chunks.get(kind, b"") + data[at + 8 : at + 8 + size]
            at += 12 + size
        self.width, self.height, bits, colours, _, _, interlaced = struct.unpack(
            ">IIBBBBB", chunks[b"IHDR"]
        )
        assert bits == 8 and colours in CHANNELS and not interlaced
        self.channels = CHANNELS[colours]
        self.rows = list(self.unfiltered(zlib.decompress(chunks[b"IDAT"])))

    def unfiltered(self, data):
        """PNG specification, clause 9: each byte is told by its neighbours."""
        step, width = self.channels, self.width * self.channels
        above = bytearray(width)
        for start in range(0, len(data), width + 1):
            kind, row = data[start], bytearray(data[start + 1 : start + 1 + width])
            for i in range(width if kind else 0):
                left = row[i - step] if i >= step else 0
                corner = above[i - step] if i >= step else 0
                guess = (0, left, above[i], (left + above[i]) // 2, 0)[kind]
                if kind == 4:
                    slope = left + above[i] - corner
                    guess = min((left, above[i], corner), key=lambda near: abs(slope - near))
                row[i] = (row[i] + guess) & 0xFF
            yield row
            above = row

    def count(self, colour, within=24):
        """Pixels of that colour (RRGGBB), or near it."""
        wanted = bytes.fromhex(colour)
        found = 0
        for row in self.rows:
            for i in range(0, len(row), self.channels):
                found += all(abs(row[i + n] - wanted[n]) <= within for n in range(3))
        return found
