"""Masks: what is masked out of a gradient is 0, never 0 * infinity; and a mask holds booleans."""

import numpy as np
import pytest

from undergrad.engine import Tensor, nn
from undergrad.engine.nn import functional
from undergrad.engine.ops import attention, elementwise, pool, recurrent, reduce
from undergrad.engine.ops.masks import masked

X = np.array([-2.0, -1.0, 0.0, 0.5, 1.0, 4.0], np.float32)
INF = np.inf


def gradient(function, x=X):
    """d(sum of function)/dx."""
    x = Tensor(x, requires_grad=True)
    with np.errstate(all="ignore"):
        function(x).sum().backward()
    return x.grad


def rnn_of_one_weight(x):
    one, zero = Tensor([[1.0]]), Tensor([[0.0]])
    steps = x.reshape(6, 1, 1)
    return recurrent.rnn(steps, zero, one, zero, nonlinearity="relu")[0]


root = 0.5 / np.sqrt(X.clip(1e-9))  # d sqrt(x)/dx where x is positive
COMPOSITIONS = {
    "sqrt(relu(x))": (lambda x: x.relu().sqrt(), np.where(X > 0, root, 0)),
    "log(relu(x))": (lambda x: x.relu().log(), np.where(X > 0, 1 / X.clip(1e-9), 0)),
    "relu(x)^0.5": (lambda x: x.relu() ** 0.5, np.where(X > 0, root, 0)),
    "relu(x)^-1": (lambda x: x.relu() ** -1.0, np.where(X > 0, -1 / X.clip(1e-9) ** 2, 0)),
    "sqrt(clip(x, 0))": (lambda x: x.clip(0).sqrt(), [0, 0, INF, *root[3:]]),
    "log(clip(x, 0, 1))": (lambda x: x.clip(0, 1).log(), [0, 0, INF, 2, 1, 0]),
    "clip(x, 1, 0)": (lambda x: x.clip(1, 0), np.zeros(6)),
    "sqrt(where(x > 0, x, 0))": (
        lambda x: elementwise.where(x > 0, x, 0.0).sqrt(),
        np.where(X > 0, root, 0),
    ),
    "where(x > 0, sqrt(relu(x)), 0)": (
        lambda x: elementwise.where(x > 0, x.relu().sqrt(), 0.0),
        np.where(X > 0, root, 0),
    ),
    "sqrt(maximum(x, 0))": (
        lambda x: elementwise.maximum(x, 0.0).sqrt(),
        [0, 0, INF, *root[3:]],
    ),
    "sqrt(-minimum(x, 0))": (
        lambda x: (-elementwise.minimum(x, 0.0)).sqrt(),
        [-0.5 / np.sqrt(2), -0.5, INF, 0, 0, 0],  # sqrt(-0.0) is -0.0
    ),
    "sqrt(max(x) - 4)": (lambda x: (x.max() - 4.0).sqrt(), [0, 0, 0, 0, 0, INF]),
    "sqrt(min(x) + 2)": (lambda x: (x.min() + 2.0).sqrt(), [INF, 0, 0, 0, 0, 0]),
    "sqrt(x^0 - 1)": (lambda x: (x**0.0 - 1.0).sqrt(), np.zeros(6)),
    "log(max_pool(relu(x)))": (
        lambda x: pool.max_pool1d(x.relu().reshape(1, 1, 6), 2).log(),
        [0, 0, 0, 2, 0, 0.25],
    ),
    "sqrt(avg_pool(relu(x)))": (
        lambda x: pool.adaptive_avg_pool1d(x.relu().reshape(1, 1, 6), 3).sqrt(),
        [0, 0, 0, 0.5, 0.25 / np.sqrt(2.5), 0.25 / np.sqrt(2.5)],
    ),
    "sqrt(relu of an RNN)": (lambda x: rnn_of_one_weight(x).sqrt(), np.where(X > 0, root, 0)),
    "sqrt(|x - x|_3)": (lambda x: reduce.norm(x * 0.0, 3).sqrt(), np.zeros(6)),
    "sqrt(nll)": (
        lambda x: functional.nll_loss(-x.relu().reshape(3, 2), [0, 0, 0], reduction="none").sqrt(),
        [0, 0, 0, 0, 0.5, 0],
    ),
    "sqrt(multi_margin)": (
        lambda x: functional.multi_margin_loss(x.reshape(2, 3), [2, 2], reduction="none").sqrt(),
        [0, 0, 0, 0, 0, 0],
    ),
}


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_what_is_masked_out_receives_0_even_of_an_infinite_gradient(name):
    function, expected = COMPOSITIONS[name]
    assert gradient(function) == pytest.approx(np.array(expected), rel=1e-5)


def test_dropout_removes_infinite_numbers_and_gradients():
    x = Tensor(np.full(100, INF, np.float32), requires_grad=True)
    out = functional.dropout(x, 0.5, rng=0)
    out.backward(np.full(100, INF))
    assert set(out.tolist()) == set(x.grad.tolist()) == {0.0, INF}


def test_an_infinite_number_stays_in_its_own_window():
    x = Tensor(np.array([[[INF, 1.0, 2.0, 4.0]]], np.float32))
    assert pool.adaptive_avg_pool1d(x, 2).tolist() == [[[INF, 3.0]]]
    image = x.reshape(1, 1, 2, 2)
    assert pool.adaptive_avg_pool2d(image, (1, 2)).tolist() == [[[[INF, 2.5]]]]


def test_a_nan_among_two_operands_passes_the_gradient_to_both():
    nan = Tensor(np.array([np.nan], np.float32), requires_grad=True)
    one = Tensor([1.0], requires_grad=True)
    for choose in (elementwise.maximum, elementwise.minimum):
        nan.grad = one.grad = None
        choose(nan, one).backward([3.0])
        assert (nan.grad.tolist(), one.grad.tolist()) == ([3], [3])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (4, 2, 3)])
def test_masked_is_where(dtype, shape):
    rng = np.random.default_rng(0)
    g = np.array(rng.normal(size=shape), dtype)
    g[rng.random(shape) < 0.5] = INF
    for mask in (rng.random(shape) < 0.5, rng.random(shape[-1:]) < 0.5, np.True_, np.False_):
        out = masked(g.T.copy().T, np.asarray(mask))
        assert out.dtype == dtype
        assert np.array_equal(out, np.where(mask, g, 0))


# What is a mask?

Q, K, V = Tensor(np.zeros((1, 2))), Tensor(np.zeros((2, 2))), Tensor(np.array([[1.0], [5.0]]))
ATTENTIONS = [
    attention.scaled_dot_product_attention,
    attention.scaled_dot_product_attention_simple,
]


@pytest.mark.parametrize("function", ATTENTIONS)
@pytest.mark.parametrize("mask", [[[True, False]], np.array([[True, False]]), [[0.0, -INF]]])
def test_booleans_and_floats_are_masks(function, mask):
    assert function(Q, K, V, mask).tolist() == [[1]]


@pytest.mark.parametrize("function", ATTENTIONS)
@pytest.mark.parametrize("kind", [int, np.uint8, np.int8, "S1", object])
def test_attention_refuses_integers(function, kind):
    message = "attn_mask must hold booleans .or floats to add to the scores.*: attn_mask != 0"
    with pytest.raises(TypeError, match=f"^scaled_dot_product_attention: {message}"):
        function(Q, K, V, np.array([[1, 0]]).astype(kind))


@pytest.mark.parametrize("name", ["attn_mask", "key_padding_mask"])
def test_multi_head_attention_refuses_integers(name):
    layer, x = nn.MultiheadAttention(4, 2, batch_first=True, rng=0), Tensor(np.ones((1, 2, 4), "f"))
    shape = (2, 2) if name == "attn_mask" else (1, 2)
    out = np.array([[0, 1]]) | np.zeros(shape, int)
    for mask in (out, out.tolist()):
        with pytest.raises(TypeError, match=f"^MultiheadAttention: {name} must hold booleans"):
            layer(x, x, x, **{name: mask})
    expected = layer(x, x, x, **{name: out != 0})[1]
    assert np.allclose(expected.data, [1, 0])
    assert np.allclose(layer(x, x, x, **{name: (out != 0).tolist()})[1].data, expected.data)


@pytest.mark.parametrize("name", ["src_mask", "src_key_padding_mask"])
def test_a_transformer_refuses_integers(name):
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True, rng=0)
    shape = (2, 2) if name == "src_mask" else (1, 2)
    with pytest.raises(TypeError, match="must hold booleans"):
        layer(Tensor(np.ones((1, 2, 4), "f")), **{name: np.zeros(shape, int)})


@pytest.mark.parametrize("condition", [[1, 0], np.array([1.0, 0.0]), Tensor([1.0, 0.0])])
def test_where_refuses_numbers(condition):
    with pytest.raises(TypeError, match=r"^where: condition must hold booleans, not"):
        elementwise.where(condition, Tensor([1.0, 2.0]), 0.0)


# The same in PyTorch, where it is installed

METHODS_ONLY = [
    "sqrt(relu(x))", "log(relu(x))", "relu(x)^0.5", "relu(x)^-1", "sqrt(clip(x, 0))",
    "log(clip(x, 0, 1))", "clip(x, 1, 0)", "sqrt(max(x) - 4)", "sqrt(min(x) + 2)", "sqrt(x^0 - 1)",
]  # fmt: skip


@pytest.mark.parametrize("name", METHODS_ONLY)
def test_pytorch_gives_the_same(name):
    torch = pytest.importorskip("torch")
    function, expected = COMPOSITIONS[name]
    theirs = torch.tensor(X, requires_grad=True)
    function(theirs).sum().backward()
    assert theirs.grad.numpy() == pytest.approx(np.array(expected), rel=1e-5)
