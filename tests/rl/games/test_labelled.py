"""The labelled positions that are shipped: a sample solved again, and all as their recipe says."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from undergrad.rl.games import GAMES
from undergrad.rl.games.label import RECIPES, candidates, reflected
from undergrad.rl.games.solver import Solver
from undergrad.rl.games.strength import FOLDER, labelled, quiet, save_labelled

EVERY = pytest.mark.parametrize("name", RECIPES)


@EVERY
def test_they_are_what_the_recipe_says(name):
    game, recipe, positions = GAMES[name], RECIPES[name], labelled(name)
    position = positions.position
    assert len(position.mask) == recipe.quiet + recipe.other
    assert quiet(game, positions)[: recipe.quiet].all()
    assert positions.decisive.all()
    assert_array_equal(positions.action_values > -np.inf, game.legal(position))
    low, high = recipe.stones
    assert low <= position.stones.min() < position.stones.max() <= high
    keys = np.minimum(game.key(position), game.key(reflected(game, position)))
    assert len(np.unique(keys)) == len(keys)
    owners = np.bitwise_count(position.own), np.bitwise_count(position.other)
    assert set(owners[1] - owners[0]) == {0, 1}  # the first player has as many or one more


@EVERY
def test_a_sample_is_solved_again(name):
    game, positions = GAMES[name], labelled(name)
    late = np.flatnonzero(positions.position.stones >= 21)[:40]
    solver = Solver(game)
    values = [solver.action_values(positions.position.at([row])) for row in late]
    assert_array_equal(values, positions.action_values[late])


@pytest.mark.slow
@EVERY
def test_all_are_solved_again(name):
    solver, positions = Solver(GAMES[name]), labelled(name)
    for row, values in enumerate(positions.action_values):
        assert_array_equal(solver.action_values(positions.position.at([row])), values)


@EVERY
def test_they_are_among_the_candidates_of_the_recipe(name):
    game = GAMES[name]
    known = set(game.key(candidates(game, RECIPES[name])).tolist())
    assert set(game.key(labelled(name).position).tolist()) <= known


def test_they_are_small_and_read_as_they_were_written(tmp_path):
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 30_000
    positions = labelled("connect4-small")
    save_labelled(tmp_path / "again.npz", positions)
    assert (tmp_path / "again.npz").stat().st_size < 15_000


def test_a_reflected_position(rng):
    game = GAMES["connect4"]
    position = game.after([0, 0, 1, 5])
    assert_array_equal(reflected(game, position), game.after([6, 6, 5, 1]))
