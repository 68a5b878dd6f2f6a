"""The project's own tests: they pass, and one checks the gradient of a part of its own."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from undergrad.capstone.execute import last_line, run_python
from undergrad.capstone.notebook import Cell
from undergrad.capstone.project import Project, python_files
from undergrad.capstone.report import Criterion, Problem, criterion
from undergrad.sandbox.process import Ended

_SECONDS = 120.0
_CHECKS = {"gradcheck", "check_grads", "check_grad"}  # of our engine and PyTorch, JAX, SciPy
_REASONS = {
    2: "the tests were interrupted",
    3: "pytest itself failed",
    4: "pytest did not understand its settings",
    5: "no test was found",
}


def own_tests(copy: Path, used: set[str] | None = None) -> Criterion:
    """Run pytest on `tests/` of the copied project, in a process of its own.

    used: the project's modules that its notebook uses. Tests of other code are no praise.
    """
    problems = []
    good = ""
    if not (copy / "tests").is_dir():
        problems.append(
            Problem(
                "there are no `tests`",
                todo="Write a test of your own part.",
                name="no-tests-folder",
            )
        )
    else:
        # Without -P, so that pytest finds the modules of the copy.
        pytest = ["-m", "pytest", "-q", "--tb=line", "tests"]
        ended = run_python(pytest, copy, _SECONDS, MPLBACKEND="Agg", COLUMNS="300")
        problems += _problems(ended)
        if not problems and used is not None and not _reach(copy, used):
            problems.append(
                Problem(
                    "they pass, and none of them reaches code that the notebook uses",
                    "tests",
                    "Put a part of the notebook into a file that both import, and test it there; "
                    "delete the tests of code that you do not use.",
                    state="attention",
                    name="unused-tests",
                )
            )
        good = last_line(ended).strip("= ")
    return criterion("tests", "Its own tests", problems, good=good)


def own_work(project: Project, cells: Sequence[Cell]) -> Criterion:
    """A test checks the gradient of something in the project's files that the notebook uses."""
    tests = list(python_files(project.folder / "tests"))
    own = _own(project)
    used = modules_used(project, cells)
    found = [path.name for path in tests if _checks_gradient(path, used)]
    problems = []
    if not found:
        elsewhere = [path.name for path in tests if _checks_gradient(path, own)]
        problems.append(
            Problem(
                f"{', '.join(elsewhere)} checks a gradient that the notebook does not use"
                if elsewhere
                else "no test checks the gradient of a layer, loss or learner of your own",
                "tests",
                "Put your own part into a file that both import, and compare its gradient with "
                "differences, for example by undergrad.engine.gradcheck.",
                name="unused-gradcheck" if elsewhere else "no-gradcheck",
            )
        )
    good = f"its gradient is checked in {', '.join(found)}"
    return criterion("own-work", "A part written by hand", problems, good=good)


def _own(project: Project) -> set[str]:
    return {path.stem for path in project.folder.glob("*.py")} - {project.script.stem}


def _reach(folder: Path, used: set[str]) -> bool:
    """Whether a test imports one of these modules."""
    texts = (path.read_text("utf-8-sig", "replace") for path in python_files(folder / "tests"))
    return any(_imported(text) & used for text in texts)


def modules_used(project: Project, cells: Sequence[Cell]) -> set[str]:
    """The project's own modules that the notebook imports, directly or through each other."""
    own = _own(project)
    code = [cell.source for cell in cells if cell.kind == "code"]
    used: set[str] = set()
    while code:
        new = {name for text in code for name in _imported(text)} & own - used
        used |= new
        paths = [project.folder / f"{name}.py" for name in sorted(new)]
        code = [path.read_text(encoding="utf-8-sig", errors="replace") for path in paths]
    return used


def _imported(code: str) -> set[str]:
    """The top names of the modules that a piece of a notebook imports; magics are left out."""
    lines = (line for line in code.splitlines() if not line.lstrip().startswith(("!", "%", "?")))
    try:
        nodes = list(ast.walk(ast.parse("\n".join(lines))))
    except (SyntaxError, ValueError):
        return set()
    names = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def _problems(ended: Ended) -> Iterator[Problem]:
    if ended.ending == "ended" and ended.code == 0:
        return
    todo = "Run `python -m pytest tests` in the project to see all of it."
    if ended.ending == "timeout":
        yield Problem(
            f"they did not finish within {_SECONDS:g} s", "tests", todo, name="tests-timeout"
        )
    elif ended.code == 1:
        failed = [ln for ln in ended.output.splitlines() if ln.startswith("FAILED ")]
        for line in failed[:5] or [last_line(ended)]:
            where, _, reason = line.removeprefix("FAILED ").partition(" - ")
            yield Problem(reason or "a test failed", where, todo, name="test-failed")
    else:
        reason = _REASONS.get(ended.code, f"pytest ended with {ended.code}")
        errors = [line[1:].strip() for line in ended.output.splitlines() if line[:2] == "E "]
        yield Problem(
            f"{reason}: {(errors or [last_line(ended)])[0][:200]}",
            "tests",
            todo,
            name="no-tests",
        )


def _checks_gradient(path: Path, own: set[str]) -> bool:
    try:
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8-sig"))))
    except (SyntaxError, ValueError):
        return False
    imported = _imported(path.read_text(encoding="utf-8-sig"))
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    names = {getattr(call, "attr", getattr(call, "id", "")) for call in calls}
    return bool(_CHECKS & names) and bool(own & imported)
