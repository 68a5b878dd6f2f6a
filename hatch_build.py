"""The course is compiled when a wheel is built, so that an installed undergrad starts quickly.

The JSON is written beside its sources, where the wheel's `force-include` picks it up; git ignores
it there, and so does the sdist. An editable install reads the sources in place and needs nothing.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCourse(BuildHookInterface):
    """Writes `curriculum/course.json` before the wheel's files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the course; a mistake in the curriculum stops the build with file and line."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from undergrad.course.compiled import NAME, refresh

        refresh(root / "curriculum", [])
        if not (root / "curriculum" / NAME).is_file():
            raise OSError(f"{root / 'curriculum'} cannot be written; the wheel needs its {NAME}.")
