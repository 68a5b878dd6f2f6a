"""Handwritten digits through a bottleneck: a variational autoencoder.

An encoder turns a digit into the mean and the variance of a small code, a decoder turns a code into
the mean and the variance of each pixel, and both are trained to raise the evidence lower bound
(Kingma and Welling 2013). Pixels have 17 values; noise of one step makes them continuous, so that a
density can be compared with a density: the baseline is a Gaussian with full covariance.
"""

import math
from dataclasses import dataclass

import numpy as np

from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import Array
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.optim import lr_scheduler
from undergrad.engine.training.callbacks import ExponentialMovingAverage
from undergrad.runs.settings import setting
from undergrad.supervised import preset
from undergrad.supervised.generation import sheet
from undergrad.supervised.preset import Experiment, Outcome, Preset
from undergrad.supervised.presets.digits import split_digits

_PASS = 2.73
_LEVELS = 17  # of a pixel: 0, 1/16 ... 1
_DRAWS = 20  # of the code, when the bound is measured


@dataclass(frozen=True)
class Settings(preset.Settings):
    epochs: int = setting(200, at_least=1, doc="passes over the training set")
    code_size: int = setting(16, at_least=1, at_most=1_000, doc="numbers in the code of a digit")
    hidden_size: int = setting(256, at_least=1, at_most=100_000, doc="of encoder and decoder")
    dropout: float = setting(0.3, at_least=0, below=1, doc="in the encoder")
    batch_size: int = setting(128, at_least=1, doc="examples in a minibatch")
    learning_rate: float = setting(0.002, above=0, doc="of Adam; it decays to 0 along a cosine")
    ema_decay: float = setting(0.999, at_least=0, below=1, doc="of the average of the weights")


class VAE(nn.Module):
    """(n, 64) pixels -> the evidence lower bound of each image, in nats: (n,)."""

    def __init__(self, settings: Settings, rng: np.random.Generator) -> None:
        size, code = settings.hidden_size, settings.code_size
        self._code, self._rng = code, rng
        self.encoder = nn.Sequential(
            nn.Linear(64, size, rng=rng),
            nn.SiLU(),
            nn.Dropout(settings.dropout, rng=rng),
            nn.Linear(size, size, rng=rng),
            nn.SiLU(),
            nn.Linear(size, 2 * code, rng=rng),
        )
        self.decoder = nn.Sequential(
            nn.Linear(code, size, rng=rng),
            nn.SiLU(),
            nn.Linear(size, size, rng=rng),
            nn.SiLU(),
            nn.Linear(size, 128, rng=rng),
        )

    def forward(self, pixels: Tensor) -> Tensor:
        noise = self._rng.standard_normal((len(pixels), self._code), dtype=np.float32)
        dequantised = dequantise(pixels.data, self._rng) if self.training else pixels.data
        return self.bound(dequantised, noise)

    def bound(self, x: Array, noise: Array) -> Tensor:
        """The bound with one draw of the code: log p(x | z) - KL(q(z | x), p(z))."""
        mean, logvar = self.encoder(Tensor(x)).chunk(2, dim=1)
        z = mean + (logvar * 0.5).exp() * noise
        kl = ((mean * mean + logvar.exp() - 1 - logvar) * 0.5).sum(1)
        pixel_mean, pixel_logvar = self.decode(z)
        gap = pixel_mean - x
        nats = (gap * gap / pixel_logvar.exp() + pixel_logvar + math.log(2 * math.pi)) * 0.5
        bound: Tensor = -nats.sum(1) - kl
        return bound

    def decode(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of each pixel: (n, code) -> (n, 64) twice."""
        mean, logvar = self.decoder(z).chunk(2, dim=1)
        return mean, logvar.tanh() * 4 - 4  # a standard deviation between 0.018 and 1


def dequantise(pixels: Array, rng: np.random.Generator) -> Array:
    """Noise of one step in each pixel: k/16 becomes uniform in [k/17, (k + 1)/17)."""
    steps = np.rint(pixels * (_LEVELS - 1))
    return np.asarray((steps + rng.random(pixels.shape)) / _LEVELS, np.float32)


def negative_bound(bounds: Tensor, _: Array) -> Tensor:
    """Minus the mean bound, in nats."""
    return -bounds.mean()


def gaussian_log_density(train: Array, test: Array) -> Array:
    """Of each row of test, under the Gaussian with the mean and covariance of train: (m,)."""
    covariance = np.cov(train, rowvar=False)
    factor = np.linalg.cholesky(covariance)
    gap = np.linalg.solve(factor, (test - train.mean(axis=0)).T)
    constant = 0.5 * train.shape[1] * math.log(2 * math.pi) + np.log(np.diag(factor)).sum()
    return np.asarray(-0.5 * (gap**2).sum(axis=0) - constant)


def build(settings: Settings, seed: int) -> Experiment:
    """A variational autoencoder of digits, and a Gaussian to compare with."""
    rng = np.random.default_rng(seed)
    images, labels, test_images, _ = split_digits(rng)
    pixels, test_pixels = (each.reshape(-1, 64) for each in (images, test_images))
    fixed = np.random.default_rng(0)
    test = np.concatenate([dequantise(test_pixels, fixed) for _ in range(_DRAWS)])
    noise = fixed.standard_normal((len(test), settings.code_size), dtype=np.float32)
    batches = DataLoader(
        TensorDataset(pixels, labels), settings.batch_size, shuffle=True, drop_last=True, rng=rng
    )
    model = VAE(settings, rng)
    optimizer = optim.Adam(model.parameters(), lr=settings.learning_rate)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings.epochs * len(batches))
    ema = ExponentialMovingAverage(model, settings.ema_decay)

    def measured(x: Array, z: Array) -> float:
        model.eval()
        try:
            with no_grad():
                return bits_per_pixel(model.bound(x, z).data)
        finally:
            model.train()

    def judge() -> Outcome:
        bits = measured(test, noise)
        drawing = np.random.default_rng(seed)
        known = np.concatenate([dequantise(pixels, drawing) for _ in range(_DRAWS)])
        baseline = bits_per_pixel(gaussian_log_density(known, test))
        codes = drawing.standard_normal((20, settings.code_size), dtype=np.float32)
        with no_grad():
            drawn = model.decode(Tensor(codes))[0].data
        return Outcome(
            score=bits,
            passed=bits <= _PASS,
            summary=(
                f"The bound is {bits:.3f} bits per pixel on {len(test_pixels)} test digits; a "
                f"Gaussian with full covariance needs {baseline:.3f}."
            ),
            levels={"Gaussian": baseline, "pass line": _PASS},
            plots={
                "samples": lambda figure: sheet(
                    figure, [("drawn", drawn), ("drawn", drawn[10:]), ("test", test_pixels)]
                )
            },
        )

    return Experiment(
        model=model,
        batches=batches,
        loss=negative_bound,
        optimizer=optimizer,
        epochs=settings.epochs,
        measure=lambda: {
            "bits per pixel": measured(test[: len(test_pixels)], noise[: len(test_pixels)])
        },
        judge=judge,
        rng=rng,
        scheduler=scheduler,
        callbacks=[ema],
        parts={"ema": ema},
    )


def bits_per_pixel(log_density: Array) -> float:
    """Of pixels with 17 values, from log densities of images on [0, 1)^64, in nats."""
    return float(math.log2(_LEVELS) - log_density.mean() / (64 * math.log(2)))


PRESET = Preset(
    name="digits-vae",
    title="Draw handwritten digits from a small code",
    what=(
        "A variational autoencoder squeezes a digit through 16 numbers with noise, and then draws "
        "new digits from noise alone."
    ),
    pass_line=f"at most {_PASS:g} bits per pixel of the test digits",
    metric="bits per pixel",
    lower_is_better=True,
    settings=Settings(),
    build=build,
    seconds=14,
    megabytes=150,
    measured=(
        "0.1.0, one core of an AMD EPYC: seeds 1 and 2 score 2.539 and 2.519 bits, a Gaussian "
        "2.928 and 2.958; 12 to 17 s of processor time"
    ),
    plots=("learning", "samples"),
)
