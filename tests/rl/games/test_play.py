"""A game against a person, as a value; and what a search says of it."""

import numpy as np
import pytest

from undergrad.errors import UsageError
from undergrad.rl.games import GAMES
from undergrad.rl.games.play import Played
from undergrad.rl.games.players import winning
from undergrad.rl.search import batched, puct, uct
from undergrad.rl.search.advice import puct_advisor, uct_advisor
from undergrad.rl.search.formulas import PUCT

FOUR, TIC = GAMES["connect4"], GAMES["tictactoe"]


def one_ahead(position):
    """An evaluator that likes the moves that win at once."""
    return 5.0 * winning(FOUR, position), np.zeros(len(position.mask))


ADVISORS = {
    "uct": uct_advisor(FOUR, 150),
    "puct": puct_advisor(FOUR, one_ahead, 60, PUCT()),
}


@pytest.mark.parametrize(
    ("played", "action", "said"),
    [
        (Played(FOUR), 7, "There is no column 8: they are numbered 1 to 7."),
        (Played(FOUR), -1, "There is no column 0"),
        (Played(FOUR, (3,) * 6), 3, "The column 4 is full: play one of 1, 2, 3, 5, 6, 7."),
        (Played(TIC, (4,)), 4, "The cell 5 is taken: play one of 1, 2, 3, 4, 6, 7, 8, 9."),
        (Played(TIC, (0, 3, 1, 4, 2)), 5, "The game is over: undo a move, or start a new game."),
    ],
)
def test_a_move_that_is_not_legal_is_one_sentence(played, action, said):
    with pytest.raises(UsageError, match=said):
        played.after(action)


def test_undo_takes_back_to_the_persons_own_move():
    assert Played(FOUR, (3, 2)).undone().moves == ()
    assert Played(FOUR, (3, 2, 1)).undone().moves == (3, 2)  # the agent has not replied yet
    assert Played(FOUR, (3, 2, 1), person=1).undone().moves == (3,)
    for played in (Played(FOUR), Played(FOUR, (3,), person=1)):
        with pytest.raises(UsageError, match="no move of yours"):
            played.undone()


def test_who_has_won():
    first = Played(TIC, (0, 3, 1, 4, 2))
    assert (first.over, first.winner) == (True, 0)
    second = Played(TIC, (0, 3, 1, 4, 8, 5))
    assert (second.over, second.winner) == (True, 1)
    drawn = Played(TIC, (0, 1, 2, 4, 3, 5, 7, 6, 8))
    assert (drawn.over, drawn.winner) == (True, None)
    assert Played(TIC, (0,)).switched().person == 1


def test_of_actions_with_as_many_visits_the_one_with_the_larger_value_is_played():
    """The rule of the search, `most_visited`, in every place that names a best move."""

    def knows(position):
        """Every position looks even, except after cell 4, which is good for the one who took it."""
        taken = (position.other & TIC.cells[4]) != 0
        return np.zeros((len(position.mask), 9)), np.where(taken, -0.1, 0.1)

    root = puct.search(TIC, TIC.start(1), knows, 9)
    assert set(root.visits[[0, 4]]) == {1}  # a tie: the first one is not the best one
    advice = puct_advisor(TIC, knows, 9, PUCT())(TIC.start(1))
    many = batched.search(TIC, TIC.start(2), knows, 9)
    assert advice.action == advice.line[0] == root.best == root.line[0] == 4
    assert many.best.tolist() == [4, 4]
    tree = uct.search(FOUR, FOUR.after([0, 1, 0, 1, 0, 1]), 7, np.random.default_rng(0))
    assert set(tree.root_visits[0]) == {1}
    assert tree.line(0)[0] == tree.total[0, 0].argmax()


@pytest.mark.parametrize("name", ADVISORS)
def test_advice_sees_a_win_and_expects_legal_moves(name):
    advice = ADVISORS[name](FOUR.after([0, 1, 0, 1, 0, 1]))
    assert advice.action == 0
    assert advice.value > 0.5
    assert advice.line == (0,)
    advice = ADVISORS[name](FOUR.after([3, 3, 3]))
    assert advice.visits.shape == (7,)
    assert -0.9 < advice.value < 0.9
    played = Played(FOUR, (3, 3, 3))
    for action in advice.line:
        played = played.after(action)  # each of them is legal
    assert advice.line[0] == advice.action
    assert len(advice.line) > 1
