"""What a wheel takes along besides the package: the course, compiled, and the texts of the site.

The compiled course, `curriculum/course.json`, makes an installed undergrad start quickly; git and
the sdist ignore it. A wheel does without the files that it is made from, and without the scripts
whose figures and tables the lessons hold already; the texts of pages are in one archive,
which `undergrad.locate` reads. An editable install reads the sources in place and needs nothing.
"""

import io
import lzma
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
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
        from undergrad.locate import PAGES

        refresh(root / "curriculum", [])
        if not (root / "curriculum" / NAME).is_file():
            raise OSError(f"{root / 'curriculum'} cannot be written; the wheel needs its {NAME}.")
        names = data_files(root)
        self._scratch = TemporaryDirectory()
        archive = Path(self._scratch.name) / PAGES
        archive.write_bytes(packed(root, filter(_is_page_text, names)))
        build_data["force_include"] |= {
            str(root / name): f"undergrad/_data/{name}" for name in names if not _is_page_text(name)
        }
        build_data["force_include"][str(archive)] = f"undergrad/_data/{PAGES}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """What was written for the wheel alone goes away again."""
        if version != "editable":
            self._scratch.cleanup()


def data_files(root: Path) -> list[str]:
    """The files of a checkout that travel beside the package, as paths below it."""
    left_out = {path for pattern in ONLY_SOURCES for path in root.glob(pattern)}
    found = [path for name in DATA for path in (root / name, *(root / name).rglob("*"))]
    return sorted(
        path.relative_to(root).as_posix()
        for path in found
        if path.is_file() and path not in left_out and "__pycache__" not in path.parts
    )


def packed(root: Path, names: Iterable[str]) -> bytes:
    """These files of a checkout as one archive, those of one kind side by side, which takes less.

    Equal files give equal bytes.
    """
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:xz", preset=9 | lzma.PRESET_EXTREME) as archive:
        for name in sorted(names, key=lambda name: (Path(name).suffix, name)):
            data = (root / name).read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return content.getvalue()


def _is_page_text(name: str) -> bool:
    """Is it a page, a drawing or a figure that moves, which only pages are made from?"""
    folder, _, rest = name.partition("/")
    is_script = folder == "curriculum" and rest.endswith(".js")
    return is_script or (folder in ("curriculum", "docs") and rest.endswith((".md", ".svg")))
