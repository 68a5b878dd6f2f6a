"""Actor-critic: learn after a few steps, and let a critic estimate the rest.

Letters: T steps of N worlds side by side, S states, A actions, B rows of a batch.

Arrays of a rollout are (T, N): a row for each time step, a column for each world. Episodes may end
anywhere inside. `terminated` marks a true end, after which nothing more is earned; `truncated`
marks a time limit, after which the world would have gone on. What was seen after a step has its
value in next_value, so no value is ever read from the row below.

The actor is a table of logits theta (S, A), the critic a table v (S,).
`undergrad check actor-critic` checks your functions.
"""

import numpy as np
from exercises.policy_gradient import entropy, normalise, road, softmax, surrogate

# --- given: worlds that are stepped through one action at a time --------------------------------

DITCH = 108  # the last state of the road


class World:
    """A world made of tables, in which one action is taken at a time.

    P (S, A, S), R (S, A), start (S,). An episode terminates in the states `ends`, and is truncated
    after `limit` steps.
    """

    def __init__(self, P, R, start, ends, limit, rng):
        self.P, self.R, self.start = P.cumsum(axis=2), R, start.cumsum()
        self.ends, self.limit, self.rng = ends, limit, rng

    def _draw(self, cumulative):
        return min(int(cumulative.searchsorted(self.rng.random())), len(cumulative) - 1)

    def reset(self):
        """Begin an episode.

        Returns: s, int; its first state
        """
        self.s, self.steps = self._draw(self.start), 0
        return self.s

    def step(self, a):
        """Take action a.

        Returns: next_s, int, r, float, terminated, bool, truncated, bool
        """
        r = float(self.R[self.s, a])
        self.s, self.steps = self._draw(self.P[self.s, a]), self.steps + 1
        terminated = self.s in self.ends
        return self.s, r, terminated, self.steps >= self.limit and not terminated


def drives(N, rng, limit=100):
    """N worlds of the road; a drive ends in the ditch, or when the clock stops it.

    Returns: worlds, list of N World
    """
    return [World(*road(), (DITCH,), limit, each) for each in rng.spawn(N)]


def sample(pi, rng):
    """One action for each row of probabilities pi (N, A).

    Returns: a (N,), int
    """
    drawn = (pi.cumsum(axis=1) < rng.random((len(pi), 1))).sum(axis=1)
    return drawn.clip(max=pi.shape[1] - 1)


# --- advantages ---------------------------------------------------------------------------------


def td_error(r, terminated, value, next_value, gamma):
    """The advantage after one step, delta.   All (T, N); terminated is an array of bool.

    Returns: delta (T, N)
    """
    # TODO 1: compare what happened with what the critic expected.
    return r + gamma * next_value * ~terminated - value


def true_advantage(P, R, pi, gamma):
    """How much better each action is than the policy's own mixture of actions, exactly.

    P (S, A, S), R (S, A), pi (S, A). An end is a state that leads only to itself and earns nothing.
    Returns: v (S,), advantage (S, A)
    """
    # TODO 2: solve the Bellman equation of the policy for v, then look one step ahead.
    P_pi, r_pi = np.einsum("sa,sat->st", pi, P), (pi * R).sum(axis=1)
    v = np.linalg.solve(np.eye(len(R)) - gamma * P_pi, r_pi)
    return v, R + gamma * P @ v - v[:, None]


def n_step_advantage(r, terminated, truncated, value, next_value, gamma, n):
    """The advantage after n steps: n rewards, then the critic, minus what it expected at first.

    It takes fewer steps where the episode or the rollout ends before. All arrays (T, N).
    Returns: advantage (T, N)
    """
    # TODO 3: begin with one step; then put the target of the next step in the critic's place.
    after = next_value * ~terminated
    target = r + gamma * after
    for _ in range(n - 1):
        longer = np.concatenate([target[1:], after[-1:]])
        target = r + gamma * np.where(terminated | truncated, after, longer)
    return target - value


def lambda_weights(gae_lambda, T):
    """The weights of the n-step advantages, n = 1 to T, in GAE over the last T steps of an episode.

    Returns: w (T,)
    """
    # TODO 4: derive the weight of the last one, which stands for all longer ones too.
    w = (1 - gae_lambda) * gae_lambda ** np.arange(float(T))
    w[-1] = gae_lambda ** (T - 1)
    return w


def gae(r, terminated, truncated, value, next_value, gamma, gae_lambda):
    """Generalised advantage estimation, from the last step back.   All arrays (T, N).

    Source: Schulman et al. 2016, equation 16.
    Returns: advantage (T, N)
    """
    # TODO 5: add the discounted advantage of the next step, where the episode continues.
    delta = td_error(r, terminated, value, next_value, gamma)
    continues = ~(terminated | truncated)
    advantage = np.empty(delta.shape)
    later = np.zeros(delta.shape[1])
    for t in range(len(delta) - 1, -1, -1):
        later = delta[t] + gamma * gae_lambda * continues[t] * later
        advantage[t] = later
    return advantage


def advantage_bias(P, pi, error, gamma, gae_lambda):
    """The expectation of GAE over an endless rollout, minus the true advantage.

    P (S, A, S), pi (S, A). error (S,): the value by the critic minus the true value.
    Returns: bias (S, A)
    """
    # TODO 6: count where the sum of deltas adds an error of the critic, and where it subtracts one.
    P_pi = np.einsum("sa,sat->st", pi, P)
    ahead = np.linalg.solve(np.eye(len(pi)) - gamma * gae_lambda * P_pi, error)
    return gamma * (1 - gae_lambda) * P @ ahead - error[:, None]


def cut_value(gamma, limit):
    """The value of a world with one state and the reward 1, when a time limit counts as an end.

    A critic learns it from one-step targets; every episode is cut off after `limit` steps.
    Returns: v, float
    """
    # TODO 7: derive the value that equals the mean of its own targets.
    return 1 / (1 - gamma * (1 - 1 / limit))


# --- many worlds at once ------------------------------------------------------------------------


class VecEnv:
    """Several worlds side by side.

    `s` (N, ...) is what to act on next: where an episode ended, the first state of a new one.
    """

    def __init__(self, worlds):
        # TODO 8: reset every world.
        self.worlds = worlds
        self.s = np.array([world.reset() for world in worlds])

    def step(self, a):
        """Take one action of a (N,) in each world, and reset those that ended.

        next_s is what was truly seen after the step, and never the state of a reset.
        Returns: next_s (N, ...), r (N,), terminated (N,), bool, truncated (N,), bool
        """
        # TODO 8: keep the last state of an episode apart from the first one of the next.
        seen = [world.step(action) for world, action in zip(self.worlds, a, strict=True)]
        next_s, r, terminated, truncated = (np.array(each) for each in zip(*seen, strict=True))
        self.s = next_s.copy()
        for i in np.flatnonzero(terminated | truncated):
            self.s[i] = self.worlds[i].reset()
        return next_s, r, terminated, truncated


def collect(env, act, T):
    """A rollout: T steps of every world, wherever episodes begin and end.

    env: a VecEnv. act(s): an action for each of the states s (N, ...). A state may be a number or
    an array of numbers.
    Returns: s (T, N, ...), a (T, N), next_s (T, N, ...), r (T, N), terminated (T, N), truncated
    (T, N)
    """
    # TODO 9: act, step and record, T times.
    steps = []
    for _ in range(T):
        s = env.s.copy()
        a = act(s)
        steps.append((s, a, *env.step(a)))
    return tuple(np.array(each) for each in zip(*steps, strict=True))


# --- A2C ----------------------------------------------------------------------------------------


def a2c_loss(logits, values, action, advantage, returns, vf_coef, ent_coef):
    """The common loss of actor and critic, and its gradients.

    logits (B, A), values, action, advantage, returns (B,). The policy loss is `surrogate` with the
    advantages as weights, the value loss the mean squared error of the values; the mean entropy
    times ent_coef is subtracted. Advantages and returns are constants.
    Returns: loss, float, terms (3,), g_logits (B, A), g_values (B,); the terms are the policy
    loss, the value loss and the mean entropy, without their coefficients
    """
    # TODO 10: add up three terms, and the gradients of each.
    policy_loss, g_logits = surrogate(logits, action, advantage)
    H, g_entropy = entropy(logits)
    error = values - returns
    value_loss = (error**2).mean()
    loss = policy_loss + vf_coef * value_loss - ent_coef * H.mean()
    g_logits = g_logits - ent_coef * g_entropy / len(logits)
    terms = np.array([policy_loss, value_loss, H.mean()])
    return float(loss), terms, g_logits, vf_coef * 2 * error / len(values)


def explained_variance(value, returns):
    """The fraction of the variance of the returns that the values predict.   Both of one shape.

    0 where all returns are equal, up to rounding.
    Returns: fraction, float
    """
    # TODO 11: compare the variance of what is left with that of the returns.
    if returns.std() < 1e-8:
        return 0.0
    return float(1 - (returns - value).var() / returns.var())


def a2c_gradients(env, theta, v, T, rng, gamma=0.99, gae_lambda=0.95, vf_coef=0.5, ent_coef=0.0):
    """One rollout of the policy, and the gradients of its loss with respect to both tables.

    Actions come from `sample`. Advantages enter the loss normalised; the returns are the advantages
    before that, plus the values.
    Returns: g_theta (S, A), g_v (S,)
    """
    # TODO 12: collect, estimate the advantages, and add up the gradients of the rows of each state.
    s, a, next_s, r, *ends = collect(env, lambda s: sample(softmax(theta[s]), rng), T)
    advantage = gae(r, *ends, v[s], v[next_s], gamma, gae_lambda)
    returns, s, a = (advantage + v[s]).ravel(), s.ravel(), a.ravel()
    weight = normalise(advantage).ravel()
    _, _, g_logits, g_values = a2c_loss(theta[s], v[s], a, weight, returns, vf_coef, ent_coef)
    g_theta, g_v = np.zeros(theta.shape), np.zeros(v.shape)
    np.add.at(g_theta, s, g_logits)
    np.add.at(g_v, s, g_values)
    return g_theta, g_v


def a2c(env, theta, v, T, updates, rng, lr=20.0, **settings):
    """A2C: each update is one rollout of T steps and one step of gradient descent, in place.

    settings: for a2c_gradients.
    """
    # TODO 12: descend on both tables.
    for _ in range(updates):
        g_theta, g_v = a2c_gradients(env, theta, v, T, rng, **settings)
        theta -= lr * g_theta
        v -= lr * g_v


def a3c(envs, theta, v, T, updates, rng, lr=20.0, **settings):
    """A3C with workers that take turns: update u is made by worker u mod len(envs), in place.

    Each worker has a VecEnv and a copy of both tables. In its turn it collects with its copy,
    descends on the shared tables with the gradients found, and copies them.
    """
    # TODO 13: compute with the copy of a worker, and change the shared tables.
    copies = [(theta.copy(), v.copy()) for _ in envs]
    for update in range(updates):
        k = update % len(envs)
        g_theta, g_v = a2c_gradients(envs[k], *copies[k], T, rng, **settings)
        theta -= lr * g_theta
        v -= lr * g_v
        copies[k] = theta.copy(), v.copy()


HELPS = ("a smaller lambda", "a shorter rollout")


def helps_more():
    """Your conclusion: what helps an agent more that has 10,000 steps of the road?

    It begins with 8 worlds, rollouts of 100 steps, and lambda 1.
    Returns: what, str; one of HELPS
    """
    # TODO 14: change one of the two, with the best learning rate of a grid, on five seeds.
    return HELPS[1]
