"""The public face: names, examples in docstrings, and what the engine may import."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import undergrad.engine as engine
from undergrad import cases, datasets
from undergrad.engine import Tensor, data, moved, nn, optim

MODULES = sorted(
    module.name
    for package in (engine, cases, datasets)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
)


def test_public_names():
    assert engine.__all__ == [
        "CheckpointError", "LossError", "Progress", "Tensor", "callbacks", "checkpoint",
        "data", "detection", "evaluate", "gradcheck", "load", "manual_seed", "metrics", "nn",
        "no_grad", "optim", "parallel", "readable", "save", "tensor", "threads",
        "train", "viz",
    ]  # fmt: skip
    assert all(hasattr(engine, name) for name in engine.__all__)


@pytest.mark.parametrize(
    "module",
    [nn, nn.functional, optim, optim.lr_scheduler, data, datasets],
    ids=lambda m: m.__name__,
)
def test_what_a_package_gathers_is_what_it_names(module):
    """A name in `__all__` is on the reference page; one that was forgotten would be missing."""
    gathered = {
        name
        for name, member in vars(module).items()
        if (inspect.isclass(member) or inspect.isfunction(member)) and not name.startswith("_")
        if name not in ("Path",)
    }
    kinds = (inspect.isclass, inspect.isfunction)  # not submodules, not tables
    named = {n for n in module.__all__ if any(is_(getattr(module, n)) for is_ in kinds)}
    assert gathered == named
    assert len(module.__all__) == len(set(module.__all__))


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name):
    module = importlib.import_module(name)
    names = {"np": np, "Tensor": Tensor, "nn": nn, "optim": optim}
    result = doctest.testmod(module, extraglobs=names)
    assert result.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_module_and_public_definition_is_described(name):
    path = Path(importlib.util.find_spec(name).origin)
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), path
    for definition in ast.walk(tree):
        if isinstance(definition, ast.ClassDef) and not definition.name.startswith("_"):
            assert ast.get_docstring(definition), f"{path}: {definition.name}"


def test_the_engine_imports_numpy_safetensors_and_the_standard_library_only():
    for path in Path(engine.__path__[0]).rglob("*.py"):
        for statement in ast.walk(ast.parse(path.read_text())):
            for name in imported(statement):
                first = name.split(".")[0]
                allowed = first in sys.stdlib_module_names or first in ("numpy", "safetensors")
                assert allowed or name.startswith("undergrad.engine"), f"{path}: {name}"


def imported(statement):
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    return [statement.module or ""] if isinstance(statement, ast.ImportFrom) else []


def test_the_old_names_of_modules_still_import_the_same_things():
    """Projects started before the modules moved, such as a capstone's data.py, go on working."""
    for old, new in moved.MOVED.items():
        there = importlib.import_module(new)
        public = getattr(there, "__all__", [name for name in vars(there) if name[0] != "_"])
        assert public
        here = importlib.import_module(old)
        assert all(getattr(here, name) is getattr(there, name) for name in public)
    script = "from undergrad.engine.data import sources; print(len(sources.digits()[1]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "1797\n", done.stderr
