"""Where chance comes from: NumPy's generators, named explicitly or taken from one seeded default.

Whatever draws random numbers takes `rng`: a generator, or a seed, or None for the default one.
"""

import numpy as np

_default = np.random.default_rng(0)


def manual_seed(seed: int) -> None:
    """Start the default generator anew, so that a whole script can be repeated."""
    _default.bit_generator.state = np.random.default_rng(seed).bit_generator.state


def generator(rng: np.random.Generator | int | None = None) -> np.random.Generator:
    """`rng` itself, a new generator with that seed, or the default generator."""
    if isinstance(rng, np.random.Generator):
        return rng
    return _default if rng is None else np.random.default_rng(rng)
