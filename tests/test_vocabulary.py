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

# Words and phrases, as they read once `snake_case` and `CamelCase` are taken apart: what to say.
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
    "way back": "backward pass",
    "way forward": "forward pass",
    "slope": "gradient, derivative",
    "bell curve": "normal distribution, Gaussian",
    "learnt slip": "common mistake",
    "slip": "mistake",
    "loss of above": "the loss from above",
    "once an epoch": "once per epoch",
    "a line a": "one line per",
    "readout": "head",
    "arena": "flat parameters",
    "surprise": "td_error, priority",
    "spoilt": "corrupt",
    "lent": "on loan",
    **{f"is no {thing}": f"is not a {thing}" for thing in (
        "journey", "number", "text", "date", "name", "file", "run", "list", "function", "array",
        "stack", "word",
    )},
}  # fmt: skip
CODE = {  # in Python files and YAML only
    "lookahead": "n_step",
    "average rate": "ema_decay",
    "clip norm": "max_grad_norm",
    "clipped gain": "clipped_surrogate",
    "entropy bonus": "ent_coef",
    "value weight": "vf_coef",
    "stop kl": "target_kl",
    "shake": "reset_noise",
    "entrance": "encoder",
    "cage": "namespaces",
    "exam": "answer_key",
    "lens": "prefer",
    "lend": "borrowed",
    "mend": "repair, fix",
    "begun": "started",
    "run places": "runs",
    "rate test": "lr_finder",
}
MATHEMATICS = {  # in code about arrays only: elsewhere a plan is spread, a download has a mirror
    "bend": "activation, curvature",
    "spread": "std",
    "bell": "normal",
    "mirror": "reflection",
    "shadow": "projection",
}
ARRAYS = ("curriculum/", "src/undergrad/engine/", "src/undergrad/cases/", "src/undergrad/rl/")

# (file or folder, word): why it may stand there.
ALLOWED: dict[tuple[str, str], str] = {
    ("tests/test_vocabulary.py", "*"): "the tables of this test",
    (
        "curriculum/2-mathematics/derivatives/",
        "slope",
    ): "the derivative of a function of one number",
    ("curriculum/2-mathematics/descent/", "slope"): "the derivative along a line, one number",
    ("curriculum/course.yaml", "slope"): "a question about a function of one number",
    ("curriculum/2-mathematics/likelihood/", "surprise"): "the plain word for information content",
    ("src/undergrad/runs/renamed.py", "*"): "older names of settings, each with its new one",
    ("src/undergrad/rl/compatibility.py", "*"): "older names in checkpoints and logs",
    ("src/undergrad/engine/moved.py", "*"): "older names of modules",
    ("tests/runs/test_settings.py", "*"): "older names of settings are refused or converted",
    ("src/undergrad/plan/records.py", "lens"): "the name of an event in every store",
    ("src/undergrad/journey/status.py", "lens"): "the name of an event in every store",
    ("src/undergrad/cli/log.py", "lens"): "the name of an event in every store",
    ("src/undergrad/datasets/formats.py", "lens"): "MovieLens, a dataset",
    ("src/undergrad/course/models.py", "exam"): "a kind of resource",
    ("src/undergrad/rl/envs/grids.py", "slip"): "Gymnasium's word for a step to the side",
    ("docs/agents/environments.md", "slip"): "Gymnasium's word for a step to the side",
    ("curriculum/5-deep-rl/", "slip"): "Gymnasium's word for a step to the side",
    ("tests/rl/", "slip"): "Gymnasium's word for a step to the side",
    ("tests/site/test_live_figures.py", "slip"): "Gymnasium's word for a step to the side",
    ("src/undergrad/rl/presets/mountaincar.yaml", "slope"): "of a mountain",
    ("tests/rl/test_envs.py", "spread"): "weeds do",
    ("src/undergrad/datasets/download.py", "lens"): "MovieLens, a dataset",
    ("src/undergrad/datasets/cards.py", "lens"): "MovieLens, a dataset",
    ("tests/course/dialect.py", "*"): "the table of this gate",
    ("src/undergrad/engine/", "spread"): "a verb: label smoothing spreads a fraction evenly",
    ("tests/sandbox/test_renames.py", "slope"): "an older name of an exercise",
    ("tests/site/", "slope"): "a made-up term of a made-up glossary",
    ("tests/recap/conftest.py", "slope"): "a made-up question about one number",
    ("tests/e2e/test_first_hour.py", "slope"): "of a line",
    ("tests/strangers/units/", "*"): "names that learners give to things",
}

# What a learner reads as a lesson is rewritten unit by unit; a rewritten unit leaves this list.
LESSONS = ("unit.md", "recall.yaml", "stage.md", "resources.yaml", "glossary.yaml", "paths.yaml")

TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".jinja", ".html", ".js", ".css"}
CODE_FILES = {".py", ".yaml", ".yml", ".toml"}
SKIPPED = (
    "docs/assets/vendor/",
    "src/undergrad/datasets/data/",
    "requirements/",
    "LICENSE",
    "templates/licences/",
)
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
    code = Path(path).suffix in CODE_FILES and not path.startswith("tests/")
    table = {
        **EVERYWHERE,
        **(CODE if code else {}),
        **(MATHEMATICS if code and path.startswith(ARRAYS) else {}),
    }
    for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1):
        said = words(line)
        for word, instead in table.items():
            if said_in(word, said) and not allowed(path, word):
                yield f"{path}:{number}: `{word}`; say: {instead}"


def said_in(word: str, said: str) -> bool:
    """Whether a line of words has the word or its plural. "There is no journey" is English."""
    if word == "slope":  # the field's name of an argument of leaky ReLU
        said = said.replace("negative slope", "")
    return f" {word} " in said.replace(" there is no ", " ") or f" {word}s " in said


def test_no_word_of_a_private_dialect() -> None:
    everything = [line for path in files() for line in found(path)]
    assert not everything, "\n" + "\n".join(everything)


@pytest.mark.parametrize("entry", ALLOWED, ids=str)
def test_every_exception_is_still_needed_and_says_why(entry: tuple[str, str]) -> None:
    place, word = entry
    assert len(ALLOWED[entry]) > 5
    here = [path for path in files() if path.startswith(place)]
    texts = "".join(words(line) for path in here for line in (ROOT / path).read_text().splitlines())
    assert here and (word == "*" or said_in(word, texts)), f"{entry} is not needed"
