"""What decides about a draw: the generator, something else beside it, or nothing."""

import numpy as np
import pytest

from undergrad.checker import decided_by


@pytest.mark.parametrize("draw, said", [
    (lambda rng: rng.normal(size=3), "the generator"),
    (lambda rng: (rng.permutation(9), {"p": rng.random()}), "the generator"),
    (lambda rng: rng.normal(size=3) + np.random.default_rng().normal(), "something else"),
    (lambda rng: np.random.default_rng(0).normal(size=3), "nothing"),
])  # fmt: skip
def test_says_what_decides(draw, said):
    assert decided_by(draw, np.random.default_rng(5)).startswith(said)
