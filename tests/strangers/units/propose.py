# right: a Counter, and the smallest of the most frequent
def majority_accuracy(y_train, y):
    from collections import Counter

    counts = Counter(y_train.tolist())
    most = max(counts.values())
    answer = min(k for k, n in counts.items() if n == most)
    return sum(int(each == answer) for each in y) / len(y)


# right: unique with counts
def majority_accuracy(y_train, y):
    classes, counts = np.unique(y_train, return_counts=True)
    return (y == classes[np.argmax(counts)]).mean()


# right: a running total over classes
def balanced_accuracy(y, predicted):
    total, seen = 0.0, 0
    for k in set(y.tolist()):
        mask = y == k
        total += (predicted[mask] == k).sum() / mask.sum()
        seen += 1
    return total / seen


# right: log-sum-exp and an explicit one-hot
def fit_softmax(X, y, classes, l2, lr, steps):
    N, D = X.shape
    W = np.zeros((classes, D))
    b = np.zeros(classes)
    onehot = np.zeros((N, classes))
    onehot[np.arange(N), y] = 1
    for _ in range(steps):
        scores = X @ W.T + b
        top = scores.max(1, keepdims=True)
        logp = scores - top - np.log(np.exp(scores - top).sum(1, keepdims=True))
        diff = np.exp(logp) - onehot
        grad_W = diff.T @ X / N + l2 * W
        grad_b = diff.mean(axis=0)
        W = W - lr * grad_W
        b = b - lr * grad_b
    return W, b


# right: remembers the best so far, with >= on a rising grid
def tuned_baseline(train, validation, classes, grid, lr, steps):
    best_accuracy = -1.0
    for l2 in sorted(grid):
        W, b = fit_softmax(train[0], train[1], classes, l2, lr, steps)
        accuracy = ((validation[0] @ W.T + b).argmax(1) == validation[1]).mean()
        if accuracy >= best_accuracy:
            best_accuracy, best, best_W, best_b = accuracy, l2, W, b
    return float(best), best_W, best_b


# right: percentiles in percent
def bootstrap_interval(scores, rng, draws=2000, level=0.95):
    n = len(scores)
    rows = rng.integers(n, size=(draws, n))
    means = np.array([scores[row].mean() for row in rows])
    tail = 100 * (1 - level) / 2
    return float(np.percentile(means, tail)), float(np.percentile(means, 100 - tail))


# right: sums over the four cells
def difference_moments(p, q, both):
    cells = {0: both + (1 - p - q + both), -1: p - both, 1: q - both}
    mean = sum(d * weight for d, weight in cells.items())
    square = sum(d * d * weight for d, weight in cells.items())
    return mean, square, sum((d - mean) ** 2 * weight for d, weight in cells.items())


# right: steps of the algebra one by one
def items_needed(p, delta, power=0.8, alpha=0.05, paired_corr=0.0):
    if delta == 0:
        raise ValueError("delta must not be 0")
    q = p + delta
    std_p, std_q = (p * (1 - p)) ** 0.5, (q * (1 - q)) ** 0.5
    b = p * q + paired_corr * std_p * std_q
    m = p + q - 2 * b
    za, zb = quantile(1 - alpha / 2), quantile(power)
    n = (za * m**0.5 + zb * (m - delta**2) ** 0.5) ** 2 / delta**2
    return int(np.ceil(n))


# right: squares instead of roots
def simulated_power(p, q, both, n, runs, rng, alpha=0.05):
    cells = rng.multinomial(n, (both, p - both, q - both, 1 - p - q + both), size=runs)
    b, c = cells[:, 1].astype(float), cells[:, 2].astype(float)
    significant = (b - c) ** 2 > quantile(1 - alpha / 2) ** 2 * (b + c)
    return significant.sum() / runs


# right: both tails, from the probabilities of all counts
def mcnemar(a, b):
    from fractions import Fraction

    k1 = int(np.sum(np.logical_and(a, np.logical_not(b))))
    k2 = int(np.sum(np.logical_and(b, np.logical_not(a))))
    n, k = k1 + k2, min(k1, k2)
    tail = Fraction(sum(math.comb(n, i) for i in range(k + 1)), 2**n)
    return float(min(Fraction(1), 2 * tail))


# right: a loop over looks
def false_alarms(looks, items, runs, rng, alpha=0.05):
    steps = rng.choice([-1, 1], size=(runs, looks * items))
    any_look = np.zeros(runs, dtype=bool)
    for look in range(1, looks + 1):
        n = look * items
        total = steps[:, :n].sum(axis=1)
        seen = np.abs(total) / np.sqrt(n) > quantile(1 - alpha / 2)
        any_look |= seen
    return float(seen.mean()), float(any_look.mean())


# right: a branch for the minimum
def seeds_needed(std, gap, power=0.8, alpha=0.05):
    za, zb = quantile(1 - alpha / 2), quantile(power)
    n = math.ceil(2 * (za + zb) ** 2 * std**2 / gap**2 + za**2 / 4)
    if n < 3:
        return 3
    return n


# right: feeds the hash line by line
def split_hash(ids):
    h = hashlib.sha256()
    for line in sorted(str(each) for each in ids):
        h.update(line.encode("utf-8"))
        h.update(b"\n")
    return h.hexdigest()[:16]


# right: pair by pair in loops
def leaks(X_train, X_test, groups_train, groups_test, above=0.999):
    exact, near, group = [], [], []
    known = set(np.asarray(groups_train).tolist())
    for i, row in enumerate(X_test):
        if any(np.array_equal(row, other) for other in X_train):
            exact.append(i)
            continue
        cosines = X_train @ row / (np.linalg.norm(X_train, axis=1) * np.linalg.norm(row))
        if cosines.max() >= above:
            near.append(i)
        elif groups_test[i] in known:
            group.append(i)
    return np.array(exact, int), np.array(near, int), np.array(group, int)


# right: words compared by hand
def sections(text, names):
    parts, current = {}, ""
    for line in text.split("\n"):
        stripped = line.lstrip("#")
        depth = len(line) - len(stripped)
        if 1 <= depth <= 6 and stripped.startswith(" "):
            title = " " + re.sub(r"[^\w]", " ", stripped.lower())
            for name, words in names.items():
                if any(" " + word in title for word in words):
                    current = name
                    break
        elif current:
            parts[current] = parts.get(current, "") + line + "\n"
    return {name: part.strip() for name, part in parts.items()}


# right: a helper that says one complaint
def plan_card(text, template="", names=PLAN):
    mine, theirs = sections(text, names), sections(template, names)

    def complaint(name):
        if name not in mine:
            return "missing"
        body = mine[name]
        if name in theirs and body == theirs[name]:
            return "template"
        if len(body.split()) < 5:
            return "too short"
        if name in NUMBERS and re.search(r"[0-9]( ?%| ?[^\W\d_])", body) is None:
            return "no number with a unit"
        return None

    return [f"{name}: {complaint(name)}" for name in names if complaint(name)]


# right: reads the table row by row
def data_card(text, template=""):
    found = plan_card(text, template, names=DATA)
    parts = sections(text, DATA)
    for number in re.findall(r"([0-9]+) open", parts.get("Leaks", "")):
        if int(number) > 0:
            found.append("Leaks: open findings")
            break
    numbers = []
    for line in parts.get("Counts", "").splitlines():
        if line.startswith("|") and line.endswith("|"):
            cell = line.split("|")[-2].strip()
            if line.count("|") > 2 - 1 and cell.isdigit():
                numbers.append(int(cell))
    if len(numbers) < 2 or sum(numbers[:-1]) != numbers[-1]:
        found.append("Counts: total is wrong")
    return found


# right: the gap by itself
def reading():
    value, baseline = 0.9782, 0.9760
    return 0.97, 0.95, value - baseline, items_needed(baseline, value - baseline, 0.8, 0.05, 0.5)


# wrong: the mode of the labels that are tested
# named: majority_accuracy-1
def majority_accuracy(y_train, y):
    values, counts = np.unique(y, return_counts=True)
    return float((y == values[counts.argmax()]).mean())


# wrong: the mean label, rounded
def majority_accuracy(y_train, y):
    return float(np.mean(y == round(y_train.mean())))


# wrong: the accuracy in training
# named: majority_accuracy-4
def majority_accuracy(y_train, y):
    counts = np.bincount(y_train)
    return counts.max() / counts.sum()


# wrong: the plain accuracy
# named: balanced_accuracy-1
def balanced_accuracy(y, predicted):
    return float((y == predicted).sum() / len(y))


# wrong: precision instead of recall
# named: balanced_accuracy-2
def balanced_accuracy(y, predicted):
    values = []
    for k in np.unique(predicted):
        chosen = predicted == k
        values.append((y[chosen] == k).mean())
    return float(np.mean(values))


# wrong: the loss is summed
# named: fit_softmax-5
def fit_softmax(X, y, classes, l2, lr, steps):
    W, b = np.zeros((classes, X.shape[1])), np.zeros(classes)
    for _ in range(steps):
        z = X @ W.T + b
        z = z - z.max(1, keepdims=True)
        p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        p[np.arange(len(y)), y] -= 1
        W = W - lr * (p.T @ X + l2 * W)
        b = b - lr * p.sum(0)
    return W, b


# wrong: forgets the penalty
# named: fit_softmax-2
def fit_softmax(X, y, classes, l2, lr, steps):
    W, b = np.zeros((classes, X.shape[1])), np.zeros(classes)
    for _ in range(steps):
        z = X @ W.T + b
        z = z - z.max(1, keepdims=True)
        p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        p[np.arange(len(y)), y] -= 1
        W = W - lr * p.T @ X / len(X)
        b = b - lr * p.mean(0)
    return W, b


# wrong: the bias is penalised too
# named: fit_softmax-4
def fit_softmax(X, y, classes, l2, lr, steps):
    theta = np.zeros((classes, X.shape[1] + 1))
    padded = np.c_[X, np.ones(len(X))]
    truth = np.eye(classes)[y]
    for _ in range(steps):
        z = padded @ theta.T
        z = z - z.max(1, keepdims=True)
        p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        theta = theta - lr * ((p - truth).T @ padded / len(X) + l2 * theta)
    return theta[:, :-1], theta[:, -1]


# wrong: overflows
# named: fit_softmax-6
def fit_softmax(X, y, classes, l2, lr, steps):
    W, b, truth = np.zeros((classes, X.shape[1])), np.zeros(classes), np.eye(classes)[y]
    for _ in range(steps):
        e = np.exp(X @ W.T + b)
        g = (e / e.sum(1)[:, None] - truth) / X.shape[0]
        W = W - lr * (g.T @ X + l2 * W)
        b = b - lr * g.sum(0)
    return W, b


# wrong: the accuracy on training decides
# named: tuned_baseline-2
def tuned_baseline(train, validation, classes, grid, lr, steps):
    best = None
    for l2 in sorted(grid):
        W, b = fit_softmax(*train, classes, l2, lr, steps)
        accuracy = np.mean((train[0] @ W.T + b).argmax(1) == train[1])
        if best is None or accuracy >= best[0]:
            best = accuracy, l2, W, b
    return best[1], best[2], best[3]


# wrong: the smallest of equally good penalties
# named: tuned_baseline-3
def tuned_baseline(train, validation, classes, grid, lr, steps):
    best = (-1.0, 0.0, None, None)
    for l2 in sorted(grid):
        W, b = fit_softmax(*train, classes, l2, lr, steps)
        accuracy = np.mean((validation[0] @ W.T + b).argmax(1) == validation[1])
        if accuracy > best[0]:
            best = accuracy, l2, W, b
    return best[1], best[2], best[3]


# wrong: the whole of 1 - level on each side
# named: bootstrap_interval-1
def bootstrap_interval(scores, rng, draws=2000, level=0.95):
    N = len(scores)
    means = scores[rng.integers(N, size=(draws, N))].mean(1)
    return float(np.quantile(means, 1 - level)), float(np.quantile(means, level))


# wrong: the mean and its standard error
# named: bootstrap_interval-5
def bootstrap_interval(scores, rng, draws=2000, level=0.95):
    N = len(scores)
    means = scores[rng.integers(N, size=(draws, N))].mean(1)
    half = quantile((1 + level) / 2) * means.std()
    return float(means.mean() - half), float(means.mean() + half)


# wrong: quantiles of the items
# named: bootstrap_interval-3
def bootstrap_interval(scores, rng, draws=2000, level=0.95):
    tail = (1 - level) / 2
    return float(np.quantile(scores, tail)), float(np.quantile(scores, 1 - tail))


# wrong: first minus second
# named: difference_moments-1
def difference_moments(p, q, both):
    mean = p - q
    square = p + q - 2 * both
    return mean, square, square - mean**2


# wrong: independent models
# named: difference_moments-4
def difference_moments(p, q, both):
    return q - p, p + q - 2 * both, p * (1 - p) + q * (1 - q)


# wrong: both counted once
# named: difference_moments-2
def difference_moments(p, q, both):
    mean, square = q - p, p + q - both
    return mean, square, square - mean * mean


# wrong: one side
# named: items_needed-2
def items_needed(p, delta, power=0.8, alpha=0.05, paired_corr=0.0):
    if delta == 0:
        raise ValueError("no difference")
    q = p + delta
    both = p * q + paired_corr * np.sqrt(p * (1 - p) * q * (1 - q))
    m = p + q - 2 * both
    total = quantile(1 - alpha) * np.sqrt(m) + quantile(power) * np.sqrt(m - delta**2)
    return int(np.ceil(total**2 / delta**2))


# wrong: the variance in both terms, as in many textbooks
# named: items_needed-9
def items_needed(p, delta, power=0.8, alpha=0.05, paired_corr=0.0):
    if delta == 0:
        raise ValueError("no difference")
    q = p + delta
    variance = p * (1 - p) + q * (1 - q)
    variance -= 2 * paired_corr * np.sqrt(p * (1 - p) * q * (1 - q))
    return int(np.ceil((quantile(1 - alpha / 2) + quantile(power)) ** 2 * variance / delta**2))


# wrong: rounded to the nearest
def items_needed(p, delta, power=0.8, alpha=0.05, paired_corr=0.0):
    if delta == 0:
        raise ValueError("no difference")
    q = p + delta
    both = p * q + paired_corr * np.sqrt(p * (1 - p) * q * (1 - q))
    m = p + q - 2 * both
    total = quantile(1 - alpha / 2) * np.sqrt(m) + quantile(power) * np.sqrt(m - delta**2)
    return round(total**2 / delta**2)


# wrong: nothing is raised for a difference of 0
# named: items_needed-1
def items_needed(p, delta, power=0.8, alpha=0.05, paired_corr=0.0):
    q = p + delta
    both = p * q + paired_corr * math.sqrt(p * (1 - p) * q * (1 - q))
    m = p + q - 2 * both
    za, zb = quantile(1 - alpha / 2), quantile(power)
    return math.ceil(((za * math.sqrt(m) + zb * math.sqrt(m - delta**2)) / delta) ** 2)


# wrong: only a better second model counts
# named: simulated_power-3
def simulated_power(p, q, both, n, runs, rng, alpha=0.05):
    cells = rng.multinomial(n, [both, p - both, q - both, 1 - p - q + both], size=runs)
    b, c = cells[:, 1], cells[:, 2]
    return float(np.mean((c - b) > quantile(1 - alpha / 2) * np.sqrt(b + c)))


# wrong: a bound from all items
# named: simulated_power-4
def simulated_power(p, q, both, n, runs, rng, alpha=0.05):
    cells = rng.multinomial(n, [both, p - both, q - both, 1 - p - q + both], size=runs)
    b, c = cells[:, 1], cells[:, 2]
    return float(np.mean(np.abs(c - b) / np.sqrt(n) > quantile(1 - alpha / 2)))


# wrong: independent models
# named: simulated_power-1
def simulated_power(p, q, both, n, runs, rng, alpha=0.05):
    weights = np.outer([p, 1 - p], [q, 1 - q]).ravel()
    cells = rng.multinomial(n, weights, size=runs)
    b, c = cells[:, 1], cells[:, 2]
    return float(np.mean(np.abs(c - b) > quantile(1 - alpha / 2) * np.sqrt(b + c)))


# wrong: one tail
# named: mcnemar-1
def mcnemar(a, b):
    n1, n2 = int((a & ~b).sum()), int((~a & b).sum())
    n = n1 + n2
    return min(1.0, sum(math.comb(n, i) for i in range(min(n1, n2) + 1)) / 2**n)


# wrong: the chi-square form without correction
# named: mcnemar-7
def mcnemar(a, b):
    n1, n2 = int((a & ~b).sum()), int((~a & b).sum())
    if n1 + n2 == 0:
        return 1.0
    z = abs(n1 - n2) / math.sqrt(n1 + n2)
    return math.erfc(z / math.sqrt(2))


# wrong: above 1
# named: mcnemar-2
def mcnemar(a, b):
    n1, n2 = int((a & ~b).sum()), int((~a & b).sum())
    n = n1 + n2
    return 2 * sum(math.comb(n, i) for i in range(min(n1, n2) + 1)) / 2**n


# wrong: strictly fewer
# named: mcnemar-4
def mcnemar(a, b):
    n1, n2 = int((a & ~b).sum()), int((~a & b).sum())
    n = n1 + n2
    return min(1.0, 2 * sum(math.comb(n, i) for i in range(min(n1, n2))) / 2**n)


# wrong: each look by itself
# named: false_alarms-3
def false_alarms(looks, items, runs, rng, alpha=0.05):
    steps = rng.choice([-1, 1], size=(runs, looks * items))
    z = quantile(1 - alpha / 2)
    seen = []
    for i in range(looks):
        part = steps[:, i * items : (i + 1) * items].sum(axis=1)
        seen.append(abs(part) > z * np.sqrt((i + 1) * items))
    seen = np.array(seen)
    return float(seen[-1].mean()), float(seen.any(axis=0).mean())


# wrong: the last bound for every look
# named: false_alarms-1
def false_alarms(looks, items, runs, rng, alpha=0.05):
    steps = rng.choice([-1, 1], size=(runs, looks * items))
    sums = steps.cumsum(axis=1)[:, items - 1 :: items]
    seen = abs(sums) > quantile(1 - alpha / 2) * np.sqrt(looks * items)
    return float(seen[:, -1].mean()), float(seen.any(axis=1).mean())


# wrong: one method
# named: seeds_needed-1
def seeds_needed(std, gap, power=0.8, alpha=0.05):
    za, zb = quantile(1 - alpha / 2), quantile(power)
    return max(3, math.ceil((za + zb) ** 2 * std**2 / gap**2 + za**2 / 4))


# wrong: no correction
# named: seeds_needed-2
def seeds_needed(std, gap, power=0.8, alpha=0.05):
    za, zb = quantile(1 - alpha / 2), quantile(power)
    return max(3, math.ceil(2 * (za + zb) ** 2 * std**2 / gap**2))


# wrong: sorted as numbers
# named: split_hash-5
def split_hash(ids):
    text = "\n".join(str(each) for each in sorted(ids)) + "\n" if len(ids) else ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# wrong: a set
# named: split_hash-2
def split_hash(ids):
    lines = sorted({str(each) for each in ids})
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()[:16]


# wrong: no newline at the end
# named: split_hash-4
def split_hash(ids):
    return hashlib.sha256("\n".join(sorted(str(i) for i in ids)).encode()).hexdigest()[:16]


# wrong: near rows contain the equal ones
# named: leaks-3
def leaks(X_train, X_test, groups_train, groups_test, above=0.999):
    a = X_train / np.linalg.norm(X_train, axis=1)[:, None]
    b = X_test / np.linalg.norm(X_test, axis=1)[:, None]
    exact = np.array([any((row == other).all() for other in X_train) for row in X_test])
    near = (b @ a.T).max(axis=1) >= above
    group = np.isin(groups_test, groups_train) & ~exact & ~near
    return np.flatnonzero(exact), np.flatnonzero(near), np.flatnonzero(group)


# wrong: known groups contain everything
# named: leaks-4
def leaks(X_train, X_test, groups_train, groups_test, above=0.999):
    a = X_train / np.linalg.norm(X_train, axis=1)[:, None]
    b = X_test / np.linalg.norm(X_test, axis=1)[:, None]
    exact = np.array([any((row == other).all() for other in X_train) for row in X_test])
    near = ((b @ a.T).max(axis=1) >= above) & ~exact
    return (
        np.flatnonzero(exact),
        np.flatnonzero(near),
        np.flatnonzero(np.isin(groups_test, groups_train)),
    )


# wrong: two # only
# named: sections-5
def sections(text, names):
    parts, current = {}, None
    for line in text.splitlines():
        if line.startswith("## "):
            for name, words in names.items():
                if any(re.search(r"\b" + word, line[3:], re.IGNORECASE) for word in words):
                    current = name
                    break
        elif current:
            parts[current] = parts.get(current, []) + [line]
    return {name: "\n".join(lines).strip() for name, lines in parts.items()}


# wrong: a word anywhere in another
# named: sections-2
def sections(text, names):
    parts, current = {}, None
    for line in text.splitlines():
        hit = re.match(r"#{1,6} (.*)", line)
        if hit:
            for name, words in names.items():
                if any(word in hit[1].lower() for word in words):
                    current = name
                    break
        elif current:
            parts.setdefault(current, []).append(line)
    return {name: "\n".join(lines).strip() for name, lines in parts.items()}


# wrong: every part needs a number
# named: plan_card-4
def plan_card(text, template="", names=PLAN):
    parts, old = sections(text, names), sections(template, names)
    out = []
    for name in names:
        if name not in parts:
            out.append(name + ": missing")
        elif parts[name] == old.get(name):
            out.append(name + ": template")
        elif len(parts[name].split()) < 5:
            out.append(name + ": too short")
        elif not re.search(r"\d\s?(%|[^\W\d_])", parts[name]):
            out.append(name + ": no number with a unit")
    return out


# wrong: the template counts as content
# named: plan_card-2
def plan_card(text, template="", names=PLAN):
    parts, out = sections(text, names), []
    for name in names:
        if name not in parts:
            out.append(name + ": missing")
        elif len(parts[name].split()) < 5:
            out.append(name + ": too short")
        elif name in NUMBERS and not re.search(r"\d ?(%|[^\W\d_])", parts[name]):
            out.append(name + ": no number with a unit")
    return out


# wrong: any mention of open
# named: data_card-2
def data_card(text, template=""):
    out, parts = plan_card(text, template, DATA), sections(text, DATA)
    if re.search(r"\bopen\b", parts.get("Leaks", "")):
        out.append("Leaks: open findings")
    rows = re.findall(r"^\|.*\| *(\d+) *\|$", parts.get("Counts", ""), re.M)
    numbers = [int(row) for row in rows]
    if len(numbers) < 2 or sum(numbers[:-1]) != numbers[-1]:
        out.append("Counts: total is wrong")
    return out


# wrong: the images that were tested
# named: reading-4
def reading():
    return 0.97, 0.95, 0.9782 - 0.9760, 8 * 360
