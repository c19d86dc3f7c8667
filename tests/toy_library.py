"""A small corpus to administer, and toy encoders that another process finds by their function."""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from toy import ToyEncoder

from partyqa.corpus.loading import read_corpus
from partyqa.index.index import build_index
from partyqa.service.library import subprocesses
from partyqa.service.library.library import Library
from partyqa.service.library.preview import _end_after
from partyqa.service.library.uploads import UploadLimits

TE = "Đảng bộ huyện Mường Tè có 41 tổ chức cơ sở đảng với 2.128 đảng viên.\n\nNăm 2014 huyện kết nạp 152 đảng viên."
ANG = "Huyện ủy Mường Ảng mở 12 lớp bồi dưỡng cho cán bộ cơ sở trong năm 2016."
LAT = "Thị trấn Mường Lát có 14 chi bộ. Trong đó 9 chi bộ trong sạch vững mạnh."


def load_toy(name: str | None) -> ToyEncoder:
    return ToyEncoder()


def load_slow(name: str | None) -> ToyEncoder:
    """A model that takes a twentieth of a second for each text, so that a rebuild can be watched."""
    return ToyEncoder(pause=0.05)


def compute_for_ever(seconds: float, said: Connection) -> None:
    """What a hostile file makes of a reader, in a process whose server has died."""
    _end_after(seconds)
    while True:
        pass


def made_library(folder: Path, load=load_toy, limits: UploadLimits | None = None) -> Library:  # type: ignore[no-untyped-def]
    """A corpus of two articles with its index, built as on the command line."""
    corpus, index = folder / "corpus", folder / "index"
    (corpus / "huyện").mkdir(parents=True)
    (corpus / "README.md").write_text("không phải bài viết")
    (corpus / "muong-te.txt").write_text(TE)
    (corpus / "huyện" / "muong-ang.md").write_text(f"---\ntitle: Mường Ảng mở lớp\n---\n\n{ANG}\n")
    build_index(index, read_corpus(corpus), ToyEncoder())
    return Library(corpus, index, limits=limits, load=load)


@contextmanager
def forked() -> Iterator[None]:
    """Within: files are read and indexes rebuilt in processes forked by a server that has everything imported.

    They are processes like those of the service, which start with a new interpreter and so take longer.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["toy_library"])
    with pytest.MonkeyPatch.context() as patch:
        here = str(Path(__file__).parent)
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")])))
        patch.setenv("DISABLE_TQDM", "1")
        patch.setattr(subprocesses, "start", lambda theirs: Forked(context, theirs))
        yield


class Forked:
    """A process of the server that forks, with the members of subprocess.Popen."""

    def __init__(self, context: ForkServerContext, theirs: Connection) -> None:
        self.process = context.Process(target=subprocesses.serve, args=(theirs,), daemon=True)
        self.process.start()
        self.pid = self.process.pid or 0

    def poll(self) -> int | None:
        return self.process.exitcode

    def kill(self) -> None:
        self.process.kill()

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        return self.process.exitcode or 0
