"""How sure a mean is, and whether two systems differ: SciPy's bootstrap, seeded, and McNemar's test.

SciPy is imported with the first interval, so that bad input is answered without waiting for it.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

SEED = 20240205
RESAMPLES = 2000
_LEVEL = (2.5, 97.5)  # percentiles of the 95 % interval
_BLOCK = 2_000_000  # resampled values held at once, 16 MB

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic of `n` questions with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, float | int]:
        """Return the four numbers as the report's JSON has them."""
        return {"mean": self.mean, "low": self.low, "high": self.high, "n": self.n}


def mean_interval(values: ArrayLike) -> Estimate:
    """Return the mean of `values`, at least one, with its percentile bootstrap interval.

    Equal values give an interval of no width: the bootstrap knows only what it saw.
    """
    sample = np.asarray(values, dtype=float)
    return _estimate(float(sample.mean()), _resampled(np.mean, sample), len(sample))


def interval(statistic: Callable[[Floats, Floats], float], first: ArrayLike, second: ArrayLike) -> Estimate:
    """Return `statistic(first, second)` of paired values with its interval, the pairs resampled together.

    Resamples for which the statistic is not a number (AUROC of one kind alone) are left out.
    """
    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    return _estimate(statistic(one, two), _resampled(statistic, one, two), len(one))


@dataclass(frozen=True, slots=True)
class Paired:
    """One measure of the same questions before and after a change.

    `change` is the mean of after - before; `p_bootstrap` and `p_mcnemar` are two-sided. McNemar's test asks
    whether wins and losses, ties left out, could come of tossing a coin.
    """

    wins: int
    losses: int
    ties: int
    before: float
    after: float
    change: Estimate
    p_bootstrap: float
    p_mcnemar: float

    def turned(self, sign: int) -> tuple[float, float]:
        """Return (before, after) of a measure that was compared times `sign`, which is 1 or -1."""
        return sign * self.before + 0.0, sign * self.after + 0.0  # + 0.0: -0.0 is 0.0


def compare(before: Sequence[float], after: Sequence[float]) -> Paired:
    """Return how `after` differs from `before`, question by question; higher is a win."""
    old, new = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    difference = new - old
    means = _resampled(np.mean, difference)
    wins, losses = int((difference > 0).sum()), int((difference < 0).sum())
    return Paired(
        wins=wins,
        losses=losses,
        ties=len(difference) - wins - losses,
        before=float(old.mean()),
        after=float(new.mean()),
        change=_estimate(float(difference.mean()), means, len(difference)),
        p_bootstrap=_two_sided(means),
        p_mcnemar=mcnemar(wins, losses),
    )


def mcnemar(wins: int, losses: int) -> float:
    """Return the two-sided p of McNemar's exact test: a split at least this uneven of wins + losses coins."""
    from scipy.stats import binomtest

    return float(binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0


def _two_sided(means: Floats) -> float:
    """Twice the smaller share of resampled means on one side of zero; never 0, which none could show."""
    share = min(int((means <= 0).sum()), int((means >= 0).sum()))
    return min(1.0, 2 * (share + 1) / (len(means) + 1))


def _estimate(value: float, resampled: Floats, n: int) -> Estimate:
    low, high = np.nanpercentile(resampled, _LEVEL)
    return Estimate(value, float(low), float(high), n)


def _resampled(statistic: Callable[..., Any], *samples: Floats) -> Floats:
    """Return (RESAMPLES,) values of the statistic, of samples drawn together with replacement."""
    from scipy.stats import DegenerateDataWarning, bootstrap

    size = len(samples[0])
    if size == 1:  # SciPy asks for two
        return np.full(RESAMPLES, float(statistic(*samples)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)  # it warns of a value that is not a number
        found = bootstrap(
            samples,
            statistic,
            n_resamples=RESAMPLES,
            batch=max(1, _BLOCK // size),
            paired=True,
            method="percentile",
            rng=np.random.default_rng(SEED),
        )
    distribution: Floats = found.bootstrap_distribution
    return distribution
