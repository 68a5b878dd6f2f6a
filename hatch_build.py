"""What a wheel takes along besides the package: the course, compiled, and the texts of the site.

The compiled course, `curriculum/course.json`, makes an installed undergrad start quickly; git and
the sdist ignore it. A wheel does without the files that it is made from, and without the scripts
whose figures and tables the lessons hold already. An editable install reads the sources in place
and needs nothing.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("curriculum", "docs", "templates", "mkdocs.yml")
ONLY_SOURCES = (
    *("curriculum/*.yaml", "curriculum/schema.json"),
    *("curriculum/*/*/hints.md", "curriculum/*/*/recall.yaml"),
    *("curriculum/*/*/figures.py", "curriculum/*/*/race.*"),
    "docs/assets/readme/home.webp",  # the README's
)


class Wheel(BuildHookInterface):
    """Compiles the course and names the files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """A mistake in the curriculum stops the build with file and line."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from undergrad.course.compiled import NAME, refresh

        refresh(root / "curriculum", [])
        if not (root / "curriculum" / NAME).is_file():
            raise OSError(f"{root / 'curriculum'} cannot be written; the wheel needs its {NAME}.")
        build_data["force_include"] |= {
            str(root / name): f"undergrad/_data/{name}" for name in data_files(root)
        }


def data_files(root: Path) -> list[str]:
    """The files of a checkout that travel beside the package, as paths below it."""
    left_out = {path for pattern in ONLY_SOURCES for path in root.glob(pattern)}
    found = [path for name in DATA for path in (root / name, *(root / name).rglob("*"))]
    return sorted(
        path.relative_to(root).as_posix()
        for path in found
        if path.is_file() and path not in left_out and "__pycache__" not in path.parts
    )
