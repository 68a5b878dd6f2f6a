"""An engine that computes every gradient by itself: first for single numbers, then for arrays.

Each result keeps its parents, the things it was computed from, and its local gradients. Then one
function can do the backward pass of any calculation. What is given below is plumbing; the ideas are
yours. Write plain NumPy; `undergrad check autograd` runs it.

Letters: N examples, D inputs, M outputs, K picked entries.

`g` is always the upstream gradient: the gradient of the loss with respect to a result, of the same
shape as that result.
"""

import math

import numpy as np

# --- single numbers -----------------------------------------------------------------------------


class Value:
    """One number that keeps how it was made.

    data: the number, a float.   grad: the derivative of the result with respect to it, set by
    `backward`.   parents: the values it was computed from, a tuple; empty for a leaf.
    local_gradients: its derivative with respect to each parent: one float for each.
    """

    def __init__(self, data, parents=(), local_gradients=()):
        self.data, self.parents, self.local_gradients = float(data), parents, local_gradients
        self.grad = 0.0

    def __add__(self, other):
        """self + other, where other is a Value or a number."""
        other = as_value(other)
        # TODO 1: how fast does a sum grow with each summand?
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        """self * other, where other is a Value or a number."""
        other = as_value(other)
        # TODO 1: what is the derivative of a product with respect to each factor?
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        """self ** n, where n is a plain number."""
        # TODO 1: one parent, because n is not a Value
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def exp(self):
        """e to the power of self."""
        # TODO 1: which derivative has exp?
        out = math.exp(self.data)
        return Value(out, (self,), (out,))

    def relu(self):
        """self where positive, else 0. The derivative at exactly 0 is taken as 0."""
        # TODO 1: which two values can the derivative have?
        return Value(max(self.data, 0.0), (self,), (float(self.data > 0),))

    def backward(self):
        """Find the derivative of this number with respect to all that it was computed from."""
        sweep(self)

    # The rest follows from the five above.
    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -as_value(other)

    def __truediv__(self, other):
        return self * as_value(other) ** -1

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return -self + other

    def __rmul__(self, other):
        return self * other


def as_value(number):
    """A Value as it is, a plain number as a Value without parents."""
    return number if isinstance(number, Value) else Value(number)


def topo(t):
    """Everything that t was computed from, t included, in an order in which it can be computed.

    Each occurs once; parents stand before what was computed from them, and t stands last. Write a
    loop, no recursion: the path to the first parent may have 10,000 steps.
    t: a Value, or anything else with `parents`.
    Returns: order, list
    """
    # TODO 2: a node may join the list when all its parents have
    order, seen, stack = [], set(), [(t, False)]
    while stack:
        each, parents_done = stack.pop()
        if parents_done:
            order.append(each)
        elif id(each) not in seen:
            seen.add(id(each))
            stack.append((each, True))  # comes up again when all its parents are done
            stack.extend((parent, False) for parent in each.parents)
    return order


def sweep(value):
    """Set `grad` of everything below `value` to the derivative of `value` with respect to it.

    What an earlier sweep left in `grad` does not count. The derivative of `value` with respect to
    itself is 1.
    """
    # TODO 3: which gradient is complete first, and what does each node pass on?
    order = topo(value)
    for each in order:
        each.grad = 0.0
    value.grad = 1.0
    for each in reversed(order):  # the gradient of `each` is complete by now
        for parent, local in zip(each.parents, each.local_gradients, strict=True):
            parent.grad += each.grad * local


# --- arrays -------------------------------------------------------------------------------------

STATE = {"recording": True}  # whether results keep how they were made


class Tensor:
    """An array that keeps how it was made.

    data: a float64 array.   requires_grad: whether its gradient is needed.
    grad: None, or for a leaf (a tensor without parents) the gradient of the loss, of data's shape.
    parents: the tensors it was computed from.
    vjp: a function: given g, the gradient for this result, it returns a tuple with the gradient for
    each parent, in the shape of that parent. (The name is short for vector-Jacobian product.)
    """

    __array_ufunc__ = None  # so that array + tensor calls the tensor's method

    def __init__(self, data, requires_grad=False, parents=(), vjp=None):
        self.data, self.requires_grad = np.asarray(data, dtype=float), requires_grad
        self.parents, self.vjp, self.grad = parents, vjp, None

    def exp(self):
        """An example of how they all look: the result, its parents, and its gradient."""
        out = np.exp(self.data)
        return node(out, (self,), lambda g: (g * out,))

    def __add__(self, other):
        """self + other. The shapes may differ as far as NumPy can broadcast them."""
        other = as_tensor(other)
        # TODO 4: which shape must each gradient have?

        def vjp(g):
            return unbroadcast(g, self.data.shape), unbroadcast(g, other.data.shape)

        return node(self.data + other.data, (self, other), vjp)

    def __mul__(self, other):
        """self * other, elementwise, broadcast like +."""
        other = as_tensor(other)
        # TODO 4: as in Value, with unbroadcast

        def vjp(g):
            to_self = unbroadcast(g * other.data, self.data.shape)
            return to_self, unbroadcast(g * self.data, other.data.shape)

        return node(self.data * other.data, (self, other), vjp)

    def __truediv__(self, other):
        """self / other, elementwise, broadcast like +."""
        other = as_tensor(other)
        # TODO 4: what are the two derivatives of a quotient?

        def vjp(g):
            to_self = unbroadcast(g / other.data, self.data.shape)
            return to_self, unbroadcast(-g * self.data / other.data**2, other.data.shape)

        return node(self.data / other.data, (self, other), vjp)

    def __matmul__(self, other):
        """self @ other, (N, D) @ (D, M)."""

        # TODO 4: which products of g with an operand have the shapes of the operands?

        def vjp(g):  # (N, M) @ (M, D) and (D, N) @ (N, M)
            return g @ other.data.T, self.data.T @ g

        return node(self.data @ other.data, (self, other), vjp)

    def log(self):
        """The natural logarithm, elementwise."""
        # TODO 5: which derivative has log?
        return node(np.log(self.data), (self,), lambda g: (g / self.data,))

    def relu(self):
        """Elementwise: x where positive, else 0. The derivative at exactly 0 is 0."""
        # TODO 5: as in `backprop`
        return node(np.maximum(self.data, 0), (self,), lambda g: (g * (self.data > 0),))

    def sum(self, axis=None, keepdims=False):
        """The sum over one axis, or over everything."""

        # TODO 5: what does each summand receive, and which axis is missing in g?

        def vjp(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return (np.broadcast_to(g, self.data.shape),)

        return node(self.data.sum(axis=axis, keepdims=keepdims), (self,), vjp)

    def mean(self, axis=None):
        """The mean over one axis, or over everything."""
        # TODO 5: how is a mean made from a sum?
        count = self.data.size if axis is None else self.data.shape[axis]
        return self.sum(axis) * (1 / count)

    def max(self, axis=None):
        """The largest over one axis, or over everything. Equals divide the gradient evenly."""
        # TODO 5: which entries receive something?
        best = self.data.max(axis=axis, keepdims=True)
        is_best = self.data == best
        weight = is_best / is_best.sum(axis=axis, keepdims=True)

        def vjp(g):
            return (weight * (g if axis is None else np.expand_dims(g, axis)),)

        return node(self.data.max(axis=axis), (self,), vjp)

    def reshape(self, *shape):
        """The same numbers in another arrangement."""
        # TODO 5: which shape must the gradient have?
        return node(self.data.reshape(*shape), (self,), lambda g: (g.reshape(self.data.shape),))

    def transpose(self, *axes):
        """The axes in the order `axes`; without `axes`, reversed. As np.transpose."""
        # TODO 5: which order of axes is the inverse one?
        axes = axes or tuple(range(self.data.ndim))[::-1]
        inverse = np.argsort(axes)
        return node(self.data.transpose(axes), (self,), lambda g: (g.transpose(inverse),))

    def __getitem__(self, index):
        """self[index], for any index NumPy takes; an entry may be picked many times."""

        # TODO 5: what does an entry receive that was picked twice?

        def vjp(g):
            out = np.zeros_like(self.data)
            np.add.at(out, index, g)
            return (out,)

        return node(self.data[index], (self,), vjp)

    def gather(self, dim, index):
        """Pick in each row: out[i, j] = self[i, index[i, j]], as torch.gather.

        self: (N, D).   dim: 1.   index: ints (N, K); an entry may be picked many times.
        Returns: out, Tensor; of shape (N, K)
        """
        # TODO 10: which row belongs to index[i, j], and where does its gradient go?
        rows = np.arange(len(self.data))[:, None]  # (N, 1), broadcast against (N, K)

        def vjp(g):
            out = np.zeros_like(self.data)
            np.add.at(out, (rows, index), g)
            return (out,)

        return node(self.data[rows, index], (self,), vjp)

    def backward(self, g=None):
        """The gradient of this result for all leaves below it."""
        backward(self, g)

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + as_tensor(other) * -1.0

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return self * -1.0 + other

    def __rmul__(self, other):
        return self * other


def as_tensor(thing):
    """A Tensor as it is; numbers and arrays as a Tensor that needs no gradient."""
    return thing if isinstance(thing, Tensor) else Tensor(thing)


def node(data, parents, vjp):
    """The result of an operation. It keeps only what is needed to compute a gradient."""
    if STATE["recording"] and any(parent.requires_grad for parent in parents):
        return Tensor(data, True, parents, vjp)
    return Tensor(data)


def unbroadcast(g, shape):
    """g summed over the axes along which an operand of `shape` was repeated; see `matcalc`."""
    if g.shape == shape:
        return g
    extra = g.ndim - len(shape)
    repeated = [i for i in range(g.ndim) if i < extra or shape[i - extra] == 1]
    return g.sum(axis=tuple(repeated), keepdims=True).reshape(shape)


def used_up(g):
    """Replaces a vjp that has run."""
    raise RuntimeError("this graph was used by an earlier backward; compute the loss again")


def backward(t, g=None):
    """Add the gradient of t to `grad` of every leaf below it that has requires_grad.

    t: a Tensor.   g: the upstream gradient for t, of t's shape; without it t must be a single
    number, and g is 1.
    A leaf's grad is a new array the first time, and is added to after that. Results in between keep
    no grad. Afterwards the graph is released: every result gets `vjp = used_up` and `parents = ()`,
    so that a second backward through it raises RuntimeError. Arrays that a vjp returns are not
    changed: several tensors may hold the same one.
    Raises ValueError when g is missing and t has more than one number.
    """
    # TODO 6: where do the gradients of results in between wait?
    if g is None and t.data.size != 1:
        raise ValueError(f"a result of shape {t.data.shape} needs g, of the same shape")
    waiting = {id(t): np.ones_like(t.data) if g is None else np.asarray(g, dtype=float)}
    for each in reversed(topo(t)):
        upstream = waiting.pop(id(each), None)
        if upstream is None:  # no gradient is needed here
            continue
        if each.vjp is None:
            if each.requires_grad:
                each.grad = np.array(upstream) if each.grad is None else each.grad + upstream
            continue
        for parent, part in zip(each.parents, each.vjp(upstream), strict=True):
            if parent.requires_grad:
                waiting[id(parent)] = waiting.get(id(parent), 0.0) + part  # a new array
        each.vjp, each.parents = used_up, ()


class no_grad:
    """`with no_grad():` results made inside record nothing of how they were made.

    Afterwards the earlier state is restored, even after an error, which is passed on, and inside
    another `with no_grad():`.
    """

    state = STATE

    def __enter__(self):
        """Keep the switch, self.state["recording"], and turn it off."""
        # TODO 7: what has to be kept for the end of the block?
        self.before = self.state["recording"]
        self.state["recording"] = False

    def __exit__(self, kind, error, trace):
        """Put the switch back to what it was."""
        # TODO 7: what was it before?
        # Nothing is returned, so that an error is passed on.
        self.state["recording"] = self.before


def _numeric(s, x, h=1e-6):  # solution only
    """The gradient of s() with respect to x, by central differences. The shape of x."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        above = s()
        x[index] = old - h
        gradient[index] = (above - s()) / (2 * h)
        x[index] = old
    return gradient


def gradcheck(fn, *tensors):
    """Compare computed gradients with numeric ones.

    Let c be random weights of the result's shape, from np.random.default_rng(0).normal, and s the
    sum of c times the result. Computed: fn(...).backward(c). Numeric, for each number of each
    tensor: (s(x + h) - s(x - h)) / 2h with h = 1e-6. The data is unchanged afterwards; what was in
    `grad` before does not count.
    fn: takes the tensors, returns a Tensor of any shape.   tensors: leaves with requires_grad.
    Returns: errors, list of one float for each tensor: the largest |computed - numeric|
    """
    # TODO 8: how many runs of fn does each number need?
    for x in tensors:
        x.grad = None
    out = fn(*tensors)
    c = np.random.default_rng(0).normal(size=out.data.shape)
    out.backward(c)
    computed = [np.zeros_like(x.data) if x.grad is None else x.grad for x in tensors]

    def s():
        return float((fn(*tensors).data * c).sum())

    pairs = zip(tensors, computed, strict=True)
    return [float(np.abs(g - _numeric(s, x.data)).max(initial=0.0)) for x, g in pairs]


# --- the digits again ---------------------------------------------------------------------------


def mlp_loss(x, y, params):
    """The network of `backprop`, as a calculation with Tensors: its mean cross-entropy.

    ReLU stands between the layers and not after the last; logits may reach 1000.
    x: array (N, D).   y: class indices (N,).   params: a list of (W, b), Tensors of shape (M, D)
    and (M,).
    Returns: loss, Tensor; a single number
    """
    # TODO 9: the forward pass is enough: the engine does the backward pass
    h = as_tensor(x)
    for layer, (W, b) in enumerate(params):
        h = (h.relu() if layer else h) @ W.transpose() + b
    shifted = h - h.data.max(axis=1, keepdims=True)  # a constant, which softmax ignores
    log_p = shifted - shifted.exp().sum(axis=1, keepdims=True).log()
    return -log_p[np.arange(len(y)), y].mean()


# --- a loss for agents --------------------------------------------------------------------------


def huber_loss(prediction, target, delta=1.0, reduction="mean"):
    """Squared for small errors, straight for large ones, so that no gradient is above delta.

    With the error d = prediction - target, a loss is d ** 2 / 2 where |d| <= delta, and
    delta * (|d| - delta / 2) beyond.
    prediction: a Tensor.   target: a Tensor or an array, of the same shape.
    reduction: "mean" of all losses, or "none" for one loss for each error.
    Returns: loss, Tensor
    """
    # TODO 11: what is the derivative of each piece with respect to d?
    target = as_tensor(target)
    d = prediction.data - target.data
    is_small = np.abs(d) <= delta
    losses = np.where(is_small, 0.5 * d**2, delta * (np.abs(d) - 0.5 * delta))
    derivative = np.where(is_small, d, delta * np.sign(d))
    out = node(losses, (prediction, target), lambda g: (g * derivative, -g * derivative))
    return out.mean() if reduction == "mean" else out
