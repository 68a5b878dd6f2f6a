"""A small LLaMA reads a novel, character by character, against the file compressors.

A language model is a compressor: a character that it expects with probability p can be stored in
-log2 p bits. So its bits per byte stand beside those of gzip and bz2 on the same test text, and the
compressors may have read the training text as well: what is counted is by how much longer the
compressed file becomes when the test text follows. The model has the blocks of LLaMA: RMS norm,
rotary positions, grouped-query attention and a SwiGLU network.
"""

import bz2
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from undergrad.engine import Tensor, nn, optim
from undergrad.engine.autograd import Array
from undergrad.engine.training.callbacks import ClipGradients
from undergrad.errors import UsageError
from undergrad.runs.settings import setting
from undergrad.supervised import language
from undergrad.supervised.language import Corpus, count_parameters
from undergrad.supervised.preset import Experiment, Outcome, Preset

MARGIN = 0.1  # bits per byte below the better compressor: half of what was measured


@dataclass(frozen=True)
class Settings(language.Settings):
    text: str = setting("book", doc="book, lessons, language, stories, or a file")
    batches_per_epoch: int = setting(200, at_least=1, doc="minibatches of random sequences")
    embedding_dim: int = setting(96, at_least=1, at_most=10_000, doc="of a character")
    num_layers: int = setting(2, at_least=1, at_most=1_000, doc="blocks")
    num_heads: int = setting(4, at_least=1, at_most=1_000, doc="of the queries, in each block")
    num_kv_heads: int = setting(2, at_least=1, at_most=1_000, doc="of the keys and values")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_heads % self.num_kv_heads or self.embedding_dim % (2 * self.num_heads):
            raise UsageError(
                "The settings of the model do not fit: num_heads must be a multiple of "
                "num_kv_heads, and embedding_dim of twice num_heads."
            )


class Block(nn.Module):
    """x + attend(norm(x)), then x + gated network(norm(x)): (n, T, E) -> the same."""

    def __init__(self, settings: Settings, rng: np.random.Generator) -> None:
        width = settings.embedding_dim
        self.norm1, self.norm2 = nn.RMSNorm(width), nn.RMSNorm(width)
        heads = settings.num_heads, settings.num_kv_heads
        self.attention = nn.GroupedQueryAttention(width, *heads, rng=rng)
        self.network = nn.SwiGLU(width, 8 * width // 3, rng)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        out: Tensor = x + self.network(self.norm2(x))
        return out


class Llama(nn.Module):
    """Characters (n, T) -> scores of the next character (n, T, symbols)."""

    def __init__(self, settings: Settings, symbols: int, rng: np.random.Generator) -> None:
        width = settings.embedding_dim
        self.embedding = nn.Embedding(symbols, width, rng=rng)
        self.dropout = nn.Dropout(settings.dropout, rng)
        self.blocks = [Block(settings, rng) for _ in range(settings.num_layers)]
        self.norm = nn.RMSNorm(width)
        self.head = nn.Linear(width, symbols, bias=False, rng=rng)

    def forward(self, characters: Array) -> Tensor:
        x = self.dropout(self.embedding(characters))
        for block in self.blocks:
            x = block(x)
        scores: Tensor = self.head(self.norm(x))
        return scores


def compressed_bits(corpus: Corpus, compress: Callable[[bytes], bytes]) -> float:
    """Bits per byte of the test text that `compress` adds to a file of the training text."""
    train, test = (_bytes(corpus, part) for part in (corpus.train, corpus.test))
    return 8 * (len(compress(train + test)) - len(compress(train))) / len(test)


def _bytes(corpus: Corpus, numbers: Array) -> bytes:
    return corpus.vocabulary.decode(numbers).encode()


def build(settings: Settings, seed: int) -> Experiment:
    """A small LLaMA on random sequences of a text."""
    rng = np.random.default_rng(seed)
    corpus = Corpus(settings.text)
    batches = language.batches_of(corpus, settings, rng)
    model = Llama(settings, len(corpus.vocabulary), rng)
    optimizer = optim.AdamW(
        list(model.parameters()), betas=(0.9, 0.98), weight_decay=settings.weight_decay
    )
    scheduler = language.one_cycle(optimizer, settings.learning_rate, settings)
    characters_per_byte = len(corpus.test) / len(_bytes(corpus, corpus.test))
    levels = {
        "gzip": compressed_bits(corpus, lambda data: zlib.compress(data, 9)),
        "bz2": compressed_bits(corpus, lambda data: bz2.compress(data, 9)),
    }

    def measure() -> dict[str, float]:
        bits = language.bits_of({"LLaMA": model}, corpus, settings.sequence_length)
        return {name: value * characters_per_byte for name, value in bits.items()}

    def judge() -> Outcome:
        bits = measure()["LLaMA"]
        sample = language.generate(model, corpus, settings.sequence_length, seed)
        return Outcome(
            score=bits,
            passed=bits <= min(levels.values()) - MARGIN,
            summary=(
                f"Per test byte the model needs {bits:.3f} bits ({count_parameters(model):,} "
                f"parameters), gzip {levels['gzip']:.3f}, bz2 {levels['bz2']:.3f}. "
                f"It writes: {sample}"
            ),
            levels=levels,
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
    name="text-llm",
    title="Compress a novel with a small LLaMA",
    what=(
        "A Transformer with the blocks of LLaMA reads Moby-Dick character by character. Does it "
        "need fewer bits for the unread part than gzip and bz2 do?"
    ),
    pass_line=(
        f"at least {MARGIN} bits per test byte fewer than gzip and bz2 need after the training text"
    ),
    metric="bits per byte",
    lower_is_better=True,
    settings=Settings(),
    build=build,
    seconds=150,
    megabytes=300,
    measured=(
        "0.1.0, one core of an AMD EPYC: seeds 1 and 2 score 2.261 bits each, gzip 3.251, bz2 "
        "2.464; 117 to 128 s of processor time"
    ),
    plots=("learning",),
)
