"""Frames stored once: every stack that is drawn is the one that was seen."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import FrameStackObservation
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rl.toys import Counter, Recorder

from undergrad.rl.env import Stepper
from undergrad.rl.frames import FramedReplayBuffer, FrameStore
from undergrad.rl.replay import NStep


def recorded(size, stack, mode, seed):
    logs = [[] for _ in range(size)]

    def make(log):
        class Keep(gymnasium.Wrapper):
            def reset(self, **kwargs):
                self.seen, info = super().reset(**kwargs)
                return self.seen, info

            def step(self, action):
                before = self.seen
                self.seen, *rest = super().step(action)
                log.append((before, int(action), self.seen, rest[1], rest[2]))
                return self.seen, *rest

        return lambda: Keep(FrameStackObservation(Recorder(Counter(), []), stack))

    envs = SyncVectorEnv([make(log) for log in logs], autoreset_mode=mode)
    return Stepper(envs, seed), logs


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(1, 3),
    stack=st.integers(1, 4),
    steps=st.integers(1, 3),
    capacity=st.integers(25, 90),
    calls=st.integers(5, 60),
    seed=st.integers(0, 500),
    mode=st.sampled_from(list(AutoresetMode)),
)
def test_stacks_are_those_that_were_seen(size, stack, steps, capacity, calls, seed, mode):
    stepper, logs = recorded(size, stack, mode, seed)
    buffer = FramedReplayBuffer(capacity, (stack, 2), np.float64)
    ahead, rng = NStep(steps, 0.9), np.random.default_rng(seed)
    for _ in range(calls):
        seen, _ = stepper.step(rng.integers(3, size=size))
        buffer.add(ahead.join(buffer.compress(seen)))
    if not len(buffer):
        return
    true = set()
    for log in logs:
        for start in range(len(log)):
            for end in range(start, min(start + steps, len(log))):
                over = log[end][3] or log[end][4]
                if end - start + 1 == steps or over:
                    row = log[start][0].tobytes(), log[start][1], log[end][2].tobytes()
                    true.add((*row, bool(log[end][3]), end - start + 1))
                if over:
                    break
    batch = next(buffer.sample(1, 200, rng))
    for i in range(200):
        row = batch.observation[i].tobytes(), int(batch.action[i]), batch.next_observation[i]
        drawn = (*row[:2], row[2].tobytes(), bool(batch.terminated[i]), int(batch.n[i]))
        assert drawn in true


def test_each_frame_is_stored_once():
    stepper, _ = recorded(2, 4, AutoresetMode.DISABLED, 0)
    store, rng, ends = FrameStore(10_000, 4, (2,), np.float64), np.random.default_rng(0), 0
    for _ in range(200):
        seen, _ = stepper.step(rng.integers(3, size=2))
        store.compress(seen)
        ends += int(seen.ended.sum())
    assert store.added <= 400 + ends + 2  # one a step, and one more for each episode


def test_a_saved_store_goes_on_equally():
    stepper, _ = recorded(2, 3, AutoresetMode.DISABLED, 1)
    one, other = (FramedReplayBuffer(50, (3, 2), np.float64) for _ in range(2))
    ahead, rng = NStep(1, 0.9), np.random.default_rng(0)
    for call in range(80):
        seen, _ = stepper.step(rng.integers(3, size=2))
        one.add(ahead.join(one.compress(seen)))
        if call == 40:
            other.load_state_dict(one.state_dict())
        if call > 40:
            other.add(ahead.join(other.compress(seen)))
    a, b = (next(buffer.sample(1, 64, np.random.default_rng(3))) for buffer in (one, other))
    for name in ("observation", "next_observation", "reward", "action"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


def test_sizes_without_sense_are_refused():
    with pytest.raises(ValueError, match="1 or more"):
        FrameStore(0, 4, (2,))
