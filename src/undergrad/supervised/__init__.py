"""Supervised trainings that prove the engine: each a task with a budget and a line to pass.

    from undergrad.supervised import train
    train("digits")["verdict"]                # the same as `undergrad train digits`

One file in `presets` is one task, whole: its data, model, loss, training and judgement.
"""

from undergrad.supervised.session import train

__all__ = ["train"]
