"""Two moons: points that no straight line separates, and a network that finds a curve.

Two half circles reach into each other. The best straight line is the baseline; two hidden layers
must do much better, on points that they have not seen.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from undergrad import datasets
from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import Array
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.ops.softmax import softmax
from undergrad.engine.tools.metrics import accuracy
from undergrad.engine.training.train import evaluate
from undergrad.runs.settings import setting
from undergrad.supervised import preset
from undergrad.supervised.preset import Experiment, Outcome, Preset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PASS = 0.97  # noise puts about one point in a hundred among those of the other moon


@dataclass(frozen=True)
class Settings(preset.Settings):
    epochs: int = setting(60, at_least=1, doc="passes over the training set")
    examples: int = setting(
        1_000, at_least=1, at_most=1_000_000, doc="points to learn from; the test set has as many"
    )
    noise: float = setting(0.15, above=0, doc="standard deviation of the points around their moon")
    hidden_size: int = setting(32, at_least=1, at_most=100_000, doc="of both hidden layers")
    batch_size: int = setting(50, at_least=1, doc="examples in a minibatch")
    learning_rate: float = setting(0.005, above=0, doc="of Adam")


def build(settings: Settings, seed: int) -> Experiment:
    """A small network for points in the plane."""
    rng = np.random.default_rng(seed)
    points, labels = datasets.moons(settings.examples, settings.noise, rng)
    test_points, test_labels = datasets.moons(settings.examples, settings.noise, rng)
    batches = DataLoader(TensorDataset(points, labels), settings.batch_size, shuffle=True, rng=rng)
    test = DataLoader(TensorDataset(test_points, test_labels), 500)
    width = settings.hidden_size
    model = nn.Sequential(
        nn.Linear(2, width, rng=rng),
        nn.ReLU(),
        nn.Linear(width, width, rng=rng),
        nn.ReLU(),
        nn.Linear(width, 2, rng=rng),
    )

    def measure() -> dict[str, float]:
        return evaluate(model, test, {"accuracy": accuracy})

    def judge() -> Outcome:
        correct = measure()["accuracy"]
        straight = _best_straight_line(points, labels, test_points, test_labels)
        return Outcome(
            score=correct,
            passed=correct >= _PASS,
            summary=(
                f"It classifies {correct:.1%} of {len(test_labels):,} test points correctly; "
                f"the best straight line {straight:.1%}."
            ),
            levels={"straight line": straight, "pass line": _PASS},
            plots={"regions": lambda figure: _regions(figure, model, test_points, test_labels)},
        )

    return Experiment(
        model=model,
        batches=batches,
        loss=nn.CrossEntropyLoss(),
        optimizer=optim.Adam(model.parameters(), lr=settings.learning_rate),
        epochs=settings.epochs,
        measure=measure,
        judge=judge,
        rng=rng,
    )


def _best_straight_line(points: Array, labels: Array, test: Array, test_labels: Array) -> float:
    """The accuracy on the test set of the line that least squares puts between the classes."""
    ones = np.ones((len(points), 1))
    weights = np.linalg.lstsq(np.hstack([points, ones]), 2.0 * labels - 1, rcond=None)[0]
    side = np.hstack([test, np.ones((len(test), 1))]) @ weights > 0
    return float((side == test_labels).mean())


def _regions(figure: "Figure", model: nn.Module, points: Array, labels: Array) -> None:
    """The predicted probability over the plane, and the points of the test set."""
    across, up = np.meshgrid(np.linspace(-1.6, 2.6, 120), np.linspace(-1.2, 1.7, 90))
    grid = np.stack([across.ravel(), up.ravel()], axis=1).astype(np.float32)
    with no_grad():
        probability = softmax(model(Tensor(grid)), 1).data[:, 1].reshape(across.shape)
    axes = figure.add_subplot()
    colours = axes.contourf(
        across, up, probability, levels=np.linspace(0, 1, 11), cmap="PuOr", alpha=0.7
    )
    for kind, mark in ((0, "o"), (1, "^")):
        x, y = points[labels == kind].T
        axes.scatter(x, y, s=8, marker=mark, label=f"class {kind}")
    axes.set(aspect="equal")
    axes.legend(loc="upper right", fontsize="small")
    figure.colorbar(colours, label="probability of class 1")


PRESET = Preset(
    name="moons",
    title="Tell two moons apart",
    what=(
        "Two half circles of points reach into each other, so that no straight line "
        "separates them. A network with two hidden layers finds a curve that does."
    ),
    pass_line=f"at least {_PASS:.0%} of 1,000 test points classified correctly",
    metric="accuracy",
    settings=Settings(),
    build=build,
    seconds=2,
    megabytes=90,
    measured=(
        "0.1.0, one core of an AMD EPYC: "
        "seeds 0-2, 100 and 101 score 0.987 to 0.992; 1.3 s of processor time each"
    ),
    plots=("learning", "regions"),
)
