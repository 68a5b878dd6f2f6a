"""Everything the pages are made from, as one value.

The page functions take a `Snapshot` and return text, so they can be read and tested without a
disk, a store or MkDocs. `undergrad.site.gather` fills one from the curriculum and a journey.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from undergrad.course.models import Course, Resource, Stage, Unit
from undergrad.journey.models import Status, UnitStatus
from undergrad.plan import Plan, Suggestion
from undergrad.recap import Agenda
from undergrad.runs import Run

Policy: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Lesson:
    """What a written unit's page shows besides its data."""

    text: str  # Markdown, without the front matter
    solution: str = ""  # Python
    names: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    # of functions and classes in which something is to be written, with their tasks


@dataclass(frozen=True)
class Media:
    """One plot or clip of one seed of a run.

    A plot is `<name>.svg`; a clip is `<name>.webp`, with its last frame as `<name>-last.webp`. Both
    lie in the seed's folder beside the run's page.
    """

    kind: Literal["plot", "clip"]
    seed: str  # the folder, such as "seed-0"
    name: str  # "returns", "before"


@dataclass(frozen=True)
class Today:
    """What a journey offers on one day."""

    agenda: Agenda  # questions and code to recall
    plan: Plan | None = None
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """The course, one journey's status and runs, and the texts. Without a journey: no status."""

    course: Course
    status: Status | None = None
    today: Today | None = None
    runs: tuple[Run, ...] = ()
    lessons: Mapping[str, Lesson] = field(default_factory=lambda: MappingProxyType({}))
    stage_prose: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    media: Mapping[str, tuple[Media, ...]] = field(default_factory=lambda: MappingProxyType({}))
    # By their paths below docs: files, and as text the drawings and the scripts of figures.
    assets: Mapping[str, Path] = field(default_factory=lambda: MappingProxyType({}))
    figures: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    # Agents that a page can play, as `rl/run/policy.py` writes them: ours by world, theirs by run.
    policies: Mapping[str, Policy] = field(default_factory=lambda: MappingProxyType({}))
    run_policies: Mapping[str, Policy] = field(default_factory=lambda: MappingProxyType({}))

    def unit(self, unit_id: str) -> Unit:
        return self.course.by_id[unit_id]

    def stage(self, stage_id: str) -> Stage:
        return next(stage for stage in self.course.stages if stage.id == stage_id)

    def resource(self, resource_id: str) -> Resource:
        return next(entry for entry in self.course.resources if entry.id == resource_id)


def state_of(unit: Unit, status: Status | None) -> str:
    """The unit's state in words; without a journey every written unit is not started."""
    found = unit_status(unit, status)
    return found.label if found else "not started" if unit.written else "not written"


def unit_status(unit: Unit, status: Status | None) -> UnitStatus | None:
    """What a journey records about a unit; None without a journey."""
    return status.by_id.get(unit.id) if status else None
