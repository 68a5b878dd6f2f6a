"""A world that is fully known: what each action leads to, with which probability.

Each of the A actions in each of the S states has up to K outcomes, as arrays (S, A, K). Outcomes
that do not exist have probability 0. With this an agent needs no experience: the best policy can be
calculated (`agents/tabular/planning.py`), which is how we know what a learned one should have been.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class MDP:
    """A Markov decision process with S states and A actions, as tables.

    `reward` is the mean reward of an outcome; `noise` is the standard deviation around it, normally
    distributed. Where a state has fewer actions than others, `allowed` is false for the rest; they
    must have outcomes nevertheless, those of another action.
    """

    probability: Array  # (S, A, K), adds up to 1 over the outcomes
    next_state: Array  # (S, A, K) int
    reward: Array  # (S, A, K)
    terminated: Array  # (S, A, K) bool: nothing can be earned after this outcome
    start: Array  # (S,) probability to begin there
    noise: Array = field(default_factory=lambda: np.zeros((1, 1)))  # broadcasts to (S, A)
    allowed: Array = field(default_factory=lambda: np.ones((1, 1), bool))  # broadcasts to (S, A)

    def __post_init__(self) -> None:
        shapes = {a.shape for a in (self.probability, self.next_state, self.reward)}
        if shapes != {self.terminated.shape} or len(self.terminated.shape) != 3:
            raise ValueError(f"MDP: the tables must all be (S, A, K), and are {shapes}")
        if not np.allclose(self.probability.sum(axis=2), 1) or not np.isclose(self.start.sum(), 1):
            raise ValueError("MDP: probabilities must add up to 1")

    @property
    def states(self) -> int:
        return len(self.probability)

    @property
    def actions(self) -> int:
        return int(self.probability.shape[1])


Outcomes: TypeAlias = Sequence[tuple[float, int, float, bool]]


def from_outcomes(table: Mapping[int, Mapping[int, Outcomes]], start: Array) -> MDP:
    """An MDP from lists of outcomes (probability, next state, reward, terminated).

    table[state][action] is such a list, as Gymnasium's toy worlds have it.
    """
    states, actions = len(table), len(table[0])
    width = max(len(table[s][a]) for s in range(states) for a in range(actions))
    shape = (states, actions, width)
    probability, reward = np.zeros(shape), np.zeros(shape)
    next_state, terminated = np.zeros(shape, np.int64), np.zeros(shape, bool)
    for s in range(states):
        for a in range(actions):
            for k, (chance, after, earned, over) in enumerate(table[s][a]):
                probability[s, a, k], next_state[s, a, k] = chance, after
                reward[s, a, k], terminated[s, a, k] = earned, over
    return MDP(probability, next_state, reward, terminated, np.asarray(start, float))


def of_environment(name: str, **settings: Any) -> MDP:
    """The MDP of a Gymnasium environment that shows its tables, ours or one of its toy worlds.

    Raises ValueError when `name` does not show any.
    """
    import gymnasium

    from undergrad.rl.envs import register

    register()
    env = gymnasium.make(name, **settings).unwrapped
    rules = getattr(env, "rules", None)
    known = getattr(rules, "mdp", None)
    if isinstance(known, MDP):
        return known
    table = getattr(env, "P", None)
    if table is None:
        raise ValueError(f"{name} does not show what its actions lead to")
    return from_outcomes(table, env.initial_state_distrib)  # type: ignore[attr-defined]
