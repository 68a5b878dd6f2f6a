# right: a loop over the boats
def learn(z, v, batch, lr, ent_coef=0.01, value_lr=0.05):
    z_new, v_new, errors = z.astype(float), v.astype(float), []
    z_new, v_new = z_new.copy(), v_new.copy()
    for s, a, r, end, after in zip(*batch):
        delta = r - v[s] if end else r + v[after] - v[s]
        e = np.exp(z[s] - z[s].max())
        p = e / e.sum()
        logs = z[s] - z[s].max() - np.log(e.sum())
        H = -np.sum(p * logs)
        step = -delta * p - ent_coef * p * (logs + H)
        step[a] += delta
        z_new[s] += lr * step
        v_new[s] += value_lr * delta
        errors.append(delta)
    return z_new, v_new, np.array(errors)


# right: sums by a one-hot matrix of the views
def learn(z, v, batch, lr, ent_coef=0.01, value_lr=0.05):
    s, a, reward, ended, next_s = batch
    after = v[next_s] * (1 - ended.astype(float))
    delta = reward + after - v[s]
    logits = z[s] - z[s].max(1)[:, None]
    logp = logits - np.log(np.exp(logits).sum(1))[:, None]
    p = np.exp(logp)
    policy = -p * delta[:, None]
    policy[np.arange(len(a)), a] += delta
    bonus = -p * (logp - (p * logp).sum(1)[:, None])
    where = np.eye(len(z))[s].T
    return z + lr * where @ (policy + ent_coef * bonus), v + value_lr * where @ delta, delta


# right: one river at a time would draw other numbers, so all boats by arange
def evaluate(z, rocks, view, trips, seed):
    rng = np.random.default_rng(seed)
    n = len(rocks) * trips
    river = np.arange(n) // trips
    column = np.full(n, MIDDLE)
    alive = np.array([True] * n)
    history = []
    for r in range(LONG - 1):
        choice = np.argmax(z, axis=1)[view[river, r, column]]
        column, ok = move(rocks, river, r, column, choice, rng)
        alive = alive & ok
        history.append(alive)
    return np.sum(history, axis=0).reshape(-1, trips)


# right: a loop over the seeds
def picked(choosing, test, fresh):
    honest, flattered, again = [], [], []
    for c, t, f in zip(choosing, test, fresh):
        by_choice = [np.mean(each) for each in c]
        by_test = [np.mean(each) for each in t]
        honest.append(by_test[by_choice.index(max(by_choice))])
        best = by_test.index(max(by_test))
        flattered.append(by_test[best])
        again.append(np.mean(f[best]))
    return sum(honest) / len(honest), sum(flattered) / len(flattered), sum(again) / len(again)


# right: counts of each river as weights
def over_bar(scores, bar, rng, draws=1000):
    S, R = scores.shape

    def middle(values):
        k = len(values) // 4
        return sum(sorted(values)[k : len(values) - k]) / (len(values) - 2 * k)

    gains = scores - bar[None, :]
    who = rng.integers(S, size=(draws, S))
    where = rng.integers(R, size=(draws, R))
    found = []
    for i in range(draws):
        weights = np.bincount(where[i], minlength=R) / R
        found.append(middle((gains[who[i]] * weights).sum(axis=1)))
    return (
        float(middle(gains.mean(axis=1))),
        float(np.percentile(found, 2.5)),
        float(np.percentile(found, 97.5)),
    )


# right: a list of names
def ablation_record(runs, says):
    names = list(runs)
    full = runs[names[0]]
    record = {"full": {f"{seed}": full[seed] for seed in full}, "rows": []}
    for name in names[1:]:
        text = says.get(name)
        if text is None or text.isspace() or text == "":
            raise ValueError(name)
        gain, low, high = paired_gain(runs[name], full)
        record["rows"].append(
            {
                "without": name,
                "seeds": {f"{seed}": runs[name][seed] for seed in runs[name]},
                "gain": gain,
                "low": low,
                "high": high,
                "says": text,
            }
        )
    return record


# right: a loop that keeps the best
def sweep_record(tuning, rerun):
    rows, used = [], set()
    best, best_mean = None, -np.inf
    for value in tuning:
        numbers = list(tuning[value].values())
        mean = sum(numbers) / len(numbers)
        rows.append([value, mean, sorted(numbers)[0]])
        used.update(tuning[value])
        if mean > best_mean:
            best, best_mean = value, mean
    new = rerun(best)
    for seed in new:
        if seed in used:
            raise ValueError("a seed was used before")
    grid = list(tuning)
    return {
        "rows": rows,
        "chosen": best,
        "edge": best == grid[0] or best == grid[-1],
        "flattered": best_mean,
        "honest": sum(new.values()) / len(new),
    }


# right: one name after the other
def snapshot(run):
    return json.dumps(
        {
            "z": run.z.tolist(),
            "v": [float(x) for x in run.v],
            "which": [int(x) for x in run.which],
            "row": run.row.tolist(),
            "at": run.at.tolist(),
            "done": int(run.done),
            "rng": run.rng.bit_generator.state,
        },
        indent=1,
    )


# right: without calling the constructor
def resume(text, rocks, view):
    saved = json.loads(text)
    run = Run.__new__(Run)
    run.rocks, run.view = rocks, view
    run.z, run.v = np.array(saved["z"]), np.array(saved["v"])
    run.which, run.row = np.array(saved["which"]), np.array(saved["row"])
    run.at, run.done = np.array(saved["at"]), saved["done"]
    run.rng = np.random.Generator(np.random.PCG64())
    run.rng.bit_generator.state = saved["rng"]
    return run


# right: from the scores, without logarithms of small numbers
def log_row(old, new, s, value, td_error):
    def logs(z):
        m = z.max(axis=1, keepdims=True)
        return z - m - np.log(np.sum(np.exp(z - m), axis=1, keepdims=True))

    a, b = logs(old[s]), logs(new[s])
    kl = np.mean(np.sum(np.exp(a) * a, axis=1) - np.sum(np.exp(a) * b, axis=1))
    targets = value + td_error
    spread = np.mean((targets - targets.mean()) ** 2)
    left = np.mean((td_error - td_error.mean()) ** 2)
    return {
        "entropy": float(np.mean(-np.sum(np.exp(b) * b, axis=1))),
        "kl": float(kl),
        "td_error": float(np.linalg.norm(td_error) / len(td_error) ** 0.5),
        "explained": 0.0 if spread == 0 else float(1 - left / spread),
    }


# right: lists and the statistics module
def symptoms(log, bar):
    from statistics import fmean, median

    n, names = len(log), []
    scores = [row["score"] for row in log]
    if scores[-1] >= bar:
        return names
    if 2 * scores[-1] < max(scores):
        names.append("collapsed")
    late = log[n - n // 4 :]
    if fmean(row["value"] - row["score"] for row in late) > 0.2:
        names.append("promises too much")
    if median(row["entropy"] for row in log[n // 4 :]) < log[0]["entropy"] / 10:
        names.append("decided too early")
    if median(row["kl"] for row in log) > 0.1:
        names.append("moves too far")
    if median(row["explained"] for row in log[n // 2 :]) < 0.02:
        names.append("blind critic")
    return names


# right: a loop
def heldout_record(seen, unseen, differs):
    if len(differs.split()) == 0:
        raise ValueError("no sentence")
    gap, low, high = paired_gain(seen, unseen)
    record = {"differs": differs, "seeds": {}, "gap": gap, "low": low, "high": high}
    for seed, score in seen.items():
        record["seeds"][str(seed)] = [score, unseen[seed]]
    return record


# right: sorted with a key
def chosen_failures(rows):
    full = LONG - 1
    agents = sorted(range(len(rows)), key=lambda i: (int((rows[i] == full).sum()), i))
    agent = agents[(len(agents) - 1) // 2]
    failed = sorted((i for i in range(rows.shape[1]) if rows[agent, i] != full),
                    key=lambda i: (rows[agent, i], i))
    if len(failed) < 2:
        return agent, failed
    return agent, [failed[0], failed[len(failed) // 2]]


# right: a text that grows
def cost_table(parts):
    text = "| part | runs | steps | hours | peak memory, MB |\n|---|---|---|---|---|\n"
    n = steps = seconds = peak = 0
    for name, runs in parts.items():
        a, b, c = 0, 0.0, 0.0
        for run in runs:
            a, b, c = a + run["steps"], b + run["seconds"], max(c, run["mb"])
        text += f"| {name} | {len(runs)} | {a:,} | {b / 3600:.2f} | {c:.0f} |\n"
        n, steps, seconds, peak = n + len(runs), steps + a, seconds + b, max(peak, c)
    return text + f"| all | {n} | {steps:,} | {seconds / 3600:.2f} | {peak:.0f} |\n"


# right: sums
def reading():
    four = (0.46 + 0.51 + 0.49 + 0.42) / 4
    five = (0.381 + 0.405 + 0.356 + 0.385 + 0.419) / 5
    return four - 0.346, five - 0.466


# wrong: fancy indexing with += on both tables
# named: learn-3
def learn(z, v, batch, lr, ent_coef=0.01, value_lr=0.05):
    s, a, r, done, s2 = batch
    delta = r + np.where(done, 0, v[s2]) - v[s]
    logp = z[s] - z[s].max(1, keepdims=True)
    logp = logp - np.log(np.exp(logp).sum(1, keepdims=True))
    p = np.exp(logp)
    H = -(p * logp).sum(1, keepdims=True)
    g = delta[:, None] * (np.eye(3)[a] - p) - ent_coef * p * (logp + H)
    z, v = z.copy(), v.copy()
    z[s] += lr * g
    v[s] += value_lr * delta
    return z, v, delta


# wrong: bootstraps after the end
# named: learn-1
def learn(z, v, batch, lr, ent_coef=0.01, value_lr=0.05):
    s, a, r, done, s2 = batch
    delta = r + v[s2] - v[s]
    logp = z[s] - z[s].max(1, keepdims=True)
    logp = logp - np.log(np.exp(logp).sum(1, keepdims=True))
    p = np.exp(logp)
    H = -(p * logp).sum(1, keepdims=True)
    g = delta[:, None] * (np.eye(3)[a] - p) - ent_coef * p * (logp + H)
    z, v = z.copy(), v.copy()
    np.add.at(z, s, lr * g)
    np.add.at(v, s, value_lr * delta)
    return z, v, delta


# wrong: the entropy is a penalty
# named: learn-4
def learn(z, v, batch, lr, ent_coef=0.01, value_lr=0.05):
    s, a, r, done, s2 = batch
    delta = r + np.where(done, 0, v[s2]) - v[s]
    logp = z[s] - z[s].max(1, keepdims=True)
    logp = logp - np.log(np.exp(logp).sum(1, keepdims=True))
    p = np.exp(logp)
    H = -(p * logp).sum(1, keepdims=True)
    g = delta[:, None] * (np.eye(3)[a] - p) + ent_coef * p * (logp + H)
    z, v = z.copy(), v.copy()
    np.add.at(z, s, lr * g)
    np.add.at(v, s, value_lr * delta)
    return z, v, delta


# wrong: a mean over the boats
# named: learn-12
def learn(z, v, batch, lr, ent_coef=0.01, value_lr=0.05):
    s, a, r, done, s2 = batch
    delta = r + np.where(done, 0, v[s2]) - v[s]
    logp = z[s] - z[s].max(1, keepdims=True)
    logp = logp - np.log(np.exp(logp).sum(1, keepdims=True))
    p = np.exp(logp)
    H = -(p * logp).sum(1, keepdims=True)
    g = delta[:, None] * (np.eye(3)[a] - p) - ent_coef * p * (logp + H)
    z, v = z.copy(), v.copy()
    np.add.at(z, s, lr * g / len(s))
    np.add.at(v, s, value_lr * delta)
    return z, v, delta


# wrong: draws its actions
# named: evaluate-1
def evaluate(z, rocks, view, trips, seed):
    rng = np.random.default_rng(seed)
    which = np.repeat(np.arange(len(rocks)), trips)
    at, alive = np.full(len(which), MIDDLE), np.ones(len(which), bool)
    rows = np.zeros(len(which), int)
    for row in range(LONG - 1):
        p = softmax(z[view[which, row, at]])
        a = np.minimum((rng.random((len(at), 1)) > p.cumsum(axis=1)).sum(axis=1), 2)
        at, ok = move(rocks, which, row, at, a, rng)
        alive &= ok
        rows += alive
    return rows.reshape(len(rocks), trips)


# wrong: boats in another order
# named: evaluate-2
def evaluate(z, rocks, view, trips, seed):
    rng = np.random.default_rng(seed)
    which = np.tile(np.arange(len(rocks)), trips)
    at, alive = np.full(len(which), MIDDLE), np.ones(len(which), bool)
    rows = np.zeros(len(which), int)
    for row in range(LONG - 1):
        at, ok = move(rocks, which, row, at, z[view[which, row, at]].argmax(axis=1), rng)
        alive &= ok
        rows += alive
    return rows.reshape(len(rocks), trips)


# wrong: whether it arrived
# named: evaluate-5
def evaluate(z, rocks, view, trips, seed):
    rng = np.random.default_rng(seed)
    which = np.repeat(np.arange(len(rocks)), trips)
    at, alive = np.full(len(which), MIDDLE), np.ones(len(which), bool)
    for row in range(LONG - 1):
        at, ok = move(rocks, which, row, at, z[view[which, row, at]].argmax(axis=1), rng)
        alive &= ok
    return alive.reshape(len(rocks), trips)


# wrong: the lost come back
# named: evaluate-3
def evaluate(z, rocks, view, trips, seed):
    rng = np.random.default_rng(seed)
    which = np.repeat(np.arange(len(rocks)), trips)
    at = np.full(len(which), MIDDLE)
    rows = np.zeros(len(which), int)
    for row in range(LONG - 1):
        at, ok = move(rocks, which, row, at, z[view[which, row, at]].argmax(axis=1), rng)
        rows += ok
    return rows.reshape(len(rocks), trips)


# wrong: one checkpoint for all
# named: picked-3
def picked(choosing, test, fresh):
    c, t, f = (each.mean(axis=2) for each in (choosing, test, fresh))
    seeds = np.arange(len(t))
    honest = t[seeds, c.argmax(axis=1)].mean()
    return float(honest), float(t.mean(axis=0).max()), float(f[seeds, t.argmax(axis=1)].mean())


# wrong: the choosing score itself
# named: picked-2
def picked(choosing, test, fresh):
    c, t, f = (each.mean(axis=2) for each in (choosing, test, fresh))
    seeds = np.arange(len(t))
    again = f[seeds, t.argmax(axis=1)].mean()
    return float(c.max(axis=1).mean()), float(t.max(axis=1).mean()), float(again)


# wrong: the fresh trips choose again
# named: picked-4
def picked(choosing, test, fresh):
    c, t, f = (each.mean(axis=2) for each in (choosing, test, fresh))
    honest = t[np.arange(len(t)), c.argmax(axis=1)].mean()
    return float(honest), float(t.max(axis=1).mean()), float(f.max(axis=1).mean())


# wrong: the agents alone
# named: over_bar-1
def over_bar(scores, bar, rng, draws=1000):
    def middle(table):
        means, k = np.sort(table.mean(axis=1)), len(table) // 4
        return float(means[k : len(means) - k].mean())

    gains = scores - bar
    who = rng.integers(len(gains), size=(draws, len(gains)))
    low, high = np.quantile([middle(gains[rows]) for rows in who], [0.025, 0.975])
    return middle(gains), float(low), float(high)


# wrong: the plain mean
# named: over_bar-6
def over_bar(scores, bar, rng, draws=1000):
    gains = scores - bar
    who = rng.integers(len(gains), size=(draws, len(gains)))
    where = rng.integers(len(bar), size=(draws, len(bar)))
    drawn = [gains[np.ix_(a, b)].mean() for a, b in zip(who, where)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(gains.mean()), float(low), float(high)


# wrong: bar minus score
# named: over_bar-3
def over_bar(scores, bar, rng, draws=1000):
    def middle(table):
        means, k = np.sort(table.mean(axis=1)), len(table) // 4
        return float(means[k : len(means) - k].mean())

    gains = bar - scores
    who = rng.integers(len(gains), size=(draws, len(gains)))
    where = rng.integers(len(bar), size=(draws, len(bar)))
    drawn = [middle(gains[np.ix_(a, b)]) for a, b in zip(who, where)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return middle(gains), float(low), float(high)


# wrong: what the part is worth, with the sign of a gain
# named: ablation_record-1
def ablation_record(runs, says):
    (_, full), *rest = runs.items()
    rows = []
    for name, scores in rest:
        if not says.get(name, "").strip():
            raise ValueError(name)
        gain, low, high = paired_gain(full, scores)
        seeds = {str(s): x for s, x in scores.items()}
        rows.append({"without": name, "seeds": seeds, "gain": gain, "low": low, "high": high,
                     "says": says[name]})
    return {"full": {str(s): x for s, x in full.items()}, "rows": rows}


# wrong: no sentence is asked for
# named: ablation_record-3
def ablation_record(runs, says):
    (_, full), *rest = runs.items()
    rows = []
    for name, scores in rest:
        gain, low, high = paired_gain(scores, full)
        seeds = {str(s): x for s, x in scores.items()}
        rows.append({"without": name, "seeds": seeds, "gain": gain, "low": low, "high": high,
                     "says": says.get(name, "")})
    return {"full": {str(s): x for s, x in full.items()}, "rows": rows}


# wrong: the best values first
# named: sweep_record-1
def sweep_record(tuning, rerun):
    rows = [[x, float(np.mean(list(s.values()))), min(s.values())] for x, s in tuning.items()]
    chosen = max(rows, key=lambda row: row[1])
    again = rerun(chosen[0])
    if set(again) & {seed for s in tuning.values() for seed in s}:
        raise ValueError("used")
    edge = chosen[0] in (rows[0][0], rows[-1][0])
    rows = sorted(rows, key=lambda row: row[1], reverse=True)
    return {"rows": rows, "chosen": chosen[0], "edge": edge, "flattered": chosen[1],
            "honest": float(np.mean(list(again.values())))}


# wrong: the sweep reports itself
# named: sweep_record-4
def sweep_record(tuning, rerun):
    rows = [[x, float(np.mean(list(s.values()))), min(s.values())] for x, s in tuning.items()]
    chosen = max(rows, key=lambda row: row[1])
    if set(rerun(chosen[0])) & {seed for s in tuning.values() for seed in s}:
        raise ValueError("used")
    edge = chosen[0] in (rows[0][0], rows[-1][0])
    return {"rows": rows, "chosen": chosen[0], "edge": edge, "flattered": chosen[1],
            "honest": chosen[1]}


# wrong: the generator is left out
# named: resume-1
def resume(text, rocks, view):
    saved, run = json.loads(text), Run(rocks, view, 0)
    for name in ("z", "v", "which", "row", "at"):
        setattr(run, name, np.array(saved[name]))
    run.done = saved["done"]
    return run


# wrong: the tables alone
# named: resume-3
def resume(text, rocks, view):
    saved, run = json.loads(text), Run(rocks, view, 0)
    run.z, run.v, run.done = np.array(saved["z"]), np.array(saved["v"]), saved["done"]
    run.rng.bit_generator.state = saved["rng"]
    return run


# wrong: the learning rate starts again
# named: resume-2
def resume(text, rocks, view):
    saved, run = json.loads(text), Run(rocks, view, 0)
    for name in ("z", "v", "which", "row", "at"):
        setattr(run, name, np.array(saved[name]))
    run.rng.bit_generator.state = saved["rng"]
    return run


# wrong: the reverse divergence
# named: log_row-1
def log_row(old, new, s, value, td_error):
    def logs(z):
        m = z - z.max(axis=1, keepdims=True)
        return m - np.log(np.exp(m).sum(axis=1, keepdims=True))

    a, b = logs(old[s]), logs(new[s])
    target = np.var(value + td_error)
    return {
        "entropy": float(-(np.exp(b) * b).sum(axis=1).mean()),
        "kl": float((np.exp(b) * (b - a)).sum(axis=1).mean()),
        "td_error": float(np.sqrt((td_error**2).mean())),
        "explained": float(1 - np.var(td_error) / target) if target else 0.0,
    }


# wrong: the mean absolute TD error
# named: log_row-4
def log_row(old, new, s, value, td_error):
    def logs(z):
        m = z - z.max(axis=1, keepdims=True)
        return m - np.log(np.exp(m).sum(axis=1, keepdims=True))

    a, b = logs(old[s]), logs(new[s])
    target = np.var(value + td_error)
    return {
        "entropy": float(-(np.exp(b) * b).sum(axis=1).mean()),
        "kl": float((np.exp(a) * (a - b)).sum(axis=1).mean()),
        "td_error": float(abs(td_error).mean()),
        "explained": float(1 - np.var(td_error) / target) if target else 0.0,
    }


# wrong: a run that reached the bar once is fine
# named: symptoms-1
def symptoms(log, bar):
    n = len(log)
    c = {name: np.array([row[name] for row in log]) for name in log[0]}
    if c["score"].max() >= bar:
        return []
    found = {
        "collapsed": c["score"][-1] < c["score"].max() / 2,
        "promises too much": (c["value"] - c["score"])[-(n // 4) :].mean() > 0.2,
        "decided too early": np.median(c["entropy"][n // 4 :]) < c["entropy"][0] / 10,
        "moves too far": np.median(c["kl"]) > 0.1,
        "blind critic": np.median(c["explained"][n // 2 :]) < 0.02,
    }
    return [name for name, yes in found.items() if yes]


# wrong: one far step is enough
# named: symptoms-6
def symptoms(log, bar):
    n = len(log)
    c = {name: np.array([row[name] for row in log]) for name in log[0]}
    if c["score"][-1] >= bar:
        return []
    found = {
        "collapsed": c["score"][-1] < c["score"].max() / 2,
        "promises too much": (c["value"] - c["score"])[-(n // 4) :].mean() > 0.2,
        "decided too early": np.median(c["entropy"][n // 4 :]) < c["entropy"][0] / 10,
        "moves too far": c["kl"].max() > 0.1,
        "blind critic": np.median(c["explained"][n // 2 :]) < 0.02,
    }
    return [name for name, yes in found.items() if yes]


# wrong: unseen minus seen
# named: heldout_record-1
def heldout_record(seen, unseen, differs):
    if not differs.strip():
        raise ValueError("say it")
    gap, low, high = paired_gain(unseen, seen)
    seeds = {str(s): [seen[s], unseen[s]] for s in seen}
    return {"differs": differs, "seeds": seeds, "gap": gap, "low": low, "high": high}


# wrong: paired by their place
# named: heldout_record-3
def heldout_record(seen, unseen, differs):
    if not differs.strip():
        raise ValueError("say it")
    gap, low, high = paired_gain(seen, unseen)
    seeds = {str(s): [a, b] for s, a, b in zip(seen, seen.values(), unseen.values())}
    return {"differs": differs, "seeds": seeds, "gap": gap, "low": low, "high": high}


# wrong: the worst agent
# named: chosen_failures-1
def chosen_failures(rows):
    arrivals = (rows == LONG - 1).sum(axis=1)
    agent = int(np.argsort(arrivals, kind="stable")[0])
    order = np.argsort(rows[agent], kind="stable")
    failed = [int(t) for t in order if rows[agent, t] < LONG - 1]
    return agent, failed if len(failed) < 2 else [failed[0], failed[len(failed) // 2]]


# wrong: the two earliest
# named: chosen_failures-5
def chosen_failures(rows):
    arrivals = (rows == LONG - 1).sum(axis=1)
    agent = int(np.argsort(arrivals, kind="stable")[(len(rows) - 1) // 2])
    order = np.argsort(rows[agent], kind="stable")
    return agent, [int(t) for t in order if rows[agent, t] < LONG - 1][:2]


# wrong: memory adds up
# named: cost_table-1
def cost_table(parts):
    every = [run for runs in parts.values() for run in runs]
    text = "| part | runs | steps | hours | peak memory, MB |\n|---|---|---|---|---|\n"
    for name, runs in [*parts.items(), ("all", every)]:
        steps, seconds, mb = (sum(run[k] for run in runs) for k in ("steps", "seconds", "mb"))
        text += f"| {name} | {len(runs)} | {steps:,} | {seconds / 3600:.2f} | {mb:.0f} |\n"
    return text


# wrong: no line for the whole
# named: cost_table-3
def cost_table(parts):
    text = "| part | runs | steps | hours | peak memory, MB |\n|---|---|---|---|---|\n"
    for name, runs in parts.items():
        steps, seconds = (sum(run[k] for run in runs) for k in ("steps", "seconds"))
        peak = max(run["mb"] for run in runs)
        text += f"| {name} | {len(runs)} | {steps:,} | {seconds / 3600:.2f} | {peak:.0f} |\n"
    return text


# wrong: the easier rule
# named: reading-2
def reading():
    four = np.mean([0.46, 0.51, 0.49, 0.42])
    five = np.mean([0.381, 0.405, 0.356, 0.385, 0.419])
    return float(four) - 0.346, float(five) - 0.346
