"""Players, matches and what is said of them."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tests.rl.games.boards import random_positions

from undergrad.rl.games import GAMES
from undergrad.rl.games.players import (
    blocking,
    one_move_player,
    perfect_player,
    random_action,
    random_player,
    winning,
)
from undergrad.rl.games.strength import Labelled, Match, accuracy, match, quiet, right, wilson
from undergrad.rl.games.table import solve_all

GAME = GAMES["connect3"]


@pytest.fixture(scope="module")
def table():
    return solve_all(GAME)


@pytest.fixture(scope="module")
def perfect(table):
    return perfect_player(lambda position: table.action_values[table.find(position)])


def test_a_random_action_is_allowed_and_fair(rng):
    allowed = np.array([[True, False, True, True]] * 3_000)
    counts = np.bincount(random_action(allowed, rng), minlength=4)
    assert counts[1] == 0
    assert counts[[0, 2, 3]].min() > 900


def test_wins_and_blocks_one_by_one(rng):
    """Against every action tried by itself, for both sides."""
    position = random_positions(GAME, 200, rng)
    position = position.at(~GAME.over(position))
    for row in range(len(position.mask)):
        one = position.at([row])
        for action in range(GAME.actions):
            wins = blocks = False
            if GAME.legal(one)[0, action]:
                after = GAME.play(one, np.array([action]))
                wins = GAME.won(after)[0]
                theirs = one.other | (after.mask ^ one.mask)
                blocks = GAME.won(after._replace(own=theirs ^ after.mask))[0]
            assert winning(GAME, one)[0, action] == wins
            assert blocking(GAME, one)[0, action] == blocks


def test_one_move_ahead_wins_first_and_blocks_second(rng):
    game, player = GAMES["connect4"], one_move_player(GAMES["connect4"])
    win_or_block = game.after([0, 1, 0, 1, 0, 1])  # both have three on top of each other
    block = game.after([0, 3, 0, 4, 0])
    for _ in range(20):
        assert player(win_or_block, rng) == 0
        assert player(block, rng) == 0
    assert len({int(player(game.start(1), rng)[0]) for _ in range(200)}) == 7


def test_a_perfect_player_makes_no_mistake_and_others_do(table, perfect, rng):
    going = ~GAME.over(table.position)
    positions = Labelled(table.position, table.action_values).at(going)
    sample = positions.at(rng.choice(int(going.sum()), 3_000, replace=False))
    scores = [
        accuracy(player, sample.at(sample.decisive), rng)
        for player in (random_player(GAME), one_move_player(GAME), perfect)
    ]
    assert scores[0] < scores[1] < scores[2] == 1
    assert positions.decisive.sum() == 64_142


def test_right_keeps_the_value():
    values = np.array([[1, 0, -np.inf], [-1, -1, -np.inf], [-np.inf, -1, 0]])
    positions = Labelled(GAME.start(3), values)
    assert right(np.array([0, 1, 1]), positions).tolist() == [True, True, False]
    assert positions.decisive.tolist() == [True, False, True]


def test_quiet_positions(table, rng):
    """No win for either side, tried out; and the moves differ in value."""
    rows = rng.choice(np.flatnonzero(~GAME.over(table.position)), 3_000, replace=False)
    positions = Labelled(table.position.at(rows), table.action_values[rows])
    position = positions.position
    loud = (winning(GAME, position) | blocking(GAME, position)).any(axis=1)
    found = quiet(GAME, positions)
    assert_array_equal(found, positions.decisive & ~loud)
    assert 20 < found.sum() < 2_000


def test_a_match_is_fair_and_is_replayed_from_its_seed():
    players = random_player(GAME), one_move_player(GAME)
    played = match(GAME, *players, games=60, seed=3)
    again = match(GAME, *players, games=60, seed=3)
    assert played.moves == again.moves
    assert_array_equal(played.results, again.results)
    assert match(GAME, *players, games=60, seed=4).moves != played.moves
    for one, other in zip(played.moves[::2], played.moves[1::2], strict=True):
        assert one[:2] == other[:2]  # the same opening, once for each colour
    assert len({moves[:2] for moves in played.moves}) > 5


def test_results_are_those_of_the_games():
    """Every game replayed move by move; the first player begins in the even ones."""
    played = match(GAME, one_move_player(GAME), random_player(GAME), games=60, seed=1)
    for number, (moves, result) in enumerate(zip(played.moves, played.results, strict=True)):
        position = GAME.after(moves)
        assert GAME.over(position)[0]
        assert not any(GAME.over(GAME.after(moves[:k]))[0] for k in range(len(moves)))
        last = (len(moves) - 1) % 2 == number % 2  # the first player made the last move
        assert result == (GAME.won(position)[0] and (1 if last else -1))
    assert played.points > 0.8


def test_perfect_players_win_for_the_side_that_is_winning(perfect):
    played = match(GAME, perfect, perfect, games=20, opening=0)
    assert played.results.tolist() == [1, -1] * 10  # the first to move wins 5x4
    assert played.points == 0.5


def test_an_illegal_action_and_an_odd_number_are_refused():
    stubborn = lambda position, rng: np.zeros(len(position.mask), int)  # noqa: E731
    with pytest.raises(ValueError, match="not legal"):
        match(GAME, stubborn, stubborn, games=2)
    with pytest.raises(ValueError, match="play an even number"):
        match(GAME, stubborn, stubborn, games=3)
    with pytest.raises(ValueError, match="may be over within 20 moves"):
        match(GAME, stubborn, stubborn, games=2, opening=20)


def test_the_words_of_a_match():
    played = match(GAME, one_move_player(GAME), random_player(GAME), games=10, seed=0)
    won, drawn, lost = ((played.results == result).sum() for result in (1, 0, -1))
    assert str(played).startswith(f"{won}-{drawn}-{lost}, {(won + drawn / 2) / 10:.1%} of points (")


@pytest.mark.parametrize(
    ("seen", "count", "low", "high"),
    [(0.5, 10, 0.2366, 0.7634), (1.0, 100, 0.9630, 1.0), (0.0, 20, 0.0, 0.1611)],
)
def test_wilson(seen, count, low, high):
    """Values of statsmodels' proportion_confint(method="wilson")."""
    assert wilson(seen, count) == pytest.approx((low, high), abs=2e-4)


@pytest.mark.parametrize("result, shown", [(-1, "0.0% of points (0.0% to"), (1, "to 100.0%)")])
def test_an_interval_ends_at_0_and_1_to_the_last_bit(result, shown):
    for games in range(2, 200, 2):
        found = Match(np.full(games, result), ())
        assert found.interval[0] >= 0 and found.interval[1] <= 1
        assert shown in str(found) and "-0.0%" not in str(found)
