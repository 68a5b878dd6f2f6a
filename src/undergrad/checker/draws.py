"""Who decides about random draws: the generator that is given, or something else?

@task(2, "draws with the generator it is given, and nothing else")
def by_generator(code, rng):
    return decided_by(lambda rng: code.he_normal((4, 3), rng), rng)
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from undergrad.checker.codec import plain
from undergrad.checker.compare import difference

if TYPE_CHECKING:
    import numpy as np


def decided_by(draw: "Callable[[np.random.Generator], Any]", rng: "np.random.Generator") -> str:
    """In words, what decides about the result of `draw(rng)`; right code gives "the generator".

    It draws with two generators in the same state, and with one in another state.
    """
    import numpy as np

    seed = int(rng.integers(1 << 30))
    one, again, other = (
        plain(draw(np.random.default_rng(each))) for each in (seed, seed, seed + 1)
    )
    if difference(one, again) is not None:
        return "something else than the generator: the same state gives another result"
    if difference(one, other) is None:
        return "nothing: another state gives the same result"
    return "the generator"
