"""The buffer returns what happened, and evaluation is separate from training."""

import numpy as np
import pytest

from data import GAMMA, N_ACTIONS, OBSERVATION_SIZE, ReplayBuffer, make
from evaluate import EPISODES, episodes, going
from records import SEEDS, TO_CHOOSE


def play(buffer, steps):
    """Random play into the buffer; the episodes as lists of its steps."""
    environment, rng, log = make(), np.random.default_rng(0), [[]]
    observation, _ = environment.reset(seed=0)
    for step in range(steps):
        action = int(rng.integers(N_ACTIONS))
        next_obs, reward, terminated, _, _ = environment.step(action)
        truncated = step % 29 == 28  # as if the time limit were reached now and then
        buffer.add(observation, action, reward, next_obs, terminated, truncated)
        log[-1].append((observation, action, next_obs, terminated))
        observation = next_obs
        if terminated or truncated:
            observation = environment.reset()[0]
            log.append([])
    return log


@pytest.mark.parametrize("n_step", [1, 3])
def test_every_transition_really_happened(n_step):
    buffer, expected = ReplayBuffer(200, n_step), set()
    for path in play(buffer, 150):
        for start, (observation, action, _, _) in enumerate(path):
            steps = path[start : start + n_step]
            returns = sum(GAMMA**n for n in range(len(steps)))
            next_obs, terminated = steps[-1][2:]
            bootstrap = 0 if terminated else GAMMA ** len(steps)
            numbers = f"{returns:.4f} {bootstrap:.4f}"
            expected.add((observation.tobytes(), action, next_obs.tobytes(), numbers))
    for row in range(buffer.size):
        numbers = f"{buffer.returns[row]:.4f} {buffer.bootstrap[row]:.4f}"
        first, last = (x[row].tobytes() for x in (buffer.observations, buffer.next_observations))
        assert (first, buffer.actions[row], last, numbers) in expected


def test_the_sizes_are_those_of_the_environment():
    environment = make()
    assert environment.observation_space.shape == (OBSERVATION_SIZE,)
    assert environment.action_space.n == N_ACTIONS


def test_episodes_side_by_side_equal_episodes_one_by_one():
    together = episodes(going, range(40, 44))
    for seed, path in zip(range(40, 44), together, strict=True):
        np.testing.assert_array_equal(episodes(going, range(seed, seed + 1))[0], path)


def test_a_longer_pole_falls_more_slowly():
    lengths = []
    for pole in (0.5, 1.0, 2.0):
        path = episodes(lambda seen: np.zeros(len(seen), int), range(50, 51), pole)[0]
        lengths.append(abs(path[3, 2] - path[0, 2]))
    assert lengths[0] > lengths[1] > lengths[2]


def test_the_seeds_of_tests_training_and_choosing_are_different():
    assert not set(SEEDS) & set(TO_CHOOSE)
    assert min(EPISODES) > 1_000  # training resets its environment with the small seeds
