"""Where the files that travel with undergrad lie: the curriculum, the templates, the site's pages.

In a wheel they are inside the package, under `_data`. In a checkout, and so in an editable
install, they lie at the top level, beside `pyproject.toml`.
"""

import sys
from functools import cache
from pathlib import Path, PurePosixPath

from undergrad.errors import ToolError

PAGES = "pages.tar.xz"  # of a wheel: see `page_texts`
_PACKAGE = Path(__file__).resolve().parent
# What of a checkout contains worked solutions: sources, tests, builds, history.
_ANSWERS = ("curriculum", "tests", "dist", "build", ".git")


def is_packaged() -> bool:
    """True when undergrad runs from an installed wheel, False in a checkout."""
    return (_PACKAGE / "_data").is_dir()


def data_path(name: str) -> Path:
    """The path of `curriculum`, `templates`, `docs` or `mkdocs.yml`, and in a wheel of PAGES.

    Raises ToolError when it is neither in the package nor in a checkout around it.
    """
    checkout = _PACKAGE.parent.parent
    in_checkout = (checkout / "pyproject.toml").is_file()
    path = _PACKAGE / "_data" / name if is_packaged() else checkout / name
    if path.exists() and (is_packaged() or in_checkout):
        return path
    raise ToolError(
        f"undergrad's own files are incomplete: {path} is missing; install undergrad again."
    )


def page_texts(folder: str, *names: str) -> dict[str, str]:
    """The texts of pages below `docs` or a folder of `curriculum`, by their paths below it.

    names: of files, such as `unit.md` or `*.svg`.
    In a checkout each text is a file. A wheel has all of them in one archive, in which what many of
    them have in common is stored once, such as the outlines of the letters in drawings.
    """
    if is_packaged():
        every = _unpacked(data_path(PAGES))
        below = [PurePosixPath(path) for path in every if path.startswith(f"{folder}/")]
        found = sorted(path for path in below if any(map(path.match, names)))
        return {path.relative_to(folder).as_posix(): every[path.as_posix()] for path in found}
    root = data_path("docs").parent / folder
    paths = sorted(path for name in names for path in root.rglob(name))
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}


@cache
def _unpacked(archive: Path) -> dict[str, str]:
    """Every text of an archive, by its path in a checkout."""
    import tarfile  # most commands show no page

    with tarfile.open(archive) as packed:
        files = ((member.name, packed.extractfile(member)) for member in packed)
        return {name: file.read().decode("utf-8") for name, file in files if file}


def answer_folders() -> tuple[Path, ...]:
    """Every folder from which a worked solution could be read.

    Every checkout and every installed undergrad that this Python could import: one may lie beside
    the other.
    """
    entries = [Path(entry) for entry in sys.path if entry]
    around = (*_PACKAGE.parents, *(entry.parent for entry in entries))
    found = [folder / name for folder in around if _is_checkout(folder) for name in _ANSWERS]
    packages = (_PACKAGE, *(entry / "undergrad" for entry in entries))
    found += [package / "_data" / "curriculum" for package in packages]
    return tuple(dict.fromkeys(path.resolve() for path in found if path.is_dir()))


def _is_checkout(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file() and (folder / "curriculum/course.yaml").is_file()
