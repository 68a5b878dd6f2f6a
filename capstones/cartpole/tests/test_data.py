"""The memory gives back what happened, and evaluation stays apart from training."""

import numpy as np
import pytest

from data import ACTIONS, DISCOUNT, NUMBERS, Memory, make
from evaluate import CHOOSING, EPISODES, episodes, going


def play(memory, steps):
    """Random play into the memory; the episodes as lists of (seen, action, led to, over)."""
    environment, rng, log = make(), np.random.default_rng(0), [[]]
    seen, _ = environment.reset(seed=0)
    for step in range(steps):
        action = int(rng.integers(ACTIONS))
        following, reward, over, _, _ = environment.step(action)
        cut = step % 29 == 28  # as if time were up now and then
        memory.add(seen, action, reward, following, over, cut)
        log[-1].append((seen, action, following, over))
        seen = following
        if over or cut:
            seen = environment.reset()[0]
            log.append([])
    return log


@pytest.mark.parametrize("reach", [1, 3])
def test_every_stretch_truly_happened(reach):
    memory, expected = Memory(200, reach), set()
    for path in play(memory, 150):
        for start, (seen, action, _, _) in enumerate(path):
            stretch = path[start : start + reach]
            earned = sum(DISCOUNT**n for n in range(len(stretch)))
            led_to, over = stretch[-1][2:]
            weight = 0 if over else DISCOUNT ** len(stretch)
            expected.add((seen.tobytes(), action, led_to.tobytes(), f"{earned:.4f} {weight:.4f}"))
    for row in range(memory.size):
        numbers = f"{memory.earned[row]:.4f} {memory.weight[row]:.4f}"
        places = memory.seen[row].tobytes(), memory.actions[row], memory.led_to[row].tobytes()
        assert (*places, numbers) in expected


def test_the_sizes_are_those_of_the_environment():
    environment = make()
    assert environment.observation_space.shape == (NUMBERS,)
    assert environment.action_space.n == ACTIONS


def test_episodes_side_by_side_equal_episodes_one_by_one():
    together = episodes(going, range(40, 44))
    for seed, path in zip(range(40, 44), together, strict=True):
        np.testing.assert_array_equal(episodes(going, range(seed, seed + 1))[0], path)


def test_the_episodes_that_count_are_used_for_nothing_else():
    assert not set(EPISODES) & set(CHOOSING)
    assert min(CHOOSING) > 1_000  # training resets its environment with the small seeds
