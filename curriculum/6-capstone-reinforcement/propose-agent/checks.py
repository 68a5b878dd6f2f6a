"""What is asked of `propose-agent`. Each function runs on the learner's code, on the solution and
on the mistakes, with one seed.

The worlds of these checks are small and of several kinds; a step after the end of an episode is an
error in all of them, so that an episode that is not ended in time shows.
"""

import copy

import numpy as np

from undergrad.checker import at_least, task, within


def whole(rng, low, high):
    """A random whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


class Counter:
    """The seed decides after how many steps it ends, and what it pays."""

    def __init__(self, ends="terminated"):
        self.ends = ends

    def reset(self, seed=None):
        self.seed, self.steps, self.over = seed, 0, False
        return np.array([seed, 0]), {}

    def observation(self):
        return np.array([self.seed, self.steps])

    def step(self, action):
        if self.over:
            raise RuntimeError("the episode is over: call reset before the next step")
        self.steps += 1
        self.over = self.steps > self.seed % 7
        reward = 0.5 + self.seed * self.steps + 100 * action
        ends = self.over and self.ends == "terminated", self.over and self.ends == "truncated"
        return self.observation(), reward, *ends, {}


# --- 1 to 3: three bars -------------------------------------------------------------------------


@task(1, "plays one episode for each seed, to its end")
def played(code, rng):
    seeds = [whole(rng, 0, 60) for _ in range(6)]
    ends = (Counter("terminated"), Counter("truncated"))
    found = [code.returns(world, lambda world: world.steps % 3, seeds) for world in ends]
    return [*found, code.returns(Counter(), lambda world: 0, seeds[:1])]


@task(1, "plays in an orchard, with a player that looks at its observation")
def in_an_orchard(code, rng):
    seeds = [whole(rng, 0, 10_000) for _ in range(5)]
    size = whole(rng, 5, 7)
    world = code.Orchard(size, apples=3, hedges=4, limit=9)
    return code.returns(world, code.gardener, seeds), code.returns(world, lambda w: 1, seeds)


@task(2, "gives each player its mean and interval, the highest first", keeps_arguments=True)
def table_of_bars(code, rng):
    names = [str(each) for each in rng.permutation(["random", "scripted", "search", "human"])]
    table = {name: rng.normal(whole(rng, 0, 9), 2, size=whole(rng, 8, 20)) for name in names}
    table["again"] = table[names[0]][::-1].copy()
    return code.bars(table)


@task(2, "keeps the order of equal means", keeps_arguments=True)
def equal_bars(code, rng):
    scores = np.array([1.0, 2.0, 3.0, 6.0])
    names = [str(each) for each in rng.permutation(["b", "c", "a"])]
    return code.bars({name: scores for name in names} | {"d": scores + 1})


@task(3, "takes the first step of the shortest way to a reward")
def planned(code, rng):
    found = []
    for _ in range(12):
        world = code.Orchard(6, apples=2, hedges=whole(rng, 6, 14), limit=30)
        world.reset(seed=whole(rng, 0, 100_000))
        found.append(code.plan(world))
    return found


@task(3, "stays within the steps that are left, and leaves the world alone")
def planned_to_the_end(code, rng):
    found = []
    for limit in (1, 2, 3, 5):
        world = code.Orchard(6, apples=3, hedges=8, limit=limit)
        world.reset(seed=whole(rng, 0, 100_000))
        before = world.state, world.steps, world.done
        found.append(code.plan(world))
        found.append(before == (world.state, world.steps, world.done))
    return found


class Line:
    """Squares in a row, with a reward at one end and a punishment beside the start."""

    def __init__(self, square, pays):
        self.square, self.pays, self.done = square, dict(pays), False

    @property
    def state(self):
        return self.square

    def copy(self):
        return copy.copy(self)

    def step(self, action):
        if self.done:
            raise RuntimeError("the episode is over: call reset before the next step")
        self.square += (0, 1, 0, -1)[action]
        reward = self.pays.get(self.square, 0.0)
        self.done = abs(self.square) > 9
        return self.square, reward, self.done, False, {}


@task(3, "looks for a reward above 0, past costs and dead ends")
def past_costs(code, rng):
    found = []
    for _ in range(6):
        right, left = (int(each) for each in 2 + rng.choice(6, size=2, replace=False))
        pays = {right: 1.0, -left: 0.5, 1: -1.0, -1: -2.0}
        found += [code.plan(Line(0, pays)), code.plan(Line(0, {right: 1.0, -right: 1.0}))]
    return [
        *found,
        code.plan(Line(0, {})),
        code.plan(Line(8, {-9: 1.0})),
        code.plan(Line(0, {3: 1})),
    ]


# --- 4 and 5: seeds -----------------------------------------------------------------------------


@task(4, "tells the variance of the seeds from that of the episodes", keeps_arguments=True)
def parts_of_a_variance(code, rng):
    found = []
    for seeds, episodes, wide in ((5, 12, 3.0), (4, 7, 0.6), (9, 3, 1.5)):
        scores = rng.normal(size=(seeds, 1)) * wide + rng.normal(size=(seeds, episodes))
        found.append(code.variance_parts(scores))
    return found


@task(4, "never finds less than no variance", keeps_arguments=True)
def no_variance(code, rng):
    scores = rng.normal(size=(3, 8))
    scores -= scores.mean(axis=1, keepdims=True)
    return code.variance_parts(scores), code.variance_parts(np.repeat(scores[:1], 4, axis=0))


@task(5, "computes the seeds that show an agent above a fixed bar")
def seeds(code, rng):
    std = float(rng.uniform(0.5, 2))
    found = [code.seeds_against_bar(std, gap) for gap in (std * 4, std, 0.6 * std, -0.4 * std)]
    return [
        *found,
        code.seeds_against_bar(std, 0.7 * std, 0.95),
        code.seeds_against_bar(std, 0.5 * std, 0.8, 0.01),
    ]


@task(5, "counts the experiments whose interval lies above the bar", keeps_arguments=True)
def lies_above(code, rng):
    found = []
    for runs, seeds, centre in ((40, 5, 0.9), (70, 2, 4.0), (30, 12, 0.4), (50, 11, 0.7)):
        found.append(code.cleared(rng.normal(centre, 1.0, size=(runs, seeds))))
    return [*found, code.cleared(np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]))]


@task(5, "reaches its power, as a simulation shows", judge=within(0.77, 0.86))
def reaches_power(code, rng):
    gap = float(rng.uniform(0.55, 0.75))
    seeds = code.seeds_against_bar(1.0, gap)
    return code.cleared(rng.normal(gap, 1.0, size=(20_000, seeds)))


# --- 6: a world that keeps its word -------------------------------------------------------------


class Fair:
    """A walk on a line: honest, unless one of its faults is switched on."""

    noise = np.random.default_rng(7)  # of all worlds together: it ignores the seed

    def __init__(self, fault=""):
        self.fault = fault

    def reset(self, seed=None):
        self.rng = np.random.default_rng(3 if self.fault == "start" else seed)
        self.here = self.rng.normal(size=3).round(3)
        self.steps = 0
        return self.here, {}

    def step(self, action):
        self.steps += 1
        move = self.rng.normal(size=3) + action
        if self.fault == "noise":
            move = move + Fair.noise.normal(size=3)
        if self.fault == "alias":
            self.here += move
        else:
            self.here = self.here + move
        reward = float(self.here.sum())
        if self.fault == "paid":
            reward += float(Fair.noise.normal())
        if self.fault == "inf" and self.steps == 2:
            reward = -float("inf")
        seen = self.here + (Fair.noise.normal(size=3) if self.fault == "blink" else 0)
        if self.fault == "alias":
            seen = self.here
        seen = seen[:2] if self.fault == "shape" and self.steps == 2 else seen
        return seen, reward, self.steps >= 6, False, {}


def some_actions(rng):
    return [whole(rng, 0, 3) for _ in range(9)]


@task(6, "finds nothing wrong with an honest world", keeps_arguments=True)
def honest_world(code, rng):
    found = code.conforms(Fair, some_actions(rng))
    return found, code.conforms(code.Orchard, some_actions(rng))


@task(6, "finds one fault at a time", keeps_arguments=True)
def one_fault(code, rng):
    faults = ("shape", "inf", "noise", "blink", "paid", "start", "alias")
    return [code.conforms(lambda f=fault: Fair(f), some_actions(rng)) for fault in faults]


class One(Fair):
    """Starts the same way for every seed but one."""

    def __init__(self, other):
        super().__init__()
        self.other = other

    def reset(self, seed=None):
        return super().reset(seed=5 + (seed == self.other))


@task(6, "compares the starts of the seeds 1 to 8", keeps_arguments=True)
def eight_starts(code, rng):
    return [code.conforms(lambda s=seed: One(s), [0, 1]) for seed in (0, 1, 2, 8, 9)]


@task(6, "names several faults in order", keeps_arguments=True)
def several_faults(code, rng):
    class Both(Fair):
        def step(self, action):
            seen, reward, *rest = super().step(action)
            return seen, reward + (np.inf if self.steps == 1 else 0), *rest

    class Same(Both):
        def reset(self, seed=None):
            self.fault = "alias"
            return super().reset(seed=4)

    actions = some_actions(rng)
    return code.conforms(Both, actions), code.conforms(Same, actions), code.conforms(Same, [])


# --- 7 and 8: what is paid, and what is meant ---------------------------------------------------


def paid_and_picked(code, player):
    """The mean return and the mean number of apples picked, in twenty fixed orchards."""
    paid, picked = 0.0, 0
    for seed in range(20):
        world = code.Nearing()
        world.reset(seed=seed)
        over = False
        while not over:
            _, reward, terminated, truncated, info = world.step(player(world))
            paid, over = paid + reward, terminated or truncated
        picked += info["picked"]
    return paid / 20, picked / 20


@task(7, "is paid more than the gardener, and picks fewer apples", judge=at_least(0.2), seeds=1)
def cheats(code, rng):
    honest, cheat = paid_and_picked(code, code.gardener), paid_and_picked(code, code.pacer)
    return [cheat[0] - honest[0], honest[1] - cheat[1]]


@task(7, "finds the players that are paid at least as well for less, the best paid first",
      keeps_arguments=True)  # fmt: skip
def found_holes(code, rng):
    honest = rng.uniform(2, 4, size=9), rng.uniform(2, 4, size=9)
    others = {}
    for name in rng.permutation(["pacing", "waiting", "bumping", "circling", "hiding", "better"]):
        paid = honest[0][:7] + rng.uniform(-1, 2) + rng.uniform(-0.1, 0.1, size=7)
        others[str(name)] = paid, honest[1][:7] + rng.uniform(-3, 1)
    others["equal pay"] = honest[0][::-1].copy(), honest[1] - 1
    others["the same"] = honest
    others["better still"] = honest[0] + 1, honest[1] + 1
    return code.holes(honest, others)


@task(7, "compares means, and counts equal pay as a hole", keeps_arguments=True)
def holes_by_means(code, rng):
    honest = np.array([1.0, 5.0]), np.array([4.0, 4.0])
    others = {
        "richest": (np.array([5.0, 6.0]), np.array([0.0, 1.0])),
        "even": (np.array([3.0, 3.0, 3.0]), np.array([3.0, 3.0, 3.0])),
        "level": (np.array([2.0, 4.0]), np.array([0.0, 7.0])),
        "richer": (np.array([9.0, 9.0]), np.array([4.0, 4.0])),
        "poorer": (np.array([6.0, -1.0]), np.array([0.0, 0.0])),
        "skewed": (np.array([0.0, 0.0, 12.0]), np.array([3.0, 3.0, 3.0])),
        "rich": (np.array([0.0, 8.0]), np.array([8.0, -2.0])),
    }
    return code.holes(honest, others), code.holes(honest, {})


def an_episode(rng):
    steps = whole(rng, 3, 7)
    return rng.normal(size=steps), rng.normal(size=steps + 1), float(rng.uniform(0.6, 0.95))


@task(8, "adds the discounted change of the potential to each reward", keeps_arguments=True)
def potential_based(code, rng):
    found = []
    for terminated in (True, False):
        rewards, potentials, gamma = an_episode(rng)
        found.append(code.shaped(rewards, potentials, gamma, terminated))
    return [*found, code.shaped(np.array([2.0]), np.array([1, 3]), 0.5, False)]


@task(8, "derives what is left of the sum", keeps_arguments=True)
def telescopes(code, rng):
    found = []
    for terminated in (True, False):
        _, potentials, gamma = an_episode(rng)
        found.append(code.shaping_gain(potentials, gamma, terminated))
    return found


# --- 9 to 11: levels, a card, and the reading ---------------------------------------------------


class Levels:
    """So many levels, of which the seed chooses one."""

    def __init__(self, count):
        self.count = count

    def reset(self, seed=None):
        level = np.random.default_rng(seed).integers(self.count)
        return np.array([0, level]), {}


@task(9, "finds the test seeds whose level is known from training", keeps_arguments=True)
def known_levels(code, rng):
    count = whole(rng, 25, 40)
    train = [whole(rng, 0, 1000) for _ in range(15)]
    test = [whole(rng, 2000, 9000) for _ in range(20)]
    mixed = [*test[:4], train[3], *test[4:8], train[0]]
    found = [code.level_leaks(lambda: Levels(count), train, each) for each in (test, mixed)]
    return [
        *found,
        code.level_leaks(code.Orchard, [1, 2, 3], [3, 40, 2]),
        code.level_leaks(lambda: Levels(3), range(30), range(50, 55)),
    ]


@task(10, "reads steps, hours and speed, and finds a budget that is too slow")
def budgets(code, rng):
    speed = whole(rng, 20, 900)
    hours = whole(rng, 1, 9)
    most = 3600 * hours * speed
    texts = [
        f"{most:,} steps, at {speed} steps a second, within {hours} hours.",
        f"Within {hours} hours: {most + speed:,} steps at {speed}.0 steps a second.",
        f"{speed} steps a second and {hours}.5 hours.",
        f"{most} steps take {hours} hours",
        f"{most} steps at {speed} steps a second; that is long",
        "Three evenings.",
        f"1 hour, 3,600,{whole(rng, 100, 999)} steps, 1,000 steps a second",
        "0.5 hours, 1,800 steps (not 9,000 steps), 1 steps a second, or 10 hours",
        f"2 hours, {speed} stepsize, 50 steps a second",
    ]
    return [code.budget_faults(text) for text in texts]


CARD = {
    "Sees": "Three boards of 6 x 6 squares with zeros and ones.",
    "Does": "One of four actions: up, right, down, left, by no fixed rule.",
    "Paid": "An apple earns 1, and nothing else earns anything.",
    "Metric": "Mean return over 100 episodes; success is 2.5 apples.",
    "Baseline": "Random 0.8 apples, scripted 1.3 apples, a planner 3.1 apples.",
    "Budget": "200,000 steps at 2,000 steps a second, within 1 hour.",
    "Levels": "Training has the seeds 0 to 999, the test 5000 to 5099.",
}
HEADINGS = {
    "Sees": "What it sees", "Does": "Actions", "Paid": "Rewards", "Metric": "Success",
    "Baseline": "Three bars", "Budget": "Time and cost", "Levels": "Train and test",
}  # fmt: skip


def some_card(rng, without=(), **changed):
    parts = {**CARD, **changed}
    order = [str(each) for each in rng.permutation(list(parts)) if each not in without]
    named = {name: HEADINGS[name] if rng.random() < 0.5 else name for name in order}
    return "\n\n".join(f"## {named[name]}\n\n{parts[name]}" for name in order)


@task(10, "accepts a full card, and names what is missing")
def cards(code, rng):
    some = [str(each) for each in rng.choice(list(CARD), size=2, replace=False)]
    template = some_card(rng)
    found = [
        code.world_card(some_card(rng)),
        code.world_card(""),
        code.world_card(template, template),
    ]
    return [*found, code.world_card(some_card(rng, without=some))]


@task(10, "asks for three players and for two ranges that share no seed")
def players_and_levels(code, rng):
    n = whole(rng, 100, 900)
    bars = (
        "RANDOM gets 0.8 apples and a Rule of one line 1.3 apples.",
        "Search gets 3.1 apples; by chance one gets 0.8 apples.",
        "A script gets 2 apples. Planning gets 3 apples.",
        "Random 1 apple, scripted 2 apples; there is no model to plan with, 0 apples.",
        "A plant with 5 leaves and nothing else in it.",
    )
    levels = (
        f"Seeds 0 to {n} for training, and {n + 1} to {n + 50} for the test.",
        f"Seeds 0 to {n} for training, and {n} to {n + 50} for the test.",
        f"The test is {n} to {n + 9}, and training has 0 to {n - 1} only.",
        f"The test is {n} to {n + 9}, and training has 0 to {n + 3}.",
        f"Training 10 to {n + 90}, test 50 to 60, which is inside of it.",
        f"Seeds 0 to {n} for everything that there is.",
        f"Training 0 to 9, test 20 to 29, and validation 5 to {n}.",
    )
    found = [code.world_card(some_card(rng, Baseline=text)) for text in bars]
    found += [code.world_card(some_card(rng, Levels=text)) for text in levels]
    both = some_card(rng, Baseline=bars[0], Levels=levels[1], Budget="It takes 3 evenings in all.")
    return [*found, code.world_card(both)]


@task(11, "reads the finished capstone")
def read(code, rng):
    return code.reading()
