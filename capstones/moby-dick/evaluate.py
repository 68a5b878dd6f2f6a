"""The metric: the notebook reports it, and the check computes it again from here.

Only the evaluation uses the test chapters.
"""

from pathlib import Path

import numpy as np
from undergrad import engine
from undergrad.engine import checkpoint

from baseline import KneserNey
from data import SYMBOLS, decode, encode, load
from experts import ORDER, SCALE, Ask, Known, after, consult
from model import Reader, log_mixture, network

CHECKPOINTS = Path(__file__).with_name("checkpoints")
CHUNK = 1000  # characters that are read in one go, to save space
TEMPERATURE = 0.8  # of samples


def read(model: Reader, texts: np.ndarray, known: Known) -> np.ndarray:
    """-log2 of the probability of each character but the first two: (T + 2, N) -> (T, N).

    known: of the T characters, (T, N, K) and (T, N, F). The network remembers nothing at first.
    """
    remembered, found = model.nothing(texts.shape[1]), []
    with engine.no_grad():
        for start in range(0, len(texts) - 2, CHUNK):
            here = slice(start, start + CHUNK)
            stretch = texts[start : start + CHUNK + 2]
            logits, remembered = model(stretch[:-1], known.features[here], remembered)
            found.append(-log_mixture(logits, known.chances[here]).numpy() / np.log(2))
    return np.concatenate(found)


def bits(
    model: Reader, chapters: list[str], counts: KneserNey, ask: Ask = consult
) -> list[np.ndarray]:
    """The bits that each character needs, chapter by chapter; two ends of lines stand before it."""
    found = []
    for chapter in chapters:
        text = encode(chapter)
        known = Known(*(each[:, None] for each in ask(counts, text)))
        found.append(read(model, np.pad(text, (2, 0))[:, None], known)[:, 0])
    return found


def forgetful(
    model: Reader, chapters: list[str], counts: KneserNey, length: int
) -> list[np.ndarray]:
    """The same by a network that has read only `length` to 2 `length` - 1 characters before each.

    It reads windows of twice the length, remembering nothing at first, and the second half counts.
    The experts are not forgetful.
    """
    found, many = [], max(1, 20_000 // length)  # windows side by side, to save space
    for chapter in chapters:
        text = encode(chapter)
        number = -(-len(text) // length)
        arrays = (text, *consult(counts, text))
        texts, *known = (_windows(each, length, number) for each in arrays)
        parts = []
        for n in range(0, number, many):
            side_by_side = slice(n, n + many)
            here = Known(*(each[2:, side_by_side] for each in known))
            parts.append(read(model, texts[:, side_by_side], here)[-length:])
        found.append(np.hstack(parts).T.ravel()[: len(text)])
    return found


def _windows(array: np.ndarray, length: int, number: int) -> np.ndarray:
    """(T, ...) -> (2 length, number, ...); each window begins `length` later than the last one."""
    around = [(length, number * length - len(array)), *[(0, 0)] * (array.ndim - 1)]
    filled = np.pad(array, around, constant_values=1)
    places = np.arange(2 * length)[:, None] + length * np.arange(number)
    return filled[places]


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
    model: Reader, counts: KneserNey, prompt: str, size: int, rng: np.random.Generator
) -> str:
    """`size` characters that follow a prompt: each a sample of the probabilities, sharpened."""
    text = encode(prompt)
    remembered, fresh = model.nothing(1), len(text) + 1  # characters that the network has not read
    with engine.no_grad():
        for _ in range(size):
            features = consult(counts, np.append(text, 0)).features[-fresh:, None]
            stretch = np.pad(text, (2, 0))[-fresh - 1 :, None]
            logits, remembered = model(stretch, features, remembered)
            weights = np.exp(logits.numpy()[-1, 0] - logits.numpy()[-1, 0].max())
            chances = (weights @ after(counts, text)) ** (1 / TEMPERATURE)
            text = np.append(text, rng.choice(len(SYMBOLS), p=chances / chances.sum()))
            fresh = 1
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
