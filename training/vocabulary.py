"""Trim the tokenizer to what Vietnamese uses: `python -m training.vocabulary --data PATH --out FOLDER`.

Removing pieces that the best segmentation of a text does not use changes nothing in it. The tokenizer splits at white
space first, so distinct words stand for all texts. The curve of pieces kept against sentences unchanged goes to the
screen and to `curve.json`; beside it `tokenizer.json` and `rows.json`, which embedding each kept piece has.
"""

import argparse
import gzip
import hashlib
import json
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from partyqa.text.normalise import fold, normalise
from partyqa.text.sentences import sentence_spans
from training.base.tokenizer import MASK, build_tokenizer
from training.base.weights import Vocabulary, Weights

CORPUS = Path(__file__).parents[1] / "corpus"
HELD_OUT_SENTENCES = 100_000
MOST_PIECES = 40_000
SPACE = "▁"

FORMS: Mapping[str, Callable[[str], str]] = {
    "as written": lambda word: word,
    "without accents": fold,
    "upper case": str.upper,
    "lower case": str.lower,
}
LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
    + string.digits
    + string.punctuation
    + "“”‘’«»…–—•·°%‰²³×±≤≥½¼€£§©®™′″"
)
_ENCODED_AT_ONCE = 1 << 14

Words = Counter[str]
Pieces = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A tokenizer, the row in the full embedding of each of its ids, and the full tokenizer's id of each piece."""

    tokenizer: Tokenizer
    rows: list[int]


@dataclass(frozen=True, slots=True)
class Texts:
    """Words with how often they stand in the texts to learn from, and sentences of other documents."""

    words: Words
    held_out: list[str]


def main() -> None:
    """Read the arguments, trim, print the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with viquad/ and news/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pieces", type=int, default=MOST_PIECES, help="how many to keep at most")
    arguments = parser.parse_args()
    texts = read_texts(arguments.data, CORPUS, HELD_OUT_SENTENCES)
    write(arguments.out, Weights.of_package().vocabulary(), texts, arguments.pieces)


def write(out: Path, vocabulary: Vocabulary, texts: Texts, most: int) -> Trimmed:
    """Write the tokenizer of at most `most` pieces, its rows and the curve into `out`."""
    full = build_tokenizer(vocabulary)
    counts = count_pieces(full, texts.words)
    sizes = sorted({most, *(most * share // 8 for share in (4, 6, 7, 9, 10))})
    held_out = {name: segmented(full, held_words(texts.held_out, form)) for name, form in FORMS.items()}
    curve = []
    for size in sizes:
        kept = keep(vocabulary, counts, size)
        tokenizer = trim(vocabulary, kept).tokenizer
        shares = {
            name: unchanged(tokenizer, held_out[name], [form(one) for one in texts.held_out])
            for name, form in FORMS.items()
        }
        curve.append({"pieces": len(kept), "sentences": len(texts.held_out), "unchanged %": shares})
        print(json.dumps(curve[-1], ensure_ascii=False), flush=True)
    trimmed = trim(vocabulary, keep(vocabulary, counts, most))
    out.mkdir(parents=True, exist_ok=True)
    trimmed.tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    (out / "rows.json").write_text(json.dumps(trimmed.rows, separators=(",", ":")) + "\n", "utf-8")
    (out / "curve.json").write_text(json.dumps(curve, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return trimmed


def read_texts(data: Path, corpus: Path, held_out: int) -> Texts:
    """Return the words of news, ViQuAD train and corpus, and `held_out` sentences of the news left out."""
    words: Words = Counter()
    sentences: list[str] = []
    for document, text in _news(data / "news/news.jsonl.gz"):
        if len(sentences) < held_out and hashlib.sha256(document.encode()).digest()[0] < 64:
            sentences += [text[start:end] for start, end in sentence_spans(text)]
        else:
            words.update(text.split())
    for text in [
        *_viquad(data / "viquad/train.json"),
        *(path.read_text("utf-8") for path in corpus.glob("*.md")),
    ]:
        words.update(normalise(text).split())
    return Texts(words, sentences[:held_out])


def count_pieces(full: Tokenizer, words: Words) -> Counter[int]:
    """Return how often each piece is used by the words in all FORMS; a form not as written counts a fourth."""
    counts: Counter[int] = Counter()
    for name, form in FORMS.items():
        weight = 4 if name == "as written" else 1
        formed: Counter[str] = Counter()
        for word, number in words.items():
            formed[form(word)] += number * weight
        for word, ids in _encoded(full, list(formed)):
            for number in ids:
                counts[number] += formed[word]
    return counts


def keep(vocabulary: Vocabulary, counts: Counter[int], most: int) -> list[int]:
    """Return the ids to keep in their old order: specials, single characters, the most used, the likeliest.

    The likeliest are pieces of Latin letters that the texts do not use: names and words of other languages.
    """
    always = {vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unknown}
    single = {*LETTERS, *LETTERS.upper()}
    for number, (piece, _) in enumerate(vocabulary.pieces):
        if piece in (MASK, SPACE) or piece.removeprefix(SPACE) in single:
            always.add(number)
    ranked = [number for number, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    latin = {
        number
        for number, (piece, _) in enumerate(vocabulary.pieces)
        if single.issuperset(piece[1:] + piece[0].strip(SPACE))
    }
    unseen = sorted(latin.difference(ranked), key=lambda number: (-vocabulary.pieces[number][1], number))
    more = (number for number in [*ranked, *unseen] if number not in always)
    return sorted([*always, *islice(more, max(most - len(always), 0))])


def trim(vocabulary: Vocabulary, kept: Sequence[int]) -> Trimmed:
    """Return the tokenizer of the pieces `kept`, its specials under the same ids as before."""
    rows = list(kept)
    places = {row: place for place, row in enumerate(rows)}
    smaller = Vocabulary(
        [(piece, _short(score)) for piece, score in (vocabulary.pieces[row] for row in rows)],
        places[vocabulary.bos],
        places[vocabulary.eos],
        places[vocabulary.pad],
        places[vocabulary.unknown],
        vocabulary.normalisation,
    )
    return Trimmed(build_tokenizer(smaller), rows)


def held_words(sentences: Iterable[str], form: Callable[[str], str]) -> list[str]:
    """Return the distinct words of sentences in a form."""
    return list({word for sentence in sentences for word in form(sentence).split()})


def segmented(tokenizer: Tokenizer, words: Sequence[str]) -> dict[str, Pieces]:
    """Return the pieces of each word."""
    texts = {number: piece for piece, number in tokenizer.get_vocab().items()}
    return {word: tuple(texts[number] for number in ids) for word, ids in _encoded(tokenizer, words)}


def unchanged(tokenizer: Tokenizer, before: Mapping[str, Pieces], sentences: Sequence[str]) -> float:
    """Return how many sentences of a hundred have the same pieces as `before`, the pieces of their words."""
    now = segmented(tokenizer, list(before))
    changed = {word for word, pieces in before.items() if now[word] != pieces}
    same = sum(changed.isdisjoint(sentence.split()) for sentence in sentences)
    return round(100 * same / max(len(sentences), 1), 4)


def _short(score: float) -> float:
    """Return the shortest decimal number that is the same float32."""
    return float(str(np.float32(score)))


def _encoded(tokenizer: Tokenizer, words: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Yield each word with its ids; of the fast encodings only the ids are filled in."""
    for at in range(0, len(words), _ENCODED_AT_ONCE):
        some = words[at : at + _ENCODED_AT_ONCE]
        for word, encoding in zip(
            some, tokenizer.encode_batch_fast(some, add_special_tokens=False), strict=True
        ):
            yield word, encoding.ids


def _news(path: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            for text in (row["title"], *row["paragraphs"]):
                yield row["id"], normalise(text)


def _viquad(path: Path) -> Iterator[str]:
    for entry in json.loads(path.read_text("utf-8"))["data"]:
        yield entry["title"].replace("_", " ")
        for paragraph in entry["paragraphs"]:
            yield paragraph["context"]
            yield from (question["question"] for question in paragraph["qas"])


if __name__ == "__main__":
    main()
