"""The network. One part, `swish`, is written by hand down to its gradient.

Make it yours: replace `swish` by a layer or a loss of your own that your problem needs, and keep a
gradient check for it in `tests/test_model.py`.
"""

{% if cookiecutter.framework == "jax" %}
import jax
from jax import numpy as jnp

Parameters = dict[str, jax.Array]  # the weights of a network by name, or anything of their shapes


@jax.custom_vjp
def swish(x: jax.Array) -> jax.Array:
    """x * sigmoid(x): nearly 0 for very negative x, nearly x for large x, and smooth between.

    With s = sigmoid(x) and y = x s, its derivative is s + y (1 - s). Any shape, same shape out.
    Source: Ramachandran, Zoph, Le 2017, "Searching for activation functions".
    """
    return x * jax.nn.sigmoid(x)


def _forward(x: jax.Array) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    gate = jax.nn.sigmoid(x)
    return x * gate, (x, gate)


def _backward(saved: tuple[jax.Array, jax.Array], g: jax.Array) -> tuple[jax.Array]:
    x, gate = saved
    return (g * (gate + x * gate * (1 - gate)),)


swish.defvjp(_forward, _backward)


def logits(model: Parameters, x: jax.Array) -> jax.Array:
    """Two layers with `swish` between them: (n, inputs) -> (n, classes), one logit per class."""
    hidden = swish(x @ model["weight1"] + model["bias1"])
    return hidden @ model["weight2"] + model["bias2"]


def loss_of(model: Parameters, x: jax.Array, labels: jax.Array) -> jax.Array:
    """The mean cross-entropy of the labels (n,), in nats."""
    log_p = jax.nn.log_softmax(logits(model, x))
    return -jnp.take_along_axis(log_p, labels[:, None], axis=1).mean()


def adam(
    model: Parameters, gradient: Parameters, state: tuple[int, Parameters, Parameters], rate: float
) -> tuple[Parameters, tuple[int, Parameters, Parameters]]:
    """One step of Adam: the new weights and the new state. Source: Kingma and Ba 2015.

    state: the steps so far, and the running means of the gradient and of its square.
    """
    step, mean, square = state[0] + 1, {}, {}
    for name, g in gradient.items():
        mean[name] = 0.9 * state[1][name] + 0.1 * g
        square[name] = 0.999 * state[2][name] + 0.001 * g * g
    size = rate * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
    new = {
        name: weight - size * mean[name] / (jnp.sqrt(square[name]) + 1e-8)
        for name, weight in model.items()
    }
    return new, (step, mean, square)


def initial_state(model: Parameters) -> tuple[int, Parameters, Parameters]:
    """The state of Adam before the first step."""
    nothing = {name: jnp.zeros_like(weight) for name, weight in model.items()}
    return 0, nothing, nothing


{% elif cookiecutter.framework == "torch" %}
import torch
from torch import Tensor, nn


class _Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        gate = torch.sigmoid(x)
        ctx.save_for_backward(x, gate)
        return x * gate

    @staticmethod
    def backward(ctx, g: Tensor) -> Tensor:
        x, gate = ctx.saved_tensors
        return g * (gate + x * gate * (1 - gate))


def swish(x: Tensor) -> Tensor:
    """x * sigmoid(x): nearly 0 for very negative x, nearly x for large x, and smooth between.

    With s = sigmoid(x) and y = x s, its derivative is s + y (1 - s). Any shape, same shape out.
    Source: Ramachandran, Zoph, Le 2017, "Searching for activation functions".
    """
    return _Swish.apply(x)


class Swish(nn.Module):
    """`swish` as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        return swish(x)


{% else %}
import numpy as np
from undergrad.engine import Tensor, nn
from undergrad.engine.autograd import node


def swish(x: Tensor) -> Tensor:
    """x * sigmoid(x): nearly 0 for very negative x, nearly x for large x, and smooth between.

    With s = sigmoid(x) and y = x s, its derivative is s + y (1 - s). Any shape, same shape out.
    Source: Ramachandran, Zoph, Le 2017, "Searching for activation functions".
    """
    gate = 0.5 * (1 + np.tanh(0.5 * x.data))  # sigmoid, in a form that cannot overflow
    out = x.data * gate

    def gradient(g: np.ndarray) -> tuple[np.ndarray]:
        return (g * (gate + out * (1 - gate)),)

    return node(out, (x,), gradient, "swish")


class Swish(nn.Module):
    """`swish` as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        return swish(x)


{% endif %}
{% set type = "Parameters" if cookiecutter.framework == "jax" else "nn.Sequential" %}
def network(seed: int, hidden: int = 64, inputs: int = 64, classes: int = 10) -> {{ type }}:
{% if cookiecutter.framework == "jax" %}
    """The weights of an untrained network, as `logits` wants them."""
    drawn = jax.random.split(jax.random.key(seed), 2)

    def weights(key: jax.Array, rows: int, columns: int) -> jax.Array:
        return jax.random.uniform(key, (rows, columns), jnp.float32, -1, 1) / rows**0.5

    return {
        "weight1": weights(drawn[0], inputs, hidden),
        "bias1": jnp.zeros(hidden),
        "weight2": weights(drawn[1], hidden, classes),
        "bias2": jnp.zeros(classes),
    }
{% else %}
    """Two layers with `swish` between them: (n, inputs) -> (n, classes), one logit per class."""
{% if cookiecutter.framework == "torch" %}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(inputs, hidden), Swish(), nn.Linear(hidden, classes))
{% else %}
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Linear(inputs, hidden, rng=rng),
        Swish(),
        nn.Linear(hidden, classes, rng=rng),
    )
{% endif %}
{% endif %}
