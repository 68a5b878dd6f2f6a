"""What the language models share: settings, texts, two networks, bits per character, samples.

A language model gives each next character a probability. Its quality is measured in bits per
character: -log2 of that probability, on average over the test text.
"""

import math
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from undergrad import datasets
from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import Array
from undergrad.engine.data import DataLoader
from undergrad.engine.nn.functional import cross_entropy
from undergrad.engine.optim import lr_scheduler
from undergrad.errors import UsageError
from undergrad.locate import page_texts
from undergrad.runs.settings import setting
from undergrad.supervised import preset
from undergrad.supervised.stories import stories

_SHORTEST = 20_000  # characters of a text that can be learned from and tested on
_SYMBOLS, _RARE = 200, "\N{REPLACEMENT CHARACTER}"  # characters that are told apart; all others
_BLOCK, _EACH = 1_000, 10  # of every ten blocks of a thousand characters the last is test text
_SMOOTHING = 0.1  # added to the count of each pair of characters, so that none is impossible
_SAMPLE = 150  # characters of a sample


@dataclass(frozen=True)
class Settings(preset.Settings):
    """What the language models have in common."""

    text: str = setting("stories", doc="book, lessons, language, stories, or a file")
    epochs: int = setting(8, at_least=1, doc="evaluations")
    batches_per_epoch: int = setting(150, at_least=1, doc="minibatches of random sequences")
    sequence_length: int = setting(128, at_least=1, at_most=1_000, doc="characters in a sequence")
    embedding_dim: int = setting(64, at_least=1, at_most=10_000, doc="of a character")
    batch_size: int = setting(16, at_least=1, doc="sequences in a minibatch")
    learning_rate: float = setting(0.004, above=0, doc="of AdamW, at the top of one cycle")
    weight_decay: float = setting(0.1, at_least=0, doc="of AdamW")
    dropout: float = setting(0.0, at_least=0, below=1, doc="probability of dropout")
    max_grad_norm: float = setting(1.0, above=0, doc="gradients of each network are clipped to it")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.text in GENERATED:  # takes a second to make, and is known to be long enough
            return
        try:
            read(self.text)
        except ValueError as error:
            raise UsageError(f"The setting text: {error}.") from error


def read(name: str) -> str:
    """`book`, `lessons`, `language`, `stories`, or the text of a file.

    ValueError if it cannot be used.
    """
    if name not in GENERATED and not Path(name).is_file():
        raise ValueError(
            f"{name} is not a file, nor one of {', '.join(GENERATED)}; name a text file"
        )
    text = GENERATED[name]() if name in GENERATED else datasets.read_text(name)
    if len(text) < _SHORTEST:
        raise ValueError(
            f"{name} has {len(text):,} characters, and at least {_SHORTEST:,} are needed; name a "
            "longer text"
        )
    kept = {symbol for symbol, _ in Counter(text).most_common(_SYMBOLS)}
    return "".join(symbol if symbol in kept else _RARE for symbol in text)


def _lessons() -> str:
    """The lessons of this course, one after the other."""
    return "\n".join(page_texts("curriculum", "unit.md").values())


GENERATED: dict[str, Callable[[], str]] = {
    "book": datasets.book,
    "lessons": _lessons,
    "language": lambda: datasets.tiny_language(4_000, 1),
    "stories": lambda: stories(3_000, np.random.default_rng(1)),
}


class Corpus:
    """A text as numbers, split into training text and test text."""

    def __init__(self, name: str) -> None:
        text = read(name)
        self.checksum = zlib.crc32(text.encode())
        self.vocabulary = datasets.Vocabulary(text)
        numbers = self.vocabulary.encode(text)
        is_test = np.arange(len(numbers)) // _BLOCK % _EACH == _EACH - 1
        self.train, self.test = numbers[~is_test], numbers[is_test]

    def bigram_bits(self) -> float:
        """Bits per test character of a bigram model, a table of all pairs of neighbours."""
        size = len(self.vocabulary)
        pairs = self.train[:-1] * size + self.train[1:]
        counts = np.bincount(pairs, minlength=size * size).reshape(size, size) + _SMOOTHING
        probabilities = counts / counts.sum(axis=1, keepdims=True)
        return float(-np.log2(probabilities[self.test[:-1], self.test[1:]]).mean())

    def bits(self, model: Callable[[Array], Tensor], length: int) -> float:
        """Bits per test character of a model that sees up to `length` characters before it."""
        starts = np.arange(0, len(self.test) - length, length)[:, None]
        positions = starts + np.arange(length)
        with no_grad():
            losses = [
                next_character_loss(model(self.test[part]), self.test[part + 1]).item() * len(part)
                for part in np.array_split(positions, math.ceil(len(positions) / 64))
            ]
        return sum(losses) / len(positions) / math.log(2)


class RandomSequences:
    """Sequences from random positions of a text, and the same sequences one character later."""

    def __init__(self, numbers: Array, length: int, count: int, rng: np.random.Generator) -> None:
        self.numbers, self.length, self.count, self.rng = numbers, length, count, rng

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, indices: Array) -> tuple[Array, ...]:
        starts = self.rng.integers(0, len(self.numbers) - self.length, len(indices))
        positions = starts[:, None] + np.arange(self.length)
        return self.numbers[positions], self.numbers[positions + 1]


def batches_of(corpus: Corpus, settings: Settings, rng: np.random.Generator) -> DataLoader:
    """Minibatches of random sequences of the training text."""
    count = settings.batches_per_epoch * settings.batch_size
    sequences = RandomSequences(corpus.train, settings.sequence_length, count, rng)
    return DataLoader(sequences, settings.batch_size)


def one_cycle(
    optimizer: optim.Optimizer, rates: float | list[float], settings: Settings
) -> lr_scheduler.OneCycleLR:
    """A learning rate that is warmed up in the first tenth of the steps, and then decays."""
    steps = settings.epochs * settings.batches_per_epoch
    return lr_scheduler.OneCycleLR(optimizer, rates, steps + 1, pct_start=0.1, cycle_momentum=False)


def bits_of(models: Mapping[str, nn.Module], corpus: Corpus, length: int) -> dict[str, float]:
    """Bits per test character of each model, at inference."""
    bits = {}
    for name, model in models.items():
        model.eval()
        bits[name] = corpus.bits(model, length)
        model.train()
    return bits


def next_character_loss(scores: Tensor, target: Array) -> Tensor:
    """Mean cross-entropy of (n, T, symbols) scores for the (n, T) characters that follow."""
    return cross_entropy(scores.reshape(-1, scores.shape[-1]), target.reshape(-1))


class CharLSTM(nn.Module):
    """An LSTM that reads from left to right: (n, T) characters -> (n, T, symbols) scores."""

    def __init__(
        self,
        symbols: int,
        embedding_dim: int,
        hidden: int,
        dropout: float,
        rng: np.random.Generator,
    ) -> None:
        self.embedding = nn.Embedding(symbols, embedding_dim, rng=rng)
        self.lstm = nn.LSTM(embedding_dim, hidden, batch_first=True, rng=rng)
        self.dropout = nn.Dropout(dropout, rng=rng)
        self.head = nn.Linear(hidden, symbols, rng=rng)

    def forward(self, characters: Array) -> Tensor:
        states, _ = self.lstm(self.embedding(characters))
        scores: Tensor = self.head(self.dropout(states))
        return scores


class GPT(nn.Module):
    """A Transformer with causal attention: (n, T) characters -> (n, T, symbols) scores.

    Each position is given the previous character beside its own. A first layer of attention could
    fetch it, but learns that slowly; with it, one layer can find where this pair of characters
    occurred before and what followed, which is how a name is copied (an induction head).
    """

    def __init__(
        self,
        symbols: int,
        embedding_dim: int,
        length: int,
        layers: int,
        heads: int,
        dropout: float,
        rng: np.random.Generator,
    ) -> None:
        self.character, self.previous = (
            nn.Embedding(symbols, embedding_dim, rng=rng) for _ in range(2)
        )
        self.position = nn.Embedding(length, embedding_dim, rng=rng)
        # Small numbers for the first norm, and positions smaller than characters: attention should
        # find a character wherever it stands.
        for table, scale in ((self.character, 0.3), (self.previous, 0.3), (self.position, 0.1)):
            table.weight.data *= scale
        self.blocks = [
            nn.TransformerEncoderLayer(
                embedding_dim,
                heads,
                4 * embedding_dim,
                dropout,
                "gelu",
                batch_first=True,
                norm_first=True,
                rng=rng,
            )
            for _ in range(layers)
        ]
        self.norm = nn.LayerNorm(embedding_dim)
        self.head = nn.Linear(embedding_dim, symbols, rng=rng)

    def forward(self, characters: Array) -> Tensor:
        previous = np.pad(characters[:, :-1], ((0, 0), (1, 0)))
        positions = np.arange(characters.shape[1])
        x = self.character(characters) + self.previous(previous) + self.position(positions)
        for block in self.blocks:
            x = block(x, is_causal=True)
        scores: Tensor = self.head(self.norm(x))
        return scores


def count_parameters(model: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(parameter.size for parameter in model.parameters())


def hidden_for(parameters: int, symbols: int, embedding_dim: int) -> int:
    """The hidden size with which the number of parameters of a `CharLSTM` comes nearest."""

    def size(hidden: int) -> int:
        gates = 4 * hidden * (embedding_dim + hidden + 2)
        return symbols * embedding_dim + gates + (hidden + 1) * symbols

    return min(range(1, 4_096), key=lambda hidden: abs(size(hidden) - parameters))


def generate(model: nn.Module, corpus: Corpus, length: int, seed: int) -> str:
    """What the model writes after the first characters of the test text, on one line."""
    rng = np.random.default_rng(seed)
    text = list(corpus.test[: length // 2])
    prompt = len(text)
    model.eval()
    with no_grad():
        for _ in range(_SAMPLE):
            scores = model(np.array([text[-length:]])).data[0, -1].astype(np.float64)
            probabilities = np.exp(scores - scores.max())
            text.append(rng.choice(len(scores), p=probabilities / probabilities.sum()))
    return " ".join(corpus.vocabulary.decode(text[prompt:]).split())
