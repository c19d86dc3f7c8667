"""Files and names that are on the disk when a function returns, so that a power cut cannot take them back."""

import os
from pathlib import Path


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file that is on the disk when this returns; raises OSError."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Make the names in a folder last through a power cut; raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
