"""Random streams, one for each purpose, so that no two purposes of a run share their numbers.

The seed of a run and the purpose together decide a stream, and for some purposes further numbers
do. Above all, the episodes that judge an agent are then not those that chose its weights, nor those
it learned from.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

WEIGHTS, ENV, ACTING, CHOOSING, JUDGING, LEARNING, ENCODER, SHARD = range(8)


def stream(seed: int, purpose: int, *more: int) -> np.random.Generator:
    """The generator of this run for this purpose, and for these numbers where it has several."""
    return np.random.default_rng([seed, purpose, *more])


def seed_for(seed: int, purpose: int) -> int:
    """One number for something that needs a seed of its own, such as an environment."""
    return int(np.random.SeedSequence([seed, purpose]).generate_state(1)[0])


def saved(**generators: np.random.Generator) -> dict[str, Any]:
    """The states of generators, by the names that they are given here."""
    return {name: generator.bit_generator.state for name, generator in generators.items()}


def restore(state: Mapping[str, Any], **generators: np.random.Generator) -> None:
    """Put generators back to what `saved` found under their names."""
    for name, generator in generators.items():
        generator.bit_generator.state = state[name]
