"""The network and the learning rule. The loss is written by hand down to its gradient.

Make it yours: change the rule in `td_targets` or `Learner.learn`, or write another learner. Keep a
gradient check for what you write by hand in `tests/test_model.py`.
"""

import numpy as np
from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import node

from data import N_ACTIONS, OBSERVATION_SIZE, ReplayBuffer


def network(seed: int, hidden: int = 64) -> nn.Sequential:
    """(n, numbers) -> (n, actions): for each action, the return to expect after it."""
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
        return model(Tensor(observations)).numpy()


def huber_loss(prediction: Tensor, target: np.ndarray) -> Tensor:
    """The mean of d²/2 where |d| <= 1 and |d| - 1/2 beyond, with d = prediction - target.

    Its derivative is d clipped to [-1, 1], so that a single large error cannot dominate the
    gradient. Shapes (n,) and (n,), one number out. Source: Huber 1964.
    """
    difference = prediction.data - target
    clipped = np.clip(difference, -1, 1)
    out = np.asarray((clipped * (difference - clipped / 2)).mean(), dtype=prediction.data.dtype)

    def gradient(g: np.ndarray) -> tuple[np.ndarray]:
        return (g * clipped / clipped.size,)

    return node(out, (prediction,), gradient, "huber_loss")


def td_targets(
    rewards: np.ndarray,
    terminated: np.ndarray,
    next_q_online: np.ndarray,
    next_q_target: np.ndarray,
    gamma: float,
) -> np.ndarray:
    """The TD targets, reward + gamma * q(s', best next action): shape (n,).

    next_q_online, next_q_target: (n, actions) values of the next observation by both networks. The
    online network selects the best action and the target network evaluates it, since one network
    doing both would overestimate. After a terminal step there is no next value.
    Source: van Hasselt, Guez, Silver 2016, "Double Q-learning", formula 4.
    """
    best = next_q_online.argmax(axis=1)
    next_q = next_q_target[np.arange(len(best)), best]
    return rewards + gamma * np.where(terminated, np.float32(0), next_q)


class Learner:
    """Double DQN: a network that learns from a replay buffer, and a target network."""

    def __init__(self, seed: int, rate: float = 1e-3, gamma: float = 0.99) -> None:
        self.network, self.target = network(seed), network(seed)
        self.gamma = gamma
        self.optimizer = optim.Adam(self.network.parameters(), lr=rate)

    def act(self, observation: np.ndarray) -> int:
        """The action of highest value."""
        return int(q_values(self.network, observation[None]).argmax())

    def learn(self, buffer: ReplayBuffer, rng: np.random.Generator, batch: int = 64) -> float:
        """One gradient step on a minibatch. Returns the loss."""
        observation, actions, rewards, next_obs, terminated = buffer.sample(batch, rng)
        target = td_targets(
            rewards,
            terminated,
            q_values(self.network, next_obs),
            q_values(self.target, next_obs),
            self.gamma,
        )
        predicted = self.network(Tensor(observation)).gather(1, actions[:, None]).reshape(batch)
        loss = huber_loss(predicted, target)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def update_target(self) -> None:
        """Copy the weights of the network to the target network."""
        self.target.load_state_dict(self.network.state_dict())
