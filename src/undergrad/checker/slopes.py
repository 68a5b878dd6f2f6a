"""Gradient checks that a learner can read: which argument, which entry, measured against given.

    @task(5, "agrees with slopes measured by nudging", judge=slopes())
    def nudged(code, rng):
        ...
        return {"W": (gW, measure_slopes(loss, W)), "b": (gb, measure_slopes(loss, b))}

A slope is measured by moving one entry a little up and a little down and looking at the loss.
The learner's slopes are held against what the same measuring gives for the worked solution, so
a loss that was changed to fit its slopes helps nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from undergrad.checker.answer import Answer
from undergrad.checker.compare import Difference, form
from undergrad.checker.slips import name_slip

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

# The measured loss may differ by this share: central differences are right to about 1e-9.
_SAME_LOSS = 1e-4
_SHOWN, _NAMED = 3, 4  # wrong arguments in full, right ones by name


@dataclass(frozen=True)
class Slopes:
    """Every given slope must be the measured one, up to `tolerance` of the largest."""

    tolerance: float

    @property
    def expects(self) -> str:
        return "the slopes that nudging measures"

    def __call__(self, got: Answer, solution: Answer) -> str:
        wrong_form = _other_form(got.value, solution.value)
        if wrong_form:
            return wrong_form
        lines, agree = [], []
        for name, (exact, measured) in solution.value.items():
            given, own = got.value[name]
            if _gap(measured, own) > _SAME_LOSS * (_size(measured) + 1e-12):
                return (
                    f"Nudging `{name}` moves your loss otherwise than the worked solution's: "
                    "look at the way forward first."
                )
            line = self._about(name, exact, measured, given)
            lines.append(line) if line else agree.append(name)
        return _report(lines, agree)

    def worst(self, got: Answer, solution: Answer) -> tuple["Array", "Array"] | None:
        """The measured and the given slopes of the first argument that is wrong."""
        if _other_form(got.value, solution.value):
            return None
        for name, (_, measured) in solution.value.items():
            given = got.value[name][0]
            if self._wrong(measured, given).any():
                return measured, given
        return None

    def _about(self, name: str, exact: "Array", measured: "Array", given: "Array") -> str:
        """What is wrong with one argument's slopes; "" for nothing. exact: the solution's."""
        import numpy as np

        wrong = self._wrong(measured, given)
        if not wrong.any():
            return ""
        gap = np.where(np.isfinite(given), np.abs(given - measured), np.inf)
        index = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
        at = f"At {list(index)} nudging" if index else "Nudging"
        # Measuring is not exact, so the slip is read off the exact slopes.
        with np.errstate(all="ignore"):
            slip = name_slip(Difference("numbers", exact, given, (), index, int(wrong.sum())))
        text = (
            f"{name}: {int(wrong.sum())} of {wrong.size} differ. {at} measures "
            f"{measured[index]:.4g}, yours is {given[index]:.4g}. {slip}"
        )
        return text.rstrip()

    def _wrong(self, measured: "Array", given: "Array") -> "np.ndarray[Any, np.dtype[np.bool_]]":
        import numpy as np

        scale = max(_size(measured), _size(given[np.isfinite(given)]), 1e-8)
        return np.asarray(~(np.abs(given - measured) <= self.tolerance * scale))


def slopes(tolerance: float = 1e-5) -> Slopes:
    """The check returns {argument: (slopes given, slopes measured)}; they must be equal.

    tolerance: the largest difference allowed, as a share of the argument's largest slope.
    """
    return Slopes(tolerance)


def measure_slopes(loss: Callable[[], float], array: "Array", h: float = 1e-5) -> "Array":
    """The slope of `loss()` for every entry of `array`, by central differences. Same shape.

    array: float64, an argument of the loss; every entry is moved by h and put back.
    (loss(x + h) - loss(x - h)) / 2h is off by about h**2, and by 1e-16 / h from rounding.
    """
    import numpy as np

    measured = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        before = array[place]
        array[place] = before + h
        above = loss()
        array[place] = before - h
        below = loss()
        array[place] = before
        measured[place] = (above - below) / (2 * h)
    return measured


def _report(lines: list[str], agree: list[str]) -> str:
    """The first few wrong arguments in full, and how it stands with the others."""
    if not lines:
        return ""
    shown = lines[:_SHOWN]
    if lines[_SHOWN:]:
        shown.append(f"{len(lines) - _SHOWN} more differ.")
    if agree:
        more = f" and {len(agree) - _NAMED} more" if len(agree) > _NAMED else ""
        shown.append(f"Right: {', '.join(agree[:_NAMED])}{more}.")
    return "\n".join(shown)


def _other_form(got: Any, expected: Mapping[str, Any]) -> str:
    """A sentence when there is not a pair of arrays of the right shape for every argument."""
    if not isinstance(got, dict) or got.keys() != expected.keys():
        return f"Slopes were expected for {', '.join(expected)}; got {form(got)}."
    for name, (_, measured) in expected.items():
        match got[name]:
            case (given, own) if _shape(given) == _shape(own) == _shape(measured):
                continue
            case (given, _):
                want, have = form(measured), form(given)
                return f"The slopes for `{name}` should be {want}; yours is {have}."
            case _:
                return f"The slopes for `{name}` did not arrive."
    return ""


def _shape(value: Any) -> tuple[int, ...] | None:
    """The shape of an array of real numbers; None for anything else."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return tuple(value.shape) if kind in ("f", "i", "u") else None


def _gap(a: "Array", b: "Array") -> float:
    import numpy as np

    gap = np.abs(a - b)
    return float(np.where(np.isnan(gap), np.inf, gap).max(initial=0.0))


def _size(array: "Array") -> float:
    return float(abs(array).max(initial=0.0))
