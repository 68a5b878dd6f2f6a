"""What judges an agent in a game: the positions, right moves, and points in matches."""

import numpy as np
import pytest
from tests.rl.search.boards import moves_of_tictactoe

from undergrad.rl import evaluate_game
from undergrad.rl.evaluate_game import evaluate_moves, positions_of
from undergrad.rl.games import GAMES
from undergrad.rl.games.base import Position
from undergrad.rl.games.table import solve_all
from undergrad.rl.run import preset
from undergrad.rl.vector_env import EnvSpec

TICTACTOE = GAMES["tictactoe"]


class Scripted:
    """Plays by the exact values of a small board: the best moves, or the worst."""

    def __init__(self, game, sign):
        self.game, self.sign, self.table = game, sign, solve_all(game)

    def act_greedily(self, boards):
        values = self.table.action_values[self.table.find(Position(*boards.T))]
        return np.where(np.isinf(values), -np.inf, self.sign * values).argmax(1)

    def network_move(self, boards):
        return Scripted.act_greedily(self, boards)


@pytest.mark.parametrize(("game", "count"), [("tictactoe", 3_191), ("connect3", 64_142)])
def test_positions_where_a_mistake_is_possible(game, count):
    positions = positions_of(game)
    assert len(positions.action_values) == count
    assert positions.decisive.all()


def test_those_of_tictactoe_equal_plain_minimax():
    position, best = moves_of_tictactoe()
    possible = (TICTACTOE.legal(position) & ~best).any(1)
    keys = TICTACTOE.key(position.at(possible))
    ours = positions_of("tictactoe")
    order, ours_order = np.argsort(keys), np.argsort(TICTACTOE.key(ours.position))
    assert np.array_equal(keys[order], TICTACTOE.key(ours.position)[ours_order])
    values = ours.action_values[ours_order]
    assert np.array_equal(values == values.max(1, keepdims=True), best[possible][order])


def test_right_moves_are_counted():
    perfect, worst = (Scripted(TICTACTOE, sign) for sign in (1, -1))
    assert evaluate_moves(perfect, 9_999, 0).mean == 1
    assert evaluate_moves(worst, 9_999, 0).mean == 0
    worst.act_greedily = perfect.act_greedily
    outcome = evaluate_moves(worst, 500, [1, 2])
    assert (outcome.mean, outcome.more) == (1, {"network_alone": 0})
    assert len(outcome.returns) == len(outcome.first) == 500
    assert len(np.unique(outcome.first, axis=0)) == 500


def test_the_same_seed_draws_the_same_positions():
    player = Scripted(TICTACTOE, 1)
    first = [evaluate_moves(player, 50, [3, seed]).first.tolist() for seed in (0, 0, 1)]
    assert first[0] == first[1] != first[2]


def test_points_are_those_of_the_agent(monkeypatch):
    monkeypatch.setattr(evaluate_game, "_GAMES", 40)
    env = EnvSpec("tictactoe")
    perfect, worst = (Scripted(TICTACTOE, sign).act_greedily for sign in (1, -1))
    assert evaluate_game.points_against_one_move(perfect, env, 1.0) > 0.55
    assert evaluate_game.points_against_one_move(worst, env, 1.0) < 0.2


def test_every_game_has_its_preset():
    """A sentence about a game in the wrong place names it."""
    assert {f"{game}-zero" for game in GAMES} <= set(preset.names())


@pytest.mark.parametrize("name", [name for name in preset.names() if name.endswith("-zero")])
def test_a_pass_line_counts_all_positions_of_its_game(name):
    task = preset.load(name)
    assert task.pass_line.episodes == len(positions_of(task.environment).action_values)
