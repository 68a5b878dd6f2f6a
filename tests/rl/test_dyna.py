"""Dyna-Q: what is remembered, what is learned from it, and how much sooner it finds the way."""

import numpy as np
import pytest
from tests.rl.test_tabular import agent_of, settings_of

from undergrad.errors import UsageError
from undergrad.rl.agents.tabular.agent import PLANS, Tabular, TabularSettings
from undergrad.rl.agents.tabular.control import Step
from undergrad.rl.agents.tabular.dyna import Model
from undergrad.rl.build import build
from undergrad.rl.envs import grids
from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.vector_env import EnvSpec

RNG = np.random.default_rng
# The maze of Sutton and Barto, figure 8.2.
MAZE = (".......#G", "..#....#.", "S.#....#.", "..#......", ".....#...", ".........")


def step(state, action, reward, after, terminated=False):
    return Step(state, action, reward, after, 0, terminated, terminated)


def test_the_model_remembers_the_last_outcome_of_each_action():
    model = Model()
    for seen in (step(0, 1, 5.0, 2), step(3, 0, 1.0, 0), step(0, 1, -1.0, 4, True)):
        model.learn(seen)
    drawn = list(model.sample(400, RNG(0)))
    assert set(drawn) == {step(3, 0, 1.0, 0), step(0, 1, -1.0, 4, True)}
    assert 160 < drawn.count(step(3, 0, 1.0, 0)) < 240
    other = Model()
    other.learn(step(9, 9, 9.0, 9))
    other.load_rows(model.rows())
    assert list(other.sample(50, RNG(1))) == list(model.sample(50, RNG(1)))


def test_imagined_steps_are_learned_from_like_real_ones():
    """One action was tried, so it is imagined again and again: n + 1 updates of one entry."""
    mdp = grids.chain(length=3)
    agent = Tabular(np.zeros((3, 2)), TabularSettings(learning_rate=0.5, planning_steps=3))
    agent.learn(0, step(1, 1, 1.0, 2, True), 0.1, RNG(0))
    assert agent.values[1, 1] == pytest.approx(1 - 0.5**4)
    assert agent.updates == 4
    plain = agent_of(mdp, settings_of("q_learning", rate=0.5))
    plain.learn(0, step(1, 1, 1.0, 2, True), 0.1, RNG(0))
    assert plain.values[1, 1] == 0.5


def steps_of_episodes(planning, seed, episodes=5):
    settings = TabularSettings(
        gamma=0.95, learning_rate=0.1, n_envs=1, planning_steps=planning, steps=10**6
    )
    options = {"layout": MAZE, "slip": 0.0, "max_episode_steps": 10_000}
    loop = build("tabular", EnvSpec("undergrad/Gridworld-v0", options), settings, seed)
    ends = [0]
    while len(ends) <= episodes:
        if loop.advance():
            ends.append(loop.steps)
    return np.diff(ends)


def test_planning_finds_the_way_in_a_few_episodes():
    """The shortest has 14 steps; without planning the fifth episode is still a long one."""
    fifth = {n: np.mean([steps_of_episodes(n, seed)[4] for seed in range(3)]) for n in (0, 10)}
    assert fifth[0] > 60
    assert 14 <= fifth[10] < 35


@pytest.mark.parametrize("method", PLANS)
def test_it_is_saved_and_continues_equally(method):
    changes = {"steps": "400", "method": method, "planning_steps": "4", "evaluate_every": "400"}
    task = preset.load("frozenlake").with_settings(changes)
    whole, other = Trainer(task, 0), Trainer(task, 0)
    while not whole.finished:
        whole.advance()
        if whole.steps == 200:
            other.load_state_dict(whole.state_dict())
    while not other.finished:
        other.advance()
    np.testing.assert_array_equal(other.agent.values, whole.agent.values)


def test_what_was_saved_before_there_was_a_model_is_still_read():
    task = preset.load("frozenlake").with_settings({"steps": "200"})
    old, other = Trainer(task, 0), Trainer(task, 0)
    old.advance()
    state = old.state_dict()
    del state["identity"]["planning_steps"], state["training"]["agent"]["model"]
    other.load_state_dict(state)
    assert other.steps == old.steps
    state["identity"]["method"] = "sarsa"
    with pytest.raises(ValueError, match="method = sarsa"):
        other.load_state_dict(state)


@pytest.mark.parametrize("method", ["sarsa", "n_step_sarsa", "sarsa_lambda", "monte_carlo"])
def test_methods_that_need_what_was_really_done_cannot_plan(method):
    with pytest.raises(UsageError, match=r"planning_steps needs a method .*choose one of"):
        TabularSettings(method=method, planning_steps=5)
