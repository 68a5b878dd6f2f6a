"""No hostile file passes, none outlives its limit, none leaves a process or a file behind.

`python -m tests.reliability.hostile` tries the same corpus on exercises of the course.
"""

import os
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.reliability.corpus import CASES as CORPUS
from tests.reliability.corpus import Target, plant
from tests.reliability.hostile import left_by

from undergrad.checker import isolation
from undergrad.sandbox import warm

FOLDER = Path(__file__).parent / "fixtures/2-mathematics/columns"
TARGET = Target(FOLDER, "column_means")
SECONDS = 1.0
# Some of the corpus would hurt the machine where processes cannot be shut in.
HARMLESS = ("os._exit at import", "loop in a call", "daemon", "closed descriptors", "forged end")
BY_NAME = {case.name: case for case in CORPUS}
LEVELS = {"namespaces": BY_NAME, "plain": HARMLESS, "warm": HARMLESS}
# Each of these runs into the time limit in a way that another one does too.
SLOW = (
    "sleeps",
    "stops itself",
    "signals blocked",
    "alarm taken away",
    "long sum in C",
    "waits for a lock",
    "a little too slow every time",
    "recursion without a limit",
    "fork bomb",  # and takes the processors from the tests beside it
    "fork bomb in new sessions",
    "generator of the check rewound",
    "a huge file",
    "many descriptors",
    "loop that catches all",
    "loop in __del__",
    "slow regular expression",
    "endless lines",
    "endless errors",
)
PAIRS = [(level, name) for level, names in LEVELS.items() for name in names]
QUICK = [pair for pair in PAIRS if pair[1] not in SLOW]
CASES = [
    pytest.param(*pair, marks=[] if pair in QUICK[::2] else [pytest.mark.slow]) for pair in PAIRS
]


@pytest.fixture(scope="module")
def layers():
    return isolation()


def files(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.mark.parametrize("level, name", CASES, ids=lambda value: value)
def test_a_hostile_file_does_not_pass(level, name, checked, layers, tmp_path, monkeypatch):
    if level != "plain" and not {"pid", "files"} <= set(layers):
        pytest.skip("this machine allows no user namespaces")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    unit_files = files(FOLDER)
    with warm.parents({"undergrad.checker.worker": ()}) if level == "warm" else nullcontext():
        started = time.monotonic()
        result = checked(
            plant(BY_NAME[name], TARGET),
            seed=1,
            limits={"seconds": SECONDS, "memory": 1 << 29, "namespaces": level != "plain"},
        )
    took = time.monotonic() - started
    # Beside a bomb, any of them may run into the limit.
    assert result.verdict in {*BY_NAME[name].verdicts, "timeout"}, result.message
    assert result.verdict != "pass"
    assert result.tasks and all(task.verdict != "pass" for task in result.tasks[:2])
    # At most two cases run to the limit: the import, and the first one of the check.
    # A machine that is busy with other things adds its time; without limits there is no end.
    assert took < 2 * SECONDS + 120
    assert not left_by(scratch)
    assert not os.listdir(scratch)
    assert files(FOLDER) == unit_files and not (FOLDER.parent / "written").exists()
    assert len(result.output) < 100_000
    assert "Traceback" not in result.message
