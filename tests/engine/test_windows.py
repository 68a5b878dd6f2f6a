"""Windows that slide over an image: every setting, beside plain loops over the output positions."""

import itertools

import numpy as np
import pytest

from undergrad.engine import Tensor, nn
from undergrad.engine.ops import conv, linalg, pool


def draws(seed, how_many):
    """Settings of a window along each axis: kernel, stride, padding, dilation; and the image."""
    rng = np.random.default_rng(seed)
    for _ in range(how_many):
        kernel, stride, dilation = (rng.integers(1, 4, 2).tolist() for _ in range(3))
        padding = rng.integers(0, 4, 2).tolist()
        image = rng.normal(size=(int(rng.integers(0, 3)), 2, *rng.integers(1, 7, 2)))
        yield kernel, stride, padding, dilation, image, rng


def looped(image, kernel, stride, padding, dilation, border=0.0):
    """What the points of the kernel cover at each output position: (H', W', N, C, kh, kw)."""
    (down, right), (n, c, h, w) = padding, image.shape
    whole = np.full((n, c, h + 2 * down, w + 2 * right), border)
    whole[:, :, down : down + h, right : right + w] = image
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    starts = [
        range(0, max(size - span + 1, 0), step)
        for size, span, step in zip(whole.shape[2:], spans, stride, strict=True)
    ]
    covered = [
        whole[:, :, i : i + spans[0] : dilation[0], j : j + spans[1] : dilation[1]]
        for i, j in itertools.product(*starts)
    ]
    return np.array(covered).reshape(*map(len, starts), n, c, *kernel)


@pytest.mark.parametrize("function", [conv.conv2d, conv.conv2d_simple])
def test_convolution_is_a_weighted_sum_at_each_position(function):
    compared = 0
    for kernel, stride, padding, dilation, image, rng in draws(seed=1, how_many=80):
        settings = tuple(stride), tuple(padding), tuple(dilation)
        weight = Tensor(rng.normal(size=(3, 2, *kernel)), requires_grad=True)
        x = Tensor(image, requires_grad=True)
        windows = looped(image, kernel, stride, padding, dilation)
        if 0 in windows.shape[:2]:
            with pytest.raises(ValueError, match="does not fit into an image"):
                function(x, weight, None, *settings)
            continue
        out = function(x, weight, None, *settings)
        expected = np.einsum("rsncij,ocij->nors", windows, weight.data)
        assert np.allclose(out.data, expected)
        g = rng.normal(size=out.shape)
        out.backward(g)
        other = rng.normal(size=image.shape)  # linear in x, so its gradient gives any other result
        moved = looped(other, kernel, stride, padding, dilation)
        moved = np.einsum("rsncij,ocij->nors", moved, weight.data)
        assert np.sum(x.grad * other) == pytest.approx(np.sum(g * moved))
        assert np.allclose(weight.grad, np.einsum("rsncij,nors->ocij", windows, g))
        compared += 1
    assert compared > 40


@pytest.mark.parametrize("layer", [conv.conv_transpose2d, conv.conv_transpose2d_simple])
def test_a_transposed_convolution_is_the_transpose_of_a_convolution(layer):
    """<x, conv(y)> = <conv_transpose(x), y>, with an output padding below stride or dilation."""
    rng = np.random.default_rng(2)
    for stride, dilation, padding in itertools.product((1, 2, 3), (1, 2, 3), (0, 1)):
        for more in range(max(stride, dilation)):
            x, weight = rng.normal(size=(2, 3, 4, 3)), Tensor(rng.normal(size=(3, 2, 3, 2)))
            out = layer(Tensor(x), weight, None, stride, padding, more, 1, dilation)
            expected = [
                (n - 1) * stride - 2 * padding + dilation * (k - 1) + more + 1
                for n, k in ((4, 3), (3, 2))
            ]
            assert out.shape[2:] == tuple(expected)
            y = rng.normal(size=out.shape)
            convolved = conv.conv2d(Tensor(y), weight, None, stride, padding, dilation)
            assert np.sum(out.data * y) == pytest.approx(np.sum(x * convolved.data[:, :, :4, :3]))


def test_a_kernel_of_one_point_still_has_a_stride_and_a_padding():
    row = Tensor([[[1.0, 2.0]]], requires_grad=True)
    one = Tensor([[[1.0]]], requires_grad=True)
    out = conv.conv1d(row, one, stride=2, padding=1)
    out.backward([[[3.0, 5.0]]])
    assert out.tolist() == [[[0, 2]]]
    assert row.grad.tolist() == [[[0, 5]]]
    assert one.grad.tolist() == [[[10]]]
    image = Tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    assert nn.Conv2d(1, 1, 1, stride=2, padding=1, bias=False)(image).shape == (1, 1, 2, 2)
    assert conv.conv2d(image, Tensor([[[[1.0]]]]), stride=2, padding=1).tolist() == [
        [[[0, 0], [0, 4]]]
    ]
    larger = conv.conv_transpose2d(image, Tensor([[[[1.0]]]]), output_padding=1, dilation=2)
    assert larger.tolist() == [[[[1, 2, 0], [3, 4, 0], [0, 0, 0]]]]


def pooled(image, kernel, stride, padding, ceil_mode, reduce):
    """Pooling by its definition, one window at a time; (H', W') from PyTorch's rule."""
    n, c, *size = image.shape
    outputs = []
    for length, k, s, p in zip(size, kernel, stride, padding, strict=True):
        steps = (length + 2 * p - k) / s
        last = int(np.ceil(steps) if ceil_mode else np.floor(steps))
        outputs.append(last + 1 - (ceil_mode and last * s >= length + p))
    out = np.empty((n, c, *outputs))
    for r, s in itertools.product(*map(range, outputs)):
        starts = [i * step - p for i, step, p in zip((r, s), stride, padding, strict=True)]
        limits = [
            min(start + k, length + p)
            for start, k, length, p in zip(starts, kernel, size, padding, strict=True)
        ]
        inside = (slice(max(a, 0), min(b, e)) for a, b, e in zip(starts, limits, size, strict=True))
        with_padding = np.prod([b - a for a, b in zip(starts, limits, strict=True)])
        out[:, :, r, s] = reduce(image[(..., *inside)], with_padding)
    return out


KINDS = {
    "max": (pool.max_pool2d, {}, lambda part, _: part.max(axis=(2, 3))),
    "max, simple": (pool.max_pool2d_simple, {}, lambda part, _: part.max(axis=(2, 3))),
    "avg": (pool.avg_pool2d, {}, lambda part, count: part.sum(axis=(2, 3)) / count),
    "avg, simple": (pool.avg_pool2d_simple, {}, lambda part, count: part.sum(axis=(2, 3)) / count),
    "avg, no padding": (
        pool.avg_pool2d,
        {"count_include_pad": False},
        lambda part, _: part.mean(axis=(2, 3)),
    ),
    "avg, no padding, simple": (
        pool.avg_pool2d_simple,
        {"count_include_pad": False},
        lambda part, _: part.mean(axis=(2, 3)),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_pooling_window_by_window(kind, ceil_mode):
    function, options, reduce = KINDS[kind]
    compared = 0
    for kernel, stride, padding, _, image, _rng in draws(seed=3, how_many=60):
        padding = [min(p, k // 2) for p, k in zip(padding, kernel, strict=True)]
        if any(n + 2 * p < k for n, p, k in zip(image.shape[2:], padding, kernel, strict=True)):
            continue
        settings = tuple(kernel), tuple(stride), tuple(padding)
        out = function(Tensor(image), *settings, ceil_mode=ceil_mode, **options)
        expected = pooled(image, *settings, ceil_mode, reduce)
        assert out.shape == expected.shape
        assert np.allclose(out.data, expected)
        compared += 1
    assert compared > 20


def test_the_last_window_reaches_over_the_edge():
    row = Tensor([[[1.0, 2.0, 3.0, 4.0, 5.0]]])
    assert nn.MaxPool1d(2, ceil_mode=True)(row).tolist() == [[[2, 4, 5]]]
    assert nn.AvgPool1d(2, ceil_mode=True)(row).tolist() == [[[1.5, 3.5, 5]]]
    assert nn.AvgPool1d(2)(row).tolist() == [[[1.5, 3.5]]]


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,ij->ij", [(1, 3), (2, 3)]),
        ("ij,jk->ik", [(2, 1), (3, 4)]),
        ("i,i->", [(1,), (3,)]),
        ("ij,j->i", [(2, 3), (1,)]),
        ("ij,ij,ij->j", [(1, 1), (2, 3), (2, 1)]),
        ("bij,bjk->bik", [(1, 2, 3), (4, 3, 2)]),
    ],
)
def test_an_axis_of_length_1_broadcasts_in_einsum(equation, shapes):
    rng = np.random.default_rng(0)
    operands = [Tensor(rng.normal(size=shape), requires_grad=True) for shape in shapes]
    out = linalg.einsum(equation, *operands)
    names = equation.split("->")[0].split(",")
    sizes = {
        letter: max(shape[i] for name, shape in zip(names, shapes, strict=True)
                    for i, other in enumerate(name) if other == letter)
        for letter in set("".join(names))
    }  # fmt: skip
    full = [
        np.broadcast_to(x.data, [sizes[letter] for letter in name])
        for x, name in zip(operands, names, strict=True)
    ]
    assert np.allclose(out.data, np.einsum(equation, *full))
    g = rng.normal(size=out.shape)
    out.backward(g)
    for i, x in enumerate(operands):  # linear in each: <g, f(x)> = <gradient, x>, for any other x
        other = rng.normal(size=x.shape)
        replaced = list(full)
        replaced[i] = np.broadcast_to(other, full[i].shape)
        assert np.sum(x.grad * other) == pytest.approx(np.sum(g * np.einsum(equation, *replaced)))


def test_einsum_refuses_two_lengths_for_a_letter():
    with pytest.raises(ValueError, match="einsum: 'i,i->' does not fit shapes"):
        linalg.einsum("i,i->", Tensor([1.0, 2.0]), Tensor([1.0, 2.0, 3.0]))
