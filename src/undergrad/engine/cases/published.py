"""What PyTorch lacks, written with its own operations from the paper, to compare with."""

from __future__ import annotations

from typing import Any


class Lion:
    """Algorithm 2 of Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms"."""

    def __init__(
        self,
        params: list[Any],
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        maximize: bool = False,
    ) -> None:
        self.params, self.lr, self.betas = params, lr, betas
        self.weight_decay, self.sign = weight_decay, -1 if maximize else 1
        self.momenta = [0 * p.detach() for p in params]

    def step(self) -> None:
        """One step of every parameter on its own."""
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            theta, m, g = p.detach(), self.momenta[i], self.sign * p.grad
            c = b1 * m + (1 - b1) * g
            theta.copy_(theta - self.lr * (c.sign() + self.weight_decay * theta))
            self.momenta[i] = b2 * m + (1 - b2) * g
