"""Parity: every record of the case table, computed with PyTorch and compared with ours.

The samples of the table are followed by corner cases from its grammar, `tests.engine.corners`,
on which the fast form, the readable twin and PyTorch are compared, and also what they refuse.

    python -m tests.engine.parity --seed 7

It needs PyTorch. Where that is missing, the tests compare the same records with stored values.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from tests.engine.corners import STRICTER, corners
from tests.engine.torch_side import rounding_of_scores, torch_values

from undergrad.cases import CASES
from undergrad.cases.record import Case, Operation, Sample, Values
from undergrad.engine.autograd import Array


def differences(case: Case, ours: Values, theirs: Values) -> list[str]:
    """One sentence for each value that differs by more than the case allows."""
    if ours.keys() != theirs.keys():
        return [f"{case.name}: ours are {sorted(ours)}, PyTorch's are {sorted(theirs)}"]
    return [
        f"{case.name}, {name}: {problem}"
        for name in ours
        if (problem := _difference(case, name, ours[name], theirs[name]))
    ]


@dataclass(frozen=True)
class Corners:
    """What became of the corners of a record."""

    counts: Counter[str]  # equal, refused by both, refused by ours alone, by PyTorch alone, twins
    problems: list[str]


def compared_corners(case: Case, seed: int, count: int, with_torch: bool = True) -> Corners:
    """The corners of a record, computed by the fast form, the readable twin and PyTorch."""
    counts: Counter[str] = Counter()
    problems: list[str] = []
    for sample in corners(case, seed, count):
        ours = attempted(lambda s=sample: case.values(s, seed))
        if isinstance(case, Operation) and case.twin and isinstance(ours, dict):
            twin = attempted(lambda s=sample: case.values_of(case.twin, s, seed))
            kind, found = _verdict(case, sample, ours, twin)
            counts[f"twins {kind}"] += 1
            problems += [f"{sentence} ({sample.label}, twin)" for sentence in found]
        if with_torch:
            theirs = attempted(lambda s=sample: torch_values(case, s, seed))
            kind, found = _verdict(case, sample, ours, theirs)
            counts[kind] += 1
            problems += [f"{sentence} ({sample.label})" for sentence in found]
    return Corners(counts, problems)


def attempted(values: Callable[[], Values]) -> Values | Exception:
    """The values, or why there are none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return values()
        except (ValueError, TypeError, IndexError, RuntimeError) as error:
            return error


def _verdict(
    case: Case, sample: Sample, ours: Values | Exception, theirs: Values | Exception
) -> tuple[str, list[str]]:
    """How the two agree, in a word for counting, and a sentence for each disagreement."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = differences(with_rounding(case, sample, theirs), ours, theirs)
        return ("different" if found else "equal"), found
    if isinstance(ours, Exception) and "/undergrad/" not in _place(ours):
        return "different", [f"{case.name}: an error that is none of ours: {ours!r}"]
    if isinstance(ours, dict):
        return "refused by PyTorch alone", []
    if isinstance(theirs, Exception):
        return "refused by both", []
    if any(part in str(ours) for part in STRICTER):
        return "refused by ours alone", []
    return "different", [f"{case.name}: refused by ours alone: {ours}"]


def _place(error: Exception) -> str:
    """The file in which the error was raised."""
    return traceback.extract_tb(error.__traceback__)[-1].filename


def with_rounding(case: Case, sample: Sample, theirs: Values) -> Case:
    """The record, with room for the rounding of numbers as large as the largest in the result.

    A norm multiplies rounding by 1 / sqrt(eps), about 300, where the numbers are nearly equal.
    """
    scores = rounding_of_scores(case, sample)
    finite = [np.abs(v[np.isfinite(v)]).max(initial=1.0) for v in theirs.values()]
    size = min(max(map(float, finite), default=1.0), 1e3)
    norm = 20 if "norm" in case.name.lower() else 1
    return replace(
        case,
        rtol=case.rtol + scores,
        gradient_rtol=case.gradient_rtol + scores,
        atol=(case.atol * norm + scores) * size,
    )


def _difference(case: Case, name: str, ours: Array, theirs: Array) -> str:
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return f"{ours.dtype} of shape {ours.shape}, PyTorch's {theirs.dtype} of {theirs.shape}"
    rtol = case.rtol if name == "result" else case.gradient_rtol
    close = np.isclose(ours, theirs, rtol=rtol, atol=case.atol, equal_nan=True)
    if close.all():
        return ""
    worst = tuple(int(i) for i in np.argwhere(~close)[0])
    return f"at {worst} ours is {ours[worst]}, PyTorch's {theirs[worst]}"


CORNERS = 60  # calls from the grammar for each operation that has a rule

MISSING = (
    "PyTorch is not installed here: pip install 'undergrad[torch]'. Without it, the tests compare "
    "the same records with values of PyTorch that were stored: pytest tests/engine"
)


def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when all went well, 1 when a record differs, 3 when PyTorch is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.parity", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the sample inputs")
    options = parser.parse_args(arguments)
    if options.seed < 0:
        parser.error("--seed must be 0 or more")
    if importlib.util.find_spec("torch") is None:
        print(MISSING, file=sys.stderr)
        return 3
    return _compare_all(options.seed)


def _compare_all(seed: int) -> int:
    problems = {case.name: _compare(case, seed) for case in CASES}
    failed = [name for name, found in problems.items() if found]
    for found in problems.values():
        print("\n".join(found), end="\n" if found else "")
    print(f"{len(CASES) - len(failed)} of {len(CASES)} records equal PyTorch (seed {seed})")
    counts: Counter[str] = Counter()
    wrong = 0
    for case in CASES:
        found = compared_corners(case, seed, CORNERS)
        counts += found.counts
        wrong += len(found.problems)
        print("\n".join(found.problems), end="\n" if found.problems else "")
    print("corners: " + ", ".join(f"{n:,} {kind}" for kind, n in sorted(counts.items())))
    return 1 if failed or wrong else 0


def _compare(case: Case, seed: int) -> list[str]:
    problems = []
    for sample in case.samples(seed):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = differences(case, case.values(sample, seed), torch_values(case, sample, seed))
        problems += [f"{sentence} ({sample.label})" for sentence in found]
    return problems


if __name__ == "__main__":
    sys.exit(main())
