"""The two families of trainings, supervised and by reinforcement, behind the same five functions.

`undergrad.supervised.session` and `undergrad.rl.run.session` both have `begin`, `task_of`, `go_on`,
`judge_again` and `train`; a task of either has a name, a title, settings, a budget and a pass line.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from undergrad.errors import UsageError

if TYPE_CHECKING:
    from undergrad.rl.run.preset import Preset
    from undergrad.supervised.task import Task

    AnyTask: TypeAlias = Task | Preset

_SESSIONS = {
    "supervised": "undergrad.supervised.session",
    "reinforcement": "undergrad.rl.run.session",
}


def names() -> tuple[str, ...]:
    """All that can be trained, supervised tasks first."""
    from undergrad.rl.run import preset
    from undergrad.supervised import catalogue

    return (*catalogue.NAMES, *preset.names())


def load(name: str, changes: Mapping[str, str] | None = None) -> "AnyTask":
    """The task called `name`, with other settings. UsageError, with the nearest name."""
    from undergrad.rl.run import preset
    from undergrad.supervised import catalogue

    if name not in names():
        near = get_close_matches(name, names(), n=1)
        cure = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(names())}."
        raise UsageError(f"There is no task `{name}` to train: {cure}")
    task = catalogue.load(name) if name in catalogue.NAMES else preset.load(name)
    return task.with_settings(changes or {})


def kind_of(task: "AnyTask") -> str:
    """The family of a task, as `run.json` names it."""
    from undergrad.supervised.task import Task

    return "supervised" if isinstance(task, Task) else "reinforcement"


def session(kind: str) -> Any:
    """The module that trains this family."""
    return import_module(_SESSIONS[kind])


def session_of(folder: Path) -> Any:
    """The module that trained the run in this folder. UsageError when it is no run of ours."""
    from undergrad import run_folder

    kind = run_folder.read_record(folder)["kind"]
    if kind not in _SESSIONS:
        raise UsageError(f"{folder} is a run of an unknown kind, {kind}; start a new one.")
    return session(kind)
