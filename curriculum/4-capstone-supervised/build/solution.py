"""A project from its baseline to a claim: one layer of your own, and the tools that keep it honest.

Scores are fractions from 0 to 1, and higher is better. A seed decides the first weights and the
order of the examples of a run, never the split; two runs with the same seed are a pair.

A small network with its training loop, the quantiles of Student's t and the record of a project
that failed are given. `undergrad check build` runs your functions, and then looks at your own
capstone: whether it runs, and whether it is yours.

Letters: N examples or test items, D features, K classes, S seeds, E epochs, G groups.
"""

import csv
import hashlib
import json
import math

import numpy as np

# --- given --------------------------------------------------------------------------------------

# T[n]: 97.5% of Student's t distribution with n degrees of freedom lie below it.
T = (math.nan, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
SIDE = 14  # rows, and columns, of an image


def train(X, y, seed, loss, flip=True, decay=True, steps=600, lr=0.01, watch=None):
    """Trains a network with one hidden layer by Adam, and gives its parameters.

    X: (N, 196), float32.   y: (N,).   loss(z, y) gives the loss and its gradient by the scores z.
    flip: every second batch is flipped.   decay: the learning rate falls linearly to 0.
    watch: called with the parameters after every 30 steps, which are about one epoch.
    """
    hidden, batch = 64, 128
    rng, D, small = np.random.default_rng(seed), X.shape[1], np.float32
    scales = ((D, hidden, 2 / D), (hidden, 10, 1 / hidden))
    W1, W2 = (rng.normal(size=(i, o)).astype(small) * small(s**0.5) for i, o, s in scales)
    params = [W1, np.zeros(hidden, small), W2, np.zeros(10, small)]
    mean, square = ([np.zeros_like(each) for each in params] for _ in range(2))
    for step in range(steps):
        rows = rng.integers(len(X), size=batch)
        x = X[rows]
        if flip and step % 2:
            x = x.reshape(-1, SIDE, SIDE)[:, :, ::-1].reshape(batch, D)
        h = np.maximum(x @ params[0] + params[1], 0)
        g = loss(h @ params[2] + params[3], y[rows])[1].astype(small)
        g_h = (g @ params[2].T) * (h > 0)
        rate = small(lr * (1 - step / steps) if decay else lr)
        for k, grad in enumerate((x.T @ g_h, g_h.sum(axis=0), h.T @ g, g.sum(axis=0))):
            mean[k] += small(0.1) * (grad - mean[k])
            square[k] += small(0.01) * (grad * grad - square[k])
            params[k] -= rate * mean[k] / (np.sqrt(square[k]) + small(1e-6))
        if watch and step % 30 == 29:
            watch(params)
    return params


def scores_of(params, X):
    """The scores of the classes, (N, 10), by a trained network."""
    W1, b1, W2, b2 = params
    return np.maximum(X @ W1 + b1, 0) @ W2 + b2


# The notebook of a project that failed, in its own words and numbers.
FAILED = """
## Baseline
Nearest neighbour: 0.480 of the 1,000 test images.

## Evaluation
Seeds 0, 1, 2. The seed also draws the split.
Each network is kept at the epoch with the best score on the test images: 0.834, 0.834, 0.825.
At the epochs with the best score on the validation images, they have: 0.830, 0.834, 0.810.
The network beats the baseline by 35 points.

## Ablation
with everything: 0.831   (robust loss, flip, decay)
plain: 0.813             (cross-entropy, flip, no decay)
So the robust loss is worth 1.8 points.

## Notes
With 15 neighbours instead of one, the vote is right on 0.793.
"""

# --- yours --------------------------------------------------------------------------------------


def robust_loss(z, y, q):
    """The generalised cross-entropy, which wrong labels disturb less, and its gradient by z.

    With the softmax probability p of the true class, the loss of an example is (1 - p^q) / q, and
    -log p for q = 0; `loss` is the mean over the examples (Zhang and Sabuncu, 2018).
    z: (N, K), scores of any size.   y: (N,), the classes.   q: from 0 to 1.
    Returns: loss, float, gradient (N, K)
    """
    # TODO 1: log-probabilities first; derive the gradient on paper
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    of_truth = log_p[np.arange(len(y)), y]
    losses = -np.expm1(q * of_truth) / q if q else -of_truth
    error = np.exp(log_p) - np.eye(z.shape[1])[y]
    return float(losses.mean()), np.exp(q * of_truth)[:, None] * error / len(y)


def gradient_error(forward, backward, x, rng, eps=1e-6):
    """How far a layer's backward pass is from central differences, relative to its size.

    forward(x): an array of any shape.   backward(x, g): the gradient by x, of the shape of x, when
    the gradient by the output is g. The check draws g by rng.normal(size=...) in the shape of the
    output, and compares with the differences of sum(g * forward(x)), in which each entry of x is
    moved by eps up and down. The largest difference is divided by the largest entry, in size, of
    both gradients; where both are 0 everywhere, the error is 0.
    Returns: error, float
    """
    # TODO 2: a random upstream gradient, then one central difference for each entry
    g = rng.normal(size=np.shape(forward(x)))
    analytic, numeric = backward(x, g), np.zeros_like(x)
    for place in np.ndindex(x.shape):
        moved = np.zeros_like(x)
        moved[place] = eps
        numeric[place] = np.sum(g * (forward(x + moved) - forward(x - moved))) / (2 * eps)
    size = max(abs(analytic).max(), abs(numeric).max())
    return float(abs(analytic - numeric).max() / size) if size else 0.0


def seed_interval(values):
    """The 95% interval of a mean over seeds, by Student's t.

    values: one score for each seed, from 2 to 11 of them. The half width is T[S - 1] times the
    standard deviation, with S - 1 in its denominator, over the square root of S.
    Fewer than 2 raise ValueError: one seed does not show how much they vary.
    Returns: mean, float, low, float, high, float
    """
    # TODO 3: mean, standard deviation, half width
    if len(values) < 2:
        raise ValueError("an interval takes at least 2 seeds")
    mean, n = float(np.mean(values)), len(values)
    half = T[n - 1] * float(np.std(values, ddof=1)) / math.sqrt(n)
    return mean, mean - half, mean + half


def paired_gain(ours, theirs):
    """By how much ours is better than theirs: mean and 95% interval of the differences by seed.

    ours, theirs: {seed: score}, in any order. Other seeds in one of them than in the other raise
    ValueError, since there would be runs without a partner.
    Returns: gain, float, low, float, high, float
    """
    # TODO 3: one difference for each seed, then `seed_interval`
    if set(ours) != set(theirs):
        raise ValueError("both need the same seeds")
    return seed_interval([ours[seed] - theirs[seed] for seed in ours])


def changed_parts(settings):
    """What each run of an ablation changes in comparison with the first.

    settings: {name of a run: {part: value}}; the first run is the full one. A part that only one
    of both has counts as changed.
    changed: for each other run a list with the names of its changed parts, sorted.
    Returns: changed, dict
    """
    # TODO 4: compare the value of every part that one of both has
    full, *others = settings.values()
    _, *names = settings
    return {
        name: sorted(
            part
            for part in {*full, *other}
            if (part in full) != (part in other) or full[part] != other[part]
        )
        for name, other in zip(names, others, strict=True)
    }


def ablation_table(runs):
    """The table of an ablation in Markdown, one line for each run, each ending with a newline.

        | run | mean | against the first |
        |---|---|---|
        | full | 0.824 | |
        | no flip | 0.830 | +0.006 (-0.003 to +0.015) |

    runs: {name: {seed: score}}, the full one first. The last column has `paired_gain` over the
    first run, with signs; all numbers have three decimals.
    Returns: table, str
    """
    # TODO 4: the head, then one line for each run
    first = next(iter(runs))
    lines = ["| run | mean | against the first |", "|---|---|---|"]
    for name, scores in runs.items():
        gain, low, high = paired_gain(scores, runs[first])
        last = "" if name == first else f" {gain:+.3f} ({low:+.3f} to {high:+.3f})"
        lines.append(f"| {name} | {np.mean(list(scores.values())):.3f} |{last} |")
    return "".join(f"{line}\n" for line in lines)


def gain_interval(ours, theirs, groups, rng, draws=1000):
    """By how much ours is better on the test items, with a 95% interval that respects groups.

    ours: (S, N), whether each of S networks is right on each item.   theirs: (N,), the same for
    the baseline.   groups: (N,), numbers; items of one group belong together, such as the copies of
    one image. The difference of an item is the mean of its column minus theirs.
    The rows of rng.integers(G, size=(draws, G)) say which groups each resample holds, counted in
    rising order of their numbers. The mean of a resample is over the items of its groups, and low
    and high cut off 2.5% of these means on each side, by `np.quantile`.
    Returns: gain, float, low, float, high, float
    """
    # TODO 5: sum and number of items in each group, then resample those
    gains = ours.mean(axis=0) - theirs
    _, group = np.unique(groups, return_inverse=True)
    sums, sizes = np.bincount(group, gains), np.bincount(group)
    rows = rng.integers(len(sums), size=(draws, len(sums)))
    means = sums[rows].sum(axis=1) / sizes[rows].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(gains.mean()), float(low), float(high)


def epoch_scores(validation, test):
    """The experiment: the test score at an epoch chosen honestly, and chosen on the test set.

    validation, test: (S, E), the score of each run after each epoch. Of equally good epochs, the
    first is chosen, for each run by itself.
    honest: the mean test score at the best epochs on validation.   flattered: at those on test.
    Returns: honest, float, flattered, float
    """
    # TODO 6: which column does each row choose?
    chosen = validation.argmax(axis=1)
    honest = test[np.arange(len(test)), chosen]
    return float(honest.mean()), float(test.max(axis=1).mean())


def worst_errors(p, y, n=10):
    """The n wrong answers that are furthest from the truth.

    p: (N, K), probabilities.   y: (N,), the true classes. A prediction is the class with the
    largest probability; of the wrong ones, those with the smallest probability of the truth come
    first, equal ones in the order of their rows.
    At most n of them.
    Returns: rows (...)
    """
    # TODO 7: only the wrong ones, sorted by the probability of the truth
    wrong = np.nonzero(p.argmax(axis=1) != y)[0]
    return wrong[np.argsort(p[wrong, y[wrong]], kind="stable")][:n]


def error_kinds(text):
    """How many errors there are of each kind, and what is wrong with the list.

    text: a CSV with a head; the columns item, true, predicted and kind are among its columns.
    Rows whose prediction is true are no errors and do not count. "Dark " and "dark" are one kind:
    without spaces at its ends, and in small letters.
    counts: the most frequent kind first, equally frequent ones in the order of the alphabet.
    complaints: "item 12: no kind" for every error without one, in order, and then "8 kinds: at
    most 7" if there are that many.
    Returns: counts, dict, complaints, list
    """
    # TODO 7: csv.DictReader(text.splitlines()); count, sort, complain
    counts, complaints = {}, []
    for row in csv.DictReader(text.splitlines()):
        if row["true"] == row["predicted"]:
            continue
        kind = row["kind"].strip().lower()
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
        else:
            complaints.append(f"item {row['item']}: no kind")
    if len(counts) > 7:
        complaints.append(f"{len(counts)} kinds: at most 7")
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0]))), complaints


def forward_cost(layers, shape):
    """What one example costs in the forward pass, from the shapes alone.

    layers: dicts in order, with a kind: {"kind": "linear", "out": 64}, {"kind": "conv", "out": 8,
    "kernel": 3, "stride": 1, "padding": 1}, {"kind": "pool", "kernel": 2}, {"kind": "norm"},
    {"kind": "relu"} and {"kind": "flatten"}. linear and conv have biases; norm has two parameters
    for each channel; pool moves by its kernel and drops what is left over at the edge.
    shape: of one example, (features,) or (channels, rows, columns).
    flops: two for each multiplication of linear and conv; additions of biases and all other
    layers are not counted.   activations: the numbers that all layers but flatten give out.
    A linear layer that is given rows and columns raises ValueError.
    Returns: parameters, int, flops, int, activations, int
    """
    # TODO 8: for each layer, the new shape first, then what it costs
    parameters = flops = activations = 0
    for layer in layers:
        kind, channels = layer["kind"], shape[0]
        if kind == "linear":
            if len(shape) > 1:
                raise ValueError(f"a linear layer was given {shape}: flatten first")
            shape, weights = (layer["out"],), channels * layer["out"]
        elif kind == "conv":
            k, s, p = layer["kernel"], layer["stride"], layer["padding"]
            shape = (layer["out"], *((side + 2 * p - k) // s + 1 for side in shape[1:]))
            weights = channels * k * k * layer["out"]
        elif kind == "pool":
            shape = (channels, *(side // layer["kernel"] for side in shape[1:]))
        elif kind == "flatten":
            shape = (math.prod(shape),)
        if kind in ("linear", "conv"):
            parameters += weights + layer["out"]
            flops += 2 * weights * math.prod(shape[1:])
        parameters += 2 * channels if kind == "norm" else 0
        activations += 0 if kind == "flatten" else math.prod(shape)
    return parameters, flops, activations


def training_cost(parameters, flops, activations, examples, batch):
    """What a training costs: operations, and bytes of memory at its peak.

    examples: how many examples pass through, all epochs together. The backward pass costs twice
    the forward pass. In memory are the parameters, their gradients, the two averages of Adam, and
    the activations of one batch, all with 4 bytes each.
    Returns: operations, int, bytes, int
    """
    # TODO 8: two lines
    return 3 * flops * examples, 4 * (4 * parameters + batch * activations)


def rerun_record(claim, again, person, day):
    """The record of a second person who ran the project again.

    claim, again: the texts of two results.json, with "value" and "seeds" {seed: score}.
    The record has person and day as given; claimed and again, the two values; largest, the largest
    difference over the seeds, in size; inside, whether `again` lies in the `seed_interval` of the
    claimed seeds, ends included; and digest. Other seeds raise ValueError.
    digest: the first 16 hexadecimal digits of the SHA-256 of json.dumps(record, sort_keys=True)
    before it has one.
    Returns: record, dict
    """
    # TODO 9: read both, compare, and seal
    ours, theirs = json.loads(claim), json.loads(again)
    if set(ours["seeds"]) != set(theirs["seeds"]):
        raise ValueError("the rerun has other seeds than the claim")
    _, low, high = seed_interval(list(ours["seeds"].values()))
    record = {
        "person": person,
        "day": day,
        "claimed": ours["value"],
        "again": theirs["value"],
        "largest": max(abs(ours["seeds"][s] - theirs["seeds"][s]) for s in ours["seeds"]),
        "inside": low <= theirs["value"] <= high,
    }
    return {**record, "digest": _digest(record)}


def _digest(record):  # solution only
    text = json.dumps(record, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def rerun_problems(record, claim):
    """Why a record does not support a claim; nothing when it does.

    record: as `rerun_record` gave it, perhaps changed since.   claim: the text of results.json.
    Problems in this order: "the record was changed" when its digest is not that of the rest, "the
    claim was changed" when its value differs from the one claimed in the record, "outside the
    interval" when the record says so.
    Returns: problems, list
    """
    # TODO 9: the digest of everything but the digest
    rest = {name: value for name, value in record.items() if name != "digest"}
    found = {
        "the record was changed": record.get("digest") != _digest(rest),
        "the claim was changed": record["claimed"] != json.loads(claim)["value"],
        "outside the interval": not record["inside"],
    }
    return [problem for problem, holds in found.items() if holds]


def reading():
    """The reading: what FAILED claims, and what its own numbers leave of it.

    claimed: by how much the mean of its three scores beats its baseline.
    flattery: the mean by which choosing the epoch on the test images raises the score.
    honest: by how much the honestly chosen epochs beat the best baseline that it has scored.
    parts: how many parts its ablation changes at once.
    Returns: claimed, float, flattery, float, honest, float, parts, int
    """
    # TODO 10: three means and two baselines
    best, fair = np.mean([0.834, 0.834, 0.825]), np.mean([0.830, 0.834, 0.810])
    return float(best) - 0.480, float(best - fair), float(fair) - 0.793, 2
