"""The drawings of the lessons and pages, as text.

In a checkout each is a file. A wheel has all of them in one archive, because a large part of a
drawing are the outlines of its letters, which are the same in all of them and stored once there.
"""

import tarfile
from functools import cache
from pathlib import Path

from undergrad.locate import DRAWINGS, data_path, is_packaged


def drawings(folder: str) -> dict[str, str]:
    """The drawings below a folder such as `docs`, by their paths below it.

    Raises ToolError when the archive of an installed undergrad is missing.
    """
    if is_packaged():
        inside = f"{folder}/"
        every = unpacked(data_path(DRAWINGS))
        return {n.removeprefix(inside): text for n, text in every.items() if n.startswith(inside)}
    root = data_path("docs").parent / folder
    paths = sorted(root.rglob("*.svg"))
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}


@cache
def unpacked(archive: Path) -> dict[str, str]:
    """Every drawing of an archive, by its path in a checkout."""
    with tarfile.open(archive) as packed:
        files = ((member.name, packed.extractfile(member)) for member in packed)
        return {name: file.read().decode("utf-8") for name, file in files if file}
