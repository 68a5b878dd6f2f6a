"""The metric: the notebook reports it, and the check computes it again from here.

ORDER and SCALE were chosen on the validation chapters; only the evaluation uses the test chapters.
"""

from pathlib import Path

import numpy as np
from undergrad import engine
from undergrad.engine import checkpoint

from baseline import KneserNey
from data import SYMBOLS, decode, encode, load
from model import Reader, network

CHECKPOINTS = Path(__file__).with_name("checkpoints")
ORDER, SCALE = 6, 1.0  # of the best counts
CHUNK = 1000  # characters that are read in one go, to save space
NO_COUNTS = np.zeros((1, len(SYMBOLS)), np.float32)  # all characters are expected alike


def log_probabilities(logits: np.ndarray) -> np.ndarray:
    """Of all symbols, along the last axis, in bits: the same shape, float64."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return (shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))) / np.log(2)


def read(
    model: Reader, texts: np.ndarray, rows: np.ndarray, counts: KneserNey | None
) -> np.ndarray:
    """-log2 of the probability of each character but the first two, given those before it.

    texts: (T + 2, N) -> (T, N), of which `rows`, (T, N), says what the counts expect. Without
    counts, all characters are expected alike. The network remembers nothing at first.
    """
    remembered, found = model.nothing(texts.shape[1]), []
    logs = NO_COUNTS if counts is None else counts.logs
    with engine.no_grad():
        for start in range(0, len(rows), CHUNK):
            stretch = texts[start : start + CHUNK + 2]
            expected = logs[rows[start : start + CHUNK]]
            logits, remembered = model(stretch[:-1], expected, remembered)
            likely = log_probabilities(logits.numpy())
            found.append(-np.take_along_axis(likely, stretch[2:, :, None], axis=2)[:, :, 0])
    return np.concatenate(found)


def rows_of(text: np.ndarray, counts: KneserNey | None) -> np.ndarray:
    """Which of the counts' rows holds for each character; without counts, always the same."""
    return np.zeros(len(text), np.int64) if counts is None else counts.rows(text)


def bits(model: Reader, chapters: list[str], counts: KneserNey | None) -> list[np.ndarray]:
    """The bits that each character needs, chapter by chapter; two ends of lines stand before it."""
    texts = [encode(chapter) for chapter in chapters]
    return [
        read(model, np.pad(text, (2, 0))[:, None], rows_of(text, counts)[:, None], counts)[:, 0]
        for text in texts
    ]


def forgetful(
    model: Reader, chapters: list[str], counts: KneserNey | None, length: int
) -> list[np.ndarray]:
    """The same by a network that has read only `length` to 2 `length` - 1 characters before each.

    It reads windows of twice the length, remembering nothing at first, and the second half counts.
    What the counts expect is given in all of them.
    """
    found, many = [], max(1, 20_000 // length)  # windows side by side, to save space
    for chapter in chapters:
        text = encode(chapter)
        number = -(-len(text) // length)
        around = length, number * length - len(text)
        padded, rows = np.pad(text, around), np.pad(rows_of(text, counts), around)
        windows, theirs = (
            np.lib.stride_tricks.sliding_window_view(each, 2 * length)[::length].T
            for each in (padded, rows)
        )
        parts = [
            read(model, windows[:, n : n + many], theirs[2:, n : n + many], counts)
            for n in range(0, number, many)
        ]
        found.append(np.hstack(parts)[-length:].T.ravel()[: len(text)])
    return found


def per_character(needed: list[np.ndarray]) -> float:
    """Bits per character over all chapters together. Lower is better."""
    return float(np.concatenate(needed).mean())


def per_chapter_interval(gain: list[np.ndarray]) -> tuple[float, float, float]:
    """The mean of a gain in bits per character, and its 95% interval over chapters.

    A bootstrap that draws whole chapters, because what is hard in one is hard throughout it.
    """
    sums, sizes = (np.array([measure(each) for each in gain]) for measure in (np.sum, len))
    drawn = np.random.default_rng(0).integers(len(gain), size=(10_000, len(gain)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(sums.sum() / sizes.sum()), float(low), float(high)


def write(
    model: Reader, counts: KneserNey | None, prompt: str, size: int, rng: np.random.Generator
) -> str:
    """`size` characters that follow a prompt, at a temperature of 0.7, so mostly likely ones."""
    text, remembered = encode("\n\n" + prompt), model.nothing(1)
    logs, fresh = NO_COUNTS if counts is None else counts.logs, text
    with engine.no_grad():
        for _ in range(size):
            after = np.append(text[2:], 0)[-len(fresh) - 10 :]  # and room for the next one
            expected = logs[rows_of(after, counts)[-len(fresh) + 1 :]]
            logits, remembered = model(fresh[:, None], expected[:, None], remembered)
            noise = rng.gumbel(size=len(SYMBOLS))  # the largest of logits and noise is a sample
            chosen = (logits.numpy()[-1, 0] / 0.7 + noise).argmax()
            text = np.append(text, chosen)
            fresh = text[-2:]
    return decode(text[-size:])


def checkpoint_of(seed: int) -> Path:
    """The file with the trained weights of a seed."""
    return CHECKPOINTS / f"seed-{seed}.safetensors"


def save(model: Reader, seed: int) -> None:
    """Keep the weights of a trained network, in 16 bits each, which halves the file."""
    CHECKPOINTS.mkdir(exist_ok=True)
    half = {name: array.astype(np.float16) for name, array in model.state_dict().items()}
    checkpoint.save_weights(checkpoint_of(seed), half)


def restore(seed: int) -> Reader:
    """The trained network of a seed, as `save` left it."""
    model = network(seed)
    half = checkpoint.load_weights(checkpoint_of(seed))
    model.load_state_dict({name: array.astype(np.float32) for name, array in half.items()})
    return model


def saved() -> list[int]:
    """The seeds whose networks are saved."""
    return sorted(int(path.stem.removeprefix("seed-")) for path in CHECKPOINTS.glob("seed-*"))


def scores() -> dict[int, float]:
    """{seed: bits per character of the test chapters} of every saved network."""
    parts = load()
    counts = KneserNey(parts["train"], ORDER, SCALE)
    return {seed: per_character(bits(restore(seed), parts["test"], counts)) for seed in saved()}
