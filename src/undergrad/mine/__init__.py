"""A learner's own engine: passed parts in the engine's place, the rest on loan.

    from undergrad import mine
    with mine.engine("mine") as said:
        print("Training", said)     # on your own engine: 14 of 42 parts yours, the rest on loan
        ...

A unit's `parts.py` (see `adapter`) says how its functions become pieces of the engine. Before use
each is compared with the reference in a process of its own (`worker`); what is wrong, slow or
missing is lent. Names are imported when they are first used, so that start-up stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from undergrad.mine.adapter import part, result, through
    from undergrad.mine.graph import sweep
    from undergrad.mine.switch import engine

_HOME = {
    "engine": "switch",
    "part": "adapter",
    "result": "adapter",
    "sweep": "graph",
    "through": "adapter",
}

__all__ = ["engine", "part", "result", "sweep", "through"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
