"""Dyna: learn a model of the world on the way, and learn from what it remembers as well.

After each real step the agent takes some imagined ones: a state and an action that it has tried,
and what they led to the last time. The same rule updates the table from both. So one reward found
by chance travels back over many states before the next real step is taken. Where steps are dear
and computing is cheap, that is a good exchange; where the world changes or is random, a model that
remembers only the last outcome misleads.

Source: Sutton and Barto, 2nd edition, section 8.2.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from undergrad.rl.agents.tabular.control import Step


class Model:
    """What each action led to when it was last taken."""

    def __init__(self) -> None:
        self._steps: list[Step] = []  # one for each state and action that was tried
        self._place: dict[tuple[int, int], int] = {}  # where it stands in that list

    def learn(self, step: Step) -> None:
        """Remember this outcome, in place of an earlier one of the same state and action."""
        place = self._place.setdefault((step.state, step.action), len(self._steps))
        self._steps[place : place + 1] = [step]

    def sample(self, count: int, rng: np.random.Generator) -> Iterator[Step]:
        """Remembered steps, `count` of them, each evenly from all that were tried."""
        for place in rng.integers(len(self._steps), size=count).tolist():
            yield self._steps[place]

    def rows(self) -> list[list[Any]]:
        """All remembered steps as plain values."""
        return [list(step) for step in self._steps]

    def load_rows(self, rows: Sequence[Sequence[Any]]) -> None:
        """Remember what `rows` held, and nothing else."""
        self._steps, self._place = [], {}
        for row in rows:
            self.learn(Step(*row))
