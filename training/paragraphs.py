"""The texts that the reader learns from, with their questions: ViQuAD and those written for this project."""

import gzip
import hashlib
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from partyqa.evaluation.datasets.base import Faults
from partyqa.evaluation.datasets.squad import read_squad
from partyqa.text.normalise import normalise
from partyqa.text.sentences import sentence_spans

Span = tuple[int, int]
SHINGLE = 60  # code points


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over a paragraph with the spans of the paragraph that answer, none for a trap."""

    text: str
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text in NFC with its title, the spans of its sentences, and what is asked over it."""

    title: str
    text: str
    sentences: tuple[Span, ...]
    asked: tuple[Asked, ...]

    def sentence_of(self, place: int) -> int:
        """Return the number of the sentence that holds the code point `place`."""
        return next(number for number, (_, end) in enumerate(self.sentences) if place < end)


def read_viquad(path: Path) -> list[Paragraph]:
    """Return the paragraphs of a SQuAD file; a wrong offset is mended or its question dropped."""
    dataset = read_squad(path, Faults(path, skip=True))
    asked: defaultdict[str, list[Asked]] = defaultdict(list)
    for case in dataset.cases:
        article = next(iter(case.relevant), None)
        if article is not None:
            asked[article].append(Asked(normalise(case.question.turns[-1]), case.spans[0]))
    return [
        Paragraph(article.title, article.text, tuple(sentence_spans(article.text)), tuple(asked[article.id]))
        for article in dataset.articles
    ]


def read_written(questions: Path, viquad: Path, news: Path) -> list[Paragraph]:
    """Return the passages that `questions` asks about: offsets into the news or into ViQuAD's paragraphs.

    A row is `{"source": "news" | "viquad", "document", "paragraph", "start", "end", "question", "answers"}`,
    the answers as offsets within the paragraph, none for a trap. No text of the sources stands in it.
    """
    rows = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    texts = _news_texts(news, {row["document"] for row in rows if row["source"] == "news"})
    texts |= _viquad_texts(viquad)
    asked: defaultdict[tuple[str, str, int, int, int], list[Asked]] = defaultdict(list)
    for row in rows:
        key = (row["source"], row["document"], row["paragraph"], row["start"], row["end"])
        answers = tuple((start - row["start"], end - row["start"]) for start, end in row["answers"])
        asked[key].append(Asked(row["question"], answers))
    paragraphs = []
    for (source, document, number, start, end), questions_of in asked.items():
        title, text = texts[source, document, number]
        cut = text[start:end]
        paragraphs.append(Paragraph(title, cut, tuple(sentence_spans(cut)), tuple(questions_of)))
    return paragraphs


def shingles(text: str) -> set[int]:
    """Return a hash of each SHINGLE code points in a row of `text` in lower case without spaces."""
    flat = "".join(text.lower().split())
    return {
        int.from_bytes(hashlib.blake2b(flat[at : at + SHINGLE].encode(), digest_size=8).digest())
        for at in range(max(len(flat) - SHINGLE + 1, 0))
    }


def overlapping(paragraphs: Iterable[Paragraph], held_out: Iterable[str]) -> list[Paragraph]:
    """Return the paragraphs that share SHINGLE code points with a text that must not be trained on."""
    forbidden: set[int] = set()
    for text in held_out:
        forbidden |= shingles(text)
    return [paragraph for paragraph in paragraphs if shingles(paragraph.text) & forbidden]


def squad_texts(path: Path) -> list[str]:
    """Return the normalised paragraphs of a SQuAD file."""
    document = json.loads(path.read_text("utf-8"))
    return [
        normalise(paragraph["context"]) for entry in document["data"] for paragraph in entry["paragraphs"]
    ]


def _news_texts(path: Path, wanted: set[str]) -> dict[tuple[str, str, int], tuple[str, str]]:
    texts = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["id"] in wanted:
                for number, text in enumerate(row["paragraphs"]):
                    texts["news", row["id"], number] = (
                        normalise(row["title"]),
                        unicodedata.normalize("NFC", text),
                    )
    return texts


def _viquad_texts(path: Path) -> dict[tuple[str, str, int], tuple[str, str]]:
    texts = {}
    for entry in json.loads(path.read_text("utf-8"))["data"]:
        title = entry["title"].replace("_", " ")
        for number, paragraph in enumerate(entry["paragraphs"]):
            text = unicodedata.normalize("NFC", paragraph["context"])
            texts["viquad", entry["title"], number] = title, text
    return texts
