"""The checker's tests work on a unit of their own, `fixtures/2-mathematics/columns`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from undergrad.checker import CheckResult, Limits, check
from undergrad.course.models import Unit
from undergrad.course.units import read_unit

ROOT = Path(__file__).parent / "fixtures"
FOLDER = ROOT / "2-mathematics" / "columns"

Checked = Callable[..., CheckResult]


@pytest.fixture(scope="session")
def columns() -> Unit:
    """The unit, with an absolute folder, so that it need not lie in the curriculum."""
    unit, _ = read_unit(FOLDER, ROOT)
    return replace(unit, folder=str(FOLDER))


@pytest.fixture(scope="session")
def solution() -> str:
    return (FOLDER / "solution.py").read_text("utf-8")


@pytest.fixture
def checked(columns: Unit, tmp_path: Path) -> Checked:
    """`checked(text)` writes the text as the learner's file and checks it."""

    def run(text: str | bytes, **options: object) -> CheckResult:
        file = tmp_path / "columns.py"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        limits = Limits(**{"seconds": 2.0, "memory": 1 << 30, **options.pop("limits", {})})
        return check(columns, file, limits=limits, **options)

    return run
