"""Any fully known world (`mdp.py`) as one that can be played."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from undergrad.rl.envs import draws, paint
from undergrad.rl.envs.mdp import MDP
from undergrad.rl.envs.rules import Outcome, Rules

if TYPE_CHECKING:
    from PIL.Image import Image

Array: TypeAlias = npt.NDArray[Any]


class Place(NamedTuple):
    """Where N games are."""

    place: Array  # (N,) which state of the MDP
    stream: Array  # (N,) what will happen by chance


class TableGame(Rules[Place]):
    """Plays an MDP. The player sees the number of the state.

    Arguments:
        mdp: what each action leads to.
        layout: one string a row, one letter a state, row by row: how to paint it.
        colours: which letter has which colour; paper without one.
    """

    def __init__(
        self, mdp: MDP, layout: Sequence[str], colours: Mapping[str, paint.Colour] | None = None
    ) -> None:
        self.mdp, self.layout, self.colours = mdp, tuple(layout), dict(colours or {})
        self.observation_space = spaces.Discrete(mdp.states)
        self.action_space = spaces.Discrete(mdp.actions)
        # An outcome is chosen where its share of [0, 1) lies. The last share ends at 1 by its
        # nature; leaving it out keeps rounding from choosing an outcome that does not exist.
        self._shares = mdp.probability.cumsum(axis=2)[:, :, :-1]
        self._first = mdp.start.cumsum()
        self._noise = np.broadcast_to(mdp.noise, mdp.reward.shape[:2])
        self._noisy = bool(mdp.noise.any())

    def start(self, generators: Sequence[np.random.Generator]) -> Place:
        """Each game begins where the MDP's `start` says, with its probability."""
        units = np.array([g.random() for g in generators])
        place = np.minimum(np.searchsorted(self._first, units, side="right"), self.mdp.states - 1)
        return Place(place, draws.streams(generators))

    def step(self, state: Place, action: Array) -> Outcome[Place]:
        """Draw one of the outcomes of `action`."""
        stream, units = draws.uniform(state.stream, 3 if self._noisy else 1)
        at = (state.place, action)
        chosen = (*at, (units[:, :1] >= self._shares[at]).sum(axis=1))
        reward = self.mdp.reward[chosen]
        if self._noisy:
            reward = reward + self._noise[at] * draws.normal(units[:, 1], units[:, 2])
        after = Place(self.mdp.next_state[chosen], stream)
        return Outcome(after, reward, self.mdp.terminated[chosen])

    def observe(self, state: Place) -> Array:
        """The number of the state: (N,) int64."""
        return state.place.copy()

    def paint(self, state: Place) -> "Image":
        """The map from above, the player as a disc."""
        letters = np.array([list(line) for line in self.layout])
        height, width = letters.shape
        layers = [(colour, letters == letter) for letter, colour in self.colours.items()]
        picture = paint.enlarge(paint.board(height, width, layers), 48)
        paint.disc(picture, divmod(state.place[0], width), 48, paint.BLUE)
        return picture
