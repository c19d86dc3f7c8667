"""What is cited of the sentences considered: one, both sides, a whole list in order, two dates."""

from dataclasses import fields, replace
from datetime import date

import pytest
from toy import sentence_view

from partyqa.answer.asked import Asked
from partyqa.answer.features import Evidence
from partyqa.answer.ranking import Candidate, Considered
from partyqa.answer.selection import cited, enumeration, two_dates
from partyqa.question.query import understand
from partyqa.text.sentences import sentence_spans
from partyqa.types import Article, Sentence

NOTHING = Evidence(**{field.name: 0.0 for field in fields(Evidence)})

TASKS = (
    "Hội nghị họp sáng 5/3. Đảng bộ đề ra ba nhiệm vụ sau đây:\n"
    "Một là, mở 14 lớp học. Hai là, kết nạp 50 đảng viên. Ba là, sắp xếp 9 cơ quan.\n"
    "Hội nghị kết thúc buổi chiều."
)


def considered(question: str, text: str, first: str, **evidence: float) -> Considered:
    """Every sentence of `text`; the one that begins with `first` comes first, the rest in their order."""
    article = Article("a", "Bài", text)
    found = [
        Candidate(sentence_view(Sentence(article, *span)), replace(NOTHING, names=1.0, **evidence), 1.0)
        for span in sentence_spans(text)
    ]
    ranked = sorted(found, key=lambda one: not one.sentence.text.startswith(first))
    scored = [replace(one, score=1.0 - number / 10) for number, one in enumerate(ranked)]
    return Considered(Asked(understand(question), {}, {}), tuple(scored))


def starts(candidates: list[Candidate]) -> list[str]:
    return [" ".join(one.sentence.text.split()[:2]) for one in candidates]


@pytest.mark.parametrize("first", ["Đảng bộ đề ra", "Một là", "Hai là", "Ba là"])
def test_a_list_is_cited_whole_and_in_order(first: str) -> None:
    found = enumeration(considered("Đảng bộ đề ra những nhiệm vụ nào?", TASKS, first))
    assert starts(found) == ["Đảng bộ", "Một là,", "Hai là,", "Ba là,"]


def test_a_sentence_outside_the_list_brings_no_list() -> None:
    assert enumeration(considered("Hội nghị có những gì?", TASKS, "Hội nghị họp")) == []


def test_a_question_for_one_thing_is_not_answered_with_a_list() -> None:
    asked = considered("Đảng bộ mở bao nhiêu lớp học?", TASKS, "Một là")
    assert enumeration(asked) == []
    assert starts(cited(asked, 0.0)) == ["Một là,"]


@pytest.mark.parametrize("mark", ["- ", "+ ", "• "])
def test_dashes_are_items(mark: str) -> None:
    text = f"Có các hạn chế:\n{mark}Sinh hoạt chưa đều.\n{mark}Tự phê bình yếu.\n{mark}Thiếu cán bộ."
    found = enumeration(considered("Có những hạn chế nào?", text, f"{mark.strip()} Tự".strip()))
    assert len(found) == 4
    assert [one.sentence.start for one in found] == sorted(one.sentence.start for one in found)


YEARS = (
    "Năm 2007, toàn Đảng bộ có 1.115 đảng viên. Năm 2016, toàn Đảng bộ có 2.128 đảng viên. "
    "Năm 2016 có 30 đồng chí nghỉ hưu."
)


@pytest.mark.parametrize("first", ["Năm 2007", "Năm 2016, toàn"])
def test_two_figures_for_one_thing_are_shown_the_later_first(first: str) -> None:
    found = two_dates(considered("Đảng bộ có bao nhiêu đảng viên?", YEARS, first), 0.5)
    assert [one.sentence.text for one in found] == [
        "Năm 2016, toàn Đảng bộ có 2.128 đảng viên.",
        "Năm 2007, toàn Đảng bộ có 1.115 đảng viên.",
    ]


def test_a_year_in_the_question_decides_itself() -> None:
    assert two_dates(considered("Năm 2016 Đảng bộ có bao nhiêu đảng viên?", YEARS, "Năm 2016"), 0.5) == []


def dated(question: str, *told: tuple[str, date]) -> Considered:
    """A sentence of each of as many articles, by date alone told apart; the first comes first."""
    ranked = tuple(
        Candidate(
            sentence_view(Sentence(Article(f"bai-{number}", "Bài", text, published=day), 0, len(text))),
            replace(NOTHING, names=1.0),
            1.0 - number / 10,
        )
        for number, (text, day) in enumerate(told)
    )
    return Considered(Asked(understand(question), {}, {}), ranked)


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        (
            "Hợp tác xã hiện có bao nhiêu thành viên?",
            "Hợp tác xã có 41 thành viên.",
            "Hợp tác xã có 57 thành viên.",
        ),
        ("Ai là Giám đốc Sở Y tế?", "Giám đốc Sở Y tế là Lò Văn Sinh.", "Giám đốc Sở Y tế là Hà Thị Mận."),
    ],
)
def test_a_time_that_only_the_articles_date_gives_counts_too(question: str, old: str, new: str) -> None:
    then, now = (old, date(2018, 3, 1)), (new, date(2021, 9, 2))
    for told in ((then, now), (now, then)):
        found = two_dates(dated(question, *told), 0.5)
        assert [one.sentence.text for one in found] == [new, old]
    assert two_dates(dated(question, then, (old, date(2021, 9, 2))), 0.5) == [], "nothing changed"
    assert two_dates(dated(question, then, (new, date(2018, 5, 5))), 0.5) == [], "one year"


def test_a_figure_far_behind_is_another_matter() -> None:
    asked = considered("Đảng bộ có bao nhiêu đảng viên?", YEARS, "Năm 2016")
    low = tuple(
        replace(one, score=-9.0) if one.sentence.text.startswith("Năm 2007") else one for one in asked.ranked
    )
    assert two_dates(replace(asked, ranked=low), 0.5) == []


def test_no_more_than_three_are_cited_without_a_list() -> None:
    text = " ".join(f"Việc {word} rất tốt." for word in ("một", "hai", "ba", "bốn", "năm"))
    assert len(cited(considered("Có gì tốt?", text, "Việc một"), 100.0)) == 3
    assert len(cited(considered("Có gì tốt?", text, "Việc một"), 0.15)) == 2
