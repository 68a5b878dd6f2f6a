"""Board games with exact answers: rules, solvers, players and how strong they are.

base, tictactoe, connect_n    the rules, as pure functions on arrays for many games at once
table, solver                 exact values: of every position of a small board; of one of a large
players                       random, one move ahead, perfect
draw, play                    a board as text and as SVG; a game between a person and an agent
strength, elo                 right moves on labelled positions, matches; ratings of many players
label                         makes the labelled positions that are shipped in positions/
"""

from undergrad.rl.games.base import Game
from undergrad.rl.games.connect_n import ConnectN
from undergrad.rl.games.tictactoe import TicTacToe

# Boards are rows x columns.
GAMES: dict[str, Game] = {
    game.name: game
    for game in (
        TicTacToe(),
        ConnectN("connect3", rows=5, columns=4, n=3),
        ConnectN("connect4-small", rows=6, columns=5, n=4),
        ConnectN("connect4", rows=6, columns=7, n=4),
    )
}
