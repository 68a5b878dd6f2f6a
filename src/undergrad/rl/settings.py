"""What the settings of all agents share: the budget, the environments, and how often to look."""

from dataclasses import dataclass

from undergrad.errors import UsageError
from undergrad.runs.settings import Settings, setting


@dataclass(frozen=True)
class AgentSettings(Settings):
    """The settings of every agent; each agent's own come after these."""

    steps: int = setting(
        100_000, at_least=1, doc="the budget, counted in steps of all environments together"
    )
    n_envs: int = setting(8, at_least=1, doc="environments that share one forward pass")
    gamma: float = setting(
        0.99, above=0, at_most=1, doc="the discount factor: what a reward is worth one step later"
    )
    evaluate_every: int = setting(5_000, at_least=1, doc="steps between two evaluations")
    evaluation_episodes: int = setting(
        20, at_least=1, doc="greedy episodes in an evaluation, which the budget does not count"
    )
    log_every: int = setting(500, at_least=1, doc="steps between two rows of the log")


@dataclass(frozen=True)
class NetworkSettings(AgentSettings):
    """The settings of every agent that has a network."""

    observation_scale: tuple[float, ...] = setting(
        (), above=0, doc="what each number of an observation is divided by; empty for the default"
    )
    encoder: str = setting(
        "flatten",
        choices=("flatten", "frame_difference", "newest_frame"),
        doc="what the hidden layers see: everything, what has moved, or one image",
    )
    hidden_sizes: tuple[int, ...] = setting((64, 64), at_least=1, doc="widths of the hidden layers")
    reward_scale: float = setting(
        1.0, above=0, doc="rewards are multiplied by it; 1 - gamma brings returns near 1"
    )
    learning_rate: float = setting(
        0.001, above=0, doc="Adam's at the start; it falls in a straight line to 0"
    )
    max_grad_norm: float = setting(10.0, above=0, doc="a longer gradient is shortened to this")


@dataclass(frozen=True)
class ReplaySettings(NetworkSettings):
    """The settings of every agent that learns from a replay buffer."""

    gamma: float = setting(
        0.99, at_least=0, below=1, doc="the discount factor: what a reward is worth one step later"
    )
    n_step: int = setting(1, at_least=1, doc="rewards in one transition before the value of s'")
    batch_size: int = setting(128, at_least=1, doc="transitions in one gradient step")
    gradient_steps: int = setting(4, at_least=1, doc="after each step of all environments")
    tau: float = setting(0.02, above=0, at_most=1, doc="fraction by which target networks move")
    buffer_size: int = setting(100_000, at_least=1, doc="transitions in the replay buffer")
    learning_starts: int = setting(1_000, at_least=0, doc="steps before the first gradient step")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.learning_starts > self.steps:
            raise UsageError(
                f"The setting learning_starts is {self.learning_starts} and steps only "
                f"{self.steps}, so nothing would be learned: make learning_starts smaller."
            )

    def epsilon(self, steps: int) -> float:
        """The probability of a random action after so many steps of all environments.

        Here 1 until learning starts, and 0 from then on.
        """
        return float(steps < self.learning_starts)
