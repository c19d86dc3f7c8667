"""The administration of a corpus behind its page: what may come in, how it is read, and the index put back."""

import io
import json
import os
import signal
import stat
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refused import refused
from toy import ToyEncoder, toy_articles
from toy_library import (
    ANG,
    BINARIES,
    LAT,
    LEADING_AWAY,
    TE,
    compute_for_ever,
    forked,
    load_slow,
    load_toy,
    made_library,
    tree,
    wait_for_end,
    zipped,
)

from partyqa.corpus.chunking import split_article
from partyqa.corpus.isolated import Bounds
from partyqa.corpus.loading import MAX_BYTES, read_corpus
from partyqa.corpus.readers import Dropped, readers
from partyqa.corpus.readers.encoding import decode
from partyqa.corpus.subprocesses import Worker
from partyqa.errors import (
    BusyError,
    CorpusError,
    EncoderError,
    IndexBusyError,
    IndexDamagedError,
    IndexFormatError,
    IndexMissingError,
    NotThereError,
    PartyQAError,
    StorageError,
)
from partyqa.index import generations, rollback
from partyqa.index.index import Index, build_index
from partyqa.models.base import Encoder
from partyqa.service.library import preview
from partyqa.service.library.library import Difference, Library
from partyqa.service.library.rebuild import RebuildProgress
from partyqa.service.library.staging import Refused, Staged
from partyqa.service.library.uploads import UploadLimits, file_name, refuse_content, refuse_size


@pytest.fixture(scope="module", autouse=True)
def processes() -> Iterator[None]:
    with forked():
        yield


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return made_library(tmp_path)


def wait_for(
    library: Library, state: Callable[[RebuildProgress], bool], seconds: float = 60
) -> RebuildProgress:
    until = time.monotonic() + seconds
    while not state(progress := library.progress()):
        assert time.monotonic() < until and progress.running, progress
        time.sleep(0.01)
    return progress


def answering(library: Library) -> list[str]:
    return [article.id for article in Index.load(library.index).articles]


# names


def test_a_name_that_leads_away_is_refused_in_both_languages() -> None:
    errors = refused(CorpusError, file_name, LEADING_AWAY)
    assert [name for name, error in errors if error.vi == error.en] == []
    assert [name for name, error in errors if not f"{error.vi}{error.en}".isprintable()] == []


def test_other_types_are_refused_with_the_types_that_are_taken() -> None:
    names = ("x", "x.rar", "x.mobi", "x.exe", "x.txt.7z", "x.html.gz", "x.md5", "x.jsonl~")
    for name, error in refused(CorpusError, file_name, names):
        assert [suffix for suffix in readers() if suffix not in error.vi or suffix not in error.en] == [], (
            name
        )


def test_a_good_name_is_kept_composed_and_with_single_spaces() -> None:
    names = [
        ("Nghị quyết 25-NQ.txt", "Nghị quyết 25-NQ.txt"),
        ("Nghị quyết.txt", "Nghị quyết.txt"),
        ("  đạt   50% kế hoạch .1.MD ", "đạt 50% kế hoạch .1.MD"),
        ("bài\u00a0số 2.html", "bài số 2.html"),
        ("a.b.c.jsonl", "a.b.c.jsonl"),
        ("console.txt", "console.txt"),
        ("x" * 196 + ".txt", "x" * 196 + ".txt"),
    ]
    assert [(raw, file_name(raw)) for raw, _ in names] == names


@given(st.text(max_size=40).map(lambda stem: stem + ".txt") | st.text(max_size=40))
def test_whatever_the_name_the_file_stands_right_in_its_folder(raw: str) -> None:
    try:
        name = file_name(raw)
    except CorpusError:
        return
    path = Path("/kho", name)
    assert path.parent == Path("/kho") and path.resolve() == path and not name.startswith(".")
    assert Path(os.path.normpath(f"/kho/{name}")) == path
    assert path.suffix.lower() in readers()
    assert file_name(name) == name


# content


TEXT_TYPES = [suffix for suffix, reader in readers().items() if reader.signature is None]


def test_archives_and_binaries_are_refused_whatever_they_are_called() -> None:
    def hand_in(case: tuple[str, str]) -> None:
        kind, suffix = case
        refuse_content(Path(f"bài{suffix}"), BINARIES[kind])

    started = time.process_time()
    errors = refused(CorpusError, hand_in, product(BINARIES, TEXT_TYPES))
    assert time.process_time() - started < 1  # nothing was unpacked
    assert [case for case, error in errors if f"bài{case[1]}" not in error.vi] == []
    archives = [(case, error) for case, error in errors if case[0].startswith(("zip", "gzip"))]
    assert [case for case, error in archives if "tệp nén" not in error.vi or "archive" not in error.en] == []


PAGE = f"<!doctype html><html><head><title>T</title></head><body><p>{TE}</p></body></html>"
ROWS = "\n".join(json.dumps({"id": str(n), "text": ANG}) for n in range(3))


def test_a_file_in_disguise_is_told_its_right_suffix() -> None:
    cases = [
        ("x.txt", PAGE, ".html"),
        ("x.md", f"\n<!-- a -->\n<HTML>{PAGE}", ".html"),
        ("x.jsonl", PAGE, ".html"),
        ("x.html", TE, ".txt"),
        ("x.htm", ROWS, ".txt"),
        ("x.txt", ROWS, ".jsonl"),
        ("x.md", ROWS, ".jsonl"),
    ]
    for case, error in refused(
        CorpusError, lambda case: refuse_content(Path(case[0]), case[1].encode()), cases
    ):
        assert f"thành {case[2]}" in error.vi and f"to {case[2]}" in error.en, case


def test_text_is_taken_as_it_is() -> None:
    for name, text in (
        ("x.txt", TE),
        ("x.txt", "BM là chữ viết tắt; MZ cũng vậy. PK thì không."),
        ("x.md", f"---\ntitle: T\n---\n\n<b>{TE}</b>\n\n<p>HTML ở giữa</p>"),
        ("x.html", PAGE),
        ("x.htm", f'<?xml version="1.0"?>\n{PAGE}'),
        ("x.html", f"<p>{TE}</p>"),
        ("x.jsonl", ROWS),
        ("x.txt", '{"một": "dòng"}\n\nrồi chữ thường.'),
        ("x.txt", "a\tb\r\nc\fd"),
    ):
        for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16")):
            assert decode(data, Path(name)) == text
            refuse_content(Path(name), data)  # an error names the file, and what is wrong with it


def test_text_of_before_unicode_is_taken_and_other_bytes_are_not() -> None:
    in_tcvn3 = "§¶ng bé huyÖn cã 41 tæ chøc c¬ së ®¶ng, trong ®ã 9 ®¶ng bé."
    for name in ("x.txt", "x.md", "x.html"):
        refuse_content(Path(name), f"<p>{in_tcvn3}</p>".encode("latin-1"))
        with pytest.raises(CorpusError, match="UTF-8"):
            refuse_content(Path(name), "<p>Größe und Höhe</p>".encode("latin-1"))


def test_sizes_are_bounded_by_the_reader_too() -> None:
    refuse_size("x.txt", 1000, UploadLimits(file_bytes=1000))
    with pytest.raises(CorpusError, match="0,001 MB"):
        refuse_size("x.txt", 1001, UploadLimits(file_bytes=1000))
    with pytest.raises(CorpusError):  # such a file could never be built from
        refuse_size("x.txt", MAX_BYTES + 1, UploadLimits(file_bytes=10 * MAX_BYTES))
    refuse_content(Path("x.txt"), b"a" * 200_000)
    with pytest.raises(CorpusError, match="200000"):
        refuse_content(Path("x.txt"), b"a" * 200_001)
    for nothing in (b"", b" \n\t", b"\xef\xbb\xbf", b"\xff\xfe"):
        with pytest.raises(CorpusError, match="trống"):
            refuse_content(Path("x.txt"), nothing)


# handing in, looking at, accepting


def test_a_file_is_seen_as_the_index_will_hold_it_and_counts_after_a_rebuild(library: Library) -> None:
    before = tree(library.corpus)
    data = f"---\ntitle: Mường Lát\nsource: Báo Thanh Hóa\npublished: 2019-05-18\n---\n\n{LAT} {TE}".encode()
    staged = library.stage("Mường Lát.md", data, by="Lan")
    assert (staged.name, staged.bytes, staged.by) == ("Mường Lát.md", len(data), "Lan")
    assert (staged.articles, staged.titles) == (("Mường Lát",), ("Mường Lát",))
    assert library.staged() == (staged,)
    assert tree(library.corpus) == before and not library.pending()

    seen = library.preview(staged.id)
    assert library.accept([staged.id]) == (staged,)
    assert tree(library.corpus) == {**before, "Mường Lát.md": data}
    assert library.staged() == () and library.pending().added == ("Mường Lát.md",)
    assert answering(library) == ["huyện/muong-ang", "muong-te"]

    (article,) = [found for found in read_corpus(library.corpus) if found.id == "Mường Lát"]
    encoder = ToyEncoder()
    assert seen.article == article
    assert seen.passages == split_article(article, encoder.count_tokens, encoder.max_tokens)
    assert (seen.number, seen.of, seen.staged) == (1, 1, staged)

    library.rebuild()
    done = wait_for_end(library)
    assert (done.state, done.articles, done.changed) == ("done", 3, True)
    assert answering(library) == ["Mường Lát", "huyện/muong-ang", "muong-te"]
    assert not library.pending()
    assert tuple(p for p in Index.load(library.index).passages if p.article == article) == seen.passages


def test_what_no_article_holds_is_seen_with_its_reason(library: Library) -> None:
    staged = library.stage(
        "lát.txt", f"Thị trấn Mường Lát vững mạnh\n{LAT * 3}\nBình luận\nTin khác".encode()
    )
    assert library.preview(staged.id).dropped == (Dropped("Bình luận", "after"), Dropped("Tin khác", "after"))
    (library.corpus / ".partyqa" / "staged" / staged.id / "dropped.json").unlink()  # one staged by 2026.11
    assert library.preview(staged.id).dropped == ()


def test_fields_are_mended_before_a_file_is_accepted_and_after(library: Library) -> None:
    staged = library.stage("lát.txt", LAT.encode())
    assert staged.unknown == ("published", "source", "author")
    with pytest.raises(CorpusError, match="hôm qua"):
        library.mending.staged(staged.id, {"published": "hôm qua"})
    assert library.staged() == (staged,)
    wanted = {
        "title": "Mường Lát",
        "source": "",
        "published": "18/05/2019",
        "author": "Lò Thị Inh",
        "number": "",
    }
    fresh = library.mending.staged(staged.id, wanted)
    assert (fresh.titles, fresh.unknown) == (("Mường Lát",), ("source",)) and library.staged() == (fresh,)
    seen = library.preview(staged.id)
    assert (seen.article.published, seen.article.author) == (date(2019, 5, 18), "Lò Thị Inh")
    library.accept([staged.id])
    side = library.corpus / "lát.txt.meta.yaml"
    assert sorted(side.read_text().split("\n")[:3]) == [
        '"author": "Lò Thị Inh"',
        '"published": "2019-05-18"',
        '"title": "Mường Lát"',
    ]
    assert [file.path for file in library.files("lat")] == ["lát.txt"]
    assert library.mending.article("lát.txt") == seen.article
    library.rebuild()
    wait_for_end(library)
    assert seen.article in Index.load(library.index).articles and not library.pending()

    library.mending.file("lát.txt", {**wanted, "title": "", "source": "Báo Thanh Hóa"})
    assert library.pending().changed == ("lát.txt",)
    assert library.mending.article("lát.txt") == replace(seen.article, source="Báo Thanh Hóa")

    removed = library.remove_file("lát.txt")
    assert not side.exists()
    side.write_text("source: của tệp đã xóa tay")
    library.restore(removed.id)
    assert library.mending.article("lát.txt").source == "Báo Thanh Hóa"
    again = library.stage("lát.txt", ANG.encode())
    library.accept([again.id], replace=True)
    assert not side.exists() and library.mending.article("lát.txt").source == ""


def test_fields_of_a_file_of_many_are_not_mended_for_all(library: Library) -> None:
    rows = "".join(json.dumps({"id": name, "text": LAT}) + "\n" for name in "ab")
    staged = library.stage("hai.jsonl", rows.encode())
    assert staged.unknown == ()
    with pytest.raises(CorpusError, match="nhiều bài"):
        library.mending.staged(staged.id, {"source": "Báo"})
    library.accept([staged.id])
    with pytest.raises(CorpusError, match="nhiều bài"):
        library.mending.file("hai.jsonl", {"source": "Báo"})
    with pytest.raises(NotThereError):
        library.mending.file("../x.txt", {"source": "Báo"})
    assert tree(library.corpus).keys() == {"README.md", "hai.jsonl", "huyện/muong-ang.md", "muong-te.txt"}


def test_the_files_of_the_page_are_those_that_a_build_reads(library: Library) -> None:
    for name in (
        "bài.html",
        "bài_files/khung.html",
        "khác_files/a.txt",
        "b/ảnh.png",
        "b/README.md",
        ".ẩn/c.txt",
    ):
        (library.corpus / name).parent.mkdir(exist_ok=True)
        (library.corpus / name).write_text(f"<html><body><p>{LAT}</p></body></html>")
    (library.corpus / "lại").symlink_to(library.corpus / "b")
    (library.corpus / "nối.txt").symlink_to(library.corpus / "muong-te.txt")
    articles = [article.id for article in read_corpus(library.corpus)]
    assert sorted(file.id for file in library.files()) == articles
    (library.corpus / "ngoài.txt").symlink_to("/etc/hostname")
    assert (
        sorted(file.id for file in library.files()) == articles
    )  # of what a build refuses, the build says so


def test_each_article_of_json_lines_is_seen_by_itself(library: Library) -> None:
    rows = [{"id": f"hàng/{n}", "title": f"Bài {n}", "text": f"{LAT} Số {n}."} for n in range(3)]
    staged = library.stage("b.jsonl", "\n".join(map(json.dumps, rows)).encode())
    assert staged.articles == ("hàng/0", "hàng/1", "hàng/2")
    assert [library.preview(staged.id, n).article.title for n in (1, 2, 3)] == ["Bài 0", "Bài 1", "Bài 2"]
    assert all(p.article.id == "hàng/1" for p in library.preview(staged.id, 2).passages)
    assert library.preview(staged.id, 2).passages[0].text.endswith("Số 1.")
    for number in (0, 4, -1):
        with pytest.raises(NotThereError):
            library.preview(staged.id, number)


def test_of_many_files_the_good_wait_and_each_bad_one_is_told_why(library: Library) -> None:
    found = library.stage_all(
        [
            ("lát.txt", LAT.encode()),
            ("../x.txt", LAT.encode()),
            ("hỏng.md", b"---\ntitle: [\n---\n\nabc"),
            ("nén.txt", zipped()),
            ("trang.html", f"<html><body><p>{LAT}</p></body></html>".encode()),
            ("lát.txt", ANG.encode()),
            ("hàng.jsonl", b'{"id": "a"}'),
            ("muong-te.md", LAT.encode()),
            ("muong-te.txt", LAT.encode()),
        ]
    )
    kept = [entry.name for entry in found if isinstance(entry, Staged)]
    said = {entry.name: entry.error.vi for entry in found if isinstance(entry, Refused)}
    assert kept == ["lát.txt", "trang.html", "muong-te.txt"]
    assert [type(entry) for entry in found].count(Refused) == 6
    assert "“../x.txt”" in said["../x.txt"]
    assert said["hỏng.md"].startswith("hỏng.md: ") and "YAML" in said["hỏng.md"]
    assert "tệp nén zip" in said["nén.txt"]
    assert "cùng tên" in said["lát.txt"]
    assert said["hàng.jsonl"].startswith("hàng.jsonl:1: ")
    assert "muong-te.txt" in said["muong-te.md"]  # the id it would have is that file's
    assert {file.name for file in library.staged()} == set(kept)
    assert not list((library.corpus / ".partyqa" / "staged").glob(".new-*"))


def test_what_waits_is_bounded_in_number_and_in_bytes(tmp_path: Path) -> None:
    library = made_library(tmp_path, limits=UploadLimits(file_bytes=400, waiting=2, waiting_bytes=500))
    found = library.stage_all([(f"{n}.txt", LAT.encode()) for n in range(3)])
    assert [type(entry) for entry in found] == [Staged, Staged, Refused]
    library.discard([file.id for file in library.staged()])
    assert library.staged() == ()
    first, second = library.stage_all([("a.txt", LAT.encode() * 4), ("b.txt", LAT.encode() * 4)])
    assert isinstance(first, Staged) and isinstance(second, Refused)
    assert isinstance(library.stage_all([("c.txt", LAT.encode() * 5)])[0], Refused)


def test_a_file_of_the_same_name_is_replaced_only_when_asked_and_never_lost(library: Library) -> None:
    staged = library.stage("MUONG-TE.TXT", LAT.encode())
    assert library.replaced_by([staged]) == {staged.id: "muong-te.txt"}
    with pytest.raises(CorpusError, match=r"muong-te\.txt"):
        library.accept([staged.id])
    assert (library.corpus / "muong-te.txt").read_text() == TE
    library.accept([staged.id], replace=True)
    assert (library.corpus / "MUONG-TE.TXT").read_text() == LAT
    assert not (library.corpus / "muong-te.txt").exists()
    (removed,) = library.removed()
    assert removed.path == "muong-te.txt"
    assert (library.corpus / ".partyqa" / "removed" / removed.id / "muong-te.txt").read_text() == TE
    assert library.pending().added == ("MUONG-TE.TXT",)


def test_all_files_chosen_are_accepted_or_none(library: Library) -> None:
    good, same = library.stage("a.txt", LAT.encode()), library.stage("muong-te.txt", LAT.encode())
    before = tree(library.corpus)
    with pytest.raises(CorpusError):
        library.accept([good.id, same.id])
    with pytest.raises(NotThereError):
        library.accept([good.id, "0" * 16])
    twin = library.stage("a.md", LAT.encode())
    with pytest.raises(CorpusError, match=r"a\.txt"):
        library.accept([good.id, twin.id])  # one id for two articles
    assert tree(library.corpus) == before
    assert [file.name for file in library.accept([good.id, good.id])] == ["a.txt"]
    with pytest.raises(CorpusError, match=r"a\.txt"):
        library.accept([twin.id])


def test_an_id_that_rows_of_the_corpus_have_is_taken(library: Library) -> None:
    (library.corpus / "hàng.jsonl").write_text(json.dumps({"id": "lát", "text": ANG}) + "\nhỏng\n[]\n{}\n")
    with pytest.raises(CorpusError, match=r"hàng\.jsonl"):
        library.stage("lát.txt", LAT.encode())
    row = json.dumps({"id": "lát", "text": LAT}, ensure_ascii=False)
    staged = library.stage("hàng.jsonl", row.encode())  # what takes its place may have its ids
    library.accept([staged.id], replace=True)
    assert (library.corpus / "hàng.jsonl").read_text() == row


def test_a_link_is_never_written_through(library: Library, tmp_path: Path) -> None:
    outside = tmp_path / "ngoài.txt"
    outside.write_text("của người khác")
    (library.corpus / "lát.txt").symlink_to(outside)
    staged = library.stage("lát.txt", LAT.encode())
    with pytest.raises(CorpusError):
        library.accept([staged.id], replace=True)
    assert outside.read_text() == "của người khác" and (library.corpus / "lát.txt").is_symlink()
    assert "lát.txt" not in [file.path for file in library.files()]
    with pytest.raises(NotThereError):
        library.remove_file("lát.txt")


@pytest.mark.parametrize("where", [".partyqa", ".partyqa/staged", ".partyqa/removed"])
def test_a_link_for_a_folder_of_the_administration_is_refused(
    library: Library, tmp_path: Path, where: str
) -> None:
    outside = tmp_path / "ngoài"
    outside.mkdir()
    (library.corpus / ".partyqa").mkdir() if "/" in where else None
    (library.corpus / where).symlink_to(outside)
    with pytest.raises(CorpusError, match="liên kết"):
        if where.endswith("removed"):
            library.remove("muong-te")
        else:
            library.stage("lát.txt", LAT.encode())
    assert list(outside.iterdir()) == [] and (library.corpus / "muong-te.txt").read_text() == TE


HOSTILE: dict[str, tuple[str, str]] = {
    "deep.html": ("<div>" * 50_000 + f"<p>{TE}</p>", ""),
    "entities.html": (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + f"]><html><body><p>&j;</p><p>{TE}</p></body></html>",
        "",
    ),
    "aliases.md": (
        "---\na: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9))
        + f"title: *j\n---\n\n{TE}",
        "title",
    ),
    "nested.md": (f"---\na: {'[' * 5000}\n---\n\n{TE}", "YAML"),
    "quotes.md": (">" * 5000 + TE, ""),
    "nested.jsonl": ('{"id": "a", "text": ' + "[" * 100_000, "JSON"),
}


def test_hostile_files_are_read_or_refused_and_the_next_one_is_read(library: Library) -> None:
    files = [(name, text.encode()) for name, (text, _) in HOSTILE.items()]
    *hostile, last = library.stage_all([*files, ("lát.txt", LAT.encode())])
    assert isinstance(last, Staged) and last.titles == ("Thị trấn Mường Lát có 14 chi bộ",)
    for entry in hostile:
        if isinstance(entry, Refused):
            assert entry.name in entry.error.vi and HOSTILE[entry.name][1] in entry.error.vi
        else:
            assert library.preview(entry.id).article.text.count("a") < 100_000
    refused = {entry.name for entry in hostile if isinstance(entry, Refused)}
    assert refused >= {"aliases.md", "nested.md", "nested.jsonl"}


def test_a_file_that_never_ends_is_stopped_and_the_others_are_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview.read_files, "__defaults__", (Bounds(seconds=3.0),))
    slow = "a@" * 100_000  # half a minute for a pattern that looks for addresses
    found = library.stage_all([("a.txt", LAT.encode()), ("dài.txt", slow.encode()), ("b.txt", ANG.encode())])
    assert [type(entry) for entry in found] == [Staged, Refused, Staged]
    (refused,) = [entry for entry in found if isinstance(entry, Refused)]
    assert refused.name == "dài.txt" and "quá nhiều thời gian" in refused.error.vi
    assert not list((library.corpus / ".partyqa" / "staged").glob(".new-*"))


def test_what_computes_for_ever_ends_even_without_its_server() -> None:
    worker = Worker(compute_for_ever, 0.5)
    assert worker.process.wait(30) == -signal.SIGXCPU
    worker.kill()


def load_missing(name: str | None) -> Encoder:
    raise EncoderError("models.not_here", name="m")


def load_and_die(name: str | None) -> Encoder:
    os._exit(3)


def test_without_an_encoder_nothing_is_kept_and_it_is_said(tmp_path: Path) -> None:
    library = made_library(tmp_path, load=load_missing)
    with pytest.raises(EncoderError, match="Không có mô hình"):
        library.stage("lát.txt", LAT.encode())
    dying = Library(library.corpus, library.index, load=load_and_die)
    with pytest.raises(CorpusError, match="bận"):
        dying.stage("lát.txt", LAT.encode())
    assert library.staged() == () and list((library.corpus / ".partyqa" / "staged").iterdir()) == []


def test_a_corpus_that_is_no_folder_or_may_not_be_written_to_is_said(tmp_path: Path) -> None:
    file = tmp_path / "bài.txt"
    file.write_text(TE)
    with pytest.raises(CorpusError, match="--corpus"):
        Library(file, tmp_path / "index", load=load_toy).stage("a.txt", LAT.encode())
    (tmp_path / "kho").mkdir()
    (tmp_path / "kho" / ".partyqa").write_text("một tệp ở chỗ của thư mục")
    with pytest.raises(StorageError, match="kho"):
        Library(tmp_path / "kho", tmp_path / "index", load=load_toy).stage("a.txt", LAT.encode())


def test_no_made_up_id_finds_a_file_that_waits(library: Library) -> None:
    made_up = ("", ".", "..", "../removed", "0" * 16, "0" * 15, "A" * 16, "a/b", "\0")
    for attempt in (library.preview, lambda i: library.accept([i]), lambda i: library.discard([i])):
        refused(NotThereError, attempt, made_up)


# removing and restoring


def test_a_removed_file_lies_aside_and_comes_back_as_it_was(library: Library) -> None:
    library.rebuild()
    wait_for_end(library)
    before = tree(library.corpus)
    removed = library.remove("huyện/muong-ang")
    assert removed.path == "huyện/muong-ang.md" and library.removed() == (removed,)
    assert tree(library.corpus) == {path: data for path, data in before.items() if path != removed.path}
    assert library.pending().removed == ("huyện/muong-ang.md",)
    assert "huyện/muong-ang" in answering(library)  # until the rebuild
    assert library.restore(removed.id).path == removed.path
    assert tree(library.corpus) == before and library.removed() == () and not library.pending()
    with pytest.raises(NotThereError):
        library.restore(removed.id)


def test_a_file_does_not_come_back_over_another(library: Library) -> None:
    removed = library.remove("muong-te")
    (library.corpus / "muong-te.md").write_text(LAT)
    with pytest.raises(CorpusError, match=r"muong-te\.md"):
        library.restore(removed.id)
    assert library.removed() == (removed,)


def test_only_what_is_listed_can_be_removed(library: Library) -> None:
    before = tree(library.corpus)
    inside = ("", "README.md", ".partyqa/lock", "huyện", "muong-te.txt/", "x.txt")
    refused(NotThereError, library.remove_file, (*inside, "../index/CURRENT", "/etc/passwd"))
    refused(NotThereError, library.restore, ("", "..", "../../index", "0" * 25))
    assert tree(library.corpus) == before


def test_an_article_among_others_of_a_file_does_not_take_them_along(library: Library) -> None:
    rows = "\n".join(json.dumps({"id": name, "text": ANG}) for name in ("một", "hai"))
    (library.corpus / "hàng.jsonl").write_text(rows)
    with pytest.raises(CorpusError, match=r"hàng\.jsonl"):
        library.remove("hai")
    with pytest.raises(NotThereError):
        library.remove("ba")
    (library.corpus / "hàng.jsonl").write_text(rows.split("\n")[0])
    assert library.remove("một").path == "hàng.jsonl"


def test_files_are_found_by_words_of_their_path_with_or_without_accents(library: Library) -> None:
    assert [file.path for file in library.files()] == ["huyện/muong-ang.md", "muong-te.txt"]
    assert [file.path for file in library.files("HUYEN ang")] == ["huyện/muong-ang.md"]
    assert library.files("không có") == ()


# rebuilding


def test_a_rebuild_tells_how_far_it_is_while_the_old_index_serves(tmp_path: Path) -> None:
    library = made_library(tmp_path, load=load_slow)
    lines = "\n\n".join(f"Chi bộ bản {n} kết nạp {n} đảng viên." for n in range(40))
    (library.corpus / "bản.txt").write_text(lines)
    old = generations.current(library.index)
    assert library.progress() == RebuildProgress()
    library.rebuild()
    seen = []
    while (progress := library.progress()).running:
        seen.append((progress.done, progress.total))
        assert generations.current(library.index) == old or progress.done == progress.total
        time.sleep(0.02)
    counted = [done for done, total in seen if total]
    assert counted == sorted(counted) and len(set(counted)) > 5
    assert len({total for _, total in seen if total}) == 1
    assert library.progress().state == "done" and library.progress().generation != old
    assert "bản" in answering(library)
    library.rebuild()
    assert (wait_for_end(library).state, library.progress().changed) == ("done", False)


def test_only_one_of_many_rebuilds_at_once_starts(tmp_path: Path) -> None:
    library = made_library(tmp_path, load=load_slow)
    other = Library(library.corpus, library.index, load=load_slow)  # another process of the server
    (library.corpus / "bản.txt").write_text("\n\n".join(f"Bản {n} có chi bộ." for n in range(60)))
    outcomes: list[str] = []

    def start(which: Library) -> None:
        try:
            which.rebuild()
            outcomes.append("started")
        except IndexBusyError:
            outcomes.append("busy")

    threads = [threading.Thread(target=start, args=(which,)) for which in (library, other) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["busy"] * 5 + ["started"]
    assert library.progress().running and other.progress().running
    for attempt in (lambda: other.remove("muong-te"), other.roll_back, other.rebuild):
        with pytest.raises(IndexBusyError):
            attempt()
    staged = other.stage("lát.txt", LAT.encode())  # looking at files goes on
    with pytest.raises(IndexBusyError):
        other.accept([staged.id])
    assert other.cancel() and wait_for_end(library).state == "cancelled"
    assert not other.cancel()
    other.accept([staged.id])


def test_a_rebuild_that_is_stopped_or_killed_leaves_the_old_index_serving(tmp_path: Path) -> None:
    library = made_library(tmp_path, load=load_slow)
    (library.corpus / "bản.txt").write_text("\n\n".join(f"Bản {n} có chi bộ." for n in range(200)))
    old = Index.load(library.index).articles
    for end, state in (
        (library.cancel, "cancelled"),
        (lambda: kill(library), "died"),
        (library.close, "died"),
    ):
        library.rebuild()
        wait_for(library, lambda progress: progress.done > 2)
        end()
        assert wait_for_end(library).state == state
        assert Index.load(library.index).articles == old
        assert library.pending().added == ("bản.txt",)
    (library.corpus / "bản.txt").write_text("Bản này có chi bộ.")
    library.rebuild()
    assert wait_for_end(library).state == "done"
    assert "bản" in answering(library)
    assert not list((library.index / "generations").glob(".new-*"))


def kill(library: Library) -> None:
    worker = library._rebuilding._worker
    assert worker is not None
    os.kill(worker.process.pid, signal.SIGKILL)


def test_a_rebuild_ends_with_the_server_that_started_it(tmp_path: Path) -> None:
    library = made_library(tmp_path, load=load_slow)
    (library.corpus / "bản.txt").write_text("\n\n".join(f"Bản {n} có chi bộ." for n in range(200)))
    library.rebuild()
    worker = library._rebuilding._worker
    assert worker is not None
    worker.pipe.close()  # what the kernel does for a server that was killed
    assert wait_for_end(library).state == "died"
    assert not worker.is_alive


def test_why_a_rebuild_failed_is_said_in_both_languages(library: Library) -> None:
    for path in library.corpus.rglob("m*"):
        path.unlink()
    (library.corpus / "hỏng.jsonl").write_text("{")
    library.rebuild()
    failed = wait_for_end(library)
    assert failed.state == "failed" and "hỏng.jsonl:1" in failed.vi and "hỏng.jsonl:1" in failed.en
    assert failed.vi != failed.en
    assert answering(library) == ["huyện/muong-ang", "muong-te"]


def test_a_rebuild_passes_over_bad_files_and_names_them(library: Library) -> None:
    (library.corpus / "hỏng.jsonl").write_text("{")
    (library.corpus / "lát.txt").write_text(LAT)
    (library.corpus / "trống.txt").write_text("")
    library.rebuild()
    done = wait_for_end(library)
    assert (done.state, done.articles, done.skipped) == ("done", 3, 2)
    assert answering(library) == ["huyện/muong-ang", "lát", "muong-te"]
    names = ("hỏng.jsonl:1", "trống.txt")
    for (vi, en), name in zip(done.faults, names, strict=True):
        assert name in vi and name in en and vi != en


def test_a_build_on_the_command_line_is_waited_for_and_said(library: Library) -> None:
    (library.corpus / "lát.txt").write_text(LAT)
    with generations.locked(library.index, wait=0):
        library.rebuild()
        failed = wait_for_end(library)
        assert failed.state == "failed" and "đợi" in failed.vi
        with pytest.raises(IndexBusyError):
            rollback.roll_back(library.index, wait=0.01)
    library.rebuild()
    assert wait_for_end(library).state == "done"


def test_files_that_were_put_in_by_hand_are_pending_too(library: Library) -> None:
    assert not library.pending()
    later = time.time() + 5
    (library.corpus / "lát.txt").write_text(LAT)
    os.utime(library.corpus / "lát.txt", (later, later))
    assert library.pending().added == ("lát.txt",)  # built on the command line: known by time alone
    library.rebuild()
    wait_for_end(library)
    assert not library.pending()
    os.utime(library.corpus / "muong-te.txt", (later, later))
    (library.corpus / "lát.txt").unlink()
    (library.corpus / "mới.txt").write_text(LAT)
    pending = library.pending()
    assert (pending.added, pending.changed, pending.removed) == (
        ("mới.txt",),
        ("muong-te.txt",),
        ("lát.txt",),
    )
    assert Library(library.corpus, library.index.parent / "không có").pending().added == (
        "huyện/muong-ang.md",
        "muong-te.txt",
        "mới.txt",
    )


# going back


def test_going_back_and_forward_again(library: Library) -> None:
    first = generations.current(library.index)
    with pytest.raises(NotThereError):
        library.roll_back()
    library.accept([library.stage("lát.txt", LAT.encode()).id])
    library.remove("muong-te")
    library.rebuild()
    wait_for_end(library)
    second = generations.current(library.index)
    assert [(kept.name, kept.current, kept.before) for kept in library.generations()] == [
        (second, True, False),
        (first, False, True),
    ]
    assert [kept.articles for kept in library.generations()] == [2, 2]
    title = read_corpus(library.corpus / "lát.txt")[0].title
    gone = Index.load(library.index)
    assert library.before() == Difference((title,), (TE.split(".")[0] + ".128 đảng viên",), ())
    files = tree(library.corpus)

    assert library.roll_back() == first == generations.current(library.index)
    assert answering(library) == ["huyện/muong-ang", "muong-te"]
    assert tree(library.corpus) == files  # the files stay: the next rebuild follows them
    with pytest.raises(NotThereError):  # what was left is newer, not before
        library.roll_back()
    assert (
        gone.generation == second and len(gone.vectors.nearest(gone.vectors.to_numpy()[0], 1)) == 1
    )  # who reads it, reads on

    library.rebuild()
    assert wait_for_end(library).state == "done"
    third = generations.current(library.index)
    assert answering(library) == ["huyện/muong-ang", "lát"]
    assert [kept.name for kept in library.generations()] == [third, first]
    assert library.roll_back() == first


def test_builds_of_one_second_are_told_apart(tmp_path: Path) -> None:
    made = [toy_articles(2, seed=seed, sentences=2) for seed in range(6)]
    names = [build_index(tmp_path, articles, ToyEncoder()).generation for articles in made]
    assert len({name[:16] for name in names}) < len(names), "these builds should take less than a second each"
    assert names == sorted(names) and generations.kept(tmp_path) == tuple(names[-2:])
    assert rollback.roll_back(tmp_path, lambda record: True) == names[-2]
    assert Index.load(tmp_path).articles == made[-2]


@settings(max_examples=12)
@given(
    st.lists(
        st.datetimes(datetime(1980, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),
        min_size=2,
        max_size=4,
    )
)
def test_generations_go_back_in_the_order_they_were_published_whatever_the_clock_says(
    tmp_path_factory: pytest.TempPathFactory, moments: list[datetime]
) -> None:
    folder, names, all_articles = tmp_path_factory.mktemp("clock"), [], []
    for seed, moment in enumerate(moments):

        class Clock(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None, at: datetime = moment) -> datetime:
                return at

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(generations, "datetime", Clock)
            all_articles.append(toy_articles(1, seed=seed, sentences=2))
            names.append(build_index(folder, all_articles[-1], ToyEncoder()).generation)
        assert generations.read_manifest(folder, names[-1]).created == moment.replace(microsecond=0)
    assert names == sorted(set(names)) and generations.kept(folder) == tuple(names[-2:])
    assert rollback.roll_back(folder, lambda record: True) == names[-2]
    assert Index.load(folder).articles == all_articles[-2]


def test_nothing_goes_back_to_what_is_not_whole(library: Library) -> None:
    (library.corpus / "lát.txt").write_text(LAT)
    library.rebuild()
    wait_for_end(library)
    current = generations.current(library.index)
    (before,) = [kept.name for kept in library.generations() if kept.before]
    place = library.index / "generations" / before
    for file in sorted(place.iterdir()):
        data = file.read_bytes()
        for broken in (data[:-1], bytes([data[0] ^ 1]) + data[1:], None):
            if broken is None:
                file.unlink()
            else:
                file.write_bytes(broken)
            with pytest.raises(IndexDamagedError) as caught:
                library.roll_back()
            assert "vẫn trả lời" in caught.value.vi
            assert generations.current(library.index) == current
        file.write_bytes(data)
    assert library.roll_back() == before


def test_nothing_goes_back_to_another_encoder_or_other_rules(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    (library.corpus / "lát.txt").write_text(LAT)
    build_index(library.index, read_corpus(library.corpus), ToyEncoder())
    current = generations.current(library.index)
    with pytest.raises(EncoderError, match="toy"):
        rollback.roll_back(library.index)  # no model of that name is on this machine
    with pytest.raises(EncoderError):
        Library(library.corpus, library.index, load=load_missing).roll_back()
    monkeypatch.setattr(rollback, "RULES_VERSION", "99-0")
    with pytest.raises(IndexFormatError, match="99"):
        library.roll_back()
    monkeypatch.undo()
    assert generations.current(library.index) == current
    assert library.roll_back() != current


def test_an_index_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        rollback.roll_back(tmp_path / "index")
    assert not (tmp_path / "index").exists() and rollback.kept(tmp_path / "index") == ()


@pytest.mark.skipif(
    os.geteuid() == 0 and not hasattr(os, "seteuid"), reason="needs a user whom permissions bind"
)
def test_a_closed_index_is_said(library: Library) -> None:
    (library.corpus / "lát.txt").write_text(LAT)
    build_index(library.index, read_corpus(library.corpus), ToyEncoder())
    current = generations.current(library.index)
    library.index.chmod(stat.S_IRUSR | stat.S_IXUSR)
    for folder in library.index.parents[:1]:
        folder.chmod(0o755)
    try:
        pointer = library.index / ".CURRENT.new"
        if os.geteuid() == 0:  # root is not bound: a folder in the pointer's place is as good
            library.index.chmod(0o755)
            pointer.mkdir()
        with pytest.raises(StorageError):
            library.roll_back()
        assert generations.current(library.index) == current
    finally:
        library.index.chmod(0o755)


def test_who_moves_files_at_the_same_moment_is_told_to_wait(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partyqa.service.library.folder._WAIT", 0.05)
    with library._home.locked(), pytest.raises(BusyError):
        library.remove("muong-te")
    assert library.remove("muong-te").path == "muong-te.txt"


def test_every_error_tells_both_languages_what_to_do(library: Library) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: library.stage("x.pdf", b""),
        lambda: library.stage("x.txt", b""),
        lambda: library.preview("x"),
        lambda: library.remove("x"),
        lambda: library.restore("x"),
        library.roll_back,
    ]
    for attempt in attempts:
        with pytest.raises(PartyQAError) as caught:
            attempt()
        assert ";" in caught.value.vi and caught.value.vi.endswith((".", "partyqa index"))
        assert ";" in caught.value.en and caught.value.en != caught.value.vi


def test_parts_of_a_file_that_cannot_be_read_are_named_beside_it(library: Library) -> None:
    """A zip of a good and an empty file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xã/lát.txt", LAT)
        archive.writestr("xã/trống.txt", "")
    staged = library.stage("hai.zip", target.getvalue())
    assert staged.titles == ("Thị trấn Mường Lát có 14 chi bộ",)
    ((vi, en),) = staged.faults
    assert "trống.txt" in vi and "trống.txt" in en and vi != en
    assert library.staged() == (staged,)
