"""How far it is from the command that a person types to the step of the optimiser."""

import sys
from pathlib import Path
from types import FrameType

import pytest
from click.testing import CliRunner

from undergrad.cli.app import cli
from undergrad.engine.optim import Adam

QUICK = ("steps=200", "learning_starts=100", "evaluate_every=200", "evaluation_episodes=1")


def calls_since(name: str) -> list[str]:
    """The functions from the caller's caller up to the one called `name`, which is the last."""
    frame: FrameType | None = sys._getframe(2)
    names = []
    while frame is not None and name not in names:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


def test_train_cartpole_reaches_adam_in_ten_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths: list[list[str]] = []
    step = Adam.step

    def counted(self: Adam) -> None:
        paths.append(calls_since("train_command"))
        step(self)

    monkeypatch.setattr(Adam, "step", counted)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    settings = [word for change in QUICK for word in ("--set", change)]
    CliRunner().invoke(cli, ["train", "cartpole", *settings], standalone_mode=False)
    assert paths
    assert len(paths[0]) <= 10, " < ".join(paths[0])
    assert paths[0][-1] == "train_command"
