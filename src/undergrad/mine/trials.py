"""What a part must do exactly as the reference does, before it may be used.

Most of it stands in the engine's case table: values and gradients of an operation, fifty steps of
an optimiser, the rates of a schedule. `special_trials` holds the rest of the engine, and
`agent_trials` what an agent is made of.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from undergrad.cases import OPERATIONS, OPTIMIZERS, SCHEDULES, Case, Operation, Sample
from undergrad.cases.record import Values
from undergrad.mine.agent_trials import AGENT_TRIALS
from undergrad.mine.patch import function_at
from undergrad.mine.special_trials import SPECIAL_TRIALS
from undergrad.mine.trial import SEED, Trial


def trials(name: str) -> list[Trial]:
    """All trials of the part at this dotted name; call it with the reference in place."""
    special = (SPECIAL_TRIALS | AGENT_TRIALS).get(name)
    return [*_from_table(name), *(special() if special else ())]


def _from_table(name: str) -> Iterator[Trial]:
    holder, _, attribute = name.rpartition(".")
    if attribute in ("update", "rate"):
        yield from _of_update_rule(function_at(holder))
    for case in OPERATIONS:
        if case.ours is function_at(name):
            yield from _of_operation(case, name)


def _of_update_rule(rule: Any) -> Iterator[Trial]:
    for case in (*OPTIMIZERS, *SCHEDULES):
        if case.ours is rule:
            for sample in case.samples(SEED):
                yield _trial(case, sample, partial(case.values, sample, SEED))


def _of_operation(case: Operation, name: str) -> Iterator[Trial]:
    """Extreme values in float64 only, the type that exercises are written in.

    Samples without any numbers are left out: no training has them, and few exercises ask for them.
    """
    for sample in case.samples(SEED):
        if any(isinstance(arg, np.ndarray) and not arg.size for arg in sample.args):
            continue
        for dtype in (np.float32, np.float64) if sample.smooth else (np.float64,):
            yield _trial(case, sample, partial(_called, case, name, sample, dtype))


def _trial(case: Case, sample: Sample, run: Callable[[], Values]) -> Trial:
    rtol = max(case.rtol, case.gradient_rtol)
    return Trial(sample.label or "as it is", run, rtol, case.atol)


def _called(case: Operation, name: str, sample: Sample, dtype: type) -> Values:
    return case.values_of(function_at(name), sample, SEED, dtype)
