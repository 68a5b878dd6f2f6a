"""Which tasks there are. Each is imported only when it is asked for."""

from importlib import import_module

from undergrad.errors import UsageError
from undergrad.supervised.task import Task

NAMES = (
    "celsius",
    "moons",
    "digits",
    "digits-cnn",
    "films",
    "text-lstm",
    "text-gpt",
    "copy-task",
    "shapes-detector",
    "shapes-segment",
)


def load(name: str) -> Task:
    """The task called `name`. UsageError when there is none."""
    if name not in NAMES:
        raise UsageError(f"There is no task `{name}`; there are {', '.join(NAMES)}.")
    module = import_module(f"undergrad.supervised.presets.{name.replace('-', '_')}")
    task = module.TASK
    assert isinstance(task, Task) and task.name == name
    return task
