"""Deep Q-networks: action values from a network that is trained on its own predictions.

Letters: B transitions in a batch, A actions, D features, T time steps, N seeds, M tasks.

A transition is a dict with the entries "observation", "action", "reward", "next_observation" and
"terminated"; a batch is a dict with the same entries, whose arrays have B rows. `terminated` is
True where the episode ended for good; a time limit does not count. `g` is the upstream gradient,
the gradient of the loss with respect to a function's output, and `rng` a NumPy Generator.

The layers and the optimiser are imported from your exercises; the check takes them from the worked
solutions as long as yours do not pass. `undergrad check dqn` checks your functions.
"""

from itertools import pairwise

import numpy as np
from exercises.backprop import linear, linear_backward, relu, relu_backward
from exercises.optim import Adam

# --- given --------------------------------------------------------------------------------------


class Corridor:
    """Squares in a row. A step to the right from the last one ends the episode and earns 1.

    Actions: 0 to the left, where a wall is left of square 0, and 1 to the right. Observations are
    one-hot. After `limit` steps an episode is truncated.
    """

    actions = 2

    def __init__(self, length=5, limit=50):
        self.length, self.limit = length, limit

    def reset(self):
        """Begin at square 0, and return the observation (length,)."""
        self.square, self.steps = 0, 0
        return np.eye(self.length)[0]

    def step(self, action):
        """Returns: observation, reward, terminated, truncated"""
        self.steps += 1
        terminated = bool(action == 1 and self.square == self.length - 1)
        self.square = min(max(self.square + 2 * action - 1, 0), self.length - 1)
        truncated = not terminated and self.steps >= self.limit
        return np.eye(self.length)[self.square], float(terminated), terminated, truncated


def corridor_values(length, gamma):
    """The true action values of a Corridor, from its closed form.

    Returns: q (length, 2)
    """
    right = gamma ** np.arange(length - 1, -1, -1.0)
    return np.stack([gamma * right[np.maximum(np.arange(length) - 1, 0)], right], axis=1)


def init_network(sizes, rng):
    """Weights of linear layers with ReLU between them: a flat list, W (out, in) and b of each.

    sizes: (inputs, hidden, ..., actions).
    Returns: params, list of arrays
    """
    params = []
    for d, m in pairwise(sizes):
        params += [rng.normal(size=(m, d)) * np.sqrt(1 / d), np.zeros(m)]
    return params


def forward(params, x):
    """The action values of observations x (B, D), and the caches of the layers.

    Returns: q (B, A), caches, list
    """
    caches = []
    for layer in range(0, len(params), 2):
        if layer:
            x, cache = relu(x)
            caches.append(cache)
        x, cache = linear(x, params[layer], params[layer + 1])
        caches.append(cache)
    return x, caches


def backward(caches, g):
    """The gradients of all weights, in the order of `params`, from that of q, g (B, A)."""
    grads = []
    for number in range(len(caches) - 1, -1, -1):
        if number % 2:
            g = relu_backward(g, caches[number])
        else:
            g, gW, gb = linear_backward(g, caches[number])
            grads = [gW, gb, *grads]
    return grads


# --- the TD target and its loss -----------------------------------------------------------------


def dqn_target(reward, next_q, terminated, gamma):
    """What q(s, a) is trained towards, for each transition.

    reward (B,), next_q (B, A): the values of all actions in s', terminated (B,).
    gamma: a number, or one for each transition (B,).
    Returns: td_target (B,)
    """
    # TODO 1: what is still to come after s', and where does nothing come?
    return reward + gamma * np.where(terminated, 0.0, next_q.max(axis=1))


def gather_q(q, action):
    """The value of the action that was taken, in each row.   q (B, A), action (B,).

    Returns: taken (B,)
    """
    # TODO 2: which column does each row need?
    return q[np.arange(len(q)), action]


def gather_q_backward(g, q, action):
    """The gradient with respect to q (B, A), from that with respect to `taken`, g (B,).

    Returns: gq (B, A)
    """
    # TODO 2: what is the gradient of the actions that were not taken?
    gq = np.zeros(q.shape)
    gq[np.arange(len(q)), action] = g
    return gq


def huber(prediction, target, delta=1.0):
    """The Huber loss, averaged over the batch: quadratic up to delta, linear beyond.

    prediction, target (B,).
    Returns: loss, float
    """
    # TODO 3: where do the parabola and the line meet, and with the same gradient?
    size = np.abs(prediction - target)
    each = np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))
    return float(each.mean())


def huber_backward(prediction, target, delta=1.0):
    """The gradient of `huber` with respect to prediction (B,).

    Returns: g (B,)
    """
    # TODO 3: how large can the gradient of one example become?
    return np.clip(prediction - target, -delta, delta) / len(prediction)


def semi_gradient(w, x, reward, next_x, gamma):
    """The gradient of 1/2 (target - v)^2 where the target counts as a constant.

    The value of a state with features x is v = w . x, and the target is reward + gamma w . next_x.
    w, x, next_x (D,).
    Returns: g (D,)
    """
    # TODO 4: through which of the two values does the gradient flow?
    td_error = reward + gamma * w @ next_x - w @ x
    return -td_error * x


def residual_gradient(w, x, reward, next_x, gamma):
    """The gradient of the same loss where the target depends on w too.

    Returns: g (D,)
    """
    # TODO 4: what does the target add?
    td_error = reward + gamma * w @ next_x - w @ x
    return td_error * (gamma * next_x - x)


def growth(gamma, lr):
    """The factor by which one semi-gradient step multiplies w in the example "w and 2w".

    One weight, two states: the first has x = 1, the next one x = 2, and every reward is 0. Only
    the transition from the first to the second is ever updated.
    Returns: factor, float
    """
    # TODO 4: derive it on paper; the code is one line.
    return 1 + lr * (2 * gamma - 1)


# --- experience replay --------------------------------------------------------------------------


class Replay:
    """A ring of the newest `capacity` transitions.

    fields: one array for each entry of a transition, with one row for each slot.
    added: how many transitions were ever added.
    """

    def __init__(self, capacity, obs_shape):
        self.capacity, self.added = capacity, 0
        self.fields = {
            "observation": np.zeros((capacity, *obs_shape)),
            "action": np.zeros(capacity, np.int64),
            "reward": np.zeros(capacity),
            "next_observation": np.zeros((capacity, *obs_shape)),
            "terminated": np.zeros(capacity, bool),
        }

    def __len__(self):
        """How many transitions it holds now."""
        # TODO 5: how many are left once old ones are overwritten?
        return min(self.added, self.capacity)

    def add(self, transition):
        """Write a transition into the next slot; when all are taken, over the oldest one.

        transition: a dict with one entry for each of `fields`.
        """
        # TODO 5: which slot is next after the last one?
        slot = self.added % self.capacity
        for name, column in self.fields.items():
            column[slot] = transition[name]
        self.added += 1

    def sample(self, batch_size, rng):
        """Transitions drawn uniformly and with replacement from all that are held, as copies.

        Returns: batch, dict
        """
        # TODO 6: which slots have been written?
        index = rng.integers(len(self), size=batch_size)
        return {name: column[index] for name, column in self.fields.items()}

    def sequences(self, batch_size, length, rng):
        """The slots of `length` transitions in a row, oldest first, drawn uniformly.

        No sequence reaches from the newest transition to the oldest, which lies in the slot behind.
        Returns: slots (batch_size, length), ints
        """
        # TODO 6: how old may the first of a sequence be, counted from the oldest transition?
        oldest = self.added - len(self)
        start = rng.integers(len(self) - length + 1, size=(batch_size, 1))
        return (oldest + start + np.arange(length)) % self.capacity


# --- the target network, and exploration --------------------------------------------------------


def polyak_update(target, online, tau):
    """Move the arrays of `target` by the fraction tau towards those of `online`, in place.

    target, online: lists of arrays of equal shapes. online is left unchanged.
    """
    # TODO 7: which lists still hold the arrays afterwards?
    for old, new in zip(target, online, strict=True):
        old += tau * (new - old)


def linear_schedule(start, end, duration, step):
    """From `start`, at step 0, in a straight line to `end`, at step = duration, and then `end`.

    Returns: value, float
    """
    # TODO 8: which fraction of the way is done, and how large can it become?
    done = min(step / duration, 1.0)
    return (1 - done) * start + done * end


def epsilon_greedy(q, epsilon, rng):
    """An action for each row of q (B, A): the best one, or with probability epsilon a random one.

    The random one is drawn from all actions. Each row decides for itself whether it explores.
    Returns: action (B,), int
    """
    # TODO 8: how many random numbers does a batch need?
    explores = rng.random(len(q)) < epsilon
    return np.where(explores, rng.integers(q.shape[1], size=len(q)), q.argmax(axis=1))


# --- the algorithm ------------------------------------------------------------------------------


def learn(online, target, optimiser, batch, gamma):
    """One gradient step of the online network on a batch, with the Huber loss.

    online, target: the weights of the two networks. optimiser: has online as its params.
    Returns: loss, float
    """
    # TODO 9: which network evaluates s', and which one is trained?
    next_q, _ = forward(target, batch["next_observation"])
    td_target = dqn_target(batch["reward"], next_q, batch["terminated"], gamma)
    q, caches = forward(online, batch["observation"])
    taken = gather_q(q, batch["action"])
    g = gather_q_backward(huber_backward(taken, td_target), q, batch["action"])
    optimiser.step(backward(caches, g))
    return huber(taken, td_target)


def train(
    env, online, rng, steps, gamma=0.9, capacity=1000, batch_size=32, tau=0.05, epsilon=0.1, lr=0.01
):
    """DQN: in each step act, store, learn from a sampled batch, and move the target network.

    env: like a Corridor. online: the weights, which are trained in place with Adam.
    epsilon: falls in a straight line from 1 to this over the first half of the steps.
    When an episode ends, for either reason, the next one begins.
    returns: of the finished episodes, undiscounted.
    Returns: losses, list, returns, list
    """
    # TODO 10: which arrays may the two networks not share, and what is stored at a time limit?
    target, optimiser = [w.copy() for w in online], Adam(online, lr)
    observation, total, losses, returns = env.reset(), 0.0, [], []
    replay = Replay(capacity, observation.shape)
    for step in range(steps):
        q, _ = forward(online, observation[None])
        action = epsilon_greedy(q, linear_schedule(1.0, epsilon, steps / 2, step), rng)[0]
        after, reward, terminated, truncated = env.step(action)
        transition = observation, action, reward, after, terminated
        replay.add(dict(zip(replay.fields, transition, strict=True)))
        losses.append(learn(online, target, optimiser, replay.sample(batch_size, rng), gamma))
        polyak_update(target, online, tau)
        observation, total = after, total + reward
        if terminated or truncated:
            returns.append(total)
            observation, total = env.reset(), 0.0
    return losses, returns


def ablation(variants, seeds, steps=1000):
    """The largest error of q on a Corridor of 5 squares, after training with each variant.

    The network has 16 hidden units; default_rng(seed) draws its weights and then trains it.
    variants: {name: settings of `train`}.   seeds: numbers.
    Returns: errors, dict; the name of a variant to the list of its errors
    """
    # TODO 11: what do two variants have in common when they begin with the same seed?
    errors = {name: [] for name in variants}
    for name, settings in variants.items():
        for seed in seeds:
            rng = np.random.default_rng(seed)
            online = init_network((5, 16, 2), rng)
            train(Corridor(), online, rng, steps, **settings)
            q, _ = forward(online, np.eye(5))
            errors[name].append(float(np.abs(q - corridor_values(5, 0.9)).max()))
    return errors


def missed_more():
    """Your conclusion: without which of the two is the median error of the corridor larger?

    Returns: name, str; "replay" or "target network"
    """
    # TODO 11: run `ablation` on at least eight seeds first.
    return "replay"


def n_step_returns(rewards, ended, n, gamma):
    """For each time step the discounted sum of the next n rewards, none of another episode.

    rewards (T,), ended (T,): whether the episode ended with this step, for whichever reason.
    Where fewer than n are left, it sums those. steps: how many rewards each sum has.
    Returns: sums (T,), steps (T,), int
    """
    # TODO 12: after which reward does a sum stop early?
    sums, steps = np.zeros(len(rewards)), np.zeros(len(rewards), np.int64)
    for t in range(len(rewards)):
        for k in range(min(n, len(rewards) - t)):
            sums[t] += gamma**k * rewards[t + k]
            steps[t] += 1
            if ended[t + k]:
                break
    return sums, steps


# --- what the network sees of a game ------------------------------------------------------------


def area_weights(size, smaller):
    """A matrix that averages `size` pixels in a row down to a `smaller` number.

    Output pixel i covers the inputs from i * size / smaller to (i + 1) * size / smaller; each
    input counts by the part of it that lies inside.
    Returns: weights (smaller, size)
    """
    # TODO 13: which part of input pixel j lies between the two ends?
    edges = np.arange(smaller + 1)[:, None] * size / smaller
    pixel = np.arange(size)
    inside = np.minimum(edges[1:], pixel + 1) - np.maximum(edges[:-1], pixel)
    return np.maximum(inside, 0) * smaller / size


def preprocess(first, second, size=84):
    """Two screens in a row, (H, W) grey levels of bytes, as one image of size x size bytes.

    Takes the brighter of the two at each pixel, averages areas, and rounds to the nearest level.
    Returns: image (size, size), int
    """
    # TODO 13: why are two screens needed, and what is done first?
    screen = np.maximum(first, second).astype(float)
    rows, columns = (area_weights(n, size) for n in screen.shape)
    return np.rint(rows @ screen @ columns.T).astype(np.uint8)


def frame_stack(frames, starts, k):
    """For each time step the newest k frames of its episode, the newest last.

    frames (T, ...).   starts (T,): whether an episode begins with this frame; starts[0] is True.
    Before the first frame of an episode comes this frame itself, repeated.
    Returns: stacks (T, k, ...)
    """
    # TODO 13: at which frame does each episode begin, and which rows lie before it?
    now = np.arange(len(frames))
    first = np.maximum.accumulate(np.where(starts, now, 0))
    rows = now[:, None] - np.arange(k - 1, -1, -1)
    return frames[np.maximum(rows, first[:, None])]


# --- what a result is worth ---------------------------------------------------------------------


def iqm(scores):
    """The interquartile mean: the mean without the lowest and the highest quarter of all scores.

    scores: of any shape. Of n scores, floor(n / 4) are left out at each end.
    Returns: mean, float
    """
    # TODO 14: which scores are left?
    ordered = np.sort(np.ravel(scores))
    cut = len(ordered) // 4
    return float(ordered[cut : len(ordered) - cut].mean())


def stratified_bootstrap(scores, rng, draws=1000, level=0.95):
    """An interval for the IQM of scores (N, M): N seeds on each of M tasks.

    Each draw takes N seeds with replacement, for each task separately, and computes their IQM.
    The interval leaves out the fraction (1 - level) / 2 of these at each end.
    Returns: low, float, high, float
    """
    # TODO 14: which scores may take each other's place?
    means = []
    for _ in range(draws):
        rows = rng.integers(len(scores), size=scores.shape)
        means.append(iqm(np.take_along_axis(scores, rows, axis=0)))
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def seeds_needed(rate, level=0.95):
    """How many seeds have to pass, without a failure, for the claim "at least `rate` of all pass".

    If only this fraction of all seeds passed, so many passes in a row would have a probability of
    at most 1 - level.
    Returns: seeds, int
    """
    # TODO 14: how probable are n passes in a row?
    return int(np.ceil(np.log(1 - level) / np.log(rate)))


FAULTS = (
    "no mask at the end",
    "a time limit counts as an end",
    "the target is the online network",
    "epsilon does not fall",
)


def named_faults():
    """The faults of the runs A, B and C whose logs the lesson shows, each one of FAULTS.

    Returns: faults, tuple
    """
    # TODO 15: which number of each log cannot be right?
    return FAULTS[0], FAULTS[2], FAULTS[1]
