"""`readable()` puts the twins in place: the same numbers, from operations that can be read."""

import threading

import numpy as np
import pytest

from undergrad.cases import OPERATIONS
from undergrad.engine import Tensor, nn, ops, readable
from undergrad.engine.autograd import reverse_topological_order
from undergrad.engine.nn.functional import huber_loss
from undergrad.engine.ops import attention, cross_entropy, linalg

FUSED = {
    "linear", "softmax", "log_softmax", "layer_norm", "batch_norm", "conv2d", "max_pool2d",
    "embedding", "lstm", "gru", "rnn", "scaled_dot_product_attention", "cross_entropy",
}  # fmt: skip


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def perceptron():
    return nn.Sequential(nn.Linear(6, 5, rng=1), nn.Tanh(), nn.Linear(5, 3, rng=2)), drawn(4, 6)


def convolutional():
    layers = (
        nn.Conv2d(1, 3, 3, padding=1, rng=1), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(3, 2, 2, rng=2), nn.Flatten(), nn.Linear(8, 3, rng=3),
    )  # fmt: skip
    return nn.Sequential(*layers), drawn(4, 1, 6, 6)


class Reader(nn.Module):
    """Embedded tokens, an LSTM, and scores from its last hidden state."""

    def __init__(self):
        self.embedding = nn.Embedding(7, 4, rng=1)
        self.lstm = nn.LSTM(4, 5, batch_first=True, rng=2)
        self.head = nn.Linear(5, 3, rng=3)

    def forward(self, tokens):
        return self.head(self.lstm(self.embedding(tokens))[0][:, -1])


class Block(nn.Module):
    """One block of a GPT, and scores for the next token at every position."""

    def __init__(self):
        self.embedding = nn.Embedding(7, 4, rng=1)
        self.block = nn.TransformerEncoderLayer(
            4, 2, 8, dropout=0.0, activation="gelu", batch_first=True, norm_first=True, rng=2
        )
        self.head = nn.Linear(4, 3, rng=3)

    def forward(self, tokens):
        return self.head(self.block(self.embedding(tokens), is_causal=True))[:, -1]


TOKENS = np.random.default_rng(0).integers(0, 7, (4, 5))
NETWORKS = {
    "perceptron": perceptron,
    "convolutional": convolutional,
    "lstm": lambda: (Reader(), TOKENS),
    "gpt block": lambda: (Block(), TOKENS),
}


def step(make):
    """The loss, the gradients, and the names of all operations of one training step."""
    net, inputs = make()
    x = Tensor(inputs) if inputs.dtype.kind == "f" else inputs
    loss = nn.functional.cross_entropy(net(x), np.array([0, 2, 1, 1]))
    names = [tensor.op for tensor in reverse_topological_order(loss)]
    loss.backward()
    return loss.item(), {k: p.grad for k, p in net.named_parameters()}, names


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_a_network_learns_the_same_from_readable_operations(make):
    loss, gradients, names = step(make)
    with readable():
        same_loss, same_gradients, readable_names = step(make)
    assert same_loss == pytest.approx(loss, rel=1e-5)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(same_gradients[name], gradient, atol=1e-5, err_msg=name)
    assert FUSED & set(names)
    assert not FUSED & set(readable_names)
    assert len(readable_names) > 2 * len(names)


@pytest.mark.parametrize("case", [c for c in OPERATIONS if c.twin], ids=lambda case: case.name)
def test_the_name_of_an_operation_means_its_twin(case):
    module = vars(ops)[case.ours.__module__.rpartition(".")[2]]
    with readable():
        assert getattr(module, case.name) is case.twin
    assert getattr(module, case.name) is case.ours


def test_a_function_of_nn_functional_means_the_twin_too():
    x, weight = Tensor([[1.0, 2.0]]), Tensor([[0.5, -1.0]])
    assert nn.functional.linear(x, weight, Tensor([1.0])).op == "linear"
    with readable():
        assert nn.functional.linear(x, weight, Tensor([1.0])).op == "add"


def test_a_name_that_was_imported_means_the_twin_too():
    d = Tensor([0.5, 3.0])
    assert huber_loss(d, [0.0, 0.0]).op == "huber_loss"
    with readable():
        assert huber_loss(d, [0.0, 0.0]).op == "mean"
    assert huber_loss(d, [0.0, 0.0]).op == "huber_loss"


def test_a_function_that_stands_in_for_an_operation_stays(monkeypatch):
    own = lambda x, weight, bias=None: x * 7.0  # noqa: E731
    monkeypatch.setattr(linalg, "linear", own)
    with readable():
        assert linalg.linear is own
    assert linalg.linear is own


def test_an_error_brings_the_fast_forms_back():
    before = linalg.linear
    with pytest.raises(ValueError, match="in the block"), readable():
        raise ValueError("in the block")
    assert linalg.linear is before


def test_blocks_may_be_nested():
    before = cross_entropy.cross_entropy
    with readable():
        with readable():
            pass
        assert cross_entropy.cross_entropy is cross_entropy.cross_entropy_simple
    assert cross_entropy.cross_entropy is before


def test_a_second_thread_waits_and_finds_the_fast_forms_afterwards():
    before, seen = attention.scaled_dot_product_attention, []

    def enter():
        with readable():
            seen.append(attention.scaled_dot_product_attention)

    with readable():
        other = threading.Thread(target=enter)
        other.start()
        assert not seen
    other.join()
    assert seen == [attention.scaled_dot_product_attention_simple]
    assert attention.scaled_dot_product_attention is before
