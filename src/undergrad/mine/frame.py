"""The frame: what of the engine no unit builds, and why. Short on purpose, and said to everyone.

All else that a training calls is a piece of the engine: yours, or on loan.
"""

from collections.abc import Iterable

# First weights that NumPy's generator draws, with numbers that the caller chose.
_DRAWN = ("uniform_", "normal_", "constant_", "zeros_", "ones_", "fans", "calculate_gain")

# Each area of the engine, and what it does in a training besides its pieces.
FRAME = {
    "allocator": "keeps memory that was allocated once",
    "autograd": "records what each result was computed from",
    "data": "reads examples and hands them out in batches",
    "nn": "layers hold weights, and call the operations with them",
    "ops": "functions that check, or only call operations, as flatten calls reshape",
    "optim": "keeps weights and settings together, and calls the update rules with them",
    "rng": "makes a random generator from a seed",
    "tensor": "a tensor holds an array; its operators call the operations",
    "tools": "checks gradients, draws, measures, tries learning rates",
    "training": "the loop: batch, loss, backward, step; callbacks, checkpoints, logs, threads",
}


def is_rule(name: str) -> bool:
    """Whether a function is a piece that works without making a node of its own.

    The sweep, the rules of the optimisers, the rates of the schedules, clipping, first weights.
    """
    function = name.rpartition(".")[2]
    if name.startswith("undergrad.engine.optim."):
        return function in ("update", "rate") or function.startswith("clip_")
    if name.startswith("undergrad.engine.nn.init."):
        return not function.startswith("_") and function not in _DRAWN
    return name == "undergrad.engine.autograd.backward"


def areas(functions: Iterable[str]) -> tuple[str, ...]:
    """The areas of the engine that these functions belong to."""
    return tuple(sorted({name.split(".")[2] for name in functions}))
