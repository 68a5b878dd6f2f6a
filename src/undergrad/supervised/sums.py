"""What the models that add have in common: sums as tokens, a small LLaMA, and how it answers.

A row holds a prompt and its answer, `37+58=590` with the digits of the sum from the last to the
first, because a carry is then known before it is needed. What follows the answer is the token END,
the first of which the model has to write too. All rows of right answers can be listed, so a
verifier compares whole rows and has nothing to forgive.
"""

from dataclasses import dataclass

import numpy as np

from undergrad.engine import Tensor, no_grad
from undergrad.engine.autograd import Array
from undergrad.engine.nn.functional import cross_entropy
from undergrad.runs.settings import setting
from undergrad.supervised import preset
from undergrad.supervised.presets import text_llm

SYMBOLS = "0123456789+="
END = len(SYMBOLS)  # the token that ends an answer
PROMPT, LENGTH = 6, 10  # tokens of a prompt, and of a row
_TESTS = 2_000  # of the 10,000 sums; nothing is learned from them


@dataclass(frozen=True)
class Settings(preset.Settings):
    """What both presets have in common."""

    embedding_dim: int = setting(64, at_least=8, at_most=10_000, doc="of a token")
    num_layers: int = setting(2, at_least=1, at_most=1_000, doc="blocks")
    batch_size: int = setting(32, at_least=1, doc="sums in a minibatch of fine-tuning")
    learning_rate: float = setting(0.004, above=0, doc="of AdamW in fine-tuning")
    max_grad_norm: float = setting(1.0, above=0, doc="gradients are clipped to it")


def network(settings: Settings, rng: np.random.Generator) -> text_llm.Llama:
    """A model for these tokens, with the blocks of `text-llm`."""
    shape = text_llm.Settings(embedding_dim=settings.embedding_dim, num_layers=settings.num_layers)
    return text_llm.Llama(shape, len(SYMBOLS) + 1, rng)


def rows() -> Array:
    """All 10,000 sums with their right answers: (10000, LENGTH) tokens."""
    a, b = np.divmod(np.arange(10_000), 100)
    table = np.full((10_000, LENGTH), END)
    plus, equals = (np.full(len(a), SYMBOLS.index(each)) for each in "+=")
    table[:, :PROMPT] = np.stack([a // 10, a % 10, plus, b // 10, b % 10, equals], axis=1)
    for place, power in enumerate((1, 10, 100)):
        needed = (a + b >= power) | (power == 1)
        table[needed, PROMPT + place] = ((a + b) // power % 10)[needed]
    return table


def split(rng: np.random.Generator) -> tuple[Array, Array]:
    """Rows to learn from, and rows of sums that are only measured."""
    table = rng.permutation(rows())
    return table[_TESTS:], table[:_TESTS]


def written(table: Array) -> Array:
    """Where a row has tokens of the answer, or the first END: (N, LENGTH) of bool."""
    position = np.arange(LENGTH)
    first_end = (table == END).argmax(axis=1)
    last = np.where((table == END).any(axis=1), first_end, LENGTH - 1)
    return (position >= PROMPT) & (position <= last[:, None])


class Answers:
    """Rows to fine-tune on: the inputs are all tokens but the last, the targets the next ones.

    Targets that the model does not write are -100, so they do not count.
    """

    def __init__(self, table: Array) -> None:
        self.table = table

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, indices: Array) -> tuple[Array, ...]:
        chosen = self.table[indices]
        return chosen[:, :-1], np.where(written(chosen), chosen, -100)[:, 1:]


def answer_loss(scores: Tensor, target: Array) -> Tensor:
    """The mean cross-entropy of the tokens that the model writes."""
    return cross_entropy(scores.reshape(-1, scores.shape[-1]), target.reshape(-1))


@no_grad()
def answers(model: text_llm.Llama, table: Array, rng: np.random.Generator | None) -> Array:
    """The rows with the model's answers: sampled, or without a generator the most probable."""
    said = np.full_like(table, END)
    said[:, :PROMPT] = table[:, :PROMPT]
    running = np.ones(len(table), bool)
    for place in range(PROMPT, LENGTH):
        scores = model(said[:, :place]).data[:, -1]
        token = scores.argmax(axis=1) if rng is None else _drawn(scores, rng)
        said[:, place] = np.where(running, token, END)
        running &= token != END
    return said


def _drawn(scores: Array, rng: np.random.Generator) -> Array:
    weights = np.exp(scores - scores.max(axis=1, keepdims=True)).cumsum(axis=1)
    below = weights < rng.random((len(scores), 1)) * weights[:, -1:]
    token: Array = below[:, :-1].sum(axis=1)
    return token


def verify(said: Array, table: Array) -> Array:
    """1 where a row is the right one, the whole of it; else 0. The verifier of `sums-grpo`."""
    right: Array = (said == table).all(axis=1)
    return right.astype(np.float32)


def accuracy(model: text_llm.Llama, table: Array, seed: int | None) -> float:
    """The fraction of right answers: sampled with this seed, or the most probable ones."""
    rng = None if seed is None else np.random.default_rng(seed)
    return float(verify(answers(model, table, rng), table).mean())
