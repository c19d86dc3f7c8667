"""What reading in a process that can be ended costs, over many small files."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from partyqa.corpus.isolated import read_apart
from partyqa.corpus.loading import Read, load_corpus, read_here

FILES = 2000
TEXT = "Thị trấn Mường Lát có 14 chi bộ. Trong đó 9 chi bộ trong sạch vững mạnh.\n"


def measure(data: Path) -> Iterator[tuple[str, str]]:
    """Yield seconds for the same files, twice each in turns."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            Path(folder, f"{number}.txt").write_text(TEXT * (5 + number % 7) + f"Đó là xã số {number}.")
        for _ in range(2):
            for name, read in (("in this process", read_here), ("in one of its own", read_apart)):
                yield f"seconds to read {FILES} small files {name}", f"{_seconds(Path(folder), read):.2f}"


def _seconds(folder: Path, read: Read) -> float:
    started = time.perf_counter()
    found = load_corpus(folder, read)
    if len(found.articles) != FILES:
        raise RuntimeError(f"{len(found.articles)} of {FILES} files were read")
    return time.perf_counter() - started
