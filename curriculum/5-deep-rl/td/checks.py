"""The checks of `td`.

Where a function plays, it plays in a world that keeps a log, with which what it did and what it
returned has to agree, because the order of the random draws is free.
"""

import numpy as np

from undergrad.checker import decided_by, task, within


def episode(code, rng, T=6, S=5, terminated=True):
    """An episode in which states repeat, also one right behind the other. The last never occurs."""
    states = rng.integers(S - 1, size=T + 1)
    states[1], states[-1] = states[0], states[2]
    return code.Episode(states, rng.normal(size=T), terminated)


def episodes(code, rng):
    """Some that terminated and some that were truncated, of 1 to 6 steps."""
    lengths = [2, *rng.integers(3, 7, size=4)]
    return [
        *(episode(code, rng, int(T), terminated=bool(i % 2)) for i, T in enumerate(lengths)),
        code.Episode(np.array([0, 2]), rng.normal(size=1), True),
    ]


# --- values from single steps


@task(1, "adds the discounted value of the next state to the reward", keeps_arguments=True)
def targets(code, rng):
    r, v_next = rng.normal(size=(2, 7))
    ended = np.arange(7) % 3 == 1
    return np.asarray(code.td_target(r, v_next, ended, float(rng.uniform(0.3, 0.9))), float)


@task(1, "takes single numbers too")
def one_target(code, rng):
    r, v_next, gamma = rng.uniform(0.2, 0.9, size=3).tolist()
    return [float(code.td_target(r, v_next, ended, gamma)) for ended in (False, True)]


@task(2, "moves each state seen towards its TD target, one after the other", keeps_arguments=True)
def step_by_step(code, rng):
    return code.td0(rng.normal(size=5), episode(code, rng), 0.3, float(rng.uniform(0.5, 0.9)))


@task(2, "expects something after a truncated episode", keeps_arguments=True)
def truncated_walk(code, rng):
    seen = episode(code, rng, terminated=False)
    return code.td0(rng.normal(size=5), seen, float(rng.uniform(0.1, 0.5)), 0.8)


@task(2, "learns from an episode of one step")
def single_step(code, rng):
    v, r = rng.normal(size=4), rng.normal(size=1)
    return [code.td0(v, code.Episode(np.array([1, 3]), r, end), 0.2, 0.9) for end in (True, False)]


@task(3, "moves all states by the sums of their errors after each sweep")
def few_sweeps(code, rng):
    seen = episodes(code, rng)
    return [code.batch_td(seen, 5, 0.8, 0.04, sweeps) for sweeps in (1, 2, 5)]


@task(3, "settles when the sweeps go on")
def many_sweeps(code, rng):
    return code.batch_td(episodes(code, rng), 5, 0.7, 0.05, 300)


@task(3, "solves the world that the episodes suggest")
def suggested(code, rng):
    seen = episodes(code, rng)
    return [code.certainty_equivalence(seen, 5, gamma) for gamma in (0.0, 0.6, 0.9)]


@task(3, "solves an undiscounted world too")
def undiscounted(code, rng):
    seen = [episode(code, rng, T) for T in (3, 5, 4)]
    return code.certainty_equivalence(seen, 6, 1.0)


# --- more than one step


def rewards_and_values(rng, T=6):
    return rng.normal(size=T), rng.normal(size=T + 1)


@task(4, "sums up to n discounted rewards and the value after them", keeps_arguments=True)
def n_steps(code, rng):
    rewards, values = rewards_and_values(rng)
    return [code.n_step_returns(rewards, values, n, 0.8) for n in (1, 2, 3, 5)]


@task(4, "stops at the end of the episode", keeps_arguments=True)
def beyond_the_end(code, rng):
    rewards, values = rewards_and_values(rng, 4)
    return [code.n_step_returns(rewards, values, n, 0.7) for n in (4, 9)]


@task(4, "handles an episode of one step")
def one_reward(code, rng):
    return code.n_step_returns(*rewards_and_values(rng, 1), 3, 0.9)


@task(5, "averages the n-step returns, the whole return with the rest", keeps_arguments=True)
def mean_of_returns(code, rng):
    rewards, values = rewards_and_values(rng)
    lams = (0.0, 1.0, float(rng.uniform(0.2, 0.8)))
    return [code.lambda_returns(rewards, values, lam, 0.9) for lam in lams]


@task(5, "handles an episode of one step, and one of two")
def short_mixture(code, rng):
    return [code.lambda_returns(*rewards_and_values(rng, T), 0.6, 0.8) for T in (1, 2)]


@task(5, "moves every state once for each visit, by errors of the old values", keeps_arguments=True)
def moved(code, rng):
    v = rng.normal(size=5)
    seen = episode(code, rng), episode(code, rng, 5, terminated=False)
    return [code.forward_view(v, each, 0.2, 0.6, 0.9) for each in seen]


@task(6, "passes each TD error back along the traces", keeps_arguments=True)
def traces(code, rng):
    v, lam = rng.normal(size=5), float(rng.uniform(0.3, 0.9))
    return code.td_lambda(v, episode(code, rng), 0.2, lam, 0.8)


@task(6, "is TD(0) where lambda is 0, and reaches all states where it is 1")
def both_ends(code, rng):
    v, seen = rng.normal(size=5), episode(code, rng)
    return [code.td_lambda(v, seen, 0.2, lam, 0.9) for lam in (0.0, 1.0)]


@task(6, "equals the forward view when it is not online", keeps_arguments=True)
def offline(code, rng):
    v = rng.normal(size=5)
    seen = episode(code, rng), episode(code, rng, terminated=False)
    return [code.td_lambda(v, each, 0.2, 0.7, 0.9, online=False) for each in seen]


@task(6, "sets a trace to 1 where it replaces")
def replaced(code, rng):
    v, seen = rng.normal(size=5), episode(code, rng, 8)
    return [code.td_lambda(v, seen, 0.2, 0.8, 0.9, online, True) for online in (True, False)]


@task(6, "expects something after a truncated episode")
def truncated_traces(code, rng):
    return code.td_lambda(rng.normal(size=5), episode(code, rng, terminated=False), 0.3, 0.6, 0.9)


# --- control


@task(7, "moves one entry by a fraction of the way, in place")
def one_entry(code, rng):
    q = rng.normal(size=(4, 3))
    code.update(q, 2, 1, float(rng.normal(3)), float(rng.uniform(0.1, 0.9)))
    code.update(q, 2, 1, float(rng.normal(3)), 1.0)
    code.update(q, 0, 2, float(rng.normal()), 0.25)
    return q


def steps(code, rng):
    """Two that go on, one of them to the same state, and one that terminated."""
    r = rng.normal(size=3)
    return [
        code.Step(3, 0, float(r[0]), 1, 2, False),
        code.Step(1, 2, float(r[1]), 1, 0, False),
        code.Step(0, 1, float(r[2]), 3, 1, True),
    ]


def learned(code, rng, rule):
    """The tables after each of three steps, learned by `rule(q, step)`."""
    found, q = [], rng.normal(size=(4, 3))
    q[1] -= 4  # the next state is not the best one, and its values are negative
    for each in steps(code, rng):
        rule(q, each)
        found.append(q.copy())
    return found


@task(7, "updates towards the action that is taken next", needs=[1])
def by_sarsa(code, rng):
    lr, gamma = rng.uniform(0.3, 0.9, size=2).tolist()
    return learned(code, rng, lambda q, step: code.sarsa(q, step, lr, gamma))


@task(7, "updates towards the best next action", needs=[1])
def by_q_learning(code, rng):
    lr, gamma = rng.uniform(0.3, 0.9, size=2).tolist()
    return learned(code, rng, lambda q, step: code.q_learning(q, step, lr, gamma))


@task(8, "is the mean under the policy that acts", keeps_arguments=True)
def mean_value(code, rng):
    q, epsilon = rng.normal(-1, 1, size=5), float(rng.uniform(0.1, 0.9))
    return [float(code.expected_value(q, each)) for each in (0.0, epsilon, 1.0)]


@task(8, "is the same when several actions are best", keeps_arguments=True)
def tied_value(code, rng):
    best = float(rng.uniform(1, 2))
    q = np.array([best, 0.5, best, -1.0])
    return [float(code.expected_value(each, 0.4)) for each in (q, np.full(3, best))]


@task(8, "updates towards the expected value of the next action", needs=[1, 7])
def by_expected_sarsa(code, rng):
    lr, gamma, epsilon = rng.uniform(0.2, 0.8, size=3).tolist()
    return learned(code, rng, lambda q, step: code.expected_sarsa(q, step, lr, gamma, epsilon))


class Tangle:
    """A world whose steps are drawn in advance, so that it is the same for every program.

    Each step terminates with probability `end` and truncates with probability `cut`, sometimes
    both. log: for each episode a list of (s, a, r, s2, terminated, over).
    """

    def __init__(self, rng, S=4, A=3, end=0.15, cut=0.15):
        self.S, self.A, self.end, self.cut = S, A, end, cut
        self.rng = np.random.default_rng(rng.integers(1 << 30))
        self.log = []

    def reset(self):
        self.log.append([])
        self.s = int(self.rng.integers(self.S))
        return self.s

    def step(self, a):
        r = float(self.rng.normal(self.s - a))
        s2 = int(self.rng.integers(self.S))
        terminated, truncated = (self.rng.random(2) < (self.end, self.cut)).tolist()
        self.log[-1].append((self.s, int(a), r, s2, terminated, terminated or truncated))
        self.s = s2
        return s2, r, terminated, truncated


def compared(log, told):
    """How many steps were told wrongly: s, a, r, s2, terminated, a2; and how many were missed."""
    wrong = dict.fromkeys(("s", "a", "r", "s2", "terminated", "a2"), 0)
    steps = [each for one in log for each in one]
    after = [one[i + 1][1] if i + 1 < len(one) else None for one in log for i in range(len(one))]
    for (s, a, r, s2, terminated, over), a2, step in zip(steps, after, told, strict=False):
        wrong["s"] += int(step.s != s)
        wrong["a"] += int(step.a != a)
        wrong["r"] += int(abs(step.r - r) > 1e-9)
        wrong["s2"] += int(step.s2 != s2)
        wrong["terminated"] += int(bool(step.terminated) != terminated)
        wrong["a2"] += int(not over and step.a2 != a2)
    return wrong, len(steps) - len(told)


@task(9, "tells `learn` each step, with the action that it takes next")
def told_steps(code, rng):
    world, told, q = Tangle(rng), [], rng.normal(size=(4, 3))
    code.control(world, lambda q, step: told.append(step), q, 30, 0.7, rng)
    return compared(world.log, told)


@task(9, "returns the sum of the rewards of each episode, and plays as many as asked")
def sums(code, rng):
    world, q = Tangle(rng), rng.normal(size=(4, 3))
    earned = code.control(world, lambda q, step: None, q, 12, 0.5, rng)
    right = [sum(r for _, _, r, *_ in one) for one in world.log]
    far = [round(float(abs(a - b)), 9) for a, b in zip(earned, right, strict=False)]
    return len(earned), len(world.log), far


@task(9, "ends an episode where it is terminated or truncated, and not before")
def ends(code, rng):
    world, q = Tangle(rng), rng.normal(size=(4, 3))
    code.control(world, lambda q, step: None, q, 30, 0.5, rng)
    late = sum(over for one in world.log for *_, over in one[:-1])
    early = sum(not one[-1][-1] for one in world.log if one)
    return int(late), int(early)


@task(9, "chooses a2 before it learns, and hands out the table itself")
def before_learning(code, rng):
    """How often an action was not the best one at the time of its choice, or another table came.

    `learn` turns all values round, so that the best action is another one after each step.
    """
    world, q, best, others = Tangle(rng), rng.normal(size=(4, 3)), [], []
    first = q.copy()

    def learn(table, step):
        best.append(int(first[step.s2].argmax()))
        others.append(table is not q)
        table *= -1
        first[:] = q

    code.control(world, learn, q, 20, 0.0, rng)
    taken = [a for one in world.log for _, a, *_ in one]
    begins = np.cumsum([0, *map(len, world.log)])
    inside = [i for i in range(1, len(taken)) if i not in begins]
    return sum(taken[i] != best[i - 1] for i in inside), sum(others)


@task(9, "explores with probability epsilon", judge=within(0.34, 0.46), seeds=1)
def explores(code, rng):
    """The fraction of random actions that are seen, two thirds of an epsilon of 0.6."""
    world, q = Tangle(rng, end=0.3), np.eye(4, 3)
    code.control(world, lambda q, step: None, q, 2500, 0.6, rng)
    taken = [a != q[s].argmax() for one in world.log for s, a, *_ in one if s < 3]
    return float(np.mean(taken))


@task(9, "leaves every choice to the generator")
def control_by_generator(code, rng):
    seed = int(rng.integers(1 << 30))

    def draw(rng):
        world = Tangle(np.random.default_rng(seed))
        code.control(world, lambda q, step: None, np.zeros((4, 3)), 30, 0.5, rng)
        return world.log

    return decided_by(draw, rng)


class Ring:
    """States in a circle: action a leads a steps on and earns a number that is drawn in advance.

    It terminates, or truncates, when it comes to the state of that name; None for never.
    """

    def __init__(self, rng, terminates=None, truncates=None, S=5, A=3):
        self.S, self.A, self.terminates, self.truncates = S, A, terminates, truncates
        self.rewards, self.taken = rng.normal(size=(S, A)), []

    def reset(self):
        self.s = 0
        return 0

    def step(self, a):
        r = float(self.rewards[self.s, a])
        self.taken.append(int(a))
        self.s = (self.s + a) % self.S
        return self.s, r, self.s == self.terminates, self.s == self.truncates


@task(10, "adds up the rewards of the best actions until the end", keeps_arguments=True)
def greedy(code, rng):
    found = []
    for ends in ({"terminates": 3}, {"truncates": 4}):
        world, q = Ring(rng, **ends), rng.uniform(size=(5, 3))
        q[:, 1] += 1
        earned = code.greedy_return(world, q, 40)
        found.append((float(earned), len(world.taken)))
    return found


@task(10, "stops at the limit, and takes the first of several best actions")
def goes_on_for_ever(code, rng):
    world, q = Ring(rng), np.array([[0.0, 1, 1], [2, 2, 2], [0, 0, 3], [0, 1, 0], [1, 0, 1]])
    earned = code.greedy_return(world, q, 7)
    return float(earned), world.taken


@task(10, "concludes what several seeds show")
def concluded(code, rng):
    return code.on_the_cliff()


# --- the largest of noisy numbers


@task(11, "is the expectation of the larger estimate")
def bias(code, rng):
    sigma, n = float(rng.uniform(0.5, 3)), int(rng.integers(2, 30))
    return [float(code.maximum_bias(*pair)) for pair in ((1.0, 1), (sigma, n), (2.0, 5), (0.0, 3))]


@task(
    12, "takes the value by one row of the action that is best by the other", keeps_arguments=True
)
def two_rows(code, rng):
    return [float(code.double_value(*rng.normal(size=(2, 5)))) for _ in range(6)]


def after_double_q(code, rng, lr, gamma, q, step):
    """The two tables after one update, by the number of the table that changed."""
    found = {}
    for _ in range(60):
        new = q.copy()
        code.double_q(new, step, lr, gamma, rng)
        changed = np.flatnonzero((new != q).any(axis=(1, 2))).tolist()
        found[str(changed)] = new
    return dict(sorted(found.items()))


@task(
    12,
    "updates one table, with the value that the other one gives to its best action",
    needs=[1, 7],
)
def by_double_q(code, rng):
    lr, gamma = rng.uniform(0.3, 0.9, size=2).tolist()
    q = rng.normal(size=(2, 4, 3))
    q[1] = np.roll(q[0], 1, axis=1) + 0.01 * rng.normal(size=(4, 3))  # other best actions
    return [after_double_q(code, rng, lr, gamma, q, step) for step in steps(code, rng)]


@task(12, "chooses the table by a fair coin", needs=[1, 7], judge=within(0.42, 0.58), seeds=1)
def fair_coin(code, rng):
    q, step, first = rng.normal(size=(2, 4, 3)), steps(code, rng)[0], 0
    for _ in range(2000):
        new = q.copy()
        code.double_q(new, step, 0.5, 0.9, rng)
        first += int((new[0] != q[0]).any())
    return first / 2000


@task(12, "leaves the coin to the generator", needs=[1, 7])
def coin_of_the_generator(code, rng):
    q, step = rng.normal(size=(2, 4, 3)), steps(code, rng)[0]

    def draw(rng):
        """The two tables after each of forty updates of the same two."""
        found = []
        for _ in range(40):
            found.append(q.copy())
            code.double_q(found[-1], step, 0.5, 0.9, rng)
        return np.array(found)

    return decided_by(draw, rng)


# --- features


LOW, HIGH = np.array([-1.0, 2.0]), np.array([3.0, 2.5])


def shared(code, points, tilings, bins, low=LOW, high=HIGH):
    """How many tiles each two points share, whatever the numbers of the tiles are."""
    ids = np.array([code.tiles(x, tilings, bins, low, high) for x in points])
    return (ids[:, None] == ids[None]).sum(axis=2)


def points_between(rng, count, low=LOW, high=HIGH):
    return low + (high - low) * rng.uniform(size=(count, len(low)))


@task(13, "has one tile in each tiling, with ids that no two tilings share", keeps_arguments=True)
def ids(code, rng):
    found, (tilings, bins) = [], (5, 3)
    for x in points_between(rng, 40):
        active = np.asarray(code.tiles(x, tilings, bins, LOW, HIGH))
        found.append((active.shape, len(set(active.tolist())), int(np.ptp(active) >= 0)))
        found.append((bool(active.min() >= 0), bool(active.max() < tilings * (bins + 1) ** 2)))
    return found


@task(13, "lets neighbours share most of their tiles, and others none")
def neighbours(code, rng):
    close = points_between(rng, 1) + (HIGH - LOW) * rng.normal(0, 0.1, size=(12, 2))
    inside = np.clip(close, LOW + 1e-3, HIGH - 1e-3)
    return [shared(code, [*inside, *points_between(rng, 10)], *each) for each in ((4, 6), (7, 3))]


@task(13, "tells apart as many tiles as there are")
def all_tiles(code, rng):
    """The number of different ids of a fine grid, which no formula for them changes."""
    grid = np.stack(np.meshgrid(*np.linspace(LOW + 1e-6, HIGH - 1e-6, 30).T), axis=-1)
    ids = [np.asarray(code.tiles(x, 5, 4, LOW, HIGH)) for x in grid.reshape(-1, 2)]
    return len(np.unique(ids))


@task(13, "takes one number, or three")
def other_dimensions(code, rng):
    found = []
    for K in (1, 3):
        low, high = rng.normal(size=K), rng.normal(size=K) + 6
        close = (low + high) / 2 + (high - low) * rng.normal(0, 0.05, size=(8, K))
        found.append(shared(code, close, 6, 4, low, high))
    return found


@task(13, "counts a point beyond a bound as lying on it")
def beyond(code, rng):
    """Each pair is one point beyond the bounds and the nearest one on them."""
    corners = [(-1.0, 2.2), (3.0, 2.5), (0.3, 2.0), (-1.0, 2.5)]
    outside = [(-7.0, 2.2), (4.0, 9.0), (0.3, 1.0), (-1.5, 2.6)]
    pairs = [np.array(pair) for pair in zip(corners, outside, strict=True)]
    limit = 4 * 6**2
    ids = [[np.asarray(code.tiles(x, 4, 5, LOW, HIGH)) for x in pair] for pair in pairs]
    return [(int((a == b).sum()), bool(max(a.max(), b.max()) < limit)) for a, b in ids]


@task(14, "moves the active weights of the action that was taken, in place", needs=[1])
def active_weights(code, rng):
    w, found = rng.normal(size=(12, 3)), []
    lr, gamma = rng.uniform(0.3, 0.9, size=2).tolist()
    s, s2 = np.array([1, 5, 8, 11]), np.array([1, 6, 8, 10])
    for a, a2, ended in ((0, 2, False), (1, 1, False), (2, 0, True)):
        code.semi_gradient_sarsa(w, code.Step(s, a, float(rng.normal()), s2, a2, ended), lr, gamma)
        found.append(w.copy())
    return found


@task(14, "reaches its target when the learning rate is 1", needs=[1])
def reached(code, rng):
    w, s, s2 = rng.normal(size=(9, 2)), np.array([0, 4, 7]), np.array([2, 5, 6])
    code.semi_gradient_sarsa(w, code.Step(s, 1, 2.0, s2, 0, False), 1.0, 0.5)
    return float(w[s, 1].sum()), w


def small_world(rng, S=4, D=3):
    """Features, transitions, rewards, and how often each state occurs; none of it regular."""
    P, d = rng.uniform(0.1, 1, size=(S, S)), rng.uniform(0.1, 1, size=S)
    P /= P.sum(axis=1, keepdims=True)
    return rng.normal(size=(S, D)), P, rng.normal(size=S), d / d.sum()


@task(15, "moves the weights by all expected TD errors", keeps_arguments=True)
def by_td(code, rng):
    X, P, R, d = small_world(rng)
    return code.sweep(rng.normal(size=3), X, P, R, d, 0.3, float(rng.uniform(0.5, 0.9)), "td")


@task(15, "moves the weights towards the true values", keeps_arguments=True)
def by_monte_carlo(code, rng):
    X, P, R, d = small_world(rng)
    return code.sweep(rng.normal(size=3), X, P, R, d, 0.3, 0.8, "monte_carlo")


@task(15, "follows the whole gradient", keeps_arguments=True)
def by_residual(code, rng):
    X, P, R, d = small_world(rng)
    return code.sweep(rng.normal(size=3), X, P, R, d, 0.3, 0.8, "residual")


@task(15, "diverges in Baird's example, and not without one of the three elements")
def triad(code, rng):
    """The largest value after 500 sweeps: all three, each control, and the rule "residual"."""
    zero, found = np.zeros(7), []
    for X, P, rule in (
        (code.BAIRD, code.SOLID, "td"),
        (code.BAIRD, code.SOLID, "monte_carlo"),
        (code.BAIRD, code.RANDOM, "td"),
        (np.eye(7), code.SOLID, "td"),
        (code.BAIRD, code.SOLID, "residual"),
    ):
        w = code.BAIRD_START if len(X.T) == 8 else code.BAIRD @ code.BAIRD_START
        for _ in range(500):
            w = code.sweep(w, X, P, zero, code.OFTEN, 0.02, 0.99, rule)
        found.append(float(np.abs(X @ w).max()))
    return found


# --- other people's code


@task(16, "names the fault of each program")
def named(code, rng):
    return code.faults()
