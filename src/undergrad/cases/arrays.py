"""The records of further reductions, rearrangements and products."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from undergrad.cases.draws import both, each, layouts, uniform
from undergrad.cases.record import Operation, Refusal, Rng, Sample
from undergrad.engine.ops import linalg, reduce, shape
from undergrad.engine.tensor import Tensor

_MATRIX = Tensor(np.ones((2, 3)))
_DIMS: tuple[dict[str, Any], ...] = (
    {}, {"dim": 0}, {"dim": -1, "keepdim": True}, {"dim": (0, 2)},
)  # fmt: skip


def _products(rng: Rng) -> Iterator[Sample]:
    x = uniform(rng, (3, 4))
    one_zero, two_zeros = x.copy(), x.copy()
    one_zero[0, 1] = two_zeros[0, 1] = two_zeros[0, 2] = two_zeros[2, 0] = 0
    for label, numbers in (("none", x), ("one", one_zero), ("two", two_zeros)):
        for kwargs in ({}, {"dim": 1}, {"dim": 0, "keepdim": True}):
            yield Sample(f"{label} of them 0, {kwargs}", (numbers,), kwargs)


def _edges(rng: Rng) -> Iterator[Sample]:
    yield Sample("all equal", (np.ones((2, 3)),), {"dim": 1}, smooth=False)
    yield Sample("transposed layout", (uniform(rng, (4, 3)).T,), {"dim": -1})
    yield Sample("no rows", (uniform(rng, (0, 3)),), {"dim": 1})


def _lengths(rng: Rng) -> Iterator[Sample]:
    for p in (1, 2, 3, math.inf):
        for dims in _DIMS:
            kwargs = {"dim": dims.get("dim", None), "keepdim": dims.get("keepdim", False)}
            yield Sample(f"p {p} {dims}", (uniform(rng, (2, 3, 2)), p), kwargs)
    yield Sample("of length 0", (np.zeros((2, 3)), 2), {"dim": 1}, smooth=False)


def _scattered(rng: Rng) -> Iterator[Sample]:
    x, src = uniform(rng, (3, 4)), uniform(rng, (2, 4))
    index = np.array([[0, 2, 2, 0], [0, 1, 2, 0]])
    yield Sample("with repetitions", (x, 0, index, src))
    yield Sample("along the last axis", (x, -1, index, src))


def _selected(rng: Rng) -> Iterator[Sample]:
    for dim in (0, 1, -1):
        yield Sample(f"along {dim}", (uniform(rng, (3, 4)), dim, np.array([2, 0, 2])))


def _split(rng: Rng) -> Iterator[Sample]:
    for size, dim in ((2, 0), (3, -1), ([1, 4], 0), ([0, 2, 2], 1)):
        yield Sample(f"{size} along {dim}", (uniform(rng, (5, 4)), size, dim))


def _chunked(rng: Rng) -> Iterator[Sample]:
    for chunks, dim in ((2, 0), (3, -1), (7, 0)):
        yield Sample(f"{chunks} along {dim}", (uniform(rng, (5, 4)), chunks, dim))


def _vectors(rng: Rng) -> Iterator[Sample]:
    a = uniform(rng, (3,))
    yield Sample("two vectors", (a, uniform(rng, (4,))))
    yield Sample("with itself", (a, a))
    yield Sample("no numbers", (a, uniform(rng, (0,))))


def _equations(rng: Rng) -> Iterator[Sample]:
    equations: list[tuple[str, list[tuple[int, ...]]]] = [
        ("ij,jk->ik", [(2, 3), (3, 4)]), ("ij,jk", [(2, 3), (3, 4)]), ("ij->ji", [(2, 3)]),
        ("ij->", [(2, 3)]), ("ij->i", [(2, 3)]), ("i,j->ij", [(2,), (3,)]),
        ("ij,ij->", [(2, 3), (2, 3)]),
        ("bij,bjk->bik", [(2, 2, 3), (2, 3, 2)]), ("ij,k->i", [(2, 3), (4,)]),
        ("bi,ij,bj->b", [(3, 2), (2, 4), (3, 4)]),
        ("nhld,nhsd->nhls", [(1, 2, 3, 2), (1, 2, 4, 2)]),
    ]  # fmt: skip
    for equation, shapes in equations:
        yield Sample(equation, (equation, *(uniform(rng, shape) for shape in shapes)))
    square = uniform(rng, (3, 3))
    yield Sample("a matrix with itself, transposed layout", ("ij,jk->ik", square.T, square))


def _triangles(rng: Rng) -> Iterator[Sample]:
    for diagonal in (0, 1, -1):
        yield Sample(f"{diagonal}", (uniform(rng, (3, 4)),), {"diagonal": diagonal})
    yield Sample("many", (uniform(rng, (2, 3, 3)),))
    yield Sample("transposed layout", (uniform(rng, (4, 3)).T,))


def _sums_so_far(rng: Rng) -> Iterator[Sample]:
    for label, x in layouts(rng):
        if x.ndim:
            yield Sample(label, (x,), {"dim": -1})
            yield Sample(f"{label}, first axis", (x,), {"dim": 0})


ARRAY_OPERATIONS = (
    Operation(
        "std",
        reduce.std,
        "torch.std",
        both(each((2, 3, 4), *_DIMS, {"correction": 0}), _edges),
        gradient_rtol=2e-4,
        because="a quotient of small differences",
    ),
    Operation("prod", reduce.prod, "torch.prod", _products),
    Operation("cumsum", reduce.cumsum, "torch.cumsum", _sums_so_far),
    Operation(
        "norm",
        reduce.norm,
        "torch.linalg.vector_norm",
        _lengths,
        refusals=(Refusal("p must be positive", (_MATRIX, 0)),),
    ),
    Operation(
        "scatter_add",
        shape.scatter_add,
        "torch.scatter_add",
        _scattered,
        refusals=(
            Refusal("must hold integers", (_MATRIX, 1, np.zeros(2, int), _MATRIX)),
            Refusal("number of src needs its index", (_MATRIX, 0, np.zeros((3, 3), int), _MATRIX)),
        ),
    ),
    Operation("index_select", shape.index_select, "torch.index_select", _selected),
    Operation(
        "split",
        shape.split,
        "torch.split",
        _split,
        refusals=(
            Refusal("do not add up to 2", (_MATRIX, [1, 2])),
            Refusal("at least 1", (_MATRIX, 0)),
        ),
    ),
    Operation(
        "chunk",
        shape.chunk,
        "torch.chunk",
        _chunked,
        refusals=(Refusal("at least 1", (_MATRIX, 0)),),
    ),
    Operation("flip", shape.flip, "torch.flip", each((2, 3), {"dims": (0,)}, {"dims": (0, -1)})),
    Operation("tril", shape.tril, "torch.tril", _triangles),
    Operation("triu", shape.triu, "torch.triu", _triangles),
    Operation(
        "outer",
        linalg.outer,
        "torch.outer",
        _vectors,
        refusals=(Refusal("needs two vectors", (_MATRIX, _MATRIX)),),
    ),
    Operation(
        "einsum",
        linalg.einsum,
        "torch.einsum",
        _equations,
        refusals=(
            Refusal("does not fit shapes (2, 3)", ("ijk->i", _MATRIX)),
            Refusal("does not fit shapes (2, 3)", ("ij->k", _MATRIX)),
            Refusal("none of them twice", ("ii->i", Tensor(np.ones((2, 2))))),
        ),
    ),
)
