"""What the commands about runs print fits 40 and 80 columns, with names and commands whole."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from undergrad.cli import presets
from undergrad.cli.app import cli

OLD = Path(__file__).parents[1] / "runs" / "old"
RUNS = [path.name for path in OLD.iterdir()]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that is not a journey, with four runs in it."""
    shutil.copytree(OLD, tmp_path / "runs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    return tmp_path


def printed(arguments, columns):
    """The lines, also those about an error."""
    done = CliRunner().invoke(cli, arguments, env={"COLUMNS": str(columns)}, standalone_mode=False)
    said = "" if done.exception is None else f"{done.exception}\n"
    return done.stdout.splitlines(), done.stderr.splitlines(), said


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["runs"], RUNS),
        (["train"], presets.names()),
        (["train", "--list"], presets.names()),
        (["train", "--help"], presets.names()),
        (["runs", "compare", "cartpole", "ppo"], ["cartpole", "ppo"]),
        (["train", "celsius", "--set", "epochs=2"], ["undergrad train celsius --seeds 5"]),
        (["train", "moons", "--resume", "moons"], ["undergrad train moons --seeds 5"]),
        (["evaluate", "nothing"], []),
    ],
    ids=lambda value: " ".join(value)[:20],
)
def test_lines_fit_and_no_name_is_broken(folder, arguments, names, columns):
    out, err, _ = printed(arguments, columns)
    for line in [*out, *err]:
        whole = len(re.sub(r"`[^`]*`", "x", line.strip()).split()) == 1  # nowhere to break it
        assert len(line) <= columns or whole, line
    for name in names:
        assert any(name in line for line in [*out, *err]), name


@pytest.mark.parametrize("columns", [40, 80])
def test_the_names_of_settings_stand_in_columns(folder, columns):
    _, _, said = printed(["train", "digits", "--set", "epoch=3"], columns)
    first, *rows = said.splitlines()
    assert first.startswith("There is no setting `epoch`: did you mean `epochs`?")
    assert {"hidden_size", "weight_decay", "learning_rate"} <= set(" ".join(rows).split())
    assert all(len(row) <= columns for row in rows)
