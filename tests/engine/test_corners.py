"""Corners of the operations: the smallest sizes that are allowed, and settings that rarely meet.

The mutation run asked for these: without them, a change in the code would go unnoticed.
"""

import numpy as np
import pytest

from undergrad.engine import Tensor
from undergrad.engine.nn import functional
from undergrad.engine.ops import attention, linalg, reduce


def drawn(*shape, seed=0):
    return Tensor(np.random.default_rng(seed).normal(size=shape), requires_grad=True)


def test_two_numbers_a_channel_are_enough_to_normalise():
    out = functional.batch_norm(drawn(2, 3), None, None, training=True, eps=1e-9)
    assert np.allclose(np.abs(out.data), 1, atol=1e-3)


def test_a_mask_of_more_axes_than_the_scores():
    q, k, v = drawn(3, 4), drawn(5, 4, seed=1), drawn(5, 4, seed=2)
    mask = np.random.default_rng(3).random((2, 3, 5)) < 0.7
    mask[:, :, 0] = True
    fast = attention.scaled_dot_product_attention(q, k, v, mask)
    one_by_one = [attention.scaled_dot_product_attention(q, k, v, m).data for m in mask]
    assert np.allclose(fast.data, one_by_one)


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_beta_divides_the_straight_part(beta):
    loss = functional.smooth_l1_loss(Tensor([10.0]), Tensor([0.0]), beta=beta)
    assert loss.item() == pytest.approx(10 - beta / 2)


def test_einsum_takes_a_single_number():
    number, row = Tensor(np.array(3.0)), drawn(4)
    assert np.allclose(linalg.einsum(",i->i", number, row).data, 3 * row.data)


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, 4.0])
def test_distances_of_any_order(p):
    anchor, near, far = (drawn(2, 5, 3, seed=i) for i in range(3))
    loss = functional.triplet_margin_loss(anchor, near, far, margin=9.0, p=p, eps=0.0)
    expected = [np.linalg.norm(anchor.data - x.data, p, axis=-1) for x in (near, far)]
    assert loss.item() == pytest.approx((expected[0] - expected[1] + 9).mean())


def test_what_is_impossible_in_truth_costs_nothing():
    believed = Tensor(np.log([0.5, 0.25, 0.25]), requires_grad=True)
    loss = functional.kl_div(believed, np.array([0.0, 0.5, 0.5]), reduction="sum")
    loss.backward()
    assert loss.item() == pytest.approx(np.log(2))
    assert believed.grad.tolist() == [0, -0.5, -0.5]


def test_one_number_is_a_batch_of_one():
    log_p, truth = Tensor(np.log(0.25)), np.array(0.5)
    losses = [functional.kl_div(log_p, truth, reduction=r).item() for r in ("batchmean", "sum")]
    assert losses == pytest.approx([0.5 * np.log(2)] * 2)


def test_dropout_inside_attention_is_that_of_the_readable_twin():
    results = []
    for function in (
        attention.scaled_dot_product_attention,
        attention.scaled_dot_product_attention_simple,
    ):
        q, k, v = (drawn(2, 3, 4, seed=i) for i in range(3))
        out = function(q, k, v, dropout_p=0.5, rng=7)
        out.backward(np.random.default_rng(1).normal(size=out.shape))
        results.append([out.data, q.grad, k.grad, v.grad])
    for fast, readable in zip(*results, strict=True):
        assert np.allclose(fast, readable)
    untouched = attention.scaled_dot_product_attention(q, k, v)
    assert not np.allclose(untouched.data, results[0][0])


def test_a_query_that_may_look_at_nothing_gets_nothing():
    q, k, v = drawn(3, 4), drawn(5, 4, seed=1), drawn(5, 4, seed=2)
    mask = np.array([[True] * 5, [False] * 5, [True, False, True, True, False]])
    out = attention.scaled_dot_product_attention(q, k, v, mask)
    assert out.data[1].tolist() == [0, 0, 0, 0]
    for row in (0, 2):
        alone = attention.scaled_dot_product_attention(q[row : row + 1], k, v, mask[row : row + 1])
        assert np.allclose(out.data[row], alone.data)


def test_a_norm_is_the_length_unless_said_otherwise():
    assert reduce.norm(Tensor([3.0, 4.0])).item() == pytest.approx(5)
