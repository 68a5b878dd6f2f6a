"""Reading a notebook as cells, from .ipynb or from the paired percent script, and pairing them.

Git, editors and reviews read `notebook.py`; Jupyter runs `notebook.ipynb`. Both contain the same
cells, and the check refuses a project in which they have drifted apart.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

MAX_BYTES = 200 * 1024 * 1024


class NotebookError(Exception):
    """A notebook that cannot be read. `name` is a fixed word; the text is one sentence."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True)
class Cell:
    """One cell. `number` counts all cells from 1, as a reader counts down the page."""

    number: int
    kind: Literal["markdown", "code", "raw"]
    source: str
    tags: tuple[str, ...] = ()
    line: int | None = None  # of its `# %%` mark in the percent script

    @property
    def where(self) -> str:
        return f"cell {self.number}" + (f" (notebook.py line {self.line})" if self.line else "")


def read_ipynb(path: Path) -> tuple[Cell, ...]:
    """The cells of an .ipynb file. Raises NotebookError with the reason it cannot be read."""
    return _cells(_load(path))


def read_script(path: Path) -> tuple[Cell, ...]:
    """The cells of a percent script, with the line of each mark. Raises NotebookError."""
    import jupytext

    text = _text(path)
    try:
        node = jupytext.reads(text, fmt="py:percent")
    except Exception as error:  # jupytext passes on whatever its parsers raise
        raise NotebookError(
            "not-a-script", f"{path.name} is not a percent script: {_first_line(error)}."
        ) from error
    cells = _cells(node)
    marks = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    if len(marks) != len(cells):
        return cells
    return tuple(
        Cell(cell.number, cell.kind, cell.source, cell.tags, line)
        for cell, line in zip(cells, marks, strict=True)
    )


def pair(script: Path, ipynb: Path) -> None:
    """Write `ipynb` from the percent script, without outputs; equal input gives equal bytes."""
    import jupytext
    import nbformat

    node = jupytext.reads(script.read_text(encoding="utf-8-sig"), fmt="py:percent")
    node.nbformat, node.nbformat_minor = 4, 5
    for number, cell in enumerate(node.cells, 1):
        cell["id"] = f"cell-{number:02d}"  # Jupyter's own are random, and would change in git
    nbformat.validate(node)
    ipynb.write_text(nbformat.writes(node) + "\n", encoding="utf-8")


def same(one: tuple[Cell, ...], other: tuple[Cell, ...]) -> int | None:
    """None when both contain the same cells, else the number of the first cell that differs."""
    for number, (a, b) in enumerate(zip(one, other, strict=False), 1):
        if (a.kind, a.source.strip(), a.tags) != (b.kind, b.source.strip(), b.tags):
            return number
    return None if len(one) == len(other) else min(len(one), len(other)) + 1


def _load(path: Path) -> Any:
    import warnings

    import nbformat
    from nbformat.v4.rwbase import rejoin_lines

    text = _text(path)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotebookError(
            "not-json", f"{path.name} is not JSON, so it is not a notebook: {_first_line(error)}."
        ) from error
    _demand_shape(path, data)
    try:
        node = nbformat.from_dict(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing cell ids are added, and that is enough
            nbformat.validate(node)
    except Exception as error:  # several kinds, from several libraries below nbformat
        raise NotebookError(
            "not-a-notebook", f"{path.name} breaks the notebook format: {_first_line(error)}."
        ) from error
    return rejoin_lines(node)  # on disk a source may be a list of lines


def _demand_shape(path: Path, data: Any) -> None:
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        raise NotebookError("not-a-notebook", f"{path.name} is JSON without a list of cells.")
    if data.get("nbformat") != 4:
        raise NotebookError(
            "old-format",
            f"{path.name} has notebook format {data.get('nbformat')}, and 4 is needed: open it in "
            "Jupyter and save it.",
        )
    if not isinstance(data.get("metadata"), dict):
        raise NotebookError(
            "no-metadata",
            f"{path.name} has no metadata: write it again with `jupytext --to ipynb` from the "
            "script.",
        )


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NotebookError(
                "too-large", f"{path.name} is larger than 200 MB: clear its outputs."
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookError("not-text", f"{path.name} is not UTF-8 text.") from error
    except OSError as error:
        raise NotebookError(
            "unreadable", f"{path.name} cannot be read: {error.strerror}."
        ) from error


def _cells(node: Any) -> tuple[Cell, ...]:
    return tuple(
        Cell(number, cell.cell_type, cell.source, tuple(cell.metadata.get("tags", ())))
        for number, cell in enumerate(node.cells, 1)
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:200]
