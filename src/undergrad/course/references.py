"""Ids and where they are written: the tools with which `course.consistency` compares the files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from undergrad.course.strict_yaml import Document, Place
from undergrad.words import did_you_mean

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Sources:
    """The documents that a course was read from."""

    course: Document
    resources: Document
    paths: Document
    glossary: Document
    stages: dict[str, Document]
    units: dict[str, tuple[Document, Place]]  # the document, and where in it the unit stands


def unique(document: Document, ids: list[tuple[str, Place]]) -> None:
    """Raise CourseError at the first id that is not a slug or that is given a second time."""
    seen: set[str] = set()
    for name, place in ids:
        if not _SLUG.fullmatch(name):
            raise document.error(place, f"`{name}` is not an id; use a-z, 0-9 and single hyphens.")
        if name in seen:
            raise document.error(place, f"`{name}` is here already; ids are given once.")
        seen.add(name)


def all_known(
    document: Document, place: Place, found: tuple[str, ...], names: Iterable[str], kind: str
) -> None:
    """`known` for each of a list that stands at `place`."""
    for index, name in enumerate(found):
        known(document, (*place, index), name, names, kind)


def known(document: Document, place: Place, name: str, names: Iterable[str], kind: str) -> None:
    """Raise CourseError, with the nearest name, when `name` is none of `names`."""
    if name not in names:
        cure = did_you_mean(name, names, "check its spelling.")
        raise document.error(place, f"there is no {kind} `{name}`: {cure}")
