"""One number for the state of a project's files: it says whether a check was of exactly these."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

# Lies in every folder with a published page. Such a folder is made from the project, and is no
# part of it.
PAGE_MARK = ".undergrad-page"
# What programs leave in a folder; no copy and no fingerprint holds it.
_LITTER = {"__pycache__", ".git", ".venv", "venv", ".ipynb_checkpoints", ".pytest_cache"}


def litter(folder: str, names: list[str]) -> set[str]:
    """Which of the names in a folder are no part of a project; in the form of `shutil.copytree`."""
    return {
        name
        for name in names
        if name in _LITTER or name.endswith(".pyc") or Path(folder, name, PAGE_MARK).is_file()
    }


def fingerprint(folder: Path) -> str:
    """The SHA-256 of the names and contents of all files of a project, in hexadecimal."""
    total = hashlib.sha256()
    for path in _files(folder):
        name = path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape")
        total.update(hashlib.sha256(name).digest() + _digest(path))
    return total.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        out = litter(root, [*folders, *names])
        links = {name for name in folders if Path(root, name).is_symlink()}
        folders[:] = sorted(set(folders) - out)
        yield from (Path(root, name) for name in sorted({*names, *links} - out))


def _digest(path: Path) -> bytes:
    """Of what a file holds; of a link to a folder, where it leads; of a pipe, nothing."""
    if not path.is_file():
        place = os.readlink(path) if path.is_symlink() else ""
        return hashlib.sha256(os.fsencode(place)).digest()
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
