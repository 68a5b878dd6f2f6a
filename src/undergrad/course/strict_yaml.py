"""YAML, read strictly: one plain document of mappings, lists and plain values, nothing clever.

YAML has traps that an author meets once and a reader of the course never should: `no` is false,
`1:30` is ninety, a key written twice silently wins, an alias can grow a small file to gigabytes.
All of those are refused here. Every value keeps the line it stands on, so that a later check can
name that line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from undergrad.errors import CourseError

if TYPE_CHECKING:
    import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
_TOO_DEEP = f"this is nested deeper than {MAX_DEPTH}; flatten it."

Place = tuple[str | int, ...]  # the way to a value: ("resources", 3, "title")

# What YAML makes of words and figures that look innocent.
_READS = {
    "bool": "true or false",
    "int": "a number in another notation",
    "float": "a number in another notation",
    "merge": "an order to merge",
    "timestamp": "a moment in time",
    "value": "a default value",
}
_TAG = "tag:yaml.org,2002:"
_PLAIN_INT = re.compile(r"-?(0|[1-9][0-9]*)")
_PLAIN_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_PLAIN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Document:
    """A YAML value and the line each part of it stands on."""

    file: str  # as errors name it
    value: Any
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """The line of the value at `place`, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def error(self, place: Place, message: str) -> CourseError:
        """The error for the value at `place`, with file and line in front."""
        return CourseError(f"{self.file}:{self.line(place)}: {message}")


def parse(data: bytes, file: str, first_line: int = 1) -> Document:
    """Read one YAML document.

    file: its name in errors.   first_line: the line its first line has in that file.
    Raises CourseError, "<file>:<line>: ...", for anything but plain, unambiguous YAML.
    """
    import yaml

    reader = _Reader(file, first_line)
    if len(data) > MAX_BYTES:
        raise reader.error(0, f"the file is over {MAX_BYTES:,} bytes; split it.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = data.decode("utf-8")
        reader.check_events(yaml.parse(text, Loader=loader))
        root = yaml.compose(text, Loader=loader)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n")
        raise reader.error(line, "this is not UTF-8 text; save the file as UTF-8.") from None
    except yaml.YAMLError as error:
        raise reader.error(*_syntax(error)) from None
    if root is None:
        raise reader.error(0, "there is nothing in the file; see curriculum/schema.json.")
    value = reader.value(root, ())
    return Document(file, value, reader.lines)


def _syntax(error: "yaml.YAMLError") -> tuple[int, str]:
    mark = getattr(error, "problem_mark", None)
    if "nesting depth" in str(error):  # libyaml's own limit, above ours, in some versions
        return (mark.line if mark else 0), _TOO_DEEP
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    return (
        mark.line if mark else 0
    ), f"this is not YAML ({problem}); check quotes and indentation."


class _Reader:
    """Walks the nodes of one document and remembers their lines."""

    def __init__(self, file: str, first_line: int) -> None:
        self.file = file
        self.first_line = first_line
        self.lines: dict[Place, int] = {}

    def error(self, line: int, message: str) -> CourseError:
        """`line` counts from 0 inside the document, as PyYAML's marks do."""
        return CourseError(f"{self.file}:{line + self.first_line}: {message}")

    def check_events(self, events: Any) -> None:
        """Refuse what could grow or run away, before anything is built from it."""
        import yaml

        depth = documents = 0
        for event in events:
            line = event.start_mark.line
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.error(line, "a second document starts here; keep one a file.")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise self.error(line, "anchors and aliases (& and *) are not read; write it out.")
            if getattr(event, "tag", None):
                raise self.error(line, f"tags such as {event.tag} are not read; take it away.")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise self.error(line, _TOO_DEEP)

    def value(self, node: Any, place: Place) -> Any:
        import yaml

        self.lines[place] = node.start_mark.line + self.first_line
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*place, i)) for i, each in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: Any, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        key_lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line
            key = self._key(key_node)
            if key in result:
                first = key_lines[key] + self.first_line
                raise self.error(line, f"`{key}` stands here twice (first on line {first}).")
            key_lines[key] = line
            result[key] = self.value(value_node, (*place, key))
            # An error about a key or its value is best found by the key's own line.
            self.lines[(*place, key)] = line + self.first_line
        return result

    def _key(self, node: Any) -> str:
        key = self._scalar(node) if node.id == "scalar" else None
        if not isinstance(key, str):
            shown = node.value if node.id == "scalar" else "this key"
            raise self.error(node.start_mark.line, f"`{shown}` is not a word; put quotes round it.")
        return key

    def _scalar(self, node: Any) -> str | int | float | bool | None:
        text: str = node.value
        kind = node.tag.removeprefix(_TAG)
        if kind == "str" or (kind == "timestamp" and _PLAIN_DATE.fullmatch(text)):
            return text
        if kind == "null":
            return None
        if kind == "bool" and text in ("true", "false"):
            return text == "true"
        if kind == "int" and _PLAIN_INT.fullmatch(text):
            return int(text)
        if kind == "float" and _PLAIN_FLOAT.fullmatch(text):
            return float(text)
        reads = _READS.get(kind, f"a {kind}")
        raise self.error(
            node.start_mark.line,
            f"YAML reads `{text}` as {reads}; put it in quotes, or spell it out.",
        )
