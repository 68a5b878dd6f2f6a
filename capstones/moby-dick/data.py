"""Moby-Dick: which chapters are read and which are kept, and its characters as numbers."""

import numpy as np
from undergrad import datasets

SHA256 = "6eddb555305eba56f60e638e8aac85dd4e846326bf33f7b485a06ad7e169d423"  # of the text in UTF-8
BOOK = datasets.book()
SYMBOLS = "".join(sorted(set(BOOK)))  # all characters of the book; number 0 is the end of a line


def load() -> dict[str, list[str]]:
    """The chapters, in the order of the book, as `train`, `validation` and `test`.

    Chapters 10, 20, 30 and so on are for testing, chapters 5, 15, 25 and so on for validation. A
    chapter begins with its heading; the epilogue counts as chapter 136.
    """
    parts: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    for number, chapter in enumerate(BOOK.split("\n\n\n"), 1):
        name = {0: "test", 5: "validation"}.get(number % 10, "train")
        parts[name].append(chapter.strip())
    return parts


def title(chapter: str) -> str:
    """The heading of a chapter."""
    return chapter.partition("\n\n")[0]


def encode(text: str) -> np.ndarray:
    """The numbers of the characters of a text: (characters,)."""
    return np.array([SYMBOLS.index(symbol) for symbol in text], np.int64)


def decode(numbers: np.ndarray) -> str:
    """The text of these numbers."""
    return "".join(SYMBOLS[number] for number in numbers)


def in_a_row(chapters: list[str]) -> np.ndarray:
    """Chapters as one long sequence of numbers, each after two ends of lines."""
    return encode("".join(f"\n\n{chapter}" for chapter in chapters))


def pairs(text: np.ndarray) -> np.ndarray:
    """Each character together with the one before it, as one number: (T + 1, N) -> (T, N).

    0 stands for every pair that does not occur in the training chapters.
    """
    return _ROW[text[:-1] * len(SYMBOLS) + text[1:]]


def _rows() -> np.ndarray:
    """For each pair of characters its number, in the order of the pairs: (symbols²,)."""
    text = in_a_row(load()["train"])
    known = np.unique(text[:-1] * len(SYMBOLS) + text[1:])
    rows = np.zeros(len(SYMBOLS) ** 2, np.int64)
    rows[known] = 1 + np.arange(len(known))
    return rows


_ROW = _rows()
PAIRS = 1 + int(_ROW.max())
