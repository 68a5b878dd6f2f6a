"""What of a project is still the template's, by comparing with the template itself.

A mark such as "Make it yours" proves nothing: it is easily deleted, and easily forgotten. So the
lines of a project are compared with those that `scaffold` wrote.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from undergrad.capstone.kinds import template_texts
from undergrad.capstone.notebook import Cell
from undergrad.capstone.project import Project, python_files
from undergrad.capstone.report import Criterion, Problem, criterion
from undergrad.capstone.scaffold import title_of

MARK = "Make it yours"
OWN = 0.1  # of all lines: with fewer of your own, a project is the template
_NOTEBOOK = "notebook.py"
_FILES = (_NOTEBOOK, "plan.md", "README.md", "data.py", "model.py", "evaluate.py")
_FIELD = re.compile(r"\{\{\s*cookiecutter\.\w+\s*\}\}")


def yours(project: Project, cells: Sequence[Cell]) -> Criterion:
    """The criterion that the project is a person's own: it fails while it is the template."""
    texts = {_NOTEBOOK: "\n".join(cell.source for cell in cells)}
    for name in _FILES[1:]:
        path = project.folder / name
        if path.is_file():
            texts[name] = path.read_text(encoding="utf-8-sig", errors="replace")
    counts = own_lines(project.kind, title_of(project.name), texts)
    own, lines = (
        (sum(column) for column in zip(*counts.values(), strict=True)) if counts else (1, 1)
    )
    if own < OWN * lines:
        problems = [
            Problem(
                f"{lines - own} of the {lines} lines of your project are the template's",
                ", ".join(name for name in counts),
                "Put your own question into plan.md, and then your own data, model and words into "
                "the notebook.",
                name="template",
            )
        ]
    else:
        problems = [*_marks(project, cells), *_unchanged(counts)]
    good = "nothing of the template is left"
    return criterion("yours", "Your own problem", problems, good=good)


def _marks(project: Project, cells: Sequence[Cell]) -> Iterator[Problem]:
    """The template's marks say where a person's own problem goes; they should be gone."""
    places = {"the notebook": "\n".join(cell.source for cell in cells)}
    files = [p for p in python_files(project.folder) if p != project.script]
    files += [project.folder / "plan.md", project.folder / "README.md"]
    for path in (path for path in files if path.is_file()):
        name = path.relative_to(project.folder).as_posix()
        places[name] = path.read_text(encoding="utf-8-sig", errors="replace")
    for where, text in places.items():
        count = text.count(MARK)
        if count:
            yield Problem(
                f"“{MARK}” is still there {count} time{'s' * (count != 1)}",
                where,
                f"Put your own problem there and delete the words “{MARK}”.",
                state="attention",
            )


def _unchanged(counts: Mapping[str, tuple[int, int]]) -> Iterator[Problem]:
    for name, (own, _) in counts.items():
        if not own:
            yield Problem(
                f"{name} is the template's, line for line",
                name,
                "Write your own, or delete it if your notebook does not use it.",
                state="attention",
                name="unchanged",
            )


def template_file(kind: str, name: str) -> str:
    """The text of a file of the template, with its fields unfilled; empty when there is none."""
    return next(iter(template_texts(kind, name)), "")


def is_untouched(text: str, template: str) -> bool:
    """Whether a text is the template's, whatever its fields were filled with."""
    pieces = [re.escape(" ".join(piece.split())) for piece in _FIELD.split(template)]
    filled = " ?[^\n]{0,200}? ?".join(pieces)
    return bool(template.strip()) and re.fullmatch(filled, " ".join(text.split())) is not None


def own_lines(kind: str, title: str, texts: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """For each file that the template has, too: (lines that differ from the template's, lines).

    title: of the project, as the template was filled with it.   texts: the contents of the
    project's files by name. Empty lines and spaces do not count.
    """
    counts = {}
    for name in _FILES:
        known = {title, *(line for text in template_texts(kind, name) for line in _lines(text))}
        lines = [line for line in _lines(texts.get(name, "")) if line]
        if len(known) > 1 and lines:
            filled = [_pattern(line) for line in known if _FIELD.search(line)]
            own = [
                line
                for line in lines
                if line not in known and not any(each.fullmatch(line) for each in filled)
            ]
            counts[name] = len(own), len(lines)
    return counts


def _lines(text: str) -> list[str]:
    """Without indentation, and without the # of a percent script, which a notebook's cell lacks."""
    return [" ".join(line.lstrip("# ").split()) for line in text.splitlines()]


def _pattern(line: str) -> re.Pattern[str]:
    """Matches a line whatever its fields were filled with; a line of fields alone, nothing."""
    pieces = _FIELD.split(line)
    return re.compile(".*".join(map(re.escape, pieces)) if any(pieces) else r"(?!)")
