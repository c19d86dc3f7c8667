"""Reports: what a dataset says never becomes markup, nothing is fetched, and trec_eval reads the files."""

import io
import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import ir_measures
import pytest
from rich.console import Console

from partyqa.errors import DatasetError, PartyQAError, StorageError
from partyqa.evaluation.comparison import compare_with, read_baseline
from partyqa.evaluation.datasets.base import Case, Dataset, place_quote
from partyqa.evaluation.metrics.rankings import Measure
from partyqa.evaluation.reports.html import failures_page, report_page
from partyqa.evaluation.reports.markdown import markdown_report
from partyqa.evaluation.reports.plots import plots
from partyqa.evaluation.reports.tables import stage_words
from partyqa.evaluation.reports.terminal import terminal_report
from partyqa.evaluation.reports.trec import qrels_lines, run_lines, trec_id
from partyqa.evaluation.runner import Outcome
from partyqa.evaluation.scoring import CaseScorer, Stage
from partyqa.evaluation.suite import Evaluation, prepare_report, write_report
from partyqa.evaluation.summary import Summary, summarise
from partyqa.i18n import message
from partyqa.text.sentences import sentence_spans
from partyqa.types import Answer, Article, Citation, Hit, Passage, Question, Sentence

EVIL = '<script>alert(1)</script> & "x" $\\frac{1}{2}$ [red]x[/red]'
ANG = Article("a b%c", f"Tít {EVIL}", f"Huyện có 396 {EVIL} đảng viên. Năm 2016 kết nạp 74 người.")
SENTENCES = [Sentence(ANG, *span) for span in sentence_spans(ANG.text)]
PASSAGES = [Passage(ANG, (sentence,)) for sentence in SENTENCES]
NAMES = ("R@1", "nDCG@10", "RR@10", "AP@100", "Success@1")


def outcome(number: int, right: bool, *, kind: str, error: str = "") -> Outcome:
    quote = "74 người"
    case = Case(
        question=Question(f"q {number}", (f"Hỏi {EVIL} {number}?",), ((ANG.id, quote),)),
        relevant={ANG.id: 1},
        spans=(place_quote(ANG.text, quote),),
        answers=("74",),
        kind=kind,
    )
    if error:
        return Outcome(case, None, error=error)
    cited = Citation(1, SENTENCES[-1 if right else 0], (0, 5))
    answer = Answer("?", "?", "", (cited,), 0.8 if right else 0.4, (), {"read": 3.0, "total": 5.0 + number})
    order = PASSAGES[::-1] if right else PASSAGES
    return Outcome(case, answer, tuple(Hit(passage, 0.5) for passage in order))  # ties, all of them


@pytest.fixture(scope="module")
def summary() -> Summary:
    outcomes = [outcome(number, number % 3 != 0, kind=f"loại {EVIL}") for number in range(9)]
    outcomes.append(outcome(9, False, kind="who", error=f"ValueError: {EVIL}"))
    dataset = Dataset(
        "d",
        Path("d.jsonl"),
        (ANG,),
        tuple(found.case for found in outcomes),
        notes=(message("evaluation.note_no_file", file=EVIL),),
        skipped=(DatasetError("evaluation.fault", file="d.jsonl", fault=EVIL),),
    )
    scorer = CaseScorer(dataset, PASSAGES, [Measure.parse(name) for name in NAMES])
    # One article, so that only the passages are ranked; RR@10 and nDCG@10 want ten of either.
    scorer._limits = {"": 100, "passage:": 100}
    return summarise(dataset, "full", [scorer.score(found) for found in outcomes])


class Links(HTMLParser):
    """Collects what a browser could fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.targets: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("href", "src", "xlink:href", "srcset", "action") and value:
                self.targets.append(value)
            if name == "id" and value:
                self.ids.append(value)
            assert not name.startswith("on")


def test_pages_fetch_nothing_and_run_nothing(summary: Summary) -> None:
    comparison = compare_with([summary.to_json()], [summary])[0]
    other = replace(summary, system="lexical")
    for html in (report_page([summary, other], [comparison]), failures_page(summary)):
        links = Links()
        links.feed(html)
        assert not links.tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
        assert all(target.startswith(("#", "failures.d.")) for target in links.targets)
        assert len(links.ids) == len(set(links.ids))
        assert "default-src 'none'" in html
        assert "url(http" not in html
        assert "@import" not in html
        assert "[red]x[/red]" in html


def test_the_failures_page_shows_every_failed_question_shown_beside_wanted(summary: Summary) -> None:
    html = failures_page(summary)
    failed = [row for row in summary.rows if row.values["hit@1"] == 0]
    assert len(failed) == 4
    assert html.count("<article>") == 4
    first = html.split("<article>")[1]
    wanted, shown = first.split("Shown")
    assert "<mark>74 người</mark>." in wanted
    assert "<mark>Huyện</mark>" in shown
    assert "ValueError: &lt;script&gt;" in html.split("<article>")[4]


def test_the_plots_are_svg_that_says_what_was_measured(summary: Summary) -> None:
    pictures = plots(summary, "s1")
    assert len(pictures) == 7
    for svg in pictures.values():
        root = ElementTree.fromstring(svg.replace("xlink:href", "href"))
        assert root.tag.endswith("svg")
    hit = next(svg for title, svg in pictures.items() if title.startswith("hit@1"))
    assert "who (n=1)" in hit
    assert "\\frac" in hit  # a kind with $ is text, not a formula
    assert "<script>" not in hit
    assert plots(summary, "s1") == pictures  # the same run gives the same report


def test_trec_files_give_ir_measures_the_values_of_the_report(summary: Summary, tmp_path: Path) -> None:
    files = write_report(tmp_path / "new" / "report", Evaluation((summary,)))
    assert {file.name for file in files} == {
        "index.html",
        "failures.d.full.html",
        "report.json",
        "systems.md",
        "d.full.articles.run",
        "d.full.articles.qrels",
        "d.full.passages.run",
        "d.full.passages.qrels",
    }
    folder = files[0].parent
    parsed = [ir_measures.parse_measure(name) for name in NAMES]
    for level, prefix in (("articles", ""), ("passages", "passage:")):
        found = ir_measures.iter_calc(
            parsed,
            ir_measures.read_trec_qrels(str(folder / f"d.full.{level}.qrels")),
            ir_measures.read_trec_run(str(folder / f"d.full.{level}.run")),
        )
        values = {(value.query_id, str(value.measure)): value.value for value in found}
        assert len(values) == 10 * len(NAMES)
        for row in summary.rows:
            key = trec_id(row.outcome.case.question.id)
            for name in NAMES:
                assert values[key, name] == pytest.approx(row.values[f"{prefix}{name}"]), (key, level, name)
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report == [summary.to_json()]


def test_scores_in_a_run_file_fall_strictly_even_in_single_precision() -> None:
    ranking = [("a", 0.5), ("b", 0.5), ("c", 0.5 + 1e-12), ("d", -3.0), ("e", -3.0)]
    lines = [line.split() for line in run_lines([("q 1", ranking)], "full")]
    assert [fields[2] for fields in lines] == ["a", "b", "c", "d", "e"]
    assert [fields[0] for fields in lines] == ["q%201"] * 5
    scores = [float(fields[4]) for fields in lines]
    assert scores[0] == 0.5
    assert scores == sorted(set(scores), reverse=True)
    assert scores[1] == pytest.approx(0.5)
    assert list(qrels_lines([("q", {"a b": 2})])) == ["q 0 a%20b 2\n"]


def test_the_terminal_shows_numbers_and_never_reads_markup(summary: Summary) -> None:
    comparison = compare_with([summary.to_json()], [summary])[0]
    for lang, said in (("vi", "câu trích đầu tiên đúng"), ("en", "the first sentence cited is right")):
        console = Console(width=300, record=True, file=io.StringIO())
        console.print(terminal_report([summary], [comparison], lang=lang))  # type: ignore[arg-type]
        shown = console.export_text()
        assert said in shown
        assert "[red]x[/red]" in shown
        line = next(line for line in shown.splitlines() if "hit@1" in line)
        assert "60.0 [" in line
        assert "n=10" in line
        assert ("ĐẠT" if lang == "vi" else "PASSED") in shown


def test_every_place_where_a_question_ends_has_words_of_its_own() -> None:
    words = {stage_words(stage) for stage in Stage}
    assert len(words) == len({one.vi for one in words}) == len({one.en for one in words}) == len(Stage)


def test_the_markdown_table_puts_systems_side_by_side(summary: Summary) -> None:
    fewer = {name: value for name, value in summary.measures.items() if name != "hit@1"}
    lines = markdown_report([summary, replace(summary, system="lexical", measures=fewer)]).splitlines()
    assert lines[2] == "|  | n | full | lexical |"
    hit = next(line for line in lines if line.startswith("| hit@1 "))
    assert hit.startswith("| hit@1 | 10 | 60.0 [")
    assert hit.endswith("] | – |")
    assert lines[-1] == "| ms, median / p95 | 10 | 9 / 13 | 9 / 13 |"


def test_a_report_that_cannot_be_written_is_one_sentence(summary: Summary, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(StorageError, match="--report"):
        write_report(blocked / "report", Evaluation((summary,)))


def test_a_missing_extra_names_the_command_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PartyQAError, match=r"pip install 'partyqa\[evaluation\]'"):
        prepare_report(tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_a_baseline_is_an_array_or_an_object_a_line(summary: Summary, tmp_path: Path) -> None:
    report = summary.to_json()
    path = tmp_path / "baseline.json"
    for text in (json.dumps([report], indent=1), json.dumps(report) + "\n", f"\ufeff{json.dumps(report)}"):
        path.write_text(text, encoding="utf-8")
        assert read_baseline(path) == [report]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[{}]", "nothing", "[1]", '{"dataset": "d", "system": "s"}']
)
def test_a_baseline_that_is_none_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"baseline\.json"):
        read_baseline(path)
    with pytest.raises(DatasetError):
        read_baseline(tmp_path / "missing.json")


def test_a_baseline_of_another_dataset_compares_nothing_and_says_so(summary: Summary) -> None:
    with pytest.raises(DatasetError, match="d/full"):
        compare_with([summary.to_json() | {"dataset": "other"}], [summary])
    with pytest.raises(DatasetError, match="d/full"):
        compare_with([summary.to_json() | {"questions": {}}], [summary])


def test_numbers_of_the_json_are_numbers(summary: Summary) -> None:
    text = json.dumps(summary.to_json(), allow_nan=False, ensure_ascii=False)
    assert not re.search(r"NaN|Infinity", text)
