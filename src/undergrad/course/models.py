"""The course as objects. Plain frozen dataclasses: read-only, quick to import, equal by value.

`course.source` fills them from the YAML and Markdown of `curriculum/` and checks them;
`course.compiled` writes them into one file and reads them from it. Nothing here reads a file.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol, TypeVar, cast

from undergrad.errors import UsageError
from undergrad.words import did_you_mean, listing

Kind = Literal[
    "course", "book", "lecture", "talk", "blog", "paper", "notes", "repo", "tool", "data", "env",
    "exam",
]  # fmt: skip
Condition = Literal["ok", "moved", "dated", "dead"]
Preference = Literal["video", "book", "lectures"]  # what a person likes to learn from
Origin = Literal["original", "added"]  # named in the documents the course grew from, or added
Value = TypeVar("Value")


@dataclass(frozen=True)
class Resource:
    """Something to read, watch or use. `hours` is the whole of it, not one unit's share."""

    id: str
    title: str
    by: str
    kind: Kind
    url: str | None
    free: Literal["yes", "part", "no"]
    hours: float | None
    level: int  # 1 school maths .. 4 graduate
    named_in: Origin
    status: Condition
    checked_on: str = ""  # ISO date on which the address was seen published; empty: from memory
    note: str = ""
    substitute: str | None = None  # id of the resource to use in its place


@dataclass(frozen=True)
class Minutes:
    """Active time a unit takes."""

    read: int
    build: int
    recall: int

    @property
    def total(self) -> int:
        return self.read + self.build + self.recall


@dataclass(frozen=True)
class Task:
    """One numbered TODO of an exercise, with the checks that judge it and its hint ladder."""

    number: int
    sentences: tuple[str, ...]  # one a check function, in file order
    functions: tuple[str, ...]  # the names of those check functions
    hints: tuple[str, ...] = ()  # Markdown; three rungs: where to look, the idea, nearly the code
    needs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Mistake:
    """A typical wrong solution. `lookup.mistake_sentences` has the sentence that it deserves."""

    name: str  # such as "relu_backward-2"
    function: str  # the exercise's function whose check it fails


@dataclass(frozen=True)
class Part:
    """A piece of the engine that a unit builds, and what in `parts.py` puts it there."""

    name: str  # dotted, such as "undergrad.engine.ops.elementwise.relu"
    adapter: str  # the function's name in parts.py
    uses: tuple[str, ...]  # what of the exercise it is made from


@dataclass(frozen=True)
class Recall:
    """One question for spaced recap."""

    id: str
    ask: str
    answer: str


@dataclass(frozen=True)
class Reading:
    """A resource as a unit recommends it: which part of it, where that is, and why."""

    id: str  # of the resource
    part: str = ""  # such as "chapter 2"
    url: str = ""  # of the part; the resource's own when left out
    why: str = ""  # one sentence


class _Later:
    """Stands in the place of a value that a unit lacks so far, and reads it when it is asked for.

    A value of the unit's own comes first, as with `functools.cached_property`.
    """

    def __init__(self, default: Any) -> None:
        self.default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, unit: "Unit | None", owner: type) -> Any:
        if unit is None:
            return self.default  # where `dataclass` looks for the default of the field
        values = vars(unit)
        values.update(values[_READ](unit.id))
        return values[self.name]


_READ = "read_details"  # where a unit keeps the function that reads the rest of it


def later(default: Value) -> Value:
    """A field of `Unit` that is one of its details: see `summary`."""
    return cast(Value, _Later(default))


@dataclass(frozen=True)
class Unit:
    """One unit. A unit whose folder is not there yet is an outline: `written` is False, and
    tasks, mistakes and recall are empty.

    What lists of units and a learner's status need is read with the course; the details, marked by
    `later`, are read with the first of them that is asked for.
    """

    id: str
    stage: str
    title: str
    minutes: Minutes
    needs: tuple[str, ...]
    resources: tuple[Reading, ...] = later(())  # what to read first stands first
    outcomes: tuple[str, ...] = later(())
    search: tuple[str, ...] = later(())  # what a reader types who looks for it, besides its title
    letters: tuple[tuple[str, str], ...] = later(())  # (letter, what it counts) in its shapes
    not_here: tuple[tuple[str, str], ...] = later(())  # (topic, the unit that brings it)
    parts: tuple[Part, ...] = later(())  # the pieces of the engine it builds
    allow: tuple[str, ...] = later(())  # of forbidden names; `numpy.dot in cosine` for one function
    forbid: tuple[str, ...] = later(())
    extra: str = later("")  # what its exercise needs besides undergrad; see `undergrad.extras`
    capstone: str = later("")  # the kind of capstone that `undergrad check` looks at, too
    wants: tuple[str, ...] = later(())  # what it wants to see there: "plan", or rungs of the ladder
    renamed: tuple[tuple[str, str], ...] = later(())  # (name in older exercises, name today)
    added: tuple[tuple[str, int], ...] = later(())  # (function that older exercises lack, its task)
    tasks: tuple[Task, ...] = later(())
    mistakes: tuple[Mistake, ...] = later(())
    recall: tuple[Recall, ...] = later(())
    written: bool = False
    check_hash: str = ""  # changes when the checks, the solution or the mistakes do
    folder: str = later("")  # relative to the curriculum, such as "3-deep-dive/backprop"

    @cached_property
    def task_numbers(self) -> tuple[int, ...]:
        """Of its tasks; a summary knows them without reading the tasks."""
        return tuple(task.number for task in self.tasks)

    @cached_property
    def recall_ids(self) -> tuple[str, ...]:
        """Of its recall questions, likewise."""
        return tuple(each.id for each in self.recall)

    @property
    def module(self) -> str:
        """The exercise's module name: the id with underscores, so that Python can import it."""
        return self.id.replace("-", "_")

    @property
    def exercise(self) -> str:
        """Where the learner's file lies, relative to the journey."""
        return f"exercises/{self.stage}/{self.module}.py"


DETAILS = tuple(name for name, value in vars(Unit).items() if isinstance(value, _Later))


def summary(values: dict[str, Any], read: Callable[[str], dict[str, Any]]) -> Unit:
    """A unit of which only these values are known so far.

    read: called with the unit's id when another one is asked for, returns all DETAILS.
    """
    unit = object.__new__(Unit)
    vars(unit).update({**values, _READ: read})
    return unit


@dataclass(frozen=True)
class Route:
    """One way through a stage's sources, for people who like to learn from one kind of them."""

    prefer: Preference
    title: str
    resources: tuple[str, ...]  # the main source first
    note: str  # one or two sentences: for whom, and what state it is in


@dataclass(frozen=True)
class Stage:
    """One of the six stages. `id` is also its folder in the curriculum."""

    id: str
    number: int
    title: str
    promise: str  # one sentence: what a person can do after it
    units: tuple[str, ...]
    resources: tuple[str, ...]
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True)
class Day:
    """One row of a dated path: a course, the book's chapters beside it, our units, the days."""

    course: str
    chapters: str
    units: tuple[str, ...]
    days: str


@dataclass(frozen=True)
class LearningPath:
    """An ordered choice of units."""

    id: str
    title: str
    for_whom: str
    units: tuple[str, ...]
    needs: str = ""  # what a person should bring
    notes: tuple[str, ...] = ()
    timetable: tuple[Day, ...] = ()


@dataclass(frozen=True)
class Question:
    """A destination question and what each answer leads to.

    An effect is a row of `key:value` words, such as `path:deep-one unit:floats`;
    `course.consistency` has the table of keys.
    """

    id: str
    ask: str
    answers: tuple[tuple[str, str], ...]  # (answer, effect); empty for free text
    trials: tuple[tuple[str, str], ...] = ()  # (small exercise, its answer), to be tried first


@dataclass(frozen=True)
class Term:
    """One entry of the glossary: a term, once, in plain words."""

    term: str
    unit: str  # id of the unit that introduces it
    says: str
    words: tuple[str, ...] = ()  # forms that lessons use, when the term alone is not enough
    not_in: tuple[str, ...] = ()  # ids of units that mean something else by the word

    @property
    def anchor(self) -> str:
        """Where it stands on the glossary's page."""
        return "term-" + "-".join(re.findall(r"[a-z0-9]+", self.term.lower()))


class HasId(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=HasId)


@dataclass(frozen=True)
class Course:
    """The whole course. `undergrad.course.lookup` answers what needs more than an id."""

    version: str
    stages: tuple[Stage, ...]
    units: tuple[Unit, ...]  # in course order
    resources: tuple[Resource, ...]
    paths: tuple[LearningPath, ...]
    questions: tuple[Question, ...]
    glossary: tuple[Term, ...] = ()  # in the order in which units introduce them
    aliases: tuple[tuple[str, str], ...] = ()  # (old unit id, id it is called today)

    @cached_property
    def by_id(self) -> dict[str, Unit]:
        """The units by their ids of today, in course order."""
        return {unit.id: unit for unit in self.units}

    def unit(self, name: str) -> Unit:
        """The unit called `name` today or in an earlier course. UsageError when there is none."""
        today = dict(self.aliases).get(name, name)
        return self.by_id.get(today) or _find("unit", self.units, today)

    def resource(self, name: str) -> Resource:
        """The resource with this id. UsageError when there is none."""
        return _find("resource", self.resources, name)

    def stage(self, name: str) -> Stage:
        """The stage with this id, such as `3-deep-dive`, or number. UsageError if there is none."""
        by_number = {str(each.number): each.id for each in self.stages}
        return _find("stage", self.stages, by_number.get(name, name))

    def path(self, name: str) -> LearningPath:
        """The path with this id. UsageError when there is none."""
        return _find("path", self.paths, name)


def _find(kind: str, items: tuple[Item, ...], name: str) -> Item:
    """The item with this id; for any other name an error that names the nearest id."""
    for item in items:
        if item.id == name:
            return item
    ids = [item.id for item in items]
    cure = did_you_mean(name, ids, f"there are {listing(ids, most=12)}.")
    raise UsageError(f"There is no {kind} `{name}`: {cure}")
