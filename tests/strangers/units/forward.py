# right: einsum, and the bias by hand
def linear(x, W, b):
    out = np.einsum("nd,md->nm", x, W)
    return out + b[np.newaxis, :]


# right: one row at a time
def linear(inputs, weights, bias):
    rows = []
    for row in inputs:
        rows.append([np.dot(w, row) + c for w, c in zip(weights, bias)])
    return np.array(rows)


# right: x times a mask
def relu(x):
    return x * (x > 0)


# right: the larger of the two, for a slope below 1 and above it
def leaky_relu(x, negative_slope=0.01):
    return np.maximum(x, 0) + negative_slope * np.minimum(x, 0)


# right: two branches, each of which cannot overflow
def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))


# right: erf of the whole array
def gelu(x):
    return 0.5 * x * (1.0 + erf(x / np.sqrt(2.0)))


# right: the sum over the size
def mse(pred, target):
    if np.shape(pred) != np.shape(target):
        raise ValueError("pred and target have different shapes")
    diff = (pred - target).ravel()
    return float(diff @ diff) / diff.size


# right: the clipped error
def huber(pred, target, delta=1.0):
    if pred.shape != target.shape:
        raise ValueError("shapes")
    a = np.abs(pred - target)
    c = np.minimum(a, delta)
    return float((c * (a - c / 2)).mean())


# right: max(z, 0) - z y + log(1 + exp(-|z|)), as in TensorFlow's docs
def bce_with_logits(logits, y):
    if logits.shape != y.shape:
        raise ValueError("logits and labels must have one shape")
    loss = np.maximum(logits, 0) - logits * y + np.log1p(np.exp(-np.abs(logits)))
    return loss.mean().item()


# right: log-sum-exp, and a loop over the examples
def cross_entropy(logits, y):
    n, k = logits.shape
    if min(y) < 0 or max(y) >= k:
        raise ValueError("a label is out of range")
    total = 0.0
    for row, label in zip(logits, y):
        m = row.max()
        total += m + np.log(np.sum(np.exp(row - m))) - row[label]
    return float(total / n)


# right: the last layer behind the loop
def mlp_forward(x, params, act):
    cache, h = [], x
    for W, b in params[:-1]:
        z = linear(h, W, b)
        cache.append((h, z))
        h = act(z)
    W, b = params[-1]
    z = linear(h, W, b)
    cache.append((h, z))
    return z, cache


# right: a probability above a half
def evaluate(out, y, kind):
    if kind == "number":
        return mse(out, y), out
    elif kind == "two classes":
        return bce_with_logits(out, y), (sigmoid(out) > 0.5).astype(int)
    elif kind == "many classes":
        return cross_entropy(out, y), np.argmax(out, axis=-1)
    elif kind == "several labels":
        return bce_with_logits(out, y), np.where(out > 0, 1, 0)
    else:
        raise ValueError("unknown kind: " + str(kind))


# right: the cross-entropy of equal logits
def initial_loss(K):
    return float(-np.log(1 / K))


# right: the density through the variance
def gelu_gradient(x):
    phi = np.exp(-(x**2) / 2) / (2 * np.pi) ** 0.5
    Phi = (1 + erf(x / 2**0.5)) / 2
    return Phi + x * phi


# wrong: W is not transposed
# named: linear-1
def linear(x, W, b):
    return x @ W + b


# wrong: the bias is forgotten
# named: linear-3
def linear(x, W, b):
    return np.dot(x, W.T)


# wrong: the bias is subtracted
def linear(x, W, b):
    return x @ W.T - b


# wrong: the wrong way round
# named: linear-2
def linear(x, W, b):
    return W @ x.T + b[:, None]


# wrong: the input is changed
# named: relu-3
def relu(x):
    x[x < 0] = 0
    return x


# wrong: the absolute value
# named: relu-2
def relu(x):
    return np.abs(x)


# wrong: one number, the largest of all
# named: relu-4
def relu(x):
    return np.max(x, 0)


# wrong: the step function
# named: relu-1
def relu(x):
    return (x > 0).astype(float)


# wrong: the slope is added on the positive side
# named: leaky_relu-4
def leaky_relu(x, negative_slope=0.01):
    return np.where(x > 0, negative_slope * x, x)


# wrong: a fixed slope
# named: leaky_relu-2
def leaky_relu(x, negative_slope=0.01):
    return np.where(x > 0, x, 0.01 * x)


# right: the maximum, for slopes below 1
def leaky_relu(x, negative_slope=0.01):
    return np.maximum(x, negative_slope * x)


# wrong: the slope itself on the negative side
# named: leaky_relu-1
def leaky_relu(x, negative_slope=0.01):
    return np.where(x > 0, x, negative_slope)


# right: the formula as it stands, whose inf at -1000 gives 0
def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


# wrong: overflows at 1000
# named: sigmoid-2
def sigmoid(x):
    return np.exp(x) / (1 + np.exp(x))


# wrong: the sign of the exponent
# named: sigmoid-1
def sigmoid(x):
    return 0.5 * (1 - np.tanh(x / 2))


# wrong: tanh by its formula, which gives inf / inf
# named: tanh-1
def tanh(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


# wrong: the approximation with tanh
# named: gelu-2
def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


# wrong: the approximation with a sigmoid
# named: gelu-6
def gelu(x):
    return x * sigmoid(1.702 * x)


# wrong: erf(x), not erf(x / sqrt(2))
# named: gelu-3
def gelu(x):
    return x * 0.5 * (1 + erf(x))


# wrong: the factor one half is missing
# named: gelu-4
def gelu(x):
    return x * (1 + erf(x / math.sqrt(2)))


# wrong: the probability without x
# named: gelu-5
def gelu(x):
    return 0.5 * (1 + erf(x / math.sqrt(2)))


# wrong: half the mean of the squares
# named: mse-3
def mse(pred, target):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    return float(0.5 * np.mean((pred - target) ** 2))


# wrong: a sum over the outputs, a mean over the examples
# named: mse-2
def mse(pred, target):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    return float(np.sum((pred - target) ** 2) / len(pred))


# wrong: a sum
# named: mse-1
def mse(pred, target):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    return float(np.sum((pred - target) ** 2))


# wrong: the root
# named: mse-5
def mse(pred, target):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    return float(np.sqrt(np.mean((pred - target) ** 2)))


# wrong: different shapes are broadcast
# named: mse-4
def mse(pred, target):
    return float(np.mean((pred - target) ** 2))


# wrong: the first axis only is compared
# named: mse-4
def mse(pred, target):
    if len(pred) != len(target):
        raise ValueError("lengths differ")
    return float(np.mean((pred - target) ** 2))


# wrong: an assert
# named: Here a ValueError should be raised; yours raised
def mse(pred, target):
    assert pred.shape == target.shape, "shapes differ"
    return float(np.mean((pred - target) ** 2))


# wrong: the absolute value of the mean
# named: mae-2
def mae(pred, target):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    return float(np.abs(np.mean(pred - target)))


# wrong: no absolute value
# named: mae-1
def mae(pred, target):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    return float(np.mean(pred - target))


# wrong: different shapes are broadcast
# named: mae-4
def mae(pred, target):
    return float(np.mean(np.abs(pred - target)))


# wrong: the pieces do not meet
# named: huber-1
def huber(pred, target, delta=1.0):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    e = np.abs(pred - target)
    return float(np.mean(np.where(e <= delta, e**2 / 2, delta * e)))


# wrong: the errors keep their sign, so large negative ones count as small
# named: huber-5
def huber(pred, target, delta=1.0):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    e = pred - target
    return float(np.mean(np.where(e <= delta, e**2 / 2, delta * (e - delta / 2))))


# wrong: the half is missing on the quadratic piece
# named: huber-2
def huber(pred, target, delta=1.0):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    e = np.abs(pred - target)
    return float(np.mean(np.where(e <= delta, e**2, delta * (e - delta / 2))))


# wrong: delta is 1 whatever is given
# named: huber-4
def huber(pred, target, delta=1.0):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    e = np.abs(pred - target)
    return float(np.mean(np.where(e <= 1, e**2 / 2, e - 0.5)))


# wrong: the factor delta is missing beyond
# named: huber-6
def huber(pred, target, delta=1.0):
    if pred.shape != target.shape:
        raise ValueError("shapes differ")
    e = np.abs(pred - target)
    return float(np.mean(np.where(e <= delta, e**2 / 2, e - delta / 2)))


# wrong: the log of 0 at large logits
# named: bce_with_logits-4
def bce_with_logits(logits, y):
    if logits.shape != y.shape:
        raise ValueError("shapes differ")
    p = sigmoid(logits)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


# wrong: a tiny number inside the logarithms
# named: bce_with_logits-5
def bce_with_logits(logits, y):
    if logits.shape != y.shape:
        raise ValueError("shapes differ")
    p = sigmoid(logits)
    eps = 1e-12
    return float(-np.mean(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps)))


# wrong: the probabilities are clipped
# named: bce_with_logits-5
def bce_with_logits(logits, y):
    if logits.shape != y.shape:
        raise ValueError("shapes differ")
    p = np.clip(sigmoid(logits), 1e-7, 1 - 1e-7)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


# wrong: only the ones count
# named: bce_with_logits-1
def bce_with_logits(logits, y):
    if logits.shape != y.shape:
        raise ValueError("shapes differ")
    return float(np.mean(y * np.logaddexp(0, -logits)))


# wrong: zeros and ones are swapped
# named: bce_with_logits-2
def bce_with_logits(logits, y):
    if logits.shape != y.shape:
        raise ValueError("shapes differ")
    return float(np.mean(y * np.logaddexp(0, logits) + (1 - y) * np.logaddexp(0, -logits)))


# wrong: the logits are taken as probabilities
# named: bce_with_logits-7
def bce_with_logits(logits, y):
    if logits.shape != y.shape:
        raise ValueError("shapes differ")
    return float(-np.mean(y * np.log(logits) + (1 - y) * np.log(1 - logits)))


# wrong: the maximum is not subtracted
# named: cross_entropy-7
def cross_entropy(logits, y):
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError("label out of range")
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(y)), y]).mean())


# wrong: the log of a probability that has become 0
# named: cross_entropy-8
def cross_entropy(logits, y):
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError("label out of range")
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(y)), y]).mean())


# wrong: 1e-7 inside the logarithm
# named: cross_entropy-9
def cross_entropy(logits, y):
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError("label out of range")
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(y)), y] + 1e-7).mean())


# wrong: clipped probabilities, as in old Keras
# named: cross_entropy-9
def cross_entropy(logits, y):
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError("label out of range")
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), 1e-12, 1.0)
    return float(-np.mean(np.log(p[np.arange(len(y)), y])))


# wrong: one maximum for the whole array
# named: cross_entropy-12
def cross_entropy(logits, y):
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError("label out of range")
    z = logits - logits.max()
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean())


# wrong: softmax down the columns
# named: cross_entropy-1
def cross_entropy(logits, y):
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError("label out of range")
    z = logits - logits.max(axis=0, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=0, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean())


# wrong: the sum
# named: cross_entropy-2
def cross_entropy(logits, y):
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError("label out of range")
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].sum())


# wrong: the columns y of every row
# named: cross_entropy-13
def cross_entropy(logits, y):
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError("label out of range")
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[:, y].mean())


# wrong: labels are not looked at: -1 is the last class
# named: cross_entropy-10
def cross_entropy(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean())


# wrong: only labels that are too large are refused
# named: cross_entropy-10
def cross_entropy(logits, y):
    if np.any(y >= logits.shape[1]):
        raise ValueError("label out of range")
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean())


# wrong: K itself is taken as a label
# named: cross_entropy-11
def cross_entropy(logits, y):
    if np.any(y < 0) or np.any(y > logits.shape[1]):
        raise ValueError("label out of range")
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean())


# wrong: the sign
# named: cross_entropy-6
def cross_entropy(logits, y):
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError("label out of range")
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(np.mean(log_p[np.arange(len(y)), y]))


# wrong: the activation after the last layer too
# named: mlp_forward-1
def mlp_forward(x, params, act):
    cache = []
    for W, b in params:
        z = linear(x, W, b)
        cache.append((x, z))
        x = act(z)
    return x, cache


# wrong: no activation at all
# named: mlp_forward-3
def mlp_forward(x, params, act):
    cache = []
    for W, b in params:
        z = linear(x, W, b)
        cache.append((x, z))
        x = z
    return x, cache


# wrong: the activated output is kept in the cache
# named: mlp_forward-5
def mlp_forward(x, params, act):
    cache = []
    for i, (W, b) in enumerate(params):
        out = linear(x, W, b)
        if i < len(params) - 1:
            out = act(out)
        cache.append((x, out))
        x = out
    return x, cache


# wrong: return inside the loop
# named: The loop of `mlp_forward` ends in its
def mlp_forward(x, params, act):
    cache = []
    for i, (W, b) in enumerate(params):
        z = linear(x, W, b)
        cache.append((x, z))
        x = act(z) if i < len(params) - 1 else z
        return x, cache


# wrong: relu whatever act is
# named: mlp_forward-7
def mlp_forward(x, params, act):
    cache = []
    for i, (W, b) in enumerate(params):
        z = linear(x, W, b)
        cache.append((x, z))
        x = relu(z) if i < len(params) - 1 else z
    return x, cache


# wrong: logits are compared with a half
# named: evaluate-2
def evaluate(out, y, kind):
    if kind == "number":
        return mse(out, y), out
    if kind == "many classes":
        return cross_entropy(out, y), out.argmax(axis=1)
    if kind in ["two classes", "several labels"]:
        return bce_with_logits(out, y), (out > 0.5).astype(int)
    raise ValueError("kind")


# wrong: a probability of exactly a half counts as a 1
# named: evaluate-7
def evaluate(out, y, kind):
    if kind == "number":
        return mse(out, y), out
    if kind == "many classes":
        return cross_entropy(out, y), out.argmax(axis=1)
    if kind in ["two classes", "several labels"]:
        return bce_with_logits(out, y), (sigmoid(out) >= 0.5).astype(int)
    raise ValueError("kind")


# wrong: another kind gives None
# named: Here a ValueError should be raised; yours raised
def evaluate(out, y, kind):
    if kind == "number":
        return mse(out, y), out
    if kind == "many classes":
        return cross_entropy(out, y), out.argmax(axis=1)
    if kind in ["two classes", "several labels"]:
        return bce_with_logits(out, y), (out > 0).astype(int)


# wrong: the prediction is a probability
# named: The array holds float64 instead of int64. This
def evaluate(out, y, kind):
    if kind == "number":
        return mse(out, y), out
    if kind == "many classes":
        return cross_entropy(out, y), out.argmax(axis=1)
    if kind in ["two classes", "several labels"]:
        return bce_with_logits(out, y), sigmoid(out)
    raise ValueError("kind")


# wrong: the prediction is True or False
# named: The array holds bool instead of int64. This
def evaluate(out, y, kind):
    if kind == "number":
        return mse(out, y), out
    if kind == "many classes":
        return cross_entropy(out, y), out.argmax(axis=1)
    if kind in ["two classes", "several labels"]:
        return bce_with_logits(out, y), out > 0
    raise ValueError("kind")


# wrong: several labels are taken as classes that exclude each other
# named: evaluate-4
def evaluate(out, y, kind):
    if kind == "number":
        return mse(out, y), out
    if kind == "many classes":
        return cross_entropy(out, y), out.argmax(axis=1)
    if kind == "two classes":
        return bce_with_logits(out, y), (out > 0).astype(int)
    if kind == "several labels":
        return bce_with_logits(out, y), out.argmax(axis=1)
    raise ValueError("kind")


# wrong: the largest along the batch
# named: evaluate-1
def evaluate(out, y, kind):
    if kind == "number":
        return mse(out, y), out
    if kind == "many classes":
        return cross_entropy(out, y), np.argmax(out, axis=0)
    if kind in ("two classes", "several labels"):
        return bce_with_logits(out, y), (out > 0).astype(int)
    raise ValueError("kind")


# wrong: base 2
# named: initial_loss-1
def initial_loss(K):
    return math.log2(K)


# wrong: the probability, not its logarithm
# named: initial_loss-4
def initial_loss(K):
    return 1 / K


# wrong: a negative loss
# named: initial_loss-3
def initial_loss(K):
    return math.log(1 / K)


# wrong: the second term of the product rule is missing
# named: gelu_gradient-1
def gelu_gradient(x):
    return 0.5 * (1 + erf(x / math.sqrt(2)))


# wrong: the density without the factor x
# named: gelu_gradient-3
def gelu_gradient(x):
    density = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    return 0.5 * (1 + erf(x / math.sqrt(2))) + density


# wrong: / sqrt(2) * pi
# named: gelu_gradient-6
def gelu_gradient(x):
    density = np.exp(-(x**2) / 2) / math.sqrt(2) * math.pi
    return 0.5 * (1 + erf(x / math.sqrt(2))) + x * density


# wrong: the exponent is not halved
# named: gelu_gradient-7
def gelu_gradient(x):
    density = np.exp(-(x**2)) / math.sqrt(2 * math.pi)
    return 0.5 * (1 + erf(x / math.sqrt(2))) + x * density
