"""The settings that every training has, and the check that each setting makes sense."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar, get_args

from undergrad.errors import UsageError

_LARGEST = 10**9


@dataclass(frozen=True)
class Settings:
    """Everything that decides a training besides the seed. What each means stands in the YAML.

    A setting must be above 0 and at most a billion, unless its name stands in one of the lists;
    a tuple follows the same rule for each of its numbers. Text is one of its choices.
    """

    fractions: ClassVar[tuple[str, ...]] = ("discount",)  # above 0 and at most 1
    below_one: ClassVar[tuple[str, ...]] = ()  # at least 0 and below 1
    may_be_zero: ClassVar[tuple[str, ...]] = ()
    may_be_negative: ClassVar[tuple[str, ...]] = ()
    choices: ClassVar[dict[str, tuple[str, ...]]] = {}  # what a text may be

    steps: int
    envs: int
    discount: float
    evaluate_every: int
    evaluation_episodes: int
    log_every: int

    def __post_init__(self) -> None:
        for field in fields(self):
            name, value = field.name, getattr(self, field.name)
            if not _is_a(field.type, value):
                raise UsageError(f"The setting {name} is of the wrong kind: {value!r}.")
            problem = self._problem(name, value)
            if problem:
                raise UsageError(f"The setting {name} must be {problem}, and is {value}.")

    def _problem(self, name: str, value: Any) -> str:
        """What the value must be and is not; empty when it is fine."""
        if isinstance(value, tuple):
            return next((said for part in value if (said := self._problem(name, part))), "")
        if isinstance(value, bool):
            return ""
        if isinstance(value, str):
            allowed = self.choices.get(name, (value,))
            return "" if value in allowed else " or ".join(allowed)
        if name in self.below_one:
            return "" if 0 <= value < 1 else "at least 0 and below 1"
        low = 0 if name in self.may_be_zero else -_LARGEST if name in self.may_be_negative else None
        high = 1 if name in self.fractions else _LARGEST
        if (value > 0 if low is None else value >= low) and value <= high:
            return ""
        if name in self.fractions:
            return "between 0 and 1" if low == 0 else "above 0 and at most 1"
        bound = {0: "0 or more", None: "above 0"}.get(low, "no less than minus a billion")
        return f"{bound} and at most a billion"


def _is_a(kind: Any, value: Any) -> bool:
    """Whether a value from a file is what a field wants: int, float, bool, str, or a tuple."""
    if parts := get_args(kind):
        return isinstance(value, tuple) and all(_is_a(parts[0], part) for part in value)
    if isinstance(value, bool):  # which Python counts among the whole numbers
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)
