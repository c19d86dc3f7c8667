"""A small corpus to administer, and toy encoders that another process finds by their function."""

import gzip
import io
import multiprocessing
import os
import tarfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from toy import ToyEncoder

from partyqa.corpus import subprocesses
from partyqa.corpus.isolated import _end_after
from partyqa.corpus.loading import read_corpus
from partyqa.index.index import build_index
from partyqa.service.library.library import Library
from partyqa.service.library.rebuild import RebuildProgress
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


def wait_for_end(library: Library, seconds: float = 60) -> RebuildProgress:
    """Return how a rebuild ended."""
    until = time.monotonic() + seconds
    while (progress := library.progress()).running:
        assert time.monotonic() < until, progress
        time.sleep(0.02)
    return progress


def tree(folder: Path) -> dict[str, bytes]:
    """Every visible file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


LEADING_AWAY = (
    "../x.txt",
    "../../etc/passwd.txt",
    "..\\x.txt",
    "..\\..\\windows\\x.txt",
    "/etc/x.txt",
    "\\\\server\\share\\x.txt",
    "C:\\x.txt",
    "C:x.txt",
    "a/b.txt",
    "a\\b.txt",
    "./x.txt",
    ".x.txt",
    "..txt",
    "...txt",
    ".txt",
    "..",
    ".",
    "",
    " ",
    "x.txt/",
    "x.txt/..",
    "x.txt\0.png",
    "\0.txt",
    "x\n.txt",
    "x\r\nSet-Cookie: a=b.txt",
    "..%2f..%2fx.txt",
    "%2e%2e%2fx.txt",
    "..%5cx.txt",
    "%252e%252e%252fx.txt",
    "x%00.txt",
    "x.txt:stream.txt",
    "~/../x.txt",
    "file:///x.txt",
    "x\u202etxt.exe.txt",
    "x\u200b.txt",
    "x\u2028.txt",
    "x\ud800.txt",
    "con.txt",
    "CON .txt",
    "aux.a.md",
    "LPT1.md",
    "com¹.html",
    "nul.jsonl",
    "x?.txt",
    "x*.txt",
    "x|y.txt",
    '"x".txt',
    "<b>.txt",
    "x..txt",
    "x .txt",
    "README.md",
    "ReadMe.MD",
    "a" * 200 + ".txt",
    "ữ" * 70 + ".txt",
)


def zipped(size: int = 100) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bài.txt", "0" * size)
    return target.getvalue()


def tarred() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo("../x.txt")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    return target.getvalue()


BINARIES = {
    "zip": zipped(),
    "zip bomb": zipped(50_000_000),
    "gzip bomb": gzip.compress(bytes(20_000_000)),
    "gzip of text": gzip.compress(TE.encode()),
    "tar": tarred(),
    "pdf": b"%PDF-1.7\n1 0 obj << >> endobj\n",
    "rtf": rb"{\rtf1\ansi hello}",
    "gif": b"GIF89a hello",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "doc": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
    "elf": b"\x7fELF" + bytes(60),
    "7z": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(30),
    "utf-32": TE.encode("utf-32"),
    "nul": b"abc\0def",
    "controls": b"\x01\x02\x03\x04 abc",
    "latin-1": "Đảng".encode("utf-16-be"),
    "windows-1258": b"\xd0\xe0ng b\xf4",
}
