"""What is really trained on: nothing held out, and every question of ours over a text that is there."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SHARED

from partyqa.text.normalise import normalise
from training.paragraphs import SHINGLE, Paragraph, read_written
from training.reader import FILES, WRITTEN, training_texts
from training.retriever import Settings, texts_of

# Two that begin inside a number (149, 22); the first run was trained on them.
KEYS = {"source", "document", "paragraph", "start", "end", "question", "answers", "kind"}


def written_rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def data() -> Path:
    folder = SHARED / "data"
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        pytest.skip(f"no {', '.join(missing)} here: set PARTYQA_SHARED to the folder that holds data/")
    return folder


def test_our_questions_are_offsets_without_text_of_the_sources() -> None:
    rows = written_rows()
    assert len(rows) > 6000
    for row in rows:
        assert row.keys() == KEYS and row["source"] in ("news", "viquad"), row
        assert row["question"] == normalise(row["question"]) and len(row["question"]) < 300, row
        assert row["start"] < row["end"] and row["paragraph"] >= 0, row
        assert all(row["start"] <= start < end <= row["end"] for start, end in row["answers"]), row
        assert row["kind"].startswith("trap") is not bool(row["answers"]), row
    once = Counter((row["document"], row["paragraph"], row["start"], row["question"]) for row in rows)
    assert [key for key, count in once.items() if count > 1] == []


def test_every_question_of_ours_finds_its_text(data: Path) -> None:
    """Each row by itself, against the paragraphs that training reads."""
    found = read_written(WRITTEN, data / "viquad/train.json", data / "news/news.jsonl.gz")
    assert sum(len(paragraph.asked) for paragraph in found) == len(written_rows())
    within_a_number = set()
    for paragraph in found:
        assert paragraph.text == normalise(paragraph.text), paragraph.title
        assert paragraph.sentences and paragraph.asked
        for asked in paragraph.asked:
            for start, end in asked.answers:
                answer = paragraph.text[start:end]
                assert 0 <= start < end <= len(paragraph.text) and answer == answer.strip() != "", asked
                around = paragraph.text[max(start - 1, 0) : start + 1], paragraph.text[end - 1 : end + 1]
                if any(re.fullmatch(r"\d\d", pair) for pair in around):
                    within_a_number.add(asked.text)
    assert within_a_number == set()


def flat(text: str) -> str:
    return re.sub(r"\s", "", normalise(text).lower())


@pytest.fixture(scope="module")
def forbidden(data: Path) -> dict[int, str]:
    """Each 60 letters and signs in a row that is held out, by Python's hash, with a text that holds it.

    White space is not counted. Were it counted, six paragraphs would share a run of 61 to 72 characters:
    long names of offices, wars and treaties, and one clause on a stadium.
    """
    found = {hash(text[at : at + SHINGLE]): text for text in held_out(data) for at in starts(text)}
    assert len(found) > 500_000
    return found


def test_nothing_held_out_is_trained_on(data: Path, forbidden: dict[int, str]) -> None:
    """By another way than training's own."""
    texts = training_texts(data)
    assert len(texts["viquad"]) > 3000 and len(texts["written"]) > 4000 and len(texts["own"]) > 250
    assert len(texts["squad"]) > 1500 and len(texts["web"]) > 2500
    every = [paragraph for paragraphs in texts.values() for paragraph in paragraphs]
    shared = [copied for paragraph in every for copied in copies(paragraph, forbidden)]
    assert shared == []


def test_nothing_held_out_is_among_the_texts_of_the_retriever(data: Path, forbidden: dict[int, str]) -> None:
    """Its news, every document of every epoch, titles included; and what it is measured by is not trained on."""
    texts = texts_of(data, Settings())
    news = [document.body for document in texts.news]
    assert len(news) >= Settings().news and len(texts.held_out) > 100
    trained = [*texts.general, *texts.written, *news]
    titled = [Paragraph("", f"{one.title} # {one.text}", one.sentences, ()) for one in trained]
    assert [copied for paragraph in titled for copied in copies(paragraph, forbidden)] == []
    answered = [(one.title, a.text) for one in texts.held_out for a in one.asked if a.answers]
    assert len(answered) > 200
    assert {title for title, _ in answered}.isdisjoint(paragraph.title for paragraph in trained)
    asked = {question.text for paragraph in texts.written for question in paragraph.asked}
    assert asked.isdisjoint(question for _, question in answered)


def held_out(data: Path) -> set[str]:
    texts = set()
    for name in ("xquad/xquad.vi.json", "viquad/dev.json"):
        for entry in json.loads((data / name).read_text("utf-8"))["data"]:
            texts |= {flat(paragraph["context"]) for paragraph in entry["paragraphs"]}
    yardstick = set((ROOT / "evaluation/broad/news_documents.txt").read_text("utf-8").split())
    with gzip.open(data / "news/news.jsonl.gz", "rt", encoding="utf-8") as news:
        for row in map(json.loads, news):
            if row["id"] in yardstick:
                texts |= set(map(flat, row["paragraphs"]))
    lines = (data / "viquad/unanswerable_dev.jsonl").read_text("utf-8").split("\n")
    return texts | {flat(json.loads(line)["context"]) for line in lines if line}


def starts(text: str) -> range:
    return range(len(text) - SHINGLE + 1)


def copies(paragraph: Paragraph, forbidden: dict[int, str]) -> list[str]:
    text = flat(paragraph.text)
    parts = (text[at : at + SHINGLE] for at in starts(text))
    return [part for part in parts if part in forbidden.get(hash(part), "")][:1]
