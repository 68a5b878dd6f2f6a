"""A trap: a well-known mistake that runs and is silently wrong, and a test that must notice it."""

import inspect
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Trap:
    """A mistake and a test that fails while it is there.

    plant: makes the mistake through a `pytest.MonkeyPatch`, which later undoes it.
    test: a test function, called with `arguments`, and with a folder if it wants `tmp_path`.
    """

    plant: Callable[[pytest.MonkeyPatch], None]
    test: Callable[..., None]
    arguments: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        """Such as `values.double_that_is_not_double`."""
        return f"{self.plant.__module__.rpartition('.')[2]}.{self.plant.__name__}"

    @property
    def file(self) -> str:
        """Where the test stands, from the project's folder on."""
        return Path(inspect.getfile(self.test)).resolve().relative_to(HERE).as_posix()

    def run(self, patch: pytest.MonkeyPatch) -> None:
        """Plant it and run its test, which should raise AssertionError."""
        self.plant(patch)
        with tempfile.TemporaryDirectory() as folder:
            wants = "tmp_path" in inspect.signature(self.test).parameters
            self.test(*self.arguments, **({"tmp_path": Path(folder)} if wants else {}))


def everywhere(patch: pytest.MonkeyPatch, module: Any, name: str, bad: Any) -> None:
    """Put `bad` in place of `module.name`, and wherever that was imported by its name."""
    honest = getattr(module, name)
    for other in list(sys.modules.values()):
        if vars(other).get(name) is honest:
            patch.setattr(other, name, bad)
