"""From an article to passages: a few whole neighbouring sentences, overlapping by sentences.

langchain-text-splitters cuts and merges the text, by tokens of the encoder. Its separator is a mark that stands
before each sentence and holds its number, so the place of a chunk is read, never searched for in the text, which the
library's own `start_index` gets wrong where lengths are not characters or a sentence stands twice.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise, takewhile

from langchain_text_splitters import CharacterTextSplitter

from partyqa.text.lexicon import marked, written
from partyqa.text.normalise import fold, leading_capitals
from partyqa.text.sentences import sentence_spans
from partyqa.types import Article, Passage, Sentence

TARGET_TOKENS = 170
OVERLAP_TOKENS = 60
CHUNKING: Mapping[str, int | str] = {
    "splitter": "whole sentences merged by langchain-text-splitters",
    "target_tokens": TARGET_TOKENS,
    "overlap_tokens": OVERLAP_TOKENS,
    "version": 1,
}

_MARK = "\0[0-9]+\0"  # stands before each sentence, with its number; normalised text holds no zero
_SPARE = 8  # tokens: joining two texts may cost a few more than their sum
_UNIT = re.compile(
    rf"\b({written(marked('units.tsv', without='hamlet loose'))}(?: [uủ][ỷy])?)((?: [^\W\d_]+){{1,4}})",
    re.IGNORECASE,
)
_BREAKS = (re.compile(r"[;:] +"), re.compile(r", +"), re.compile(r" +"))

# A sentence longer than TARGET_TOKENS is a passage of its own; the library logs a warning for each.
logging.getLogger("langchain_text_splitters.base").setLevel(logging.ERROR)


def split_article(article: Article, count_tokens: Callable[[str], int], limit: int) -> tuple[Passage, ...]:
    """Return the passages of `article`, in order; every sentence stands in at least one.

    `count_tokens` counts as the encoder does; `limit` is the most tokens it takes, context included. A
    sentence too long for it is cut at semicolons, else commas, else spaces: nothing is silently lost.
    """
    described = describe(article)
    whole = [Sentence(article, *span) for span in sentence_spans(article.text)]
    return tuple(
        passage for group in _groups(whole) for passage in _passages(group, described, count_tokens, limit)
    )


def _groups(whole: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Yield the sentences of one place in the file: an article, a table, a part; a heading above with what it heads.

    A part of a path in small letters ("khoản 2") is one of what it stands in, and parts no passages.
    """
    waiting: list[Sentence] = []
    heads: tuple[str, ...] = ()
    for place, members in groupby(whole, key=lambda sentence: _place(sentence.path)):
        group = list(members)
        if waiting and place[: len(heads)] != heads:
            yield waiting
            waiting = []
        if place and all(sentence.text.rstrip(" .:") in place[-1] for sentence in group):
            waiting, heads = [*waiting, *group], place
        else:
            yield [*waiting, *group]
            waiting = []
    if waiting:
        yield waiting


def _place(path: Sequence[str]) -> tuple[str, ...]:
    return tuple(part for at, part in enumerate(path) if not at or not part[:1].islower())


def _passages(
    whole: Sequence[Sentence], described: str, count_tokens: Callable[[str], int], limit: int
) -> Iterator[Passage]:
    """Yield the passages of sentences that stand under one outermost part of a path: a clause, a table."""
    article, path = whole[0].article, _headed_path(whole)
    context = " ".join(filter(None, [described, *(f"{part.rstrip('.')}." for part in path)]))
    room = limit - count_tokens(context) - _SPARE
    if room < limit // 2:  # an absurdly long title must not crowd out what is quoted
        context, room = "", limit - _SPARE
    sentences = [
        Sentence(article, start, end)
        for sentence in whole
        for start, end in _fit(article.text, sentence.start, sentence.end, count_tokens, room)
    ]
    for first, last in _merge(sentences, article.text[: whole[-1].end], count_tokens, room):
        yield Passage(article, tuple(sentences[first:last]), context)


def _headed_path(whole: Sequence[Sentence]) -> tuple[str, ...]:
    """Return the path of a group; headings above it stand in less of it."""
    last = _place(whole[-1].path)
    return shared_path([sentence for sentence in whole if _place(sentence.path) == last])


def shared_path(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """Return the outer parts that the paths of all the sentences share."""
    levels = zip(*(sentence.path for sentence in sentences), strict=False)
    return tuple(parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, levels))


def describe(article: Article) -> str:
    """Return what distinguishes this article from similar ones: title, the place it is about, its date; never quoted.

    "Chuyển biến ở Mường Ảng. Huyện Mường Ảng. Ngày 01/03/2017."; of a document its number as well
    """
    title = article.title.strip().rstrip(".…")
    place = main_place(f"{title}\n{article.text}")
    parts = [title, "" if fold(place) in fold(title) else place[:1].upper() + place[1:]]
    if article.number:
        parts.append(f"Số {article.number}")
    if article.published:
        parts.append(f"Ngày {article.published:%d/%m/%Y}")
    return " ".join(f"{part}." for part in parts if part)


def main_place(text: str) -> str:
    """Return the administrative unit that `text` names most often (the first of equals), or "".

    "Huyện ủy Mường Ảng ... huyện Mường Ảng" -> "huyện Mường Ảng"
    """
    found: Counter[str] = Counter()
    for match in _UNIT.finditer(text):
        unit = re.sub(r" [uủ][ỷy]$", "", match.group(1).lower())
        name = leading_capitals(match.group(2))
        if name:
            found[f"{unit} {name}"] += 1
    return found.most_common(1)[0][0] if found else ""


def _fit(
    text: str, start: int, end: int, count_tokens: Callable[[str], int], room: int
) -> Iterator[tuple[int, int]]:
    """Yield the span whole when it fits into `room` tokens, else its halves, cut where it hurts least."""
    if count_tokens(text[start:end]) <= room:
        yield start, end
        return
    middle = (start + end) // 2
    for pattern in _BREAKS:
        cuts = [match.span() for match in pattern.finditer(text, start + 1, end - 1)]
        if cuts:
            before, after = min(cuts, key=lambda cut: abs(cut[0] - middle))
            before += len(text[before:after].rstrip(" "))
            break
    else:
        before = after = middle
    yield from _fit(text, start, before, count_tokens, room)
    yield from _fit(text, after, end, count_tokens, room)


def _merge(
    sentences: Sequence[Sentence], text: str, count_tokens: Callable[[str], int], room: int
) -> Iterator[tuple[int, int]]:
    """Yield overlapping (first, last) runs of about TARGET_TOKENS of the sentences of `text`."""
    size = min(TARGET_TOKENS, room)
    splitter = CharacterTextSplitter(
        separator=_MARK,
        is_separator_regex=True,
        keep_separator="start",
        chunk_size=size,
        chunk_overlap=min(OVERLAP_TOKENS, size // 3),
        length_function=lambda piece: count_tokens(re.sub(_MARK, "", piece).rstrip()) if piece else 0,
        strip_whitespace=False,
    )
    starts = [*(sentence.start for sentence in sentences), len(text)]
    marked = (f"\0{number}\0{text[start:end]}" for number, (start, end) in enumerate(pairwise(starts)))
    for chunk in splitter.split_text("".join(marked)):
        numbers = re.findall(_MARK, chunk)
        yield int(numbers[0].strip("\0")), int(numbers[-1].strip("\0")) + 1
