"""The checks of `policy-gradient`.

What is a sum over all episodes is compared exactly. Where a function draws random numbers, the
world leaves nothing to chance, or the generator is shown to decide.
"""

import numpy as np

from undergrad.checker import decided_by, task


def sizes(rng):
    """Rows and actions, which differ."""
    return int(rng.integers(5, 9)), int(rng.integers(3, 5))


def logits_and_actions(rng):
    N, A = sizes(rng)
    return 2 * rng.normal(size=(N, A)), rng.integers(A, size=N)


# --- imitation


@task(1, "finds the log-probability of the action in each row", keeps_arguments=True)
def log_probabilities(code, rng):
    logits, action = logits_and_actions(rng)
    return code.log_prob(logits, action), code.log_prob(logits + 7, action)


@task(1, "stays finite for large logits")
def large_logits(code, rng):
    logits = np.array([[1000.0, 0, -1000], [-2000, -2001, -2000.5]])
    return code.log_prob(logits, np.array([1, 2])), code.log_prob(logits, np.array([2, 0]))


@task(1, "finds the gradient of the log-probability", keeps_arguments=True)
def scores(code, rng):
    logits, action = logits_and_actions(rng)
    return code.score(logits, action), code.score(logits + 800, action)


@task(2, "weights the log-probabilities, and averages", needs=[1], keeps_arguments=True)
def weighted(code, rng):
    logits, action = logits_and_actions(rng)
    return code.surrogate(logits, action, rng.normal(size=len(action)))


@task(2, "is cross-entropy where all weights are 1", needs=[1])
def cross_entropy(code, rng):
    logits, action = logits_and_actions(rng)
    return code.surrogate(logits, action, np.ones(len(action)))


def labels(rng, N=12, S=5, A=3):
    """States of which some occur often and one never, and an action for each row."""
    return rng.integers(S - 1, size=N), rng.integers(A, size=N), (S, A)


@task(3, "descends on the loss of all rows, from logits of 0", needs=[1, 2], keeps_arguments=True)
def cloned(code, rng):
    s, action, shape = labels(rng)
    return [
        code.clone(s, action, shape, steps=n, lr=lr) for n, lr in ((1, 3.0), (2, 1.0), (15, 2.0))
    ]


@task(3, "takes 200 steps with a learning rate of 40 when none are given", needs=[1, 2])
def cloned_by_default(code, rng):
    s = np.repeat(np.arange(60), 2)
    return code.clone(s, (s + np.arange(120) % 2 * (s % 3 == 0)) % 3, (61, 3))


def lane(S, chance=0.0):
    """Squares in a row; action 0 stays, 1 goes on and 2 goes back. Square S - 1 is an end."""
    P, R = np.zeros((S, 3, S)), np.zeros((S, 3))
    for s in range(S):
        for a, move in enumerate((0, 1, -1)):
            after = s if s == S - 1 else min(max(s + move, 0), S - 1)
            P[s, a, after] += 1 - chance
            P[s, a, s] += chance
    return P, R, np.eye(S)[0]


def fan(starts=5):
    """Some first squares with three exits each, which lead to squares of their own."""
    S = 4 * starts
    P = np.zeros((S, 3, S))
    for s in range(S):
        for a in range(3):
            P[s, a, starts + 3 * s + a if s < starts else s] = 1
    return P, np.zeros((S, 3)), np.append(np.full(starts, 1 / starts), np.zeros(3 * starts))


def onwards(s):
    """A teacher: action 1, but 2 in every third state."""
    return np.where(np.asarray(s) % 3 == 2, 2, 1)


@task(4, "learns from the teacher's own drive in the first round", needs=[1, 2, 3])
def first_round(code, rng):
    return [code.dagger(lane(S), onwards, 7, 1, rng) for S in (8, 3)]


@task(4, "labels what the clones came to, and keeps all labels", needs=[1, 2, 3])
def own_states(code, rng):
    # With so many first squares a clone that knows none of them hardly drives like the teacher.
    return [code.dagger(fan(40), onwards, 2, rounds, rng) for rounds in (2, 16)]


@task(4, "leaves the drives to the generator", needs=[1, 2, 3])
def drives_by_generator(code, rng):
    return decided_by(lambda rng: code.dagger(fan(60), onwards, 2, 4, rng), rng)


@task(5, "says what helps the clone of the road more")
def concluded(code, rng):
    return code.helps_more()


# --- the policy gradient


def world(rng, S=3, A=2):
    """Random tables: some steps are impossible, and one first state is."""
    P = rng.dirichlet(np.ones(S), size=(S, A))
    P[0, 0] = np.eye(S)[S - 1]
    P[1, 1] = np.array([0.0, 0.3, 0.7] + [0.0] * (S - 3))
    start = np.array([0.4, 0.6] + [0.0] * (S - 2))
    return P, rng.normal(size=(S, A)), start


def layers(rng):
    """A world of three layers in which no state is visited twice, with chance."""
    P = np.zeros((6, 3, 6))
    P[0, :, 1:3] = rng.dirichlet(np.ones(2), size=3)
    P[1:3, :, 3:5] = rng.dirichlet(np.ones(2), size=(2, 3))
    P[3:, :, 5] = 1
    return P, rng.normal(size=(6, 3)) + 2, np.eye(6)[0]


def in_order(p, s, a):
    """Episodes in a fixed order, since the exercise leaves it free."""
    p, s, a = (np.asarray(each) for each in (p, s, a))
    order = np.lexsort(np.concatenate([s, a], axis=1).T)
    return p[order], s[order], a[order]


@task(6, "lists every episode once, with its probability", keeps_arguments=True)
def listed(code, rng):
    P, _, start = world(rng)
    pi = code.softmax(rng.normal(size=(3, 2)))
    return [in_order(*code.all_episodes(P, pi, start, T)) for T in (1, 2, 3)]


@task(6, "leaves out what cannot happen")
def impossible(code, rng):
    pi = np.array([[0.5, 0.5, 0], [0, 1, 0], [0.2, 0.3, 0.5], [1, 0, 0]])
    P, _, start = lane(4)
    return in_order(*code.all_episodes(P, pi, start, 4))


@task(6, "lists the 27 hikes")
def hikes(code, rng):
    P, _, start = code.forks()
    return in_order(*code.all_episodes(P, code.softmax(rng.normal(size=(7, 3))), start, 3))


@task(7, "adds up what was earned from each step on", keeps_arguments=True)
def to_go(code, rng):
    r = rng.normal(size=(4, 6))
    return code.reward_to_go(r), code.reward_to_go(r, 0.9), code.reward_to_go(r, 0.0)


@task(7, "accepts whole numbers, and an episode of one step")
def whole_rewards(code, rng):
    r = rng.integers(5, size=(3, 4))
    return code.reward_to_go(r, 0.5), code.reward_to_go(r[:, :1], 0.5)


@task(8, "adds up the weighted scores of each episode", needs=[1], keeps_arguments=True)
def summed_scores(code, rng):
    s, a = rng.integers(3, size=(5, 4)), rng.integers(2, size=(5, 4))
    return code.gradients(rng.normal(size=(4, 2)), s, a, rng.normal(size=(5, 4)))


@task(8, "is the gradient of the expected return", needs=[1, 6, 7], keeps_arguments=True)
def exact(code, rng):
    (P, R, start), theta = world(rng), rng.normal(size=(3, 2))
    return [code.exact_gradient(theta, P, R, start, T) for T in (1, 3)]


def visits(rng, S=4):
    """Visits with probabilities that differ; the last state is never seen, and the first often."""
    s = rng.integers(S - 1, size=(6, 3))
    s[0] = 0
    return rng.dirichlet(np.ones(6)), s, rng.integers(3, size=(6, 3)), rng.normal(size=(6, 3)), S


@task(9, "averages over all visits, by their weight", keeps_arguments=True)
def averaged(code, rng):
    _, s, _, G, S = visits(rng)
    weight = rng.uniform(0.2, 3, size=s.shape)
    weight[s == 1] = 0
    return code.weighted_mean(weight, s, G, S), code.weighted_mean(100 * weight, s, G, S + 2)


@task(9, "is the mean of what follows a visit", keeps_arguments=True)
def mean_of_visits(code, rng):
    p, s, _, G, S = visits(rng)
    return code.value_baseline(p, s, G, S), code.value_baseline(7 * p, s, G, S + 1)


@task(9, "weights by the squared length of the score", needs=[1], keeps_arguments=True)
def by_score(code, rng):
    p, s, a, G, S = visits(rng)
    return code.optimal_baseline(rng.normal(size=(S, 3)), p, s, a, G)


@task(10, "sums the variances of all entries", keeps_arguments=True)
def total_variance(code, rng):
    g = rng.normal(size=(6, 3, 2)) + 3
    return float(code.variance(rng.dirichlet(np.ones(6)), g))


@task(10, "is least for the optimal baseline, and leaves the mean", needs=[1, 6, 7, 8, 9])
def least_variance(code, rng):
    P, R, start = layers(rng)
    theta = rng.normal(size=(6, 3))
    p, s, a = code.all_episodes(P, code.softmax(theta), start, 3)
    G, found = code.reward_to_go(R[s, a]), []
    by_value, best = code.value_baseline(p, s, G, 6), code.optimal_baseline(theta, p, s, a, G)
    for b in (np.zeros(6), by_value, best):
        g = code.gradients(theta, s, a, G - b[s])
        found += [float(code.variance(p, g)), np.tensordot(p, g, 1)]
    return found


# --- REINFORCE


@task(11, "has mean 0 and standard deviation 1", keeps_arguments=True)
def normal(code, rng):
    return code.normalise(5 + 3 * rng.normal(size=9)), code.normalise(rng.normal(size=(3, 4)) / 100)


@task(11, "becomes 0 where there is no difference")
def all_equal(code, rng):
    equal = np.full(3, 0.1), np.full((2, 5), 0.7), np.array([3.0]), np.array([0.3, 0.1 + 0.2])
    return [code.normalise(each) for each in equal]


@task(12, "measures how undecided each row is", keeps_arguments=True)
def entropies(code, rng):
    logits = 2 * rng.normal(size=sizes(rng))
    H, g = code.entropy(logits)
    level, none = code.entropy(np.zeros((2, 4)))
    return H, g, level, none


@task(12, "stays finite when the policy is certain")
def certain(code, rng):
    return code.entropy(np.array([[2000.0, 0, -500], [0, 900, 900]]))


def tables(rng, S=4, A=3):
    """A random world without an end, and logits."""
    P, R = rng.dirichlet(np.ones(S), size=(S, A)), rng.normal(size=(S, A)) + 1
    return (P, R, rng.dirichlet(np.ones(S))), rng.normal(size=(S, A))


def run(code, rng, updates, **settings):
    """The returns and the logits after some updates, which are made in place."""
    world, theta = tables(rng)
    returns = code.reinforce(world, theta, 5, 6, updates, rng, **settings)
    return [float(each) for each in returns], theta


@task(13, "takes one step along the mean gradient", needs=[1, 7, 8, 9, 12])
def one_update(code, rng):
    return run(code, rng, 1, lr=0.3, baseline=False)


@task(13, "subtracts the mean of each state as a baseline", needs=[1, 7, 8, 9, 12])
def with_baseline(code, rng):
    return run(code, rng, 1, lr=0.3, baseline=True)


@task(13, "adds the gradient of the entropies", needs=[1, 7, 8, 9, 12])
def with_entropy(code, rng):
    return run(code, rng, 1, baseline=False, ent_coef=0.4)


@task(13, "plays new episodes with the new policy in each update", needs=[1, 7, 8, 9, 12])
def several_updates(code, rng):
    return run(code, rng, 3)


@task(13, "finds the best hike", needs=[1, 7, 8, 9, 12])
def learns(code, rng):
    # Without the rewards of the third path, which hold some runs for long.
    P, R, start = code.forks()
    R = np.where(np.arange(7)[:, None] == 3, 0, R)
    theta = np.zeros((7, 3))
    returns = code.reinforce((P, R, start), theta, 3, 16, 150, rng, lr=0.2)
    s = 0
    path = []
    for _ in range(3):
        path.append(int(theta[s].argmax()))
        s = int(P[s, path[-1]].argmax())
    return path, len(returns)


@task(13, "leaves its episodes to the generator", needs=[1, 7, 8, 9, 12])
def learns_by_generator(code, rng):
    P, R, start = code.forks()

    def learned(rng):
        theta = np.zeros((7, 3))
        return code.reinforce((P, R, start), theta, 3, 4, 3, rng), theta

    return decided_by(learned, rng)


# --- numbers as actions, and the natural gradient


def normal_case(rng):
    N, D = int(rng.integers(4, 7)), int(rng.integers(2, 4))
    return rng.normal(size=(N, D)), rng.normal(size=D) - 0.5, 2 * rng.normal(size=(N, D))


@task(14, "sums the log-densities of the numbers of an action", keeps_arguments=True)
def densities(code, rng):
    return code.gaussian_log_prob(*normal_case(rng))


@task(14, "finds both gradients", keeps_arguments=True)
def gaussian_gradients(code, rng):
    return code.gaussian_score(*normal_case(rng))


@task(15, "averages the outer products of the scores", keeps_arguments=True)
def information(code, rng):
    N, K = int(rng.integers(5, 8)), int(rng.integers(2, 5))
    return code.fisher(rng.dirichlet(np.ones(N)), rng.normal(size=(N, K)))


@task(15, "solves the damped system", keeps_arguments=True)
def natural(code, rng):
    K = int(rng.integers(2, 5))
    half, g = rng.normal(size=(K, K)), rng.normal(size=K)
    F = half @ half.T + 0.5 * np.eye(K)
    return [code.natural_gradient(F, g, damping) for damping in (0.0, 0.3)]


@task(15, "has a damping of 1e-8 when none is given")
def damped_by_default(code, rng):
    return code.natural_gradient(np.diag([2e-8, 1e-8]), np.array([1e-8, 2e-8]))
