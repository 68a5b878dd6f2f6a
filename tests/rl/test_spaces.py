"""Every kind of space is read once, and every misbehaviour of an environment is one sentence."""

from dataclasses import replace

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete
from tests.rl.own_world import DONE, SEEN

from undergrad.engine import Tensor
from undergrad.errors import ToolError, UsageError
from undergrad.rl import advantages
from undergrad.rl.agents.dqn import DQNSettings
from undergrad.rl.build import build, settings_class
from undergrad.rl.evaluate import evaluate
from undergrad.rl.normalize import NormalizeObservation, NormalizeReward
from undergrad.rl.registry import register
from undergrad.rl.run import render
from undergrad.rl.vector_env import LIMIT, EnvSpec, make_env, make_one

WORLD = "tests.rl.own_world:"
CORRIDOR = f"{WORLD}Corridor-v0"
HOSTILE = f"{WORLD}Hostile-v0"
# Enough for each agent to walk six cells, found by trying.
SMALL = {
    "dqn": {"steps": 3_000, "learning_starts": 200, "batch_size": 32, "epsilon_steps": 1_500},
    "ppo": {"steps": 12_000, "learning_rate": 0.003, "reward_scale": 0.0},
    "a2c": {"steps": 15_000, "learning_rate": 0.01},
    "reinforce": {"steps": 15_000, "learning_rate": 0.01},
    "tabular": {"steps": 3_000, "learning_rate": 0.5},
}


def trained(agent, **options):
    """An agent after its small budget in a corridor."""
    settings = replace(
        settings_class(agent)(),
        **{"hidden_sizes": (32,)} if agent != "tabular" else {},
        **SMALL[agent],
    )
    loop = build(agent, EnvSpec(CORRIDOR, options), settings, 0)
    while loop.steps < settings.steps:
        loop.advance()
    return loop.agent


def score(agent, **options):
    return evaluate(agent.act_greedily, CORRIDOR, episodes=10, **options).mean


def walked_right(name, **options):
    """What is seen from a cell on, walking to the right: as agents see it."""
    env = make_one(name, **options)
    first, _ = env.reset(seed=3)
    seen = [first]
    while True:
        observation, _, over, _, _ = env.step(1)
        seen.append(observation)
        if over:
            return env.observation_space, seen


@pytest.mark.parametrize("agent", SMALL)
def test_every_agent_learns_the_corridor(agent):
    assert score(trained(agent)) > 0.9


@pytest.mark.parametrize("kind", SEEN)
def test_every_observation_is_seen_alike_in_training_evaluation_and_film(kind):
    space, seen = walked_right(CORRIDOR, seen=kind)
    stepper = make_env(CORRIDOR, 1, seen=kind)
    shown = []

    def policy(observation):
        shown.append(observation)
        return np.ones(len(observation), int)

    evaluate(policy, CORRIDOR, episodes=1, seen=kind)
    with render.rendered(EnvSpec(CORRIDOR, {"seen": kind})) as env:
        list(render.episode(env, policy, seed=3))
    assert isinstance(space, Box) or (isinstance(space, Discrete) and space.start == 0)
    assert all(space.contains(one) for one in seen)
    assert len({np.asarray(one).tobytes() for one in seen}) == len(seen)  # no cell is confused
    assert {stepper.observation.dtype, *(one.dtype for one in shown)} == {space.dtype}


@pytest.mark.parametrize("kind", SEEN)
@pytest.mark.parametrize("agent", ["dqn", "ppo", "a2c", "reinforce"])
def test_every_agent_with_a_network_takes_every_observation(agent, kind):
    short = {"steps": 64, "n_envs": 2, "hidden_sizes": (4,)}
    short |= {"learning_starts": 8, "batch_size": 4} if agent == "dqn" else {}
    loop = build(agent, EnvSpec(CORRIDOR, {"seen": kind}), settings_class(agent)(**short), 0)
    while loop.steps < 64:
        loop.advance()
    assert loop.agent.updates > 0
    assert loop.agent.value(loop.env.observation).shape == (2,)


@pytest.mark.parametrize(
    ("agent", "kind"),
    [("dqn", "from one"), ("dqn", "float64"), ("dqn", "dict"), ("ppo", "ints, then floats")],
)
def test_what_was_learnt_is_judged_by_the_same_observations(agent, kind):
    assert score(trained(agent, seen=kind), seen=kind) > 0.9


def test_a_table_counts_states_and_actions_from_any_number():
    options = {"seen": "from one", "done": "from five"}
    assert score(trained("tabular", **options), **options) > 0.9


@pytest.mark.parametrize("kind", ["from five", "choices", "bits"])
def test_every_choice_of_actions_can_be_learnt_by_dqn(kind):
    assert score(trained("dqn", done=kind), done=kind) > 0.9


@pytest.mark.parametrize("kind", ["one number", "square"])
def test_every_row_of_numbers_can_be_learnt_by_ppo(kind):
    assert score(trained("ppo", done=kind), done=kind) > 0.9


@pytest.mark.parametrize("kind", DONE)
def test_actions_arrive_as_the_environment_declares_them(kind):
    env = make_one(CORRIDOR, done=kind)
    received = []
    env.unwrapped.is_right = lambda action: received.append(action)
    env.action_space.seed(0)
    for _ in range(30):
        env.reset(seed=0)
        env.step(env.action_space.sample())
    assert all(DONE[kind][0].contains(action) for action in received)
    assert len({np.asarray(action).tobytes() for action in received}) > 1


def test_blackjack_is_one_row_of_numbers():
    assert make_env("Blackjack-v1").observation.shape == (1, 32 + 11 + 2)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Endlessly", "not a fixed number of them"),
        ("Nothing", "has no numbers"),
        ("Manifold", "no agent can"),
        ("Choices", "no agent can"),
        ("Idle", "no agent can"),
        ("Parts", "would be 1,000,000,003 inputs of a network.*declare it as a Box"),
    ],
)
def test_spaces_that_nothing_can_be_done_with_are_refused(name, said):
    with pytest.raises(UsageError, match=said):
        make_one(WORLD + name)


@pytest.mark.parametrize(
    ("agent", "options", "said"),
    [
        ("dqn", {"done": "torque"}, "train it with ppo"),
        ("tabular", {"done": "torque"}, "train it with dqn"),
        ("tabular", {"seen": "box"}, "train it with dqn"),
    ],
)
def test_an_agent_that_cannot_learn_there_names_one_that_can(agent, options, said):
    with pytest.raises(UsageError, match=said):
        build(agent, EnvSpec(CORRIDOR, options), settings_class(agent)(), 0)


@pytest.mark.parametrize("agent", ["dqn", "ppo", "a2c", "reinforce", "tabular"])
def test_too_many_states_are_counted_before_memory_is_taken_for_them(agent):
    many = r"1,000,000,000 inputs of a network|2,000,000,000 entries, and most would never be"
    with pytest.raises(UsageError, match=many):
        build(agent, EnvSpec(f"{WORLD}Countless"), settings_class(agent)(), 0)


def test_a_state_in_an_array_is_counted_from_0_too():
    first, *_ = walked_right(CORRIDOR, seen="array from one")[1]
    assert (first, type(first)) == (walked_right(CORRIDOR)[1][0], int)


def test_an_image_that_is_always_black_can_be_shown():
    build("dqn", EnvSpec(CORRIDOR, {"seen": "black"}), settings_class("dqn")(buffer_size=9), 0)


# Misbehaviour


@pytest.mark.parametrize(
    "error",
    ["RuntimeError", "AssertionError", "IndexError", "KeyError", "SystemExit", "ZeroDivisionError"],
)
@pytest.mark.parametrize("where", ["step", "reset"])
def test_what_an_environment_raises_is_one_sentence_in_training_and_evaluation(error, where):
    fault = f"{error} in {where}"
    said = rf"{HOSTILE} failed in {where}.*{error}: .*lost my way.*\(own_world.py, line \d+\)"
    with pytest.raises(ToolError, match=said) as told:
        stepper = make_env(HOSTILE, 2, fault=fault)
        for _ in range(5):
            stepper.step(np.array([1, 0]))
    if where == "step":
        assert "step 3 of an episode, with the action 1" in str(told.value)
    with pytest.raises(ToolError, match=said) as also:
        evaluate(lambda seen: np.ones(len(seen), int), HOSTILE, episodes=2, fault=fault)
    assert "\n" not in str(told.value) + str(also.value)


@pytest.mark.parametrize("where", ["step", "reset", "init"])
def test_an_error_that_cannot_say_what_it_is_has_a_name_and_a_line(where):
    with pytest.raises(ToolError, match=r"failed in .*: Speechless \(own_world.py, line \d+\)"):
        stepper = make_env(HOSTILE, 1, fault=f"Speechless in {where}")
        for _ in range(5):
            stepper.step(np.array([1]))


@pytest.mark.parametrize("where", ["init", "render", "close"])
def test_it_is_one_sentence_everywhere_else_too(where):
    with pytest.raises(ToolError, match=r"failed in .*KeyError.*\(own_world.py, line \d+\)"):
        env = make_one(HOSTILE, render_mode="rgb_array", fault=f"KeyError in {where}")
        env.reset(seed=0)
        env.render()
        env.close()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("four values", "step 3 .*not enough values to unpack"),
        ("nothing", "step 3 .*NoneType"),
        ("no reward", "the reward None is not a number"),
        ("reward in a list", r"the reward \[1.0\] is not a number"),
        ("reward in words", "the reward 'much' is not a number"),
        ("nan reward", "gave the reward nan"),
        ("infinite reward", "gave the reward inf"),
        ("terminated is none", "terminated is None, and must be True or False"),
        ("terminated in words", "terminated is 'no'"),
        ("truncated is an array", r"truncated is array\(\[False\]\)"),
        ("no observation", "None is not made of numbers"),
        ("observation in words", "'left' is not made of numbers"),
        ("half a state", "0.5 does not fit the type int64"),
        ("a state too far", "6 is outside of it"),
        ("a state before the first", "-1 is outside of it"),
        ("other shape", r"its shape is \(2,\) and not \(\)"),
        ("bare reset", r"at the start: reset returned \d, and not \(observation, info\)"),
        ("sick reset", "at the start: .*nan does not fit"),
    ],
)
def test_answers_that_are_none_are_named(fault, said):
    with pytest.raises(ToolError, match=said):
        stepper = make_env(HOSTILE, 1, fault=fault)
        for _ in range(5):
            stepper.step(np.array([1]))
    with pytest.raises(ToolError, match=said):
        evaluate(lambda seen: np.ones(len(seen), int), HOSTILE, episodes=2, fault=fault)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(np.nan, "unbounded"), (np.inf, "unbounded"), (-np.inf, "unbounded"), (1e300, "unbounded64")],
)
def test_what_is_not_finite_is_seen_without_bounds_too(value, kind):
    stepper = make_env(CORRIDOR, 1, seen=kind)
    stepper.envs.envs[0].unwrapped.see = lambda cell: [value]
    with pytest.raises(ToolError, match="showed an observation outside of Box"):
        stepper.step(np.array([1]))
    with pytest.raises(ToolError, match="showed an observation outside of Box"):
        stepper.restart()


@pytest.mark.parametrize(
    ("fault", "shape"),
    [("no image", r"\(\)"), ("grey image", r"\(20, 120\)"), ("floats", "float64")],
)
def test_what_is_no_image_is_named(fault, shape):
    env = make_one(HOSTILE, render_mode="rgb_array", fault=fault)
    env.reset(seed=0)
    with pytest.raises(ToolError, match=f"render returned .*{shape}"):
        env.render()


@pytest.mark.parametrize("no_limit", [{}, {"max_episode_steps": -1}, {"max_episode_steps": 0}])
def test_an_endless_environment_is_cut_off_and_counted(no_limit):
    found = evaluate(
        lambda seen: np.ones(len(seen), int), f"{WORLD}Endless-v0", episodes=3, **no_limit
    )
    assert (found.endless, found.steps) == (3, 3 * LIMIT)
    found = evaluate(
        lambda seen: np.ones(len(seen), int), f"{WORLD}Endless-v0", episodes=2, max_episode_steps=7
    )
    assert (found.endless, found.steps) == (0, 14)  # a limit that was set is part of the world
    assert evaluate(lambda seen: np.zeros(len(seen), int), CORRIDOR, episodes=2).endless == 0


# Names


def test_a_class_is_found_whether_it_is_registered_or_not():
    assert isinstance(make_one(f"{WORLD}Corridor").unwrapped, gymnasium.Env)
    assert register(f"{WORLD}Corridor") == register(f"{WORLD}Corridor")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tests.rl.own_world:Coridor-v0", "did you mean `Corridor-v0`"),
        ("tests.rl.own_wurld:Corridor-v0", "no module `tests.rl.own_wurld` in"),
        ("no_such_module:Corridor-v0", "no module `no_such_module` in"),
        ("CartPol-v1", "cannot be made"),
    ],
)
def test_a_name_that_means_nothing_is_refused(name, said):
    with pytest.raises(UsageError, match=said):
        make_one(name)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("def f(:", "SyntaxError"),
        ("import nowhere", "nowhere"),
        ("raise SystemExit", "SystemExit"),
    ],
)
def test_a_module_that_fails_is_named(code, said, tmp_path, monkeypatch):
    name = f"failing_{abs(hash(code))}"
    (tmp_path / f"{name}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ToolError, match=f"failed in its import: .*{said}"):
        register(f"{name}:Env-v0", str(tmp_path))


# Normalising what is only one number, or always the same


def test_a_single_advantage_is_left_as_it_is():
    assert advantages.normalized(np.float32([3.0])) == np.float32([3.0])


@pytest.mark.parametrize("value", [0.1, 0.0, -7.3, 1e6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_advantages_teach_nothing(value, dtype):
    found = advantages.normalized(np.full((7, 3), value, dtype))
    assert np.abs(found).max() <= 1e-5 * max(1, abs(value))


def test_equal_returns_leave_rewards_as_they_are():
    measured = NormalizeReward(1, 0.9)
    measured.update(np.array([[2.5]]), np.array([[True]]))
    assert measured.scale == pytest.approx(1)
    for _ in range(9):
        measured.update(np.array([[2.5]]), np.array([[True]]))
    assert measured.scale == pytest.approx(1)


def test_an_input_that_never_changed_is_not_blown_up():
    net = NormalizeObservation(2)
    net.update(np.float32([[0.1, 1], [0.1, 3], [0.1, 2]]))
    assert abs(net(Tensor(np.float32([[0.11, 2]]))).numpy()[0, 0]) < 0.02


def test_a_bandit_is_learnt_from_one_step_at_a_time():
    settings = replace(
        settings_class("ppo")(),
        steps=240,
        n_envs=1,
        n_steps=8,
        batch_size=1,
        learning_rate=0.01,
        hidden_sizes=(8,),
    )
    loop = build("ppo", EnvSpec(f"{WORLD}Bandit"), settings, 0)
    while loop.steps < settings.steps:
        loop.advance()
    probability = np.exp(
        loop.agent.net.policy(np.zeros((1, 1), np.float32)).log_prob(np.array([1])).numpy()
    )
    assert probability[0] > 0.95


def test_learning_that_never_starts_is_refused():
    with pytest.raises(UsageError, match="learning_starts is 101 and steps only 100"):
        DQNSettings(steps=100, learning_starts=101)
    DQNSettings(steps=100, learning_starts=100)
