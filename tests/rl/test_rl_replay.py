"""Replay: whatever is drawn truly happened, once the memory is full too."""

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rl.toys import Counter, Recorder

from undergrad.rl import ReplayBuffer
from undergrad.rl.env import Stepper
from undergrad.rl.replay import Batch


def batch_of(first, count):
    numbers = np.arange(first, first + count)
    pairs = np.stack([numbers, numbers + 0.5], axis=1)
    return Batch(pairs, numbers % 5, numbers * 2.0, pairs + 100, numbers % 3 == 0)


def drawn(buffer, size, seed=0):
    batch = buffer.sample(size, np.random.default_rng(seed))
    columns = (getattr(batch, name) for name in buffer.fields)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(1, 4),
    capacity=st.integers(1, 60),
    steps=st.integers(1, 60),
    seed=st.integers(0, 1000),
    mode=st.sampled_from(list(AutoresetMode)),
)
def test_everything_drawn_is_in_the_log_of_what_happened(size, capacity, steps, seed, mode):
    logs = [[] for _ in range(size)]
    makers = [lambda log=log: Recorder(Counter(), log) for log in logs]
    stepper = Stepper(SyncVectorEnv(makers, autoreset_mode=mode), seed)
    buffer, rng = ReplayBuffer(capacity, (2,), np.float64), np.random.default_rng(seed)
    written = [0] * size
    order = []  # the log, in the order in which the buffer saw it
    for _ in range(steps):
        transitions, _ = stepper.step(rng.integers(3, size=size))
        buffer.add(transitions)
        for env, log in enumerate(logs):
            order += log[written[env] :]
            written[env] = len(log)
    kept = {
        ((*row[:2],), row[2], np.float32(row[3]), (*row[4:6],), row[6]) for row in order[-capacity:]
    }
    assert len(buffer) == min(len(order), capacity)
    found = {
        (tuple(o), a, np.float32(r), tuple(n), t) for o, a, r, n, t in drawn(buffer, 400, seed)
    }
    assert found <= kept
    if len(kept) <= 20:
        assert found == kept  # 400 draws of at most 20: all of them come up


@pytest.mark.parametrize("sizes", [[3, 3, 3], [10], [7, 7], [1] * 23, [4, 25, 2]])
def test_the_newest_stay_when_the_memory_is_full(sizes):
    buffer, added = ReplayBuffer(10, (2,)), 0
    for size in sizes:
        buffer.add(batch_of(added, size))
        added += size
    newest = range(max(0, added - 10), added)
    assert {row[0][0] for row in drawn(buffer, 500)} == set(newest)


def test_draws_are_even():
    buffer = ReplayBuffer(20, (2,))
    buffer.add(batch_of(0, 20))
    counts = np.bincount([int(row[0][0]) for row in drawn(buffer, 20_000)], minlength=20)
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # chi-square, 19 degrees, 0.1 %


def test_what_was_added_is_copied():
    buffer, batch = ReplayBuffer(5, (2,)), batch_of(0, 5)
    buffer.add(batch)
    batch.observation[:] = -1
    assert min(row[0][0] for row in drawn(buffer, 50)) >= 0


def test_a_saved_memory_draws_the_same():
    buffer, other = ReplayBuffer(10, (2,)), ReplayBuffer(10, (2,))
    for first in range(0, 15, 5):
        buffer.add(batch_of(first, 5))
    other.load_state_dict(buffer.state_dict())
    for one in (buffer, other):
        one.add(batch_of(15, 3))
    assert drawn(buffer, 100) == drawn(other, 100)


def test_wrong_use_is_refused():
    with pytest.raises(ValueError, match="capacity"):
        ReplayBuffer(0, (2,))
    with pytest.raises(ValueError, match="nothing to sample"):
        ReplayBuffer(3, (2,)).sample(1, np.random.default_rng(0))
    with pytest.raises(ValueError, match="holds 3, not 4"):
        ReplayBuffer(4, (2,)).load_state_dict(ReplayBuffer(3, (2,)).state_dict())
