"""The sum tree against `cumsum` and `searchsorted`, which do the same the slow way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undergrad.rl.sumtree import SumTree


@pytest.mark.parametrize("capacity", range(1, 71))
def test_equals_a_search_in_the_running_sums(capacity):
    rng, tree = np.random.default_rng(capacity), SumTree(capacity)
    plain = np.zeros(capacity)
    for _ in range(5):
        index = rng.integers(capacity, size=rng.integers(1, 2 * capacity + 1))
        weight = rng.integers(0, 6, size=len(index)).astype(float)  # whole: both add exactly
        tree.update(index, weight)
        for i, w in zip(index, weight, strict=True):  # a repeated index: the last one counts
            plain[i] = w
        np.testing.assert_array_equal(tree.weights, plain)
        assert tree.total == plain.sum()
        if tree.total:
            edges = np.concatenate([[0], np.cumsum(plain)[:-1], np.cumsum(plain) - 0.5])
            place = np.concatenate([edges, rng.random(50) * tree.total])
            place = place[(place >= 0) & (place < tree.total)]
            expected = np.searchsorted(np.cumsum(plain), place, side="right")
            np.testing.assert_array_equal(tree.find(place), expected)


def test_a_million_updates_add_no_error():
    rng, tree = np.random.default_rng(0), SumTree(1000)
    for _ in range(1000):
        tree.update(rng.integers(1000, size=1000), rng.random(1000) * 10 ** rng.uniform(-6, 6))
    assert abs(tree.total / tree.weights.sum() - 1) < 1e-9


@settings(max_examples=200, deadline=None)
@given(
    weights=st.lists(st.sampled_from([0.0, 1e-30, 1e-8, 0.1, 1.0, 3.3, 1e9]), min_size=1),
    share=st.floats(0, 1),
)
def test_what_has_no_weight_is_never_found(weights, share):
    tree = SumTree(len(weights))
    tree.update(np.arange(len(weights)), np.array(weights))
    if tree.total > 0:
        ends = [0.0, share * tree.total, np.nextafter(tree.total, 0), tree.total]
        assert all(weights[i] > 0 for i in tree.find(np.array(ends)))


def test_draws_are_in_proportion():
    weights = np.array([5.0, 0, 1, 4, 0, 0, 10])
    tree, rng = SumTree(7), np.random.default_rng(0)
    tree.update(np.arange(7), weights)
    counts = np.bincount(tree.find(rng.random(20_000) * tree.total), minlength=7)
    expected = weights / weights.sum() * 20_000
    assert (counts[expected == 0] == 0).all()
    drawn, expected = counts[expected > 0], expected[expected > 0]
    assert ((drawn - expected) ** 2 / expected).sum() < 16.3  # chi-square, 3 degrees, 0.1 %


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_weights_without_sense_are_refused(weight):
    with pytest.raises(ValueError, match="finite and not negative"):
        SumTree(4).update(np.array([0, 1]), np.array([1.0, weight]))


def test_no_capacity_is_refused():
    with pytest.raises(ValueError, match="capacity"):
        SumTree(0)
