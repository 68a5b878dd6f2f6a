"""The forms in which PyTorch takes sizes and axes: one by one, as a tuple, as a list."""

import numpy as np
import pytest

from undergrad.engine import Tensor, nn
from undergrad.engine.ops import pool, shape

X = np.random.default_rng(0).normal(size=(2, 3, 4))


@pytest.mark.parametrize("sizes", [(6, 4), ((6, 4),), ([6, 4],), (-1, 4), ((np.int64(6), 4),)])
def test_sizes_one_by_one_or_together(sizes):
    x = Tensor(X)
    assert np.array_equal(x.reshape(*sizes).data, X.reshape(6, 4))
    assert np.array_equal(x.view(*sizes).data, X.reshape(6, 4))


@pytest.mark.parametrize("dims", [(2, 0, -2), ((2, 0, -2),), ([2, 0, -2],)])
def test_axes_one_by_one_or_together(dims):
    assert np.array_equal(Tensor(X).permute(*dims).data, X.transpose(2, 0, 1))
    assert np.array_equal(Tensor(X).flip(*dims).data, X[::-1, ::-1, ::-1])


@pytest.mark.parametrize("sizes", [(5, 2, 3, 4), ((5, 2, -1, 4),), ([5, -1, 3, -1],)])
def test_expand_takes_both_forms(sizes):
    assert np.array_equal(Tensor(X).expand(*sizes).data, np.broadcast_to(X, (5, 2, 3, 4)))


@pytest.mark.parametrize("sizes", [(-1, 2, 3, 4), (3, 4), (2, 5, 4)])
def test_expand_refuses_what_is_not_there(sizes):
    with pytest.raises(ValueError, match="expand: shape"):
        Tensor(X).expand(sizes)


REDUCTIONS = {
    "sum": np.sum, "mean": np.mean, "amax": np.max, "amin": np.min,
    "var": lambda x, axis: np.var(x, axis, ddof=1),
    "std": lambda x, axis: np.std(x, axis, ddof=1),
    "norm": lambda x, axis: np.sqrt((x * x).sum(axis)),
    "logsumexp": lambda x, axis: np.log(np.exp(x).sum(axis)),
}  # fmt: skip


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("dim", [[0, 1], (0, 1), [-1], (), [], -2, np.int64(1), None])
def test_a_reduction_takes_a_list_of_axes_and_none_of_them_means_all(name, dim):
    x = Tensor(X, requires_grad=True)
    axis = dim if dim is None or isinstance(dim, int | np.integer) else tuple(dim) or None
    out = getattr(x, name)(dim=dim)
    assert out.data == pytest.approx(REDUCTIONS[name](X, axis))
    g = np.random.default_rng(1).normal(size=out.shape)
    out.backward(g)
    step = 1e-6 * np.random.default_rng(2).normal(size=X.shape)
    change = REDUCTIONS[name](X + step, axis) - REDUCTIONS[name](X - step, axis)
    assert np.sum(x.grad * 2 * step) == pytest.approx(np.sum(g * change), rel=1e-4)


@pytest.mark.parametrize("name", ["max", "min"])
def test_a_maximum_with_indices_is_along_one_axis(name):
    with pytest.raises(TypeError, match=rf"{name}: dim is one axis, not \(0, 1\); a{name} takes"):
        getattr(Tensor(X), name)((0, 1))


@pytest.mark.parametrize(
    ("dim", "expected"),
    [(None, (3,)), (0, (3, 1, 1)), ((0, 2), (3, 1)), ([0, -1], (3, 1)), (1, (1, 3, 1, 1)), ((), 0)],
)
def test_squeeze_takes_one_axis_or_several(dim, expected):
    x = Tensor(np.zeros((1, 3, 1, 1)))
    assert x.squeeze(dim).shape == (expected or x.shape)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.squeeze(3),
        lambda x: x.squeeze((0, -4)),
        lambda x: x.flatten(0, 3),
        lambda x: x.index_select(3, [0]),
        lambda x: x.split(1, 3),
        lambda x: x.chunk(2, -4),
    ],
)
def test_an_axis_that_is_not_there_is_refused(call):
    with pytest.raises(IndexError, match=r"axis (3|-4) is out of bounds for array of dimension 3"):
        call(Tensor(X))


def test_settings_of_layers_may_be_lists():
    image = Tensor(np.ones((1, 2, 4, 4), np.float32))
    layer = nn.Conv2d(2, 3, [3, 1], stride=[1, 2], padding=[1, 0], dilation=[1, 1])
    assert layer(image).shape == (1, 3, 4, 2)
    assert nn.ConvTranspose2d(2, 3, [2, 2], [2, 2], output_padding=[1, 0])(image).shape[2:] == (
        9,
        8,
    )
    assert nn.MaxPool2d([2, 2], [2, 1])(image).shape == (1, 2, 2, 3)
    assert nn.AdaptiveAvgPool2d([2, None])(image).shape == (1, 2, 2, 4)
    assert pool.adaptive_avg_pool2d(image, None).shape == (1, 2, 4, 4)
    assert nn.LayerNorm([4, 4])(image).shape == image.shape
    assert shape.pad(image, [1, 0]).shape == (1, 2, 4, 5)
