"""Prioritized replay: sampled by TD error, corrected by weights, and never something unwritten."""

import numpy as np
import pytest

from undergrad.rl import PrioritizedReplayBuffer
from undergrad.rl.replay import ReplayBatch


def batch_of(first, count):
    numbers = np.arange(first, first + count)
    pairs = np.stack([numbers, numbers + 0.5], axis=1)
    return ReplayBatch(
        pairs, numbers % 5, numbers * 2.0, pairs + 100, numbers % 3 == 0, numbers % 4
    )


def filled(capacity=8, count=8, **settings):
    buffer = PrioritizedReplayBuffer(capacity, (2,), np.float64, **settings)
    buffer.add(batch_of(0, count))
    return buffer


def set_errors(buffer, values):
    places = np.arange(len(values))
    buffer.update_priorities(ReplayBatch(*[places] * 6, index=places), np.asarray(values, float))


def test_draws_and_weights_follow_the_formulas():
    buffer, rng = filled(alpha=0.5, beta=0.7), np.random.default_rng(0)
    values = np.array([0.1, 4.0, 1.0, 9.0, 0.01, 2.0, 2.0, 16.0])
    set_errors(buffer, values)
    share = values**0.5 / (values**0.5).sum()
    batch = next(buffer.sample(1, 40_000, rng))
    counts = np.bincount(batch.index, minlength=8)
    np.testing.assert_allclose(counts / 40_000, share, atol=2e-4)  # stratified: hardly any noise
    expected = (8 * share) ** -0.7
    drawn = expected[batch.index]
    np.testing.assert_allclose(batch.weight, drawn / drawn.max(), rtol=1e-4)


def test_rows_are_those_of_their_places():
    buffer = filled()
    batch = next(buffer.sample(1, 50, np.random.default_rng(0)))
    np.testing.assert_array_equal(batch.observation[:, 0], batch.index)
    np.testing.assert_array_equal(batch.reward, 2.0 * batch.index)


def test_alpha_0_samples_uniformly_and_weighs_nothing():
    buffer = filled(alpha=0.0)
    set_errors(buffer, [0, 1, 2, 3, 4, 5, 6, 700])
    batch = next(buffer.sample(1, 16_000, np.random.default_rng(0)))
    assert (batch.weight == 1).all()
    np.testing.assert_allclose(np.bincount(batch.index, minlength=8) / 16_000, 1 / 8, atol=1e-3)


def test_the_new_one_is_as_likely_as_the_most_surprising_ever():
    buffer = filled(capacity=10, count=6, alpha=1.0)
    set_errors(buffer, [5.0, 1, 1, 1, 1, 1])
    set_errors(buffer, [1.0])  # the largest so far stays 5
    buffer.add(batch_of(6, 1))
    assert buffer.tree.weights[6] == pytest.approx(5.0)


@pytest.mark.parametrize("count", [1, 3, 10, 11, 23])
def test_nothing_unwritten_is_ever_drawn(count):
    buffer, rng = PrioritizedReplayBuffer(10, (2,), np.float64), np.random.default_rng(0)
    for added in range(1, count + 1):
        buffer.add(batch_of(added, 1))  # from 1 on: 0 is what an unwritten slot holds
        batch = next(buffer.sample(1, 30, rng))
        kept = set(range(max(1, added - 9), added + 1))
        assert set(batch.observation[:, 0].astype(int)) <= kept
        buffer.update_priorities(batch, rng.random(30))


def test_beta_follows_the_steps():
    buffer = filled(alpha=1.0, beta=0.0)
    set_errors(buffer, np.arange(1, 9.0))
    early = next(buffer.sample(1, 100, np.random.default_rng(0), 0.0))
    late = next(buffer.sample(1, 100, np.random.default_rng(0), 1.0))
    assert (early.weight == 1).all()
    ratio = late.weight * (late.index + 1)  # fully corrected: weight * probability is constant
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-4)


def test_a_saved_buffer_draws_the_same_and_knows_the_largest_priority():
    one, other = filled(capacity=12), filled(capacity=12)
    set_errors(one, [9.0, 1, 2, 3, 4, 5, 6, 7])
    set_errors(one, [0.5])
    other.load_state_dict(one.state_dict())
    for buffer in (one, other):
        buffer.add(batch_of(8, 2))
    a, b = (next(buffer.sample(1, 64, np.random.default_rng(3))) for buffer in (one, other))
    for name in vars(a):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
