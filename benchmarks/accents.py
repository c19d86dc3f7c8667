"""How well accents are put back: words wrong of 100, and sentences or questions with any word wrong.

python benchmarks/accents.py                      # the project's questions for tuning, typed without accents
python benchmarks/accents.py --data PATH          # and 2,000 news sentences that were not counted, without an index
python benchmarks/accents.py --questions FILE     # the turns of another file of questions
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from partyqa.index.index import Index
from partyqa.question.language import pieces
from partyqa.question.spelling import Speller
from partyqa.text.normalise import fold, lowered, normalise
from partyqa.text.sentences import sentence_spans
from partyqa.text.tokens import syllable_key
from training.accents import HELD_OUT, YARDSTICK, documents

ROOT = Path(__file__).parents[1]
SENTENCES = 2_000
WORDS = range(6, 41)  # in a sentence


def turns(file: Path) -> Iterator[str]:
    """Yield each turn of the questions for tuning, those with accents."""
    for row in map(json.loads, file.read_text("utf-8").splitlines()):
        if row.get("split", "dev") == "dev":
            yield from map(normalise, row["turns"])


def held_out(data: Path) -> list[str]:
    """Return sentences of documents that were neither counted nor are the yardstick's, drawn by a fixed seed."""
    apart = documents(data / "news" / "news.jsonl.gz", lambda bucket: YARDSTICK <= bucket < HELD_OUT)
    found = {
        sentence
        for paragraphs in apart
        for text in paragraphs
        for start, end in sentence_spans(text)
        if len((sentence := text[start:end].strip()).split()) in WORDS
    }
    return random.Random(1).sample(sorted(found), SENTENCES)


def measure(texts: Iterable[str], mend: Callable[[str], str], show: bool) -> str:
    """Return what share of words and of texts comes out wrong when accents and capitals are left out.

    Texts that themselves hold a slip or an abbreviation of chats are left out: what is right is not known.
    """
    words = wrong = whole = asked = 0
    started = time.perf_counter()
    for text in texts:
        if fold(text) == lowered(text) or mend(text) != text:
            continue
        mended = mend(fold(text))
        faults = _faults(text, mended)
        asked += 1
        words += sum(word.isalpha() for word, _, _ in pieces(text))
        wrong += len(faults)
        whole += bool(faults)
        if show and faults:
            print(f"{', '.join(faults)}\n    {text}")
    took = 1000 * (time.perf_counter() - started) / max(1, asked)
    shares = f"{100 * wrong / words:.2f} of 100 words, {100 * whole / asked:.1f} of 100 texts"
    return f"{shares} ({asked}), {took:.1f} ms a text"


def _faults(text: str, mended: str) -> Sequence[str]:
    meant, got = ([word for word, _, _ in pieces(one) if word.isalpha()] for one in (text, mended))
    if len(meant) != len(got):
        return [f"{len(meant)} words -> {len(got)}"]
    return [
        f"{one}→{other}"
        for one, other in zip(meant, got, strict=True)
        if syllable_key(one) != syllable_key(other)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--index", type=Path, default=ROOT / "index")
    parser.add_argument("--questions", type=Path, action="append")
    parser.add_argument("--show", action="store_true", help="print what came out wrong")
    given = parser.parse_args()
    index = Index.load(given.index)
    speller = Speller(f"{article.title}\n{article.text}" for article in index.articles)
    files = given.questions or [
        ROOT / "evaluation" / name for name in ("questions.jsonl", "tuning_questions.jsonl")
    ]
    for file in files:
        print(f"{file.name}: {measure(turns(file), speller.mend, given.show)}")
    if given.data:
        alone = Speller(())
        print(f"news: {measure(held_out(given.data), alone.mend, given.show)}")


if __name__ == "__main__":
    main()
