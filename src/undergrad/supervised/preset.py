"""What a supervised preset is made of: settings, how to build its experiment, and its outcome."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from undergrad import runs
from undergrad.engine import Tensor, nn, optim
from undergrad.engine.data import DataLoader
from undergrad.engine.optim.schedule import Schedule
from undergrad.engine.training.callbacks import Scheduled
from undergrad.engine.training.checkpoint import Stateful
from undergrad.engine.training.train import Forward, Progress, train, whole_batch
from undergrad.errors import UsageError
from undergrad.runs.settings import Settings as AnySettings
from undergrad.runs.settings import setting

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Settings(AnySettings):
    """What all supervised runs have. Each preset adds its own; see `runs.settings`."""

    epochs: int = setting(1, at_least=1, doc="passes over the training set")


@dataclass(frozen=True)
class Outcome:
    """What is found when a trained model is judged."""

    score: float
    passed: bool
    summary: str  # one sentence
    levels: Mapping[str, float] = field(default_factory=dict)  # to compare with, in the curves
    plots: Mapping[str, Callable[["Figure"], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not math.isfinite(self.score):
            raise ValueError(f"the score of a run is {self.score}")


@dataclass(frozen=True)
class Experiment:
    """Data, model, loss and optimiser, ready to be trained."""

    model: nn.Module
    batches: DataLoader
    loss: Callable[[Any, Any], Tensor]  # of what the model returns, and the target
    optimizer: optim.Optimizer
    epochs: int
    measure: Callable[[], Mapping[str, float]]  # after each epoch, on the test set
    judge: Callable[[], Outcome]  # once, at the end
    rng: np.random.Generator  # of every random number of this run
    scheduler: Schedule | None = None  # of the learning rate, advanced after each step
    forward: Forward = whole_batch  # computes the loss of a batch
    callbacks: Sequence[object] = ()
    parts: Mapping[str, Stateful] = field(default_factory=dict)  # what else has a state
    identity: Mapping[str, Any] = field(default_factory=dict)  # must be the same when resumed

    @property
    def steps(self) -> int:
        """How many steps it will take."""
        return self.epochs * len(self.batches)

    def train(self, progress: Progress, callbacks: Sequence[object] = ()) -> None:
        """Train from where `progress` stands, with more callbacks after its own."""
        scheduled = [Scheduled(self.scheduler, each="step")] if self.scheduler else []
        train(
            self.model,
            self.batches,
            self.loss,
            self.optimizer,
            self.epochs,
            [*self.callbacks, *scheduled, *callbacks],
            progress,
            self.forward,
        )

    def state(self) -> dict[str, Stateful | np.random.Generator]:
        """What a checkpoint holds of it, by name."""
        scheduled = {"schedule": self.scheduler} if self.scheduler else {}
        return {
            "model": self.model,
            "optimizer": self.optimizer,
            "batches": self.batches,
            "rng": self.rng,
            **scheduled,
            **self.parts,
        }


@dataclass(frozen=True, kw_only=True)
class Preset(runs.Preset):
    """Something to learn, with the budget and the pass line that were fixed before.

    Arguments:
        metric: what the score is, such as "accuracy".
        build: the experiment, from the settings and a seed.
        measured: what came out with these settings, on which seeds.
    """

    kind: ClassVar[str] = "supervised"

    settings: Settings
    metric: str
    build: Callable[[Any, int], Experiment]
    measured: str

    @property
    def budget(self) -> str:
        return f"{self.settings.epochs:,} epochs"

    def experiment(self, seed: int) -> Experiment:
        """The experiment from this seed. UsageError when the settings do not fit together."""
        try:
            return self.build(self.settings, seed)
        except ValueError as error:
            raise UsageError(f"{self.name} cannot start with these settings: {error}.") from error
