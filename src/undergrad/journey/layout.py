"""Where a journey lies on the learner's disk, and how it is found from any folder inside it."""

import os
from dataclasses import dataclass
from pathlib import Path

from undergrad.course.models import Unit
from undergrad.errors import UsageError

PRIVATE = ".undergrad"  # the folder that makes its parent a journey


@dataclass(frozen=True)
class Journey:
    """One learner's folder. Nothing here reads or writes; it only knows the names."""

    root: Path

    @property
    def name(self) -> str:
        """The folder's name as text, whatever bytes the disk holds."""
        return os.fsencode(self.root.name).decode("utf-8", "replace")

    @property
    def private(self) -> Path:
        """Ours: the store, its watermark, its backups and scratch."""
        return self.root / PRIVATE

    @property
    def store_path(self) -> Path:
        return self.private / "journey.db"

    @property
    def watermark_path(self) -> Path:
        return self.private / "head"

    @property
    def lock_path(self) -> Path:
        return self.private / "lock"

    @property
    def backups(self) -> Path:
        return self.private / "backups"

    @property
    def exercises(self) -> Path:
        return self.root / "exercises"

    def exercise(self, unit: Unit) -> Path:
        """The learner's file of this unit, whether it is there or not."""
        return self.root / unit.exercise

    def note(self, unit: Unit) -> Path:
        """The learner's page of notes about this unit."""
        return self.notes / f"{unit.id}.md"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def capstones(self) -> Path:
        return self.root / "capstones"

    @property
    def drills(self) -> Path:
        return self.root / "drills"

    @property
    def notes(self) -> Path:
        return self.root / "notes"

    @property
    def readme(self) -> Path:
        return self.root / "README.md"

    @property
    def picture(self) -> Path:
        return self.root / "progress.svg"


def find(folder: Path | None = None) -> Journey:
    """The journey in `folder`, or without one the nearest around the current folder.

    Raises UsageError, which says how to create a journey, when there is none.
    """
    if folder is not None:
        root = absolute(folder)
        if _is_journey(root):
            return Journey(root)
        raise UsageError(
            f"There is no journey in {root}: create one with `undergrad init {folder}`."
        )
    here = Path.cwd()
    for candidate in (here, *here.parents):
        if _is_journey(candidate):
            return Journey(candidate)
    raise UsageError(
        f"There is no journey in {here} or above it: create one with `undergrad init DIR`,"
        " or name one with `--journey DIR`."
    )


def absolute(folder: Path) -> Path:
    """A folder that a person named, from the root of the disk. UsageError for nobody's home."""
    try:
        return folder.expanduser().absolute()
    except RuntimeError as error:
        raise UsageError(f"{folder} is nobody's home folder: write its path in full.") from error


def _is_journey(folder: Path) -> bool:
    try:
        return (folder / PRIVATE).is_dir()
    except OSError:  # a folder above that may not be looked into
        return False
