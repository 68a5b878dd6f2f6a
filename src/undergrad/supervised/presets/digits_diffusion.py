"""Handwritten digits from noise: a denoising diffusion model, told which digit to draw.

A network learns to predict the noise in digits that were made noisy to every degree (Ho et al.
2020), and a digit is drawn by removing the predicted noise step by step. In a tenth of the examples
the label is left out, so that the network also predicts without one; at each step the difference
that the label makes is then doubled (classifier-free guidance, Ho and Salimans 2022). The baseline
draws from a Gaussian with full covariance for each digit.
"""

from dataclasses import dataclass

import numpy as np

from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import Array
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.nn.functional import mse_loss, silu
from undergrad.engine.optim import lr_scheduler
from undergrad.engine.training.callbacks import ExponentialMovingAverage
from undergrad.runs.settings import setting
from undergrad.supervised import preset
from undergrad.supervised.generation import classifier, frechet, gaussian_samples, sheet
from undergrad.supervised.preset import Experiment, Outcome, Preset
from undergrad.supervised.presets.digits import split_digits

_PASS = 0.065
_DROPPED = 0.1  # of the labels
_NO_LABEL = 10
_SAMPLES = 2_000


@dataclass(frozen=True)
class Settings(preset.Settings):
    epochs: int = setting(450, at_least=1, doc="passes over the training set")
    noise_levels: int = setting(200, at_least=2, at_most=10_000, doc="from clean to pure noise")
    sampling_steps: int = setting(50, at_least=1, doc="from noise to a digit, evenly spaced")
    guidance: float = setting(1.0, at_least=0, doc="how much the label counts beyond its part")
    hidden_size: int = setting(256, at_least=1, at_most=100_000, doc="of the three hidden layers")
    batch_size: int = setting(128, at_least=1, doc="examples in a minibatch")
    learning_rate: float = setting(0.002, above=0, doc="of Adam; it decays to 0 along a cosine")
    ema_decay: float = setting(0.999, at_least=0, below=1, doc="of the average of the weights")


class Denoiser(nn.Module):
    """Predicts the noise in noisy digits: (n, 64) pixels, their levels and their labels -> (n, 64).

    Level and label become a vector that is added to each of the three hidden layers.
    """

    def __init__(self, hidden_size: int, rng: np.random.Generator) -> None:
        self.level = nn.Linear(32, hidden_size, rng=rng)
        self.label = nn.Embedding(_NO_LABEL + 1, hidden_size, rng=rng)
        self.first = nn.Linear(64, hidden_size, rng=rng)
        self.second = nn.Linear(hidden_size, hidden_size, rng=rng)
        self.third = nn.Linear(hidden_size, hidden_size, rng=rng)
        self.head = nn.Linear(hidden_size, 64, rng=rng)

    def forward(self, x: Tensor, level: Array, label: Array) -> Tensor:
        about = self.level(Tensor(waves(level))) + self.label(label)
        h = silu(self.first(x) + about)
        h = h + silu(self.second(h) + about)
        h = h + silu(self.third(h) + about)
        noise: Tensor = self.head(h)
        return noise


class Diffusion(nn.Module):
    """The denoiser, and the noise that it is trained with.

    Arguments:
        signal: alpha-bar of each level, (levels + 1,): how much of a digit's variance is left.
    """

    def __init__(self, denoiser: Denoiser, signal: Array, rng: np.random.Generator) -> None:
        self.denoiser, self._signal, self._rng = denoiser, signal, rng

    def forward(self, pixels: Tensor, labels: Array) -> tuple[Tensor, Array]:
        """The predicted noise of digits between -1 and 1 at random levels, and the true noise."""
        rng, n = self._rng, len(labels)
        level = rng.integers(1, len(self._signal), size=n)
        noise = rng.standard_normal(pixels.shape, dtype=np.float32)
        known = np.where(rng.random(n) < _DROPPED, _NO_LABEL, labels)
        return self.denoised(pixels.data, level, known, noise), noise

    def denoised(self, pixels: Array, level: Array, label: Array, noise: Array) -> Tensor:
        """The noise that is predicted when the pixels are mixed with this noise."""
        signal = self._signal[level][:, None]
        mixed = np.sqrt(signal) * pixels + np.sqrt(1 - signal) * noise
        predicted: Tensor = self.denoiser(
            Tensor(mixed.astype(np.float32)), level_of(level, self._signal), label
        )
        return predicted


def level_of(level: Array, signal: Array) -> Array:
    """The level as a number from 0, clean, to 1, pure noise."""
    return np.asarray(level / (len(signal) - 1))


def waves(level: Array) -> Array:
    """Sixteen sines and sixteen cosines of a level between 0 and 1: (n,) -> (n, 32)."""
    angle = 1000 * level[:, None] * 10_000 ** (-np.arange(16) / 16)
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1).astype(np.float32)


def cosine_schedule(levels: int) -> Array:
    """Alpha-bar from 1, clean, to nearly 0: (levels + 1,) (Nichol and Dhariwal 2021, eq. 17).

    No level removes more than 0.999 of the variance that the level before has left.
    """
    angle = (np.arange(levels + 1) / levels + 0.008) / 1.008 * np.pi / 2
    exact = np.cos(angle) ** 2 / np.cos(angle[0]) ** 2
    kept = np.maximum(exact[1:] / exact[:-1], 0.001)
    return np.concatenate([[1.0], np.cumprod(kept)])


@no_grad()
def sample(
    model: Diffusion, labels: Array, steps: int, guidance: float, rng: np.random.Generator
) -> Array:
    """Draw a digit for each label: (n,) -> (n, 64), pixels between 0 and 1.

    Each step estimates the clean digit, clips it to the range of pixels, and draws from the
    posterior of the less noisy level, given both (Ho et al. 2020, eq. 7).
    """
    signal, n = model._signal, len(labels)
    levels = np.unique(np.linspace(0, len(signal) - 1, steps + 1).round().astype(int))
    x = rng.standard_normal((n, 64))
    nothing = np.full(n, _NO_LABEL)
    for level, lower in zip(levels[:0:-1], levels[-2::-1], strict=True):
        now, then = signal[level], signal[lower]
        where, noisy = level_of(np.full(n, level), signal), Tensor(x.astype(np.float32))
        with_label = model.denoiser(noisy, where, labels).data
        without = model.denoiser(noisy, where, nothing).data
        noise = with_label + guidance * (with_label - without)
        clean = ((x - np.sqrt(1 - now) * noise) / np.sqrt(now)).clip(-1, 1)
        kept = now / then
        mean = np.sqrt(then) * (1 - kept) / (1 - now) * clean
        mean += np.sqrt(kept) * (1 - then) / (1 - now) * x
        variance = (1 - then) / (1 - now) * (1 - kept)
        x = mean + np.sqrt(variance) * rng.standard_normal(x.shape)
    return np.asarray((x + 1) / 2).clip(0, 1)


def build(settings: Settings, seed: int) -> Experiment:
    """A denoiser of digits, and a Gaussian for each digit to compare with."""
    rng = np.random.default_rng(seed)
    images, labels, test_images, test_labels = split_digits(rng)
    pixels, test_pixels = (each.reshape(-1, 64) for each in (images, test_images))
    scaled, test_scaled = 2 * pixels - 1, 2 * test_pixels - 1
    batches = DataLoader(
        TensorDataset(scaled, labels, labels),
        settings.batch_size,
        shuffle=True,
        drop_last=True,
        rng=rng,
    )
    signal = cosine_schedule(settings.noise_levels)
    model = Diffusion(Denoiser(settings.hidden_size, rng), signal, rng)
    optimizer = optim.Adam(model.parameters(), lr=settings.learning_rate)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings.epochs * len(batches))
    ema = ExponentialMovingAverage(model, settings.ema_decay)
    fixed = np.random.default_rng(0)
    level = fixed.integers(1, len(signal), size=len(test_labels))
    noise = fixed.standard_normal(test_scaled.shape, dtype=np.float32)

    def measure() -> dict[str, float]:
        with no_grad():
            predicted = model.denoised(test_scaled, level, test_labels, noise)
        return {"test loss": float(mse_loss(predicted, noise).item())}

    def judge() -> Outcome:
        eyes, drawing = classifier(), np.random.default_rng(seed)
        wanted = np.arange(_SAMPLES) % 10
        drawn = sample(model, wanted, settings.sampling_steps, settings.guidance, drawing)
        gaussian = gaussian_samples(pixels, labels, wanted, drawing)
        real = eyes.features(test_pixels)
        distance, baseline, anchor = (
            frechet(eyes.features(each), real) for each in (drawn, gaussian, pixels)
        )
        agreed = (eyes.read(drawn) == wanted).mean()
        return Outcome(
            score=distance,
            passed=distance <= _PASS,
            summary=(
                f"The Frechet distance of {_SAMPLES:,} drawn digits to the test digits is "
                f"{distance:.3f}; a Gaussian for each digit has {baseline:.3f}, the training "
                f"digits {anchor:.3f}. A classifier reads {agreed:.1%} "
                f"of them as the digit that was asked for."
            ),
            levels={"Gaussian": baseline, "training digits": anchor, "pass line": _PASS},
            plots={
                "samples": lambda figure: sheet(
                    figure, [("drawn", drawn), ("drawn", drawn[10:]), ("Gaussian", gaussian)]
                )
            },
        )

    return Experiment(
        model=model,
        batches=batches,
        loss=lambda output, _: mse_loss(*output),
        optimizer=optimizer,
        epochs=settings.epochs,
        measure=measure,
        judge=judge,
        rng=rng,
        scheduler=scheduler,
        callbacks=[ema],
        parts={"ema": ema},
    )


PRESET = Preset(
    name="digits-diffusion",
    title="Draw handwritten digits by removing noise",
    what=(
        "A network learns how much noise there is in a noisy digit. Starting from pure noise, it "
        "then draws new digits of each kind, step by step."
    ),
    pass_line=(
        f"a Frechet distance of at most {_PASS:g} between 2,000 drawn digits and the test digits"
    ),
    metric="Frechet distance",
    lower_is_better=True,
    settings=Settings(),
    build=build,
    seconds=30,
    megabytes=150,
    measured=(
        "0.1.0, one core of an AMD EPYC: seeds 1, 2 and 7 score 0.037, 0.026 and 0.044, a Gaussian "
        "for each digit 0.139, 0.089 and 0.085; 26 s of processor time each"
    ),
    plots=("learning", "samples"),
)
