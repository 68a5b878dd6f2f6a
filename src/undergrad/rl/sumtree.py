"""A sum tree: sample among many, each with a weight of its own, in a few steps.

The leaves are the weights. Every node above holds the sum of its two children, and the root the
sum of all. To sample, think of the weights laid end to end as one long line; a position on it is
found by going down from the root: left, when it lies within the left sum, otherwise right, with the
left sum taken off. Many positions and many weights are handled at once, one level at a time.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


class SumTree:
    """Weights, in double precision, that can be sampled from in proportion.

    Sums are made again from the children rather than corrected by a difference, so that no error
    adds up, and an index that comes twice in one update counts once, with its last weight.

    Arguments:
        capacity: how many weights; all are 0 at first, and what has weight 0 is never found.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"SumTree: capacity must be 1 or more, and is {capacity}")
        self.capacity = capacity
        self.depth = (capacity - 1).bit_length()
        self.first = 1 << self.depth  # the first leaf; node 1 is the root, 2i and 2i+1 its children
        self.nodes = np.zeros(2 * self.first)

    @property
    def total(self) -> float:
        """The sum of all weights."""
        return float(self.nodes[1])

    @property
    def weights(self) -> Array:
        """All weights, as a view: (capacity,)."""
        return self.nodes[self.first : self.first + self.capacity]

    def update(self, index: Array, weight: Array | float) -> None:
        """Set the weights at `index` (K,). ValueError when one is negative or not finite."""
        if not (np.isfinite(weight).all() and np.all(np.asarray(weight) >= 0)):
            raise ValueError("SumTree: a weight must be finite and not negative")
        node = self.first + np.asarray(index, np.intp)
        self.nodes[node] = weight
        for _ in range(self.depth):
            node = node >> 1
            self.nodes[node] = self.nodes[2 * node] + self.nodes[2 * node + 1]

    def find(self, position: Array) -> Array:
        """Which weight covers each position (K,), with 0 <= position < total: (K,)."""
        position = np.array(position, np.float64)
        node = np.ones(len(position), np.intp)
        for _ in range(self.depth):
            left = self.nodes[2 * node]
            # Rounding may leave a position at or beyond the end; an empty side is not entered.
            right = (position >= left) & (self.nodes[2 * node + 1] > 0)
            position = np.where(right, position - left, position)
            node = 2 * node + right
        return node - self.first
