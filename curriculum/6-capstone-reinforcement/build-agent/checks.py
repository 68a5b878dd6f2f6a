"""What is asked of `build-agent`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Sizes are never equal and never 2; several boats share a view, scores have ties, seeds come in
another order, and worlds are small enough to run in milliseconds.
"""

import numpy as np

from undergrad.checker import raises, task, within


def whole(rng, low, high):
    """A random whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


# --- 1: the learner -------------------------------------------------------------------------------


def batch_of(rng, views, boats):
    """Random experience in which several boats share a view, and some trips end with a reward."""
    s, next_s = rng.integers(views, size=(2, boats))
    ended = rng.random(boats) < 0.4
    ended[:2] = True, False
    reward = np.where(rng.random(boats) < 0.5, rng.uniform(0.5, 2, size=boats), 0.0)
    return s, rng.integers(3, size=boats), reward, ended, next_s


def tables(rng, views, size=1.0):
    return size * rng.normal(size=(views, 3)), rng.normal(size=views)


@task(1, "computes the TD errors, and nothing follows a trip that has ended", keeps_arguments=True)
def td_errors(code, rng):
    z, v = tables(rng, 9)
    return code.learn(z, v, batch_of(rng, 9, 14), 0.1)[2]


@task(1, "moves the values of what was seen", keeps_arguments=True)
def value_table(code, rng):
    z, v = tables(rng, 5)
    batch = batch_of(rng, 5, 17)
    rate = float(rng.uniform(0.3, 0.6))
    return code.learn(z, v, batch, 0.7)[1], code.learn(z, v, batch, 0.7, value_lr=rate)[1]


@task(1, "moves the logits by the gradient of the policy", keeps_arguments=True)
def policy_table(code, rng):
    z, v = tables(rng, 6)
    return code.learn(z, v, batch_of(rng, 6, 19), float(rng.uniform(0.4, 2)), ent_coef=0.0)[0]


@task(1, "adds the gradient of the entropy", keeps_arguments=True)
def with_entropy(code, rng):
    z, v = tables(rng, 6)
    batch = batch_of(rng, 6, 13)
    return code.learn(z, v, batch, 1.3, 0.8)[0], code.learn(z, v, batch, 1.3)[0]


@task(1, "survives logits of any size", keeps_arguments=True)
def large_logits(code, rng):
    z, v = tables(rng, 4, 900)
    return code.learn(z, v, batch_of(rng, 4, 11), 0.5, 0.3)


# --- 2 and 3: evaluation --------------------------------------------------------------------------


@task(2, "plays greedily, each river as often as it should", keeps_arguments=True)
def played(code, rng):
    rocks = code.make_rivers(3, whole(rng, 0, 9999))
    found = []
    for view, trips in ((code.nearby(rocks), 5), (code.on_the_map(rocks), 4)):
        z = rng.normal(size=(code.VIEWS, 3))
        found.append(code.evaluate(z, rocks, view, trips, whole(rng, 0, 9999)))
    return found


@task(2, "takes the first of equally good actions, and counts rows")
def tied(code, rng):
    rocks = code.make_rivers(4, whole(rng, 0, 9999))
    z = rng.integers(2, size=(code.VIEWS, 3)) / 2
    few = np.zeros((1, code.LONG, code.WIDE), bool)
    few[0, 5] = True  # nobody passes more than four rows
    calm = code.evaluate(z, few & False, code.nearby(few), 7, whole(rng, 0, 9999))
    at_once = np.zeros((1, code.LONG, code.WIDE), bool)
    at_once[0, 1] = True
    seed = whole(rng, 0, 9999)
    return [
        code.evaluate(z, rocks, code.nearby(rocks), 6, seed),
        code.evaluate(z, few, code.nearby(few), 3, seed),
        code.evaluate(z, at_once, code.nearby(at_once), 3, seed),
        calm,
    ]


@task(2, "gives the same trips for the same seed, whatever was drawn before")
def own_generator(code, rng):
    rocks = code.make_rivers(3, 5)
    z, seed = code.rule(), whole(rng, 0, 9999)
    first = code.evaluate(z, rocks, code.nearby(rocks), 4, seed)
    np.random.seed(whole(rng, 0, 9999))
    other = code.evaluate(z, rocks, code.nearby(rocks), 4, seed + 1)
    again = code.evaluate(z, rocks, code.nearby(rocks), 4, seed)
    return first, other, again


def outcomes(rng, seeds, checkpoints, trips):
    return rng.random((seeds, checkpoints, trips)) < rng.uniform(0.3, 0.7, (seeds, checkpoints, 1))


@task(3, "picks a checkpoint of each seed, and scores it on other trips", keeps_arguments=True)
def checkpoints(code, rng):
    found = []
    for seeds, many in ((3, 7), (5, 4)):
        three = (outcomes(rng, seeds, many, trips) for trips in (11, 9, 13))
        found.append(code.picked(*three))
    ties = (rng.random((6, 5, 3)) < 0.5 for _ in range(3))
    return [*found, code.picked(*ties)]


@task(3, "shows the bias, on every seed", judge=within(0.05, 0.18))
def bias(code, rng):
    alike = (rng.random((60, 20, 50)) < 0.5 for _ in range(3))  # no checkpoint is better
    honest, flattered, again = code.picked(*alike)
    return flattered - honest, flattered - again


# --- 4 to 6: bar, ablation, sweep -----------------------------------------------------------------


def player_scores(rng, seeds, rivers):
    easy = rng.uniform(0.2, 0.8, size=rivers)
    scores = easy + 0.1 * rng.normal(size=(seeds, rivers)) + 0.2 * rng.normal(size=(seeds, 1))
    return scores, easy - 0.05 + 0.1 * rng.normal(size=rivers)


@task(4, "resamples whole agents and whole rivers", keeps_arguments=True)
def both_resampled(code, rng):
    found = []
    for seeds, rivers, draws in ((5, 12, 150), (9, 7, 80), (3, 4, 60)):
        scores, bar = player_scores(rng, seeds, rivers)
        seed = whole(rng, 0, 9999)
        found.append(code.over_bar(scores, bar, np.random.default_rng(seed), draws))
    return found


@task(4, "takes the interquartile mean over the agents, and 1,000 draws by default")
def middle_half(code, rng):
    scores, bar = player_scores(rng, 8, 5)
    scores[3] -= 40.0  # an agent that collapsed
    seed = whole(rng, 0, 9999)
    few = code.over_bar(scores, bar, np.random.default_rng(seed), 90)
    return few, code.over_bar(scores, bar, np.random.default_rng(seed))


def by_seed(rng, seeds, shift=0.0):
    order = [int(each) for each in rng.permutation(seeds)]
    return {seed: float(rng.uniform(0.4, 0.6) + shift) for seed in order}


@task(5, "writes each row beside the full agent, with its sentence", keeps_arguments=True)
def ablation(code, rng):
    seeds = [0, 3, 7, 4]
    runs = {name: by_seed(rng, seeds, s) for name, s in (("all", 0), ("b", -0.2), ("a", 0.1))}
    says = {"a": "It seems to harm.", "b": " Without it, much is lost. "}
    two = {"full": by_seed(rng, [5, 8]), "none": by_seed(rng, [5, 8])}
    alone = {"full": by_seed(rng, [5, 8, 9])}
    return [
        code.ablation_record(runs, says),
        code.ablation_record(two, {"none": "x", "full": "y"}),
        code.ablation_record(alone, {}),
    ]


@task(5, "refuses a row without a sentence", judge=raises(ValueError))
def no_sentence(code, rng):
    runs = {name: by_seed(rng, [0, 1, 2]) for name in ("full", "a", "b")}
    return code.ablation_record(runs, {"a": "It matters."})


@task(5, "refuses a blank sentence", judge=raises(ValueError))
def blank_sentence(code, rng):
    runs = {name: by_seed(rng, [0, 1, 2]) for name in ("full", "a")}
    return code.ablation_record(runs, {"a": "  "})


@task(5, "refuses a row with a seed less", judge=raises(ValueError))
def dropped_seed(code, rng):
    runs = {"full": by_seed(rng, [0, 1, 2, 3]), "a": by_seed(rng, [0, 1, 2])}
    return code.ablation_record(runs, {"a": "It matters."})


def sweep_of(rng, values, seeds=(0, 1, 2)):
    return {value: by_seed(rng, list(seeds)) for value in values}


@task(6, "reports every value, and the chosen one on other seeds", keeps_arguments=True)
def sweep(code, rng):
    found = []
    for values, best in (
        ((0.1, 0.3, 1.0, 3.0), 1.0),
        ((5, 1, 3), 5),
        ((1, 2, 4), 4),
        ((2, 9, 5), 9),
    ):
        tuning = sweep_of(rng, values)
        tuning[best] = {seed: score + 0.4 for seed, score in tuning[best].items()}
        again = {value: by_seed(rng, [10, 11, 12, 13]) for value in values}
        found.append(code.sweep_record(tuning, again.__getitem__))
    uneven = {1: {0: 0.2, 1: 0.9, 2: 0.8}, 2: {0: 0.5, 1: 0.5, 2: 0.6}, 3: {0: 0.1, 1: 0.2, 2: 0.3}}
    found.append(code.sweep_record(uneven, lambda value: {7: value / 10}))
    same = by_seed(rng, [0, 1, 2])
    low = {seed: score - 0.3 for seed, score in same.items()}
    tied = {3: low, 7: dict(same), 5: dict(same), 9: low}
    return [*found, code.sweep_record(tied, lambda value: {4: value / 10, 6: 0.5})]


@task(6, "runs the chosen value once, and no other")
def calls(code, rng):
    asked = []

    def rerun(value):
        asked.append(value)
        return {20: 0.5, 21: 0.25}

    code.sweep_record(sweep_of(rng, ("a", "b", "c", "d")), rerun)
    return asked


def high_and_low(rng):
    """A sweep whose first value is chosen; each value has seeds of its own."""
    return {1: by_seed(rng, [0, 1, 2], 0.4), 2: by_seed(rng, [3, 4, 5])}


@task(6, "refuses a new run with a seed of the chosen value", judge=raises(ValueError))
def chosen_seed(code, rng):
    return code.sweep_record(high_and_low(rng), lambda value: {9: 0.5, whole(rng, 0, 2): 0.5})


@task(6, "refuses a new run with a seed of any other value", judge=raises(ValueError))
def other_seed(code, rng):
    return code.sweep_record(high_and_low(rng), lambda value: {9: 0.5, whole(rng, 3, 5): 0.5})


# --- 7 and 8: resume and diagnosis ----------------------------------------------------------------


def nudge(z, v, batch, lr):
    """A learner of the check's own, so that this task does not depend on task 1."""
    s, a, reward, ended, next_s = batch
    td_error = reward + np.where(ended, 0.0, v[next_s]) - v[s]
    z, v = z.copy(), v.copy()
    np.add.at(z, (s, a), lr * td_error)
    np.add.at(v, s, 0.1 * td_error + 0.01 * lr)
    return z, v, td_error


def state(run):
    return [run.z, run.v, run.which, run.row, run.at, run.done, run.rng.random(3), type(run.done)]


@task(7, "goes on as if nothing had happened, to the last bit")
def interrupted(code, rng):
    found = []
    for boats, before, after in ((7, 41, 60), (10, 80, 33)):
        rocks = code.make_rivers(5, whole(rng, 0, 9999))
        view, seed = code.nearby(rocks), whole(rng, 0, 9999)
        whole_run, run = (code.Run(rocks, view, seed, boats) for _ in range(2))
        whole_run.advance(nudge, before + after, total=150)
        run.advance(nudge, before, total=150)
        text = code.snapshot(run)
        run.advance(nudge, 17, total=150)  # what comes after does not change what was written
        other = code.resume(text, rocks, view)
        other.advance(nudge, after, total=150)
        same = zip(state(whole_run)[:-1], state(other)[:-1], strict=True)
        found.append([bool(np.array_equal(a, b)) for a, b in same])
    return found


@task(7, "writes JSON with the names of the run, and reads it again")
def written(code, rng):
    import json

    rocks = code.make_rivers(3, whole(rng, 0, 9999))
    view = code.nearby(rocks)
    run = code.Run(rocks, view, whole(rng, 0, 9999), 5)
    run.advance(nudge, 25)
    text = code.snapshot(run)
    saved = json.loads(text)
    again = code.resume(text, rocks, view)
    names = sorted(saved)
    return names, saved["done"], saved["which"], again.done, again.at, again.z, again.rng.random(2)


@task(7, "leaves the run that it writes down as it was")
def undisturbed(code, rng):
    rocks = code.make_rivers(3, whole(rng, 0, 9999))
    run = code.Run(rocks, code.nearby(rocks), whole(rng, 0, 9999), 6)
    run.advance(nudge, 20)
    code.snapshot(run)
    other = code.resume(code.snapshot(run), rocks, run.view)
    other.advance(nudge, 30)
    return run.z, run.v, run.at, run.row, run.done, run.rng.random(2)


@task(8, "measures entropy, divergence, error and explained variance", keeps_arguments=True)
def measured(code, rng):
    found = []
    for views, boats, size in ((6, 11, 0.5), (4, 15, 2.0)):
        old = rng.normal(size=(views, 3))
        new = old + size * rng.normal(size=(views, 3))
        s = rng.integers(views - 1, size=boats)
        value = rng.normal(size=boats)
        found.append(code.log_row(old, new, s, value, 0.6 * rng.normal(size=boats) + 0.3))
    return found


@task(8, "survives logits of any size", keeps_arguments=True)
def sure(code, rng):
    old, new = 900 * rng.normal(size=(2, 5, 3))
    return code.log_row(old, new, rng.integers(5, size=7), rng.normal(size=7), rng.normal(size=7))


@task(8, "explains nothing where all targets are equal")
def constant(code, rng):
    old = rng.normal(size=(4, 3))
    s, value = rng.integers(4, size=8), np.array([0.0, 1, 2, 0, 1, 2, 3, 1])
    return code.log_row(old, old.copy(), s, value, 1.5 - value)


def healthy(rng, n):
    """A log in which nothing stands out, with numbers not far from their bounds."""
    return [
        {
            "entropy": float(rng.uniform(0.3, 1.0)) if k else 1.05,
            "kl": float(rng.uniform(0.02, 0.09)),
            "td_error": float(rng.uniform(0.1, 0.4)),
            "explained": float(rng.uniform(0.1, 0.6)),
            "score": float(rng.uniform(0.26, 0.4)),
            "value": float(rng.uniform(0.3, 0.45)),
        }
        for k in range(n)
    ]


def with_column(log, name, values):
    return [{**row, name: float(value)} for row, value in zip(log, values, strict=True)]


FAULTS = (
    ("score", lambda n, rng: np.where(np.arange(n) < n - 1, 0.45, 0.2)),
    ("score", lambda n, rng: np.where(np.arange(n) == 1, 0.45, 0.235)),  # above half
    ("score", lambda n, rng: np.where(np.arange(n) == n // 2, 0.1, 0.3)),  # low in between only
    ("value", lambda n, rng: np.where(np.arange(n) < n - n // 4, 0.3, 0.7)),
    ("value", lambda n, rng: np.where(np.arange(n) < n - n // 4, 0.9, 0.42)),
    ("value", lambda n, rng: np.full(n, 0.0)),
    ("entropy", lambda n, rng: np.where(np.arange(n) < n // 4, 1.05, 0.09)),
    ("entropy", lambda n, rng: np.where(np.arange(n) < n // 4, 1.05, 0.12)),
    ("entropy", lambda n, rng: np.where(np.arange(n) < n // 2 + 2, 1.05, 0.01)),
    ("kl", lambda n, rng: np.where(np.arange(n) % 3 == 0, 0.01, 0.12)),
    ("kl", lambda n, rng: np.where(np.arange(n) % 3 == 0, 5.0, 0.05)),
    ("explained", lambda n, rng: np.where(np.arange(n) < n // 2, 0.5, 0.01)),
    ("explained", lambda n, rng: np.where(np.arange(n) < n // 2, -0.5, 0.04)),
    ("explained", lambda n, rng: np.where(np.arange(n) < n // 2, 0.4, -0.7)),
)


@task(8, "names what stands out, one symptom at a time", keeps_arguments=True)
def planted(code, rng):
    found = [code.symptoms(healthy(rng, 12), 0.5)]
    for name, values in FAULTS:
        n = whole(rng, 9, 19)
        found.append(code.symptoms(with_column(healthy(rng, n), name, values(n, rng)), 0.5))
    return found


@task(8, "draws each line where it should be", keeps_arguments=True)
def at_the_bounds(code, rng):
    found = []
    for _ in range(60):
        n = whole(rng, 4, 15)
        log = healthy(rng, n)
        entropy = np.append(rng.uniform(0.7, 1.3, size=2), rng.uniform(0.05, 0.15, size=n - 2))
        columns = (
            ("entropy", np.where(rng.random(n) < 0.3, 1.0, entropy)),
            ("kl", rng.uniform(0.05, 0.15, size=n)),
            ("explained", rng.uniform(-0.02, 0.06, size=n)),
            ("score", rng.uniform(0.1, 0.4, size=n)),
            ("value", rng.uniform(0.3, 0.6, size=n)),
        )
        for name, values in columns:
            log = with_column(log, name, values)
        found.append(code.symptoms(log, 0.45))
    ties = (
        ("score", [0.3, 0.4, 0.3, 0.2, 0.3, 0.4, 0.3, 0.2]),
        ("value", 8 * [0.5]),
        ("kl", 8 * [0.1]),
        ("entropy", [1.0, *7 * [0.1]]),
        ("explained", 8 * [0.02]),
    )
    for name, values in ties:
        fixed = with_column(with_column(healthy(rng, 8), "score", 8 * [0.3]), "value", 8 * [0.4])
        found.append(code.symptoms(with_column(fixed, name, values), 0.5))
    return found


@task(8, "names several in their order, and nothing once the bar is reached")
def several(code, rng):
    n = whole(rng, 8, 15)
    log = healthy(rng, n)
    for name, values in (FAULTS[11], FAULTS[9], FAULTS[6], FAULTS[3], FAULTS[0]):
        log = with_column(log, name, values(n, rng))
    return [
        code.symptoms(log, 0.5),
        code.symptoms(log, 0.21),
        code.symptoms(log, 0.2),
        code.symptoms(log, 0.1),
        code.symptoms(with_column(log, "score", np.linspace(0.2, 0.6, n)), 0.5),
    ]


# --- 9 to 12: records -----------------------------------------------------------------------------


@task(9, "writes both scores of each seed, and the gap with its interval", keeps_arguments=True)
def held_out(code, rng):
    found = []
    for seeds in ([0, 1, 2], [3, 12, 4, 7, 5]):
        seen, unseen = by_seed(rng, seeds, 0.1), by_seed(rng, seeds)
        found.append(code.heldout_record(seen, unseen, "Other maps."))
        found.append(list(found[-1]["seeds"]))
    return found


@task(9, "refuses other seeds on the other worlds", judge=raises(ValueError))
def held_out_seeds(code, rng):
    return code.heldout_record(by_seed(rng, [0, 1, 2]), by_seed(rng, [0, 1, 3]), "Other maps.")


@task(9, "wants to know how the worlds differ", judge=raises(ValueError))
def held_out_words(code, rng):
    return code.heldout_record(by_seed(rng, [0, 1, 2]), by_seed(rng, [0, 1, 2]), " ")


@task(10, "takes the agent in the middle, and two of its failures", keeps_arguments=True)
def failures(code, rng):
    full = code.LONG - 1
    found = []
    for seeds, trips in ((5, 20), (4, 15), (3, 30), (6, 12)):
        rows = rng.integers(3, full + 1, size=(seeds, trips))
        arrives = (
            rng.random((seeds, trips)) < rng.permutation(np.linspace(0.2, 0.8, seeds))[:, None]
        )
        found.append(code.chosen_failures(np.where(arrives, full, rows)))
    return found


@task(10, "settles ties by the index, and shows fewer where fewer fail")
def few_failures(code, rng):
    full = code.LONG - 1
    rows = np.full((3, 9), full)
    one, two = rows.copy(), rows.copy()
    one[:, whole(rng, 0, 8)] = whole(rng, 0, full - 1)
    two[1, [2, 6]], two[2, [1, 4, 5]] = (4, 3), 2
    same = rng.integers(2, size=(5, 40)) * full
    many = rng.integers(full - 1, full + 1, size=(41, 6))
    far = np.array([4 * [full] + 5 * [0], 3 * [full] + 6 * [full - 1], 2 * [full] + 7 * [8]])
    tables = (rows, one, two, two[:, ::-1], same, many, far)
    return [code.chosen_failures(each) for each in tables]


@task(11, "adds up each part and the whole", keeps_arguments=True)
def costs(code, rng):
    def runs(n):
        return [
            {
                "steps": whole(rng, 900, 900_000),
                "seconds": float(rng.uniform(20, 9000)),
                "mb": float(rng.uniform(10, 900)),
            }
            for _ in range(n)
        ]

    parts = {"five seeds": runs(5), "sweep": runs(7), "failed": runs(1)}
    return code.cost_table(parts), code.cost_table({"one": runs(3)})


@task(12, "reads the record of the project that failed")
def read(code, rng):
    return code.reading()
