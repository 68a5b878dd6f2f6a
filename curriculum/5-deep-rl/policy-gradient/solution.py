"""Policy gradients: a policy that is improved directly, from imitation to REINFORCE.

Letters: S states, A actions, N rows or episodes, T steps of an episode, D numbers in an action, K
parameters.

A world is two tables. P (S, A, S): P[s, a, s'] is the probability that action a leads from s to s'.
R (S, A): R[s, a] is the reward of this step. start (S,) holds the probability of each first state.
Every episode has T steps; an end is a state that leads only to itself and earns nothing.

A policy is a table of logits theta (S, A): pi = softmax(theta) holds the probability of each action
in each state. Episodes are arrays s, a, r (N, T). `undergrad check policy-gradient` checks your
functions.
"""

import numpy as np

# --- given: two worlds, and how to act in them --------------------------------------------------


def softmax(logits):
    """Probabilities from logits (N, A), row by row.

    Returns: pi (N, A)
    """
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


CURVES = 0, 1, 1, 0, -1, 0, 0, 1, 0, -1, -1, 0  # by how many lanes each piece of the road turns
LANES = 9


def road(wind=0.1):
    """A circuit of 12 pieces with 9 lanes each, and a ditch on both sides.

    State 9 k + x is lane x of piece k, and the last state is the ditch. Actions: 0 to the left, 1
    straight on, 2 to the right. Then the road turns, and the wind pushes the car by one lane with
    probability `wind`, half of the time to each side. Every step that begins on the road earns 1. A
    drive begins in the middle of piece 0.
    Returns: P (109, 3, 109), R (109, 3), start (109,)
    """
    S = LANES * len(CURVES) + 1
    P, R = np.zeros((S, 3, S)), np.ones((S, 3))
    for s in range(S - 1):
        piece, lane = divmod(s, LANES)
        for a in range(3):
            for push, probability in (0, 1 - wind), (-1, wind / 2), (1, wind / 2):
                x = lane + a - 1 + CURVES[piece] + push
                ahead = LANES * ((piece + 1) % len(CURVES)) + x
                P[s, a, ahead if 0 <= x < LANES else S - 1] += probability
    P[S - 1, :, S - 1], R[S - 1] = 1, 0
    return P, R, np.eye(S)[LANES // 2]


def expert(s):
    """What a good driver does in each of the states s of `road()`: steer to the middle.

    Returns: a (like s), int
    """
    piece, lane = np.divmod(np.minimum(s, LANES * len(CURVES) - 1), LANES)
    return 1 + np.sign(LANES // 2 - lane - np.array(CURVES)[piece])


def forks():
    """A hike with three forks and three paths at each: 27 different hikes.

    State 0 is the first fork. Path a leads to state 1 + a, and from there, by path a, to 4 + a.
    Returns: P (7, 3, 7), R (7, 3), start (7,)
    """
    P, R = np.zeros((7, 3, 7)), np.zeros((7, 3))
    for s in range(7):
        for a in range(3):
            P[s, a, (1 if s == 0 else 4) + a] = 1
    R[0], R[1], R[2], R[3] = (1, 2, 0), (0, 1, 0), (2, 0, 1), (0, 3, 6)
    R[4], R[5], R[6] = (5, 4, 6), (4, 4, 3), (1, 0, 2)
    return P, R, np.eye(7)[0]


def play(P, R, pi, start, T, N, rng):
    """N episodes of T steps, all at once, with actions sampled from pi (S, A).

    Returns: s (N, T), int, a (N, T), int, r (N, T)
    """

    def draw(p):  # one index for each row of probabilities
        return (p.cumsum(axis=1) < rng.random((len(p), 1))).sum(axis=1).clip(max=p.shape[1] - 1)

    s, a = np.zeros((N, T), int), np.zeros((N, T), int)
    now = draw(np.tile(start, (N, 1)))
    for t in range(T):
        s[:, t], a[:, t] = now, draw(pi[now])
        now = draw(P[now, a[:, t]])
    return s, a, R[s, a]


# --- imitation ----------------------------------------------------------------------------------


def log_prob(logits, action):
    """The logarithm of softmax(logits)[action], for each row.   logits (N, A), action (N,).

    It stays finite for logits of a thousand.
    Returns: logp (N,)
    """
    # TODO 1: which number may be subtracted from all logits of a row?
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted[np.arange(len(logits)), action] - np.log(np.exp(shifted).sum(axis=1))


def score(logits, action):
    """The gradient of log_prob with respect to logits (N, A), row by row.

    Returns: g (N, A)
    """
    # TODO 1: what is added at the action that was taken, and what is subtracted everywhere?
    return np.eye(logits.shape[1])[action] - softmax(logits)


def surrogate(logits, action, weight):
    """The loss whose descent makes actions of a large weight more likely.

    logits (N, A), action (N,), weight (N,). The mean over the rows of -weight * log_prob; all
    weights 1 give the loss of behavioural cloning.
    Returns: loss, float, g (N, A); the gradient with respect to the logits
    """
    # TODO 2: the weights are constants; what is the gradient of a mean?
    loss = -(weight * log_prob(logits, action)).mean()
    return float(loss), -weight[:, None] * score(logits, action) / len(logits)


def clone(s, action, shape, steps=200, lr=40.0):
    """The logits of a policy that imitates: gradient descent on `surrogate` with all weights 1.

    s, action (N,): the states that an expert saw, and what it did there. shape: (S, A).
    Begins with logits of 0.
    Returns: theta (S, A)
    """
    # TODO 3: a state may occur in many rows; what happens to its row of theta?
    theta = np.zeros(shape)
    for _ in range(steps):
        _, g = surrogate(theta[s], action, np.ones(len(s)))
        np.add.at(theta, s, -lr * g)
    return theta


def dagger(world, teacher, T, rounds, rng):
    """DAgger: the clone drives, the teacher labels the states it came to, and all labels count.

    world: P (S, A, S), R, start. teacher(s): the right action in each state of an array.
    A round is one call of `play` for one episode of T steps. In the first round the teacher's own
    actions are played, and in each later one those of the newest clone, sampled from its
    probabilities. After each round a new clone learns from all labels so far.
    Returns: theta (S, A); the last clone
    """
    # TODO 4: who drives, and who says what would have been right?
    P, R, start = world
    pi = np.eye(R.shape[1])[teacher(np.arange(len(R)))]
    seen = np.zeros(0, int)
    for _ in range(rounds):
        s, _, _ = play(P, R, pi, start, T, 1, rng)
        seen = np.concatenate([seen, s[0]])
        theta = clone(seen, teacher(seen), R.shape)
        pi = softmax(theta)
    return theta


HELPS = ("more drives of the expert", "labels for its own drives")


def helps_more():
    """Your conclusion: what brings the clone of the road further, with equally many labels?

    Returns: what, str; one of HELPS
    """
    # TODO 5: a thousand labels of either kind, on at least five seeds.
    return HELPS[1]


# --- the policy gradient, checked on all episodes -----------------------------------------------


def all_episodes(P, pi, start, T):
    """Every episode of T steps that can happen, with its probability, in any order.

    P (S, A, S), pi (S, A), start (S,). E: the number of episodes.
    Returns: p (E,), s (E, T), int, a (E, T), int
    """
    # TODO 6: by which factors does the probability change when an episode grows by one step?
    grown = [(p, [s], []) for s, p in enumerate(start)]
    for t in range(T):
        before, grown = grown, []
        for p, s, a in before:
            for action, p_a in enumerate(pi[s[-1]]):
                for after, p_s in enumerate(P[s[-1], action] if t < T - 1 else [1.0]):
                    if p * p_a * p_s > 0:
                        grown.append((p * p_a * p_s, [*s, after], [*a, action]))
    p, s, a = zip(*grown, strict=True)
    return np.array(p), np.array(s)[:, :T], np.array(a)


def reward_to_go(r, gamma=1.0):
    """For each step what was earned from there on, later rewards discounted.   r (N, T).

    Returns: G (N, T)
    """
    # TODO 7: how does G of a step follow from G of the next one?
    G = np.array(r, float)
    for t in range(G.shape[1] - 2, -1, -1):
        G[:, t] += gamma * G[:, t + 1]
    return G


def gradients(theta, s, a, weight):
    """For each episode the sum over its steps of weight times the score, as a table.

    theta (S, A); s, a, weight (N, T).
    Returns: g (N, S, A); zero in the rows of states that the episode did not visit
    """
    # TODO 8: in which row of the table does the score of a step lie?
    g = np.zeros((len(s), *theta.shape))
    rows = np.arange(len(s))
    for t in range(s.shape[1]):
        g[rows, s[:, t]] += weight[:, t, None] * score(theta[s[:, t]], a[:, t])
    return g


def exact_gradient(theta, P, R, start, T):
    """The gradient of the expected return, undiscounted: its sum over all episodes.

    theta (S, A), P (S, A, S), R (S, A), start (S,).
    Returns: g (S, A)
    """
    # TODO 8: by which number is the contribution of an episode weighted?
    p, s, a = all_episodes(P, softmax(theta), start, T)
    return np.tensordot(p, gradients(theta, s, a, reward_to_go(R[s, a])), 1)


def value_baseline(p, s, G, S):
    """For each state the mean of G over all visits, weighted by the probability of the episode.

    p (N,), s, G (N, T). 0 for a state that is never visited.
    Returns: b (S,)
    """
    # TODO 9: a weighted mean is a sum of products, divided by what?
    return weighted_mean(np.broadcast_to(p[:, None], s.shape), s, G, S)


def optimal_baseline(theta, p, s, a, G):
    """The baseline with the least variance, where no state is visited twice in an episode.

    theta (S, A), p (N,), s, a, G (N, T). 0 for a state where no visit says anything.
    Returns: b (S,)
    """
    # TODO 9: derive it; by what does a visit count, besides its probability?
    size = (score(theta[s.ravel()], a.ravel()) ** 2).sum(axis=1).reshape(s.shape)
    return weighted_mean(p[:, None] * size, s, G, len(theta))


def weighted_mean(weight, s, G, S):
    """For each state the mean of G over its visits, each counted by its weight.   all (N, T).

    Returns: b (S,)
    """
    # TODO 9: np.bincount(x, weights, minlength) adds up the weights of each number in x.
    total = np.bincount(s.ravel(), weight.ravel(), S)
    earned = np.bincount(s.ravel(), (weight * G).ravel(), S)
    return np.divide(earned, total, out=np.zeros(S), where=total > 0)


def variance(p, g):
    """The total variance of the estimate from one episode: the sum over all entries of g.

    p (E,): the probabilities of the episodes. g (E, S, A): their estimates.
    Returns: variance, float
    """
    # TODO 10: how far is each estimate from their mean?
    mean = np.tensordot(p, g, 1)
    return float(p @ ((g - mean) ** 2).sum(axis=(1, 2)))


# --- REINFORCE ----------------------------------------------------------------------------------


def normalise(advantage):
    """Mean 0 and standard deviation 1 over all entries; zeros where all are equal, up to rounding.

    Returns: advantage (like advantage)
    """
    # TODO 11: what is 0 / 0 here?
    centred = advantage - advantage.mean()
    std = centred.std()
    return centred / std if std > 1e-8 else np.zeros(advantage.shape)


def entropy(logits):
    """How undecided the policy is, for each row: -sum of p log p.   logits (N, A).

    Returns: H (N,), g (N, A); the entropies, and the gradient of each with respect to its logits
    """
    # TODO 12: write dH/dz_k with p_k, log p_k and H.
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    p = np.exp(log_p)
    H = -(p * log_p).sum(axis=1)
    return H, -p * (log_p + H[:, None])


def reinforce(world, theta, T, N, updates, rng, lr=0.2, baseline=True, ent_coef=0.0):
    """REINFORCE: in each update N whole episodes, then one step of gradient ascent, in place.

    world: P, R, start. theta (S, A). The episodes of an update come from one call of `play`.
    The step is lr times the mean over the episodes of `gradients`, whose weights are the rewards to
    go, less the mean of all that were seen in the same state if `baseline`, and ent_coef times
    the gradient of the sum of the entropies of all states.
    Returns: returns, list of float; the mean return of each update's episodes
    """
    # TODO 13: which five steps does every update consist of?
    returns = []
    for _ in range(updates):
        s, a, r = play(*world[:2], softmax(theta), world[2], T, N, rng)
        weight = reward_to_go(r)
        if baseline:
            weight = weight - value_baseline(np.ones(N), s, weight, len(theta))[s]
        g = gradients(theta, s, a, weight).mean(axis=0)
        theta += lr * (g + ent_coef * entropy(theta)[1])
        returns.append(float(r.sum(axis=1).mean()))
    return returns


# --- actions that are numbers, and the natural gradient -----------------------------------------


def gaussian_log_prob(mu, log_std, a):
    """The log-density of actions a (N, D) under independent normal distributions.

    mu (N, D), log_std (D,): the logarithms of the standard deviations.
    Returns: logp (N,)
    """
    # TODO 14: D independent numbers; what happens to their densities, and to the logarithms?
    z = (a - mu) / np.exp(log_std)
    return -(0.5 * z**2 + log_std + 0.5 * np.log(2 * np.pi)).sum(axis=1)


def gaussian_score(mu, log_std, a):
    """The gradients of gaussian_log_prob, row by row.   mu, a (N, D), log_std (D,).

    Returns: gmu (N, D), glog_std (N, D)
    """
    # TODO 14: where does log_std occur?
    z = (a - mu) / np.exp(log_std)
    return z / np.exp(log_std), z**2 - 1


def fisher(p, scores):
    """The Fisher information: the mean of score times score, as an outer product.

    p (N,): the probability of each outcome. scores (N, K): the gradient of its log-probability.
    Returns: F (K, K)
    """
    # TODO 15: which sum over the outcomes is this, as a product of matrices?
    return (p[:, None] * scores).T @ scores


def natural_gradient(F, g, damping=1e-8):
    """The solution x of (F + damping I) x = g.   F (K, K), g (K,).

    Returns: x (K,)
    """
    # TODO 15: np.linalg.solve needs no inverse.
    return np.linalg.solve(F + damping * np.eye(len(g)), g)
