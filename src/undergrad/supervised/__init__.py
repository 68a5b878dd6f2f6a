"""Supervised runs that prove the engine: each preset has a budget and a pass line.

    from undergrad.supervised import train
    train("digits").verdict                   # the same as `undergrad train digits`

One file in `presets` is one preset, whole: its data, model, loss, optimiser and judgement.
"""

from functools import partial

from undergrad.runs import session
from undergrad.supervised.catalogue import KIND

train = partial(session.train, KIND)

__all__ = ["train"]
