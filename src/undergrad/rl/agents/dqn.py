"""DQN, the deep Q-network: learn what each action is worth, and take the best one.

A network maps an observation s to one number for each action a: q(s, a), the discounted return to
expect when the agent takes a and acts greedily from then on. After each step the environment
answers with a reward r and the next observation s'. The temporal-difference (TD) target for q(s, a)
is then

    r + gamma * max over a' of q_target(s', a')        and r alone where the episode terminated,

and a gradient step moves q(s, a) towards it. Two things keep this stable:

1. Experience replay. Each batch is sampled from the last `buffer_size` transitions, because
   consecutive ones are strongly correlated.
2. A target network. The value of s' comes from a slowly updated copy of the network, so the target
   does not move with every step of the network that chases it.

One step of training, of which `loops.OffPolicy.advance` does the first three lines and `learn` the
others:

    action = the best one by q(s, .), or with probability epsilon a random one
    store (s, action, r, s', terminated) in the replay buffer
    sample a batch of transitions
    target = r + gamma * (1 - terminated) * max q_target(s', .)
    loss = huber_loss(q(s, action), target); backward; optimizer step
    q_target = (1 - tau) * q_target + tau * q

What is added here to the algorithm of the paper, and can be switched off: several rewards in one
transition (n_step), scaled rewards, clipped gradients, and an average of the weights that acts
greedily (ema).

Source: Mnih et al. 2015, "Human-level control through deep reinforcement learning". The
improvements since are in `rainbow`.

B is the batch size, A the number of actions, N the number of environments.
"""

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, optim
from undergrad.engine.nn.functional import huber_loss
from undergrad.errors import ToolError
from undergrad.rl.networks import flat_parameters, polyak_update, predict
from undergrad.rl.replay import ReplayBatch
from undergrad.rl.settings import ReplaySettings
from undergrad.runs.settings import setting

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class DQNSettings(ReplaySettings):
    """What decides a run of DQN, besides its seed.

    What every network has, and what every agent with a replay buffer has, stands in `rl.settings`.
    """

    target_update_interval: int = setting(
        1, at_least=1, doc="gradient steps between two moves of the target network"
    )
    ema_decay: float = setting(
        0.9995, at_least=0, below=1, doc="of the averaged weights that play greedily; 0: the newest"
    )
    epsilon_start: float = setting(
        1.0, at_least=0, at_most=1, doc="probability of a random action at the start"
    )
    epsilon_end: float = setting(0.05, at_least=0, at_most=1, doc="the same from epsilon_steps on")
    epsilon_steps: int = setting(5_000, at_least=1, doc="steps from epsilon_start to epsilon_end")
    huber_delta: float = setting(1.0, above=0, doc="a larger error counts linearly")

    def epsilon(self, steps: int) -> float:
        """The probability of a random action after so many steps of all environments."""
        return linear_schedule(self.epsilon_start, self.epsilon_end, self.epsilon_steps, steps)


class DQN:
    """An agent that learns action values from replayed transitions.

    Arguments:
        net: (B, *observation) -> (B, A). It is trained in place, and copied twice: the target
            network, and the exponential moving average (EMA) of the weights, which plays greedily.
        optimizer: for the parameters of `net`.
    """

    td_error: Array | None = None  # (B,) of the newest batch, where prioritized replay needs it

    def __init__(
        self, net: nn.Module, optimizer: optim.Optimizer, settings: DQNSettings | None = None
    ) -> None:
        self.online = net
        self.target = copy.deepcopy(net).requires_grad_(False)
        self.ema = copy.deepcopy(net).requires_grad_(False)
        self.optimizer, self.settings = optimizer, settings or DQNSettings()
        self.optimizers = (optimizer,)
        self.updates = 0
        # Collected once: walking the modules costs as much as a forward pass.
        self._parameters = list(net.parameters())
        # All weights of a network end to end, so that a copy follows in three NumPy calls.
        self._online = optimizer.flat_parameters[0]
        self._target, self._ema = flat_parameters(self.target), flat_parameters(self.ema)

    # Acting

    def q_values(self, net: nn.Module, observation: Array) -> Array:
        """The value of each action, without a graph: (B, A)."""
        return predict(net, observation)

    def act(self, observation: Array, epsilon: float, rng: np.random.Generator) -> Array:
        """Actions (N,) for observations (N, *observation): epsilon-greedy."""
        return epsilon_greedy(self.q_values(self.online, observation), epsilon, rng)

    def act_greedily(self, observation: Array) -> Array:
        """The best actions (N,), by the averaged weights."""
        return np.asarray(self.q_values(self.ema, observation).argmax(axis=1))

    def value(self, observation: Array) -> Array:
        """The discounted return that the agent expects from here on: (N,)."""
        q = self.q_values(self.ema, observation)
        return np.asarray(q.max(axis=1) / self.settings.reward_scale)

    # Learning

    def learn(self, batch: ReplayBatch) -> dict[str, float]:
        """One gradient step from one batch. Returns the loss and the norm of the gradient."""
        s = self.settings
        loss = self.loss(batch)
        self.optimizer.zero_grad()
        loss.backward()
        grad_norm = optim.clip_grad_norm_(self._parameters, s.max_grad_norm)
        check_finite(loss, grad_norm)
        self.optimizer.step()

        self.updates += 1
        if self.updates % s.target_update_interval == 0:
            polyak_update(self._target.data, self._online.data, s.tau)
        # Until 1 / updates falls below 1 - ema_decay this is the plain mean of all weights so far.
        ema_step = max(1 - s.ema_decay, 1 / self.updates)
        polyak_update(self._ema.data, self._online.data, ema_step)
        return {"loss": loss.item(), "grad_norm": grad_norm}

    def loss(self, batch: ReplayBatch) -> Tensor:
        """The Huber loss between q(s, a) and the TD target."""
        q = self.online(Tensor(batch.observation)).gather(1, batch.action[:, None])  # (B, 1)
        return huber_loss(q, self.td_target(batch), delta=self.settings.huber_delta)

    def td_target(self, batch: ReplayBatch) -> Array:
        """r + gamma^n max q_target(s', .), and r alone where the episode terminated: (B, 1).

        With n rewards in a transition, r is their discounted sum and s' is n steps away.
        """
        s = self.settings
        next_q = self.q_values(self.target, batch.next_observation)  # (B, A)
        reward, discount = batch.reward * s.reward_scale, s.gamma**batch.n
        return dqn_target(reward, next_q, batch.terminated, discount)[:, None]

    # Measuring

    def td_errors(self, batch: ReplayBatch) -> Array:
        """The distance of each q(s, a) of a batch from its TD target, in units of reward: (B,)."""
        q = self.q_values(self.online, batch.observation)[np.arange(len(batch)), batch.action]
        return np.asarray(np.abs(q - self.td_target(batch)[:, 0]) / self.settings.reward_scale)

    def stats(self, batch: ReplayBatch) -> dict[str, float]:
        """The state of the agent, measured on one batch. Nothing is learned.

        `q` is the mean value of the best action, `action_gap` how far the second is behind, and
        `td_error` the mean distance from the TD target; all three are in units of the reward,
        whatever `reward_scale` is. `target_lag` is the root mean square of the difference between
        the weights of the online and the target network.
        """
        best = np.sort(self.q_values(self.online, batch.observation), axis=1)
        scale = self.settings.reward_scale
        return {
            "q": float(best[:, -1].mean()) / scale,
            "action_gap": float((best[:, -1] - best[:, -2:][:, 0]).mean()) / scale,
            "td_error": float(self.td_errors(batch).mean()),
            "target_lag": float(np.sqrt(np.mean((self._online.data - self._target.data) ** 2))),
        }

    # Saving

    def weights(self) -> dict[str, Any]:
        """What greedy play needs: the averaged weights."""
        return self.ema.state_dict()

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Play greedily with these weights."""
        self.ema.load_state_dict(weights)

    def state_dict(self) -> dict[str, Any]:
        """All three networks, the state of the optimiser, and how many updates there were."""
        return {
            "online": self.online.state_dict(),
            "target": self.target.state_dict(),
            "ema": self.ema.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "updates": self.updates,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. Raises ValueError when it is of another network or optimiser."""
        self.online.load_state_dict(state["online"])
        self.target.load_state_dict(state["target"])
        self.ema.load_state_dict(state["ema"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.updates = int(state["updates"])


def dqn_target(reward: Array, next_q: Array, terminated: Array, discount: float | Array) -> Array:
    """r + discount * max over a' of q(s', a'), and r alone where the episode terminated: (B,).

    reward, terminated: (B,).   next_q: (B, A), whose type the result has.
    Source: Sutton and Barto, Reinforcement Learning, 2nd edition, equations 6.8 and 7.1.
    """
    td_target = reward + discount * (1 - terminated) * next_q.max(axis=1)
    return np.asarray(td_target, dtype=next_q.dtype)


def epsilon_greedy(q: Array, epsilon: float, rng: np.random.Generator) -> Array:
    """For each row of q (N, A) the best action, or a random one with probability epsilon: (N,).

    Each row has a draw of its own; with one draw for all, all environments would explore at once.
    """
    count, actions = q.shape
    random_action = rng.integers(actions, size=count)
    return np.where(rng.random(count) < epsilon, random_action, q.argmax(axis=1))


def linear_schedule(start: float, end: float, duration: int, step: int) -> float:
    """From `start` to `end` in a straight line over the first `duration` steps, then `end`."""
    return end if step >= duration else start + (end - start) * step / duration


def check_finite(loss: Tensor, grad_norm: float) -> None:
    """Raise ToolError, before a weight is changed, when a loss is no longer a finite number."""
    if not math.isfinite(loss.item() + grad_norm):
        raise ToolError(
            "The loss is no longer a finite number: lower the learning rate, or the reward scale."
        )


# How this differs from Mnih et al. (2015):
#
# - Most networks here are small and fully connected (`networks.NatureCNN` is the paper's). Stacking
#   frames and repeating actions is left to the environment.
# - The target network moves a little with every update (tau below 1) as in Lillicrap et al. 2016.
#   tau = 1 with a target_update_interval copies it now and then, as in the paper.
# - Greedy play uses the moving average of the weights (Polyak and Juditsky 1992). The online
#   network changes with every batch; its average is far steadier.
#   The paper plays with the online network and epsilon 0.05.
# - A transition may span several steps (Sutton 1988; in DQN: Hessel et al. 2018, "Rainbow"). Its
#   later actions may not be those of the present policy; no correction is made for that, so with
#   much exploration values come out too low (Sutton and Barto, 2nd edition, section 7.3).
# - Rewards can be scaled. The paper clips them, which changes the problem; a scale does not.
# - The loss is the Huber loss. The paper clips the error to [-1, 1] in the gradient, which is the
#   same thing with delta 1.
# - Adam with a learning rate that falls to 0, not RMSProp with a constant one.
# - The norm of the gradient is clipped; the paper does not clip it.
# - Several environments may be stepped at once with one forward pass; the paper has one.
# - At a time limit the value of the next observation still counts; only a true end cuts it off.
#   The paper counts a lost life as an end.
# - The defaults suit small tasks: 4 gradient steps of 128 transitions per step of all environments,
#   epsilon 0.05 after 5,000 steps, and 100,000 transitions in the buffer. The paper makes one
#   gradient step of 32 per 4 actions, reaches epsilon 0.1 after a million frames, and keeps a
#   million transitions.
