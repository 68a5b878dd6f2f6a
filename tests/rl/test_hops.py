"""How far a reader has to go: the files and the frames of one training step of CartPole."""

import sys
from pathlib import Path

from click.testing import CliRunner

import undergrad
from undergrad.cli.train import train_command
from undergrad.engine.optim.adam import Adam
from undergrad.rl.build import build
from undergrad.rl.run import preset

ROOT = Path(undergrad.__file__).parent
MOST_FILES, MOST_FRAMES = 6, 10


def test_one_training_step_touches_few_files():
    task = preset.load("cartpole")
    loop = build(task.agent, task.env, task.settings, seed=0)
    while loop.steps < task.settings.learning_starts:
        loop.advance()
    touched = set()

    def watch(frame, event, argument):
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT / "rl"):
            touched.add(path.relative_to(ROOT / "rl").as_posix())

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        loop.advance()
    finally:
        sys.setprofile(before)
    assert loop.agent.updates > task.settings.gradient_steps  # it learned while it was watched
    assert len(touched) <= MOST_FILES, sorted(touched)


def test_the_command_reaches_adam_in_few_frames(tmp_path, monkeypatch):
    """Our own functions, from that of the command to Adam's update rule."""
    names, honest = [], Adam.update

    def update(self, *inputs):
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_name != "train_command":
            if Path(frame.f_code.co_filename).is_relative_to(ROOT):
                names.append(frame.f_code.co_name)
            frame = frame.f_back
        monkeypatch.setattr(Adam, "update", honest)
        return honest(self, *inputs)

    monkeypatch.setattr(Adam, "update", update)
    monkeypatch.chdir(tmp_path)
    short = {"steps": 200, "learning_starts": 100, "evaluate_every": 200, "evaluation_episodes": 1}
    changes = [part for name, value in short.items() for part in ("--set", f"{name}={value}")]
    CliRunner().invoke(train_command, ["cartpole", *changes])
    assert names[0] == "step"
    frames = ["train_command", *reversed(names), "update"]
    assert len(frames) <= MOST_FRAMES, frames
