"""Other questions than "equal to the worked solution": used as `@task(..., judge=at_least(0.95))`.

A judge is a value. It sees the answer of the learner and the answer of the solution for the same
seed, in the parent, after both have been turned into plain data. It says nothing ("") when it is
content, and otherwise one sentence.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from undergrad.checker.answer import Answer
from undergrad.checker.codec import plain
from undergrad.checker.compare import difference, form

if TYPE_CHECKING:
    import numpy as np


class Judge(Protocol):
    """Says what is wrong with an answer, or nothing."""

    @property
    def expects(self) -> str:
        """What a right answer looks like, in a few words."""

    def __call__(self, got: Answer, solution: Answer) -> str:
        """One sentence, or "" when the answer is accepted."""


@dataclass(frozen=True)
class Raises:
    """The call must end in one of these errors."""

    names: tuple[str, ...]

    @property
    def expects(self) -> str:
        return " or ".join(self.names)

    def __call__(self, got: Answer, solution: Answer) -> str:
        if got.raised is None:
            return f"Here a {self.expects} should be raised, but the call went through."
        if any(got.raised.is_a(name) for name in self.names):
            return ""
        return f"Here a {self.expects} should be raised; yours raised {got.raised.name}."


@dataclass(frozen=True)
class Within:
    """Every number must lie between `low` and `high`, both included."""

    low: float
    high: float

    @property
    def expects(self) -> str:
        if math.isinf(self.high):
            return f"at least {self.low:g}"
        return f"between {self.low:g} and {self.high:g}"

    def __call__(self, got: Answer, solution: Answer) -> str:
        wrong_form = _other_form(got.value, solution.value)
        if wrong_form:
            return wrong_form
        outside = [x for x in _numbers(got.value) if not self.low <= x <= self.high]
        return f"It should be {self.expects}; yours is {outside[0]:.4g}." if outside else ""


@dataclass(frozen=True)
class ImprovesOn:
    """The check returns (before, after); after must be better by the fraction `by` of before."""

    by: float
    higher: bool

    @property
    def expects(self) -> str:
        way = "higher" if self.higher else "lower"
        return f"{way} than before by at least {self.by:.0%}"

    def __call__(self, got: Answer, solution: Answer) -> str:
        numbers = list(_numbers(got.value))
        if len(numbers) != 2:
            return "Two numbers were expected here, one before and one after."
        before, after = numbers
        gain = after - before if self.higher else before - after
        if gain > 0 and gain >= self.by * abs(before):  # a NaN is never a gain
            return ""
        return f"It should get {self.expects}; it went from {before:.4g} to {after:.4g}."


@dataclass(frozen=True)
class Distribution:
    """The check returns a sample; it must come from the same distribution as the solution's.

    Two-sample Kolmogorov-Smirnov test. `risk` is the probability that right code is refused.
    """

    risk: float

    @property
    def expects(self) -> str:
        return "draws distributed like those of the worked solution"

    def __call__(self, got: Answer, solution: Answer) -> str:
        wrong_form = _other_form(got.value, solution.value)
        if wrong_form:
            return wrong_form
        gap, below = _largest_gap(_flat(got.value), _flat(solution.value))
        n, m = len(_flat(got.value)), len(_flat(solution.value))
        # Smirnov's bound: P(gap > c) is about 2 exp(-2 c^2 nm / (n + m)).
        allowed = math.sqrt(-0.5 * math.log(self.risk / 2) * (n + m) / (n * m))
        if gap <= allowed:
            return ""
        return (
            f"The draws have another distribution: {below[0]:.0%} of yours lie below a value "
            f"below which {below[1]:.0%} should lie."
        )


def raises(*errors: type[BaseException]) -> Raises:
    """The call must raise one of `errors` (or a subclass)."""
    return Raises(tuple(error.__name__ for error in errors))


def at_least(low: float) -> Within:
    """Every number returned must be `low` or more."""
    return Within(low, math.inf)


def within(low: float, high: float) -> Within:
    """Every number returned must lie between `low` and `high`."""
    return Within(low, high)


def improves_on(by: float = 0.0, *, higher: bool = False) -> ImprovesOn:
    """The check returns (before, after), such as a loss; after must be better by that fraction."""
    return ImprovesOn(by, higher)


def distribution(risk: float = 1e-6) -> Distribution:
    """The check returns a sample that must be distributed like the solution's."""
    return Distribution(risk)


def decided_by(draw: "Callable[[np.random.Generator], Any]", rng: "np.random.Generator") -> str:
    """In words, what decides about the result of `draw(rng)`; right code gives "the generator".

    It draws with two generators in the same state, and with one in another state.

        @task(2, "draws with the generator it is given, and nothing else")
        def by_generator(code, rng):
            return decided_by(lambda rng: code.he_normal((4, 3), rng), rng)
    """
    import numpy as np

    seed = int(rng.integers(1 << 30))
    one, again, other = (
        plain(draw(np.random.default_rng(each))) for each in (seed, seed, seed + 1)
    )
    if difference(one, again) is not None:
        return "something else than the generator: the same state gives another result"
    if difference(one, other) is None:
        return "nothing: another state gives the same result"
    return "the generator"


def _other_form(got: Any, expected: Any) -> str:
    """A sentence when `got` is not numbers in the same arrangement as `expected`."""
    if form(got) != form(expected):
        return f"Expected {form(expected)}, got {form(got)}."
    wanted, given = len(_flat(expected)), len(_flat(got))
    return "" if given == wanted else f"Expected {wanted} numbers in all, got {given}."


def _numbers(value: Any) -> Iterator[float]:
    return iter(_flat(value).tolist())


def _flat(value: Any) -> "np.ndarray[Any, Any]":
    """All numbers in `value`, however deep they lie, as one float array, shape (n,)."""
    import numpy as np

    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return np.concatenate([np.empty(0), *map(_flat, value)])
    try:
        return np.asarray([] if isinstance(value, str) else value, dtype=float).ravel()
    except (TypeError, ValueError):
        return np.empty(0)


def _largest_gap(
    a: "np.ndarray[Any, Any]", b: "np.ndarray[Any, Any]"
) -> tuple[float, tuple[float, float]]:
    """Where the two empirical distributions differ most: the gap, and both fractions there."""
    import numpy as np

    values = np.union1d(a, b)
    below_a = np.searchsorted(np.sort(a), values, side="right") / len(a)
    below_b = np.searchsorted(np.sort(b), values, side="right") / len(b)
    worst = int(np.argmax(np.abs(below_a - below_b)))
    return float(abs(below_a - below_b)[worst]), (float(below_a[worst]), float(below_b[worst]))
