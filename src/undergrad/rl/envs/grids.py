"""Small known worlds: a gridworld from a map, a cliff, a chain, and one that deceives the maximum.

On a map, `S` is where a game begins, `G` the goal, `H` a hole, `C` a cliff, `#` a wall and `.` free
ground. The four actions are up, right, down and left, in that order; a player who walks against a
wall or the edge stays where they are.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.envs import paint
from undergrad.rl.envs.mdp import MDP, from_outcomes
from undergrad.rl.envs.table import TableGame

Array: TypeAlias = npt.NDArray[Any]
Outcome: TypeAlias = tuple[float, int, float, bool]

UP, RIGHT, DOWN, LEFT = range(4)
_MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # (rows, columns)
_COLOURS = {
    "S": paint.SKY,
    "G": paint.GREEN,
    "H": paint.INK,
    "C": paint.RED,
    "#": paint.GREY,
    "A": paint.SKY,
    "B": paint.GOLD,
    "E": paint.INK,
}

ROOMS = (
    "S...#....",
    "....#....",
    ".........",
    "....#....",
    "#.####.##",
    "....#....",
    "....#..H.",
    "........G",
)
CLIFF = (
    "............",
    "............",
    "............",
    "SCCCCCCCCCCG",
)


def gridworld(layout: Sequence[str] = ROOMS, slip: float = 0.1, step_reward: float = 0.0) -> MDP:
    """A map to cross. The goal pays 1 and ends the game, a hole pays -1 and ends it.

    slip: how often a step goes to one side instead, half of the time to each.
    step_reward: what every step earns besides.
    """

    def outcomes(place: int, action: int) -> list[Outcome]:
        turns = [(action, 1 - slip), ((action + 1) % 4, slip / 2), ((action - 1) % 4, slip / 2)]
        return [(chance, *_arrive(layout, place, turn, step_reward)) for turn, chance in turns]

    return _of_map(layout, outcomes)


def cliff() -> MDP:
    """Walk along a cliff. Every step costs 1; a fall costs 100 and leads back to the start.

    The shortest way runs right beside the edge. Source: Sutton and Barto, example 6.6.
    """

    def outcomes(place: int, action: int) -> list[Outcome]:
        after = _walk(CLIFF, place, action)
        if _letter(CLIFF, after) == "C":
            return [(1.0, "".join(CLIFF).index("S"), -100.0, False)]
        return [(1.0, after, -1.0, _letter(CLIFF, after) == "G")]

    return _of_map(CLIFF, outcomes)


def chain(length: int = 10, slip: float = 0.0) -> MDP:
    """States in a row. Action 0 goes left, 1 goes right; the right end pays 1 and ends the game.

    The game begins on the left, where only one action in two leads onward, so that chance alone
    hardly ever reaches the end.   slip: how often a step goes the other way.
    """

    def outcomes(place: int, action: int) -> list[Outcome]:
        move = 1 if action else -1
        ways = [(place + move, 1 - slip), (place - move, slip)]
        ends = [(min(max(after, 0), length - 1), chance) for after, chance in ways]
        last = length - 1
        return [(chance, after, float(after == last), after == last) for after, chance in ends]

    table = {s: {a: outcomes(s, a) for a in range(2)} for s in range(length)}
    return from_outcomes(table, np.eye(length)[0])


def maximization_bias(arms: int = 10) -> MDP:
    """One good action and many bad ones that look good by chance.

    From A, action 0 ends the game with 0, and action 1 leads to B. From B each of the `arms`
    actions ends it with a reward around -0.1, with standard deviation 1. So going to B loses 0.1 on
    average, but the best of ten noisy estimates is nearly always above 0.
    States: A is 0, B is 1, the end is 2. Source: Sutton and Barto, example 6.7.
    """
    start, bad, over = 0, 1, 2
    goes: dict[int, Callable[[int], Outcome]] = {
        start: lambda a: (1.0, bad, 0.0, False) if a == 1 else (1.0, over, 0.0, True),
        bad: lambda a: (1.0, over, -0.1, True),
        over: lambda a: (1.0, over, 0.0, True),
    }
    table = {s: {a: [go(a)] for a in range(arms)} for s, go in goes.items()}
    known = from_outcomes(table, np.eye(3)[start])
    noise, allowed = np.zeros((3, arms)), np.ones((3, arms), bool)
    noise[bad], allowed[start, 2:] = 1.0, False
    tables = (known.probability, known.next_state, known.reward, known.terminated, known.start)
    return MDP(*tables, noise, allowed)


# The same as games to play.


def gridworld_game(
    layout: Sequence[str] = ROOMS, slip: float = 0.1, step_reward: float = 0.0
) -> TableGame:
    """`gridworld`, to play."""
    return TableGame(gridworld(layout, slip, step_reward), layout, _COLOURS)


def cliff_game() -> TableGame:
    """`cliff`, to play."""
    return TableGame(cliff(), CLIFF, _COLOURS)


def chain_game(length: int = 10, slip: float = 0.0) -> TableGame:
    """`chain`, to play."""
    return TableGame(chain(length, slip), ["S" + "." * (length - 2) + "G"], _COLOURS)


def maximization_bias_game(arms: int = 10) -> TableGame:
    """`maximization_bias`, to play."""
    return TableGame(maximization_bias(arms), ["ABE"], _COLOURS)


def _of_map(layout: Sequence[str], outcomes: Callable[[int, int], list[Outcome]]) -> MDP:
    letters = "".join(layout)
    table = {s: {a: outcomes(s, a) for a in range(4)} for s in range(len(letters))}
    starts = np.array([float(letter == "S") for letter in letters])
    return from_outcomes(table, starts / starts.sum())


def _arrive(
    layout: Sequence[str], place: int, action: int, step_reward: float
) -> tuple[int, float, bool]:
    """Next state, reward and whether that is the end."""
    after = _walk(layout, place, action)
    letter = _letter(layout, after)
    return after, step_reward + {"G": 1.0, "H": -1.0}.get(letter, 0.0), letter in "GH"


def _walk(layout: Sequence[str], place: int, action: int) -> int:
    height, width = len(layout), len(layout[0])
    (row, column), (down, right) = divmod(place, width), _MOVES[action]
    row, column = min(max(row + down, 0), height - 1), min(max(column + right, 0), width - 1)
    return place if layout[row][column] == "#" else row * width + column


def _letter(layout: Sequence[str], place: int) -> str:
    return layout[place // len(layout[0])][place % len(layout[0])]
