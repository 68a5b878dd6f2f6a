"""The network and the learning rule. The loss is written by hand down to its gradient.

Make it yours: change the rule in `targets` or `Learner.learn`, or write another learner. Keep a
gradient check for what you write by hand in `tests/test_model.py`.
"""

import numpy as np
from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import node

from data import ACTIONS, NUMBERS, Memory


def network(seed: int, hidden: int = 64) -> nn.Sequential:
    """(n, numbers) -> (n, actions): for each action, the return to expect after it."""
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
        return model(Tensor(observations)).numpy()


def huber(prediction: Tensor, target: np.ndarray) -> Tensor:
    """The mean of d²/2 where |d| <= 1 and |d| - 1/2 beyond, with d = prediction - target.

    Its slope is d, held between -1 and 1: one surprising step cannot pull at the network with all
    its might. Shapes (n,) and (n,), one number out. Source: Huber 1964.
    """
    difference = prediction.data - target
    held = np.clip(difference, -1, 1)
    out = np.asarray((held * (difference - held / 2)).mean(), dtype=prediction.data.dtype)

    def gradient(g: np.ndarray) -> tuple[np.ndarray]:
        return (g * held / held.size,)

    return node(out, (prediction,), gradient, "huber")


def targets(
    rewards: np.ndarray, over: np.ndarray, chosen: np.ndarray, judged: np.ndarray, discount: float
) -> np.ndarray:
    """What the values should have been: reward + discount * value of the best next action.

    chosen, judged: (n, actions) values of the next observation by two networks. One chooses the
    best action and the other says what it is worth, since one network doing both would believe its
    own lucky errors. Where the episode is over, nothing follows. Returns (n,).
    Source: van Hasselt, Guez, Silver 2016, "Double Q-learning", formula 4.
    """
    best = chosen.argmax(axis=1)
    following = judged[np.arange(len(best)), best]
    return rewards + discount * np.where(over, np.float32(0), following)


class Learner:
    """A network that learns values from a memory, and a slower copy of it to set the targets."""

    def __init__(self, seed: int, rate: float = 1e-3, discount: float = 0.99) -> None:
        self.network, self.slow = network(seed), network(seed)
        self.discount = discount
        self.optimizer = optim.Adam(self.network.parameters(), lr=rate)

    def act(self, observation: np.ndarray) -> int:
        """The action of highest value."""
        return int(values(self.network, observation[None]).argmax())

    def learn(self, memory: Memory, rng: np.random.Generator, batch: int = 64) -> float:
        """One step on `batch` remembered steps. Returns the loss."""
        seen, actions, rewards, following, over = memory.sample(batch, rng)
        wanted = targets(
            rewards,
            over,
            values(self.network, following),
            values(self.slow, following),
            self.discount,
        )
        predicted = self.network(Tensor(seen)).gather(1, actions[:, None]).reshape(batch)
        loss = huber(predicted, wanted)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def catch_up(self) -> None:
        """Make the slow copy equal to the network."""
        self.slow.load_state_dict(self.network.state_dict())
