"""AlphaGo Zero, taken apart and rebuilt small.

The first part recomputes numbers of the paper. The second is a tree search guided by a network, for
one game and for many. The third measures what such a search improves, and the fourth is the loop
around it: play yourself, learn, compare. A position and every value are seen by the player to move,
as in `mcts`, whose games are used here. B is the number of games or positions, A that of actions.
Write plain NumPy and `math`; `undergrad check alphazero` runs it.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from exercises.mcts import TicTacToe, wilson

# Numbers of the paper


def agz_parameters(blocks, filters=256, planes=17, board=19, hidden=256):
    """How many numbers the network of AlphaGo Zero learns.

    blocks: residual blocks, each of two convolutions.   filters: of each convolution.
    planes: of the input.   board: points along one side.   hidden: units of the value head.
    Convolutions and linear layers have a bias for each output, and batch norm has a scale and a
    shift for each channel. See "Neural network architecture" in the paper's Methods.
    Returns: parameters, int
    """

    def convolution(size, inputs, outputs):
        """With its batch norm."""
        return size * size * inputs * outputs + outputs + 2 * outputs

    # TODO 1: which layers has the tower, and which have the two heads?
    points, moves = board * board, board * board + 1
    tower = convolution(3, planes, filters) + 2 * blocks * convolution(3, filters, filters)
    policy = convolution(1, filters, 2) + (2 * points + 1) * moves
    value = convolution(1, filters, 1) + (points + 1) * hidden + hidden + 1
    return tower + policy + value


def gate_odds(p, games=400, threshold=0.55):
    """The probability that a new network passes the gate.

    p: with which it wins each game, independently.   games: of the match.
    threshold: it passes if it wins more than this fraction of them.
    Returns: odds, float
    """
    # TODO 2: which numbers of wins pass, and how probable is each of them?
    return float(
        sum(
            math.comb(games, wins) * p**wins * (1 - p) ** (games - wins)
            for wins in range(games + 1)
            if wins / games > threshold
        )
    )


def gate(points, games, threshold=0.55):
    """Whether a new network passes, and Wilson's interval for its fraction of points.

    points: that it scored, half a point for a draw.   games, threshold: as in `gate_odds`.
    Returns: passes, bool, low, float, high, float
    """
    # TODO 2: compare its fraction of the points; wilson is that of mcts
    return points / games > threshold, *wilson(points, games)


# The search


def puct_select(prior, visits, total, legal, untried, c=1.5):
    """The legal action with the largest PUCT score; of several, the first.

    prior, visits: P and N, (..., A).   total: (..., A), the sum of the values found.
    legal: (..., A), bool.   untried: (..., 1), or one number: Q of an action without visits.
    The bonus is c P sqrt(1 + sum of N) / (1 + N).
    Returns: action (...), int
    """
    # TODO 3: what is the score of each action, and which actions compete?
    q = np.where(visits > 0, total / np.maximum(visits, 1), untried)
    bonus = c * prior * np.sqrt(1 + visits.sum(axis=-1, keepdims=True)) / (1 + visits)
    return np.where(legal, q + bonus, -np.inf).argmax(axis=-1)


def masked_policy(logits, legal):
    """The softmax over the legal actions, and exactly 0 for the others.

    logits: (B, A).   legal: (B, A), bool.
    Raises ValueError when a row has no legal action.
    Returns: prior (B, A)
    """
    # TODO 4: which logits may neither overflow nor count?
    if not legal.any(axis=1).all():
        raise ValueError("a position without a legal action has no policy")
    x = np.where(legal, logits, -np.inf)
    weights = np.exp(x - x.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def expand(game, positions, evaluate):
    """What a search writes into new nodes.

    positions: a list of B, some of them perhaps finished.   evaluate: called once as
    evaluate(positions) with those that are not finished, if there are any; it returns their logits
    and their values. A finished position has its outcome, no legal action and a prior of 0.
    Returns: legal (B, A), bool, prior (B, A), value (B,)
    """
    # TODO 4: which positions does the network see, and what are the others worth?
    legal = np.zeros((len(positions), game.actions), dtype=bool)
    prior, value = np.zeros(legal.shape), np.zeros(len(positions))
    going = []
    for row, position in enumerate(positions):
        outcome = game.outcome(position)
        if outcome is None:
            going.append(row)
            legal[row, game.moves(position)] = True
        else:
            value[row] = outcome
    if going:
        logits, value[going] = evaluate([positions[row] for row in going])
        prior[going] = masked_policy(logits, legal[going])
    return legal, prior, value


def backup(visits, total, path, value):
    """Count the value of one leaf in each game for every action above it, in place.

    visits, total: (B, S, A) of the S nodes of each game's tree.
    path: a list, from the roots on, of (games, nodes, actions): arrays (K,) with the games whose
    walk went on at this depth, the node where each of them was, and the action it took.
    value: (B,), for the player to move at each game's leaf; it stays as it is.
    """
    # TODO 5: for whom is the value, one step earlier?
    value = value.copy()
    for games, nodes, actions in reversed(path):
        value[games] = -value[games]
        visits[games, nodes, actions] += 1
        total[games, nodes, actions] += value[games]


def visit_policy(visits, temperature):
    """A probability for each action in proportion to N to the power of 1 / temperature.

    visits: (..., A), counts, not all 0.   temperature: at least 0; at 0 the most visited actions
    share the whole probability evenly.
    Returns: policy (..., A)
    """
    # TODO 6: what keeps a large power from overflowing?
    relative = visits / visits.max(axis=-1, keepdims=True)
    weights = relative ** (1 / temperature) if temperature else (relative == 1.0).astype(float)
    return weights / weights.sum(axis=-1, keepdims=True)


def root_noise(prior, legal, alpha, fraction, rng):
    """The prior mixed with Dirichlet noise over the legal actions of each row.

    prior: (B, A).   legal: (B, A), bool.   alpha: of the Dirichlet distribution, the same for each
    action.   fraction: of the noise in the result.
    Returns: noisy (B, A)
    """
    # TODO 7: among which actions is the noise divided?
    noisy = (1 - fraction) * prior
    for row, allowed in enumerate(legal):
        noisy[row, allowed] += fraction * rng.dirichlet(np.full(allowed.sum(), alpha))
    return noisy


class Node:
    """A position in the tree, as `expand` describes it.

    legal, prior, visits, total: (A,).   value: what the network says, or the outcome of a finished
    game.   children: a dict; children[action] is the Node after an action that was tried.
    """

    def __init__(self, game, position, evaluate):
        self.position, self.children = position, {}
        legal, prior, value = expand(game, [position], evaluate)
        self.legal, self.prior, self.value = legal[0], prior[0], float(value[0])
        self.visits, self.total = np.zeros((2, game.actions))


def search(game, position, evaluate, simulations, c=1.5, root=None):
    """The root of the tree after some simulations; each adds at most one node.

    position: not finished.   evaluate: as in `expand`.
    root: the Node of this position in an earlier search. It is kept with all that is below it, and
    the simulations come on top; without one, a new Node is made.
    At every node, `puct_select` counts an untried action as good as the node's own value. Where a
    walk ends in a finished game, no node is added, and its outcome counts again.
    Returns: root
    """
    # TODO 8: where does a walk end, and what is the value of its leaf to the nodes above it?
    root = root or Node(game, position, evaluate)
    for _ in range(simulations):
        node, path = root, []
        while node.legal.any():
            action = int(
                puct_select(node.prior, node.visits, node.total, node.legal, node.value, c)
            )
            path.append((node, action))
            if action not in node.children:
                after = game.play(node.position, action)
                node.children[action] = node = Node(game, after, evaluate)
                break
            node = node.children[action]
        value = node.value
        for above, action in reversed(path):
            value = -value
            above.visits[action] += 1
            above.total[action] += value
    return root


def batched_search(game, positions, evaluate, simulations, c=1.5, at_root=None):
    """The search of `search` in B games side by side, with one call of the network a simulation.

    positions: a list of B that are not finished.
    at_root: called as at_root(prior, legal) with those of the roots, both (B, A); it returns the
    prior to use there, such as one with noise. Without it, the prior stays as it is.
    Returns: visits (B, A), total (B, A); those of the roots
    """
    count, size, shape = len(positions), simulations + 1, (simulations + 1, game.actions)
    rows = np.arange(count)
    board = [[position] + [None] * simulations for position in positions]
    legal = np.zeros((count, *shape), dtype=bool)
    prior, visits, total = np.zeros((3, count, *shape))
    value, child = np.zeros((count, size)), np.full((count, *shape), -1)
    legal[:, 0], prior[:, 0], value[:, 0] = expand(game, positions, evaluate)
    if at_root:
        prior[:, 0] = at_root(prior[:, 0], legal[:, 0])
    for new in range(1, size):
        # TODO 9: walk down all trees at once, expand their leaves in one call, and back up
        games, nodes, path = rows, np.zeros(count, dtype=int), []
        parent, taken, leaf = np.zeros((3, count), dtype=int)
        while len(games):
            at = games, nodes
            known = prior[at], visits[at], total[at], legal[at], value[at][:, None]
            actions = puct_select(*known, c)
            path.append((games, nodes, actions))
            parent[games], taken[games] = nodes, actions
            leaf[games] = child[games, nodes, actions]
            on = leaf[games] >= 0
            on[on] = legal[games[on], leaf[games[on]]].any(axis=1)
            games, nodes = games[on], leaf[games[on]]
        fresh = np.flatnonzero(leaf < 0)
        for b in fresh:
            board[b][new] = game.play(board[b][parent[b]], int(taken[b]))
        if len(fresh):
            found = expand(game, [board[b][new] for b in fresh], evaluate)
            legal[fresh, new], prior[fresh, new], value[fresh, new] = found
            child[fresh, parent[fresh], taken[fresh]] = leaf[fresh] = new
        backup(visits, total, path, value[rows, leaf])
    return visits[:, 0], total[:, 0]


# A root for few simulations


def completed_q(prior, value, visits, total):
    """The value of every action: its mean where it was tried, else the mixed value of the node.

    prior, visits, total: (B, A).   value: (B,), what the network says of the position.
    The mixed value is (value + n q) / (1 + n), with n visits in all and the mean q of the tried
    actions, weighted by their prior. See Danihelka et al. (2022), appendix D.
    Returns: q (B, A)
    """
    # TODO 10: what is an action worth that nobody has tried?
    tried = visits > 0
    q = total / np.maximum(visits, 1)
    weight = np.where(tried, prior, 0.0)
    count = visits.sum(axis=1)
    mean = (weight * q).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300)
    mixed = (value + count * mean) / (1 + count)
    return np.where(tried, q, mixed[:, None])


def improved_policy(prior, value, visits, total, c_visit=50, c_scale=0.1):
    """The softmax of log prior + sigma(q), with the completed q.

    sigma(q) = (c_visit + the most visits of an action) c_scale q. Other arguments as in
    `completed_q`; an action with a prior of 0 stays at 0.
    Returns: policy (B, A)
    """
    # TODO 10: which number multiplies each prior?
    most = visits.max(axis=1, keepdims=True)
    sigma = (c_visit + most) * c_scale * completed_q(prior, value, visits, total)
    sigma = np.where(prior > 0, sigma, -np.inf)
    weights = prior * np.exp(sigma - sigma.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def halving(considered, simulations):
    """Sequential halving as a list: how many visits the next action to try has had so far.

    With m actions considered there are ceil(log2 m) phases. In each, every remaining action gets
    max(1, simulations // (phases m)) visits, one round after the other, where m is the number that
    remains; then the number is halved, rounded down, but not below 2. This repeats until the list
    has one entry for each simulation. For fewer than two actions, the entries are 0, 1, 2, ...
    Returns: visits, list of int
    """
    # TODO 11: how often does each number of visits occur before the next one?
    if considered < 2:
        return list(range(simulations))
    phases, schedule, visits = math.ceil(math.log2(considered)), [], 0
    while len(schedule) < simulations:
        for _ in range(max(1, simulations // (phases * considered))):
            schedule += [visits] * considered
            visits += 1
        considered = max(2, considered // 2)
    return schedule[:simulations]


def gumbel_root(prior, value, q, simulations, considered, noise, c_visit=50, c_scale=0.1):
    """Choose an action of a bandit by sequential halving, with Gumbel noise.

    prior, q, noise: (A,); each try of an action finds its q, which is not known before.
    value: float, what the network says.   considered: how many actions to try, at most; never more
    than have a prior above 0.
    Each simulation tries the action with the largest noise + log prior + sigma(q), see
    `improved_policy`, among those with a prior above 0 and as many visits as `halving` says. At the
    end, the largest one among those with the most visits is the action.
    Returns: action, int, visits (A,)
    """
    visits, total = np.zeros((2, len(prior)))

    def best(wanted):
        """The largest sum among the actions that were visited so often."""
        most = (c_visit + visits.max()) * c_scale
        known = completed_q(prior[None], np.array([value]), visits[None], total[None])[0]
        with np.errstate(divide="ignore"):
            score = noise + np.log(prior) + most * known
        return int(np.where((visits == wanted) & (prior > 0), score, -np.inf).argmax())

    # TODO 11: which action does each simulation try, and which one is taken at the end?
    for wanted in halving(min(considered, int((prior > 0).sum())), simulations):
        action = best(wanted)
        visits[action] += 1
        total[action] += q[action]
    return best(visits.max()), visits


# Tests of the search


def test_signs(backup, expand):
    """A test as for pytest: it raises AssertionError if a value has a wrong sign.

    backup, expand: a version of these functions, right or faulty, called as your own are.
    """
    # TODO 12: in which case does each wrong sign change a number that you have found by hand?
    visits, total = np.zeros((2, 2, 3, 2))
    path = [
        (np.array([0, 1]), np.array([0, 0]), np.array([1, 0])),
        (np.array([1]), np.array([2]), np.array([1])),
    ]
    backup(visits, total, path, np.array([0.5, 0.25]))
    assert total.tolist() == [
        [[0, -0.5], [0, 0], [0, 0]],
        [[0.25, 0], [0, 0], [0, -0.25]],
    ]
    game = TicTacToe()
    lost = game.after([0, 3, 1, 4, 2])
    _, _, value = expand(game, [lost], lambda positions: None)
    assert value.tolist() == [-1]


def test_masks(masked_policy, puct_select):
    """A test as for pytest: it raises AssertionError if an illegal action is not left out.

    masked_policy, puct_select: a version of these functions, right or faulty.
    """
    # TODO 12: in which case is an illegal action tempting?
    legal = np.array([True, False, True])
    prior = masked_policy(np.array([[1.0, 3.0, 1.0]]), legal[None])
    assert np.allclose(prior, [[0.5, 0.0, 0.5]])
    visits = np.array([50.0, 0.0, 50.0])
    assert puct_select(prior[0], visits, -0.9 * visits, legal, 0.2) != 1


# What a search improves


def policy_value(game, position, first, second, known):
    """The expected outcome for the player to move, exactly.

    first, second: the policies of the player to move and of the other one; called as
    policy(position), they return probabilities (A,).
    known: a dict, empty at first; afterwards it holds the value of every position that was reached.
    Returns: value, float
    """
    # TODO 13: whose policy is it after a move, and for whom is the value there?
    if position not in known:
        value = game.outcome(position)
        if value is None:
            chances = first(position)
            value = -sum(
                chances[move] * policy_value(game, game.play(position, move), second, first, known)
                for move in game.moves(position)
                if chances[move] > 0
            )
        known[position] = float(value)
    return known[position]


def regularised_policy(prior, q, lam):
    """The policy y with the largest q . y - lam KL(prior, y).

    prior: (A,), some of them perhaps 0, where y is 0 as well.   q: (A,).   lam: above 0.
    It is y = lam prior / (alpha - q), with the alpha above the largest q for which y sums to 1. See
    Grill et al. (2020), section 3.
    Returns: y (A,)
    """
    # TODO 14: between which two numbers is alpha, and on which side of the middle?
    p, values = prior[prior > 0], q[prior > 0]
    low, high = (values + lam * p).max(), values.max() + lam
    for _ in range(200):
        alpha = (low + high) / 2
        if (lam * p / (alpha - values)).sum() > 1:
            low = alpha
        else:
            high = alpha
    y = np.zeros(len(prior))
    y[prior > 0] = lam * p / (high - values)
    return y


# The network and the loop


def planes(game, positions):
    """Positions as the network sees them: the stones of the player to move, then the other's.

    positions: a list of B. The first row of a board is its top row; bit c (rows + 1) + r is the
    cell in column c and in row r from below.
    Returns: x (B, 2, rows, columns), floats
    """
    # TODO 15: which bit is the cell in the first row of the first column?
    x = np.zeros((len(positions), 2, game.rows, game.columns))
    for b, (own, mask) in enumerate(positions):
        for row in range(game.rows):
            for column in range(game.columns):
                bit = column * (game.rows + 1) + game.rows - 1 - row
                x[b, :, row, column] = own >> bit & 1, (own ^ mask) >> bit & 1
    return x


def square_symmetries(size):
    """The eight ways to turn and reflect a square board, as permutations of its cells.

    Cells are numbered row by row. Cell i of the new board shows what cell cells[i] of the old one
    did. The first permutation changes nothing.
    Returns: cells (8, C), int; C = size * size
    """
    # TODO 15: what do np.rot90 and np.fliplr make of a board that holds its own numbers?
    board = np.arange(size * size).reshape(size, size)
    return np.array(
        [np.rot90(each, k).ravel() for each in (board, np.fliplr(board)) for k in range(4)]
    )


def turn(x, policy, cells, actions):
    """Each position as one of its symmetries shows it, together with its policy.

    x: (B, 2, rows, columns).   policy: (B, A).   cells: (B, C), actions: (B, A), for each position
    a permutation: entry i of the new one is entry cells[i] or actions[i] of the old one.
    Returns: x (B, 2, rows, columns), policy (B, A)
    """
    # TODO 15: which entry of the old board is entry i of the new one?
    flat = x.reshape(len(x), 2, -1)
    turned = np.take_along_axis(flat, cells[:, None, :], axis=2).reshape(x.shape)
    return turned, np.take_along_axis(policy, actions, axis=1)


def az_loss(logits, value, policy, outcome):
    """The two terms of the loss, and the gradient of their sum.

    logits: (B, A) of the network's policy p.   value: (B,), the network's v.
    policy: (B, A), pi of the search; its rows sum to 1.   outcome: (B,), z for the player to move.
    The first term is -sum of pi log p, the second (z - v)^2, each the mean over the positions. See
    equation 1 of the paper.
    Returns: policy_loss, float, value_loss, float, g_logits (B, A), g_value (B,)
    """
    # TODO 16: what is the derivative of each term with respect to what the network returned?
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    error, count = value - outcome, len(value)
    policy_loss = -(policy * log_p).sum() / count
    return (
        float(policy_loss), float((error**2).mean()),
        (np.exp(log_p) - policy) / count, 2 * error / count,
    )  # fmt: skip


class Sample(NamedTuple):
    """What is learned from one position."""

    position: Any
    policy: np.ndarray
    outcome: float


def outcomes(final, left):
    """How games end, seen by the player to move in positions before.

    final: (K,), for the player who would be to move at the end of each position's game.
    left: (K,), how many moves the game lasts from the position on.
    Returns: outcome (K,)
    """
    # TODO 17: when is the player to move the one who would be to move at the end?
    return np.where(left % 2 == 0, final, -final)


def self_play(game, evaluate, starts, simulations, rng, drawn=30):
    """Play games against yourself, and return what can be learned from every position.

    starts: a list of B positions that are not finished, one for each game.
    In every position `batched_search` finds the visits; their policy at temperature 1 is what is
    learned. In the first `drawn` moves after its start, a game goes on with an action drawn from
    this policy, and later with the most visited one. The noise at the roots has alpha = 1 and a
    fraction of 0.25.
    Returns: games, list; for each game, the list of its Samples from first to last
    """

    def with_noise(prior, legal):
        return root_noise(prior, legal, 1.0, 0.25, rng)

    # TODO 17: what is known at each move, and what only at the end?
    boards, running = list(starts), list(range(len(starts)))
    played, moves = [[] for _ in starts], 0
    while running:
        now = [boards[b] for b in running]
        visits, _ = batched_search(game, now, evaluate, simulations, at_root=with_noise)
        policy = visit_policy(visits, 1.0)
        for b, chances in zip(running, policy, strict=True):
            action = rng.choice(game.actions, p=chances) if moves < drawn else chances.argmax()
            played[b].append((boards[b], chances))
            boards[b] = game.play(boards[b], int(action))
        running = [b for b in running if game.outcome(boards[b]) is None]
        moves += 1
    found = []
    for board, steps in zip(boards, played, strict=True):
        left = np.arange(len(steps), 0, -1)
        z = outcomes(np.full(len(steps), float(game.outcome(board))), left)
        found.append([Sample(*step, float(end)) for step, end in zip(steps, z, strict=True)])
    return found


class Window:
    """The samples of the newest games. `len` counts samples, not games.

    games: how many to keep.
    """

    def __init__(self, games):
        self.games, self.kept = games, []

    def __len__(self):
        return sum(len(game) for game in self.kept)

    def add(self, game):
        """Store the samples of one game, a list, in place of the oldest game if it is full."""
        # TODO 18: which games are kept?
        self.kept = [*self.kept, list(game)][-self.games :]

    def sample(self, count, rng):
        """Draw from all samples, each equally often and with replacement.

        Returns: samples, list
        """
        # TODO 18: is a sample of a long game drawn as often as one of a short game?
        every = [sample for game in self.kept for sample in game]
        return [every[i] for i in rng.integers(len(every), size=count)]


class Net:
    """A small network with two heads: given.

    Called with a list of positions, it evaluates them. `step` is one step of stochastic gradient
    descent with momentum on `az_loss` and the squared weights.
    """

    def __init__(self, game, hidden, rng):
        inputs = 2 * game.rows * game.columns
        sizes = ((inputs, hidden), (hidden, hidden), (hidden, game.actions), (hidden, 1))
        scales = (math.sqrt(2), math.sqrt(2), 0.1, 0.1)
        self.game = game
        self.W = [
            gain / math.sqrt(n) * rng.normal(size=(n, m))
            for (n, m), gain in zip(sizes, scales, strict=True)
        ]
        self.b = [np.zeros(m) for _, m in sizes]
        self.velocity = [np.zeros_like(each) for each in (*self.W, *self.b)]

    def forward(self, x):
        """The logits (B, A), the values (B,), and what the backward pass needs."""
        flat = x.reshape(len(x), -1)
        first = np.maximum(flat @ self.W[0] + self.b[0], 0)
        second = np.maximum(first @ self.W[1] + self.b[1], 0)
        value = np.tanh(second @ self.W[3] + self.b[3])[:, 0]
        return second @ self.W[2] + self.b[2], value, (flat, first, second)

    def __call__(self, positions):
        logits, value, _ = self.forward(planes(self.game, positions))
        return logits, value

    def step(self, x, policy, outcome, lr, decay=1e-4):
        """One gradient step. The losses before it: policy_loss, value_loss."""
        logits, value, (flat, first, second) = self.forward(x)
        *losses, g_logits, g_value = az_loss(logits, value, policy, outcome)
        g_value = (g_value * (1 - value**2))[:, None]
        g_second = (g_logits @ self.W[2].T + g_value @ self.W[3].T) * (second > 0)
        g_first = (g_second @ self.W[1].T) * (first > 0)
        pairs = ((flat, g_first), (first, g_second), (second, g_logits), (second, g_value))
        g_weights = [a.T @ g + 2 * decay * W for (a, g), W in zip(pairs, self.W, strict=True)]
        gradients = [*g_weights, *(g.sum(axis=0) for _, g in pairs)]
        for param, v, g in zip((*self.W, *self.b), self.velocity, gradients, strict=True):
            v *= 0.9
            v -= lr * g
            param += v
        return losses


def train_zero(net, iterations, games, simulations, rng, window, starts=None, lr=0.08):
    """The whole loop: play yourself, store, learn. Returns the losses of each iteration: given.

    starts: called as starts(games, rng), the positions to begin with; by default empty boards.
    """
    losses, game, sides = [], net.game, square_symmetries(net.game.rows)
    for _ in range(iterations):
        begin = starts(games, rng) if starts else [game.start] * games
        new = self_play(game, net, begin, simulations, rng)
        for each in new:
            window.add(each)
        found = []
        for _ in range(max(1, 2 * sum(map(len, new)) // 64)):
            batch = window.sample(64, rng)
            x, policy = planes(game, [s.position for s in batch]), np.array([s[1] for s in batch])
            cells = sides[rng.integers(8, size=64)]
            x, policy = turn(x, policy, cells, cells)
            found.append(net.step(x, policy, np.array([s.outcome for s in batch]), lr))
        losses.append(np.mean(found, axis=0))
    return losses


# Who is stronger?


def elo(points):
    """Ratings by maximum likelihood, and their standard errors; those of the first player are 0.

    points: (K, K), what player i scored against player j, half a point for a draw. Each player has
    scored against some other one and has lost points to some other one.
    A difference of d means a score of 1 / (1 + 10^(-d / 400)). The errors come from the inverse of
    the negative second derivatives of the log-likelihood, without the first player.
    Returns: ratings (K,), errors (K,)
    """
    # TODO 19: where is the derivative of the log-likelihood 0, and how curved is it there?
    games, scale = points + points.T, 400 / math.log(10)
    theta = np.zeros(len(points))
    for _ in range(100):
        expected = 1 / (1 + np.exp(theta - theta[:, None]))
        weight = games * expected * (1 - expected)
        information = np.diag(weight.sum(axis=1)) - weight
        gradient = (points - games * expected).sum(axis=1)
        step = np.linalg.solve(information[1:, 1:], gradient[1:])
        theta[1:] += np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-12:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(information[1:, 1:])))
    return scale * theta, scale * np.concatenate([[0.0], errors])
