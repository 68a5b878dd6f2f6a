"""Infinite numbers, nan and ties: what comes out, and where the gradient goes."""

import numpy as np
import pytest

from undergrad.engine import Tensor
from undergrad.engine.nn import functional
from undergrad.engine.ops import attention, elementwise, loss, pool, reduce

INF, NAN = np.inf, np.nan


def gradients(function, *arrays, g=1.0):
    """The result of a function, and the gradient of each of its arguments, as lists."""
    tensors = [Tensor(np.array(a, np.float32), requires_grad=True) for a in arrays]
    with np.errstate(all="ignore"):
        out = function(*tensors)
        out.backward(np.broadcast_to(np.float32(g), out.shape))
    return [out.tolist(), *(x.grad.tolist() for x in tensors)]


def max_pool1d_simple(x, kernel_size, stride, padding, dilation=1, ceil_mode=False):
    rows = (1, kernel_size), (1, stride), (0, padding), (1, dilation)
    return pool.max_pool2d_simple(x.unsqueeze(2), *rows, ceil_mode).squeeze(2)


@pytest.mark.parametrize("max_pool1d", [pool.max_pool1d, max_pool1d_simple])
def test_the_padding_of_a_window_of_minus_infinities_takes_no_gradient(max_pool1d):
    out, to_x = gradients(lambda x: max_pool1d(x, 3, 1, 1), [[[-INF, -INF, -INF, 5]]], g=2)
    assert out == [[[-INF, -INF, 5, 5]]]
    assert to_x == [[[4, 0, 0, 4]]]  # the first number of each window, never what lies beside it


@pytest.mark.parametrize("max_pool2d", [pool.max_pool2d, pool.max_pool2d_simple])
def test_max_pooling_passes_on_the_whole_gradient(max_pool2d):
    rng = np.random.default_rng(0)
    for kernel, stride, padding, ceil_mode in [
        ((3, 3), (1, 2), (1, 1), False),
        ((2, 4), (2, 3), (1, 2), True),
        ((4, 2), (3, 1), (2, 0), True),
    ]:
        x = np.where(rng.random((2, 3, 5, 6)) < 0.7, -INF, 1.0)
        x = Tensor(x, requires_grad=True)
        out = max_pool2d(x, kernel, stride, padding, 1, ceil_mode)
        g = rng.normal(size=out.shape)
        out.backward(g)
        assert x.grad.sum() == pytest.approx(g.sum())


ATTENTION = [
    attention.scaled_dot_product_attention,
    attention.scaled_dot_product_attention_simple,
]


@pytest.mark.parametrize("function", ATTENTION)
def test_a_query_whose_scores_are_all_minus_infinity_gets_0(function):
    keys, values = [[-INF], [-INF]], [[1.0, 2.0], [3.0, 4.0]]
    out, _, _, to_values = gradients(function, [[1.0], [-2.0]], keys, values)
    assert out[0] == [0, 0]
    assert np.isnan(out[1]).all()  # its scores are infinite
    out, *_, to_values = gradients(function, [[1.0], [3.0]], keys, values)
    assert (out, to_values) == ([[0, 0], [0, 0]], [[0, 0], [0, 0]])


@pytest.mark.parametrize("function", ATTENTION)
def test_a_float_mask_may_close_a_row_and_receives_0_there(function):
    def masked(x, mask):
        return function(x, x, x, mask)

    mask = [[-INF, -INF], [0.5, -INF]]
    out, to_x, to_mask = gradients(masked, [[1.0], [2.0]], mask, g=3)
    assert out == [[0], [1]]
    assert to_x == [[3], [0]]
    assert to_mask == [[0, 0], [0, 0]]


def test_a_number_beside_an_infinite_one_takes_no_part_in_logsumexp():
    out, to_x = gradients(lambda x: reduce.logsumexp(x, -1), [[1000, INF], [1000, 1000]])
    assert out == pytest.approx([INF, 1000 + np.log(2)])
    assert to_x[0][0] == 0
    assert np.isnan(to_x[0][1])
    assert to_x[1] == [0.5, 0.5]


def test_a_masked_logit_has_no_probability():
    def loss(logits, **settings):
        return functional.cross_entropy(logits, np.array([1]), **settings)

    out, to_logits = gradients(loss, [[-INF, 0, 1]])
    p = np.exp([0, 1]) / np.exp([0, 1]).sum()
    assert out == pytest.approx(-np.log(p[0]))
    assert to_logits[0] == pytest.approx([0, p[0] - 1, p[1]])
    out, _ = gradients(lambda x: loss(x, label_smoothing=0.1), [[-INF, 0, 1]])
    assert out == INF  # it is to have a probability of 1/30


@pytest.mark.parametrize("pos_weight", [None, 0.5, 3.0])
def test_an_infinite_score_has_an_infinite_gradient_for_its_target(pos_weight):
    def loss(logits, target):
        return functional.binary_cross_entropy_with_logits(
            logits, target, reduction="none", pos_weight=pos_weight
        )

    out, to_logits, to_target = gradients(loss, [-INF, INF, -INF], [1.0, 0.0, 0.5])
    assert (out, to_target) == ([INF, INF, INF], [INF, -INF, INF])
    assert np.isfinite(to_logits).all()


@pytest.mark.parametrize("function", [loss.huber_loss, loss.huber_loss_simple])
def test_the_straight_part_of_a_loss_reaches_to_infinity(function):
    def each(a, b):
        return function(a, b, reduction="none", delta=2.0)

    out, to_a, to_b = gradients(each, [-INF, INF, 1.0], [0.0, 1.0, 0.0])
    assert (out, to_a, to_b) == ([INF, INF, 0.5], [-2, 2, 1], [2, -2, -1])


@pytest.mark.parametrize("p", [0.5, 0.9, 1.5, 3.0])
def test_a_zero_receives_no_gradient_from_a_norm(p):
    x = np.array([0.0, -2.0, 5.0])
    _, to_x = gradients(lambda x: reduce.norm(x, p), x)
    length = (np.abs(x) ** p).sum() ** (1 / p)
    assert to_x[0] == 0
    assert to_x[1:] == pytest.approx(np.sign(x[1:]) * (np.abs(x[1:]) / length) ** (p - 1))


def test_running_sums_keep_growing():
    many = [2.0**24, 1, 1]  # in float32, 2^24 + 1 is 2^24
    out, to_x = gradients(lambda x: reduce.cumsum(x, 0), many, g=many[::-1])
    assert out == [2**24, 2**24, 2**24 + 2]  # 2^24 + 1 rounds to the even neighbour
    assert to_x == [2**24 + 2, 2**24, 2**24]


@pytest.mark.parametrize("choose", [elementwise.relu, reduce.amax, reduce.amin, reduce.max])
def test_nan_keeps_its_gradient(choose):
    """A gradient of 0 would hide that something went wrong."""
    _, to_x = gradients(choose, [NAN, 1.0, -2.0], g=3)
    assert to_x[0] == 3


@pytest.mark.parametrize("max_pool2d", [pool.max_pool2d, pool.max_pool2d_simple])
def test_nan_is_the_maximum_of_its_window_and_takes_the_gradient(max_pool2d):
    """The last one of several, as in PyTorch; the padding is never taken for one."""
    x = [[[[1, NAN, 2], [NAN, 5, NAN], [0, 1, 9]]]]
    out, to_x = gradients(lambda x: max_pool2d(x, 3), x, g=7)
    assert np.isnan(out).all()
    assert to_x == [[[[0, 0, 0], [0, 0, 7], [0, 0, 0]]]]
    out, to_x = gradients(lambda x: max_pool2d(x, 2, 1), x, g=[[1, 2], [3, 4]])
    assert np.isnan(out).all()
    assert to_x == [[[[0, 0, 0], [1 + 3, 0, 2 + 4], [0, 0, 0]]]]
    out, to_x = gradients(lambda x: max_pool2d(x, 2, 2, 1), [[[[-INF, 1], [3, NAN]]]], g=7)
    assert np.isnan(out).tolist() == [[[[False, False], [False, True]]]]
    assert to_x == [[[[7, 7], [7, 7]]]]


def test_an_exponent_that_is_nan_has_no_harmless_gradient():
    _, _, to_exponent = gradients(elementwise.pow, [0.0, 0.0, 2.0], [NAN, 2.0, NAN])
    assert np.isnan(to_exponent).tolist() == [True, False, True]


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0])
def test_equal_vectors_lie_at_distance_0_and_receive_no_gradient_from_it(p):
    def loss(anchor, positive, negative):
        return functional.triplet_margin_loss(anchor, positive, negative, 9.0, p, eps=0.0)

    same, other = [[1.0, 2.0]], [[3.0, 2.0]]
    out, to_anchor, to_positive, to_negative = gradients(loss, same, same, other)
    assert out == 7
    assert (to_anchor, to_positive, to_negative) == ([[1, 0]], [[0, 0]], [[-1, 0]])
