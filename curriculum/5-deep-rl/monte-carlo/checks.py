"""The checks of `monte-carlo`.

Where a function draws random numbers, it plays in a world that keeps a log. What the function
returns is then compared with that log, because the order of the draws is free.
"""

import numpy as np

from undergrad.checker import at_least, decided_by, task, within


def random_episodes(rng, count=6, S=4, A=3):
    """Episodes in which states repeat. State 0 begins each one, and the last state never occurs."""
    lengths = [1, *rng.integers(3, 7, size=count - 1)]
    return [
        [
            (int(rng.integers(S - 1)) if t else 0, int(rng.integers(A)), float(rng.normal()))
            for t in range(length)
        ]
        for length in lengths
    ]


# --- values


@task(1, "averages the return of the first visit to each state", keeps_arguments=True)
def first_visits(code, rng):
    return code.first_visit(random_episodes(rng), 4, float(rng.uniform(0.5, 1)))


@task(1, "counts an episode once, even when a state comes back", keeps_arguments=True)
def first_of_two(code, rng):
    return code.first_visit([[(s, 0, float(rng.normal())) for s in (1, 0, 1, 1)]], 3, 0.9)


@task(1, "averages the returns of all visits", keeps_arguments=True)
def every_visits(code, rng):
    return code.every_visit(random_episodes(rng), 4, float(rng.uniform(0.5, 1)))


@task(1, "handles states that occur once, and an empty list of episodes")
def once_or_never(code, rng):
    once = [[(s, 0, float(rng.normal())) for s in (0, 2)]]
    return [
        method(episodes, 3, 0.9)
        for method in (code.first_visit, code.every_visit)
        for episodes in (once, [])
    ]


@task(2, "is the mean of the every-visit estimate over all lengths of an episode")
def expected_estimate(code, rng):
    return [float(code.every_visit_mean(p)) for p in (0.0, 0.5, 0.9, rng.uniform(0.1, 0.8))]


@task(3, "moves the mean by w over the total of the weights")
def one_number_more(code, rng):
    mean, total, x, w = (float(each) for each in rng.uniform(0.5, 3, size=4))
    return code.running_mean(mean, total, x, w)


@task(3, "has a weight of 1 when none is given")
def unweighted(code, rng):
    mean, total = 0.0, 0.0
    for x in rng.normal(size=5):
        mean, total = code.running_mean(mean, total, float(x))
    return float(mean), float(total)


@task(3, "keeps the mean where a weight is 0, even as the first one")
def weightless(code, rng):
    x = float(rng.normal())
    first = code.running_mean(0.0, 0.0, x, 0.0)
    return first, code.running_mean(1.5, 2.0, x, 0.0), code.running_mean(*first, 3.0, 0.25)


@task(4, "estimates the ratio and its standard error by episodes", keeps_arguments=True)
def ratio(code, rng):
    N = int(rng.integers(5, 9))
    return code.standard_error(rng.normal(1, 2, size=N), rng.integers(0, 5, size=N) + 0.5)


@task(4, "is the usual standard error of a mean when each episode has one visit")
def usual_error(code, rng):
    N = int(rng.integers(3, 7))
    return code.standard_error(rng.normal(size=N), np.ones(N))


# --- policies


@task(5, "gives epsilon / A to every action and the rest to the best one", keeps_arguments=True)
def soft(code, rng):
    return code.epsilon_soft(rng.normal(size=(4, 3)), float(rng.uniform(0.1, 0.9)))


@task(5, "lets the best actions share where several are equal")
def ties(code, rng):
    q = np.array([[1.0, 1, 0, 0.5], [0, 0, 0, 0], [2, 1, 2, 2], [-1, -3, -2, -1]])
    return [code.epsilon_soft(q, epsilon) for epsilon in (0.0, 0.2, 1.0)]


class Tangle:
    """A world whose steps are drawn in advance, so that it is the same for every program.

    Each step ends the episode with probability `end`. log: for each episode the state with which
    `reset` was called, and a list of (s, a, r).   best: an action that earns 9 more.
    """

    def __init__(self, rng, S=4, A=3, end=0.35, best=None):
        self.S, self.A, self.end, self.best = S, A, end, best
        self.rng = np.random.default_rng(rng.integers(1 << 30))
        self.log = []

    def reset(self, s=None):
        self.log.append((None if s is None else int(s), []))
        self.s = int(self.rng.integers(self.S) if s is None else s)
        return self.s

    def step(self, a):
        r = float(self.rng.normal(self.s - a)) + 9.0 * (a == self.best)
        self.log[-1][1].append((self.s, int(a), r))
        self.s = int(self.rng.integers(self.S))
        return self.s, r, bool(self.rng.random() < self.end)


def plain(episode):
    return [(int(s), int(a), float(r)) for s, a, r in episode]


@task(6, "pairs each reward with the state and the action that led to it", keeps_arguments=True)
def episode_of_a_policy(code, rng):
    world, pi = Tangle(rng, end=0.15), np.eye(3)[rng.integers(3, size=4)]
    return [plain(code.play(world, pi, rng)) for _ in range(4)]


@task(6, "begins with the given state and action, and then follows the policy")
def given_start(code, rng):
    world, pi = Tangle(rng, end=0.15), np.eye(3)[rng.integers(2, size=4)]
    starts = [(int(rng.integers(4)), 2), (0, 2), (3, 0)]
    return [plain(code.play(world, pi, rng, start)) for start in starts]


@task(6, "draws each action as often as the policy says", judge=within(0.85, 1.15), seeds=1)
def actions_drawn(code, rng):
    pi, world = np.array([[0.5, 0.25, 0.25]]), Tangle(rng, S=1, end=0.01)
    taken = []
    while len(taken) < 8000:
        taken += [a for _, a, _ in code.play(world, pi, rng)]
    return [float(np.mean(np.array(taken) == a) / pi[0, a]) for a in range(3)]


@task(6, "leaves the choice of actions to the generator")
def play_by_generator(code, rng):
    seed = int(rng.integers(1 << 30))

    def draw(rng):
        world = Tangle(np.random.default_rng(seed), end=0.02)
        return [plain(code.play(world, np.full((4, 3), 1 / 3), rng)) for _ in range(3)]

    return decided_by(draw, rng)


def means_of(world):
    """The mean return of each state and action in the log of a world, and their number."""
    sums, n = np.zeros((world.S, world.A)), np.zeros((world.S, world.A))
    for _, episode in world.log:
        G = 0.0
        for s, a, r in reversed(episode):
            G += r
            sums[s, a] += G
            n[s, a] += 1
    return sums / np.maximum(n, 1), n


@task(7, "returns the mean of all returns, and their number", needs=[3, 5, 6])
def means(code, rng):
    found = []
    for exploring in (False, True):
        world = Tangle(rng)
        q, n = code.mc_control(world, 60, rng, 0.3, exploring)
        mean, count = means_of(world)
        far = float(np.abs(np.asarray(q) - mean).max())
        found.append((round(far, 8), bool((count == n).all()), len(world.log)))
    return found


@task(7, "acts greedily on what it has averaged so far, when epsilon is 0", needs=[3, 5, 6])
def greedy(code, rng):
    """The number of actions that were not best at that time, in states that had been seen."""
    wrong, world = 0, Tangle(rng)
    code.mc_control(world, 120, rng, 0.0)
    before = Tangle(rng)
    for start, episode in world.log:
        q, n = means_of(before)
        wrong += sum(q[s, a] < q[s].max() - 1e-9 for s, a, _ in episode if n[s].any())
        before.log.append((start, episode))
    return int(wrong)


@task(7, "explores with probability epsilon", needs=[3, 5, 6], judge=within(0.34, 0.46), seeds=1)
def explores(code, rng):
    """Action 0 is far better, so two thirds of the random actions are seen."""
    world = Tangle(rng, S=2, end=0.9, best=0)
    code.mc_control(world, 4000, rng, 0.6)
    return float(np.mean([a > 0 for _, episode in world.log[300:] for _, a, _ in episode]))


class Unbiased:
    """One step in a state of its own for each episode, so that no action is known to be good."""

    def __init__(self, S):
        self.S, self.A, self.s, self.taken = S, 3, -1, []

    def reset(self, s=None):
        self.s = self.s + 1 if s is None else s
        return self.s

    def step(self, a):
        self.taken.append(int(a))
        return self.s, 1.0, True


@task(7, "begins with a random policy", needs=[3, 5, 6], judge=within(0.28, 0.39), seeds=1)
def random_at_first(code, rng):
    world = Unbiased(4000)
    code.mc_control(world, 4000, rng, 0.0)
    return [float(np.mean(np.array(world.taken) == a)) for a in range(3)]


@task(7, "draws exploring starts uniformly", needs=[3, 5, 6], judge=within(0.7, 1.3), seeds=1)
def exploring_starts(code, rng):
    world = Tangle(rng, S=3, A=2, end=0.9)
    code.mc_control(world, 4000, rng, 0.0, exploring_starts=True)
    pairs = [(start, episode[0][1]) for start, episode in world.log]
    return [6 * pairs.count((s, a)) / len(pairs) for s in range(3) for a in range(2)]


@task(7, "begins where the world begins, unless starts explore", needs=[3, 5, 6])
def usual_starts(code, rng):
    world = Tangle(rng)
    code.mc_control(world, 5, rng, 0.1)
    return [start for start, _ in world.log]


@task(7, "leaves every choice to the generator", needs=[3, 5, 6])
def control_by_generator(code, rng):
    seed = int(rng.integers(1 << 30))

    def draw(rng):
        world = Tangle(np.random.default_rng(seed))
        code.mc_control(world, 60, rng, 1.0, True)
        return [(start, episode) for start, episode in world.log]

    return decided_by(draw, rng)


# --- off-policy


def two_policies(rng, S=3, A=3):
    """A target policy with zeros, and one that takes every action."""
    pi, b = rng.uniform(0.1, 1, size=(2, S, A))
    pi[np.arange(S), rng.integers(A, size=S)] = 0
    return pi / pi.sum(axis=1, keepdims=True), b / b.sum(axis=1, keepdims=True)


@task(8, "multiplies the ratios of all actions so far", keeps_arguments=True)
def all_ratios(code, rng):
    _, b = two_policies(rng)
    _, pi = two_policies(rng)
    return [code.ratios(pi, b, episode) for episode in random_episodes(rng)]


@task(8, "is 0 from the first action on that the target policy never takes")
def impossible(code, rng):
    pi, b = two_policies(rng)
    return [code.ratios(pi, b, episode) for episode in random_episodes(rng, 12)]


@task(9, "divides by the number of episodes in the ordinary estimate", keeps_arguments=True)
def ordinary(code, rng):
    N = int(rng.integers(4, 9))
    return float(code.ordinary_is(rng.exponential(size=N), rng.normal(size=N)))


@task(9, "divides by the sum of the ratios in the weighted estimate", keeps_arguments=True)
def weighted(code, rng):
    N = int(rng.integers(4, 9))
    w = rng.exponential(size=N) * (np.arange(N) != 1)
    return float(code.weighted_is(w, rng.normal(size=N)))


@task(9, "is 0 where all ratios are 0")
def all_weightless(code, rng):
    G = rng.normal(size=4)
    return float(code.ordinary_is(np.zeros(4), G)), float(code.weighted_is(np.zeros(4), G))


@task(10, "finds the second moment, and where there is none")
def moments(code, rng):
    stay = float(rng.uniform(0.1, 0.9))
    pairs = [(0.9, 1.0), (0.5, 0.75), (stay, (1 + stay) / 2), (stay, 0.98), (0.0, 0.5)]
    return [float(code.second_moment(*pair)) for pair in pairs]


@task(10, "is infinite where the sum does not converge")
def no_moment(code, rng):
    return [float(code.second_moment(*pair)) for pair in ((0.9, 0.5), (0.5, 0.5), (0.8, 0.2))]


@task(11, "weights each reward by the ratio of its own step", needs=[8], keeps_arguments=True)
def per_decision(code, rng):
    pi, b = two_policies(rng)
    return float(code.per_decision_is(random_episodes(rng, 9), pi, b, float(rng.uniform(0.5, 1))))


@task(11, "measures how many equal weights the weights are worth", keeps_arguments=True)
def effective(code, rng):
    n = int(rng.integers(3, 8))
    weights = np.ones(n) * 0.3, np.eye(n)[1] * 5, rng.exponential(size=n), np.zeros(n)
    return [float(code.effective_sample_size(w)) for w in weights]


@task(12, "averages the returns, weighted by the ratios that follow", needs=[3])
def off_policy_values(code, rng):
    _, pi = two_policies(rng)
    _, b = two_policies(rng)
    return code.off_policy_q(random_episodes(rng, 9), pi, b, float(rng.uniform(0.5, 1)))


@task(12, "values actions that the policy itself never takes", needs=[3])
def other_actions(code, rng):
    pi, b = two_policies(rng)
    return code.off_policy_q(random_episodes(rng, 30), pi, b, 1.0)


@task(12, "leaves its arguments as they are", needs=[3], keeps_arguments=True)
def kept(code, rng):
    pi, b = two_policies(rng)
    return code.off_policy_q(random_episodes(rng, 3), pi, b, 0.9)


# --- the experiment, and other people's code


def recorded(rng, runs):
    """A `log` that hands out data drawn in advance, and the calls that it received."""
    data = [(rng.exponential(size=5), rng.normal(size=5)) for _ in range(runs)]
    calls = []

    def log(n, rng):
        calls.append(n)
        return data[(len(calls) - 1) % runs]

    return log, calls


@task(13, "averages the squared errors of both estimates over new data", needs=[9])
def averaged_errors(code, rng):
    runs = int(rng.integers(3, 6))
    log, calls = recorded(rng, runs)
    errors = code.squared_errors(log, float(rng.normal()), 5, runs, rng)
    return [float(each) for each in errors], calls


@task(13, "leaves the choice of the episodes to the generator", needs=[9])
def logs_by_generator(code, rng):
    def log(n, rng):
        return rng.exponential(size=n), rng.normal(size=n)

    return decided_by(lambda rng: code.squared_errors(log, 0.3, 4, 5, rng), rng)


@task(13, "finds that few hands favour one", needs=[6, 8, 9], judge=at_least(1.2), seeds=1)
def few_hands(code, rng):
    """The ratio of the two errors from three hands, with three generators."""
    found = [
        code.squared_errors(code.logged_hands, code.BOOK_VALUE, 3, 120, generator)
        for generator in rng.spawn(3)
    ]
    return [float(one / other) for one, other in found]


@task(13, "concludes what many runs show")
def concluded(code, rng):
    return code.closer()


@task(14, "names the fault of each program")
def named(code, rng):
    return code.faults()
