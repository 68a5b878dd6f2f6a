# right: torch's names, size by size, with floats rounded down by int
def conv_cost(layers, size):
    params, macs, rf, jump = 0, 0, 1, 1
    for layer in layers:
        eff_k = layer.k + (layer.k - 1) * (layer.d - 1)
        size = int((size + 2 * layer.p - eff_k) / layer.s) + 1
        rf = rf + (eff_k - 1) * jump
        jump = jump * layer.s
        if layer.pool:
            continue
        per_filter = layer.k * layer.k * layer.C // layer.groups
        params = params + per_filter * layer.O + layer.extra * layer.O
        macs = macs + per_filter * layer.O * size * size
    return params, 2 * macs, size, rf


# right: a loop over the block numbers instead of a sort
def read_layers(arrays, strides, channels=3):
    names = ["stem"]
    i = 0
    while f"block.{i}.project.weight" in arrays:
        for part in ("expand", "depthwise", "project"):
            if f"block.{i}.{part}.weight" in arrays:
                names.append(f"block.{i}.{part}")
        i += 1
    layers, c = [], channels
    for name in names:
        w = arrays[name + ".weight"]
        stride = strides[name] if name in strides else 1
        bias = 1 if name + ".bias" in arrays else 0
        layers.append(
            Layer(c, w.shape[0], w.shape[2], stride, w.shape[2] // 2, 1, c // w.shape[1], bias)
        )
        c = w.shape[0]
    return layers


# right: kernel by kernel
def fold_bn(W, b, gamma, beta, mean, var, eps):
    W_new, b_new = np.empty(W.shape), np.empty(b.shape)
    for o in range(len(W)):
        std = (var[o] + eps) ** 0.5
        W_new[o] = gamma[o] / std * W[o]
        b_new[o] = gamma[o] * (b[o] - mean[o]) / std + beta[o]
    return W_new, b_new


# right: shifted copies of the image, then a matrix product over the channels
def depthwise_separable(x, Wd, Wp):
    N, C, H, W = x.shape
    k = Wd.shape[-1]
    p = k // 2
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    out = np.zeros_like(x)
    for i in range(k):
        for j in range(k):
            out += xp[:, :, i : i + H, j : j + W] * Wd[:, i, j][None, :, None, None]
    return (Wp @ out.reshape(N, C, H * W)).reshape(N, len(Wp), H, W)


# right: an einsum
def composed_kernel(Wd, Wp):
    return np.einsum("oc,cij->ocij", Wp, Wd)


# right: the shortcut first, and slices for the 1 x 1 convolution
def residual_down(x, params):
    w1, g1, b1, w2, g2, b2, wp = params
    shortcut = np.einsum("nchw,oc->nohw", x[:, :, ::2, ::2], wp[:, :, 0, 0])
    out = conv2d(x, w1, np.zeros(len(w1)), 2, 1)[0]
    out, _ = batchnorm(out, g1, b1)
    out = np.maximum(0, out)
    out = conv2d(out, w2, np.zeros(len(w2)), 1, 1)[0]
    out, _ = batchnorm(out, g2, b2)
    return out + shortcut


# right: a while loop, and lists changed in place
def train(net, X, y, lr, epochs, batch, rng):
    history = []
    for e in range(epochs):
        idx = rng.permutation(len(y))
        step = lr * (epochs - e) / epochs
        running, count, start = 0.0, 0, 0
        while start < len(idx):
            mini = idx[start : start + batch]
            out = net.forward(X[mini], True)
            loss, dout = cross_entropy(out, y[mini])
            grads_body, grads_head = net.backward(dout)
            for i, grad in enumerate(grads_body):
                net.body[i] = net.body[i] - step * grad
            for i, grad in enumerate(grads_head):
                net.head[i] = net.head[i] - step * grad
            running, count, start = running + loss, count + 1, start + batch
        history.append(running / count)
    return history


# right: least squares on stacked rows
def linear_probe(features, y, classes, l2):
    mu = features.mean(0)
    X = features - mu
    Y = np.zeros((len(y), classes))
    Y[np.arange(len(y)), y] = 1
    ybar = Y.mean(0)
    d = X.shape[1]
    A = np.vstack([X, np.sqrt(l2) * np.eye(d)])
    B = np.vstack([Y - ybar, np.zeros((d, classes))])
    W = np.linalg.lstsq(A, B, rcond=None)[0].T
    return W, ybar - W.dot(mu)


# right: a loop over the order that counts how many of each class it has
def few_labels(features, y, test_features, test_y, shots, draws, l2, rng):
    K = y.max() + 1
    result = np.zeros(draws)
    for i in range(draws):
        taken, counts = [], np.zeros(K, int)
        for j in rng.permutation(len(y)):
            if counts[y[j]] < shots:
                taken.append(j)
                counts[y[j]] += 1
        W, b = linear_probe(features[taken], y[taken], K, l2)
        guesses = np.argmax(test_features @ W.T + b, axis=1)
        result[i] = np.mean(guesses == test_y)
    return result


# right: the mode chosen before the loop
def finetune(net, X, y, lr_head, lr_body, steps):
    frozen = lr_body == 0
    losses = []
    for _ in range(steps):
        loss, g = cross_entropy(net.forward(X, training=not frozen), y)
        losses.append(loss)
        g_body, g_head = net.backward(g)
        for k in range(2):
            net.head[k] = net.head[k] - lr_head * g_head[k]
        if not frozen:
            for k in range(len(net.body)):
                net.body[k] = net.body[k] - lr_body * g_body[k]
    return losses


# right: divmod, and a cache that is a dictionary (with its own backward pass not needed here)
def unet_forward(x, params):
    n, c, h, w = x.shape
    if divmod(h, 4)[1] != 0 or divmod(w, 4)[1] != 0:
        raise ValueError("image of {} x {} cannot be halved twice".format(h, w))
    a, ca = block(x, params[0][0], params[0][1])
    pa, ia = maxpool(a)
    b, cb = block(pa, params[1][0], params[1][1])
    pb, ib = maxpool(b)
    m, cm = block(pb, params[2][0], params[2][1])
    u = np.hstack([enlarge(m), b])
    u, cu = block(u, params[3][0], params[3][1])
    v = np.hstack([enlarge(u), a])
    v, cv = block(v, params[4][0], params[4][1])
    out, co = conv2d(v, params[5][0], params[5][1])
    return out, (ca, ia, cb, ib, cm, cu, cv, co, a.shape[1], b.shape[1])


# right: counts with np.unique
def class_weights(masks, classes):
    weights = np.zeros(classes)
    values, counts = np.unique(masks, return_counts=True)
    weights[values] = masks.size / counts
    return weights / weights[values].mean()


# right: the probability of two classes by a sigmoid
def dice_loss(logits, masks):
    z = logits[:, 1] - logits[:, 0]
    p = 1 / (1 + np.exp(-z))
    inter = (p * masks).sum()
    total = p.sum() + masks.sum()
    loss = 1 - (2 * inter + 1) / (total + 1)
    dp = -2 * masks / (total + 1) + (2 * inter + 1) / (total + 1) ** 2
    dz = dp * p * (1 - p)
    g = np.zeros_like(logits)
    g[:, 1], g[:, 0] = dz, -dz
    return loss, g


# right: a confusion matrix
def mean_iou(pred, masks, classes):
    table = np.bincount(masks.ravel() * classes + pred.ravel(), minlength=classes**2)
    table = table.reshape(classes, classes)
    inter = np.diag(table)
    union = table.sum(0) + table.sum(1) - inter
    seen = union > 0
    return (inter[seen] / union[seen]).mean()


# right: patch by patch
def patchify(x, p):
    N, C, H, W = x.shape
    tokens = []
    for i in range(0, H, p):
        for j in range(0, W, p):
            patch = x[:, :, i : i + p, j : j + p]
            tokens.append(np.moveaxis(patch, 1, -1).reshape(N, -1))
    return np.stack(tokens, axis=1)


# right: patch by patch, the other way round
def unpatchify(tokens, p, height, width):
    n, t, d = tokens.shape
    c = d // (p * p)
    x = np.zeros((n, c, height, width))
    for number in range(t):
        i, j = divmod(number, width // p)
        patch = tokens[:, number].reshape(n, p, p, c).transpose(0, 3, 1, 2)
        x[:, :, i * p : (i + 1) * p, j * p : (j + 1) * p] = patch
    return x


# right: the class token by np.repeat
def vit_forward(x, params):
    t = patchify(x, params["patch"])
    t = np.einsum("ntd,ed->nte", t, params["embed"][0]) + params["embed"][1]
    cls = np.repeat(params["class"][None, None], len(x), axis=0)
    h = np.concatenate((cls, t), 1)
    h = h + params["positions"][None]
    maps = []
    for blk in params["blocks"]:
        h, att = encoder_block(h, blk)
        maps += [att]
    top = layernorm(h, params["norm"][0], params["norm"][1])[:, 0, :]
    return top @ params["head"][0].T + params["head"][1], maps


# right: only the row of the class token, from the last block to the first
def rollout(attentions):
    n, _, T, _ = attentions[0].shape
    row = np.zeros((n, 1, T))
    row[:, :, 0] = 1
    for a in attentions[::-1]:
        row = 0.5 * row + 0.5 * row @ a.mean(1)
    return row[:, 0]


# right: broadcasting and a sum
def class_activation(maps, W, label):
    return (W[label][None, :, None, None] * maps).sum(axis=1)


# wrong: groups are forgotten
# named: conv_cost-1
def conv_cost(layers, size):
    params, flops, rf, jump = 0, 0, 1, 1
    for L in layers:
        eff = L.d * (L.k - 1) + 1
        size = (size + 2 * L.p - eff) // L.s + 1
        rf += (eff - 1) * jump
        jump *= L.s
        if not L.pool:
            params += L.C * L.O * L.k**2 + L.extra * L.O
            flops += 2 * L.C * L.O * L.k**2 * size**2
    return params, flops, size, rf


# wrong: multiply-accumulates instead of operations
# named: conv_cost-6
def conv_cost(layers, size):
    params, flops, rf, jump = 0, 0, 1, 1
    for L in layers:
        eff = L.d * (L.k - 1) + 1
        size = (size + 2 * L.p - eff) // L.s + 1
        rf += (eff - 1) * jump
        jump *= L.s
        if not L.pool:
            w = L.C // L.groups * L.O * L.k**2
            params += w + L.extra * L.O
            flops += w * size**2
    return params, flops, size, rf


# wrong: the dilation is forgotten
# named: conv_cost-5
def conv_cost(layers, size):
    params, flops, rf, jump = 0, 0, 1, 1
    for L in layers:
        size = (size + 2 * L.p - L.k) // L.s + 1
        rf += (L.k - 1) * jump
        jump *= L.s
        if not L.pool:
            w = L.C // L.groups * L.O * L.k**2
            params += w + L.extra * L.O
            flops += 2 * w * size**2
    return params, flops, size, rf


# wrong: the layer's own stride is counted already
# named: conv_cost-3
def conv_cost(layers, size):
    params, flops, rf, jump = 0, 0, 1, 1
    for L in layers:
        eff = L.d * (L.k - 1) + 1
        size = (size + 2 * L.p - eff) // L.s + 1
        jump *= L.s
        rf += (eff - 1) * jump
        if not L.pool:
            w = L.C // L.groups * L.O * L.k**2
            params += w + L.extra * L.O
            flops += 2 * w * size**2
    return params, flops, size, rf


# wrong: a pooling is counted like a convolution
# named: conv_cost-9
def conv_cost(layers, size):
    params, flops, rf, jump = 0, 0, 1, 1
    for L in layers:
        eff = L.d * (L.k - 1) + 1
        size = (size + 2 * L.p - eff) // L.s + 1
        rf += (eff - 1) * jump
        jump *= L.s
        w = L.C // L.groups * L.O * L.k**2
        params += w + L.extra * L.O
        flops += 2 * w * size**2
    return params, flops, size, rf


# wrong: sorted as text
# named: read_layers-1
def read_layers(arrays, strides, channels=3):
    result = []
    for name in sorted(each[: -len(".weight")] for each in arrays if each.endswith("weight")):
        w = arrays[name + ".weight"]
        groups = channels // w.shape[1]
        result.append(
            Layer(channels, w.shape[0], w.shape[2], strides.get(name, 1), w.shape[2] // 2,
                  groups=groups, extra=int(name + ".bias" in arrays))
        )  # fmt: skip
        channels = w.shape[0]
    return result


# wrong: no strides
# named: read_layers-6
def read_layers(arrays, strides, channels=3):
    names = ["stem"]
    for i in range(1000):
        names += [f"block.{i}.{part}" for part in ("expand", "depthwise", "project")]
    result = []
    for name in (each for each in names if each + ".weight" in arrays):
        w = arrays[name + ".weight"]
        result.append(
            Layer(channels, w.shape[0], w.shape[2], 1, w.shape[2] // 2,
                  groups=channels // w.shape[1], extra=int(name + ".bias" in arrays))
        )  # fmt: skip
        channels = w.shape[0]
    return result


# wrong: the second axis taken for the channels
# named: read_layers-4
def read_layers(arrays, strides, channels=3):
    names = ["stem"]
    for i in range(1000):
        names += [f"block.{i}.{part}" for part in ("expand", "depthwise", "project")]
    result = []
    for name in (each for each in names if each + ".weight" in arrays):
        O, C, k, _ = arrays[name + ".weight"].shape
        bias = int(name + ".bias" in arrays)
        result.append(Layer(C, O, k, strides.get(name, 1), k // 2, extra=bias))
    return result


# wrong: eps outside of the square root
# named: fold_bn-4
def fold_bn(W, b, gamma, beta, mean, var, eps):
    std = np.sqrt(var) + eps
    return W * (gamma / std).reshape(-1, 1, 1, 1), (b - mean) * gamma / std + beta


# wrong: eps forgotten
# named: fold_bn-3
def fold_bn(W, b, gamma, beta, mean, var, eps):
    std = np.sqrt(var)
    return W * (gamma / std).reshape(-1, 1, 1, 1), (b - mean) * gamma / std + beta


# wrong: the variance for the standard deviation
# named: fold_bn-5
def fold_bn(W, b, gamma, beta, mean, var, eps):
    inv = 1 / (var + eps)
    return (gamma * inv)[:, None, None, None] * W, beta + gamma * inv * (b - mean)


# wrong: the old bias is not scaled
# named: fold_bn-2
def fold_bn(W, b, gamma, beta, mean, var, eps):
    a = gamma / np.sqrt(var + eps)
    return a[:, None, None, None] * W, b + beta - a * mean


# wrong: changes W in place
# named: `fold_bn` changes its argument
def fold_bn(W, b, gamma, beta, mean, var, eps):
    a = gamma / np.sqrt(var + eps)
    W *= a[:, None, None, None]
    return W, a * (b - mean) + beta


# wrong: summed over the channels at once
# named: depthwise_separable-1
def depthwise_separable(x, Wd, Wp):
    k = Wd.shape[-1]
    patches = windows(x, k, 1, k // 2)
    z = (patches * Wd[:, None, None]).sum(axis=(1, 4, 5))
    return z[:, None] * Wp.sum(axis=1)[:, None, None]


# wrong: a ReLU between
# named: depthwise_separable-4
def depthwise_separable(x, Wd, Wp):
    k = Wd.shape[-1]
    z = np.einsum("nchwij,cij->nchw", windows(x, k, 1, k // 2), Wd)
    return np.einsum("nchw,oc->nohw", np.maximum(z, 0), Wp)


# wrong: no padding
# named: `depthwise_separable` should return
def depthwise_separable(x, Wd, Wp):
    z = np.einsum("nchwij,cij->nchw", windows(x, Wd.shape[-1]), Wd)
    return np.einsum("nchw,oc->nohw", z, Wp)


# wrong: a sum for the product
# named: composed_kernel-2
def composed_kernel(Wd, Wp):
    return Wp[..., None, None] + Wd[None]


# wrong: no shortcut
# named: residual_down-1
def residual_down(x, params):
    w1, g1, b1, w2, g2, b2, wp = params
    h = np.maximum(batchnorm(conv2d(x, w1, 0, 2, 1)[0], g1, b1)[0], 0)
    return batchnorm(conv2d(h, w2, 0, 1, 1)[0], g2, b2)[0]


# wrong: ReLU at the end, as in the first ResNet
# named: residual_down-2
def residual_down(x, params):
    w1, g1, b1, w2, g2, b2, wp = params
    h = np.maximum(batchnorm(conv2d(x, w1, 0, 2, 1)[0], g1, b1)[0], 0)
    out = batchnorm(conv2d(h, w2, 0, 1, 1)[0], g2, b2)[0]
    return np.maximum(out + conv2d(x, wp, 0, 2)[0], 0)


# wrong: inference mode
# named: train-1
def train(net, X, y, lr, epochs, batch, rng):
    losses = []
    for epoch in range(epochs):
        perm = rng.permutation(len(y))
        lr_now = lr * (1 - epoch / epochs)
        batch_losses = []
        for i in range(0, len(y), batch):
            b = perm[i : i + batch]
            loss, g = cross_entropy(net.forward(X[b]), y[b])
            gb, gh = net.backward(g)
            net.body = [p - lr_now * d for p, d in zip(net.body, gb)]
            net.head = [p - lr_now * d for p, d in zip(net.head, gh)]
            batch_losses.append(loss)
        losses.append(float(np.mean(batch_losses)))
    return losses


# wrong: a constant learning rate
# named: train-2
def train(net, X, y, lr, epochs, batch, rng):
    losses = []
    for epoch in range(epochs):
        perm = rng.permutation(len(y))
        batch_losses = []
        for i in range(0, len(y), batch):
            b = perm[i : i + batch]
            loss, g = cross_entropy(net.forward(X[b], training=True), y[b])
            gb, gh = net.backward(g)
            net.body = [p - lr * d for p, d in zip(net.body, gb)]
            net.head = [p - lr * d for p, d in zip(net.head, gh)]
            batch_losses.append(loss)
        losses.append(float(np.mean(batch_losses)))
    return losses


# wrong: the last minibatch is dropped
# named: train-3
def train(net, X, y, lr, epochs, batch, rng):
    losses = []
    for epoch in range(epochs):
        perm = rng.permutation(len(y))
        lr_now = lr * (1 - epoch / epochs)
        batch_losses = []
        for i in range(len(y) // batch):
            b = perm[i * batch : (i + 1) * batch]
            loss, g = cross_entropy(net.forward(X[b], training=True), y[b])
            gb, gh = net.backward(g)
            net.body = [p - lr_now * d for p, d in zip(net.body, gb)]
            net.head = [p - lr_now * d for p, d in zip(net.head, gh)]
            batch_losses.append(loss)
        losses.append(float(np.mean(batch_losses)))
    return losses


# wrong: features are not centred
# named: linear_probe-2
def linear_probe(features, y, classes, l2):
    Y = np.eye(classes)[y]
    ybar = Y.mean(0)
    d = features.shape[1]
    W = np.linalg.solve(features.T @ features + l2 * np.eye(d), features.T @ (Y - ybar)).T
    return W, ybar - W @ features.mean(0)


# wrong: no penalty
# named: linear_probe-1
def linear_probe(features, y, classes, l2):
    Y = np.eye(classes)[y]
    F = features - features.mean(0)
    W = (np.linalg.pinv(F) @ (Y - Y.mean(0))).T
    return W, Y.mean(0) - W @ features.mean(0)


# wrong: the biases of centred features
# named: linear_probe-3
def linear_probe(features, y, classes, l2):
    Y = np.eye(classes)[y]
    F = features - features.mean(0)
    W = np.linalg.inv(F.T @ F + l2 * np.eye(F.shape[1])) @ F.T @ (Y - Y.mean(0))
    return W.T, Y.mean(0)


# wrong: the first examples, whatever their class
# named: few_labels-2
def few_labels(features, y, test_features, test_y, shots, draws, l2, rng):
    K = int(y.max()) + 1
    out = []
    for _ in range(draws):
        pick = rng.permutation(len(y))[: K * shots]
        W, b = linear_probe(features[pick], y[pick], K, l2)
        out.append(np.mean((test_features @ W.T + b).argmax(1) == test_y))
    return np.array(out)


# wrong: always training mode
# named: finetune-1
def finetune(net, X, y, lr_head, lr_body, steps):
    losses = []
    for _ in range(steps):
        loss, g = cross_entropy(net.forward(X, True), y)
        gb, gh = net.backward(g)
        net.body = [p - lr_body * d for p, d in zip(net.body, gb)]
        net.head = [p - lr_head * d for p, d in zip(net.head, gh)]
        losses.append(loss)
    return losses


# wrong: always inference mode
# named: finetune-2
def finetune(net, X, y, lr_head, lr_body, steps):
    losses = []
    for _ in range(steps):
        loss, g = cross_entropy(net.forward(X), y)
        gb, gh = net.backward(g)
        net.body = [p - lr_body * d for p, d in zip(net.body, gb)]
        net.head = [p - lr_head * d for p, d in zip(net.head, gh)]
        losses.append(loss)
    return losses


# wrong: the skips in front
# named: unet_forward-1
def unet_forward(x, params):
    if x.shape[2] % 4 or x.shape[3] % 4:
        raise ValueError(f"H and W must be multiples of 4: {x.shape[2:]}")
    s1, c1 = block(x, *params[0])
    h, p1 = maxpool(s1)
    s2, c2 = block(h, *params[1])
    h, p2 = maxpool(s2)
    h, c3 = block(h, *params[2])
    h, c4 = block(np.concatenate((s2, enlarge(h)), 1), *params[3])
    h, c5 = block(np.concatenate((s1, enlarge(h)), 1), *params[4])
    out, c6 = conv2d(h, *params[5])
    return out, (c1, p1, c2, p2, c3, c4, c5, c6, s1.shape[1], s2.shape[1])


# wrong: ReLU on the logits
# named: unet_forward-3
def unet_forward(x, params):
    if x.shape[2] % 4 or x.shape[3] % 4:
        raise ValueError(f"H and W must be multiples of 4: {x.shape[2:]}")
    s1, c1 = block(x, *params[0])
    h, p1 = maxpool(s1)
    s2, c2 = block(h, *params[1])
    h, p2 = maxpool(s2)
    h, c3 = block(h, *params[2])
    h, c4 = block(np.concatenate((enlarge(h), s2), 1), *params[3])
    h, c5 = block(np.concatenate((enlarge(h), s1), 1), *params[4])
    out, c6 = block(h, *params[5])
    return out, (c1, p1, c2, p2, c3, c4, c5, c6, s1.shape[1], s2.shape[1])


# wrong: the gradients of the skips are lost
# named: unet_backward-1
def unet_backward(g, cache):
    c1, p1, c2, p2, c3, c4, c5, c6, n1, n2 = cache
    g, gw6, gb6 = conv2d_backward(g, c6)
    g, gw5, gb5 = block_backward(g, c5)
    g, gw4, gb4 = block_backward(enlarge_backward(g[:, : g.shape[1] - n1]), c4)
    g, gw3, gb3 = block_backward(enlarge_backward(g[:, : g.shape[1] - n2]), c3)
    g, gw2, gb2 = block_backward(maxpool_backward(g, p2), c2)
    g, gw1, gb1 = block_backward(maxpool_backward(g, p1), c1)
    return [[gw1, gb1], [gw2, gb2], [gw3, gb3], [gw4, gb4], [gw5, gb5], [gw6, gb6]]


# wrong: proportional to the frequency
# named: class_weights-1
def class_weights(masks, classes):
    freq = np.bincount(masks.flatten(), minlength=classes) / masks.size
    return freq / freq[freq > 0].mean()


# wrong: sums to 1
# named: class_weights-2
def class_weights(masks, classes):
    counts = np.bincount(masks.flatten(), minlength=classes).astype(float)
    inverse = np.zeros(classes)
    inverse[counts > 0] = 1 / counts[counts > 0]
    return inverse / inverse.sum()


# wrong: the denominator as a constant
# named: dice_loss-7
def dice_loss(logits, masks):
    p = softmax(logits, 1)[:, 1]
    B = p.sum() + masks.sum() + 1
    loss = 1 - (2 * (p * masks).sum() + 1) / B
    dz = -2 * masks / B * p * (1 - p)
    return loss, np.stack([-dz, dz], 1)


# wrong: the coefficient for the loss
# named: dice_loss-4
def dice_loss(logits, masks):
    p = softmax(logits, 1)[:, 1]
    A, B = 2 * (p * masks).sum() + 1, p.sum() + masks.sum() + 1
    dz = -(2 * masks * B - A) / B**2 * p * (1 - p)
    return A / B, np.stack([-dz, dz], 1)


# wrong: the smoothing 1 is missing
# named: dice_loss-9
def dice_loss(logits, masks):
    p = softmax(logits, 1)[:, 1]
    A, B = 2 * (p * masks).sum(), p.sum() + masks.sum()
    dz = -(2 * masks * B - A) / B**2 * p * (1 - p)
    return 1 - A / B, np.stack([-dz, dz], 1)


# wrong: absent classes count as 1
# named: mean_iou-1
def mean_iou(pred, masks, classes):
    scores = []
    for c in range(classes):
        inter = np.logical_and(pred == c, masks == c).sum()
        union = np.logical_or(pred == c, masks == c).sum()
        scores.append(1.0 if union == 0 else inter / union)
    return float(np.mean(scores))


# wrong: only classes of the truth
# named: mean_iou-3
def mean_iou(pred, masks, classes):
    scores = []
    for c in np.unique(masks):
        inter = np.logical_and(pred == c, masks == c).sum()
        union = np.logical_or(pred == c, masks == c).sum()
        scores.append(inter / union)
    return float(np.mean(scores))


# wrong: the background is left out
# named: mean_iou-5
def mean_iou(pred, masks, classes):
    scores = []
    for c in range(1, classes):
        inter = np.logical_and(pred == c, masks == c).sum()
        union = np.logical_or(pred == c, masks == c).sum()
        if union > 0:
            scores.append(inter / union)
    return float(np.mean(scores))


# wrong: channels first within a token
# named: patchify-1
def patchify(x, p):
    N, C, H, W = x.shape
    tokens = []
    for i in range(0, H, p):
        for j in range(0, W, p):
            tokens.append(x[:, :, i : i + p, j : j + p].reshape(N, -1))
    return np.stack(tokens, axis=1)


# wrong: column by column
# named: patchify-2
def patchify(x, p):
    N, C, H, W = x.shape
    tokens = []
    for j in range(0, W, p):
        for i in range(0, H, p):
            tokens.append(np.moveaxis(x[:, :, i : i + p, j : j + p], 1, -1).reshape(N, -1))
    return np.stack(tokens, axis=1)


# wrong: no positions
# named: vit_forward-1
def vit_forward(x, params):
    t = patchify(x, params["patch"]) @ params["embed"][0].T + params["embed"][1]
    cls = np.tile(params["class"], (len(x), 1, 1))
    h, maps = np.concatenate((cls, t), 1), []
    for blk in params["blocks"]:
        h, att = encoder_block(h, blk)
        maps.append(att)
    return layernorm(h[:, 0], *params["norm"]) @ params["head"][0].T + params["head"][1], maps


# wrong: the mean of all tokens
# named: vit_forward-2
def vit_forward(x, params):
    t = patchify(x, params["patch"]) @ params["embed"][0].T + params["embed"][1]
    cls = np.tile(params["class"], (len(x), 1, 1))
    h, maps = np.concatenate((cls, t), 1) + params["positions"], []
    for blk in params["blocks"]:
        h, att = encoder_block(h, blk)
        maps.append(att)
    h = layernorm(h.mean(1), *params["norm"])
    return h @ params["head"][0].T + params["head"][1], maps


# wrong: no residual connection
# named: rollout-2
def rollout(attentions):
    R = attentions[0].mean(1)
    for a in attentions[1:]:
        R = a.mean(1) @ R
    return R[:, 0]


# wrong: the blocks in the opposite order
# named: rollout-4
def rollout(attentions):
    T = attentions[0].shape[-1]
    R = np.eye(T)
    for a in attentions:
        R = R @ (0.5 * a.mean(1) + 0.5 * np.eye(T))
    return R[:, 0]


# wrong: a column
# named: rollout-5
def rollout(attentions):
    T = attentions[0].shape[-1]
    R = np.eye(T)
    for a in attentions:
        R = (0.5 * a.mean(1) + 0.5 * np.eye(T)) @ R
    return R[..., 0]


# wrong: negative evidence is cut off, as in Grad-CAM
# named: class_activation-2
def class_activation(maps, W, label):
    return np.maximum(np.tensordot(W[label], maps, axes=(0, 1)), 0)
