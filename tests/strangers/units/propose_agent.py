# right: while True with a break, and a list of rewards
def returns(world, player, seeds):
    found = []
    for seed in seeds:
        world.reset(seed=seed)
        rewards = []
        while True:
            obs, r, term, trunc, info = world.step(player(world))
            rewards.append(float(r))
            if term or trunc:
                break
        found.append(sum(rewards))
    return np.array(found)


# right: fills an array, done in one flag
def returns(world, player, seeds):
    out = np.zeros(len(seeds))
    for i, s in enumerate(seeds):
        world.reset(seed=s)
        done = False
        while not done:
            step = world.step(player(world))
            out[i] += step[1]
            done = step[2] | step[3]
    return out


# right: sorted with reverse, which keeps the order of equal means
def bars(table):
    def row(name):
        scores = table[name]
        return (name, float(np.mean(scores)), *bootstrap_interval(scores, np.random.default_rng(0)))

    return sorted(map(row, table), key=lambda each: each[1], reverse=True)


# right: an insertion by hand
def bars(table):
    rows = []
    for name in table:
        low, high = bootstrap_interval(table[name], np.random.default_rng(0))
        mean = float(np.mean(table[name]))
        at = sum(1 for other in rows if other[1] >= mean)
        rows.insert(at, (name, mean, low, high))
    return rows


# right: level by level, with a list instead of a queue
def plan(world):
    level = [(world, None)]
    seen = [world.state]
    while level:
        deeper = []
        for node, first in level:
            for a in range(4):
                child = node.copy()
                _, r, term, trunc, _ = child.step(a)
                root = a if first is None else first
                if r > 0:
                    return root
                if term or trunc or child.state in seen:
                    continue
                seen.append(child.state)
                deeper.append((child, root))
        level = deeper
    return 0


# right: whole ways in the queue
def plan(world):
    from itertools import count

    queue, seen = [(world.copy(), [])], {world.state}
    for _ in count():
        if not queue:
            return 0
        node, way = queue.pop(0)
        for a in (0, 1, 2, 3):
            child = node.copy()
            result = child.step(a)
            if result[1] > 0:
                return (way + [a])[0]
            over = result[2] or result[3]
            if not over and child.state not in seen:
                seen.add(child.state)
                queue.append((child, way + [a]))


# right: sums of squares as in a table of the analysis of variance
def variance_parts(scores):
    S, N = scores.shape
    means = scores.mean(axis=1)
    within = ((scores - means[:, None]) ** 2).sum() / (S * (N - 1))
    among = N * ((means - means.mean()) ** 2).sum() / (S - 1)
    return max((among - within) / N, 0.0), within


# right: a loop over the agents
def variance_parts(scores):
    import statistics

    rows = [list(map(float, row)) for row in scores]
    episodes = sum(statistics.variance(row) for row in rows) / len(rows)
    means = [sum(row) / len(row) for row in rows]
    seeds = statistics.variance(means) - episodes / len(rows[0])
    return (seeds if seeds > 0 else 0.0), episodes


# right: step by step
def seeds_against_bar(std, gap, power=0.8, alpha=0.05):
    za = quantile(1 - alpha / 2)
    zb = quantile(power)
    effect = abs(gap) / std
    n = (za + zb) ** 2 / effect**2 + za**2 / 2
    return 5 if n < 5 else int(np.ceil(n))


# right: a loop over the runs, with seed_interval by hand
def cleared(gains):
    count = 0
    for row in gains:
        n = len(row)
        mean = sum(row) / n
        std = (sum((x - mean) ** 2 for x in row) / (n - 1)) ** 0.5
        if mean > T[n - 2] * std / n**0.5:
            count += 1
    return count / len(gains)


# right: keeps a copy of the first observation
def conforms(make, actions):
    a, b = make(), make()
    start = np.array(a.reset(seed=1)[0], copy=True)
    seen, paid = trace(a, actions, 1)
    if len({np.asarray(each).shape for each in seen}) > 1:
        return ["observation: shape changes"]
    again, paid_again = trace(b, actions, 1)
    found = []
    if any(not np.isfinite(r) for r in paid):
        found.append("reward: not finite")
    alike = len(seen) == len(again) and all(
        np.array_equal(x, y) for x, y in zip(seen, again, strict=True)
    )
    if not alike or paid != paid_again:
        found.append("seed: same seed, other episode")
    if len({make().reset(seed=s)[0].tobytes() for s in range(1, 9)}) == 1:
        found.append("seed: other seed, same start")
    if not np.array_equal(seen[0], start):
        found.append("observation: changed later")
    return found


# right: nearer when that picks nothing, away otherwise
def pacer(world):
    here = nearest(world.state)
    away = 0
    for action in range(4):
        there = world.copy()
        there.step(action)
        if there.apples != world.apples or there.square == world.square:
            continue
        if nearest(there.state) < here:
            return action
        away = action
    return away


# right: a circle, without looking at anything
def pacer(world):
    return world.steps % 4


# right: pairs, sorted
def holes(honest, others):
    p0, m0 = np.mean(honest[0]), np.mean(honest[1])
    found = []
    for name, (paid, meant) in others.items():
        p, m = paid.mean(), meant.mean()
        if m < m0 and not p < p0:
            found.append((p, name))
    found.sort(key=lambda each: each[0], reverse=True)
    return [name for _, name in found]


# right: a loop over the steps
def shaped(rewards, potentials, gamma, terminated):
    out = []
    last = len(rewards) - 1
    for t, r in enumerate(rewards):
        after = 0.0 if terminated and t == last else potentials[t + 1]
        out.append(r + gamma * after - potentials[t])
    return np.array(out)


# right: the loop that the derivation avoids
def shaping_gain(potentials, gamma, terminated):
    steps = len(potentials) - 1
    added = shaped(np.zeros(steps), potentials, gamma, terminated)
    return sum(gamma**t * each for t, each in enumerate(added))


# right: compares arrays one with another
def level_leaks(make, train, test):
    known = [make().reset(seed=s)[0] for s in train]
    found = []
    for s in test:
        first = make().reset(seed=s)[0]
        if any(np.array_equal(first, each) for each in known):
            found.append(s)
    return found


# right: words of the text instead of patterns
def budget_faults(text):
    words = text.replace("\n", " ").split(" ")
    steps = hours = speed = None
    for i, word in enumerate(words):
        number = re.search(r"\d[\d,]*(\.\d+)?$", words[i - 1]) if i else None
        if number is None:
            continue
        value = float(number[0].replace(",", ""))
        rest = " ".join(words[i : i + 3])
        if re.match(r"steps a second", rest):
            speed = value if speed is None else speed
        elif re.match(r"steps\b", word):
            steps = value if steps is None else steps
        elif re.match(r"hours?\b", word):
            hours = value if hours is None else hours
    names = [n for n, v in (("steps", steps), ("hours", hours), ("speed", speed)) if v is None]
    if names:
        return names and [f"no {n}" for n in names]
    return ["too slow"] if steps > speed * hours * 3600 else []


# right: sets of seeds instead of a comparison of ends
def world_card(text, template=""):
    found = plan_card(text, template, WORLD)
    parts = sections(text, WORLD)
    if "Baseline" in parts:
        bar = parts["Baseline"].lower()
        found += [f"Baseline: no {n} player" for n, p in PLAYERS.items() if not re.search(p, bar)]
    if "Budget" in parts:
        found.extend("Budget: " + each for each in budget_faults(parts["Budget"]))
    if "Levels" in parts:
        ends = re.findall(r"(\d+) to (\d+)", parts["Levels"])[:2]
        sets = [set(range(int(a), int(b) + 1)) for a, b in ends]
        if len(sets) < 2:
            found.append("Levels: not two ranges")
        elif sets[0] & sets[1]:
            found.append("Levels: overlap")
    return found


# wrong: the episodes share one seed
# named: returns-1
def returns(world, player, seeds):
    scores = []
    for _ in seeds:
        world.reset(seed=seeds[0])
        total, done = 0.0, False
        while not done:
            _, r, a, b, _ = world.step(player(world))
            total += r
            done = a or b
        scores.append(total)
    return np.array(scores)


# wrong: stops only where the episode terminated, as older code does
# named: returns-2
def returns(world, player, seeds):
    scores = []
    for seed in seeds:
        world.reset(seed=seed)
        total, done = 0.0, False
        while not done:
            _, reward, done, _, _ = world.step(player(world))
            total += reward
        scores.append(total)
    return np.array(scores)


# wrong: one step too few, since the last reward is left out
# named: returns-7
def returns(world, player, seeds):
    scores = []
    for seed in seeds:
        world.reset(seed=seed)
        total, done = 0.0, False
        while not done:
            _, reward, a, b, _ = world.step(player(world))
            done = a or b
            if not done:
                total += reward
        scores.append(total)
    return np.array(scores)


# wrong: rising order
# named: bars-1
def bars(table):
    rows = []
    for name, s in table.items():
        rows.append((name, float(s.mean()), *bootstrap_interval(s, np.random.default_rng(0))))
    rows.sort(key=lambda row: row[1])
    return rows


# wrong: reversed after a stable sort, so that equal means change places
# named: bars-6
def bars(table):
    rows = []
    for name, s in table.items():
        rows.append((name, float(s.mean()), *bootstrap_interval(s, np.random.default_rng(0))))
    return sorted(rows, key=lambda row: row[1])[::-1]


# wrong: mean plus and minus two standard errors
# named: bars-7
def bars(table):
    rows = []
    for name, s in table.items():
        half = 2 * s.std(ddof=1) / math.sqrt(len(s))
        rows.append((name, float(s.mean()), float(s.mean() - half), float(s.mean() + half)))
    return sorted(rows, key=lambda row: -row[1])


# wrong: depth first
# named: plan-1
def plan(world):
    stack, seen = [(world, None)], {world.state}
    while stack:
        node, first = stack.pop()
        for a in range(4):
            child = node.copy()
            _, r, t, u, _ = child.step(a)
            if r > 0:
                return a if first is None else first
            if child.state not in seen and not (t or u):
                seen.add(child.state)
                stack.append((child, a if first is None else first))
    return 0


# wrong: only one step ahead
# named: plan-8
def plan(world):
    for a in range(4):
        child = world.copy()
        if child.step(a)[1] > 0:
            return a
    return 0


# wrong: the action that leads to the reward
# named: plan-2
def plan(world):
    queue, seen = deque([world]), {world.state}
    while queue:
        node = queue.popleft()
        for a in range(4):
            child = node.copy()
            _, r, t, u, _ = child.step(a)
            if r > 0:
                return a
            if child.state not in seen and not (t or u):
                seen.add(child.state)
                queue.append(child)
    return 0


# wrong: the variance of the means as it is
# named: variance_parts-1
def variance_parts(scores):
    return scores.mean(1).var(ddof=1), scores.var(1, ddof=1).mean()


# wrong: standard deviations
# named: variance_parts-9
def variance_parts(scores):
    episodes = scores.var(axis=1, ddof=1).mean()
    seeds = scores.mean(axis=1).var(ddof=1) - episodes / scores.shape[1]
    return math.sqrt(max(seeds, 0.0)), math.sqrt(episodes)


# wrong: the axes have changed places
# named: variance_parts-10
def variance_parts(scores):
    episodes = scores.var(axis=0, ddof=1).mean()
    seeds = scores.mean(axis=0).var(ddof=1) - episodes / scores.shape[0]
    return max(0.0, float(seeds)), float(episodes)


# wrong: as for two methods
# named: seeds_against_bar-1
def seeds_against_bar(std, gap, power=0.8, alpha=0.05):
    za, zb = quantile(1 - alpha / 2), quantile(power)
    return max(5, math.ceil(2 * (za + zb) ** 2 * std**2 / gap**2 + za**2 / 4))


# wrong: no correction for few seeds
# named: seeds_against_bar-3
def seeds_against_bar(std, gap, power=0.8, alpha=0.05):
    za, zb = quantile(1 - alpha / 2), quantile(power)
    return max(5, math.ceil((za + zb) ** 2 * (std / gap) ** 2))


# wrong: only the false alarms, without the power
# named: seeds_against_bar-8
def seeds_against_bar(std, gap, power=0.8, alpha=0.05):
    za = quantile(1 - alpha / 2)
    return max(5, math.ceil((za * std / gap) ** 2 + za**2 / 2))


# wrong: two standard errors
# named: cleared-2
def cleared(gains):
    se = gains.std(axis=1, ddof=1) / np.sqrt(gains.shape[1])
    return float(np.mean(gains.mean(axis=1) - 2 * se > 0))


# wrong: the standard deviation of NumPy's default
# named: cleared-3
def cleared(gains):
    n = gains.shape[1]
    half = T[n - 2] * np.std(gains, axis=1) / np.sqrt(n)
    return float(np.mean(np.mean(gains, axis=1) > half))


# wrong: all seeds have to be above the bar
# named: cleared-8
def cleared(gains):
    return float(np.mean((gains > 0).all(axis=1)))


# wrong: looks for NaN only
def conforms(make, actions):
    found = []
    first, rewards = trace(make(), actions, 1)
    if any(np.shape(each) != np.shape(first[0]) for each in first):
        return ["observation: shape changes"]
    if np.isnan(rewards).any():
        found.append("reward: not finite")
    again, paid = trace(make(), actions, 1)
    if not (np.array_equal(first, again) and np.array_equal(rewards, paid)):
        found.append("seed: same seed, other episode")
    starts = [make().reset(seed=s)[0] for s in range(1, 9)]
    if all(np.array_equal(starts[0], s) for s in starts):
        found.append("seed: other seed, same start")
    if not np.array_equal(first[0], make().reset(seed=1)[0]):
        found.append("observation: changed later")
    return found


# wrong: remembers the first observation without a copy
# named: conforms-7
def conforms(make, actions):
    world = make()
    start = world.reset(seed=1)[0]
    for action in actions:
        if any(world.step(action)[2:4]):
            break
    found = []
    first, rewards = trace(make(), actions, 1)
    if any(np.shape(each) != np.shape(first[0]) for each in first):
        return ["observation: shape changes"]
    if not np.isfinite(rewards).all():
        found.append("reward: not finite")
    again, paid = trace(make(), actions, 1)
    if not (np.array_equal(first, again) and np.array_equal(rewards, paid)):
        found.append("seed: same seed, other episode")
    starts = [make().reset(seed=s)[0] for s in range(1, 9)]
    if all(np.array_equal(starts[0], s) for s in starts):
        found.append("seed: other seed, same start")
    if start is not start:
        found.append("observation: changed later")
    return found


# wrong: stands still
# named: pacer-2
def pacer(world):
    for action in range(4):
        there = world.copy()
        there.step(action)
        if there.square == world.square:
            return action
    return 0


# wrong: walks to the nearest apple by the shortest way
# named: pacer-1
def pacer(world):
    return plan(world)


# wrong: better pay only
# named: holes-1
def holes(honest, others):
    p0, m0 = honest[0].mean(), honest[1].mean()
    names = [n for n, (p, m) in others.items() if p.mean() > p0 and m.mean() < m0]
    return sorted(names, key=lambda n: -others[n][0].mean())


# wrong: in the order of the alphabet
# named: holes-10
def holes(honest, others):
    p0, m0 = honest[0].mean(), honest[1].mean()
    return sorted(n for n, (p, m) in others.items() if p.mean() >= p0 and m.mean() < m0)


# wrong: shaping without the discount
# named: shaped-1
def shaped(rewards, potentials, gamma, terminated):
    after = np.array(potentials[1:], dtype=float)
    if terminated:
        after[-1] = 0.0
    return np.asarray(rewards) + (after - potentials[:-1])


# wrong: only progress counts
# named: shaped-7
def shaped(rewards, potentials, gamma, terminated):
    after = np.array(potentials[1:], dtype=float)
    if terminated:
        after[-1] = 0.0
    return rewards + np.clip(gamma * after - potentials[:-1], 0, None)


# wrong: the last potential at its face value
# named: shaping_gain-1
def shaping_gain(potentials, gamma, terminated):
    return (0.0 if terminated else float(potentials[-1])) - float(potentials[0])


# wrong: an undiscounted sum of the additions
# named: shaping_gain-8
def shaping_gain(potentials, gamma, terminated):
    steps = len(potentials) - 1
    return float(shaped(np.zeros(steps), potentials, gamma, terminated).sum())


# wrong: seeds in common
# named: level_leaks-1
def level_leaks(make, train, test):
    return [s for s in test if s in list(train)]


# wrong: each leak once, as a set
def level_leaks(make, train, test):
    known = {make().reset(seed=s)[0].tobytes() for s in train}
    return [not_new for not_new in set(test) if make().reset(seed=not_new)[0].tobytes() in known][
        :1
    ]


# wrong: minutes
# named: budget_faults-1
def budget_faults(text):
    number = r"(\d[\d,]*(?:\.\d+)?)"
    s = re.search(number + r" steps\b(?! a second)", text)
    h = re.search(number + r" hours?\b", text)
    v = re.search(number + r" steps a second", text)
    found = [f"no {n}" for n, m in (("steps", s), ("hours", h), ("speed", v)) if not m]
    if found:
        return found
    s, h, v = (float(m[1].replace(",", "")) for m in (s, h, v))
    return ["too slow"] if s / v / 60 > h else []


# wrong: no commas
# named: budget_faults-6
def budget_faults(text):
    s = re.search(r"(\d+\.?\d*) steps\b(?! a second)", text)
    h = re.search(r"(\d+\.?\d*) hours?\b", text)
    v = re.search(r"(\d+\.?\d*) steps a second", text)
    found = [f"no {n}" for n, m in (("steps", s), ("hours", h), ("speed", v)) if not m]
    if found:
        return found
    s, h, v = (float(m[1]) for m in (s, h, v))
    return ["too slow"] if s / v > h * 3600 else []


# wrong: the lower range has to come first
# named: world_card-6
def world_card(text, template=""):
    found, parts = plan_card(text, template, WORLD), sections(text, WORLD)
    if "Baseline" in parts:
        for name, word in PLAYERS.items():
            if not re.search(word, parts["Baseline"], re.IGNORECASE):
                found.append(f"Baseline: no {name} player")
    for fault in budget_faults(parts["Budget"]) if "Budget" in parts else []:
        found.append(f"Budget: {fault}")
    if "Levels" in parts:
        ranges = re.findall(r"(\d+) to (\d+)", parts["Levels"])
        if len(ranges) < 2:
            found.append("Levels: not two ranges")
        elif int(ranges[1][0]) <= int(ranges[0][1]):
            found.append("Levels: overlap")
    return found


# wrong: the value of the agent in place of the bar
# named: reading-5
def reading():
    return (
        475.0,
        500.0,
        499.47,
        499.47 - 485.2,
        float(np.std([500, 500, 500, 497.9, 499.45], ddof=1)),
    )
