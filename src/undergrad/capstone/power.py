"""How many test items and seeds a claim needs. The unit `propose` derives both formulas."""

import math
from statistics import NormalDist

POWER, ALPHA = 0.8, 0.05
_TAIL, _POWER = NormalDist().inv_cdf(1 - ALPHA / 2), NormalDist().inv_cdf(POWER)


def items_needed(p: float, delta: float, corr: float = 0.0) -> int:
    """Test items that show accuracies of p and p + delta to differ, two-sided, for each model.

    corr: the correlation of being right on the same item; 0 when each model has its own items.
    Source: Connor 1987, "Sample size for testing differences in proportions for the paired-sample
    design".
    """
    q = p + delta
    both = p * q + corr * math.sqrt(p * (1 - p) * q * (1 - q))
    square = max(p + q - 2 * both, abs(delta))  # of the difference; at least |delta|
    width = _TAIL * math.sqrt(square) + _POWER * math.sqrt(square - delta**2)
    return math.ceil((width / delta) ** 2)


def smallest_delta(p: float, items: int, corr: float = 0.0, *, down: bool = False) -> float | None:
    """The smallest difference from p, in steps of 0.001, that so many items show; None for none.

    down: the second model's number is below p, as for an error rate.
    """
    room = p if down else 1 - p
    sign = -1 if down else 1
    steps = range(1, math.floor(1000 * room) + 1)
    found = (n / 1000 for n in steps if items_needed(p, sign * n / 1000, corr) <= items)
    return next(found, None)


def items_for_mean(std: float, delta: float) -> int:
    """Test items that show a mean to differ by delta, when the scores of items vary by std."""
    return math.ceil(2 * ((_TAIL + _POWER) * std / delta) ** 2)


def seeds_needed(std: float, gap: float) -> int:
    """Seeds of each of two methods whose means differ by gap and vary over seeds by std.

    Source: Guenther 1981, "Sample size formulas for normal theory t tests".
    """
    return max(3, math.ceil(2 * ((_TAIL + _POWER) * std / gap) ** 2 + _TAIL**2 / 4))
