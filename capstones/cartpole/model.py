"""The network and the learning rule. The loss is written by hand down to its gradient."""

import numpy as np
from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import node

from data import ACTIONS, DISCOUNT, NUMBERS, USUAL, Memory


def network(seed: int, hidden: int = 64) -> nn.Sequential:
    """(n, numbers) -> (n, actions): for each action, the return to expect after it.

    Returns are measured in units of 1 / (1 - discount), so that "never falls" is worth 1.
    """
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Linear(NUMBERS, hidden, rng=rng),
        nn.ReLU(),
        nn.Linear(hidden, hidden, rng=rng),
        nn.ReLU(),
        nn.Linear(hidden, ACTIONS, rng=rng),
    )


def values(model: nn.Module, observations: np.ndarray) -> np.ndarray:
    """The network's values of shape (n, actions), without building a graph."""
    with no_grad():
        return model(Tensor(observations / USUAL)).numpy()


def huber(prediction: Tensor, target: np.ndarray) -> Tensor:
    """The mean of d²/2 where |d| <= 1 and |d| - 1/2 beyond, with d = prediction - target.

    Its slope is d, held between -1 and 1. Shapes (n,) and (n,), one number out.
    Source: Huber 1964.
    """
    difference = prediction.data - target
    held = np.clip(difference, -1, 1)
    out = np.asarray((held * (difference - held / 2)).mean(), dtype=prediction.data.dtype)
    return node(out, (prediction,), lambda g: (g * held / held.size,), "huber")


def targets(
    earned: np.ndarray, weight: np.ndarray, chosen: np.ndarray, judged: np.ndarray
) -> np.ndarray:
    """What was earned along a stretch, plus the weighted value of what follows it. Shape (n,).

    chosen, judged: (n, actions) values at the stretch's end by two networks; one chooses the best
    action and the other says what it is worth, since one network doing both would believe its own
    lucky errors. Sources: Sutton and Barto 2018, formula 7.1 (n steps); van Hasselt, Guez, Silver
    2016, formula 4 (two networks).
    """
    best = chosen.argmax(axis=1)
    return earned + weight * judged[np.arange(len(best)), best]


class Learner:
    """A network that learns values from a memory, and a copy that follows it slowly.

    unit: what a reward of 1 counts as. With 1 - discount the values stay near 1, where the start
    weights and the bend of the loss are; with 1 they must first climb to 100.
    """

    def __init__(self, seed: int, unit: float = 1 - DISCOUNT, rate: float = 2e-3) -> None:
        self.network, self.slow = network(seed), network(seed)
        self.unit, self.rate = unit, rate
        self.optimizer = optim.Adam(self.network.parameters(), lr=rate)

    def act(self, observation: np.ndarray) -> int:
        """The action of highest value."""
        return int(values(self.network, observation[None]).argmax())

    def learn(self, memory: Memory, rng: np.random.Generator, left: float = 1.0) -> float:
        """One step on 128 stretches, smaller the less time is `left` (1 to 0); the loss."""
        seen, actions, earned, led_to, weight = memory.sample(128, rng)
        wanted = targets(
            self.unit * earned, weight, values(self.network, led_to), values(self.slow, led_to)
        )
        predicted = self.network(Tensor(seen / USUAL)).gather(1, actions[:, None]).reshape(128)
        loss = huber(predicted, wanted)
        self.optimizer.param_groups[0]["lr"] = self.rate * left
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self._follow()
        return loss.item()

    def _follow(self, share: float = 0.02) -> None:
        """Move the slow copy a little towards the network."""
        for own, other in zip(self.slow.parameters(), self.network.parameters(), strict=True):
            own.data += np.float32(share) * (other.data - own.data)
