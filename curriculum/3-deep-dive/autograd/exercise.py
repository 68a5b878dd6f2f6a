"""An engine that finds every slope by itself: first for single numbers, then for arrays.

Each result remembers its parents, the things it was computed from, and how it follows them. Then
one function can walk back through any calculation, whatever it was. What is given below is
plumbing; the ideas are yours. Write plain NumPy; `undergrad check autograd` runs it.

`g` is always the slope of the loss with respect to a result, and has that result's shape.
"""

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
        """self + other, where other is a Value or a number."""
        other = as_value(other)
        raise NotImplementedError("TODO 1: Value(the sum, (self, other), (a slope, a slope))")

    def __mul__(self, other):
        """self * other, where other is a Value or a number."""
        other = as_value(other)
        raise NotImplementedError("TODO 1: how does a product follow each of its factors?")

    def __pow__(self, n):
        """self ** n, where n is a plain number."""
        raise NotImplementedError("TODO 1: one parent, for n is no Value")

    def exp(self):
        """e to the power of self."""
        raise NotImplementedError("TODO 1: its slope is known already, it is the result")

    def relu(self):
        """self where positive, else 0. The slope at exactly 0 is taken as 0."""
        raise NotImplementedError("TODO 1: the slope is 1.0 or 0.0")

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
    """Everything that t was computed from, t included, in an order in which it can be computed.

    t: a Value, or anything else with `parents`.
    Returns a list without repetitions: parents stand before what was computed from them, and t
    stands last. Write a loop, no recursion: the way to the first parent may have 10,000 steps.
    """
    raise NotImplementedError("TODO 2: a node may join the list when all its parents have")


def sweep(value):
    """Set `grad` of `value` and of everything below it to the slope of `value` for it.

    What an earlier sweep left in `grad` does not count. The slope of `value` for itself is 1.
    """
    raise NotImplementedError("TODO 3: from the last to the first; add, do not assign")


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
        """self + other. The shapes may differ as far as NumPy can broadcast them."""
        other = as_tensor(other)
        raise NotImplementedError("TODO 4: `unbroadcast` gives each slope its parent's shape")

    def __mul__(self, other):
        """self * other, number by number, broadcast like +."""
        other = as_tensor(other)
        raise NotImplementedError("TODO 4: as in Value, with unbroadcast")

    def __truediv__(self, other):
        """self / other, number by number, broadcast like +."""
        other = as_tensor(other)
        raise NotImplementedError("TODO 4: a / b follows a by 1 / b, and b by -a / b ** 2")

    def __matmul__(self, other):
        """self @ other, (N, D) @ (D, M)."""
        raise NotImplementedError("TODO 4: two products, whose shapes fit in one way only")

    def log(self):
        """The natural logarithm, number by number."""
        raise NotImplementedError("TODO 5: its slope is 1 / x")

    def relu(self):
        """Number by number: x where positive, else 0. The slope at exactly 0 is 0."""
        raise NotImplementedError("TODO 5: the door of `backprop`")

    def sum(self, axis=None, keepdims=False):
        """The sum over one axis, or over everything."""
        raise NotImplementedError("TODO 5: each summand gets g; put the lost axis back first")

    def mean(self, axis=None):
        """The mean over one axis, or over everything."""
        raise NotImplementedError("TODO 5: a sum, and a division by how many there are")

    def max(self, axis=None):
        """The largest over one axis, or over everything. Equal winners share the slope evenly."""
        raise NotImplementedError("TODO 5: only the winners get something")

    def reshape(self, *shape):
        """The same numbers in another arrangement."""
        raise NotImplementedError("TODO 5: back to the shape it had")

    def transpose(self, *axes):
        """The axes in the order `axes`; without `axes`, reversed. As np.transpose."""
        raise NotImplementedError("TODO 5: np.argsort(axes) is the order that undoes it")

    def __getitem__(self, index):
        """self[index], for any index NumPy takes; an entry may be picked many times."""
        raise NotImplementedError("TODO 5: np.add.at adds at each picked place, once a pick")

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


def backward(t, g=None):
    """Add the slope of t to `grad` of every leaf below it that has requires_grad.

    t: a Tensor.   g: the slope of the loss for t, of t's shape; without it t must be a single
    number, and g is 1.
    A leaf's grad is a new array the first time, and is added to after that. Results keep no grad.
    Afterwards the graph is let go: every result gets `vjp = used_up` and `parents = ()`, so that
    a second backward through it raises RuntimeError. Arrays that a vjp returns are not changed:
    several tensors may hold the same one.
    Raises ValueError when g is missing and t has more than one number.
    """
    raise NotImplementedError("TODO 6: the sweep again, with what waits kept in a dict by id")


class no_grad:
    """`with no_grad():` results made inside remember nothing.

    Afterwards all is as it was before: also after an error, which goes on, and inside another
    `with no_grad():`.
    """

    state = STATE

    def __enter__(self):
        """Remember the switch, self.state["recording"], and turn it off."""
        raise NotImplementedError("TODO 7: keep what it was, then set it to False")

    def __exit__(self, kind, error, trace):
        """Put the switch back to what it was."""
        raise NotImplementedError("TODO 7: back to what it was, which may be off")


def gradcheck(fn, *tensors):
    """Is the way back right? Compare slopes with what the numbers do when they are nudged.

    fn: takes the tensors, returns a Tensor of any shape.   tensors: leaves with requires_grad.
    Let c be random weights of the result's shape, from np.random.default_rng(0).normal, and s
    the sum of c times the result. Computed: fn(...).backward(c). Measured, for each number of
    each tensor: (s(x + h) - s(x - h)) / 2h with h = 1e-6.
    Returns a list with one float a tensor: the largest |computed - measured|. Data stays as it
    was; what was in `grad` before does not count.
    """
    raise NotImplementedError("TODO 8: backward once, then two runs of fn for every number")


# --- the digits again ---------------------------------------------------------------------------


def mlp_loss(x, y, params):
    """The network of `backprop`, as a calculation with Tensors: its mean cross-entropy.

    x: array, (N, D).   y: labels, (N,).   params: a list of (W, b), Tensors of shape (M, D) and
    (M,). ReLU stands between the layers and not after the last; scores may reach 1000.
    Returns the loss, a Tensor of a single number.
    """
    raise NotImplementedError("TODO 9: only the way forward; nobody writes a way back any more")
