"""Text, character by character: a Transformer against an LSTM with as many parameters.

Both see the same sequences of the same text in one run, on two threads where they are allowed: the
loss is the sum of both losses, so each receives exactly the gradient that it would receive alone.
The text consists of small stories about people with invented names. To repeat a name, the LSTM must
have kept its characters in its state; the Transformer attends to them. `--set text=lessons` or
`--set text=FILE` takes another text.
"""

from dataclasses import dataclass

import numpy as np

from undergrad.engine import nn, optim
from undergrad.engine.training import parallel
from undergrad.engine.training.callbacks import ClipGradients
from undergrad.runs.settings import setting
from undergrad.supervised import language
from undergrad.supervised.language import Corpus, count_parameters
from undergrad.supervised.preset import Experiment, Outcome, Preset


@dataclass(frozen=True)
class Settings(language.Settings):
    num_layers: int = setting(2, at_least=1, at_most=1_000, doc="of the Transformer")
    num_heads: int = setting(4, at_least=1, at_most=1_000, doc="of each layer's attention")
    lstm_learning_rate: float = setting(
        0.006, above=0, doc="the LSTM learns better with a larger one"
    )


class Rivals(nn.Module):
    """Both networks on the same characters."""

    def __init__(self, settings: Settings, symbols: int, rng: np.random.Generator) -> None:
        s = settings
        self.gpt = language.GPT(
            symbols, s.embedding_dim, s.sequence_length, s.num_layers, s.num_heads, s.dropout, rng
        )
        hidden = language.hidden_for(count_parameters(self.gpt), symbols, s.embedding_dim)
        self.lstm = language.CharLSTM(symbols, s.embedding_dim, hidden, s.dropout, rng)


def build(settings: Settings, seed: int) -> Experiment:
    """A Transformer and an LSTM side by side on random sequences of a text."""
    rng = np.random.default_rng(seed)
    corpus = Corpus(settings.text)
    batches = language.batches_of(corpus, settings, rng)
    model = Rivals(settings, len(corpus.vocabulary), rng)
    optimizer = optim.AdamW(
        [{"params": list(net.parameters())} for net in (model.gpt, model.lstm)],
        betas=(0.9, 0.98),
        weight_decay=settings.weight_decay,
    )
    rates = [settings.learning_rate, settings.lstm_learning_rate]
    scheduler = language.one_cycle(optimizer, rates, settings)
    bigram = corpus.bigram_bits()

    def measure() -> dict[str, float]:
        rivals = {"Transformer": model.gpt, "LSTM": model.lstm}
        return language.bits_of(rivals, corpus, settings.sequence_length)

    def judge() -> Outcome:
        bits = measure()
        gpt, lstm = bits["Transformer"], bits["LSTM"]
        sample = language.generate(model.gpt, corpus, settings.sequence_length, seed)
        return Outcome(
            score=gpt,
            passed=gpt < lstm < bigram,
            summary=(
                f"Per test character the Transformer needs {gpt:.3f} bits "
                f"({count_parameters(model.gpt):,} parameters), the LSTM {lstm:.3f} "
                f"({count_parameters(model.lstm):,}), a bigram model {bigram:.3f}. "
                f"It writes: {sample}"
            ),
            levels={"bigram": bigram},
        )

    return Experiment(
        model=model,
        batches=batches,
        loss=language.next_character_loss,
        forward=parallel.side_by_side(
            model.gpt, model.lstm, threads=1 if settings.dropout else None
        ),
        optimizer=optimizer,
        epochs=settings.epochs,
        measure=measure,
        judge=judge,
        rng=rng,
        scheduler=scheduler,
        callbacks=[
            *(ClipGradients(net, settings.max_grad_norm) for net in (model.gpt, model.lstm))
        ],
        identity={"checksum of the text": corpus.checksum},
    )


PRESET = Preset(
    name="text-gpt",
    title="Write text with a Transformer, against an LSTM",
    what=(
        "A Transformer and an LSTM of the same size read small stories about people with "
        "invented names. Which of them needs fewer bits for the next character?"
    ),
    pass_line=(
        "fewer bits per test character than an LSTM with as many parameters, and both fewer than a "
        "bigram model"
    ),
    metric="bits per character",
    lower_is_better=True,
    settings=Settings(),
    build=build,
    seconds=60,
    megabytes=250,
    measured=(
        "0.1.0, AMD EPYC: seed 0 scores 1.470 bits, the LSTM 1.657, bigrams 3.137; "
        "54 s of processor time, and 44 s by the clock on two cores"
    ),
    plots=("learning",),
)
