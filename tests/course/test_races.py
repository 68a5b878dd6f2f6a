"""The comparisons of the lessons still run, long after their tables were made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CURRICULUM = Path(__file__).parents[2] / "curriculum"
RACES = sorted(path.relative_to(CURRICULUM) for path in CURRICULUM.glob("*/*/race.py"))
SECONDS = 20  # enough to come past the imports and into the first training


@pytest.fixture(scope="module")
def curriculum(tmp_path_factory):
    """A copy, because a race that ends writes its table; and a whole one, for their neighbours."""
    return shutil.copytree(CURRICULUM, tmp_path_factory.mktemp("races") / "curriculum")


@pytest.mark.slow
@pytest.mark.parametrize("race", RACES, ids=lambda path: path.parent.name)
def test_a_race_is_still_running_or_has_ended_well(race, curriculum):
    command = [sys.executable, "race.py"]
    one = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    folder = curriculum / race.parent
    try:
        done = subprocess.run(
            command, cwd=folder, env=one, timeout=SECONDS, capture_output=True, text=True
        )
    except subprocess.TimeoutExpired:
        return
    if "No module named 'torch'" in done.stderr:
        pytest.skip("it races against PyTorch, which is not installed")
    assert done.returncode == 0, done.stderr[-2_000:]
