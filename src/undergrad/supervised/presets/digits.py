"""Handwritten digits with one hidden layer: 64 pixels in, ten scores out.

Each training image is shown where it is and shifted by one pixel in four directions: a digit stays
the same digit a little further left. A fifth of the images is the test set.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from undergrad import datasets
from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import Array
from undergrad.engine.data import DataLoader, TensorDataset, stratified_split
from undergrad.engine.tools.metrics import accuracy
from undergrad.engine.training.train import evaluate
from undergrad.runs.settings import setting
from undergrad.supervised import preset
from undergrad.supervised.preset import Experiment, Outcome, Preset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PASS = 0.97


@dataclass(frozen=True)
class Settings(preset.Settings):
    epochs: int = setting(30, at_least=1, doc="passes over the training set")
    hidden_size: int = setting(512, at_least=1, at_most=100_000, doc="of the hidden layer")
    batch_size: int = setting(64, at_least=1, doc="examples in a minibatch")
    learning_rate: float = setting(0.002, above=0, doc="of Adam")
    weight_decay: float = setting(1e-4, at_least=0, doc="L2 penalty of Adam")
    label_smoothing: float = setting(0.1, at_least=0, below=1, doc="of the cross-entropy")


def build(settings: Settings, seed: int) -> Experiment:
    """A network with one hidden layer, on images of 8 x 8 pixels."""
    rng = np.random.default_rng(seed)
    images, labels, test_images, test_labels = split_digits(rng)
    pixels = shifted(images).reshape(-1, 64)
    batches = DataLoader(
        TensorDataset(pixels, np.tile(labels, 5)), settings.batch_size, shuffle=True, rng=rng
    )
    test = DataLoader(TensorDataset(test_images.reshape(-1, 64), test_labels), 500)
    model = nn.Sequential(
        nn.Linear(64, settings.hidden_size, rng=rng),
        nn.ReLU(),
        nn.Linear(settings.hidden_size, 10, rng=rng),
    )
    return Experiment(
        model=model,
        batches=batches,
        loss=nn.CrossEntropyLoss(label_smoothing=settings.label_smoothing),
        optimizer=optim.Adam(
            model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        ),
        epochs=settings.epochs,
        measure=lambda: evaluate(model, test, {"accuracy": accuracy}),
        judge=lambda: judged(model, test_images.reshape(-1, 64), test_images, test_labels, _PASS),
        rng=rng,
    )


def split_digits(rng: np.random.Generator) -> tuple[Array, Array, Array, Array]:
    """Images and labels of the training set and of the test set, a fifth of each digit."""
    digits = TensorDataset(*datasets.digits())
    training, test = stratified_split(digits, digits.arrays[1], (0.8, 0.2), rng)
    images, labels = training[np.arange(len(training))]
    test_images, test_labels = test[np.arange(len(test))]
    return images, labels, test_images, test_labels


def shifted(images: Array) -> Array:
    """(n, 8, 8) -> (5 n, 8, 8): the images, and the images up, down, left and right by a pixel."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    corners = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    return np.concatenate([padded[:, top : top + 8, left : left + 8] for top, left in corners])


def judged(model: nn.Module, x: Array, images: Array, labels: Array, pass_line: float) -> Outcome:
    """How many digits of the test set are read correctly, and a plot of those that are not."""
    model.eval()
    with no_grad():
        predicted = model(Tensor(x)).data.argmax(axis=1)
    correct, wrong = accuracy(predicted, labels), np.flatnonzero(predicted != labels)
    return Outcome(
        score=correct,
        passed=correct >= pass_line,
        summary=(
            f"It reads {correct:.1%} of {len(labels)} test digits correctly, all but {len(wrong)}."
        ),
        levels={"pass line": pass_line},
        plots={
            "mistakes": lambda figure: _mistakes(
                figure, images[wrong], labels[wrong], predicted[wrong]
            )
        },
    )


def _mistakes(figure: "Figure", images: Array, labels: Array, predicted: Array) -> None:
    """Up to 16 misread digits, each with its label and the prediction."""
    grid = figure.subplots(4, 4).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, image, label, read in zip(grid, images, labels, predicted, strict=False):
        axes.imshow(image, cmap="gray_r")
        axes.set_title(f"{label}, read {read}", fontsize="small")


PRESET = Preset(
    name="digits",
    title="Read handwritten digits",
    what=(
        "1,797 digits that people wrote, 8 x 8 pixels each. A network with one hidden layer "
        "learns from four fifths of them and reads the rest."
    ),
    pass_line=f"at least {_PASS:.0%} of about 360 test digits read correctly",
    metric="accuracy",
    settings=Settings(),
    build=build,
    seconds=5,
    megabytes=110,
    measured=(
        "0.1.0, one core of an AMD EPYC: seeds 0-2 score 0.992 to 0.997 (1 to 3 digits misread); "
        "2.5 s of processor time each"
    ),
    plots=("learning", "mistakes"),
)
