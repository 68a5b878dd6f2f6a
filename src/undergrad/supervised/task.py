"""What a task is made of: settings, how to build its training, and what came of it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from undergrad.engine import Tensor, nn, optim
from undergrad.engine.data import DataLoader
from undergrad.engine.training.checkpoint import Stateful
from undergrad.errors import UsageError
from undergrad.runs.settings import changed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MAY_BE_ZERO = ("dropout",)
_LARGEST = 1_000_000  # of any setting; larger ones are mistyped


@dataclass(frozen=True)
class Settings:
    """Everything that decides a training besides the seed. Each task adds its own numbers.

    Raises UsageError, with the name, for a number that is not above 0.
    """

    epochs: int = 1

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if name in _MAY_BE_ZERO and value == 0:
                continue
            if isinstance(value, int | float) and not 0 < value <= _LARGEST:  # nan is neither
                raise UsageError(
                    f"The setting {name} must be above 0 and at most a million, and is {value}."
                )


@dataclass(frozen=True)
class Outcome:
    """What the judgement says about a finished training."""

    score: float
    passed: bool
    summary: str  # one sentence
    levels: Mapping[str, float] = field(default_factory=dict)  # to compare with, in the curves
    pictures: Mapping[str, Callable[["Figure"], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not math.isfinite(self.score):
            raise ValueError(f"the score of a training is {self.score}")


@dataclass(frozen=True)
class Training:
    """A training that is ready to begin. `engine.train` receives the first five."""

    model: nn.Module
    batches: DataLoader
    loss: Callable[[Any, Any], Tensor]  # of what the model returns, and the target
    optimizer: optim.Optimizer
    epochs: int
    measure: Callable[[], Mapping[str, float]]  # after each epoch, on held-out examples
    judge: Callable[[], Outcome]  # once, at the end
    rng: np.random.Generator  # all chance of this training comes from it
    callbacks: Sequence[object] = ()
    parts: Mapping[str, Stateful] = field(default_factory=dict)  # what else has a state
    about: Mapping[str, Any] = field(default_factory=dict)  # must be the same when it is resumed

    @property
    def steps(self) -> int:
        """How many steps it will take."""
        return self.epochs * len(self.batches)


@dataclass(frozen=True)
class Task:
    """Something to learn, with the budget and the pass line that were fixed before."""

    name: str
    title: str
    what: str  # two or three sentences for a newcomer
    line: str  # what counts as learnt, in words
    score: str  # what the score is, such as "accuracy"
    settings: Settings
    build: Callable[[Any, int], Training]  # from the settings and a seed
    seconds: float  # of one seed on one core
    megabytes: float
    measured: str  # what came out with these settings, on which seeds
    pictures: tuple[str, ...] = ()  # besides the curves

    def with_settings(self, changes: Mapping[str, str]) -> "Task":
        """The same task with other settings, given as text. UsageError names what is allowed."""
        return replace(self, settings=changed(self.settings, changes))

    @property
    def budget(self) -> str:
        """How much may be used for one seed, in words."""
        return f"{self.settings.epochs:,} epochs"

    def training(self, seed: int) -> Training:
        """The training from this seed. UsageError when the settings do not fit together."""
        try:
            return self.build(self.settings, seed)
        except ValueError as error:
            raise UsageError(f"{self.name} cannot begin with these settings: {error}.") from error
