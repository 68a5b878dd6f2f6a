"""Atari: refusals that need no game, and the whole pipeline where the extra is installed."""

import time

import numpy as np
import pytest

from undergrad import extras
from undergrad.engine import Tensor
from undergrad.errors import UsageError
from undergrad.rl import networks
from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.vector_env import make_env

needs_games = pytest.mark.skipif(extras.missing("atari"), reason=extras.advice("It", "atari"))
SHORT = {
    "steps": "100000",
    "learning_starts": "64",
    "buffer_size": "512",
    "evaluate_every": "90000",
}


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    with pytest.raises(UsageError, match=r"pip install 'undergrad\[atari\]'"):
        make_env("atari/Pong-v0")


def test_convolutions_want_pictures():
    task = preset.load("cartpole").with_settings({"encoder": "nature_cnn"})
    with pytest.raises(UsageError, match="needs 84 x 84 images of bytes"):
        Trainer(task, seed=0)


def test_convolutions_make_3136_numbers_of_a_stack_and_learn():
    rng = np.random.default_rng(0)
    net = networks.q_network(networks.NatureCNN(4, rng), networks.NatureCNN.outputs, [16], 3, rng)
    pictures = rng.integers(0, 256, (2, 4, 84, 84)).astype(np.float32)
    values = net(Tensor(pictures))
    assert values.shape == (2, 3)
    (values * values).sum().backward()
    gradients = [p.grad for p in net.parameters()]
    assert len(gradients) == 10
    assert all(g is not None and np.abs(g).max() > 0 for g in gradients), "each layer learns"


@needs_games
def test_a_game_that_is_none_is_named():
    with pytest.raises(UsageError, match="There is no Atari game atari/Ping-v0"):
        make_env("atari/Ping-v0")


@needs_games
def test_what_the_agent_sees_are_four_pictures_of_bytes_the_newest_last():
    env = make_env("atari/Pong-v0", 2, seed=3)
    before = env.observation.copy()
    assert (before.shape, before.dtype) == ((2, 4, 84, 84), np.uint8)
    transitions, _ = env.step(np.array([2, 3]))
    after = transitions.next_observation
    np.testing.assert_array_equal(after[:, :3], before[:, 1:])
    assert len(np.unique(after)) > 2, "paddles and field"
    env.close()


@needs_games
@pytest.mark.slow
def test_pong_trains_and_resumes_to_the_last_bit():
    task = preset.load("pong").with_settings(SHORT)
    whole = Trainer(task, seed=0)
    for _ in range(30):
        whole.advance()
    half = Trainer(task, seed=0)
    half.load_state_dict(whole.state_dict())
    began = time.process_time()
    for trainer in (whole, half):
        for _ in range(20):
            trainer.advance()
    print(f"{2 * 20 * task.settings.n_envs / (time.process_time() - began):.0f} steps a second")
    assert whole.loop.last == half.loop.last
    assert whole.loop.last["loss"] > 0
    ours, theirs = (t.loop.agent.online.state_dict() for t in (whole, half))
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
