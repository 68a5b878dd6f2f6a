"""What is asked of `autograd`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Operations are judged without `backward`: `pull` below does the backward pass through what they
built, so an operation may be one node or be put together from others. Graphs for `topo`, `sweep`
and `backward` are made by hand from the constructors, so that no operation has to be right for
them. Every upstream gradient is random.
"""

from itertools import pairwise

import numpy as np

from undergrad.checker import at_least, raises, task, within


def below(out):
    """Everything `out` was computed from, parents first, each once."""
    order, seen, stack = [], set(), [(out, False)]
    while stack:
        each, done = stack.pop()
        if done:
            order.append(each)
        elif id(each) not in seen:
            seen.add(id(each))
            stack += [(each, True), *((parent, False) for parent in each.parents)]
    return order


def derivatives(out, inputs):
    """The derivative of a Value for each input, by its own `local_gradients` and nothing else."""
    grads = {id(out): 1.0}
    for each in reversed(below(out)):
        for parent, local in zip(each.parents, each.local_gradients, strict=True):
            part = grads.get(id(each), 0.0) * float(local)
            grads[id(parent)] = grads.get(id(parent), 0.0) + part
    return [grads.get(id(each), 0.0) for each in inputs]


def pull(out, g, inputs):
    """What each input of a Tensor's calculation receives for g, by its own `vjp`s."""
    grads = {id(out): g}
    for each in reversed(below(out)):
        if each.vjp is None or id(each) not in grads:
            continue
        for parent, part in zip(each.parents, each.vjp(grads[id(each)]), strict=True):
            old = grads.get(id(parent))
            grads[id(parent)] = part if old is None else old + part
    return [np.asarray(grads[id(each)]) if id(each) in grads else "nothing" for each in inputs]


@task(1, "returns the number, and its derivative for each parent, from + and *")
def sums_and_products(code, rng):
    a, b = (code.Value(number) for number in rng.uniform(1.5, 4.0, size=2))
    return [(out.data, derivatives(out, [a, b])) for out in (a + b, a * b, 2.5 * a + 1.5)]


@task(1, "does the same in **, exp and relu")
def curves(code, rng):
    a, cold = code.Value(rng.uniform(1.5, 2.5)), code.Value(-rng.uniform(0.5, 2.0))
    zero, small = code.Value(0.0), code.Value(rng.uniform(0.1, 0.9))
    rows = (a**3, a), (a**-2, a), (a.exp(), a), (cold.exp(), cold)
    rows += (a.relu(), a), (cold.relu(), cold), (zero.relu(), zero), (small.relu(), small)
    return [(out.data, derivatives(out, [x])) for out, x in rows]


@task(1, "allows a value to be used twice")
def twice(code, rng):
    a = code.Value(rng.uniform(1.5, 4.0))
    return [(out.data, derivatives(out, [a])) for out in (a * a, a + a, a * a + a)]


def shortcuts(code, rungs):
    """Each value is made from the one before it and from the first: only one order is possible."""
    values = [code.Value(1.0)]
    for rung in range(rungs):
        parents = (values[-1], values[0]) if rung % 2 else (values[0], values[-1])
        values.append(code.Value(1.0, parents, (0.5, 0.25)))
    return values


@task(2, "lists parents before what was computed from them, each once")
def one_order(code, rng):
    values = shortcuts(code, int(rng.integers(3, 7)))
    names = {id(each): index for index, each in enumerate(values)}
    return [names.get(id(each), -1) for each in code.topo(values[-1])]


@task(2, "does so in graphs of every shape")
def every_shape(code, rng):
    """A path that parts and meets again, and thirty values, each made from one to three others."""
    x = code.Value(1.0)
    a = code.Value(1.0, (x,), (1.0,))
    b, c = (code.Value(1.0, (a,), (1.0,)) for _ in range(2))
    values = [x]
    for _ in range(30):
        parents = tuple(values[i] for i in rng.integers(len(values), size=rng.integers(1, 4)))
        values.append(code.Value(1.0, parents, (1.0,) * len(parents)))
    return [in_order(code, out) for out in (code.Value(1.0, (b, c), (1.0, 1.0)), values[-1])]


def in_order(code, out):
    order = [id(each) for each in code.topo(out)]
    if sorted(order) != sorted(id(each) for each in below(out)):
        return "some values are missing, or there twice"
    place = {each: index for index, each in enumerate(order)}
    edges = ((place[id(p)], place[id(each)]) for each in below(out) for p in each.parents)
    return "in order" if all(a < b for a, b in edges) else "a value stands before its parents"


@task(2, "goes through a chain of 10,000 steps", seeds=1)
def long_chain(code, rng):
    values = [code.Value(1.0)]
    for _ in range(10_000):
        values.append(code.Value(1.0, (values[-1],), (1.0,)))
    try:
        order = code.topo(values[-1])
    except RecursionError:
        return "the recursion went too deep"
    same = len(order) == len(values) and all(map(lambda a, b: a is b, order, values))
    return "all 10,001, in order" if same else "not all of them, or not in order"


@task(3, "multiplies along a path and adds where paths meet")
def meeting_paths(code, rng):
    s = rng.uniform(2.0, 4.0, size=6)
    x = code.Value(rng.normal())
    a = code.Value(rng.normal(), (x,), (s[0],))
    b = code.Value(rng.normal(), (x, a), (s[1], s[2]))
    out = code.Value(rng.normal(), (b, a, x), tuple(s[3:]))
    code.sweep(out)
    return [each.grad for each in (out, b, a, x)]


@task(3, "waits for every path, wherever they part and meet", needs=[2])
def diamond(code, rng):
    s = rng.uniform(2.0, 4.0, size=6)
    x = code.Value(rng.normal())
    a = code.Value(rng.normal(), (x,), (s[0],))
    b, c = (code.Value(rng.normal(), (a,), (local,)) for local in s[1:3])
    out = code.Value(rng.normal(), (b, c), tuple(s[3:5]))
    code.sweep(out)
    return [each.grad for each in (out, c, b, a, x)]


@task(3, "starts from zero each time")
def from_zero(code, rng):
    local = rng.uniform(2.0, 4.0, size=2)
    x = code.Value(rng.normal())
    a = code.Value(rng.normal(), (x,), (local[0],))
    out = code.Value(rng.normal(), (a, x), (local[1], 1.5))
    code.sweep(out)
    code.sweep(out)
    first = [out.grad, a.grad, x.grad]
    code.sweep(a)
    return first, [a.grad, x.grad]


@task(3, "survives a chain of 1,500 steps", seeds=1)
def deep_sweep(code, rng):
    first = code.Value(1.0)
    last = first
    for _ in range(1_500):
        last = code.Value(1.0, (last,), (1.0001,))
    try:
        code.sweep(last)
    except RecursionError:
        return "the recursion went too deep"
    return first.grad


@task(3, "finds the gradient for a line through two readings", needs=[1, 2])
def thermometer(code, rng):
    w, b = code.Value(rng.normal()), code.Value(rng.normal())
    code.sweep(w)  # alone, its derivative is 1
    errors = [w * c + b - f for c, f in ((1.0, 50.0), (3.0, 86.0))]
    loss = (errors[0] ** 2 + errors[1] ** 2) / 2
    loss.backward()
    return loss.data, w.grad, b.grad


def tensors(code, rng, *shapes):
    """Leaves that need a gradient, with numbers away from 0."""
    draws = (rng.uniform(0.5, 2.0, size=s) * rng.choice([-1, 1], size=s) for s in shapes)
    return [code.Tensor(draw, True) for draw in draws]


def pulled(rng, out, inputs):
    """The result, and what each input receives for a random upstream gradient."""
    return out.data, pull(out, rng.normal(size=out.data.shape), inputs)


@task(4, "returns both gradients, number by number, from +, * and /")
def number_by_number(code, rng):
    a, b = tensors(code, rng, (3, 4), (3, 4))
    return [pulled(rng, out, [a, b]) for out in (a + b, a * b, a / b, a * a)]


@task(4, "gives a repeated operand the sum of the gradients of its copies")
def broadcast(code, rng):
    a, b, c, d = tensors(code, rng, (3, 4), (4,), (3, 1), ())
    found = [pulled(rng, out, [a, b]) for out in (a + b, a * b, a / b, b / a)]
    found += [pulled(rng, out, [a, c]) for out in (c + a, a * c, a / c, c / a)]
    return found + [pulled(rng, out, [a, d]) for out in (a + d, d * a, a / d, 2.0 * a - 1.0)]


@task(4, "works with no rows at all")
def no_rows(code, rng):
    a, b = tensors(code, rng, (0, 4), (4,))
    return [pulled(rng, out, [a, b]) for out in (a + b, a * b)]


@task(4, "returns both gradients from @ in the shapes of their matrices")
def products(code, rng):
    a, b = tensors(code, rng, (5, 3), (3, 4))
    return pulled(rng, a @ b, [a, b])


@task(4, "multiplies in the right order from @ where every product fits")
def square_products(code, rng):
    a, b = tensors(code, rng, (3, 3), (3, 3))
    return pulled(rng, a @ b, [a, b])


@task(5, "differentiates log and relu")
def log_and_relu(code, rng):
    a = code.Tensor(rng.uniform(1.5, 4.0, size=(5, 3)), True)
    b = tensors(code, rng, (3, 4))[0]
    b.data[0, :3] = 0.0, 1.5, -1.5
    g = rng.normal(size=(3, 4))
    g[0, 1:3] = -2.0, 2.0
    out = b.relu()
    return pulled(rng, a.log(), [a]), out.data, pull(out, g, [b])


@task(5, "differentiates sum, over everything and over one axis")
def sums(code, rng):
    a = tensors(code, rng, (3, 3))[0]  # square, so that the shapes do not show a lost axis
    return [pulled(rng, out, [a]) for out in (a.sum(), a.sum(axis=0), a.sum(1), a.sum(1, True))]


@task(5, "differentiates mean, over everything and over one axis")
def means(code, rng):
    a = tensors(code, rng, (3, 5))[0]
    return [pulled(rng, out, [a]) for out in (a.mean(), a.mean(axis=0), a.mean(1))]


@task(5, "gives the gradient of max to the largest only, divided among equals")
def largest(code, rng):
    a = code.Tensor(rng.permutation(12).reshape(3, 4) * 0.5, True)
    tied = code.Tensor([[2.0, 2.0, 1.0], [0.0, 3.0, 1.0]], True)
    found = [pulled(rng, out, [a]) for out in (a.max(), a.max(axis=0), a.max(1))]
    return [*found, pulled(rng, tied.max(1), [tied])]


@task(5, "differentiates reshape and transpose")
def moved(code, rng):
    a, b = tensors(code, rng, (5, 3, 4), (5, 3))
    found = [pulled(rng, out, [a]) for out in (a.reshape(15, 4), a.reshape(-1))]
    found += [pulled(rng, a.transpose(1, 2, 0), [a]), pulled(rng, a.transpose(), [a])]
    return [*found, pulled(rng, b.transpose(), [b])]


@task(5, "differentiates picking entries, even the same one many times")
def picked(code, rng):
    a = tensors(code, rng, (4, 3))[0]
    rows, columns = np.array([0, 2, 0, 0]), np.array([1, 0, 1, 2])
    indices = (1, (slice(1, 3), 0), rows, (rows, columns), slice(0, 0))
    return [pulled(rng, a[index], [a]) for index in indices]


class Counter:
    """Counts how often a vjp is called."""

    def __init__(self):
        self.calls = 0

    def __call__(self, *factors):
        def vjp(g):
            self.calls += 1
            return tuple(g * factor for factor in factors)

        return vjp


def grad_of(leaf):
    return "no grad" if leaf.grad is None else np.asarray(leaf.grad)


@task(6, "gives a leaf the gradient, and leaves none on the results in between")
def leaves(code, rng):
    f, count = rng.uniform(2.0, 4.0, size=(5, 3)), Counter()
    x, constant = code.Tensor(rng.normal(size=3), True), code.Tensor(rng.normal(size=3))
    a = code.Tensor(rng.normal(size=3), True, (x,), count(f[0]))
    b = code.Tensor(rng.normal(size=3), True, (x, a), count(f[1], f[2]))
    out = code.Tensor(rng.normal(size=3), True, (b, a, constant), count(f[3], f[4], f[0]))
    code.backward(out, rng.normal(size=3))
    return [grad_of(each) for each in (x, a, b, out, constant)], count.calls


@task(6, "starts with 1 at a single number")
def from_one_number(code, rng):
    x = code.Tensor(rng.normal(size=(4, 3)), True)
    factor = rng.normal(size=(4, 3))
    out = code.Tensor(rng.normal(), True, (x,), lambda g: (g * factor,))
    code.backward(out)
    alone = code.Tensor(rng.normal(), True)
    code.backward(alone)
    return grad_of(x), grad_of(alone)


@task(6, "adds to what a leaf already has")
def two_losses(code, rng):
    x = code.Tensor(rng.normal(size=3), True)
    for factor in rng.normal(size=(2, 3)):
        out = code.Tensor(rng.normal(size=3), True, (x,), lambda g, factor=factor: (g * factor,))
        code.backward(out, rng.normal(size=3))
    return grad_of(x)


@task(6, "changes no array that a vjp gave it")
def shared_array(code, rng):
    found = []
    for swap in (False, True):
        x, y = (code.Tensor(rng.normal(size=3), True) for _ in range(2))
        both = code.Tensor(rng.normal(size=3), True, (x, y), lambda g: (g, g))
        tripled = code.Tensor(rng.normal(size=3), True, (x,), lambda g: (3 * g,))
        parents = (tripled, both) if swap else (both, tripled)
        out = code.Tensor(rng.normal(size=3), True, parents, lambda g: (g, g))
        g = rng.normal(size=3)
        before = g.copy()
        code.backward(out, g)
        found += [grad_of(x), grad_of(y), g - before]
    return found


@task(6, "uses a graph once, and then raises RuntimeError", judge=raises(RuntimeError))
def second_time(code, rng):
    x = code.Tensor(rng.normal(size=3), True)
    a = code.Tensor(rng.normal(size=3), True, (x,), lambda g: (2 * g,))
    out = code.Tensor(rng.normal(size=3), True, (a,), lambda g: (3 * g,))
    code.backward(out, rng.normal(size=3))
    code.backward(out, rng.normal(size=3))
    return "the second backward went through"


@task(6, "requires g for a result of several numbers", judge=raises(ValueError))
def several_numbers(code, rng):
    x = code.Tensor(rng.normal(size=3), True)
    out = code.Tensor(rng.normal(size=3), True, (x,), lambda g: (g,))
    code.backward(out)
    return "no ValueError although g is missing"


@task(6, "survives a chain of 1,500 steps", seeds=1)
def deep_backward(code, rng):
    x = code.Tensor(np.ones(2), True)
    out = x
    for _ in range(1_500):
        out = code.Tensor(np.ones(2), True, (out,), lambda g: (1.0001 * g,))
    try:
        code.backward(out, np.array([1.0, 2.0]))
    except RecursionError:
        return "the recursion went too deep"
    return grad_of(x)


def keeps_parents(code):
    """Whether a result made now keeps its parents."""
    return code.Tensor(np.ones(2), True).exp().requires_grad


@task(7, "keeps no parents of results inside, and keeps them again afterwards")
def switched(code, rng):
    with code.no_grad():
        inside = keeps_parents(code)
    return inside, keeps_parents(code)


@task(7, "works inside another no_grad")
def nested(code, rng):
    with code.no_grad():
        with code.no_grad():
            pass
        between = keeps_parents(code)
    return between, keeps_parents(code)


@task(7, "passes on an error from inside, and puts the switch back")
def after_an_error(code, rng):
    try:
        with code.no_grad():
            raise KeyError("something else went wrong")
    except KeyError:
        return "the error was passed on", keeps_parents(code)
    return "the error was swallowed", keeps_parents(code)


def planted(code, true, wrong):
    """An operation whose numbers are right and whose gradient is `wrong(g, x)`."""

    def operation(x):
        return code.Tensor(true(x.data), True, (x,), lambda g: (wrong(g, x.data),))

    return operation


@task(8, "finds a wrong gradient in any entry", needs=[6], judge=at_least(0.05))
def wrong_gradients(code, rng):
    def last_one_wrong(g, x):
        wrong = 2 * g * x
        wrong[-1, -1] += 1.0
        return wrong

    def fractions(x):
        return x / x.sum()  # they sum to 1 for any x: with equal weights nothing changes

    x = code.Tensor(rng.uniform(1.0, 2.0, size=(4, 3)), True)
    last = code.gradcheck(planted(code, lambda x: x**2, last_one_wrong), x)
    none = code.gradcheck(planted(code, fractions, lambda g, x: 0 * g), x)
    return [float(each) for each in (*last, *none)]


@task(8, "returns the largest difference, of either sign, with the weights of default_rng(0)",
      needs=[6])  # fmt: skip
def differences(code, rng):
    x, unused = (code.Tensor(rng.uniform(1.0, 2.0, size=(4, 3)), True) for _ in range(2))
    found = []
    for factor in (1.5, 2.5):
        square = planted(code, lambda x: x**2, lambda g, x, factor=factor: factor * g * x)
        found += code.gradcheck(square, x)
    below = planted(code, lambda x: x**2, lambda g, x: 2 * g * x - 1)
    found += code.gradcheck(below, x)
    found += [round(error, 6) for error in code.gradcheck(lambda a, b: below(a), x, unused)]
    return [float(each) for each in found]


@task(8, "accepts a right gradient", needs=[4, 5, 6], judge=within(0.0, 1e-6))
def right_gradients(code, rng):
    x = code.Tensor(rng.uniform(1.0, 2.0, size=(4, 3)), True)
    x.grad = np.ones((4, 3))
    cube = planted(code, lambda x: 5 * x**3, lambda g, x: g * 15 * x**2)
    found = list(code.gradcheck(cube, x))
    a, b, c = tensors(code, rng, (3, 4), (4,), (3, 1))
    m = tensors(code, rng, (4, 2))[0]
    positive = code.Tensor(rng.uniform(1.0, 2.0, size=(3, 4)), True)
    empty = code.Tensor(np.zeros((0, 4)), True)
    found += code.gradcheck(lambda a, b, c: (a * b + c / b - a) * a, a, b, c)
    found += code.gradcheck(lambda a, m: (a @ m).relu().max(axis=0), a, m)
    found += code.gradcheck(lambda p: p.log().mean(axis=1) * p.exp().sum(), positive)
    found += code.gradcheck(lambda a: a.transpose().reshape(3, 4)[np.array([0, 0, 2])], a)
    found += code.gradcheck(lambda e, b: e * b, empty, b)
    return [float(each) for each in found]


@task(8, "leaves the numbers as they were", needs=[6])
def data_unchanged(code, rng):
    x = code.Tensor(rng.uniform(1.0, 2.0, size=(4, 3)), True)
    before = x.data.copy()
    code.gradcheck(planted(code, lambda x: x**2, lambda g, x: 2 * g * x), x)
    return x.data - before


def digits_like(code, rng, sizes=(6, 5, 4, 3)):
    """A batch and weights: x (8, 6), y (8,), and params as Tensors, one pair for each layer."""
    params = []
    for d, m in pairwise(sizes):
        params.append([code.Tensor(rng.normal(size=s), True) for s in ((m, d), (m,))])
    return rng.normal(size=(8, sizes[0])), rng.integers(sizes[-1], size=8), params


@task(9, "returns the loss and its gradients", needs=[2, 4, 5, 6])
def loss_and_gradients(code, rng):
    x, y, params = digits_like(code, rng)
    loss = code.mlp_loss(x, y, params)
    loss.backward()
    return float(loss.data), [grad_of(each) for pair in params for each in pair]


@task(
    9,
    "returns the gradients of backpropagation by hand",
    needs=[2, 4, 5, 6],
    judge=within(0.0, 1e-12),
)
def as_by_hand(code, rng):
    x, y, params = digits_like(code, rng)
    code.mlp_loss(x, y, params).backward()
    ours = [grad_of(each) for pair in params for each in pair]
    theirs = by_hand(x, y, [(W.data, b.data) for W, b in params])
    gaps = [np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)]
    return float(max(gaps))


def by_hand(x, y, params):
    """The gradients of the same loss with the backward pass written out, layer by layer."""
    inputs = [x]
    for layer, (W, b) in enumerate(params):
        h = np.maximum(inputs[-1], 0) if layer else inputs[-1]
        inputs.append(h @ W.T + b)
    e = np.exp(inputs[-1] - inputs[-1].max(axis=1, keepdims=True))
    g = (e / e.sum(axis=1, keepdims=True) - np.eye(e.shape[1])[y]) / len(y)
    grads = []
    for layer in reversed(range(len(params))):
        z = inputs[layer]
        grads += [g.sum(axis=0), g.T @ (np.maximum(z, 0) if layer else z)]
        g = (g @ params[layer][0]) * (z > 0)
    return grads[::-1]


@task(9, "stays finite when logits reach a thousand", needs=[2, 4, 5, 6])
def large_logits(code, rng):
    x, y, params = digits_like(code, rng, (6, 3))
    W, b = params[0]
    together = with_biases(code, x, y, W, b, np.full(3, 1000.0))
    x[0] = 4000.0 * W.data[0] / (W.data[0] @ W.data[0])  # far larger logits than the others
    return together, with_biases(code, x, y, W, b, rng.permutation([-1000.0, 0.0, 1000.0]))


def with_biases(code, x, y, W, b, biases):
    """The loss of a single layer with these biases, and its gradient for W."""
    W.grad, b.data[:] = None, biases
    with np.errstate(all="ignore"):
        loss = code.mlp_loss(x, y, [(W, b)])
        loss.backward()
    return float(loss.data), grad_of(W)


@task(10, "picks one entry in each row, as an action's value")
def one_of_each_row(code, rng):
    q = tensors(code, rng, (6, 4))[0]
    return pulled(rng, q.gather(1, rng.integers(4, size=(6, 1))), [q])


@task(10, "picks several entries in each row, even the same one many times")
def several_of_each_row(code, rng):
    x = tensors(code, rng, (5, 4))[0]
    index = rng.integers(4, size=(5, 3))
    index[1] = 2
    return pulled(rng, x.gather(1, index), [x])


def errors(code, rng):
    """A prediction, a target and a delta, with small and large errors of both signs."""
    delta = float(rng.uniform(1.5, 3.0))
    d = delta * np.append([-4.0, -0.5, 0.25, 3.0], rng.normal(size=3))
    target = rng.normal(size=7)
    return code.Tensor(target + d, True), target, delta


@task(11, "squares small errors, and follows a straight line for large ones")
def huber_of_each(code, rng):
    prediction, target, delta = errors(code, rng)
    target = code.Tensor(target, True)
    out = code.huber_loss(prediction, target, delta, "none")
    return pulled(rng, out, [prediction, target])


@task(11, "returns the mean by default, and accepts a target that is an array", needs=[5])
def huber_mean(code, rng):
    prediction, target, delta = errors(code, rng)
    losses = code.huber_loss(prediction, target, delta), code.huber_loss(prediction, target)
    return [pulled(rng, loss, [prediction]) for loss in losses]
