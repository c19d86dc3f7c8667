"""Fit the numbers in src/partyqa/answer/calibration.json on the dev questions, and print what cross-validation says.

    python benchmarks/tune.py [--seeds FOLDER] [--write]

`choose` is a listwise logistic regression (the gold sentence against the other candidates of its question),
`trust` a logistic regression of "the first citation is right" on the signals, unanswerable questions being
wrong by definition. Both are ten-fold cross-validated by question. Only rows marked dev are ever read.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from partyqa.answer.answerer import PASSAGES_READ, Answerer
from partyqa.answer.calibration import Judgement, chosen_by, trusted_by
from partyqa.answer.candidates import Considered
from partyqa.engine import PartyQA, build_index
from partyqa.models.base import ReadingModel
from partyqa.models.loading import load_reader
from partyqa.question.query import understand
from partyqa.text.normalise import normalise

ROOT = Path(__file__).resolve().parents[1]
JUDGEMENT = ROOT / "src/partyqa/answer/calibration.json"
FOLDS = 10
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A dev question with what was considered, the features of its candidates, (n, features), and which are gold."""

    kind: str
    answerer: Answerer
    considered: Considered
    features: Array
    gold: NDArray[np.bool_]
    reported: bool


def collect(engine: PartyQA, questions: Path) -> list[Asked]:
    """Ask every dev question that stands alone."""
    rows = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    asked = []
    for row in rows:
        if row["split"] == "dev" and len(row["turns"]) == 1:
            query = understand(engine.standalone(row["turns"][0]))
            considered = engine.answerer.consider(query, engine.retriever.retrieve(query.text, PASSAGES_READ))
            gold = [
                any(
                    candidate.sentence.article.id == want["article"]
                    and normalise(want["quote"]) in candidate.sentence.text
                    for want in row["gold"]
                )
                for candidate in considered.ranked
            ]
            features = np.array([candidate.features() for candidate in considered.ranked])
            reported = "tuning" not in questions.name
            asked.append(Asked(row["kind"], engine.answerer, considered, features, np.array(gold), reported))
    return asked


def fit_choose(asked: Sequence[Asked], ridge: float = 0.3) -> Array:
    """Return the weights under which gold sentences come first, (features,)."""

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = ridge * weights @ weights, 2 * ridge * weights
        for one in asked:
            if one.gold.any():
                scores = one.features @ weights
                chance = np.exp(scores - scores.max())
                chance /= chance.sum()
                right = chance[one.gold].sum()
                total -= np.log(right)
                slope -= one.features.T @ (chance * one.gold / right - chance)
        return total, slope

    return minimize(loss, np.zeros(asked[0].features.shape[1]), jac=True, method="L-BFGS-B").x


def fit_trust(signals: Array, right: NDArray[np.bool_], ridge: float = 0.3) -> Array:
    """Return logistic weights with the intercept last, (signals + 1,)."""
    design = np.hstack([signals, np.ones((len(signals), 1))])
    sign = np.where(right, 1.0, -1.0)

    def loss(weights: Array) -> tuple[float, Array]:
        margin = sign * (design @ weights)
        slack = 1 / (1 + np.exp(margin))
        penalty = ridge * weights[:-1] @ weights[:-1]
        slope = -design.T @ (sign * slack) + 2 * ridge * np.append(weights[:-1], 0.0)
        return np.logaddexp(0, -margin).sum() + penalty, slope

    return minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B").x


def judged(one: Asked, choose: Array) -> tuple[Array, bool, bool]:
    """Return the signals of the sentence chosen under `choose`, whether it is gold, and whether it contradicts."""
    scores = one.features @ choose
    against = np.array([candidate.contradicts for candidate in one.considered.ranked])
    order = np.lexsort((-scores, against))
    ranked = tuple(replace(one.considered.ranked[at], score=float(scores[at])) for at in order)
    considered = replace(one.considered, ranked=ranked)
    return one.answerer.signals(considered), bool(one.gold[order[0]]), bool(against[order[0]])


def recalibrated(trust: Array, signals: Array, right: NDArray[np.bool_]) -> Array:
    """Return `trust` stretched and shifted so that its probabilities fit these questions (Platt scaling)."""
    odds = np.hstack([signals, np.ones((len(signals), 1))]) @ trust
    stretch, shift = fit_trust(odds[:, None], right, ridge=0.0)
    return trust * stretch + np.append(np.zeros(len(trust) - 1), shift)


def confidence(trust: Array, signals: Array) -> Array:
    """Return the fitted probability that each first sentence answers."""
    return 1 / (1 + np.exp(-(np.hstack([signals, np.ones((len(signals), 1))]) @ trust)))


def threshold_of(trusted: Array, right: NDArray[np.bool_], kinds: Sequence[NDArray[np.bool_]]) -> float:
    """Return the confidence at which answers to unanswerable questions and refusals of right ones are fewest.

    Both rates weigh alike, so a single false answer, the rarer question, weighs more than a single refusal; so do
    the `kinds` of unanswerable questions.
    """
    grid = np.unique(np.round(trusted, 3))
    false_answers = np.array([np.mean([np.mean(trusted[kind] >= cut) for kind in kinds]) for cut in grid])
    false_refusals = np.array([np.mean(trusted[right] < cut) for cut in grid])
    return float(grid[np.argmin(false_answers + false_refusals)])


def fit_refusal(asked: Sequence[Asked], choose: Array) -> tuple[Array, float]:
    """Return the trust weights, fitted where nothing contradicts, and the threshold.

    The scale is that of questions like the reported ones: the tuning file's traps are harder and more on purpose.
    The threshold is found on both, weighing alike: the reported traps are too few, and too easy, to find it on.
    """
    every = [(one, *judged(one, choose)) for one in asked]
    signals = np.array([own for _, own, _, against in every if not against])
    right = np.array([correct for _, _, correct, against in every if not against])
    trust = fit_trust(signals, right)
    alike = np.array([one.reported for one, _, _, against in every if not against])
    trust = recalibrated(trust, signals[alike], right[alike])
    trusted = np.array([0.0 if against else confidence(trust, own[None])[0] for _, own, _, against in every])
    correct = np.array([correct for _, _, correct, _ in every])
    trap = np.array([one.kind.startswith("unanswerable") for one, *_ in every])
    reported = np.array([one.reported for one, *_ in every])
    return trust, threshold_of(trusted, correct, (trap & reported, trap & ~reported))


def report(asked: Sequence[Asked]) -> None:
    """Print cross-validated numbers: over the reported dev questions, then over those for tuning."""
    fold = np.arange(len(asked)) % FOLDS
    right = np.zeros(len(asked), dtype=bool)
    trusted = np.zeros(len(asked))
    threshold = np.zeros(len(asked))
    answerable = np.array([bool(one.gold.any()) or not one.kind.startswith("unanswerable") for one in asked])
    for number in range(FOLDS):
        train = [one for one, at in zip(asked, fold, strict=True) if at != number]
        choose = fit_choose(train)
        trust, cut = fit_refusal(train, choose)
        for at in np.flatnonzero(fold == number):
            mine, right[at], against = judged(asked[at], choose)
            trusted[at] = 0.0 if against else confidence(trust, mine[None])[0]
            threshold[at] = cut
    shown = np.array([one.reported for one in asked])
    kinds = np.array([one.kind for one in asked])
    for title, of in (("dev questions", shown), ("tuning questions", ~shown)):
        print(
            f"cross-validated on {(answerable & of).sum()} answerable, {(~answerable & of).sum()} unanswerable {title}"
        )
        summary(right[of], trusted[of], threshold[of], answerable[of])
        for kind in sorted(set(kinds[of])):
            mine = of & (kinds == kind)
            told = (trusted >= threshold)[mine]
            print(
                f"  {kind:24s} n {mine.sum():3d}  right {right[mine].mean():.2f}  answered {told.mean():.2f}"
            )


def summary(
    right: NDArray[np.bool_], trusted: Array, threshold: Array, answerable: NDArray[np.bool_]
) -> None:
    """Print how often the first sentence is right, and what is answered at the fitted and at other thresholds."""
    told = trusted >= threshold
    rank_order = (trusted[right][:, None] > trusted[~answerable][None]).mean()
    print(f"first sentence right        {right[answerable].mean():.3f}")
    print(f"answered and first right    {(right & told)[answerable].mean():.3f}")
    print(f"false refusals              {(~told)[answerable].mean():.3f}")
    print(f"  of those chosen right     {(~told)[right].mean():.3f}")
    print(f"false answers               {told[~answerable].mean():.3f}")
    print(f"AUROC right/unanswerable    {rank_order:.3f}")
    print("threshold  first right and answered  false refusals  false answers")
    for cut in np.arange(0.1, 0.9, 0.1):
        told = trusted >= cut
        print(
            f"{cut:9.1f}  {(right & told)[answerable].mean():24.3f}  {(~told)[answerable].mean():14.3f}"
            f"  {told[~answerable].mean():13.3f}"
        )


def main() -> None:
    """Collect, report, and write the fit on all dev questions."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--seeds", type=Path, help="the folder of raw articles, to tune on their questions too"
    )
    options.add_argument("--reader", help="the folder of a reading model; none for no model")
    options.add_argument("--write", action="store_true", help="write src/partyqa/answer/calibration.json")
    chosen = options.parse_args()
    sets = [
        (ROOT / "corpus", ROOT / "evaluation/questions.jsonl"),
        (ROOT / "corpus", ROOT / "evaluation/tuning_questions.jsonl"),
    ]
    if chosen.seeds:
        sets.append((chosen.seeds, ROOT / "evaluation/seeds_questions.jsonl"))
    data = {**json.loads(JUDGEMENT.read_text("utf-8")), "made_by": "benchmarks/tune.py"}
    with tempfile.TemporaryDirectory() as folder:
        engines = []
        for number, (corpus, questions) in enumerate(sets):
            build_index(corpus, Path(folder, str(number)))
            engines.append((PartyQA.open(Path(folder, str(number)), reader="none"), questions))
        asked = [one for engine, questions in engines for one in collect(engine, questions)]
        print("## without a reading model")
        report(asked)
        data["made_by"] += f" on {len(asked)} dev questions"
        data["alone"], first_look = fitted(asked, Judgement.shipped(reading=False).further)
        model = load_reader(chosen.reader)
        if model is not None:
            for engine, _ in engines:
                engine.answerer = reading(engine, model, first_look)
            asked = [one for engine, questions in engines for one in collect(engine, questions)]
            print("## with the reading model")
            report(asked)
            data["reading"], _ = fitted(asked, Judgement.shipped(reading=True).further)
    if chosen.write:
        JUDGEMENT.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")


def reading(engine: PartyQA, model: ReadingModel, first_look: Judgement) -> Answerer:
    """Return the answerer of `engine` with a model to read what `first_look` finds."""
    size = len(chosen_by(reading=True)), len(trusted_by(reading=True)) + 1
    unfitted = Judgement(np.zeros(size[0]), np.zeros(size[1]), 0.5, 0.0)
    answerer = Answerer(engine.index, engine.answerer.vector, unfitted, reader=model)
    answerer.first_look = first_look
    return answerer


def fitted(asked: Sequence[Asked], further: float) -> tuple[dict[str, object], Judgement]:
    """Return the numbers fitted on every question; `further` was chosen by hand: complete against precision."""
    with_model = asked[0].features.shape[1] == len(chosen_by(reading=True))
    choose = fit_choose(asked)
    trust, threshold = fit_refusal(asked, choose)
    trusted = (*trusted_by(reading=with_model), "intercept")
    return {
        "choose": {
            name: round(float(w), 4) for name, w in zip(chosen_by(reading=with_model), choose, strict=True)
        },
        "trust": {name: round(float(w), 4) for name, w in zip(trusted, trust, strict=True)},
        "threshold": threshold,
        "further": further,
    }, Judgement(choose, trust, threshold, further)


if __name__ == "__main__":
    main()
