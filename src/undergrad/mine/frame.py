"""The frame: what of the engine no unit builds, and why. Short on purpose, and said to everyone.

All else that a training calls is a piece of the engine: yours, or on loan.
"""

from collections.abc import Iterable

# First weights that NumPy's generator draws, with numbers that the caller chose.
_DRAWN = ("uniform_", "normal_", "constant_", "zeros_", "ones_", "fans", "calculate_gain")

# Each area of the engine, and what it does in a training besides its pieces.
FRAME = {
    "autograd": "writes down what each result was computed from",
    "callbacks": "tells schedule, clipping and log when it is their turn",
    "cases": "samples to compare with",
    "checkpoint": "saves and loads",
    "data": "reads examples and hands them out in batches",
    "detection": "boxes, and what to compare them with",
    "gradcheck": "measures slopes",
    "json_log": "writes the log",
    "layout": "names and shapes in a saved file",
    "memory": "keeps memory that was asked for once",
    "metrics": "counts right answers",
    "nn": "layers hold weights, and call the operations with them",
    "ops": "functions that check, or only call operations, as flatten calls reshape",
    "optim": "keeps weights and settings together, and calls the rules with them",
    "parallel": "shares a batch among threads",
    "rate_test": "tries learning rates",
    "regularise": "penalties and mixtures, made of operations",
    "rng": "makes a random generator from a seed",
    "summary": "counts weights",
    "tensor": "a tensor holds an array; its operators call the operations",
    "train": "the loop: batch, loss, backward, step",
    "viz": "draws",
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
