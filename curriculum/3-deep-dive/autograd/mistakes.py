"""Typical wrong solutions of `autograd`, each with the sentence it deserves."""

import math

import numpy as np

from undergrad.checker import mistake


def _value(self, other):
    return other if isinstance(other, type(self)) else type(self)(other)


@mistake("Value.__add__", "A sum follows each part by 1: when a grows by a little, a + b grows by "
         "just as much. The slopes are not the parts themselves.")  # fmt: skip
def sum_like_product(self, other):
    other = _value(self, other)
    return type(self)(self.data + other.data, (self, other), (other.data, self.data))


@mistake("Value.__mul__", "The slopes of the product have changed places: a * b follows a by b, "
         "and b by a.")  # fmt: skip
def own_factor(self, other):
    other = _value(self, other)
    return type(self)(self.data * other.data, (self, other), (self.data, other.data))


@mistake("Value.__mul__", "A product does not follow its factors by 1. When a grows by a little, "
         "a * b grows by b times that.")  # fmt: skip
def product_like_sum(self, other):
    other = _value(self, other)
    return type(self)(self.data * other.data, (self, other), (1.0, 1.0))


@mistake("Value.__pow__", "The exponent did not go down by one: x ** n follows x by "
         "n * x ** (n - 1).")  # fmt: skip
def exponent_stays(self, n):
    return type(self)(self.data**n, (self,), (n * self.data**n,))


@mistake("Value.__pow__", "The factor n is missing: x ** n follows x by n * x ** (n - 1).")
def factor_missing(self, n):
    return type(self)(self.data**n, (self,), (self.data ** (n - 1),))


@mistake("Value.exp", "exp follows x by exp(x), the result itself, and not by x.")
def slope_is_input(self):
    return type(self)(math.exp(self.data), (self,), (self.data,))


@mistake("Value.relu", "The slope of ReLU is 1 or 0. Here it is ReLU's value.")
def slope_is_value(self):
    return type(self)(max(self.data, 0.0), (self,), (max(self.data, 0.0),))


@mistake("Value.relu", "The slope at exactly 0 is taken as 1. Here it is 0: compare with > .")
def open_at_zero(self):
    return type(self)(max(self.data, 0.0), (self,), (float(self.data >= 0),))


def _topo(t):
    order, seen, stack = [], set(), [(t, False)]
    while stack:
        each, done = stack.pop()
        if done:
            order.append(each)
        elif id(each) not in seen:
            seen.add(id(each))
            stack += [(each, True), *((parent, False) for parent in each.parents)]
    return order


@mistake("topo", "t comes first and its parents last. Turn it around: parents stand before what "
         "was computed from them.")  # fmt: skip
def children_first(t):
    return _topo(t)[::-1]


@mistake("topo", "The graph is searched level by level. A value that is near t on one way and far "
         "on another comes too late; let it join when all its parents have.")  # fmt: skip
def level_by_level(t):
    order, seen, queue = [], {id(t)}, [t]
    while queue:
        each = queue.pop(0)
        order.append(each)
        for parent in each.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                queue.append(parent)
    return order[::-1]


@mistake("topo", "The order is right, but the recursion goes too deep: a chain of 10,000 steps "
         "stops it. Keep a stack of your own in a loop.")  # fmt: skip
def recursive(t):
    order, seen = [], set()

    def visit(each):
        if id(each) not in seen:
            seen.add(id(each))
            for parent in each.parents:
                visit(parent)
            order.append(each)

    visit(t)
    return order


@mistake("topo", "A value that is used twice is listed twice. Remember the id of each one that "
         "was visited.")  # fmt: skip
def listed_twice(t):
    return [each for parent in t.parents for each in listed_twice(parent)] + [t]


@mistake("topo", "The values without parents are missing. They are the ones whose slopes are "
         "asked for.")  # fmt: skip
def without_leaves(t):
    return [each for each in _topo(t) if each.parents]


def _swept(value, order, add=True, clear=True, times_grad=True):
    """The sweep, with a switch for each thing that is commonly left out."""
    for each in order if clear else ():
        each.grad = 0.0
    value.grad = 1.0
    for each in order[::-1]:
        for parent, slope in zip(each.parents, each.slopes, strict=True):
            share = each.grad * slope if times_grad else slope
            parent.grad = parent.grad + share if add else share


@mistake("sweep", "The slope is assigned, so the last way wins. A value can act on the result "
         "along several ways, and their slopes add up: +=.")  # fmt: skip
def assigned(value):
    _swept(value, _topo(value), add=False)


@mistake("sweep", "The local slopes are added without what has arrived: multiply each by the grad "
         "of the node it belongs to.")  # fmt: skip
def not_multiplied(value):
    _swept(value, _topo(value), times_grad=False)


@mistake("sweep", "What an earlier sweep left is still there, so a second one counts it again. "
         "Set every grad to 0 first.")  # fmt: skip
def not_cleared(value):
    _swept(value, _topo(value), clear=False)


@mistake("sweep", "The values are visited from the first to the last, when nothing has arrived "
         "yet. Walk from the end to the beginning.")  # fmt: skip
def first_to_last(value):
    _swept(value, _topo(value)[::-1])


@mistake("sweep", "The beginning is missing: the slope of a value for itself is 1. With 0 there, "
         "everything is 0.")  # fmt: skip
def no_beginning(value):
    for each in _topo(value):
        each.grad = 0.0


@mistake("sweep", "Each way through the graph is walked by itself, and the recursion goes too "
         "deep. Let a value pass on its grad once, when all of it has arrived.")  # fmt: skip
def way_by_way(value):
    for each in _topo(value):
        each.grad = 0.0

    def give(each, share):
        each.grad += share
        for parent, slope in zip(each.parents, each.slopes, strict=True):
            give(parent, share * slope)

    give(value, 1.0)


def _fit(g, shape):
    if g.shape == shape:
        return g
    extra = g.ndim - len(shape)
    repeated = [i for i in range(g.ndim) if i < extra or shape[i - extra] == 1]
    return g.sum(axis=tuple(repeated), keepdims=True).reshape(shape)


def _constant(self, other):
    return other if isinstance(other, type(self)) else type(self)(other)


def _made(self, data, parents, vjp):
    """A result with its history, as `node` makes it."""
    return type(self)(data, any(parent.requires_grad for parent in parents), parents, vjp)


@mistake("Tensor.__add__", "A repeated operand receives a slope of the result's shape. Sum it "
         "over the copies: unbroadcast(g, its shape).")  # fmt: skip
def add_not_unbroadcast(self, other):
    other = _constant(self, other)
    return _made(self, self.data + other.data, (self, other), lambda g: (g, g))


@mistake("Tensor.__mul__", "The slopes of the product have changed places: a * b follows a by b, "
         "and b by a, number by number.")  # fmt: skip
def mul_swapped(self, other):
    other = _constant(self, other)

    def vjp(g):
        return _fit(g * self.data, self.data.shape), _fit(g * other.data, other.data.shape)

    return _made(self, self.data * other.data, (self, other), vjp)


@mistake("Tensor.__mul__", "The slopes of a product keep the result's shape. Give each one its "
         "operand's shape, with unbroadcast.")  # fmt: skip
def mul_not_unbroadcast(self, other):
    other = _constant(self, other)

    def vjp(g):
        return g * other.data, g * self.data

    return _made(self, self.data * other.data, (self, other), vjp)


@mistake("Tensor.__mul__", "g is missing from the slopes: other and self alone say how the product "
         "follows its factors, times g how the loss does.")  # fmt: skip
def mul_without_g(self, other):
    other = _constant(self, other)

    def vjp(g):
        ones = np.ones_like(g)
        return _fit(ones * other.data, self.data.shape), _fit(ones * self.data, other.data.shape)

    return _made(self, self.data * other.data, (self, other), vjp)


def _quotient(self, other, to_other):
    def vjp(g):
        share = _fit(g / other.data, self.data.shape)
        return share, _fit(to_other(g), other.data.shape)

    return _made(self, self.data / other.data, (self, other), vjp)


@mistake("Tensor.__truediv__", "The sign of the divisor's slope is turned: when b grows, a / b "
         "shrinks, so it is -a / b ** 2.")  # fmt: skip
def divisor_grows(self, other):
    other = _constant(self, other)
    return _quotient(self, other, lambda g: g * self.data / other.data**2)


@mistake("Tensor.__truediv__", "The divisor's slope is divided by b only once: it is -a / b ** 2.")
def divided_once(self, other):
    other = _constant(self, other)
    return _quotient(self, other, lambda g: -g * self.data / other.data)


@mistake("Tensor.__matmul__", "The transposes are missing. From g, (N, M), and b, (D, M), only "
         "g @ b.T has the shape of a; from a and g only a.T @ g has that of b.")  # fmt: skip
def no_transposes(self, other):
    def vjp(g):
        return g @ other.data, self.data @ g

    return _made(self, self.data @ other.data, (self, other), vjp)


@mistake("Tensor.__matmul__", "The order of the second product is turned around: the slope of b is "
         "a.T @ g, not g.T @ a.")  # fmt: skip
def turned_around(self, other):
    def vjp(g):
        return g @ other.data.T, g.T @ self.data

    return _made(self, self.data @ other.data, (self, other), vjp)


@mistake("Tensor.log", "log follows x by 1 / x, and g has to be divided by the input, not by the "
         "result.")  # fmt: skip
def by_result(self):
    out = np.log(self.data)
    return _made(self, out, (self,), lambda g: (g / out,))


@mistake("Tensor.relu", "The mask looks at g. It is the input that decides whether the door was "
         "open.")  # fmt: skip
def mask_from_g(self):
    return _made(self, np.maximum(self.data, 0), (self,), lambda g: (g * (g > 0),))


@mistake("Tensor.relu", "The slope at exactly 0 is taken as 1. Here it is 0: compare the input "
         "with > .")  # fmt: skip
def tensor_open_at_zero(self):
    return _made(self, np.maximum(self.data, 0), (self,), lambda g: (g * (self.data >= 0),))


@mistake("Tensor.sum", "The axis that the sum removed is not put back, so g is spread along the "
         "wrong one. np.expand_dims(g, axis) first.")  # fmt: skip
def axis_not_put_back(self, axis=None, keepdims=False):
    out = self.data.sum(axis=axis, keepdims=keepdims)
    return _made(self, out, (self,), lambda g: (g * np.ones_like(self.data),))


@mistake("Tensor.sum", "g is shared out among the summands. Each of them moves the sum by as much "
         "as it moves itself: each gets all of g.")  # fmt: skip
def shared_out(self, axis=None, keepdims=False):
    out = self.data.sum(axis=axis, keepdims=keepdims)

    def vjp(g):
        g = g if axis is None or keepdims else np.expand_dims(g, axis)
        return (np.broadcast_to(g, self.data.shape) * (out.size / self.data.size),)

    return _made(self, out, (self,), vjp)


def _mean(self, axis, count):
    def vjp(g):
        g = g if axis is None else np.expand_dims(g, axis)
        return (np.broadcast_to(g, self.data.shape) / count,)

    return _made(self, self.data.mean(axis=axis), (self,), vjp)


@mistake("Tensor.mean", "The slope is that of a sum. Each number moves the mean by one n-th of "
         "its own move.")  # fmt: skip
def mean_like_sum(self, axis=None):
    return _mean(self, axis, 1)


@mistake("Tensor.mean", "The slope is divided by all numbers there are. A mean over one axis "
         "divides by the length of that axis.")  # fmt: skip
def divided_by_all(self, axis=None):
    return _mean(self, axis, self.data.size)


def _max(self, axis, share):
    def vjp(g):
        return (share * (g if axis is None else np.expand_dims(g, axis)),)

    return _made(self, self.data.max(axis=axis), (self,), vjp)


@mistake("Tensor.max", "Equal winners get all of g each. They share it evenly: divide by how many "
         "there are.")  # fmt: skip
def all_winners_fully(self, axis=None):
    best = self.data.max(axis=axis, keepdims=True)
    return _max(self, axis, (self.data == best).astype(float))


@mistake("Tensor.max", "Every number gets g, as in a sum. The largest alone moves the result.")
def losers_too(self, axis=None):
    return _max(self, axis, np.ones_like(self.data))


@mistake("Tensor.reshape", "g is handed on in the new shape. Give it the shape that the input had.")
def not_reshaped_back(self, *shape):
    return _made(self, self.data.reshape(*shape), (self,), lambda g: (g,))


@mistake("Tensor.transpose", "The way back uses the same order of axes. It takes the opposite "
         "one, np.argsort(axes); the two are equal for two axes, but not for three.")  # fmt: skip
def same_axes_back(self, *axes):
    axes = axes or tuple(range(self.data.ndim))[::-1]
    return _made(self, self.data.transpose(axes), (self,), lambda g: (g.transpose(axes),))


@mistake("Tensor.transpose", "g is handed on as it is, with its axes still turned.")
def not_turned_back(self, *axes):
    return _made(self, self.data.transpose(*axes), (self,), lambda g: (g,))


@mistake("Tensor.__getitem__", "An entry that was picked three times receives one slope. "
         "out[index] += g counts it once; np.add.at(out, index, g) counts every pick.")  # fmt: skip
def counted_once(self, index):
    def vjp(g):
        out = np.zeros_like(self.data)
        out[index] += g
        return (out,)

    return _made(self, self.data[index], (self,), vjp)


def _used_up(g):
    raise RuntimeError("this graph was used before")


def _refuse(t, g):
    if g is None and t.data.size != 1:
        raise ValueError("g is missing")


def _back(t, g, keep, add=None, wanted=lambda parent: parent.requires_grad, let_go=True):
    """backward, with a switch for each thing that is commonly done in another way."""
    add = add or (lambda old, share: share if old is None else old + share)
    waiting = {id(t): np.ones_like(t.data) if g is None else np.asarray(g, dtype=float)}
    for each in _topo(t)[::-1]:
        arrived = waiting.pop(id(each), None)
        if arrived is None:
            continue
        keep(each, arrived)
        if each.vjp is None:
            continue
        for parent, share in zip(each.parents, each.vjp(arrived), strict=True):
            if wanted(parent):
                waiting[id(parent)] = add(waiting.get(id(parent)), share)
        if let_go:
            each.vjp, each.parents = _used_up, ()


def _add_to_leaf(each, g):
    if each.vjp is None and each.requires_grad:
        each.grad = np.array(g) if each.grad is None else each.grad + g


@mistake("backward", "What waits for a tensor is replaced by the share that comes last. Shares "
         "from several ways add up.")  # fmt: skip
def last_share_wins(t, g=None):
    _refuse(t, g)
    _back(t, g, _add_to_leaf, add=lambda old, share: share)


@mistake("backward", "Results in between keep a grad too. Only leaves do; the others would hold "
         "memory that nobody asks for.")  # fmt: skip
def kept_everywhere(t, g=None):
    def keep(each, g):
        if each.requires_grad:
            each.grad = np.array(g) if each.grad is None else each.grad + g

    _refuse(t, g)
    _back(t, g, keep)


@mistake("backward", "A tensor without requires_grad got a slope. Nobody asked for it: the data "
         "has none.")  # fmt: skip
def constants_too(t, g=None):
    def keep(each, g):
        if each.vjp is None:
            each.grad = np.array(g) if each.grad is None else each.grad + g

    _refuse(t, g)
    _back(t, g, keep, wanted=lambda parent: True)


@mistake("backward", "A leaf's grad is replaced. What an earlier backward left there stays: the "
         "slopes of two losses add up.")  # fmt: skip
def replaced(t, g=None):
    def keep(each, g):
        if each.vjp is None and each.requires_grad:
            each.grad = np.array(g)

    _refuse(t, g)
    _back(t, g, keep)


@mistake("backward", "Shares are added in place, waiting[...] += share. Two tensors may wait "
         "with one and the same array, and both would grow: make a new one.")  # fmt: skip
def added_in_place(t, g=None):
    def add(old, share):
        if old is None:
            return share
        old += share
        return old

    _refuse(t, g)
    _back(t, g, _add_to_leaf, add=add)


@mistake("backward", "A second backward through the same graph goes through in silence and adds "
         "everything again. Let go of it: vjp = used_up, parents = ().")  # fmt: skip
def not_let_go(t, g=None):
    _refuse(t, g)
    _back(t, g, _add_to_leaf, let_go=False)


@mistake("backward", "A result of several numbers is taken as their sum. Without g it is not known "
         "how much each matters: raise ValueError.")  # fmt: skip
def silently_summed(t, g=None):
    _back(t, g, _add_to_leaf)


@mistake("no_grad.__exit__", "The switch is always turned on at the end. If it was off before, as "
         "inside another no_grad, it has to stay off.")  # fmt: skip
def always_on(self, kind, error, trace):
    self.state["recording"] = True


@mistake("no_grad.__exit__", "The switch stays off after the block. Put it back to what it was.")
def stays_off(self, kind, error, trace):
    pass


@mistake("no_grad.__exit__", "True comes back, which tells Python to swallow the error that ended "
         "the block. Return nothing.")  # fmt: skip
def swallows(self, kind, error, trace):
    self.state["recording"] = self.before
    return True


def _checked(fn, tensors, weights=None, h=1e-6, places=np.ndindex, clear=True, sides=2):
    """gradcheck, with a switch for each thing that is commonly done in another way."""
    for x in tensors if clear else ():
        x.grad = None
    out = fn(*tensors)
    c = np.random.default_rng(0).normal(size=out.data.shape) if weights is None else weights(out)
    out.backward(c)
    computed = [np.zeros_like(x.data) if x.grad is None else np.array(x.grad) for x in tensors]

    def s():
        return float((fn(*tensors).data * c).sum())

    def slope(x, place):
        old = x.data[place]
        x.data[place] = old + h
        above = s()
        x.data[place] = old - h if sides == 2 else old
        found = (above - s()) / (sides * h)
        x.data[place] = old
        return found

    return [
        float(max((abs(slope(x, place) - g[place]) for place in places(x.data.shape)), default=0.0))
        for x, g in zip(tensors, computed, strict=True)
    ]


@mistake("gradcheck", "The weights are all 1. Numbers that always add up to 1, as probabilities "
         "do, then seem to have slope 0; use random weights.")  # fmt: skip
def ones_as_weights(fn, *tensors):
    return _checked(fn, tensors, weights=lambda out: np.ones_like(out.data))


@mistake("gradcheck", "Only the first number of each tensor is nudged. A slope may be wrong in one "
         "corner.")  # fmt: skip
def first_number_only(fn, *tensors):
    return _checked(fn, tensors, places=lambda shape: list(np.ndindex(shape))[:1])


@mistake("gradcheck", "The nudge goes to one side only. The error of that is as large as h; with "
         "both sides it is as large as h squared.")  # fmt: skip
def one_side(fn, *tensors):
    return _checked(fn, tensors, sides=1)


@mistake("gradcheck", "The nudge is so small that rounding drowns it. 1e-6 is a good middle.")
def drowned(fn, *tensors):
    return _checked(fn, tensors, h=1e-12)


@mistake("gradcheck", "What was in grad before is counted as computed. Set it to None first.")
def old_grad_counted(fn, *tensors):
    return _checked(fn, tensors, clear=False)


@mistake("gradcheck", "The numbers are not put back after the nudge, so each one is measured at "
         "another place. Write the old one back.")  # fmt: skip
def left_nudged(fn, *tensors):
    found = _checked(fn, tensors)
    for x in tensors:
        x.data -= 1e-6
    return found


def _network(x, y, params, last=False, constant=False, shift=True, total=False):
    """mlp_loss, with a switch for each thing that is commonly done in another way."""
    h = type(params[0][0])(x)
    for layer, (W, b) in enumerate(params):
        if layer:
            h = h.relu()
            h = type(h)(h.data) if constant else h
        h = h @ W.transpose() + b
    h = h.relu() if last else h
    z = h - h.data.max(axis=1, keepdims=True) if shift else h
    log_p = z - z.exp().sum(axis=1, keepdims=True).log()
    right = log_p[np.arange(len(y)), y]
    return -(right.sum() if total else right.mean())


@mistake("mlp_loss", "Layers before the last receive no slope: a result was unpacked with .data "
         "and packed again, which cuts the graph there.")  # fmt: skip
def graph_cut(x, y, params):
    return _network(x, y, params, constant=True)


@mistake("mlp_loss", "The scores go through ReLU. It stands between two layers, not after the "
         "last.")  # fmt: skip
def scores_bent(x, y, params):
    return _network(x, y, params, last=True)


@mistake("mlp_loss", "The losses are summed. Cross-entropy here is the mean over the examples.")
def loss_summed(x, y, params):
    return _network(x, y, params, total=True)


@mistake("mlp_loss", "exp overflows at scores of a thousand. Subtract each row's maximum first, "
         "as a constant.")  # fmt: skip
def not_shifted(x, y, params):
    return _network(x, y, params, shift=False)
