"""Remember across a silence: what an LSTM can do and a plain recurrent network cannot.

A few symbols are shown, then nothing for twenty steps, then the network is asked to say them again
(the copy task of Hochreiter and Schmidhuber's tradition). An LSTM and a plain recurrent network
with as many weights see the same sequences in one training: the loss is the sum of both losses, so
each receives exactly the gradient that it would receive alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import Array
from undergrad.engine.data import DataLoader
from undergrad.engine.nn.functional import cross_entropy
from undergrad.engine.optim import lr_scheduler
from undergrad.engine.training.callbacks import ClipGradients, Scheduled
from undergrad.supervised import task
from undergrad.supervised.task import Outcome, Task, Training

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SOLVED, _NOT_SOLVED = 0.99, 0.9
_SYMBOLS, _WIDTH = 8, 16
_SILENCE, _ASK = _SYMBOLS, _SYMBOLS + 1  # what is shown in between, and when it is to answer


@dataclass(frozen=True)
class Settings(task.Settings):
    epochs: int = 10
    batches: int = 100  # in an epoch; no sequence is shown twice
    delay: int = 20
    length: int = 4  # symbols to remember
    hidden: int = 64  # of the LSTM; the plain network has twice as many, so as many weights
    batch: int = 64
    learning_rate: float = 0.005
    clip: float = 1.0


class Sequences:
    """Examples without end: each time it is asked, it makes new ones.

    The inputs are (n, length + delay + length) integers, the targets (n, length) symbols.
    """

    def __init__(self, count: int, length: int, delay: int, rng: np.random.Generator) -> None:
        self.count, self.length, self.delay, self.rng = count, length, delay, rng

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, indices: Array) -> tuple[Array, ...]:
        symbols = self.rng.integers(0, _SYMBOLS, (len(indices), self.length))
        silence = np.full((len(indices), self.delay), _SILENCE)
        return np.hstack([symbols, silence, np.full_like(symbols, _ASK)]), symbols


class Reader(nn.Module):
    """A recurrent layer between an embedding and scores: (n, T) -> (n, length, symbols)."""

    def __init__(self, layer: nn.LSTM | nn.RNN, length: int, rng: np.random.Generator) -> None:
        self.embedding = nn.Embedding(_SYMBOLS + 2, _WIDTH, rng=rng)
        self.layer = layer
        self.head = nn.Linear(layer.hidden_size, _SYMBOLS, rng=rng)
        self._length = length

    def forward(self, shown: Array) -> Tensor:
        states, _ = self.layer(self.embedding(shown))  # (n, T, hidden)
        scores: Tensor = self.head(states[:, -self._length :])
        return scores


class Rivals(nn.Module):
    """Both networks on the same sequences."""

    def __init__(self, settings: Settings, rng: np.random.Generator) -> None:
        hidden, length = settings.hidden, settings.length
        lstm = nn.LSTM(_WIDTH, hidden, batch_first=True, rng=rng)
        rnn = nn.RNN(_WIDTH, 2 * hidden, batch_first=True, rng=rng)
        _keep_at_first(lstm, settings.delay + length)
        self.lstm, self.rnn = Reader(lstm, length, rng), Reader(rnn, length, rng)

    def forward(self, shown: Array) -> tuple[Tensor, Tensor]:
        return self.lstm(shown), self.rnn(shown)


def _keep_at_first(lstm: nn.LSTM, steps: int) -> None:
    """Let the forget gates begin nearly open, to keep what they hold for about so many steps.

    Begun at one half, a gate has forgotten all after twenty steps (Gers et al. 2000; the number is
    that of Tallec and Ollivier 2018).
    """
    second_of_four = slice(lstm.hidden_size, 2 * lstm.hidden_size)
    bias = dict(lstm.named_parameters())["bias_ih_l0"]
    bias.data[second_of_four] = np.log(steps)


def sum_of_losses(scores: tuple[Tensor, Tensor], symbols: Array) -> Tensor:
    """Cross-entropy of both networks; the gradient of each part reaches its own weights only."""
    lstm, rnn = (cross_entropy(part.reshape(-1, _SYMBOLS), symbols.reshape(-1)) for part in scores)
    return lstm + rnn


def build(settings: Settings, seed: int) -> Training:
    """An LSTM and a plain recurrent network, side by side."""
    rng = np.random.default_rng(seed)
    sequences = Sequences(settings.batches * settings.batch, settings.length, settings.delay, rng)
    test = Sequences(1, settings.length, settings.delay, np.random.default_rng([seed, 1]))
    shown, symbols = test[np.arange(500)]
    model = Rivals(settings, rng)
    optimizer = optim.Adam(model.parameters(), lr=settings.learning_rate)
    steps = settings.epochs * settings.batches
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)

    def measure() -> dict[str, float]:
        with no_grad():
            said = {name: part.data.argmax(-1) for name, part in _named(model(shown))}
        return {name: float((answer == symbols).mean()) for name, answer in said.items()}

    def judge() -> Outcome:
        shares = measure()
        return Outcome(
            score=shares["LSTM"],
            passed=shares["LSTM"] >= _SOLVED and shares["plain RNN"] < _NOT_SOLVED,
            summary=(
                f"After {settings.delay} silent steps the LSTM repeats {shares['LSTM']:.1%} of "
                f"the symbols, the plain RNN {shares['plain RNN']:.1%}; guessing gives "
                f"{1 / _SYMBOLS:.1%}."
            ),
            levels={"solved": _SOLVED, "guessing": 1 / _SYMBOLS},
            pictures={"memory": lambda figure: _memory(figure, model, shown[:1])},
        )

    return Training(
        model=model,
        batches=DataLoader(sequences, settings.batch),
        loss=sum_of_losses,
        optimizer=optimizer,
        epochs=settings.epochs,
        measure=measure,
        judge=judge,
        rng=rng,
        callbacks=[
            *(ClipGradients(net, settings.clip) for net in (model.lstm, model.rnn)),
            Scheduled(schedule, each="step"),
        ],
        parts={"schedule": schedule},
    )


def _named(pair: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
    return zip(("LSTM", "plain RNN"), pair, strict=True)


def _memory(figure: "Figure", model: Rivals, shown: Array) -> None:
    """The states of both networks over time, while they read one sequence."""
    for axes, (name, reader) in zip(
        figure.subplots(1, 2), (("LSTM", model.lstm), ("plain RNN", model.rnn)), strict=True
    ):
        with no_grad():
            states = reader.layer(reader.embedding(shown))[0].data[0]  # (T, hidden)
        axes.imshow(states.T, aspect="auto", cmap="PuOr", vmin=-1, vmax=1)
        axes.set(xlabel="step", ylabel="state", title=name)


TASK = Task(
    name="copy-task",
    title="Remember symbols across a silence",
    what=(
        "Four symbols are shown, then twenty steps of silence, then they are asked for. An LSTM "
        "and a plain recurrent network of the same size learn side by side."
    ),
    line=(
        f"the LSTM repeats at least {_SOLVED:.0%} of the symbols after 20 silent steps, the plain "
        f"RNN less than {_NOT_SOLVED:.0%}"
    ),
    score="symbols repeated",
    settings=Settings(),
    build=build,
    seconds=15,
    megabytes=100,
    measured=(
        "0.1.0, one core of an AMD EPYC: seeds 0-2 score 0.997 to 0.998, the RNN 0.30 to 0.39; "
        "10 s of processor time each"
    ),
    pictures=("memory",),
)
