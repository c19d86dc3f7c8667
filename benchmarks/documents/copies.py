"""Copies and versions among news articles, made from them and found again, and what looking for them costs."""

import gzip
import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from partyqa.corpus.kin import with_kin
from partyqa.corpus.near import candidates, signature, without_figures, words_of
from partyqa.text.normalise import normalise
from partyqa.types import Article

ARTICLES, MADE, COMPARED = 1000, 100, 400


def measure(data: Path) -> Iterator[tuple[str, str]]:
    """Yield what is found of what was made, what is found beside, and milliseconds an article."""
    articles = _articles(data / "news" / "news.jsonl.gz")
    started = time.process_time()
    alone = with_kin(articles)
    spent = 1000 * (time.process_time() - started) / len(articles)
    yield f"milliseconds an article, {len(articles)} articles", f"{spent:.2f}"
    yield "articles with kin among them as they are", str(sum(bool(one.kin) for one in alone))
    chance = random.Random(5)
    known = {one.id for one in alone if not one.kin}
    chosen = chance.sample([one for one in articles if one.id in known and len(one.text) > 1500], MADE)
    for name, make in (("with five letters changed", _slips), ("with one line more", _longer)):
        yield f"copies {name}, found of {MADE}", str(_found(chosen, make, {"original", "copy"}, chance))
    numbers = [one for one in chosen if re.search(r"\d{2}", one.text)]
    count = _found(numbers, _other_figures, {"version"}, chance)
    yield f"versions with one other figure, found of {len(numbers)}", str(count)
    count = _found(numbers, _other_figures, {"original", "copy"}, chance)
    yield "... taken for copies", str(count)
    yield (
        f"pairs alike by .8 that are missed, {COMPARED} articles and a copy of each",
        _missed(articles, chance),
    )


def _articles(file: Path) -> list[Article]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(ARTICLES), lines, strict=False)]
    return [
        Article(f"{number:05}", normalise(str(row.get("title", ""))), normalise(_text(row)))
        for number, row in enumerate(rows)
    ]


def _text(row: dict[str, object]) -> str:
    found = row.get("text") or row.get("paragraphs") or ""
    return "\n".join(map(str, found)) if isinstance(found, list) else str(found)


def _found(chosen: list[Article], make: object, kinds: set[str], chance: random.Random) -> int:
    made = [replace(one, id=f"{one.id}x", text=make(one.text, chance)) for one in chosen]  # type: ignore[operator]
    return sum(
        any(kin.kind in kinds for kin in one.kin) for one in with_kin([*chosen, *made]) if one.id[-1] == "x"
    )


def _slips(text: str, chance: random.Random) -> str:
    letters = list(text)
    small = [at for at, letter in enumerate(letters) if letter in "aăâeêioôơuưy"]
    for at in chance.sample(small, 5):
        letters[at] = chance.choice("aeiou")
    return "".join(letters)


def _longer(text: str, chance: random.Random) -> str:
    return f"{text}\nẢnh: Phóng viên {chance.randrange(100)}."


def _other_figures(text: str, chance: random.Random) -> str:
    figures = list(re.finditer(r"\d{2,}", text))
    one = chance.choice(figures)
    return text[: one.start()] + str(int(one[0][:9]) + 1) + text[one.end() :]


def _missed(articles: list[Article], chance: random.Random) -> str:
    texts = [one.text for one in articles[:COMPARED]]
    texts += [_slips(text, chance) for text in texts if len(text) > 500]
    words = [words_of(without_figures(text)) for text in texts]
    shingles = [
        {tuple(own[at : at + 5]) for at in range(len(own) - 4)} if len(own) >= 40 else set() for own in words
    ]
    alike = {
        (one, other)
        for one, other in combinations(range(len(texts)), 2)
        if (shared := len(shingles[one] & shingles[other]))
        and shared >= 0.8 * (len(shingles[one]) + len(shingles[other]) - shared)
    }
    return f"{len(alike - set(candidates([signature(text) for text in texts])))} of {len(alike)}"
