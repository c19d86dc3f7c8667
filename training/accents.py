"""Count syllables for putting accents back: `python -m training.accents --data PATH`, some minutes.

Reads news, ViQuAD's train part, the searchers' questions and the tables of places; writes what ships.
"""

import argparse
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from partyqa.question.counting import Numbers, count, mixed, numbered
from partyqa.question.language import NUMBER, SHIPPED, SIGNS, START, LanguageModel, pack, pieces
from partyqa.text.lexicon import rows
from partyqa.text.normalise import fold, lowered, normalise
from partyqa.text.syllables import is_syllable
from partyqa.text.tokens import syllable_key

HERE = Path(__file__).parent
YARDSTICK, HELD_OUT = (
    16,
    24,
)  # of 256: below the first documents of the yardstick, below the second for measuring
QUESTIONS_SHARE = 0.5  # of the model
ASKED_OF_WEIGH = 0.2  # of a question that is made of a statement, beside one that was asked
ACCENTED = 0.6  # of the words of a question of our own
LEAST = 2  # times that a syllable stands in the texts
LEAST_GAIN = (0.5, 1.5)  # counting.mixed
_AROUND = 3  # words
_PLACES = ("places.tsv", "communes.tsv")


def documents(news: Path, wanted: Callable[[int], bool]) -> Iterator[list[str]]:
    """Yield the title and paragraphs of each news document whose bucket, 0 to 255, is wanted."""
    with gzip.open(news, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if wanted(hashlib.sha256(row["id"].encode()).digest()[1]):
                yield [normalise(text) for text in (row["title"], *row["paragraphs"])]


def statements(data: Path) -> Iterator[str]:
    """Yield each news document, each Wikipedia paragraph, and each place of Vietnam behind what it is."""
    for paragraphs in documents(data / "news" / "news.jsonl.gz", lambda bucket: bucket >= HELD_OUT):
        yield "\n".join(paragraphs)
    for paragraph in _viquad(data):
        yield normalise(paragraph["context"])
    for passage in _own_passages():
        yield normalise(f"{passage['title']}\n{passage['text']}")
    for level, _, _, kind, name, _ in rows("places.tsv"):
        yield f"{kind if level != 'province' else 'tỉnh'} {name.rstrip('^~')}"
    for _, _, kind, district, province, names in rows("communes.tsv"):
        for name in names.split(";"):
            yield f"{kind} {name.rstrip('^~')}, {district}, {province}"


def questions(data: Path) -> Iterator[str]:
    """Yield each question."""
    for paragraph in _viquad(data):
        for asked in paragraph["qas"]:
            yield normalise(asked["question"])
    with (data / "web" / "questions.jsonl").open(encoding="utf-8") as file:
        yield from dict.fromkeys(normalise(json.loads(line)["question"]) for line in file)
    yield from filter(_is_accented, map(normalise, _own_questions()))


def _own_questions() -> Iterator[str]:
    for line in (HERE / "questions.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["question"]
    for passage in _own_passages():
        yield from (question for _, question, *_ in passage["asked"])


def _own_passages() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / "passages.jsonl").read_text("utf-8").splitlines()]


def _is_accented(text: str) -> bool:
    """Return whether so many words hold an accent that none was left out: some of our questions lack all or a few."""
    words = [word for word, _, _ in pieces(text) if word.isalpha()]
    return sum(fold(word) != lowered(word) for word in words) >= ACCENTED * len(words)


def _viquad(data: Path) -> list[dict[str, Any]]:
    articles = json.loads((data / "viquad" / "train.json").read_text("utf-8"))["data"]
    return [paragraph for article in articles for paragraph in article["paragraphs"]]


def syllables(texts: Iterable[str]) -> list[str]:
    """Return the syllable keys that stand in the texts LEAST times, SIGNS first; those of places in any case."""
    often = Counter(word for text in texts for word, _, _ in pieces(text))
    found: Counter[str] = Counter()
    for word, times in often.items():
        if is_syllable(word):
            found[syllable_key(word)] += times
    of_places = {
        syllable_key(word)
        for table in _PLACES
        for row in rows(table)
        for word, _, _ in pieces(" ".join(row))
        if fold(word) != lowered(word)
    }
    return [*SIGNS, *sorted({key for key, times in found.items() if times >= LEAST} | of_places)]


def asked_of(row: Numbers, ids: Mapping[str, int]) -> Numbers:
    """Return the surroundings of each number with "mấy" in its place, as one asks for it: "có mấy xã"."""
    there = np.flatnonzero(row == NUMBER)
    there = there[(there >= _AROUND) & (there < len(row) - _AROUND)]
    around = row[there[:, None] + np.arange(-_AROUND, _AROUND + 1)]
    around[around == NUMBER] = ids["mây1"]
    return np.hstack([around, np.full((len(around), 1), START)]).ravel()


def train(data: Path) -> LanguageModel:
    """Return the model of the data: what is stated and what is asked, each with its share."""
    names = syllables(chain(statements(data), questions(data)))
    stated, asked = numbered(statements(data), names), numbered(questions(data), names)
    ids = {name: number for number, name in enumerate(names)}
    parts = [asked, asked_of(stated, ids)]
    weights = np.repeat([1.0, ASKED_OF_WEIGH], [len(part) for part in parts])
    counted = count(np.concatenate(parts), weights, len(names))
    share = QUESTIONS_SHARE
    return mixed(
        names, [(1 - share, count(stated, np.ones(len(stated)), len(names))), (share, counted)], LEAST_GAIN
    )


def main() -> None:
    """Count, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    given = parser.parse_args()
    model = train(given.data)
    pack(model, given.out)
    print(
        f"{len(model.names)} syllables, {len(model.pairs)} pairs, {len(model.triples)} triples, "
        f"{given.out.stat().st_size / 1e6:.1f} MB: {given.out}"
    )


if __name__ == "__main__":
    main()
