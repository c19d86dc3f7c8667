"""Fields beside a file: what they mend, what is refused, and what is written is read back."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.corpus.loading import load_corpus
from partyqa.corpus.sidecar import FIELDS, beside, checked, read_sidecar, write_sidecar
from partyqa.errors import CorpusError
from partyqa.text.normalise import one_line
from partyqa.types import Article

TEXT = "Chi bộ bản Na Hỳ có 21 đảng viên."
PAGE = f"---\ntitle: Na Hỳ\nsource: Báo Cáo Tổng Kết\nauthor: A\npublished: 2019-05-07\n---\n\n{TEXT}\n"


def one(folder: Path, sidecar: str | bytes) -> Article:
    (folder / "na-hy.md").write_text(PAGE)
    side = beside(folder / "na-hy.md")
    side.write_bytes(sidecar if isinstance(sidecar, bytes) else sidecar.encode())
    found = load_corpus(folder)
    assert found.unread == ()
    if found.faults:
        raise found.faults[0]
    (article,) = found.articles
    return article


def test_a_field_beside_goes_before_the_files_own_and_an_empty_one_takes_it_away(tmp_path: Path) -> None:
    plain = Article("na-hy", "Na Hỳ", TEXT, "Báo Cáo Tổng Kết", None, date(2019, 5, 7), "A")
    assert one(tmp_path, "") == plain
    assert one(tmp_path, "# ghi chú\n") == plain
    mended = one(
        tmp_path,
        "title: Chi bộ Na Hỳ: một bản\n".replace(": một", " - một") + "source:\npublished: 12/4/2020\n",
    )
    assert mended == replace(plain, title="Chi bộ Na Hỳ - một bản", source="", published=date(2020, 4, 12))
    assert one(tmp_path, "title: ''\npublished: null\nauthor: ~\nnumber: 05-NQ/TW\nurl: https://a.b/c") == (
        replace(plain, published=None, author="", number="05-NQ/TW", url="https://a.b/c")
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title: A: b: c", "YAML"),
        ("- title", "YAML"),
        ("tiêu đề", "YAML"),
        (b"title: \xff\xfe\xfa", "YAML"),
        ("a: " + "[" * 3_000, "YAML"),
        ("title: x\n" * 2_000, "YAML"),
        ("date: 2019-05-18", "“date”"),
        ("title: [a, b]", "“title”"),
        ("published: &a [x,x]\n", "“published”"),
        ("published: hôm qua", "“published”"),
        ("published: 2019-02-30", "“published”"),
    ],
)
def test_a_bad_one_is_one_sentence_that_names_it(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(CorpusError) as raised:
        one(tmp_path, text)
    for sentence in (raised.value.vi, raised.value.en):
        assert "na-hy.md.meta.yaml" in sentence and says in sentence and "\n" not in sentence


def test_a_file_of_many_takes_none_and_one_beside_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "nhiều.jsonl").write_text('{"id": "b", "text": "Câu."}\n{"id": "c", "text": "Câu."}')
    beside(tmp_path / "nhiều.jsonl").write_text("source: Báo")
    beside(tmp_path / "gone.pdf").write_text("source: Báo")
    found = load_corpus(tmp_path)
    assert [article.id for article in found.articles] == ["a"]
    (fault,) = found.faults
    assert "nhiều.jsonl.meta.yaml" in fault.vi and "nhiều.jsonl.meta.yaml" in fault.en
    assert found.unread == (tmp_path / "gone.pdf.meta.yaml",)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    kho = tmp_path / "kho"
    kho.mkdir()
    (tmp_path / "outside").write_text("source: Báo")
    (kho / "a.txt").write_text(TEXT)
    beside(kho / "a.txt").symlink_to(tmp_path / "outside")
    assert load_corpus(kho).articles == ()


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(st.dictionaries(st.sampled_from([name for name in FIELDS if name != "published"]), words), st.dates())
def test_what_is_written_is_read_back(texts: dict[str, str], day: date) -> None:
    fields = checked({**texts, "published": day.isoformat()}, "x")
    assert fields["published"] == day
    assert {name: fields[name] or "" for name in texts} == {
        name: "" if value.strip() in ("null", "Null", "NULL", "~") else one_line(value)
        for name, value in texts.items()
    }
    assert read_sidecar(write_sidecar(fields), "x") == fields
