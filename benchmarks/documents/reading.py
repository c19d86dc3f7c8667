"""What reading in a process that can be ended costs, over many small files."""

import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from partyqa.corpus.isolated import read_apart
from partyqa.corpus.loading import Read, load_corpus, read_here

FILES = 1000
WORDS = [
    first + middle + last for first in "bcdghklmnt" for middle in "aeiou" for last in ("", "n", "ng", "m")
]


def measure(data: Path) -> Iterator[tuple[str, str]]:
    """Yield seconds for the same files, twice each in turns."""
    chance = random.Random(3)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            sentences = [" ".join(chance.choices(WORDS, k=18)).capitalize() + "." for _ in range(12)]
            Path(folder, f"{number}.txt").write_text("\n".join(sentences))
        for _ in range(2):
            for name, read in (("in this process", read_here), ("in one of its own", read_apart)):
                wall, processor = _seconds(Path(folder), read)
                yield (
                    f"seconds to read {FILES} small files {name}, and of processors",
                    f"{wall:.2f} {processor:.2f}",
                )


def _seconds(folder: Path, read: Read) -> tuple[float, float]:
    started, used = time.perf_counter(), _processor()
    found = load_corpus(folder, read)
    if len(found.articles) != FILES:
        raise RuntimeError(f"{len(found.articles)} of {FILES} files were read")
    return time.perf_counter() - started, _processor() - used


def _processor() -> float:
    return sum(os.times()[:4])
