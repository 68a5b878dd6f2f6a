"""The distance, the baselines and the sampler, each beside a second way to compute it."""

import numpy as np
import pytest

from undergrad.engine import Tensor, nn
from undergrad.engine.training.callbacks import ExponentialMovingAverage
from undergrad.engine.training.train import Progress
from undergrad.supervised.generation import frechet, gaussian_samples
from undergrad.supervised.presets import digits_diffusion, digits_vae


def with_moments(mean, covariance, rng, n=500):
    """Rows with exactly this mean and covariance."""
    x = rng.normal(size=(n, len(mean)))
    x = np.linalg.solve(np.linalg.cholesky(np.cov(x, rowvar=False)), (x - x.mean(axis=0)).T)
    return mean + (np.linalg.cholesky(covariance) @ x).T


def test_the_distance_of_gaussians_with_shared_axes_has_a_closed_form():
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    one, other = rng.uniform(0.1, 2, size=(2, 4))
    means = rng.normal(size=(2, 4))
    a, b = (
        with_moments(mean, axes @ np.diag(each) @ axes.T, rng)
        for mean, each in zip(means, (one, other), strict=True)
    )
    expected = ((means[0] - means[1]) ** 2).sum() + ((np.sqrt(one) - np.sqrt(other)) ** 2).sum()
    assert frechet(a, b) == pytest.approx(expected)
    assert frechet(a, a) == pytest.approx(0, abs=1e-9)
    flat = np.column_stack([a[:, 0], np.ones(len(a))])  # a singular covariance
    assert frechet(flat, flat) == pytest.approx(0, abs=1e-9)


def test_each_label_has_its_own_gaussian():
    rng = np.random.default_rng(0)
    labels = np.arange(4_000) % 2
    pixels = 0.3 + 0.4 * labels[:, None] + 0.05 * rng.normal(size=(4_000, 3))
    pixels[:, 1] = pixels[:, 0]
    drawn = gaussian_samples(pixels, labels, labels, rng)
    for label in (0, 1):
        own = drawn[labels == label]
        np.testing.assert_allclose(own.mean(axis=0), 0.3 + 0.4 * label, atol=0.01)
        np.testing.assert_allclose(own[:, 0], own[:, 1])


def test_the_log_density_of_a_gaussian_integrates_to_one():
    train = np.random.default_rng(0).normal(1, 0.3, size=(200, 2)) @ [[1, 0.5], [0, 1]]
    across, up = np.meshgrid(np.linspace(-1, 3, 301), np.linspace(-1, 4, 301))
    grid = np.stack([across.ravel(), up.ravel()], axis=1)
    density = np.exp(digits_vae.gaussian_log_density(train, grid))
    assert density.sum() * 4 / 300 * 5 / 300 == pytest.approx(1, abs=1e-3)


def test_the_bound_is_below_the_log_density_that_a_linear_decoder_has():
    settings = digits_vae.Settings(code_size=2, hidden_size=8)
    model = digits_vae.VAE(settings, np.random.default_rng(0))
    model.eval()
    rng = np.random.default_rng(1)
    x = rng.random((1, 64)).astype(np.float32)
    bounds = [
        model.bound(x, rng.standard_normal((1, 2)).astype(np.float32)).item() for _ in range(300)
    ]
    codes = rng.standard_normal((20_000, 2)).astype(np.float32)
    mean, logvar = (each.data for each in model.decode(Tensor(codes)))
    logs = -0.5 * ((mean - x) ** 2 / np.exp(logvar) + logvar + np.log(2 * np.pi)).sum(axis=1)
    top = logs.max()
    assert np.mean(bounds) < top + np.log(np.exp(logs - top).mean()) + 0.1


def test_dequantised_pixels_stay_in_their_cell():
    pixels = (np.arange(17) / 16)[None].repeat(50, axis=0)
    noisy = digits_vae.dequantise(pixels, np.random.default_rng(0))
    assert (np.floor(noisy * 17) == np.arange(17)).all()


class Knows(nn.Module):
    """Predicts the noise of one known digit exactly, whatever it is told."""

    def __init__(self, digit, signal):
        self._digit, self._signal = digit, signal

    def forward(self, x, level, label):
        signal = self._signal[np.rint(level * (len(self._signal) - 1)).astype(int)][:, None]
        return Tensor((x.data - np.sqrt(signal) * self._digit) / np.sqrt(1 - signal))


@pytest.mark.parametrize("steps", [1, 7, 40])
def test_a_perfect_denoiser_draws_the_digit_it_knows(steps):
    rng = np.random.default_rng(0)
    digit, signal = rng.uniform(-1, 1, size=64), digits_diffusion.cosine_schedule(40)
    model = digits_diffusion.Diffusion(Knows(digit, signal), signal, rng)
    drawn = digits_diffusion.sample(model, np.zeros(3, int), steps, 1.0, rng)
    np.testing.assert_allclose(drawn, np.tile((digit + 1) / 2, (3, 1)), atol=1e-3)


def test_the_schedule_falls_from_one_and_stays_above_zero():
    signal = digits_diffusion.cosine_schedule(200)
    assert signal[0] == 1 and (np.diff(signal) < 0).all() and signal[-1] > 0


def test_averaged_weights_replace_the_trained_ones_after_the_last_epoch_only():
    model = nn.Linear(1, 1, rng=0)
    ema, expected = ExponentialMovingAverage(model, 0.9), model.weight.item()
    rng = np.random.default_rng(0)
    for step in range(1, 30):
        model.weight.data[:] = rng.normal()
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * model.weight.item()
        ema.on_step(Progress(step=step))
    other = ExponentialMovingAverage(model, 0.9)
    other.load_state_dict(ema.state_dict())
    trained = model.weight.item()
    ema.on_end(Progress(epoch=1, epochs=2))
    assert model.weight.item() == trained
    other.on_end(Progress(epoch=2, epochs=2))
    assert model.weight.item() == pytest.approx(expected, rel=1e-5)
