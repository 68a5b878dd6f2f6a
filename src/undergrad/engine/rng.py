"""Random numbers: NumPy's generators, given explicitly or taken from one seeded default.

Everything that draws random numbers takes `rng`: a generator, a seed, or None for the default one.
"""

import numpy as np

_default = np.random.default_rng(0)


def manual_seed(seed: int) -> None:
    """Seed the default generator, so that a script can be repeated exactly."""
    _default.bit_generator.state = np.random.default_rng(seed).bit_generator.state


def generator(rng: np.random.Generator | int | None = None) -> np.random.Generator:
    """`rng` itself, a new generator with that seed, or the default generator."""
    if isinstance(rng, np.random.Generator):
        return rng
    return _default if rng is None else np.random.default_rng(rng)
