"""Clocks that are wrong: how far the wall clock of each region's functions is off.

A region's offset is eight bytes of a file that every process of the region maps into its memory, so that it
is right for processes that run already and costs no call to read.
"""

import mmap
import os
import struct
import tempfile
from collections.abc import Iterable
from pathlib import Path

OFFSET = struct.Struct("=q")
"""Nanoseconds, signed."""
LARGEST_S = 3600.0


class Clocks:
    """The offsets of *regions*, right at first, in *folder* or in one that is removed with this object."""

    def __init__(self, regions: Iterable[str], *, folder: Path | None = None) -> None:
        if folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="clocks-")
            folder = Path(self._folder.name)
        folder.mkdir(parents=True, exist_ok=True)
        self.files = {region: folder / region for region in regions}
        """Where the processes of a region find its offset."""
        self._offsets = {region: _mapped(path) for region, path in self.files.items()}

    def set(self, region: str, seconds: float) -> None:
        """Let the clock of *region* be *seconds* fast, or slow when negative. Raises ValueError."""
        if not -LARGEST_S <= seconds <= LARGEST_S:
            raise ValueError(f"seconds must be within an hour, got {seconds}")
        OFFSET.pack_into(self._offsets[region], 0, int(seconds * 1e9))


def _mapped(path: Path) -> mmap.mmap:
    path.write_bytes(OFFSET.pack(0))
    descriptor = os.open(path, os.O_RDWR)
    try:
        return mmap.mmap(descriptor, OFFSET.size)
    finally:
        os.close(descriptor)
