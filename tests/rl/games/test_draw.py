"""Drawings of boards: what stands where, in text and in SVG."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from undergrad.rl.games import GAMES, draw


def test_connect_four_as_text():
    game = GAMES["connect4-small"]
    lines = list(draw.text(game, game.after([2, 2, 0])))
    assert lines == [
        "   .   .   .   .   .",
        "   .   .   .   .   .",
        "   .   .   .   .   .",
        "   .   .   .   .   .",
        "   .   .   O   .   .",
        "   X   .   X   .   .",
        "   1   2   3   4   5",
    ]


def test_tictactoe_numbers_its_empty_cells_and_shows_visits():
    game = GAMES["tictactoe"]
    visits = np.array([0, 10, 0, 0, 0, 30, 0, 0, 0])
    lines = list(draw.text(game, game.after([4, 0]), ("x", "o"), visits))
    assert lines == [
        "   o   2   3",
        "   4   x   6",
        "   7   8   9",
        "  0% 25%  0%",
        "  0%  0% 75%",
        "  0%  0%  0%",
    ]


@pytest.mark.parametrize("moves", [[], [0], [0, 1, 2], [1, 0, 2, 2, 1]])
def test_a_stone_keeps_its_player_when_the_other_is_to_move(moves):
    game = GAMES["connect4"]
    board = draw.board(game, game.after(moves))
    assert (board == 1).sum() == (len(moves) + 1) // 2
    assert (board == 2).sum() == len(moves) // 2
    heights = [0] * 7
    for number, column in enumerate(moves):
        assert board[5 - heights[column], column] == 1 + number % 2
        heights[column] += 1


@pytest.mark.parametrize("name", GAMES)
def test_svg_has_every_cell_and_stone(name):
    game = GAMES[name]
    moves = [0, 1, 2]
    drawing = draw.svg(game, game.after(moves), np.eye(game.actions)[1])
    root = ElementTree.fromstring(drawing)
    tag = "{http://www.w3.org/2000/svg}"
    cells = [one for one in root.iter(f"{tag}rect") if one.get("fill") == "none"]
    assert len(cells) == game.rows * game.columns
    assert len(list(root.iter(f"{tag}circle"))) == 3
    letters = [one.text for one in root.iter(f"{tag}text")]
    assert (letters.count("X"), letters.count("O")) == (2, 1)
    title = root.findtext(f"{tag}title")
    assert len(re.findall("[XO]", title)) == 3
    assert draw.DRAWING.match(drawing.encode())
    assert set(root.attrib) >= {"viewBox", "role"}
