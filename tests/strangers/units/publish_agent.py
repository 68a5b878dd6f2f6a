# right: while True with a break
def record(world, player, seed):
    obs = world.reset(seed=seed)[0]
    replay = {"seed": seed, "actions": [], "rewards": [], "return": 0.0}
    while True:
        action = int(player(obs))
        obs, reward, term, trunc, info = world.step(action)
        replay["actions"].append(action)
        replay["rewards"].append(float(reward))
        replay["return"] += float(reward)
        if term or trunc:
            return replay


# right: flags by hand
def record(world, player, seed):
    obs, _ = world.reset(seed=seed)
    steps, done = [], False
    while not done:
        a = player(obs)
        obs, r, t, u, _ = world.step(a)
        steps.append((int(a), float(r)))
        done = bool(t) or bool(u)
    actions, rewards = map(list, zip(*steps, strict=True))
    return dict(seed=seed, actions=actions, rewards=rewards, **{"return": float(np.sum(rewards))})


# right: one list, and a loop over pairs
def replay_check(world, replay):
    found = []
    total = float(np.sum(replay["rewards"]))
    if not math.isclose(total, replay["return"], rel_tol=0, abs_tol=1e-6):
        found.append(f"return: {total:g}, not {replay['return']:g}")
    world.reset(seed=replay["seed"])
    n, over = 0, False
    pairs = list(zip(replay["actions"], replay["rewards"], strict=True))
    while n < len(pairs):
        action, expected = pairs[n]
        n += 1
        _, r, t, u, _ = world.step(action)
        over = t or u
        if abs(r - expected) > 1e-6:
            found.append(f"step {n}: reward {r:g}, not {expected:g}")
            return found
        if over and n < len(pairs):
            found.append(f"step {n}: over, with {len(pairs) - n} actions left")
            return found
    if not over:
        found.append(f"not over after step {n}")
    return found


# right: loops over sorted seeds
def seed_faults(text, promised):
    data = json.loads(text)
    have = {int(k): v for k, v in data["seeds"].items()}
    out = []
    for seed in sorted(promised):
        if seed not in have:
            out.append("seed %d: missing" % seed)
    for seed in sorted(have):
        if seed not in list(promised):
            out.append("seed %d: not promised" % seed)
    if not have:
        return out
    mean = float(np.mean(list(have.values())))
    if abs(mean - data["value"]) > 1e-6:
        out.append("value: {:.4g}, the mean is {:.4g}".format(data["value"], mean))
    return out


# right: a loop, and percentiles
def interval_of(scores, statistic, rng, draws=2000):
    n = len(scores)
    table = rng.integers(n, size=(draws, n))
    values = []
    for row in table:
        values.append(float(statistic(scores[row])))
    return float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5))


# right: np.polyfit
def power_law(steps, gaps):
    slope, height = np.polyfit(np.log(steps), np.log(gaps), 1)
    return float(np.exp(height)), float(-slope)


# right: least squares with a column of ones
def power_law(steps, gaps):
    A = np.stack([np.ones(len(steps)), np.log(steps)], axis=1)
    solution = np.linalg.lstsq(A, np.log(gaps), rcond=None)[0]
    return math.exp(solution[0]), float(-solution[1])


# right: base 10 throughout
def power_law(steps, gaps):
    x, y = np.log10(steps), np.log10(gaps)
    slope = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    return float(10 ** (y.mean() - slope * x.mean())), float(-slope)


# right: all mean curves first
def extrapolate(steps, curves, at, rng, draws=1000):
    S = len(curves)
    rows = rng.integers(S, size=(draws, S))
    means = curves[rows].mean(axis=1)
    values = []
    for mean in means:
        c, s = power_law(steps, mean)
        values.append(c / at**s)
    c, s = power_law(steps, curves.mean(axis=0))
    low, high = np.quantile(values, (0.025, 0.975))
    return float(c / at**s), float(low), float(high)


# right: both ends of the gap, compared one by one
def reproduction(published, half, scores, margin):
    ours, low, high = seed_interval(scores)
    width = ((ours - low) ** 2 + half**2) ** 0.5
    gap = ours - published
    lower, upper = gap - width, gap + width
    if lower >= -margin and upper <= margin:
        verdict = "agrees"
    elif lower > 0 or upper < 0:
        verdict = "differs"
    else:
        verdict = "undecided"
    return {
        "published": published,
        "ours": ours,
        "low": low,
        "high": high,
        "gap": gap,
        "width": width,
        "verdict": verdict,
    }


# wrong: an older interface, with one flag
# named: record-1
def record(world, player, seed):
    obs, _ = world.reset(seed=seed)
    actions, rewards, done = [], [], False
    while not done:
        actions.append(int(player(obs)))
        obs, reward, done, _, _ = world.step(actions[-1])
        rewards.append(float(reward))
    return {"seed": seed, "actions": actions, "rewards": rewards, "return": sum(rewards)}


# wrong: the player never sees anything new
# named: record-4
def record(world, player, seed):
    first, _ = world.reset(seed=seed)
    actions, rewards, done = [], [], False
    while not done:
        actions.append(int(player(first)))
        step = world.step(actions[-1])
        rewards.append(float(step[1]))
        done = step[2] or step[3]
    return {"seed": seed, "actions": actions, "rewards": rewards, "return": sum(rewards)}


# wrong: a mean in place of a sum
def record(world, player, seed):
    obs, _ = world.reset(seed=seed)
    actions, rewards, done = [], [], False
    while not done:
        actions.append(int(player(obs)))
        obs, reward, a, b, _ = world.step(actions[-1])
        rewards.append(float(reward))
        done = a or b
    return {"seed": seed, "actions": actions, "rewards": rewards, "return": float(np.mean(rewards))}


# wrong: compares only the sum
def replay_check(world, replay):
    total = sum(replay["rewards"])
    if abs(total - replay["return"]) > 1e-6:
        return [f"return: {total:g}, not {replay['return']:g}"]
    return []


# wrong: a cut replay passes
# named: replay_check-9
def replay_check(world, replay):
    found, total = [], sum(replay["rewards"])
    if abs(total - replay["return"]) > 1e-6:
        found.append(f"return: {total:g}, not {replay['return']:g}")
    world.reset(seed=replay["seed"])
    n = len(replay["actions"])
    for i in range(n):
        _, r, t, u, _ = world.step(replay["actions"][i])
        if abs(r - replay["rewards"][i]) > 1e-6:
            found.append(f"step {i + 1}: reward {r:g}, not {replay['rewards'][i]:g}")
            break
        if (t or u) and i + 1 < n:
            found.append(f"step {i + 1}: over, with {n - i - 1} actions left")
            break
    return found


# wrong: seeds as texts
# named: seed_faults-3
def seed_faults(text, promised):
    data = json.loads(text)
    out = [f"seed {s}: missing" for s in sorted(promised) if s not in data["seeds"]]
    out += [f"seed {s}: not promised" for s in sorted(data["seeds"]) if s not in promised]
    if data["seeds"]:
        mean = sum(data["seeds"].values()) / len(data["seeds"])
        if abs(mean - data["value"]) > 1e-6:
            out.append(f"value: {data['value']:.4g}, the mean is {mean:.4g}")
    return out


# wrong: only counts
def seed_faults(text, promised):
    data = json.loads(text)
    if len(data["seeds"]) < len(list(promised)):
        return ["seeds are missing"]
    return []


# wrong: the best seed is the result
# named: seed_faults-4
def seed_faults(text, promised):
    data = json.loads(text)
    have = {int(k): v for k, v in data["seeds"].items()}
    out = [f"seed {s}: missing" for s in sorted(set(promised) - set(have))]
    out += [f"seed {s}: not promised" for s in sorted(set(have) - set(promised))]
    if have:
        best = max(have.values())
        if abs(best - data["value"]) > 1e-6:
            out.append(f"value: {data['value']:.4g}, the mean is {best:.4g}")
    return out


# wrong: ninety per cent
# named: interval_of-2
def interval_of(scores, statistic, rng, draws=2000):
    rows = rng.integers(len(scores), size=(draws, len(scores)))
    values = [statistic(scores[row]) for row in rows]
    return float(np.percentile(values, 5)), float(np.percentile(values, 95))


# wrong: two standard errors around the statistic
def interval_of(scores, statistic, rng, draws=2000):
    rows = rng.integers(len(scores), size=(draws, len(scores)))
    se = np.std([statistic(scores[row]) for row in rows])
    return float(statistic(scores) - 1.96 * se), float(statistic(scores) + 1.96 * se)


# wrong: always the mean
# named: interval_of-1
def interval_of(scores, statistic, rng, draws=2000):
    rows = rng.integers(len(scores), size=(draws, len(scores)))
    low, high = np.quantile(scores[rows].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


# wrong: a line without logarithms
def power_law(steps, gaps):
    slope, height = np.polyfit(steps, gaps, 1)
    return float(height), float(-slope)


# wrong: the sign of the slope
# named: power_law-4
def power_law(steps, gaps):
    slope, height = np.polyfit(np.log(steps), np.log(gaps), 1)
    return float(np.exp(height)), float(slope)


# wrong: the height stays a logarithm
# named: power_law-3
def power_law(steps, gaps):
    slope, height = np.polyfit(np.log(steps), np.log(gaps), 1)
    return float(height), float(-slope)


# wrong: single curves in place of means
def extrapolate(steps, curves, at, rng, draws=1000):
    values = []
    for curve in curves:
        c, s = power_law(steps, curve)
        values.append(c * at**-s)
    return float(np.mean(values)), float(min(values)), float(max(values))


# wrong: the mean of all resamples
# named: extrapolate-5
def extrapolate(steps, curves, at, rng, draws=1000):
    rows = rng.integers(len(curves), size=(draws, len(curves)))
    values = []
    for row in rows:
        c, s = power_law(steps, curves[row].mean(axis=0))
        values.append(c * at**-s)
    low, high = np.quantile(values, [0.025, 0.975])
    return float(np.mean(values)), float(low), float(high)


# wrong: halves that add up
# named: reproduction-1
def reproduction(published, half, scores, margin):
    ours, low, high = seed_interval(scores)
    gap, width = ours - published, half + (high - low) / 2
    if abs(gap) + width <= margin:
        verdict = "agrees"
    elif abs(gap) > width:
        verdict = "differs"
    else:
        verdict = "undecided"
    found = {"published": published, "ours": ours, "low": low, "high": high}
    return {**found, "gap": gap, "width": width, "verdict": verdict}


# wrong: not different, hence the same
# named: reproduction-7
def reproduction(published, half, scores, margin):
    ours, low, high = seed_interval(scores)
    gap, width = ours - published, math.hypot(half, (high - low) / 2)
    verdict = "differs" if abs(gap) > width else "agrees"
    found = {"published": published, "ours": ours, "low": low, "high": high}
    return {**found, "gap": gap, "width": width, "verdict": verdict}
