"""Where each page lies, and how one page reaches another.

A page is named by the path of its Markdown file below `docs/`, such as
`course/3-deep-dive/backprop/index.md`. Markdown links use these paths, so that MkDocs checks them;
raw HTML needs the finished address, which ends in `.html` because the site also works from a disk.
"""

import re
from collections.abc import Callable
from posixpath import dirname, relpath

from undergrad.course.models import Course, Unit
from undergrad.errors import CourseError

HOME = "index.md"
COURSE = "course/index.md"
PLAY = "play.md"
PROGRESS = "progress.md"
RUNS = "runs/index.md"
PATHS = "paths/index.md"
QUESTIONS = "paths/questions.md"
RESOURCES = "resources.md"
GLOSSARY = "glossary.md"

# From the name of a page to the address a link in raw HTML needs.
Link = Callable[[str], str]

_UNIT_LINK = re.compile(r"\]\(unit:([a-z0-9-]+)(#[^)]*)?\)")


def unit_page(unit: Unit) -> str:
    """The unit's own folder, so that its figures lie beside it as they do in the curriculum."""
    return f"course/{unit.stage}/{unit.id}/index.md"


def stage_page(stage_id: str) -> str:
    return f"course/{stage_id}/index.md"


def path_page(path_id: str) -> str:
    return f"paths/{path_id}.md"


def run_page(run_id: str) -> str:
    return f"runs/{run_id}/index.md"


def link(page: str, target: str) -> str:
    """The Markdown link from one page to another: a relative path to its file."""
    return relpath(target, dirname(page) or ".")


def from_page(page: str) -> Link:
    """Addresses relative to one built page: right on a server and on a disk."""
    return lambda target: _built(link(page, target))


def from_root(target: str) -> str:
    """The address of a page on the live server, whichever page asks."""
    return "/" + _built(target)


def _built(target: str) -> str:
    path, hash_sign, anchor = target.partition("#")
    return path.removesuffix(".md") + (".html" if path.endswith(".md") else "") + hash_sign + anchor


def resolve_unit_links(text: str, page: str, course: Course, source: str) -> str:
    """Replace each `[words](unit:slug)` of a lesson by a link to that unit's page.

    Raises CourseError, naming the file and line, when there is no such unit.
    """
    units = course.by_id
    current = {**{unit: unit for unit in units}, **dict(course.aliases)}

    def replace(match: re.Match[str]) -> str:
        slug, anchor = match.group(1), match.group(2) or ""
        if current.get(slug) not in units:
            line = text.count("\n", 0, match.start()) + 1
            raise CourseError(f"{source}:{line}: the link `unit:{slug}` names no unit.")
        return f"]({link(page, unit_page(units[current[slug]]))}{anchor})"

    return _UNIT_LINK.sub(replace, text)
