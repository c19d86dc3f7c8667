"""The same questions typed otherwise: only the questions change, and every measure is paired."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from commands import Done
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA
from rich.console import Console
from toy import ToyEncoder, toy_articles

from partyqa.errors import DatasetError
from partyqa.evaluation.comparison import against_written
from partyqa.evaluation.datasets.base import Case, Dataset
from partyqa.evaluation.options import Typed
from partyqa.evaluation.perturbation import retyped, slips, type_as
from partyqa.evaluation.reports.html import report_page
from partyqa.evaluation.reports.markdown import markdown_report
from partyqa.evaluation.reports.terminal import terminal_report
from partyqa.evaluation.runner import Outcome
from partyqa.evaluation.scoring import Row
from partyqa.evaluation.statistics import compare
from partyqa.evaluation.suite import Evaluation, evaluate, write_report
from partyqa.evaluation.summary import Summary, summarise
from partyqa.i18n import message
from partyqa.types import Article, Question

OLD = message("evaluation.note_no_document", n=7)

pytestmark = pytest.mark.slow

ASKED = "Đảng bộ Mường Ảng năm 2020 (NQ 05-CT/TW) giảm 62,5 % hay ba xã?"


def case(key: str, *turns: str) -> Case:
    return Case(
        question=Question(key, turns, (("a", "Hai xã."),)),
        relevant={"a": 1},
        spans=(((0, 7),),),
        answers=("Hai",),
        needs_all=True,
        kind="fact",
        split="dev",
        place="Mường Ảng",
    )


def dataset(*cases: Case) -> Dataset:
    return Dataset("d", Path("d.jsonl"), (Article("a", "", "Hai xã."),), cases, notes=(OLD,))


# one question


def test_each_way_of_typing() -> None:
    assert type_as(ASKED, Typed.FLAT, "q") == (
        "dang bo muong ang nam 2020 (nq 05-ct/tw) giam 62,5 % hay ba xa?"
    )
    assert type_as(ASKED, Typed.LOWER, "q") == (
        "đảng bộ mường ảng năm 2020 (nq 05-ct/tw) giảm 62,5 % hay ba xã?"
    )
    assert type_as(ASKED, Typed.UPPER, "q") == (
        "ĐẢNG BỘ MƯỜNG ẢNG NĂM 2020 (NQ 05-CT/TW) GIẢM 62,5 % HAY BA XÃ?"
    )


def test_all_the_slips_there_can_be() -> None:
    # "bao" without its o would be three, "khóa" is no number; two letters, capitals, numbers are left alone.
    assert list(slips("Bao khóa XII, hai xã UBKT 13-KH/HU 4năm")) == [
        "Bo khóa XII, hai xã UBKT 13-KH/HU 4năm",
        "Boa khóa XII, hai xã UBKT 13-KH/HU 4năm",
        "Bao kóa XII, hai xã UBKT 13-KH/HU 4năm",
        "Bao kóha XII, hai xã UBKT 13-KH/HU 4năm",
        "Bao kha XII, hai xã UBKT 13-KH/HU 4năm",
        "Bao khaó XII, hai xã UBKT 13-KH/HU 4năm",
        "Bao khó XII, hai xã UBKT 13-KH/HU 4năm",
    ]
    assert list(slips("XÃ NÀO?")) == ["XÃ NO?", "XÃ NOÀ?", "XÃ NÀ?"]  # in capitals all over, no word is code
    assert list(slips("Ở xã ấy có 5 tỷ 3 nghìn không?")) == []
    assert type_as("Ở xã ấy?", Typed.SLIP, "q") == "Ở xã ấy?"


_WORDS = st.sampled_from(
    ["Mường", "Ảng", "chi", "bộ", "đảng", "viên", "bao", "nhiêu", "Nghị", "quyết", "xoong", "ở", "bản", "tưh"]
)
_NUMBERS = st.sampled_from(
    ["2.128", "05-CT/TW", "XII", "ba", "hai", "mươi", "nghìn", "121%", "7/6/2012", "Q1", "khoá11"]
)


@given(st.lists(_WORDS | _NUMBERS, min_size=1, max_size=9), st.text())
def test_a_slip_is_one_letter_of_one_word_and_no_number(words: list[str], seed: str) -> None:
    text = " ".join(words)
    slipped = type_as(text, Typed.SLIP, seed)
    assert slipped == type_as(text, Typed.SLIP, seed)
    after = slipped.split(" ")
    assert len(after) == len(words)
    changed = [(old, new) for old, new in zip(words, after, strict=True) if old != new]
    assert len(changed) <= 1
    for old, new in changed:
        assert OSA.distance(old, new) == 1  # a letter lost, or two neighbours swapped
        assert len(new) in (len(old), len(old) - 1)
        assert new[0] == old[0]
        assert not {old, new} & {"2.128", "05-CT/TW", "XII", "ba", "tư", "hai", "mươi", "nghìn", "Q1"}
        assert not re.search(r"\d", old + new)
    assert bool(changed) == any(len(word) > 2 and word in _SLIPPABLE for word in words)


_SLIPPABLE = {"Mường", "Ảng", "chi", "đảng", "viên", "bao", "nhiêu", "Nghị", "quyết", "xoong", "bản", "tưh"}


def test_the_seed_decides_which_slip_and_all_are_drawn() -> None:
    drawn = {type_as("Mường Ảng?", Typed.SLIP, str(seed)) for seed in range(300)}
    assert drawn == set(slips("Mường Ảng?"))
    assert len(drawn) == 4 + 3 + 2 + 1  # lost, swapped: ờ ư n g of Mường, n g of Ảng


# a whole dataset


def test_every_turn_is_typed_anew_and_what_answers_stays() -> None:
    followup = case("q1", "Mường Ảng có mấy xã?", "Ai làm Bí thư?", "Còn Mường Tè?")
    new = retyped(dataset(followup), Typed.FLAT)
    (found,) = new.cases
    assert found.question.turns == ("muong ang co may xa?", "ai lam bi thu?", "con muong te?")
    assert replace(found, question=followup.question) == followup
    assert replace(found.question, turns=followup.question.turns) == followup.question
    assert (new.typed, new.label, new.name) == (Typed.FLAT, "d.flat", "d")
    old, note = new.notes
    assert old == OLD
    assert note.text("vi") == "1 câu hỏi được gõ không dấu, 0 câu giữ nguyên như đã viết"
    assert note.text("en") == "1 questions typed without accents, 0 left as written"
    (slipped,) = retyped(dataset(followup), Typed.SLIP).cases
    for old, typed in zip(followup.question.turns, slipped.question.turns, strict=True):
        assert OSA.distance(old, typed) == 1


@pytest.mark.parametrize("typed", list(Typed))
def test_a_question_without_accents_stays_as_it_is(typed: Typed) -> None:
    plain = case("q1", "Dang bo Muong Ang co may xa?", "Ai?")
    new = retyped(dataset(plain, case("q2", "Đảng bộ có mấy chi bộ?")), typed)
    assert new.cases[0] is plain
    assert new.cases[1].question.turns != ("Đảng bộ có mấy chi bộ?",)
    assert new.notes[-1].text("en").startswith("1 questions ")
    assert new.notes[-1].text("en").endswith(", 1 left as written")


def test_what_typing_does_not_change_is_left_to_the_letter() -> None:
    decomposed = case("q1", "mu\u031bo\u031b\u0300ng a\u0309ng?")  # NFD, in lower case already
    assert retyped(dataset(decomposed), Typed.LOWER).cases[0] is decomposed
    assert retyped(dataset(decomposed), Typed.UPPER).cases[0].question.turns == ("MƯỜNG ẢNG?",)


def test_a_slip_depends_on_the_question_alone() -> None:
    cases = [case(f"q{number}", ASKED) for number in range(12)]
    forth = retyped(dataset(*cases), Typed.SLIP).cases
    back = retyped(dataset(*cases[::-1]), Typed.SLIP).cases
    assert forth == back[::-1]
    assert len({found.question.turns for found in forth}) > 6  # the id is the seed


# the pairs


def measured(data: Dataset, values: list[dict[str, float]]) -> Summary:
    rows = [
        Row(Outcome(asked, None, error="–"), worth, None, 0.0, correct=False)
        for asked, worth in zip(data.cases, values, strict=True)
    ]
    return summarise(data, "full", rows)


@pytest.fixture
def summary() -> Summary:
    """Four questions that typing changes, and one typed without accents, which would have tied."""
    cases = [case(f"q{number}", f"Xã nào có {number} chi bộ?") for number in range(4)]
    data = dataset(*cases, case("plain", "xa nao?"))
    good, bad = {"hit@1": 1.0, "false refusals": 0.0}, {"hit@1": 0.0, "false refusals": 1.0}
    written = measured(data, [good | {"refusal precision": 1.0}, good, good, bad, good])
    typed = measured(retyped(data, Typed.FLAT), [bad, good | {"citation precision": 1.0}, good, good, bad])
    typed = replace(typed, paired=against_written(typed, written))
    assert against_written(written, written) == {}
    return typed


def test_pairs_are_of_the_questions_that_typing_changed(summary: Summary) -> None:
    assert set(summary.paired) == {"hit@1", "false refusals"}  # the others are on one side alone
    wanted = compare([1, 1, 1, 0], [0, 1, 1, 1])
    assert summary.paired["hit@1"] == wanted
    report = summary.to_json()
    assert report["typed"] == "flat"
    assert report["dataset"] == "d"
    assert report["paired"]["hit@1"] == {
        "written": 0.75,
        "typed": 0.75,
        "change": {"mean": 0.0, "low": wanted.change.low, "high": wanted.change.high, "n": 4},
        "wins": 1,
        "losses": 1,
        "ties": 2,
    }
    assert report["paired"]["false refusals"]["written"] == 0.25
    assert report["measures"]["hit@1"]["n"] == 5
    assert json.loads(json.dumps(report)) == report


def test_less_is_better_is_turned_and_zero_has_no_sign() -> None:
    data = dataset(*(case(f"q{number}", f"Xã {number}?") for number in range(4)))
    written = measured(data, [{"false refusals": 0.0}] * 4)
    typed = measured(
        retyped(data, Typed.UPPER), [{"false refusals": float(number == 0)} for number in range(4)]
    )
    typed = replace(typed, paired=against_written(typed, written))
    found = typed.to_json()["paired"]["false refusals"]
    assert str(found["written"]) == "0.0"
    assert (found["typed"], found["change"]["mean"], found["losses"]) == (0.25, -0.25, 1)
    assert found["change"]["low"] == -0.75  # of 2,000 resamples of one loss among four
    for text in (shown(typed, "vi"), markdown_report([typed]), report_page([typed], [])):
        assert "-25.0 [-75.0; +0.0]" in text
        assert "-0.0" not in text


def shown(summary: Summary, lang: str) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(terminal_report([summary], lang=lang))  # type: ignore[arg-type]
    return console.export_text()


def test_every_report_says_how_the_questions_were_typed(summary: Summary) -> None:
    change = "+0.0 [-75.0; +75.0]"  # a win and a loss among four
    text = shown(summary, "vi")
    assert "d.flat · 5 câu hỏi, gõ không dấu (" in text
    assert re.search(rf"hit@1 +│ 75\.0 +│ 75\.0 +│ {re.escape(change)} +│ 4 ", text)
    assert "4 câu hỏi được gõ không dấu, 1 câu giữ nguyên" in text
    text = shown(summary, "en")
    assert "d.flat · 5 questions, typed without accents (" in text
    assert "as written" in text
    markdown = markdown_report([summary]).splitlines()
    assert markdown[0] == "### d.flat"
    assert "| full | n | as written | flat | change, + is better |" in markdown
    assert f"| hit@1 | 4 | 75.0 | 75.0 | {change} |" in markdown
    page = report_page([summary], [])
    assert "<h2>d.flat</h2>" in page
    row = "".join(f'<td class="n">{cell}</td>' for cell in ("hit@1", "75.0", "75.0", change, "4"))
    assert f"<tr>{row}</tr>" in page


# the suite


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A cache of each test's own."""
    monkeypatch.setenv("PARTYQA_CACHE", str(tmp_path / "cache"))
    yield


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Questions that repeat a sentence, the first without accents, and one that nothing answers."""
    rows = []
    for number, article in enumerate(toy_articles(6, seed=3, sentences=12)):
        path = tmp_path / "corpus" / f"a{number}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"---\ntitle: {article.title}\n---\n{article.text}\n", "utf-8")
        quote = article.text.split(". ")[number + 2]
        asked = f"{quote} phải không?"
        turns = [asked if number else type_as(asked, Typed.FLAT, "")]
        gold = [{"article": f"a{number}", "quote": quote}]
        rows.append({"id": f"q{number}", "kind": "fact", "split": "dev", "turns": turns, "gold": gold})
    nothing = ["Giá vé máy bay đi Pa-ri hôm nay?"]
    rows.append({"id": "u", "kind": "unanswerable", "split": "dev", "turns": nothing, "gold": []})
    path = tmp_path / "evaluation" / "questions.jsonl"
    path.parent.mkdir()
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_a_typed_run_is_two_runs_held_together(questions: Path) -> None:
    """Held against a run as written and a run of a file that was typed anew by hand."""
    encoder = ToyEncoder()
    systems = ["lexical"]
    typed = evaluate([questions], systems=systems, encoder=encoder, typed=Typed.UPPER).summaries
    written = evaluate([questions], systems=systems, encoder=encoder).summaries
    rows = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    for row in rows[1:]:
        row["turns"] = [turn.upper() for turn in row["turns"]]
    other = questions.with_name("upper.jsonl")
    other.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    by_hand = evaluate([other], systems=systems, encoder=encoder).summaries
    for found, before, after in zip(typed, written, by_hand, strict=True):
        report, old, new = found.to_json(), before.to_json(), after.to_json()
        assert (old["typed"], old["paired"], new["typed"]) == (None, {}, None)
        assert report["questions"] == new["questions"]
        assert report["measures"] == new["measures"]
        ids = [f"q{number}" for number in range(1, 6)]
        values = [[side["questions"][key]["passage:RR@10"] for key in ids] for side in (old, new)]
        pair = found.paired["passage:RR@10"]
        assert (pair.before, pair.after) == (
            pytest.approx(sum(values[0]) / 5, abs=1e-6),
            pytest.approx(sum(values[1]) / 5, abs=1e-6),
        )
        assert pair.change.n == 5
        assert found.paired["refusal recall"].change.n == 1


def test_a_typed_run_is_mixed_with_no_other(questions: Path, tmp_path: Path) -> None:
    def run(typed: Typed | None = None, baseline: Path | None = None) -> Evaluation:
        return evaluate(
            [questions], systems=["lexical"], encoder=ToyEncoder(), typed=typed, baseline=baseline
        )

    files = write_report(tmp_path / "report", run(Typed.FLAT))
    flat = files[0].with_name("report.json")
    assert {file.name for file in files} == {
        *("index.html", "report.json", "systems.md", "failures.questions.flat.lexical.html"),
        *(f"questions.flat.lexical.{kind}" for kind in ("articles.run", "articles.qrels")),
        *(f"questions.flat.lexical.{kind}" for kind in ("passages.run", "passages.qrels")),
    }
    (written,) = run().summaries
    plain = tmp_path / "plain.json"
    plain.write_text(json.dumps(written.to_json()), encoding="utf-8")
    same = run(Typed.FLAT, flat)
    assert same.passed
    assert same.comparisons[0].dataset == "questions.flat"
    for typed, baseline, name in (
        (Typed.FLAT, plain, ".flat"),
        (None, flat, ""),
        (Typed.SLIP, flat, ".slip"),
    ):
        with pytest.raises(DatasetError, match=re.escape(f"questions{name}/lexical")):
            run(typed, baseline)
    kept = written.to_json()
    del kept["typed"]  # as a report was before questions could be typed anew
    plain.write_text(json.dumps(kept), encoding="utf-8")
    assert run(baseline=plain).passed


# the command


def test_the_command_knows_the_ways_of_typing(call: Callable[..., Done]) -> None:
    assert call("evaluate", "q.jsonl", "--typed", "nope").complaint(2) == (
        "Lệnh chưa đúng: giá trị của --typed không hợp lệ; xem cách dùng: partyqa --help"
    )


def test_the_command_asks_and_pairs(call: Callable[..., Done], tmp_path: Path) -> None:
    quote = "Đảng bộ huyện có 49 tổ chức cơ sở đảng."
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.md").write_text(f"---\ntitle: Mường Ảng\n---\n{quote}\n", encoding="utf-8")
    rows = [
        {"id": f"q{number}", "turns": [asked], "gold": [{"article": "a", "quote": quote}]}
        for number, asked in enumerate(("Có mấy tổ chức cơ sở đảng?", "co may to chuc co so dang?"))
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    done = call("evaluate", path, "--corpus", folder, "--typed", "flat", "--json")
    assert done.code == 0, done.err
    (report,) = [json.loads(line) for line in done.out.splitlines()]
    assert (report["typed"], report["n"]) == ("flat", 2)
    assert report["notes"] == ["1 questions typed without accents, 1 left as written"]
    assert report["paired"]["hit@1"]["change"]["n"] == 1
    values = report["questions"]
    assert values["q0"] == values["q1"]  # they are the same question now
