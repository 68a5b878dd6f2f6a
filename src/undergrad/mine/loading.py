"""Reading a learner's exercise and the adapters of its unit as modules."""

import contextlib
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from undergrad.mine.adapter import Adapter


def load(path: Path) -> ModuleType:
    """Run a Python file as a module that nobody else sees. Whatever it raises comes through.

    What it prints goes to stderr: stdout belongs to the results of a command.
    """
    spec = spec_from_file_location(f"_undergrad_part_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    with contextlib.redirect_stdout(sys.stderr):
        spec.loader.exec_module(module)
    return module


def adapters(path: Path) -> dict[str, Adapter]:
    """The adapters of a `parts.py`, by the piece of the engine that each of them builds."""
    functions = vars(load(path)).values()
    return {f.builds: f for f in functions if hasattr(f, "builds")}
