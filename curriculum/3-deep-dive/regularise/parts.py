"""How the functions of `regularise` take the engine's place."""

import numpy as np

from undergrad.engine.rng import generator
from undergrad.mine import part, result


class _Draws:
    """A generator whose `random` gives the very numbers that the engine would draw."""

    def __init__(self, rng):
        self._rng = rng

    def random(self, size=None):
        return self._rng.random(size, dtype=np.float32)

    def __getattr__(self, name):
        return getattr(self._rng, name)


@part("undergrad.engine.ops.dropout.dropout", uses=("dropout", "dropout_backward"))
def dropout(own, borrowed):
    def dropout(x, p=0.5, training=True, rng=None):
        if not training or p == 0:
            return x  # as the engine: nothing is computed
        out, mask = own.dropout(x.data, p, training, _Draws(generator(rng)))
        return result(out, (x,), lambda g: (own.dropout_backward(g, mask),))

    return dropout
