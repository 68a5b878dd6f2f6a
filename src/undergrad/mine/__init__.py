"""A learner's own engine: passed parts in the engine's place, the rest on loan.

    from undergrad import mine
    with mine.engine("mine") as description:
        print("Training", description)   # on your own engine: 14 parts yours, others on loan
        ...

A unit's `parts.py` (see `adapter`) turns its functions into parts of the engine. Before use each
is compared with the reference in the sandbox (`verify`, `worker`, `judge`); in place of what is
wrong, slow or missing, the reference is borrowed.
"""

from undergrad.mine.adapter import part, result, through
from undergrad.mine.graph import sweep
from undergrad.mine.kit import engine

__all__ = ["engine", "part", "result", "sweep", "through"]
