# right: a list comprehension, one reading at a time
def predict(w, b, c):
    return np.array([w * celsius + b for celsius in c])


# right: a dot product of the errors with themselves
def mse(y_hat, y):
    err = np.asarray(y_hat) - np.asarray(y)
    return float(np.dot(err, err) / err.size)


# right: a loop over the readings that adds up both sums
def step(w, b, c, f, lr):
    n = len(c)
    dw, db = 0.0, 0.0
    for x, y in zip(c, f):
        guess = w * x + b
        dw += -2 / n * x * (y - guess)
        db += -2 / n * (y - guess)
    return w - lr * dw, b - lr * db


# right: a while loop, with the refusal before the list grows
def fit(c, f, lr=0.001, steps=5000):
    slope, intercept = 0.0, 0.0
    history = []
    epoch = 0
    while epoch < steps:
        loss = mse(predict(slope, intercept, c), f)
        if np.isnan(loss) or np.isinf(loss):
            raise ValueError(f"the loss is {loss} in step {epoch}")
        history.append(loss)
        slope, intercept = step(slope, intercept, c, f, lr)
        epoch += 1
    return slope, intercept, history


# right: np.polyval and no loop
def predict(w, b, c):
    return np.polyval([w, b], c)


# wrong: w and b swapped
# named: predict-2
def predict(w, b, c):
    return b * c + w


# wrong: the formula of Celsius written in, whatever w and b are
# named: predict-4
def predict(w, b, c):
    return 1.8 * c + 32


# wrong: half the sum of squares, as in Nielsen's book
# named: mse-5
def mse(pred, target):
    return 0.5 * np.sum((pred - target) ** 2)


# wrong: half the mean of squares, so that the 2 of the derivative is gone
# named: mse-5
def mse(pred, target):
    m = pred.shape[0]
    return (1 / (2 * m)) * np.sum(np.square(pred - target))


# wrong: the root mean square error
# named: mse-4
def mse(pred, target):
    return np.sqrt(((pred - target) ** 2).mean())


# wrong: the square of the mean error
# named: mse-6
def mse(pred, target):
    return np.mean(pred - target) ** 2


# wrong: the gradient is added
# named: step-1
def step(w, b, c, f, lr):
    error = predict(w, b, c) - f
    w = w + lr * 2 * (error * c).mean()
    b = b + lr * 2 * error.mean()
    return w, b


# wrong: the factor 2 of the derivative is missing
# named: step-2
def step(w, b, c, f, lr):
    error = (w * c + b) - f
    return w - lr * np.mean(error * c), b - lr * np.mean(error)


# wrong: b is moved with the new w
# named: step-5
def step(w, b, c, f, lr):
    w = w - lr * np.mean(2 * (w * c + b - f) * c)
    b = b - lr * np.mean(2 * (w * c + b - f))
    return w, b


# wrong: the gradient of w without the input
# named: step-4
def step(w, b, c, f, lr):
    residual = w * c + b - f
    grad_w = 2 * residual.mean()
    grad_b = 2 * residual.mean()
    return w - lr * grad_w, b - lr * grad_b


# wrong: sums where the mean should be
# named: step-3
def step(w, b, c, f, lr):
    d = 2 * (predict(w, b, c) - f)
    return w - lr * (d @ c), b - lr * d.sum()


# wrong: one loss too many, as the last one is added after the loop
# named: fit-4
def fit(c, f, lr=0.001, steps=5000):
    w = b = 0.0
    losses = []
    for i in range(steps):
        l = mse(predict(w, b, c), f)
        if not np.isfinite(l):
            raise ValueError("diverged")
        losses.append(l)
        w, b = step(w, b, c, f, lr)
    losses.append(mse(predict(w, b, c), f))
    return w, b, losses


# wrong: the loss is recorded after the step
# named: fit-2
def fit(c, f, lr=0.001, steps=5000):
    w, b, losses = 0.0, 0.0, []
    for _ in range(steps):
        w, b = step(w, b, c, f, lr)
        loss = mse(predict(w, b, c), f)
        if not np.isfinite(loss):
            raise ValueError("not finite")
        losses.append(loss)
    return w, b, losses


# wrong: only w and b come back
# named: `fit` should return 3 values (w, b, losses);
def fit(c, f, lr=0.001, steps=5000):
    w, b = 0.0, 0.0
    for _ in range(steps):
        loss = mse(predict(w, b, c), f)
        if not np.isfinite(loss):
            raise ValueError("not finite")
        w, b = step(w, b, c, f, lr)
    return w, b


# wrong: the return stands inside the loop
# named: The loop of `fit` ends in its first
def fit(c, f, lr=0.001, steps=5000):
    w, b, losses = 0.0, 0.0, []
    for _ in range(steps):
        loss = mse(predict(w, b, c), f)
        if not np.isfinite(loss):
            raise ValueError("not finite")
        losses.append(loss)
        w, b = step(w, b, c, f, lr)
        return w, b, losses


# wrong: a NaN goes unnoticed, since only infinity is refused
# named: fit-6
def fit(c, f, lr=0.001, steps=5000):
    w, b, losses = 0.0, 0.0, []
    for _ in range(steps):
        loss = mse(predict(w, b, c), f)
        if loss == np.inf:
            raise ValueError("infinite")
        losses.append(loss)
        w, b = step(w, b, c, f, lr)
    return w, b, losses


# right: sums by hand, with the mean taken at the end
def step(w, b, c, f, lr):
    slope_w = slope_b = 0.0
    for x, y in zip(c, f):
        miss = (w * x + b) - y
        slope_w += miss * x
        slope_b += miss
    m = float(len(c))
    return w - lr * 2.0 * slope_w / m, b - lr * 2.0 * slope_b / m


# right: a generator of squared errors
def mse(pred, target):
    return sum((p - t) ** 2 for p, t in zip(pred, target)) / len(target)


# wrong: only the first step is taken, since the loop returns
# named: The loop of `fit` ends in its first
def fit(c, f, lr=0.001, steps=5000):
    params, curve = [0.0, 0.0], []
    while len(curve) < steps:
        now = mse(predict(*params, c), f)
        if np.isnan(now) or np.isinf(now):
            raise ValueError("diverged")
        curve.append(now)
        params = list(step(params[0], params[1], c, f, lr))
        return params[0], params[1], curve


# wrong: halved, so that the derivative looks nicer
# named: mse-5
def mse(pred, target):
    errors = np.asarray(target) - np.asarray(pred)
    return float((errors @ errors) / (2 * errors.shape[0]))
