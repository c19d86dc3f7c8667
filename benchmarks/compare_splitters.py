"""Compare partyqa's sentence spans with underthesea's `sent_tokenize` on the hand-split gold file.

    python benchmarks/compare_splitters.py [--errors] [--gold FILE]

The gold file (tests/data/sentences.jsonl) has rows {id, split: dev|test, text, sentences, why}; its texts are
invented, in the register of the news on Party building. How it was split:

- A sentence is a slice of its text; between sentences there is white space only.
- A line break always ends a sentence, so a heading, a caption or an item of a list stands alone.
- Within a line only . ? ! … ./. end a sentence, with the quote, bracket or footnote mark that closes it;
  a semicolon or a colon never does, whatever follows.
- An enumerator (1. a) I. 2.1.) and a bullet belong to what follows them; a numbered label (Điều 5., Bài 2.)
  to its heading.
- A stop inside a quotation or a parenthesis does not end the sentence around it when that sentence goes on
  after the closing mark; a quotation of several sentences is split like running text.
- A missing space after the stop does not join two sentences.

underthesea is run twice: on whole texts, as it is meant, and line by line, which grants it the second rule.
"""

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

Spans = list[tuple[int, int]]
Splitter = Callable[[str], Spans]

GOLD = Path(__file__).resolve().parents[1] / "tests" / "data" / "sentences.jsonl"


@dataclass(frozen=True, slots=True)
class GoldText:
    """A hand-split text; `spans` are its sentences as (start, end) code points."""

    id: str
    split: str
    text: str
    spans: tuple[tuple[int, int], ...]
    why: str


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over some texts: sentence ends inside them (the last one of a text is free), and whole texts."""

    found: int
    predicted: int
    gold: int
    exact_texts: int
    texts: int

    @property
    def precision(self) -> float:
        """Share of the predicted ends that are right; 1 when none was predicted."""
        return self.found / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Share of the gold ends that were predicted; 1 when there are none."""
        return self.found / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def exact(self) -> float:
        """Share of the texts whose spans are all equal to the gold's."""
        return self.exact_texts / self.texts if self.texts else 1.0


@dataclass(frozen=True, slots=True)
class Scores:
    """A splitter's score on either half of the gold file: rules are written on dev, judged on test."""

    dev: Score
    test: Score


def align(text: str, sentences: Iterable[str]) -> Spans:
    """Find strings in the text they came from, in order; white space may differ, other characters may not."""
    places = [place for place, char in enumerate(text) if not char.isspace()]
    spans: Spans = []
    used = 0
    for sentence in sentences:
        letters = [char for char in sentence if not char.isspace()]
        if not letters:
            continue
        here = places[used : used + len(letters)]
        if [text[place] for place in here] != letters:
            raise ValueError(f"not found where expected in {text!r}: {sentence!r}")
        spans.append((here[0], here[-1] + 1))
        used += len(letters)
    return spans


def read_gold(gold_file: Path) -> list[GoldText]:
    """Read the gold file, one JSON row a line."""
    rows = [json.loads(line) for line in gold_file.read_text(encoding="utf-8").split("\n") if line]
    return [
        GoldText(
            row["id"], row["split"], row["text"], tuple(align(row["text"], row["sentences"])), row["why"]
        )
        for row in rows
    ]


def score_texts(texts: Iterable[GoldText], splitter: Splitter) -> Score:
    """Count the splitter's hits on these texts."""
    found = predicted = gold = exact = total = 0
    for text in texts:
        spans = splitter(text.text)
        ours = {end for _, end in spans[:-1]}
        theirs = {end for _, end in text.spans[:-1]}
        found += len(ours & theirs)
        predicted += len(ours)
        gold += len(theirs)
        exact += tuple(spans) == text.spans
        total += 1
    return Score(found, predicted, gold, exact, total)


def score(gold_file: Path, splitter: Splitter) -> Scores:
    """Score a splitter on both halves of a gold file."""
    texts = read_gold(gold_file)
    return Scores(
        dev=score_texts((text for text in texts if text.split == "dev"), splitter),
        test=score_texts((text for text in texts if text.split == "test"), splitter),
    )


def underthesea_spans(text: str) -> Spans:
    """Split a whole text with underthesea, which does not take a line break for an end."""
    from underthesea import sent_tokenize

    return align(text, sent_tokenize(text))


def underthesea_line_spans(text: str) -> Spans:
    """Split each line on its own with underthesea."""
    spans: Spans = []
    start = 0
    for line in text.split("\n"):
        spans += [(start + first, start + last) for first, last in underthesea_spans(line)]
        start += len(line) + 1
    return spans


def partyqa_spans(text: str) -> Spans:
    """Split a text with partyqa's own rules."""
    from partyqa.text.sentences import sentence_spans

    return sentence_spans(text)


SYSTEMS: dict[str, Splitter] = {
    "partyqa": partyqa_spans,
    "underthesea": underthesea_spans,
    "underthesea, line by line": underthesea_line_spans,
}


def table(gold_file: Path) -> str:
    """Render the scores of all systems on both halves, in percent, as a Markdown table."""
    lines = [
        "| half | splitter | precision | recall | F1 | texts split exactly |",
        "|---|---|--:|--:|--:|--:|",
    ]
    scores = {name: score(gold_file, splitter) for name, splitter in SYSTEMS.items()}
    for half in ("dev", "test"):
        for name, both in scores.items():
            one: Score = getattr(both, half)
            numbers = " | ".join(
                f"{100 * value:.1f}" for value in (one.precision, one.recall, one.f1, one.exact)
            )
            lines.append(f"| {half} | {name} | {numbers} ({one.exact_texts}/{one.texts}) |")
    return "\n".join(lines)


def differences(gold_file: Path) -> str:
    """List the texts that partyqa splits otherwise than the gold: `-` expected, `+` got, a sentence a line.

    A text of the test half is only named, so that no rule is written on it.
    """
    lines: list[str] = []
    for text in read_gold(gold_file):
        got = tuple(partyqa_spans(text.text))
        if got != text.spans:
            lines.append(f"{text.id}  {text.why}")
        if got != text.spans and text.split == "dev":
            lines += [f"  - {text.text[start:end]!r}" for start, end in text.spans if (start, end) not in got]
            lines += [f"  + {text.text[start:end]!r}" for start, end in got if (start, end) not in text.spans]
    return "\n".join(lines)


def main() -> None:
    """Print the table, and the differences when asked for."""
    parser = argparse.ArgumentParser(description="Compare sentence splitters on the hand-split gold file.")
    parser.add_argument("--gold", type=Path, default=GOLD, help="rows {id, split, text, sentences, why}")
    parser.add_argument("--errors", action="store_true", help="list the texts that partyqa splits otherwise")
    options = parser.parse_args()
    print(table(options.gold))
    if options.errors:
        print(f"\n{differences(options.gold)}")


if __name__ == "__main__":
    main()
