"""What a reading model is worth alone, in the paragraph that holds the answer, with bootstrap intervals.

    python benchmarks/reading.py --reader FOLDER --data FOLDER [--out FILE]

FOLDER of `--data` holds viquad/ and xquad/. EM and F1 are those of the best words, given even where the model would
rather refuse; AUROC is that of "answers" between the 406 traps of ViQuAD and as many answerable dev questions.
"""

import argparse
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from partyqa.evaluation.metrics.answers import exact_match, token_f1
from partyqa.evaluation.metrics.confidence import auroc
from partyqa.evaluation.statistics import Estimate, interval, mean_interval
from partyqa.models.base import ReadingModel
from partyqa.models.loading import load_reader

SETS = {"XQuAD-vi": "xquad/xquad.vi.json", "ViQuAD dev": "viquad/dev.json"}


def questions(path: Path) -> list[tuple[str, str, str, list[str]]]:
    """Return (title, paragraph, question, answers) of every answerable question of a SQuAD file."""
    return [
        (article.get("title", "").replace("_", " "), paragraph["context"], row["question"], answers)
        for article in json.loads(path.read_text("utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for row in paragraph["qas"]
        if (answers := [answer["text"] for answer in row["answers"]])
    ]


def extraction(reader: ReadingModel, path: Path) -> dict[str, Estimate]:
    """Return EM and F1 in the gold paragraph."""
    exact, overlap = [], []
    for title, text, question, answers in questions(path):
        (reading,) = reader.read(question, [(title, text)])
        words = text[reading.start : reading.end]
        exact.append(100.0 * exact_match(words, answers))
        overlap.append(100.0 * token_f1(words, answers))
    return {"EM": mean_interval(exact), "F1": mean_interval(overlap)}


def separation(reader: ReadingModel, data: Path) -> Estimate:
    """Return the AUROC of answerable dev questions against the traps, each over its own paragraph."""
    lines = (data / "viquad/unanswerable_dev.jsonl").read_text("utf-8").splitlines()
    traps = [(row.get("title", ""), row["context"], row["question"]) for row in map(json.loads, lines)]
    plain = [row[:3] for row in questions(data / SETS["ViQuAD dev"])]
    asked = [*random.Random(2).sample(plain, len(traps)), *traps]
    scores = [reader.read(question, [(title, text)])[0].answers for title, text, question in asked]
    return interval(auroc, scores, [1] * len(traps) + [0] * len(traps))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reader", help="its folder; without it the one that is shipped")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="JSON for the model card (training.export --numbers)")
    arguments = parser.parse_args()
    reader = load_reader(arguments.reader)
    assert reader is not None, "there is no reading model"
    command = "python benchmarks/reading.py --data PATH"
    numbers: dict[str, Any] = {}

    def tell(name: str, estimate: Estimate, scale: float, count: int) -> None:
        mean, low, high = (round(scale * value, 1) for value in (estimate.mean, estimate.low, estimate.high))
        print(f"{name:45} {mean:5.1f} [{low:.1f}-{high:.1f}]  n={count}", flush=True)
        numbers[name] = {"mean": mean, "low": low, "high": high, "n": count, "command": command}

    print(datetime.now(UTC).date())
    for name, path in SETS.items():
        for measure, estimate in extraction(reader, arguments.data / path).items():
            tell(f"{name}, gold paragraph, {measure}", estimate, 1.0, len(questions(arguments.data / path)))
    tell("ViQuAD, 406 answerable and 406 traps, AUROC", separation(reader, arguments.data), 100.0, 812)
    if arguments.out:
        arguments.out.write_text(json.dumps(numbers, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
