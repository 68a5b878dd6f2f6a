"""A layer that explores by itself: its weights tremble, until it learns to hold them still."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn

Array: TypeAlias = npt.NDArray[Any]


class NoisyLinear(nn.Module):
    """A linear layer whose weights tremble, so that the network itself tries things out.

    y = (w + sigma_w * noise_w) x + b + sigma_b * noise_b, where w, b and both sigmas are learnt:
    the network finds out by itself where it can stop exploring. The noise is factorised, noise_w =
    outer(f(e_out), f(e_in)) and noise_b = f(e_out) with f(e) = sign(e) sqrt|e|: few draws for many
    weights. It is 0 until `shake` draws it, and stays until the next draw.

    Source: Fortunato et al. 2018, "Noisy Networks for Exploration", section 3.
    Shape: (B, inputs) -> (B, outputs).
    """

    def __init__(
        self, inputs: int, outputs: int, rng: np.random.Generator, sigma: float = 0.5
    ) -> None:
        bound, spread = 1 / np.sqrt(inputs), sigma / np.sqrt(inputs)
        self.weight = _parameter(rng.uniform(-bound, bound, (outputs, inputs)))
        self.bias = _parameter(rng.uniform(-bound, bound, outputs))
        self.weight_sigma = _parameter(np.full((outputs, inputs), spread))
        self.bias_sigma = _parameter(np.full(outputs, spread))
        self.noise_in = np.zeros(inputs, np.float32)
        self.noise_out = np.zeros(outputs, np.float32)

    def forward(self, x: Tensor) -> Tensor:
        plain = nn.functional.linear(x, self.weight, self.bias)
        if not self.noise_out.any():
            return plain
        shaken = nn.functional.linear(x * self.noise_in, self.weight_sigma, self.bias_sigma)
        return plain + shaken * self.noise_out  # (B, outputs)

    def shake(self, rng: np.random.Generator) -> None:
        """Draw new noise."""
        for noise in (self.noise_in, self.noise_out):
            drawn = rng.standard_normal(len(noise))
            noise[...] = np.sign(drawn) * np.sqrt(np.abs(drawn))


def _parameter(numbers: Array) -> Tensor:
    return Tensor(numbers.astype(np.float32), requires_grad=True)


def shake(net: nn.Module, rng: np.random.Generator) -> None:
    """Draw new noise in all noisy layers of a network."""
    for module in net.modules():
        if isinstance(module, NoisyLinear):
            module.shake(rng)
