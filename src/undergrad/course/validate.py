"""A YAML document checked against a dataclass, with errors that point at the author's line.

Pydantic does the checking. Its report speaks of types and locations; an author needs the file,
the line and the cure, so each kind of finding gets a sentence here.
"""

import json
from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from undergrad.course import files, models
from undergrad.course.strict_yaml import Document, Place
from undergrad.errors import CourseError
from undergrad.words import did_you_mean

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

Model = TypeVar("Model")
_UNKNOWN_KEY = "unexpected_keyword_argument"


def validated(document: Document, model: type[Model]) -> Model:
    """The document as `model`. Raises CourseError at the first line that does not fit."""
    from pydantic import ValidationError

    try:
        # Strict JSON mode: no number for a string, but lists become tuples as they should.
        result: Model = adapter(cast(Hashable, model)).validate_json(
            json.dumps(document.value), strict=True
        )
    except ValidationError as error:
        raise _explain(document, min(error.errors(), key=partial(_order, document))) from None
    return result


@cache
def adapter(model: Any) -> "TypeAdapter[Any]":
    """Pydantic's view of one of `course.files`' shapes; unknown keys are refused in all of them."""
    from pydantic import ConfigDict, TypeAdapter

    if is_dataclass(model):  # brings its own settings, see `course.files`
        return TypeAdapter(model)
    return TypeAdapter(model, config=ConfigDict(extra="forbid"))


def _order(document: Document, found: "ErrorDetails") -> tuple[bool, int]:
    """Unknown keys first, since a misspelt key is often why another is missing; then by line."""
    return found["type"] != _UNKNOWN_KEY, document.line(found["loc"])


def _explain(document: Document, found: "ErrorDetails") -> CourseError:
    place: Place = found["loc"]
    written = place
    while written and written not in document.lines:  # pydantic adds the types that it tried
        written = written[:-1]
    name = ".".join(part for part in written if isinstance(part, str)) or "the file"
    return document.error(place, _sentence(found["type"], name, place, found))


def _sentence(kind: str, name: str, place: Place, found: "ErrorDetails") -> str:
    value = found.get("input")
    if kind == _UNKNOWN_KEY:
        cure = did_you_mean(str(place[-1]), _known_keys(), "see curriculum/schema.json.")
        return f"`{place[-1]}` is not a key that is known here: {cure}"
    if kind == "missing":
        return f"`{place[-1]}` is missing; add it."
    if isinstance(value, bool):
        return f"`{name}` is {str(value).lower()}, not text; put quotes round it."
    return f"`{name}` does not fit: {_lower(found['msg'])}, but this is {_shown(value)}."


def _known_keys() -> set[str]:
    kinds = [*vars(files).values(), *vars(models).values()]
    return {
        each.name
        for kind in kinds
        if isinstance(kind, type) and is_dataclass(kind)
        for each in fields(kind)
    }


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None:
        return "empty"
    text = " ".join(str(value).split())
    return f"`{text}`" if len(text) < 60 else f"`{text[:60]}...`"
