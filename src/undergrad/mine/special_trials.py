"""Trials that the case table has no record for: backward pass, ties, clipping, random draws ..."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from undergrad.cases import Operation, Sample
from undergrad.cases.record import Values, gradient_of
from undergrad.engine import optim
from undergrad.engine.autograd import Array
from undergrad.engine.tensor import Tensor
from undergrad.mine.patch import function_at
from undergrad.mine.trial import SEED, Trial

_RANDOM = 0.03  # two correct draws of 40,000 numbers differ by less
_OPS, _OPTIM = "undergrad.engine.ops.", "undergrad.engine.optim."
_INIT = "undergrad.engine.nn.init."


# The backward pass


def _backward_passes() -> Iterator[Trial]:
    for label, compute in (
        ("a result that is used twice", lambda x: (x * x + x) * x),
        ("a row added to a matrix", lambda x: x * x[0] + x),
        ("two results that receive one gradient", _one_gradient_for_two),
        ("a chain of 3,000 steps", _chain),
    ):
        case = Operation("backward", compute, "", _square)
        for dtype in (np.float32, np.float64):
            run = partial(case.values, case.samples(SEED)[0], SEED, dtype)
            yield Trial(f"{label}, {np.dtype(dtype)}", run)


def _one_gradient_for_two(x: Tensor) -> Tensor:
    """`+` hands one array to both; adding to it in place would change the other's."""
    a, b = x * 2.0, x * 3.0
    return (a + b) + a


def _chain(x: Tensor) -> Tensor:
    for _ in range(3_000):
        x = x + 0.001
    return x


def _square(rng: np.random.Generator) -> Iterator[Sample]:
    yield Sample("a square", (rng.normal(size=(3, 3)),))


# Squares, which are the only powers that agents need


def _squares() -> Iterator[Trial]:
    yield Trial("squares", _squared)


def _squared() -> Values:
    rng = np.random.default_rng(SEED)
    x = Tensor(rng.normal(size=(4, 3)), requires_grad=True)
    out = function_at(f"{_OPS}elementwise.pow")(x, 2)
    out.backward(rng.normal(size=out.shape))
    return {"result": out.data, "gradient": gradient_of(x)}


# Ties


def _ties(name: str, x: Array, *options: int) -> Iterator[Trial]:
    yield Trial("equal numbers, all of them negative", partial(_of_ties, name, x, options))


def _of_ties(name: str, x: Array, options: tuple[int, ...]) -> Values:
    tensor = Tensor(x.copy(), requires_grad=True)
    out = function_at(_OPS + name)(tensor, *options)
    out.backward(np.random.default_rng(SEED).normal(size=out.shape))
    return {"result": out.data, "gradient": gradient_of(tensor)}


_NEGATIVE = np.array([[-1.0, -1, -3, -2], [-2, -2, -4, -2]])


# Optimisers


def _changing(rule: str, **settings: float) -> Iterator[Trial]:
    described = ", ".join(f"{name} {value}" for name, value in settings.items())
    yield Trial(f"{described}, a learning rate that changes", partial(_followed, rule, settings))


def _followed(rule: str, settings: dict[str, float]) -> Values:
    """Thirty steps, over which the learning rate goes up and down as under a schedule."""
    rng = np.random.default_rng(SEED)
    w = Tensor(rng.normal(size=20).astype(np.float32), requires_grad=True)
    optimizer = getattr(optim, rule)([w], **settings)
    for step in range(30):
        optimizer.param_groups[0]["lr"] = settings["lr"] / (1 + step % 3)
        w.grad = (w.data + rng.normal(size=20)).astype(np.float32)
        optimizer.step()
    return {"result": w.data}


def _clipping() -> Iterator[Trial]:
    for max_norm in (0.5, 1e6):
        yield Trial(f"to a norm of {max_norm:g}", partial(_clipped, max_norm))


def _clipped(max_norm: float) -> Values:
    rng = np.random.default_rng(SEED)
    weights = [Tensor(np.zeros(shape, np.float32)) for shape in ((3, 4), (5,))]
    for w in weights:
        w.grad = rng.normal(size=w.shape).astype(np.float32)
    norm = function_at(f"{_OPTIM}clip.clip_grad_norm_")(weights, max_norm)
    return {"norm": np.array(norm), **{f"gradient {w.shape}": gradient_of(w) for w in weights}}


# Normalisation


def _last_of_three(name: str) -> Iterator[Trial]:
    """As in a Transformer: the gradients of the weights are summed over two axes."""
    yield Trial("shape (2, 3, 4)", partial(_normed, name))


def _normed(name: str) -> Values:
    rng = np.random.default_rng(SEED)
    x = Tensor(rng.normal(size=(2, 3, 4)), requires_grad=True)
    weights = [Tensor(rng.normal(size=4), requires_grad=True) for _ in range(2)]
    out = function_at(_OPS + name)(x, (4,), *weights[: 2 if name.endswith("layer_norm") else 1])
    out.backward(rng.normal(size=x.shape))
    gradients = {f"gradient {i}": gradient_of(w) for i, w in enumerate((x, *weights))}
    return {"result": out.data, **gradients}


def _running_statistics() -> Iterator[Trial]:
    yield Trial("the running mean and variance, after two batches", _after_two_batches)


def _after_two_batches() -> Values:
    rng, mean, variance = np.random.default_rng(SEED), np.zeros(3), np.ones(3)
    for _ in range(2):
        x = Tensor(rng.normal(3, 2, (5, 3)))
        function_at(f"{_OPS}batch_norm.batch_norm")(x, mean, variance, training=True)
    return {"mean": mean, "variance": variance}


# Random draws


def _initialised() -> Iterator[Trial]:
    for shape in ((200, 100), (40, 20, 3, 3)):
        yield Trial(f"shape {shape}", partial(_drawn, shape), rtol=_RANDOM, atol=1e-3)


def _drawn(shape: tuple[int, ...]) -> Values:
    """The range and the standard deviation of the weights; the weights themselves are random."""
    x = Tensor(np.zeros(shape, np.float32))
    function_at(f"{_INIT}xavier_uniform_")(x, rng=SEED)
    return {
        "smallest, largest, standard deviation": np.array(
            [x.data.min(), x.data.max(), x.data.std()]
        )
    }


def _orthogonal() -> Iterator[Trial]:
    for shape in ((5, 8), (8, 5), (6, 2, 3, 3)):
        yield Trial(f"shape {shape}", partial(_inner_products, shape))
    yield Trial("400 draws", _mean_of_draws, atol=0.25)  # 6 standard deviations


def _inner_products(shape: tuple[int, ...]) -> Values:
    """Of the rows with each other, or of the columns where those are fewer."""
    x = Tensor(np.zeros(shape, np.float32))
    function_at(f"{_INIT}orthogonal_")(x, gain=2.0, rng=SEED)
    rows = x.data.reshape(len(x.data), -1)
    fewer = rows if len(rows) <= rows.shape[1] else rows.T
    return {"inner products": fewer @ fewer.T}


def _mean_of_draws() -> Values:
    """Near 0, unless some matrices are more likely than others, as with the signs of a QR."""
    x, rng, drawn = Tensor(np.zeros((3, 3))), np.random.default_rng(SEED), []
    for _ in range(400):
        function_at(f"{_INIT}orthogonal_")(x, rng=rng)
        drawn.append(x.data.copy())
    return {"mean of each weight": np.mean(drawn, axis=0)}


def _dropout() -> Iterator[Trial]:
    for p in (0.1, 0.5):
        yield Trial(f"p = {p}", partial(_dropped, p), rtol=_RANDOM)


def _dropped(p: float) -> Values:
    """The kept fraction and its scale; the backward pass drops the same numbers."""
    x = Tensor(np.ones((200, 200), np.float32), requires_grad=True)
    out = function_at(f"{_OPS}dropout.dropout")(x, p, True, SEED)
    out.backward(np.ones(x.shape))
    kept: Array = out.data[out.data != 0]
    numbers = [kept.size / x.size, kept.min(), kept.max(), np.abs(out.data - x.grad).max()]
    return {"fraction kept, its smallest and largest, backward pass": np.array(numbers)}


SPECIAL_TRIALS: dict[str, Callable[[], Iterator[Trial]]] = {
    "undergrad.engine.autograd.backward": _backward_passes,
    f"{_INIT}xavier_uniform_": _initialised,
    f"{_INIT}orthogonal_": _orthogonal,
    f"{_OPS}batch_norm.batch_norm": _running_statistics,
    f"{_OPS}dropout.dropout": _dropout,
    f"{_OPS}elementwise.pow": _squares,
    f"{_OPS}pool.max_pool2d": partial(_ties, "pool.max_pool2d", _NEGATIVE[None, None], 2),
    f"{_OPS}reduce.amax": partial(_ties, "reduce.amax", _NEGATIVE, 1),
    f"{_OPS}norm.layer_norm": partial(_last_of_three, "norm.layer_norm"),
    f"{_OPS}norm.rms_norm": partial(_last_of_three, "norm.rms_norm"),
    f"{_OPTIM}adam.Adam.update": partial(_changing, "Adam", lr=0.1),
    f"{_OPTIM}adam.AdamW.update": partial(_changing, "AdamW", lr=0.1, weight_decay=0.1),
    f"{_OPTIM}clip.clip_grad_norm_": _clipping,
    f"{_OPTIM}sgd.SGD.update": partial(_changing, "SGD", lr=0.05, momentum=0.9, weight_decay=0.1),
}
