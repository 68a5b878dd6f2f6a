"""Rainbow by ablation, and exploration: six improvements of DQN, and four ways to find a reward.

Letters: B transitions in a batch, A actions, Z atoms or quantiles, M target values, D inputs,
K outputs, S states.

`g` is the upstream gradient, the gradient of the loss with respect to a function's output, and
`rng` a NumPy Generator. `terminated` is True where the episode ended for good; a time limit does
not count. `gamma` is one number, or an array (B,) where transitions span several steps.

`undergrad check dqn-plus` checks your functions.
"""

from typing import NamedTuple

import numpy as np

# --- given --------------------------------------------------------------------------------------


class Step(NamedTuple):
    """One step in a world: what was seen, done, earned and seen next, and which end it met."""

    observation: object
    action: int
    reward: float
    next_observation: object
    terminated: bool
    truncated: bool


class Chain:
    """States in a row, each with one action that leads on; the other one ends the episode.

    The last state's right action ends it too, and earns 1. All other rewards are 0. Which of the
    two actions is the right one is drawn for each state. A new episode begins in state 0.
    """

    actions = 2

    def __init__(self, length, rng):
        self.length, self.right, self.s = length, rng.integers(2, size=length), 0

    def step(self, action):
        """s2 is where the agent acts next; after an end, that is state 0.

        Returns: s2, reward, terminated
        """
        on, last = action == self.right[self.s], self.s == self.length - 1
        self.s = self.s + 1 if on and not last else 0
        return self.s, float(on and last), not on or last


def car_step(state, action):
    """One step of Gymnasium's MountainCar: a weak car between two hills, with the flag at 0.5.

    state: position and velocity. action: 0 pushes to the left, 2 to the right, and 1 does not.
    Returns: state, terminated
    """
    x, v = state
    v = min(max(v + 0.001 * (action - 1) - 0.0025 * np.cos(3 * x), -0.07), 0.07)
    x = min(max(x + v, -1.2), 0.6)
    return (x, max(v, 0.0) if x == -1.2 else v), bool(x >= 0.5)


# --- six blocks ---------------------------------------------------------------------------------


def double_choice(q, out):
    """For each row the output of one network for the action that another one prefers.

    q (B, A): values that choose. out (B, A), or (B, A, Z): outputs that evaluate.
    Returns: chosen (B, ...)
    """
    # TODO 1: which network knows the best action, and which one its value?
    return out[np.arange(len(q)), q.argmax(axis=1)]


def double_target(reward, online_q, target_q, terminated, gamma):
    """The TD target of double DQN (van Hasselt, Guez and Silver, 2016).

    reward (B,), terminated (B,). online_q, target_q (B, A): values in s' by the two networks.
    Returns: td_target (B,)
    """
    # TODO 1: put the chosen values in the place of the maximum.
    return reward + gamma * np.where(terminated, 0.0, double_choice(online_q, target_q))


def dueling(v, a):
    """Action values from the value of the state and the advantages of the actions.

    v (B,), a (B, A). The mean advantage of a state is taken off (Wang and others, 2016).
    Returns: q (B, A)
    """
    # TODO 2: over which axis lies the mean of one state?
    return v[:, None] + a - a.mean(axis=1, keepdims=True)


def dueling_backward(g):
    """The gradients with respect to v and a, from that with respect to q, g (B, A).

    Returns: gv (B,), ga (B, A)
    """
    # TODO 2: which entries of q does one advantage change, and by how much?
    return g.sum(axis=1), g - g.mean(axis=1, keepdims=True)


def n_step_transition(steps, n, gamma):
    """The first of these steps as one transition that spans up to n of them.

    steps: a list of Step in the order of time, at least one. It may go on beyond the end of the
    episode, for either reason, and the transition does not.
    discount: by what the value of next_observation is multiplied, if not terminated.
    Returns: observation, action, reward, next_observation, terminated, discount
    """
    # TODO 3: after which step does the sum stop, and how many rewards does it then have?
    reward, discount = 0.0, 1.0
    for step in steps[:n]:
        reward += discount * step.reward
        discount *= gamma
        if step.terminated or step.truncated:
            break
    first = steps[0]
    return first.observation, first.action, reward, step.next_observation, step.terminated, discount


class SumTree:
    """Weights that can be drawn from in proportion, in a number of steps that grows as a logarithm.

    nodes: node 1 is the root, and 2i and 2i + 1 are the children of node i. Each node holds the
    sum of its children. The weights are the leaves, from node `leaves` on; all are 0 at first.
    """

    def __init__(self, capacity):
        self.capacity, self.leaves = capacity, 1 << (capacity - 1).bit_length()
        self.nodes = np.zeros(2 * self.leaves)

    def update(self, index, weight):
        """Set the weights at index (K,) to weight (K,), or to one number, and correct their sums.

        An index may occur twice; then its last weight counts.
        """
        # TODO 4: which nodes hold a sum that the changed leaves are part of?
        node = self.leaves + np.asarray(index)
        self.nodes[node] = weight
        while node[0] > 1:
            node = node // 2
            self.nodes[node] = self.nodes[2 * node] + self.nodes[2 * node + 1]

    def find(self, position):
        """Which weight covers each position (K,), with the weights laid end to end from 0 on.

        A weight covers its own beginning, but not its end. 0 <= position < the sum of all.
        Returns: index (K,), int
        """
        # TODO 4: when does the way down turn right, and what is left of the position then?
        node, position = np.ones(len(position), np.int64), np.array(position, float)
        while node[0] < self.leaves:
            left = self.nodes[2 * node]
            right = (position >= left) & (self.nodes[2 * node + 1] > 0)  # rounding: not into 0
            position = np.where(right, position - left, position)
            node = 2 * node + right
        return node - self.leaves


class PER:
    """Prioritised experience replay: which transitions to sample, and how much each counts.

    Only priorities are kept here; slot i belongs to transition i of a ring of `capacity`.
    Source: Schaul, Quan, Antonoglou and Silver (2016).
    """

    def __init__(self, capacity, alpha=0.6):
        self.tree, self.capacity, self.alpha = SumTree(capacity), capacity, alpha
        self.added, self.largest = 0, 1.0

    def __len__(self):
        """How many transitions there are now."""
        return min(self.added, self.capacity)

    def add(self):
        """Give the next slot of the ring to a new transition, with the largest priority so far.

        Returns: slot, int
        """
        # TODO 5: what becomes of a new transition whose priority is 0?
        slot = self.added % self.capacity
        self.tree.update(np.array([slot]), self.largest)
        self.added += 1
        return slot

    def sample(self, batch_size, beta, rng):
        """Slots, each drawn with a probability in proportion to its priority, and their weights.

        The weight is (len(self) * probability) ** -beta, divided by the largest one of the batch.
        Returns: index (batch_size,), weight (batch_size,)
        """
        # TODO 5: from which range do positions come, and what is the probability of a slot?
        total = self.tree.nodes[1]
        position = (np.arange(batch_size) + rng.random(batch_size)) * (total / batch_size)
        index = self.tree.find(position)
        probability = self.tree.nodes[self.tree.leaves + index] / total
        weight = (len(self) * probability) ** -beta
        return index, weight / weight.max()

    def update(self, index, td_error):
        """The priorities of these slots become (|td_error| + 1e-6) ** alpha.

        index (K,), td_error (K,), of any sign.
        """
        # TODO 5: which slots change, and what may change besides them?
        priority = (np.abs(td_error) + 1e-6) ** self.alpha
        self.tree.update(index, priority)
        self.largest = max(self.largest, float(priority.max()))


def c51_project(p, reward, terminated, gamma, atoms):
    """The distribution of reward + gamma z', brought back to the atoms.

    p (B, Z): the probability of each atom in s'. atoms (Z,): returns at equal distances, ascending.
    Beyond the first and the last atom, a return counts as that atom. After the end, z' is 0.
    Source: Bellemare, Dabney and Munos (2017), algorithm 1.
    Each row has the sum 1.
    Returns: projected (B, Z)
    """
    # TODO 6: between which two atoms does each moved one lie, and which part goes to which?
    Z = len(atoms)
    goes_on = np.where(terminated, 0.0, gamma)[:, None]
    moved = np.clip(reward[:, None] + goes_on * atoms, atoms[0], atoms[-1])
    place = (moved - atoms[0]) / (atoms[1] - atoms[0])
    lower = np.minimum(place.astype(np.int64), Z - 2)
    projected, rows = np.zeros(p.shape), np.arange(len(p))[:, None]
    np.add.at(projected, (rows, lower), p * (lower + 1 - place))
    np.add.at(projected, (rows, lower + 1), p * (place - lower))
    return projected


def quantile_huber(quantiles, target, delta=1.0):
    """The loss of quantile regression with a rounded corner (Dabney and others, 2018).

    quantiles (B, Z): the one in column i is at the level (i + 1/2) / Z. target (B, M).
    Summed over the quantiles, averaged over the targets.
    Returns: loss (B,)
    """
    # TODO 7: which weight has a target above the quantile, and which one below?
    u = target[:, None, :] - quantiles[:, :, None]  # (B, Z, M)
    size = np.abs(u)
    huber = np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))
    return (_weights(u) * huber / delta).sum(axis=1).mean(axis=1)


def quantile_huber_backward(g, quantiles, target, delta=1.0):
    """The gradient with respect to quantiles (B, Z), from that with respect to the loss, g (B,).

    Returns: gq (B, Z)
    """
    # TODO 7: what is the derivative of u with respect to the quantile?
    u = target[:, None, :] - quantiles[:, :, None]
    pull = _weights(u) * np.clip(u, -delta, delta) / delta
    return -g[:, None] * pull.mean(axis=2)


def _weights(u):  # solution only
    """The weight of each error u (B, Z, M): the level above the quantile, 1 - level below it."""
    level = (np.arange(u.shape[1]) + 0.5) / u.shape[1]
    return np.where(u < 0, 1 - level[:, None], level[:, None])


def noise(size, rng):
    """Numbers sign(e) sqrt(|e|), for e from the standard normal distribution.

    Returns: e (size,)
    """
    # TODO 8: how large is the square root of a negative number's size?
    e = rng.standard_normal(size)
    return np.sign(e) * np.sqrt(np.abs(e))


def noisy_linear(x, params, e_in, e_out):
    """A linear layer whose weights and biases are noisy (Fortunato and others, 2018, section 3).

    x (B, D). params: W (K, D), b (K,), and for each its amount of noise, sW (K, D), sb (K,).
    e_in (D,), e_out (K,): the weight from input j to output i gets sW[i, j] e_out[i] e_in[j], and
    the bias sb[i] e_out[i].
    Returns: y (B, K)
    """
    # TODO 8: write down the noisy weights, then the layer as usual.
    W, b, sW, sb = params
    return x @ (W + sW * np.outer(e_out, e_in)).T + b + sb * e_out


def noisy_linear_backward(g, x, e_in, e_out):
    """The gradients with respect to the four of params, from that with respect to y, g (B, K).

    Returns: gW (K, D), gb (K,), gsW (K, D), gsb (K,)
    """
    # TODO 8: by what is the gradient of the noisy weight multiplied for that of its noise?
    gW, gb = g.T @ x, g.sum(axis=0)
    return gW, gb, gW * np.outer(e_out, e_in), gb * e_out


# --- reading the table --------------------------------------------------------------------------


def verdict():
    """Your reading of the ablation table of the lesson, for one block added alone to plain DQN.

    helps, hurts: the blocks whose whole interval lies above, or below, that of plain DQN. Both are
    sets of names as in the table, such as "double".
    Returns: helps, hurts
    """
    # TODO 9: compare each interval with the one in the last row.
    return {"three steps"}, {"C51", "noisy"}


# --- exploration --------------------------------------------------------------------------------


def count_bonus(n, beta):
    """What a visit is worth in itself, after n visits, this one included; n may be an array.

    Where n is 0, it counts as 1.
    Returns: bonus; one for each entry of n
    """
    # TODO 10: how fast does the error of a mean fall with the number of samples?
    return beta / np.sqrt(np.maximum(n, 1))


def learn_both(q, q_int, s, a, reward, bonus, s2, terminated, lr, gamma):
    """One step of Q-learning for rewards and one for bonuses, each in a table of its own, in place.

    q, q_int (S, A). s2: where the agent acts next; after an end, that is in the next episode. The
    sum of the rewards stops at the end, whereas that of the bonuses goes on.
    """
    # TODO 10: which of the two targets has a mask?
    target = reward + gamma * (1 - terminated) * q[s2].max()
    target_int = bonus + gamma * q_int[s2].max()
    q[s, a] += lr * (target - q[s, a])
    q_int[s, a] += lr * (target_int - q_int[s, a])


def explore(chain, steps, rng, epsilon=0.0, beta=0.0, lr=0.5, gamma=0.95):
    """Act in a chain until its reward is found, or for that many steps.

    The action is random with probability epsilon; otherwise it is the best by q + q_int, and one of
    the best at random where several are. q begins at 0 and q_int at beta / (1 - gamma). The bonus
    of a step is `count_bonus` of the visits to (s, a).
    found: the number of steps up to the reward, or None. n: how often each action was taken.
    Returns: found, n (S, A), int
    """
    # TODO 11: act, count, learn both tables, and stop at the reward.
    shape = chain.length, chain.actions
    q, q_int, n, s = np.zeros(shape), np.full(shape, beta / (1 - gamma)), np.zeros(shape, int), 0
    for step in range(steps):
        value = q[s] + q_int[s]
        a = rng.choice(np.flatnonzero(value == value.max()))
        if rng.random() < epsilon:
            a = rng.integers(chain.actions)
        s2, reward, terminated = chain.step(a)
        n[s, a] += 1
        learn_both(q, q_int, s, a, reward, count_bonus(n[s, a], beta), s2, terminated, lr, gamma)
        if reward:
            return step + 1, n
        s = s2
    return None, n


class RND:
    """Random network distillation: what a network cannot predict yet is new.

    fixed (K, D): a random network tanh(fixed x), which is never trained. weights (K, D): the
    predictor weights x, which learns to give the same outputs.
    total, count: the sum of all errors so far, and how many.
    Source: Burda, Edwards, Storkey and Klimov (2018).
    """

    def __init__(self, D, K, rng, lr=0.1):
        self.fixed, self.weights = rng.normal(size=(K, D)), np.zeros((K, D))
        self.lr, self.total, self.count = lr, 0.0, 0

    def error(self, x):
        """The mean squared error over the K outputs, for each row of x (B, D).

        Returns: error (B,)
        """
        # TODO 12: what does the fixed network output, and what the predictor?
        return ((np.tanh(x @ self.fixed.T) - x @ self.weights.T) ** 2).mean(axis=1)

    def bonus(self, x):
        """The errors of x (B, D), divided by the mean of all errors so far, these included.

        Returns: bonus (B,)
        """
        # TODO 12: add to the total and the count first.
        error = self.error(x)
        self.total += float(error.sum())
        self.count += len(error)
        return error * self.count / self.total

    def update(self, x):
        """One gradient step of the predictor, in place, with the learning rate lr.

        The loss of a row is half the sum of its K squared errors, and that of x the mean of its
        rows. So no factor 2 or K is left in the gradient.
        """
        # TODO 12: whose weights move, and whose do not?
        apart = x @ self.weights.T - np.tanh(x @ self.fixed.T)  # (B, K)
        self.weights -= self.lr * apart.T @ x / len(x)


class EzGreedy:
    """Random actions that last: ez-greedy of Dabney, Ostrovski and Barreto (2021), algorithm 1.

    The lengths here are geometric, with the mean `duration`.
    left: for how many more steps the random action `action` is repeated.
    """

    def __init__(self, actions, duration=20.0):
        self.actions, self.duration, self.left, self.action = actions, duration, 0, 0

    def choose(self, q, epsilon, rng):
        """An action for the values q (A,).

        While a random action lasts, it is repeated. Otherwise a new one begins with probability
        epsilon; it lasts for rng.geometric(1 / duration) steps, this one included. Else the best
        action is taken.
        Returns: action, int
        """
        # TODO 13: what is drawn when nothing is being repeated, and what when something is?
        if self.left == 0 and rng.random() < epsilon:
            self.left = int(rng.geometric(1 / self.duration))
            self.action = int(rng.integers(self.actions))
        if self.left == 0:
            return int(np.argmax(q))
        self.left -= 1
        return self.action
