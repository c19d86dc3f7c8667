"""What people say of answers, and the questions that `partyqa evaluate` makes of it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import Done
from toy import ToyEncoder, toy_articles

from partyqa.engine import PartyQA
from partyqa.errors import DatasetError, QuestionError
from partyqa.evaluation.datasets.loading import load_dataset
from partyqa.evaluation.suite import evaluate
from partyqa.index.index import Index, build_index
from partyqa.service.conversations.feedback import FeedbackStore
from partyqa.service.conversations.feedback_dataset import Export
from partyqa.service.db.database import Database
from partyqa.types import Article, Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUESTION = "Mường Tè có mấy chi bộ?"
CHI_BO, BAN = ("a/1", "Mường Tè có 12 chi bộ."), ("a/2", "Toàn huyện có 40 bản.")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(str(tmp_path / "a.db"))
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> FeedbackStore:
    return FeedbackStore(database)


def answer(*gold: tuple[str, str], question: str = QUESTION) -> dict[str, Any]:
    return {
        "question": question,
        "citations": [{"article_id": article_id, "quote": quote} for article_id, quote in gold],
    }


def gold_of(*gold: tuple[str, str]) -> list[dict[str, str]]:
    return [{"article": article_id, "quote": quote} for article_id, quote in gold]


def counts(export: Export) -> tuple[int, int, int, int]:
    """How many rows there are, and how many are disputed, narrowed and changed."""
    return len(export.rows), export.disputed, export.narrowed, export.changed


def test_a_right_answer_becomes_a_row(store: FeedbackStore) -> None:
    store.give("p", answer(CHI_BO, BAN, CHI_BO), ["Chào bạn", "  "], "right", "đúng rồi")
    (row,) = store.export().rows
    assert row.pop("id").startswith("feedback-")
    assert row == {
        "kind": "feedback",
        "split": "",
        "turns": ["Chào bạn", QUESTION],
        "gold": gold_of(CHI_BO, BAN),
        "answers": [],
        "all": False,
    }


def test_nothing_in_a_row_says_whose_it_is(store: FeedbackStore) -> None:
    store.give("người-hỏi-7", answer(CHI_BO), [], "right", at=NOON)
    store.give("người-hỏi-7", answer(BAN), [], "wrong", at=NOON)
    for verdict in Verdict:
        assert "người-hỏi" not in json.dumps(store.export(verdict).rows, ensure_ascii=False)


def test_a_changed_mind_replaces_the_first_word(store: FeedbackStore) -> None:
    first = store.give("p", answer(CHI_BO), [], "right", "hay", at=NOON)
    assert (first.verdict, first.word) == ("right", "hay")
    store.give("p", answer(CHI_BO), [], "incomplete", " thiếu\x00 năm ", at=NOON + timedelta(1))
    found = store.given("p", answer(CHI_BO), [])
    assert found is not None
    assert (found.verdict, found.word, found.given) == ("incomplete", "thiếu năm", NOON + timedelta(1))
    assert counts(store.export()) == (0, 0, 0, 0)
    assert [row["words"] for row in store.export(Verdict.INCOMPLETE).rows] == [["thiếu năm"]]


def test_each_answer_each_person_and_each_way_of_asking_has_its_own_word(store: FeedbackStore) -> None:
    store.give("p", answer(CHI_BO), [], "right")
    others = [
        store.given("q", answer(CHI_BO), []),
        store.given("p", answer(BAN), []),
        store.given("p", answer(), []),
        store.given("p", answer(CHI_BO, question="Khác?"), []),
        store.given("p", answer(CHI_BO), ["Trước đó?"]),
    ]
    assert others == [None] * 5
    retimed = answer(CHI_BO) | {"timings_ms": {"total": 3.5}, "confidence": 0.5}
    found = store.given("p", retimed, [])
    assert found is not None and found.verdict == "right"


@pytest.mark.parametrize("doubt", ["wrong", "incomplete"])
def test_an_answer_that_somebody_doubts_has_no_gold(store: FeedbackStore, doubt: str) -> None:
    for person in ("p", "q"):
        store.give(person, answer(CHI_BO), [], "right")
    assert counts(store.export()) == (1, 0, 0, 0)
    store.give("r", answer(CHI_BO), [], doubt)
    assert counts(store.export()) == (0, 1, 0, 0)
    store.give("p", answer(BAN), [], "right")  # another answer to the same question, doubted by nobody
    assert [row["gold"] for row in store.export().rows] == [gold_of(BAN)]


def test_a_question_is_one_row_whatever_was_answered(store: FeedbackStore) -> None:
    store.give("p", answer(), [], "right", at=NOON)
    (refused,) = store.export().rows
    assert refused["gold"] == []  # the articles did not tell
    store.give("q", answer(CHI_BO), [], "right", at=NOON + timedelta(1))
    store.give("r", answer(BAN, CHI_BO), [], "right", at=NOON + timedelta(2))
    store.give("p", answer(BAN, question="Có mấy bản?"), [QUESTION], "right", at=NOON + timedelta(3))
    rows = store.export().rows
    assert [(row["turns"], row["gold"]) for row in rows] == [
        ([QUESTION], gold_of(CHI_BO, BAN)),
        ([QUESTION, "Có mấy bản?"], gold_of(BAN)),
    ]
    assert rows[0]["id"] == refused["id"] != rows[1]["id"]


def test_what_was_asked_of_a_part_of_the_articles_is_no_question_for_all(store: FeedbackStore) -> None:
    store.give("p", answer(), [], "right", narrowed=True)
    assert counts(store.export()) == (0, 0, 1, 0)
    found = store.given("p", answer(), [])
    assert found is not None and found.narrowed
    store.give("q", answer(), [], "right")  # who asked all articles was refused as well
    assert [row["gold"] for row in store.export().rows] == [[]]
    store.give("p", answer(CHI_BO), [], "right")
    assert [row["gold"] for row in store.export().rows] == [gold_of(CHI_BO)]


def test_a_quote_that_is_gone_from_the_articles_is_gold_no_more(store: FeedbackStore) -> None:
    store.give("p", answer(CHI_BO, BAN), [], "right")
    store.give("p", answer(BAN, question="Có mấy bản?"), [], "right")
    store.give("p", answer(question="Ai là bí thư?"), [], "right")
    now = [Article("a/1", "", f"Mở đầu. {CHI_BO[1]} Hết."), Article("a/2", "", "Toàn huyện có 41 bản.")]
    exported = store.export(articles=now)
    assert [(row["turns"], row["gold"]) for row in exported.rows] == [
        ([QUESTION], gold_of(CHI_BO)),
        (["Ai là bí thư?"], []),
    ]
    assert counts(exported) == (2, 0, 0, 1)


def test_small_talk_is_no_question(store: FeedbackStore) -> None:
    for verdict in ("right", "wrong"):
        store.give(verdict, answer(question="Xin chào!"), [], verdict)
    assert [store.export(verdict).rows for verdict in Verdict] == [()] * 3


def test_other_verdicts_wait_for_a_person(store: FeedbackStore) -> None:
    store.give("p", answer(CHI_BO), [], "wrong", "năm khác")
    store.give("q", answer(BAN), [], "wrong", "")
    store.give("r", answer(BAN), [], "wrong", "năm khác")
    store.give("r", answer(), [], "incomplete", "có mà")
    (wrong,), (incomplete,) = (store.export(v).rows for v in (Verdict.WRONG, Verdict.INCOMPLETE))
    assert wrong.pop("id") == incomplete.pop("id")
    common = {"kind": "feedback", "split": "", "turns": [QUESTION], "gold": None, "narrowed": False}
    told = {"verdict": "wrong", "cited": gold_of(CHI_BO, BAN), "words": ["năm khác"]}
    assert wrong == {**common, **told}
    assert incomplete == {**common, "verdict": "incomplete", "cited": [], "words": ["có mà"]}


@pytest.mark.parametrize(
    "answer_json",
    [
        {},
        {"question": "?", "citations": [{"quote": "x"}]},
        {"question": "?", "citations": 3},
        {"question": "?", "citations": ["x"]},
        {"question": " ", "citations": []},
        {"question": "?", "citations": [], "confidence": float("nan")},
        {"question": "?", "citations": [], "x": {1, 2}},
    ],
)
def test_what_is_no_answer_is_refused(store: FeedbackStore, answer_json: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match="không phải câu trả lời"):
        store.give("p", answer_json, [], "right")


def test_what_is_no_verdict_and_what_is_too_long_is_refused(store: FeedbackStore) -> None:
    with pytest.raises(QuestionError, match="right, wrong, incomplete"):
        store.give("p", answer(), [], "Right")
    with pytest.raises(QuestionError, match="2000"):
        store.give("p", answer(), [], "right", "x" * 2001)
    store.give("p", answer(), [], "right", "x" * 2000)
    assert counts(store.export()) == (1, 0, 0, 0)


ARTICLES = toy_articles(4, seed=5, sentences=8)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number, article in enumerate(ARTICLES):
        (folder / f"a{number}.md").write_text(f"---\ntitle: {article.title}\n---\n{article.text}\n", "utf-8")
    return folder


@pytest.fixture
def judged(store: FeedbackStore, tmp_path: Path, corpus: Path) -> FeedbackStore:
    """What a person said of answers that the system gave: two with quotes, one refusal, each verdict once."""
    from partyqa.corpus.loading import read_corpus

    build_index(tmp_path / "index", read_corpus(corpus), ToyEncoder())
    engine = PartyQA.compose(Index.load(tmp_path / "index"), ToyEncoder())
    quotes = [article.text.split(". ")[2] for article in ARTICLES]
    asked = [engine.to_json(engine.ask(f"{quote} phải không?")) for quote in quotes[:3]]
    refused = engine.to_json(engine.ask("Giá vé máy bay đi Pa-ri hôm nay?"))
    assert [bool(one["citations"]) for one in (*asked, refused)] == [True, True, True, False]
    for one, verdict in zip((*asked, refused), ("right", "wrong", "incomplete", "right"), strict=True):
        store.give("p", one, [], verdict, "một lời", at=NOON)
    return store


def test_evaluate_reads_the_export_as_it_is(
    judged: FeedbackStore,
    database: Database,
    corpus: Path,
    tmp_path: Path,
    call: Callable[..., Done],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PARTYQA_CACHE", str(tmp_path / "cache"))
    file, name = tmp_path / "out" / "judged.jsonl", str(tmp_path / "a.db")
    file.parent.mkdir()
    done = call("feedback", "export", "--database", name, "--out", file)
    assert (done.code, done.out, done.err) == (0, "", "2 câu hỏi có câu trả lời đúng.\n")
    dataset = load_dataset(file)
    assert [len(case.question.gold) > 0 for case in dataset.cases] == [True, False]
    (summary,) = evaluate([file], systems=["fused"], encoder=ToyEncoder()).summaries
    found = {name: summary.measures[name].mean for name in ("hit@1", "complete", "refusal recall")}
    # The system that was judged right is right by its own judgement.
    assert found == {"hit@1": 1.0, "complete": 1.0, "refusal recall": 1.0}
    assert not summary.failed
    on_stdout = call("feedback", "export", "--database", name, "--corpus", corpus)
    assert on_stdout.out == file.read_text("utf-8")
    assert on_stdout.out.count("\n") == 2


def test_evaluate_refuses_a_row_until_a_person_has_finished_it(
    judged: FeedbackStore, corpus: Path, tmp_path: Path, call: Callable[..., Done]
) -> None:
    file = tmp_path / "out" / "wrong.jsonl"
    file.parent.mkdir()
    done = call(
        "feedback",
        "export",
        "--database",
        tmp_path / "a.db",
        "--verdict",
        "wrong",
        "--out",
        file,
        "--lang",
        "en",
    )
    assert (done.code, done.err) == (0, "Questions with a wrong answer: 1.\n")
    with pytest.raises(DatasetError, match="gold"):
        load_dataset(file)
    row = json.loads(file.read_text("utf-8"))
    assert row["gold"] is None and row["words"] == ["một lời"]
    file.write_text(json.dumps({**row, "gold": row["cited"][:1]}), "utf-8")
    (case,) = load_dataset(file).cases
    assert case.question.gold == ((row["cited"][0]["article"], row["cited"][0]["quote"]),)


def test_the_command_tells_what_it_left_out_and_what_is_wrong(
    store: FeedbackStore, corpus: Path, tmp_path: Path, call: Callable[..., Done]
) -> None:
    store.give("p", answer(CHI_BO), [], "right")
    store.give("q", answer(CHI_BO), [], "wrong")
    store.give("p", answer(BAN, question="Có mấy bản?"), [], "right")
    store.give("p", answer(question="Ở huyện nào?"), [], "right", narrowed=True)
    name = tmp_path / "a.db"
    done = call("feedback", "export", "--database", name, "--corpus", corpus)
    assert (done.code, done.out) == (0, "")
    assert done.err == (
        "0 câu hỏi có câu trả lời đúng; bỏ qua 1 câu có người cho là sai hoặc thiếu; "
        "bỏ qua 1 câu được hỏi khi đang lọc; bỏ qua 1 câu có câu trích không còn trong kho.\n"
    )
    said = call("feedback", "export", "--database", name, "--out", tmp_path).complaint(2)
    assert "--out" in said and str(tmp_path) in said
    assert "PARTYQA_DATABASE" in call("feedback", "export", "--database", "sqlite://").complaint(2)
