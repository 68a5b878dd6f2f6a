"""UCT: what its trees hold, known positions, and strength that grows with simulations."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from undergrad.rl.games import GAMES
from undergrad.rl.games.players import one_move_player, random_player
from undergrad.rl.games.strength import Labelled, accuracy, match
from undergrad.rl.games.table import solve_all
from undergrad.rl.search.uct import rollout, search, uct_player

RNG = np.random.default_rng


def positions_of(name):
    game = GAMES[name]
    table = solve_all(game)
    labelled = Labelled(table.position, table.action_values)
    return game, labelled.at(~game.over(table.position))


def test_the_tree_adds_up():
    """Visits: one for each simulation at the root; below, what came in less the node's own. Values:
    what an action is worth is minus what the node behind it saw."""
    game = GAMES["connect4"]
    tree = search(game, game.after([3, 3, 3, 2]), 200, RNG(0))
    assert tree.root_visits.sum() == 200
    seen = 0
    for node in range(201):
        for action in np.flatnonzero(tree.child[0, node]):
            child = tree.child[0, node, action]
            position = game.play(tree.position.at((0, [node])), np.array([action]))
            assert_array_equal(tree.position.at((0, [child])), position)
            assert_array_equal(tree.legal[0, child], game.legal(position)[0])
            came = tree.visits[0, node, action]
            passed = tree.visits[0, child].sum()
            seen += 1
            if game.over(position)[0]:
                value = -float(game.won(position)[0])
                assert passed == 0
                assert tree.total[0, node, action] == -value * came
            else:
                own = tree.total[0, node, action] + tree.total[0, child].sum()
                assert passed == came - 1  # its own rollout, when it was added
                assert own in (-1, 0, 1)
    assert seen == 200  # a node for each simulation


@pytest.mark.parametrize("c", [0.5, 1.4])
def test_every_action_of_a_node_is_tried_before_one_is_tried_again(c):
    game = GAMES["connect4"]
    tree = search(game, game.start(3), 7, RNG(1), c)
    assert_array_equal(tree.root_visits, np.ones((3, 7)))
    tree = search(game, game.start(1), 300, RNG(1), c)
    passed = tree.visits[0].sum(axis=1) > 7
    assert (tree.visits[0][passed] > 0)[tree.legal[0][passed]].all()


def test_the_next_action_has_the_largest_ucb1_score():
    """The same tree with one simulation more; the one more went where UCB1 says."""
    game, c = GAMES["connect4"], 1.4
    moved = set()
    for seed in range(5):
        before = search(game, game.start(1), 20 + seed, RNG(seed), c)
        after = search(game, game.start(1), 21 + seed, RNG(seed), c)
        n, total = before.visits[0, 0], before.total[0, 0]
        score = total / n + c * np.sqrt(np.log(n.sum()) / n)
        (action,) = np.flatnonzero(after.root_visits[0] - n)
        assert action == score.argmax()
        moved.add(int(action))
    assert len(moved) > 1


def test_a_win_is_found_and_a_loss_is_seen_coming():
    game = GAMES["connect4"]
    both = game.after([0, 1, 0, 1, 0, 1])  # the player to move wins in column 0
    tree = search(game, both, 100, RNG(0))
    assert tree.root_visits[0].argmax() == 0
    assert tree.value[0] > 0.7
    assert tree.line(0)[0] == 0
    lost = game.after([2, 0, 3, 0, 4])  # three in a row with both ends open
    tree = search(game, lost, 400, RNG(0))
    assert tree.value[0] < -0.7
    assert {1, 5} & set(tree.line(0)[:2]) == {1, 5}  # one end is stopped, the other one wins


def test_rollouts_end_as_random_games_do():
    """The mean outcome from a corner of tic-tac-toe against all games, one by one."""
    game = GAMES["tictactoe"]
    start = game.after([4, 0, 2])

    def mean(position):
        if game.over(position)[0]:
            return -float(game.won(position)[0])
        after = [
            mean(game.play(position, np.array([a]))) for a in np.flatnonzero(game.legal(position))
        ]
        return -float(np.mean(after))

    outcomes = rollout(game, start.at(np.zeros(20_000, int)), RNG(0))
    assert set(outcomes) == {-1, 0, 1}
    assert_allclose(outcomes.mean(), mean(start), atol=4 / 20_000**0.5)


def test_mistakes_fall_with_simulations():
    game, positions = positions_of("tictactoe")
    positions = positions.at(positions.decisive).at(slice(None, None, 5))
    few, some, many = (accuracy(uct_player(game, n), positions, RNG(0)) for n in (5, 20, 100))
    assert few < some < many
    assert many > 0.95


def test_it_beats_a_random_player():
    game = GAMES["connect3"]
    assert match(game, uct_player(game, 20), random_player(game), games=20).points > 0.8


@pytest.mark.slow
def test_it_beats_one_move_ahead():
    game = GAMES["connect4"]
    assert match(game, uct_player(game, 100), one_move_player(game), games=60).points > 0.6


def test_games_side_by_side_do_not_touch_each_other():
    """A position that is about to end and one that is not, in one call."""
    game = GAMES["tictactoe"]
    nearly = game.after([0, 3, 1, 4, 8, 2, 5])
    assert game.legal(nearly).sum() == 2
    both = nearly._replace(
        own=np.append(nearly.own, np.uint64(0)), mask=np.append(nearly.mask, np.uint64(0))
    )
    tree = search(game, both, 60, RNG(0))
    assert_array_equal(tree.root_visits.sum(axis=1), [60, 60])
    assert (tree.root_visits[0] > 0).sum() == 2
    assert (tree.root_visits[1] > 0).all()
