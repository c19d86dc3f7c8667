"""SQuAD 1.1 and 2.0 and XQuAD-R: a paragraph is an article, an answer's offset is its gold place."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from partyqa.evaluation.datasets.base import Case, Dataset, Faults, offset_in, place_answer
from partyqa.evaluation.datasets.files import json_document, name_of, text_of
from partyqa.i18n import Message, message
from partyqa.text.entities import Span
from partyqa.text.normalise import normalise
from partyqa.types import Article, Question


@dataclass
class _Reading:
    """What has been read so far, and what had to be mended."""

    faults: Faults
    raw: str
    articles: list[Article] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    sentences: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    asked: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    moved: int = 0
    renamed: int = 0

    def line(self, key: str) -> int:
        """The line of the file where the question `key` stands last, or 0."""
        places = (self.raw.rfind(json.dumps(key, ensure_ascii=ascii_only)) for ascii_only in (True, False))
        place = max(places)
        return self.raw.count("\n", 0, place) + 1 if place >= 0 else 0


def read_squad(path: Path, faults: Faults) -> Dataset:
    """Return the paragraphs and questions of a SQuAD file; ids are `title/number`.

    An answer whose offset is off is moved to its only place in the paragraph, and counted; where it has none
    or several, that is a fault. One id for two questions: the later ones are numbered (`id#2`), and counted;
    the same question twice is a fault.
    """
    document, raw = json_document(path)
    reading = _Reading(faults, raw)
    numbers: Counter[str] = Counter()
    for title, paragraph in _paragraphs(document, faults):
        text = normalise(paragraph["context"])
        article = Article(f"{title}/{numbers[title]}", title.replace("_", " "), text)
        numbers[title] += 1
        reading.articles.append(article)
        reading.sentences[article.id] = tuple(_breaks(paragraph, text))
        for row in paragraph.get("qas", ()):
            _read_question(row, paragraph["context"], article, reading)
    return Dataset(
        path.stem,
        path,
        tuple(reading.articles),
        tuple(reading.cases),
        {article_id: breaks for article_id, breaks in reading.sentences.items() if breaks},
        tuple(_notes(reading)),
        tuple(faults.found),
    )


def _paragraphs(document: Any, faults: Faults) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (title, paragraph) of a SQuAD document; what has another shape is a fault."""
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, list):
        faults.add(0, "evaluation.squad_no_data")
        return
    for number, entry in enumerate(data):
        paragraphs = entry.get("paragraphs") if isinstance(entry, dict) else None
        if not isinstance(paragraphs, list):
            faults.add(0, "evaluation.squad_no_paragraphs", number=number)
            continue
        title = name_of(entry, "title") or f"data[{number}]"
        for place, paragraph in enumerate(paragraphs):
            if isinstance(paragraph, dict) and text_of(paragraph, "context").strip():
                yield title, paragraph
            else:
                where = f"data[{number}].paragraphs[{place}]"
                faults.add(0, "evaluation.squad_no_context", where=where)


def _breaks(paragraph: dict[str, Any], text: str) -> Iterator[Span]:
    """Yield XQuAD-R's sentence spans, carried over to `text`, the normalised paragraph."""
    pairs = paragraph.get("sentence_breaks")
    for pair in pairs if isinstance(pairs, list) else ():
        match pair:
            case [int(start), int(end)]:
                context = paragraph["context"]
                yield offset_in(text, context, start), offset_in(text, context, end)


def _read_question(row: Any, context: str, article: Article, reading: _Reading) -> None:
    key, question = (name_of(row, "id"), text_of(row, "question")) if isinstance(row, dict) else ("", "")
    if not (key and question.strip()):
        where = f"{article.id}"
        reading.faults.add(0, "evaluation.squad_no_id", where=where)
        return
    known = reading.asked.setdefault(key, set())
    if (article.id, question) in known:
        line = reading.line(key)
        reading.faults.add(line, "evaluation.squad_question_twice", id=key)
        return
    known.add((article.id, question))
    if len(known) > 1:
        reading.renamed += 1
    spans = _spans(key, row, context, article, reading)
    if spans is None:
        return
    quotes = tuple(article.text[start:end] for start, end in spans)
    reading.cases.append(
        Case(
            question=Question(
                key if len(known) == 1 else f"{key}#{len(known)}",
                (question,),
                tuple((article.id, quote) for quote in quotes[:1]),
            ),
            relevant={article.id: 1} if spans else {},
            spans=(spans,) if spans else (),
            answers=tuple(dict.fromkeys(quotes)),
            kind="answerable" if spans else "unanswerable",
        )
    )


def _spans(
    key: str, row: dict[str, Any], context: str, article: Article, reading: _Reading
) -> tuple[Span, ...] | None:
    """Return the places of all answers, () where there is none to give, None after a fault."""
    if row.get("is_impossible") is True:
        return ()
    answers = row.get("answers")
    if not isinstance(answers, list) or not answers:
        reading.faults.add(reading.line(key), "evaluation.squad_no_answers", id=key)
        return None
    spans: dict[Span, None] = {}
    for answer in answers:
        text = text_of(answer, "text") if isinstance(answer, dict) else ""
        start = answer.get("answer_start") if isinstance(answer, dict) else None
        start = start if isinstance(start, int) else -1
        span = place_answer(context, article.text, text, start)
        if span is None:
            reading.faults.add(
                reading.line(key),
                "evaluation.squad_answer_elsewhere",
                id=key,
                answer=text,
                start=start,
            )
            return None
        reading.moved += context[start : start + len(text)] != text
        spans[span] = None
    return tuple(spans)


def _notes(reading: _Reading) -> Iterator[Message]:
    if reading.moved:
        yield message("evaluation.note_moved", n=reading.moved)
    if reading.renamed:
        yield message("evaluation.note_renamed", n=reading.renamed)
