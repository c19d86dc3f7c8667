"""The fits that calibrate: they find what was planted, weigh every set alike, and cut where few are wrong."""

import numpy as np
import pytest

from benchmarks.broad import REMOVED, chance_of, half_of
from benchmarks.tune import SET_WEIGHTS, Held, fit_choose, fit_trust, step_of, threshold_of, weights_of


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(11)


class Set:
    """A question of which only the set is known."""

    def __init__(self, of: str) -> None:
        self.of = of


def test_sets_weigh_as_is_said_whatever_their_size() -> None:
    asked = [Set("news")] * 30 + [Set("own")] * 10
    weights = weights_of(asked)  # type: ignore[arg-type]
    assert weights[30:].sum() == pytest.approx(SET_WEIGHTS["own"] * weights[:30].sum())
    assert weights.mean() == pytest.approx(1)


def test_planted_weights_are_found_again(random: np.random.Generator) -> None:
    signals = random.normal(size=(4000, 3))
    chance = 1 / (1 + np.exp(-(signals @ [2.0, -1.0, 0.0] + 0.5)))
    right = random.random(4000) < chance
    found = fit_trust(signals, right, np.ones(4000))
    assert found == pytest.approx([2.0, -1.0, 0.0, 0.5], abs=0.2)
    masked = fit_trust(signals, right, np.ones(4000), np.array([True, False, True]))
    assert masked[1] == 0.0 and masked[0] > 1


def test_a_question_of_weight_two_counts_twice(random: np.random.Generator) -> None:
    signals, right = random.normal(size=(60, 2)), random.random(60) < 0.5
    doubled = fit_trust(np.vstack([signals, signals[:20]]), np.append(right, right[:20]), np.ones(80))
    weighed = fit_trust(signals, right, np.where(np.arange(60) < 20, 2.0, 1.0))
    assert weighed == pytest.approx(doubled, abs=1e-3)


def test_the_threshold_lies_between_traps_and_right_answers() -> None:
    trusted = np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
    right = answerable = np.array([True, True, True, False, False, False])
    assert 0.3 < threshold_of(trusted, right, answerable, ["a"] * 6) <= 0.7


def test_a_step_is_the_lowest_confidence_that_is_right_as_often() -> None:
    trusted = np.linspace(0.99, 0.5, 50)
    right = np.arange(50) < 40  # the surest forty
    held = Held(right, trusted, np.ones(50, dtype=bool))
    cut = step_of([Set("a")] * 50, held, 0.9)  # type: ignore[list-item]
    above = trusted >= cut
    assert right[above].mean() >= 0.9 > right[trusted >= trusted[above.sum()]].mean()
    assert step_of([Set("a")] * 50, Held(~right, trusted, right), 0.9) == 1.0  # type: ignore[list-item]


def test_halves_and_what_is_taken_out_hang_on_names_alone() -> None:
    names = [f"Bài/{number}" for number in range(4000)]
    assert {half_of(name) for name in names} == {"dev", "test"}
    assert abs(sum(half_of(name) == "dev" for name in names) / 4000 - 0.5) < 0.03
    assert abs(sum(chance_of(f"gone {name}") < REMOVED for name in names) / 4000 - 0.3) < 0.03


class Ranked:
    """A question with the features of its candidates, one of them gold by planted weights."""

    of = "own"

    def __init__(self, features: np.ndarray, gold: int) -> None:
        self.features = features
        self.gold = np.arange(len(features)) == gold


def test_choosing_finds_planted_weights_and_leaves_out_what_is_not_kept(random: np.random.Generator) -> None:
    planted = np.array([1.5, -1.0, 0.0])
    asked = []
    for _ in range(1500):
        features = random.normal(size=(random.integers(2, 9), 3))
        chance = np.exp(features @ planted)
        asked.append(Ranked(features, int(random.choice(len(features), p=chance / chance.sum()))))
    assert fit_choose(asked) == pytest.approx(planted, abs=0.15)  # type: ignore[arg-type]
    assert fit_choose(asked, np.array([True, False, True]))[1] == 0.0  # type: ignore[arg-type]
