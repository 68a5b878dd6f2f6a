"""Nothing at all: a batch, a sequence or an axis of length 0."""

import numpy as np
import pytest

from undergrad.engine import Tensor, nn
from undergrad.engine.nn import functional
from undergrad.engine.ops import attention, softmax

LAYERS = {  # the layer, an input with an axis of length 0, the shape of the result
    "linear": (lambda: nn.Linear(3, 2), (0, 3), (0, 2)),
    "linear, batch in the middle": (lambda: nn.Linear(3, 2), (4, 0, 3), (4, 0, 2)),
    "conv2d": (lambda: nn.Conv2d(3, 2, 2), (0, 3, 4, 4), (0, 2, 3, 3)),
    "conv2d of one point": (lambda: nn.Conv2d(3, 2, 1), (0, 3, 4, 4), (0, 2, 4, 4)),
    "conv1d": (lambda: nn.Conv1d(3, 2, 2), (0, 3, 4), (0, 2, 3)),
    "conv_transpose2d": (lambda: nn.ConvTranspose2d(3, 2, 2), (0, 3, 4, 4), (0, 2, 5, 5)),
    "max_pool2d": (lambda: nn.MaxPool2d(2), (0, 3, 4, 4), (0, 3, 2, 2)),
    "avg_pool1d": (lambda: nn.AvgPool1d(2), (0, 3, 4), (0, 3, 2)),
    "adaptive_avg_pool2d": (lambda: nn.AdaptiveAvgPool2d(2), (0, 3, 4, 4), (0, 3, 2, 2)),
    "batch_norm, at inference": (lambda: nn.BatchNorm1d(3).eval(), (0, 3), (0, 3)),
    "layer_norm": (lambda: nn.LayerNorm(3), (0, 3), (0, 3)),
    "rms_norm": (lambda: nn.RMSNorm(3), (2, 0, 3), (2, 0, 3)),
    "group_norm": (lambda: nn.GroupNorm(3, 6), (0, 6, 2), (0, 6, 2)),
    "group_norm without positions": (lambda: nn.GroupNorm(3, 6), (2, 6, 0), (2, 6, 0)),
    "softmax over nothing": (lambda: nn.Softmax(0), (0, 3), (0, 3)),
    "log_softmax over nothing": (lambda: nn.LogSoftmax(1), (3, 0), (3, 0)),
    "rnn": (lambda: nn.RNN(3, 4), (5, 0, 3), (5, 0, 4)),
    "gru": (lambda: nn.GRU(3, 4, bidirectional=True), (5, 0, 3), (5, 0, 8)),
    "lstm": (lambda: nn.LSTM(3, 4, num_layers=2), (5, 0, 3), (5, 0, 4)),
    "transformer": (lambda: nn.TransformerEncoderLayer(4, 2, 8), (3, 0, 4), (3, 0, 4)),
    "no positions": (lambda: nn.TransformerEncoderLayer(4, 2, 8), (0, 2, 4), (0, 2, 4)),
    "dropout": (lambda: nn.Dropout(), (0, 3), (0, 3)),
    "flatten": (lambda: nn.Flatten(), (0, 3, 2), (0, 6)),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.filterwarnings("error")
def test_a_layer_of_nothing_gives_nothing_and_gradients_of_0(name):
    make, given, expected = LAYERS[name]
    layer, x = make(), Tensor(np.zeros(given, np.float32), requires_grad=True)
    out = layer(x)
    out = out[0] if isinstance(out, tuple) else out
    assert out.shape == expected
    out.backward(np.zeros(expected))
    assert x.grad.shape == given
    assert all(not p.grad.any() for p in layer.parameters())


@pytest.mark.parametrize("layer", [nn.RNN, nn.GRU, nn.LSTM])
def test_a_sequence_of_no_steps_is_refused(layer):
    with pytest.raises(ValueError, match="and at least one step"):
        layer(3, 4)(Tensor(np.zeros((0, 2, 3), np.float32)))


def test_batch_norm_has_no_statistics_of_nothing():
    with pytest.raises(ValueError, match="use a larger batch, or eval"):
        nn.BatchNorm1d(3)(Tensor(np.zeros((0, 3), np.float32)))


@pytest.mark.parametrize(
    "function",
    [
        attention.scaled_dot_product_attention,
        attention.scaled_dot_product_attention_simple,
    ],
)
def test_attention_to_no_keys_is_0(function):
    query, nothing = Tensor(np.ones((2, 3, 4))), Tensor(np.ones((2, 0, 4)))
    assert function(query, nothing, nothing).tolist() == np.zeros((2, 3, 4)).tolist()


@pytest.mark.parametrize("name", ["amax", "amin", "max", "min", "argmax", "argmin"])
@pytest.mark.parametrize("dim", [None, 0])
def test_there_is_no_largest_of_no_numbers(name, dim):
    with pytest.raises(ValueError, match=r"shape \(0, 3\) has no numbers to choose from"):
        getattr(Tensor(np.zeros((0, 3))), name)(dim=dim)
    if dim is not None:
        assert getattr(Tensor(np.zeros((3, 0))), name)(dim=dim) is not None


@pytest.mark.filterwarnings("error")
def test_the_mean_of_nothing_is_nan_and_its_sum_0():
    x = Tensor(np.zeros((0, 3), np.float32), requires_grad=True)
    assert np.isnan(
        [x.mean().item(), *x.mean(0).tolist(), x.var().item(), *x.std(0).tolist()]
    ).all()
    assert (x.sum().item(), x.prod().item(), x.norm().item()) == (0, 1, 0)
    assert x.logsumexp(0).tolist() == [-np.inf] * 3
    x.mean().backward()
    assert x.grad.shape == (0, 3)


LOSSES = {
    "mse_loss": lambda x, reduction: functional.mse_loss(x, np.zeros((0, 3)), reduction),
    "cross_entropy": lambda x, reduction: functional.cross_entropy(x, [], reduction=reduction),
    "nll_loss": lambda x, reduction: functional.nll_loss(x, [], reduction=reduction),
    "multi_margin_loss": lambda x, reduction: functional.multi_margin_loss(
        x, [], reduction=reduction
    ),
    "binary_cross_entropy": lambda x, reduction: functional.binary_cross_entropy(
        x, np.zeros((0, 3)), reduction=reduction
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_nothing(name):
    x = Tensor(np.zeros((0, 3), np.float32), requires_grad=True)
    assert LOSSES[name](x, "none").size == 0
    total = LOSSES[name](x, "sum")
    total.backward()
    assert (total.item(), x.grad.shape) == (0, (0, 3))
    with pytest.raises(ValueError, match=f"{name}: there is nothing to average"):
        LOSSES[name](x, "mean")


def test_an_empty_list_is_a_list_of_no_indices():
    x = Tensor(np.arange(6.0).reshape(2, 3))
    assert nn.Embedding(4, 2)([]).shape == (0, 2)
    assert x.index_select(1, []).shape == (2, 0)
    assert softmax.softmax(x[[]], 1).shape == (0, 3)
