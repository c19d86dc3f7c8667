"""Which rules pay: the broad dev table with and without each feature, signal, constraint and marking rule.

    python -m benchmarks.ablate --data FOLDER [--most N] [--reader FOLDER] [--out evaluation/broad/ablation.md]

Each row is a fit anew without that one thing, cross-validated like benchmarks/tune.py, against the whole, in paired
bootstrap intervals over the questions. `kept right` is 1 for a question that is answered rightly or refused rightly.
"""

import argparse
import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.tune import Asked, Flags, Held, collect, cross_validated, report, sets, weights_of
from partyqa.answer.alignment import Alignment, marked, nearest
from partyqa.answer.calibration import chosen_by, trusted_by
from partyqa.answer.features import CONSTRAINTS
from partyqa.evaluation.datasets.base import overlap, place_quote
from partyqa.evaluation.metrics.answers import exact_match, token_f1
from partyqa.evaluation.statistics import compare
from partyqa.models.loading import load_reader

Table = list[str]


def worth(asked: Sequence[Asked], held: Held) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return for each question, (n,), 1 where it was answered rightly or refused rightly, weighed by its set."""
    answerable = np.array([one.case.answerable for one in asked])
    good = np.where(answerable, held.right & held.told, ~held.told)
    return good.astype(float) * weights_of(asked)


def without_constraint(asked: Sequence[Asked], name: str) -> Held:
    """Return what is made of the questions where that constraint keeps no sentence from being the answer."""
    rest = [broken for key, broken in CONSTRAINTS.items() if key != name]
    freed = []
    for one in asked:
        of = one.considered
        against = [any(broken(of.asked, candidate.evidence) for broken in rest) for candidate in of.ranked]
        freed.append(replace(one, against=np.array(against)))
    return cross_validated(freed)


def marks(asked: Sequence[Asked]) -> Table:
    """Return what each way of marking makes of the right sentence: EM, F1 and the share that misses the answer."""
    lines = ["| marking | kind | n | EM | F1 | misses |", "|---|---|---|---|---|---|"]
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for one in asked:
        if one.case.answers and one.gold.any():
            candidate = one.considered.ranked[int(np.flatnonzero(one.gold)[0])]
            aligned = Alignment(one.considered.query, candidate.view.own, one.considered.asked.rareness)
            golds = [answer for answer in one.case.answers if answer in aligned.text]
            reading = candidate.reading
            ways = {"read": reading.words if reading else None, "widened": marked(aligned, reading)}
            for way, span in (ways | {"nearest": nearest(aligned)}).items() if golds else ():
                words = aligned.text[slice(*span)] if span else ""
                hit = any(span and overlap(span, place_quote(aligned.text, gold)) for gold in golds)
                value = exact_match(words, golds), token_f1(words, golds), float(not hit)
                for kind in (str(one.considered.query.kind), "all"):
                    found.setdefault((way, kind), []).append(value)
    for (way, kind), values in sorted(found.items(), key=lambda item: (item[0][1], item[0][0])):
        em, f1, misses = 100 * np.mean(values, axis=0)
        lines.append(f"| {way} | {kind} | {len(values)} | {em:.1f} | {f1:.1f} | {misses:.1f} |")
    return lines


def table(asked: Sequence[Asked]) -> Table:
    """Return a line for each thing left out: how much worse or better the rest does, in hundredths."""
    whole = cross_validated(asked)
    before = worth(asked, whole)
    lines = ["| left out | change of kept right [95 %] | wins, losses |", "|---|---|---|"]
    variants: list[tuple[str, Callable[[], Held]]] = []
    for title, names, place in (
        ("choose", chosen_by(reading=True), 0),
        ("trust", trusted_by(reading=True), 1),
    ):
        for name in names:
            kept: Flags = np.array([other != name for other in names])
            masks = (kept, None) if place == 0 else (None, kept)
            variants.append((f"{title}: {name}", partial(cross_validated, asked, *masks)))
    variants += [(f"constraint: {name}", partial(without_constraint, asked, name)) for name in CONSTRAINTS]
    for title, make in variants:
        change = compare(list(before), list(worth(asked, make())))
        mean, low, high = (100 * one for one in (change.change.mean, change.change.low, change.change.high))
        line = f"| {title} | {mean:+.2f} [{low:+.2f}, {high:+.2f}] | {change.wins}, {change.losses} |"
        print(line, flush=True)
        lines.append(line)
    return lines


def main() -> None:
    """Collect, leave out one thing after the other, and write the report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path)
    options.add_argument("--most", type=int, default=300)
    options.add_argument("--reader")
    options.add_argument("--out", type=Path)
    chosen = options.parse_args()
    reader = load_reader(chosen.reader)
    asked = [one for dataset in sets(chosen.data, chosen.most) for one in collect(dataset, reader)]
    said = io.StringIO()
    with redirect_stdout(said):
        report(asked, cross_validated(asked))
    print(said.getvalue())
    lines = [
        "# Which rules pay",
        "",
        "```",
        said.getvalue().rstrip(),
        "```",
        "",
        *table(asked),
        "",
        *marks(asked),
    ]
    print("\n".join(marks(asked)))
    if chosen.out:
        chosen.out.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
