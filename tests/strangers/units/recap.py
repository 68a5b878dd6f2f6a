# right: a loop over the starts
def batches(n, size, rng):
    perm = rng.permutation(n)
    return [perm[start : start + size] for start in range(0, n, size)]


# right: shuffle in place, then cut until nothing is left
def batches(n, size, rng):
    idx = np.arange(n)
    rng.shuffle(idx)
    out = []
    while len(idx) > 0:
        out.append(idx[:size])
        idx = idx[size:]
    return out


# right: a weighted mean of the batch losses
def train(model, data, loss, opt, epochs, rng, size=32):
    (Xtr, Ytr), (Xva, Yva) = data
    history = []
    for epoch in range(1, epochs + 1):
        running = 0.0
        for idx in batches(len(Xtr), size, rng):
            out = model.forward(Xtr[idx])
            value, grad = loss(out, Ytr[idx])
            opt.zero()
            model.backward(grad)
            opt.step()
            running += value * len(idx)
        val, _ = loss(model.forward(Xva), Yva)
        history.append({"epoch": epoch, "train": running / len(Xtr), "held_out": val})
    return history


# right: string building
def history_to_md(history, baseline):
    text = "| epoch | train | held out |\n|---|---|---|\n"
    for row in history:
        text += "| %d | %.3f | %.3f |\n" % (row["epoch"], row["train"], row["held_out"])
    best = history[0]
    for row in history:
        if row["held_out"] < best["held_out"]:
            best = row
    word = "below" if best["held_out"] < baseline else "not below"
    text += f"\nBest: epoch {best['epoch']} with {best['held_out']:.3f} held out, "
    return text + f"{word} the baseline of {baseline:.3f}.\n"


# right: dates by strptime
def goal_to_md(why, what, by_when, today):
    from datetime import datetime

    why, what = why.strip(), what.strip()
    if not why or not what:
        raise ValueError("say why and what")
    fmt = "%Y-%m-%d"
    days = (datetime.strptime(by_when, fmt) - datetime.strptime(today, fmt)).days
    if days <= 0:
        raise ValueError("the date has passed")
    return (
        f"# My goal\n\n**Why:** {why}\n\n**What:** {what}\n\n"
        f"**By when:** {by_when}, {days} days from {today}\n"
    )


# wrong: the last, shorter batch is dropped
# named: batches-1
def batches(n, size, rng):
    perm = rng.permutation(n)
    return [perm[i : i + size] for i in range(0, n - size + 1, size)]


# wrong: in order
# named: batches-4
def batches(n, size, rng):
    return [np.arange(i, min(i + size, n)) for i in range(0, n, size)]


# wrong: array_split makes them nearly equal
# named: batches-3
def batches(n, size, rng):
    return np.array_split(rng.permutation(n), int(np.ceil(n / size)))


# wrong: rows are drawn with replacement
# named: batches-2
def batches(n, size, rng):
    return [rng.integers(0, n, min(size, n - i)) for i in range(0, n, size)]


# wrong: the gradients are never set to 0
# named: train-1
def train(model, data, loss, opt, epochs, rng, size=32):
    (x, y), (xv, yv) = data
    history = []
    for epoch in range(epochs):
        total = 0
        for rows in batches(len(x), size, rng):
            value, g = loss(model.forward(x[rows]), y[rows])
            model.backward(g)
            opt.step()
            total += value * len(rows)
        held = loss(model.forward(xv), yv)[0]
        history.append({"epoch": epoch + 1, "train": total / len(x), "held_out": held})
    return history


# wrong: zero after backward
# named: train-2
def train(model, data, loss, opt, epochs, rng, size=32):
    (x, y), (xv, yv) = data
    history = []
    for epoch in range(epochs):
        total = 0
        for rows in batches(len(x), size, rng):
            value, g = loss(model.forward(x[rows]), y[rows])
            model.backward(g)
            opt.zero()
            opt.step()
            total += value * len(rows)
        held = loss(model.forward(xv), yv)[0]
        history.append({"epoch": epoch + 1, "train": total / len(x), "held_out": held})
    return history


# wrong: the plain mean of the batch losses
# named: train-8
def train(model, data, loss, opt, epochs, rng, size=32):
    (x, y), (xv, yv) = data
    history = []
    for epoch in range(1, epochs + 1):
        losses = []
        for rows in batches(len(x), size, rng):
            value, g = loss(model.forward(x[rows]), y[rows])
            opt.zero()
            model.backward(g)
            opt.step()
            losses.append(value)
        held = loss(model.forward(xv), yv)[0]
        history.append({"epoch": epoch, "train": np.mean(losses), "held_out": held})
    return history


# wrong: the batches are made once, before the epochs
# named: train-7
def train(model, data, loss, opt, epochs, rng, size=32):
    (x, y), (xv, yv) = data
    history = []
    order = batches(len(x), size, rng)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in order:
            value, g = loss(model.forward(x[rows]), y[rows])
            opt.zero()
            model.backward(g)
            opt.step()
            total += value * len(rows)
        held = loss(model.forward(xv), yv)[0]
        history.append({"epoch": epoch, "train": total / len(x), "held_out": held})
    return history


# wrong: epochs are counted from 0
# named: train-11
def train(model, data, loss, opt, epochs, rng, size=32):
    (x, y), (xv, yv) = data
    history = []
    for epoch in range(epochs):
        total = 0.0
        for rows in batches(len(x), size, rng):
            value, g = loss(model.forward(x[rows]), y[rows])
            opt.zero()
            model.backward(g)
            opt.step()
            total += value * len(rows)
        held = loss(model.forward(xv), yv)[0]
        history.append({"epoch": epoch, "train": total / len(x), "held_out": held})
    return history


# wrong: the held-out loss is that of the training rows
# named: train-12
def train(model, data, loss, opt, epochs, rng, size=32):
    (x, y), _ = data
    history = []
    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in batches(len(x), size, rng):
            value, g = loss(model.forward(x[rows]), y[rows])
            opt.zero()
            model.backward(g)
            opt.step()
            total += value * len(rows)
        held = loss(model.forward(x), y)[0]
        history.append({"epoch": epoch, "train": total / len(x), "held_out": held})
    return history


# wrong: the last of several best epochs
# named: history_to_md-4
def history_to_md(history, baseline):
    lines = ["| epoch | train | held out |", "|---|---|---|"]
    best = None
    for h in history:
        lines.append(f"| {h['epoch']} | {h['train']:.3f} | {h['held_out']:.3f} |")
        if best is None or h["held_out"] <= best["held_out"]:
            best = h
    word = "below" if best["held_out"] < baseline else "not below"
    lines += [
        "",
        f"Best: epoch {best['epoch']} with {best['held_out']:.3f} held out, {word} "
        f"the baseline of {baseline:.3f}.",
        "",
    ]
    return "\n".join(lines)


# wrong: the best training loss
# named: history_to_md-1
def history_to_md(history, baseline):
    lines = ["| epoch | train | held out |", "|---|---|---|"]
    for h in history:
        lines.append(f"| {h['epoch']} | {h['train']:.3f} | {h['held_out']:.3f} |")
    best = min(history, key=lambda h: h["train"])
    word = "below" if best["held_out"] < baseline else "not below"
    lines += [
        "",
        f"Best: epoch {best['epoch']} with {best['held_out']:.3f} held out, {word} "
        f"the baseline of {baseline:.3f}.",
        "",
    ]
    return "\n".join(lines)


# wrong: no newline at the end
# named: history_to_md-5
def history_to_md(history, baseline):
    lines = ["| epoch | train | held out |", "|---|---|---|"]
    for h in history:
        lines.append(f"| {h['epoch']} | {h['train']:.3f} | {h['held_out']:.3f} |")
    best = min(history, key=lambda h: h["held_out"])
    word = "below" if best["held_out"] < baseline else "not below"
    lines += [
        "",
        f"Best: epoch {best['epoch']} with {best['held_out']:.3f} held out, {word} "
        f"the baseline of {baseline:.3f}.",
    ]
    return "\n".join(lines)


# wrong: a rounded loss
# named: history_to_md-6
def history_to_md(history, baseline):
    lines = ["| epoch | train | held out |", "|---|---|---|"]
    for h in history:
        lines.append(f"| {h['epoch']} | {round(h['train'], 3)} | {round(h['held_out'], 3)} |")
    best = min(history, key=lambda h: h["held_out"])
    word = "below" if best["held_out"] < baseline else "not below"
    lines += [
        "",
        f"Best: epoch {best['epoch']} with {round(best['held_out'], 3)} held out, {word} "
        f"the baseline of {round(baseline, 3)}.",
        "",
    ]
    return "\n".join(lines)


# wrong: one step on everything is not enough
# named: fahrenheit-2
def fahrenheit(c, f, rng):
    W, b = np.zeros((1, 1)), np.zeros(1)
    model = Linear(W, b)
    data = (c[:, None], f[:, None])
    train(model, (data, data), squared_error, SGD(model, 0.0005), 5, rng, size=len(c))
    return float(W[0, 0]), float(b[0])


# wrong: fewer than ten questions
# named: my_questions-1
def my_questions():
    return ["Why does the loss fall?", "What is a gradient?", "Why is it random at first?"]


# wrong: today is let through
# named: goal_to_md-5
def goal_to_md(why, what, by_when, today):
    why, what = why.strip(), what.strip()
    days = (date.fromisoformat(by_when) - date.fromisoformat(today)).days
    if not why or not what or days < 0:
        raise ValueError("fill in all of it")
    return (
        f"# My goal\n\n**Why:** {why}\n\n**What:** {what}\n\n"
        f"**By when:** {by_when}, {days} days from {today}\n"
    )


# wrong: spaces are taken for a reason
# named: goal_to_md-3
def goal_to_md(why, what, by_when, today):
    if why == "" or what == "":
        raise ValueError("empty")
    days = (date.fromisoformat(by_when) - date.fromisoformat(today)).days
    if days <= 0:
        raise ValueError("past")
    return (
        f"# My goal\n\n**Why:** {why.strip()}\n\n**What:** {what.strip()}\n\n"
        f"**By when:** {by_when}, {days} days from {today}\n"
    )


# right: np.split at every multiple
def batches(n, size, rng):
    return np.split(rng.permutation(n), range(size, n, size))


# right: losses per row, then their mean
def train(model, data, loss, opt, epochs, rng, size=32):
    train_set, held = data
    report = []
    for e in range(epochs):
        per_row = []
        for b in batches(len(train_set[0]), size, rng):
            opt.zero()
            v, g = loss(model.forward(train_set[0][b]), train_set[1][b])
            model.backward(g)
            opt.step()
            per_row += [v] * len(b)
        report.append(
            {
                "epoch": e + 1,
                "train": float(np.mean(per_row)),
                "held_out": loss(model.forward(held[0]), held[1])[0],
            }
        )
    return report


# wrong: the validation uses the training arrays
# named: train-12
def train(model, data, loss, opt, epochs, rng, size=32):
    X, Y = data[0]
    Xv, Yv = data[0]
    log = []
    for e in range(1, epochs + 1):
        s = 0.0
        for rows in batches(len(X), size, rng):
            opt.zero()
            v, g = loss(model.forward(X[rows]), Y[rows])
            model.backward(g)
            opt.step()
            s += v * len(rows)
        log.append({"epoch": e, "train": s / len(X), "held_out": loss(model.forward(Xv), Yv)[0]})
    return log


# wrong: the page ends without a newline
# named: goal_to_md-7
def goal_to_md(why, what, by_when, today):
    why, what = why.strip(), what.strip()
    left = (date.fromisoformat(by_when) - date.fromisoformat(today)).days
    if not (why and what) or left < 1:
        raise ValueError("not yet a goal")
    parts = ["# My goal", f"**Why:** {why}", f"**What:** {what}"]
    parts.append(f"**By when:** {by_when}, {left} days from {today}")
    return "\n\n".join(parts)
