"""The checks of `alphazero`.

Searches run in games that are random trees: which actions are legal, how games end, and what the
network says all follow from a position and a seed. What is drawn is compared with what the draws
have in common: sums, chains of positions, and frequencies with wide bounds.
"""

import math
from itertools import pairwise

import numpy as np

from undergrad.checker import decided_by, raises, task, within


class Tree:
    """A game that is a random tree: a position is the tuple of the moves that led to it.

    It ends after `depth` moves at the latest, with -1, 0 or 1 for the player who would move.
    """

    def __init__(self, rng, actions=4, depth=5):
        self.seed, self.actions, self.depth = int(rng.integers(1 << 30)), actions, depth
        self.start, self._seen = (), {}

    def _of(self, position):
        if position not in self._seen:
            rng = np.random.default_rng([self.seed, len(position), *position])
            over = len(position) >= self.depth or (len(position) > 1 and rng.random() < 0.2)
            moves = np.flatnonzero(rng.random(self.actions) < 0.7)
            if not len(moves):
                moves = rng.integers(self.actions, size=1)
            ends = int(rng.integers(-1, 2))
            said = rng.normal(size=self.actions), float(rng.uniform(-0.9, 0.9))
            self._seen[position] = ([] if over else moves.tolist(), ends if over else None, said)
        return self._seen[position]

    def moves(self, position):
        return list(self._of(position)[0])

    def outcome(self, position):
        return self._of(position)[1]

    def play(self, position, action):
        return (*position, int(action))

    def evaluate(self, positions):
        """A network, which sees each position on its own."""
        said = [self._of(position)[2] for position in positions]
        return np.array([each[0] for each in said]), np.array([each[1] for each in said])

    def layer(self, length, count=6, over=None):
        """Positions after so many moves; finished or unfinished ones only, where `over` says so."""
        layer = [self.start]
        for _ in range(length):
            layer = [self.play(p, a) for p in layer for a in self.moves(p)]
        found = [p for p in layer if over is None or (self.outcome(p) is not None) == over]
        return found[:count]


class Counting:
    """An evaluator that remembers how many positions it was called with."""

    def __init__(self, game):
        self.game, self.sizes = game, []

    def __call__(self, positions):
        self.sizes.append(len(positions))
        return self.game.evaluate(positions)


def random_legal(rng, *shape):
    """Masks with at least one legal action in each row, and most rows with an illegal first."""
    legal = rng.random(shape) < 0.6
    legal[..., -2] = True
    return legal


def random_prior(rng, legal):
    weights = rng.uniform(0.1, 1, size=legal.shape) * legal
    return weights / weights.sum(axis=-1, keepdims=True)


# Numbers of the paper


@task(1, "counts the networks of the paper, of 19 and of 39 residual blocks")
def of_the_paper(code, rng):
    return [int(code.agz_parameters(blocks)) for blocks in (19, 39, 0)]


@task(1, "counts networks of other sizes")
def of_other_sizes(code, rng):
    blocks, filters, planes, board, hidden = (int(n) for n in rng.integers(3, 12, size=5))
    return [
        int(code.agz_parameters(blocks, filters, planes, board, hidden)),
        int(code.agz_parameters(2, planes=5)),
        int(code.agz_parameters(2, board=9)),
        int(code.agz_parameters(2, hidden=50)),
        int(code.agz_parameters(1, filters=64)),
    ]


@task(2, "adds up the probabilities of all numbers of wins that pass")
def odds(code, rng):
    p = float(rng.uniform(0.3, 0.7))
    return [
        float(code.gate_odds(*each))
        for each in ((0.5,), (0.6,), (p, 40), (p, 37, 0.62), (p, 40, 0.5), (0.55, 400, 0.55))
    ]


@task(2, "does not pass at exactly the threshold, and knows certain wins and losses")
def odds_at_the_ends(code, rng):
    return [
        float(code.gate_odds(*each))
        for each in ((0.0, 40), (1.0, 40), (1.0, 8, 1.0), (0.5, 1, 0.5), (0.5, 8, 0.25))
    ]


@task(2, "says whether a network passes, with an interval")
def passed(code, rng):
    games = int(rng.integers(30, 500))
    found = [
        code.gate(0.7 * games, games), code.gate(0.4 * games, games), code.gate(20, 40, 0.5),
        code.gate(0.6 * games, games, 0.7), code.gate(22.5, 40), code.gate(40, 40),
        code.gate(0, 40, 0.25),
    ]  # fmt: skip
    return [(bool(each[0]), float(each[1]), float(each[2])) for each in found]


# The search


@task(3, "takes the action with the largest score, in one row or in many", keeps_arguments=True)
def largest_score(code, rng):
    found = []
    for shape in ((7,), (40, 5), (2, 9, 3)):
        legal = random_legal(rng, *shape)
        visits = rng.integers(0, 5, size=shape).astype(float)
        total = visits * rng.uniform(-1, 1, size=shape)
        untried = rng.uniform(-1, 1, size=(*shape[:-1], 1))
        prior = random_prior(rng, legal)
        for c in (1.5, 0.4, 6.0):
            found.append(np.asarray(code.puct_select(prior, visits, total, legal, untried, c)))
        found.append(np.asarray(code.puct_select(prior, visits, total, legal, -0.7)))
    return found


@task(3, "never takes an illegal action, however large its score", keeps_arguments=True)
def legal_only(code, rng):
    legal = random_legal(rng, 60, 5)
    prior, visits = rng.uniform(0.1, 1, size=(60, 5)), np.zeros((60, 5))
    below = code.puct_select(0 * prior, visits + 3, visits - 9, legal, 0.0)
    found = np.asarray(code.puct_select(prior, visits, visits, legal, np.full((60, 1), 0.5)))
    return found, np.asarray(below)


@task(3, "values an untried action as it is told, and a tried one by its mean")
def of_the_untried(code, rng):
    found = []
    prior = np.full(3, 1 / 3)
    for untried in (-1.0, 0.0, 0.3, 1.0):
        visits, total = np.array([4.0, 0.0, 6.0]), np.array([1.0, 0.0, 2.4])
        legal = np.ones(3, dtype=bool)
        found.append(int(code.puct_select(prior, visits, total, legal, untried, 0.01)))
    return found


@task(3, "follows the prior where nothing was tried, and takes the first of equal ones")
def before_any_visit(code, rng):
    zeros, legal = np.zeros((4, 5)), np.ones((4, 5), dtype=bool)
    prior = np.array([[1, 1, 1, 1, 1], [1, 2, 1, 5, 5], [0, 0, 0, 0, 1], [1, 3, 3, 1, 1]]) / 9
    legal[0, 0] = False
    tied = code.puct_select(prior, zeros, zeros, legal, np.zeros((4, 1)))
    # Two actions whose bonus and mean differ, but whose sum is close.
    visits = rng.integers(1, 30, size=(200, 5)).astype(float)
    near = code.puct_select(
        rng.dirichlet(np.ones(5), size=200), visits, 0.1 * visits,
        np.ones((200, 5), dtype=bool), np.zeros((200, 1)), 0.8,
    )  # fmt: skip
    return np.asarray(tied), np.asarray(near)


@task(4, "is the softmax over the legal actions", keeps_arguments=True)
def softmax_of_legal(code, rng):
    return [
        code.masked_policy(rng.normal(scale=3, size=shape), random_legal(rng, *shape))
        for shape in ((6, 4), (1, 9))
    ]


@task(4, "gives illegal actions exactly 0, and survives very large logits")
def extreme_logits(code, rng):
    legal = random_legal(rng, 8, 5)
    logits = rng.normal(size=(8, 5)) + np.where(legal, 0, 1000.0)
    policy = np.asarray(code.masked_policy(logits, legal))
    large = 1000 * rng.normal(size=(8, 5))
    low = code.masked_policy(rng.normal(size=(8, 5)) - 2000, legal)
    return (policy[~legal] == 0).all(), policy, code.masked_policy(large, legal), low


@task(4, "refuses a position without a legal action", judge=raises(ValueError))
def nothing_legal(code, rng):
    legal = np.ones((3, 4), dtype=bool)
    legal[int(rng.integers(3))] = False
    code.masked_policy(np.zeros((3, 4)), legal)


@task(4, "describes positions, and calls the network once, for the unfinished ones only")
def new_nodes(code, rng):
    game = Tree(rng)
    mixed = [*game.layer(3, 9), *game.layer(2, 3), *game.layer(5, 2)]
    network = Counting(game)
    legal, prior, value = code.expand(game, mixed, network)
    return np.asarray(legal), prior, value, network.sizes


@task(4, "does not call the network when every game is over")
def all_over(code, rng):
    game = Tree(rng, actions=5, depth=3)
    network = Counting(game)
    legal, prior, value = code.expand(game, game.layer(3, 7), network)
    return np.asarray(legal), prior, value, network.sizes


def random_path(rng, games=5, nodes=6, actions=3, depth=4):
    """Walks of different lengths; at each depth, the games whose walk went on."""
    lengths = rng.permutation([1, 2, depth, depth, 3])[:games]
    path = []
    for k in range(depth):
        on = np.flatnonzero(lengths > k)
        path.append((on, np.full(len(on), k), rng.integers(actions, size=len(on))))
    return path


@task(5, "counts one visit for every action on the path")
def visits_counted(code, rng):
    visits, total = np.zeros((5, 6, 3)), np.zeros((5, 6, 3))
    for _ in range(3):
        code.backup(visits, total, random_path(rng), rng.normal(size=5))
    return visits


@task(5, "changes the sign at every step, from the leaf of each game up to its root")
def signs(code, rng):
    visits, total = rng.integers(0, 9, size=(5, 6, 3)) * 1.0, rng.normal(size=(5, 6, 3))
    code.backup(visits, total, random_path(rng), rng.normal(size=5))
    return total


@task(5, "leaves the values as they are")
def values_stay(code, rng):
    value = rng.normal(size=5)
    before = value.copy()
    code.backup(np.zeros((5, 6, 3)), np.zeros((5, 6, 3)), random_path(rng), value)
    return bool((value == before).all())


@task(6, "is in proportion to a power of the visits", keeps_arguments=True)
def powers(code, rng):
    visits = rng.integers(0, 30, size=(6, 5)).astype(float)
    visits[:, 2] += 1
    found = [code.visit_policy(visits, t) for t in (1.0, 0.5, 2.0, float(rng.uniform(0.3, 3)))]
    return [*found, code.visit_policy(visits[0], 0.7), code.visit_policy(visits.astype(int), 1.0)]


@task(6, "goes to the most visited actions at a temperature near 0, and at 0")
def cold(code, rng):
    visits = rng.integers(500, 1500, size=(6, 5)).astype(float)
    visits[:, 1] += 100
    tied = np.array([[3.0, 7, 0, 7, 1], [2, 2, 2, 2, 2], [0, 0, 1, 0, 0]])
    return [
        code.visit_policy(each, t)
        for each, t in ((visits, 0.01), (visits, 0.0003), (visits, 0.0), (tied, 0.0), (tied, 1e-4))
    ]


@task(7, "mixes the prior with numbers that sum to 1 in each row", keeps_arguments=True)
def mixed_rows(code, rng):
    legal = random_legal(rng, 9, 6)
    prior = random_prior(rng, legal)
    fraction = float(rng.uniform(0.1, 0.9))
    noisy = np.asarray(code.root_noise(prior, legal, 0.5, fraction, rng))
    noise = (noisy - (1 - fraction) * prior) / fraction
    return noise.sum(axis=1), bool((noise > -1e-12).all()), noisy[~legal]


@task(7, "leaves the prior as it is for a fraction of 0", keeps_arguments=True)
def no_noise(code, rng):
    legal = random_legal(rng, 9, 6)
    return code.root_noise(random_prior(rng, legal), legal, 0.5, 0.0, rng)


@task(7, "draws Dirichlet noise over the legal actions", judge=within(-6, 6))
def dirichlet(code, rng):
    """Means and mean squares, in standard deviations from those of the distribution."""
    found, rows = [], 3000
    for alpha, allowed in ((0.3, (1, 3, 4)), (2.0, (0, 1, 2, 4))):
        legal = np.zeros((rows, 5), dtype=bool)
        legal[:, allowed] = True
        noise = np.asarray(code.root_noise(random_prior(rng, legal), legal, alpha, 1.0, rng))
        n, a0 = len(allowed), alpha * len(allowed)
        second = (alpha + 1) * alpha / ((a0 + 1) * a0)
        fourth = math.prod((alpha + k) / (a0 + k) for k in range(4))
        for each in allowed:
            x = noise[:, each]
            found.append((x.mean() - 1 / n) / math.sqrt((second - 1 / n**2) / rows))
            found.append(((x**2).mean() - second) / math.sqrt((fourth - second**2) / rows))
    return [float(each) for each in found]


@task(7, "draws new noise for each row, and with the generator that is given")
def drawn_for_each(code, rng):
    legal = np.ones((3, 4), dtype=bool)

    def draw(rng):
        return code.root_noise(np.full((3, 4), 0.25), legal, 1.0, 0.5, rng)

    rows = np.asarray(draw(rng))
    return len({tuple(row) for row in rows.round(9).tolist()}), decided_by(draw, rng)


def visits_below(node):
    """The visits of a tree, node by node."""
    below = [visits_below(node.children[action]) for action in sorted(node.children)]
    return [np.asarray(node.visits), np.asarray(node.total), *below]


@task(8, "visits as the worked solution does, at the root and everywhere below", needs=[3, 4])
def searched(code, rng):
    found = []
    for actions, depth in ((3, 4), (5, 7)):
        game = Tree(rng, actions, depth)
        for simulations, c in ((1, 1.5), (6, 1.5), (40, 0.5), (60, 4.0)):
            root = code.search(game, game.start, game.evaluate, simulations, c)
            found.append(visits_below(root))
    return found


@task(8, "adds one node a simulation, and none where the game is over", needs=[3, 4])
def nodes_added(code, rng):
    game = Tree(rng, 3, 3)
    network = Counting(game)
    root = code.search(game, game.start, network, 80)
    return root.visits, sum(network.sizes), len(network.sizes)


@task(8, "goes on with the tree of an earlier search", needs=[3, 4])
def reused(code, rng):
    game = Tree(rng, 4, 6)
    root = code.search(game, game.start, game.evaluate, 15)
    again = code.search(game, game.start, game.evaluate, 20, root=root)
    at_once = code.search(game, game.start, game.evaluate, 35)
    below = [node for node in again.children.values() if node.legal.any()]
    child = max(below, key=lambda node: node.visits.sum())
    later = code.search(game, child.position, game.evaluate, 9, 1.5, child)
    return again is root, visits_below(again), visits_below(at_once), visits_below(later)


@task(8, "finds exact values where games end", needs=[3, 4])
def exact_ends(code, rng):
    game = Tree(rng, 4, 1)
    root = code.search(game, game.start, game.evaluate, 200)
    return root.visits, root.total


@task(9, "visits as single searches do, game by game", needs=[3, 4, 5])
def game_by_game(code, rng):
    found = []
    for actions, depth, length in ((4, 5, 2), (3, 9, 1)):
        game = Tree(rng, actions, depth)
        starts = game.layer(length, 7, over=False) or [game.start]
        starts = [game.start, *starts]
        for simulations, c in ((1, 1.5), (9, 1.5), (50, 0.7)):
            found.append(code.batched_search(game, starts, game.evaluate, simulations, c))
    return found


@task(9, "calls the network at most once a simulation, for all leaves together", needs=[3, 4, 5])
def calls(code, rng):
    game = Tree(rng, 4, 9)
    network = Counting(game)
    starts = [game.start] * int(rng.integers(3, 6))
    code.batched_search(game, starts, network, 11)
    return network.sizes


@task(9, "uses the prior that at_root returns, at the roots and nowhere else", needs=[3, 4, 5])
def prior_at_root(code, rng):
    game = Tree(rng, 4, 6)
    seen = []

    def swapped(prior, legal):
        seen.append((np.array(prior), np.array(legal)))
        return np.asarray(prior)[:, ::-1] * 0.5 + 0.125

    found = code.batched_search(game, [game.start] * 3, game.evaluate, 25, at_root=swapped)
    return found, seen


# A root for few simulations


def random_root(rng, rows=8, actions=6):
    legal = random_legal(rng, rows, actions)
    prior = random_prior(rng, legal)
    visits = rng.integers(0, 4, size=legal.shape) * legal.astype(float)
    visits[0] = 0
    total = visits * rng.uniform(-1, 1, size=legal.shape)
    return prior, rng.uniform(-1, 1, size=rows), visits, total


@task(10, "completes the values of untried actions", keeps_arguments=True)
def completed(code, rng):
    return code.completed_q(*random_root(rng))


@task(10, "is the value of the network where nothing was tried")
def nothing_tried(code, rng):
    prior, value, visits, _ = random_root(rng)
    return code.completed_q(prior, value, 0 * visits, 0 * visits)


@task(10, "is the softmax of log prior plus sigma of the completed values", keeps_arguments=True)
def improved(code, rng):
    root = random_root(rng)
    return code.improved_policy(*root), code.improved_policy(*root, 20, 0.3)


@task(10, "survives large values, and leaves a prior of 0 at 0")
def improved_extremes(code, rng):
    prior, value, visits, total = random_root(rng)
    policy = np.asarray(code.improved_policy(prior, value, visits, total, 5000, 1.0))
    same = code.improved_policy(prior, value, 0 * visits, 0 * visits)
    # Every legal action was tried and is bad, so an illegal one has the largest value.
    tried = (prior > 0) * rng.integers(1, 4, size=prior.shape)
    bad = code.improved_policy(prior, np.abs(value), tried, -0.5 * tried, 5000, 1.0)
    return policy, bool((policy[prior == 0] == 0).all()), same, bad


@task(11, "lists sequential halving")
def schedules(code, rng):
    sizes = [(m, n) for m in (2, 3, 4, 5, 7, 8, 16) for n in (1, 2, 5, 16, 50)]
    return [[int(k) for k in code.halving(m, n)] for m, n in (*sizes, (1, 4), (0, 2), (1, 0))]


def random_bandit(rng, actions):
    prior = rng.dirichlet(np.ones(actions))
    q = rng.uniform(-1, 1, size=actions)
    return prior, float(prior @ q), q, rng.gumbel(size=actions)


@task(11, "tries what halving and the scores say", keeps_arguments=True, needs=[10])
def bandits(code, rng):
    found = []
    for actions, simulations, considered in ((5, 2, 2), (5, 16, 4), (9, 40, 8), (3, 7, 16)):
        for _ in range(6):
            prior, value, q, noise = random_bandit(rng, actions)
            settings = prior, value, q, simulations, considered, noise
            for more in ((), (50, 1.0), (3, 2.0)):
                action, visits = code.gumbel_root(*settings, *more)
                found.append((int(action), np.asarray(visits)))
    return found


@task(11, "never tries an action with a prior of 0", needs=[10])
def bandits_with_masks(code, rng):
    found = []
    for _ in range(8):
        prior, value, q, noise = random_bandit(rng, 6)
        prior[rng.permutation(6)[:4]] = 0
        noise[prior == 0] += 30
        prior /= prior.sum()
        action, visits = code.gumbel_root(prior, value, q, 12, 4, noise)
        found.append((int(action), np.asarray(visits)))
    return found


# Tests that the learner writes: they are handed functions, right ones and faulty ones


def backing_up(sign):
    """A `backup` that multiplies a leaf's value by sign(steps, above).

    steps: how many steps an action lies above its leaf.   above: above the deepest leaf of all.
    """

    def backup(visits, total, path, value):
        lengths = np.zeros(len(value), dtype=int)
        for games, _, _ in path:
            lengths[games] += 1
        for depth, (games, nodes, actions) in enumerate(path):
            factor = sign(lengths[games] - depth, len(path) - depth)
            visits[games, nodes, actions] += 1
            total[games, nodes, actions] += factor * value[games]

    return backup


def one_game_after_the_other(visits, total, path, value):
    """A right `backup`."""
    for b, found in enumerate(value):
        for games, nodes, actions in reversed(path):
            if b in games:
                found = -found
                visits[b, nodes[games == b], actions[games == b]] += 1
                total[b, nodes[games == b], actions[games == b]] += found


def expanding(sign):
    """An `expand` that multiplies the outcome of a finished game by `sign`."""

    def expand(game, positions, evaluate):
        ends = [game.outcome(position) for position in positions]
        going = [row for row, end in enumerate(ends) if end is None]
        legal = np.zeros((len(positions), game.actions), dtype=bool)
        for row in going:
            legal[row, game.moves(positions[row])] = True
        prior, value = np.zeros(legal.shape), np.array([sign * (end or 0.0) for end in ends])
        if going:
            logits, value[going] = evaluate([positions[row] for row in going])
            prior[going] = masked_first(logits, legal[going])
        return legal, prior, value

    return expand


def masked_first(logits, legal):
    """A right `masked_policy`, which takes the exponential last."""
    x = np.where(legal, logits, -np.inf)
    x = x - x.max(axis=1, keepdims=True)
    return np.exp(x - np.log(np.exp(x).sum(axis=1, keepdims=True)))


def masked_nearly(logits, legal):
    return masked_first(np.where(legal, logits, -9.0), np.ones(legal.shape, dtype=bool))


def masked_afterwards(logits, legal):
    return masked_first(logits, np.ones(legal.shape, dtype=bool)) * legal


def choosing(mask):
    """A `puct_select` that takes the largest of mask(scores, legal)."""

    def puct_select(prior, visits, total, legal, untried, c=1.5):
        q = np.where(visits > 0, total / np.maximum(visits, 1), untried)
        bonus = c * prior * np.sqrt(1 + visits.sum(axis=-1, keepdims=True)) / (1 + visits)
        return mask(q + bonus, legal).argmax(axis=-1)

    return puct_select


backed_up, expanded = backing_up(lambda steps, above: (-1.0) ** steps), expanding(1.0)
chosen = choosing(lambda scores, legal: np.where(legal, scores, -np.inf))

RIGHT_SIGNS = {
    "many games at once": (backed_up, expanded),
    "one game after the other": (one_game_after_the_other, expanded),
}
WRONG_SIGNS = {
    "a sign that never changes": (backing_up(lambda steps, above: 1.0), expanded),
    "a sign that changes too late": (
        backing_up(lambda steps, above: (-1.0) ** (steps - 1)),
        expanded,
    ),
    "a sign that changes for all games at once": (
        backing_up(lambda steps, above: (-1.0) ** above),
        expanded,
    ),
    "an outcome for the other player": (backed_up, expanding(-1.0)),
}
RIGHT_MASKS = {
    "a score of minus infinity": (masked_first, chosen),
    "a score of -1e9": (
        masked_first,
        choosing(lambda scores, legal: np.where(legal, scores, -1e9)),
    ),
}
WRONG_MASKS = {
    "a logit of -9 for an illegal move": (masked_nearly, chosen),
    "a policy that is masked after it was normalised": (masked_afterwards, chosen),
    "a score of 0 for an illegal move": (
        masked_first,
        choosing(lambda scores, legal: scores * legal),
    ),
    "a choice without a mask": (masked_first, choosing(lambda scores, legal: scores)),
}


def refused(test, versions):
    """With which versions of the functions a test fails; what else it raises is its own error."""
    found = []
    for what, functions in versions.items():
        try:
            test(*functions)
        except AssertionError:
            found.append(what)
    return found


@task(12, "passes with right functions, however they are written")
def right_functions(code, rng):
    return refused(code.test_signs, RIGHT_SIGNS), refused(code.test_masks, RIGHT_MASKS)


@task(12, "fails with each wrong sign")
def wrong_signs(code, rng):
    return refused(code.test_signs, WRONG_SIGNS)


@task(12, "fails with each faulty mask")
def wrong_masks(code, rng):
    return refused(code.test_masks, WRONG_MASKS)


# What a search improves


def random_policy(game, seed, keep=0.7):
    """Probabilities for each position; some legal actions have none."""

    def policy(position):
        rng = np.random.default_rng([seed, len(position), *position])
        weights = np.zeros(game.actions)
        moves = game.moves(position)
        weights[moves] = rng.uniform(0.1, 1, size=len(moves)) * (rng.random(len(moves)) < keep)
        weights[moves[0]] += 0.2
        return weights / weights.sum()

    return policy


@task(13, "is the expected outcome of two policies against each other")
def expected(code, rng):
    found = []
    for depth in (3, 4):
        game = Tree(rng, 3, depth)
        seeds = rng.integers(1000, size=2)
        one, other = (random_policy(game, int(seed)) for seed in seeds)
        for pair in ((one, other), (other, one), (one, one)):
            found.append(float(code.policy_value(game, game.start, *pair, {})))
    return found


@task(13, "is the outcome where the game is over, and keeps the values of what it reached")
def reached(code, rng):
    game, known = Tree(rng, 3, 4), {}
    policy = random_policy(game, 5)
    code.policy_value(game, game.start, policy, policy, known)
    over = game.layer(4, 2, over=True)
    ends = [float(code.policy_value(game, each, policy, policy, {})) for each in over]
    # What is known already decides, right or wrong.
    told = {game.play(game.start, action): 0.5 for action in game.moves(game.start)}
    told = float(code.policy_value(game, game.start, policy, policy, told))
    return sorted((len(p), *p, float(v)) for p, v in known.items()), ends, told


@task(14, "is the best policy for its values and its distance from the prior", keeps_arguments=True)
def regularised(code, rng):
    found = []
    for actions in (3, 7):
        prior, q = rng.dirichlet(np.ones(actions)), rng.uniform(-1, 1, size=actions)
        found += [code.regularised_policy(prior, q, lam) for lam in (0.05, 0.5, 3.0, 40.0)]
    return found


@task(14, "leaves a prior of 0 at 0, and the prior as it is where all values are equal")
def regularised_ends(code, rng):
    prior, q = rng.dirichlet(np.ones(6)), rng.uniform(-1, 1, size=6)
    q[2] = 2.0
    prior[2] = 0
    prior /= prior.sum()
    same = code.regularised_policy(prior, np.full(6, 0.3), 0.7)
    return code.regularised_policy(prior, q, 0.4), same


# The network and the loop


class Board:
    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.bits = [c * (rows + 1) + r for c in range(columns) for r in range(rows)]

    def random(self, rng):
        """Stones of both players, as the numbers own and mask."""
        kinds = rng.integers(3, size=len(self.bits))
        own = sum(1 << b for b, kind in zip(self.bits, kinds, strict=True) if kind == 1)
        return own, own + sum(1 << b for b, kind in zip(self.bits, kinds, strict=True) if kind == 2)


@task(15, "draws the stones of the player to move, and then the other's")
def boards(code, rng):
    found = []
    for rows, columns in ((3, 3), (5, 4), (2, 7)):
        game = Board(rows, columns)
        found.append(code.planes(game, [game.random(rng) for _ in range(4)]) * 1.0)
    return found


@task(15, "finds the eight ways to turn and reflect a square, beginning with none")
def eight_ways(code, rng):
    found = []
    for size in (3, 4):
        cells = np.asarray(code.square_symmetries(size))
        found.append((cells[0], sorted(map(tuple, cells.tolist()))))
    return found


@task(15, "turns a board and its policy alike", keeps_arguments=True)
def turned(code, rng):
    x, policy = rng.random((5, 2, 3, 4)), rng.dirichlet(np.ones(7), size=5)
    cells = np.array([rng.permutation(12) for _ in range(5)])
    actions = np.array([rng.permutation(7) for _ in range(5)])
    return code.turn(x, policy, cells, actions)


def random_targets(rng, rows=5, actions=4):
    policy = rng.dirichlet(np.ones(actions), size=rows)
    policy[:2, 1] = 0
    policy /= policy.sum(axis=1, keepdims=True)
    return policy, rng.integers(-1, 2, size=rows) * 1.0


@task(16, "is the cross-entropy of the policies, and the squared error of the values")
def two_losses(code, rng):
    logits, value = rng.normal(size=(5, 4)), rng.uniform(-1, 1, size=5)
    policy_loss, value_loss, *_ = code.az_loss(logits, value, *random_targets(rng))
    return float(policy_loss), float(value_loss)


@task(16, "returns the gradient of the sum of both", keeps_arguments=True)
def two_gradients(code, rng):
    logits, value = 2 * rng.normal(size=(5, 4)), rng.uniform(-1, 1, size=5)
    *_, g_logits, g_value = code.az_loss(logits, value, *random_targets(rng))
    return g_logits, g_value


@task(16, "survives very large logits")
def large_logits(code, rng):
    logits = rng.normal(size=(3, 6)) + np.array([[1000.0], [-1000.0], [0.0]])
    logits[2, 0] = 900.0
    return code.az_loss(logits, np.zeros(3), *random_targets(rng, 3, 6))


@task(17, "sees the end of a game from the side of the player to move", keeps_arguments=True)
def ends(code, rng):
    final = rng.integers(-1, 2, size=20) * 1.0
    return code.outcomes(final, np.arange(20) % 7)


def loose(games):
    """Games as plain data, whatever the kind of a sample."""
    return [[(tuple(p), np.asarray(pi), float(z)) for p, pi, z in game] for game in games]


@task(17, "plays each game to its end, by moves that were searched", needs=[4, 5, 6, 7, 9])
def chains(code, rng):
    game = Tree(rng, 4, 6)
    starts = [game.start, *game.layer(2, 4, over=False)]
    found = []
    for start, played in zip(
        starts, loose(code.self_play(game, game.evaluate, starts, 8, rng)), strict=True
    ):
        linked = played[0][0] == start
        for (before, policy, _), (after, *_) in pairwise(played):
            linked &= after[:-1] == before and policy[after[-1]] > 0
        last, policy, z = played[-1]
        # The last move is not recorded: the outcome is that of one of the moves that were searched.
        ends = {game.outcome((*last, int(a))) for a in np.flatnonzero(policy)}
        alternate = all(abs(one[2] + two[2]) < 1e-9 for one, two in pairwise(played))
        sums = all(abs(policy.sum() - 1) < 1e-9 for _, policy, _ in played)
        counts = all(abs(8 * policy - (8 * policy).round()).max() < 1e-9 for _, policy, _ in played)
        found.append((bool(linked), -z in ends, alternate, sums, counts))
    return found


class Race:
    """Every game lasts `length` moves, and the last move wins; both actions are always legal."""

    actions, start = 2, ()

    def __init__(self, length):
        self.length = length

    def moves(self, position):
        return [0, 1]

    def play(self, position, action):
        return (*position, int(action))

    def outcome(self, position):
        return -1 if len(position) == self.length else None

    def evaluate(self, positions):
        """Prefers action 0; hopes nothing."""
        return np.tile([1.0, 0.0], (len(positions), 1)), np.zeros(len(positions))


@task(17, "counts a win for the player who moved last", needs=[4, 5, 6, 7, 9])
def winners(code, rng):
    found = []
    for length in (1, 2, 5):
        game = Race(length)
        games = loose(code.self_play(game, game.evaluate, [()] * 3, 4, rng))
        found.append([[z for *_, z in played] for played in games])
    return found


@task(
    17, "draws its first moves in proportion to the visits", judge=within(-7, 7),
    needs=[4, 5, 6, 7, 9],
)  # fmt: skip
def drawn_moves(code, rng):
    """How often action 1 follows, against its probabilities, in standard deviations."""
    game, found = Race(3), []
    games = loose(code.self_play(game, game.evaluate, [()] * 300, 6, rng, drawn=2))
    for move in (0, 1):
        chance = np.array([played[move][1][1] for played in games])
        taken = np.array([played[move + 1][0][-1] for played in games])
        sd = math.sqrt((chance * (1 - chance)).sum()) + 1e-9
        found.append(float((taken - chance).sum() / sd))
    return found


@task(17, "plays the most visited move after the first `drawn` ones", needs=[4, 5, 6, 7, 9])
def greedy_later(code, rng):
    game, found = Tree(rng, 4, 7), []
    for drawn in (0, 1):
        played = loose(code.self_play(game, game.evaluate, [game.start] * 12, 9, rng, drawn=drawn))
        later = [
            policy[after[-1]] == policy.max()
            for steps in played
            for (_, policy, _), (after, *_) in pairwise(steps[drawn:])
        ]
        found.append(all(later))
    return found


@task(17, "draws the first 30 moves, unless told otherwise", needs=[4, 5, 6, 7, 9])
def thirty_moves(code, rng):
    game, found = Race(32), []
    games = loose(code.self_play(game, game.evaluate, [()] * 100, 3, rng))
    for move in (29, 30):
        taken = [(steps[move][1], steps[move + 1][0][-1]) for steps in games]
        found.append(any(policy[action] < policy.max() for policy, action in taken))
    return found


@task(17, "has noise at the roots, from the generator that is given", needs=[4, 5, 6, 7, 9])
def noisy_roots(code, rng):
    game = Race(3)

    def draw(rng):
        games = loose(code.self_play(game, game.evaluate, [()] * 20, 20, rng, drawn=0))
        return [policy for played in games for _, policy, _ in played]

    def moves(rng):
        games = loose(code.self_play(game, game.evaluate, [()] * 20, 20, rng))
        return [position for played in games for position, *_ in played]

    # Only the noise tells one game from another: the same position is searched in all.
    policies = draw(rng)
    first = {tuple(np.round(p, 6)) for p in policies[::3]}
    by_generator = decided_by(draw, rng), decided_by(moves, rng)
    return len(first) > 1, max(map(min, policies)) > 0, *by_generator


@task(18, "keeps the newest games, and counts samples")
def newest(code, rng):
    window, found = code.Window(3), []
    for game in range(5):
        window.add([(game, k) for k in range(1 + game % 3)])
        seen = {tuple(each) for each in window.sample(400, rng)}
        found.append((len(window), sorted(seen)))
    return found


@task(18, "draws every sample equally often, also those of long games", judge=within(-6, 6))
def evenly(code, rng):
    window = code.Window(4)
    window.add([(9, 9)] * 5)
    for game, length in enumerate((1, 2, 7, 3)):
        window.add([(game, k) for k in range(length)])
    drawn = [tuple(each) for each in window.sample(5200, rng)]
    sd = math.sqrt(5200 * (1 / 13) * (12 / 13))
    every = [(g, k) for g, length in enumerate((1, 2, 7, 3)) for k in range(length)]
    return [(drawn.count(each) - 400) / sd for each in every]


@task(18, "draws with the generator, as many as it is asked for")
def as_many(code, rng):
    window = code.Window(2)
    window.add([(0, k) for k in range(30)])
    window.add([(1, 0)])
    sizes = [len(window.sample(count, rng)) for count in (1, 7, 90)]
    draw = lambda rng: [tuple(each) for each in window.sample(20, rng)]  # noqa: E731
    return sizes, decided_by(draw, rng)


# Who is stronger?


def random_points(rng, players):
    games = rng.integers(20, 60, size=(players, players))
    games = np.triu(games, 1) + np.triu(games, 1).T
    points = np.zeros((players, players))
    for i in range(players):
        for j in range(i):
            points[i, j] = np.round(2 * games[i, j] * rng.uniform(0.2, 0.8)) / 2
            points[j, i] = games[i, j] - points[i, j]
    return points


@task(19, "finds the ratings under which the results are most likely", keeps_arguments=True)
def ratings(code, rng):
    return [np.asarray(code.elo(random_points(rng, players))[0]) for players in (2, 3, 6)]


@task(19, "knows how uncertain they are", keeps_arguments=True)
def rating_errors(code, rng):
    return [np.asarray(code.elo(random_points(rng, players))[1]) for players in (2, 3, 6)]


@task(19, "rates players who have not all met, and large differences")
def not_all_met(code, rng):
    chain = np.zeros((4, 4))
    for i in range(3):
        chain[i, i + 1], chain[i + 1, i] = rng.integers(5, 30, size=2)
    far = np.array([[0.0, 1], [400, 0]])
    return code.elo(chain), code.elo(far)
