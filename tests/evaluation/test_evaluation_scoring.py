"""What an outcome is worth, case by case; the wanted values are worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from partyqa.evaluation.comparison import compare_with
from partyqa.evaluation.datasets.base import Case, Dataset, place_quote
from partyqa.evaluation.metrics.rankings import Measure
from partyqa.evaluation.runner import Outcome, run
from partyqa.evaluation.scoring import CaseScorer, Row, Stage
from partyqa.evaluation.summary import Summary, summarise
from partyqa.text.sentences import sentence_spans
from partyqa.types import Answer, Article, Citation, Hit, Passage, Question, Sentence

ANG = Article("ang", "Mường Ảng", "Huyện có 396 đảng viên. Năm 2016 kết nạp 74 người. Chi bộ có 9 đảng viên.")
LAT = Article("lat", "Mường Lát", "Huyện có 1.200 đảng viên. Bí thư là ông Hà. Xã có chi bộ.")
SENTENCES = {
    article.id: [Sentence(article, *span) for span in sentence_spans(article.text)] for article in (ANG, LAT)
}
# Two passages an article, the middle sentence in both.
PASSAGES = [
    Passage(sentences[0].article, tuple(part))
    for sentences in SENTENCES.values()
    for part in (sentences[:2], sentences[1:])
]
MEASURES = [Measure.parse(name) for name in ("Success@1", "R@2", "nDCG@2", "R@10")]


def case(key: str = "q", *gold: tuple[Article, str], all_needed: bool = False, **more: object) -> Case:
    return Case(
        question=Question(key, (f"Hỏi {key}?",), tuple((article.id, quote) for article, quote in gold)),
        relevant={article.id: 1 for article, _ in gold},
        spans=tuple(place_quote(article.text, quote) for article, quote in gold),
        needs_all=all_needed,
        **more,  # type: ignore[arg-type]
    )


def answer(
    cited: Sequence[Sentence] = (),
    related: Sequence[Sentence] = (),
    confidence: float = 0.5,
    highlight: tuple[int, int] | None = None,
) -> Answer:
    cite = [Citation(number, sentence, highlight) for number, sentence in enumerate(cited, 1)]
    near = [Citation(number, sentence) for number, sentence in enumerate(related, 1)]
    return Answer("?", "?", "", tuple(cite), confidence, tuple(near), {"total": 2.0})


def hits(*numbers: int) -> tuple[Hit, ...]:
    return tuple(Hit(PASSAGES[number], 1.0 - place / 10) for place, number in enumerate(numbers))


def dataset(*cases: Case) -> Dataset:
    return Dataset("d", Path("d.jsonl"), (ANG, LAT), cases)


def score(outcome: Outcome) -> Row:
    return CaseScorer(dataset(outcome.case), PASSAGES, MEASURES).score(outcome)


A1, A2, A3 = SENTENCES["ang"]
L1, L2, L3 = SENTENCES["lat"]
FACT = case("q", (ANG, "74 người"), answers=("74", "74 người"))


def test_a_right_first_citation() -> None:
    start = A2.text.index("74")
    row = score(Outcome(FACT, answer([A2, L1], highlight=(start, start + 2)), hits(2, 0, 1, 3)))
    assert row.stage is Stage.RIGHT
    assert row.correct
    # Passages 0 and 1 hold the gold sentence and stand at ranks 2 and 3; of the articles "ang" is second.
    assert row.qrels == {PASSAGES[0].id: 1, PASSAGES[1].id: 1}
    ideal, got = 1 + 0.6309297535714575, 0.6309297535714575
    assert dict(row.values) == pytest.approx(
        {
            "Success@1": 0.0,
            "R@2": 1.0,
            "nDCG@2": got,
            "passage:Success@1": 0.0,
            "passage:R@2": 0.5,
            "passage:nDCG@2": got / ideal,
            "hit@1": 1.0,
            "hit@3": 1.0,
            "complete": 1.0,
            "false refusals": 0.0,
            "citation precision": 0.5,
            "EM": 1.0,
            "F1": 1.0,
        }
    )  # R@10 looks deeper than two articles and four passages, and is left out


def test_a_later_citation_counts_in_hit_3_alone() -> None:
    row = score(Outcome(FACT, answer([L1, L2, A2]), hits(0)))
    assert row.stage is Stage.LATER
    assert not row.correct
    assert (row.values["hit@1"], row.values["hit@3"], row.values["citation precision"]) == (0, 1, 1 / 3)
    assert (row.values["EM"], row.values["F1"]) == (0, 0)  # nothing is highlighted


def test_a_fourth_citation_is_not_looked_at() -> None:
    row = score(Outcome(FACT, answer([L1, L2, L3, A2]), hits(0)))
    assert row.values["hit@3"] == 0


def test_a_sentence_elsewhere_in_the_right_article_is_wrong() -> None:
    row = score(Outcome(FACT, answer([A1]), hits(0)))
    assert row.stage is Stage.NOT_CHOSEN
    assert row.values["hit@3"] == 0


def test_the_same_words_in_another_article_are_wrong() -> None:
    both = case("q", (ANG, "Huyện có"))
    assert score(Outcome(both, answer([L1]), hits(0))).values["hit@1"] == 0
    assert score(Outcome(both, answer([A1]), hits(0))).values["hit@1"] == 1


def test_what_was_not_found_cannot_be_chosen() -> None:
    assert score(Outcome(FACT, answer([L1]), hits(2, 3))).stage is Stage.NOT_FOUND


def test_a_refusal_with_the_right_sentence_in_hand() -> None:
    row = score(Outcome(FACT, answer(related=[A2, A1], confidence=0.2), hits(0)))
    assert row.stage is Stage.REFUSED
    assert row.correct  # the sentence was right, the confidence too low
    assert (row.values["hit@1"], row.values["hit@3"], row.values["complete"]) == (0, 0, 0)
    assert (row.values["false refusals"], row.values["refusal precision"]) == (1, 0)
    assert "citation precision" not in row.values


def test_unanswerable_questions_are_in_no_mean_of_recall() -> None:
    refused = score(Outcome(case(), answer(related=[A1]), hits(0)))
    assert dict(refused.values) == {"refusal recall": 1, "false answers": 0, "refusal precision": 1}
    assert refused.stage is Stage.REFUSED_RIGHTLY
    answered = score(Outcome(case(), answer([A1]), hits(0)))
    assert dict(answered.values) == {"refusal recall": 0, "false answers": 1, "citation precision": 0}
    assert answered.stage is Stage.FALSE_ANSWER
    assert not answered.correct


def test_a_failed_question_is_wrong_in_everything_it_has_a_part_in() -> None:
    row = score(Outcome(FACT, None, error="ValueError: x"))
    assert row.stage is Stage.FAILED
    assert {name for name, value in row.values.items() if value} == {"false refusals"}
    assert row.values.keys() >= {"hit@1", "complete", "nDCG@2", "passage:R@2", "EM", "citation precision"}
    lost = score(Outcome(case(), None, error="x"))
    assert dict(lost.values) == {"refusal recall": 0, "false answers": 1, "citation precision": 0}


def test_complete_asks_for_every_quote_where_all_are_needed_and_for_one_where_not() -> None:
    gold = [(ANG, "396 đảng viên"), (LAT, "1.200 đảng viên")]
    need, any_will_do = case("q", *gold, all_needed=True), case("q", *gold)
    for cited, both, one in ([[A1, L1], 1, 1], [[A1, A2], 0, 1], [[A2], 0, 0]):
        assert score(Outcome(need, answer(cited), hits(0))).values["complete"] == both
        assert score(Outcome(any_will_do, answer(cited), hits(0))).values["complete"] == one


def test_a_quote_that_stands_twice_may_be_cited_at_either_place() -> None:
    twice = case("q", (ANG, "đảng viên"))
    assert score(Outcome(twice, answer([A3]), hits(1))).values["complete"] == 1


@pytest.mark.parametrize(
    ("sentence", "highlight", "wrong"),
    [
        (A1, None, 0),
        (A1, (0, 5), 0),
        (A1, (0, len(A1.text) + 1), 1),
        (A1, (5, 5), 1),
        (Sentence(replace(ANG, text=ANG.text.replace("396", "397")), A1.start, A1.end), None, 1),
        (Sentence(replace(ANG, text=" " + ANG.text), A1.start, A1.end), None, 1),
        (Sentence(replace(ANG, id="other"), A1.start, A1.end), None, 1),
        (Sentence(ANG, 0, len(ANG.text) + 1), None, 1),
    ],
)
def test_a_quote_is_checked_against_the_datasets_own_copy(
    sentence: Sentence, highlight: tuple[int, int] | None, wrong: int
) -> None:
    row = score(Outcome(FACT, answer([sentence, A2], highlight=highlight), hits(0)))
    assert row.quotes == 2
    other = highlight is not None and not 0 <= highlight[0] < highlight[1] <= len(A2.text)
    assert row.misquotes == wrong + other


def test_the_sentence_picked_is_judged_by_the_datasets_own_sentences() -> None:
    breaks = {"ang": ((0, 23), (24, 50), (51, len(ANG.text))), "lat": ()}
    own = replace(dataset(FACT), sentences=breaks)
    scorer = CaseScorer(own, PASSAGES, MEASURES)
    assert scorer.score(Outcome(FACT, answer([A2]), hits(0))).values["sentence@1"] == 1
    # Two of their sentences in one of ours: the one that it covers most counts, which is the wrong one.
    wide = Sentence(ANG, A2.end - 3, A3.end)
    row = scorer.score(Outcome(FACT, answer([wide]), hits(0)))
    assert (row.values["hit@1"], row.values["sentence@1"]) == (1, 0)
    assert scorer.score(Outcome(FACT, answer([L1]), hits(0))).values["sentence@1"] == 0
    assert scorer.score(Outcome(FACT, None, error="x")).values["sentence@1"] == 0


def test_a_question_of_one_paragraph_alone_ranks_nothing() -> None:
    scoped = replace(FACT, scope="ang")
    row = score(Outcome(scoped, answer([A1])))
    assert not [name for name in row.values if "@" in name and not name.startswith("hit")]
    assert row.stage is Stage.NOT_CHOSEN


class Scripted:
    """A system that says what it was told to say, and can fail or hang."""

    passages = PASSAGES

    def __init__(self, answers: dict[str, Answer | Exception | float]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, tuple[str, ...], str]] = []

    def ask(self, question: str, turns: Sequence[str], scope: str) -> Answer:
        import time

        self.asked.append((question, tuple(turns), scope))
        value = self.answers[question]
        if isinstance(value, Exception):
            raise value
        if isinstance(value, float):
            time.sleep(value)
            return answer([A1])
        return replace(value, question=question, standalone_question=question)

    def search(self, question: str, k: int) -> list[Hit]:
        return list(hits(0, 1, 2, 3))[:k]


def test_every_question_is_asked_whatever_becomes_of_the_others() -> None:
    cases = [replace(FACT, question=Question(str(n), (f"{n}",), FACT.question.gold)) for n in range(5)]
    system = Scripted(
        {"0": answer([A2]), "1": ValueError("hỏng"), "2": 5.0, "3": TimeoutError("mạng"), "4": answer([A2])}
    )
    seen: list[tuple[int, int]] = []
    outcomes = run(system, dataset(*cases), 3, timeout=0.3, progress=lambda *count: seen.append(count))
    assert [outcome.error for outcome in outcomes] == [
        "",
        "ValueError: hỏng",
        "no answer after 0.3 s",
        "TimeoutError: mạng",
        "",
    ]
    assert [outcome.answer is None for outcome in outcomes] == [False, True, True, True, False]
    assert [len(outcome.hits) for outcome in outcomes] == [3, 0, 0, 0, 3]
    assert seen == [(n, 5) for n in range(1, 6)]


def test_the_last_turn_is_the_question_and_a_scope_is_passed_on() -> None:
    system = Scripted({"Còn Mường Lát?": answer([A2])})
    turns = ("Mường Ảng có bao nhiêu?", "Còn Mường Lát?")
    follow = replace(FACT, question=Question("f", turns, FACT.question.gold), scope="ang")
    (outcome,) = run(system, dataset(follow), 3)
    assert system.asked == [("Còn Mường Lát?", ("Mường Ảng có bao nhiêu?",), "ang")]
    assert outcome.hits == ()


def test_a_system_that_returns_a_passage_twice_has_failed() -> None:
    system = Scripted({"Hỏi q?": answer([A2])})
    system.search = lambda question, k: [*hits(0), *hits(0)]  # type: ignore[method-assign]
    assert run(system, dataset(FACT), 3)[0].error == "ValueError: the system returned one passage twice"


def summary_of(*outcomes: Outcome) -> Summary:
    whole = dataset(*(outcome.case for outcome in outcomes))
    scorer = CaseScorer(whole, PASSAGES, MEASURES)
    return summarise(whole, "full", [scorer.score(outcome) for outcome in outcomes])


def named(key: str, base: Case = FACT, **change: object) -> Case:
    return replace(base, question=replace(base.question, id=key), **change)  # type: ignore[arg-type]


def test_a_summary_counts_means_slices_stages_and_times() -> None:
    summary = summary_of(
        Outcome(named("1", kind="fact"), answer([A2], confidence=0.9), hits(0)),
        Outcome(named("2", kind="fact"), answer([L1], confidence=0.7), hits(0)),
        Outcome(named("3", case(), kind="none"), answer(related=[A1], confidence=0.1), hits(0)),
        Outcome(named("4", kind="who"), None, error="ValueError: x"),
    )
    report = summary.to_json()
    assert (report["dataset"], report["system"], report["n"]) == ("d", "full", 4)
    assert report["measures"]["hit@1"]["mean"] == pytest.approx(1 / 3)
    assert report["measures"]["hit@1"]["n"] == 3
    assert report["measures"]["refusal recall"] == {"mean": 1.0, "low": 1.0, "high": 1.0, "n": 1}
    assert report["kinds"]["fact"]["hit@1"]["mean"] == 0.5
    assert set(report["kinds"]) == {"fact", "who", "none"}
    assert report["stages"] == {"right": 1, "not chosen": 1, "refused rightly": 1, "failed": 1}
    assert report["timings_ms"] == {"total": {"median": 2.0, "p95": 2.0}}
    assert report["failed"] == {"4": "ValueError: x"}
    assert report["questions"]["2"]["hit@1"] == 0.0
    assert (report["misquotes"], report["quotes"]) == (0, 3)
    # Confidences .9 right, .7 wrong, .1 and none wrong: gaps .1, .7, .1 of three; risks 0, 1/2, 2/3, 3/4.
    assert report["measures"]["ECE"]["mean"] == pytest.approx((0.1 + 0.7 + 0.1) / 3)
    assert report["measures"]["AURC"]["mean"] == pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4) / 4)
    assert report["measures"]["AUROC"]["mean"] == 1.0


def compared(before: Sequence[bool], after: Sequence[bool], **change: object) -> object:
    def made(rights: Sequence[bool]) -> Summary:
        return summary_of(
            *(
                Outcome(named(str(number)), answer([A2 if right else A1]), hits(0))
                for number, right in enumerate(rights)
            )
        )

    return compare_with([made(before).to_json() | change], [made(after)])[0]


def test_a_real_fall_closes_the_gate_and_names_the_questions() -> None:
    comparison = compared([True] * 40, [True] * 32 + [False] * 8)
    assert not comparison.passed
    assert comparison.fallen == ("hit@1", "hit@3", "complete")
    pair = comparison.measures["hit@1"]
    assert (pair.wins, pair.losses, pair.ties) == (0, 8, 32)
    assert {change.question for change in comparison.changes} == {str(number) for number in range(32, 40)}
    assert comparison.changes[0].before == 1.0
    assert comparison.changes[0].after == 0.0


def test_a_fall_within_its_interval_passes() -> None:
    comparison = compared([True] * 20 + [False] * 20, [False] * 2 + [True] * 19 + [False] * 19)
    assert comparison.passed
    assert (comparison.measures["hit@1"].wins, comparison.measures["hit@1"].losses) == (1, 2)


def test_a_measure_of_which_less_is_better_falls_when_it_rises() -> None:
    before = summary_of(*(Outcome(named(str(n)), answer([A2]), hits(0)) for n in range(30)))
    after = summary_of(*(Outcome(named(str(n)), answer(related=[A2]), hits(0)) for n in range(30)))
    comparison = compare_with([before.to_json()], [after])[0]
    assert "false refusals" in comparison.fallen
    assert comparison.measures["false refusals"].losses == 30
    assert "false refusals" not in compare_with([after.to_json()], [before])[0].fallen


def test_any_misquote_closes_the_gate() -> None:
    wrong = Sentence(replace(ANG, text=ANG.text.replace("74", "75")), A2.start, A2.end)
    before = summary_of(Outcome(FACT, answer([A2]), hits(0)))
    after = summary_of(Outcome(FACT, answer([wrong]), hits(0)))
    assert compare_with([before.to_json()], [after])[0].fallen == ("misquotes",)


def test_questions_that_come_and_go_are_counted() -> None:
    before = summary_of(*(Outcome(named(key), answer([A2]), hits(0)) for key in "abc"))
    after = summary_of(*(Outcome(named(key), answer([A2]), hits(0)) for key in "bcde"))
    comparison = compare_with([before.to_json()], [after])[0]
    assert (comparison.only_before, comparison.only_after) == (1, 2)
    assert comparison.measures["hit@1"].ties == 2
