"""The curriculum as objects: loading, looking up, paths. Everything here only reads.

    course = load()
    backprop = course.unit("backprop")
    print(backprop.title, backprop.minutes.total, assumed(course, course.path("two-week")))

Loading reads one compiled JSON and imports nothing heavy; `compile_course` is the slow, strict
way from the curriculum's own files, for authors and for the build.
"""

from pathlib import Path

from undergrad.course.compiled import load
from undergrad.course.lookup import (
    Length,
    assumed,
    blank_exercise,
    fitted,
    length,
    mistake_sentences,
    path_length,
    prerequisites,
    unit_folder,
    worked_solution,
)
from undergrad.course.models import (
    Course,
    Day,
    LearningPath,
    Minutes,
    Mistake,
    Part,
    Question,
    Recall,
    Resource,
    Route,
    Stage,
    Task,
    Term,
    Unit,
)
from undergrad.course.preference import PREFERENCES, ordered_resources

__all__ = [
    "PREFERENCES",
    "Course",
    "Day",
    "LearningPath",
    "Length",
    "Minutes",
    "Mistake",
    "Part",
    "Question",
    "Recall",
    "Resource",
    "Route",
    "Stage",
    "Task",
    "Term",
    "Unit",
    "assumed",
    "blank_exercise",
    "compile_course",
    "fitted",
    "length",
    "load",
    "mistake_sentences",
    "ordered_resources",
    "path_length",
    "prerequisites",
    "unit_folder",
    "worked_solution",
]


def compile_course(root: Path) -> Course:
    """The course read and checked from the curriculum folder `root`.

    Raises CourseError, "<file>:<line>: ...", for the first thing that is wrong.
    """
    from undergrad.course import source  # pydantic and PyYAML: only authors and builds pay

    return source.compile_course(root)
