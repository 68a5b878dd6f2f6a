# right: probabilities first, and the gradient as a product
def robust_loss(z, y, q):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    n = np.arange(len(y))
    if q == 0:
        shifted = z - z.max(axis=1, keepdims=True)
        logs = shifted[n, y] - np.log(np.exp(shifted).sum(axis=1))
        weight = np.ones(len(y))
        loss = -logs.mean()
    else:
        weight = p[n, y] ** q
        loss = ((1 - weight) / q).mean()
    p[n, y] -= 1
    return float(loss), p * weight[:, None] / len(y)


# right: row by row
def robust_loss(z, y, q):
    total, gradient = 0.0, np.zeros_like(z)
    for i, (row, k) in enumerate(zip(z, y)):
        top = row.max()
        log_sum = top + math.log(sum(math.exp(each - top) for each in row))
        log_p = row[k] - log_sum
        total += -log_p if q == 0 else (1 - math.exp(q * log_p)) / q
        probabilities = np.exp(row - log_sum)
        probabilities[k] -= 1
        gradient[i] = math.exp(q * log_p) * probabilities
    return total / len(y), gradient / len(y)


# right: moves a flat copy and puts it back
def gradient_error(forward, backward, x, rng, eps=1e-6):
    x = x.astype(float).copy()
    g = rng.normal(size=np.asarray(forward(x)).shape)
    analytic = np.asarray(backward(x, g))
    numeric = np.empty(x.size)
    flat = x.reshape(-1)
    for i in range(x.size):
        old = flat[i]
        flat[i] = old + eps
        up = (forward(x) * g).sum()
        flat[i] = old - eps
        down = (forward(x) * g).sum()
        flat[i] = old
        numeric[i] = (up - down) / (2 * eps)
    numeric = numeric.reshape(x.shape)
    largest = np.max(np.abs(np.stack([analytic, numeric])))
    return 0.0 if largest == 0 else float(np.max(np.abs(analytic - numeric)) / largest)


# right: the statistics module
def seed_interval(values):
    import statistics

    if len(values) == 0 or len(values) == 1:
        raise ValueError("at least two seeds, please")
    m = statistics.fmean(values)
    half = T[len(values) - 1] * statistics.stdev(values) / len(values) ** 0.5
    return m, m - half, m + half


# right: sorted seeds
def paired_gain(ours, theirs):
    if sorted(ours) != sorted(theirs):
        raise ValueError("seeds differ")
    differences = np.array([ours[s] for s in sorted(ours)]) - [theirs[s] for s in sorted(ours)]
    return seed_interval(list(differences))


# right: a value that equals nothing
def changed_parts(settings):
    nothing = object()
    names = list(settings)
    full = settings[names[0]]
    result = {}
    for name in names[1:]:
        other = settings[name]
        keys = set(full) | set(other)
        result[name] = sorted(k for k in keys if full.get(k, nothing) != other.get(k, nothing))
    return result


# right: lines added to a text
def ablation_table(runs):
    text = "| run | mean | against the first |\n|---|---|---|\n"
    names = list(runs)
    for i, name in enumerate(names):
        mean = sum(runs[name].values()) / len(runs[name])
        if i == 0:
            text += f"| {name} | {mean:.3f} | |\n"
        else:
            g, low, high = paired_gain(runs[name], runs[names[0]])
            text += "| %s | %.3f | %+.3f (%+.3f to %+.3f) |\n" % (name, mean, g, low, high)
    return text


# right: a dictionary of groups, and a loop over the draws
def gain_interval(ours, theirs, groups, rng, draws=1000):
    gains = ours.astype(float).mean(0) - theirs.astype(float)
    members = [gains[groups == each] for each in sorted(set(groups.tolist()))]
    rows = rng.integers(len(members), size=(draws, len(members)))
    means = [np.concatenate([members[each] for each in row]).mean() for row in rows]
    return float(gains.mean()), float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))


# right: loops
def epoch_scores(validation, test):
    honest, flattered = [], []
    for v, t in zip(validation.tolist(), test.tolist()):
        honest.append(t[v.index(max(v))])
        flattered.append(max(t))
    return sum(honest) / len(honest), sum(flattered) / len(flattered)


# right: Python's sort is stable
def worst_errors(p, y, n=10):
    wrong = [i for i in range(len(y)) if p[i].argmax() != y[i]]
    wrong.sort(key=lambda i: p[i, y[i]])
    return np.array(wrong[:n], dtype=int)


# right: a Counter
def error_kinds(text):
    from collections import Counter
    from io import StringIO

    counter, complaints = Counter(), []
    for row in csv.DictReader(StringIO(text)):
        if row["true"] != row["predicted"]:
            kind = row["kind"].lower().strip()
            if not kind:
                complaints += ["item " + row["item"] + ": no kind"]
                continue
            counter[kind] += 1
    if len(counter) >= 8:
        complaints.append(f"{len(counter)} kinds: at most 7")
    names = sorted(sorted(counter), key=counter.get, reverse=True)
    return {name: counter[name] for name in names}, complaints


# right: one function for each kind of layer
def forward_cost(layers, shape):
    total_p = total_f = total_a = 0
    for layer in layers:
        match layer["kind"]:
            case "linear":
                if len(shape) != 1:
                    raise ValueError("flatten before a linear layer")
                (i,), o = shape, layer["out"]
                total_p, total_f, shape = total_p + (i + 1) * o, total_f + 2 * i * o, (o,)
            case "conv":
                c, h, w = shape
                o, k, s, pad = (layer[each] for each in ("out", "kernel", "stride", "padding"))
                h = (h + 2 * pad - k + s) // s
                w = (w + 2 * pad - k + s) // s
                total_p += o * (c * k**2 + 1)
                total_f += 2 * h * w * o * c * k**2
                shape = (o, h, w)
            case "pool":
                k = layer["kernel"]
                shape = (shape[0], shape[1] // k, shape[2] // k)
            case "norm":
                total_p += 2 * shape[0]
            case "flatten":
                n = 1
                for side in shape:
                    n *= side
                shape = (n,)
                continue
        n = 1
        for side in shape:
            n *= side
        total_a += n
    return total_p, total_f, total_a


# right: step by step
def training_cost(parameters, flops, activations, examples, batch):
    forward = flops * examples
    backward = 2 * forward
    numbers = parameters + parameters + 2 * parameters + activations * batch
    return forward + backward, numbers * 4


# right: a sealed copy
def rerun_record(claim, again, person, day):
    a, b = json.loads(claim), json.loads(again)
    if a["seeds"].keys() != b["seeds"].keys():
        raise ValueError("other seeds")
    mean, low, high = seed_interval(list(a["seeds"].values()))
    record = dict(person=person, day=day, claimed=a["value"], again=b["value"])
    record["largest"] = max(abs(score - b["seeds"][seed]) for seed, score in a["seeds"].items())
    record["inside"] = bool(low <= b["value"] and b["value"] <= high)
    sealed = hashlib.sha256(json.dumps(record, sort_keys=True).encode("utf-8"))
    record["digest"] = sealed.hexdigest()[:16]
    return record


# right: takes the digest out of a copy
def rerun_problems(record, claim):
    rest, problems = dict(record), []
    digest = rest.pop("digest", None)
    text = json.dumps(rest, sort_keys=True).encode()
    if digest != hashlib.sha256(text).hexdigest()[:16]:
        problems.append("the record was changed")
    if json.loads(claim)["value"] != record["claimed"]:
        problems.append("the claim was changed")
    if not record["inside"]:
        problems.append("outside the interval")
    return problems


# wrong: the gradient of the cross-entropy beside the robust loss
# named: robust_loss-1
def robust_loss(z, y, q):
    z = z - z.max(1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(1, keepdims=True))
    n = np.arange(len(y))
    l = log_p[n, y]
    loss = -l.mean() if q == 0 else ((1 - np.exp(q * l)) / q).mean()
    g = np.exp(log_p)
    g[n, y] -= 1
    return float(loss), g / len(y)


# wrong: the factor is that of the derivative by p alone
# named: robust_loss-6
def robust_loss(z, y, q):
    top = z.max(1, keepdims=True)
    log_p = z - top - np.log(np.exp(z - top).sum(1, keepdims=True))
    l = log_p[np.arange(len(y)), y]
    g = np.exp(log_p)
    g[np.arange(len(y)), y] -= 1
    loss = (-l if q == 0 else (1 - np.exp(q * l)) / q).mean()
    return float(loss), g * np.exp((q - 1) * l)[:, None] / len(y)


# wrong: no shift before the exponential
def robust_loss(z, y, q):
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    n = np.arange(len(y))
    t = p[n, y]
    loss = -np.log(t) if q == 0 else (1 - t**q) / q
    g = p - np.eye(z.shape[1])[y]
    return float(loss.mean()), g * (t**q)[:, None] / len(y)


# wrong: the true column alone has a gradient
def robust_loss(z, y, q):
    log_p = z - z.max(1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(1, keepdims=True))
    n = np.arange(len(y))
    l = log_p[n, y]
    g = np.zeros_like(z)
    g[n, y] = -np.exp(q * l) * (1 - np.exp(l))
    return float((-l if q == 0 else (1 - np.exp(q * l)) / q).mean()), g / len(y)


# wrong: an upstream gradient of ones
def gradient_error(forward, backward, x, rng, eps=1e-6):
    g = np.ones_like(forward(x))
    a, n = backward(x, g), np.zeros(x.shape)
    for i in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[i] += eps
        down[i] -= eps
        n[i] = (forward(up).sum() - forward(down).sum()) / (2 * eps)
    scale = max(np.abs(a).max(), np.abs(n).max())
    return float(np.abs(a - n).max() / scale) if scale > 0 else 0.0


# wrong: one-sided differences
# named: gradient_error-2
def gradient_error(forward, backward, x, rng, eps=1e-6):
    base = forward(x)
    g = rng.normal(size=np.shape(base))
    a, n = backward(x, g), np.zeros(x.shape)
    for i in np.ndindex(*x.shape):
        up = x.copy()
        up[i] += eps
        n[i] = ((forward(up) - base) * g).sum() / eps
    scale = max(np.abs(a).max(), np.abs(n).max())
    return float(np.abs(a - n).max() / scale) if scale > 0 else 0.0


# wrong: relative entry by entry
def gradient_error(forward, backward, x, rng, eps=1e-6):
    g = rng.normal(size=np.shape(forward(x)))
    a, n = backward(x, g), np.zeros(x.shape)
    for i in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[i] += eps
        down[i] -= eps
        n[i] = ((forward(up) - forward(down)) * g).sum() / (2 * eps)
    return float((np.abs(a - n) / np.maximum(1e-8, np.abs(a) + np.abs(n))).max())


# wrong: the norm of the difference over the sum of the norms
def gradient_error(forward, backward, x, rng, eps=1e-6):
    g = rng.normal(size=np.shape(forward(x)))
    a, n = backward(x, g), np.zeros(x.shape)
    for i in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[i] += eps
        down[i] -= eps
        n[i] = ((forward(up) - forward(down)) * g).sum() / (2 * eps)
    total = np.linalg.norm(a) + np.linalg.norm(n)
    return float(np.linalg.norm(a - n) / total) if total else 0.0


# wrong: NumPy's default of N in the denominator
# named: seed_interval-1
def seed_interval(values):
    values = np.array(values)
    if values.size < 2:
        raise ValueError("too few")
    half = T[len(values) - 1] * values.std() / np.sqrt(len(values))
    return float(values.mean()), float(values.mean() - half), float(values.mean() + half)


# wrong: two standard errors
def seed_interval(values):
    if len(values) < 2:
        raise ValueError("too few")
    half = 2 * np.std(values, ddof=1) / math.sqrt(len(values))
    return float(np.mean(values)), float(np.mean(values) - half), float(np.mean(values) + half)


# wrong: percentiles of the few scores
def seed_interval(values):
    if len(values) < 2:
        raise ValueError("too few")
    low, high = np.quantile(values, [0.025, 0.975])
    return float(np.mean(values)), float(low), float(high)


# wrong: lists side by side
# named: paired_gain-1
def paired_gain(ours, theirs):
    if sorted(ours) != sorted(theirs):
        raise ValueError("seeds differ")
    return seed_interval(list(np.array(list(ours.values())) - np.array(list(theirs.values()))))


# wrong: counts the seeds only
# named: paired_gain-3
def paired_gain(ours, theirs):
    if len(ours) != len(theirs):
        raise ValueError("seeds differ")
    return seed_interval([ours[s] - theirs[s] for s in ours])


# wrong: the difference of two separate intervals
# named: paired_gain-5
def paired_gain(ours, theirs):
    if set(ours) != set(theirs):
        raise ValueError("seeds differ")
    a, la, ha = seed_interval(list(ours.values()))
    b, lb, hb = seed_interval(list(theirs.values()))
    return a - b, la - hb, ha - lb


# wrong: only the keys of the full run
# named: changed_parts-1
def changed_parts(settings):
    first = next(iter(settings))
    full = settings[first]
    return {
        name: sorted(k for k in full if k not in run or run[k] != full[k])
        for name, run in settings.items()
        if name != first
    }


# wrong: get returns None for what is missing
# named: changed_parts-3
def changed_parts(settings):
    items = list(settings.items())
    full = items[0][1]
    return {
        name: sorted(k for k in {**full, **run} if full.get(k) != run.get(k))
        for name, run in items[1:]
    }


# wrong: the first run is listed as well
def changed_parts(settings):
    full = settings[next(iter(settings))]
    return {
        name: sorted(k for k in {**full, **run} if (k in full) != (k in run) or full[k] != run[k])
        for name, run in settings.items()
    }


# wrong: full minus run
# named: ablation_table-1
def ablation_table(runs):
    names = list(runs)
    lines = ["| run | mean | against the first |", "|---|---|---|"]
    for name in names:
        mean = np.mean(list(runs[name].values()))
        change = ""
        if name != names[0]:
            g, low, high = paired_gain(runs[names[0]], runs[name])
            change = f" {g:+.3f} ({low:+.3f} to {high:+.3f})"
        lines.append(f"| {name} | {mean:.3f} |{change} |")
    return "\n".join(lines) + "\n"


# wrong: no newline at the end
# named: ablation_table-5
def ablation_table(runs):
    names = list(runs)
    lines = ["| run | mean | against the first |", "|---|---|---|"]
    for name in names:
        mean = np.mean(list(runs[name].values()))
        change = ""
        if name != names[0]:
            g, low, high = paired_gain(runs[name], runs[names[0]])
            change = f" {g:+.3f} ({low:+.3f} to {high:+.3f})"
        lines.append(f"| {name} | {mean:.3f} |{change} |")
    return "\n".join(lines)


# wrong: items one by one
# named: gain_interval-2
def gain_interval(ours, theirs, groups, rng, draws=1000):
    d = ours.mean(0) - theirs
    means = d[rng.integers(len(d), size=(draws, len(d)))].mean(1)
    return float(d.mean()), float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


# wrong: the mean of the means of the groups
# named: gain_interval-1
def gain_interval(ours, theirs, groups, rng, draws=1000):
    d = ours.mean(0) - theirs
    means = np.array([d[groups == each].mean() for each in np.unique(groups)])
    drawn = means[rng.integers(len(means), size=(draws, len(means)))].mean(1)
    return float(d.mean()), float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


# wrong: plus and minus 1.96 standard deviations of the resamples
def gain_interval(ours, theirs, groups, rng, draws=1000):
    d = ours.mean(0) - theirs
    _, g = np.unique(groups, return_inverse=True)
    s, n = np.bincount(g, d), np.bincount(g)
    rows = rng.integers(len(s), size=(draws, len(s)))
    means = s[rows].sum(1) / n[rows].sum(1)
    return (
        float(d.mean()),
        float(d.mean() - 1.96 * means.std()),
        float(d.mean() + 1.96 * means.std()),
    )


# wrong: everything is chosen on the test set
# named: epoch_scores-1
def epoch_scores(validation, test):
    best = test.argmax(1)
    chosen = test[np.arange(len(test)), best].mean()
    return float(chosen), float(chosen)


# wrong: the last epoch counts as honest
# named: epoch_scores-7
def epoch_scores(validation, test):
    return float(test[:, -1].mean()), float(test.max(1).mean())


# wrong: the score on validation is reported
# named: epoch_scores-6
def epoch_scores(validation, test):
    return float(validation.max(1).mean()), float(test.max(1).mean())


# wrong: the most confident answers
# named: worst_errors-1
def worst_errors(p, y, n=10):
    wrong = np.flatnonzero(p.argmax(1) != y)
    return wrong[np.argsort(-p[wrong].max(1), kind="stable")][:n]


# wrong: mildest first
# named: worst_errors-2
def worst_errors(p, y, n=10):
    wrong = np.flatnonzero(p.argmax(1) != y)
    return wrong[np.argsort(-p[wrong, y[wrong]], kind="stable")][:n]


# wrong: the n worst rows, and of those the wrong ones
# named: worst_errors-5
def worst_errors(p, y, n=10):
    rows = np.argsort(p[np.arange(len(y)), y], kind="stable")[:n]
    return rows[p[rows].argmax(1) != y[rows]]


# wrong: right rows count, too
# named: error_kinds-3
def error_kinds(text):
    counts, complaints = {}, []
    for row in csv.DictReader(text.splitlines()):
        kind = row["kind"].strip().lower()
        if not kind:
            complaints.append(f"item {row['item']}: no kind")
        else:
            counts[kind] = counts.get(kind, 0) + 1
    if len(counts) > 7:
        complaints.append(f"{len(counts)} kinds: at most 7")
    return dict(sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))), complaints


# wrong: in the order of the list
# named: error_kinds-5
def error_kinds(text):
    counts, complaints = {}, []
    for row in csv.DictReader(text.splitlines()):
        if row["true"] == row["predicted"]:
            continue
        kind = row["kind"].strip().lower()
        if not kind:
            complaints.append(f"item {row['item']}: no kind")
        else:
            counts[kind] = counts.get(kind, 0) + 1
    if len(counts) > 7:
        complaints.append(f"{len(counts)} kinds: at most 7")
    return counts, complaints


# wrong: split at commas, with the columns in a fixed order
def error_kinds(text):
    counts, complaints = {}, []
    for line in text.splitlines()[1:]:
        item, truth, predicted, kind = line.split(",")[:4]
        if truth == predicted:
            continue
        kind = kind.strip().lower()
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
        else:
            complaints.append(f"item {item}: no kind")
    if len(counts) > 7:
        complaints.append(f"{len(counts)} kinds: at most 7")
    return dict(sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))), complaints


# wrong: multiplications alone
# named: forward_cost-3
def forward_cost(layers, shape):
    p = f = a = 0
    for layer in layers:
        kind = layer["kind"]
        if kind == "linear":
            if len(shape) > 1:
                raise ValueError("flatten first")
            p, f = p + (shape[0] + 1) * layer["out"], f + shape[0] * layer["out"]
            shape = (layer["out"],)
        elif kind == "conv":
            k, s, pad = layer["kernel"], layer["stride"], layer["padding"]
            w = shape[0] * k * k * layer["out"]
            shape = (layer["out"], *[(n + 2 * pad - k) // s + 1 for n in shape[1:]])
            p, f = p + w + layer["out"], f + w * shape[1] * shape[2]
        elif kind == "pool":
            shape = (shape[0], *[n // layer["kernel"] for n in shape[1:]])
        elif kind == "norm":
            p += 2 * shape[0]
        elif kind == "flatten":
            shape = (math.prod(shape),)
        if kind != "flatten":
            a += math.prod(shape)
    return p, f, a


# wrong: square images only
def forward_cost(layers, shape):
    p = f = a = 0
    for layer in layers:
        kind = layer["kind"]
        if kind == "linear":
            if len(shape) > 1:
                raise ValueError("flatten first")
            p, f = p + (shape[0] + 1) * layer["out"], f + 2 * shape[0] * layer["out"]
            shape = (layer["out"],)
        elif kind == "conv":
            k, s, pad = layer["kernel"], layer["stride"], layer["padding"]
            w = shape[0] * k * k * layer["out"]
            side = (shape[1] + 2 * pad - k) // s + 1
            shape = (layer["out"], side, side)
            p, f = p + w + layer["out"], f + 2 * w * side * side
        elif kind == "pool":
            shape = (shape[0], *[n // layer["kernel"] for n in shape[1:]])
        elif kind == "norm":
            p += 2 * shape[0]
        elif kind == "flatten":
            shape = (math.prod(shape),)
        if kind != "flatten":
            a += math.prod(shape)
    return p, f, a


# wrong: weights and activations, as at inference
# named: training_cost-3
def training_cost(parameters, flops, activations, examples, batch):
    return 3 * examples * flops, 4 * parameters + 4 * batch * activations


# wrong: six operations for each parameter and example
# named: training_cost-7
def training_cost(parameters, flops, activations, examples, batch):
    return 6 * parameters * examples, 4 * (4 * parameters + batch * activations)


# wrong: the interval of the second person
# named: rerun_record-2
def rerun_record(claim, again, person, day):
    a, b = json.loads(claim), json.loads(again)
    if set(a["seeds"]) != set(b["seeds"]):
        raise ValueError("other seeds")
    _, low, high = seed_interval(list(b["seeds"].values()))
    record = {
        "person": person,
        "day": day,
        "claimed": a["value"],
        "again": b["value"],
        "largest": max(abs(a["seeds"][s] - b["seeds"][s]) for s in a["seeds"]),
        "inside": low <= b["value"] <= high,
    }
    text = json.dumps(record, sort_keys=True)
    record["digest"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return record


# wrong: inside means close
def rerun_record(claim, again, person, day):
    a, b = json.loads(claim), json.loads(again)
    if set(a["seeds"]) != set(b["seeds"]):
        raise ValueError("other seeds")
    record = {
        "person": person,
        "day": day,
        "claimed": a["value"],
        "again": b["value"],
        "largest": max(abs(a["seeds"][s] - b["seeds"][s]) for s in a["seeds"]),
        "inside": abs(a["value"] - b["value"]) < 0.01,
    }
    text = json.dumps(record, sort_keys=True)
    record["digest"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return record


# wrong: stops at the first problem
# named: rerun_problems-4
def rerun_problems(record, claim):
    rest = {k: v for k, v in record.items() if k != "digest"}
    text = json.dumps(rest, sort_keys=True).encode()
    if hashlib.sha256(text).hexdigest()[:16] != record.get("digest"):
        return ["the record was changed"]
    if record["claimed"] != json.loads(claim)["value"]:
        return ["the claim was changed"]
    return [] if record["inside"] else ["outside the interval"]


# wrong: the digest with the digest
# named: rerun_problems-1
def rerun_problems(record, claim):
    text = json.dumps(record, sort_keys=True).encode()
    problems = []
    if hashlib.sha256(text).hexdigest()[:16] != record.get("digest"):
        problems.append("the record was changed")
    if record["claimed"] != json.loads(claim)["value"]:
        problems.append("the claim was changed")
    if not record["inside"]:
        problems.append("outside the interval")
    return problems
