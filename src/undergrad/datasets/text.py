"""Text for language models: characters as numbers, windows to learn from, a synthetic language.

Nothing is downloaded: the text is what the caller brings, a file, or sentences of a small grammar
whose every rule is known.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.rng import generator

MOST_BYTES = 50_000_000  # of a text file; a character model on a laptop needs far less


class Vocabulary:
    """The characters of a text, each with its number, in alphabetical order.

    Examples:
        >>> vocabulary = Vocabulary("hello")
        >>> vocabulary.encode("hole").tolist(), vocabulary.decode([1, 0, 2, 2, 3])
        ([1, 3, 2, 0], 'hello')
    """

    def __init__(self, text: str) -> None:
        if not text:
            raise ValueError("Vocabulary: the text is empty")
        self.symbols = tuple(sorted(set(text)))
        self._numbers = {symbol: i for i, symbol in enumerate(self.symbols)}

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, text: str) -> npt.NDArray[np.int64]:
        """The numbers of the characters. ValueError, which names it, for one that is unknown."""
        try:
            return np.array([self._numbers[symbol] for symbol in text], dtype=np.int64)
        except KeyError as error:
            raise ValueError(f"Vocabulary: {error.args[0]!r} did not occur in its text") from None

    def decode(self, numbers: npt.ArrayLike) -> str:
        """The characters with these numbers, as one text."""
        return "".join(self.symbols[i] for i in np.asarray(numbers).reshape(-1).tolist())

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} characters: {''.join(self.symbols)!r})"


class Windows:
    """All stretches of `length` numbers of a sequence, each with the stretch one position later.

    The target at each position is the number that comes next: predict it from those before.

    Examples:
        >>> windows = Windows([5, 6, 7, 8, 9], length=3)
        >>> [column.tolist() for column in windows[np.array([0, 1])]]
        [[[5, 6, 7], [6, 7, 8]], [[6, 7, 8], [7, 8, 9]]]
    """

    def __init__(self, sequence: npt.ArrayLike, length: int, step: int = 1) -> None:
        self.sequence, self.length, self.step = np.asarray(sequence), length, step
        if length < 1 or step < 1 or len(self.sequence) <= length:
            raise ValueError(
                f"Windows of {length} every {step} need a longer sequence than {length}, and this "
                f"one has {len(self.sequence)}"
            )

    def __len__(self) -> int:
        return (len(self.sequence) - self.length - 1) // self.step + 1

    def __getitem__(self, indices: Array) -> tuple[Array, ...]:
        positions = np.asarray(indices)[:, None] * self.step + np.arange(self.length)
        return self.sequence[positions], self.sequence[positions + 1]

    def __repr__(self) -> str:
        return f"Windows({len(self)} of length {self.length} over {len(self.sequence)} numbers)"


def read_text(path: str | os.PathLike[str]) -> str:
    """The text of a file a person names, in UTF-8, with line ends as one character.

    Raises ValueError, which names the file, when it is missing, empty, too large or no text.
    """
    file = Path(path)
    if not file.is_file():
        raise ValueError(f"{file} is not a file; name a text file, such as a book in UTF-8")
    if file.stat().st_size > MOST_BYTES:
        raise ValueError(f"{file} is larger than {MOST_BYTES // 1_000_000} MB; name a smaller text")
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{file} is not text in UTF-8 (byte {error.start}); save it as UTF-8 first"
        ) from None
    if not text.strip():
        raise ValueError(f"{file} is empty; name a file with text in it")
    return text


def tiny_language(sentences: int, rng: np.random.Generator | int | None = None) -> str:
    """Sentences of a synthetic language, one per line, with rules to discover.

    A verb ends as its subject does: "the cat sees", "the cats see". So does the verb after a
    clause about somebody else: "the cats that the dog sees run", so a model has to keep
    the number of the first noun in its state.

    Examples:
        >>> print(tiny_language(3, rng=1), end="")
        a quiet king sings.
        the girls that a bird finds run.
        the birds that the cats hear run.
    """
    if sentences < 1:
        raise ValueError(f"tiny_language: sentences must be at least 1, and is {sentences}")
    rng = generator(rng)
    return "".join(f"{_sentence(rng)}.\n" for _ in range(sentences))


_NOUNS = ("cat", "dog", "bird", "boy", "girl", "king")
_WITH_OBJECT = ("see", "hear", "like", "find", "know")
_ALONE = ("run", "sing", "sleep", "wait")
_KINDS = ("old", "small", "happy", "quiet")


def _sentence(rng: np.random.Generator) -> str:
    many = bool(rng.random() < 0.5)
    words = [_noun(rng, many)]
    if rng.random() < 0.3:
        other = bool(rng.random() < 0.5)
        words += ["that", _noun(rng, other), _verb(rng, _WITH_OBJECT, other)]
    if rng.random() < 0.5:
        words.append(_verb(rng, _ALONE, many))
    else:
        words += [_verb(rng, _WITH_OBJECT, many), _noun(rng, bool(rng.random() < 0.5))]
    return " ".join(words)


def _noun(rng: np.random.Generator, many: bool) -> str:
    article = "the" if many or rng.random() < 0.5 else "a"
    kind = [_pick(rng, _KINDS)] if rng.random() < 0.3 else []
    article = "an" if article == "a" and kind == ["old"] else article
    return " ".join([article, *kind, _pick(rng, _NOUNS) + "s" * many])


def _verb(rng: np.random.Generator, verbs: tuple[str, ...], many: bool) -> str:
    return _pick(rng, verbs) + "s" * (not many)


def _pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]
