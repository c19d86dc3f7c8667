"""Articles from files: ids, fields, digests, Markdown and JSON lines, and every kind of bad input."""

import codecs
import os
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.corpus.loading import corpus_digest, load_corpus, read_corpus
from partyqa.corpus.readers import readers
from partyqa.errors import CorpusError
from partyqa.types import Article, Section

SENTENCE = "Chi bộ bản Na Hỳ có 21 đảng viên, sinh hoạt vào ngày mùng 5 hằng tháng tại nhà văn hóa."
MARKDOWN = """---
title: Chi bộ Na Hỳ
source: Báo Tà Cóm
url: https://example.org/na-hy
published: 2019-05-07
author: Lò Thị Inh
---

# Chi bộ Na Hỳ

Chi bộ có **21 đảng viên**,
trong đó *9 nữ*; xem [nghị quyết](https://example.org/nq) số `05-NQ/CB`.

## Việc làm được

1. Mở 1,2 km đường
2. Dựng 3 nhà đại đoàn kết

- Kết nạp 4 đảng viên ~~năm 2017~~
- Giúp 6 hộ thoát nghèo

> Giữ dân là giữ đất.

![Đảng viên Na Hỳ làm đường](duong.jpg)

| Năm | Kết nạp |
|-----|---------|
| 2018 | **3** |
| 2019 | 4 |

<figure><figcaption>Nhà văn hóa bản</figcaption><script>var x = 1;</script></figure>

2020. Năm ấy bản có điện.
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def complaint(path: Path) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        read_corpus(path)
    for sentence in (caught.value.vi, caught.value.en):
        assert "\n" not in sentence
        assert sentence.endswith(".")
    assert caught.value.exit_code == 2
    return caught.value


# which files, under which ids


def test_ids_are_paths_without_suffix_sorted_and_only_articles_are_read(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "000_x.txt",
        "xa/nam.lin.md",
        "xa/sâu/c.TXT",
        "README.md",
        "xa/readme.md",
        ".an.txt",
    ):
        write(tmp_path, name, SENTENCE)
    write(tmp_path, ".git/d.txt", SENTENCE)
    write(tmp_path, "anh.png", "x")
    assert [article.id for article in read_corpus(tmp_path)] == ["000_x", "b", "xa/nam.lin", "xa/sâu/c"]
    assert load_corpus(tmp_path).unread == (tmp_path / "anh.png",)


def test_what_a_browser_saved_with_a_page_is_no_article(tmp_path: Path) -> None:
    paragraph = f"<p>{SENTENCE} {SENTENCE}</p>"
    write(tmp_path, "bài.html", f"<html><head><title>Bài</title></head><body>{paragraph * 3}</body></html>")
    write(tmp_path, "bài_files/khung.html", "<html></html>")
    write(tmp_path, "khác_files/a.txt", SENTENCE)
    assert [article.id for article in read_corpus(tmp_path)] == ["bài", "khác_files/a"]


def test_one_file_is_a_corpus_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path, "thu-muc/bài một.txt", SENTENCE)
    assert read_corpus(path) == (Article(id="bài một", title=SENTENCE.rstrip("."), text=SENTENCE),)
    assert load_corpus(path).unread == ()


def test_names_and_text_in_nfd_come_out_in_nfc(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", SENTENCE)
    assert decomposed != SENTENCE
    write(tmp_path, unicodedata.normalize("NFD", "Đường lên bản") + ".txt", decomposed)
    (article,) = read_corpus(tmp_path)
    assert (article.id, article.text) == ("Đường lên bản", SENTENCE)


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + SENTENCE.encode(),
        SENTENCE.encode("utf-16"),
        codecs.BOM_UTF16_BE + SENTENCE.encode("utf-16-be"),
        SENTENCE.replace(" ", "\u00a0").encode() + b"\x07\r\n",
    ],
    ids=["utf-8 with BOM", "utf-16 little", "utf-16 big", "no-break spaces and a bell"],
)
def test_encodings_with_a_mark_are_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert read_corpus(tmp_path)[0].text == SENTENCE


def test_a_link_within_the_corpus_is_read_and_a_linked_folder_is_not_read_twice(tmp_path: Path) -> None:
    write(tmp_path, "nam/a.txt", SENTENCE)
    (tmp_path / "b.txt").symlink_to(tmp_path / "nam" / "a.txt")
    (tmp_path / "lai").symlink_to(tmp_path / "nam")
    assert [article.id for article in read_corpus(tmp_path)] == ["b", "nam/a"]


# Markdown


def test_markdown_loses_its_marks_and_no_word(tmp_path: Path) -> None:
    assert read_corpus(write(tmp_path, "na-hy.md", MARKDOWN)) == (
        Article(
            id="na-hy",
            title="Chi bộ Na Hỳ",
            text="Chi bộ có 21 đảng viên, trong đó 9 nữ; xem nghị quyết số 05-NQ/CB.\n"
            "Việc làm được\n"
            "1. Mở 1,2 km đường\n"
            "2. Dựng 3 nhà đại đoàn kết\n"
            "- Kết nạp 4 đảng viên năm 2017\n"
            "- Giúp 6 hộ thoát nghèo\n"
            "Giữ dân là giữ đất.\n"
            "Đảng viên Na Hỳ làm đường\n"
            "Năm: 2018; Kết nạp: 3\n"
            "Năm: 2019; Kết nạp: 4\n"
            "Nhà văn hóa bản\n"
            "2020. Năm ấy bản có điện.",
            source="Báo Tà Cóm",
            url="https://example.org/na-hy",
            published=date(2019, 5, 7),
            author="Lò Thị Inh",
        ),
    )


@pytest.mark.parametrize(
    ("front", "title", "published", "url"),
    [
        ("", "Đầu đề trong bài", None, None),
        ("---\n---\n", "Đầu đề trong bài", None, None),
        ("---\ntitle: Tên khác\npublished: 07/05/2019\n---\n", "Tên khác", date(2019, 5, 7), None),
        ("---\ntitle: No\nurl: null\npublished:\n---\n", "No", None, None),
        ("---\ntitle: 2019\npublished: 2019-05-07 08:30:00\n---\n", "2019", date(2019, 5, 7), None),
        (
            "---\ntitle: Nậm Cúm: đường mới, nếp mới\npublished: 2021-01-02\n---\n",
            "Nậm Cúm: đường mới, nếp mới",
            date(2021, 1, 2),
            None,
        ),
        (
            '---\ntitle: "Sao sáng" trên bản: Pa Hốc\nurl: null\n---\n',
            '"Sao sáng" trên bản: Pa Hốc',
            None,
            None,
        ),
        ("---\nsource: 'Báo: Tà Cóm'\ntitle: @Na Hỳ\n---\n", "@Na Hỳ", None, None),
        (
            "\ufeff---\r\ntitle: 'A: b'\r\nurl: https://example.org\r\n---\r\n",
            "A: b",
            None,
            "https://example.org",
        ),
    ],
)
def test_front_matter(
    tmp_path: Path, front: str, title: str, published: date | None, url: str | None
) -> None:
    (article,) = read_corpus(write(tmp_path, "a.md", f"{front}# Đầu đề trong bài\n\nMột câu.\n"))
    assert (article.title, article.published, article.url) == (title, published, url)
    assert article.text == ("Một câu." if title == "Đầu đề trong bài" else "Đầu đề trong bài\nMột câu.")


@pytest.mark.parametrize(
    ("front", "says"),
    [
        ("---\ntitle: [a\n---\n", "dòng 3"),
        ("---\ntitle: a\n  b: c: d\n---\n", "dòng 3"),
        ("---\ntitle: a\n", "không đóng"),
        ("---\nchỉ một câu\n---\n", "không có mục nào"),
        ("---\n- a\n- b\n---\n", "không có mục nào"),
        ("---\ntitle: [a, b]\n---\n", "“title”"),
        ("---\npublished: hôm qua\n---\n", "“published”"),
        ("---\npublished: 2017-02-31\n---\n", "“published”"),
        ("---\npublished: 31/02/2017\n---\n", "“published”"),
        ("---\npublished: 2017\n---\n", "“published”"),
        ("---\ntitle: " + "[" * 2000 + "\n---\n", "YAML"),
    ],
)
def test_bad_front_matter_names_the_file_and_the_fault(tmp_path: Path, front: str, says: str) -> None:
    error = complaint(write(tmp_path, "hỏng.md", f"{front}\nMột câu.\n").parent)
    assert str(tmp_path / "hỏng.md") in error.vi
    assert str(tmp_path / "hỏng.md") in error.en
    assert says in error.vi


# JSON lines

ROW = '{"id": "a", "title": "Đề", "text": "Câu một.\\nCâu hai.", "source": "Báo", "url": "http://a.example", '
ROW += '"published": "2017-03-01", "author": "Lò Văn Ớt", "unknown": [1, {"x": null}]}'


def test_rows_of_json_are_articles(tmp_path: Path) -> None:
    path = write(
        tmp_path, "bài.jsonl", f'{ROW}\n\n{{"id": 7, "paragraphs": ["Câu  ba.", "", "Câu bốn."]}}\r\n'
    )
    assert read_corpus(path) == (
        Article(id="7", title="Câu ba", text="Câu  ba.\nCâu bốn."),
        Article(
            id="a",
            title="Đề",
            text="Câu một.\nCâu hai.",
            source="Báo",
            url="http://a.example",
            published=date(2017, 3, 1),
            author="Lò Văn Ớt",
        ),
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{", "JSON"),
        ('"a"', "đối tượng JSON"),
        ("[" * 100_000, "JSON"),
        ('{"text": "Câu."}', "thiếu “id”"),
        ('{"id": "", "text": "Câu."}', "thiếu “id”"),
        ('{"id": ["b"], "text": "Câu."}', "“id”"),
        ('{"id": true, "text": "Câu."}', "“id”"),
        ('{"id": "b"}', "thiếu nội dung"),
        ('{"id": "b", "text": 5}', "thiếu nội dung"),
        ('{"id": "b", "paragraphs": ["Câu.", 5]}', "thiếu nội dung"),
        ('{"id": "b", "text": " \\n "}', "không tìm thấy nội dung"),
        ('{"id": "b", "text": "Câu.", "title": {"a": 1}}', "“title”"),
        ('{"id": "b", "text": "Câu.", "published": "2017"}', "“published”"),
        ('{"id": "b", "text": "Câu.", "published": 2017}', "“published”"),
    ],
)
def test_a_broken_row_is_named_by_file_and_line(tmp_path: Path, row: str, says: str) -> None:
    error = complaint(write(tmp_path, "bài.jsonl", f"{ROW}\n\n{row}\n"))
    assert error.vi.startswith(f"{tmp_path / 'bài.jsonl'}:3: ")
    assert error.en.startswith(f"{tmp_path / 'bài.jsonl'}:3: ")
    assert says in error.vi


def test_one_id_in_two_rows_names_both_lines(tmp_path: Path) -> None:
    error = complaint(write(tmp_path, "bài.jsonl", f"{ROW}\n\n{ROW}\n"))
    assert "dòng 1 và 3" in error.vi
    assert "lines 1 and 3" in error.en


# bad input


def test_one_id_in_two_files_names_both(tmp_path: Path) -> None:
    one, two = write(tmp_path, "a.md", SENTENCE), write(tmp_path, "a.txt", SENTENCE)
    error = complaint(tmp_path)
    assert str(one) in error.vi and str(two) in error.vi
    two.unlink()
    rows = write(tmp_path, "b.jsonl", ROW)
    error = complaint(tmp_path)
    assert str(one) in error.en and str(rows) in error.en


def test_what_is_not_there_or_holds_nothing(tmp_path: Path) -> None:
    assert "không tìm thấy" in complaint(tmp_path / "không-có").vi.lower()
    write(tmp_path, "README.md", SENTENCE)
    write(tmp_path, "a.mobi", SENTENCE)
    assert "không có bài viết nào" in complaint(tmp_path).vi
    assert "loại tệp" in complaint(tmp_path / "a.mobi").vi


@pytest.mark.parametrize("name", [f"a{suffix}" for suffix in readers()])
@pytest.mark.parametrize("text", ["", " \n\r\n\t ", "\ufeff"], ids=["nothing", "white space", "a mark"])
def test_an_empty_file(tmp_path: Path, name: str, text: str) -> None:
    error = complaint(write(tmp_path, name, text).parent)
    assert str(tmp_path / name) in error.vi
    assert "trống" in error.vi


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "ảnh PNG"),
        (b"%PDF-1.4\n1 0 obj << >> endobj\n", "tệp PDF"),
        (b"PK\x03\x04\x14\x00\x00\x00", "tệp nén zip"),
        ("Đảng bộ xã".encode("cp1258", "ignore") + b"\xd0\xcc\xcc", "UTF-8"),
        (codecs.BOM_UTF16_LE + b"a", "UTF-8"),
        (SENTENCE.encode("utf-16-le"), "UTF-8"),
        (SENTENCE.encode("utf-32"), "nhị phân"),
    ],
    ids=["png", "pdf", "zip", "windows-1258", "half a utf-16 unit", "utf-16 without mark", "utf-32"],
)
def test_a_file_that_is_not_text(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    error = complaint(tmp_path)
    assert str(path) in error.vi
    assert says in error.vi


def test_a_folder_a_pipe_and_dead_links_in_an_articles_place(tmp_path: Path) -> None:
    write(tmp_path, "là.txt/thư mục.md", SENTENCE)
    assert "không phải một tệp thường" in complaint(tmp_path).vi
    pipe = tmp_path / "pipe"
    pipe.mkdir()
    os.mkfifo(pipe / "a.txt")  # opening it would wait for ever
    assert "không phải một tệp thường" in complaint(pipe).vi
    dead = tmp_path / "dead"
    dead.mkdir()
    (dead / "a.txt").symlink_to(dead / "gone.txt")
    assert "không còn" in complaint(dead).vi
    assert "không còn" in complaint(dead / "a.txt").vi
    round_and_round = tmp_path / "loop"
    round_and_round.mkdir()
    (round_and_round / "a.txt").symlink_to(round_and_round / "a.txt")
    assert str(round_and_round / "a.txt") in complaint(round_and_round).vi


def test_a_link_that_leaves_the_corpus_is_refused(tmp_path: Path) -> None:
    outside = write(tmp_path, "ngoài/kín.txt", SENTENCE)
    corpus = tmp_path / "kho"
    corpus.mkdir()
    for target, name in (
        (outside, "kín.txt"),
        (outside.parent, "thư-mục"),
        (Path("../ngoài/kín.txt"), "b.md"),
    ):
        (corpus / name).symlink_to(target)
        assert "ra ngoài kho" in complaint(corpus).vi
        (corpus / name).unlink()
    (tmp_path / "lối-vào").symlink_to(outside.parent)  # the corpus itself may be reached by a link
    assert [article.id for article in read_corpus(tmp_path / "lối-vào")] == ["kín"]


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder, and until the test ends a process that is not root: root may read everything."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        user = os.geteuid()
        if user == 0:
            os.chown(name, 65534, 65534)
            os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            os.seteuid(user)


def test_what_may_not_be_read(unprivileged: Path) -> None:
    path = write(unprivileged, "a.txt", SENTENCE)
    path.chmod(0)
    assert str(path) in complaint(unprivileged).vi
    assert "quyền đọc" in complaint(path).vi
    path.chmod(0o644)
    folder = write(unprivileged, "kín/b.txt", SENTENCE).parent
    for mode in (0o000, 0o400):
        folder.chmod(mode)
        assert str(folder) in complaint(unprivileged).vi
        assert str(folder) in complaint(folder / "b.txt").vi
    folder.chmod(0o755)
    assert [article.id for article in read_corpus(unprivileged)] == ["a", "kín/b"]


def test_a_file_of_50_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "lớn.txt"
    with path.open("wb") as stream:
        stream.truncate(50 * 1024**2)
    error = complaint(tmp_path)
    assert str(path) in error.vi
    assert "20 MB" in error.vi


@pytest.mark.parametrize(
    "text",
    ["<html><body></body></html>", "<p></p>", "<!-- -->", "<html><body><a>Trang chủ</a></body></html>"],
)
def test_html_without_text_names_the_file(tmp_path: Path, text: str) -> None:
    error = complaint(write(tmp_path, "a.html", text))
    assert str(tmp_path / "a.html") in error.vi
    assert "không" in error.vi and "nội dung" in error.vi


@given(data=st.binary(max_size=200), suffix=st.sampled_from(sorted(readers())))
def test_no_bytes_bring_down_a_reader(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"bytes{suffix}"
    path.write_bytes(data)
    try:
        articles = read_corpus(path)
    except CorpusError:
        return
    assert all(unicodedata.is_normalized("NFC", article.text) and article.text for article in articles)


def test_every_fault_of_a_folder_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", SENTENCE)
    write(tmp_path, "b.txt", "")
    write(tmp_path, "c/a.md", "---\npublished: hôm qua\n---\nMột câu.")
    (tmp_path / "d.txt").symlink_to(tmp_path / "gone.txt")
    write(tmp_path, "e.jsonl", '{"id": "a", "text": "Câu."}\n{"id": "z", "text": "Câu."}')
    found = load_corpus(tmp_path)
    assert [article.id for article in found.articles] == ["a", "z"]
    assert found.articles[0].text == SENTENCE
    names = ("b.txt", "d.txt", "e.jsonl", "c/a.md")  # a folder's files before those below it
    assert [str(tmp_path / name) in fault.vi for name, fault in zip(names, found.faults, strict=True)] == [
        True
    ] * 4
    error = complaint(tmp_path)
    assert error.vi.startswith(found.faults[0].vi) and "3 tệp nữa" in error.vi and "3 more files" in error.en


SENTENCES = (
    SENTENCE,
    "Hội nghị bàn về xây dựng nông thôn mới, giữ rừng đầu nguồn và mở lớp học cho người lớn tuổi.",
)


def misread(text: str) -> str:
    return text.encode().decode("cp1252", "replace")


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize(
    "form", ["{}", "<html><body><p>{0}</p><p>{0} {0}</p></body></html>"], ids=["txt", "html"]
)
def test_misread_utf8_is_refused_by_name(tmp_path: Path, sentence: str, form: str) -> None:
    name = "a.txt" if form == "{}" else "a.html"
    error = complaint(write(tmp_path, name, form.format(misread(sentence))))
    assert str(tmp_path / name) in error.vi and "đọc nhầm" in error.vi and "Unicode" in error.en


@pytest.mark.parametrize(
    "text",
    [
        *SENTENCES,
        "Xem § 5 và §6 của bản in © 2024 ở Tà Cóm®, trang «Đảng».",
        "Toán, hoá, quà, xoè: bốn tổ.",
        "Peña, Núñez và Muñoz đến thăm xã.",
        "Le général de Gaulle, né à Lille; Größe und Höhe, schön.",
        "TP HCM: 12 m² × 3 = 36 m²",
    ],
)
def test_no_other_text_is_taken_for_an_old_one(tmp_path: Path, text: str) -> None:
    assert read_corpus(write(tmp_path, "a.txt", text))[0].text == text


# the digest


def test_the_digest_knows_every_field_and_no_order() -> None:
    one = Article("a", "Đề", "Câu.", "Báo", "https://example.org", date(2017, 3, 1), "Lò Văn Ớt")
    two = replace(one, id="b")
    assert corpus_digest([one, two]) == corpus_digest((two, one))
    others = [
        replace(one, title="Đề "),
        replace(one, text="Câu"),
        replace(one, source=""),
        replace(one, url=None),
        replace(one, url=""),
        replace(one, published=None),
        replace(one, published=date(2017, 3, 2)),
        replace(one, author=""),
        replace(one, number="12-QĐ/HU"),
        replace(one, encoding="TCVN3"),
        replace(one, sections=(Section(0, 4, 1),)),
        replace(one, sections=(Section(0, 4, 1, ("Điều 1",)),)),
    ]
    corpora = [[], [one], [two], [one, two], [one, one], *([other] for other in others)]
    assert len({corpus_digest(articles) for articles in corpora}) == len(corpora)
    # Written down once: an index built by one release is still current for the next.
    assert corpus_digest([one]) == "8204b9827d43f6336e97451d5c1a5673e5af28973f6ca497939d2aa279b47426"
