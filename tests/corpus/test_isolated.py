"""Reading in a process of its own: one bad file ends neither the others nor the machine."""

import time
from pathlib import Path

import pytest
from conftest import ROOT
from toy_reading import Task, begin, begin_badly

from partyqa.corpus.isolated import Bounds, each, read_apart
from partyqa.corpus.loading import load_corpus
from partyqa.errors import CorpusError, EncoderError

LAT = "Thị trấn Mường Lát có 14 chi bộ. Trong đó 9 chi bộ trong sạch vững mạnh."


def said(outcome: object) -> object:
    return outcome.sentence.key if isinstance(outcome, CorpusError) else outcome


def test_what_goes_wrong_with_a_job_is_its_own_error_and_the_next_is_done() -> None:
    wrong = {
        "fault": "readers.empty",
        "bug": "readers.unreadable",
        "memory": "readers.too_much_memory",
        "crumbs": "readers.too_much_memory",
        "death": "readers.unreadable",
        "ever": "readers.too_long",
    }
    names = [name for bad in wrong for name in (bad, f"good after {bad}")]
    found = list(each([Task(name) for name in names], begin, (), Bounds(seconds=8, megabytes=400)))
    assert [said(outcome) for outcome in found] == [wrong.get(name, name.upper()) for name in names]
    for name, outcome in zip(names, found, strict=True):
        if isinstance(outcome, CorpusError):
            assert name in outcome.vi and name in outcome.en


def test_what_a_job_started_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    (found,) = each([Task("program", note)], begin, (), Bounds(seconds=3))
    assert said(found) == "readers.too_long"
    until = time.monotonic() + 10
    while Path(f"/proc/{note.read_text()}/stat").exists():
        if Path(f"/proc/{note.read_text()}/stat").read_text().split()[2] == "Z":
            break  # nobody in a container takes note of orphans' ends
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_keeps_it_from_beginning_is_raised() -> None:
    with pytest.raises(EncoderError):
        list(each([Task("a")], begin_badly, ()))
    assert list(each([], begin_badly, ())) == []


def test_a_corpus_read_apart_is_the_corpus() -> None:
    assert load_corpus(ROOT / "corpus", read_apart) == load_corpus(ROOT / "corpus")


@pytest.mark.slow
def test_many_files_and_a_hostile_one(tmp_path: Path) -> None:
    """A line that keeps a pattern busy for half a minute stands among two hundred good files."""
    for number in range(200):
        (tmp_path / f"{number:03}.txt").write_text(f"{LAT} Đó là xã số {number}.")
    (tmp_path / "100b.txt").write_text("a@" * 100_000)
    found = load_corpus(tmp_path, lambda files: read_apart(files, Bounds(seconds=5)))
    assert len(found.articles) == 200 and [fault.sentence.key for fault in found.faults] == [
        "readers.too_long"
    ]
    assert str(tmp_path / "100b.txt") in found.faults[0].vi


def test_a_library_that_is_missing_is_named_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the process that reads, one library cannot be found; what needs none is read."""
    kho, shadow = tmp_path / "kho", tmp_path / "shadow"
    for folder in (kho, shadow):
        folder.mkdir()
    (kho / "a.html").write_text(f"<html><body><p>{LAT}</p></body></html>")
    (kho / "b.txt").write_text(LAT)
    missing = 'raise ModuleNotFoundError("no such library", name="trafilatura")'
    (shadow / "trafilatura.py").write_text(missing)
    monkeypatch.syspath_prepend(str(shadow))
    found = load_corpus(kho, read_apart)
    assert [article.text for article in found.articles] == [LAT]
    (fault,) = found.faults
    for sentence in (fault.vi, fault.en):
        assert "a.html" in sentence and "trafilatura" in sentence
        assert "pip install partyqa[documents]" in sentence
