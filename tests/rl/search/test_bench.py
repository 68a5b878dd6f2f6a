"""The benchmark of the search: the rebuilt peer plays the same game, and all rates are counted."""

import numpy as np
import pytest
from bench import search, search_peers
from tests.rl.search.boards import after_random_moves

from undergrad.rl.games import GAMES

FOUR = GAMES["connect4"]


def test_the_rules_of_the_peer_are_ours():
    """On positions of every length, some of them over: lines, full boards, moves."""
    start, rng = after_random_moves(FOUR, 300, 40), np.random.default_rng(0)
    legal = FOUR.legal(start)
    position = FOUR.play(start, (rng.random(legal.shape) * legal).argmax(1))
    seen = set()
    for before, after, own, next_own in zip(
        FOUR.planes(start), FOUR.planes(position), legal, FOUR.legal(position), strict=True
    ):
        board, board_after = before[0] - before[1], after[0] - after[1]
        dropped = [-search_peers.dropped(board, column) for column in np.flatnonzero(own)]
        assert any(np.array_equal(board_after, each) for each in dropped)
        seen.add(found := search_peers.outcome(board_after))
        assert (found is not None) == (not next_own.any())
    assert {None, -1.0} <= seen


def test_the_peer_finds_a_win_at_once():
    board = np.zeros((6, 7))
    board[5, :3], board[4, :3] = 1, -1
    tree = search_peers.Dictionaries(search_peers.Network([128]))
    for _ in range(200):
        tree.search(board)
    visits = [tree.edge_visits.get((str(board), column), 0) for column in range(7)]
    assert np.argmax(visits) == 3
    assert sum(visits) == 199


def test_leaves_games_and_the_time_in_the_network_are_counted(monkeypatch):
    monkeypatch.setattr(search, "SECONDS", 0.01)
    monkeypatch.setattr(search, "SIMULATIONS", 2)
    ours = search.self_play("128-128", "Gumbel root", 4)
    theirs = search_peers.Network([128, 128])
    leaves, games, network = search_peers.rate(search_peers.alpha_zero_general, theirs, 2, 0.01)
    assert ours.leaves > ours.games > 0
    assert leaves > games > 0
    assert 0 < ours.network < 1
    assert 0 < network < 1


def test_a_peer_that_is_not_there_has_no_row(monkeypatch, capsys):
    monkeypatch.setattr(search_peers.sys, "argv", ["", "128,128", "2", "0.01"])
    monkeypatch.setitem(search_peers.sys.modules, "pyspiel", None)
    search_peers.main()
    assert [line.split(",")[0] for line in capsys.readouterr().out.splitlines()] == [
        '["alpha-zero-general"'
    ]


@pytest.mark.parametrize("name", search.SEARCHES)
def test_each_search_of_ours_is_what_its_name_says(name):
    settings = search.agent_of(search.PLAYED[0], **search.SEARCHES[name]).settings
    assert settings.root == ("gumbel" if name.startswith("Gumbel") else "puct")
    assert settings.tree_reuse == name.endswith("reused")
