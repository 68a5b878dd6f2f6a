"""Runs of policy gradients: exact resume, what the log says, and that they learn."""

import numpy as np
import pytest
from tests.runs.on_disk import after, flat, resume, start

import undergrad.rl
from undergrad import engine
from undergrad.errors import UsageError
from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer

PRESETS = ("reinforce", "a2c", "ppo", "ppo-pendulum")
SHORT = {
    "steps": "900",
    "n_envs": "3",
    "hidden_sizes": "8",
    "evaluate_every": "300",
    "evaluation_episodes": "2",
    "log_every": "60",
}
ROLLOUT = {"n_steps": "20"}
PASSES = {"n_epochs": "2", "batch_size": "16"}


def short(name, **changes):
    extra = {"reinforce": {}, "a2c": ROLLOUT}.get(name, ROLLOUT | PASSES)
    return preset.load(name).with_settings(SHORT | extra | changes)


def play_on(trainer):
    """The rows of the log until the budget is used up."""
    rows = []
    while not trainer.finished:
        rows += trainer.advance()
    trainer.close()
    return rows


@pytest.fixture(scope="module", params=PRESETS)
def whole(request):
    """The name of a preset, a short training that nobody disturbed, and its log."""
    trainer = Trainer(short(request.param), 3)
    rows = play_on(trainer)
    return request.param, trainer, rows


def test_saved_and_resumed_equals_undisturbed(whole, tmp_path):
    name, undisturbed, log = whole
    rows, path = [], tmp_path / "checkpoint.safetensors"
    trainer = Trainer(short(name), 3)
    for _ in range(3):
        rows += trainer.advance()
        engine.save(path, trainer=trainer)
        trainer = Trainer(short(name), 3)
        engine.load(path, trainer=trainer)
    assert rows + play_on(trainer) == log
    assert flat(trainer.state_dict()) == flat(undisturbed.state_dict())


def test_the_log_says_what_is_needed_to_see_trouble(whole):
    name, _, log = whole
    rows = [row for row in log if row["kind"] == "progress"]
    wanted = {"policy_loss", "value_loss", "entropy", "explained_variance", "grad_norm"}
    wanted |= {"approx_kl", "clip_fraction", "updates"} if name.startswith("ppo") else set()
    for row in rows[-5:]:
        assert wanted <= row.keys()
        assert all(np.isfinite(row[key]) for key in wanted)
        assert row["grad_norm"] > 0


def test_the_budget_is_kept(whole):
    name, trainer, _ = whole
    assert 900 <= trainer.steps < 960
    if name == "reinforce":
        assert trainer.steps < 903  # an episode that would go beyond is not awaited


def test_a_checkpoint_of_another_agent_is_named(tmp_path):
    folder = start(short("a2c"), tmp_path, [3])
    resume(folder, should_stop=after(2))
    other = start(short("reinforce"), tmp_path, [3])
    resume(other, should_stop=after(2))
    place = "seed-3/checkpoint.safetensors"
    (folder / place).write_bytes((other / place).read_bytes())
    with pytest.raises(UsageError, match="it was made with preset = reinforce"):
        resume(folder)


def test_observations_of_another_shape_are_named():
    with pytest.raises(UsageError, match="observation_scale has 2 numbers"):
        Trainer(short("ppo", observation_scale="1,1"), 0)


@pytest.mark.parametrize(
    ("name", "steps"), [("reinforce", 12_000), ("a2c", 12_000), ("ppo", 6_000)]
)
def test_a_few_thousand_steps_are_far_better_than_chance(name, steps):
    """Pushing at random lasts about 22 steps."""
    trainer = Trainer(preset.load(name).with_settings({"steps": str(steps)}), seed=0)
    while not trainer.finished:
        trainer.advance()
    assert trainer.judge(episodes=20).mean > 100


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESETS)
def test_three_seeds_reach_the_line(name, tmp_path):
    run = undergrad.rl.train(name, seeds=range(3), runs=tmp_path)
    assert run.verdict == "pass", run.summary


@pytest.mark.parametrize("name", ["a2c", "ppo"])
def test_the_critic_may_be_trusted_after_one_step(name):
    assert short(name, gae_lambda="0").settings.gae_lambda == 0
