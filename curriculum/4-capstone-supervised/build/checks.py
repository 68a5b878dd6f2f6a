"""What is asked of `build`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Arrays are never square and sizes never equal; scores have ties, seeds come in another order, and
groups differ in size, so that a swapped axis or an unweighted mean shows.
"""

import json

import numpy as np

from undergrad.checker import raises, task, within


def whole(rng, low, high):
    """A random whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


# --- 1 and 2: a layer of one's own ----------------------------------------------------------------


@task(1, "has the value and the gradient of the robust loss", keeps_arguments=True)
def robust(code, rng):
    z, y = rng.normal(size=(7, 4)), rng.integers(4, size=7)
    return [code.robust_loss(z, y, float(q)) for q in (0.7, 0.3, 1.0, rng.uniform(0.1, 0.9))]


@task(1, "is the cross-entropy for q = 0", keeps_arguments=True)
def cross_entropy(code, rng):
    z, y = rng.normal(size=(6, 3)), rng.integers(3, size=6)
    near = code.robust_loss(z, y, 1e-3)
    return code.robust_loss(z, y, 0), code.robust_loss(z, y, 0.0), near


@task(1, "survives large scores", keeps_arguments=True)
def large_scores(code, rng):
    z, y = 900 * rng.normal(size=(5, 3)), rng.integers(3, size=5)
    return code.robust_loss(z, y, 0.5), code.robust_loss(z, y, 0)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(x, g):
    p = softmax(x)
    return p * (g - (p * g).sum(axis=-1, keepdims=True))


@task(2, "is almost 0 for a right backward pass", judge=within(0, 1e-5), keeps_arguments=True)
def right_layers(code, rng):
    A = rng.normal(size=(4, 3))
    layers = (
        (softmax, softmax_backward, (3, 4)),
        (np.tanh, lambda x, g: g * (1 - np.tanh(x) ** 2), (5,)),
        (lambda x: x @ A, lambda x, g: g @ A.T, (2, 4)),
        (lambda x: (x**2).sum(), lambda x, g: 2 * g * x, (3, 2, 2)),
    )
    return [code.gradient_error(f, b, rng.normal(size=shape), rng) for f, b, shape in layers]


@task(2, "measures how wrong a backward pass is", keeps_arguments=True)
def wrong_layers(code, rng):
    seed, found = whole(rng, 0, 9999), []
    for f, b, shape in (
        (softmax, lambda x, g: softmax(x) * g, (3, 4)),
        (softmax, lambda x, g: softmax_backward(x, g) * 1.3, (2, 5)),
        (np.tanh, lambda x, g: g * (1 - np.tanh(x)), (6,)),
        (lambda x: x.sum(axis=0), lambda x, g: np.tile(-g, (len(x), 1)), (4, 3)),
        (lambda x: (x**3).sum(), lambda x, g: g * x**2, (2, 3)),
        (np.sin, lambda x, g: 0 * x, (4,)),
    ):
        x = rng.normal(size=shape)
        found.append(code.gradient_error(f, b, x, np.random.default_rng(seed)))
    return found


@task(2, "sees what an upstream gradient of ones hides", keeps_arguments=True)
def beyond_ones(code, rng):
    def blind(x, g):  # right for a gradient of ones: the sum of a softmax never changes
        return softmax(x) * (g - g.mean(axis=-1, keepdims=True))

    seed, found = whole(rng, 0, 9999), []
    for shape in ((4, 5), (2, 3)):
        x = rng.normal(size=shape)
        found.append(code.gradient_error(softmax, blind, x, np.random.default_rng(seed)))
    return found


@task(2, "takes central differences with the eps that it is given", keeps_arguments=True)
def central(code, rng):
    seed, x = whole(rng, 0, 9999), rng.normal(size=(3, 2))
    square = code.gradient_error(
        lambda x: x**2, lambda x, g: 2 * g * x, x, np.random.default_rng(seed), 0.5
    )
    cube, sine = (
        code.gradient_error(f, b, x, np.random.default_rng(seed), eps)
        for f, b, eps in (
            (lambda x: x**3, lambda x, g: 3 * g * x**2, 0.1),
            (np.sin, lambda x, g: g * np.cos(x), 0.3),
        )
    )
    return round(square, 9), cube, sine


@task(2, "is 0 where both gradients are, and not a division by 0")
def flat(code, rng):
    return code.gradient_error(
        lambda x: np.full((2, 3), 4.0), lambda x, g: 0 * x, rng.normal(size=(4,)), rng
    )


# --- 3 and 4: seeds -----------------------------------------------------------------------------


@task(3, "computes the interval of a mean over seeds", keeps_arguments=True)
def over_seeds(code, rng):
    return [code.seed_interval([float(x) for x in rng.random(n)]) for n in (2, 3, 5, 11)]


@task(3, "refuses a single seed", judge=raises(ValueError))
def one_seed(code, rng):
    return code.seed_interval([float(rng.random())])


@task(3, "contains the truth in 95 of 100 cases", judge=within(0.92, 0.98))
def covers(code, rng):
    runs = rng.normal(0.5, 0.1, size=(3000, 3))
    ends = np.array([code.seed_interval(list(run))[1:] for run in runs])
    return float(np.mean((ends[:, 0] <= 0.5) & (ends[:, 1] >= 0.5)))


def scores(rng, seeds, shift=0.0):
    order = [int(each) for each in rng.permutation(seeds)]
    return {seed: float(rng.uniform(0.6, 0.7) + shift) for seed in order}


@task(3, "pairs the scores of each seed, in whatever order they come", keeps_arguments=True)
def pairs(code, rng):
    found = []
    for seeds in ([0, 1, 2], [3, 7, 4, 12, 5]):
        common = dict(zip(seeds, rng.normal(0, 0.03, size=len(seeds)), strict=True))
        ours, theirs = scores(rng, seeds, 0.02), scores(rng, seeds)
        ours = {seed: score + common[seed] for seed, score in ours.items()}
        theirs = {seed: score + common[seed] for seed, score in theirs.items()}
        found += [code.paired_gain(ours, theirs), code.paired_gain(theirs, ours)]
    return found


@task(3, "refuses runs without a partner", judge=raises(ValueError))
def partners(code, rng):
    return code.paired_gain(scores(rng, [0, 1, 2, 3]), scores(rng, [0, 1, 2]))


@task(3, "refuses other seeds, also when they are equally many", judge=raises(ValueError))
def other_seeds(code, rng):
    return code.paired_gain(scores(rng, [0, 1, 2]), scores(rng, [1, 2, 3]))


@task(4, "names the parts that each run changes", keeps_arguments=True)
def changed(code, rng):
    width = whole(rng, 3, 60)
    full = {"loss": "robust", "decay": True, "width": width, "flip": 1, "drop": None}
    runs = {
        "full": full,
        "no decay": {**full, "decay": False},
        "again": dict(full),
        "small": {**full, "width": width + 1, "loss": "plain"},
        "less": {part: full[part] for part in ("loss", "width", "flip", "decay")},
        "more": {**full, "batch": width},
        "other": {**full, "zeta": 1, "alpha": None},
    }
    first, *others = runs
    order = [first, *(others[each] for each in rng.permutation(len(others)))]
    return code.changed_parts({name: runs[name] for name in order}), code.changed_parts({"a": full})


@task(4, "writes the table with means, signs and intervals", keeps_arguments=True)
def table(code, rng):
    seeds = [0, 1, 2, 3]
    runs = {
        name: scores(rng, seeds, shift) for name, shift in (("all", 0), ("b", -0.2), ("a", 0.2))
    }
    two = {"full": scores(rng, [5, 8]), "none": scores(rng, [5, 8])}
    return code.ablation_table(runs), code.ablation_table(two)


# --- 5 and 6: items and epochs ------------------------------------------------------------------


def answers(rng, seeds=4, items=30):
    hard = rng.random(items)
    ours = rng.random((seeds, items)) < 0.6 + 0.4 * hard
    return ours, rng.random(items) < 0.4 + 0.5 * hard


@task(5, "resamples whole groups, and weights them by their items", keeps_arguments=True)
def grouped(code, rng):
    seed, found = whole(rng, 0, 9999), []
    for seeds, items, many in ((3, 30, 9), (5, 41, 12)):
        ours, theirs = answers(rng, seeds, items)
        groups = np.concatenate([np.arange(many), rng.integers(3, size=items - many)])
        groups = 10 * rng.permutation(groups) + 4
        found.append(code.gain_interval(ours, theirs, groups, np.random.default_rng(seed), 200))
    return found


@task(5, "treats items of their own as groups of one, with 1,000 draws as the default")
def single_items(code, rng):
    ours, theirs = answers(rng, 3, 25)
    seed, groups = whole(rng, 0, 9999), rng.permutation(25)
    few = code.gain_interval(ours, theirs, groups, np.random.default_rng(seed), 150)
    return few, code.gain_interval(ours, theirs, groups, np.random.default_rng(seed))


@task(5, "has a negative gain where the baseline is better")
def worse(code, rng):
    ours, theirs = answers(rng, 2, 20)
    groups = rng.integers(6, size=20)
    seed = whole(rng, 0, 9999)
    return code.gain_interval(
        ours & (rng.random(20) < 0.3), theirs, groups, np.random.default_rng(seed)
    )


@task(6, "chooses the epoch of each run on validation, and on test", keeps_arguments=True)
def epochs(code, rng):
    found = []
    for seeds, many in ((3, 7), (5, 4)):
        validation, test = rng.random((seeds, many)), rng.random((seeds, many))
        found.append(code.epoch_scores(validation, test))
    tied = rng.integers(3, size=(6, 9)) / 4
    return [*found, code.epoch_scores(tied, rng.random((6, 9)))]


@task(6, "shows the flattery of the test set, on every seed", judge=within(0.003, 0.05))
def flattery(code, rng):
    gaps = []
    for _ in range(3):
        validation, test = 0.8 + rng.normal(0, 0.0126, size=(2, 40, 20))  # nothing differs
        honest, flattered = code.epoch_scores(validation, test)
        gaps.append(flattered - honest)
    return gaps


# --- 7: errors ----------------------------------------------------------------------------------


@task(7, "lists the wrong answers, those furthest from the truth first", keeps_arguments=True)
def worst(code, rng):
    p = rng.dirichlet((0.7, 0.9, 0.8), size=40)
    y = rng.integers(3, size=40)
    few = rng.dirichlet((1, 1, 1, 1), size=6)
    unsure = np.array([[0.3, 0.36, 0.34], [0.45, 0.4, 0.15], [0.3, 0.34, 0.36], [0.5, 0.42, 0.08]])
    tied = np.array([[0.1, 0.9], [0.9, 0.1], [0.1, 0.9], [0.4, 0.6], [0.1, 0.9], [0.8, 0.2]])
    return [
        code.worst_errors(p, y, 4),
        code.worst_errors(p, y),
        code.worst_errors(few, few.argmin(axis=1), 9),
        code.worst_errors(few, few.argmax(axis=1)),
        code.worst_errors(unsure, np.array([1, 1, 2, 1]), 2),
        code.worst_errors(np.tile(tied, (9, 1)), np.tile([0, 0, 0, 0, 0, 1], 9), 30),
        code.worst_errors(tied, np.array([0, 0, 0, 0, 0, 1]), 3),
    ]


KINDS = ("dark", "turned", "two in one", "wrong label", "cut off", "blurred", "tiny", "odd")


def error_list(rng, kinds, n, head=("item", "true", "predicted", "kind")):
    """A CSV with n errors, some rows that are none, and the columns in a random order."""
    order = [int(each) for each in rng.permutation(len(head))]
    lines = [",".join(head[each] for each in order)]
    for item in range(n):
        kind = kinds[item % len(kinds)]
        if item % 5 == 4:
            kind = f" {kind.upper()}" if item % 2 else f"{kind.title()} "
        truth = whole(rng, 0, 4)
        row = {"item": 3 * item + 1, "true": truth, "predicted": truth + 1, "kind": kind, "by": "x"}
        lines.append(",".join(str(row[head[each]]) for each in order))
        if item % 3 == 1:
            none = {**row, "predicted": truth, "kind": rng.choice(["", "fine"]), "item": 900 + item}
            lines.append(",".join(str(none[head[each]]) for each in order))
    return "\n".join(lines) + "\n"


def ordered(answer):
    counts, complaints = answer
    return list(counts.items()), complaints


@task(7, "counts the kinds, the most frequent first")
def kinds(code, rng):
    some = [KINDS[each] for each in rng.permutation(8)[:5]]
    more = (*some, some[1], some[3], some[3])
    wide = error_list(rng, more, 31, ("by", "item", "kind", "true", "predicted"))
    return [ordered(code.error_kinds(text)) for text in (error_list(rng, some, 20), wide)]


@task(7, "names the errors without a kind, and too many kinds")
def complaints(code, rng):
    holes = ("", *KINDS[:4], "  ")
    texts = (
        error_list(rng, holes, 14),
        error_list(rng, KINDS, 16),
        error_list(rng, KINDS[:7], 15),
        error_list(rng, (*KINDS, ""), 18),
        "item,true,predicted,kind\n",
    )
    return [ordered(code.error_kinds(text)) for text in texts]


# --- 8: cost ------------------------------------------------------------------------------------


def conv(out, kernel, stride=1, padding=0):
    return {"kind": "conv", "out": out, "kernel": kernel, "stride": stride, "padding": padding}


@task(8, "counts the cost of dense layers", keeps_arguments=True)
def dense(code, rng):
    widths = [whole(rng, 3, 40) for _ in range(3)]
    layers = []
    for width in widths:
        layers += [{"kind": "linear", "out": width}, {"kind": "norm"}, {"kind": "relu"}]
    found = [code.forward_cost(layers[:n], (whole(rng, 5, 50),)) for n in (1, 2, 3, 9)]
    return [*found, code.forward_cost([], (4,))]


@task(8, "counts convolutions, poolings and what follows them", keeps_arguments=True)
def convolutions(code, rng):
    a, b = whole(rng, 3, 9), whole(rng, 10, 16)
    layers = [
        conv(a, 3, 1, 2), {"kind": "norm"}, {"kind": "relu"}, {"kind": "pool", "kernel": 2},
        conv(b, 5, 2, 1), {"kind": "relu"}, {"kind": "pool", "kernel": 3}, {"kind": "flatten"},
        {"kind": "linear", "out": 7},
    ]  # fmt: skip
    shape = (whole(rng, 1, 4), whole(rng, 29, 33), whole(rng, 40, 47))
    return [code.forward_cost(layers[:n], shape) for n in (1, 2, 4, 5, 7, 8, 9)]


@task(8, "refuses a linear layer on rows and columns", judge=raises(ValueError))
def unflattened(code, rng):
    return code.forward_cost([conv(3, 3), {"kind": "linear", "out": 4}], (1, 8, 9))


@task(8, "computes operations and memory of a training")
def training(code, rng):
    return [code.training_cost(*(whole(rng, 10, 9000) for _ in range(5))) for _ in range(3)]


# --- 9 and 10: rerun, and the reading -----------------------------------------------------------


def results(rng, seeds, shift=0.0, noise=0.01):
    values = {str(seed): float(0.8 + shift + noise * rng.normal()) for seed in seeds}
    return json.dumps(
        {"value": sum(values.values()) / len(values), "seeds": values, "baseline": 0.7}
    )


@task(9, "records what a second person found")
def recorded(code, rng):
    claim = results(rng, (0, 1, 2))
    shuffled = json.loads(claim)
    shuffled["seeds"] = dict(reversed(shuffled["seeds"].items()))
    cases = (claim, json.dumps(shuffled), results(rng, (2, 0, 1)), results(rng, (0, 1, 2), -0.3))
    return [
        code.rerun_record(claim, again, "M. Ito", f"2026-11-{10 + n}")
        for n, again in enumerate(cases)
    ]


@task(9, "counts the ends of the interval as inside")
def ends(code, rng):
    same = {"value": 0.75, "seeds": {"0": 0.75, "1": 0.75, "4": 0.75}}
    other = {"value": 0.7500001, "seeds": {"0": 0.75, "1": 0.75, "4": 0.7500003}}
    claim = json.dumps(same)
    return [code.rerun_record(claim, json.dumps(each), "A", "B") for each in (same, other)]


@task(9, "refuses a rerun with other seeds", judge=raises(ValueError))
def rerun_seeds(code, rng):
    return code.rerun_record(results(rng, (0, 1, 2)), results(rng, (0, 1, 3)), "A", "2026-01-02")


@task(9, "finds a record or a claim that was changed, and one outside")
def changes(code, rng):
    claim, seeds = results(rng, (0, 1, 2)), (0, 1, 2)
    good = code.rerun_record(claim, results(rng, seeds, 0, 0.001), "Ada", "2026-11-02")
    off = code.rerun_record(claim, results(rng, seeds, 0.4), "Ada", "2026-11-02")
    cases = [
        (good, claim),
        (dict(reversed(good.items())), claim),
        ({**good, "person": "Bob"}, claim),
        (good, results(rng, seeds)),
        (off, claim),
        ({**off, "inside": True}, claim),
        ({**off, "day": "2026-11-03"}, results(rng, seeds)),
        ({name: value for name, value in good.items() if name != "digest"}, claim),
        ({**good, "digest": good["digest"].upper() + "0"}, claim),
    ]
    return [code.rerun_problems(record, text) for record, text in cases]


@task(10, "reads the record of the project that failed")
def read(code, rng):
    return code.reading()
