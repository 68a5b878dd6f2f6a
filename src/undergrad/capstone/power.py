"""How many test items and seeds a claim needs. The unit `propose` derives both formulas."""

import math
from statistics import NormalDist

POWER, ALPHA = 0.8, 0.05
# 97.5% of Student's t distribution with 1, 2, 3 ... degrees of freedom lie below.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
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


def items_for_mean(std: float, delta: float, *, paired: bool = False) -> int:
    """Test items that show a mean to differ by delta, when the scores of items vary by std.

    paired: std is that of the difference between two models on the same item, whose mean is then
    compared with 0; otherwise it is that of either model, and the variances of both add up.
    """
    return math.ceil((1 if paired else 2) * ((_TAIL + _POWER) * std / delta) ** 2)


def seeds_needed(std: float, gap: float) -> int:
    """Seeds of each of two methods whose means differ by gap and vary over seeds by std.

    Source: Guenther 1981, "Sample size formulas for normal theory t tests".
    """
    return max(3, math.ceil(2 * ((_TAIL + _POWER) * std / gap) ** 2 + _TAIL**2 / 4))


def seeds_against_bar(std: float, gap: float) -> int:
    """Seeds of one method whose mean is to be shown above a fixed bar: it varies by std over seeds.

    Source: as `seeds_needed`, with one sample. The unit `propose-agent` derives it.
    """
    return max(5, math.ceil(((_TAIL + _POWER) * std / gap) ** 2 + _TAIL**2 / 2))


def t_quantile(freedom: int) -> float:
    """The 97.5% quantile of Student's t distribution, to within 0.002.

    Beyond ten degrees of freedom by the first terms of its expansion around the normal quantile
    (Abramowitz and Stegun 1964, 26.7.5).
    """
    if freedom <= len(_T):
        return _T[freedom - 1]
    z = _TAIL
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
