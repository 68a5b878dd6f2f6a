"""The verdict on one part: does it do what the reference does, and how long does it take?"""

from typing import Any

import numpy as np

from undergrad.cases.record import Values
from undergrad.engine.tensor import Tensor
from undergrad.mine.adapter import Adapter, Function
from undergrad.mine.patch import function_at, patched
from undergrad.mine.speed import slowdown
from undergrad.mine.trial import Trial
from undergrad.mine.trials import trials
from undergrad.mine.verify import Verdict

# Loops in Python take 42 to 65 times as long (over the numbers of relu) or 57 times (over the
# positions of a convolution), the solutions 1 to 4.2 times. At 30 a run of one minute would take
# half an hour.
SLOWEST = 30.0  # times the reference
_OPERATIONS = "undergrad.engine.ops."


@np.errstate(all="ignore")  # roots of numbers below 0 and the like are among the samples
def judge(name: str, adapter: Adapter, own: Any, *, timed: bool = True) -> Verdict:
    """Run every trial of the part with the learner's part in its place, and measure its time.

    timed: whether it is also refused for being slow.
    """
    borrowed = _Counted(function_at(name))
    part = adapter(own, borrowed)
    expected = [(trial, trial.run()) for trial in trials(name)]
    done = 0
    tried = _leaving_inputs_alone(part) if name.startswith(_OPERATIONS) else part
    with patched({name: tried}):
        for trial, right in expected:
            borrowed.calls = 0
            reason = _difference(trial, right)
            if reason and not borrowed.calls:
                return Verdict(name, reason, done)
            done += not borrowed.calls
    if not done:
        return Verdict(name, "no trial could be made with it")
    slower = slowdown(name, part) if timed else 1.0
    if slower > SLOWEST:
        times = f"{slower:.0f} times as long as the reference"
        return Verdict(
            name, f"it takes {times}, and at most {SLOWEST:.0f} are allowed", done, slower
        )
    return Verdict(name, "", done, slower)


class _Counted:
    """The reference, counted: a trial in which it was called shows nothing about the part."""

    def __init__(self, function: Function) -> None:
        self._function, self.calls = function, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        return self._function(*args, **kwargs)


def _leaving_inputs_alone(part: Function) -> Function:
    """The part, which may not change the tensors it is given: others may still need them."""

    def call(*args: Any, **kwargs: Any) -> Any:
        before = [(arg, arg.data.copy()) for arg in args if type(arg) is Tensor]
        out = part(*args, **kwargs)
        if not all(np.array_equal(arg.data, data, equal_nan=True) for arg, data in before):
            raise ValueError("it changes the numbers it is given")
        return out

    return call


def _difference(trial: Trial, right: Values) -> str:
    """What is wrong in this trial, or nothing."""
    try:
        got = trial.run()
    except Exception as error:  # the learner's code may raise anything
        said = " ".join(str(error).split())[:200]
        return f"on “{trial.label}” it raises {type(error).__name__}" + (
            f" ({said})" if said else ""
        )
    for what, numbers in right.items():
        problem = _unequal(numbers, got.get(what), trial)
        if problem:
            return f"on “{trial.label}” its {what} {problem}"
    return ""


def _unequal(right: Any, got: Any, trial: Trial) -> str:
    if got is None or got.shape != right.shape:
        return f"has shape {None if got is None else got.shape}, not {right.shape}"
    if got.dtype != right.dtype:
        return f"is of type {got.dtype}, not {right.dtype}"
    close = np.isclose(got, right, rtol=trial.rtol, atol=trial.atol, equal_nan=True)
    if close.all():
        return ""
    worst = tuple(int(i) for i in np.argwhere(~close)[0])
    at = f" at {worst}" if worst else ""
    return f"is {got[worst]:.6g}{at}, and {right[worst]:.6g} is right"
