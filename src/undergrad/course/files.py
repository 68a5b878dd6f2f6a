"""What each file of the curriculum may hold, as dataclasses: the contract with its authors.

`course.validate` checks a file against these, and `course.schema` tells editors about them.
They differ from `course.models` where a file is written more shortly than the course is read:
a mapping for pairs, `units: all` for a path through everything.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from undergrad.course.models import Day, Minutes, Reading, Recall, Resource, Route, Term


class _Strict:
    """Unknown keys are refused, here and in every dataclass below."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True)
class ResourcesFile(_Strict):
    """`resources.yaml`."""

    resources: tuple[Resource, ...]


@dataclass(frozen=True)
class GlossaryFile(_Strict):
    """`glossary.yaml`."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class PathEntry(_Strict):
    """One path of `paths.yaml`."""

    id: str
    title: str
    for_whom: str
    units: tuple[str, ...] | Literal["all"]
    needs: str = ""
    notes: tuple[str, ...] = ()
    timetable: tuple[Day, ...] = ()


@dataclass(frozen=True)
class PathsFile(_Strict):
    """`paths.yaml`."""

    paths: tuple[PathEntry, ...]


@dataclass(frozen=True)
class Outline(_Strict):
    """A unit whose folder is not written yet."""

    id: str
    title: str
    minutes: Minutes
    needs: tuple[str, ...]
    resources: tuple[str | Reading, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class QuestionEntry(_Strict):
    """A destination question: each answer and its effect; no answers means free text."""

    id: str
    ask: str
    answers: dict[str, str] = field(default_factory=dict)
    trials: dict[str, str] = field(default_factory=dict)  # a small exercise: its answer


@dataclass(frozen=True)
class CourseFile(_Strict):
    """`course.yaml`."""

    version: str
    stages: dict[str, tuple[str, ...]]  # stage id: its unit ids, both in order
    outlines: tuple[Outline, ...] = ()
    aliases: dict[str, str] = field(default_factory=dict)
    questions: tuple[QuestionEntry, ...] = ()


@dataclass(frozen=True)
class StageFront(_Strict):
    """The front matter of a `stage.md`."""

    id: str
    number: int
    title: str
    promise: str
    resources: tuple[str, ...]
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True)
class UnitFront(_Strict):
    """The front matter of a `unit.md`."""

    id: str
    stage: str
    title: str
    minutes: Minutes
    needs: tuple[str, ...]
    resources: tuple[str | Reading, ...]  # an id, or an id with a part, a link and a reason
    outcomes: tuple[str, ...]
    search: tuple[str, ...] = ()
    not_here: dict[str, str] = field(default_factory=dict)
    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    extra: Literal["", "torch"] = ""  # what must be installed besides undergrad
    # The kind of capstone that its check looks at, too, and what it wants to see there.
    capstone: Literal["", "supervised", "reinforcement"] = ""
    wants: tuple[Literal["plan", "running", "yours", "publishable"], ...] = ()
    # Public names of older exercises: `ce_grad: ce_gradient`, `Value.memory: state`.
    renamed: dict[str, str] = field(default_factory=dict)
    # Functions that older exercises lack, and their task: `train: 9`.
    added: dict[str, int] = field(default_factory=dict)


Questions = tuple[Recall, ...]  # `recall.yaml`


def readings(entries: tuple[str | Reading, ...]) -> tuple[Reading, ...]:
    """The `resources` of a unit; a plain id recommends the whole of it."""
    return tuple(Reading(each) if isinstance(each, str) else each for each in entries)
