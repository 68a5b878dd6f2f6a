"""What the language models share: texts, the two kinds of network, bits per character, samples.

A language model gives each next character a probability. Its quality is counted in bits per
character: -log2 of that probability, on average over text that was held out.
"""

import math
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from undergrad import datasets
from undergrad.engine import Tensor, nn, no_grad
from undergrad.engine.autograd import Array
from undergrad.engine.nn.functional import cross_entropy
from undergrad.locate import data_path
from undergrad.supervised.stories import stories

_SHORTEST = 20_000  # characters of a text that can be learnt from and judged on
_SYMBOLS, _RARE = 200, "\N{REPLACEMENT CHARACTER}"  # characters that are told apart; all others
_BLOCK, _EACH = 1_000, 10  # of each ten blocks of a thousand characters the last is held out
_CALM = 0.1  # added to the count of each pair of characters, so that none is impossible


def read(name: str) -> str:
    """`lessons`, `language`, `stories`, or the text of a file. ValueError when it will not do."""
    if name not in MADE and not Path(name).is_file():
        raise ValueError(f"{name} is not a file, nor one of {', '.join(MADE)}; name a text file")
    text = MADE[name]() if name in MADE else datasets.read_text(name)
    if len(text) < _SHORTEST:
        raise ValueError(
            f"{name} has {len(text):,} characters, and at least {_SHORTEST:,} are needed; name a "
            "longer text"
        )
    kept = {symbol for symbol, _ in Counter(text).most_common(_SYMBOLS)}
    return "".join(symbol if symbol in kept else _RARE for symbol in text)


def _lessons() -> str:
    """The lessons of this course, one after the other."""
    files = sorted(data_path("curriculum").glob("*/*/unit.md"))
    return "\n".join(file.read_text("utf-8") for file in files)


MADE: dict[str, Callable[[], str]] = {
    "lessons": _lessons,
    "language": lambda: datasets.tiny_language(4_000, 1),
    "stories": lambda: stories(3_000, np.random.default_rng(1)),
}


class Corpus:
    """A text as numbers, divided into what is learnt from and what is held out."""

    def __init__(self, name: str) -> None:
        text = read(name)
        self.checksum = zlib.crc32(text.encode())
        self.vocabulary = datasets.Vocabulary(text)
        numbers = self.vocabulary.encode(text)
        held_out = np.arange(len(numbers)) // _BLOCK % _EACH == _EACH - 1
        self.training, self.held_out = numbers[~held_out], numbers[held_out]

    def bigram_bits(self) -> float:
        """Bits per held-out character of a table of all pairs of neighbours: the baseline."""
        size = len(self.vocabulary)
        pairs = self.training[:-1] * size + self.training[1:]
        counts = np.bincount(pairs, minlength=size * size).reshape(size, size) + _CALM
        chances = counts / counts.sum(axis=1, keepdims=True)
        return float(-np.log2(chances[self.held_out[:-1], self.held_out[1:]]).mean())

    def bits(self, model: Callable[[Array], Tensor], length: int) -> float:
        """Bits per held-out character of a model that sees up to `length` characters before it."""
        starts = np.arange(0, len(self.held_out) - length, length)[:, None]
        places = starts + np.arange(length)
        with no_grad():
            losses = [
                next_loss(model(self.held_out[part]), self.held_out[part + 1]).item() * len(part)
                for part in np.array_split(places, math.ceil(len(places) / 64))
            ]
        return sum(losses) / len(places) / math.log(2)


class Stretches:
    """Stretches of a text from places drawn anew each time, and the same one place further on."""

    def __init__(self, numbers: Array, length: int, count: int, rng: np.random.Generator) -> None:
        self.numbers, self.length, self.count, self.rng = numbers, length, count, rng

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, indices: Array) -> tuple[Array, ...]:
        starts = self.rng.integers(0, len(self.numbers) - self.length, len(indices))
        places = starts[:, None] + np.arange(self.length)
        return self.numbers[places], self.numbers[places + 1]


def next_loss(scores: Tensor, following: Array) -> Tensor:
    """Mean cross-entropy of (n, T, symbols) scores for the (n, T) characters that follow."""
    return cross_entropy(scores.reshape(-1, scores.shape[-1]), following.reshape(-1))


class Recurrent(nn.Module):
    """An LSTM that reads from left to right: (n, T) characters -> (n, T, symbols) scores."""

    def __init__(
        self, symbols: int, width: int, hidden: int, dropout: float, rng: np.random.Generator
    ) -> None:
        self.embedding = nn.Embedding(symbols, width, rng=rng)
        self.lstm = nn.LSTM(width, hidden, batch_first=True, rng=rng)
        self.dropout = nn.Dropout(dropout, rng=rng)
        self.head = nn.Linear(hidden, symbols, rng=rng)

    def forward(self, characters: Array) -> Tensor:
        states, _ = self.lstm(self.embedding(characters))
        scores: Tensor = self.head(self.dropout(states))
        return scores


class GPT(nn.Module):
    """A Transformer in which each character looks at those before it: the same shapes.

    Beside the character itself each place is given the one before it. A first layer of attention
    could fetch it, but learns that slowly; with it, one layer can look for "where did I stand after
    this pair before, and what came then?", which is how a name is copied.
    """

    def __init__(
        self,
        symbols: int,
        width: int,
        length: int,
        layers: int,
        heads: int,
        dropout: float,
        rng: np.random.Generator,
    ) -> None:
        self.character, self.previous = (nn.Embedding(symbols, width, rng=rng) for _ in range(2))
        self.position = nn.Embedding(length, width, rng=rng)
        # Small numbers for the first norm, and places softer than characters: what is looked for
        # is a character, wherever it stands.
        for table, scale in ((self.character, 0.3), (self.previous, 0.3), (self.position, 0.1)):
            table.weight.data *= scale
        self.blocks = [
            nn.TransformerEncoderLayer(
                width, heads, 4 * width, dropout, "gelu", batch_first=True, norm_first=True, rng=rng
            )
            for _ in range(layers)
        ]
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, symbols, rng=rng)

    def forward(self, characters: Array) -> Tensor:
        before = np.pad(characters[:, :-1], ((0, 0), (1, 0)))
        places = np.arange(characters.shape[1])
        x = self.character(characters) + self.previous(before) + self.position(places)
        for block in self.blocks:
            x = block(x, is_causal=True)
        scores: Tensor = self.head(self.norm(x))
        return scores


def size_of(model: nn.Module) -> int:
    """How many numbers are learnt."""
    return sum(parameter.size for parameter in model.parameters())


def hidden_for(parameters: int, symbols: int, width: int) -> int:
    """The hidden size with which a `Recurrent` has as nearly as possible so many parameters."""

    def size(hidden: int) -> int:
        gates = 4 * hidden * (width + hidden + 2)
        return symbols * width + gates + (hidden + 1) * symbols

    return min(range(1, 4_096), key=lambda hidden: abs(size(hidden) - parameters))


def sample(
    model: Callable[[Array], Tensor], corpus: Corpus, length: int, characters: int, seed: int
) -> str:
    """What the model writes on after the first held-out characters, on one line."""
    rng = np.random.default_rng(seed)
    text = list(corpus.held_out[: length // 2])
    begun = len(text)
    with no_grad():
        for _ in range(characters):
            scores = model(np.array([text[-length:]])).data[0, -1].astype(np.float64)
            chances = np.exp(scores - scores.max())
            text.append(rng.choice(len(chances), p=chances / chances.sum()))
    return " ".join(corpus.vocabulary.decode(text[begun:]).split())
