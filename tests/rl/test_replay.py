"""Replay: whatever is drawn truly happened, once the buffer is full too."""

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rl.toys import Counter, Recorder

from undergrad.rl import ReplayBuffer
from undergrad.rl.env import Stepper
from undergrad.rl.replay import NStep, ReplayBatch
from undergrad.rl.vector_env import make_env


def batch_of(first, count):
    numbers = np.arange(first, first + count)
    pairs = np.stack([numbers, numbers + 0.5], axis=1)
    return ReplayBatch(
        pairs, numbers % 5, numbers * 2.0, pairs + 100, numbers % 3 == 0, numbers % 4
    )


def drawn(buffer, size, seed=0):
    batch = next(buffer.sample(1, size, np.random.default_rng(seed)))
    columns = (getattr(batch, name) for name in buffer.fields)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def joined(log, start, steps, discount):
    """The transition that begins at `start`, from the plain log of one environment."""
    observation, action, total, span = log[start][:2], log[start][2], 0.0, 0
    for row in log[start : start + steps]:
        total += discount**span * row[3]
        span += 1
        if row[6] or row[7]:
            break
    last = log[start + span - 1]
    whole = span == steps or last[6] or last[7]
    return (observation, action, np.float32(total), last[4:6], last[6], span), start + span, whole


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 4),
    capacity=st.integers(1, 60),
    calls=st.integers(1, 60),
    steps=st.integers(1, 5),
    seed=st.integers(0, 1000),
    mode=st.sampled_from(list(AutoresetMode)),
)
def test_everything_drawn_is_in_the_log_of_what_happened(size, capacity, calls, steps, seed, mode):
    compare_with_log(size, capacity, calls, steps, seed, mode)


def compare_with_log(size, capacity, calls, steps, seed, mode):
    logs = [[] for _ in range(size)]
    makers = [lambda log=log: Recorder(Counter(), log) for log in logs]
    stepper = Stepper(SyncVectorEnv(makers, autoreset_mode=mode), seed)
    ahead, buffer = NStep(steps, 0.5), ReplayBuffer(capacity, (2,), np.float64)
    rng, order = np.random.default_rng(seed), []
    for _ in range(calls):
        before = [len(log) for log in logs]
        buffer.add(ahead.join(stepper.step(rng.integers(3, size=size))[0]))
        for log, length in zip(logs, before, strict=True):
            if len(log) > length:  # what is complete now, and was not a step ago
                known = [joined(log, start, steps, 0.5) for start in range(len(log))]
                order += [row for row, end, whole in known if whole and end == len(log)]
    assert len(buffer) == min(len(order), capacity)
    if order:
        kept = set(order[-capacity:])
        found = {
            (tuple(o), a, np.float32(r), tuple(n), t, k)
            for o, a, r, n, t, k in drawn(buffer, 400, seed)
        }
        assert found <= kept
        if len(kept) <= 20:
            assert found == kept  # 400 draws of at most 20: all of them come up


def test_a_saved_n_step_continues_equally():
    stepper, rng = make_env("CartPole-v1", 3), np.random.default_rng(0)
    one, other = NStep(4, 0.9), NStep(4, 0.9)
    for call in range(60):
        transitions, _ = stepper.step(rng.integers(2, size=3))
        if call == 30:
            other.load_state_dict(one.state_dict())
        a = one.join(transitions)
        if call >= 30:
            b = other.join(transitions)
            for name in vars(a):
                np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


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


def test_a_saved_buffer_draws_the_same():
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
    with pytest.raises(ValueError, match="n must be 1"):
        NStep(0, 0.9)
    with pytest.raises(ValueError, match="nothing to sample"):
        next(ReplayBuffer(3, (2,)).sample(1, 1, np.random.default_rng(0)))
    with pytest.raises(ValueError, match="holds 3, not 4"):
        ReplayBuffer(4, (2,)).load_state_dict(ReplayBuffer(3, (2,)).state_dict())
