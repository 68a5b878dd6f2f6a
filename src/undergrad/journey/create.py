"""A journey's folder: made once, then only added to. A learner's file is never overwritten."""

import os
from pathlib import Path

from undergrad.course.models import Course
from undergrad.errors import StoreError, UsageError
from undergrad.files import refuse_foreign_folder, replace_file, sync_folder, write_new
from undergrad.journey.layout import PRIVATE, Journey, absolute
from undergrad.journey.readme import new_readme, update_picture
from undergrad.journey.status import make_status
from undergrad.journey.store.backups import back_up
from undergrad.journey.store.chain import draft
from undergrad.journey.store.database import add, connect, create_file
from undergrad.journey.store.events import newest
from undergrad.journey.store.watermark import Watermark, watermark_bytes

_PACKAGE = b'''"""Your exercises. In the journey: `from exercises.first_ten import predict`."""

from pathlib import Path

# Stages begin with a digit, which Python cannot import, so their folders count as this one.
__path__ += [str(folder) for folder in sorted(Path(__file__).parent.glob("[1-9]-*"))]
'''

_IGNORE = b"""# Scratch. The store, its watermark and its backups are worth keeping.
lock
scratch/
.new-*
.repair-*
*-journal
"""


def create(folder: Path, course: Course, *, path: str = "full", goal: str = "") -> Journey:
    """Create a journey in `folder`, new or with files in it, and return it.

    The private folder gets its name last and complete, so that a crash leaves nothing that would
    be taken for a journey. Raises UsageError when there is one already, for what is not a
    folder and for an unknown path, StoreError when the disk refuses.
    """
    refuse_foreign_folder(folder)
    journey = Journey(absolute(folder))
    chosen = course.path(path)
    if journey.private.exists() and not journey.private.is_dir():
        raise UsageError(f"{journey.private} is in the way: move it, then try again.")
    if journey.private.exists():
        raise UsageError(
            f"{journey.root} is already a journey: run `undergrad status` there to continue."
        )
    try:
        _make_folders(journey)
        _make_private(journey, course, {"path": chosen.id, "goal": goal})
        status = make_status(course, journey.name, newest(journey))
        write_new(journey.readme, new_readme(status))
        update_picture(journey, status)
    except OSError as error:
        raise StoreError(
            f"No journey can be created in {journey.root} ({error.strerror}):"
            " choose another folder."
        ) from error
    return journey


def _make_folders(journey: Journey) -> None:
    for folder in (journey.exercises, journey.notes, journey.capstones, journey.runs):
        folder.mkdir(parents=True, exist_ok=True)
    write_new(journey.exercises / "__init__.py", _PACKAGE)


def _make_private(journey: Journey, course: Course, data: dict[str, str]) -> None:
    import shutil  # with tempfile 10 ms, which only a new journey should cost
    import tempfile

    workshop = Path(tempfile.mkdtemp(prefix=f"{PRIVATE}-", dir=journey.root))
    try:
        staged = Journey(workshop)
        staged.private.mkdir()
        replace_file(staged.private / ".gitignore", _IGNORE)
        _first_event(staged, course, data)
        back_up(staged)
        os.rename(staged.private, journey.private)
        sync_folder(journey.root)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _first_event(journey: Journey, course: Course, data: dict[str, str]) -> None:
    create_file(journey.store_path)
    first = draft("journey.created", "", data, course_version=course.version)
    with connect(journey.store_path, write=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        row = add(connection, first, None)
        connection.execute("COMMIT")
    replace_file(journey.watermark_path, watermark_bytes(Watermark(row.sequence, row.hash)))
