"""Rollouts: every step is one that truly happened, and an episode is whole or does not count."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from tests.rl.test_env import recorded_stepper
from tests.rl.toys import Counter

from undergrad.rl.env import Stepper
from undergrad.rl.rollout import collect, collect_episodes

DISABLED = AutoresetMode.DISABLED


def acting(seed=0):
    rng = np.random.default_rng(seed)
    return lambda observation: rng.integers(3, size=len(observation))


def row(rollout, t, n):
    """One step as `toys.Recorder` writes it down."""
    r = rollout
    return (
        *r.observation[t, n],
        int(r.action[t, n]),
        r.reward[t, n],
        *r.next_observation[t, n],
        bool(r.terminated[t, n]),
        bool(r.truncated[t, n]),
    )


@pytest.mark.parametrize("size", [1, 3])
def test_every_step_is_in_the_log_of_its_environment(size):
    stepper, logs = recorded_stepper(DISABLED, size, seed=4)
    act, seen = acting(), [[] for _ in range(size)]
    for _ in range(12):
        rollout, _ = collect(stepper, act, 10)
        assert rollout.mask.all()
        for n in range(size):
            seen[n] += [row(rollout, t, n) for t in range(10)]
    assert seen == logs
    assert len({step[-2:] for log in logs for step in log}) == 4  # every kind of end came up


def test_returns_are_those_of_the_episodes_that_ended():
    stepper, logs = recorded_stepper(DISABLED, 2, seed=5)
    act, returns = acting(), []
    for _ in range(9):
        returns += collect(stepper, act, 7)[1]
    expected = []
    for log in logs:
        total = 0.0
        for step in log:
            total += step[3]
            if step[-1] or step[-2]:
                expected.append(total)
                total = 0.0
    assert sorted(returns) == sorted(expected)


def test_one_whole_episode_of_each():
    stepper, logs = recorded_stepper(DISABLED, 4, seed=6)
    act = acting()
    for _ in range(30):
        before = [len(log) for log in logs]
        rollout, returns = collect_episodes(stepper, act, 10**6)
        assert len(returns) == 4
        for n, log in enumerate(logs):
            fresh = log[before[n] :]
            length = next(i for i, step in enumerate(fresh) if step[-1] or step[-2]) + 1
            counted = [row(rollout, t, n) for t in np.flatnonzero(rollout.mask[:, n])]
            assert counted == fresh[:length]
            assert counted[0][1] == 0  # from its very beginning
            assert returns.count(sum(step[3] for step in counted)) >= 1


def test_when_not_all_episodes_can_end_none_counts():
    """Those that did would be the short ones."""
    stepper, _ = recorded_stepper(DISABLED, 8, seed=7)
    rollout, returns = collect_episodes(stepper, acting(), 24)
    assert rollout.mask.size == 24
    ended = rollout.ended.any(axis=0)
    assert 0 < ended.sum() < 8
    assert not rollout.mask.any()
    assert len(returns) == ended.sum()


class Pusher(gymnasium.Env):
    """Remembers what it was told to do."""

    observation_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)
    action_space = gymnasium.spaces.Box(-2, 2, (1,), np.float32)
    told = ()

    def reset(self, *, seed=None, options=None):
        return np.zeros(1, np.float32), {}

    def step(self, action):
        self.told = (*self.told, float(action[0]))
        return np.zeros(1, np.float32), 0.0, False, False, {}


def test_the_env_receives_what_it_can_do_and_the_policy_keeps_what_it_sampled():
    envs = SyncVectorEnv([Pusher], autoreset_mode=DISABLED)
    drawn = iter([0.5, -9.0, 3.0])
    rollout, _ = collect(
        Stepper(envs, 0),
        lambda observation: np.array([[next(drawn)]], np.float32),
        3,
        lambda action: np.clip(action, -2, 2),
    )
    assert rollout.action.ravel().tolist() == [0.5, -9, 3]
    assert envs.envs[0].told == (0.5, -2, 2)


def test_an_environment_that_misses_a_step_is_refused():
    envs = SyncVectorEnv([Counter, Counter], autoreset_mode=AutoresetMode.NEXT_STEP)
    with pytest.raises(ValueError, match="DISABLED"):
        collect(Stepper(envs, 0), lambda observation: np.zeros(2, int), 50)
