"""Fused operations beside their readable twins: how much faster, and in how much less memory.

Both forms are ours, so this needs nothing but the engine: `python -m bench.twins`. A fused form is
worth its lines when forward and backward together it takes 1.3 times less time, or less memory.
"""

from __future__ import annotations

import json
import statistics
import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np

from bench.worker import seconds_a_step
from undergrad.cases import OPERATIONS
from undergrad.cases.record import main_result
from undergrad.engine import Tensor

TURNS, SECONDS = 3, 0.05
WIDTH = 128


def numbers(*shape: int) -> Tensor:
    rng = np.random.default_rng(0)
    return Tensor(rng.normal(0, 0.1, shape).astype(np.float32), requires_grad=True)


def labels(n: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, n, shape)


def gates(n: int, states: int) -> tuple[Tensor, ...]:
    """64 steps of 32 sequences, first states, weights and biases."""
    weights = numbers(n * WIDTH, WIDTH), numbers(n * WIDTH, WIDTH)
    biases = numbers(n * WIDTH), numbers(n * WIDTH)
    return numbers(64, 32, WIDTH), *(numbers(32, WIDTH),) * states, *weights, *biases


HEADS = (32, 4, 64, 32)
IMAGE = (32, 16, 28, 28)
INPUTS: dict[str, Callable[[], tuple[object, ...]]] = {
    "linear": lambda: (numbers(64, 784), numbers(256, 784), numbers(256)),
    "softmax": lambda: (numbers(2048, 65), -1),
    "log_softmax": lambda: (numbers(2048, 65), -1),
    "cross_entropy": lambda: (numbers(2048, 65), labels(65, 2048)),
    "binary_cross_entropy_with_logits": lambda: (numbers(2048), labels(2, 2048)),
    "mse_loss": lambda: (numbers(256), numbers(256)),
    "l1_loss": lambda: (numbers(256), numbers(256)),
    "huber_loss": lambda: (numbers(256), numbers(256)),
    "gather": lambda: (numbers(256, 8), 1, labels(8, 256, 1)),
    "conv2d": lambda: (numbers(*IMAGE), numbers(32, 16, 3, 3), numbers(32)),
    "conv_transpose2d": lambda: (numbers(32, 16, 14, 14), numbers(16, 8, 4, 4), numbers(8), 2, 1),
    "max_pool2d": lambda: (numbers(*IMAGE), 2),
    "avg_pool2d": lambda: (numbers(*IMAGE), 2),
    "batch_norm": lambda: (numbers(*IMAGE), None, None, numbers(16), numbers(16), True),
    "group_norm": lambda: (numbers(*IMAGE), 4, numbers(16), numbers(16)),
    "layer_norm": lambda: (numbers(2048, WIDTH), (WIDTH,), numbers(WIDTH), numbers(WIDTH)),
    "rms_norm": lambda: (numbers(2048, WIDTH), (WIDTH,), numbers(WIDTH)),
    "embedding": lambda: (labels(65, 32, 64), numbers(65, WIDTH)),
    "rnn": lambda: gates(1, 1),
    "gru": lambda: gates(3, 1),
    "lstm": lambda: gates(4, 2),
    "scaled_dot_product_attention": lambda: (
        numbers(*HEADS), numbers(*HEADS), numbers(*HEADS), None, 0.0, True
    ),
    "grouped_query_attention": lambda: (
        numbers(*HEADS), numbers(32, 2, 64, 32), numbers(32, 2, 64, 32), True
    ),
    "rotary_embedding": lambda: (numbers(*HEADS),),
    "swiglu": lambda: (numbers(2048, WIDTH), numbers(2048, WIDTH)),
}  # fmt: skip


Row = tuple[str, float, float, float, float]


def rows() -> Iterator[Row]:
    """Each operation that has a twin: its name, the processor's seconds of both forms, their MB."""
    for case in OPERATIONS:
        if case.twin is not None and case.name in INPUTS:
            args = INPUTS[case.name]()
            fused, readable = (both_ways(form, args) for form in (case.ours, case.twin))
            turns = [
                [seconds_a_step(form, SECONDS)[1] for form in (fused, readable)]
                for _ in range(TURNS)
            ]
            ours, simple = (statistics.median(times) for times in zip(*turns, strict=True))
            yield case.name, ours, simple, megabytes(fused), megabytes(readable)


def megabytes(step: Callable[[], object]) -> float:
    """The most memory that one call holds at a time, beyond its inputs."""
    tracemalloc.start()
    step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


def both_ways(form: Callable[..., object], args: tuple[object, ...]) -> Callable[[], None]:
    """A call of the operation, forward and backward."""

    def step() -> None:
        out = main_result(form(*args))
        out.backward(np.ones_like(out.data))

    return step


if __name__ == "__main__":
    print(json.dumps(list(rows())))
