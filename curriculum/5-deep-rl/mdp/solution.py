"""Bandits and Markov decision processes: acting for a reward, with one state and then with many.

Letters: N bandits that are played side by side, A arms or actions, T pulls or time steps, S states.

A bandit has one state and A arms; each pull of an arm earns a reward of 1 or 0. `counts` (N, A)
says how often each arm was pulled and `sums` (N, A) what it has earned in all.

A world with states is two tables. P (S, A, S): P[s, a, s'] is the probability that action a leads
from s to s'. R (S, A): R[s, a] is the mean reward of this step. An end is a state that leads only
to itself and earns nothing. A policy pi (S, A) holds the probability of each action in each state,
start (S,) the probability of each state at the beginning, and gamma is the discount factor. An
episode is a list of (s, a, r). `rng` is a NumPy Generator.

`bayes` is imported from your exercise; the check takes it from the worked solution as long as yours
does not pass. `undergrad check mdp` checks your functions.
"""

from itertools import product

import numpy as np
from exercises.probability import bayes

# --- given --------------------------------------------------------------------------------------

LOG = np.array([[4, 12, 1]]), np.array([[3.0, 8.0, 0.0]])  # the courier's counts and sums
TOWN = ("S.H", "..G")
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left: rows and columns
EARNS = {"G": 1.0, "H": -1.0}  # for arriving there; anything else earns 0


def mean_rewards(counts, sums):
    """The mean reward of each arm, 0 for one that was never pulled.   counts, sums (N, A).

    Returns: means (N, A)
    """
    return sums / np.maximum(counts, 1)


def softmax(H):
    """Probabilities from preferences H (N, A), row by row.

    Returns: pi (N, A)
    """
    powers = np.exp(H - H.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class Counting:
    """A player that decides by what it has counted: rule(counts, sums, rng) returns arms (N,)."""

    def __init__(self, rule, N, A):
        self.rule, self.counts, self.sums = rule, np.zeros((N, A)), np.zeros((N, A))

    def choose(self, rng):
        """Returns: arm (N,), int"""
        return self.rule(self.counts, self.sums, rng)

    def learn(self, arm, reward):
        """Count the pulls of the arms (N,) and add up their rewards (N,)."""
        rows = np.arange(len(arm))
        self.counts[rows, arm] += 1
        self.sums[rows, arm] += reward


class Preferring:
    """A player with preferences H (N, A), which `gradient_bandit` changes after each pull.

    The baseline is the mean of all rewards before this one, or 0 with baseline=False.
    """

    def __init__(self, lr, N, A, baseline=True):
        self.lr, self.H, self.baseline = lr, np.zeros((N, A)), baseline
        self.total, self.pulls = np.zeros(N), 0

    def choose(self, rng):
        """Returns: arm (N,), int"""
        noise = rng.gumbel(size=self.H.shape)  # the largest sum is a draw from softmax(H)
        return (self.H + noise).argmax(axis=1)

    def learn(self, arm, reward):
        """Change the preferences by what the arms (N,) earned (N,)."""
        baseline = self.baseline * self.total / max(self.pulls, 1)
        self.H = gradient_bandit(self.H, arm, reward, baseline, self.lr)
        self.total, self.pulls = self.total + reward, self.pulls + 1


def parcel(bonus=2.0):
    """A courier whose contract rewards pick-ups. States: 0 without parcel, 1 with it, 2 delivered.

    Actions: 0 goes on, which is to pick up in state 0 and to deliver in state 1; 1 goes back, which
    is to wait in state 0 and to put the parcel down again in state 1. The contract pays 1 for each
    pick-up and `bonus` for the delivery. What is meant is one delivery.
    Returns: P (3, 2, 3), contract (3, 2), meant (3, 2)
    """
    P = np.zeros((3, 2, 3))
    P[0, 0, 1] = P[0, 1, 0] = P[1, 0, 2] = P[1, 1, 0] = P[2, :, 2] = 1
    contract, meant = np.zeros((3, 2)), np.zeros((3, 2))
    contract[0, 0], contract[1, 0], meant[1, 0] = 1.0, bonus, 1.0
    return P, contract, meant


def fog():
    """Three squares in a row, then the end, 3. Each step costs 1. In square 1, actions are swapped.

    Actions: 0 to the left, 1 to the right, but in square 1 the other way round.
    Returns: P (4, 2, 4), R (4, 2)
    """
    P, R = np.zeros((4, 2, 4)), np.full((4, 2), -1.0)
    P[0, 0, 0] = P[0, 1, 1] = P[1, 1, 0] = P[1, 0, 2] = P[2, 0, 1] = P[2, 1, 3] = 1
    P[3, :, 3], R[3] = 1, 0.0
    return P, R


# --- bandits: which arm next? -------------------------------------------------------------------


def argmax_random(values, rng):
    """The position of the largest value in each row of values (N, A), ties drawn uniformly.

    Returns: arm (N,), int
    """
    # TODO 1: what does argmax return when several values are equal, and how can chance decide?
    largest = values == values.max(axis=1, keepdims=True)
    return np.where(largest, rng.random(values.shape), -1.0).argmax(axis=1)


def epsilon_greedy(means, epsilon, rng):
    """For each row of means (N, A) the best arm, or with probability epsilon a random one.

    The random one is drawn from all arms. Ties are drawn uniformly. Each row decides for itself.
    Returns: arm (N,), int
    """
    # TODO 1: how many random numbers do N rows need?
    explores = rng.random(len(means)) < epsilon
    anything = rng.integers(means.shape[1], size=len(means))
    return np.where(explores, anything, argmax_random(means, rng))


def run_bandit(player, means, T, rng):
    """Play T pulls in each of N bandits and record the regret so far.

    player: has choose(rng), which returns arms (N,), and learn(arm, reward).
    means (N, A): the probability that each arm earns 1; otherwise it earns 0.
    The regret of a pull is the best mean of its row minus the mean of the arm that was pulled.
    Returns: regret (T, N); row t holds the sum of the first t + 1 pulls
    """
    # TODO 2: what does the player learn from, and from what is the regret computed?
    rows, regret = np.arange(len(means)), np.zeros((T, len(means)))
    for t in range(T):
        arm = player.choose(rng)
        mean = means[rows, arm]
        player.learn(arm, (rng.random(len(means)) < mean).astype(float))
        regret[t] = means.max(axis=1) - mean
    return regret.cumsum(axis=0)


def ucb(counts, sums, c, rng):
    """The arm with the largest upper confidence bound; arms that were never pulled come first.

    counts, sums (N, A). c multiplies the bonus. Ties are drawn uniformly.
    Returns: arm (N,), int
    """
    # TODO 3: which bound do arms without pulls get, and what is log t before the first pull?
    t = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    bonus = c * np.sqrt(np.log(t) / np.maximum(counts, 1))
    bound = np.where(counts > 0, mean_rewards(counts, sums) + bonus, np.inf)
    return argmax_random(bound, rng)


def ucb_constant(power):
    """The c with which a true mean lies above its bound with probability at most t^-power.

    By Hoeffding, the mean of n rewards between 0 and 1 is too low by u or more with probability at
    most exp(-2 n u^2).
    Returns: c, float
    """
    # TODO 3: derive it on paper; the code is one line.
    return float(np.sqrt(power / 2))


def posterior(ones, pulls, grid):
    """How probable each candidate in grid (K,) is as the mean of an arm, after its pulls.

    Every candidate has the same prior. ones: how many of the pulls earned 1.
    Returns: p (K,); sums to 1
    """
    # TODO 4: how probable are these rewards when the mean is grid[k]?
    likelihood = grid**ones * (1 - grid) ** (pulls - ones)
    return bayes(np.full(len(grid), 1 / len(grid)), likelihood)


def thompson(counts, sums, rng):
    """The best arm according to one draw from each arm's posterior.   counts, sums (N, A).

    With an even prior the posterior is Beta(1 + ones, 1 + zeros); rng.beta draws from it.
    Returns: arm (N,), int
    """
    # TODO 4: how many zeros has an arm earned?
    return rng.beta(1 + sums, 1 + counts - sums).argmax(axis=1)


def gradient_bandit(H, arm, reward, baseline, lr):
    """The preferences after one step of the gradient bandit, as a new array.

    H (N, A). arm, reward, baseline (N,): what was pulled, what it earned, what is subtracted.
    Returns: H (N, A)
    """
    # TODO 5: which preference rises after a good reward, and which fall?
    away = np.eye(H.shape[1])[arm] - softmax(H)
    return H + lr * (reward - baseline)[:, None] * away


def reward_gradient(H, q):
    """The gradient of the expected reward, the sum of pi(a) q(a), with respect to H (N, A).

    pi: softmax(H). q (N, A): the mean reward of each arm.
    Returns: gH (N, A)
    """
    # TODO 5: derive it on paper, from the derivative of the softmax.
    pi = softmax(H)
    return pi * (q - (pi * q).sum(axis=1, keepdims=True))


def late_regret(regret):
    """The mean regret per pull in the second half of all pulls, averaged over the bandits.

    regret (T, N): as `run_bandit` returns it, T even.
    Returns: rate, float
    """
    # TODO 6: how much was added after the first T / 2 pulls?
    half = len(regret) // 2
    return float((regret[-1] - regret[half - 1]).mean() / half)


RULES = ("epsilon 0.1", "epsilon 100/t", "UCB", "Thompson", "gradient")


def still_paying():
    """Your conclusion: the rule whose late regret stays constant, however long it plays.

    Returns: rule, str; one of RULES
    """
    # TODO 6: measure first; then say why it cannot be otherwise.
    return "epsilon 0.1"


# --- returns: what counts as good? --------------------------------------------------------------


def discounted_return(rewards, gamma):
    """The discounted return from the first step on.   rewards (T,).

    Returns: G, float
    """
    # TODO 7: which power of gamma does the first reward get?
    return float(np.sum(gamma ** np.arange(len(rewards)) * rewards))


def returns_to_go(rewards, ended, gamma):
    """For each time step the discounted return from there to the end of its episode.

    rewards (T,). ended (T,), bool: whether an episode ended with this step.
    Returns: G (T,)
    """
    # TODO 7: in which direction is one multiplication per step enough?
    G, following = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        following = rewards[t] + gamma * (0.0 if ended[t] else following)
        G[t] = following
    return G


def bootstrapped_returns(rewards, terminated, truncated, next_v, gamma):
    """As `returns_to_go`, but where the future was only cut off, its value takes its place.

    rewards, next_v (T,). next_v[t]: the value of the state that step t led to.
    terminated, truncated (T,), bool: nothing follows; or a time limit cut the episode off. The
    last step of all counts as cut off too, unless it terminated.
    Returns: G (T,)
    """
    # TODO 8: what follows a step that terminated, one that was truncated, and any other?
    G, following = np.zeros(len(rewards)), next_v[-1]
    for t in reversed(range(len(rewards))):
        if terminated[t]:
            following = 0.0
        elif truncated[t]:
            following = next_v[t]
        G[t] = following = rewards[t] + gamma * following
    return G


# --- one world, three ways ----------------------------------------------------------------------


def move(layout, s, a):
    """The state that one step of action a leads to, on a map whose rows are strings.

    The states are the characters, counted line by line from 0. MOVES has the actions. A step
    over the edge or into a wall # leads nowhere: the state stays s.
    Returns: next_s, int
    """
    # TODO 9: which row and column is s, and when is the next one not on the map?
    height, width = len(layout), len(layout[0])
    row, column = s // width + MOVES[a][0], s % width + MOVES[a][1]
    if not (0 <= row < height and 0 <= column < width) or layout[row][column] == "#":
        return s
    return row * width + column


def grid_tables(layout, slip=0.0, step_reward=0.0):
    """The tables of a map. G, H and # are ends; arriving at a letter of EARNS earns so much more.

    A step goes where it is meant to with probability 1 - slip, and with slip / 2 each it goes as
    the action before or after it in MOVES would. step_reward: what every step earns besides.
    Returns: P (S, 4, S), R (S, 4)
    """
    # TODO 9: what do two outcomes add up to when they lead to the same state?
    cells = "".join(layout)
    P, R = np.zeros((len(cells), 4, len(cells))), np.zeros((len(cells), 4))
    for s, a in product(range(len(cells)), range(4)):
        if cells[s] in "GH#":
            P[s, a, s] = 1
            continue
        for turn, probability in ((0, 1 - slip), (1, slip / 2), (-1, slip / 2)):
            after = move(layout, s, (a + turn) % 4)
            P[s, a, after] += probability
            R[s, a] += probability * (step_reward + EARNS.get(cells[after], 0.0))
    return P, R


class GridEnv:
    """The same world to be played, with the methods of a Gymnasium environment.

    limit: after so many steps, an episode that has not terminated is truncated.
    """

    def __init__(self, layout, slip=0.0, step_reward=0.0, limit=100):
        self.layout, self.cells = layout, "".join(layout)
        self.slip, self.step_reward, self.limit = slip, step_reward, limit
        self.rng = np.random.default_rng()

    def reset(self, seed=None):
        """Begin at S. A seed makes the generator again; without one it goes on as it is.

        Returns: s, int, info, dict; info is empty
        """
        # TODO 10: what has to be forgotten, and what must not be?
        if seed is not None:
            self.rng = np.random.default_rng(seed)
        self.s, self.steps = self.cells.index("S"), 0
        return self.s, {}

    def step(self, a):
        """One step, with a turn to either side drawn as in `grid_tables`.

        Returns: s, int, reward, float, terminated, bool, truncated, bool, info, dict
        """
        # TODO 10: which of the two endings is part of the world, and which one of the clock?
        turn = self.rng.choice([0, 1, -1], p=[1 - self.slip, self.slip / 2, self.slip / 2])
        self.s = move(self.layout, self.s, (a + turn) % 4)
        self.steps += 1
        letter = self.cells[self.s]
        reward = self.step_reward + EARNS.get(letter, 0.0)
        terminated = letter in "GH"
        return self.s, reward, terminated, not terminated and self.steps >= self.limit, {}


def run_episode(env, pi, rng):
    """Play one episode with policy pi (S, A).   env: like a GridEnv.

    last: the state after the last step. terminated: whether the episode ended for good there.
    Returns: episode, list, last, int, terminated, bool
    """
    # TODO 11: to which state does a reward belong in the list, and when does the loop end?
    s, _ = env.reset()
    episode, terminated, truncated = [], False, False
    while not (terminated or truncated):
        a = int(rng.choice(pi.shape[1], p=pi[s]))
        after, reward, terminated, truncated, _ = env.step(a)
        episode.append((s, a, reward))
        s = after
    return episode, s, terminated


# --- policies: what is best, and for whom? ------------------------------------------------------


def occupancy(P, pi, start, gamma):
    """How often policy pi takes each action in each state, visits at time t counted gamma^t times.

    P (S, A, S), pi (S, A), start (S,). np.linalg.solve(M, b) returns the x with M @ x = b.
    Returns: d (S, A); sums to 1 / (1 - gamma)
    """
    # TODO 12: the visits of s are those at the start, plus gamma times those that lead to s.
    P_pi = np.einsum("sa,sat->st", pi, P)
    visits = np.linalg.solve(np.eye(len(P)) - gamma * P_pi.T, start)
    return visits[:, None] * pi


def expected_return(P, R, pi, start, gamma):
    """The mean discounted return of policy pi, exactly.   P (S, A, S), R, pi (S, A), start (S,).

    Returns: G, float
    """
    # TODO 12: what does each visit earn?
    return float((occupancy(P, pi, start, gamma) * R).sum())


def best_policy(P, R, start, gamma, looks):
    """The best of all deterministic policies that depend on nothing but what a state looks like.

    P (S, A, S), R (S, A), start (S,). looks (S,): the number of what is seen in each state, from 0;
    states with the same number get the same action. Each policy is tried; the first best is kept.
    Returns: pi (S, A), G, float
    """
    # TODO 13: how many policies are there, and which action does state s take in each?
    S, A = R.shape
    best, highest = np.zeros((S, A)), -np.inf
    for actions in product(range(A), repeat=int(looks.max()) + 1):
        pi = np.eye(A)[np.array(actions)[looks]]
        G = expected_return(P, R, pi, start, gamma)
        if highest < G:
            best, highest = pi, G
    return best, highest


def loophole():
    """A policy for `parcel` that earns more than delivering, by the contract, and delivers nothing.

    The discount is 0.9, and the courier starts in state 0.
    Returns: pi (3, 2)
    """
    # TODO 14: for what does the contract pay, and how often can it be had?
    return np.eye(2)[[0, 1, 0]]


def shaping(P, R, phi, gamma):
    """The rewards R (S, A) plus the mean payment for the change of the potential.

    P (S, A, S), phi (S,): the potential of each state.
    Returns: shaped (S, A)
    """
    # TODO 14: what is the mean potential after action a in state s?
    return R + gamma * P @ phi - phi[:, None]
