"""The stepper: in every autoreset mode it reports exactly what truly happened."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from tests.rl.toys import Counter, Recorder

from undergrad.errors import UsageError
from undergrad.rl.env import Stepper
from undergrad.rl.vector_env import make_env

MODES = list(AutoresetMode)


def recorded_stepper(mode, size, seed):
    logs = [[] for _ in range(size)]
    makers = [lambda log=log: Recorder(Counter(), log) for log in logs]
    return Stepper(SyncVectorEnv(makers, autoreset_mode=mode), seed), logs


def rows(transitions):
    t = transitions
    for i in range(len(t)):
        yield (
            int(t.env[i]),
            (
                *t.observation[i],
                int(t.action[i]),
                t.reward[i],
                *t.next_observation[i],
                bool(t.terminated[i]),
                bool(t.truncated[i]),
            ),
        )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_transitions_equal_the_log_of_each_environment(mode, size):
    stepper, logs = recorded_stepper(mode, size, seed=size)
    rng, seen = np.random.default_rng(0), [[] for _ in range(size)]
    for _ in range(200):
        for env, row in rows(stepper.step(rng.integers(3, size=size))[0]):
            seen[env].append(row)
    assert seen == logs
    kinds = {row[-2:] for log in logs for row in log}
    assert len(kinds) == 4 or size == 1  # every kind of end came up


@pytest.mark.parametrize("mode", MODES)
def test_returns_are_those_of_whole_episodes(mode):
    stepper, logs = recorded_stepper(mode, 3, seed=1)
    rng, returns = np.random.default_rng(0), []
    for _ in range(100):
        returns += stepper.step(rng.integers(3, size=3))[1]
    expected = []
    for log in logs:
        total = 0.0
        for row in log:
            total += row[3]
            if row[-1] or row[-2]:
                expected.append(total)
                total = 0.0
    assert sorted(returns) == sorted(expected)


def test_a_step_that_only_resets_has_no_row():
    stepper, logs = recorded_stepper(AutoresetMode.NEXT_STEP, 2, seed=3)
    counts = [len(stepper.step(np.zeros(2, int))[0]) for _ in range(60)]
    assert min(counts) < 2
    assert sum(counts) == sum(map(len, logs))


def test_the_vectorised_cartpole_of_gymnasium_is_understood():
    envs = gymnasium.make_vec("CartPole-v1", num_envs=4, vectorization_mode="vector_entry_point")
    stepper, rng = Stepper(envs, 0), np.random.default_rng(0)
    for _ in range(200):
        transitions, _ = stepper.step(rng.integers(2, size=4))
        jumps = np.abs(transitions.next_observation - transitions.observation).max(axis=1)
        assert (jumps < 1.5).all()  # a reset observation as the next one would also move the cart
        poles = np.abs(transitions.next_observation[:, 2])
        carts = np.abs(transitions.next_observation[:, 0])
        assert ((poles > 0.2095) | (carts > 2.4)).tolist() == transitions.terminated.tolist()


def test_environments_go_on_from_a_saved_state():
    whole, rng = make_env("CartPole-v1", 3, seed=5), np.random.default_rng(0)
    actions = rng.integers(2, size=(300, 3))
    for action in actions[:150]:
        whole.step(action)
    other = make_env("CartPole-v1", 3, seed=99)
    other.load_state_dict(whole.state_dict())
    assert other.returns.tolist() == whole.returns.tolist()
    for action in actions[150:]:
        (one, one_returns), (two, two_returns) = whole.step(action), other.step(action)
        for name in vars(one):
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
        assert one_returns == two_returns


def test_a_state_of_another_number_of_environments_is_refused():
    with pytest.raises(ValueError, match="2 environments, not 3"):
        make_env("CartPole-v1", 3).load_state_dict(make_env("CartPole-v1", 2).state_dict())


def test_the_seed_decides_and_episodes_differ():
    one, two, other = (make_env("CartPole-v1", 4, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.observation, two.observation)
    assert not np.array_equal(one.observation, other.observation)
    assert len({tuple(row) for row in one.observation}) == 4


def test_transitions_are_copies():
    env = make_env("CartPole-v1", 2)
    first, _ = env.step(np.array([0, 1]))
    kept = first.next_observation.copy()
    for _ in range(30):
        env.step(np.array([0, 1]))
    np.testing.assert_array_equal(first.next_observation, kept)


@pytest.mark.parametrize(("name", "size"), [("NoSuchWorld-v7", 1), ("CartPole-v1", 0)])
def test_what_cannot_be_made_is_said_in_a_sentence(name, size):
    with pytest.raises(UsageError):
        make_env(name, size)


def test_continuous_actions_arrive_as_they_were_and_go_on_from_a_saved_state():
    whole, rng = make_env("Pendulum-v1", 2, seed=1), np.random.default_rng(0)
    actions = rng.uniform(-2, 2, (250, 2, 1))  # float64, and the space says float32
    for action in actions[:220]:
        whole.step(action)
    other = make_env("Pendulum-v1", 2)
    other.load_state_dict(whole.state_dict())
    for action in actions[220:]:
        np.testing.assert_array_equal(
            whole.step(action)[0].next_observation, other.step(action)[0].next_observation
        )
