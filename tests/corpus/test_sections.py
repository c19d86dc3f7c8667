"""Where lines stand in their file: pages, paths and letters off an image, from the reader to the passage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.corpus.chunking import split_article
from partyqa.corpus.readers import Line
from partyqa.corpus.readers.fields import article
from partyqa.index.records import read_articles, write_articles
from partyqa.types import Article, Section

CLAUSES = [
    "Quy định về việc mượn sách của thư viện xã Pa Vây.",
    Line("Người mượn xuất trình thẻ.", 1, ("Điều 1", "khoản 1")),
    Line("Người mượn ký sổ.", 1, ("Điều 1", "khoản 2")),
    Line("Không cho mượn từ điển.", 2, ("Điều 2",)),
    Line("Bảng này do máy đọc.", 2, ("Điều 2",), 0.75),
]
LINES = st.lists(
    st.one_of(
        st.sampled_from(["Một câu.", "Hai câu. Ba câu."]),
        st.builds(
            Line,
            st.sampled_from(["Một câu.", "Hai câu. Ba câu."]),
            st.sampled_from([None, 1, 2]),
            st.sampled_from([(), ("Điều 1",), ("Điều 1", "khoản 2")]),
            st.sampled_from([None, 0.5]),
        ),
    ),
    min_size=1,
    max_size=12,
)


def _words(text: str) -> int:
    return len(text.split())


def test_sections_are_read_off_the_lines() -> None:
    """Neighbours of one place make one section; a line that stands nowhere is in none."""
    made = article("a", CLAUSES, "a.txt", title="Quy định")
    assert [(made.text[s.start : s.end], s.page, s.path, s.recognised) for s in made.sections] == [
        ("Người mượn xuất trình thẻ.", 1, ("Điều 1", "khoản 1"), None),
        ("Người mượn ký sổ.", 1, ("Điều 1", "khoản 2"), None),
        ("Không cho mượn từ điển.", 2, ("Điều 2",), None),
        ("Bảng này do máy đọc.", 2, ("Điều 2",), 0.75),
    ]
    assert made.section_at(0) is None
    assert made.section_at(made.text.index("ký sổ")) == made.sections[1]


def test_a_passage_stays_within_its_clause_and_says_where_it_is() -> None:
    """The outermost part of the path ends a passage; what its sentences share stands in its context."""
    passages = split_article(article("a", CLAUSES, "a.txt", title="Quy định"), _words, 200)
    assert [(p.text, p.context) for p in passages] == [
        ("Quy định về việc mượn sách của thư viện xã Pa Vây.", "Quy định. Xã Pa Vây."),
        ("Người mượn xuất trình thẻ.\nNgười mượn ký sổ.", "Quy định. Xã Pa Vây. Điều 1."),
        ("Không cho mượn từ điển.\nBảng này do máy đọc.", "Quy định. Xã Pa Vây. Điều 2."),
    ]


@given(LINES)
def test_each_line_is_found_where_it_stands(lines: list[str | Line]) -> None:
    """By hand: the places of every line, one after another, against `section_at`; written and read, nothing changes."""
    made = article("a", lines, "a.txt", title="Tên")
    at = 0
    for line in lines:
        text = line if isinstance(line, str) else line.text
        found = made.section_at(at)
        where = (found.page, found.path, found.recognised) if found else (None, (), None)
        said = (None, (), None) if isinstance(line, str) else (line.page, line.path, line.recognised)
        assert where == said
        at += len(text) + 1
    assert read_articles(write_articles([made])) == (made,)


@pytest.mark.parametrize("place", [-1, 4, 99])
def test_outside_of_every_section_is_none(place: int) -> None:
    """Before, between and behind them."""
    made = Article("a", "Tên", "abc\ndef", sections=(Section(0, 3, 1), Section(4, 7, 2)))
    assert (made.section_at(place) is None) == (place != 4)
    assert made.section_at(3) is None
