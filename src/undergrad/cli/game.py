"""A board game in the terminal: you against an agent, with what its search found.

In a terminal the board is drawn after every move. Without one, moves and keys are read as lines
until the input ends, and what happens is said in sentences.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from undergrad.cli.terminal import is_interactive, paint, say, typed, wrap
from undergrad.errors import UsageError

if TYPE_CHECKING:
    from undergrad.rl.games.play import Advice, Advisor, Played

_KEYS = (
    ("u", "undo your last move"),
    ("h", "hint: what the agent would play in your place"),
    ("s", "change sides"),
    ("w", "watch the agent play against itself to the end"),
    ("n", "start a new game"),
    ("q", "quit"),
)


@dataclass(frozen=True)
class Table:
    """Who plays, and where to say so."""

    advise: "Advisor"
    agent: str  # its name in a sentence
    drawn: bool  # whether the board is drawn after every move
    err: bool  # whether everything is said on stderr, since stdout is taken

    def say(self, lines: Any) -> None:
        """Print a sentence or lines."""
        say(lines, err=self.err)


def play(table: Table, played: "Played") -> tuple["Played", bool]:
    """Play until the person quits or the input ends.

    A move that is not legal is one sentence, and the game goes on. Returns the game as it was left,
    and whether every line that was read without a terminal could be followed.
    """
    table.say(opening_lines(table, played))
    understood = True
    try:
        while True:
            if not played.over and played.turn != played.person:
                played = _agent_moves(table, played)
                continue
            if (word := _next_word(played)) == "q":
                break
            try:
                played = _follow(table, played, word)
            except UsageError as error:
                understood = is_interactive()
                say(str(error), err=table.err or not understood)
    except click.Abort:
        table.say("")
    if not table.drawn:
        table.say(board_lines(played))
    return played, understood


def _follow(table: Table, played: "Played", word: str) -> "Played":
    """The game after what the person typed."""
    if word.isdecimal():
        after = played.after(int(word) - 1)
        if not table.drawn:
            table.say(f"You play {word}.")
        return _shown(table, after)
    match word:
        case "u":
            return _shown(table, played.undone())
        case "s":
            return _shown(table, played.switched())
        case "n":
            return _shown(table, replace(played, moves=()))
        case "h" if not played.over:
            advice = table.advise(played.position)
            table.say(advice_lines("In your place the agent would play", played, advice))
            if table.drawn:
                table.say(board_lines(played, advice))
        case "w":
            while not played.over:
                played = _agent_moves(table, played)
        case _:
            table.say(key_lines(played))
    return played


def _agent_moves(table: Table, played: "Played") -> "Played":
    advice = table.advise(played.position)
    after = played.after(advice.action)
    table.say(advice_lines("The agent plays", played, advice))
    if table.drawn:
        table.say(board_lines(after, advice))
    if after.over:
        table.say(result_line(after))
    return after


def _shown(table: Table, played: "Played") -> "Played":
    if table.drawn:
        table.say(board_lines(played))
    if played.over:
        table.say(result_line(played))
    return played


def _next_word(played: "Played") -> str:
    """What the person types, in small letters; "q" when the input has ended."""
    if is_interactive():
        return typed("n, u, s or q" if played.over else "Your move, or ?").lower()
    line = sys.stdin.readline()
    return line.strip().lower() if line else "q"


def opening_lines(table: Table, played: "Played") -> Iterator[str]:
    """Who plays whom, and how."""
    you, agent = _symbol(played.person), _symbol(1 - played.person)
    yield f"{played.game.n} in a line win. You are {you}, {table.agent} is {agent}."
    if table.drawn:
        yield from key_lines(played)
        yield from board_lines(played)


def key_lines(played: "Played") -> Iterator[str]:
    """What can be typed."""
    yield ""
    yield from wrap(f"play in that {played.unit}", " " * 9, f"  {f'1 to {played.game.actions}':<7}")
    for key, does in _KEYS:
        yield from wrap(does, " " * 9, f"  {key:<7}")
    yield ""


def board_lines(played: "Played", advice: "Advice | None" = None) -> Iterator[str]:
    """The board, with the visits of a search below it."""
    from undergrad.rl.games import draw

    symbols = _symbol(0), _symbol(1)
    visits = None if advice is None else advice.visits
    yield ""
    yield from draw.text(played.game, played.position, symbols, visits)
    yield ""


def advice_lines(beginning: str, played: "Played", advice: "Advice") -> Iterator[str]:
    """What a search found, in two sentences."""
    share = advice.visits[advice.action] / advice.visits.sum()
    line = " ".join(str(action + 1) for action in advice.line)
    yield (
        f"{beginning} {advice.action + 1}, the choice of {share:.0%} of its "
        f"{advice.visits.sum():,.0f} simulations: value {advice.value:+.2f} for "
        f"{_symbol(played.turn)}. It expects {line}."
    )


def result_line(played: "Played") -> str:
    """How the game ended."""
    if played.winner is None:
        return "A draw: the board is full."
    who = "you" if played.winner == played.person else "the agent"
    return f"{_symbol(played.winner)} wins: {who}."


def _symbol(player: int) -> str:
    from undergrad.rl.games.draw import SYMBOLS

    return paint(SYMBOLS[player], ("red", "yellow")[player], bold=True)


def as_json(played: "Played", agent: str, last: "Advice | None") -> dict[str, Any]:
    """A game for programs; actions count from 1, as they are typed."""
    winner = None if played.winner is None else ("agent", "you")[played.winner == played.person]
    return {
        "game": played.game.name,
        "agent": agent,
        "you": ("first", "second")[played.person],
        "moves": [action + 1 for action in played.moves],
        "over": played.over,
        "winner": winner,
        "visits": None if last is None else [int(visits) for visits in last.visits],
        "value": None if last is None else last.value,
        "line": None if last is None else [action + 1 for action in last.line],
    }
