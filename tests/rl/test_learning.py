"""It learns: a little in seconds, and to the line in the full training."""

import numpy as np
import pytest

import undergrad.rl
from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer


def test_public_names():
    mine = {"DQN", "PrioritizedReplayBuffer", "ReplayBuffer", "evaluate", "make_env", "train"}
    assert mine <= set(undergrad.rl.__all__)
    assert all(callable(getattr(undergrad.rl, name)) for name in undergrad.rl.__all__)


def test_three_thousand_steps_are_far_better_than_chance():
    """Pushing at random lasts about 22 steps."""
    trainer = Trainer(preset.load("cartpole").with_settings({"steps": "3000"}), seed=0)
    while not trainer.finished:
        trainer.advance()
    assert trainer.judge(episodes=20).mean > 120


@pytest.mark.slow
def test_five_seeds_reach_the_line(tmp_path):
    run = undergrad.rl.train("cartpole", seeds=range(5), runs=tmp_path)
    assert run.verdict == "pass", run.summary
    assert min(seed.score for seed in run.seeds) >= 475
    assert max(seed.steps for seed in run.seeds) <= 50_000


@pytest.mark.slow
@pytest.mark.parametrize("task", ["acrobot", "mountaincar"])
def test_a_seed_that_chose_nothing_reaches_the_line(task, tmp_path):
    run = undergrad.rl.train(task, seeds=[100], runs=tmp_path)
    assert run.verdict == "pass", run.summary


@pytest.mark.slow
def test_the_values_are_honest():
    """What the agent expects is close to what it then earns, discounted."""
    trainer = Trainer(preset.load("cartpole"), seed=11)
    while not trainer.finished:
        trainer.advance()
    last = trainer.evaluations[-3:]
    gaps = [abs(row["value"] - row["discounted"]) for row in last]
    assert np.mean(gaps) < 10
