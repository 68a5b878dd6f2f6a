"""The project's own tests: they pass, and one checks a gradient of the person's own part."""

import ast
from collections.abc import Iterator
from pathlib import Path

from undergrad.capstone.execute import last_line, run_python
from undergrad.capstone.project import Project, python_files
from undergrad.capstone.report import Criterion, Problem, criterion
from undergrad.sandbox.process import Ended

_SECONDS = 120.0
_REASONS = {
    2: "the tests were interrupted",
    3: "pytest itself failed",
    4: "pytest did not understand its settings",
    5: "no test was found",
}


def own_tests(copy: Path) -> Criterion:
    """Run pytest on `tests/` of the copied project, in a process of its own."""
    problems = []
    good = ""
    if not (copy / "tests").is_dir():
        problems.append(Problem("there are no `tests`", todo="Write a test of your own part."))
    else:
        # Without -P, so that pytest finds the modules of the copy.
        pytest = ["-m", "pytest", "-q", "--tb=line", "tests"]
        ended = run_python(pytest, copy, _SECONDS, MPLBACKEND="Agg", COLUMNS="300")
        problems += _problems(ended)
        good = last_line(ended).strip("= ")
    return criterion("tests", "Its own tests", problems, good=good)


def own_work(project: Project) -> Criterion:
    """A test calls `gradcheck` on something that comes from the project's own files."""
    tests = [p for p in python_files(project.folder / "tests")]
    own = {path.stem for path in project.folder.glob("*.py")}
    found = [path.name for path in tests if _checks_gradient(path, own)]
    problems = []
    if not found:
        problems.append(
            Problem(
                "no test checks the gradient of a layer, loss or learner of your own",
                "tests",
                "Import your own part in a test and give it to undergrad.engine.gradcheck.",
                name="no-gradcheck",
            )
        )
    good = f"its gradient is checked in {', '.join(found)}"
    return criterion("own-work", "A part written by hand", problems, good=good)


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
    froms = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    names = {getattr(call, "attr", getattr(call, "id", "")) for call in calls}
    return "gradcheck" in names and bool(own & (froms | plain))
