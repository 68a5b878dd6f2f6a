"""What is asked of `publish-agent`. Each function runs on the learner's code, on the solution and
on the mistakes, with one seed.

The world of these checks pays a different reward in each step, so that a replay that is off by one
step shows; each fault is planted alone and with others.
"""

import json

import numpy as np

from undergrad.checker import task


def whole(rng, low, high):
    """A random whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


class Stairs:
    """Ends after 4 to 8 steps, as the seed decides; each step pays something else."""

    def __init__(self, ends="terminated"):
        self.ends = ends

    def reset(self, seed=None):
        self.seed, self.steps, self.over = seed, 0, False
        return np.array([seed, 0]), {}

    def step(self, action):
        if self.over:
            raise RuntimeError("the episode is over: call reset before the next step")
        self.steps += 1
        self.over = over = self.steps >= 4 + self.seed % 5
        ends = over and self.ends == "terminated", over and self.ends == "truncated"
        reward = self.steps + action / 4 + self.seed
        return np.array([self.seed, self.steps]), reward, *ends, {}


def player_of(rng):
    """A player that takes one of three actions, by what it sees."""
    turn = whole(rng, 0, 2)
    return lambda observation: (int(observation.sum()) + turn) % 3


@task(1, "keeps seed, actions, rewards and return of an episode")
def recorded(code, rng):
    player, found = player_of(rng), []
    for ends in ("terminated", "truncated"):
        found.append(code.record(Stairs(ends), player, whole(rng, 0, 99)))
    return [*found, code.record(code.Dice(), lambda seen: int(seen[0] < 9), whole(rng, 0, 999))]


def a_replay(rng, seed):
    """A true replay of Stairs, made without the learner's code."""
    world, player = Stairs(), player_of(rng)
    seen, rewards, actions, over = world.reset(seed=seed)[0], [], [], False
    while not over:
        actions.append(player(seen))
        seen, reward, over, _, _ = world.step(actions[-1])
        rewards.append(reward)
    return {"seed": seed, "actions": actions, "rewards": rewards, "return": sum(rewards)}


def longer(replay, steps):
    """The replay with more steps, which pay as the world would."""
    more = [replay["rewards"][-1] + n for n in range(1, steps + 1)]
    rewards = [*replay["rewards"], *more]
    actions = [*replay["actions"], *[replay["actions"][-1]] * steps]
    return {**replay, "actions": actions, "rewards": rewards, "return": sum(rewards)}


def shorter(replay, steps):
    rewards = replay["rewards"][:-steps]
    return {**replay, "actions": replay["actions"][:-steps], "rewards": rewards,
            "return": sum(rewards)}  # fmt: skip


@task(2, "finds nothing in a true replay, and the faults of others", keeps_arguments=True)
def replayed(code, rng):
    seed = whole(rng, 0, 99)
    true = a_replay(rng, seed)
    bent = list(true["rewards"])
    at = whole(rng, 0, len(bent) - 2)
    bent[at], bent[-1] = bent[at] + 0.5, bent[-1] - 0.5
    cases = (
        true,
        {**true, "return": true["return"] + 1},
        {**true, "rewards": bent},
        {**true, "rewards": bent, "return": sum(bent) - 2},
        {**true, "seed": seed + 1},
        longer(true, whole(rng, 1, 3)),
        {**longer(true, 2), "return": 0.25},
        shorter(true, whole(rng, 1, 2)),
        {**shorter(true, 1), "return": -3.5},
    )
    return [code.replay_check(Stairs(), case) for case in cases]


@task(2, "treats an episode that was truncated like one that terminated", keeps_arguments=True)
def replay_cut_off(code, rng):
    true = a_replay(rng, whole(rng, 0, 99))
    found = [code.replay_check(Stairs("truncated"), each) for each in (true, longer(true, 1))]
    nearly = {**true, "rewards": [each + 1e-9 for each in true["rewards"]]}
    last = {**true, "rewards": [*true["rewards"][:-1], 1.5]}
    return [*found, code.replay_check(Stairs(), nearly), code.replay_check(Stairs(), last)]


def results(scores, value):
    return json.dumps({"value": value, "seeds": {str(seed): each for seed, each in scores.items()}})


@task(3, "names missing and additional seeds, and a value that is not the mean")
def seeds_of_a_claim(code, rng):
    seeds = [int(each) for each in rng.permutation(20)[:6]] + [100]
    scores = {seed: float(rng.uniform(1, 9)) for seed in seeds}
    mean, best = float(np.mean(list(scores.values()))), max(scores.values())
    fewer = {seed: scores[seed] for seed in seeds[2:]}
    cases = (
        (scores, mean, seeds),
        (scores, best, seeds[::-1]),
        (fewer, mean, sorted(seeds)[::-1]),
        (scores, min(scores.values()), seeds),
        (scores, mean, seeds[1:-2]),
        (fewer, best, [*seeds[:3], 55, 3000]),
        ({}, 1.0, seeds[:2]),
        (scores, mean + 1e-9, range(3)),
    )
    return [code.seed_faults(results(*case[:2]), case[2]) for case in cases]


@task(4, "resamples seeds, and takes the statistic of each resample", keeps_arguments=True)
def any_statistic(code, rng):
    seed, found = whole(rng, 0, 10_000), []
    for size, statistic, draws in ((5, np.median, 80), (9, np.mean, 150), (6, np.max, 61)):
        scores = rng.exponential(size=size)
        found.append(code.interval_of(scores, statistic, np.random.default_rng(seed), draws))
    return [*found, code.interval_of(rng.normal(size=17), np.mean, np.random.default_rng(seed))]


@task(5, "fits a line to the logarithms", keeps_arguments=True)
def fitted(code, rng):
    found = []
    for size in (3, 7):
        steps = np.sort(rng.uniform(10, 1e5, size=size))
        found.append(code.power_law(steps, 9 * steps**-0.4 * np.exp(rng.normal(size=size) / 5)))
    exact = np.array([100.0, 400.0, 900.0])
    return [*found, code.power_law(exact, 6 / np.sqrt(exact)), code.power_law(exact, exact * 2)]


@task(6, "extrapolates the mean curve, with an interval over seeds", keeps_arguments=True)
def extrapolated(code, rng):
    seed, found = whole(rng, 0, 10_000), []
    for seeds, points, at, draws in ((5, 4, 3e4, 40), (4, 6, 1e6, 61)):
        steps = 1000.0 * np.arange(1, points + 1)
        curves = 8 * steps**-0.3 * np.exp(rng.normal(size=(seeds, points)) / 4)
        draw = np.random.default_rng(seed)
        found.append(code.extrapolate(steps, curves, at, draw, draws))
    steps = np.array([10.0, 20.0])
    curves = rng.uniform(1, 2, size=(9, 2))
    return [*found, code.extrapolate(steps, curves, 50.0, np.random.default_rng(seed))]


@task(7, "agrees, differs, or cannot decide", keeps_arguments=True)
def reproduced(code, rng):
    scores = [float(each) for each in rng.normal(10, 0.5, size=whole(rng, 4, 9))]
    mean = float(np.mean(scores))
    cases = ((0.2, 0.1, 5.0), (3.0, 0.4, 1.0), (0.3, 2.0, 0.5), (-2.5, 0.0, 1.0), (-0.1, 0.0, 9.0))
    found = [code.reproduction(mean + gap, half, scores, margin) for gap, half, margin in cases]
    return [*found, code.reproduction(mean - 2.5, 0.2, scores, 20.0)]


@task(7, "counts the ends as within")
def reproduced_at_the_ends(code, rng):
    scores = [4.0, 4.0, 4.0]
    cases = ((3.0, 0.0, 1.0), (5.0, 1.0, 1.5), (3.0, 1.0, 0.0), (4.0, 0.0, 0.0), (2.0, 1.0, 3.0))
    return [code.reproduction(*case[:2], scores, case[2]) for case in cases]
