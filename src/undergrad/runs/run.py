"""A run as a value, read once from its `run.json` and passed on.

`Run.read` reads a run that can be resumed or evaluated, and explains in one sentence why any other
cannot. `list_runs` takes what it finds: a folder may be half-written, from a newer undergrad, or
not a run at all; what is missing is then left empty, and no command stops because of it.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from undergrad.errors import UsageError
from undergrad.runs.folder import write_json

Verdict: TypeAlias = Literal["pass", "fail", "inconclusive"]

VERSION = 1  # of run.json
_LARGEST = 10_000_000  # bytes; a real run.json has a few thousand
_NEEDED = ("preset", "kind", "state", "seconds", "settings", "seeds")
_NEEDED_OF_SEED = {"seed", "verdict", "score", "folder"}


@dataclass(frozen=True)
class SeedResult:
    """One seed of a run. What has not been measured yet is None.

    Arguments:
        folder: absolute; its log, checkpoint, plots and clips.
        more: what else was found, such as `summary`, or `reached`, when the pass line was first met
            in an evaluation.
    """

    seed: int
    verdict: str | None
    score: float | None
    std: float | None
    steps: int | None
    seconds: float | None
    folder: Path
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The entry of this seed in `run.json`."""
        names = ("seed", "verdict", "score", "std", "steps", "seconds")
        return {name: getattr(self, name) for name in names} | {
            "folder": self.folder.name,
            **self.more,
        }


def unmeasured(seed: int, run: Path) -> SeedResult:
    """A seed of the run in the folder `run`, before there is anything to say."""
    return SeedResult(seed, None, None, None, None, None, run.absolute() / f"seed-{seed}")


@dataclass(frozen=True)
class Run:
    """One run. `folder` is absolute; `plots` and `clips` are names inside the folder of a seed."""

    id: str
    folder: Path
    preset: str
    title: str
    kind: str  # supervised or reinforcement
    state: str  # running, finished or interrupted
    started: str  # UTC, ISO 8601
    seconds: float
    verdict: str | None  # pass, fail, inconclusive; None until it is finished
    pass_line: str  # in words
    summary: str
    seeds: tuple[SeedResult, ...]
    settings: dict[str, Any]  # under the names of the version that wrote them
    engine: str
    plots: tuple[str, ...]
    clips: tuple[str, ...]
    undergrad: str = ""  # the version that started it
    cores: int | None = None
    arithmetic: str = ""  # of the workers of a cluster: how they round
    parts: Mapping[str, Any] = field(default_factory=dict)  # of a learner's own engine
    definition: Mapping[str, Any] = field(default_factory=dict)  # of a preset that is not ours

    @property
    def command(self) -> str:
        """What starts another run like it, with the settings of the preset."""
        return f"undergrad train {self.definition.get('arguments') or self.preset}"

    @classmethod
    def read(cls, folder: Path) -> "Run":
        """The run in `folder`. UsageError, with the cure, unless all that is needed is there."""
        data = _whole(folder)
        return _from_json(folder, data)

    def write(self) -> None:
        """Replace `run.json`, all at once."""
        write_json(self.folder / "run.json", self.to_json())

    def to_json(self) -> dict[str, Any]:
        """What `run.json` holds."""
        of_learner = {"engine": self.engine, "parts": dict(self.parts)}
        return {
            "version": VERSION,
            "preset": self.preset,
            "title": self.title,
            "kind": self.kind,
            "state": self.state,
            "started": self.started,
            "seconds": self.seconds,
            "line": self.pass_line,
            "verdict": self.verdict,
            "summary": self.summary,
            "seeds": [seed.to_json() for seed in self.seeds],
            "settings": self.settings,
            "undergrad": self.undergrad,
            "cores": self.cores,
            "plots": list(self.plots),
            "clips": list(self.clips),
            **({"arithmetic": self.arithmetic} if self.arithmetic else {}),
            **(of_learner if self.parts else {}),
            **({"definition": dict(self.definition)} if self.definition else {}),
        }

    @property
    def unfinished(self) -> tuple[int, ...]:
        """The seeds that are not judged yet."""
        return tuple(seed.seed for seed in self.seeds if seed.verdict is None)

    def with_seed(self, result: SeedResult) -> "Run":
        """The run with a newer result of one of its seeds."""
        seeds = (result if seed.seed == result.seed else seed for seed in self.seeds)
        return replace(self, seeds=tuple(seeds))


def score_text(score: float | None) -> str:
    """A score as text, returns in the hundreds and fractions of one alike; "" for None."""
    if score is None:
        return ""
    return f"{score:.1f}" if abs(score) >= 10 else f"{score:.4g}"


def list_runs(folder: Path) -> tuple[Run, ...]:
    """All runs in `folder` whose `run.json` can be read, the newest first."""
    try:
        folders = [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return ()
    runs = [_from_json(path, data) for path in folders if (data := _readable(path)) is not None]
    return tuple(sorted(runs, key=lambda run: (run.started, run.id), reverse=True))


def _whole(folder: Path) -> dict[str, Any]:
    """`run.json` with everything that resuming needs; UsageError otherwise."""
    path = folder / "run.json"
    if not folder.is_dir():
        raise UsageError(f"There is no run at {folder}; `undergrad runs` lists those there are.")
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UsageError(
            f"{folder} has no run.json, so it is not a run, or only half of one; start a new one."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} is damaged: {error}; start a new run.") from error
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise UsageError(f"{path} is of another version of undergrad; start a new run.")
    missing = [name for name in _NEEDED if name not in data]
    if missing or not _whole_seeds(data["seeds"]) or not isinstance(data["settings"], dict):
        what = missing[0] if missing else "part of a seed or of the settings"
        raise UsageError(f"{path} lacks {what}; start a new run.")
    return data


def _whole_seeds(seeds: Any) -> bool:
    return isinstance(seeds, list) and all(
        isinstance(seed, dict) and set(seed) >= _NEEDED_OF_SEED for seed in seeds
    )


def _readable(folder: Path) -> dict[str, Any] | None:
    """`run.json`, complete or not; None when there is nothing readable."""
    path = folder / "run.json"
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _from_json(folder: Path, data: dict[str, Any]) -> Run:
    """The run, with an empty value in place of anything of a wrong type."""
    cores = _number(data, "cores")
    items = [item for item in _list(data, "seeds") if isinstance(item, dict)]
    seeds = [seed_from_json(folder, item) for item in items]
    return Run(
        id=folder.name,
        folder=folder.absolute(),
        preset=_text(data, "preset") or folder.name,
        title=_text(data, "title") or folder.name,
        kind=_text(data, "kind"),
        state=_text(data, "state") or "interrupted",
        started=_text(data, "started"),
        seconds=_number(data, "seconds") or 0.0,
        verdict=_text(data, "verdict") or None,
        pass_line=_text(data, "line"),
        summary=_text(data, "summary"),
        seeds=tuple(seeds),
        settings=_mapping(data, "settings"),
        engine=_text(data, "engine") or "reference",
        plots=_names(data, "plots"),
        clips=_names(data, "clips"),
        undergrad=_text(data, "undergrad"),
        cores=None if cores is None else int(cores),
        arithmetic=_text(data, "arithmetic"),
        parts=_mapping(data, "parts"),
        definition=_mapping(data, "definition"),
    )


def seed_from_json(folder: Path, data: dict[str, Any]) -> SeedResult:
    """A seed of the run in `folder`, from what `SeedResult.to_json` made of it, whole or not."""
    seed, steps = _number(data, "seed"), _number(data, "steps")
    name = _text(data, "folder")
    name = name if is_file_name(name) else f"seed-{int(seed or 0)}"
    known = {"seed", "verdict", "score", "std", "steps", "seconds", "folder"}
    return SeedResult(
        seed=int(seed or 0),
        verdict=_text(data, "verdict") or None,
        score=_number(data, "score"),
        std=_number(data, "std"),
        steps=None if steps is None else int(steps),
        seconds=_number(data, "seconds"),
        folder=folder.absolute() / name,
        more={name: value for name, value in data.items() if name not in known},
    )


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _number(data: dict[str, Any], name: str) -> float | None:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _list(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []


def _mapping(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _names(data: dict[str, Any], name: str) -> tuple[str, ...]:
    found = _list(data, name)
    return tuple(item for item in found if isinstance(item, str) and is_file_name(item))


def is_file_name(text: str) -> bool:
    """Not a path: a name in a run.json must not lead out of the folder of the run."""
    return text not in ("", ".", "..") and not set(text) & {"/", "\\", ":", "\0"}
