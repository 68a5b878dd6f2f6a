"""Dynamic programming: the values of a world that is known, computed and not learned.

Letters: S states, A actions.

A world is two tables. P (S, A, S): P[s, a, s'] is the probability that action a leads from s to s',
so the numbers in P[s, a] sum to 1. R (S, A): R[s, a] is the mean reward of this step. An end is a
state that leads only to itself and earns nothing. A policy pi (S, A) holds the probability of each
action in each state. v (S,) are values of states, q (S, A) values of actions, and gamma is the
discount factor.

Linear systems are solved by `solve` from your exercises; the check takes it from the worked
solution as long as yours does not pass. `numpy.linalg` is not allowed. `undergrad check dp` checks
your functions.
"""

from itertools import product

import numpy as np
from exercises.solve import solve

# --- given --------------------------------------------------------------------------------------

ROOMS = (
    "S...#....",
    "....#....",
    ".........",
    "....#....",
    "#.####.##",
    "....#....",
    "....#..H.",
    "........G",
)


def four_cells(left=7.0, right=26.0):
    """Four cells in a row, 0 to 3, and the end, 4. Actions: 0 to the left, 1 to the right.

    Leaving the row on the left earns `left`, and on the right `right`.
    Returns: P (5, 2, 5), R (5, 2)
    """
    P, R = np.zeros((5, 2, 5)), np.zeros((5, 2))
    for s in range(4):
        P[s, 0, s - 1 if s > 0 else 4] = P[s, 1, s + 1] = 1
    P[4, :, 4] = 1
    R[0, 0], R[3, 1] = left, right
    return P, R


def grid(layout=ROOMS, slip=0.1):
    """A map to cross; its states are its characters, line by line. The goal G pays 1, a hole H -1.

    Both are ends, and # is a wall. Actions: 0 up, 1 right, 2 down, 3 left; with probability `slip`
    the step goes to one side instead, half of the time to each. A step into a wall or over the edge
    leads nowhere.
    Returns: P (S, 4, S), R (S, 4)
    """
    height, width, letters = len(layout), len(layout[0]), "".join(layout)
    P, R = np.zeros((len(letters), 4, len(letters))), np.zeros((len(letters), 4))
    moves = ((-1, 0), (0, 1), (1, 0), (0, -1))
    ways = (0, 1 - slip), (1, slip / 2), (-1, slip / 2)
    for s, a in product(range(len(letters)), range(4)):
        if letters[s] in "GH#":
            P[s, a, s] = 1
            continue
        for turn, probability in ways:
            down, right = moves[(a + turn) % 4]
            row, column = s // width + down, s % width + right
            after = row * width + column
            if not (0 <= row < height and 0 <= column < width) or letters[after] == "#":
                after = s
            P[s, a, after] += probability
            R[s, a] += probability * {"G": 1.0, "H": -1.0}.get(letters[after], 0.0)
    return P, R


def poisson(mean, count):
    """The probabilities of 0, 1, ..., count - 1 events when `mean` are expected.

    Returns: p (count,)
    """
    steps = np.arange(1, count)
    return np.exp(np.concatenate([[-mean], -mean + np.cumsum(np.log(mean / steps))]))


def one_day(requests, returns, cars=20):
    """A day at a rental station that has n cars in the morning.

    requests, returns: the means of two Poisson distributions. A car that comes back can be rented
    the next day; more than `cars` do not fit.
    Returns: P (cars + 1, cars + 1), rented (cars + 1,)
    """
    P, rented = np.zeros((cars + 1, cars + 1)), np.zeros(cars + 1)
    wanted, back = poisson(requests, 40), poisson(returns, 40)
    for n in range(cars + 1):
        out = np.minimum(n, np.arange(40))
        rented[n] = wanted @ out
        evening = np.minimum(n - out[:, None] + np.arange(40), cars)
        np.add.at(P[n], evening, np.outer(wanted, back))
    return P, rented


MOVES = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5)


def car_rental(cars=20):
    """Two rental stations: how many cars should be moved overnight? (Sutton and Barto, 4.2)

    State n * (cars + 1) + m: n cars at the first station and m at the second. Action a moves
    MOVES[a] cars from the first to the second, or as many as there are, at a cost of 2 each; a
    rental earns 10.
    Returns: P (S, 11, S), R (S, 11)
    """
    (P1, rented1), (P2, rented2) = one_day(3, 3, cars), one_day(4, 2, cars)
    side = cars + 1
    P, R = np.zeros((side**2, len(MOVES), side**2)), np.zeros((side**2, len(MOVES)))
    for n, m, a in product(range(side), range(side), range(len(MOVES))):
        moved = min(max(MOVES[a], -m), n)
        one, two = min(n - moved, cars), min(m + moved, cars)
        P[n * side + m, a] = np.outer(P1[one], P2[two]).ravel()
        R[n * side + m, a] = 10 * (rented1[one] + rented2[two]) - 2 * abs(moved)
    return P, R


# --- the value of a policy ----------------------------------------------------------------------


def action_values(P, R, gamma, v):
    """The value of each action when v holds the values of the states that follow.

    P (S, A, S), R (S, A), v (S,).
    Returns: q (S, A)
    """
    # TODO 1: what does the step earn, and what is the mean of the values that may follow?
    return R + gamma * P @ v


def state_values(q, pi):
    """The value of each state when the actions in it are chosen by a policy.

    q (S, A), pi (S, A).
    Returns: v (S,)
    """
    # TODO 1: which mean over the actions?
    return (pi * q).sum(axis=1)


def follow(P, R, pi):
    """The world of somebody who follows a policy, in which nothing is left to choose.

    P (S, A, S), R (S, A), pi (S, A).
    Returns: P_pi (S, S), R_pi (S,)
    """
    # TODO 2: over which axis of P and of R is the mean taken?
    return np.einsum("sa,sat->st", pi, P), (pi * R).sum(axis=1)


def exact_value(P, R, pi, gamma):
    """The value of a policy, from its linear system. gamma is below 1.

    Returns: v (S,)
    """
    # TODO 2: which matrix times v is equal to which right-hand side?
    P_pi, R_pi = follow(P, R, pi)
    return solve(np.eye(len(P)) - gamma * P_pi, R_pi)


def sweep(P, R, pi, gamma, v, in_place=False):
    """One update of every state, 0 first, by the Bellman equation of the policy.

    in_place: each update uses those that the same sweep has already made. The argument v keeps its
    numbers in both cases.
    Returns: v (S,)
    """
    # TODO 3: which values does the update of state s read?
    new = v.copy()
    for s in range(len(v)):
        q = R[s] + gamma * P[s] @ (new if in_place else v)
        new[s] = pi[s] @ q
    return new


# --- how far is it still? -----------------------------------------------------------------------


def largest_change(gamma, eps):
    """The change of a sweep below which no value is further than eps from the true one.

    The change of a sweep is the largest difference between a value before it and after it. gamma is
    above 0 and at most 1.
    Returns: change, float
    """
    # TODO 4: derive it on paper, from the contraction; the code is one line.
    return eps * (1 - gamma) / gamma


def sweeps_enough(gamma, first_change, eps):
    """After how many sweeps every value is within eps, when the first one changed `first_change`.

    The smallest number that the contraction guarantees, and at least 1. gamma is below 1.
    Returns: sweeps, int
    """
    # TODO 4: how large can the change of the n-th sweep be?
    allowed = largest_change(gamma, eps)
    return max(1, 1 + int(np.ceil(np.log(allowed / first_change) / np.log(gamma))))


def policy_evaluation(P, R, pi, gamma, eps, in_place=False):
    """The value of a policy to within eps: sweeps from v = 0 until the change is small enough.

    gamma is above 0. If it is 1, nothing is guaranteed, and the sweeps end when nothing changes.
    Returns: v (S,), sweeps, int
    """
    # TODO 5: which number decides that the last sweep was enough?
    v, sweeps = np.zeros(len(P)), 0
    while True:
        new = sweep(P, R, pi, gamma, v, in_place)
        change, v, sweeps = np.abs(new - v).max(), new, sweeps + 1
        if change <= largest_change(gamma, eps):
            return v, sweeps


# --- better policies ----------------------------------------------------------------------------


def best_actions(q, atol=1e-9):
    """All actions that are best in their state: those within atol of the largest value.

    q (S, A).
    Returns: best (S, A), bool
    """
    # TODO 6: with what is each entry compared?
    return q >= q.max(axis=1, keepdims=True) - atol


def improve(pi, q):
    """A policy that is greedy with respect to q, and as much like pi as possible.

    A state in which pi takes none but best actions keeps its row; every other one gets the first of
    its best actions, with probability 1.   pi (S, A), q (S, A).
    Returns: better (S, A)
    """
    # TODO 6: in which rows does pi give some probability to an action that is not best?
    best = best_actions(q)
    first = np.eye(q.shape[1])[best.argmax(axis=1)]
    keeps = ~((pi > 0) & ~best).any(axis=1)
    return np.where(keeps[:, None], pi, first)


def policy_iteration(P, R, gamma, pi):
    """Evaluate exactly, improve, and repeat until the policy stays the same.

    rounds: how many policies were evaluated, the last one included.
    Returns: pi (S, A), v (S,), rounds, int
    """
    # TODO 7: which two policies are compared?
    rounds = 0
    while True:
        v, rounds = exact_value(P, R, pi, gamma), rounds + 1
        better = improve(pi, action_values(P, R, gamma, v))
        if (better == pi).all():
            return pi, v, rounds
        pi = better


def brute_force(P, R, gamma, atol=1e-9):
    """The largest value of each state over all deterministic policies, by trying every one of them.

    count: how many of these policies have the largest value (within atol) in all states at once.
    Returns: v (S,), count, int
    """
    # TODO 8: how many policies are there, and which rows of the identity matrix make up each one?
    choices = product(range(R.shape[1]), repeat=len(R))
    values = [exact_value(P, R, np.eye(R.shape[1])[list(each)], gamma) for each in choices]
    best = np.max(values, axis=0)
    return best, int((np.abs(values - best) <= atol).all(axis=1).sum())


def value_iteration(P, R, gamma, eps):
    """The best values to within eps: from v = 0, update all states at once with their best action.

    gamma is above 0. If it is 1, nothing is guaranteed, and the sweeps end when nothing changes.
    Returns: v (S,), sweeps, int
    """
    # TODO 9: what takes the place of the mean over the actions, and when is it safe to stop?
    v, sweeps = np.zeros(len(P)), 0
    while True:
        new = action_values(P, R, gamma, v).max(axis=1)
        change, v, sweeps = np.abs(new - v).max(), new, sweeps + 1
        if change <= largest_change(gamma, eps):
            return v, sweeps


def bounds(P, R, gamma, v):
    """Two bounds between which the best values lie, from any v (S,).

    low and high are v plus a number each, the same for all states. gamma is below 1.
    Returns: low (S,), high (S,)
    """
    # TODO 10: which number c makes v + c at least as large as its own update in every state?
    change = action_values(P, R, gamma, v).max(axis=1) - v
    return v + change.min() / (1 - gamma), v + change.max() / (1 - gamma)


# --- which state next? --------------------------------------------------------------------------


def prioritised_sweeping(P, R, gamma, eps):
    """The best values to within eps, one state at a time: always the one with the largest priority.

    It begins with v = 0. The first priority of a state is the size of the change that its update
    would make. After an update that changed v[s], the priority of s is 0, and then that of every
    state, s included, grows by gamma * |change| * the largest probability, over its actions, of
    being followed by s. It ends when no priority is above eps (1 - gamma).
    updates: of single states; computing the first priorities counts as one for each state.
    Returns: v (S,), updates, int
    """
    # TODO 11: which state is next, how much does it change, and which other states does it concern?
    v, updates = np.zeros(len(P)), len(P)
    priority = np.abs(R.max(axis=1))
    while priority.max() > eps * (1 - gamma):
        s = priority.argmax()
        new = (R[s] + gamma * P[s] @ v).max()
        change, v[s], updates = abs(new - v[s]), new, updates + 1
        priority[s] = 0
        priority += gamma * change * P[:, :, s].max(axis=1)
    return v, updates


def updates_in_order(P, R, gamma, eps, order):
    """How many single states value iteration in place updates until its change is small enough.

    order: the states, in the order in which each sweep updates them. v begins with 0.
    Returns: updates, int
    """
    # TODO 12: which part of value iteration becomes a loop over `order`?
    v, updates = np.zeros(len(P)), 0
    while True:
        before = v.copy()
        for s in order:
            v[s] = (R[s] + gamma * P[s] @ v).max()
        updates += len(order)
        if np.abs(v - before).max() <= largest_change(gamma, eps):
            return updates


def safest():
    """Your conclusion: which of the three needs the fewest updates on the worse of two maps?

    The maps are ROOMS and the same turned round, with gamma 0.95 and eps 1e-4.
    Returns: name, str; "forward", "backward" or "prioritised"
    """
    # TODO 12: run all three on both maps first.
    return "prioritised"


# --- a world from its rules, and other people's code --------------------------------------------


def gambler(goal, p):
    """A gambler bets on coins, each won with probability p, until nothing or `goal` is left.

    State s is the capital, 0 to goal; 0 and goal are ends. Action a stakes a + 1, for a from 0 to
    goal // 2 - 1, but never more than s, or than goal - s. A stake is won or lost. Reaching the
    goal earns 1.
    Returns: P (S, A, S), R (S, A)
    """
    # TODO 13: where does each stake lead, and what does it earn on average?
    S, A = goal + 1, goal // 2
    P, R = np.zeros((S, A, S)), np.zeros((S, A))
    P[0, :, 0] = P[goal, :, goal] = 1
    for s, a in product(range(1, goal), range(A)):
        stake = min(a + 1, s, goal - s)
        P[s, a, s + stake], P[s, a, s - stake] = p, 1 - p
        R[s, a] = p * (s + stake == goal)
    return P, R


def program_a(P, R, gamma, eps):
    """Value iteration, as somebody wrote it."""
    v, change = np.zeros(len(P)), 1.0
    while change > eps:
        new = v
        for s in range(len(P)):
            new[s] = max(R[s] + gamma * P[s] @ v)
        change = max(abs(new - v))
        v = new
    return v


def program_b(P, R, gamma, eps):
    """Value iteration, as somebody else wrote it."""
    v, change = np.zeros(len(P)), 1.0
    while change > eps:
        new = np.max(R + gamma * P @ v, axis=1)
        change = np.abs(new - v).max()
        v = new
    return v


def program_c(P, R, gamma, rng, rounds=100):
    """Policy iteration, as somebody else wrote it; it gives up after so many rounds."""
    chosen, number, changed = rng.integers(R.shape[1], size=len(P)), 0, True
    while changed and number < rounds:
        v = exact_value(P, R, np.eye(R.shape[1])[chosen], gamma)
        best = best_actions(action_values(P, R, gamma, v))
        better = np.array([rng.choice(np.flatnonzero(row)) for row in best])
        chosen, number, changed = better, number + 1, bool((better != chosen).any())
    return v, number


FAULTS = (
    "an end earns its reward again",
    "the change of a sweep is taken for the error",
    "equally good actions are chosen at random",
    "old and new values share an array",
    "a sweep uses values that it has just computed",
)


def named_faults():
    """The faults of the programs a, b and c above, each one of FAULTS.

    Returns: faults, tuple
    """
    # TODO 14: what does each program compare before it stops?
    return FAULTS[3], FAULTS[1], FAULTS[2]
