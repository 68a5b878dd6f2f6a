"""Runs of TD3 and SAC: exact resume, what the log says, time limits, bad input, and learning."""

from dataclasses import replace

import gymnasium
import numpy as np
import pytest
from tests.runs.on_disk import flat

import undergrad.rl
from undergrad import engine
from undergrad.errors import UsageError
from undergrad.rl.build import build, settings_class
from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.vector_env import EnvSpec

VARIANTS = {
    "td3": ("td3-pendulum", {}),
    "ddpg": (
        "td3-pendulum",
        {"n_critics": "1", "target_policy_noise": "0", "policy_delay": "1"},
    ),
    "td3, slowly": ("td3-pendulum", {"policy_delay": "3", "n_step": "3"}),
    "sac": ("sac-pendulum", {}),
    "sac, fixed": ("sac-pendulum", {"autotune": "false", "ent_coef": "0.2"}),
    "sac, three steps": ("sac-pendulum", {"n_step": "3", "n_critics": "3"}),
}
SHORT = {
    "steps": "240",
    "n_envs": "2",
    "gradient_steps": "1",
    "hidden_sizes": "8",
    "batch_size": "16",
    "learning_starts": "40",
    "evaluate_every": "120",
    "evaluation_episodes": "1",
    "log_every": "20",
    "buffer_size": "300",
}
variants = pytest.mark.parametrize("name", VARIANTS)


def run_of(name, seed=0, **changes):
    task, variant = VARIANTS[name]
    return Trainer(preset.load(task).with_settings(variant | SHORT | changes), seed)


def play_on(trainer):
    rows = []
    while not trainer.finished:
        rows += trainer.advance()
    trainer.close()
    return rows


@variants
def test_saved_and_resumed_equals_undisturbed(name, tmp_path):
    whole, rows, before = run_of(name), [], 0
    while not whole.finished:
        rows += whole.advance()
        if whole.steps == 90:
            engine.save(tmp_path / "half.safetensors", trainer=whole)
            before = len(rows)
    resumed = run_of(name)
    engine.load(tmp_path / "half.safetensors", trainer=resumed)
    assert play_on(resumed) == rows[before:]
    assert flat(resumed.state_dict()) == flat(whole.state_dict())


@variants
def test_the_log_says_what_is_needed_to_see_trouble(name):
    rows = [row for row in play_on(run_of(name)) if row["kind"] == "progress"]
    wanted = {"epsilon", "loss", "grad_norm", "q", "critic_gap", "action_size"}
    wanted |= {"target_lag", "replay_age", "terminated"}
    wanted |= {"entropy", "ent_coef", "actor_loss"} if name.startswith("sac") else set()
    for row in rows[-5:]:
        assert wanted <= row.keys()
        assert all(np.isfinite(row[column]) for column in wanted)
        assert row["epsilon"] == 0
        assert row["terminated"] == 0  # a pendulum never ends, it is only cut off
        assert 0 < row["action_size"] <= 1
    assert rows[0]["epsilon"] == 1


def test_only_a_true_end_is_stored_as_one():
    """Pucks that leave the table, and games that are cut off after 100 steps."""
    settings = replace(
        settings_class("sac")(), n_envs=8, learning_starts=5_000, steps=5_000, hidden_sizes=(4,)
    )
    loop = build("sac", EnvSpec("undergrad/Puck-v0"), settings, 0)
    ended = 0
    while loop.steps < 3_000:
        ended += len(loop.advance())
    stored = loop.replay.fields
    after, terminated = stored["next_observation"][:3_000], stored["terminated"][:3_000]
    np.testing.assert_array_equal(terminated, (np.abs(after[:, :2]) > 1).any(axis=1))
    assert 0 < terminated.sum() < ended  # the others were cut off


def test_the_buffer_holds_what_the_environment_received():
    trainer = run_of("td3")
    received, honest = [], trainer.loop.env.step
    trainer.loop.env.step = lambda action: received.append(action) or honest(action)
    for _ in range(40):
        trainer.advance()
    stored = trainer.loop.replay.fields["action"][:80]
    np.testing.assert_array_equal(stored, np.concatenate(received))
    assert 1.5 < np.abs(stored).max() <= 2  # newton metres, not -1 to 1


CORRIDOR = "tests.rl.own_world:Corridor-v0"


@pytest.mark.parametrize("agent", ["sac", "td3"])
@pytest.mark.parametrize("kind", ["torque", "torque64", "one number", "square", "levels"])
def test_every_row_of_numbers_can_be_chosen(agent, kind):
    settings = settings_class(agent)(
        steps=80, n_envs=2, learning_starts=10, hidden_sizes=(4,), batch_size=4, gradient_steps=1
    )
    loop = build(agent, EnvSpec(CORRIDOR, {"done": kind, "seen": "float64"}), settings, 0)
    while loop.steps < 80:
        loop.advance()
    assert loop.agent.updates > 20
    assert loop.replay.fields["observation"].dtype == np.float32
    assert loop.agent.value(loop.env.observation).shape == (2,)


@pytest.mark.parametrize("agent", ["sac", "td3"])
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            "CartPole-v1",
            r"choose a row of numbers.*CartPole-v1 is Discrete\(2\): train it with dqn",
        ),
        ("tests.rl.own_world:Idle", "no agent can choose"),
        ("undergrad/Catch-v0", r"Discrete\(3\)"),
    ],
)
def test_actions_that_it_cannot_choose_are_named(agent, environment, said):
    with pytest.raises(UsageError, match=said) as told:
        build(agent, EnvSpec(environment), settings_class(agent)(), 0)
    assert "\n" not in str(told.value)


class Aim(gymnasium.Env):
    """One step: the nearer the action is to 5 + 3 x, for the x that is seen, the better."""

    observation_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)
    action_space = gymnasium.spaces.Box(0, 10, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.x = self.np_random.uniform(-1, 1, 1).astype(np.float32)
        return self.x, {}

    def step(self, action):
        distance = float(action[0] - (5 + 3 * self.x[0])) / 5
        return self.x, -(distance**2), True, False, {}


gymnasium.register("tests/Aim-v0", Aim)


@pytest.mark.parametrize("agent", ["sac", "td3"])
def test_it_learns_the_best_action(agent):
    settings = settings_class(agent)(
        steps=700, n_envs=4, learning_starts=200, hidden_sizes=(32,), gradient_steps=4
    )
    settings = replace(settings, learning_rate=0.01)
    loop = build(agent, EnvSpec("tests/Aim-v0"), settings, 0)
    while loop.steps < settings.steps:
        loop.advance()
    x = np.linspace(-1, 1, 21, dtype=np.float32)[:, None]
    np.testing.assert_allclose(loop.agent.act_greedily(x), 5 + 3 * x, atol=0.6)


_ONE_FAILS = pytest.mark.xfail(reason="seed 2 of td3-pendulum falls back before the end: -316")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sac-pendulum", pytest.param("td3-pendulum", marks=_ONE_FAILS)])
def test_three_seeds_reach_the_line(name, tmp_path):
    run = undergrad.rl.train(name, seeds=range(3), runs=tmp_path)
    assert run.verdict == "pass", run.summary
