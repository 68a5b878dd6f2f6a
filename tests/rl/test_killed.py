"""kill -9 at any moment, and the resumed training ends with the very bits of an undisturbed one."""

import random
import subprocess
import sys
import time

import pytest
from tests.runs.on_disk import content

TRAIN = [sys.executable, "-c", "from undergrad.cli import main; main()", "train"]
SHORT = {
    "cartpole": {"steps": 6000, "evaluate_every": 500, "evaluation_episodes": 3},
    "tictactoe-zero": {
        "steps": 12_000, "n_envs": 64, "hidden_sizes": 32, "evaluate_every": 500,
        "evaluation_episodes": 50,
    },
}  # fmt: skip


def only_run(folder):
    (run,) = (folder / "runs").iterdir()
    return run


def train_killed(folder, preset, moments, most):
    """Train in `folder`, kill at these moments, resume, until it is done. Returns the kills."""
    folder.mkdir()
    settings = [part for k, v in SHORT[preset].items() for part in ("--set", f"{k}={v}")]
    command, kills = [*TRAIN, preset, *settings], 0
    while True:
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(timeout=next(moments) if kills < most else None)
            return kills
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
        if (folder / "runs").is_dir():
            command = [*TRAIN, "--resume", only_run(folder).name]


@pytest.mark.slow
@pytest.mark.parametrize("preset", SHORT)
def test_ten_kills_change_nothing(preset, tmp_path):
    started = time.monotonic()
    train_killed(tmp_path / "undisturbed", preset, iter(()), 0)
    lasted, draws = time.monotonic() - started, random.Random(0)
    moments = (lasted * draws.uniform(0.2, 0.9) for _ in range(99))
    expected, kills = content(only_run(tmp_path / "undisturbed"), 0), 0
    for attempt in range(30):  # a lucky one may be done before all its kills
        kills += train_killed(tmp_path / f"killed-{attempt}", preset, moments, 10 - kills)
        assert content(only_run(tmp_path / f"killed-{attempt}"), 0) == expected
        if kills == 10:
            break
    assert kills == 10
