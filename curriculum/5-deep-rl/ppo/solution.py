"""Proximal policy optimisation: many steps from one rollout, without running away with it.

Letters: S states, A actions, D features, B rows of a batch, T steps of N worlds side by side.

A world is a triple P, R, start. P (S, A, S): P[s, a, s'] is the probability that action a leads
from s to s'. R (S, A): the reward of this step. start (S,): the probability of each first state. An
end is a state that leads only to itself and earns nothing. Policies pi, old and new (S, A) hold the
probability of each action in each state.

A batch is a dict of arrays with B rows: "observation" (B, D), "action" (B,), "log_prob" (B,) of the
action when it was taken, "advantage" (B,) and "returns" (B,). `rng` is a NumPy Generator.

Softmax policies, advantages and the optimiser are imported from your exercises; the check takes
them from the worked solutions as long as yours do not pass. `undergrad check ppo` checks your
functions.
"""

from itertools import pairwise

import numpy as np
from exercises.actor_critic import explained_variance, gae
from exercises.optim import Adam, clip_global_norm
from exercises.policy_gradient import (
    entropy,
    gaussian_log_prob,
    log_prob,
    normalise,
    score,
    softmax,
)

# --- given: two small worlds, and what is true in them ------------------------------------------


def ice():
    """Two steps onto thin ice: the first earns 1, the second costs 6.

    States: 0 the shore, 1 the ice, 2 the end. Action 1 goes on, and action 0 ends the walk.
    Returns: P (3, 2, 3), R (3, 2), start (3,)
    """
    P, R = np.zeros((3, 2, 3)), np.zeros((3, 2))
    P[:, :, 2] = 1
    P[0, 1] = np.eye(3)[1]
    R[0, 1], R[1, 1] = 1, -6
    return P, R, np.eye(3)[0]


LAKE = "S...", ".O.O", "...O", "O..G"


def lake():
    """A frozen lake of 4 x 4 squares. Actions: 0 up, 1 right, 2 down, 3 left.

    The walk slides to either side of its direction with probability 1/3 each. It ends in a hole, O,
    or in the goal, G, which earns 1. State 16 is the end.
    Returns: P (17, 4, 17), R (17, 4), start (17,)
    """
    squares, moves = "".join(LAKE), ((-1, 0), (0, 1), (1, 0), (0, -1))
    P, R = np.zeros((17, 4, 17)), np.zeros((17, 4))
    for s, square in enumerate(squares):
        if square in "OG":
            P[s, :, 16], R[s] = 1, float(square == "G")
            continue
        for a in range(4):
            for slide in (-1, 0, 1):
                down, right = moves[(a + slide) % 4]
                row, column = min(max(s // 4 + down, 0), 3), min(max(s % 4 + right, 0), 3)
                P[s, a, 4 * row + column] += 1 / 3
    P[16, :, 16] = 1
    return P, R, np.eye(17)[0]


def evaluate(world, pi, gamma):
    """What is exactly true of a policy: its expected return, its advantages, its visits.

    advantage (S, A): q(s, a) - v(s). visits (S,): the expected number of times in each state, where
    a visit after t steps counts gamma ** t.
    Returns: J, float, advantage (S, A), visits (S,)
    """
    P, R, start = world
    step = np.einsum("sa,sat->st", pi, P)
    v = np.linalg.solve(np.eye(len(R)) - gamma * step, (pi * R).sum(axis=1))
    visits = np.linalg.solve(np.eye(len(R)) - gamma * step.T, start)
    return float(start @ v), R + gamma * P @ v - v[:, None], visits


# --- how far may one rollout carry us? ----------------------------------------------------------


def gain(world, old, new, gamma):
    """J(new) - J(old) by the performance-difference lemma: how much more `new` earns than `old`.

    The advantages are those of `old`. Source: Schulman et al. 2015, equation 2, after Kakade and
    Langford 2002.
    Returns: gain, float
    """
    # TODO 1: whose visits, whose choices and whose advantages does the lemma combine?
    advantage, visits = evaluate(world, old, gamma)[1], evaluate(world, new, gamma)[2]
    return float((visits[:, None] * new * advantage).sum())


def promised_gain(world, old, new, gamma):
    """The same sum with the visits of `old`, which a rollout of `old` can estimate.

    Source: Schulman et al. 2015, equation 3, less J(old).
    Returns: gain, float
    """
    # TODO 1: what does a rollout of the old policy know, and what not?
    _, advantage, visits = evaluate(world, old, gamma)
    return float((visits[:, None] * new * advantage).sum())


def kl(p, q):
    """The KL divergence of q from p, sum of p log(p / q), for each row; q is above 0 everywhere.

    p, q (S, A). Where p is 0, nothing is added.
    Returns: kl (S,)
    """
    # TODO 2: what is 0 log 0?
    ratio = np.where(p > 0, p, 1.0) / q
    return (p * np.log(ratio)).sum(axis=1)


def least_gain(world, old, new, gamma):
    """A lower bound on `gain`: the promise less 4 m gamma / (1 - gamma) ** 2 times alpha ** 2.

    m: the largest advantage of `old`, in size. alpha: the largest total variation distance, half of
    the sum of |new - old| in a state. Source: Schulman et al. 2015, theorem 1.
    Returns: gain, float
    """
    # TODO 2: which state has the largest distance, and what does gamma near 1 do to the penalty?
    m = np.abs(evaluate(world, old, gamma)[1]).max()
    alpha = np.abs(new - old).sum(axis=1).max() / 2
    return promised_gain(world, old, new, gamma) - 4 * m * gamma / (1 - gamma) ** 2 * alpha**2


# --- a trust region -----------------------------------------------------------------------------


def fisher_product(x, pi, weight, direction):
    """The Fisher information of a softmax policy times a direction, without the matrix.

    x (S, D): the features of each state; the logits are x @ theta, with theta (D, A).
    pi (S, A): softmax(x @ theta). weight (S,): how much each state counts. direction (D, A).
    It is the Hessian of the sum of weight * kl(pi, new) at new = pi, times the direction.
    Returns: product (D, A)
    """
    # TODO 3: by how much do the logits change, and what does the softmax do to a change?
    change = x @ direction
    centred = change - (pi * change).sum(axis=1, keepdims=True)
    return x.T @ (weight[:, None] * pi * centred)


def conjugate_gradient(product, b, steps=50, tol=1e-20):
    """The solution x of M x = b for a symmetric matrix M without negative eigenvalues.

    product(v) returns M v, in the shape of b. Begins with x = 0, and stops after so many steps or
    as soon as the sum of the squared residuals b - M x is at most tol.
    Returns: x (like b)
    """
    # TODO 4: how far along the direction, and which part of the old direction is kept?
    x, residual = np.zeros(b.shape), np.array(b, float)
    direction, size = residual.copy(), float((residual**2).sum())
    for _ in range(steps):
        if size <= tol:
            break
        image = product(direction)
        length = size / (direction * image).sum()
        x += length * direction
        residual -= length * image
        before, size = size, float((residual**2).sum())
        direction = residual + size / before * direction
    return x


def trpo_step(world, x, theta, gamma, max_kl):
    """One step of trust region policy optimisation, with exact advantages.

    x (S, D), theta (D, A): the logits are x @ theta. A state counts by its fraction of all visits.
    The step lies along the natural gradient of the promised gain, and is so long that the mean KL
    divergence of the new policy from the old one is max_kl, to within 1%.
    Source: Schulman et al. 2015, appendix C, where the step is only shortened.
    Returns: theta (D, A)
    """
    # TODO 5: for which length is half of step F step equal to max_kl, and what does bisection find?
    pi = softmax(x @ theta)
    _, advantage, visits = evaluate(world, pi, gamma)
    weight = visits / visits.sum()
    g = x.T @ (weight[:, None] * pi * advantage)
    natural = conjugate_gradient(lambda v: fisher_product(x, pi, weight, v), g)
    step = natural * np.sqrt(2 * max_kl / (natural * g).sum())

    def too_far(length):
        new = softmax(x @ (theta + length * step))
        return (weight * kl(pi, new)).sum() > max_kl

    low, high = 0.0, 1.0
    for _ in range(40):
        if not too_far(high):
            low, high = high, 2 * high
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if too_far(middle) else (middle, high)
    return theta + low * step


# --- the clip -----------------------------------------------------------------------------------


def clipped_surrogate(ratio, advantage, clip_range):
    """The objective of each row, and its derivative with respect to the ratio.

    ratio, advantage (B,). The ratio is the probability of the action now, divided by that when it
    was taken.
    Source: Schulman et al. 2017, equation 7.
    Returns: objective (B,), g (B,)
    """
    # TODO 6: which of the two products is smaller, and does it depend on the ratio?
    free = ratio * advantage
    clipped = ratio.clip(1 - clip_range, 1 + clip_range) * advantage
    return np.minimum(free, clipped), np.where(free <= clipped, advantage, 0.0)


def six_cases():
    """Whether a row still has a gradient: for a good and a bad action, in three ranges of ratio.

    The rows are advantage > 0 and < 0; the columns are a ratio below, within and above the clip
    range.
    Returns: moves (2, 3), bool
    """
    # TODO 6: in which cases would a step lead further away from ratio 1, and to a better objective?
    return np.array([[True, True, False], [False, True, True]])


def far_within(old, clip_range, distance):
    """A policy within the clip for all actions but one, and yet far from `old`.

    old (A,): the probabilities of one state, all above 0. The ratios new / old of all actions but
    one lie between 1 - clip_range and 1 + clip_range, and the KL divergence of new from old is at
    least `distance`. The policy is a list of positive probabilities with sum 1.
    Returns: new (A,)
    """
    # TODO 7: which term of the KL divergence can grow without limit, and where does the rest go?
    rare, new = old.argmin(), old.copy()
    new[rare] *= np.exp(-(distance + 1) / old[rare])
    others = np.arange(len(old)) != rare
    new[others] *= (1 - new[rare]) / (1 - old[rare])
    return new


# --- how far has it moved? ----------------------------------------------------------------------


def kl_estimates(log_ratio):
    """Three estimates of the KL divergence of the policy now from that which acted, for each row.

    log_ratio (B,): the log-probability of the action now, less that when it was taken. With r for
    the ratio: k1 = -log r, k2 = (log r) ** 2 / 2, k3 = r - 1 - log r. Source: Schulman 2020,
    "Approximating KL divergence".
    Returns: k1 (B,), k2 (B,), k3 (B,)
    """
    # TODO 8: which of them cannot be negative?
    return -log_ratio, log_ratio**2 / 2, np.expm1(log_ratio) - log_ratio


def bias_and_std(old, new):
    """How far the mean of each estimate is from the truth, and how much a single row varies.

    old, new (A,): the probabilities of one state, all above 0. Actions are drawn from `old`.
    Returns: bias (3,), std (3,)
    """
    # TODO 8: which probability weights an action in a mean?
    estimates = np.stack(kl_estimates(np.log(new / old)))
    mean = estimates @ old
    bias = mean - (old * np.log(old / new)).sum()
    return bias, np.sqrt((estimates - mean[:, None]) ** 2 @ old)


# --- the loss -----------------------------------------------------------------------------------


def minibatches(count, n_epochs, size, rng):
    """The rows of each minibatch: in every epoch each of the rows 0 ... count - 1 once.

    Each epoch has another random order, and its last minibatch may be smaller than `size`.
    Returns: rows, list of arrays of int
    """
    # TODO 9: when is a new order drawn?
    rows = []
    for _ in range(n_epochs):
        order = rng.permutation(count)
        rows += [order[first : first + size] for first in range(0, count, size)]
    return rows


def ppo_loss(logits, value, batch, clip_range=0.2, vf_coef=0.5, ent_coef=0.0):
    """The loss of a minibatch and its gradients: minus the clipped surrogate, plus two more terms.

    Each term is a mean over the rows: minus the objective; vf_coef times the squared error of
    `value`; minus ent_coef times the entropy. logits (B, A), value (B,): of the networks now.
    Source: Schulman et al. 2017, equation 9.
    Returns: loss, float, glogits (B, A), gvalue (B,)
    """
    # TODO 10: d ratio / d logits is the ratio times what?
    B, action = len(value), batch["action"]
    ratio = np.exp(log_prob(logits, action) - batch["log_prob"])
    objective, g = clipped_surrogate(ratio, batch["advantage"], clip_range)
    H, gH = entropy(logits)
    error = value - batch["returns"]
    loss = (-objective + vf_coef * error**2 - ent_coef * H).mean()
    glogits = -((g * ratio)[:, None] * score(logits, action) + ent_coef * gH) / B
    return float(loss), glogits, 2 * vf_coef * error / B


# --- given: poles, networks and rollouts, as you know them from earlier units -------------------


class Poles:
    """N poles on carts, with the equations and the ends of Gymnasium's CartPole-v1.

    Actions: 0 pushes to the left, and 1 to the right. Each step earns 1. An episode terminates when
    a pole leans by more than 12 degrees or a cart leaves the track, and is truncated after `limit`
    steps. The next one begins at once. Observations (N, 4): position, speed, angle, its speed.
    """

    shape = 4, 2  # numbers of an observation, and actions

    def __init__(self, N, rng, limit=500):
        self.rng, self.limit = rng, limit
        self.state, self.steps = rng.uniform(-0.05, 0.05, (N, 4)), np.zeros(N, int)

    def step(self, action):
        """The results of one action for each pole. `after` is seen before a new episode begins.

        Returns: after (N, 4), reward (N,), terminated (N,), truncated (N,)
        """
        x, v, angle, w = self.state.T
        sin, cos, force = np.sin(angle), np.cos(angle), 20.0 * action - 10
        pull = (force + 0.05 * w**2 * sin) / 1.1
        turn = (9.8 * sin - cos * pull) / (0.5 * (4 / 3 - 0.1 * cos**2 / 1.1))
        push = pull - 0.05 * turn * cos / 1.1
        after = self.state + 0.02 * np.stack([v, push, w, turn], axis=1)
        self.steps += 1
        terminated = (np.abs(after[:, 0]) > 2.4) | (np.abs(after[:, 2]) > np.pi / 15)
        truncated = ~terminated & (self.steps >= self.limit)
        ended = terminated | truncated
        fresh = self.rng.uniform(-0.05, 0.05, after.shape)
        self.state = np.where(ended[:, None], fresh, after)
        self.steps[ended] = 0
        return after, np.ones(len(x)), terminated, truncated


def init_network(sizes, gain, rng):
    """Orthogonal weights, times sqrt(2) or, in the last layer, times gain; biases of 0.

    sizes: (inputs, hidden, ..., outputs).
    Returns: params, list: W (out, in) and b (out,) of each layer
    """
    params = []
    for d, m in pairwise(sizes):
        q, _ = np.linalg.qr(rng.normal(size=(max(d, m), min(d, m))))
        params += [(q if m > d else q.T) * np.sqrt(2), np.zeros(m)]
    params[-2] *= gain / np.sqrt(2)
    return params


def actor_critic(world, rng, hidden=64):
    """Two networks for a world: logits of the actions, and the value of an observation.

    Returns: net, dict: "actor" and "critic", the parameters of each
    """
    D, A = world.shape
    return {
        "actor": init_network((D, hidden, A), 0.01, rng),
        "critic": init_network((D, hidden, 1), 1.0, rng),
    }


def forward(params, x):
    """The outputs for x (B, D) of linear layers with tanh between them, and all layers' inputs.

    Returns: out (B, M), inputs, list
    """
    inputs = []
    for layer in range(0, len(params), 2):
        x = np.tanh(x) if layer else x
        inputs.append(x)
        x = x @ params[layer].T + params[layer + 1]
    return x, inputs


def backward(params, inputs, g):
    """The gradients of all parameters, in their order, from that of the outputs, g (B, M).

    Returns: grads, list
    """
    grads = []
    for layer in range(len(params) - 2, -1, -2):
        x = inputs[layer // 2]
        grads = [g.T @ x, g.sum(axis=0), *grads]
        g = g @ params[layer] * (1 - x**2)
    return grads


def values(net, observation):
    """What the critic says about observations (..., D).

    Returns: v (...)
    """
    return forward(net["critic"], observation)[0][..., 0]


def collect(world, net, T, rng):
    """T steps of all N worlds, with actions sampled from the actor.

    Returns: rollout, dict: "observation", "after" (T, N, D), and (T, N) each of "action", "reward",
    "terminated", "truncated"
    """
    steps = []
    for _ in range(T):
        observation = world.state
        pi = softmax(forward(net["actor"], observation)[0])
        action = (pi.cumsum(axis=1)[:, :-1] < rng.random((len(pi), 1))).sum(axis=1)
        steps.append((observation, action, *world.step(action)))
    names = "observation", "action", "after", "reward", "terminated", "truncated"
    columns = zip(*steps, strict=True)
    return {name: np.array(each) for name, each in zip(names, columns, strict=True)}


# --- the algorithm ------------------------------------------------------------------------------


def prepare(rollout, net, gamma=0.99, gae_lambda=0.95):
    """The batch of a rollout, by the networks as they are now; its B = T N rows are step by step.

    The returns are the advantages plus the values. The entry "value" (B,) is the critic's.
    Returns: batch, dict: "observation", "action", "log_prob", "advantage", "returns", "value"
    """
    # TODO 11: what must be computed before the first step of learning, and never again?
    value, next_value = values(net, rollout["observation"]), values(net, rollout["after"])
    ends = rollout["terminated"], rollout["truncated"]
    advantage = gae(rollout["reward"], *ends, value, next_value, gamma, gae_lambda)
    observation = rollout["observation"].reshape(value.size, -1)
    action = rollout["action"].ravel()
    return {
        "observation": observation,
        "action": action,
        "log_prob": log_prob(forward(net["actor"], observation)[0], action),
        "advantage": advantage.ravel(),
        "returns": (advantage + value).ravel(),
        "value": value.ravel(),
    }


def learn(net, optimiser, batch, rng, n_epochs=10, size=256, max_grad_norm=0.5, **coefficients):
    """PPO's passes over one rollout: a step of the optimiser for each minibatch.

    In each minibatch the advantages are normalised, and the gradients are clipped to max_grad_norm
    by their global norm. The optimiser has the actor's parameters and then the critic's.
    coefficients: those of `ppo_loss`. The log has approx_kl, the mean of k3 over the rows of all
    minibatches, clip_fraction, the fraction of these rows with a ratio outside the clip range, and
    explained_variance, of the batch; each ratio is that before the step of its minibatch.
    Returns: log, dict of float
    """
    # TODO 12: which six things happen for each minibatch?
    seen = []
    for rows in minibatches(len(batch["action"]), n_epochs, size, rng):
        part = {name: column[rows] for name, column in batch.items()}
        part["advantage"] = normalise(part["advantage"])
        logits, actor = forward(net["actor"], part["observation"])
        value, critic = forward(net["critic"], part["observation"])
        _, glogits, gvalue = ppo_loss(logits, value[:, 0], part, **coefficients)
        grads = backward(net["actor"], actor, glogits)
        grads += backward(net["critic"], critic, gvalue[:, None])
        optimiser.step(clip_global_norm(grads, max_grad_norm)[0])
        seen.append(log_prob(logits, part["action"]) - part["log_prob"])
    log_ratio = np.concatenate(seen)
    outside = np.abs(np.exp(log_ratio) - 1) > coefficients.get("clip_range", 0.2)
    return {
        "approx_kl": float(kl_estimates(log_ratio)[2].mean()),
        "clip_fraction": float(outside.mean()),
        "explained_variance": explained_variance(batch["value"], batch["returns"]),
    }


def train(world, net, rng, steps, T=32, lr=0.003, gamma=0.99, gae_lambda=0.95, **settings):
    """PPO: in each round collect T steps, prepare them, and learn from them.

    world: like Poles. net: trained in place, by Adam with eps 1e-5. A round takes T N steps; there
    are steps // (T N) rounds, at least 1. The learning rate of round i of n is lr * (1 - i / n),
    i from 0. settings: those of `learn`.
    Returns: logs, list of dict; those of `learn`
    """
    # TODO 12: which three functions does a round consist of, and what changes between rounds?
    optimiser = Adam(net["actor"] + net["critic"], lr, eps=1e-5)
    rounds = max(steps // (T * len(world.state)), 1)
    logs = []
    for number in range(rounds):
        optimiser.lr = lr * (1 - number / rounds)
        batch = prepare(collect(world, net, T, rng), net, gamma, gae_lambda)
        logs.append(learn(net, optimiser, batch, rng, **settings))
    return logs


FAULTS = (
    "the old log-probabilities are computed again for each minibatch",
    "the learning rate is far too large",
    "the critic is not trained",
    "the clip range is far too large",
)


def named_faults():
    """The faults of the runs A, B and C whose logs the lesson shows, each one of FAULTS.

    Returns: faults, tuple
    """
    # TODO 13: which number of each log cannot be right?
    return FAULTS[2], FAULTS[0], FAULTS[1]


# --- torques, and observations of any size ------------------------------------------------------


def tanh_log_prob(u, mu, log_std):
    """The log-density of the action tanh(u), where u (B, D) is normal with mean mu (B, D).

    log_std (D,): the logarithms of the standard deviations. Stays finite for |u| of 1,000.
    Source: Haarnoja et al. 2018, "Soft Actor-Critic: Off-Policy Maximum Entropy Deep Reinforcement
    Learning with a Stochastic Actor", appendix C.
    Returns: logp (B,)
    """
    # TODO 14: write log(1 - tanh(u) ** 2) with np.logaddexp(0, -2 * u).
    log_derivative = 2 * (np.log(2) - u - np.logaddexp(0, -2 * u))
    return gaussian_log_prob(mu, log_std, u) - log_derivative.sum(axis=1)


class Normaliser:
    """Brings observations to mean 0 and standard deviation 1, by all rows seen so far.

    count: how many they are; mean (D,); squares (D,): their summed squared distances from the mean.
    Source: Chan, Golub and LeVeque 1983, "Algorithms for Computing the Sample Variance".
    """

    def __init__(self, D):
        self.count, self.mean, self.squares = 0, np.zeros(D), np.zeros(D)

    def update(self, rows):
        """Take rows (B, D) into account, without keeping them."""
        # TODO 15: how far does the mean move, and what does this add to the squares?
        total, delta = self.count + len(rows), rows.mean(axis=0) - self.mean
        squares = ((rows - rows.mean(axis=0)) ** 2).sum(axis=0)
        self.squares = self.squares + squares + delta**2 * self.count * len(rows) / total
        self.mean = self.mean + delta * len(rows) / total
        self.count = total

    def __call__(self, rows):
        """The rows (B, D), normalised and then clipped to [-10, 10]; at least one was seen before.

        A column whose standard deviation is below 1e-8 becomes 0.
        Returns: rows (B, D)
        """
        # TODO 15: what is subtracted, and what is a column divided by that never changed?
        std = np.sqrt(self.squares / self.count)
        return ((rows - self.mean) / np.where(std < 1e-8, np.inf, std)).clip(-10, 10)

    def state(self):
        """All that a saved agent needs to see the same again: count, mean and squares, as copies.

        Returns: state, dict
        """
        # TODO 15: what would a later update change?
        return {"count": self.count, "mean": self.mean.copy(), "squares": self.squares.copy()}

    def load(self, state):
        """Become what `state` describes; later updates leave it unchanged."""
        # TODO 15: how can `state` be loaded a second time?
        self.count = state["count"]
        self.mean, self.squares = state["mean"].copy(), state["squares"].copy()
