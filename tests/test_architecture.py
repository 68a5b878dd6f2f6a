"""The import rule of the house: an arrow points down only, and start-up stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from undergrad import course, journey

SOURCE = Path(__file__).parents[1] / "src" / "undergrad"

# package: the packages of ours it imports, and no others. The command line may import all.
MAY_IMPORT = {
    "engine": set(),
    "datasets": {"engine"},
    "cases": {"engine"},
    "runs": {"sandbox"},
    "rl": {"engine", "runs"},
    "supervised": {"engine", "datasets", "runs"},
    "course": set(),
    "sandbox": set(),
    "mine": {"engine", "cases", "journey", "course", "sandbox"},
    "journey": {"course"},
    "checker": {"course", "sandbox", "mine"},
    "capstone": {"sandbox"},
    "classroom": {"journey", "checker", "course", "runs", "sandbox"},
    "portfolio": {"capstone", "sandbox"},
    "recap": {"journey", "course"},
    "plan": {"journey", "course"},
    "site": {"journey", "course", "recap", "plan", "runs", "sandbox"},
}
# What any of them may import, and what imports nothing of ours but each other.
LEAVES = {
    "errors", "extras", "files", "locate", "markup", "words", "plots", "__version__",
}  # fmt: skip
ENGINE_NEEDS = {"numpy", "safetensors"}  # besides the standard library


def imports(file: Path) -> Iterator[tuple[str, int]]:
    """Every imported dotted name in a file, with its line, wherever in the file it stands."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: write the whole name"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def own_imports(file: Path) -> Iterator[tuple[str, int]]:
    """The part of `undergrad` that each own import names, such as `journey`."""
    for name, line in imports(file):
        first, _, rest = name.partition(".")
        if first == "undergrad":
            yield rest.partition(".")[0], line


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_arrows_point_down(package: str) -> None:
    leaves = set() if package == "engine" else LEAVES
    allowed = MAY_IMPORT[package] | leaves | {package}
    wrong = [
        f"{file.relative_to(SOURCE)}:{line} imports {target}"
        for file in sorted((SOURCE / package).rglob("*.py"))
        for target, line in own_imports(file)
        if target not in allowed
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_no_arrow_is_allowed_that_nobody_uses(package: str) -> None:
    files = (SOURCE / package).rglob("*.py")
    assert {target for file in files for target, _ in own_imports(file)} >= MAY_IMPORT[package]


def test_every_package_is_in_the_rule() -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages == {*MAY_IMPORT, "cli"}


@pytest.mark.parametrize("leaf", sorted(LEAVES - {"__version__"}))
def test_leaves_import_only_leaves(leaf: str) -> None:
    assert {target for target, _ in own_imports(SOURCE / f"{leaf}.py")} <= LEAVES


def test_the_engine_needs_numpy_and_safetensors_only() -> None:
    foreign = {
        name.partition(".")[0]
        for file in (SOURCE / "engine").rglob("*.py")
        for name, _ in imports(file)
    } - {"undergrad", "torch"}  # torch: only where parity with it is measured
    assert foreign - set(sys.stdlib_module_names) <= ENGINE_NEEDS


def test_importing_the_engine_imports_only_numpy() -> None:
    script = (
        "import sys, numpy, numpy.random; before = set(sys.modules)\n"
        "import undergrad.engine\n"
        "tops = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(tops - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() in ("['numpy', 'undergrad']", "['undergrad']"), done.stderr


HEAVY = {
    "numpy", "gymnasium", "cookiecutter", "mkdocs", "starlette", "uvicorn", "matplotlib",
    "fsrs", "nbclient", "pydantic", "yaml", "jupytext", "PIL", "joblib", "pooch", "psycopg",
    "cryptography", "dask", "distributed",
}  # fmt: skip


@pytest.mark.parametrize("arguments", [["--help"], ["status", "--help"], ["status"], ["next"]])
def test_start_up_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    """Modules, not seconds: what makes start-up slow is what is imported."""
    journey.create(tmp_path / "journey", course.load())
    script = (
        "import sys, contextlib\n"
        "from undergrad.cli import main\n"
        f"sys.argv = ['undergrad', *{arguments!r}]\n"
        "with contextlib.suppress(SystemExit):\n"
        "    main()\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, cwd=tmp_path / "journey", check=True,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == "[]", done.stderr
