"""Where to draw the boxes of a graph: in layers, with few crossings, and not wider than needed.

The method of Sugiyama, Tagawa and Toda (1981) in small: put each node on a layer below its
parents; give a long edge a waypoint on each layer it passes; sort each layer by where its
neighbours are; then move the nodes towards their neighbours as far as there is room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 8  # of sorting, and of moving
LAYER = 68.0  # from one layer to the next
GAP = 18.0  # between two boxes of a layer
_WAYPOINT = 10.0  # the room that an edge takes where it passes a layer


@dataclass(frozen=True)
class Position:
    """The middle of a box, and the width of it."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Layout:
    """Positions of the nodes, the points each edge runs through, and the size of it all."""

    positions: tuple[Position, ...]
    routes: tuple[tuple[tuple[float, float], ...], ...]  # one an edge, in the order of the edges
    width: float
    height: float


def layered(widths: Sequence[float], edges: Sequence[tuple[int, int]]) -> Layout:
    """A layout for nodes 0 .. n-1 of these widths, and edges (from, to) that make no circle.

    Every edge goes from a node to one with a higher number, downwards in the drawing.
    """
    if not all(0 <= a < b < len(widths) for a, b in edges):
        raise ValueError("layered: each edge must go from a node to one with a higher number")
    rank = _ranks(len(widths), edges)
    wide, steps, chains = _with_waypoints(list(widths), edges, rank)
    layers = [[i for i in range(len(wide)) if rank[i] == r] for r in range(max(rank) + 1)]
    up, down = _neighbours(len(wide), steps)
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            _sort(layer, up if sweep % 2 == 0 else down, layers)
    x = _positions(layers, wide, up, down)
    left = min(x[i] - wide[i] / 2 for i in range(len(wide)))
    at = [(x[i] - left, (rank[i] + 0.5) * LAYER) for i in range(len(wide))]
    return Layout(
        positions=tuple(Position(*at[i], width) for i, width in enumerate(widths)),
        routes=tuple(tuple(at[i] for i in chain) for chain in chains),
        width=max(at[i][0] + wide[i] / 2 for i in range(len(wide))),
        height=(max(rank) + 1) * LAYER,
    )


def _ranks(n: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of each node: below all its parents; a node without parents near its children."""
    rank = [0] * n
    for a, b in sorted(edges, key=lambda edge: edge[1]):  # parents have lower numbers
        rank[b] = max(rank[b], rank[a] + 1)
    has_parent = {b for _, b in edges}
    for i in set(range(n)) - has_parent:
        rank[i] = min((rank[b] - 1 for a, b in edges if a == i), default=0)
    return rank


def _with_waypoints(
    widths: list[float], edges: Sequence[tuple[int, int]], rank: list[int]
) -> tuple[list[float], list[tuple[int, int]], list[list[int]]]:
    """Widths with those of waypoints added, edges cut into steps of one layer, and their chains.

    `rank` grows by the waypoints' layers.
    """
    chains = []
    for a, b in edges:
        chain = [a]
        for layer in range(rank[a] + 1, rank[b]):
            chain.append(len(widths))
            widths.append(_WAYPOINT)
            rank.append(layer)
        chains.append([*chain, b])
    return widths, [step for chain in chains for step in pairwise(chain)], chains


def _neighbours(
    n: int, steps: Sequence[tuple[int, int]]
) -> tuple[Mapping[int, list[int]], Mapping[int, list[int]]]:
    up: dict[int, list[int]] = {i: [] for i in range(n)}
    down: dict[int, list[int]] = {i: [] for i in range(n)}
    for a, b in steps:
        up[b].append(a)
        down[a].append(b)
    return up, down


def _sort(layer: list[int], near: Mapping[int, list[int]], layers: list[list[int]]) -> None:
    """Sort a layer by the mean position of each node's neighbours; without any, it stays."""
    position = {i: k for row in layers for k, i in enumerate(row)}

    def mean(i: int) -> float:
        return sum(position[j] for j in near[i]) / len(near[i]) if near[i] else position[i]

    layer.sort(key=mean)


def _positions(
    layers: list[list[int]],
    wide: list[float],
    up: Mapping[int, list[int]],
    down: Mapping[int, list[int]],
) -> list[float]:
    x = [0.0] * len(wide)
    for layer in layers:
        _set_apart(layer, x, wide)
    for _ in range(SWEEPS):
        for near, rows in ((up, layers), (down, layers[::-1])):
            for layer in rows:
                for i in layer:
                    if near[i]:
                        x[i] = sum(x[j] for j in near[i]) / len(near[i])
                _set_apart(layer, x, wide)
    return x


def _set_apart(layer: list[int], x: list[float], wide: list[float]) -> None:
    """Move the nodes of a layer until none overlaps: in their order, near where they were.

    Pushed to the right of each other, and then all back by the mean of what they were pushed.
    """
    wanted = [x[i] for i in layer]
    for before, i in pairwise(layer):
        x[i] = max(x[i], x[before] + (wide[before] + wide[i]) / 2 + GAP)
    back = sum(x[i] - w for i, w in zip(layer, wanted, strict=True)) / len(layer)
    for i in layer:
        x[i] -= back
