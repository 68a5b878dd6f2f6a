"""A worked solution of `autograd`."""

import math

import numpy as np

# --- single numbers -----------------------------------------------------------------------------


class Value:
    """One number that remembers how it was made.

    data: the number, a float.   grad: the slope of the loss for it, set by `backward`.
    parents: the values it was computed from, a tuple; empty for a number you typed in.
    slopes: how much it grows when each parent grows a little: one float for each parent.
    """

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = float(data), parents, slopes
        self.grad = 0.0

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def exp(self):
        out = math.exp(self.data)
        return Value(out, (self,), (out,))

    def relu(self):
        return Value(max(self.data, 0.0), (self,), (float(self.data > 0),))

    def backward(self):
        """Find the slope of this number for everything that it was computed from."""
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
    order, seen, stack = [], set(), [(t, False)]
    while stack:
        each, parents_done = stack.pop()
        if parents_done:
            order.append(each)
        elif id(each) not in seen:
            seen.add(id(each))
            stack.append((each, True))  # comes up again when everything above it is done
            stack.extend((parent, False) for parent in each.parents)
    return order


def sweep(value):
    order = topo(value)
    for each in order:
        each.grad = 0.0
    value.grad = 1.0
    for each in reversed(order):  # all that was computed from `each` has answered by now
        for parent, slope in zip(each.parents, each.slopes, strict=True):
            parent.grad += each.grad * slope


# --- arrays -------------------------------------------------------------------------------------

STATE = {"recording": True}  # whether results remember how they were made


class Tensor:
    """An array that remembers how it was made.

    data: a float64 array.   requires_grad: whether anybody wants its slope.
    grad: None, or for a leaf (a tensor without parents) the slope of the loss, of data's shape.
    parents: the tensors it was computed from.
    vjp: a function: given g, the slope for this result, it returns a tuple with the slope for
    each parent, in the shape of that parent. (The name is short for vector-Jacobian product.)
    """

    __array_ufunc__ = None  # so that array + tensor asks the tensor

    def __init__(self, data, requires_grad=False, parents=(), vjp=None):
        self.data, self.requires_grad = np.asarray(data, dtype=float), requires_grad
        self.parents, self.vjp, self.grad = parents, vjp, None

    def exp(self):
        """An example of how they all look: the result, its parents, and the way back."""
        out = np.exp(self.data)
        return node(out, (self,), lambda g: (g * out,))

    def __add__(self, other):
        other = as_tensor(other)

        def vjp(g):
            return unbroadcast(g, self.data.shape), unbroadcast(g, other.data.shape)

        return node(self.data + other.data, (self, other), vjp)

    def __mul__(self, other):
        other = as_tensor(other)

        def vjp(g):
            to_self = unbroadcast(g * other.data, self.data.shape)
            return to_self, unbroadcast(g * self.data, other.data.shape)

        return node(self.data * other.data, (self, other), vjp)

    def __truediv__(self, other):
        other = as_tensor(other)

        def vjp(g):
            to_self = unbroadcast(g / other.data, self.data.shape)
            return to_self, unbroadcast(-g * self.data / other.data**2, other.data.shape)

        return node(self.data / other.data, (self, other), vjp)

    def __matmul__(self, other):
        def vjp(g):  # (N, M) @ (M, D) and (D, N) @ (N, M)
            return g @ other.data.T, self.data.T @ g

        return node(self.data @ other.data, (self, other), vjp)

    def log(self):
        return node(np.log(self.data), (self,), lambda g: (g / self.data,))

    def relu(self):
        return node(np.maximum(self.data, 0), (self,), lambda g: (g * (self.data > 0),))

    def sum(self, axis=None, keepdims=False):
        def vjp(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return (np.broadcast_to(g, self.data.shape),)

        return node(self.data.sum(axis=axis, keepdims=keepdims), (self,), vjp)

    def mean(self, axis=None):
        count = self.data.size if axis is None else self.data.shape[axis]
        return self.sum(axis) * (1 / count)

    def max(self, axis=None):
        best = self.data.max(axis=axis, keepdims=True)
        wins = self.data == best
        share = wins / wins.sum(axis=axis, keepdims=True)

        def vjp(g):
            return (share * (g if axis is None else np.expand_dims(g, axis)),)

        return node(self.data.max(axis=axis), (self,), vjp)

    def reshape(self, *shape):
        return node(self.data.reshape(*shape), (self,), lambda g: (g.reshape(self.data.shape),))

    def transpose(self, *axes):
        axes = axes or tuple(range(self.data.ndim))[::-1]
        back = np.argsort(axes)
        return node(self.data.transpose(axes), (self,), lambda g: (g.transpose(back),))

    def __getitem__(self, index):
        def vjp(g):
            out = np.zeros_like(self.data)
            np.add.at(out, index, g)
            return (out,)

        return node(self.data[index], (self,), vjp)

    def backward(self, g=None):
        """The slope of this result for all leaves below it."""
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
    """A Tensor as it is; numbers and arrays as a Tensor that nobody wants a slope for."""
    return thing if isinstance(thing, Tensor) else Tensor(thing)


def node(data, parents, vjp):
    """The result of an operation. It remembers only what is needed to find a slope."""
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
    """Takes the place of a vjp that has run."""
    raise RuntimeError("this graph was used by an earlier backward; compute the loss again")


def _keep(leaf, g):
    """Add to the slope of a leaf. The array is its own: nobody else holds it."""
    if leaf.requires_grad:
        leaf.grad = np.array(g) if leaf.grad is None else leaf.grad + g


def backward(t, g=None):
    if g is None and t.data.size != 1:
        raise ValueError(f"a result of shape {t.data.shape} needs g, of the same shape")
    waiting = {id(t): np.ones_like(t.data) if g is None else np.asarray(g, dtype=float)}
    for each in reversed(topo(t)):
        arrived = waiting.pop(id(each), None)
        if arrived is None:  # nobody wants a slope here
            continue
        if each.vjp is None:
            _keep(each, arrived)
            continue
        for parent, share in zip(each.parents, each.vjp(arrived), strict=True):
            if parent.requires_grad:
                waiting[id(parent)] = waiting.get(id(parent), 0.0) + share  # a new array
        each.vjp, each.parents = used_up, ()


class no_grad:
    """`with no_grad():` results made inside remember nothing.

    Afterwards all is as it was before: also after an error, which goes on, and inside another
    `with no_grad():`.
    """

    state = STATE

    def __enter__(self):
        self.before = self.state["recording"]
        self.state["recording"] = False

    def __exit__(self, kind, error, trace):
        self.state["recording"] = self.before  # and None comes back, so that an error goes on


def _measured(s, x, h=1e-6):
    """The slope of s() for every number of x, by central differences. The shape of x."""
    slopes = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        old = x[place]
        x[place] = old + h
        above = s()
        x[place] = old - h
        slopes[place] = (above - s()) / (2 * h)
        x[place] = old
    return slopes


def gradcheck(fn, *tensors):
    for x in tensors:
        x.grad = None
    out = fn(*tensors)
    c = np.random.default_rng(0).normal(size=out.data.shape)
    out.backward(c)
    computed = [np.zeros_like(x.data) if x.grad is None else x.grad for x in tensors]

    def s():
        return float((fn(*tensors).data * c).sum())

    pairs = zip(tensors, computed, strict=True)
    return [float(np.abs(g - _measured(s, x.data)).max(initial=0.0)) for x, g in pairs]


# --- the digits again ---------------------------------------------------------------------------


def mlp_loss(x, y, params):
    h = as_tensor(x)
    for layer, (W, b) in enumerate(params):
        h = (h.relu() if layer else h) @ W.transpose() + b
    shifted = h - h.data.max(axis=1, keepdims=True)  # a constant: softmax does not notice it
    log_p = shifted - shifted.exp().sum(axis=1, keepdims=True).log()
    return -log_p[np.arange(len(y)), y].mean()
