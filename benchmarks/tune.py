"""Fit the numbers in src/partyqa/answer/calibration.json on the broad dev halves; print what cross-validation says.

    python -m benchmarks.tune --data FOLDER [--most N] [--reader FOLDER] [--write]

`choose` is a listwise logistic regression (the gold sentence against the other candidates of its question),
`trust` a logistic regression of "the first citation is right" on the signals, unanswerable questions being
wrong by definition. Both are five-fold cross-validated by question. The sets weigh as SET_WEIGHTS says. Only dev rows
are read.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.broad import ROOT, load
from partyqa.answer.answerer import Answerer
from partyqa.answer.calibration import Judgement, chosen_by, trusted_by
from partyqa.answer.ranking import Considered
from partyqa.corpus.loading import read_corpus
from partyqa.engine import PartyQA
from partyqa.errors import QuestionError
from partyqa.evaluation.datasets.base import Case, Dataset, Faults
from partyqa.evaluation.datasets.own import read_own
from partyqa.evaluation.metrics.confidence import auroc, ece
from partyqa.evaluation.runner import open_index
from partyqa.models.base import ReadingModel
from partyqa.models.loading import load_encoder, load_reader
from partyqa.question.query import understand
from partyqa.retrieval import Within

JUDGEMENT = ROOT / "src/partyqa/answer/calibration.json"
TUNING = ROOT / "evaluation/tuning_questions.jsonl"
FOLDS = 5
# Office texts, what the program is for, weigh double; traps that people made over the very paragraph, which no signal
# tells from answers, a third.
SET_WEIGHTS = {"own": 2.0, "tuning": 2.0, "seeds": 2.0, "traps": 0.3}
REFUSAL_WEIGHT = 2.0  # of a right answer refused beside a trap answered: traps are many here on purpose
STEPS = {"high": 0.92, "middle": 0.75}  # shares of right ones among the answers shown with that word
FURTHER = 0.8  # chosen by hand: complete against precision
Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asked:
    """A dev question with what was considered; of each candidate its `features` (n, features), its `signals` were it
    the first (n, signals), whether it contradicts the question and whether it is gold (n,).

    `margin` is the place of the one signal that hangs on the order of the others, None where it is not among them.
    """

    of: str
    case: Case
    considered: Considered
    features: Array
    signals: Array
    against: Flags
    gold: Flags
    margin: int | None


def sets(data: Path | None, most: int | None) -> Iterator[Dataset]:
    """Yield the dev halves, the tuning questions among them."""
    yield from load(data, "dev", [], most)
    faults = Faults(TUNING, skip=False)
    yield replace(read_own(TUNING, read_corpus(ROOT / "corpus"), faults), name="tuning")


def collect(dataset: Dataset, reader: ReadingModel | None) -> Iterator[Asked]:
    """Ask every question of a set that stands alone."""
    encoder = load_encoder()
    index, _ = open_index(dataset, encoder)
    engine = PartyQA.compose(index, encoder)
    names = trusted_by(reading=reader is not None)
    sizes = len(chosen_by(reading=reader is not None)), len(names) + 1
    unfitted = Judgement(np.zeros(sizes[0]), np.zeros(sizes[1]), 0.5, 0.8)
    answerer = engine.answerer = Answerer(index, engine.answerer.vector, unfitted, reader=reader)
    for case in dataset.cases:
        if len(case.question.turns) > 1:
            continue
        retriever = engine.retriever
        if case.scope:
            inside = np.array([passage.article.id == case.scope for passage in index.passages])
            retriever = Within(retriever, inside)
        try:
            query = understand(engine.standalone(case.question.turns[0]))
        except QuestionError:
            continue
        considered = answerer.consider(query, retriever.retrieve(query.text, answerer.passages))
        if considered.ranked:
            ranked = considered.ranked
            yield Asked(
                dataset.name,
                case,
                considered,
                np.array([one.features() for one in ranked]),
                np.array([answerer.signals(_first(considered, at)) for at in range(len(ranked))]),
                np.array([one.contradicts for one in ranked]),
                np.array([case.is_gold(one.sentence) for one in ranked]),
                names.index("margin") if "margin" in names else None,
            )


def _first(considered: Considered, at: int) -> Considered:
    ranked = considered.ranked
    return replace(considered, ranked=(ranked[at], *ranked[:at], *ranked[at + 1 :]))


def weights_of(asked: Sequence[Asked]) -> Array:
    """Return a weight for each question, (n,), of mean 1, so that every set weighs as SET_WEIGHTS says, else 1."""
    names, place, counts = np.unique([one.of for one in asked], return_inverse=True, return_counts=True)
    found: Array = (np.array([SET_WEIGHTS.get(str(name), 1.0) for name in names]) / counts)[place]
    return found / found.mean()


def fit_choose(asked: Sequence[Asked], kept: Flags | None = None, ridge: float = 0.3) -> Array:
    """Return the weights under which gold sentences come first, (features,); 0 for what is not `kept`."""
    size = asked[0].features.shape[1]
    kept = np.ones(size, dtype=bool) if kept is None else kept
    shown = [
        (share, one)
        for share, one in zip(weights_of(asked), asked, strict=True)
        if one.gold.any() and not one.gold.all()
    ]
    shares = np.array([share for share, _ in shown])
    features = np.zeros((len(shown), max(len(one.gold) for _, one in shown), int(kept.sum())))
    there, gold = np.zeros(features.shape[:2], dtype=bool), np.zeros(features.shape[:2], dtype=bool)
    for row, (_, one) in enumerate(shown):
        features[row, : len(one.gold)] = one.features[:, kept]
        there[row, : len(one.gold)], gold[row, : len(one.gold)] = True, one.gold

    def loss(weights: Array) -> tuple[float, Array]:
        scores = np.where(there, features @ weights, -np.inf)
        chance = np.exp(scores - scores.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        right = (chance * gold).sum(axis=1)
        slope = np.einsum("q,qn,qnf->f", shares, chance * (1 - gold / right[:, None]), features)
        return ridge * weights @ weights - shares @ np.log(right), 2 * ridge * weights + slope

    found = np.zeros(size)
    found[kept] = minimize(loss, np.zeros(int(kept.sum())), jac=True, method="L-BFGS-B").x
    return found


def fit_trust(
    signals: Array, right: Flags, shares: Array, kept: Flags | None = None, ridge: float = 0.3
) -> Array:
    """Return logistic weights with the intercept last, (signals + 1,); 0 for what is not `kept`."""
    kept = np.ones(signals.shape[1], dtype=bool) if kept is None else kept
    design = np.hstack([signals[:, kept], np.ones((len(signals), 1))])
    sign = np.where(right, 1.0, -1.0)

    def loss(weights: Array) -> tuple[float, Array]:
        margin = sign * (design @ weights)
        slack = shares / (1 + np.exp(margin))
        penalty = ridge * weights[:-1] @ weights[:-1]
        slope = -design.T @ (sign * slack) + 2 * ridge * np.append(weights[:-1], 0.0)
        return float((shares * np.logaddexp(0, -margin)).sum() + penalty), slope

    fitted = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B").x
    found = np.zeros(signals.shape[1] + 1)
    found[:-1][kept], found[-1] = fitted[:-1], fitted[-1]
    return found


def judged(one: Asked, choose: Array) -> tuple[Array, bool, bool]:
    """Return the signals of the sentence chosen under `choose`, whether it is gold, and whether it contradicts."""
    scores = one.features @ choose
    order = np.lexsort((-scores, one.against))
    first, rest = order[0], np.delete(scores, order[0])
    signals = one.signals[first].copy()
    if one.margin is not None:
        signals[one.margin] = scores[first] - rest.max() if len(rest) else 1.0
    return signals, bool(one.gold[first]), bool(one.against[first])


def confidence(trust: Array, signals: Array) -> Array:
    """Return the fitted probability that each first sentence answers."""
    found: Array = 1 / (1 + np.exp(-(np.hstack([signals, np.ones((len(signals), 1))]) @ trust)))
    return found


def threshold_of(trusted: Array, right: Flags, answerable: Flags, names: Sequence[str]) -> float:
    """Return the confidence where false answers and refusals of right ones, means over the sets, are fewest."""
    grid = np.unique(np.round(trusted, 3))
    of = np.array(names)

    def mean(flags: Flags, cuts: Array, *, above: bool) -> Array:
        rates = [
            [np.mean((trusted[mine] >= cut) == above) for cut in cuts]
            for name in np.unique(of)
            if (mine := flags & (of == name)).any()
        ]
        found: Array = np.mean(rates, axis=0)
        return found

    both = mean(~answerable, grid, above=True) + REFUSAL_WEIGHT * mean(right, grid, above=False)
    return float(grid[np.argmin(both)])


@dataclass(frozen=True, slots=True)
class Held:
    """Of each question, when it was not fitted on: was the first sentence right, its trust, was it answered."""

    right: Flags
    trusted: Array
    told: Flags


def step_of(asked: Sequence[Asked], held: Held, wanted: float) -> float:
    """Return the lowest confidence from which the share `wanted` of the answers is right, weighed as in the fit."""
    order = np.argsort(-held.trusted)
    order = order[held.told[order]]
    shares = weights_of(asked)[order]
    precision = np.cumsum(shares * held.right[order]) / np.cumsum(shares)
    good = np.flatnonzero(precision >= wanted)
    return float(held.trusted[order[good[-1]]]) if len(good) else 1.0


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted on some questions."""

    choose: Array
    trust: Array
    threshold: float


def fit(asked: Sequence[Asked], chosen: Flags | None = None, trusted: Flags | None = None) -> Fit:
    """Return the weights fitted on these questions, trust where nothing contradicts, and the threshold."""
    choose = fit_choose(asked, chosen)
    every = [judged(one, choose) for one in asked]
    open_ = [number for number, (_, _, against) in enumerate(every) if not against]
    signals = np.array([every[number][0] for number in open_])
    right = np.array([every[number][1] for number in open_])
    trust = fit_trust(signals, right, weights_of(asked)[open_], trusted)
    sure = np.array([0.0 if against else confidence(trust, own[None])[0] for own, _, against in every])
    answerable = np.array([one.case.answerable for one in asked])
    correct = np.array([found for _, found, _ in every])
    return Fit(choose, trust, threshold_of(sure, correct, answerable, [one.of for one in asked]))


def cross_validated(
    asked: Sequence[Asked], chosen: Flags | None = None, trusted: Flags | None = None
) -> Held:
    """Return what five fits, each without a fifth of the questions, make of that fifth."""
    fold = np.arange(len(asked)) % FOLDS
    held = Held(np.zeros(len(asked), bool), np.zeros(len(asked)), np.zeros(len(asked), bool))
    for number in range(FOLDS):
        made = fit([one for one, at in zip(asked, fold, strict=True) if at != number], chosen, trusted)
        for at in np.flatnonzero(fold == number):
            signals, held.right[at], against = judged(asked[at], made.choose)
            held.trusted[at] = 0.0 if against else confidence(made.trust, signals[None])[0]
            held.told[at] = held.trusted[at] >= made.threshold
    return held


COLUMNS = ("chosen right", "first right", "false answers", "false refusals", "AUROC", "ECE")


def row(asked: Sequence[Asked], held: Held, of: Flags) -> tuple[float, ...]:
    """Return the COLUMNS over some questions, in hundredths; nan where there are none of a kind."""
    answerable = np.array([one.case.answerable for one in asked]) & of
    trap = of & ~answerable
    mean = [
        float(values.mean()) if len(values) else np.nan
        for values in (
            held.right[answerable],
            (held.right & held.told)[answerable],
            held.told[trap],
            ~held.told[answerable],
        )
    ]
    scale = [auroc(held.trusted[of], answerable[of]), ece(held.trusted[of], held.right[of])]
    return tuple(100 * value for value in (*mean, *scale))


def report(asked: Sequence[Asked], held: Held) -> None:
    """Print the COLUMNS for each set, and by kind for those with kinds of traps."""
    print(f"{'':28s} {'n':>5s} " + " ".join(f"{name:>14s}" for name in COLUMNS))
    names, kinds = (
        np.array([pick(one) for one in asked]) for pick in (lambda o: o.of, lambda o: o.case.kind)
    )
    for name in dict.fromkeys(names):
        mine = names == name
        _print(name, int(mine.sum()), row(asked, held, mine))
        if name in ("news", "own"):
            for kind in sorted(set(kinds[mine])):
                _print(
                    f"  {kind}", int((mine & (kinds == kind)).sum()), row(asked, held, mine & (kinds == kind))
                )
    _print("mean of the sets", len(asked), means(asked, held))


def means(asked: Sequence[Asked], held: Held) -> tuple[float, ...]:
    """Return the COLUMNS as means over the sets."""
    names = np.array([one.of for one in asked])
    rows = [row(asked, held, names == name) for name in dict.fromkeys(names)]
    return tuple(float(value) for value in np.nanmean(np.array(rows), axis=0))


def _print(name: str, n: int, values: Sequence[float]) -> None:
    print(f"{name:28s} {n:5d} " + " ".join(f"{value:14.1f}" for value in values), flush=True)


def main() -> None:
    """Collect, report, and write the fit on all dev questions."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path)
    options.add_argument("--most", type=int, default=400, help="questions of a set, at most")
    options.add_argument("--reader", help="the folder of a reading model; none for no model")
    options.add_argument("--write", action="store_true", help="write src/partyqa/answer/calibration.json")
    chosen = options.parse_args()
    data = {**json.loads(JUDGEMENT.read_text("utf-8")), "made_by": "benchmarks/tune.py"}
    for part, reader in (("alone", None), ("reading", load_reader(chosen.reader))):
        if part == "reading" and reader is None:
            break
        asked = [one for dataset in sets(chosen.data, chosen.most) for one in collect(dataset, reader)]
        print(f"## {part}")
        held = cross_validated(asked)
        report(asked, held)
        if part == "reading":
            data["steps"] = {name: round(step_of(asked, held, share), 3) for name, share in STEPS.items()}
        data[part] = written(fit(asked), FURTHER, reading=reader is not None)
        data["made_by"] = f"benchmarks/tune.py on {len(asked)} dev questions of the broad sets"
    if chosen.write:
        JUDGEMENT.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")


def written(made: Fit, further: float, *, reading: bool) -> dict[str, object]:
    """Return the fit as calibration.json has it; `further` was chosen by hand: complete against precision."""
    named = zip(chosen_by(reading=reading), made.choose, strict=True)
    trusted = zip((*trusted_by(reading=reading), "intercept"), made.trust, strict=True)
    return {
        "choose": {name: round(float(weight), 4) for name, weight in named},
        "trust": {name: round(float(weight), 4) for name, weight in trusted},
        "threshold": made.threshold,
        "further": further,
    }


if __name__ == "__main__":
    main()
