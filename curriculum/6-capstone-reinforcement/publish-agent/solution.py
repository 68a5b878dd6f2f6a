"""What a stranger can check of an agent: a replay, all seeds, an interval, and a reproduction.

A world has the interface of Gymnasium: `reset(seed=...)` returns an observation and a dictionary,
and `step(action)` an observation, the reward, whether the episode terminated, whether it was
truncated, and a dictionary. Each program that looks for faults returns a list of them, in the order
in which to fix them; an empty list is its praise.

A small world is given. `undergrad check publish-agent` runs
your functions, and then looks at your own capstone.

Letters: S training seeds, T measurements on a learning curve.
"""

import json
import math

import numpy as np
from exercises.build import seed_interval

# --- given --------------------------------------------------------------------------------------


class Dice:
    """Roll a die until you stop: the sum is yours, and a 1 takes everything.

    Actions: 0 stops, 1 rolls. After `limit` rolls the episode is truncated, and nothing is paid.
    """

    def __init__(self, limit=12):
        self.limit = limit

    def reset(self, seed=None):
        """A new episode. Returns: observation, info"""
        self.rng, self.total = np.random.default_rng(seed), 0
        self.rolls, self.done = 0, False
        return np.array([0, 0]), {}

    def step(self, action):
        """Returns: observation, reward, terminated, truncated, info"""
        if self.done:
            raise RuntimeError("the episode is over: call reset before the next step")
        rolled = int(self.rng.integers(1, 7)) if action else 0
        self.total, self.rolls = self.total + rolled, self.rolls + 1
        lost = rolled == 1
        terminated = lost or not action
        reward = float(self.total) if terminated and not lost else 0.0
        truncated = not terminated and self.rolls >= self.limit
        self.done = terminated or truncated
        return np.array([self.total, self.rolls]), reward, terminated, truncated, {}


# --- yours --------------------------------------------------------------------------------------


def record(world, player, seed):
    """A replay of one episode, as small as it can be.

    player: a function of the observation that returns an action.
    The dictionary has "seed", "actions", "rewards", both lists, and "return", the sum of the
    rewards.
    Returns: replay, dict
    """
    # TODO 1: play to the end, and keep the actions and the rewards
    observation, _ = world.reset(seed=seed)
    actions, rewards, over = [], [], False
    while not over:
        actions.append(int(player(observation)))
        observation, reward, terminated, truncated, _ = world.step(actions[-1])
        rewards.append(float(reward))
        over = terminated or truncated
    return {"seed": seed, "actions": actions, "rewards": rewards, "return": sum(rewards)}


def replay_check(world, replay):
    """Why a replay is not what really happens in the world.

    replay: as `record` returns it, with at least one action.
    "return: 9, not 12", with the sum of the rewards first, when that differs from the return by
    more than 1e-6. Then play the actions from the seed, and name the first step, counted from 1,
    at which something is wrong, in one complaint: "step 3: reward 0, not 4", with that of the world
    first, when it differs by more than 1e-6; or else "step 3: over, with 2 actions left" when the
    episode is over before the last action. "not over after step 5" when it goes on after the last.
    Numbers are written with the format "g".
    Returns: complaints, list
    """
    # TODO 2: the sum first, then the world; stop at the first step that is wrong
    complaints, total = [], sum(replay["rewards"])
    if abs(total - replay["return"]) > 1e-6:
        complaints.append(f"return: {total:g}, not {replay['return']:g}")
    world.reset(seed=replay["seed"])
    steps = len(replay["actions"])
    for number, action in enumerate(replay["actions"], start=1):
        _, reward, terminated, truncated, _ = world.step(action)
        stored = replay["rewards"][number - 1]
        if abs(reward - stored) > 1e-6:
            return [*complaints, f"step {number}: reward {reward:g}, not {stored:g}"]
        if (terminated or truncated) and number < steps:
            return [*complaints, f"step {number}: over, with {steps - number} actions left"]
    if not (terminated or truncated):
        complaints.append(f"not over after step {steps}")
    return complaints


def seed_faults(text, promised):
    """What a results.json says about other seeds than those that the plan promised.

    text: JSON with "value", and "seeds" {seed: score}.   promised: whole numbers.
    "seed 3: missing" for each promised one without a score, "seed 9: not promised" for each other,
    both in rising order; and "value: 0.9, the mean is 0.8", with the format ".4g", when the value
    differs from the mean of all scores by more than 1e-6. Without any score, only the first.
    Returns: complaints, list
    """
    # TODO 3: two sets of seeds, then the mean of what is there
    data = json.loads(text)
    scores = {int(seed): score for seed, score in data["seeds"].items()}
    complaints = [f"seed {seed}: missing" for seed in sorted(set(promised) - set(scores))]
    complaints += [f"seed {seed}: not promised" for seed in sorted(set(scores) - set(promised))]
    if scores:
        mean = sum(scores.values()) / len(scores)
        if abs(data["value"] - mean) > 1e-6:
            complaints.append(f"value: {data['value']:.4g}, the mean is {mean:.4g}")
    return complaints


def interval_of(scores, statistic, rng, draws=2000):
    """The 95% percentile interval of any statistic over seeds.

    scores (S,).   statistic: a function of such an array, as np.median.
    The rows of rng.integers(S, size=(draws, S)) say which seeds each resample holds. low and high
    are its quantiles 0.025 and 0.975.
    Returns: low, float, high, float
    """
    # TODO 4: one resample after the other, and the statistic of each
    rows = rng.integers(len(scores), size=(draws, len(scores)))
    low, high = np.quantile([statistic(scores[row]) for row in rows], [0.025, 0.975])
    return float(low), float(high)


def power_law(steps, gaps):
    """The power law gap = scale * steps ^ -exponent that fits a learning curve.

    steps, gaps (T,): positive numbers; a gap is what is missing to the best possible score.
    The line through the logarithms with the smallest sum of squares, by its formula.
    Returns: scale, float, exponent, float
    """
    # TODO 5: covariance over variance of the logarithms, then the height of the line
    x, y = np.log(steps), np.log(gaps)
    rise = float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    return float(np.exp(y.mean() - rise * x.mean())), -rise


def extrapolate(steps, curves, at, rng, draws=1000):
    """What the power law promises for more steps, and how uncertain that is over seeds.

    curves (S, T): the gaps of each seed at steps (T,).   at: the number of steps to look at.
    gap: by the power law of the mean curve.   low, high: the quantiles 0.025 and 0.975 of the same
    for resamples of the seeds, whose rows are those of rng.integers(S, size=(draws, S)).
    Returns: gap, float, low, float, high, float
    """

    # TODO 6: the mean of some curves, its power law, and that at `at`; then many times
    def promised(chosen):
        scale, exponent = power_law(steps, chosen.mean(axis=0))
        return scale * at**-exponent

    rows = rng.integers(len(curves), size=(draws, len(curves)))
    low, high = np.quantile([promised(curves[row]) for row in rows], [0.025, 0.975])
    return float(promised(curves)), float(low), float(high)


def reproduction(published, half, scores, margin):
    """The record of a reproduction: what they found, what you found, and whether both agree.

    published: their mean.   half: half the width of their 95% interval; 0 when they gave none.
    scores: yours, one for each seed.   margin: the difference that you call small, fixed in
    advance.
    The dictionary has "published", "ours", your mean, "low" and "high", its interval by
    `seed_interval`, "gap", ours minus published, and "width", the square root of the sum of the
    squares of both halves. The "verdict" is "agrees" when gap - width and gap + width both lie
    within the margin of 0, or else "differs" when 0 is not between them, or else "undecided". Ends
    count as within and as between.
    Returns: record, dict
    """
    # TODO 7: your interval, the gap with its own, then the three verdicts in this order
    ours, low, high = seed_interval(scores)
    gap, width = ours - published, math.hypot(half, (high - low) / 2)
    if abs(gap) + width <= margin:
        verdict = "agrees"
    else:
        verdict = "differs" if abs(gap) > width else "undecided"
    found = {"published": published, "ours": ours, "low": low, "high": high}
    return {**found, "gap": gap, "width": width, "verdict": verdict}
