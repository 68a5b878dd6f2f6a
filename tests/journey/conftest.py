"""A small course of three units and a journey through it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.progress import append

from undergrad.course import load
from undergrad.course.models import (
    Course,
    LearningPath,
    Minutes,
    Reading,
    Resource,
    Stage,
    Task,
    Unit,
)
from undergrad.journey import Journey, create


def _unit(name: str, stage: str, needs: tuple[str, ...] = (), written: bool = True) -> Unit:
    tasks = tuple(
        Task(number, (f"task {number} holds",), (f"check_{number}",), ("where", "idea", "code"))
        for number in (1, 2)
    )
    return Unit(
        id=name,
        stage=stage,
        title=f"All about {name}",
        minutes=Minutes(10, 20, 5),
        needs=needs,
        resources=(Reading("book"),),
        outcomes=(f"Explain {name}.",),
        tasks=tasks if written else (),
        written=written,
        check_hash=f"{name}-1",
        folder=f"{stage}/{name}",
    )


@pytest.fixture(scope="session")
def course() -> Course:
    book = Resource(
        "book", "The Book", "A. Writer", "book", None, "yes", 3.0, 1, "added", "ok", "2026-01-01"
    )
    return Course(
        version="7",
        stages=(
            Stage("1-first", 1, "First", "promise", ("alpha", "beta-two"), ()),
            Stage("2-second", 2, "Second", "promise", ("gamma", "delta"), ()),
        ),
        units=(
            _unit("alpha", "1-first"),
            _unit("beta-two", "1-first", ("alpha",)),
            _unit("gamma", "2-second", ("beta-two",)),
            _unit("delta", "2-second", ("gamma",), written=False),
        ),
        resources=(book,),
        paths=(
            LearningPath("full", "All of it", "all", ("alpha", "beta-two", "gamma", "delta")),
            LearningPath("late", "The end first", "some", ("gamma", "alpha")),
        ),
        questions=(),
        aliases=(("beta", "beta-two"),),
    )


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory, course: Course) -> Path:
    return create(tmp_path_factory.mktemp("fresh") / "way", course, goal="know").root


@pytest.fixture
def journey(fresh: Path, tmp_path: Path) -> Journey:
    """A fresh journey; copied, since making one waits for the disk a dozen times."""
    return Journey(Path(shutil.copytree(fresh, tmp_path / "way")))


@pytest.fixture
def fill() -> Callable[[Journey, int], list[str]]:
    """Append so many events and return their uuids."""

    def append_many(journey: Journey, number: int) -> list[str]:
        return [
            append(journey, "hint.shown", f"unit-{n % 7}", {"task": n, "text": "x" * (n % 50)}).uuid
            for n in range(number)
        ]

    return append_many


@pytest.fixture(scope="session")
def fresh_real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh-real") / "way"
    return create(folder, load(), goal="understand it").root


@pytest.fixture
def here(fresh_real: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """A journey through the real course, with the current folder inside it."""
    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    journey = Journey(Path(shutil.copytree(fresh_real, tmp_path / "way")))
    monkeypatch.chdir(journey.notes)
    return journey
