"""Changes in place between forward and backward are noticed; nothing else is."""

from itertools import pairwise

import numpy as np
import pytest

from undergrad.cases import OPERATIONS
from undergrad.cases.record import converted, cotangent, gradient_of, main_result
from undergrad.engine import Tensor, nn, no_grad, optim, versions
from undergrad.engine.ops import elementwise, shape
from undergrad.engine.versions import increment_version

MODIFIED = "modified by an inplace operation"
RNG = np.random.default_rng(0)


def leaf(*numbers):
    return Tensor(np.array(numbers, np.float32), requires_grad=True)


def batch(*shape):
    return Tensor(RNG.normal(size=shape).astype(np.float32))


def network(seed, *sizes):
    layers = []
    for i, (n_in, n_out) in enumerate(pairwise(sizes)):
        layers += [nn.Linear(n_in, n_out, rng=seed + i), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def gan():
    """A generator, a discriminator and its optimiser, and the generator's loss."""
    generator, discriminator = network(0, 2, 8, 2), network(9, 2, 8, 1)
    adam = optim.Adam(discriminator.parameters(), 0.1)
    fake = generator(batch(4, 2))
    return generator, discriminator, adam, fake, discriminator(fake).mean()


def test_the_order_of_a_gan():
    generator, discriminator, adam, fake, loss = gan()
    discriminator(fake.detach()).sum().backward()
    adam.step()
    with pytest.raises(RuntimeError, match=MODIFIED):
        loss.backward()
    assert all(p.grad is None for p in generator.parameters())  # nothing was done by half
    discriminator(fake).mean().backward()  # computed again: as in the tutorials
    assert all(p.grad is not None for p in generator.parameters())


def test_the_message_counts_versions():
    w = leaf(3.0)
    with no_grad():
        w -= 1.0
        y_before = w._version
    y = w * w
    with no_grad():
        w += 1.0
        w *= 2.0
    assert (y_before, w._version) == (1, 3)
    with pytest.raises(RuntimeError, match=r"'mul' is at version 3; expected version 1 instead; c"):
        y.backward()


def step(w):
    w.grad = np.ones_like(w.data)
    optim.SGD([w], 0.1).step()


def load(w):
    module = nn.Module()
    module.w = w
    module.load_state_dict({"w": np.full(w.shape, 7, np.float32)})


def divide(w):
    with no_grad():
        w /= 2.0


@pytest.mark.parametrize("change", [step, load, nn.init.ones_, nn.init.uniform_, divide])
def test_every_door_counts(change):
    w = leaf(3.0, 4.0)
    loss = (w * w).sum()
    change(w)
    assert w._version == 1
    with pytest.raises(
        RuntimeError, match=r"operand of shape \(2,\) of 'mul' is at version 1; exp"
    ):
        loss.backward()


@pytest.mark.parametrize(
    "view",
    [
        lambda w: w.reshape(3, 2),
        lambda w: w.T,
        lambda w: w[0:1],
        lambda w: w.unsqueeze(0).expand(4, 2, 3),
        lambda w: w.split(1)[1],
        lambda w: w.detach().requires_grad_(),
    ],
)
def test_views_of_the_same_memory_count_together(view):
    w = Tensor(np.ones((2, 3), np.float32), requires_grad=True)
    seen = view(w)
    loss = (seen * seen).sum()
    nn.init.zeros_(w)
    assert seen._version == w._version == 1
    with pytest.raises(RuntimeError, match=MODIFIED):
        loss.backward()


def test_a_slice_of_a_weight_inside_a_layer():
    attention = nn.MultiheadAttention(4, 2, rng=0)
    adam = optim.Adam(attention.parameters())
    x = Tensor(batch(3, 2, 4).data, requires_grad=True)
    first, second = (attention(x, x, x)[0].sum() for _ in range(2))
    first.backward()
    adam.step()
    with pytest.raises(RuntimeError, match=MODIFIED):
        second.backward()


def test_a_result_that_its_own_vjp_reads():
    for function, fits in ((Tensor.exp, False), (Tensor.relu, False), (Tensor.cumsum, True)):
        x = leaf(1.0, 2.0)
        y = function(x, 0) if fits else function(x)
        with no_grad():
            y += 1.0
        if fits:
            y.sum().backward()
            continue
        with pytest.raises(RuntimeError, match=f"result of shape .* of {y.op!r}"):
            y.sum().backward()


def test_a_change_of_what_no_gradient_reads_is_none_of_our_business():
    w, b, x = leaf(2.0), leaf(1.0), batch(1)
    losses = [(w * x + b).sum() for _ in range(2)]  # d/dw is x, d/db is 1
    sgd = optim.SGD([w, b], 0.1)
    for loss in losses:
        loss.backward()
        sgd.step()
    assert b.grad.tolist() == [2]


def test_a_linear_layer_under_two_losses():
    """PyTorch allows it too: without a gradient for x, the weight is not read."""
    layer, x = nn.Linear(3, 2, rng=0), batch(4, 3)
    sgd = optim.SGD(layer.parameters(), 0.1)
    first, second = ((layer(x) ** 2).mean() for _ in range(2))
    first.backward()
    once = layer.weight.grad.copy()
    sgd.step()
    second.backward()
    assert layer.weight.grad == pytest.approx(2 * once)


def test_an_array_put_in_place_of_another_leaves_the_graph_its_numbers():
    w = leaf(3.0)
    loss = (w * w).sum()
    w.data = np.array([100.0], np.float32)
    loss.backward()
    assert w.grad.tolist() == [6]


def _tensor(array):
    return Tensor(array.copy(), requires_grad=True) if array.dtype.kind == "f" else array


def _gradients(function, sample, change=None):
    made = {}
    args = converted(sample.args, _tensor, made)
    with np.errstate(all="ignore"):
        out = main_result(function(*args, **sample.kwargs))
        if change is not None:
            change(list(made.values()))
        out.backward(cotangent(out.shape, 0))
    return [gradient_of(x) for x in made.values()]


def assigned(x):
    x.data = 0.5 * x.data + 0.1


def changed(x):
    x.data[...] = 0.5 * x.data + 0.1
    increment_version([x])


@pytest.mark.parametrize("case", OPERATIONS, ids=lambda case: case.name)
def test_no_operation_reads_changed_numbers(case):
    """Each operand is replaced, and changed in place: a right gradient, or an error."""
    for function in (case.ours, case.twin or case.ours):
        for sample in case.samples(0):
            right = _gradients(function, sample)
            for i in range(len(right)):
                got = _gradients(function, sample, lambda xs, i=i: assigned(xs[i]))
                try:
                    after = _gradients(function, sample, lambda xs, i=i: changed(xs[i]))
                except RuntimeError as error:
                    assert MODIFIED in str(error)
                    after = right
                for each in (got, after):
                    for a, b in zip(right, each, strict=True):
                        assert np.array_equal(a, b, equal_nan=True)


def test_the_tables_name_operations():
    listed = versions._READERS.keys() | versions._READ_NO_OPERAND | versions._READ_THEIR_RESULT
    assert listed <= {case.name for case in OPERATIONS} | {"mean of pieces"}
    assert not versions._READERS.keys() & versions._READ_NO_OPERAND


# Shared memory, as in PyTorch

SHARED = {
    "reshape": lambda x: x.reshape(3, 2), "transpose": lambda x: x.transpose(0, 1),
    "permute": lambda x: x.permute(1, 0), "expand": lambda x: x.expand(4, 2, 3),
    "squeeze": lambda x: x.squeeze(0), "unsqueeze": lambda x: x.unsqueeze(0),
    "flatten": lambda x: x.flatten(), "slice": lambda x: x[:, 1:],
    "split": lambda x: x.split(1)[0], "chunk": lambda x: x.chunk(2)[0], "detach": Tensor.detach,
}  # fmt: skip
COPIED = {
    "pow 1": lambda x: x**1, "pow 1.0": lambda x: x**1.0, "plus 0": lambda x: x + 0,
    "minus 0": lambda x: x - 0, "times 1": lambda x: x * 1, "over 1": lambda x: x / 1,
    "clip to everything": lambda x: x.clip(-9, 9), "clip to nothing": lambda x: x.clip(),
    "flip": lambda x: x.flip(0), "flip no axis": lambda x: x.flip(()),
    "pad 0": lambda x: shape.pad(x, (0, 0)), "concat of one": lambda x: shape.concat([x]),
    "stack of one": lambda x: shape.stack([x]), "tril": lambda x: x.tril(9),
    "where": lambda x: elementwise.where(np.True_, x, x), "relu": lambda x: x.relu(),
    "abs": abs, "maximum": lambda x: elementwise.maximum(x, x), "amax": lambda x: x.amax(0),
    "sum of one": lambda x: x[0, 0].sum(), "mean of one": lambda x: x[0, 0].mean(),
    "index": lambda x: x[[0, 1]],
    "mask": lambda x: x[np.ones((2, 3), bool)], "cumsum": lambda x: x.cumsum(0),
    "gather": lambda x: x.gather(0, np.zeros((1, 3), int)),
    "average over each": lambda x: nn.AdaptiveAvgPool1d(3)(x.unsqueeze(0)),
    "pool of 1": lambda x: nn.MaxPool1d(1)(x.unsqueeze(0)),
    "dropout of 0.5": lambda x: nn.functional.dropout(x, 0.5, rng=0),
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED | COPIED)
def test_results_share_memory_exactly_where_they_do_in_pytorch(name):
    x = Tensor(RNG.uniform(0.5, 1, (2, 3)))
    assert np.shares_memory((SHARED | COPIED)[name](x).data, x.data) == (name in SHARED)


# x += ...


def test_under_no_grad_a_parameter_is_updated_in_place():
    w = leaf(1.0, 2.0)
    memory = w.data
    (w * w).sum().backward()
    with no_grad():
        w -= 0.5 * w.grad
    assert w.data is memory
    assert (memory.tolist(), w.requires_grad) == ([0, 0], True)


def test_in_place_on_a_leaf_with_a_gradient_is_refused():
    w = leaf(1.0)
    with pytest.raises(
        RuntimeError, match="a leaf that requires grad is being used in an in-place"
    ):
        w -= 0.1


def test_in_a_network_it_makes_a_new_result():
    x = leaf(3.0)
    h = x * 1.0
    before = h
    h += x
    h *= x
    h.sum().backward()
    assert (before.tolist(), h.tolist(), x.grad.tolist()) == ([3], [18], [12])


def test_in_place_keeps_the_shape():
    x = batch(2)
    with pytest.raises(ValueError, match=r"shape \(2,\) cannot hold a result of shape \(3, 2\)"):
        x += batch(3, 2)


def test_pytorch_says_the_same():
    torch = pytest.importorskip("torch")
    sentences = []
    for library, sgd, block in (
        (torch, torch.optim.SGD, torch.no_grad),
        (None, optim.SGD, no_grad),
    ):
        make = leaf if library is None else lambda *n: torch.tensor(n, requires_grad=True)
        w = make(3.0)
        loss = (w * w).sum()
        with block():
            w -= 1.0
        (w * 2.0).sum().backward()
        sgd([w], 0.1).step()
        with pytest.raises(RuntimeError) as raised:
            loss.backward()
        sentences.append(str(raised.value))
    for sentence in sentences:
        assert sentence.startswith(
            "one of the variables needed for gradient computation has been modified by an inplace"
        )
        assert "is at version 2; expected version 0 instead" in sentence
