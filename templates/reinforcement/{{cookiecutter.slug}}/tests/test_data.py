"""The buffer returns what happened, and evaluation is separate from training."""

import numpy as np

from data import N_ACTIONS, OBSERVATION_SIZE, ReplayBuffer, make
from evaluate import EPISODES, VALIDATION


def test_every_sampled_step_truly_happened():
    buffer, rng, log = ReplayBuffer(300), np.random.default_rng(0), set()
    environment = make()
    observation, _ = environment.reset(seed=0)
    for _ in range(300):
        action = int(rng.integers(N_ACTIONS))
        next_obs, reward, terminated, truncated, _ = environment.step(action)
        buffer.add(observation, action, reward, next_obs, terminated)
        log.add(
            (observation.tobytes(), action, float(reward), next_obs.tobytes(), bool(terminated))
        )
        observation = environment.reset()[0] if terminated or truncated else next_obs
    for step in zip(*buffer.sample(500, rng), strict=True):
        observation, action, reward, next_obs, terminated = step
        assert (
            observation.tobytes(),
            action,
            float(reward),
            next_obs.tobytes(),
            bool(terminated),
        ) in log


def test_the_sizes_are_those_of_the_environment():
    environment = make()
    assert environment.observation_space.shape == (OBSERVATION_SIZE,)
    assert environment.action_space.n == N_ACTIONS


def test_the_test_episodes_are_used_for_nothing_else():
    assert not set(EPISODES) & set(VALIDATION)
    assert min(VALIDATION) > 1_000  # training resets its environment with the small seeds
