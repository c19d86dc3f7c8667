"""Intervals and paired tests against SciPy, and against cases worked out by hand."""

import random

import numpy as np
import pytest
from scipy import stats

from partyqa.evaluation.metrics import auroc
from partyqa.evaluation.statistics import compare, interval, mcnemar, mean_interval


@pytest.mark.parametrize("size", [5, 60, 700])
def test_the_interval_of_a_mean_is_scipys_percentile_bootstrap(size: int) -> None:
    values = np.random.default_rng(size).gamma(2.0, size=size)
    ours = mean_interval(values)
    theirs = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=5000, rng=np.random.default_rng(1)
    ).confidence_interval
    width = theirs.high - theirs.low
    assert ours.mean == pytest.approx(values.mean())
    assert ours.low == pytest.approx(theirs.low, abs=0.06 * width)
    assert ours.high == pytest.approx(theirs.high, abs=0.06 * width)
    assert ours.n == size


def test_the_interval_of_a_share_is_the_binomials() -> None:
    estimate = mean_interval([1.0] * 150 + [0.0] * 50)
    low, high = stats.binom.ppf([0.025, 0.975], 200, 0.75) / 200
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


def test_the_interval_of_auroc_is_near_scipys() -> None:
    rng = np.random.default_rng(5)
    labels = np.arange(120) % 3 == 0
    scores = rng.normal(size=120) + labels
    ours = interval(auroc, scores, labels)
    theirs = stats.bootstrap(
        (scores, labels), auroc, paired=True, vectorized=False, method="percentile", n_resamples=3000, rng=rng
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.015)
    assert ours.high == pytest.approx(theirs.high, abs=0.015)


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (0, 5), (6, 0), (3, 9), (10, 10), (700, 640)])
def test_mcnemar_is_the_exact_binomial_test(wins: int, losses: int) -> None:
    wanted = stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
    assert mcnemar(wins, losses) == pytest.approx(wanted)


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
