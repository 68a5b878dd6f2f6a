"""How the Tensor of `autograd` takes the engine's place.

`through` hands the engine's numbers to the learner's Tensor, lets an operation run there, and
sends the gradient back through the learner's `backward`.
"""

import math

import numpy as np

from undergrad.engine.ops.operands import pair
from undergrad.mine import part, sweep, through


def _pairwise(own, operation):
    """An operation of two operands, either of which may be a plain number."""

    def pairwise(a, b):
        return through(own, pair(a, b), operation)

    return pairwise


@part("undergrad.engine.ops.elementwise.add", uses=("Tensor", "backward"))
def add(own, borrowed):
    return _pairwise(own, lambda a, b: a + b)


@part("undergrad.engine.ops.elementwise.sub", uses=("Tensor", "backward"))
def sub(own, borrowed):
    return _pairwise(own, lambda a, b: a - b)


@part("undergrad.engine.ops.elementwise.mul", uses=("Tensor", "backward"))
def mul(own, borrowed):
    return _pairwise(own, lambda a, b: a * b)


@part("undergrad.engine.ops.elementwise.div", uses=("Tensor", "backward"))
def div(own, borrowed):
    return _pairwise(own, lambda a, b: a / b)


@part("undergrad.engine.ops.elementwise.pow", uses=("Tensor", "backward"))
def pow(own, borrowed):
    """Squares, which are products; the Tensor of the exercise has no other powers."""

    def pow(x, exponent):
        if not np.isscalar(exponent) or exponent != 2:
            return borrowed(x, exponent)
        x, _ = pair(x, exponent)
        return through(own, (x,), lambda x: x * x)

    return pow


@part("undergrad.engine.ops.elementwise.neg", uses=("Tensor", "backward"))
def neg(own, borrowed):
    return lambda x: through(own, (x,), lambda x: -x)


@part("undergrad.engine.ops.elementwise.exp", uses=("Tensor", "backward"))
def exp(own, borrowed):
    return lambda x: through(own, (x,), lambda x: x.exp())


@part("undergrad.engine.ops.elementwise.log", uses=("Tensor", "backward"))
def log(own, borrowed):
    return lambda x: through(own, (x,), lambda x: x.log())


@part("undergrad.engine.ops.linalg.matmul", uses=("Tensor", "backward"))
def matmul(own, borrowed):
    """With several matrices on the right, as in critics side by side, one product after another."""

    def products(a, b):
        factors = [(a if a.data.ndim == 2 else a[i], b[i]) for i in range(len(b.data))]
        return _stacked([left @ right for left, right in factors], 0)

    def matmul(a, b):
        if a.ndim == b.ndim == 2:
            return through(own, (a, b), lambda a, b: a @ b)
        if b.ndim == 3 and (a.ndim == 2 or a.shape[:-2] == b.shape[:-2]):
            return through(own, (a, b), products)
        return borrowed(a, b)

    return matmul


# Many numbers to few: over one axis after the other, the last first


def _reduced(own, one):
    def reduced(x, dim=None, keepdim=False):
        dims = range(x.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
        gone = sorted({axis % x.ndim for axis in dims}, reverse=True)
        shape = [1 if axis in gone else n for axis, n in enumerate(x.shape)]

        def compute(x):
            for axis in gone:
                x = one(x, axis)
            return x.reshape(*shape) if keepdim else x

        return through(own, (x,), compute)

    return reduced


@part("undergrad.engine.ops.reduce.sum", uses=("Tensor", "backward"))
def sum(own, borrowed):
    return _reduced(own, lambda x, axis: x.sum(axis))


@part("undergrad.engine.ops.reduce.mean", uses=("Tensor", "backward"))
def mean(own, borrowed):
    return _reduced(own, lambda x, axis: x.mean(axis))


@part("undergrad.engine.ops.reduce.amax", uses=("Tensor", "backward"))
def amax(own, borrowed):
    """One axis only: over several, the gradient would not be divided evenly among equals."""
    reduced = _reduced(own, lambda x, axis: x.max(axis))

    def amax(x, dim=None, keepdim=False):
        return reduced(x, dim, keepdim) if isinstance(dim, int) else borrowed(x, dim, keepdim)

    return amax


# The same numbers, rearranged


@part("undergrad.engine.ops.shape.reshape", uses=("Tensor", "backward"))
def reshape(own, borrowed):
    return lambda x, shape: through(own, (x,), lambda x: x.reshape(*shape))


@part("undergrad.engine.ops.shape.permute", uses=("Tensor", "backward"))
def permute(own, borrowed):
    def permute(x, dims):
        axes = [dim % x.ndim for dim in dims]
        return through(own, (x,), lambda x: x.transpose(*axes))

    return permute


@part("undergrad.engine.ops.shape.transpose", uses=("Tensor", "backward"))
def transpose(own, borrowed):
    def transpose(x, dim0, dim1):
        axes = list(range(x.ndim))
        axes[dim0], axes[dim1] = axes[dim1], axes[dim0]
        return through(own, (x,), lambda x: x.transpose(*axes))

    return transpose


@part("undergrad.engine.ops.shape.getitem", uses=("Tensor", "backward"))
def getitem(own, borrowed):
    return lambda x, index: through(own, (x,), lambda x: x[index])


def _stacked(tensors, at):
    """Each tensor times a row that is 1 at its position and 0 elsewhere, all added up."""
    count, shape = len(tensors), tensors[0].data.shape
    slot = (*shape[:at], 1, *shape[at:])
    ones = np.eye(count).reshape(count, *[count if i == at else 1 for i in range(len(slot))])
    return _total(x.reshape(*slot) * one for x, one in zip(tensors, ones, strict=True))


def _total(tensors):
    first, *others = tensors
    for x in others:
        first = first + x
    return first


@part("undergrad.engine.ops.shape.stack", uses=("Tensor", "backward"))
def stack(own, borrowed):
    def stack(tensors, dim=0):
        first = tensors[0]
        if any(x.shape != first.shape for x in tensors):
            return borrowed(tensors, dim)
        at = dim % (first.ndim + 1)
        return through(own, tuple(tensors), lambda *tensors: _stacked(tensors, at))

    return stack


@part("undergrad.engine.ops.shape.concat", uses=("Tensor", "backward"))
def concat(own, borrowed):
    """Matrices side by side: each times the rows of the identity that stand at its columns."""

    def concat(tensors, dim=0):
        side_by_side = dim in (1, -1) and all(x.ndim == 2 for x in tensors)
        if not side_by_side or len({len(x.data) for x in tensors}) != 1:
            return borrowed(tensors, dim)
        ends = np.cumsum([x.shape[1] for x in tensors])
        columns = [own.Tensor(rows) for rows in np.split(np.eye(ends[-1]), ends[:-1])]

        def compute(*tensors):
            return _total(x @ rows for x, rows in zip(tensors, columns, strict=True))

        return through(own, tuple(tensors), compute)

    return concat


@part("undergrad.engine.ops.shape.gather", uses=("Tensor", "backward"))
def gather(own, borrowed):
    """Along the rows of a matrix, which is what the exercise does."""

    def gather(x, dim, index):
        rows = np.asarray(getattr(index, "data", index))
        is_ours = x.ndim == 2 and dim in (1, -1) and rows.ndim == 2 and len(rows) == len(x)
        if not is_ours or rows.dtype.kind not in "iu":
            return borrowed(x, dim, index)
        return through(own, (x,), lambda x: x.gather(1, rows))

    return gather


@part("undergrad.engine.ops.loss.huber_loss", uses=("Tensor", "backward", "huber_loss"))
def huber_loss(own, borrowed):
    """Shapes that differ and a delta of 0 are refused, which the exercise does not do."""

    def huber_loss(prediction, target, reduction="mean", delta=1.0):
        if np.shape(prediction) != np.shape(target) or delta <= 0:
            return borrowed(prediction, target, reduction, delta)

        def compute(prediction, target):
            if reduction != "sum":
                return own.huber_loss(prediction, target, delta, reduction)
            return own.huber_loss(prediction, target, delta, "none").sum()

        return through(own, pair(prediction, target), compute)

    return huber_loss


# The backward pass


@part("undergrad.engine.autograd.backward", uses=("backward",))
def backward(own, borrowed):
    def backward(root, gradient=None, retain_graph=False):
        fits = gradient is None or np.shape(gradient) == root.shape
        if retain_graph or not root.requires_grad or not fits:
            return borrowed(root, gradient, retain_graph)
        if gradient is None and math.prod(root.shape) != 1:
            return borrowed(root, gradient, retain_graph)
        return sweep(own.backward, root, gradient)

    return backward
