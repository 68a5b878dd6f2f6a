"""Settings: the fields of a frozen dataclass, each with its default, its bounds and its meaning.

    @dataclass(frozen=True)
    class DQNSettings(Settings):
        tau: float = setting(0.005, above=0, at_most=1, doc="fraction by which the target moves")
        hidden: tuple[int, ...] = setting((64, 64), at_least=1, doc="sizes of the hidden layers")
        method: str = setting("sarsa", choices=("sarsa", "q_learning"), doc="the update rule")

A subclass that checks more (two settings that must fit together) defines `__post_init__` and calls
`super().__post_init__()` first. What a person types after `--set` goes through `changed`; what an
older undergrad wrote into `run.json` or a checkpoint goes through `from_dict`, or
`modern` alone. Both doors follow the table of old names in `renamed`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, TypeVar, get_args

from undergrad.errors import UsageError
from undergrad.runs import renamed
from undergrad.words import did_you_mean

Value = TypeVar("Value")
AnySettings = TypeVar("AnySettings", bound="Settings")

_LARGEST = 10**9  # of any number; a larger one is a typing error


@dataclass(frozen=True)
class Rule:
    """What a setting may be. Of a tuple, each of its numbers must follow the rule."""

    doc: str
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    choices: tuple[str, ...] = ()  # of a text; empty when it can be any

    def __str__(self) -> str:
        """Such as `above 0 and at most 1`, to stand after "must be"."""
        if self.choices:
            return " or ".join(self.choices)
        if (self.at_least, self.at_most) == (0, 1):
            return "between 0 and 1"
        low = "at least minus a billion" if self.at_least is None else f"at least {self.at_least:g}"
        high = "at most a billion" if self.at_most is None else f"at most {self.at_most:g}"
        low = low if self.above is None else f"above {self.above:g}"
        high = high if self.below is None else f"below {self.below:g}"
        return f"{low} and {high}"

    def allows(self, value: Any) -> bool:
        """Whether a value of the right type is within the bounds. NaN never is."""
        if isinstance(value, tuple):
            return all(map(self.allows, value))
        if isinstance(value, str):
            return not self.choices or value in self.choices
        return (
            -_LARGEST <= value <= _LARGEST
            and (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
            and (self.at_most is None or value <= self.at_most)
        )


_ANY = Rule("")


def setting(
    default: Value,
    *,
    doc: str,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
    choices: tuple[str, ...] = (),
) -> Value:
    """The field of a `Settings` class. Without bounds, a number must be within a billion of 0.

    Arguments:
        doc: what it means, in a few words; the documentation shows it.
        choices: the texts that are allowed.
    """
    rule = Rule(doc, above, at_least, below, at_most, choices)
    return field(default=default, metadata={"rule": rule})


@dataclass(frozen=True)
class Settings:
    """Everything that decides a run besides its seed.

    Raises UsageError, which names the setting, for a value of a wrong type or out of bounds.
    """

    def __post_init__(self) -> None:
        for each in fields(self):
            value, rule = getattr(self, each.name), rule_of(each)
            if not _is_a(each.type, value):
                raise UsageError(f"The setting {each.name} is of the wrong kind: {value!r}.")
            if not rule.allows(value):
                raise UsageError(f"The setting {each.name} must be {rule}, and is {value}.")


def rule_of(one: "Field[Any]") -> Rule:
    """The bounds and the meaning of one of `dataclasses.fields`."""
    rule: Rule = one.metadata.get("rule", _ANY)
    return rule


def described(settings_class: type[Settings]) -> Iterator[tuple[str, Any, Rule]]:
    """Name, default and rule of each setting, in the order of the class: for tables."""
    return ((each.name, each.default, rule_of(each)) for each in fields(settings_class))


def _is_a(kind: Any, value: Any) -> bool:
    """Whether a value from a file has the type of a field: int, float, bool, str, or a tuple."""
    if parts := get_args(kind):
        return isinstance(value, tuple) and all(_is_a(parts[0], part) for part in value)
    if isinstance(value, bool):  # which Python counts among the whole numbers
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


# From and to text and JSON

# What other libraries and papers call a setting of ours: only a guess, never accepted.
_ALSO_CALLED = {
    "alpha": ("learning_rate", "per_alpha"),
    "bs": ("batch_size",),
    "entropy": ("ent_coef",),
    "iterations": ("steps", "epochs"),
    "lambda": ("gae_lambda",),
    "lr": ("learning_rate",),
    "memory": ("buffer_size",),
    "timesteps": ("steps",),
    "total_timesteps": ("steps",),
    "wd": ("weight_decay",),
}


class UnknownSetting(UsageError):
    """There is no such setting. `sentence` has a guess, and `names` are those that exist."""

    def __init__(self, sentence: str, names: tuple[str, ...]) -> None:
        super().__init__(f"{sentence} The settings are {', '.join(names)}.")
        self.sentence, self.names = sentence, names


def changed(settings: AnySettings, changes: Mapping[str, str]) -> AnySettings:
    """The same settings with other values, given as text, such as {"gamma": "0.98"}.

    Raises UsageError for a value that is not allowed, and for an old name, which is told with the
    new one; UnknownSetting for any other name.
    """
    kinds = {each.name: each.type for each in fields(settings)}
    for name in changes:
        if name not in kinds:
            raise _unknown(type(settings), name, changes[name])
    values = {name: _parsed(name, kinds[name], text) for name, text in changes.items()}
    return replace(settings, **values)


def from_dict(settings_class: type[AnySettings], data: Mapping[str, Any]) -> AnySettings:
    """Settings from JSON or YAML, also an older one. TypeError when one is unknown."""
    return settings_class(**modern(settings_class, _with_tuples(data)))


def modern(settings_class: type[Settings], data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` as an older undergrad wrote it, with the names and the values of today."""
    return renamed.modern(_names(settings_class), data)


def as_dict(settings: Settings) -> dict[str, Any]:
    """The settings as JSON can hold them."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in vars(settings).items()}


def _names(settings_class: type[Settings]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(settings_class))


def _with_tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    """Settings from JSON or YAML, with tuples where those have lists."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}


def _unknown(settings_class: type[Settings], name: str, text: str) -> UsageError:
    """What to say about a name that these settings do not have, with the value that it got."""
    names = _names(settings_class)
    if row := renamed.row_for(names, name):
        today = renamed.meaning_today(row, text)
        return UsageError(f"The setting `{name}` is now called `{row.new}`{today}.")
    near = [other for other in _ALSO_CALLED.get(name, ()) if other in names]
    guess = f"did you mean `{near[0]}`?" if near else did_you_mean(name, names)
    return UnknownSetting(f"There is no setting `{name}`{': ' if guess else '.'}{guess}", names)


def _parsed(name: str, kind: Any, text: str) -> Any:
    """The value of the setting `name`, given as text such as `0.01`, `true` or `64,64`."""
    reader, example = _READERS[kind]
    try:
        return reader(text.strip())
    except ValueError:
        raise UsageError(f"The setting {name} needs {example}, not `{text}`.") from None


def _whole(text: str) -> int:
    return int(text.replace("_", ""))


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(_whole(part) for part in _parts(text))


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in _parts(text))


def _parts(text: str) -> list[str]:
    return [part for part in text.strip("[]() ").split(",") if part.strip()]


_READERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    int: (_whole, "a whole number such as 64"),
    float: (float, "a number such as 0.01"),
    bool: (_truth, "true or false"),
    str: (str, "a text"),
    tuple[int, ...]: (_sizes, "layer sizes such as 64,64"),
    tuple[float, ...]: (_numbers, "numbers such as 2.4,3,0.21,3"),
}
