"""Settings as a person types them, `--set learning_rate=0.01`: text, read as the field's type."""

from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, TypeVar

from undergrad.errors import UsageError

Settings = TypeVar("Settings", bound=Any)


def changed(settings: Settings, changes: Mapping[str, str]) -> Settings:
    """A frozen dataclass with other values, given as text. UsageError names what is allowed."""
    kinds = {field.name: field.type for field in fields(settings)}
    values = {name: _parsed(kinds, name, text) for name, text in changes.items()}
    new: Settings = replace(settings, **values)
    return new


def as_dict(settings: Any) -> dict[str, Any]:
    """The settings as JSON can hold them."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in vars(settings).items()}


def with_tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    """Settings from JSON or YAML, with tuples where those have lists."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}


def _parsed(kinds: Mapping[str, Any], name: str, text: str) -> Any:
    """The value of the setting `name`, given as text such as `0.01`, `true` or `64,64`."""
    if name not in kinds:
        near = get_close_matches(name, kinds, n=1)
        hint = f"did you mean `{near[0]}`? Allowed" if near else "allowed"
        raise UsageError(f"There is no setting `{name}`: {hint} are {', '.join(kinds)}.")
    reader, example = _READERS[kinds[name]]
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


_READERS: dict[Any, tuple[Any, str]] = {
    int: (_whole, "a whole number such as 64"),
    float: (float, "a number such as 0.01"),
    bool: (_truth, "true or false"),
    str: (str, "a text"),
    tuple[int, ...]: (_sizes, "layer sizes such as 64,64"),
    tuple[float, ...]: (_numbers, "numbers such as 2.4,3,0.21,3"),
}
