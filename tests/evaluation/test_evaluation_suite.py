"""The suite end to end with a small encoder, and the outside data where it is there."""

import io
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from conftest import SHARED
from rich.console import Console
from toy import ToyEncoder, toy_articles

from partyqa.errors import DatasetError
from partyqa.evaluation.baseline import Recipe, pieces
from partyqa.evaluation.datasets.loading import load_dataset
from partyqa.evaluation.metrics import rankings
from partyqa.evaluation.metrics.base import Shown, Words
from partyqa.evaluation.metrics.rankings import RankingMetric
from partyqa.evaluation.reports.terminal import terminal_report
from partyqa.evaluation.runner import open_index
from partyqa.evaluation.suite import evaluate, write_report
from partyqa.evaluation.systems import SYSTEMS, system_names
from partyqa.index.index import Index
from partyqa.text.normalise import normalise

pytestmark = pytest.mark.slow

ARTICLES = toy_articles(8, seed=3, sentences=18)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of each test's own."""
    monkeypatch.setenv("PARTYQA_CACHE", str(tmp_path / "cache"))
    yield tmp_path / "cache"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Questions that repeat a sentence of their article, and one that nothing answers."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    rows = []
    for number, article in enumerate(ARTICLES):
        (corpus / f"a{number}.md").write_text(f"---\ntitle: {article.title}\n---\n{article.text}\n", "utf-8")
        quote = article.text.split(". ")[number + 2]
        rows.append(
            {
                "id": f"q{number}",
                "kind": "fact" if number % 2 else "when",
                "split": "dev" if number < 4 else "test",
                "turns": [f"{quote} phải không?"],
                "gold": [{"article": f"a{number}", "quote": quote}],
                "answers": [quote],
            }
        )
    nothing = ["Giá vé máy bay đi Pa-ri hôm nay?"]
    rows.append({"id": "u", "kind": "unanswerable-subject", "split": "test", "turns": nothing, "gold": []})
    path = tmp_path / "evaluation" / "questions.jsonl"
    path.parent.mkdir()
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_all_systems_side_by_side_and_a_second_run_embeds_nothing(questions: Path, cache: Path) -> None:
    encoder = ToyEncoder()
    counted: list[tuple[str, int, int]] = []
    first = evaluate([questions], systems=["all"], encoder=encoder, progress=lambda *at: counted.append(at))
    assert [summary.system for summary in first.summaries] == list(SYSTEMS)
    assert {what for what, _, _ in counted} == {"passages", *SYSTEMS}
    assert counted[-1] == ("full", 9, 9)
    by_name = {summary.system: summary for summary in first.summaries}
    for summary in first.summaries:
        assert not summary.failed
        assert summary.misquotes == 0
        assert summary.measures["R@5"].n == 8
        assert "R@10" not in summary.measures  # of eight articles
        assert "passage:R@10" in summary.measures
    assert by_name["lexical"].measures["passage:Success@1"].mean == 1.0  # its words stand there as asked
    assert by_name["recipe"].measures["false answers"].mean == 1.0  # it never refuses
    assert by_name["full"].quotes >= 9
    other = ToyEncoder()
    (again,) = evaluate([questions], systems=["fused"], encoder=other, measures=["R@5"]).summaries
    assert other.embedded == []
    assert again.measures["hit@1"] == by_name["fused"].measures["hit@1"]
    assert [folder.parent for folder in cache.glob("*/*")] == [cache / "evaluation"]


def test_another_corpus_or_encoder_has_another_cache(questions: Path, cache: Path) -> None:
    dataset = load_dataset(questions)
    folders = {
        open_index(dataset, ToyEncoder())[1],
        open_index(dataset, ToyEncoder(revision="2"))[1],
        open_index(load_dataset(questions, split="dev"), ToyEncoder())[1],
    }
    assert len(folders) == 2  # the split asks other questions of the same articles


def test_the_gate_opens_on_itself_and_shuts_on_a_worse_system(questions: Path, tmp_path: Path) -> None:
    encoder, systems = ToyEncoder(), ["fused"]
    good = evaluate([questions], systems=systems, encoder=encoder)
    baseline = write_report(tmp_path / "report", good)[0].with_name("report.json")
    same = evaluate([questions], systems=systems, encoder=encoder, baseline=baseline)
    assert same.passed
    assert all(not pair.wins + pair.losses for pair in same.comparisons[0].measures.values())
    values = json.loads(baseline.read_text(encoding="utf-8"))
    for row in values[0]["questions"].values():  # as if all had been right before and had not been since
        row.update({name: 2.0 for name in row if name == "hit@1"})
    baseline.write_text(json.dumps(values), encoding="utf-8")
    assert not evaluate([questions], systems=systems, encoder=encoder, baseline=baseline).passed


def test_a_measure_that_looks_deeper_than_the_corpus(questions: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        evaluate([questions], measures=["R@9", "nDCG@5"])
    assert caught.value.en == (
        "questions.jsonl: R@9 asks for more than the 8 articles there are; "
        "mend the file, or add --skip-bad to go on without."
    )
    (summary,) = evaluate(
        [questions], systems=["lexical"], encoder=ToyEncoder(), measures=["R@9", "nDCG@5"], skip_bad=True
    ).summaries
    assert "nDCG@5" in summary.measures
    assert "R@9" not in summary.measures
    assert len(summary.dataset.skipped) == 1


def test_a_new_ranking_metric_is_one_entry(
    questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once in its registry it is computed, parsed, shown with its words and compared: nothing else knows of it."""
    last = RankingMetric(
        "Last",
        Words("hạng đúng cuối cùng", "rank of the last right"),
        lambda grades, ideal, k: max(
            [rank for rank, grade in enumerate(grades, 1) if grade > 0], default=0.0
        ),
        aliases=("Lowest",),
        cutoffs=(4,),
        better="lower",
        shown={"Last@4": Shown.PLOT},
        gated={"Last@4": 0.5},
    )
    monkeypatch.setattr(rankings, "RANKINGS", MappingProxyType({**rankings.RANKINGS, "Last": last}))
    encoder, systems = ToyEncoder(), ["lexical"]
    (plain,) = evaluate([questions], systems=systems, encoder=encoder).summaries
    assert "Last@4" in plain.measures
    asked = evaluate([questions], systems=systems, encoder=encoder, measures=["Lowest@8"]).summaries[0]
    for row in asked.rows[:8]:
        right = next(iter(row.outcome.case.relevant))
        assert row.values["Last@8"] == row.articles.index(right) + 1
    assert asked.rows[8].values.keys() & {"Last@8", "passage:Last@8"} == set()

    baseline = tmp_path / "baseline.json"
    report = plain.to_json()
    for values in report["questions"].values():
        values.update({name: 0.4 for name in values if name == "Last@4"})
    baseline.write_text(json.dumps(report), encoding="utf-8")
    worse = evaluate([questions], systems=systems, encoder=encoder, baseline=baseline)
    assert worse.comparisons[0].fallen == ("Last@4",)  # the first at the best: .6 more, and .5 may be

    page, _, table = (path.read_text("utf-8") for path in write_report(tmp_path / "report", worse)[:3])
    for words in ("bài: hạng đúng cuối cùng (4 đầu)", "articles: rank of the last right (first 4)"):
        assert words in page
    assert "Last@4 theo loại câu hỏi" in page
    assert "| Last@4 | 8 | " in table
    assert "passage:Last@4" not in table
    for lang, words in (("vi", "hạng đúng cuối cùng"), ("en", "rank of the last right")):
        console = Console(width=200, record=True, file=io.StringIO())
        console.print(terminal_report(worse.summaries, worse.comparisons, lang=lang))  # type: ignore[arg-type]
        assert words in console.export_text()


class Mute(ToyEncoder):
    """An encoder that fails at every question."""

    def embed_queries(self, texts: object) -> np.ndarray:
        raise RuntimeError("hỏng")


def test_a_run_that_found_nothing_measures_nothing(questions: Path) -> None:
    with pytest.raises(DatasetError, match="RuntimeError: hỏng"):
        evaluate([questions], encoder=Mute())


def test_an_unknown_system_or_measure_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="recipe, lexical, dense, fused, full, all"):
        evaluate([tmp_path / "missing.jsonl"], systems=["best"])
    with pytest.raises(DatasetError, match="nDCG@10"):
        evaluate([tmp_path / "missing.jsonl"], measures=["best@3"])
    assert system_names(["full", "dense", "full"]) == ("dense", "full")


def test_distractors_are_found_among_but_asked_of_nothing(questions: Path, tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    texts = [article.text for article in toy_articles(5, seed=9, sentences=40)]
    rows = [{"id": str(n), "title": f"Tin {n}", "paragraphs": [text]} for n, text in enumerate(texts)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    encoder = ToyEncoder()
    (mixed,) = evaluate(
        [questions], systems=["lexical"], encoder=encoder, distractors=path, limit=30
    ).summaries
    added = [article for article in mixed.dataset.articles if article.id.startswith("distractor/")]
    index = Index.load(next(open_index(mixed.dataset, encoder)[1].glob("index")))
    passages = [passage for passage in index.passages if passage.article.id.startswith("distractor/")]
    assert 0 < len(passages) <= 30
    assert {passage.article.id for passage in passages} == {article.id for article in added}
    assert [row.outcome.case.question.id for row in mixed.rows] == [*(f"q{n}" for n in range(8)), "u"]


def test_a_question_of_one_paragraph_is_answered_from_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "una.jsonl"
    first, second = ARTICLES[0].text, ARTICLES[1].text
    asked = second.split(". ")[0]  # the other paragraph would answer it
    row = {"id": "u", "question": f"{asked}?", "context": first, "title": "Một"}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    document = {
        "title": "Hai",
        "paragraphs": [
            {
                "context": second,
                "qas": [
                    {"id": "a", "question": f"{asked}?", "answers": [{"text": asked, "answer_start": 0}]}
                ],
            }
        ],
    }
    path.with_name("dev.json").write_text(json.dumps({"data": [document]}), encoding="utf-8")
    evaluation = evaluate([path], systems=["all"], encoder=ToyEncoder())
    for summary in evaluation.summaries:
        for row_ in summary.rows:
            answer = row_.outcome.answer
            assert answer is not None, row_.outcome.error
            shown = [citation.sentence.article.id for citation in (*answer.citations, *answer.related)]
            assert shown
            assert set(shown) == {row_.outcome.case.scope}
        assert summary.measures["AUROC"].n == 2
    scores = {
        row.outcome.case.question.id: row.confidence
        for summary in evaluation.summaries
        if summary.system == "full"
        for row in summary.rows
    }
    assert scores["a"] > scores["u"]


def test_pieces_of_the_recipe_are_slices_of_the_article() -> None:
    for article in ARTICLES:
        found = pieces(article)
        assert all(piece.text == article.text[piece.start : piece.end] for piece in found)
        assert all(len(piece.text) <= 1000 for piece in found)
        assert found[0].start == 0
        assert found[-1].end == len(article.text)
        # Overlapping or adjoining: nothing between two pieces but white space is lost.
        for one, two in pairwise(found):
            assert not article.text[one.end : two.start].strip()


def test_the_recipe_is_brute_force_over_its_pieces(questions: Path) -> None:
    encoder = ToyEncoder()
    encoder.max_tokens = 512
    index, folder = open_index(load_dataset(questions), encoder)
    recipe = Recipe(index, encoder, folder)
    question = "Chi bộ Mường Ảng kết nạp bao nhiêu đảng viên mới?"
    query = encoder.embed_queries([question])[0].astype(float)
    cosines = {
        piece.id: float(encoder.embed_passages([piece.text])[0].astype(float) @ query)
        for piece in recipe.passages
    }
    found = recipe.search(question, 5)
    assert [hit.score for hit in found] == pytest.approx(sorted(cosines.values(), reverse=True)[:5], abs=1e-6)
    assert all(hit.score == pytest.approx(cosines[hit.passage.id], abs=1e-6) for hit in found)
    sentence = recipe.ask(question, (), "").citations[0].sentence
    best = found[0].passage
    assert best.start <= sentence.start < sentence.end <= best.end
    assert len(Recipe(index, Mute(), folder).passages) == len(recipe.passages)  # from the cache


@pytest.fixture
def data() -> Path:
    """The outside datasets; tests of them are skipped where they are absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("no outside data here: set PARTYQA_SHARED to the folder that holds data/")
    return folder


def test_the_outside_datasets_are_read_whole(data: Path) -> None:
    xquad = load_dataset(data / "xquad" / "xquad.vi.json")
    assert (len(xquad.articles), len(xquad.cases), xquad.notes) == (240, 1190, ())
    own = load_dataset(data / "xquad" / "xquad-r.vi.json")
    texts = {article.id: article.text for article in own.articles}
    document = json.loads((data / "xquad" / "xquad-r.vi.json").read_text(encoding="utf-8"))
    wanted = [
        [normalise(sentence) for sentence in paragraph["sentences"]]
        for entry in document["data"]
        for paragraph in entry["paragraphs"]
    ]
    found = [[texts[key][slice(*span)] for span in spans] for key, spans in own.sentences.items()]
    assert found == wanted
    assert len(found) == 240
    assert [case.spans for case in own.cases] == [case.spans for case in xquad.cases]
    dev = load_dataset(data / "viquad" / "dev.json")
    assert (len(dev.articles), len(dev.cases)) == (515, 2285)
    assert len({case.question.id for case in dev.cases}) == 2285
    assert [note.text("en").split(" ")[0] for note in dev.notes] == ["32", "7"]
    unanswerable = load_dataset(data / "viquad" / "unanswerable_dev.jsonl")
    assert sum(not case.answerable for case in unanswerable.cases) == 406
    assert sum(case.answerable for case in unanswerable.cases) == 406
    texts = {article.id: article.text for dataset in (xquad, dev) for article in dataset.articles}
    for case in (*xquad.cases, *dev.cases):
        for (article_id, quote), spans in zip(case.question.gold, case.spans, strict=True):
            start, end = spans[0]
            assert texts[article_id][start:end] == quote
