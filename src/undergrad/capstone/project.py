"""A capstone project on disk: what its capstone.toml says, and which files belong to it."""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from undergrad.capstone import kinds
from undergrad.errors import UsageError

MANIFEST = "capstone.toml"
# By the family of the kind.
LIMIT = {"supervised": 20.0, "reinforcement": 5.0}  # minutes that a reader would wait
SEEDS = {"supervised": 3, "reinforcement": 5}
_SKIP = {"__pycache__", "node_modules", "venv", "env", "site-packages"}


@dataclass(frozen=True)
class Project:
    """What capstone.toml declares. Times in minutes and seconds; tolerances are absolute."""

    folder: Path
    kind: str
    name: str
    template: int
    notebook: str
    minutes: float
    cell_seconds: float
    metric: str
    results: str
    evaluate: str  # "module:function", returns {seed: score} from checkpoints and data
    target: float
    higher_is_better: bool
    tolerance: float
    rerun_tolerance: float
    verify: tuple[str, ...]  # lines of Python that make the notebook's training short
    baseline: str = "the baseline"  # what the result is compared with, for a sentence

    @property
    def family(self) -> str:
        """By whose rules it is judged: supervised or reinforcement."""
        return kinds.family(self.kind)

    @property
    def ipynb(self) -> Path:
        return self.folder / self.notebook

    @property
    def script(self) -> Path:
        """The paired percent script beside the notebook."""
        return self.ipynb.with_suffix(".py")


def is_project(folder: Path) -> bool:
    """True when there is a capstone.toml in the folder."""
    return (folder / MANIFEST).is_file()


def read_project(folder: Path) -> Project:
    """Read capstone.toml. Raises UsageError naming the file and the entry that is wrong."""
    path = folder / MANIFEST
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(
            f"{folder} is not a capstone, since it has no {MANIFEST}: make one with "
            "`undergrad capstone new supervised NAME`."
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    return _Reader(path, data).project()


def python_files(folder: Path) -> Iterator[Path]:
    """Every .py file of the project, sorted, without hidden, cached and virtual folders."""
    for root, folders, files in os.walk(folder):
        keep = (f for f in folders if not f.startswith(".") and f not in _SKIP)
        folders[:] = sorted(f for f in keep if not Path(root, f, "pyvenv.cfg").exists())
        yield from (Path(root, name) for name in sorted(files) if name.endswith(".py"))


@dataclass(frozen=True)
class _Reader:
    """Takes typed entries out of the manifest; a wrong one is named with its table."""

    path: Path
    data: dict[str, Any]

    def project(self) -> Project:
        kind = self.text("", "kind")
        if kind not in kinds.kinds():
            raise self.wrong("kind", f"one of {', '.join(kinds.kinds())}")
        return Project(
            folder=self.path.parent,
            kind=kind,
            name=self.text("", "name"),
            template=int(self.number("", "template")),
            notebook=self.file("notebook", "file", ".ipynb"),
            minutes=self.number("notebook", "minutes", least=1e-3),
            cell_seconds=self.number("notebook", "cell-seconds", least=1e-3),
            metric=self.text("metric", "name"),
            results=self.file("metric", "results", ".json"),
            evaluate=self.function("metric", "evaluate"),
            target=self.number("metric", "target"),
            higher_is_better=self.switch("metric", "higher-is-better"),
            tolerance=self.number("metric", "tolerance", least=0),
            rerun_tolerance=self.number("metric", "rerun-tolerance", least=0),
            verify=self.assignments("verify"),
            baseline=self.optional("metric", "baseline", Project.baseline),
        )

    def entry(self, table: str, key: str) -> Any:
        found = self.data.get(table, {}) if table else self.data
        return found.get(key) if isinstance(found, dict) else None

    def wrong(self, key: str, wanted: str) -> UsageError:
        return UsageError(f"{self.path}: the entry {key} must be {wanted}.")

    def text(self, table: str, key: str) -> str:
        value = self.entry(table, key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{table}.{key}".strip("."), "a text")
        return value

    def optional(self, table: str, key: str, default: str) -> str:
        return default if self.entry(table, key) is None else self.text(table, key)

    def number(self, table: str, key: str, least: float = float("-inf")) -> float:
        value = self.entry(table, key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value < float("inf"):
            raise self.wrong(f"{table}.{key}".strip("."), "a number that makes sense there")
        return float(value)

    def assignments(self, table: str) -> tuple[str, ...]:
        """The entries of a table as lines of Python, such as `SEEDS = [0]`."""
        found = self.data.get(table, {})
        if not isinstance(found, dict) or not all(map(str.isidentifier, found)):
            raise self.wrong(table, "a table of names and values, such as SEEDS = [0]")
        return tuple(f"{name} = {value!r}" for name, value in found.items())

    def switch(self, table: str, key: str) -> bool:
        value = self.entry(table, key)
        if not isinstance(value, bool):
            raise self.wrong(f"{table}.{key}", "true or false")
        return value

    def file(self, table: str, key: str, suffix: str) -> str:
        name = self.text(table, key)
        if Path(name).name != name or not name.endswith(suffix):
            raise self.wrong(f"{table}.{key}", f"the name of a {suffix} file in the project")
        return name

    def function(self, table: str, key: str) -> str:
        name = self.text(table, key)
        module, _, function = name.partition(":")
        if not (module.isidentifier() and function.isidentifier()):
            raise self.wrong(f"{table}.{key}", "a module and a function, such as evaluate:scores")
        return name
