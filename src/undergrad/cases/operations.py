"""The records of the operations, by the file that holds them."""

from __future__ import annotations

from typing import Any

import numpy as np

from undergrad.cases.draws import binary, both, each, reductions, unary, uniform
from undergrad.cases.operation_inputs import (
    choices,
    gathers,
    indices,
    linears,
    lists,
    powers,
    products,
    softmaxes,
    unequal_lists,
)
from undergrad.cases.record import Operation, Refusal, Sample
from undergrad.engine.ops import elementwise, linalg, reduce, shape, softmax
from undergrad.engine.tensor import Tensor

_DIMS: tuple[dict[str, Any], ...] = (
    {},
    {"dim": 0},
    {"dim": -1, "keepdim": True},
    {"dim": (0, 2)},
    {"dim": (1, -1)},
)
_SOME_DIMS = _DIMS[1:]
_MATRIX = Tensor(np.ones((2, 3)))
_ROWS = Tensor(np.ones((4, 5)))


SIMPLE_OPERATIONS = (
    # elementwise
    Operation("add", elementwise.add, "torch.add", binary()),
    Operation("sub", elementwise.sub, "torch.sub", binary()),
    Operation("mul", elementwise.mul, "torch.mul", binary()),
    Operation("div", elementwise.div, "torch.div", binary(0.5, 2)),
    Operation("neg", elementwise.neg, "torch.neg", unary()),
    Operation("pow", elementwise.pow, "torch.pow", both(binary(0.5, 2), powers)),
    Operation("exp", elementwise.exp, "torch.exp", unary()),
    Operation("log", elementwise.log, "torch.log", unary(0.1)),
    Operation("sqrt", elementwise.sqrt, "torch.sqrt", unary(0.1)),
    Operation("log1p", elementwise.log1p, "torch.log1p", unary(-0.5)),
    Operation("expm1", elementwise.expm1, "torch.expm1", unary()),
    Operation("rsqrt", elementwise.rsqrt, "torch.rsqrt", unary(0.3)),
    Operation("sin", elementwise.sin, "torch.sin", unary()),
    Operation("cos", elementwise.cos, "torch.cos", unary()),
    Operation("tanh", elementwise.tanh, "torch.tanh", unary()),
    Operation("sigmoid", elementwise.sigmoid, "torch.sigmoid", unary()),
    Operation("relu", elementwise.relu, "torch.relu", unary(edges=[0.0])),
    Operation(
        "leaky_relu",
        elementwise.leaky_relu,
        "torch.nn.functional.leaky_relu",
        both(unary(edges=[0.0]), unary(negative_slope=0.3)),
    ),
    Operation(
        "elu",
        elementwise.elu,
        "torch.nn.functional.elu",
        both(unary(edges=[0.0]), unary(alpha=0.3)),
    ),
    Operation("silu", elementwise.silu, "torch.nn.functional.silu", unary()),
    Operation(
        "gelu",
        elementwise.gelu,
        "torch.nn.functional.gelu",
        both(unary(), unary(approximate="tanh")),
        refusals=(Refusal("'none' or 'tanh'", (_MATRIX, "sigmoid")),),
    ),
    Operation("softplus", elementwise.softplus, "torch.nn.functional.softplus", unary()),
    Operation("abs", elementwise.abs, "torch.abs", unary(edges=[0.0])),
    Operation("sign", elementwise.sign, "torch.sign", unary(edges=[0.0])),
    Operation(
        "clip",
        elementwise.clip,
        "torch.clip",
        both(unary(edges=[-1, 1], min=-1, max=1), unary(min=0.5), unary(max=0.5)),
    ),
    Operation("where", elementwise.where, "torch.where", choices),
    Operation("maximum", elementwise.maximum, "torch.maximum", binary(numbers=False)),
    Operation("minimum", elementwise.minimum, "torch.minimum", binary(numbers=False)),
    # reduce
    Operation("sum", reduce.sum, "torch.sum", reductions(*_DIMS)),
    Operation("mean", reduce.mean, "torch.mean", reductions(*_DIMS)),
    Operation(
        "var",
        reduce.var,
        "torch.var",
        each((2, 3, 4), *_DIMS, {"correction": 0}, {"dim": 1, "correction": 2}),
    ),
    Operation(
        "max", reduce.max, "torch.max", each((2, 3), {}, {"dim": 1}, {"dim": 0, "keepdim": True})
    ),
    Operation(
        "min", reduce.min, "torch.min", each((2, 3), {}, {"dim": 1}, {"dim": 0, "keepdim": True})
    ),
    Operation("amax", reduce.amax, "torch.amax", reductions(*_DIMS)),
    Operation("amin", reduce.amin, "torch.amin", reductions(*_DIMS)),
    Operation("logsumexp", reduce.logsumexp, "torch.logsumexp", reductions(*_SOME_DIMS)),
    # shape
    Operation(
        "reshape",
        shape.reshape,
        "torch.reshape",
        each((2, 6), {"shape": (3, 4)}, {"shape": (2, -1, 2)}, {"shape": (-1,)}),
        refusals=(Refusal("do not fill shape (4, 2)", (_MATRIX, (4, 2))),),
    ),
    Operation(
        "flatten",
        shape.flatten,
        "torch.flatten",
        each((2, 3, 2), {}, {"start_dim": 1}, {"end_dim": 1}, {"start_dim": -2}),
    ),
    Operation(
        "transpose",
        shape.transpose,
        "torch.transpose",
        each((2, 3, 4), {"dim0": 0, "dim1": 1}, {"dim0": -1, "dim1": 0}),
    ),
    Operation(
        "permute",
        shape.permute,
        "torch.permute",
        each((2, 3, 4), {"dims": (2, 0, 1)}, {"dims": (0, -1, 1)}),
    ),
    Operation(
        "expand",
        shape.expand,
        "torch.Tensor.expand",
        lambda rng: (
            Sample(f"{to}", (uniform(rng, (3, 1)), to)) for to in [(3, 4), (2, 3, 1), (2, -1, 4)]
        ),
        refusals=(Refusal("only axes of length 1", (_MATRIX, (4, 3))),),
    ),
    Operation(
        "squeeze", shape.squeeze, "torch.squeeze", each((2, 1, 3, 1), {}, {"dim": 1}, {"dim": 0})
    ),
    Operation(
        "unsqueeze", shape.unsqueeze, "torch.unsqueeze", each((2, 3), {"dim": 0}, {"dim": -1})
    ),
    Operation(
        "pad",
        shape.pad,
        "torch.nn.functional.pad",
        each((2, 3), {"pad": (1, 2)}, {"pad": (0, 1, 2, 0)}, {"pad": (1, 1), "value": 7.0}),
        refusals=(Refusal("must be pairs", (_MATRIX, (1,))),),
    ),
    Operation(
        "concat",
        shape.concat,
        "torch.concat",
        both(lists, unequal_lists),
        refusals=(Refusal("got (2, 3), (4, 5)", ([_MATRIX, _ROWS],)), Refusal("no tensors", ([],))),
    ),
    Operation(
        "stack",
        shape.stack,
        "torch.stack",
        lists,
        refusals=(Refusal("got (2, 3), (4, 5)", ([_MATRIX, _ROWS],)),),
    ),
    Operation(
        "getitem",
        shape.getitem,
        "torch.Tensor.__getitem__",
        indices,
        refusals=(Refusal("shape (2, 3)", (_MATRIX, 2)),),
    ),
    Operation(
        "gather",
        shape.gather,
        "torch.gather",
        gathers,
        twin=shape.gather_simple,
        refusals=(Refusal("must hold integers", (_MATRIX, 1, np.zeros(2, int))),),
    ),
    # linear algebra
    Operation(
        "matmul",
        linalg.matmul,
        "torch.matmul",
        products,
        refusals=(Refusal("shapes (2, 3) and (4, 5) do not fit", (_MATRIX, _ROWS)),),
    ),
    Operation(
        "linear",
        linalg.linear,
        "torch.nn.functional.linear",
        linears,
        twin=linalg.linear_simple,
        refusals=(Refusal("shapes (2, 3) and (4, 5) do not fit", (_MATRIX, _ROWS)),),
    ),
    # softmax
    Operation("softmax", softmax.softmax, "torch.softmax", softmaxes, twin=softmax.softmax_simple),
    Operation(
        "log_softmax",
        softmax.log_softmax,
        "torch.log_softmax",
        softmaxes,
        twin=softmax.log_softmax_simple,
    ),
)
