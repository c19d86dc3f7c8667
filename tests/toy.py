"""A small encoder with nothing to download: syllables hashed into 64 dimensions, so that tests are exact."""

import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from partyqa.errors import PartyQAError
from partyqa.index import Index, build_index
from partyqa.types import Article

DIMENSION = 64


class ToyEncoder:
    """Satisfies `partyqa.encoders.Encoder`; `embedded` holds every passage text it was asked to embed.

    `revision` stands for other weights of the same model; `pause` is seconds of sleep for each passage.
    """

    dimension = DIMENSION
    max_tokens = 128

    def __init__(self, revision: str = "1", pause: float = 0.0) -> None:
        self.name = "toy"
        self.revision = revision
        self.fingerprint = hashlib.sha256(f"toy {revision}".encode()).hexdigest()
        self.pause = pause
        self.embedded: list[str] = []
        self.counted = 0

    def count_tokens(self, text: str) -> int:
        self.counted += 1
        return len(text.split()) + 2

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            time.sleep(self.pause)
            row[:] = self._embed(text)
            self.embedded.append(text)
            if progress:
                progress(1)
        return rows

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self._embed(text) for text in texts], dtype=np.float32).reshape(-1, DIMENSION)

    def _embed(self, text: str) -> NDArray[np.float32]:
        row = np.zeros(DIMENSION, dtype=np.float64)
        row[0] = 1e-3  # a text without a word still has a direction
        for syllable in text.lower().split():
            digest = hashlib.blake2b(f"{self.revision} {syllable}".encode(), digest_size=8).digest()
            row[digest[0] % DIMENSION] += 1 if digest[1] % 2 else -1
            row[digest[2] % DIMENSION] += 0.5
        return (row / np.linalg.norm(row)).astype(np.float32)


PLACES = ("Mường Ảng", "Mường Tè", "Mường Lát", "Phong Thổ", "Sìn Hồ", "Nậm Pồ", "Tủa Chùa", "Điện Biên")
SUBJECTS = ("Huyện ủy", "Ban Thường vụ", "Đảng bộ", "Chi bộ", "Ủy ban kiểm tra", "Hội đồng nhân dân")
DEEDS = (
    "kết nạp {n} đảng viên mới trong năm {y}",
    "xóa {n} bản chưa có chi bộ, đạt {p}% kế hoạch",
    "mở {n} lớp bồi dưỡng cho cán bộ cơ sở",
    "kiểm tra {n} tổ chức đảng có dấu hiệu vi phạm",
    "có {n} tổ chức cơ sở đảng, trong đó {p}% trong sạch vững mạnh",
)


def toy_articles(count: int, seed: int, sentences: int = 12) -> tuple[Article, ...]:
    """Return made-up articles; the same numbers give the same articles."""
    choose = np.random.default_rng(seed)
    found = []
    for number in range(count):
        place = PLACES[number % len(PLACES)]
        lines = []
        for _ in range(sentences):
            deed = str(choose.choice(DEEDS)).format(
                n=choose.integers(2, 3000), y=choose.integers(2010, 2026), p=choose.integers(1, 99)
            )
            lines.append(f"{choose.choice(SUBJECTS)} {choose.choice(PLACES)} {deed}.")
        found.append(
            Article(
                id=f"bài/{number:03d}", title=f"Xây dựng Đảng ở {place}", text=" ".join(lines), source="Báo"
            )
        )
    return tuple(found)


def build_until(folder: Path, articles: Sequence[Article], last_step: int, count: Path | None = None) -> None:
    """Build, and die by SIGKILL before file-system step `last_step` (0: live, and write the steps to `count`).

    A step is whatever Python asks of the kernel about a path in `folder`: open, mkdir, rename, unlink, rmdir.
    For a process of its own: an audit hook cannot be removed.
    """
    steps = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        if event in {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"} and str(folder) in str(arguments[0]):
            steps += 1
            if steps == last_step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    build_index(folder, articles, ToyEncoder())
    if count:
        count.write_text(str(steps))


def build_slowly(folder: Path, articles: Sequence[Article], wait: float, said: Connection) -> None:
    """Build with a pause for each passage and each fsync, so that a kill may hit any of them; say how it ended."""
    fsync = os.fsync

    def slow_fsync(descriptor: int) -> None:
        time.sleep(0.003)
        fsync(descriptor)

    os.fsync = slow_fsync
    try:
        build_index(folder, articles, ToyEncoder(pause=0.002), wait=wait)
        said.send("built")
    except PartyQAError as error:
        said.send(type(error).__name__)


def build_within(folder: Path, articles: Sequence[Article], largest_file: int, said: Connection) -> None:
    """Build where no file may grow over `largest_file` bytes (Python ignores SIGXFSZ and gets EFBIG)."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    try:
        build_index(folder, articles, ToyEncoder())
        said.send("built")
    except PartyQAError as error:
        said.send(type(error).__name__)


def build_on_a_small_disk(folder: Path) -> None:
    """Build on a file system of its own, ever fuller, then read-only; print as JSON lines what happened.

    Needs the right to mount: `unshare --mount --map-root-user`.
    """
    run = partial(subprocess.run, check=True)
    run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder])
    index, ballast = folder / "index", folder / "ballast"
    old, new = toy_articles(8, seed=1), toy_articles(8, seed=2)
    build_index(index, old, ToyEncoder())

    def attempt(case: str) -> None:
        before = sorted(path.name for path in index.rglob("*"))
        try:
            build_index(index, new, ToyEncoder())
            outcome = "built"
        except PartyQAError as error:
            outcome = f"{type(error).__name__}: {error.en}"
        unchanged = before == sorted(path.name for path in index.rglob("*"))
        serving = {old: "old", new: "new"}.get(Index.load(index).articles)
        print(json.dumps({"case": case, "outcome": outcome, "unchanged": unchanged, "serving": serving}))

    for room in (0, 1, 2, 5, 9, 14, 20):
        disk = os.statvfs(folder)
        ballast.write_bytes(bytes((disk.f_bavail - room) * disk.f_frsize))
        attempt(f"{room} pages free")
        ballast.unlink()
    run(["mount", "-o", "remount,ro", folder])
    attempt("read-only")
    run(["mount", "-o", "remount,rw", folder])
    attempt("room again")
