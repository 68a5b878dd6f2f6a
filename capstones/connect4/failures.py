"""Two failures of the agent in the middle, chosen by a rule that was fixed before looking.

`failures/sure.webp`: of the test positions in which it gives a won game away to a lost one, the one
of which it expects most. `failures/lost.webp`: of the games that it lost to UCT-1000, the first
whose decisive mistake the solver can find, with the position before it and the end.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from undergrad.rl.games.solver import Solver

import drawing
import evaluate
from data import GAME, exact, played, written

FOLDER = Path(__file__).with_name("failures")
SOLVED = 16  # stones: with fewer of them, the solver takes too long


def draw(seed: int, games: list[str]) -> None:
    """Draw both, and print what they show. games: those of the seed against UCT-1000."""
    FOLDER.mkdir(exist_ok=True)
    sure(seed)
    lost(seed, games)


def sure(seed: int) -> None:
    """The won position that it gives away and expects most of."""
    known = exact()["test"]
    thought = evaluate.thoughts(seed, known.position)
    action = evaluate.moves(evaluate.agent(seed), known.position)
    chosen = known.action_values[np.arange(len(action)), action]
    given = np.flatnonzero((known.action_values.max(axis=1) == 1) & (chosen == -1))
    worst = given[thought.expected[given].argmax()]
    figure, axis = plt.subplots(figsize=(3.4, 3.8), layout="constrained")
    right = known.action_values[worst] == 1
    shown = {"visits": thought.visits[worst], "ring": action[worst], "right": right}
    drawing.show(axis, known.position.at([worst]), **shown)
    keep(figure, "sure.webp")
    print(f"seed {seed} gives {len(given)} wins away to a loss; most sure of position {worst},")
    print(f"expects {thought.expected[worst]:+.2f}, plays column {action[worst] + 1},", end=" ")
    print("right were", *np.flatnonzero(right) + 1)


def lost(seed: int, games: list[str]) -> None:
    """The last move of a lost game that made its outcome worse, and the end of it."""
    solver, ends = Solver(GAME), [text.split()[0] for text in games if text.endswith("lost")]
    found = ((played(text), decisive(played(text), solver)) for text in ends)
    moves, stones = next((each for each in found if each[1] is not None), (None, None))
    if moves is None:
        print(f"seed {seed} lost {len(ends)} games, none by a mistake that can be shown")
        return
    position = GAME.after(moves[:stones])
    values, thought = solver.action_values(position), evaluate.thoughts(seed, position)
    figure, axes = plt.subplots(1, 2, figsize=(6.6, 3.8), layout="constrained")
    shown = {"visits": thought.visits[0], "ring": moves[stones], "right": values == values.max()}
    drawing.show(axes[0], position, **shown)
    drawing.show(axes[1], GAME.after(moves), visits=np.zeros(7), right=np.zeros(7, bool))
    keep(figure, "lost.webp")
    print(f"seed {seed} lost {written(moves)}; with {stones} stones", end=" ")
    print(f"it expects {thought.expected[0]:+.2f},")
    print(f"plays column {moves[stones] + 1}, worth {values[moves[stones]]:+.0f};", end=" ")
    print(f"best was {values.max():+.0f} by", *np.flatnonzero(values == values.max()) + 1)


def decisive(moves: list[int], solver: Solver) -> int | None:
    """After how many stones the loser last played a move that made the outcome worse."""
    for stones in range(len(moves) - 2, SOLVED - 1, -2):
        values = solver.action_values(GAME.after(moves[:stones]))
        if values[moves[stones]] < values.max():
            return stones
    return None


def keep(figure, name: str) -> None:
    """Write a figure."""
    figure.savefig(FOLDER / name, dpi=110, pil_kwargs={"quality": 85})
    plt.close(figure)
