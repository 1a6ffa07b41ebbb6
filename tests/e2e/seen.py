"""What a person would see in a picture that was made: its size, and how much of it has a colour."""

from pathlib import Path

from PIL import Image


class Picture:
    def __init__(self, file):
        self.octets = Path(file).stat().st_size
        with Image.open(file) as image:
            self.size = image.size  # (width, height)
            self.colours = image.convert("RGB").getcolors(maxcolors=2**24)

    def count(self, colour, within=24):
        """Pixels of that colour (RRGGBB), or near it."""
        wanted = bytes.fromhex(colour)
        return sum(
            count for count, found in self.colours
            if all(abs(one - other) <= within for one, other in zip(found, wanted))
        )  # fmt: skip
