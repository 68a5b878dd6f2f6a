"""The checks of `dp`.

Worlds are drawn at random, with an end as their last state unless a check says otherwise. Nothing
is left to chance in the functions themselves, so all answers are compared with those of the
solution. The counts of sweeps and updates are part of them, because they show when a loop stops.
"""

import numpy as np

from undergrad.checker import task


def world(rng, S=None, A=None, ends=1):
    """A random world, P (S, A, S) and R (S, A), whose last states are ends."""
    S, A = S or int(rng.integers(5, 8)), A or int(rng.integers(3, 5))
    P, R = rng.dirichlet(np.full(S, 0.5), size=(S, A)), rng.normal(size=(S, A))
    for s in range(S - ends, S):
        P[s], R[s] = np.eye(S)[s], 0.0
    return P, R


def policy(rng, S, A):
    """Random probabilities for each action."""
    return rng.dirichlet(np.ones(A), size=S)


def discount(rng):
    return float(rng.uniform(0.6, 0.95))


# --- the value of a policy


@task(
    1, "adds the discounted mean of what follows to the reward of an action", keeps_arguments=True
)
def action_value(code, rng):
    P, R = world(rng)
    return [code.action_values(P, R, gamma, rng.normal(size=len(P))) for gamma in (0.0, 0.7, 1.0)]


@task(
    1,
    "averages the values of the actions with the probabilities of the policy",
    keeps_arguments=True,
)
def state_value(code, rng):
    S, A = int(rng.integers(4, 7)), 3
    return code.state_values(rng.normal(size=(S, A)), policy(rng, S, A))


@task(2, "averages the tables over the actions of the policy", keeps_arguments=True)
def chain(code, rng):
    P, R = world(rng)
    return code.follow(P, R, policy(rng, *R.shape))


@task(2, "solves the linear system of the policy", keeps_arguments=True)
def solved(code, rng):
    P, R = world(rng, ends=int(rng.integers(2)))
    return [code.exact_value(P, R, policy(rng, *R.shape), gamma) for gamma in (0.0, 0.5, 0.97)]


@task(2, "finds the values of the random walker in the four cells")
def walker(code, rng):
    P, R = code.four_cells(float(rng.integers(1, 9)), float(rng.integers(1, 30)))
    return code.exact_value(P, R, np.full((5, 2), 0.5), 0.5)


@task(3, "updates every state from the values before the sweep", keeps_arguments=True)
def synchronous(code, rng):
    P, R = world(rng)
    return code.sweep(P, R, policy(rng, *R.shape), 0.8, rng.normal(size=len(P)))


@task(
    3, "uses the values that it has already updated, when it works in place", keeps_arguments=True
)
def in_place(code, rng):
    P, R = world(rng)
    return code.sweep(P, R, policy(rng, *R.shape), discount(rng), rng.normal(size=len(P)), True)


# --- how far is it still?


@task(4, "finds the change that guarantees a distance of eps")
def change_for(code, rng):
    eps = rng.uniform(0.001, 0.1)
    return [
        float(code.largest_change(g, eps)) for g in (0.25, 0.5, 0.9, rng.uniform(0.1, 0.99), 1.0)
    ]


@task(4, "finds how many sweeps are enough")
def sweeps_for(code, rng):
    first, eps = rng.uniform(0.5, 5), rng.uniform(0.001, 0.05)
    return [
        int(code.sweeps_enough(g, first, eps)) for g in (0.3, 0.8, 0.99, rng.uniform(0.5, 0.95))
    ]


@task(4, "needs one sweep when that is already enough")
def one_sweep(code, rng):
    return [int(code.sweeps_enough(0.5, change, 0.1)) for change in (0.01, 0.099, 0.101, 0.4)]


@task(5, "sweeps until the values are within eps, and counts", keeps_arguments=True, needs=[3, 4])
def evaluated(code, rng):
    P, R = world(rng)
    pi, found = policy(rng, *R.shape), []
    for rewards, gamma, eps in ((R, 0.7, 0.1), (R, 0.9, 1e-4), (-np.abs(R), 0.8, 0.01)):
        found.append(code.policy_evaluation(P, rewards, pi, gamma, eps))
    return found


@task(5, "passes on whether it works in place", needs=[3, 4])
def evaluated_in_place(code, rng):
    P, R = world(rng)
    pi, gamma = policy(rng, *R.shape), discount(rng)
    return [code.policy_evaluation(P, R, pi, gamma, 1e-3, each) for each in (True, False)]


@task(
    5,
    "stops after one sweep where nothing can be earned, and with gamma 1 where nothing changes",
    needs=[3, 4],
)
def stops(code, rng):
    P, R = world(rng)
    nothing = code.policy_evaluation(P, 0 * R, policy(rng, *R.shape), 0.9, 0.01)
    P, R = steps_to_the_end(rng, 5)
    return nothing, code.policy_evaluation(P, R, policy(rng, 5, 2), 1.0, 0.01)


def steps_to_the_end(rng, S):
    """A world whose actions lead one or two states further, towards the last, which is the end."""
    P, R = np.zeros((S, 2, S)), rng.integers(-4, 5, size=(S, 2)).astype(float)
    for s in range(S):
        P[s, 0, min(s + 1, S - 1)] = P[s, 1, min(s + 2, S - 1)] = 1
    R[-1] = 0
    return P, R


# --- better policies


@task(6, "finds all actions that are best, up to rounding", keeps_arguments=True)
def ties(code, rng):
    q = rng.normal(size=(6, 4))
    q[1, 2] = q[1].max() + 3e-10
    q[2] = 0.1 + 0.2
    q[2, 3] = 0.3
    q[4, [0, 3]] = q[4].max() + 1
    return code.best_actions(q)


@task(6, "takes the tolerance that it is given")
def tolerance(code, rng):
    q = rng.normal(size=(8, 5))
    return [code.best_actions(q, atol) for atol in (0.0, 0.5, 1.5)]


@task(6, "changes a row only where the policy may do what is not best", keeps_arguments=True)
def improved(code, rng):
    q = rng.normal(size=(6, 3)).round(1)
    q[1:4] = [0.0, 1.0, 1.0]
    pi = np.eye(3)[rng.integers(3, size=6)]
    pi[1], pi[2], pi[3] = [0, 0.25, 0.75], [0, 0, 1], [0.1, 0.9, 0]
    return code.improve(pi, q)


@task(6, "takes the first of equally good actions")
def first_of_best(code, rng):
    q = np.array([[1.0, 2.0, 2.0], [3.0, 3.0 - 1e-12, 0.0], [0.0, 2.0, 2.0 + 1e-12]])
    return code.improve(np.full((3, 3), 1 / 3), q)


@task(
    7,
    "alternates evaluation and improvement until the policy stays",
    keeps_arguments=True,
    needs=[1, 2, 6],
)
def iterated(code, rng):
    P, R = world(rng)
    return code.policy_iteration(P, R, discount(rng), policy(rng, *R.shape))


@task(7, "evaluates a policy once that cannot be improved", needs=[1, 2, 6])
def already_best(code, rng):
    P, R = world(rng)
    best, _, _ = code.policy_iteration(P, R, 0.8, policy(rng, *R.shape))
    return code.policy_iteration(P, R, 0.8, best)


@task(7, "ends where several policies are equally good", needs=[1, 2, 6])
def iterated_with_ties(code, rng):
    P, R = world(rng, A=3)
    P[:, 2], R[:, 2] = P[:, 1], R[:, 1] + 1e-12 * rng.normal(size=len(R))
    return code.policy_iteration(P, R, discount(rng), np.eye(3)[rng.integers(3, size=len(R))])


@task(7, "finds the best policy of the four cells", needs=[1, 2, 6])
def four(code, rng):
    P, R = code.four_cells()
    return code.policy_iteration(P, R, 0.5, np.full((5, 2), 0.5))


@task(8, "finds the largest values of all deterministic policies", keeps_arguments=True, needs=[2])
def tried(code, rng):
    P, R = world(rng, S=3, A=int(rng.integers(2, 4)), ends=0)
    found = code.brute_force(P, R, discount(rng))
    P[:2] = np.eye(3)[:2, None]  # nothing leads to state 2
    R[2, 0] -= 9.0
    return found, code.brute_force(P, R, 0.5)


@task(8, "counts the policies that are best in every state", needs=[2])
def counted(code, rng):
    P, R = world(rng, S=3, A=3)
    P[0, 2], R[0, 2] = P[0, 0], R[0, 0] + 1e-11  # as good, up to rounding
    every = code.brute_force(P, R, 0.7, atol=100.0)[1]
    return code.brute_force(P, R, 0.7), every, code.brute_force(P[:, :1], R[:, :1], 0.7, atol=0.0)


@task(
    9,
    "updates all states with their best action until they are within eps",
    keeps_arguments=True,
    needs=[1, 4],
)
def optimal(code, rng):
    P, R = world(rng)
    return [code.value_iteration(P, R, gamma, eps) for gamma, eps in ((0.7, 0.1), (0.9, 1e-4))]


@task(9, "finds values below 0 where every step costs something", needs=[1, 4])
def costs(code, rng):
    P, R = world(rng)
    R[:-1] = -np.abs(R[:-1]) - 0.5
    return code.value_iteration(P, R, 0.9, 1e-3)


@task(9, "ends with gamma 1 when nothing changes any more", needs=[1, 4])
def undiscounted(code, rng):
    return code.value_iteration(*steps_to_the_end(rng, 6), 1.0, 0.01)


@task(
    10,
    "moves the values by the smallest and by the largest change of an update",
    keeps_arguments=True,
    needs=[1],
)
def bracketed(code, rng):
    P, R = world(rng, ends=int(rng.integers(2)))
    return code.bounds(P, R, discount(rng), rng.normal(size=len(P)))


@task(
    10, "gives two equal bounds at the best values, and one off by a number everywhere", needs=[1]
)
def tight(code, rng):
    P, R = world(rng, ends=0)
    best = np.zeros(len(P))
    for _ in range(200):
        best = (R + 0.8 * P @ best).max(axis=1)
    return code.bounds(P, R, 0.8, best), code.bounds(P, R, 0.8, best + 3)


# --- which state next?


@task(
    11,
    "updates the state with the largest priority, whether values rise or fall",
    keeps_arguments=True,
)
def prioritised(code, rng):
    P, R = world(rng)
    costs = np.where(np.arange(len(P)) < len(P) - 1, -0.5, 0.0)[:, None] - np.abs(R)
    return code.prioritised_sweeping(P, R, 0.6, 0.1), code.prioritised_sweeping(P, costs, 0.9, 1e-3)


@task(11, "lets the priorities of several changes add up")
def adds_up(code, rng):
    # Two states are followed by a third one, which leads to itself with every action.
    P, R = world(rng, S=6, A=2)
    P[3] = 0.3 * np.eye(6)[3] + 0.35 * (np.eye(6)[1] + np.eye(6)[2])
    return code.prioritised_sweeping(P, R, 0.95, 0.01)


@task(11, "updates nothing where nothing can be earned, or no priority is above the bound")
def idle(code, rng):
    P, R = world(rng)
    loop = np.ones((1, 1, 1)), np.full((1, 1), 0.25)
    return code.prioritised_sweeping(P, 0 * R, 0.9, 0.01), code.prioritised_sweeping(
        *loop, 0.5, 0.5
    )


@task(12, "counts the updates of sweeps in a given order", keeps_arguments=True, needs=[4])
def ordered(code, rng):
    P, R = world(rng)
    order = [int(s) for s in rng.permutation(len(P))]
    return [code.updates_in_order(P, R, 0.9, 1e-3, each) for each in (order, order[::-1])]


@task(12, "counts only the states that are in the order", needs=[4])
def part_of_the_states(code, rng):
    P, R = code.grid((".#G", "..."), slip=float(rng.uniform(0.1, 0.3)))
    return [code.updates_in_order(P, R, 0.8, 1e-4, each) for each in ((5, 4, 3, 0), range(6))]


@task(12, "stops at exactly the allowed change, whether values rise or fall", needs=[4])
def at_the_bound(code, rng):
    loop, one = np.ones((1, 1, 1)), np.ones((1, 1))
    return [code.updates_in_order(loop, each, 0.5, 0.25, [0]) for each in (one, -one)]


@task(12, "draws the conclusion")
def conclusion(code, rng):
    return code.safest()


# --- a world from its rules, and other people's code


@task(13, "writes down where each stake leads, and what it earns")
def gamble(code, rng):
    return [
        code.gambler(goal, float(rng.uniform(0.2, 0.8)))
        for goal in (2, 6, int(rng.integers(7, 10)))
    ]


@task(13, "makes bold play the best where the coin is bad", needs=[9])
def bold(code, rng):
    P, R = code.gambler(8, float(rng.uniform(0.2, 0.45)))
    return code.value_iteration(P, R, 1.0, 0.01)[0]


@task(14, "names the faults of the three programs")
def faults(code, rng):
    return tuple(code.named_faults())
