"""Celsius to Fahrenheit: the smallest network there is, one slope and one offset.

It sees 100 pairs of temperatures and is not told the rule. Because the rule is known, the judgement
looks at the two numbers themselves.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from undergrad import datasets
from undergrad.engine import nn, optim
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.supervised import task
from undergrad.supervised.task import Outcome, Task, Training

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TOLERANCE = 0.05  # how near slope and offset must come to 1.8 and 32


@dataclass(frozen=True)
class Settings(task.Settings):
    epochs: int = 1_000  # the slope falls into place at once, the offset follows slowly
    examples: int = 100
    batch: int = 20
    learning_rate: float = 0.002


def build(settings: Settings, seed: int) -> Training:
    """A straight line through pairs of temperatures."""
    rng = np.random.default_rng(seed)
    celsius, fahrenheit = datasets.celsius(settings.examples, rng)
    pairs = TensorDataset(celsius, fahrenheit)
    batches = DataLoader(pairs, batch_size=settings.batch, shuffle=True, rng=rng)
    model = nn.Linear(1, 1, rng=rng)

    def distances() -> dict[str, float]:
        slope, offset = model.parameters()
        return {"slope": abs(slope.item() - 1.8), "offset": abs(offset.item() - 32)}

    def judge() -> Outcome:
        slope, offset = (parameter.item() for parameter in model.parameters())
        worst = max(distances().values())

        def line(figure: "Figure") -> None:
            axes = figure.add_subplot()
            ends = np.array([celsius.min(), celsius.max()])
            axes.plot(celsius, fahrenheit, ".", label="examples")
            axes.plot(ends, slope * ends + offset, label="what was learnt")
            axes.set(xlabel="Celsius", ylabel="Fahrenheit")
            axes.legend()

        return Outcome(
            score=worst,
            passed=worst <= _TOLERANCE,
            summary=f"It found fahrenheit = {slope:.2f} * celsius + {offset:.2f}.",
            levels={"pass line": _TOLERANCE},
            pictures={"line": line},
        )

    return Training(
        model=model,
        batches=batches,
        loss=nn.MSELoss(),
        optimizer=optim.SGD(model.parameters(), lr=settings.learning_rate),
        epochs=settings.epochs,
        measure=distances,
        judge=judge,
        rng=rng,
    )


TASK = Task(
    name="celsius",
    title="Fahrenheit from Celsius",
    what=(
        "A network of one slope and one offset sees 100 temperatures in Celsius and in "
        "Fahrenheit. It is not told the rule, and finds it."
    ),
    line=f"slope within {_TOLERANCE} of 1.8 and offset within {_TOLERANCE} of 32",
    score="distance from the rule",
    settings=Settings(),
    build=build,
    seconds=1,
    megabytes=90,
    measured=(
        "0.1.0, one core of an AMD EPYC: "
        "seeds 0-2, 100 and 101 end within 0.0003 of the rule; 1.5 s of processor time each"
    ),
    pictures=("line",),
)
