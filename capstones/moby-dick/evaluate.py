"""The metric: the notebook reports it, and the check computes it again from here.

ORDER, SCALE and WEIGHT were chosen on the validation chapters; only the evaluation uses the test
chapters.
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
WEIGHT = 0.5  # of the network, in the average with the counts
CHUNK = 1000  # characters that are read in one go, to save space


def log_probabilities(logits: np.ndarray) -> np.ndarray:
    """Of all symbols, along the last axis, in bits: the same shape, float64."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return (shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))) / np.log(2)


def read(model: Reader, texts: np.ndarray) -> np.ndarray:
    """-log2 of the probability of each character but the first two, given those before it.

    texts: (T + 2, N) -> (T, N). The network remembers nothing at first.
    """
    remembered, found = model.nothing(texts.shape[1]), []
    with engine.no_grad():
        for start in range(0, len(texts) - 2, CHUNK):
            stretch = texts[start : start + CHUNK + 2]
            logits, remembered = model(stretch[:-1], remembered)
            likely = log_probabilities(logits.numpy())
            found.append(-np.take_along_axis(likely, stretch[2:, :, None], axis=2)[:, :, 0])
    return np.concatenate(found)


def bits(model: Reader, chapters: list[str]) -> list[np.ndarray]:
    """The bits that each character needs, chapter by chapter; two ends of lines stand before it."""
    return [read(model, encode(f"\n\n{chapter}")[:, None])[:, 0] for chapter in chapters]


def forgetful(model: Reader, chapters: list[str], length: int) -> list[np.ndarray]:
    """The same by a network that knows only `length` to 2 `length` - 1 characters before each.

    It reads windows of twice the length, beginning anew in each, and the second half counts.
    """
    found = []
    for chapter in chapters:
        text = encode(chapter)
        rows = -(-len(text) // length)
        padded = np.pad(text, (length, rows * length - len(text)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * length)[::length]
        many = max(1, 20_000 // length)  # side by side, to save space
        parts = [read(model, windows[n : n + many].T) for n in range(0, rows, many)]
        found.append(np.hstack(parts)[-length:].T.ravel()[: len(text)])
    return found


def per_character(needed: list[np.ndarray]) -> float:
    """Bits per character over all chapters together. Lower is better."""
    return float(np.concatenate(needed).mean())


def together(
    one: list[np.ndarray], other: list[np.ndarray], weight: float = WEIGHT
) -> list[np.ndarray]:
    """The bits of two models whose probabilities are averaged; `weight` is that of the first."""
    first, second = np.log2(weight), np.log2(1 - weight)
    return [-np.logaddexp2(first - a, second - b) for a, b in zip(one, other, strict=True)]


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
    model: Reader, prompt: str, count: int, rng: np.random.Generator, temperature: float = 0.7
) -> str:
    """`count` characters that follow a prompt; at a low temperature, likely ones."""
    text, remembered = [*encode("\n\n" + prompt)], model.nothing(1)
    fresh = text
    with engine.no_grad():
        for _ in range(count):
            logits, remembered = model(np.array(fresh)[:, None], remembered)
            noise = rng.gumbel(size=len(SYMBOLS))  # the largest of logits and noise is a sample
            text.append(int((logits.numpy()[-1, 0] / temperature + noise).argmax()))
            fresh = text[-2:]
    return decode(text[-count:])


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
    """{seed: bits per character of the test chapters} of every saved network, with the counts."""
    parts = load()
    counts = KneserNey(parts["train"], ORDER, SCALE).bits(parts["test"])
    found = {seed: bits(restore(seed), parts["test"]) for seed in saved()}
    return {seed: per_character(together(each, counts)) for seed, each in found.items()}
