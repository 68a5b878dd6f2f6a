"""Continuous actions: an actor that follows the gradient of its critics, in DDPG, TD3 and SAC.

Letters: B rows of a batch, D numbers of an observation, K numbers of an action, C critics, T time
steps, N worlds side by side; S states and A actions of a table; P plans of H steps.

Actions lie between -1 and 1. A batch is a dict of arrays: "observation" (B, D), "action" (B, K),
"reward" (B,), "next_observation" (B, D) and "terminated" (B,), bool. An agent is a dict of
networks: "actor", "critics", "target_actor" and "target_critics". `g` before a name stands for the
gradient of the loss with respect to it, and `rng` is a NumPy Generator. Noise is drawn outside and
passed in, so that most functions here are exact.

The optimiser is imported from your exercises; the check takes it from the worked solution as long
as yours does not pass. `undergrad check continuous` checks your functions.
"""

from itertools import pairwise

import numpy as np
from exercises.optim import Adam

# --- given: a pendulum, networks, and what you know from dqn ------------------------------------


def pendulum_step(state, action):
    """One twentieth of a second of a pendulum, with the equations of Gymnasium's Pendulum-v1.

    state (..., 2): the angle, 0 upright, and the angular speed. action (..., 1): the torque, in
    units of 2 newton metres. Any number of pendulums at once; this is also the model of `cem_plan`.
    Returns: after (..., 2), reward (...)
    """
    angle, speed = state[..., 0], state[..., 1]
    torque = 2 * np.clip(action[..., 0], -1, 1)
    off = (angle + np.pi) % (2 * np.pi) - np.pi
    reward = -(off**2 + 0.1 * speed**2 + 0.001 * torque**2)
    speed = np.clip(speed + 0.05 * (15 * np.sin(angle) + 3 * torque), -8, 8)
    return np.stack([angle + 0.05 * speed, speed], axis=-1), reward


class Pendulum:
    """N pendulums. Episodes are truncated after `limit` steps and never terminate.

    observation (N, 3): cosine and sine of the angle, and the speed divided by 8.
    """

    shape = 3, 1  # numbers of an observation, and of an action

    def __init__(self, N, rng, limit=200):
        self.N, self.rng, self.limit = N, rng, limit
        self._begin()

    def _begin(self):
        """All pendulums begin together, at any angle."""
        self.steps = 0
        self.state = self.rng.uniform([-np.pi, -1], [np.pi, 1], (self.N, 2))

    @property
    def observation(self):
        angle, speed = self.state.T
        return np.stack([np.cos(angle), np.sin(angle), speed / 8], axis=1)

    def step(self, action):
        """One action (N, 1) for each. `after` is seen before a new episode begins.

        Returns: after (N, 3), reward (N,), terminated (N,), truncated (N,)
        """
        self.state, reward = pendulum_step(self.state, action)
        self.steps += 1
        after, never = self.observation, np.zeros(self.N, bool)
        ended = self.steps >= self.limit
        if ended:
            self._begin()
        return after, reward, never, never | ended


def init_network(sizes, rng, C=None):
    """Linear layers with ReLU between them: a list, W (in, out) and b (1, out) of each layer.

    sizes: (inputs, hidden, ..., outputs). With C, every array has C matrices, one for each of C
    networks that are computed side by side.
    Returns: params, list
    """
    lead, params = () if C is None else (C,), []
    for d, m in pairwise(sizes):
        params += [rng.normal(size=(*lead, d, m)) * d**-0.5, np.zeros((*lead, 1, m))]
    return params


def forward(params, x):
    """The outputs for rows x (B, in), and the inputs of all layers.

    The outputs are (B, out), or (C, B, out) of C networks.
    Returns: out, inputs, list
    """
    inputs = []
    for layer in range(0, len(params), 2):
        x = np.maximum(x, 0) if layer else x
        inputs.append(x)
        x = x @ params[layer] + params[layer + 1]
    return x, inputs


def backward(params, inputs, g):
    """The gradients of all parameters, in their order, and of x, from that of the outputs.

    Of C networks, gx is (C, B, in): each has its own.
    Returns: grads, list, gx
    """
    grads = []
    for layer in range(len(params) - 2, -1, -2):
        x = inputs[layer // 2]
        grads = [x.swapaxes(-1, -2) @ g, g.sum(axis=-2, keepdims=True), *grads]
        g = g @ params[layer].swapaxes(-1, -2)
        g = g * (x > 0) if layer else g
    return grads, g


def make_agent(world, rng, C=2, hidden=64):
    """An actor and C critics for a world, with target networks that begin as copies.

    Returns: agent, dict
    """
    D, K = world.shape
    agent = {
        "actor": init_network((D, hidden, hidden, K), rng),
        "critics": init_network((D + K, hidden, hidden, 1), rng, C),
    }
    agent["actor"][-2] *= 0.1  # so that the first actions are not at the bounds
    return agent | {f"target_{name}": [w.copy() for w in agent[name]] for name in agent}


class Replay:
    """A ring of the newest transitions, as arrays with one row for each.

    D, K: the numbers of an observation and of an action.
    """

    def __init__(self, capacity, D, K):
        self.capacity, self.added = capacity, 0
        sizes = {"observation": (D,), "action": (K,), "reward": (), "next_observation": (D,)}
        self.fields = {name: np.zeros((capacity, *size)) for name, size in sizes.items()}
        self.fields["terminated"] = np.zeros(capacity, bool)

    def add(self, *columns):
        """Store N transitions: observation, action, reward, next_observation and terminated."""
        slots = (self.added + np.arange(len(columns[0]))) % self.capacity
        for column, rows in zip(self.fields.values(), columns, strict=True):
            column[slots] = rows
        self.added += len(slots)

    def sample(self, batch_size, rng):
        """A batch of transitions, drawn uniformly and with replacement.

        Returns: batch, dict
        """
        rows = rng.integers(min(self.added, self.capacity), size=batch_size)
        return {name: column[rows] for name, column in self.fields.items()}


def polyak_update(target, online, tau):
    """Move the arrays of `target` by the fraction tau towards those of `online`, in place."""
    for old, new in zip(target, online, strict=True):
        old += tau * (new - old)


def act(actor, observation):
    """The actor's action mu(s), the tanh of its outputs.

    Returns: action (B, K)
    """
    return np.tanh(forward(actor, observation)[0])


def q_values(critics, observation, action):
    """The values of the actions by each critic.

    Returns: q (C, B)
    """
    return forward(critics, np.concatenate([observation, action], axis=1))[0][..., 0]


# --- the gradient of an action ------------------------------------------------------------------


def dpg_grad(actor, critics, batch):
    """The deterministic policy gradient: of the mean of q(s, mu(s)), by the first critic.

    Only "observation" of the batch is used.
    Source: Silver et al. 2014, theorem 1, as estimated in Lillicrap et al. 2016, equation 6.
    Returns: grads, list like actor
    """
    # TODO 1: follow the gradient from q to the action, through tanh, and to the actor's weights.
    observation = batch["observation"]
    out, hidden = forward(actor, observation)
    action = np.tanh(out)
    q, inputs = forward(critics, np.concatenate([observation, action], axis=1))
    g = np.zeros(q.shape)
    g[0] = 1 / len(observation)
    _, gx = backward(critics, inputs, g)
    gaction = gx[0][:, observation.shape[1] :]
    return backward(actor, hidden, gaction * (1 - action**2))[0]


def ou_noise(normal, theta, sigma):
    """Ornstein-Uhlenbeck noise: each step keeps 1 - theta of the last one and adds sigma * normal.

    normal (T, K): standard normal numbers. Before the first step the noise is 0.
    Source: Lillicrap et al. 2016, section 3, with a time step of 1.
    Returns: noise (T, K)
    """
    # TODO 2: what does each row keep of the row before it?
    noise, last = np.zeros(normal.shape), np.zeros(normal.shape[1:])
    for t in range(len(normal)):
        last = (1 - theta) * last + sigma * normal[t]
        noise[t] = last
    return noise


def ou_std(theta, sigma):
    """The standard deviation of this noise after many steps.

    Returns: std, float
    """
    # TODO 2: which variance stays the same from one step to the next?
    return sigma / np.sqrt(theta * (2 - theta))


# --- critics that overestimate ------------------------------------------------------------------


def td3_target(reward, next_q, terminated, gamma):
    """The TD target of all critics: the smallest of the target critics counts.

    reward (B,), next_q (C, B), terminated (B,).
    Source: Fujimoto et al. 2018, equation 10.
    Returns: td_target (B,)
    """
    # TODO 3: over which axis is the minimum?
    return reward + gamma * np.where(terminated, 0.0, next_q.min(axis=0))


def critic_grads(critics, observation, action, td_target):
    """The loss of all critics and its gradients: the mean squared error of each, summed over them.

    Returns: loss, float, grads, list like critics
    """
    # TODO 3: how far is each critic from the target they share?
    q, inputs = forward(critics, np.concatenate([observation, action], axis=1))
    error = q[..., 0] - td_target
    grads, _ = backward(critics, inputs, 2 * error[..., None] / len(td_target))
    return float((error**2).mean(axis=1).sum()), grads


def critic_bias(errors, curvature):
    """How much the smallest critic overestimates the action that the first critic prefers.

    The true value of an action a is -curvature * a ** 2 / 2. Critic i adds an error of its own,
    errors[i] * a. The actor has climbed the first critic to its top.
    errors (C, B): of C critics, in B independent cases.
    Returns: bias (B,)
    """
    # TODO 4: where is the top, and how far above the truth is each critic there?
    action = errors[0] / curvature
    return (errors * action).min(axis=0)


def smoothed_action(action, noise, clip):
    """Actions near those of the target actor: noise is clipped to [-clip, clip] and added.

    action, noise (B, K). The result stays between -1 and 1.
    Source: Fujimoto et al. 2018, equation 14.
    Returns: nearby (B, K)
    """
    # TODO 5: what is clipped twice, and at which bounds?
    return (action + noise.clip(-clip, clip)).clip(-1, 1)


# --- the algorithm ------------------------------------------------------------------------------


def td3_step(
    agent, optimisers, batch, noise, number,
    gamma=0.98, tau=0.005, clip=0.5, delay=2, actor_grad=dpg_grad,
):  # fmt: skip
    """One update of TD3: the critics, and every `delay`-th time the actor and all targets.

    optimisers: dict, "actor" and "critics". noise (B, K): for the actions of the target.
    number: of this update, from 1. actor_grad(actor, critics, batch): the gradient that the actor
    climbs, with the critics as they are after their step. Changes the networks in place.
    Source: Fujimoto et al. 2018, algorithm 1.
    Returns: loss, float; that of the critics
    """
    # TODO 6: which networks make the target, and which of them move in this update?
    nearby = smoothed_action(act(agent["target_actor"], batch["next_observation"]), noise, clip)
    next_q = q_values(agent["target_critics"], batch["next_observation"], nearby)
    td_target = td3_target(batch["reward"], next_q, batch["terminated"], gamma)
    loss, grads = critic_grads(agent["critics"], batch["observation"], batch["action"], td_target)
    optimisers["critics"].step(grads)
    if number % delay == 0:
        upwards = actor_grad(agent["actor"], agent["critics"], batch)
        optimisers["actor"].step([-g for g in upwards])
        for name in ("actor", "critics"):
            polyak_update(agent[f"target_{name}"], agent[name], tau)
    return loss


def train(
    world, agent, rng, steps, start=500, action_noise=0.1, target_noise=0.2, batch_size=64,
    lr=0.001, reward_scale=0.1, capacity=100_000, **settings,
):  # fmt: skip
    """TD3: in each step all worlds act, and then there is one update for each of them.

    world: like Pendulum. A step counts once for each world; as long as at most `start` steps have
    been counted, actions are uniform in [-1, 1] and nothing is learned. Later, normal noise with
    standard deviation action_noise is added to the actor's actions, which stay in [-1, 1]. Rewards
    are stored times reward_scale. The noise of the target has standard deviation target_noise.
    Adam trains the networks in place. There are steps // N steps of the worlds.
    settings: those of `td3_step`.
    Returns: returns, list of float; the undiscounted, unscaled ones of all finished episodes
    """
    # TODO 7: what happens between an action and the next one?
    D, K = world.shape
    optimisers = {name: Adam(agent[name], lr) for name in ("actor", "critics")}
    replay, N = Replay(capacity, D, K), len(world.observation)
    returns, total, number = [], np.zeros(N), 0
    for step in range(1, steps // N + 1):
        observation, learns = world.observation, step * N > start
        action = rng.uniform(-1, 1, (N, K))
        if learns:
            action = act(agent["actor"], observation) + action_noise * rng.normal(size=(N, K))
            action = action.clip(-1, 1)
        after, reward, terminated, truncated = world.step(action)
        replay.add(observation, action, reward * reward_scale, after, terminated)
        for _ in range(N if learns else 0):
            number += 1
            batch = replay.sample(batch_size, rng)
            noise = target_noise * rng.normal(size=(batch_size, K))
            td3_step(agent, optimisers, batch, noise, number, **settings)
        total += reward
        ended = terminated | truncated
        returns += total[ended].tolist()
        total[ended] = 0.0
    return returns


# --- a policy that earns its entropy ------------------------------------------------------------


def soft_value(q, alpha):
    """alpha times the logarithm of the sum of exp(q / alpha), for each row of q (S, A).

    It is the largest value of the mean of q plus alpha times the entropy. Stays finite for q of any
    size. Source: Haarnoja et al. 2017, "Reinforcement Learning with Deep Energy-Based Policies",
    equation 5.
    Returns: v (S,)
    """
    # TODO 8: what may be subtracted before the exponential, and added afterwards?
    top = q.max(axis=1, keepdims=True)
    return top[:, 0] + alpha * np.log(np.exp((q - top) / alpha).sum(axis=1))


def soft_iteration(P, R, gamma, alpha, sweeps):
    """Soft value iteration: from q = 0, so many sweeps of r + gamma * soft value of the next state.

    P (S, A, S): P[s, a, s'] is the probability of s' after action a in s. R (S, A).
    Returns: q (S, A)
    """
    # TODO 8: what takes the place of the maximum in the Bellman equation?
    q = np.zeros(R.shape)
    for _ in range(sweeps):
        q = R + gamma * P @ soft_value(q, alpha)
    return q


def tanh_gaussian(mu, log_std, noise):
    """The action tanh(mu + std * noise), and its log-density.

    mu, log_std, noise (B, K). The density is that of the action, so it is divided by the derivative
    of tanh. It is exact where tanh rounds to 1.
    Source: Haarnoja et al. 2018, "Soft Actor-Critic Algorithms and Applications", appendix C.
    Returns: action (B, K), logp (B,)
    """
    # TODO 9: which density does u have, and which logarithm belongs to tanh?
    u = mu + np.exp(log_std) * noise
    log_normal = -log_std - 0.5 * (noise**2 + np.log(2 * np.pi))
    log_derivative = 2 * (np.log(2) - u - np.logaddexp(0, -2 * u))
    return np.tanh(u), (log_normal - log_derivative).sum(axis=1)


def tanh_gaussian_backward(gaction, glogp, mu, log_std, noise):
    """The gradients with respect to mu and log_std, where the noise is constant.

    gaction (B, K), glogp (B,): those with respect to the outputs of `tanh_gaussian`.
    Returns: gmu (B, K), glog_std (B, K)
    """
    # TODO 9: by how much do action and logp change with u, and u with mu and log_std?
    scaled = np.exp(log_std) * noise
    action = np.tanh(mu + scaled)
    gu = gaction * (1 - action**2) + glogp[:, None] * 2 * action
    return gu, gu * scaled - glogp[:, None]


def sac_target(reward, next_q, next_logp, terminated, alpha, gamma):
    """The TD target of SAC's critics: the smallest value, plus what the entropy of s' is worth.

    reward (B,), next_q (C, B), next_logp (B,): of an action sampled in s', terminated (B,).
    Source: Haarnoja et al. 2018, "Soft Actor-Critic Algorithms and Applications", equation 3.
    Returns: td_target (B,)
    """
    # TODO 10: which sign has the log-probability, and does an end still have an entropy?
    soft = next_q.min(axis=0) - alpha * next_logp
    return reward + gamma * np.where(terminated, 0.0, soft)


def sac_actor_loss(logp, q, alpha):
    """The loss of SAC's actor, the mean of alpha * logp - min q, and its gradients.

    logp (B,), q (C, B): of an action sampled in each row. Where critics tie, the first one counts.
    Source: the same, equation 9.
    Returns: loss, float, glogp (B,), gq (C, B)
    """
    # TODO 10: which critic does each row learn from?
    B, gq = len(logp), np.zeros(q.shape)
    gq[q.argmin(axis=0), np.arange(B)] = -1 / B
    loss = (alpha * logp - q.min(axis=0)).mean()
    return float(loss), np.full(B, alpha / B), gq


def alpha_loss(log_alpha, logp, target_entropy):
    """log_alpha times the surplus, the entropy less its target, and its derivative.

    The entropy is estimated from logp (B,), which counts as constant.
    Returns: loss, float, glog_alpha, float
    """
    # TODO 11: if the entropy is too large, in which direction must alpha move?
    surplus = float(-logp.mean() - target_entropy)
    return float(log_alpha * surplus), surplus


# --- learning from a log ------------------------------------------------------------------------


def td3_bc_loss(q, pi, action, alpha):
    """The actor's loss in TD3+BC: minus the scaled mean of q, plus the squared distance to the log.

    q (B,): by the first critic, of the actor's actions pi (B, K). action (B, K): those of the log.
    The scale is alpha divided by the mean of |q| and counts as constant. The squared distance is a
    mean over all B * K numbers. gpi: without what flows through q.
    Source: Fujimoto and Gu 2021, equations 3 and 5.
    Returns: loss, float, gq (B,), gpi (B, K)
    """
    # TODO 12: what happens to loss and gradients if all rewards are ten times larger?
    scale = alpha / np.abs(q).mean()
    loss = -scale * q.mean() + ((pi - action) ** 2).mean()
    return float(loss), np.full(len(q), -scale / len(q)), 2 * (pi - action) / pi.size


def td3_bc_grad(actor, critics, batch, alpha=2.5):
    """Given: what the actor of TD3+BC climbs, for `actor_grad` of td3_step; minus that loss.

    Returns: grads, list like actor
    """
    observation = batch["observation"]
    out, hidden = forward(actor, observation)
    pi = np.tanh(out)
    q, inputs = forward(critics, np.concatenate([observation, pi], axis=1))
    _, gq, gpi = td3_bc_loss(q[0, :, 0], pi, batch["action"], alpha)
    g = np.zeros(q.shape)
    g[0, :, 0] = gq
    gpi = gpi + backward(critics, inputs, g)[1][0][:, observation.shape[1] :]
    return backward(actor, hidden, -gpi * (1 - pi**2))[0]


# --- planning with a model ----------------------------------------------------------------------


def plan_returns(model, state, plans):
    """The sum of the rewards of each plan, all beginning in the same state.

    model(state (P, M), action (P, K)) -> after (P, M), reward (P,). state (M,), plans (P, H, K).
    Returns: returns (P,)
    """
    # TODO 13: which action does each plan take in step t?
    states, total = np.tile(state, (len(plans), 1)), np.zeros(len(plans))
    for t in range(plans.shape[1]):
        states, reward = model(states, plans[:, t])
        total += reward
    return total


def cem_plan(model, state, noise, n_elite=10):
    """The cross-entropy method: draw plans, keep the best, draw again near them.

    noise (rounds, P, H, K): standard normal numbers. Each round has P plans, mean + std * noise,
    clipped to [-1, 1]; the mean and the standard deviation over its n_elite best plans are those of
    the next round. The first mean is 0 and the first standard deviation 1.
    Returns: plan (H, K); the mean after the last round
    """
    # TODO 13: which two arrays pass from one round to the next?
    mean, std = np.zeros(noise.shape[2:]), np.ones(noise.shape[2:])
    for each in noise:
        plans = (mean + std * each).clip(-1, 1)
        elite = plans[np.argsort(-plan_returns(model, state, plans))[:n_elite]]
        mean, std = elite.mean(axis=0), elite.std(axis=0)
    return mean
