"""Rainbow: DQN with the improvements made since, each of which can be switched on alone.

`td_target`, `loss` and `act` are those of DQN with the blocks in them:

- double DQN: the online network chooses the next action, the target network evaluates it;
- distributional heads: C51 or quantile regression, in place of one number for each action
  (`heads`);
- prioritized replay, whose weights enter in `loss` (the buffer is `prioritized`);
- noisy layers and dueling networks (the layers are in `networks`);
- exploration that lasts for several steps, or prefers better actions (`explore`).

With several rewards in one transition, as plain DQN has them too, that is all of Hessel et al.
2018, "Rainbow: Combining Improvements in Deep Reinforcement Learning", and a little more.

B is the batch size, A the number of actions, Z the number of atoms or quantiles.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, optim
from undergrad.errors import UsageError
from undergrad.rl.agents.dqn import DQN, DQNSettings
from undergrad.rl.agents.heads import C51Head, Head, QuantileHead, ScalarHead
from undergrad.rl.explore import Exploration
from undergrad.rl.networks import predict, reset_noise
from undergrad.rl.replay import ReplayBatch
from undergrad.rl.streams import restore, saved
from undergrad.runs.settings import setting

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class RainbowSettings(DQNSettings):
    """The settings of DQN, and a switch for each block. With all of them off it is plain DQN."""

    double: bool = setting(
        False, doc="the online network chooses the next action, the target network evaluates it"
    )
    dueling: bool = setting(False, doc="the value of a state and the advantages of actions apart")
    noisy: bool = setting(False, doc="noise in the weights; then epsilon can be 0")
    distributional: str = setting(
        "none", choices=("none", "c51", "quantile"), doc="the whole distribution of the return"
    )
    n_atoms: int = setting(51, at_least=1, doc="of c51, or the number of quantiles")
    v_min: float = setting(-100.0, doc="no return can be smaller; the first atom of c51")
    v_max: float = setting(100.0, doc="no return can be larger; the last atom of c51")
    per_alpha: float = setting(
        0.0, at_least=0, at_most=1, doc="how strongly replay prefers large TD errors; 0 is uniform"
    )
    per_beta: float = setting(
        0.4, at_least=0, at_most=1, doc="how fully the weights correct for that; 1 at the end"
    )
    ez_duration: float = setting(
        1.0, at_least=1, doc="steps for which ez-greedy repeats a random action, on average"
    )
    temperature: float = setting(
        0.0, at_least=0, doc="above 0, actions are sampled from softmax(q / temperature)"
    )
    frame_stack: int = setting(
        0, at_least=0, doc="above 0, an observation is a stack of so many frames, each stored once"
    )
    encoder: str = setting(
        "flatten",
        choices=("flatten", "frame_difference", "newest_frame", "nature_cnn"),
        doc="what comes before the hidden layers",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.v_min >= self.v_max:
            raise UsageError(f"The setting v_min must be below v_max, and is {self.v_min}.")
        if self.distributional == "c51" and self.n_atoms < 2:
            raise UsageError(f"The setting n_atoms must be at least 2, and is {self.n_atoms}.")

    @property
    def is_plain(self) -> bool:
        """Whether all blocks are off that are more than another network or another buffer."""
        blocks = (self.double, self.dueling, self.noisy, self.distributional != "none")
        return not any((*blocks, self.per_alpha > 0, self.ez_duration > 1, self.temperature > 0))


class Rainbow(DQN):
    """DQN with blocks; see `RainbowSettings`.

    Arguments:
        net: (B, *observation) -> (B, A), or (B, A, Z) for a distributional head.
        rng: for the noise of an update; needed with noisy layers only.
    """

    settings: RainbowSettings

    def __init__(
        self,
        net: nn.Module,
        optimizer: optim.Optimizer,
        settings: RainbowSettings | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        s = settings or RainbowSettings()
        super().__init__(net, optimizer, s)
        self.head = make_head(s)
        self.explore = Exploration(s.ez_duration, s.temperature)
        self.rng = rng or np.random.default_rng(0)

    def q_values(self, net: nn.Module, observation: Array) -> Array:
        return self.head.mean(predict(net, observation))

    def act(self, observation: Array, epsilon: float, rng: np.random.Generator) -> Array:
        if self.settings.noisy:
            reset_noise(self.online, rng)
        return self.explore.choose(self.q_values(self.online, observation), epsilon, rng)

    def loss(self, batch: ReplayBatch) -> Tensor:
        """The mean loss of the head over the batch."""
        # Noisy networks: new noise for each update, and different noise in the two networks.
        if self.settings.noisy:
            reset_noise(self.online, self.rng)
            reset_noise(self.target, self.rng)

        td_target = self.td_target(batch)  # (B, 1) or (B, Z)
        out = self.online(Tensor(batch.observation))  # (B, A) or (B, A, Z)
        taken = out.gather(1, _index(batch.action, out.shape)).reshape(len(batch), -1)
        loss = self.head.loss(taken, td_target)  # (B,)

        # Prioritized replay: what is sampled more often than uniformly counts less.
        if batch.weight is not None:
            loss = loss * batch.weight
            self.td_error = self.head.td_error(taken.data, td_target)
        return loss.mean()

    def td_target(self, batch: ReplayBatch) -> Array:
        """What the output for the action taken should have been: (B, 1) or (B, Z)."""
        s = self.settings
        target_out = predict(self.target, batch.next_observation)  # (B, A) or (B, A, Z)
        chooser = target_out

        # Double DQN: the online network chooses the next action, the target network evaluates it.
        # The maximum of noisy values is too large on average; here both would have to be wrong.
        # Source: van Hasselt, Guez and Silver 2016.
        if s.double:
            chooser = predict(self.online, batch.next_observation)

        next_out = double_choice(self.head.mean(chooser), target_out)
        reward, discount = batch.reward * s.reward_scale, s.gamma**batch.n
        return self.head.td_target(reward, batch.terminated, next_out, discount)

    def td_errors(self, batch: ReplayBatch) -> Array:
        """As for DQN; for C51 the Kullback-Leibler divergence from the TD target, in nats: (B,)."""
        taken = _taken(predict(self.online, batch.observation), batch.action)
        td_error = self.head.td_error(taken, self.td_target(batch))
        is_divergence = self.settings.distributional == "c51"
        return td_error if is_divergence else np.asarray(td_error / self.settings.reward_scale)

    def state_dict(self) -> dict[str, Any]:
        """As for DQN, with what exploration remembers and the generator of the noise."""
        return super().state_dict() | {
            "explore": self.explore.state_dict(),
            **saved(rng=self.rng),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.explore.load_state_dict(state["explore"])
        restore(state, rng=self.rng)


def double_choice(q: Array, out: Array) -> Array:
    """For each row the output of one network for the best action by another: (B, 1) or (B, Z).

    q: (B, A), the values that choose.   out: (B, A) or (B, A, Z), the outputs that evaluate. With
    the values of one network as both, this is the maximum of plain DQN.
    """
    return _taken(out, q.argmax(axis=1))


def _taken(out: Array, action: Array) -> Array:
    """The output for one action of each row: (B, A) or (B, A, Z) -> (B, 1) or (B, Z)."""
    return out[np.arange(len(action)), action].reshape(len(action), -1)


def _index(action: Array, shape: tuple[int, ...]) -> Array:
    """`action` as an index for `gather`, alike for each of the Z numbers: (B, 1) or (B, 1, Z)."""
    column = action.reshape(-1, *[1] * (len(shape) - 1))
    return np.broadcast_to(column, (len(action), 1, *shape[2:]))


def make_head(s: RainbowSettings) -> Head:
    """The head that the settings ask for; its bounds are in scaled rewards."""
    v_min, v_max = s.v_min * s.reward_scale, s.v_max * s.reward_scale
    if s.distributional == "c51":
        return C51Head(v_min, v_max, s.n_atoms)
    if s.distributional == "quantile":
        return QuantileHead(v_min, v_max, s.huber_delta)
    return ScalarHead(v_min, v_max, s.huber_delta)


# How this differs from Hessel et al. (2018):
#
# - Every block can be used alone; quantile regression, ez-greedy and Boltzmann exploration are not
#   among the paper's.
# - Noisy layers get new noise once for a batch, and once a step for all environments together.
# - A next value outside of [v_min, v_max] is cut off, not only for C51.
# - What is said at the foot of `dqn` about networks, optimiser and time limits holds here too.
