"""From the files of `curriculum/` to a checked `Course`: the authors' side of the course.

Read top to bottom: the four kinds of files at the top level first, then each stage's page, then
each unit, then `course.consistency` compares them with each other.
"""

from pathlib import Path

from undergrad.course import consistency
from undergrad.course.files import (
    CourseFile,
    GlossaryFile,
    Outline,
    PathEntry,
    PathsFile,
    ResourcesFile,
    StageFront,
    readings,
)
from undergrad.course.models import Course, LearningPath, Question, Stage, Unit
from undergrad.course.reading import front_matter, name_of, read, yaml_file
from undergrad.course.references import Sources
from undergrad.course.strict_yaml import Document
from undergrad.course.units import read_unit
from undergrad.course.validate import validated
from undergrad.errors import CourseError


def compile_course(root: Path) -> Course:
    """Read and check everything in the curriculum folder `root`.

    Raises CourseError, "<file>:<line>: ...", for the first thing that is wrong.
    """
    resources_document = yaml_file(root / "resources.yaml", root)
    paths_document = yaml_file(root / "paths.yaml", root)
    glossary_document = yaml_file(root / "glossary.yaml", root)
    course_document = yaml_file(root / "course.yaml", root)
    plan = validated(course_document, CourseFile)
    _no_strays(root, plan)
    pages = {name: _stage_page(root, name, course_document) for name in plan.stages}
    units = tuple(
        _unit(root, stage, name, plan, course_document)
        for stage, names in plan.stages.items()
        for name in names
    )
    course = Course(
        version=plan.version,
        stages=tuple(_stage(page, plan.stages[name]) for name, (page, _) in pages.items()),
        units=tuple(unit for unit, _ in units),
        resources=validated(resources_document, ResourcesFile).resources,
        paths=tuple(_path(each, plan) for each in validated(paths_document, PathsFile).paths),
        questions=tuple(
            Question(each.id, each.ask, tuple(each.answers.items()), tuple(each.trials.items()))
            for each in plan.questions
        ),
        glossary=validated(glossary_document, GlossaryFile).terms,
        aliases=tuple(plan.aliases.items()),
    )
    consistency.check(
        course,
        Sources(
            course=course_document,
            resources=resources_document,
            paths=paths_document,
            glossary=glossary_document,
            stages={name: document for name, (_, document) in pages.items()},
            units={unit.id: source for unit, source in units},
        ),
    )
    return course


def _no_strays(root: Path, plan: CourseFile) -> None:
    """A unit's folder that no stage names would silently be missing from the course."""
    for page in sorted(root.glob("*/*/unit.md")):
        folder = page.parent
        if folder.name not in plan.stages.get(folder.parent.name, ()):
            raise CourseError(
                f"{name_of(page, root)}:1: no stage names this unit; add it to course.yaml."
            )


def _stage_page(root: Path, name: str, course: Document) -> tuple[StageFront, Document]:
    page = root / name / "stage.md"
    if not page.is_file():
        raise course.error(
            ("stages", name), f"the stage `{name}` has no page; write {name}/stage.md."
        )
    document = front_matter(read(page, root), page, root)
    front = validated(document, StageFront)
    if name != f"{front.number}-{name.partition('-')[2]}" or front.id != name:
        raise document.error(("id",), f"id and number do not fit the folder `{name}`; rename one.")
    return front, document


def _stage(front: StageFront, units: tuple[str, ...]) -> Stage:
    return Stage(
        id=front.id,
        number=front.number,
        title=front.title,
        promise=front.promise,
        units=units,
        resources=front.resources,
        routes=front.routes,
    )


def _unit(
    root: Path, stage: str, name: str, plan: CourseFile, course: Document
) -> tuple[Unit, tuple[Document, tuple[str | int, ...]]]:
    """The unit, and where its facts are written: the document and the place in it."""
    folder = root / stage / name
    outlines = {outline.id: index for index, outline in enumerate(plan.outlines)}
    if (folder / "unit.md").is_file():
        unit, document = read_unit(folder, root)
        return unit, (document, ())
    if name not in outlines:
        raise course.error(
            ("stages", stage), f"`{name}` has neither a folder {stage}/{name} nor an outline."
        )
    index = outlines[name]
    return _outlined(plan.outlines[index], stage), (course, ("outlines", index))


def _outlined(outline: Outline, stage: str) -> Unit:
    return Unit(
        id=outline.id,
        stage=stage,
        title=outline.title,
        minutes=outline.minutes,
        needs=outline.needs,
        resources=readings(outline.resources),
        outcomes=outline.outcomes,
        folder=f"{stage}/{outline.id}",
    )


def _path(entry: PathEntry, plan: CourseFile) -> LearningPath:
    everything = tuple(name for names in plan.stages.values() for name in names)
    return LearningPath(
        id=entry.id,
        title=entry.title,
        for_whom=entry.for_whom,
        units=everything if entry.units == "all" else entry.units,
        needs=entry.needs,
        notes=entry.notes,
        timetable=entry.timetable,
    )
