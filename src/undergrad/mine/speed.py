"""How much longer a part takes than the reference, on inputs of the size of a training.

Forward and backward together, in float32, with shapes as in the presets `digits`, `digits-cnn`,
`text-gpt` and `text-llm`, and of the critics of `td3-pendulum`. Processor time is counted, and the
shortest of several turns of each, so that a busy machine is fair to both.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from undergrad.cases.record import main_result
from undergrad.engine.tensor import Tensor
from undergrad.mine.adapter import Function
from undergrad.mine.patch import function_at, patched

_TURNS, _ENOUGH = 12, 0.2  # turns each, or seconds that the part has taken
_WEIGHTS = 250, 400  # of an optimiser, as a matrix


def _some(*shape: int) -> Tensor:
    return Tensor(np.random.default_rng(0).normal(size=shape).astype(np.float32), True)


def _whole(high: int, *shape: int) -> Any:
    return np.random.default_rng(0).integers(0, high, shape)


def _layer(*gates: int) -> tuple[Tensor, ...]:
    """64 steps of 16 sequences, with as many first states and gates as the layer has."""
    states, rows = gates[0], 128 * gates[1]
    return (
        _some(64, 16, 64), *[_some(16, 128)] * states, _some(rows, 64), _some(rows, 128),
        _some(rows), _some(rows),
    )  # fmt: skip


# What an operation is called with, by the end of its dotted name.
_ARGUMENTS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "linalg.linear": lambda: (_some(64, 512), _some(512, 512), _some(512)),
    "linalg.matmul": lambda: (_some(64, 512), _some(512, 64)),
    "cross_entropy.cross_entropy": lambda: (_some(64, 10), _whole(10, 64)),
    "conv.conv2d": lambda: (_some(64, 24, 8, 8), _some(48, 24, 3, 3), _some(48), 1, 1),
    "pool.max_pool2d": lambda: (_some(64, 48, 8, 8), 2),
    "pool.avg_pool2d": lambda: (_some(64, 48, 8, 8), 2),
    "norm.layer_norm": lambda: (_some(2048, 64), (64,), _some(64), _some(64)),
    "norm.rms_norm": lambda: (_some(2048, 64), (64,), _some(64)),
    "batch_norm.batch_norm": lambda: (
        _some(64, 512), np.zeros(512), np.ones(512), _some(512), _some(512), True,
    ),
    "embedding.embedding": lambda: (_whole(80, 16, 128), _some(80, 64)),
    "attention.scaled_dot_product_attention": lambda: (
        *[_some(16, 4, 128, 16)] * 3, None, 0.0, True,
    ),
    "attention.grouped_query_attention": lambda: (
        _some(16, 4, 128, 16), *[_some(16, 2, 128, 16)] * 2, True,
    ),
    "llama.rotary_embedding": lambda: (_some(16, 4, 128, 16),),
    "llama.swiglu": lambda: (_some(2048, 172), _some(2048, 172)),
    "lstm.lstm": lambda: _layer(2, 4),
    "recurrent.gru": lambda: _layer(1, 3),
    "recurrent.rnn": lambda: _layer(1, 1),
    "elementwise.gelu": lambda: (_some(2048, 256),),
    "elementwise.pow": lambda: (_some(64, 512), 2),
    "dropout.dropout": lambda: (_some(64, 512), 0.5, True, 0),
    "reduce.amax": lambda: (_some(64, 512), 1),
    "shape.reshape": lambda: (_some(64, 512), (32, 1024)),
    "shape.permute": lambda: (_some(64, 512), (1, 0)),
    "shape.transpose": lambda: (_some(64, 512), 0, 1),
    "shape.gather": lambda: (_some(512, 16), 1, _whole(16, 512, 1)),
    "shape.getitem": lambda: (_some(192, 64), slice(64, 128)),
    "shape.stack": lambda: ([_some(64, 512)] * 2,),
    "shape.concat": lambda: ([_some(64, 24), _some(64, 4)], 1),
}  # fmt: skip
_OF_TWO = ("add", "sub", "mul", "div", "huber_loss")


def slowdown(name: str, part: Function) -> float:
    """How many times as long as the reference the part takes; 1 for what takes no time at all."""
    work = _workload(name)
    if work is None:
        return 1.0
    ours, theirs = [], []
    for _ in range(_TURNS):
        theirs.append(_seconds(work))
        with patched({name: part}):
            ours.append(_seconds(work))
        if sum(ours) > _ENOUGH:
            break
    return min(ours) / min(theirs)


def _seconds(work: Callable[[], object]) -> float:
    # Under a limit on processor time the clock of a process moves in ticks; a thread's does not.
    start = time.thread_time()
    work()
    return time.thread_time() - start


def _workload(name: str) -> Callable[[], object] | None:
    """A calculation in which the part does the most; None for schedules and initialisation."""
    holder, _, attribute = name.rpartition(".")
    if attribute == "update" and name.startswith("undergrad.engine."):
        return lambda: _steps(function_at(holder))
    if name == "undergrad.engine.autograd.backward":
        return _network
    if name.startswith("undergrad.engine.ops."):
        short = name.removeprefix("undergrad.engine.ops.")
        usual = (_some(64, 512),) * (2 if attribute in _OF_TWO else 1)
        arguments = _ARGUMENTS.get(short, lambda: usual)()
        return lambda: _forward_and_backward(function_at(name), arguments)
    return None


def _forward_and_backward(operation: Function, arguments: tuple[Any, ...]) -> None:
    out = main_result(operation(*arguments))
    out.backward(np.ones(out.shape, np.float32))


def _steps(rule: Any) -> None:
    weights = _some(*_WEIGHTS)
    weights.grad = np.ones_like(weights.data)
    optimizer = rule([weights], lr=0.01)
    for _ in range(5):
        optimizer.step()


def _network() -> None:
    x, weight = _some(64, 64), _some(64, 64)
    for _ in range(20):
        x = (x @ weight) * 0.1 + x
    x.sum().backward()
