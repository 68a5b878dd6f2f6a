"""The searches: one by one and batched are equal, signs are right, and more simulations are better.

Mistakes are counted on all 4,520 positions of tic-tac-toe that are not over.
"""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from tests.rl.search.boards import after_random_moves, moves_of_tictactoe
from tests.rl.search.evaluators import hashed, perfect, uniform

from undergrad.rl.games import GAMES
from undergrad.rl.games.base import Position
from undergrad.rl.search import batched, formulas, gumbel, puct
from undergrad.rl.search.batched import Root, Trees
from undergrad.rl.search.formulas import PUCT
from undergrad.rl.search.gumbel import Gumbel

TICTACTOE, CONNECT4 = GAMES["tictactoe"], GAMES["connect4"]
games = pytest.mark.parametrize("game", [GAMES[n] for n in ("tictactoe", "connect3", "connect4")])


# One by one and batched


@games
@pytest.mark.parametrize("options", [PUCT(), PUCT(4.0, 0.0), PUCT(0.5, 1.0)], ids=str)
def test_batched_equals_one_by_one(game, options):
    positions, evaluate = after_random_moves(game, 9, 6), hashed(game)
    root = batched.search(game, positions, evaluate, 40, options)
    for i in range(9):
        node = puct.search(game, positions.at([i]), evaluate, 40, options)
        assert root.visits[i].tolist() == node.visits.tolist()
        assert root.value_sum[i].tolist() == node.value_sum.tolist()
        assert root.prior[i].tolist() == node.prior.tolist()


def test_they_stay_equal_where_games_end_at_different_depths():
    """Positions with two to nine empty cells: walks of every length, most to the end of a game."""
    several = [after_random_moves(TICTACTOE, 4, most, seed=most) for most in range(1, 8)]
    positions = Position(*(np.concatenate(column) for column in zip(*several, strict=True)))
    root = batched.search(TICTACTOE, positions, hashed(TICTACTOE), 200)
    for i in range(len(positions.own)):
        node = puct.search(TICTACTOE, positions.at([i]), hashed(TICTACTOE), 200)
        assert root.visits[i].tolist() == node.visits.tolist()
        assert root.value_sum[i].tolist() == node.value_sum.tolist()


@games
def test_trees_used_again_are_equal_too(game):
    """Five moves of nine games; what is below the move played is kept, and searched on."""
    position, evaluate = after_random_moves(game, 9, 3), hashed(game)
    trees = Trees.start(game, position, evaluate, 25)
    root, nodes = trees.search(evaluate), [None] * 9
    for _ in range(5):
        for i, node in enumerate(nodes):
            nodes[i] = node = puct.search(game, position.at([i]), evaluate, 25, root=node)
            assert root.visits[i].tolist() == node.visits.tolist()
            assert root.value_sum[i].tolist() == node.value_sum.tolist()
        action = np.array([int(node.visits.argmax()) for node in nodes])
        after = game.play(position, action)
        on = np.flatnonzero(~game.over(after))
        position, trees = after.at(on), trees.below(on, action[on])
        visited = root.visits[on, action[on]]
        root = trees.search(evaluate)
        assert np.array_equal(root.visits.sum(1), visited - 1 + 25)
        nodes = [nodes[i].children[action[i]] for i in on]
    assert len(nodes) > 1


def test_a_root_of_another_position_is_refused():
    start, evaluate = TICTACTOE.start(1), uniform(TICTACTOE)
    root = puct.search(TICTACTOE, start, evaluate, 10)
    with pytest.raises(ValueError, match="another position"):
        puct.search(TICTACTOE, TICTACTOE.after([4]), evaluate, 10, root=root)


def test_what_may_be_hoped_for_is_the_mean_or_the_best_action():
    visits, value_sum = np.array([[3.0, 1, 0], [2, 2, 0]]), np.array([[-1.5, -1, 0], [1, -2, 0]])
    legal, prior = np.ones((2, 3), bool), np.full((2, 3), 1 / 3)
    root = Root(legal, prior, np.zeros(2), visits, value_sum)
    assert root.expected.tolist() == [-0.5, 0.5]
    unlucky = root._replace(value_sum=np.array([[-3.0, 1, 0], [-2, -2, 0]]))
    assert unlucky.expected.tolist() == [-0.5, -1]  # -1 is the mean of all and the best


def test_a_game_does_not_know_what_is_searched_beside_it():
    positions, evaluate = after_random_moves(CONNECT4, 12, 9), hashed(CONNECT4)
    together = batched.search(CONNECT4, positions, evaluate, 30)
    apart = batched.search(CONNECT4, positions.at(slice(5, 7)), evaluate, 30)
    assert together.value_sum[5:7].tolist() == apart.value_sum.tolist()


# The rule, and the signs


def test_the_scores_by_hand():
    """N(s) = 1 + 3 + 1; Q of the first is 0.5, of the second -1; the third has no visits."""
    prior, visits = np.array([0.5, 0.3, 0.2]), np.array([3.0, 1.0, 0.0])
    value_sum, value = np.array([1.5, -1.0, 0.0]), np.array([0.2])
    scores = formulas.puct_scores(prior, visits, value_sum, value, PUCT(2.0, 0.25))
    u = 2 * 5**0.5 * np.array([0.5 / 4, 0.3 / 2, 0.2])
    assert np.allclose(scores - u, [0.5, -1.0, 0.2 - 0.25])


@games
def test_every_edge_holds_what_is_below_it(game):
    """Visits and values of an edge are those of the node below it, seen from the other side."""
    position = after_random_moves(game, 1, 5, seed=2)
    root = puct.search(game, position, hashed(game), 300)
    waiting, ends = [root], 0
    while waiting:
        node = waiting.pop()
        for action, child in node.children.items():
            if child.over:
                ends += 1
                assert node.value_sum[action] == -child.value * node.visits[action]
                continue
            below = child.value + child.value_sum.sum()
            assert np.isclose(node.value_sum[action], -below)
            assert node.visits[action] == 1 + child.visits.sum()
            waiting.append(child)
    assert root.visits.sum() == 300
    assert ends or game is CONNECT4


def test_a_line_is_good_for_the_one_who_made_it():
    """The first player has two in a row: the third is worth 1, and the best that can be done."""
    position = TICTACTOE.after([0, 3, 1, 4])
    node = puct.search(TICTACTOE, position, uniform(TICTACTOE), 100)
    child = node.children[2]
    assert (child.value, node.value_sum[2] / node.visits[2]) == (-1, 1)
    assert node.visits.argmax() == 2
    assert node.line == (2,)
    lost = TICTACTOE.after([0, 3, 1, 8])  # the second player must stop it
    assert puct.search(TICTACTOE, lost, uniform(TICTACTOE), 300).visits.argmax() != 8


def test_only_legal_actions_are_visited():
    """Also where an evaluator prefers the others."""
    positions = after_random_moves(CONNECT4, 64, 40)
    legal = CONNECT4.legal(positions)
    assert not legal.all()

    def evaluate(position):
        return np.where(CONNECT4.legal(position), 0.0, 9.0), np.zeros(len(position.own))

    for root in (
        batched.search(CONNECT4, positions, evaluate, 60, rng=np.random.default_rng(0)),
        gumbel_root(CONNECT4, positions, evaluate, 60),
    ):
        assert not root.visits[~legal].any()
        assert not root.prior[~legal].any()
        assert (root.visits.sum(1) == 60).all()
    node = puct.search(CONNECT4, positions.at([0]), evaluate, 60)
    assert not node.visits[~legal[0]].any()


def test_a_game_that_is_over_is_refused():
    over = TICTACTOE.after([0, 3, 1, 4, 2])
    for search in (puct.search, batched.search):
        with pytest.raises(ValueError, match="over"):
            search(TICTACTOE, over, uniform(TICTACTOE), 4)


# How good the moves are


def mistakes(choose):
    """On how many positions of tic-tac-toe the chosen action is not one of the best."""
    position, best = moves_of_tictactoe()
    return int((~best[np.arange(len(best)), choose(position)]).sum())


def most_visited(evaluate, simulations):
    return lambda position: batched.search(TICTACTOE, position, evaluate, simulations).best


@pytest.mark.parametrize("simulations", [10, 16, 32])
def test_with_exact_values_there_is_no_mistake(simulations):
    assert mistakes(most_visited(perfect(TICTACTOE), simulations)) == 0


def test_with_no_opinion_mistakes_become_rare_as_simulations_grow():
    found = [mistakes(most_visited(uniform(TICTACTOE), n)) for n in (10, 32, 100)]
    assert all(fewer < more / 2 for more, fewer in pairwise(found))
    assert found[-1] < 100


def test_so_they_do_with_a_gumbel_root():
    def mistakes_with(simulations):
        return mistakes(
            lambda p: gumbel.search(TICTACTOE, p, uniform(TICTACTOE), simulations).action
        )

    assert mistakes_with(10) > 2 * mistakes_with(64)


# Noise


def test_noise_is_of_each_game_on_legal_actions_and_comes_only_with_a_generator():
    positions, evaluate = after_random_moves(CONNECT4, 40, 40), uniform(CONNECT4)
    quiet = batched.search(CONNECT4, positions, evaluate, 2).prior
    legal = CONNECT4.legal(positions)
    assert np.allclose(quiet, legal / legal.sum(1, keepdims=True))
    options = PUCT(dirichlet_alpha=0.3, dirichlet_fraction=0.5)
    noisy = batched.search(
        CONNECT4, positions, evaluate, 2, options, np.random.default_rng(0)
    ).prior
    noise = (noisy - 0.5 * quiet) / 0.5
    assert (noise[~legal] == 0).all()
    assert (noise >= 0).all()
    assert np.allclose(noise.sum(1), 1)
    full = noise[legal.all(1)]
    assert len(np.unique(full.round(6), axis=0)) == len(full)


def test_the_noise_has_the_moments_of_a_dirichlet_distribution():
    shape, alpha = (40_000, 4), 0.5
    options = PUCT(dirichlet_alpha=alpha, dirichlet_fraction=1.0)
    legal = np.ones(shape, bool)
    drawn = formulas.with_noise(np.full(shape, 0.25), legal, options, np.random.default_rng(0))
    assert np.allclose(drawn.mean(0), 0.25, atol=0.01)
    assert np.allclose(drawn.var(0), 0.25 * 0.75 / (4 * alpha + 1), atol=0.005)


# The Gumbel root


def gumbel_root(game, position, evaluate, simulations, considered=4):
    """The root of a search whose first actions a Gumbel root without noise chooses."""
    kept = []
    honest = batched.search

    def search(*arguments):
        kept.append(honest(*arguments))
        return kept[-1]

    gumbel.batched.search = search
    try:
        gumbel.search(game, position, evaluate, simulations, Gumbel(considered))
    finally:
        gumbel.batched.search = honest
    return kept[0]


@pytest.mark.parametrize(("considered", "simulations"), [(16, 200), (7, 50), (4, 16), (2, 9)])
def test_sequential_halving_by_phases(considered, simulations):
    """Actions with fixed scores, by the paper's own words: after each phase half of them go."""
    scores = np.random.default_rng(considered).permutation(considered)
    left, visits = list(range(considered)), Counter()
    each = max(1, simulations // (int(np.ceil(np.log2(considered))) * considered))
    while sum(visits.values()) < simulations:
        each = max(1, int(simulations / (np.ceil(np.log2(considered)) * len(left))))
        for _ in range(each):
            for action in sorted(left, key=lambda a: -scores[a]):
                if sum(visits.values()) < simulations:
                    visits[action] += 1
        left = sorted(left, key=lambda a: -scores[a])[: max(2, len(left) // 2)]
    wanted = gumbel.visits_wanted(considered, simulations)[considered]
    ours = np.zeros(considered, int)
    for k in range(simulations):
        ours[np.where(ours == wanted[k], scores, -1).argmax()] += 1
    assert ours.tolist() == [visits[action] for action in range(considered)]


def test_the_considered_actions_are_the_largest_and_share_the_simulations():
    """Seven moves, four considered, 16 simulations in two phases: 2 each, then 4 each for two."""
    logits = np.array([0.0, 3.0, 1.0, 5.0, 4.0, 2.0, 6.0])

    def evaluate(position):
        return np.tile(logits, (len(position.own), 1)), np.zeros(len(position.own))

    root = gumbel_root(CONNECT4, CONNECT4.start(1), evaluate, 16)
    assert root.visits[0].tolist() == [0, 2, 0, 6, 2, 0, 6]


def random_roots(rng, count=500, actions=5):
    """Roots with visits here and there, q exact where an action was visited."""
    legal = rng.random((count, actions)) < 0.8
    legal[:, 0] = True
    prior = formulas.prior_of(rng.normal(size=legal.shape), legal)
    visits = rng.integers(0, 4, legal.shape) * legal
    q = rng.uniform(-1, 1, legal.shape)
    return Root(legal, prior, (prior * q).sum(1), visits.astype(float), q * visits), q


def test_the_improved_policy_equals_the_loop():
    roots, q = random_roots(np.random.default_rng(0))
    options = Gumbel(c_visit=10.0, c_scale=0.3)
    improved = gumbel.improved_policy(roots, options)
    for i, (legal, prior, value, visits) in enumerate(zip(*roots[:4], strict=True)):
        tried = [a for a in range(5) if visits[a]]
        mean = sum(prior[a] * q[i, a] for a in tried) / sum(prior[a] for a in tried) if tried else 0
        mixed = (value + visits.sum() * mean) / (1 + visits.sum())
        scale = (10 + visits.max()) * 0.3
        weight = [
            prior[a] * np.exp(scale * (q[i, a] if visits[a] else mixed)) if legal[a] else 0.0
            for a in range(5)
        ]
        assert np.allclose(improved[i], np.array(weight) / sum(weight))


def test_the_improved_policy_is_better_than_the_prior():
    """With exact values: equation 13 of the paper, for whatever has been visited."""
    roots, q = random_roots(np.random.default_rng(1))
    better = (gumbel.improved_policy(roots, Gumbel()) * q).sum(1)
    everything = roots._replace(visits=roots.visits + roots.legal, value_sum=q * (roots.visits + 1))
    assert ((gumbel.improved_policy(everything, Gumbel()) * q).sum(1) >= roots.value - 1e-12).all()
    assert (better - roots.value).mean() > 0.1


def test_gumbel_numbers_sample_from_the_policy():
    """One simulation plays the largest of logit + Gumbel number: a draw from the softmax."""
    logits = np.array([0.0, 1.0, 0.5, -1.0, 2.0, 0.0, 1.5])

    def evaluate(position):
        return np.tile(logits, (len(position.own), 1)), np.zeros(len(position.own))

    start, quiet = CONNECT4.start(20_000), Gumbel(c_scale=1e-9)
    played = gumbel.search(CONNECT4, start, evaluate, 1, quiet, rng=np.random.default_rng(0)).action
    often = np.bincount(played, minlength=7) / len(played)
    assert np.allclose(often, np.exp(logits) / np.exp(logits).sum(), atol=0.015)
    assert (gumbel.search(CONNECT4, CONNECT4.start(3), evaluate, 1, quiet).action == 4).all()
