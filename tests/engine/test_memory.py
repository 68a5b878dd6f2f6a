"""Memory: a long training leaves nothing for the garbage collector, and needs no more with time."""

import gc
import sys

import numpy as np
import pytest

from undergrad.engine import Tensor, nn, optim

RNG = np.random.default_rng(0)


def pictures():
    """A small network of each kind of memory: convolution, running statistics, chance."""
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3, rng=0), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.2, rng=1), nn.Linear(18, 3, rng=2),
    )  # fmt: skip
    x = RNG.normal(size=(4, 1, 8, 8)).astype(np.float32)
    return net, lambda: net(Tensor(x)), np.array([0, 1, 2, 0])


def letters():
    """Embedding and a recurrent layer."""
    embed, read, answer = nn.Embedding(5, 4, rng=0), nn.LSTM(4, 6, rng=1), nn.Linear(6, 5, rng=2)
    x = RNG.integers(0, 5, (7, 3))
    net = nn.ModuleList([embed, read, answer])
    return net, lambda: answer(read(embed(x))[0]).reshape(-1, 5), RNG.integers(0, 5, 21)


def steps(make):
    """A function that trains for so many steps."""
    net, forward, y = make()
    adam = optim.Adam(net.parameters())

    def train(n):
        for _ in range(n):
            adam.zero_grad()
            nn.functional.cross_entropy(forward(), y).backward()
            optim.clip_grad_norm_(net.parameters(), 1.0)
            adam.step()

    return train


@pytest.mark.parametrize("make", [pictures, letters])
def test_a_thousand_steps_leave_no_cyclic_garbage_and_constant_memory(make):
    train = steps(make)
    train(50)  # buffers, caches and moments are there from now on
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        train(1000)
        assert gc.collect() == 0  # and empties Python's own stores of spare tuples
        grown = sys.getallocatedblocks() - before
    finally:
        gc.enable()
    assert grown < 900, f"{grown} blocks of memory more after 1000 steps"


def test_a_chain_of_100_000_operations_goes_backward():
    x = Tensor([1.0], requires_grad=True)
    y = x
    for _ in range(50_000):
        y = (y * 0.5) + 1.0  # comes near 2, whatever x was
    y.backward(np.ones(1, np.float32))
    assert y.item() == pytest.approx(2)
    assert x.grad.tolist() == [0]  # 0.5^50000, too small for a float


def test_no_node_of_a_chain_is_held_after_the_backward_pass():
    x = Tensor([1.0], requires_grad=True)
    y = x
    for _ in range(1000):
        y = y.tanh()
    y.backward(np.ones(1, np.float32))
    gc.collect()
    held = [t for t in gc.get_objects() if type(t) is Tensor and t.op == "tanh"]
    assert held == [y]
