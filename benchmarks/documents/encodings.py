"""Letters of files of before Unicode against transcripts, and of Unicode text that must stay as it is.

A word of a transcript is held against the word that stands between the same consonants, whatever its vowels became.
"""

import gzip
import json
import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from partyqa.corpus.readers import read_file, reader_of, suffix_list
from partyqa.corpus.readers.encoding import converted
from partyqa.errors import CorpusError

_ARTICLES = 700
_AROUND = 2  # words on each side
_MOJIBAKE = 0.5  # of a file's letters that are right: below it was not converted, or by another table
_CONSONANT = re.compile("[^b-df-hj-np-tv-xz0-9]+")


def measure(data: Path) -> Iterator[tuple[str, str]]:
    """Yield, over the files of `documents/legacy`, how right they are read, and what 700 articles lost."""
    folder = data / "documents" / "legacy"
    shares: dict[str, float] = {}
    refused: list[str] = []
    aligned = total = 0
    for file in sorted((folder / "files").iterdir()):
        transcript = (folder / "transcripts" / f"{file.stem}.txt").read_text("utf-8")
        try:
            found = text_of(file)
        except CorpusError:
            refused.append(file.name)
            continue
        right, compared, letters = letters_right(found, transcript)
        shares[file.name] = right / max(compared, 1)
        aligned, total = aligned + compared, total + letters
    worst = sorted(shares, key=shares.__getitem__)[:3]
    yield "letters with diacritics that are right, median", f"{median(shares.values()):.4f}"
    yield "the same, worst", "; ".join(f"{shares[name]:.4f} {name}" for name in worst)
    yield "letters of transcripts that were found to compare", f"{aligned / total:.3f}"
    yield "files refused", f"{len(refused)} of {len(refused) + len(shares)} {', '.join(refused)}"
    yield "files read as they stood", str(sum(share < _MOJIBAKE for share in shares.values()))
    yield f"letters changed in {_ARTICLES} articles", str(sum(map(_changed, _articles(data))))


def text_of(file: Path) -> str:
    """Return what a file is read as, title and all; CorpusError where it is refused or of no type that is read."""
    if reader_of(file) is None:
        raise CorpusError("readers.unknown_type", path=file, suffixes=suffix_list())
    return "\n".join(f"{it.title}\n{it.text}" for it in read_file(file.read_bytes(), file).articles)


def letters_right(found: str, transcript: str) -> tuple[int, int, int]:
    """Return how many letters with diacritics of a transcript are right, were compared, and are there."""
    places = defaultdict[tuple[str, ...], deque[str]](deque)
    words = _words(found)
    for word, around in zip(words, _contexts(words), strict=True):
        places[around].append(word)
    right = compared = letters = 0
    words = _words(transcript)
    for word, around in zip(words, _contexts(words), strict=True):
        marked = [at for at, char in enumerate(word) if char.isalpha() and not char.isascii()]
        letters += len(marked)
        if not marked or not places[around]:
            continue
        other = places[around].popleft()
        compared += len(marked)
        right += len(marked) if other == word else sum(other[at : at + 1] == word[at] for at in marked)
    return right, compared, letters


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s|]+", unicodedata.normalize("NFC", text).lower())


def _contexts(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    bare = [""] * _AROUND + [_CONSONANT.sub("", word) for word in words] + [""] * _AROUND
    for at in range(len(words)):
        yield tuple(bare[at : at + 2 * _AROUND + 1])


def _articles(data: Path) -> Iterator[list[str]]:
    with gzip.open(data / "news" / "news.jsonl.gz", "rt", encoding="utf-8") as rows:
        for number, row in enumerate(rows):
            if number % 50 == 0 and number < 50 * _ARTICLES:
                found = json.loads(row)
                yield [found["title"], *found["paragraphs"]]


def _changed(lines: list[str]) -> int:
    try:
        after, encoding = converted(lines, "")
    except CorpusError:
        return sum(map(len, lines))
    pairs = zip("\n".join(lines), "\n".join(after), strict=False)
    return sum(one != other for one, other in pairs) + bool(encoding)
