"""Would the tests notice? Break the operations in small ways, one at a time, and see.

    python -m tests.engine.mutate                  a sample: every 12th mutant
    python -m tests.engine.mutate --every 1        all of them (hours on a busy machine)
    python -m tests.engine.mutate --every 1 --part 3/10 --file conv

A mutant is one file of `engine/ops` with one change: a sign flipped, an operator exchanged, a term
dropped, an axis or a number moved, two gradients swapped. It is killed when a test fails. Those
that survive are listed; `mutants.md` says why each of them may live.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.util
import io
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
OPS = ROOT / "src" / "undergrad" / "engine" / "ops"
TESTS = ("cases", "corners", "layers", "tensor", "autograd", "gradcheck", "nn")
SECONDS = 300  # a mutant that takes longer hangs, and counts as killed

ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Add, ast.Pow: ast.Mult,
}  # fmt: skip
COMPARISONS = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
NAMES = {
    "maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max", "argmax": "argmin",
    "argmin": "argmax", "sin": "cos", "cos": "sin", "log": "log1p", "exp": "expm1",
    "zeros_like": "ones_like", "zeros": "ones", "sum": "max", "mean": "sum", "abs": "negative",
}  # fmt: skip
AXES = {"axis", "dim", "dim0", "dim1", "keepdims", "keepdim"}


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    file: Path
    index: int  # among all mutable nodes of the file
    line: int
    column: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file.name}:{self.line}:{self.column}: {self.before}  ->  {self.after}"

    def tree(self) -> ast.Module:
        """The changed module."""
        tree = ast.parse(self.file.read_text("utf-8"))
        change(*list(places(tree))[self.index])
        return ast.fix_missing_locations(tree)


def mutants(file: Path) -> Iterator[Mutant]:
    """All mutants of a file, in the order of its lines."""
    for number, (node, field) in enumerate(places(ast.parse(file.read_text("utf-8")))):
        before, changed = ast.unparse(node), copy.deepcopy(node)
        if change(changed, field):
            after = ast.unparse(ast.fix_missing_locations(changed))
            if after != before:
                yield Mutant(file, number, node.lineno, node.col_offset, before, after)


def calculations(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that calculates: no messages, no annotations, no docstrings, no names of axes."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Raise | ast.Import | ast.ImportFrom | ast.JoinedStr):
            continue
        if isinstance(child, ast.arg) or (
            isinstance(tree, ast.FunctionDef | ast.AnnAssign) and child in (
                getattr(tree, "returns", None), getattr(tree, "annotation", None)
            )
        ):  # fmt: skip
            continue
        if isinstance(child, ast.AnnAssign) and isinstance(tree, ast.Module):
            continue  # an alias of types
        yield child
        if not _is_minus_one(child):
            yield from calculations(child)


def _is_minus_one(node: ast.AST) -> bool:
    """-1 is an axis, or what is left in a shape: -2 may mean the same there. Its sign is tried."""
    return isinstance(node, ast.UnaryOp) and ast.unparse(node) == "-1"


def places(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Each node that calculates with each thing that can be changed in it."""
    for node in calculations(tree):
        if isinstance(node, ast.BinOp):
            yield from ((node, field) for field in ("operator", "left", "right"))
        elif isinstance(node, ast.AugAssign):
            yield from ((node, field) for field in ("operator", "drop"))
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
            yield node, "swap"
        elif isinstance(
            node, ast.UnaryOp | ast.Compare | ast.BoolOp | ast.Constant | ast.Attribute | ast.IfExp
        ):
            yield node, "operator"


def change(node: ast.AST, field: str) -> bool:
    """Change `node` in place. False when there is nothing to change."""
    match node:
        case ast.BinOp() if field == "operator":
            if type(node.op) is ast.MatMult:
                node.left, node.right = node.right, node.left
            elif type(node.op) in ARITHMETIC:
                node.op = ARITHMETIC[type(node.op)]()
            else:
                return False
        case ast.BinOp():  # drop one of its two terms
            kept = node.left if field == "right" else node.right
            node.left, node.op, node.right = kept, ast.Add(), ast.Constant(0)
        case ast.AugAssign() if field == "operator" and type(node.op) in ARITHMETIC:
            node.op = ARITHMETIC[type(node.op)]()
        case ast.AugAssign():
            node.op, node.value = ast.Add(), ast.Constant(0)
        case ast.Tuple():
            node.elts.reverse()
        case ast.UnaryOp():
            if isinstance(node.op, ast.Not):
                node.operand = ast.UnaryOp(ast.Not(), node.operand)
            elif isinstance(node.op, ast.USub):
                node.op = ast.UAdd()
            else:
                return False
        case ast.Compare():
            node.ops[0] = COMPARISONS.get(type(node.ops[0]), type(node.ops[0]))()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.Constant() if isinstance(node.value, bool):
            node.value = not node.value
        case ast.Constant() if isinstance(node.value, int | float):
            node.value = node.value + 1
        case ast.Attribute() if node.attr in NAMES:
            node.attr = NAMES[node.attr]
        case ast.IfExp():
            node.body, node.orelse = node.orelse, node.body
        case _:
            return False
    return True


class Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the mutant in place of the file."""

    def __init__(self, mutant: Mutant) -> None:
        self.name, self.file = f"undergrad.engine.ops.{mutant.file.stem}", str(mutant.file)
        self.code = compile(mutant.tree(), self.file, "exec")

    def find_spec(self, name, path, target=None):
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, self, origin=self.file)

    def exec_module(self, module) -> None:
        exec(self.code, module.__dict__)


def survives(mutant: Mutant | None) -> bool:
    """Whether all tests pass with it; asked in a process of its own, where nothing is imported."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)  # the signal ends a mutant that hangs, whatever it is doing
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        verdict = 1
        with contextlib.suppress(BaseException):
            verdict = 0 if tests_pass(mutant) else 1
        os._exit(verdict)
    _, status = os.waitpid(child, 0)
    return status == 0


def tests_pass(mutant: Mutant | None) -> bool:
    """First the records that are likeliest to notice, without pytest's overhead; then all tests."""
    if mutant:
        sys.meta_path.insert(0, Planted(mutant))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        cases = importlib.import_module("tests.engine.test_cases")
        nearest = sorted(cases.OPERATIONS, key=lambda case: not near(case, mutant))
        for check in (
            cases.test_equals_the_stored_values_of_pytorch,
            cases.test_the_gradient_is_the_numeric_gradient,
        ):
            for case in nearest:
                check(case)
    files = [str(ROOT / "tests" / "engine" / f"test_{name}.py") for name in TESTS]
    with contextlib.redirect_stdout(io.StringIO()):
        return pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *files]) == 0


def near(case: object, mutant: Mutant | None) -> bool:
    return mutant is not None and case.ours.__module__.endswith(f".{mutant.file.stem}")


def main(arguments: list[str] | None = None) -> int:
    """Prints each survivor and the fraction that was killed; returns 1 when below 95%."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=12, help="take every n-th mutant")
    parser.add_argument("--part", default="1/1", help="i/n: the i-th of n parts")
    parser.add_argument("--file", help="only this file of engine/ops, such as conv")
    options = parser.parse_args(arguments)
    part, parts = map(int, options.part.split("/"))
    files = sorted(OPS.glob(f"{options.file or '[a-z]*'}.py"))
    everything = [mutant for file in files for mutant in mutants(file)]
    chosen = everything[:: options.every][part - 1 :: parts]
    if not survives(None):
        print("the tests fail without any mutant", file=sys.stderr)
        return 2
    alive = []
    for number, mutant in enumerate(chosen, 1):
        if survives(mutant):
            alive.append(mutant)
            print(f"survived  {mutant}", flush=True)
        elif number % 50 == 0:
            print(f"{number} of {len(chosen)} done, {len(alive)} alive", flush=True)
    killed = len(chosen) - len(alive)
    fraction = killed / max(len(chosen), 1)
    print(f"{killed} of {len(chosen)} killed ({fraction:.1%}); {len(everything)} mutants in all")
    return 0 if fraction >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
