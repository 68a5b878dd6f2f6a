"""Is a policy the best there is? A measure that a pass line can ask for."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.agents.tabular.planning import mistakes, reachable
from undergrad.rl.env import World
from undergrad.rl.envs.mdp import of_environment

Array: TypeAlias = npt.NDArray[Any]


def share_of_best_actions(policy: Callable[[Array], Array], world: World, discount: float) -> float:
    """The share of the states a policy comes to in which it does what value iteration does.

    policy: states (N,) -> actions (N,). 1 means that nobody can do better.
    """
    mdp = of_environment(world.name, **world.options)
    table = np.eye(mdp.actions)[np.asarray(policy(np.arange(mdp.states)))]
    return 1 - len(mistakes(mdp, table, discount)) / int(reachable(mdp, table).sum())
