"""A small corpus to administer, and toy encoders that another process finds by their function."""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from toy import ToyEncoder

from partyqa.corpus import read_corpus
from partyqa.index import build_index
from partyqa.service import reading, rebuilding
from partyqa.service.library import Library
from partyqa.service.uploads import UploadLimits

TE = "Đảng bộ huyện Mường Tè có 41 tổ chức cơ sở đảng với 2.128 đảng viên.\n\nNăm 2014 huyện kết nạp 152 đảng viên."
ANG = "Huyện ủy Mường Ảng mở 12 lớp bồi dưỡng cho cán bộ cơ sở trong năm 2016."
LAT = "Thị trấn Mường Lát có 14 chi bộ. Trong đó 9 chi bộ trong sạch vững mạnh."


def load_toy(name: str | None) -> ToyEncoder:
    return ToyEncoder()


def load_slow(name: str | None) -> ToyEncoder:
    """A model that takes a twentieth of a second for each text, so that a rebuild can be watched."""
    return ToyEncoder(pause=0.05)


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
        patch.setattr(reading, "_CONTEXT", context)
        patch.setattr(rebuilding, "_CONTEXT", context)
        yield
