"""Just enough of PNG (RFC 2083) to see what is in a picture that a graph was drawn into: 8 bits a
sample, not interlaced, in true colours or of a palette."""

import collections
import struct
import zlib

CHANNELS = {2: 3, 3: 1, 6: 4}  # by colour type: RGB, palette, RGBA


def read(path):
    """(width, height, how many pixels there are of each colour, as RRGGBB)."""
    chunks = list(split(path.read_bytes()))
    header = struct.unpack(">IIBBBBB", dict(chunks)[b"IHDR"])
    width, height, depth, kind, _, _, interlaced = header
    assert depth == 8 and kind in CHANNELS and not interlaced, header
    packed = b"".join(content for name, content in chunks if name == b"IDAT")
    channels = CHANNELS[kind]
    colours = collections.Counter()
    for row in rows(zlib.decompress(packed), width * channels, channels):
        colours.update(row[at : at + min(channels, 3)] for at in range(0, len(row), channels))
    palette = dict(chunks).get(b"PLTE") if kind == 3 else None
    named = collections.Counter()
    for colour, count in colours.items():
        rgb = palette[3 * colour[0] : 3 * colour[0] + 3] if palette else colour
        named[rgb.hex().upper()] += count
    return width, height, named


def split(data):
    """(name, content) of each chunk."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n"), data[:200]
    at = 8
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        yield name, data[at + 8 : at + 8 + size]
        at += 12 + size


def rows(data, size, channels):
    """Each row with its filter undone."""
    above = bytes(size)
    for start in range(0, len(data), size + 1):
        row = bytearray(data[start + 1 : start + 1 + size])
        undo(data[start], row, above, channels)
        yield bytes(row)
        above = row


def undo(kind, row, above, channels):
    if kind == 0:
        return
    for at, value in enumerate(row):
        left = row[at - channels] if at >= channels else 0
        up = above[at]
        corner = above[at - channels] if at >= channels else 0
        if kind == 4:
            predicted = paeth(left, up, corner)
        else:
            predicted = {1: left, 2: up, 3: (left + up) // 2}[kind]
        row[at] = (value + predicted) & 0xFF


def paeth(left, up, corner):
    estimate = left + up - corner
    return min((left, up, corner), key=lambda one: abs(estimate - one))
