"""Text, character by character, with an LSTM: what comes next, given all that came before.

The baseline is a bigram model, which counts pairs of neighbouring characters. The text is this
course's own lessons; with `--set text=FILE` it is any other, with `--set text=language` sentences
of a made-up language.
"""

from dataclasses import dataclass

import numpy as np

from undergrad.engine import optim
from undergrad.engine.training.callbacks import ClipGradients
from undergrad.runs.settings import setting
from undergrad.supervised import language
from undergrad.supervised.language import Corpus
from undergrad.supervised.preset import Experiment, Outcome, Preset

_FEWER = 0.30  # by how much it must need fewer bits than the bigram model


@dataclass(frozen=True)
class Settings(language.Settings):
    text: str = setting("lessons", doc="lessons, language, stories, or a file")
    epochs: int = setting(10, at_least=1, doc="evaluations")
    sequence_length: int = setting(64, at_least=1, at_most=1_000, doc="characters in a sequence")
    hidden_size: int = setting(128, at_least=1, at_most=10_000, doc="of the LSTM")
    batch_size: int = setting(32, at_least=1, doc="sequences in a minibatch")
    learning_rate: float = setting(0.006, above=0, doc="of AdamW, at the top of one cycle")
    dropout: float = setting(0.1, at_least=0, below=1, doc="before the last layer")


def build(settings: Settings, seed: int) -> Experiment:
    """An LSTM on random sequences of a text."""
    rng = np.random.default_rng(seed)
    corpus = Corpus(settings.text)
    batches = language.batches_of(corpus, settings, rng)
    model = language.CharLSTM(
        len(corpus.vocabulary), settings.embedding_dim, settings.hidden_size, settings.dropout, rng
    )
    optimizer = optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    scheduler = language.one_cycle(optimizer, settings.learning_rate, settings)
    bigram = corpus.bigram_bits()

    def measure() -> dict[str, float]:
        return language.bits_of({"LSTM": model}, corpus, settings.sequence_length)

    def judge() -> Outcome:
        bits = measure()["LSTM"]
        sample = language.generate(model, corpus, settings.sequence_length, seed)
        return Outcome(
            score=bits,
            passed=bits <= (1 - _FEWER) * bigram,
            summary=(
                f"It needs {bits:.3f} bits per test character, a bigram model {bigram:.3f}: "
                f"{1 - bits / bigram:.0%} less. It writes: {sample}"
            ),
            levels={"bigram": bigram, "pass line": (1 - _FEWER) * bigram},
        )

    return Experiment(
        model=model,
        batches=batches,
        loss=language.next_character_loss,
        optimizer=optimizer,
        epochs=settings.epochs,
        measure=measure,
        judge=judge,
        rng=rng,
        scheduler=scheduler,
        callbacks=[ClipGradients(model, settings.max_grad_norm)],
        identity={"checksum of the text": corpus.checksum},
    )


PRESET = Preset(
    name="text-lstm",
    title="Write text, character by character, with an LSTM",
    what=(
        "An LSTM reads the lessons of this course and learns to predict the next character. Then "
        "it writes on its own."
    ),
    pass_line=f"at least {_FEWER:.0%} fewer bits per test character than a bigram model needs",
    metric="bits per character",
    lower_is_better=True,
    settings=Settings(),
    build=build,
    seconds=35,
    megabytes=150,
    measured=(
        "0.1.0, one core of an AMD EPYC: seed 0 scores 2.275 bits, bigrams 3.912; "
        "31 s of processor time"
    ),
    plots=("learning",),
)
