"""The memory gives back what happened, and evaluation stays apart from training."""

import numpy as np

from data import ACTIONS, NUMBERS, Memory, make
from evaluate import CHOOSING, EPISODES


def test_every_sampled_step_truly_happened():
    memory, rng, log = Memory(300), np.random.default_rng(0), set()
    environment = make()
    seen, _ = environment.reset(seed=0)
    for _ in range(300):
        action = int(rng.integers(ACTIONS))
        following, reward, over, cut, _ = environment.step(action)
        memory.add(seen, action, reward, following, over)
        log.add((seen.tobytes(), action, float(reward), following.tobytes(), bool(over)))
        seen = environment.reset()[0] if over or cut else following
    for step in zip(*memory.sample(500, rng), strict=True):
        seen, action, reward, following, over = step
        assert (seen.tobytes(), action, float(reward), following.tobytes(), bool(over)) in log


def test_the_sizes_are_those_of_the_environment():
    environment = make()
    assert environment.observation_space.shape == (NUMBERS,)
    assert environment.action_space.n == ACTIONS


def test_the_episodes_that_count_are_used_for_nothing_else():
    assert not set(EPISODES) & set(CHOOSING)
    assert min(CHOOSING) > 1_000  # training resets its environment with the small seeds
