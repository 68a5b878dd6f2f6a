"""Every block of Rainbow, alone and all together: resumed exactly, and it learns."""

from dataclasses import replace

import numpy as np
import pytest
from tests.rl import pictures_world  # noqa: F401  # makes its world known
from tests.runs.on_disk import flat

from undergrad import engine
from undergrad.errors import UsageError
from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.vector_env import EnvSpec

QUIET = {"epsilon_start": "0", "epsilon_end": "0"}  # noisy layers explore by themselves
VARIANTS = {
    "plain": {"n_step": "1"},
    "double": {"double": "true", "n_step": "1"},
    "n-step": {"n_step": "5"},
    "dueling": {"dueling": "true"},
    "prioritized": {"per_alpha": "0.6"},
    "noisy": {"noisy": "true"} | QUIET,
    "c51": {"distributional": "c51"},
    "quantile": {"distributional": "quantile", "n_atoms": "25"},
    "boltzmann": {"temperature": "0.02", "epsilon_start": "0.1"},
    "ez-greedy": {"ez_duration": "4"},
    "rainbow": {
        "double": "true",
        "dueling": "true",
        "per_alpha": "0.5",
        "noisy": "true",
        "distributional": "c51",
    }
    | QUIET,
}
SHORT = {
    "steps": "360",
    "n_envs": "3",
    "hidden_sizes": "8",
    "batch_size": "16",
    "learning_starts": "60",
    "evaluate_every": "120",
    "evaluation_episodes": "2",
    "log_every": "60",
    "buffer_size": "200",
}
variants = pytest.mark.parametrize("name", VARIANTS)


def run_of(name, seed=0, **changes):
    return Trainer(preset.load("cartpole").with_settings(VARIANTS[name] | changes), seed)


@variants
def test_resumed_in_the_middle_it_ends_equally(name, tmp_path):
    whole, rows = run_of(name, **SHORT), []
    while not whole.finished:
        rows += whole.advance()
        if whole.steps == 180:
            engine.save(tmp_path / "half.safetensors", trainer=whole)
            before = len(rows)
    resumed = run_of(name, **SHORT)
    engine.load(tmp_path / "half.safetensors", trainer=resumed)
    later = []
    while not resumed.finished:
        later += resumed.advance()
    assert later == rows[before:]
    assert flat(resumed.state_dict()) == flat(whole.state_dict())


@variants
def test_the_log_reports_its_state(name):
    trainer, rows = run_of(name, **SHORT), []
    while not trainer.finished:
        rows += trainer.advance()
    told = [row for row in rows if row["kind"] == "progress" and row["step"] > 60]
    numbers = {"epsilon", "loss", "grad_norm", "q", "action_gap", "td_error", "target_lag"}
    numbers |= {"replay_age", "terminated"}
    for row in told:
        assert numbers <= set(row)
        assert all(np.isfinite(row[number]) for number in numbers)
        assert row["action_gap"] >= 0
        assert 0 <= row["replay_age"] < 200
        assert 0 <= row["terminated"] <= 1
    assert all("epsilon" in row for row in rows if row["kind"] == "progress")
    measured = [row for row in rows if row["kind"] == "evaluation"]
    assert all({"value", "discounted"} <= set(row) for row in measured)


@pytest.mark.slow
@variants
def test_it_learns_in_eight_thousand_steps(name):
    """Pushing at random lasts about 22 steps."""
    trainer = run_of(name, steps="8000", evaluate_every="2000", epsilon_steps="3000")
    while not trainer.finished:
        trainer.advance()
    assert trainer.judge(episodes=20).mean > 90


IMAGES = {"observation_scale": "", "frame_stack": "3", "v_max": "20"}


def of_images(**changes):
    task = preset.load("cartpole").with_settings(SHORT | IMAGES | changes)
    return Trainer(replace(task, env=EnvSpec("tests/Dots-v0")), 0)


def test_frames_stored_once_train_the_same_agent(tmp_path):
    """As long as nothing has been thrown away, it makes no difference how they are stored."""
    once, each = (
        of_images(buffer_size="900"),
        of_images(buffer_size="900", frame_stack="0"),
    )
    while not once.finished:
        assert [row["return"] for row in once.advance()] == [
            row["return"] for row in each.advance()
        ]
    for name, array in once.agent.state_dict()["online"].items():
        np.testing.assert_array_equal(array, each.agent.state_dict()["online"][name])
    kept, copied = once.loop.replay.store.frames, each.loop.replay.fields["observation"]
    assert 3 * kept.nbytes == copied.nbytes


def test_a_run_on_images_is_resumed_exactly(tmp_path):
    whole, resumed = of_images(), of_images()
    while not whole.finished:
        whole.advance()
        if whole.steps == 240:
            engine.save(tmp_path / "half.safetensors", trainer=whole)
    engine.load(tmp_path / "half.safetensors", trainer=resumed)
    while not resumed.finished:
        resumed.advance()
    assert flat(resumed.state_dict()) == flat(whole.state_dict())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"frame_stack": "4"}, "not a stack of that many images"),
        ({"per_alpha": "0.5"}, "set per_alpha to 0"),
        ({"buffer_size": "9"}, "buffer_size must be at least"),
    ],
)
def test_frames_that_do_not_fit_are_refused(changes, said):
    with pytest.raises(UsageError, match=said):
        of_images(**changes)
