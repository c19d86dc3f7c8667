"""News documents for the retriever: a few of many, chosen by seed, without copies of what is held out."""

import gzip
import json
import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from partyqa.text.normalise import normalise
from partyqa.text.sentences import sentence_spans
from training.paragraphs import SHINGLE, Paragraph, overlapping

LEAST_TITLE = 20  # code points
LEAST_LEAD, MOST_LEAD = 60, 400
LEAST_REST = 300
_HALF = SHINGLE // 2


@dataclass(frozen=True, slots=True)
class Document:
    """A news document: its title and whole text, and after how many code points its lead is over."""

    body: Paragraph
    lead: int

    @property
    def later(self) -> int:
        """The number of the first sentence after the lead."""
        return next(number for number, (start, _) in enumerate(self.body.sentences) if start >= self.lead)


def read_news(path: Path, most: int, seed: int, but: Collection[str]) -> list[Document]:
    """Return `most` usable documents of other titles than `but`, drawn by `seed`; fewer first are the same first.

    A row is `{"id", "title", "paragraphs"}`; the first paragraph is the lead. Usable is what has a title, a lead
    and a text of ordinary length, and a title that no earlier one has.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    random.Random(seed).shuffle(lines)
    found: list[Document] = []
    known = set(but)
    for line in lines:
        if len(found) == most:
            break
        row = json.loads(line)
        title, paragraphs = normalise(row["title"]), _kept(row["paragraphs"])
        if title not in known and _usable(title, paragraphs):
            known.add(title)
            found.append(document_of(title, paragraphs))
    return found


def document_of(title: str, paragraphs: Sequence[str]) -> Document:
    """Return the document of normalised paragraphs, the first of them the lead."""
    text = "\n".join(paragraphs)
    return Document(Paragraph(title, text, tuple(sentence_spans(text)), ()), len(paragraphs[0]))


def without_copies(documents: Iterable[Document], held_out: Iterable[str]) -> list[Document]:
    """Return the documents that share no SHINGLE code points with a held-out text, as `overlapping` counts them.

    A document that holds such a run holds a half of it that begins at a multiple of half a run: those halves are
    looked for first, and the few documents where one is found are compared exactly.
    """
    texts = list(held_out)
    halves = {half for text in texts for half in _parts(_flat(text), 1)}
    suspects = [one for one in documents if not halves.isdisjoint(_parts(_flat(one.body.text), _HALF))]
    copies = {paragraph.text for paragraph in overlapping([one.body for one in suspects], texts)}
    return [one for one in documents if one.body.text not in copies]


def _kept(paragraphs: Iterable[str]) -> list[str]:
    return [text for text in (normalise(raw).strip() for raw in paragraphs) if text]


def _usable(title: str, paragraphs: Sequence[str]) -> bool:
    return (
        len(title) >= LEAST_TITLE
        and len(paragraphs) > 1
        and LEAST_LEAD <= len(paragraphs[0]) <= MOST_LEAD
        and sum(map(len, paragraphs[1:])) >= LEAST_REST
    )


def _flat(text: str) -> str:
    """As `shingles` counts: in lower case, without white space."""
    return "".join(text.lower().split())


def _parts(text: str, step: int) -> Iterable[str]:
    return (text[at : at + _HALF] for at in range(0, len(text) - _HALF + 1, step))
