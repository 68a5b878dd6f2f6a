"""DQN: learn what each action is worth, and take the best one.

A network looks at an observation s and gives every action a a number q(s, a): the reward to expect
from here on. After each step the world answers with a reward r and the next observation s'. Then
q(s, a) should have been r plus the discounted value of s', and the network is moved a little
towards that. Two things keep this from going in circles:

1. Replay. It learns from a random batch of all that happened, not from the last moment.
2. A target network. The value of s' comes from a slow copy, so the goal does not run ahead of the
   network that chases it.

Six improvements can be switched on one by one, and all together they are Rainbow: double estimation
(here, in `_goal`), several steps in one transition (`replay.Lookahead`), replay by surprise
(`prioritized`, whose weights enter in `learn`), dueling networks (`nets`), noisy ones (`noisy`),
and values that are whole distributions (`readouts`).

B is the batch, A the number of actions, Z of atoms or quantiles, N the number of environments.
"""

import copy
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, optim
from undergrad.rl import nets, targets
from undergrad.rl.agents.descent import descend
from undergrad.rl.agents.readouts import Expected, Readout
from undergrad.rl.explore import Exploration, Schedule
from undergrad.rl.noisy import NoisyLinear, shake
from undergrad.rl.replay import Batch

Array: TypeAlias = npt.NDArray[Any]


class DQN:
    """An agent that learns action values from replayed transitions.

    Arguments:
        net: (B, *observation) -> (B, A), or (B, A, Z) for a distribution. It is trained in place; a
            copy becomes the target. Noisy layers in it are shaken before each step and update.
        optimizer: for the parameters of `net`.
        explore: how to choose an action from the values, as a function of `steps`.
        readout: how the output of the network says what an action is worth.
        rng: for the noise of an update; needed with noisy layers only.
        learning_rate: as a function of `steps`; without it the optimiser's own stays.
        discount: what a reward is worth one step later, below 1.
        double: the online network chooses the next action, the target only judges it.
        tau, target_every: every `target_every` updates the target moves by the fraction `tau`
            towards the online network. (1, C) copies it every C updates, as in the paper.
        average_rate: greedy play uses the mean of the online network's weights over about the last
            1 / `average_rate` updates. 1 plays with the online network itself, as in the paper.
        reward_scale: rewards are multiplied by it. With 1 - discount the values of rewards in
            [0, 1] lie in [0, 1], which is where a fresh network starts.
        clip_norm: the longest gradient to follow.
    """

    def __init__(
        self,
        net: nn.Module,
        optimizer: optim.Optimizer,
        *,
        explore: Exploration,
        readout: Readout | None = None,
        rng: np.random.Generator | None = None,
        learning_rate: Schedule | None = None,
        discount: float = 0.99,
        double: bool = True,
        tau: float = 1.0,
        target_every: int = 500,
        average_rate: float = 1.0,
        reward_scale: float = 1.0,
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
        # All weights of a network end to end, so that a copy follows in three calls.
        self._online = optimizer.flat_parameters[0].data
        self._target, self._average = (nets.flat(part) for part in (self.target, self.average))
        self._parameters = list(net.parameters())  # found once: a walk costs as much as a forward
        self._noisy = any(isinstance(part, NoisyLinear) for part in net.modules())
        self.optimizer, self.explore, self.readout = optimizer, explore, readout or Expected()
        self.rng = rng or np.random.default_rng(0)
        self.learning_rate = learning_rate
        self.discount, self.double = discount, double
        self.tau, self.target_every, self.average_rate = tau, target_every, average_rate
        self.reward_scale, self.clip_norm = reward_scale, clip_norm
        self.steps = 0  # steps in the environments; the schedules follow it
        self.updates = 0
        self.surprise: Array = np.empty(0)  # (B,), of the newest batch

    # Acting

    def act(self, observation: Array, rng: np.random.Generator) -> Array:
        """Actions (N,) for observations (N, *observation), with exploration."""
        if self._noisy:
            shake(self.online, rng)
        q = self.readout.mean(nets.run(self.online, observation))
        return self.explore.choose(q, self.steps, rng)

    def act_greedily(self, observation: Array) -> Array:
        """The best actions (N,), by the averaged network, which is never shaken."""
        return np.asarray(self.readout.mean(nets.run(self.average, observation)).argmax(axis=1))

    def value(self, observation: Array) -> Array:
        """What the agent expects to earn from here on, discounted: (N,)."""
        q = self.readout.mean(nets.run(self.average, observation))
        return np.asarray(q.max(axis=1) / self.reward_scale)

    # Learning

    def learn(self, batch: Batch) -> dict[str, float]:
        """One update from one batch. Returns the loss and the gradient's length."""
        if self._noisy:
            shake(self.online, self.rng)
            shake(self.target, self.rng)
        goal = self._goal(batch)
        out = nets.chosen(self.online(Tensor(batch.observation)), batch.action)  # (B,) or (B, Z)
        loss = self.readout.loss(out, goal)  # (B,)

        # Prioritized replay: what is drawn more often than evenly counts less.
        if batch.weight is not None:
            loss = loss * batch.weight
            self.surprise = self.readout.surprise(out.data, goal)

        mean = loss.mean()
        length = self._descend(mean)
        self.updates += 1
        if self.updates % self.target_every == 0:
            nets.follow(self._target, self._online, self.tau)
        nets.follow(self._average, self._online, max(self.average_rate, 1 / self.updates))
        return {"loss": mean.item(), "gradient": length}

    def _goal(self, batch: Batch) -> Array:
        """What the network should have said about the actions taken: (B,) or (B, Z)."""
        target_out = nets.run(self.target, batch.next_observation)  # (B, A) or (B, A, Z)

        # Plain DQN: the target network both chooses the next action and judges it.
        chooser = target_out

        # Double DQN: the online network chooses the next action, the target network judges it.
        if self.double:
            chooser = nets.run(self.online, batch.next_observation)

        next_out = targets.double_value(target_out, self.readout.mean(chooser))
        reward, discount = batch.reward * self.reward_scale, self.discount**batch.span
        return self.readout.goal(reward, batch.terminated, next_out, discount)

    def _descend(self, loss: Tensor) -> float:
        """One step of the optimiser. Returns the length of the gradient."""
        return descend(
            loss,
            self.optimizer,
            self._parameters,
            clip_norm=self.clip_norm,
            learning_rate=self.learning_rate and self.learning_rate(self.steps),
        )

    def diagnose(self, batch: Batch) -> dict[str, float]:
        """How it stands, measured on one batch. Nothing is learnt.

        `q` is the mean value of the best action, `gap` by how much it beats the second, `error`
        the mean surprise, `lag` the root mean square of how far the target's weights are behind.
        """
        out = nets.run(self.online, batch.observation)  # (B, A) or (B, A, Z)
        taken = out[np.arange(len(batch)), batch.action]
        error = self.readout.surprise(taken, self._goal(batch))
        best = np.sort(self.readout.mean(out), axis=1)
        return {
            "q": float(best[:, -1].mean()) / self.reward_scale,
            "gap": float((best[:, -1] - best[:, -2]).mean()) / self.reward_scale,
            "error": float(error.mean()),
            "lag": float(np.sqrt(np.mean((self._online - self._target) ** 2))),
        }

    # Saving

    def weights(self) -> dict[str, Any]:
        """What greedy play needs: the averaged network."""
        return self.average.state_dict()

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Play greedily with these weights."""
        self.average.load_state_dict(weights)

    def state_dict(self) -> dict[str, Any]:
        """All three networks, the optimiser's memory, and what exploration and schedules need."""
        return {
            "online": self.online.state_dict(),
            "target": self.target.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "explore": self.explore.state_dict(),
            "rng": self.rng.bit_generator.state,
            "steps": self.steps,
            "updates": self.updates,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`. Raises ValueError when it is of another network or optimiser."""
        self.online.load_state_dict(state["online"])
        self.target.load_state_dict(state["target"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.explore.load_state_dict(state["explore"])
        self.rng.bit_generator.state = state["rng"]
        self.steps, self.updates = int(state["steps"]), int(state["updates"])


# How this differs from Mnih et al., "Human-level control through deep reinforcement learning"
# (2015), and van Hasselt et al., "Deep Reinforcement Learning with Double Q-learning" (2016):
#
# - The networks here are small and fully connected; the papers' are convolutional and see pixels.
#   Stacking frames and repeating actions is left to the environment.
# - The target may follow softly (tau below 1) as in Lillicrap et al. 2016, not only in copies.
# - Greedy play uses the average of the last weights (Polyak and Juditsky 1992). The online network
#   changes with every batch and is often wrong for a moment; its average is hardly ever. The papers
#   play with the online network and epsilon 0.05.
# - A transition may span several steps (Sutton 1988; in DQN: Hessel et al. 2018, "Rainbow"). What
#   was done on the way may not be what the agent would do now; no correction is made for that.
# - The value of the next observation may be cut off at bounds that are known.
# - A random action may be kept for several steps (Dabney et al. 2021).
# - Noisy layers are shaken once for a batch, and once a step for all environments together.
# - Rewards can be scaled. The papers clip them, which changes the problem; a scale does not.
# - Errors go through a Huber loss. The 2015 paper clips the error to [-1, 1] in the gradient, which
#   is the same thing with delta 1.
# - Adam with a learning rate that falls to 0, not RMSProp with a constant one.
# - The gradient's length is clipped; the papers do not clip it.
# - Several environments may be stepped at once with one forward pass; the papers have one.
# - At a time limit the value of the next observation still counts; only a true end cuts it off.
#   The papers' games have no time limit of ours, but they count a lost life as an end.
