"""Opening the curriculum's files: bytes, whole YAML files, and the front matter of pages."""

import os
from pathlib import Path

from undergrad.course.strict_yaml import MAX_BYTES, Document, parse
from undergrad.errors import CourseError

FENCE = b"---"


def name_of(path: Path, root: Path) -> str:
    """How errors call a file: its path from the folder around the curriculum."""
    return path.relative_to(root.parent).as_posix()


def read(path: Path, root: Path) -> bytes:
    """The file's bytes. CourseError when it is missing, unreadable or absurdly large."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CourseError(f"{name_of(path, root)}:1: the file is over {MAX_BYTES:,} bytes.")
        return path.read_bytes()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise CourseError(f"{name_of(path, root)}:1: the file cannot be read: {reason}.") from None


def text(path: Path, root: Path) -> str:
    """The file's text. CourseError also when it is not UTF-8."""
    try:
        return read(path, root).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CourseError(f"{name_of(path, root)}:1: the file is not UTF-8 ({error}).") from None


def yaml_file(path: Path, root: Path) -> Document:
    """A file that is YAML from top to bottom."""
    return parse(read(path, root), name_of(path, root))


def front_matter(data: bytes, path: Path, root: Path) -> Document:
    """The YAML between the two `---` lines with which a page begins."""
    name = name_of(path, root)
    lines = data.splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if line.rstrip() == FENCE]
    if fences[:1] != [0]:
        raise CourseError(f"{name}:1: the page does not begin with `---`; add its front matter.")
    if len(fences) < 2:
        raise CourseError(f"{name}:1: the front matter does not end; close it with `---`.")
    return parse(b"".join(lines[1 : fences[1]]), name, first_line=2)
