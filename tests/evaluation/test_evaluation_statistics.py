"""Intervals and paired tests against theory, plain loops and cases worked out by hand."""

import random

import numpy as np
import pytest
from scipy.stats import binom

from partyqa.evaluation.metrics.confidence import auroc
from partyqa.evaluation.statistics import compare, interval, mcnemar, mean_interval


def test_the_interval_of_a_mean_of_many_is_the_normals() -> None:
    values = np.random.default_rng(7).gamma(2.0, size=700)
    found = mean_interval(values)
    reach = 1.96 * values.std() / 700**0.5
    assert found.mean == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - reach, abs=0.12 * reach)
    assert found.high == pytest.approx(values.mean() + reach, abs=0.12 * reach)
    assert found.n == 700


def test_the_interval_of_a_share_is_the_binomials() -> None:
    estimate = mean_interval([1.0] * 150 + [0.0] * 50)
    low, high = binom.ppf([0.025, 0.975], 200, 0.75) / 200
    assert estimate.low == pytest.approx(low, abs=0.006)
    assert estimate.high == pytest.approx(high, abs=0.006)


def test_the_same_values_always_give_the_same_interval() -> None:
    values = [random.Random(3).random() for _ in range(50)]
    assert mean_interval(values) == mean_interval(list(values))


def test_one_value_and_equal_values_have_an_interval_without_width() -> None:
    assert mean_interval([0.25]).to_json() == {"mean": 0.25, "low": 0.25, "high": 0.25, "n": 1}
    assert mean_interval([1.0] * 30).low == 1.0


def test_pairs_are_resampled_together() -> None:
    labels = np.arange(80) % 2
    perfect = interval(auroc, labels + 0.0, labels)  # unless label and score stay together, it varies
    assert (perfect.mean, perfect.low, perfect.high) == (1.0, 1.0, 1.0)


def test_the_interval_of_auroc_is_that_of_a_plain_loop() -> None:
    rng = np.random.default_rng(5)
    labels = np.arange(120) % 3 == 0
    scores = rng.normal(size=120) + labels
    drawn = [auroc(scores[rows], labels[rows]) for rows in rng.integers(120, size=(3000, 120))]
    found = interval(auroc, scores, labels)
    assert (found.low, found.high) == pytest.approx(np.percentile(drawn, [2.5, 97.5]), abs=0.015)


def test_resamples_without_a_value_are_left_out() -> None:
    found = interval(auroc, [0.9, 0.1, 0.2], [1, 0, 0])  # 8 of 27 resamples lack the one that is positive
    assert found.to_json() == {"mean": 1.0, "low": 1.0, "high": 1.0, "n": 3}


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [
        (0, 0, 1.0),
        (0, 5, 2 / 2**5),
        (6, 0, 2 / 2**6),
        (3, 9, 2 * (1 + 12 + 66 + 220) / 2**12),
        (10, 10, 1.0),
    ],
)
def test_mcnemar_counts_the_coins_at_least_this_uneven(wins: int, losses: int, p: float) -> None:
    assert mcnemar(wins, losses) == pytest.approx(p)


def test_wins_losses_and_ties_are_counted_question_by_question() -> None:
    paired = compare([0, 0, 1, 1, 0.5], [1, 1, 0, 1, 0.5])
    assert (paired.wins, paired.losses, paired.ties) == (2, 1, 2)
    assert (paired.before, paired.after) == (0.5, 0.7)
    assert paired.change.mean == pytest.approx(0.2)
    assert paired.p_mcnemar == 1.0


def test_the_bootstrap_of_pairs_sees_what_the_two_means_alone_would_not() -> None:
    rng = random.Random(1)
    before = [float(rng.random() < 0.7) for _ in range(250)]
    after = list(before)
    for place in [number for number, value in enumerate(before) if value][:8]:
        after[place] = 0.0  # eight of 250 lost, none won: 3.2 points, far less than the ±5.7 of either mean
    paired = compare(before, after)
    assert mean_interval(before).low < paired.after
    assert paired.change.high < 0
    assert paired.p_mcnemar == pytest.approx(2 / 2**8)
    assert paired.p_bootstrap < 0.01


def test_no_change_is_no_evidence() -> None:
    paired = compare([0, 1, 1], [0, 1, 1])
    assert (paired.change.low, paired.change.high) == (0, 0)
    assert (paired.p_bootstrap, paired.p_mcnemar) == (1.0, 1.0)
