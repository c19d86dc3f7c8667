"""The texts that the reader learns from, with their questions: ViQuAD and those written for this project."""

import gzip
import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from partyqa.evaluation.datasets.base import Faults, offset_in
from partyqa.evaluation.datasets.squad import read_squad
from partyqa.text.normalise import normalise
from partyqa.text.sentences import sentence_spans

Span = tuple[int, int]
SHINGLE = 60  # code points
_LOOSE = re.compile(r" (?=[.,;:?!)\]”%])|(?<=[(\[“]) ")


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


def read_traps(path: Path) -> list[Paragraph]:
    """Return the paragraphs of a SQuAD 2.0 file with their questions that cannot be answered."""
    found = []
    for entry in json.loads(path.read_text("utf-8"))["data"]:
        for paragraph in entry["paragraphs"]:
            text = normalise(paragraph["context"])
            asked = [
                Asked(normalise(row["question"]), ()) for row in paragraph["qas"] if row["is_impossible"]
            ]
            if asked:
                title = entry["title"].replace("_", " ")
                found.append(Paragraph(title, text, tuple(sentence_spans(text)), tuple(asked)))
    return found


def read_written(questions: Path, viquad: Path, news: Path) -> list[Paragraph]:
    """Return the passages that `questions` asks about: offsets into the news or into ViQuAD's paragraphs.

    A row is `{"source": "news" | "viquad", "document", "paragraph", "start", "end", "question", "answers"}`,
    the answers as offsets within the paragraph, none for a trap. No text of the sources stands in it.
    """
    rows = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    texts = news_texts(news, {row["document"] for row in rows if row["source"] == "news"})
    texts |= _viquad_texts(viquad)
    asked: defaultdict[tuple[str, str, int, int, int], list[Asked]] = defaultdict(list)
    for row in rows:
        key = (row["source"], row["document"], row["paragraph"], row["start"], row["end"])
        answers = tuple((start - row["start"], end - row["start"]) for start, end in row["answers"])
        asked[key].append(Asked(row["question"], answers))
    paragraphs = []
    for (source, document, number, start, end), questions_of in asked.items():
        title, text = texts[source, document, number]
        raw = text[start:end]
        cut = normalise(raw)
        asked_of = tuple(
            Asked(
                one.text,
                tuple((offset_in(cut, raw, low), offset_in(cut, raw, high)) for low, high in one.answers),
            )
            for one in questions_of
        )
        paragraphs.append(Paragraph(title, cut, tuple(sentence_spans(cut)), asked_of))
    return paragraphs


def read_own(path: Path) -> list[Paragraph]:
    """Return our own passages: a row is `{"title", "text", "asked": [[kind, question, [[start, end], ...]], ...]}`."""
    paragraphs = []
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        asked = (
            Asked(question, tuple((start, end) for start, end in spans))
            for _, question, spans in row["asked"]
        )
        text = row["text"]
        paragraphs.append(Paragraph(row["title"], text, tuple(sentence_spans(text)), tuple(asked)))
    return paragraphs


def read_web(path: Path) -> list[Paragraph]:
    """Return the snippets that searchers' questions were judged against, spaces before marks taken out.

    A row is `{"question", "context", "answers": [{"answer_start", "text"}], "is_impossible"}`; one whose answer does
    not stand where it says is left out.
    """
    asked: defaultdict[str, list[Asked]] = defaultdict(list)
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        text, places = _closed_up(unicodedata.normalize("NFC", row["context"]))
        spans = [(one["answer_start"], one["answer_start"] + len(one["text"])) for one in row["answers"]]
        right = all(
            row["context"][start:end] == one["text"]
            for one, (start, end) in zip(row["answers"], spans, strict=True)
        )
        if right and len(places) == len(row["context"]) + 1 and sentence_spans(text):
            answers = tuple((places[start], places[end]) for start, end in spans)
            question = _closed_up(unicodedata.normalize("NFC", row["question"]))[0]
            asked[text].append(Asked(question, answers))
    return [Paragraph("", text, tuple(sentence_spans(text)), tuple(of)) for text, of in asked.items()]


def _closed_up(text: str) -> tuple[str, list[int]]:
    """Return `text` without the spaces before marks and after brackets, and where each place of it went."""
    dropped = {match.start() for match in _LOOSE.finditer(text)}
    places, kept = [], 0
    for at in range(len(text) + 1):
        places.append(kept)
        kept += at not in dropped
    return "".join(char for at, char in enumerate(text) if at not in dropped), places


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


def news_texts(path: Path, wanted: set[str]) -> dict[tuple[str, str, int], tuple[str, str]]:
    """Return (title, text) of each paragraph of the wanted documents, by ("news", document, number)."""
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
