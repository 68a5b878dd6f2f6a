"""Text, character by character, with an LSTM: what comes next, given all that came before.

The baseline counts pairs of neighbouring characters. The text is this course's own lessons; with
`--set text=FILE` it is any other, with `--set text=language` sentences of a made-up language.
"""

from dataclasses import dataclass

import numpy as np

from undergrad.engine import optim
from undergrad.engine.data import DataLoader
from undergrad.engine.optim import lr_scheduler
from undergrad.engine.training.callbacks import ClipGradients, Scheduled
from undergrad.errors import UsageError
from undergrad.supervised import task
from undergrad.supervised.language import (
    MADE,
    Corpus,
    Recurrent,
    Stretches,
    next_loss,
    read,
    sample,
)
from undergrad.supervised.task import Outcome, Task, Training

_FEWER = 0.30  # by how much it must need fewer bits than pairs of characters
_WRITTEN = 150  # characters of the sample


@dataclass(frozen=True)
class Settings(task.Settings):
    text: str = "lessons"
    epochs: int = 10
    batches: int = 150  # in an epoch
    length: int = 64  # characters in a stretch
    width: int = 64
    hidden: int = 128
    batch: int = 32
    learning_rate: float = 0.006
    weight_decay: float = 0.1
    dropout: float = 0.1
    clip: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_text(self.text, self.length)


def check_text(name: str, length: int) -> None:
    """Raise UsageError when the text cannot be learnt from."""
    if length > 1_000:
        raise UsageError(f"The setting length must be at most 1000, and is {length}.")
    if name in MADE:  # takes a second to make, and is known to be long enough
        return
    try:
        read(name)
    except ValueError as error:
        raise UsageError(f"The setting text: {error}.") from error


def build(settings: Settings, seed: int) -> Training:
    """An LSTM on stretches of a text."""
    rng = np.random.default_rng(seed)
    corpus = Corpus(settings.text)
    count = settings.batches * settings.batch
    stretches = Stretches(corpus.training, settings.length, count, rng)
    batches = DataLoader(stretches, settings.batch)
    symbols, bigram = len(corpus.vocabulary), corpus.bigram_bits()
    model = Recurrent(symbols, settings.width, settings.hidden, settings.dropout, rng)
    optimizer = optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    schedule = lr_scheduler.OneCycleLR(
        optimizer,
        settings.learning_rate,
        settings.epochs * len(batches) + 1,
        pct_start=0.1,
        cycle_momentum=False,
    )

    def measure() -> dict[str, float]:
        model.eval()
        bits = corpus.bits(model, settings.length)
        model.train()
        return {"LSTM": bits}

    def judge() -> Outcome:
        bits = measure()["LSTM"]
        model.eval()
        written = sample(model, corpus, settings.length, _WRITTEN, seed)
        return Outcome(
            score=bits,
            passed=bits <= (1 - _FEWER) * bigram,
            summary=(
                f"It needs {bits:.3f} bits for a held-out character, pairs of characters "
                f"{bigram:.3f}: {1 - bits / bigram:.0%} less. It writes: {written}"
            ),
            levels={"pairs": bigram, "pass line": (1 - _FEWER) * bigram},
        )

    return Training(
        model=model,
        batches=batches,
        loss=next_loss,
        optimizer=optimizer,
        epochs=settings.epochs,
        measure=measure,
        judge=judge,
        rng=rng,
        callbacks=[ClipGradients(model, settings.clip), Scheduled(schedule, each="step")],
        parts={"schedule": schedule},
        about={"checksum of the text": corpus.checksum},
    )


TASK = Task(
    name="text-lstm",
    title="Write on, character by character, with an LSTM",
    what=(
        "An LSTM reads the lessons of this course and learns which character comes next. Then "
        "it writes on its own."
    ),
    line=f"at least {_FEWER:.0%} fewer bits per held-out character than pairs of characters need",
    score="bits per character",
    settings=Settings(),
    build=build,
    seconds=35,
    megabytes=150,
    measured=(
        "0.1.0, one core of an AMD EPYC: seed 0 scores 2.275 bits, pairs 3.912; "
        "31 s of processor time"
    ),
)
