"""Celsius to Fahrenheit: the smallest network there is, one weight and one bias.

It sees 100 pairs of temperatures and is not told the rule. Because the rule is known, the two
numbers themselves are judged.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from undergrad import datasets
from undergrad.engine import nn, optim
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.runs.settings import setting
from undergrad.supervised import preset
from undergrad.supervised.preset import Experiment, Outcome, Preset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TOLERANCE = 0.05  # how near weight and bias must come to 1.8 and 32


@dataclass(frozen=True)
class Settings(preset.Settings):
    epochs: int = setting(1_000, at_least=1, doc="passes; the bias needs most of them")
    examples: int = setting(100, at_least=1, at_most=1_000_000, doc="pairs of temperatures")
    batch_size: int = setting(20, at_least=1, doc="examples in a minibatch")
    learning_rate: float = setting(0.002, above=0, doc="of SGD")


def build(settings: Settings, seed: int) -> Experiment:
    """A straight line through pairs of temperatures."""
    rng = np.random.default_rng(seed)
    celsius, fahrenheit = datasets.celsius(settings.examples, rng)
    pairs = TensorDataset(celsius, fahrenheit)
    batches = DataLoader(pairs, batch_size=settings.batch_size, shuffle=True, rng=rng)
    model = nn.Linear(1, 1, rng=rng)

    def distances() -> dict[str, float]:
        weight, bias = (parameter.item() for parameter in model.parameters())
        return {"weight": abs(weight - 1.8), "bias": abs(bias - 32)}

    def judge() -> Outcome:
        weight, bias = (parameter.item() for parameter in model.parameters())
        worst = max(distances().values())

        def line(figure: "Figure") -> None:
            axes = figure.add_subplot()
            ends = np.array([celsius.min(), celsius.max()])
            axes.plot(celsius, fahrenheit, ".", label="examples")
            axes.plot(ends, weight * ends + bias, label="the network")
            axes.set(xlabel="Celsius", ylabel="Fahrenheit")
            axes.legend()

        return Outcome(
            score=worst,
            passed=worst <= _TOLERANCE,
            summary=f"It found fahrenheit = {weight:.2f} * celsius + {bias:.2f}.",
            levels={"pass line": _TOLERANCE},
            plots={"line": line},
        )

    return Experiment(
        model=model,
        batches=batches,
        loss=nn.MSELoss(),
        optimizer=optim.SGD(model.parameters(), lr=settings.learning_rate),
        epochs=settings.epochs,
        measure=distances,
        judge=judge,
        rng=rng,
    )


PRESET = Preset(
    name="celsius",
    title="Fahrenheit from Celsius",
    what=(
        "A network of one weight and one bias sees 100 temperatures in Celsius and in "
        "Fahrenheit. It is not told the rule, but finds it."
    ),
    pass_line=f"weight within {_TOLERANCE} of 1.8 and bias within {_TOLERANCE} of 32",
    metric="distance from the rule",
    lower_is_better=True,
    settings=Settings(),
    build=build,
    seconds=1,
    megabytes=90,
    measured=(
        "0.1.0, one core of an AMD EPYC: "
        "seeds 0-2, 100 and 101 end within 0.0003 of the rule; 1.5 s of processor time each"
    ),
    plots=("learning", "line"),
)
