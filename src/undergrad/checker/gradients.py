"""Gradient checks that a learner can read: which argument, which entry, measured against given.

    @task(5, "agrees with the numeric gradient", judge=gradients())
    def numeric(code, rng):
        ...
        return {"W": (gW, numeric_gradient(loss, W)), "b": (gb, numeric_gradient(loss, b))}

The numeric gradient moves one entry a little up and a little down and looks at the loss. The
learner's gradient is compared with the numeric gradient of the worked solution's loss, so a loss
that was changed to fit its gradient helps nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from undergrad.checker.answer import Answer
from undergrad.checker.case import unnoted
from undergrad.checker.compare import Difference, form
from undergrad.checker.guess_numbers import guess_numbers

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

# The numeric gradients may differ by this fraction: central differences are right to about 1e-9.
_SAME_LOSS = 1e-4
_SHOWN, _NAMED = 3, 4  # wrong arguments in full, right ones by name


@dataclass(frozen=True)
class Gradients:
    """Every given gradient must be the numeric one, up to `tolerance` of its largest entry."""

    tolerance: float

    @property
    def expects(self) -> str:
        return "the numeric gradients"

    def __call__(self, got: Answer, solution: Answer) -> str:
        wrong_form = _other_form(got.value, solution.value)
        if wrong_form:
            return wrong_form
        lines, agree = [], []
        for name, (exact, numeric) in solution.value.items():
            given, own = got.value[name]
            if _gap(numeric, own) > _SAME_LOSS * (_size(numeric) + 1e-12):
                return (
                    f"Changing `{name}` a little changes your loss by another amount than the "
                    "worked solution's: look at the forward pass first."
                )
            line = self._about(name, exact, numeric, given)
            lines.append(line) if line else agree.append(name)
        return _report(lines, agree)

    def worst(self, got: Answer, solution: Answer) -> tuple["Array", "Array"] | None:
        """The numeric and the given gradient of the first argument that is wrong."""
        if _other_form(got.value, solution.value):
            return None
        for name, (_, numeric) in solution.value.items():
            given = got.value[name][0]
            if self._wrong(numeric, given).any():
                return numeric, given
        return None

    def _about(self, name: str, exact: "Array", numeric: "Array", given: "Array") -> str:
        """What is wrong with one argument's gradient; "" for nothing. exact: the solution's."""
        import numpy as np

        wrong = self._wrong(numeric, given)
        if not wrong.any():
            return ""
        gap = np.where(np.isfinite(given), np.abs(given - numeric), np.inf)
        index = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
        at = f"At {list(index)} the numeric gradient" if index else "The numeric gradient"
        # The numeric gradient is not exact, so the guess is made from the exact one.
        with np.errstate(all="ignore"):
            guess = guess_numbers(Difference("numbers", exact, given, (), index, int(wrong.sum())))
        text = (
            f"{name}: {int(wrong.sum())} of {wrong.size} differ. {at} is "
            f"{numeric[index]:.4g}, yours is {given[index]:.4g}. {guess}"
        )
        return text.rstrip()

    def _wrong(self, numeric: "Array", given: "Array") -> "np.ndarray[Any, np.dtype[np.bool_]]":
        import numpy as np

        scale = max(_size(numeric), _size(given[np.isfinite(given)]), 1e-8)
        return np.asarray(~(np.abs(given - numeric) <= self.tolerance * scale))


def gradients(tolerance: float = 1e-5) -> Gradients:
    """The check returns {argument: (gradient, numeric gradient)}; they must be equal.

    tolerance: the largest difference allowed, as a fraction of the gradient's largest entry.
    """
    return Gradients(tolerance)


def numeric_gradient(loss: Callable[[], float], array: "Array", h: float = 1e-5) -> "Array":
    """The gradient of `loss()` with respect to `array`, by central differences. Same shape.

    array: float64, an argument of the loss; every entry is moved by h and put back.
    (loss(x + h) - loss(x - h)) / 2h is off by about h**2, and by 1e-16 / h from rounding.
    """
    import numpy as np

    loss()  # of all these calls, the one that is noted
    gradient = np.zeros(array.shape)
    with unnoted():
        for index in np.ndindex(array.shape):
            before = array[index]
            array[index] = before + h
            above = loss()
            array[index] = before - h
            below = loss()
            array[index] = before
            gradient[index] = (above - below) / (2 * h)
    return gradient


def _report(lines: list[str], agree: list[str]) -> str:
    """The first few wrong arguments in full, and which others are right."""
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
        return f"Gradients were expected for {', '.join(expected)}; got {form(got)}."
    for name, (_, numeric) in expected.items():
        match got[name]:
            case (given, own) if _shape(given) == _shape(own) == _shape(numeric):
                continue
            case (given, _):
                want, have = form(numeric), form(given)
                return f"The gradient with respect to `{name}` should be {want}; yours is {have}."
            case _:
                return f"The gradient with respect to `{name}` did not arrive."
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
