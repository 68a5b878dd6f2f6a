"""What the network sees is the position, and evaluation is separate from training."""

import numpy as np
from undergrad.rl.games.base import Position
from undergrad.rl.games.strength import right

from data import GAME, SIZE, exact, features, reflected, restarted
from evaluate import TEST, VALIDATION, games
from model import no_opinion, player


def test_the_features_are_the_stones_of_both_players():
    position = GAME.after([2, 2, 0])  # the second player is to move
    mine, other = features(position).reshape(2, GAME.rows, GAME.columns)
    assert np.argwhere(mine).tolist() == [[GAME.rows - 2, 2]]
    assert np.argwhere(other).tolist() == [[GAME.rows - 1, 0], [GAME.rows - 1, 2]]
    assert features(position).shape == (1, SIZE)


def test_a_mirror_swaps_the_columns():
    last = GAME.columns - 1
    np.testing.assert_array_equal(
        reflected(GAME.after([0, 1, 1])), features(GAME.after([last, last - 1, last - 1]))
    )


def test_a_finished_game_begins_again_and_the_others_go_on():
    won, open_game = GAME.after([0, 1, 0, 1, 0, 1, 0]), GAME.after([0, 1])
    both = Position(*(np.concatenate(pair) for pair in zip(won, open_game, strict=True)))
    empty, same = restarted(both).mask
    assert GAME.won(won).all()
    assert (empty, same) == (0, open_game.mask[0])


def test_every_position_with_an_answer_has_a_right_and_a_wrong_move():
    known = exact()
    assert len(known.position.mask) > 50
    best, worst = known.action_values.copy(), known.action_values.copy()
    worst[np.isinf(worst)] = 2
    assert right(best.argmax(axis=1), known).all()
    assert not right(worst.argmin(axis=1), known).any()


def test_the_same_seed_gives_the_same_games_and_the_test_has_its_own():
    one = player(no_opinion, 1)
    assert games(one, TEST).moves == games(one, TEST).moves
    assert games(one, TEST).moves != games(one, VALIDATION).moves
