"""Random programs and random networks, computed by our engine and by PyTorch.

    python -m tests.engine.programs --programs 2000 --networks 1000 --seed 7

A program is a chain of operations, each on results drawn from the earlier ones; its values and
gradients are compared, with random cotangents. A network is a stack of layers with a loss and an
optimiser; its losses and weights are compared over three steps. Where PyTorch is missing, the tests
compare the programs with the readable twins and with finite differences instead.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine import Tensor, nn, optim
from undergrad.engine.autograd import Array
from undergrad.engine.nn import functional
from undergrad.engine.ops import elementwise, linalg, reduce, shape, softmax

Rng: TypeAlias = np.random.Generator
Step: TypeAlias = tuple[str, tuple[int, ...]]  # the name of an operation and its operands

# Smooth nearly everywhere and of bounded size, so that rounding does not grow along a chain.
OURS: dict[str, Callable[..., Tensor]] = {
    "tanh": elementwise.tanh,
    "sigmoid": elementwise.sigmoid,
    "relu": elementwise.relu,
    "sin": elementwise.sin,
    "softplus": elementwise.softplus,
    "gelu": elementwise.gelu,
    "abs": elementwise.abs,
    "clip": lambda x: elementwise.clip(x, -1.0, 1.5),
    "sqrt": lambda x: elementwise.sqrt(x * x + 1),
    "log": lambda x: elementwise.log(x * x + 1),
    "exp": lambda x: elementwise.exp(-x * x),
    "add": lambda a, b: a + b,
    "mul": lambda a, b: elementwise.tanh(a) * b,
    "div": lambda a, b: a / (b * b + 1),
    "maximum": elementwise.maximum,
    "where": lambda a, b: elementwise.where(a.data > b.data, a, b * 2),
    "matmul": lambda a, b: linalg.matmul(a, shape.transpose(b, -1, -2)),
    "softmax": lambda x: softmax.softmax(x, -1),
    "log_softmax": lambda x: softmax.log_softmax(x, 0),
    "mean": lambda x: reduce.mean(x, 0, keepdim=True) + x,
    "amax": lambda x: x - reduce.amax(x, -1, keepdim=True),
    "std": lambda x: x * reduce.std(x, None),
    "cumsum": lambda x: elementwise.tanh(reduce.cumsum(x, 0)),
    "logsumexp": lambda x: x - reduce.logsumexp(x, 0, keepdim=True),
    "transpose": lambda x: shape.transpose(shape.transpose(x, 0, 1) * 2, 0, 1),
    "flip": lambda x: shape.flip(x, (0,)) + x,
    "concat": lambda a, b: shape.concat([a, b], 0)[1 : a.shape[0] + 1],
    "getitem": lambda x: x[np.arange(x.shape[0])[::-1] // 2],
    "layer_norm": lambda x: functional.layer_norm(x, (x.shape[-1],), eps=0.1),
}
BINARY = {"add", "mul", "div", "maximum", "where", "matmul", "concat"}


def theirs() -> dict[str, Callable[..., Any]]:
    """The same operations, by PyTorch."""
    torch = importlib.import_module("torch")
    f = torch.nn.functional
    return {
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "relu": torch.relu,
        "sin": torch.sin,
        "softplus": f.softplus,
        "gelu": f.gelu,
        "abs": torch.abs,
        "clip": lambda x: torch.clip(x, -1.0, 1.5),
        "sqrt": lambda x: torch.sqrt(x * x + 1),
        "log": lambda x: torch.log(x * x + 1),
        "exp": lambda x: torch.exp(-x * x),
        "add": lambda a, b: a + b,
        "mul": lambda a, b: torch.tanh(a) * b,
        "div": lambda a, b: a / (b * b + 1),
        "maximum": torch.maximum,
        "where": lambda a, b: torch.where(a > b, a, b * 2),
        "matmul": lambda a, b: a @ b.transpose(-1, -2),
        "softmax": lambda x: torch.softmax(x, -1),
        "log_softmax": lambda x: torch.log_softmax(x, 0),
        "mean": lambda x: x.mean(0, keepdim=True) + x,
        "amax": lambda x: x - x.amax(-1, keepdim=True),
        "std": lambda x: x * x.std(),
        "cumsum": lambda x: torch.tanh(x.cumsum(0)),
        "logsumexp": lambda x: x - x.logsumexp(0, keepdim=True),
        "transpose": lambda x: (x.transpose(0, 1) * 2).transpose(0, 1),
        "flip": lambda x: torch.flip(x, (0,)) + x,
        "concat": lambda a, b: torch.cat([a, b], 0)[1 : a.shape[0] + 1],
        "getitem": lambda x: x[np.arange(x.shape[0])[::-1] // 2],
        "layer_norm": lambda x: f.layer_norm(x, (x.shape[-1],), eps=0.1),
    }


def program(rng: Rng) -> tuple[list[Array], list[Step]]:
    """Square inputs, so that any two results fit each other, and the steps: name and operands."""
    n = int(rng.integers(2, 5))
    inputs = [rng.normal(size=(n, n)) for _ in range(rng.integers(1, 4))]
    steps = []
    for i in range(rng.integers(3, 9)):
        name = str(rng.choice(list(OURS)))
        known = len(inputs) + i
        count = 2 if name in BINARY else 1
        # The newest result is always used, so that the chain is as long as the program.
        steps.append((name, (known - 1, *(int(j) for j in rng.integers(0, known, count - 1)))))
    return inputs, steps


def computed(table: dict[str, Callable[..., Any]], inputs: list[Any], steps: list[Step]) -> Any:
    """The result of a program."""
    results = list(inputs)
    for name, operands in steps:
        results.append(table[name](*(results[i] for i in operands)))
    return results[-1]


def program_values(rng_seed: list[int]) -> list[Array]:
    """The result of a random program and the gradients of its inputs, by our engine, in float64."""
    inputs, steps = program(np.random.default_rng(rng_seed))
    tensors = [Tensor(x, requires_grad=True) for x in inputs]
    out = computed(OURS, tensors, steps)
    out.backward(np.random.default_rng([*rng_seed, 1]).normal(size=out.shape))
    return [out.data, *(np.zeros_like(x.data) if x.grad is None else x.grad for x in tensors)]


def program_values_of_pytorch(rng_seed: list[int]) -> list[Array]:
    """The same, by PyTorch."""
    torch = importlib.import_module("torch")
    inputs, steps = program(np.random.default_rng(rng_seed))
    tensors = [torch.from_numpy(x).requires_grad_() for x in inputs]
    out = computed(theirs(), tensors, steps)
    cotangent = np.random.default_rng([*rng_seed, 1]).normal(size=tuple(out.shape))
    out.backward(torch.from_numpy(cotangent))
    return [
        out.detach().numpy(),
        *(np.zeros(x.shape) if x.grad is None else x.grad.numpy() for x in tensors),
    ]


# Networks

_ACTIVATIONS = ("ReLU", "Tanh", "Sigmoid", "GELU", "SiLU", "ELU", "LeakyReLU", "Softplus")
_OPTIMIZERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    ("Adam", {"lr": 0.01, "weight_decay": 0.1, "eps": 1e-3}),
    ("AdamW", {"lr": 0.01, "amsgrad": True, "eps": 1e-3}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.5, "eps": 1e-2}),
    ("Adagrad", {"lr": 0.05, "eps": 1e-3}),
    ("NAdam", {"lr": 0.01, "eps": 1e-3}),
    ("Adamax", {"lr": 0.01, "eps": 1e-3}),
)
_LOSSES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("CrossEntropyLoss", {}),
    ("CrossEntropyLoss", {"label_smoothing": 0.1, "reduction": "sum"}),
    ("MultiMarginLoss", {}),
    ("MSELoss", {}),
    ("HuberLoss", {"delta": 0.5}),
    ("BCEWithLogitsLoss", {}),
)
Spec: TypeAlias = tuple[str, tuple[Any, ...], dict[str, Any]]


def layers(rng: Rng, classes: int) -> tuple[tuple[int, ...], list[Spec]]:
    """The shape of one example, and a stack of layers from there to the scores."""
    if rng.random() < 0.5:
        width = int(rng.integers(1, 6))
        example: tuple[int, ...] = (width,)
        specs: list[Spec] = []
    else:
        channels, h, w = int(rng.integers(1, 3)), *(int(n) for n in rng.integers(4, 8, 2))
        example = (channels, h, w)
        specs, width = _images(rng, channels, h, w)
    for _ in range(rng.integers(0, 3)):
        wider = int(rng.integers(1, 7))
        specs.append(("Linear", (width, wider), {"bias": bool(rng.random() < 0.8)}))
        norms = [("LayerNorm", (wider,), {"eps": 0.1}), ("BatchNorm1d", (wider,), {"eps": 0.1})]
        specs += [norms[rng.integers(2)]] if rng.random() < 0.4 else []
        specs.append((str(rng.choice(_ACTIVATIONS)), (), {}))
        width = wider
    return example, [*specs, ("Linear", (width, classes), {})]


def _images(rng: Rng, channels: int, h: int, w: int) -> tuple[list[Spec], int]:
    """Convolutions, norms and pools, and the width after Flatten."""
    specs: list[Spec] = []
    for _ in range(rng.integers(1, 3)):
        more, k = int(rng.integers(1, 4)), int(rng.integers(1, 4))
        stride, padding = int(rng.integers(1, 3)), int(rng.integers(0, 3))
        settings = {"stride": stride, "padding": padding}
        specs.append(("Conv2d", (channels, more, k), settings))
        h, w = ((n + 2 * padding - k) // stride + 1 for n in (h, w))
        channels = more
        specs += [("BatchNorm2d", (channels,), {"eps": 0.1})] if rng.random() < 0.3 else []
        specs += [("GroupNorm", (1, channels), {"eps": 0.1})] if rng.random() < 0.2 else []
        specs.append((str(rng.choice(_ACTIVATIONS)), (), {}))
        if min(h, w) >= 4 and rng.random() < 0.6:
            specs.append((str(rng.choice(["MaxPool2d", "AvgPool2d"])), (2,), {}))
            h, w = h // 2, w // 2
        if min(h, w) < 3:
            break
    return [*specs, ("Flatten", (), {})], channels * h * w


def network_values(rng_seed: list[int], framework: str) -> list[Array]:
    """The losses of three steps and the weights after them, by "ours" or "theirs"."""
    rng = np.random.default_rng(rng_seed)
    classes, n = int(rng.integers(2, 5)), int(rng.integers(2, 7))
    example, specs = layers(rng, classes)
    optimizer_name, settings = _OPTIMIZERS[rng.integers(len(_OPTIMIZERS))]
    loss_name, loss_settings = _LOSSES[rng.integers(len(_LOSSES))]
    x = rng.normal(size=(n, *example))
    labels: Array = rng.integers(0, classes, n)
    numbers = rng.random((n, classes))
    wanted = labels if loss_name in ("CrossEntropyLoss", "MultiMarginLoss") else numbers
    starts = np.random.default_rng([*rng_seed, 2])

    torch = importlib.import_module("torch") if framework == "theirs" else None
    library, optimizers = (torch.nn, torch.optim) if torch else (nn, optim)
    model = library.Sequential(*(getattr(library, k)(*args, **kw) for k, args, kw in specs))
    for parameter in model.parameters():
        start = 0.7 * starts.normal(size=tuple(parameter.shape))
        parameter.data = torch.from_numpy(start) if torch else start
    convert = torch.from_numpy if torch else (lambda a: Tensor(a) if a.dtype.kind == "f" else a)
    if torch:
        model = model.double()
    loss = getattr(library, loss_name)(**loss_settings)
    optimizer = getattr(optimizers, optimizer_name)(model.parameters(), **settings)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        value = loss(model(convert(x)), convert(wanted))
        value.backward()
        optimizer.step()
        losses.append(value.item())
    weights = [p.detach().numpy() if torch else p.data for p in model.parameters()]
    return [np.array(losses), *weights]


def disagreement(ours: list[Array], right: list[Array]) -> str:
    """The first difference, in a sentence; empty when there is none."""
    for i, (a, b) in enumerate(zip(ours, right, strict=True)):
        scale = max(1.0, float(np.abs(b).max(initial=0.0)))
        if a.shape != b.shape or not np.allclose(a, b, rtol=1e-6, atol=1e-7 * scale):
            return f"value {i}: ours {a.ravel()[:3]}, theirs {b.ravel()[:3]}"
    return ""


def main(arguments: list[str] | None = None) -> int:
    """Prints how many agree, and the seeds of those that do not. Returns 1 when there is one."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.programs", description=__doc__)
    parser.add_argument("--programs", type=int, default=2000)
    parser.add_argument("--networks", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    if importlib.util.find_spec("torch") is None:
        print("PyTorch is not installed here: pip install 'undergrad[torch]'", file=sys.stderr)
        return 3
    wrong = 0
    for kind, count in (("programs", options.programs), ("networks", options.networks)):
        agreed = 0
        for i in range(count):
            seed = [options.seed, i]
            if kind == "programs":
                found = disagreement(program_values(seed), program_values_of_pytorch(seed))
            else:
                found = disagreement(network_values(seed, "ours"), network_values(seed, "theirs"))
            agreed += not found
            if found:
                print(f"{kind} {seed}: {found}")
        wrong += count - agreed
        print(f"{agreed:,} of {count:,} random {kind} equal PyTorch (seed {options.seed})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
