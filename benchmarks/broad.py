"""The broad yardstick: one table over newspapers, Wikipedia, traps, own questions and raw articles, with intervals.

    python -m benchmarks.broad --data FOLDER [--split dev|test] [--most N] [--only NAME ...] [--json FILE]

FOLDER holds news/, viquad/ and, beside it, seeds/ (`PARTYQA_SHARED`/data). Without --data only what is in the
repository is asked. Choices are made on the dev halves of all sets together; the test halves are for reporting.
"""

import argparse
import gzip
import hashlib
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from partyqa.answer.calibration import confidence_step
from partyqa.corpus.loading import read_corpus
from partyqa.evaluation.composed import Composed
from partyqa.evaluation.datasets.base import Case, Dataset, Faults, in_split, place_quote
from partyqa.evaluation.datasets.own import read_own, read_unanswerable
from partyqa.evaluation.datasets.squad import read_squad
from partyqa.evaluation.metrics.confidence import auroc, ece
from partyqa.evaluation.runner import open_index, run
from partyqa.evaluation.scoring import CaseScorer, Row
from partyqa.evaluation.statistics import Estimate, interval, mean_interval
from partyqa.models.loading import load_encoder, load_reader
from partyqa.text.normalise import normalise
from partyqa.types import Article, Question

ROOT = Path(__file__).resolve().parents[1]
BROAD = ROOT / "evaluation/broad"
NEWS = BROAD / "news.jsonl"
DOCUMENTS = BROAD / "news_documents.txt"
REMOVED = 77  # of 256: paragraphs of ViQuAD taken out, 30 in 100
SEED = 13

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def chance_of(key: str) -> int:
    """Return a number 0..255 that hangs on `key` alone."""
    return hashlib.sha256(key.encode()).digest()[0]


def half_of(key: str) -> str:
    """Return the half, "dev" or "test", of what has that name."""
    return "dev" if chance_of(f"half {key}") < 128 else "test"


def news(data: Path) -> Dataset:
    """Return the newspaper set: our questions by offsets, the documents from `data`/news."""
    wanted = set(DOCUMENTS.read_text("utf-8").split())
    texts: dict[str, list[str]] = {}
    articles = []
    with gzip.open(data / "news/news.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["id"] in wanted:
                texts[row["id"]] = [normalise(text) for text in row["paragraphs"]]
                articles.append(Article(row["id"], normalise(row["title"]), "\n".join(texts[row["id"]])))
    if missing := wanted - texts.keys():
        raise SystemExit(f"news.jsonl.gz lacks {len(missing)} documents of {DOCUMENTS.name}")
    bodies = {article.id: article.text for article in articles}
    cases = []
    for row in map(json.loads, NEWS.read_text("utf-8").splitlines()):
        gold = [
            (one["document"], texts[one["document"]][one["paragraph"]][one["start"] : one["end"]])
            for one in row["gold"]
        ]
        spans = tuple(place_quote(bodies[document], quote) for document, quote in gold)
        question = Question(row["id"], tuple(row["turns"]), tuple(gold))
        relevant = {document: 1 for document, _ in gold}
        answers = tuple(dict.fromkeys(quote for _, quote in gold))
        cases.append(Case(question, relevant, spans, answers, kind=row["kind"], split=row["split"]))
    return Dataset("news", NEWS, tuple(articles), tuple(cases))


def viquad(data: Path) -> Dataset:
    """Return ViQuAD dev, halved by paragraph."""
    path = data / "viquad/dev.json"
    whole = read_squad(path, Faults(path, skip=True))
    cases = (replace(case, split=half_of(next(iter(case.relevant)))) for case in whole.cases)
    return replace(whole, name="viquad", cases=tuple(cases))


def viquad_removed(data: Path) -> Dataset:
    """Return ViQuAD dev without 30 % of its paragraphs: their questions cannot be answered any more."""
    whole = viquad(data)
    gone = {one.id for one in whole.articles if chance_of(f"gone {one.id}") < REMOVED}
    cases = []
    for case in whole.cases:
        away = bool(gone & case.relevant.keys())
        question = replace(case.question, gold=()) if away else case.question
        cases.append(
            Case(question, {}, kind="unanswerable removed", split=case.split)
            if away
            else replace(case, kind="answerable")
        )
    articles = tuple(one for one in whole.articles if one.id not in gone)
    return replace(whole, name="viquad-removed", articles=articles, cases=tuple(cases))


def traps(data: Path) -> Dataset:
    """Return the 406 unanswerable questions, and as many others, each asked of its own paragraph."""
    path = data / "viquad/unanswerable_dev.jsonl"
    whole = read_unanswerable(path, Faults(path, skip=True))
    cases = (replace(case, split=half_of(case.scope)) for case in whole.cases)
    return replace(whole, name="traps", cases=tuple(cases))


def own(data: Path | None) -> Dataset:
    """Return the project's own questions over corpus/."""
    path = ROOT / "evaluation/questions.jsonl"
    return replace(read_own(path, read_corpus(ROOT / "corpus"), Faults(path, skip=False)), name="own")


def seeds(data: Path) -> Dataset:
    """Return the questions over the raw articles."""
    path = ROOT / "evaluation/seeds_questions.jsonl"
    return replace(read_own(path, read_corpus(data.parent / "seeds"), Faults(path, skip=False)), name="seeds")


SETS: Mapping[str, Callable[[Path], Dataset]] = {
    "news": news,
    "viquad": viquad,
    "viquad-removed": viquad_removed,
    "traps": traps,
    "own": own,
    "seeds": seeds,
}


def load(data: Path | None, split: str, only: list[str], most: int | None) -> Iterator[Dataset]:
    """Yield that half of the sets, the own questions alone without `data`; of larger sets `most` cases, drawn."""
    for name, read in SETS.items():
        if (data or name == "own") and (not only or name in only):
            dataset = read(data or ROOT)
            cases = in_split(dataset.cases, split)
            if most is not None and len(cases) > most:
                chosen = set(random.Random(SEED).sample(range(len(cases)), most))
                cases = tuple(case for number, case in enumerate(cases) if number in chosen)
            yield replace(dataset, cases=cases)


def measures(rows: list[Row]) -> dict[str, Estimate]:
    """Return the columns of the table."""
    found: dict[str, Estimate] = {}
    for column, name in (
        ("first right", "hit@1"),
        ("false answers", "false answers"),
        ("false refusals", "false refusals"),
        ("EM", "EM"),
        ("F1", "F1"),
    ):
        values = [row.values[name] for row in rows if name in row.values]
        if values:
            found[column] = mean_interval(values)
    answered = [row for row in rows if row.outcome.answer is not None and row.outcome.answer.answered]
    sure = [float(not row.correct) for row in answered if confidence_step(row.confidence) == "high"]
    if sure:
        found["wrong when sure"] = mean_interval(sure)
    confidences = [row.confidence for row in rows]
    answerable = [row.outcome.case.answerable for row in rows]
    if any(answerable) and not all(answerable):
        found["AUROC"] = interval(auroc, confidences, answerable)
    found["ECE"] = interval(ece, confidences, [row.correct for row in rows])
    return found


def asked(dataset: Dataset, reader: str | None) -> list[Row]:
    """Ask the program every case."""
    from partyqa.engine import PartyQA

    encoder = load_encoder()
    index, _ = open_index(dataset, encoder)
    system = Composed(PartyQA.compose(index, encoder, load_reader(reader)))
    scorer = CaseScorer(dataset, system.passages, ())
    return [scorer.score(outcome) for outcome in run(system, dataset, 1)]


def main() -> None:
    """Ask, and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path)
    options.add_argument("--split", choices=("dev", "test"), default="dev")
    options.add_argument("--most", type=int, help="cases of a set, at most")
    options.add_argument("--only", nargs="*", default=[], choices=SETS)
    options.add_argument("--reader", help="the folder of a reading model; none for no model")
    options.add_argument("--json", type=Path, help="write every question's values there")
    chosen = options.parse_args()
    columns: list[str] = []
    kept = {}
    every: list[Row] = []
    for dataset in load(chosen.data, chosen.split, chosen.only, chosen.most):
        rows = asked(dataset, chosen.reader)
        every += rows
        found = measures(rows)
        if not columns:
            columns = [
                "first right",
                "false answers",
                "false refusals",
                "EM",
                "F1",
                "wrong when sure",
                "AUROC",
                "ECE",
            ]
            print(f"| {chosen.split} | n | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 2)}")
        print(_line(dataset.name, len(rows), found, columns), flush=True)
        kept[dataset.name] = {
            row.outcome.case.question.id: {
                "kind": row.outcome.case.kind,
                "question": row.outcome.case.question.turns,
                "confidence": round(row.confidence, 4),
                "correct": row.correct,
                "stage": str(row.stage),
                "first": row.outcome.answer.citations[0].sentence.text
                if row.outcome.answer and row.outcome.answer.citations
                else "",
                **{name: round(value, 4) for name, value in row.values.items()},
            }
            for row in rows
        }
    print(_line("all", len(every), measures(every), columns))
    if chosen.json:
        chosen.json.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stdout.flush()


def _line(name: str, n: int, found: Mapping[str, Estimate], columns: list[str]) -> str:
    cells = [
        f"{100 * found[one].mean:.1f} [{100 * found[one].low:.1f}, {100 * found[one].high:.1f}]"
        if one in found
        else "–"
        for one in columns
    ]
    return f"| {name} | {n} | {' | '.join(cells)} |"


def _cell(one: Estimate) -> str:
    return f"{100 * one.mean:.1f} [{100 * one.low:.1f}, {100 * one.high:.1f}]"


if __name__ == "__main__":
    main()
