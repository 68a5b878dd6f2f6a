"""The solver against whole tables, published values and another solver's labels."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tests.rl.games.boards import position_of

from undergrad.datasets import connect4
from undergrad.rl.games import GAMES
from undergrad.rl.games.connect_n import ConnectN
from undergrad.rl.games.solver import Solver
from undergrad.rl.games.table import solve_all


def labelled(stones, count):
    """Positions of the dataset with so many stones, and what each column is worth there."""
    data = connect4()
    rows = np.flatnonzero(np.isin(data.stones, stones))
    rows = rows[:: len(rows) // count]
    scores = data.scores[rows]
    boards = np.where(data.boards[rows] == 2, -1, data.boards[rows])
    return position_of(GAMES["connect4"], boards), np.where(
        scores == -128, -np.inf, np.sign(scores)
    )


def solved(solver, position):
    return [solver.action_values(position.at([row])) for row in range(len(position.mask))]


def test_every_position_of_a_small_board(rng):
    """4x4: a sample of all positions, finished games among them, early ones too."""
    table = solve_all(ConnectN("small", 4, 4, 4))
    rows = rng.choice(len(table.keys), 1_000, replace=False)
    solver = Solver(table.game)
    position = table.position.at(rows)
    assert [solver.value(position.at([row])) for row in range(1_000)] == table.values[rows].tolist()
    assert_array_equal(solved(solver, position.at(slice(100))), table.action_values[rows[:100]])


def test_the_empty_board_of_four_columns_is_a_draw():
    assert Solver(ConnectN("5x4", 5, 4, 4)).value(GAMES["connect4"].start(1)) == 0


@pytest.mark.slow
def test_a_larger_board_by_table_and_by_search(rng):
    table = solve_all(ConnectN("4x5", 4, 5, 4))
    legal = table.action_values > -np.inf
    assert len(table.keys) == 3_945_711
    assert legal.any(axis=1).sum() == 3_100_379
    worst = np.where(legal, table.action_values, np.inf).min(axis=1)
    assert (worst < table.values)[legal.any(axis=1)].sum() == 1_709_487
    solver, start = Solver(table.game), table.game.start(1)
    assert solver.action_values(start).tolist() == [-1, 0, 0, 0, -1]
    rows = rng.choice(len(table.keys), 2_000, replace=False)
    values = [solver.value(table.position.at([row])) for row in rows]
    assert values == table.values[rows].tolist()


def test_labels_of_another_solver():
    position, values = labelled((22, 24, 26, 28, 30), 50)
    assert_array_equal(solved(Solver(GAMES["connect4"]), position), values)


@pytest.mark.slow
@pytest.mark.parametrize("stones", [16, 18, 20, 22, 24, 26, 28, 30])
def test_all_labels_of_another_solver(stones):
    """With fewer stones a position takes seconds, and some take minutes."""
    position, values = labelled(stones, 400)
    assert_array_equal(solved(Solver(GAMES["connect4"]), position), values)


def test_a_reflected_position_is_worth_the_same(rng):
    position, _ = labelled(24, 10)
    game = GAMES["connect4"]
    cells, actions = game.symmetries[1]
    boards = game.planes(position)[:, 0] - game.planes(position)[:, 1]
    reflected = position_of(game, boards.reshape(10, -1)[:, cells].astype(int))
    values = solved(Solver(game), position)
    assert_array_equal(np.array(solved(Solver(game), reflected)), np.array(values)[:, actions])


def test_a_solver_for_lines_of_three_is_refused():
    with pytest.raises(ValueError, match="knows lines of 4, and here 3 win"):
        Solver(GAMES["connect3"])
