"""The project speaks the field's words: no word of a private dialect, and every key explained.

Whoever knows PyTorch, Gymnasium, Stable-Baselines3, SQLite or pytest should know our names. The
tables below list words that stood in their place once, with the word to use. An exception has a
place and a reason in `ALLOWED`.
"""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Word or phrase, as it reads once `snake_case` and `CamelCase` are taken apart: what to say instead.
EVERYWHERE = {
    "foretell": "predict",
    "whoever": "anyone who, a person who",
    "anew": "again",
    "shall": "will, should, must",
    "how manieth": "ordinal",
    "by lot": "at random",
    "learnt by heart": "memorised",
    "learn by heart": "memorise",
    "belongs into": "belongs in",
    "belong into": "belong in",
    "does with": "gets by with",
    "is no journey": "is not a journey",
    "is no number": "is not a number",
    "is no text": "is not text",
    "is no date": "is not a date",
    "is no name": "is not a name",
    "is no file": "is not a file",
    "is no run": "is not a run",
    "is no list": "is not a list",
    "is no function": "is not a function",
    "is no array": "is not an array",
    "is no stack": "is not a stack",
    "a line a": "one line per",
    "once an epoch": "once per epoch",
    "way back": "backward pass",
    "way forward": "forward pass",
    "slope": "gradient, derivative",
    "bell curve": "normal distribution, Gaussian",
    "learnt slip": "common mistake",
    "slip": "mistake",
    "goal of above": "the goal from above",
    "loss of above": "the loss from above",
    "readout": "head",
    "arena": "flat parameters",
    "how it stands": "its state",
    "spoilt": "corrupt",
}
CODE = {  # in Python files and YAML only
    "lookahead": "n_step",
    "average rate": "ema_decay",
    "clip norm": "max_grad_norm",
    "clipped gain": "clipped_surrogate",
    "entropy bonus": "ent_coef",
    "value weight": "vf_coef",
    "stop kl": "target_kl",
    "surprise": "td_error, priority",
    "shake": "reset_noise",
    "entrance": "encoder",
    "cage": "namespaces",
    "exam": "answer_key",
    "lens": "prefer",
    "lent": "borrowed",
    "lend": "borrowed",
    "mend": "repair, fix",
    "bend": "activation",
    "laid": "created",
    "begun": "started",
    "run places": "runs",
    "rate test": "lr_finder",
    "spread": "std",
    "bell": "normal",
    "mirror": "reflection",
    "shadow": "projection",
    "stamp": "kernel, checksum",
}

# (path or folder, word): why it may stand there.
ALLOWED: dict[tuple[str, str], str] = {
    ("tests/test_vocabulary.py", "*"): "the tables of this test",
}

# Prose of lessons that has not been rewritten yet; a rewritten unit leaves this list.
LESSONS = ("unit.md", "recall.yaml", "stage.md", "resources.yaml", "glossary.yaml", "paths.yaml")

TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".jinja", ".html", ".js", ".css"}
CODE_FILES = {".py", ".yaml", ".yml", ".toml"}
SKIPPED = ("docs/assets/vendor/", "requirements/", "LICENSE")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = re.compile(r"[A-Za-z]+")


def words(line: str) -> str:
    """A line as lower-case words, one space apart, with names in code taken apart."""
    return f" {' '.join(_WORDS.findall(_CAMEL.sub(' ', line))).lower()} "


@cache
def files() -> tuple[str, ...]:
    """What git tracks or would track, as paths from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return tuple(
        path
        for path in listed
        if Path(path).suffix in TEXT
        and not path.startswith(SKIPPED)
        and Path(path).name not in LESSONS
        and (ROOT / path).is_file()
    )


def allowed(path: str, word: str) -> bool:
    return any(
        path.startswith(place) and listed in (word, "*") for (place, listed), _ in ALLOWED.items()
    )


def found(path: str) -> Iterator[str]:
    """`path:line: word (say: ...)` for every word of the tables in the file."""
    table = {**EVERYWHERE, **CODE} if Path(path).suffix in CODE_FILES else EVERYWHERE
    text = (ROOT / path).read_text("utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        said = words(line)
        for word, instead in table.items():
            if (f" {word} " in said or f" {word}s " in said) and not allowed(path, word):
                yield f"{path}:{number}: `{word}`; say: {instead}"


def test_no_word_of_a_private_dialect() -> None:
    everything = [line for path in files() for line in found(path)]
    assert not everything, "\n" + "\n".join(everything)


@pytest.mark.parametrize("entry", ALLOWED, ids=str)
def test_every_exception_is_still_needed_and_says_why(entry: tuple[str, str]) -> None:
    place, word = entry
    assert len(ALLOWED[entry]) > 5
    here = [path for path in files() if path.startswith(place)]
    texts = "".join(words(line) for path in here for line in (ROOT / path).read_text().splitlines())
    assert word == "*" or f" {word} " in texts or f" {word}s " in texts, f"{entry} is not needed"
