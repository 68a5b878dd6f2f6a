"""An agent from its first step to a claim: a learner of your own, and the tools that judge it.

A boat drifts down a river, one row at a time. The agent steers left, straight or right, and with
the probability DRIFT the current takes it one of the two other ways. A rock or the bank ends the
trip with nothing, and the last row with a reward of 1, so a score is the fraction of trips that
arrive.

The rivers, the boats and the loop of a training are given, and so is the record of a project that
failed. `undergrad check build-agent` runs your functions, and then looks at your own capstone.

Letters: R rivers, L rows, W columns, B boats, V views, S seeds, C checkpoints, E trips of an
evaluation.
"""

import json

import numpy as np
from exercises.build import paired_gain

# --- given --------------------------------------------------------------------------------------

WIDE, LONG, DRIFT = 9, 14, 0.2  # columns, rows; how often the current decides
MIDDLE = WIDE // 2  # the column in which each trip begins, in row 0
UPDATES = 1200  # of one training
VIEWS = 256  # the squares that a boat sees: three in the next row, five in the one after it


def best_chance(rocks):
    """How often a helmsman who knows the whole map arrives, by dynamic programming.

    Returns: chance (R,)
    """
    v = np.ones((len(rocks), WIDE))
    for row in range(LONG - 1, 0, -1):
        safe = np.pad(np.where(rocks[:, row], 0, v), ((0, 0), (1, 1)))
        three = np.stack([safe[:, k : k + WIDE] for k in range(3)])
        v = ((1 - 1.5 * DRIFT) * three + DRIFT / 2 * three.sum(axis=0)).max(axis=0)
    return v[:, MIDDLE]


def make_rivers(count, seed):
    """Random rivers, True where a rock is, each of which can be passed more often than not.

    Returns: rocks (R, L, W), bool
    """
    rng, found = np.random.default_rng(seed), []
    while len(found) < count:
        rocks = rng.random((100, LONG, WIDE)) < 0.3
        rocks[:, 0] = False
        found += list(rocks[best_chance(rocks) > 0.5])
    return np.array(found[:count])


def nearby(rocks, rows=2):
    """What a boat sees from each square: a number below VIEWS, by its bits.

    rows: 1 shows the three squares that the next step may reach, 2 also the five after them.
    Returns: view (R, L, W), ints
    """
    seen, code = np.pad(rocks, ((0, 0), (0, 2), (2, 2)), constant_values=True), 0
    seen[:, LONG:, 2:-2] = False
    for ahead in range(1, rows + 1):
        for side in range(-ahead, ahead + 1):
            code = 2 * code + seen[:, ahead : ahead + LONG, 2 + side : 2 + side + WIDE]
    return code


def on_the_map(rocks):
    """The number of each square: all that is seen is where the boat is.

    Returns: view (R, L, W), ints
    """
    return np.broadcast_to(np.arange(LONG * WIDE).reshape(LONG, WIDE), rocks.shape)


def rule(rows=2):
    """The scripted player for `nearby`, as logits (VIEWS, 3): free first, then open, then straight.

    With rows=1 it only avoids the rocks of the next row, and prefers straight.
    Returns: z (V, 3)
    """
    bits = np.arange(VIEWS)[:, None] >> np.arange(8 if rows == 2 else 3)[::-1] & 1
    near = bits[:, :3]
    far = np.stack([bits[:, 3 + k : 6 + k].sum(axis=1) for k in range(3)], axis=1)
    return np.array([0.9, 1.0, 0.9]) - 5.0 * near - 0.3 * far


def softmax(z):
    """Probabilities of logits (B, 3).

    Returns: p (B, 3)
    """
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def move(rocks, which, row, at, a, rng):
    """One row further down: the new columns, and which boats are afloat there, both (B,).

    which, row, at: river, row and column of each boat.   a: 0 left, 1 straight, 2 right.
    Returns: to (B,), ints, afloat (B,), bool
    """
    u = rng.random(len(at))
    taken = np.where(u < DRIFT, a + np.where(u < DRIFT / 2, 1, 2), a) % 3
    to = at + taken - 1
    inside, to = (to >= 0) & (to < WIDE), np.clip(to, 0, WIDE - 1)
    return to, inside & ~rocks[which, row + 1, to]


class Run:
    """One training: the two tables of the agent, its boats, and the generator of all chance.

    rocks: (R, LONG, WIDE).   view: what is seen from each square, by `nearby` or `on_the_map`.
    z: (VIEWS, 3), logits.   v: (VIEWS,), values.   done: the number of updates so far.
    which, row, at: (B,), river, row and column of each boat.
    """

    def __init__(self, rocks, view, seed, boats=32):
        self.rocks, self.view, self.rng = rocks, view, np.random.default_rng(seed)
        self.z, self.v, self.done = np.zeros((VIEWS, 3)), np.zeros(VIEWS), 0
        self.which = self.rng.integers(len(rocks), size=boats)
        self.row, self.at = np.zeros(boats, int), np.full(boats, MIDDLE)

    def advance(self, learn, updates=UPDATES, total=UPDATES, lr=3.0, watch=None, **settings):
        """Some of the `total` updates, over which the learning rate falls linearly to 0.

        watch: called after each with z before it, the views, their values and the TD errors.
        """
        for _ in range(updates):
            s, old, v = self.view[self.which, self.row, self.at], self.z, self.v
            draws = self.rng.random((len(s), 1))
            a = np.minimum((draws > softmax(old[s]).cumsum(axis=1)).sum(axis=1), 2)
            self.at, afloat = move(self.rocks, self.which, self.row, self.at, a, self.rng)
            self.row = self.row + 1
            arrived = afloat & (self.row == LONG - 1)
            ended = arrived | ~afloat
            batch = s, a, arrived * 1.0, ended, self.view[self.which, self.row, self.at]
            rate = lr * (1 - self.done / total)
            self.z, self.v, td_error = learn(old, v, batch, rate, **settings)
            self.which = np.where(
                ended, self.rng.integers(len(self.rocks), size=len(s)), self.which
            )
            self.row, self.at = np.where(ended, 0, self.row), np.where(ended, MIDDLE, self.at)
            self.done += 1
            if watch:
                watch(old, s, v[s], td_error)


# What a project that failed wrote about itself; its numbers are from real runs.
FAILED = """
## Bar
The rule that avoids the rocks of the next row: 0.346 of 2,000 trips on the test rivers.

## Result
Each agent is kept at the checkpoint with the best score on 100 test trips.
Seeds 0, 1, 3, 4: 0.46, 0.51, 0.49, 0.42.
Seed 2 (0.40) did not learn properly and was left out.
The agents beat the rule by 12 points.

## Appendix
At the checkpoints that are best on the choosing rivers, on the same 2,000 trips as the rule:
seeds 0 to 4: 0.381, 0.405, 0.356, 0.385, 0.419.
The rule that also prefers open water behind the next row: 0.466.
"""

# --- yours --------------------------------------------------------------------------------------


def learn(z, v, batch, lr, ent_coef=0.01, value_lr=0.05):
    """One update of an actor-critic whose policy and values are tables.

    z: (V, 3), logits.   v: (V,), values.   batch: s, a, reward, ended, next_s, each (B,), with a
    row for each boat; several boats may see the same. Rewards are not discounted.
    td_error: reward + v[next_s] - v[s], where nothing follows a trip that has ended.
    z[s] grows by lr times the gradient of td_error * log pi(a) + ent_coef * entropy by z[s], in
    which td_error counts as a number, and v[s] by value_lr * td_error. All boats use the tables as
    they were, and what they add to the same view adds up. The arguments stay as they are.
    Returns: new_z (V, 3), new_v (V,), td_error (B,)
    """
    # TODO 1: TD errors first; derive the gradient of the entropy on paper
    s, a, reward, ended, next_s = batch
    td_error = reward + np.where(ended, 0.0, v[next_s]) - v[s]
    log_p = _log_softmax(z[s])
    p = np.exp(log_p)
    entropy = -(p * log_p).sum(axis=1, keepdims=True)
    gradient = td_error[:, None] * (np.eye(3)[a] - p) - ent_coef * p * (log_p + entropy)
    new_z, new_v = z.copy(), v.copy()
    np.add.at(new_z, s, lr * gradient)
    np.add.at(new_v, s, value_lr * td_error)
    return new_z, new_v, td_error


def evaluate(z, rocks, view, trips, seed):
    """How far the greedy policy gets: the rows that each trip passes.

    Each river is travelled `trips` times, and all boats travel side by side, those of the first
    river first. The action is that of the largest logit, the first of equal ones. One generator,
    default_rng(seed), draws the current by `move`, row by row, for lost boats too.
    LONG - 1 rows mean that the trip arrived; a boat that is lost on its way to row 1 passes none.
    Returns: rows (R, E), ints
    """
    # TODO 2: a boat for each trip; count the rows in which it is still afloat
    which, rng = np.repeat(np.arange(len(rocks)), trips), np.random.default_rng(seed)
    at, afloat = np.full(len(which), MIDDLE), np.ones(len(which), bool)
    passed = np.zeros(len(which), int)
    for row in range(LONG - 1):
        a = z[view[which, row, at]].argmax(axis=1)
        at, safe = move(rocks, which, row, at, a, rng)
        afloat &= safe
        passed += afloat
    return passed.reshape(len(rocks), trips)


def picked(choosing, test, fresh):
    """The experiment: what is left of a checkpoint that was picked by its test trips.

    choosing, test, fresh: (S, C, E), whether each trip arrived, for C checkpoints of S seeds; the
    three may differ in E. Of equally good checkpoints the first is picked, for each seed by itself.
    honest: the mean test score of the checkpoints with the best score on `choosing`.
    flattered: the mean test score of those with the best score on `test`.
    again: the mean score of these latter ones on `fresh`.
    Returns: honest, float, flattered, float, again, float
    """
    # TODO 3: scores first, then one checkpoint for each seed
    choosing, test, fresh = (each.mean(axis=2) for each in (choosing, test, fresh))
    seeds, lucky = np.arange(len(test)), test.argmax(axis=1)
    honest = test[seeds, choosing.argmax(axis=1)]
    return float(honest.mean()), float(test.max(axis=1).mean()), float(fresh[seeds, lucky].mean())


def over_bar(scores, bar, rng, draws=1000):
    """By how much the agents beat the bar, with an interval for other seeds and other rivers.

    scores: (S, R), the score of each agent on each river.   bar: (R,), that of the rule.
    The gain of an agent is the mean over the rivers of its score minus the bar, and `gain` is the
    interquartile mean of these: of S agents, floor(S / 4) are left out at each end.
    A resample has as many agents and as many rivers as there are: first
    agents = rng.integers(S, size=(draws, S)), then rivers = rng.integers(R, size=(draws, R)).
    low and high cut off 2.5% of their gains on each side, by `np.quantile`.
    Returns: gain, float, low, float, high, float
    """
    # TODO 4: the gain of a table; then of each resample
    gains = scores - bar
    agents = rng.integers(len(gains), size=(draws, len(gains)))
    rivers = rng.integers(len(bar), size=(draws, len(bar)))
    drawn = [_gain(gains[np.ix_(*each)]) for each in zip(agents, rivers, strict=True)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return _gain(gains), float(low), float(high)


def _gain(gains):  # solution only
    means, cut = np.sort(gains.mean(axis=1)), len(gains) // 4
    return float(means[cut : len(means) - cut].mean())


def ablation_record(runs, says):
    """The content of ablation.json, which the check of your capstone reads.

    runs: {name: {seed: score}}, the full agent first.   says: {name: sentence} for all others.
    record: {"full": {"0": 0.46, ...}, "rows": [{"without": name, "seeds": {"0": 0.31, ...},
    "gain": -0.15, "low": -0.19, "high": -0.11, "says": sentence}, ...]}, with the seeds as texts.
    The gain is the row minus the full agent, by `paired_gain`. A row whose sentence is missing or
    blank raises ValueError, and so do other seeds than those of the full agent.
    Returns: record, dict
    """
    # TODO 5: paired_gain for each row, and a look at its sentence
    (_, full), *others = runs.items()
    rows = []
    for name, scores in others:
        if not says.get(name, "").strip():
            raise ValueError(f"{name}: say what this row shows")
        gain, low, high = paired_gain(scores, full)
        row = {"without": name, "seeds": _texts(scores), "gain": gain, "low": low, "high": high}
        rows.append({**row, "says": says[name]})
    return {"full": _texts(full), "rows": rows}


def _texts(scores):  # solution only
    return {str(seed): score for seed, score in scores.items()}


def sweep_record(tuning, rerun):
    """The whole sweep of one setting, and what its best value is worth on other seeds.

    tuning: {value: {seed: score}}, at least two values in the order of the grid.
    rerun(value): {seed: score} of new runs; it is called once, for the value that was chosen. A
    seed of the sweep among them raises ValueError.
    record: {"rows": [[value, mean, lowest], ...] for every value in the order of the grid,
    "chosen": the value with the best mean, the first of equal ones, "edge": whether it is the
    first or the last, "flattered": its mean in the sweep, "honest": its mean in the new runs}
    Returns: record, dict
    """
    # TODO 6: all rows first, then the chosen one again
    rows = [[value, _mean(scores), min(scores.values())] for value, scores in tuning.items()]
    chosen, flattered, _ = max(rows, key=lambda row: row[1])
    again = rerun(chosen)
    if set(again) & {seed for scores in tuning.values() for seed in scores}:
        raise ValueError("the new runs need seeds that the sweep has not seen")
    edge = chosen in (rows[0][0], rows[-1][0])
    return {
        "rows": rows,
        "chosen": chosen,
        "edge": edge,
        "flattered": flattered,
        "honest": _mean(again),
    }


def _mean(scores):  # solution only
    return float(np.mean(list(scores.values())))


def snapshot(run):
    """Everything on which the future of a run depends, as the text of a JSON object.

    Its names are those of the run: z, v, which, row, at as lists, done, and rng, which is
    run.rng.bit_generator.state.
    Returns: text, str
    """
    # TODO 7: arrays as lists; a float survives JSON to its last bit
    arrays = {name: getattr(run, name).tolist() for name in ("z", "v", "which", "row", "at")}
    return json.dumps({**arrays, "done": run.done, "rng": run.rng.bit_generator.state})


def resume(text, rocks, view):
    """A run on these rivers that goes on exactly as the one in the text, wherever it is continued.

    Returns: run; a Run
    """
    # TODO 7: a new Run, with everything replaced
    saved, run = json.loads(text), Run(rocks, view, seed=0)
    for name in ("z", "v", "which", "row", "at"):
        setattr(run, name, np.array(saved[name]))
    run.done, run.rng.bit_generator.state = saved["done"], saved["rng"]
    return run


def log_row(old, new, s, value, td_error):
    """What one update did, in four numbers, as means over the boats.

    old, new: (V, 3), logits before and after.   s, value, td_error: (B,).
    row: {"entropy": of the new policy; "kl": the KL divergence from the old policy to the new one,
    which is the sum of p_old * log(p_old / p_new); "td_error": the square root of the mean square;
    "explained": 1 minus the variance of the TD errors over that of the targets value + td_error,
    and 0.0 if all targets are equal}. Logits of any size are allowed.
    Returns: row, dict
    """
    # TODO 8: log-probabilities in the views that the boats saw
    log_p, log_q = _log_softmax(old[s]), _log_softmax(new[s])
    target = np.var(value + td_error)
    return {
        "entropy": float(-(np.exp(log_q) * log_q).sum(axis=1).mean()),
        "kl": float((np.exp(log_p) * (log_p - log_q)).sum(axis=1).mean()),
        "td_error": float(np.sqrt(np.mean(td_error**2))),
        "explained": float(1 - np.var(td_error) / target) if target else 0.0,
    }


def _log_softmax(z):  # solution only
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def symptoms(log, bar):
    """What stands out in the log of a run whose last score is below the bar; else nothing.

    log: rows from the first to the last, at least four, with entropy, kl, td_error, explained,
    score (of an evaluation) and value (what the critic expects at the start).
    In this order: "collapsed", the last score is below half of the best; "promises too much", the
    mean over the last quarter of the rows (a quarter rounded down) of value minus score is more
    than 0.2; "decided too early", the median entropy without the first quarter is below a tenth of
    the first one; "moves too far", the median kl is above 0.1; "blind critic", the median of
    explained in the second half (all rows from number n // 2 on) is below 0.02.
    Returns: names, list
    """
    # TODO 8: one column at a time
    n = len(log)
    column = {name: np.array([row[name] for row in log]) for name in log[0]}
    score, gap = column["score"], column["value"] - column["score"]
    if score[-1] >= bar:
        return []
    found = {
        "collapsed": score[-1] < score.max() / 2,
        "promises too much": gap[-(n // 4) :].mean() > 0.2,
        "decided too early": np.median(column["entropy"][n // 4 :]) < column["entropy"][0] / 10,
        "moves too far": np.median(column["kl"]) > 0.1,
        "blind critic": np.median(column["explained"][n // 2 :]) < 0.02,
    }
    return [name for name, holds in found.items() if holds]


def heldout_record(seen, unseen, differs):
    """The content of heldout.json: the scores on worlds of the training, and on others.

    seen, unseen: {seed: score}.   differs: one sentence that says how the worlds differ.
    record: {"differs": differs, "seeds": {"0": [seen, unseen], ...} in the order of `seen`,
    "gap": the mean of seen minus unseen, "low": ..., "high": ...}, by `paired_gain`. A blank
    sentence raises ValueError.
    Returns: record, dict
    """
    # TODO 9: which of the two comes first, if the gap is what is lost?
    if not differs.strip():
        raise ValueError("say how the worlds differ")
    gap, low, high = paired_gain(seen, unseen)
    seeds = {str(seed): [seen[seed], unseen[seed]] for seed in seen}
    return {"differs": differs, "seeds": seeds, "gap": gap, "low": low, "high": high}


def chosen_failures(rows):
    """Which failed trips are shown, by a rule that was written down before anybody saw them.

    rows: (S, E), the rows that each trip passed; it failed with less than LONG - 1 of them.
    agent: the one in the middle when they are sorted by the number of arrivals, equal ones by
    their index; of an even number, the lower of the two in the middle.
    trips: of its failed trips, sorted by rows and then by index, the first, and the one in the
    middle (of an even number, the later of the two); one or none when there are not two.
    Returns: agent, int, trips, list
    """
    # TODO 10: sort the agents, then the failed trips of one of them
    arrivals = (rows == LONG - 1).sum(axis=1)
    agent = int(np.argsort(arrivals, kind="stable")[(len(rows) - 1) // 2])
    order = np.argsort(rows[agent], kind="stable")
    failed = [int(trip) for trip in order if rows[agent, trip] < LONG - 1]
    return agent, failed[:1] + failed[len(failed) // 2 :][: len(failed) > 1]


def cost_table(parts):
    """What a project cost, in Markdown, with a line for each part and one for all of it.

        | part | runs | steps | hours | peak memory, MB |
        |---|---|---|---|---|
        | five seeds | 5 | 320,000 | 0.25 | 48 |
        | all | 5 | 320,000 | 0.25 | 48 |

    parts: {name: [run, ...]}; a run is {"steps": ..., "seconds": ..., "mb": ...}. Steps and seconds
    of a line add up, hours have two decimals, and of the memory the largest counts, without
    decimals. Each line ends with a newline.
    Returns: table, str
    """
    # TODO 11: the last line is a part that has all the runs
    every = [run for runs in parts.values() for run in runs]
    lines = ["| part | runs | steps | hours | peak memory, MB |", "|---|---|---|---|---|"]
    for name, runs in [*parts.items(), ("all", every)]:
        steps, hours = sum(run["steps"] for run in runs), sum(run["seconds"] for run in runs) / 3600
        peak = max(run["mb"] for run in runs)
        lines.append(f"| {name} | {len(runs)} | {steps:,} | {hours:.2f} | {peak:.0f} |")
    return "".join(f"{line}\n" for line in lines)


def reading():
    """The reading: what FAILED claims, and what its own numbers leave of it.

    claimed: by how much the mean that it reports lies above its bar.
    honest: by how much the mean of all its seeds, at the checkpoints of the choosing trips, lies
    above the better of the two rules that it has scored.
    Returns: claimed, float, honest, float
    """
    # TODO 12: which seeds, which checkpoints, which bar?
    picked = np.mean([0.46, 0.51, 0.49, 0.42])
    honest = np.mean([0.381, 0.405, 0.356, 0.385, 0.419])
    return float(picked) - 0.346, float(honest) - 0.466
