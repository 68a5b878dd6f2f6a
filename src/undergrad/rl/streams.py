"""Random streams, one a purpose, so that no two purposes of a training share their numbers.

The seed of a training and the purpose together decide a stream. Above all, the episodes that judge
an agent are then not those that chose its weights, nor those it learnt from.
"""

import numpy as np

WEIGHTS, WORLD, ACTING, CHOOSING, JUDGING, LEARNING, ENTRANCE = range(7)


def stream(seed: int, purpose: int) -> np.random.Generator:
    """The generator of this training for this purpose."""
    return np.random.default_rng([seed, purpose])


def whole_number(seed: int, purpose: int) -> int:
    """One number for something that wants a seed of its own, such as an environment."""
    return int(np.random.SeedSequence([seed, purpose]).generate_state(1)[0])
