"""Reading what the pages need: lessons and figures of the curriculum, plots and clips of runs.

Everything that touches the disk before a page is made happens here, and only reading.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from undergrad.course import worked_solution
from undergrad.course.blank import tasks_by_name
from undergrad.course.lookup import solution_text
from undergrad.course.models import Course, Unit
from undergrad.errors import CourseError
from undergrad.journey import Learner
from undergrad.locate import data_path, page_texts
from undergrad.plan import load_plan, suggestions
from undergrad.recap import load_agenda
from undergrad.runs import Run, list_runs
from undergrad.site import links
from undergrad.site.pages.play import TITLES
from undergrad.site.snapshot import Lesson, Media, Policy, Snapshot, Today

_IMAGES = {".png", ".webp"}
_POLICIES = Path(__file__).parent / "policies"
_LARGEST_POLICY = 2_000_000  # bytes; a real one has less than half of them


def gather(course: Course, me: Learner | None = None) -> Snapshot:
    """Read the texts and media of a course, and all that the pages show of a journey."""
    runs = list_runs(me.journey.runs) if me else ()
    root = data_path("curriculum")
    written = [unit for unit in course.units if unit.written]
    texts = page_texts("curriculum", "unit.md", "stage.md")
    return Snapshot(
        course=course,
        status=me.status if me else None,
        today=today(me) if me else None,
        runs=runs,
        lessons=MappingProxyType(
            {unit.id: _lesson(unit, texts[f"{unit.folder}/unit.md"]) for unit in written}
        ),
        stage_prose=MappingProxyType(
            {stage.id: _prose("stage.md", texts[f"{stage.id}/stage.md"]) for stage in course.stages}
        ),
        media=MappingProxyType({run.id: tuple(_media(run.folder)) for run in runs}),
        assets=MappingProxyType(dict([*_images(root, written), *_run_files(runs)])),
        figures=MappingProxyType(dict(_figures(written))),
        policies=MappingProxyType(dict(_stored_policies())),
        run_policies=MappingProxyType(dict(_run_policies(runs))),
    )


def today(me: Learner) -> Today:
    """What is due, planned and suggested at this moment."""
    now = datetime.now().astimezone()
    return Today(
        agenda=load_agenda(me, now=now),
        plan=load_plan(me, now.date()),
        suggestions=suggestions(me.course, me.status, now),
    )


def _lesson(unit: Unit, text: str) -> Lesson:
    names = tasks_by_name(solution_text(unit))
    return Lesson(_prose("unit.md", text), worked_solution(unit), names)


def _prose(name: str, text: str) -> str:
    """The Markdown below the front matter; the front matter's lines stay, empty.

    Keeping the line count makes the line number of an error the one in the author's file.
    """
    if not text.startswith("---\n"):
        return text
    end = text.find("\n---\n", 3)
    if end < 0:
        raise CourseError(f"{name}:1: the front matter is not closed with a line `---`.")
    cut = end + len("\n---\n")
    return "\n" * text.count("\n", 0, cut) + text[cut:]


def _images(root: Path, units: list[Unit]) -> Iterator[tuple[str, Path]]:
    """(path below docs, file) of each image that a lesson may show."""
    for unit in units:
        folder = _figures_folder(unit)
        for path in sorted((root / unit.folder / "figures").glob("*")):
            if path.suffix in _IMAGES:
                yield folder + path.name, path


def _figures(units: list[Unit]) -> Iterator[tuple[str, str]]:
    """(path below docs, text) of our drawings, and of the scripts of figures that move."""
    yield from page_texts("docs", "*.svg").items()
    for unit in units:
        for name, text in page_texts(f"curriculum/{unit.folder}/figures", "*.svg", "*.js").items():
            yield _figures_folder(unit) + name, text


def _figures_folder(unit: Unit) -> str:
    """Where the figures of a lesson lie, below docs."""
    return links.unit_page(unit).removesuffix("index.md") + "figures/"


def _media(folder: Path) -> Iterator[Media]:
    for seed in sorted(folder.glob("seed-*")):
        for name in _plots(seed):
            yield Media("plot", seed.name, name)
        # Before comes before after, which the alphabet would turn round.
        for path in sorted(seed.glob("*.webp"), reverse=True):
            yield Media("clip", seed.name, path.stem)


def _plots(seed: Path) -> list[str]:
    """The plots of a seed, each once.

    An older run has a pair, `NAME-light` and `NAME-dark`, and one that was resumed since has
    `NAME` beside it.
    """
    names = {path.stem for path in seed.glob("*.svg")}
    pairs = {name.removesuffix("-light") for name in names if name.endswith("-light")}
    pairs &= {name.removesuffix("-dark") for name in names if name.endswith("-dark")}
    others = {f"{name}-dark" for name in pairs} | {f"{name}-light" for name in pairs & names}
    return sorted(names - others)


def _run_files(runs: tuple[Run, ...]) -> Iterator[tuple[str, Path]]:
    """(path below docs, file) of each plot and clip of each run."""
    for run in runs:
        base = links.run_page(run.id).removesuffix("index.md")
        for pattern in ("seed-*/*.svg", "seed-*/*.webp"):
            for path in sorted(run.folder.glob(pattern)):
                yield f"{base}{path.parent.name}/{path.name}", path


def _stored_policies() -> Iterator[tuple[str, Policy]]:
    """The agents of the page Play, by world."""
    for path in sorted(_POLICIES.glob("*.json")):
        yield path.stem, json.loads(path.read_bytes())


def _run_policies(runs: tuple[Run, ...]) -> Iterator[tuple[str, Policy]]:
    """By run: the agent of its best seed, where a page can play it."""
    for run in runs:
        judged = [(seed.score, seed.folder) for seed in run.seeds if seed.score is not None]
        found = (_policy(folder / "policy.json") for _, folder in sorted(judged, reverse=True))
        policy = next(filter(None, found), None)
        if policy:
            yield run.id, policy


def _policy(path: Path) -> Policy | None:
    """A policy of a run; None when there is none that a page could play."""
    with suppress(OSError, ValueError, RecursionError):
        if path.stat().st_size <= _LARGEST_POLICY:
            data = json.loads(path.read_bytes(), parse_constant=_refuse)
            return data if isinstance(data, dict) and str(data.get("world")) in TITLES else None
    return None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number that a page could read")
