"""Temporal-difference learning: values and policies from single steps, without waiting for an end.

Letters: S states, A actions, T steps of an episode, K numbers of an observation, D features.

v (S,) holds a value for each state, and q (S, A) one for each state and action. An `Episode` holds
the states that were seen, the last one included, (T + 1,), and the rewards (T,). `terminated` says
that nothing could follow; otherwise the episode was truncated, and its last state has a value like
any other.

A world has `S` states and `A` actions. `reset()` begins an episode and returns its state. `step(a)`
returns the next state, the reward, and whether the episode terminated or was truncated.
`undergrad check td` checks your functions.
"""

from typing import NamedTuple

import numpy as np

# --- given: episodes and steps ------------------------------------------------------------------


class Episode(NamedTuple):
    """states (T + 1,), rewards (T,), and whether nothing could follow the last state."""

    states: np.ndarray
    rewards: np.ndarray
    terminated: bool


class Step(NamedTuple):
    """In s action a earned r and led to s2, where a2 will be taken, unless it terminated."""

    s: int
    a: int
    r: float
    s2: int
    a2: int
    terminated: bool


def transitions(episodes):
    """All steps of several episodes, one behind the other (N,).

    Returns: s (N,), r (N,), s2 (N,), terminated (N,), bool
    """
    s = np.concatenate([each.states[:-1] for each in episodes])
    r = np.concatenate([each.rewards for each in episodes])
    s2 = np.concatenate([each.states[1:] for each in episodes])
    ends = [np.arange(len(each.rewards)) == len(each.rewards) - 1 for each in episodes]
    ended = [end & each.terminated for end, each in zip(ends, episodes, strict=True)]
    return s, r, s2, np.concatenate(ended)


def values_seen(v, episode):
    """The values of the states that an episode saw; the last is 0 where it terminated.

    Returns: values (T + 1,)
    """
    values = v[episode.states].astype(float)
    values[-1] *= not episode.terminated
    return values


def random_walk(S, rng):
    """From the middle of a row of S states, a step to the left or right at random, until it leaves.

    It earns -1 on the left and 1 on the right, and before that nothing. The last state of the
    episode is the one from which it left, but nothing follows there.
    Returns: episode
    """
    s, states = S // 2, []
    while 0 <= s < S:
        states.append(s)
        s += 1 if rng.random() < 0.5 else -1
    rewards = np.zeros(len(states))
    rewards[-1] = 1.0 if s == S else -1.0
    return Episode(np.array([*states, states[-1]]), rewards, True)


def walk_values(S):
    """The true values of the random walk, undiscounted.

    Returns: v (S,)
    """
    return 2 * np.arange(1, S + 1) / (S + 1) - 1


# --- given: worlds, and how to choose in them ---------------------------------------------------


class Cliff:
    """Four rows of twelve cells; the start is the lower left corner, and the lower right the goal.

    Actions: 0 up, 1 right, 2 down, 3 left. Each step earns -1. The ten cells between start and goal
    are a cliff: a step onto it earns -100 and leads back to the start, and the episode goes on.
    """

    S, A, start, goal = 48, 4, 36, 47

    def reset(self):
        """Begin, and return the state."""
        self.s = self.start
        return self.s

    def step(self, a):
        """Returns: s, int, reward, float, terminated, bool, truncated, bool"""
        y, x = divmod(self.s, 12)
        y = min(max(y + (a == 2) - (a == 0), 0), 3)
        x = min(max(x + (a == 1) - (a == 3), 0), 11)
        self.s = 12 * y + x
        if self.start < self.s < self.goal:
            self.s = self.start
            return self.s, -100.0, False, False
        return self.s, -1.0, self.s == self.goal, False


class Temptation:
    """Two states. In state 0, action 0 ends with nothing, and action 1 leads to state 1.

    There, each of ten actions ends the episode, with a normal reward of mean -0.1 and standard
    deviation 1. In state 0 the actions from 2 on end with nothing too. `tempted` counts how often
    action 1 was taken in state 0.
    """

    S, A = 2, 10

    def __init__(self, rng):
        self.rng, self.tempted = rng, []

    def reset(self):
        """Begin, and return the state."""
        self.s = 0
        return 0

    def step(self, a):
        """Returns: s, int, reward, float, terminated, bool, truncated, bool"""
        if self.s:
            return 1, float(self.rng.normal(-0.1, 1.0)), True, False
        self.s = int(a == 1)
        self.tempted.append(self.s)
        return self.s, 0.0, a != 1, False


class MountainCar:
    """A car in a valley, too weak for the hill on its right, so it has to gather speed first.

    An observation is its position, -1.2 to 0.6, and its speed, -0.07 to 0.07. Actions: 0 pushes to
    the left, 1 not at all, 2 to the right. Each step earns -1; the goal is position 0.5. This is
    Gymnasium's MountainCar-v0, except for the limit on its steps.
    """

    A, low, high = 3, np.array([-1.2, -0.07]), np.array([0.6, 0.07])

    def __init__(self, rng, limit=2000):
        self.rng, self.limit = rng, limit

    def reset(self):
        """Begin near the bottom, and return the observation."""
        self.x, self.speed, self.steps = float(self.rng.uniform(-0.6, -0.4)), 0.0, 0
        return np.array([self.x, 0.0])

    def step(self, a):
        """Returns: x (2,), reward, float, terminated, bool, truncated, bool"""
        self.speed += 0.001 * (a - 1) - 0.0025 * np.cos(3 * self.x)
        self.speed = min(max(self.speed, -0.07), 0.07)
        self.x = min(max(self.x + self.speed, -1.2), 0.6)
        if self.x == -1.2:
            self.speed = max(self.speed, 0.0)
        self.steps += 1
        there = self.x >= 0.5
        return np.array([self.x, self.speed]), -1.0, there, not there and self.steps >= self.limit


class Tiled:
    """A world whose states are the active tiles of its observations; `coder(x)` returns them."""

    def __init__(self, world, coder):
        self.world, self.coder, self.A = world, coder, world.A

    def reset(self):
        """Begin, and return the active tiles."""
        return self.coder(self.world.reset())

    def step(self, a):
        """Returns: tiles, reward, float, terminated, bool, truncated, bool"""
        x, *rest = self.world.step(a)
        return self.coder(x), *rest


def row(q, s):
    """The values of all actions in s.

    q: one table (S, A), or two (2, S, A), whose mean is taken.   s: a state, or a list of active
    tiles, whose weights are added up.
    Returns: values (A,)
    """
    if np.ndim(s):
        return q[s].sum(axis=0)
    return q[s] if q.ndim == 2 else q[:, s].mean(axis=0)


def choose(q, s, epsilon, rng):
    """With probability epsilon any action, otherwise one of the best, each with equal probability.

    Returns: a, int
    """
    values = row(q, s)
    if rng.random() < epsilon:
        return int(rng.integers(len(values)))
    best = np.flatnonzero(values == values.max())
    return int(best[0] if len(best) == 1 else rng.choice(best))


# --- values from single steps -------------------------------------------------------------------


def td_target(r, v_next, terminated, gamma):
    """What a value should become after one step: for numbers, or for arrays of equal shape.

    v_next: the value of the next state, which counts only if the episode has not terminated.
    Returns: target
    """
    # TODO 1: what is still to come after the next state is reached, and when is it nothing?
    return r + gamma * v_next * (1 - terminated)


def td0(v, episode, lr, gamma):
    """The values after TD(0) has learned from each step of an episode, in order and at once.

    v (S,) stays as it was.
    Returns: v (S,)
    """
    # TODO 2: which value moves after each step, and which of the steps may terminate?
    v, T = v.copy(), len(episode.rewards)
    for t in range(T):
        s, s2 = episode.states[t], episode.states[t + 1]
        ended = episode.terminated and t == T - 1
        v[s] += lr * (td_target(episode.rewards[t], v[s2], ended, gamma) - v[s])
    return v


def batch_td(episodes, S, gamma, lr, sweeps):
    """Batch TD(0): the same episodes again and again, from values of 0.

    A sweep computes the TD errors of all steps of all episodes with the same values, and only then
    moves the value of each state by lr times the sum of its errors.
    Returns: v (S,)
    """
    # TODO 3: which values does the target of each step see, and what does a state get that occurs
    # several times?
    v = np.zeros(S)
    s, r, s2, ended = transitions(episodes)
    for _ in range(sweeps):
        error = td_target(r, v[s2], ended, gamma) - v[s]
        np.add.at(v, s, lr * error)
    return v


def certainty_equivalence(episodes, S, gamma):
    """The values of the world that would explain the episodes best.

    From state s, this world goes to each next state as often as the episodes did, and earns the
    mean of their rewards there. Where an episode terminated, it ends. A state from which no step
    was seen has the value 0.
    Returns: v (S,)
    """
    # TODO 3: count, divide, and solve v = R + gamma P v.
    s, r, s2, ended = transitions(episodes)
    n = np.maximum(np.bincount(s, minlength=S), 1)
    P = np.zeros((S, S))
    np.add.at(P, (s, s2), 1 - ended)
    R = np.bincount(s, r, minlength=S) / n
    return np.linalg.solve(np.eye(S) - gamma * P / n[:, None], R)


# --- more than one step -------------------------------------------------------------------------


def n_step_returns(rewards, values, n, gamma):
    """For each step, up to n rewards and then the value of the state that they led to.

    rewards (T,).   values (T + 1,): of all states seen; the last is 0 where nothing follows.
    No reward and no value lies beyond the end of the episode (Sutton and Barto, section 7.1).
    Returns: G (T,)
    """
    # TODO 4: which rewards count for step t, and by which power is the value discounted?
    T = len(rewards)
    G = np.zeros(T)
    for t in range(T):
        end = min(t + n, T)
        powers = gamma ** np.arange(end - t)
        G[t] = powers @ rewards[t:end] + gamma ** (end - t) * values[end]
    return G


def lambda_returns(rewards, values, lam, gamma):
    """For each step, the mean of its n-step returns, the n-th with the weight (1 - lam) lam^(n-1).

    The return to the end of the episode gets all weight that is left, so that they sum to 1
    (Sutton and Barto, section 12.1).
    rewards (T,), values (T + 1,), as in `n_step_returns`.
    Returns: G (T,)
    """
    # TODO 5: how does the mean of step t follow from that of step t + 1?
    G, after = np.zeros(len(rewards)), values[-1]
    for t in reversed(range(len(rewards))):
        after = rewards[t] + gamma * ((1 - lam) * values[t + 1] + lam * after)
        G[t] = after
    return G


def forward_view(v, episode, lr, lam, gamma):
    """The values after each state seen has moved towards its lambda-return.

    All returns and all errors are computed with the old v (S,), which stays as it was. A state that
    was seen twice moves twice.
    Returns: v (S,)
    """
    # TODO 5: add up the moves of each state. What does `v[s] += ...` do with an s that repeats?
    s, new = episode.states[:-1], v.copy()
    G = lambda_returns(episode.rewards, values_seen(v, episode), lam, gamma)
    np.add.at(new, s, lr * (G - v[s]))
    return new


def td_lambda(v, episode, lr, lam, gamma, online=True, replacing=False):
    """The values after TD(lambda) has learned from an episode, by eligibility traces.

    After each step all traces fade by gamma lam, then that of the state grows by 1, and all values
    move by lr times the TD error times their trace. v (S,) stays as it was.
    online: the TD errors see what was learned so far; otherwise only the old values.
    replacing: the trace of the state becomes 1 instead.
    Returns: v (S,)
    """
    # TODO 6: one TD error per step; which states does it reach, and by how much?
    old, v, trace = v, v.copy(), np.zeros(len(v))
    T = len(episode.rewards)
    for t in range(T):
        s, s2 = episode.states[t], episode.states[t + 1]
        now, ended = v if online else old, episode.terminated and t == T - 1
        error = td_target(episode.rewards[t], now[s2], ended, gamma) - now[s]
        trace *= gamma * lam
        trace[s] = 1 if replacing else trace[s] + 1
        v += lr * error * trace
    return v


# --- control: one update, several rules ---------------------------------------------------------


def update(q, s, a, target, lr):
    """Move q[s, a] by the fraction lr of the way to its target, in place.   q (S, A)."""
    # TODO 7: which entry of the table changes?
    q[s, a] += lr * (target - q[s, a])


def sarsa(q, step, lr, gamma):
    """One update of SARSA, in place: its target has the action that is taken next.   q (S, A)."""
    # TODO 7: which value follows, when a2 is taken in s2?
    update(q, step.s, step.a, td_target(step.r, q[step.s2, step.a2], step.terminated, gamma), lr)


def q_learning(q, step, lr, gamma):
    """One update of Q-learning, in place: its target has the best next action.   q (S, A)."""
    # TODO 7: which value follows, when the best action is taken in s2?
    update(q, step.s, step.a, td_target(step.r, q[step.s2].max(), step.terminated, gamma), lr)


def expected_value(next_q, epsilon):
    """The mean of next_q (A,) under the policy of `choose`.

    Returns: value, float
    """
    # TODO 8: which values are taken with which probability?
    return float(epsilon * next_q.mean() + (1 - epsilon) * next_q.max())


def expected_sarsa(q, step, lr, gamma, epsilon):
    """One update of expected SARSA, in place: the mean over next actions.   q (S, A)."""
    # TODO 8: what stands in the place of the value of one action?
    after = expected_value(q[step.s2], epsilon)
    update(q, step.s, step.a, td_target(step.r, after, step.terminated, gamma), lr)


def control(world, learn, q, episodes, epsilon, rng):
    """Play episodes, epsilon-greedily by q, and learn from each step.

    `choose(q, s, epsilon, rng)` chooses. After each step it chooses a2 first, also where the
    episode has ended; then `learn(q, step)` changes q in place; then a2 is taken.
    earned: the sum of the rewards of each episode, undiscounted.
    Returns: earned, list
    """
    # TODO 9: what does `learn` need to know, what comes after it, and when is an episode over?
    earned = []
    for _ in range(episodes):
        s, total, over = world.reset(), 0.0, False
        a = choose(q, s, epsilon, rng)
        while not over:
            s2, r, terminated, truncated = world.step(a)
            a2 = choose(q, s2, epsilon, rng)
            learn(q, Step(s, a, r, s2, a2, terminated))
            s, a, over, total = s2, a2, terminated or truncated, total + r
        earned.append(total)
    return earned


def greedy_return(world, q, limit):
    """The sum of the rewards of one episode of greedy actions, at most `limit` steps of it.

    `q[s].argmax()` is the action, so the first of several best ones.
    Returns: earned, float
    """
    # TODO 10: play without exploration, and stop also when it never ends.
    s, total = world.reset(), 0.0
    for _ in range(limit):
        s, r, terminated, truncated = world.step(int(q[s].argmax()))
        total += r
        if terminated or truncated:
            break
    return total


def on_the_cliff():
    """Your conclusions about `Cliff`: "sarsa", "q_learning", or "neither" where they agree.

    during: which earns more in an episode while it explores with epsilon 0.1, from the 200th on?
    after: whose greedy policy earns more, after 500 such episodes?
    without: whose greedy policy earns more after 500 episodes with an epsilon of 0?
    Returns: during, str, after, str, without, str
    """
    # TODO 10: measure with several seeds before you answer.
    return "sarsa", "q_learning", "neither"


# --- the largest of noisy numbers ---------------------------------------------------------------


def maximum_bias(sigma, n):
    """The expectation of the larger of two estimates whose true values are both 0.

    Each estimate is the mean of n independent normal rewards, of mean 0 and standard deviation
    sigma.
    Returns: bias, float
    """
    # TODO 11: derive it on paper. max(x, y) = (x + y + |x - y|) / 2, and the mean of |z| is
    # sqrt(2 / pi) times the standard deviation of z.
    return float(sigma / np.sqrt(np.pi * n))


def double_value(choosing, evaluating):
    """The value by one row (A,) of the action that is best by another row (A,).

    Returns: value, float
    """
    # TODO 12: which row says which action, and which says how much?
    return float(evaluating[choosing.argmax()])


def double_q(q, step, lr, gamma, rng):
    """One update of double Q-learning, in place, on two tables q (2, S, A).

    A fair coin decides which table is updated. Its best next action is evaluated by the other one
    (van Hasselt, 2010).
    """
    # TODO 12: which table chooses, which evaluates, and which changes?
    coin = int(rng.integers(2))
    own, other = q[coin], q[1 - coin]
    after = double_value(own[step.s2], other[step.s2])
    update(own, step.s, step.a, td_target(step.r, after, step.terminated, gamma), lr)


# --- features in place of a table ---------------------------------------------------------------


def tiles(x, tilings, bins, low, high):
    """The active tile of each tiling at the point x (K,), as numbers that no two tilings share.

    Between low (K,) and high (K,), each of the K numbers has `bins` tiles; a point beyond a bound
    counts as lying on it. Tiling i, counted from 0, is shifted by i / tilings of a tile along the
    first number, by three times as much along the second, then five times, without whole tiles. So
    it has bins + 1 tiles along each number, and the ids lie below tilings * (bins + 1)^K. The odd
    shifts are those of Sutton and Barto, section 9.5.4.
    Returns: ids (tilings,), int
    """
    # TODO 13: measure x in tiles, add the shift of each tiling, and number the tiles.
    place = np.clip((x - low) / (high - low) * bins, 0, bins)
    shift = np.arange(tilings)[:, None] * (2 * np.arange(len(x)) + 1) / tilings % 1
    tile = np.floor(place + shift).astype(int)  # (tilings, K)
    strides = (bins + 1) ** np.arange(len(x))
    return tile @ strides + np.arange(tilings) * (bins + 1) ** len(x)


def semi_gradient_sarsa(w, step, lr, gamma):
    """One update of SARSA on weights w (D, A), in place; step.s and step.s2 are active tiles.

    q(s, a) is the sum of the weights of the active tiles. With lr = 1 it would reach its target
    exactly, since each of the tiles moves by an equal part.
    """
    # TODO 14: which weights change, and which part of the TD error does each of them get?
    after = w[step.s2, step.a2].sum()
    target = td_target(step.r, after, step.terminated, gamma)
    w[step.s, step.a] += lr / len(step.s) * (target - w[step.s, step.a].sum())


# Baird's counterexample: seven states with eight weights. Every reward is 0, so every value should
# be. SOLID is the policy that always goes to the last state; RANDOM goes to any with probability
# 1/7, so that under it all states occur equally often, d.
BAIRD = np.hstack([2 * np.eye(7), np.ones((7, 1))])
BAIRD[6, 6:] = 1, 2
BAIRD_START = np.array([1.0, 1, 1, 1, 1, 1, 10, 1])
SOLID, RANDOM, OFTEN = np.eye(7)[[6] * 7], np.full((7, 7), 1 / 7), np.full(7, 1 / 7)


def sweep(w, X, P, R, d, lr, gamma, rule):
    """The weights after an expected update of all states at once, without any sampling.

    The features X (S, D) make the values X w. A step goes from state s to the next one with the
    probabilities P[s] and earns R[s] on average. Each error is weighted by d (S,), how often its
    state occurs. w (D,) stays as it was. rule:
    "td", towards R + gamma P X w, which counts as a constant;
    "monte_carlo", towards the true values, which solve v = R + gamma P v;
    "residual", a gradient step on half the weighted sum of the squared expected TD errors.
    Returns: w (D,)
    """
    # TODO 15: compute the errors of all states; which features does each of them move?
    v = X @ w
    if rule == "monte_carlo":
        error = np.linalg.solve(np.eye(len(P)) - gamma * P, R) - v
    else:
        error = R + gamma * P @ v - v
    gradient = X - gamma * P @ X if rule == "residual" else X
    return w + lr * gradient.T @ (d * error)


# --- other people's code ------------------------------------------------------------------------


def program_a(world, q, episodes, lr, gamma, epsilon, rng):
    """Q-learning, as somebody wrote it."""
    for _ in range(episodes):
        s, over = world.reset(), False
        while not over:
            a = choose(q, s, epsilon, rng)
            s2, r, terminated, truncated = world.step(a)
            over = terminated or truncated
            target = r if over else r + gamma * q[s2].max()
            q[s, a] += lr * (target - q[s, a])
            s = s2
    return q


def program_b(world, q, episodes, lr, gamma, epsilon, rng):
    """SARSA, as somebody else wrote it."""
    for _ in range(episodes):
        s, over = world.reset(), False
        while not over:
            a = choose(q, s, epsilon, rng)
            s2, r, terminated, truncated = world.step(a)
            a2 = choose(q, s2, epsilon, rng)
            target = r + gamma * (1 - terminated) * q[s2, a2]
            q[s, a] += lr * (target - q[s, a])
            s, over = s2, terminated or truncated
    return q


def program_c(episodes, S, lr, lam, gamma):
    """TD(lambda), as yet somebody else wrote it."""
    v, trace = np.zeros(S), np.zeros(S)
    for states, rewards, terminated in episodes:
        for t, r in enumerate(rewards):
            trace *= gamma * lam
            trace[states[t]] += 1
            last = terminated and t + 1 == len(rewards)
            error = r + (0 if last else gamma * v[states[t + 1]]) - v[states[t]]
            v += lr * error * trace
    return v


FAULTS = (
    "the value after a terminated episode is not 0",
    "a time limit counts as an end",
    "the action in the target is not the one that is taken next",
    "the target has the value of s and not of s'",
    "traces go on from one episode to the next",
    "traces fade after they have grown, so the newest one is too small",
)


def faults():
    """The fault of each program: the number of its sentence in FAULTS, counted from 0.

    Returns: a, int, b, int, c, int
    """
    # TODO 16: follow each program through an episode of two steps, and then into the next one.
    return 1, 2, 4
