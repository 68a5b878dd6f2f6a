"""DQN: learn what each action is worth, and take the best one.

A network looks at an observation s and gives every action a a number q(s, a): the reward to expect
from here on. After each step the world answers with a reward r and the next observation s'. Then
q(s, a) should have been r plus the discounted value of s', and the network is moved a little
towards that. Three things keep this from going in circles:

1. Replay. It learns from a random batch of all that happened, not from the last moment.
2. A target network. The value of s' comes from a slow copy, so the goal does not run ahead of the
   network that chases it.
3. Double estimation (can be switched off). The online network chooses the best action in s', the
   slow copy says what it is worth, so that a lucky error does not become a promise.

B is the batch, A the number of actions, N the number of environments.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.errors import ToolError
from undergrad.rl import targets
from undergrad.rl.explore import epsilon_greedy
from undergrad.rl.replay import Batch

Array: TypeAlias = npt.NDArray[Any]
Schedule: TypeAlias = Callable[[int], float]  # the number of steps taken -> a number


class DQN:
    """An agent that learns action values from replayed transitions.

    Arguments:
        net: (B, *observation) -> (B, A). It is trained in place; a copy becomes the target.
        optimizer: for the parameters of `net`.
        epsilon: how often to take a random action, as a function of `steps`.
        learning_rate: as a function of `steps`; without it the optimiser's own stays.
        discount: what a reward is worth one step later, below 1.
        double: the online network chooses the next action, the target only judges it.
        tau, target_every: every `target_every` updates the target moves by the fraction `tau`
            towards the online network. (1, C) copies it every C updates, as in the paper.
        average_rate: greedy play uses the mean of the online network's weights over about the last
            1 / `average_rate` updates. 1 plays with the online network itself, as in the paper.
        reward_scale: rewards are multiplied by it. With 1 - discount the values of rewards in
            [0, 1] lie in [0, 1], which is where a fresh network starts.
        largest_value: the most that can be earned from any state, discounted; what the target
            promises beyond it is cut off.
        huber_delta: errors beyond it count linearly rather than squared.
        clip_norm: the longest gradient to follow.
    """

    def __init__(
        self,
        net: nn.Module,
        optimizer: optim.Optimizer,
        *,
        epsilon: Schedule,
        learning_rate: Schedule | None = None,
        discount: float = 0.99,
        double: bool = True,
        tau: float = 1.0,
        target_every: int = 500,
        average_rate: float = 1.0,
        reward_scale: float = 1.0,
        largest_value: float = np.inf,
        huber_delta: float = 1.0,
        clip_norm: float = 10.0,
    ) -> None:
        if not (0 <= discount < 1 and 0 < tau <= 1 and 0 < average_rate <= 1):
            raise ValueError(
                "DQN: discount must lie in [0, 1), tau and average_rate in (0, 1], "
                f"not {discount}, {tau} and {average_rate}"
            )
        if target_every < 1 or reward_scale <= 0:
            raise ValueError(
                "DQN: target_every must be at least 1 and reward_scale above 0, "
                f"not {target_every} and {reward_scale}"
            )
        self.online = net
        self.target = copy.deepcopy(net).requires_grad_(False)
        self.average = copy.deepcopy(net).requires_grad_(False)
        self._online = list(net.parameters())  # found once: a walk costs as much as a forward pass
        self._target = list(self.target.parameters())
        self._average = list(self.average.parameters())
        self.optimizer = optimizer
        self.epsilon, self.learning_rate = epsilon, learning_rate
        self.discount, self.double = discount, double
        self.tau, self.target_every, self.average_rate = tau, target_every, average_rate
        self.reward_scale, self.largest_value = reward_scale, largest_value
        self.huber_delta, self.clip_norm = huber_delta, clip_norm
        self.steps = 0  # steps in the environments; the schedules follow it
        self.updates = 0

    # Acting

    def act(self, observation: Array, rng: np.random.Generator) -> Array:
        """Actions (N,) for observations (N, *observation), with exploration."""
        return epsilon_greedy(self._q(self.online, observation), self.epsilon(self.steps), rng)

    def act_greedily(self, observation: Array) -> Array:
        """The best actions (N,), by the averaged network."""
        return np.asarray(self._q(self.average, observation).argmax(axis=1))

    def value(self, observation: Array) -> Array:
        """What the agent expects to earn from here on, discounted: (N,)."""
        return np.asarray(self._q(self.average, observation).max(axis=1) / self.reward_scale)

    # Learning

    def learn(self, batch: Batch) -> dict[str, float]:
        """One update from one batch. Returns the loss, the mean value and the gradient's length."""
        goal = self._goal(batch)
        q = self.online(Tensor(batch.observation)).gather(1, batch.action[:, None]).reshape(-1)
        loss = nn.functional.huber_loss(q, goal, delta=self.huber_delta)
        self.optimizer.zero_grad()
        loss.backward()
        length = optim.clip_grad_norm_(self._online, self.clip_norm)
        if not (np.isfinite(loss.item()) and np.isfinite(length)):
            raise ToolError(
                f"After {self.updates} updates the loss is no longer a finite number: "
                "lower the learning rate, or the reward scale."
            )
        if self.learning_rate is not None:
            self.optimizer.param_groups[0]["lr"] = self.learning_rate(self.steps)
        self.optimizer.step()
        self.updates += 1
        if self.updates % self.target_every == 0:
            self._follow(self._target, self.tau)
        self._follow(self._average, max(self.average_rate, 1 / self.updates))
        mean = float(q.data.mean()) / self.reward_scale
        return {"loss": loss.item(), "q": mean, "gradient": length}

    def _goal(self, batch: Batch) -> Array:
        """What q(s, a) should have been: (B,)."""
        target_q = self._q(self.target, batch.next_observation)  # (B, A)

        # Plain DQN: the best of the target's estimates.
        next_value = targets.greedy_value(target_q)

        # Double DQN: the target's estimate of the action that the online network would take.
        if self.double:
            online_q = self._q(self.online, batch.next_observation)  # (B, A)
            next_value = targets.double_value(target_q, online_q)

        # No estimate may promise more than the world can pay.
        next_value = np.minimum(next_value, self.largest_value * self.reward_scale)

        reward, discount = batch.reward * self.reward_scale, self.discount**batch.span
        return targets.td(reward, batch.terminated, next_value, discount)

    def _follow(self, slow: list[Tensor], rate: float) -> None:
        """Move a copy by the fraction `rate` towards the online network."""
        for parameter, goal in zip(slow, self._online, strict=True):
            parameter.data += rate * (goal.data - parameter.data)

    @staticmethod
    def _q(net: nn.Module, observation: Array) -> Array:
        with no_grad():
            values: Tensor = net(Tensor(observation))
        return values.numpy()

    def report(self) -> dict[str, float]:
        """How it explores now."""
        return {"epsilon": self.epsilon(self.steps)}

    # Saving

    def weights(self) -> dict[str, Any]:
        """What greedy play needs: the averaged network."""
        return self.average.state_dict()

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Play greedily with these weights."""
        self.average.load_state_dict(weights)

    def state_dict(self) -> dict[str, Any]:
        """All three networks, the optimiser's memory, and the counters the schedules follow."""
        return {
            "online": self.online.state_dict(),
            "target": self.target.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "steps": self.steps,
            "updates": self.updates,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`. Raises ValueError when it is of another network or optimiser."""
        self.online.load_state_dict(state["online"])
        self.target.load_state_dict(state["target"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.steps, self.updates = int(state["steps"]), int(state["updates"])


# How this differs from Mnih et al., "Human-level control through deep reinforcement learning"
# (2015), and van Hasselt et al., "Deep Reinforcement Learning with Double Q-learning" (2016):
#
# - The networks here are small and fully connected; the papers' are convolutional and see pixels.
#   So there is no frame stacking and no action repeat, and rewards are not clipped to [-1, 1].
# - The target may follow softly (tau below 1) as in Lillicrap et al. 2016, not only in copies.
# - Greedy play uses the average of the last weights (Polyak and Juditsky 1992). The online network
#   changes with every batch and is often wrong for a moment; its average is hardly ever. The papers
#   play with the online network and epsilon 0.05.
# - A transition may span several steps (Sutton 1988; in DQN: Hessel et al. 2018, "Rainbow"). What
#   was done on the way may not be what the agent would do now; no correction is made for that.
# - The value of the next observation may be cut off at a bound that is known.
# - Rewards can be scaled. The papers clip them, which changes the problem; a scale does not.
# - Errors go through a Huber loss. The 2015 paper clips the error to [-1, 1] in the gradient, which
#   is the same thing with delta 1.
# - Adam with a learning rate that falls to 0, not RMSProp with a constant one.
# - The gradient's length is clipped; the papers do not clip it.
# - Several environments may be stepped at once with one forward pass; the papers have one.
# - At a time limit the value of the next observation still counts; only a true end cuts it off.
#   The papers' games have no time limit of ours, but they count a lost life as an end.
