"""Positions are what they seem, and no position is in two parts."""

import numpy as np
import pytest
from undergrad import datasets
from undergrad.rl.games.players import blocking, winning
from undergrad.rl.games.solver import Solver
from undergrad.rl.games.strength import right

from data import GAME, exact, features, from_games, mirrored, played, position_of, written


@pytest.fixture(scope="module")
def parts():
    return {**exact(), "games": from_games()}


def keys(known):
    """A number for each position that its mirror image has, too."""
    boards = features(known.position)
    other = mirrored(boards, np.zeros((len(boards), 7)))[0]
    return {min(a.tobytes(), b.tobytes()) for a, b in zip(boards, other, strict=True)}


def test_no_position_and_no_mirror_image_is_in_two_parts(parts):
    found = [keys(known) for known in parts.values()]
    assert sum(map(len, found)) == len(set.union(*found))
    assert sum(map(len, found)) == sum(len(known.action_values) for known in parts.values())


def test_every_position_is_quiet_and_has_a_right_and_a_wrong_move(parts):
    for known in parts.values():
        assert not winning(GAME, known.position).any()
        assert not blocking(GAME, known.position).any()
        assert right(known.action_values.argmax(axis=1), known).all()
        worst = np.where(np.isinf(known.action_values), 2, known.action_values).argmin(axis=1)
        assert not right(worst, known).any()


def test_the_answers_are_those_of_another_solver(parts):
    solver = Solver(GAME)
    for known in parts.values():
        late = np.flatnonzero(known.position.stones >= 24)[:3]
        for row in late:
            found = solver.action_values(known.position.at([row]))
            np.testing.assert_array_equal(found, known.action_values[row])


def test_a_board_becomes_the_position_that_it_shows():
    boards = datasets.connect4().boards[[0, 2000, 4799]]
    planes = GAME.planes(position_of(boards))
    np.testing.assert_array_equal(planes[:, 0] + 2 * planes[:, 1], boards)


def test_features_are_those_of_the_player_to_move():
    position = GAME.after([2, 2, 0])  # the second player is to move
    mine, other = features(position).reshape(2, GAME.rows, GAME.columns)
    assert np.argwhere(mine).tolist() == [[4, 2]]
    assert np.argwhere(other).tolist() == [[5, 0], [5, 2]]


def test_a_mirror_swaps_the_columns_of_board_and_policy():
    policy = np.arange(7.0)[None]
    inputs, swapped = mirrored(features(GAME.after([0, 1, 1])), policy)
    np.testing.assert_array_equal(inputs, features(GAME.after([6, 5, 5])))
    np.testing.assert_array_equal(swapped, policy[:, ::-1])


def test_moves_are_read_as_they_are_written():
    assert written([3, 3, 2, 6]) == "4437"
    assert played("4437") == [3, 3, 2, 6]
