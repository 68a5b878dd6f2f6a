"""The course builds an engine: with all solutions in a learner's place nothing is on loan.

Short form: a few steps of the MLP, the CNN, the GPT and the LLaMA equal those of the reference.
Long form (`slow`): the whole trainings reach their lines.
"""

from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pkgutil import resolve_name

import numpy as np
import pytest
from tests.course import gate
from tests.runs.on_disk import resume, start
from tests.sample import at_most

from undergrad.checker import check
from undergrad.cli import presets
from undergrad.cli.own_engine import account_of
from undergrad.engine import optim
from undergrad.engine.training.train import Progress
from undergrad.mine.account import FRAME, account
from undergrad.mine.adapter import adapters
from undergrad.mine.agent_trials import AGENT_TRIALS
from undergrad.mine.judge import judge
from undergrad.mine.kit import kit_of
from undergrad.mine.parts import judged
from undergrad.mine.rainbow_trials import RAINBOW_TRIALS
from undergrad.mine.trace import trace
from undergrad.rl.build import build
from undergrad.rl.run.trainer import Trainer
from undergrad.supervised import catalogue
from undergrad.words import part_name

UNITS = [unit for unit in gate.written() if unit.parts]
PRESETS = ("digits", "digits-cnn", "text-gpt", "text-llm")
# So that a few steps take a second; a layer of each kind stays.
_SHORT = {"batch_size": "4", "sequence_length": "32", "embedding_dim": "32"}
SMALL = {"text-gpt": _SHORT, "text-llm": _SHORT}
FEW_GAMES = {"n_envs": "64", "hidden_sizes": "32"}

each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.id)
each_preset = pytest.mark.parametrize("preset", PRESETS)


@cache
def solved():
    """Every part of the course, as if the worked solutions were a learner's files."""
    return tuple(part for unit in UNITS for part in judged_solution(unit))


def unit_adapters(unit):
    path = gate.folder(unit) / "parts.py"
    return adapters(path.read_bytes(), str(path))


def judged_solution(unit):
    solution = gate.folder(unit) / "solution.py"
    known = unit_adapters(unit)
    verdicts = [
        judge(name, adapter, gate.learners(solution.read_text("utf-8"), str(solution)))
        for name, adapter in known.items()
    ]
    return judged(unit, solution, verdicts)


@cache
def kit():
    return kit_of(solved())


class Until:
    """Ends a training when the question says so."""

    def __init__(self, question):
        self.question = question

    def on_step(self, progress):
        progress.stop = self.question(progress.step)


def small(preset):
    return catalogue.load(preset).with_settings(SMALL.get(preset, {}))


def losses_and_weights(preset, steps, around, optimizer=None):
    """The first steps of a training, or of one with another optimiser."""
    with around():
        made = small(preset).experiment(seed=0)
        if optimizer:
            chosen = optimizer(made.model.parameters())
            made = replace(made, optimizer=chosen, callbacks=[], scheduler=None)
        progress = Progress()
        made.train(progress, [Until(lambda step: step >= steps)])
        weights = np.concatenate([p.data.ravel() for p in made.model.parameters()])
        return np.array(progress.losses), weights


@each_unit
def test_what_is_read_is_what_is_there_and_names_the_engine(unit):
    found = unit_adapters(unit)
    assert {part.name: part.adapter for part in unit.parts} == {
        name: adapter.__name__ for name, adapter in found.items()
    }
    for part in unit.parts:
        assert callable(resolve_name(part.name))


@pytest.mark.parametrize("unit", at_most(8, UNITS), ids=lambda unit: unit.id)
def test_every_part_of_the_solution_may_be_used(unit):
    parts = [each for each in solved() if each.unit == unit.id]
    assert len(parts) == len(unit.parts)
    assert [(each.name, each.reason) for each in parts if each.state != "yours"] == []


@each_unit
def test_no_part_of_the_blank_exercise_may_be_used(unit):
    blank = gate.stub(unit)
    for name, adapter in unit_adapters(unit).items():
        assert not judge(name, adapter, blank).fits, name


@each_preset
def test_nothing_is_on_loan(preset):
    def first_steps(stop):
        made = small(preset).experiment(seed=0)
        made.train(Progress(), [Until(lambda step: stop())])

    found = account(trace(first_steps, kit().functions()), solved())
    assert found.on_loan == ()
    assert len(found.yours) >= 5
    assert set(found.frame) <= set(FRAME)


@pytest.mark.parametrize("preset", ["cartpole", "catch"])
def test_nothing_is_on_loan_for_an_agent(preset):
    found = account_of(presets.load(preset), solved())
    assert found.on_loan == ()
    of_engine = {"linear", "relu", "gather", "huber_loss", "Adam"}
    of_agent = {"epsilon_greedy", "linear_schedule", "polyak_update", "discounted_sum"}
    of_memory = {"ReplayBuffer.add", "ReplayBuffer.sample"}
    assert of_engine | of_agent | of_memory <= set(map(part_name, found.yours))
    assert "loops" in found.frame


def of_dqn(name):
    update = "undergrad.rl.networks.polyak_update"
    return name.startswith(("undergrad.rl.agents.dqn.", "undergrad.rl.replay.", update))


def test_what_a_plain_dqn_learns_from_is_its_makers():
    found = account_of(presets.load("cartpole"), solved())
    assert set(filter(of_dqn, AGENT_TRIALS)) <= set(found.yours)


@pytest.mark.parametrize(
    "distributional, other", [("c51", "quantile_huber_loss"), ("quantile", "c51_projection")]
)
def test_what_rainbow_learns_from_is_its_makers(distributional, other):
    blocks = {"double": "true", "dueling": "true", "per_alpha": "0.5"}
    settings = {**blocks, "distributional": distributional}
    found = account_of(presets.load("catch").with_settings(settings), solved())
    assert set(map(part_name, RAINBOW_TRIALS.keys() - set(found.yours))) == {other}


@pytest.mark.parametrize("preset, on_loan", [("td3-pendulum", set()), ("sac-pendulum", {"clip"})])
def test_what_an_actor_of_rows_of_numbers_learns_from_is_its_makers(preset, on_loan):
    found = account_of(presets.load(preset), solved())
    assert {part_name(loan.name) for loan in found.on_loan} == on_loan
    assert {"td_target", "critic_loss", "concat", "matmul"} <= set(map(part_name, found.yours))


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "preset", ["cliff", pytest.param("frozenlake", marks=SLOW), pytest.param("taxi", marks=SLOW)]
)
def test_what_a_table_learns_from_is_its_makers(preset):
    found = account_of(presets.load(preset), solved())
    assert found.on_loan == ()
    assert {"td_target", "Table.move"} <= set(map(part_name, found.yours))


def test_nothing_is_on_loan_for_alphazero():
    found = account_of(presets.load("tictactoe-zero").with_settings(FEW_GAMES), solved())
    assert found.on_loan == ()
    search = {"puct_select", "prior_of", "Trees.back_up", "completed_q", "improved_policy"}
    learning = {"alphazero_loss", "outcomes", "at_random_symmetry", "linear", "tanh", "AdamW"}
    assert search | learning <= set(map(part_name, found.yours))


def test_nothing_is_on_loan_for_the_search_of_the_paper():
    settings = FEW_GAMES | {"root": "puct"}
    found = account_of(presets.load("tictactoe-zero").with_settings(settings), solved())
    assert found.on_loan == ()
    assert {"with_noise", "visit_policy"} <= set(map(part_name, found.yours))


def test_alphazero_plays_and_learns_the_same_with_own_parts():
    preset = presets.load("tictactoe-zero").with_settings(FEW_GAMES)

    def two_batches():
        loop = build(preset.agent, preset.env, preset.settings, seed=0)
        losses = [loop.advance() or loop.info["loss"] for _ in range(2)]
        return losses, loop.window.state_dict()["columns"]

    losses, kept = two_batches()
    with kit()():
        own_losses, own_kept = two_batches()
    np.testing.assert_allclose(own_losses, losses, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(own_kept["own"], kept["own"])
    np.testing.assert_allclose(own_kept["policy"], kept["policy"], rtol=0, atol=1e-5)
    np.testing.assert_array_equal(own_kept["outcome"], kept["outcome"])


@pytest.mark.parametrize("preset", ["ppo", "ppo-pendulum"])
def test_what_ppo_learns_from_is_its_makers(preset):
    found = account_of(presets.load(preset), solved())
    assert {"clipped_surrogate", "approx_kl", "minibatches"} <= set(map(part_name, found.yours))
    assert ("RunningMeanStd" in map(part_name, found.yours)) == (preset == "ppo-pendulum")


def test_the_returns_of_reinforce_are_its_makers():
    found = account_of(presets.load("reinforce"), solved())
    assert "undergrad.rl.advantages.returns" in found.yours


@pytest.mark.parametrize("preset", ["a2c", "ppo"])
def test_what_an_actor_critic_learns_from_is_its_makers(preset):
    found = account_of(presets.load(preset), solved())
    assert found.on_loan == ()
    of_rollouts = {"gae", "explained_variance", "collect"} | ({"a2c_loss"} & {f"{preset}_loss"})
    assert of_rollouts <= set(map(part_name, found.yours))


@pytest.mark.slow
def test_nothing_is_on_loan_for_an_agent_that_plays_from_pixels():
    found = account_of(presets.load("minipong"), solved())
    assert found.on_loan == ()
    of_pixels = {"frame_difference", "returns_to_points", "Categorical.log_prob"}
    assert of_pixels <= set(map(part_name, found.yours))


def weights_of_a2c(updates, around):
    """All weights, flat, after some updates of the preset."""
    with around():
        trainer = Trainer(presets.load("a2c"), 0)
        while trainer.agent.updates < updates:
            trainer.advance()
        state = trainer.agent.weights()["net"]
        trainer.close()
        return np.concatenate([np.ravel(each) for each in state.values()])


def test_a_few_updates_of_a2c_equal_those_of_the_reference():
    before, reference = (weights_of_a2c(updates, nullcontext) for updates in (0, 5))
    assert np.abs(reference - before).max() > 1e-3
    np.testing.assert_allclose(weights_of_a2c(5, kit()), reference, rtol=0, atol=2e-5)


@each_preset
def test_a_few_steps_equal_those_of_the_reference(preset):
    losses, weights = losses_and_weights(preset, 5, nullcontext)
    own_losses, own_weights = losses_and_weights(preset, 5, kit())
    np.testing.assert_allclose(own_losses, losses, rtol=0, atol=1e-5)
    np.testing.assert_allclose(own_weights, weights, rtol=0, atol=2e-4)


def test_digits_with_own_linear_relu_loss_and_sgd_equal_the_reference_to_a_millionth():
    def sgd(params):
        return optim.SGD(params, lr=0.1)

    losses, weights = losses_and_weights("digits", 113, nullcontext, sgd)  # an epoch
    own_losses, own_weights = losses_and_weights("digits", 113, kit(), sgd)
    np.testing.assert_allclose(own_losses, losses, rtol=0, atol=1e-6)
    np.testing.assert_allclose(own_weights, weights, rtol=0, atol=1e-6)
    assert losses[-1] < losses[0] / 1.5


@pytest.mark.slow
@each_preset
def test_the_whole_training_reaches_its_line_on_own_parts(preset, tmp_path):
    record = resume(start(catalogue.load(preset), tmp_path, range(1)), context=kit())
    assert record["verdict"] == "pass", record["summary"]


def test_what_the_engine_refuses_is_refused_by_the_check_too(tmp_path):
    """Right in every check, which are in float64, and wrong in a case of the part."""
    unit = gate.loaded().unit("backprop")
    solution = (gate.folder(unit) / "solution.py").read_text("utf-8")
    right = "return g * (cache > 0)"
    file = tmp_path / "backprop.py"
    file.write_text(solution.replace(right, f"{right} if g.dtype == np.float64 else 0 * g"))
    result = check(unit, file)
    assert result.verdict == "fail" and {each.verdict for each in result.tasks[:-1]} == {"pass"}
    assert result.message.startswith("In place of our `engine.ops.elementwise.relu`, on “")
