"""A plan for an agent of your own: three bars, seeds, an honest world, and a reward without holes.

A world has the interface of Gymnasium: `reset(seed=...)` returns an observation and a dictionary,
and `step(action)` an observation, the reward, whether the episode terminated, whether it was
truncated, and a dictionary. A player is a function that gets the world and returns an action. A
fair one only looks at `world.observation()`; a planner also tries actions on copies.

The worlds, two players, the bounds of Student's t and a finished capstone to read are given.
`undergrad check propose-agent` runs your functions, and then looks at the plan of your own
capstone.

Letters: N episodes, S training seeds, R runs of a simulation, T time steps.
"""

import copy
import math
import re
from collections import deque
from statistics import NormalDist

import numpy as np
from exercises.propose import bootstrap_interval, plan_card, sections

# --- given --------------------------------------------------------------------------------------

quantile = NormalDist().inv_cdf  # quantile(0.975) is 1.96: 97.5% of a normal distribution is below

# 97.5% of Student's t distribution with 1, 2, ... 29 degrees of freedom lie below.
T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045,
)  # fmt: skip

MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left: (row, column)


class Orchard:
    """Apples between hedges, on size x size squares. Each seed has its own orchard.

    Actions: 0 up, 1 right, 2 down, 3 left; a hedge or the edge stops a step. An apple is picked on
    its square and earns 1. The episode terminates without apples, and is truncated after `limit`
    steps. `info["picked"]` is how many apples were picked so far: what is meant by the reward.
    """

    def __init__(self, size=6, apples=4, hedges=11, limit=18):
        self.size, self.count, self.hedge_count, self.limit = size, apples, hedges, limit

    def reset(self, seed=None):
        """A new episode. Returns: observation (3, size, size), info"""
        cells = [
            divmod(int(each), self.size)
            for each in np.random.default_rng(seed).permutation(self.size**2)
        ]
        self.square, self.steps, self.done = cells[0], 0, False
        self.apples = frozenset(cells[1 : 1 + self.count])
        self.hedges = frozenset(cells[1 + self.count :][: self.hedge_count])
        return self.observation(), {"picked": 0}

    def observation(self):
        """Three boards: the agent, the apples and the hedges, as zeros and ones."""
        seen = np.zeros((3, self.size, self.size))
        for board, squares in enumerate(({self.square}, self.apples, self.hedges)):
            for row, column in squares:
                seen[board, row, column] = 1
        return seen

    def step(self, action):
        """Returns: observation, reward, terminated, truncated, info"""
        if self.done:
            raise RuntimeError("the episode is over: call reset before the next step")
        before, self.steps = self.state, self.steps + 1
        row, column = (here + move for here, move in zip(self.square, MOVES[action], strict=True))
        inside = 0 <= row < self.size and 0 <= column < self.size
        if inside and (row, column) not in self.hedges:
            self.square = row, column
        self.apples -= {self.square}
        terminated = not self.apples
        truncated = not terminated and self.steps >= self.limit
        self.done = terminated or truncated
        picked = self.count - len(self.apples)
        reward = self.reward(before)
        return self.observation(), reward, terminated, truncated, {"picked": picked}

    @property
    def state(self):
        """Where the agent is, and which apples are left."""
        return self.square, self.apples

    def reward(self, before):
        """What the newest step earns; before: the state that it began in."""
        return float(len(before[1]) - len(self.apples))

    def copy(self):
        """The same situation once more; steps in a copy leave the original alone."""
        return copy.copy(self)


def nearest(state):
    """How many steps the nearest apple is away, without the hedges; 0 without apples.

    Returns: steps, int
    """
    (row, column), apples = state
    return min((abs(row - r) + abs(column - c) for r, c in apples), default=0)


class Nearing(Orchard):
    """As Orchard, and a step that gets nearer to the nearest apple earns 0.5 more."""

    def reward(self, before):
        """1 for an apple, and 0.5 for getting nearer to the one that was nearest."""
        square, apples = before
        nearer = nearest((self.square, apples)) < nearest((square, apples))
        return super().reward(before) + 0.5 * nearer


class Tidy(Orchard):
    """As Orchard, and a step that is not stopped by a hedge or the edge earns 0.5 more."""

    def reward(self, before):
        """1 for an apple, and 0.5 for a step that leads to another square."""
        return super().reward(before) + 0.5 * (self.square != before[0])


class Careful(Orchard):
    """As Orchard, and a step into a hedge or the edge costs 1."""

    def reward(self, before):
        """1 for an apple, and -1 for a step that leads nowhere."""
        return super().reward(before) - float(self.square == before[0])


def gardener(world):
    """A scripted player: one step towards the nearest apple, sideways first, hedges or not.

    Returns: action, int
    """
    agent, apples, _ = (np.argwhere(board) for board in world.observation())
    row, column = apples[abs(apples - agent[0]).sum(axis=1).argmin()] - agent[0]
    if column:
        return 1 if column > 0 else 3
    return 2 if row > 0 else 0


def random_player(rng):
    """A player that takes every action with the same probability, drawn from rng.

    Returns: player
    """
    return lambda world: int(rng.integers(4))


def trace(world, actions, seed):
    """Play a list of actions, as far as the episode lasts: what came back.

    Returns: observations, list, rewards, list; there is one observation more than rewards
    """
    observations, rewards = [world.reset(seed=seed)[0]], []
    for action in actions:
        observation, reward, terminated, truncated, _ = world.step(action)
        observations.append(observation)
        rewards.append(reward)
        if terminated or truncated:
            break
    return observations, rewards


# The parts of a plan for an agent, with beginnings of words by which a heading can be recognised.
WORLD = {
    "Sees": ("see", "observ", "sensor"),
    "Does": ("do", "action"),
    "Paid": ("paid", "reward", "pay"),
    "Metric": ("metric", "success", "target"),
    "Baseline": ("baseline", "bar", "player"),
    "Budget": ("budget", "cost", "time"),
    "Levels": ("level", "train and test", "held"),
}
PLAYERS = {  # words by which a bar is recognised
    "random": r"random|chance",
    "scripted": r"script|rule",
    "search": r"search|plan(s|ner|ning)|no model",
}

# The first plan of a worked capstone of this course, with an addition, and its results.
FINISHED = """
# Plan: Eight thousand steps of balance

Written on 2026-11-21, before the first training.

## Metric

Mean return over 20 fixed evaluation episodes, averaged over five training seeds; 500 is the highest
return of an episode. Target: 475.

## Baseline, scored

Added on 2026-11-29, after the results, on 20 episodes that are used for nothing else:

| baseline | mean return | 95% interval |
|---|---|---|
| push towards the side to which the pole leans | 39.5 | 36.0 to 43.2 |
| push towards the side to which it is going to lean | 500 | 500 to 500 |

# results.json, on the 20 evaluation episodes

    "value": 499.47, "baseline": 485.2,
    "seeds": {"0": 500.0, "1": 500.0, "2": 500.0, "3": 497.9, "4": 499.45}
"""

# --- yours --------------------------------------------------------------------------------------


def returns(world, player, seeds):
    """The return of one episode for each seed: the sum of its rewards, without a discount.

    seeds: N whole numbers; each begins an episode of its own, which is played to its end.
    Returns: scores (N,), floats
    """
    # TODO 1: reset with the seed, then step until the episode is over, for either reason
    scores = []
    for seed in seeds:
        world.reset(seed=seed)
        total, over = 0.0, False
        while not over:
            _, reward, terminated, truncated, _ = world.step(player(world))
            total, over = total + reward, terminated or truncated
        scores.append(total)
    return np.array(scores)


def bars(table):
    """The bars that an agent has to clear, the highest first.

    table: {name: scores (N,)}.
    A row is a tuple of name, mean, low and high, with the interval of `bootstrap_interval` and a
    generator np.random.default_rng(0) of its own. Of equal means, the name that stands first in the
    table is first.
    Returns: rows, list
    """
    # TODO 2: one row for each player, then sort by the mean
    rows = []
    for name, scores in table.items():
        low, high = bootstrap_interval(scores, np.random.default_rng(0))
        rows.append((name, float(scores.mean()), low, high))
    return sorted(rows, key=lambda row: -row[1])


def plan(world):
    """The action of a planner: the first one of the shortest way to a reward above 0.

    world: with `copy()` and `state`, at any time before the end of its episode.
    Breadth first, on copies: actions in the order 0, 1, 2, 3, and of two ways of the same length
    the one that was found first. A state that was reached before is not tried again, nor is one at
    the end of an episode. Without any such way, 0.
    Returns: action, int
    """
    # TODO 3: a queue of (copy, first action), and a set of the states that were reached
    queue, reached = deque([(world, None)]), {world.state}
    while queue:
        here, first = queue.popleft()
        for action in range(4):
            there = here.copy()
            _, reward, terminated, truncated, _ = there.step(action)
            opening = action if first is None else first
            if reward > 0:
                return opening
            if there.state not in reached and not (terminated or truncated):
                reached.add(there.state)
                queue.append((there, opening))
    return 0


def variance_parts(scores):
    """From which source a pilot's scores vary: the seeds of the training, or the episodes.

    scores: (S, N), the return of each trained agent in each evaluation episode; S, N > 1.
    episodes: the variance between the episodes of one agent, with N - 1 in its denominator,
    averaged over the agents.
    seeds: the variance of the agents' means, with S - 1, without what the episodes add to it,
    episodes / N; at least 0.
    Returns: seeds, float, episodes, float
    """
    # TODO 4: the mean of the variances, and the variance of the means
    episodes = float(scores.var(axis=1, ddof=1).mean())
    between = float(scores.mean(axis=1).var(ddof=1))
    return max(0.0, between - episodes / scores.shape[1]), episodes


def seeds_against_bar(std, gap, power=0.8, alpha=0.05):
    """How many training seeds show that an agent is better than a fixed bar by gap.

    std: the standard deviation over seeds, from a pilot.   The bar itself has no seeds.
    The formula of the lesson, rounded up; never fewer than 5.
    Returns: seeds, int
    """
    # TODO 5: the formula of `propose`, for one method in place of two
    tail, other = quantile(1 - alpha / 2), quantile(power)
    return max(5, math.ceil(((tail + other) * std / gap) ** 2 + tail**2 / 2))


def cleared(gains):
    """How often the 95% interval of an agent lies above the bar, over many runs of a simulation.

    gains: (R, S), by how much each of S seeds is above the bar, in each of R experiments; S from 2
    to 30. The lower end is the mean minus T[S - 2] times the standard deviation, with S - 1 in its
    denominator, over the square root of S.
    Returns: fraction, float
    """
    # TODO 5: the lower end for each run, then how many of them are above 0
    seeds = gains.shape[1]
    half = T[seeds - 2] * gains.std(axis=1, ddof=1) / math.sqrt(seeds)
    return float(np.mean(gains.mean(axis=1) - half > 0))


def conforms(make, actions):
    """What is wrong with a world that runs without an error.

    make: a function without arguments that creates the world.   actions: a list to play.
    Compare what `trace` returns, each time in a newly created world, in this order:
    "observation: shape changes" unless all observations of seed 1 have the shape of the first;
    "reward: not finite" unless all rewards of seed 1 are;
    "seed: same seed, other episode" unless seed 1 gives equal observations and rewards twice;
    "seed: other seed, same start" when the seeds 1 to 8 all begin with the same observation;
    "observation: changed later" when the first observation of seed 1 is no longer what it was right
    after `reset` once the actions have been played.
    Where a shape changes, nothing else is looked at.
    Returns: complaints, list
    """
    # TODO 6: one question after the other; `np.array_equal` compares, and `.copy()` remembers
    complaints = []
    first, rewards = trace(make(), actions, 1)
    if any(np.shape(each) != np.shape(first[0]) for each in first):
        return ["observation: shape changes"]
    if not np.isfinite(rewards).all():
        complaints.append("reward: not finite")
    again, paid = trace(make(), actions, 1)
    if not (np.array_equal(first, again) and np.array_equal(rewards, paid)):
        complaints.append("seed: same seed, other episode")
    starts = [make().reset(seed=seed)[0] for seed in range(1, 9)]
    if all(np.array_equal(starts[0], each) for each in starts):
        complaints.append("seed: other seed, same start")
    if not np.array_equal(first[0], make().reset(seed=1)[0]):
        complaints.append("observation: changed later")
    return complaints


def pacer(world):
    """A player that cheats in Nearing: it is paid more than the gardener, and picks fewer apples.

    world: a Nearing, which it may try on copies.
    Returns: action, int
    """
    # TODO 7: try the four actions on copies; what does Nearing pay for, and what may not happen?
    options = []
    for action in range(4):
        there = world.copy()
        reward = there.step(action)[1]
        if there.apples == world.apples:
            options.append((reward, there.square != world.square, -action))
    return -max(options, default=(0, False, 0))[2]


def holes(honest, others):
    """Which players show that a reward pays for the wrong thing, the best paid first.

    honest: (paid, meant) of a player that does what is meant; others: {name: (paid, meant)}. paid
    and meant are (N,): the return of each episode, and what it should have measured.
    A player is a hole when its mean of paid is at least that of the honest one, although its mean
    of meant is lower. Of equally paid ones, the name that stands first in others is first.
    Returns: names, list
    """
    # TODO 7: compare both means with those of the honest player, then sort
    paid, meant = (np.mean(each) for each in honest)
    found = {name: (np.mean(p), np.mean(m)) for name, (p, m) in others.items()}
    names = [name for name, (p, m) in found.items() if p >= paid and m < meant]
    return sorted(names, key=lambda name: -found[name][0])


def shaped(rewards, potentials, gamma, terminated):
    """The rewards of an episode with potential-based shaping (Ng, Harada and Russell, 1999).

    rewards (T,).   potentials (T + 1,): of the state before each step, and of the last one.
    Each step earns gamma times the potential after it, minus the one before it. The last state
    counts with a potential of 0 when the episode terminated.
    Returns: rewards (T,)
    """
    # TODO 8: which potentials stand before and after each step?
    after = np.array(potentials[1:], dtype=float)
    if terminated:
        after[-1] = 0
    return rewards + gamma * after - potentials[:-1]


def shaping_gain(potentials, gamma, terminated):
    """By how much that shaping changes the discounted return of an episode, without its rewards.

    Arguments as those of `shaped`. The discounted return weights the reward of step t, counted from
    0, with gamma^t. Derive the sum: it needs two potentials, and no loop.
    Returns: gain, float
    """
    # TODO 8: write the sum for three steps on paper; what is left of it?
    steps = len(potentials) - 1
    end = 0.0 if terminated else gamma**steps * potentials[-1]
    return float(end - potentials[0])


def level_leaks(make, train, test):
    """The seeds of the test whose level an agent may have met in training.

    make: creates a world.   train, test: seeds. Two seeds may give the same level: an episode is
    known when its first observation equals that of a training seed.
    Returns: seeds, list; in the order of test
    """

    # TODO 9: one set of first observations; `.tobytes()` makes something that a set can hold
    def start(seed):
        return np.asarray(make().reset(seed=seed)[0]).tobytes()

    known = {start(seed) for seed in train}
    return [seed for seed in test if start(seed) in known]


def budget_faults(text):
    """What is wrong with the part Budget of a plan, in this order.

    It names three numbers, in any order: "200,000 steps", "2.5 hours" or "1 hour", and "5,000 steps
    a second", each with a single space, perhaps with commas or a decimal point. Of several, the
    first counts. "no steps", "no hours" and "no speed" for those that are missing; with all three,
    "too slow" when the steps take longer than the hours.
    Returns: faults, list
    """
    # TODO 10: three patterns; "(?! a second)" is true where " a second" does not follow
    number = r"(\d[\d,]*(?:\.\d+)?)"
    patterns = {
        "steps": rf"{number} steps\b(?! a second)",
        "hours": rf"{number} hours?\b",
        "speed": rf"{number} steps a second",
    }
    found = {name: re.search(pattern, text) for name, pattern in patterns.items()}
    if not all(found.values()):
        return [f"no {name}" for name, match in found.items() if match is None]
    steps, hours, speed = (float(match[1].replace(",", "")) for match in found.values())
    return ["too slow"] if steps / speed > 3600 * hours else []


def world_card(text, template=""):
    """What is missing in the plan of an agent.

    First the complaints of `plan_card` with the names WORLD. Then, where the part is there:
    "Baseline: no random player", for each of PLAYERS in its order whose pattern is not found in the
    part Baseline, in capitals or not; "Budget: no hours" for each of its `budget_faults`; and of
    Levels, "Levels: not two ranges" unless it has at least two ranges of seeds such as "0 to 999",
    or else "Levels: overlap" when the first two share a seed. Both ends belong to a range.
    Returns: complaints, list
    """
    # TODO 10: `plan_card`, then the three parts; `re.findall(r"(\d+) to (\d+)", part)`
    complaints, parts = plan_card(text, template, WORLD), sections(text, WORLD)
    if "Baseline" in parts:
        missing = (
            name for name, word in PLAYERS.items() if not re.search(word, parts["Baseline"], re.I)
        )
        complaints += [f"Baseline: no {name} player" for name in missing]
    if "Budget" in parts:
        complaints += [f"Budget: {fault}" for fault in budget_faults(parts["Budget"])]
    if "Levels" in parts:
        ranges = [tuple(map(int, each)) for each in re.findall(r"(\d+) to (\d+)", parts["Levels"])]
        if len(ranges) < 2:
            complaints.append("Levels: not two ranges")
        elif max(ranges[0][0], ranges[1][0]) <= min(ranges[0][1], ranges[1][1]):
            complaints.append("Levels: overlap")
    return complaints


def reading():
    """The reading: what FINISHED promised, and what its own numbers say.

    target: of the plan.   bar: the best baseline of the plan.   again: that baseline on the 20
    evaluation episodes.   gap: by how much the value of the results is above `again`.
    std: the standard deviation of the five seeds, with S - 1 in its denominator.
    Returns: target, float, bar, float, again, float, gap, float, std, float
    """
    # TODO 11: read the plan and the results above
    std = float(np.std([500.0, 500.0, 500.0, 497.9, 499.45], ddof=1))
    return 475.0, 500.0, 485.2, 499.47 - 485.2, std
