# right: each operation with locals of its own, and type hints
class Value(Value):
    def __mul__(self, other: "Value | float") -> "Value":
        o = other if isinstance(other, Value) else Value(other)
        product = self.data * o.data
        return Value(product, parents=(self, o), local_gradients=(o.data, self.data))

    def relu(self) -> "Value":
        if self.data > 0:
            return Value(self.data, (self,), (1.0,))
        return Value(0.0, (self,), (0.0,))


# right: a power by way of an if for the derivative
class Value(Value):
    def __pow__(self, exponent):
        derivative = exponent * math.pow(self.data, exponent - 1)
        return Value(math.pow(self.data, exponent), (self,), (derivative,))

    def exp(self):
        return Value(math.e**self.data, (self,), (math.e**self.data,))


# right: depth first, with an iterator over the parents of each node
def topo(root):
    done, finished = [], {id(root)}
    stack = [(root, iter(root.parents))]
    while stack:
        current, rest = stack[-1]
        for p in rest:
            if id(p) not in finished:
                finished.add(id(p))
                stack.append((p, iter(p.parents)))
                break
        else:
            stack.pop()
            done.append(current)
    return done


# right: Kahn's algorithm, by the number of children that are still open
def topo(t):
    nodes, children, todo = {id(t): t}, {id(t): 0}, [t]
    while todo:
        each = todo.pop()
        for p in each.parents:
            if id(p) not in nodes:
                nodes[id(p)] = p
                children[id(p)] = 0
                todo.append(p)
            children[id(p)] += 1
    ready, order = [t], []
    while ready:
        each = ready.pop()
        order.append(each)
        for p in each.parents:
            children[id(p)] -= 1
            if children[id(p)] == 0:
                ready.append(p)
    order.reverse()
    return order


# right: indices in place of zip
def sweep(value):
    nodes = topo(value)
    for n in nodes:
        n.grad = 0.0
    value.grad = 1.0
    for n in nodes[::-1]:
        for i in range(len(n.parents)):
            n.parents[i].grad = n.parents[i].grad + n.grad * n.local_gradients[i]


# right: the product as a lambda, the quotient by way of the result
class Tensor(Tensor):
    def __mul__(self, other):
        o = as_tensor(other)
        a, b = self.data, o.data
        return node(
            a * b, (self, o), lambda g: (unbroadcast(g * b, a.shape), unbroadcast(g * a, b.shape))
        )

    def __truediv__(self, other):
        o = as_tensor(other)
        out = self.data / o.data

        def vjp(g):
            ga = g / o.data
            gb = -ga * out
            return unbroadcast(ga, self.data.shape), unbroadcast(gb, o.data.shape)

        return node(out, (self, o), vjp)


# right: a sum whose gradient is multiplied by ones, and a maximum by np.equal
class Tensor(Tensor):
    def sum(self, axis=None, keepdims=False):
        shape = self.data.shape
        out = np.sum(self.data, axis=axis, keepdims=keepdims)

        def vjp(g):
            kept = np.sum(self.data, axis=axis, keepdims=True).shape
            return (np.reshape(g, kept) * np.ones(shape),)

        return node(out, (self,), vjp)

    def max(self, axis=None):
        top = np.max(self.data, axis=axis, keepdims=True)

        def vjp(g):
            winners = np.where(self.data == top, 1.0, 0.0)
            ties = np.sum(winners, axis=axis, keepdims=True)
            return (winners / ties * np.reshape(g, top.shape),)

        return node(np.max(self.data, axis=axis), (self,), vjp)


# right: a dict of gradients with an if for the first one
def backward(t, g=None):
    if g is None:
        if t.data.size > 1:
            raise ValueError("backward needs g for a result with several numbers")
        g = np.ones(t.data.shape)
    grads = {id(t): np.array(g, dtype=float)}
    for n in reversed(topo(t)):
        if id(n) not in grads:
            continue
        up = grads[id(n)]
        if n.vjp is None:
            if n.requires_grad:
                if n.grad is None:
                    n.grad = up.copy()
                else:
                    n.grad = n.grad + up
        else:
            for p, gp in zip(n.parents, n.vjp(up)):
                if not p.requires_grad:
                    continue
                if id(p) in grads:
                    grads[id(p)] = grads[id(p)] + gp
                else:
                    grads[id(p)] = gp
            n.parents = ()
            n.vjp = used_up


# right: the log of the sum of the exponentials, and a one-hot table
def mlp_loss(x, y, params):
    out = as_tensor(x)
    for W, b in params[:-1]:
        out = (out @ W.transpose(1, 0) + b).relu()
    W, b = params[-1]
    out = out @ W.transpose(1, 0) + b
    top = as_tensor(out.data.max(axis=1)[:, None])
    logsum = (out - top).exp().sum(axis=1, keepdims=True).log() + top
    onehot = np.eye(out.data.shape[1])[y]
    return ((logsum - out) * onehot).sum() * (1.0 / len(y))


# right: the clipped error is the derivative
def huber_loss(prediction, target, delta=1.0, reduction="mean"):
    t = as_tensor(target)
    err = prediction.data - t.data
    clipped = np.clip(err, -delta, delta)
    loss = clipped * (err - 0.5 * clipped)

    def vjp(g):
        return g * clipped, g * -clipped

    loss = node(loss, (prediction, t), vjp)
    if reduction == "none":
        return loss
    return loss.sum() * (1.0 / err.size)


# right: one loop over the rows
class Tensor(Tensor):
    def gather(self, dim, index):
        assert dim == 1
        picked = np.take_along_axis(self.data, index, axis=1)

        def vjp(g):
            out = np.zeros(self.data.shape)
            for i in range(index.shape[0]):
                for j in range(index.shape[1]):
                    out[i, index[i, j]] += g[i, j]
            return (out,)

        return node(picked, (self,), vjp)


# wrong: the derivatives of a product in the wrong places
# named: Value.__mul__-1
class Value(Value):
    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (self.data, other.data))


# wrong: the exponent is not reduced by 1
# named: Value.__pow__-1
class Value(Value):
    def __pow__(self, n):
        return Value(self.data**n, (self,), (n * self.data**n,))


# wrong: the factor n is missing in the derivative of a power
# named: Value.__pow__-2
class Value(Value):
    def __pow__(self, n):
        return Value(self.data**n, (self,), (self.data ** (n - 1),))


# wrong: the derivative of relu is that of its result, 1 at exactly 0
# named: Value.relu-2
class Value(Value):
    def relu(self):
        return Value(max(0.0, self.data), (self,), (1.0 if self.data >= 0 else 0.0,))


# wrong: the derivative of exp is taken at x, not e to the x
# named: Value.exp-1
class Value(Value):
    def exp(self):
        return Value(math.exp(self.data), (self,), (self.data,))


# wrong: parents after their children, as a breadth-first walk gives them
# named: topo-2
def topo(t):
    order, seen, queue = [], {id(t)}, [t]
    while queue:
        n = queue.pop(0)
        order.append(n)
        for p in n.parents:
            if id(p) not in seen:
                seen.add(id(p))
                queue.append(p)
    return order[::-1]


# wrong: recursion, as in micrograd
# named: topo-3
def topo(t):
    order, visited = [], set()

    def build(v):
        if id(v) not in visited:
            visited.add(id(v))
            for p in v.parents:
                build(p)
            order.append(v)

    build(t)
    return order


# wrong: nothing says who was visited
# named: topo-4
def topo(t):
    order, stack = [], [(t, False)]
    while stack:
        n, ready = stack.pop()
        if ready:
            order.append(n)
            continue
        stack.append((n, True))
        for p in n.parents:
            stack.append((p, False))
    return order


# wrong: Kahn's algorithm, which counts a child once for each path to it
def topo(t):
    children, todo = {id(t): 0}, [t]
    while todo:
        each = todo.pop()
        for p in each.parents:
            children[id(p)] = children.get(id(p), 0) + 1
            todo.append(p)
    ready, order = [t], []
    while ready:
        each = ready.pop()
        order.append(each)
        for p in each.parents:
            children[id(p)] -= 1
            if children[id(p)] == 0:
                ready.append(p)
    order.reverse()
    return order


# wrong: the gradient is assigned, so that a value used twice keeps one part
# named: sweep-1
def sweep(value):
    order = topo(value)
    for v in order:
        v.grad = 0.0
    value.grad = 1.0
    for v in reversed(order):
        for p, d in zip(v.parents, v.local_gradients):
            p.grad = v.grad * d


# wrong: old gradients are not set to zero
# named: sweep-3
def sweep(value):
    value.grad = 1.0
    for v in reversed(topo(value)):
        for p, d in zip(v.parents, v.local_gradients):
            p.grad += v.grad * d


# wrong: the first gradient is never set to 1
# named: sweep-5
def sweep(value):
    order = topo(value)
    for v in order:
        v.grad = 0.0
    for v in reversed(order):
        for p, d in zip(v.parents, v.local_gradients):
            p.grad += v.grad * d


# wrong: walks from the inputs to the result
# named: sweep-4
def sweep(value):
    order = topo(value)
    for v in order:
        v.grad = 0.0
    value.grad = 1.0
    for v in order:
        for p, d in zip(v.parents, v.local_gradients):
            p.grad += v.grad * d


# wrong: the local gradient is not multiplied by the upstream one
# named: sweep-2
def sweep(value):
    order = topo(value)
    for v in order:
        v.grad = 0.0
    value.grad = 1.0
    for v in reversed(order):
        for p, d in zip(v.parents, v.local_gradients):
            p.grad += d


# wrong: no unbroadcast in the sum
# named: Tensor.__add__-1
class Tensor(Tensor):
    def __add__(self, other):
        other = as_tensor(other)
        return node(self.data + other.data, (self, other), lambda g: (g, g))


# wrong: the quotient's second gradient has no minus sign
# named: Tensor.__truediv__-1
class Tensor(Tensor):
    def __truediv__(self, other):
        o = as_tensor(other)

        def vjp(g):
            return (
                unbroadcast(g / o.data, self.data.shape),
                unbroadcast(g * self.data / o.data**2, o.data.shape),
            )

        return node(self.data / o.data, (self, o), vjp)


# wrong: divided by b, not by its square
# named: Tensor.__truediv__-2
class Tensor(Tensor):
    def __truediv__(self, other):
        o = as_tensor(other)

        def vjp(g):
            return (
                unbroadcast(g / o.data, self.data.shape),
                unbroadcast(-g * self.data / o.data, o.data.shape),
            )

        return node(self.data / o.data, (self, o), vjp)


# wrong: the two gradients of the matrix product in the order b, a
# named: Tensor.__matmul__-3
class Tensor(Tensor):
    def __matmul__(self, other):
        def vjp(g):
            return self.data.T @ g, g @ other.data.T

        return node(self.data @ other.data, (self, other), vjp)


# wrong: the gradient of log is that of log base 10
class Tensor(Tensor):
    def log(self):
        return node(np.log(self.data), (self,), lambda g: (g / (self.data * np.log(10)),))


# wrong: the gradient of log is g times x
# named: Tensor.log-2
class Tensor(Tensor):
    def log(self):
        return node(np.log(self.data), (self,), lambda g: (g * self.data,))


# wrong: the mask of relu is made of the gradient
# named: Tensor.relu-1
class Tensor(Tensor):
    def relu(self):
        return node(np.maximum(self.data, 0), (self,), lambda g: (g * (g > 0),))


# wrong: the summed axis is not put back
# named: Tensor.sum-1
class Tensor(Tensor):
    def sum(self, axis=None, keepdims=False):
        def vjp(g):
            return (np.ones_like(self.data) * g,)

        return node(self.data.sum(axis=axis, keepdims=keepdims), (self,), vjp)


# wrong: the mean over an axis is divided by the number of all entries
# named: Tensor.mean-2
class Tensor(Tensor):
    def mean(self, axis=None):
        return self.sum(axis) * (1.0 / self.data.size)


# wrong: the mean is a sum
# named: Tensor.mean-1
class Tensor(Tensor):
    def mean(self, axis=None):
        out = self.data.mean(axis=axis)

        def vjp(g):
            if axis is not None:
                g = np.expand_dims(g, axis)
            return (g * np.ones_like(self.data),)

        return node(out, (self,), vjp)


# wrong: each of several equal numbers gets the whole gradient
# named: Tensor.max-1
class Tensor(Tensor):
    def max(self, axis=None):
        best = self.data.max(axis=axis, keepdims=True)

        def vjp(g):
            g = g if axis is None else np.expand_dims(g, axis)
            return (g * (self.data == best),)

        return node(self.data.max(axis=axis), (self,), vjp)


# wrong: only the first of several equal numbers gets the gradient
# named: Tensor.max-3
class Tensor(Tensor):
    def max(self, axis=None):
        d = self.data
        if axis is None:
            where = np.zeros(d.shape)
            where.flat[d.argmax()] = 1
        else:
            where = np.zeros(d.shape)
            np.put_along_axis(where, np.expand_dims(d.argmax(axis), axis), 1.0, axis)

        def vjp(g):
            return (where * (g if axis is None else np.expand_dims(g, axis)),)

        return node(d.max(axis=axis), (self,), vjp)


# wrong: the axes are permuted once more in the same order
# named: Tensor.transpose-1
class Tensor(Tensor):
    def transpose(self, *axes):
        axes = axes or tuple(reversed(range(self.data.ndim)))
        return node(self.data.transpose(axes), (self,), lambda g: (g.transpose(axes),))


# wrong: fancy indexing with += counts a repeated entry once
# named: Tensor.__getitem__-1
class Tensor(Tensor):
    def __getitem__(self, index):
        def vjp(g):
            out = np.zeros_like(self.data)
            out[index] += g
            return (out,)

        return node(self.data[index], (self,), vjp)


# wrong: in gather an entry that is picked twice gets one gradient
# named: Tensor.gather-1
class Tensor(Tensor):
    def gather(self, dim, index):
        def vjp(g):
            out = np.zeros_like(self.data)
            np.put_along_axis(out, index, g, axis=dim)
            return (out,)

        return node(np.take_along_axis(self.data, index, axis=dim), (self,), vjp)


# wrong: a leaf's gradient is replaced by the one of the last backward
# named: backward-4
def backward(t, g=None):
    if g is None and t.data.size != 1:
        raise ValueError("g is missing")
    grads = {id(t): np.ones_like(t.data) if g is None else np.asarray(g, dtype=float)}
    for n in reversed(topo(t)):
        up = grads.get(id(n))
        if up is None:
            continue
        if n.vjp is None:
            if n.requires_grad:
                n.grad = np.array(up)
            continue
        for p, gp in zip(n.parents, n.vjp(up)):
            if p.requires_grad:
                grads[id(p)] = grads.get(id(p), 0.0) + gp
        n.vjp, n.parents = used_up, ()


# wrong: += on an array that another tensor holds too
# named: backward-5
def backward(t, g=None):
    if g is None and t.data.size != 1:
        raise ValueError("g is missing")
    grads = {id(t): np.ones_like(t.data) if g is None else np.asarray(g, dtype=float)}
    for n in reversed(topo(t)):
        up = grads.get(id(n))
        if up is None:
            continue
        if n.vjp is None:
            if n.requires_grad:
                n.grad = np.array(up) if n.grad is None else n.grad + up
            continue
        for p, gp in zip(n.parents, n.vjp(up)):
            if p.requires_grad:
                if id(p) in grads:
                    grads[id(p)] += gp
                else:
                    grads[id(p)] = gp
        n.vjp, n.parents = used_up, ()


# wrong: the graph is not released
# named: backward-6
def backward(t, g=None):
    if g is None and t.data.size != 1:
        raise ValueError("g is missing")
    grads = {id(t): np.ones_like(t.data) if g is None else np.asarray(g, dtype=float)}
    for n in reversed(topo(t)):
        up = grads.get(id(n))
        if up is None:
            continue
        if n.vjp is None:
            if n.requires_grad:
                n.grad = np.array(up) if n.grad is None else n.grad + up
            continue
        for p, gp in zip(n.parents, n.vjp(up)):
            if p.requires_grad:
                grads[id(p)] = grads.get(id(p), 0.0) + gp


# wrong: a missing g is taken as ones, whatever the shape
# named: backward-7
def backward(t, g=None):
    grads = {id(t): np.ones_like(t.data) if g is None else np.asarray(g, dtype=float)}
    for n in reversed(topo(t)):
        up = grads.get(id(n))
        if up is None:
            continue
        if n.vjp is None:
            if n.requires_grad:
                n.grad = np.array(up) if n.grad is None else n.grad + up
            continue
        for p, gp in zip(n.parents, n.vjp(up)):
            if p.requires_grad:
                grads[id(p)] = grads.get(id(p), 0.0) + gp
        n.vjp, n.parents = used_up, ()


# wrong: the recording is switched on afterwards, also inside another no_grad
# named: no_grad.__exit__-1
class no_grad(no_grad):
    def __enter__(self):
        self.state["recording"] = False

    def __exit__(self, kind, error, trace):
        self.state["recording"] = True


# wrong: an error inside is swallowed
# named: no_grad.__exit__-3
class no_grad(no_grad):
    def __enter__(self):
        self.before = self.state["recording"]
        self.state["recording"] = False

    def __exit__(self, kind, error, trace):
        self.state["recording"] = self.before
        return True


# wrong: one-sided differences
# named: gradcheck-3
def gradcheck(fn, *tensors):
    h = 1e-6
    for x in tensors:
        x.grad = None
    out = fn(*tensors)
    c = np.random.default_rng(0).normal(size=out.data.shape)
    out.backward(c)
    worst = []
    for x in tensors:
        given = np.zeros_like(x.data) if x.grad is None else x.grad
        base = (fn(*tensors).data * c).sum()
        error = 0.0
        for i in np.ndindex(x.data.shape):
            x.data[i] += h
            up = (fn(*tensors).data * c).sum()
            x.data[i] -= h
            error = max(error, abs((up - base) / h - given[i]))
        worst.append(float(error))
    return worst


# wrong: h where 2h belongs
# named: gradcheck-7
def gradcheck(fn, *tensors):
    h = 1e-6
    for x in tensors:
        x.grad = None
    out = fn(*tensors)
    c = np.random.default_rng(0).normal(size=out.data.shape)
    out.backward(c)
    worst = []
    for x in tensors:
        given = np.zeros_like(x.data) if x.grad is None else x.grad
        error = 0.0
        for i in np.ndindex(x.data.shape):
            old = x.data[i]
            x.data[i] = old + h
            up = (fn(*tensors).data * c).sum()
            x.data[i] = old - h
            down = (fn(*tensors).data * c).sum()
            x.data[i] = old
            error = max(error, abs((up - down) / h - given[i]))
        worst.append(float(error))
    return worst


# wrong: a precedence slip, / 2 * h
# named: gradcheck-8
def gradcheck(fn, *tensors):
    h = 1e-6
    for x in tensors:
        x.grad = None
    out = fn(*tensors)
    c = np.random.default_rng(0).normal(size=out.data.shape)
    out.backward(c)
    worst = []
    for x in tensors:
        given = np.zeros_like(x.data) if x.grad is None else x.grad
        error = 0.0
        for i in np.ndindex(x.data.shape):
            old = x.data[i]
            x.data[i] = old + h
            up = (fn(*tensors).data * c).sum()
            x.data[i] = old - h
            down = (fn(*tensors).data * c).sum()
            x.data[i] = old
            error = max(error, abs((up - down) / 2 * h - given[i]))
        worst.append(float(error))
    return worst


# wrong: relu after the last layer too
# named: mlp_loss-2
def mlp_loss(x, y, params):
    h = as_tensor(x)
    for W, b in params:
        h = (h @ W.transpose() + b).relu()
    z = h - h.data.max(axis=1, keepdims=True)
    log_p = z - z.exp().sum(axis=1, keepdims=True).log()
    return -log_p[np.arange(len(y)), y].mean()


# wrong: no maximum is subtracted
# named: mlp_loss-4
def mlp_loss(x, y, params):
    h = as_tensor(x)
    for i, (W, b) in enumerate(params):
        h = h @ W.transpose() + b
        if i < len(params) - 1:
            h = h.relu()
    e = h.exp()
    p = e / e.sum(axis=1, keepdims=True)
    return -p[np.arange(len(y)), y].log().mean()


# wrong: one maximum for the whole array
# named: mlp_loss-5
def mlp_loss(x, y, params):
    h = as_tensor(x)
    for i, (W, b) in enumerate(params):
        h = h @ W.transpose() + b
        if i < len(params) - 1:
            h = h.relu()
    z = h - h.data.max()
    log_p = z - z.exp().sum(axis=1, keepdims=True).log()
    return -log_p[np.arange(len(y)), y].mean()


# wrong: the probabilities plus something tiny inside the logarithm
# named: mlp_loss-7
def mlp_loss(x, y, params):
    h = as_tensor(x)
    for i, (W, b) in enumerate(params):
        h = h @ W.transpose() + b
        if i < len(params) - 1:
            h = h.relu()
    e = (h - h.data.max(axis=1, keepdims=True)).exp()
    p = e / e.sum(axis=1, keepdims=True)
    return -(p[np.arange(len(y)), y] + 1e-7).log().mean()


# wrong: the sum over the examples
# named: mlp_loss-3
def mlp_loss(x, y, params):
    h = as_tensor(x)
    for i, (W, b) in enumerate(params):
        h = h @ W.transpose() + b
        if i < len(params) - 1:
            h = h.relu()
    z = h - h.data.max(axis=1, keepdims=True)
    log_p = z - z.exp().sum(axis=1, keepdims=True).log()
    return -log_p[np.arange(len(y)), y].sum()


# wrong: relu on the input as well
# named: mlp_loss-8
def mlp_loss(x, y, params):
    h = as_tensor(x)
    for W, b in params:
        h = h.relu() @ W.transpose() + b
    z = h - h.data.max(axis=1, keepdims=True)
    log_p = z - z.exp().sum(axis=1, keepdims=True).log()
    return -log_p[np.arange(len(y)), y].mean()


# wrong: the constant part beyond delta is missing
# named: huber_loss-4
def huber_loss(prediction, target, delta=1.0, reduction="mean"):
    target = as_tensor(target)
    d = prediction.data - target.data
    losses = np.where(np.abs(d) <= delta, d**2 / 2, delta * np.abs(d))
    slope = np.clip(d, -delta, delta)
    out = node(losses, (prediction, target), lambda g: (g * slope, -g * slope))
    return out.mean() if reduction == "mean" else out


# wrong: the square is not halved
# named: huber_loss-2
def huber_loss(prediction, target, delta=1.0, reduction="mean"):
    target = as_tensor(target)
    d = prediction.data - target.data
    small = np.abs(d) <= delta
    losses = np.where(small, d**2, delta * (np.abs(d) - delta / 2))
    slope = np.where(small, 2 * d, delta * np.sign(d))
    out = node(losses, (prediction, target), lambda g: (g * slope, -g * slope))
    return out.mean() if reduction == "mean" else out


# wrong: the derivative beyond delta has no sign
# named: huber_loss-6
def huber_loss(prediction, target, delta=1.0, reduction="mean"):
    target = as_tensor(target)
    d = prediction.data - target.data
    small = np.abs(d) <= delta
    losses = np.where(small, d**2 / 2, delta * (np.abs(d) - delta / 2))
    slope = np.where(small, d, delta)
    out = node(losses, (prediction, target), lambda g: (g * slope, -g * slope))
    return out.mean() if reduction == "mean" else out


# wrong: the target's gradient has the sign of the prediction's
# named: huber_loss-7
def huber_loss(prediction, target, delta=1.0, reduction="mean"):
    target = as_tensor(target)
    d = prediction.data - target.data
    small = np.abs(d) <= delta
    losses = np.where(small, d**2 / 2, delta * (np.abs(d) - delta / 2))
    slope = np.where(small, d, delta * np.sign(d))
    out = node(losses, (prediction, target), lambda g: (g * slope, g * slope))
    return out.mean() if reduction == "mean" else out


# wrong: the mean whatever the reduction
# named: huber_loss-9
def huber_loss(prediction, target, delta=1.0, reduction="mean"):
    target = as_tensor(target)
    d = prediction.data - target.data
    small = np.abs(d) <= delta
    losses = np.where(small, d**2 / 2, delta * (np.abs(d) - delta / 2))
    slope = np.where(small, d, delta * np.sign(d))
    return node(losses, (prediction, target), lambda g: (g * slope, -g * slope)).mean()
