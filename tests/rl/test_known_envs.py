"""The tasks whose best policy is known: a training must find it, all the way."""

import numpy as np
import pytest

import undergrad.rl
from undergrad.rl.run import preset
from undergrad.rl.run.threshold import measure
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.vector_env import make_env

EXACT = ["cliff", "frozenlake", "taxi", "cliff-dqn", "frozenlake-dqn"]


def test_a_table_learns_the_way_along_the_cliff():
    trainer = Trainer(preset.load("cliff").with_settings({"steps": "10000"}), seed=0)
    while not trainer.finished:
        trainer.advance()
    trainer.close()
    about = (trainer.judged_agent().act_greedily, trainer.preset.env, 1.0)
    assert measure("share_of_best_actions", *about) == 1
    assert trainer.judge().returns == (-13.0,) * 10


def test_what_was_learnt_last_is_judged_where_the_line_says_so():
    """The best of several noisy evaluations would be a lucky one, not the best table."""
    trainer = Trainer(preset.load("frozenlake").with_settings({"steps": "2000"}), seed=0)
    while not trainer.finished:
        trainer.advance()
    trainer.close()
    np.testing.assert_array_equal(trainer.best["weights"]["0"], trainer.agent.weights()["0"])


@pytest.mark.parametrize("name", ["undergrad/MiniPong-v0", "undergrad/Garden-v0", "Taxi-v4"])
def test_our_worlds_go_on_from_a_saved_state(name):
    one, other = make_env(name, 2, seed=3), make_env(name, 2, seed=4)
    actions = np.random.default_rng(0).integers(3, size=(120, 2))
    for action in actions[:60]:
        one.step(action)
    other.load_state_dict(one.state_dict())
    for action in actions[60:]:
        (a, _), (b, _) = one.step(action), other.step(action)
        for field in vars(a):
            np.testing.assert_array_equal(getattr(a, field), getattr(b, field))


@pytest.mark.slow
@pytest.mark.parametrize("name", [*EXACT, "catch"])
def test_ten_seeds_of_ten_reach_the_line(name, tmp_path):
    run = undergrad.rl.train(name, seeds=range(10), runs=tmp_path)
    assert run.verdict == "pass", run.summary
    if name in EXACT:
        assert all(seed.more["share_of_best_actions"] == 1 for seed in run.seeds)
