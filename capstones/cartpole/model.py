"""The network and the learning rule. The loss is written by hand down to its gradient."""

import numpy as np
from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import node

from data import GAMMA, N_ACTIONS, OBSERVATION_SIZE, SCALE, ReplayBuffer


def network(seed: int, hidden: int = 64) -> nn.Sequential:
    """(n, numbers) -> (n, actions): for each action, the return to expect after it.

    Returns are measured in units of 1 / (1 - gamma), so that "never falls" is worth 1.
    """
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Linear(OBSERVATION_SIZE, hidden, rng=rng),
        nn.ReLU(),
        nn.Linear(hidden, hidden, rng=rng),
        nn.ReLU(),
        nn.Linear(hidden, N_ACTIONS, rng=rng),
    )


def q_values(model: nn.Module, observations: np.ndarray) -> np.ndarray:
    """The network's values of shape (n, actions), without building a graph."""
    with no_grad():
        return model(Tensor(observations / SCALE)).numpy()


def huber_loss(prediction: Tensor, target: np.ndarray) -> Tensor:
    """The mean of d²/2 where |d| <= 1 and |d| - 1/2 beyond, with d = prediction - target.

    Its derivative is d clipped to [-1, 1]. Shapes (n,) and (n,), one number out.
    Source: Huber 1964.
    """
    difference = prediction.data - target
    clipped = np.clip(difference, -1, 1)
    out = np.asarray((clipped * (difference - clipped / 2)).mean(), dtype=prediction.data.dtype)
    return node(out, (prediction,), lambda g: (g * clipped / clipped.size,), "huber_loss")


def td_targets(
    returns: np.ndarray, bootstrap: np.ndarray, next_q_online: np.ndarray, next_q_target: np.ndarray
) -> np.ndarray:
    """The TD targets: the n-step return plus the discounted value of what follows. Shape (n,).

    bootstrap: gamma to the number of steps; 0 after a terminal step.
    next_q_online, next_q_target: (n, actions) values of the next observation by both networks. The
    online network selects the best action and the target network evaluates it, since one network
    doing both would overestimate. Sources: Sutton and Barto 2018, formula 7.1 (n steps);
    van Hasselt, Guez, Silver 2016, formula 4 (two networks).
    """
    best = next_q_online.argmax(axis=1)
    return returns + bootstrap * next_q_target[np.arange(len(best)), best]


class Learner:
    """Double DQN: a network that learns from a replay buffer, and a slowly updated target network.

    unit: the scale of rewards. With 1 - gamma the values stay near 1, which suits the
    initial weights and the Huber loss; with 1 they must first climb to 100.
    """

    def __init__(self, seed: int, unit: float = 1 - GAMMA, rate: float = 2e-3) -> None:
        self.network, self.target = network(seed), network(seed)
        self.unit, self.rate = unit, rate
        self.optimizer = optim.Adam(self.network.parameters(), lr=rate)

    def act(self, observation: np.ndarray) -> int:
        """The action of highest value."""
        return int(q_values(self.network, observation[None]).argmax())

    def learn(self, buffer: ReplayBuffer, rng: np.random.Generator, left: float = 1.0) -> float:
        """One gradient step on a minibatch of 128; the loss. left: factor of the learning rate."""
        observation, actions, returns, next_obs, bootstrap = buffer.sample(128, rng)
        next_q_online, next_q_target = (
            q_values(net, next_obs) for net in (self.network, self.target)
        )
        target = td_targets(self.unit * returns, bootstrap, next_q_online, next_q_target)
        q = self.network(Tensor(observation / SCALE)).gather(1, actions[:, None]).reshape(128)
        loss = huber_loss(q, target)
        self.optimizer.param_groups[0]["lr"] = self.rate * left
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self._polyak_update()
        return loss.item()

    def _polyak_update(self, tau: float = 0.02) -> None:
        """Move the target network a little towards the network."""
        for own, other in zip(self.target.parameters(), self.network.parameters(), strict=True):
            own.data += np.float32(tau) * (other.data - own.data)
