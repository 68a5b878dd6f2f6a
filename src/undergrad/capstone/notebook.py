"""Reading a notebook as cells, from .ipynb or from the paired percent script, and pairing them.

Git, editors and reviews read `notebook.py`; Jupyter runs `notebook.ipynb`. Both contain the same
cells, and the check refuses a project in which they have drifted apart.
"""

import json
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

MAX_BYTES = 200 * 1024 * 1024
_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


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
    script: str = "notebook.py"

    @property
    def where(self) -> str:
        return f"cell {self.number}" + (f" ({self.script} line {self.line})" if self.line else "")


def _jupytext() -> Any:
    """The library, which imports Jupyter's package `notebook` where there is one.

    By `python -m undergrad` in the folder of a project, that would be the notebook.py there, which
    would run whole; so no folder with such a file is looked in.
    """
    places = sys.path
    sys.path = [each for each in places if not Path(each, "notebook.py").is_file()]
    try:
        import jupytext
    finally:
        sys.path = places
    return jupytext


def read_ipynb(path: Path) -> tuple[Cell, ...]:
    """The cells of an .ipynb file. Raises NotebookError with the reason it cannot be read."""
    return _cells(read_node(path))


def read_script(path: Path) -> tuple[Cell, ...]:
    """The cells of a percent script, with the line of each mark. Raises NotebookError."""
    text, jupytext = _text(path), _jupytext()
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
        replace(cell, line=line, script=path.name) for cell, line in zip(cells, marks, strict=True)
    )


def pair(script: Path, ipynb: Path) -> None:
    """Write `ipynb` from the percent script, without outputs; equal input gives equal bytes."""
    import nbformat

    jupytext = _jupytext()
    node = jupytext.reads(script.read_text(encoding="utf-8-sig"), fmt="py:percent")
    node.nbformat, node.nbformat_minor = 4, 5
    for number, cell in enumerate(node.cells, 1):
        cell["id"] = f"cell-{number:02d}"  # Jupyter's own are random, and would change in git
    nbformat.validate(node)
    ipynb.write_text(nbformat.writes(node) + "\n", encoding="utf-8")


def spoken(ipynb: Path) -> str:
    """The language of a notebook by its metadata: `python`, `python2`, `r`; "" for none."""
    try:
        metadata = json.loads(_text(ipynb))["metadata"]
    except (NotebookError, ValueError, KeyError, TypeError):
        return ""
    for table, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(table, {}).get(key) if isinstance(metadata.get(table), dict) else None
        if isinstance(found, str) and found:
            language = "python" if found.lower() in ("ipython", "python3") else found.lower()
            return "python2" if language == "python" and _is_old(metadata) else language
    return ""


def _is_old(metadata: dict[str, Any]) -> bool:
    """Whether the kernel of a notebook is Python 2."""
    kernel, language = metadata.get("kernelspec") or {}, metadata.get("language_info") or {}
    return kernel.get("name") == "python2" or str(language.get("version", 3)).startswith("2.")


def paired(ipynb: Path) -> bool:
    """Whether `jupytext --sync` knows the notebook's partner: the metadata names both formats."""
    try:
        metadata = json.loads(_text(ipynb))["metadata"]
        return "py:percent" in metadata["jupytext"]["formats"]
    except (NotebookError, ValueError, KeyError, TypeError):
        return False


def repaired(ipynb: Path) -> tuple[str, str]:
    """A notebook of any age as the texts of a pair: the notebook in format 4, and its script.

    The notebook keeps its outputs. Raises NotebookError when it cannot be read.
    """
    import nbformat

    jupytext, data = _jupytext(), _json(ipynb)
    if not isinstance(data, dict):
        raise NotebookError("not-a-notebook", f"{ipynb.name} is JSON without a list of cells.")
    try:
        node = nbformat.reads(json.dumps({"metadata": {}, **data}), as_version=4)
        nbformat.validate(node)
    except Exception as error:  # several kinds, from several libraries below nbformat
        raise NotebookError(
            "not-a-notebook", f"{ipynb.name} breaks the notebook format: {_first_line(error)}."
        ) from error
    node = nbformat.from_dict(node)  # of one kind throughout, which jupytext needs
    node.metadata.setdefault("jupytext", nbformat.NotebookNode())["formats"] = "ipynb,py:percent"
    node.metadata.setdefault("kernelspec", _KERNELSPEC)
    return nbformat.writes(node) + "\n", jupytext.writes(node, fmt="py:percent")


def same(one: tuple[Cell, ...], other: tuple[Cell, ...]) -> int | None:
    """None when both contain the same cells, else the number of the first cell that differs."""
    for number, (a, b) in enumerate(zip(one, other, strict=False), 1):
        if (a.kind, a.source.strip(), a.tags) != (b.kind, b.source.strip(), b.tags):
            return number
    return None if len(one) == len(other) else min(len(one), len(other)) + 1


def read_node(path: Path) -> Any:
    """The notebook with its outputs, as nbformat holds it. Raises NotebookError."""
    import warnings

    import nbformat
    from nbformat.v4.rwbase import rejoin_lines

    data = _json(path)
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


def _json(path: Path) -> Any:
    text = _text(path)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE):
            raise NotebookError(
                "conflict", f"{path.name} holds both sides of a merge conflict that Git left in it."
            ) from error
        raise NotebookError(
            "not-json", f"{path.name} is not JSON, so it is not a notebook: {_first_line(error)}."
        ) from error


def _demand_shape(path: Path, data: Any) -> None:
    if isinstance(data, dict) and data.get("nbformat", 4) in (1, 2, 3):
        raise NotebookError(
            "old-format", f"{path.name} has notebook format {data['nbformat']}, and 4 is needed."
        )
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        raise NotebookError("not-a-notebook", f"{path.name} is JSON without a list of cells.")
    if data.get("nbformat") != 4:
        raise NotebookError("not-a-notebook", f"{path.name} names no notebook format.")
    if not isinstance(data.get("metadata"), dict):
        raise NotebookError("no-metadata", f"{path.name} has no metadata.")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NotebookError(
                "too-large", f"{path.name} is larger than 200 MB: clear its outputs."
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookError("not-text", f"{path.name} is not UTF-8 text.") from error
    except FileNotFoundError as error:
        raise NotebookError("missing", f"There is no {path.name} here.") from error
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
