"""The page about an environment of one's own: its code is run, and its output is what it shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

UNDERGRAD = [sys.executable, "-c", "from undergrad.cli import main; main()"]
PAGE = (Path(__file__).parents[2] / "docs" / "agents" / "your-own-world.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)
CODE = next(text for kind, text in BLOCKS if kind == "python")
COMMANDS = [text.strip() for kind, text in BLOCKS if kind == "sh"]
SHOWN = [text.strip() for kind, text in BLOCKS if not kind]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "my_world.py").write_text(CODE)
    careless = CODE.replace("self.np_random.integers(4)", "np.random.randint(4)")
    (tmp_path / "careless_world.py").write_text(careless.replace("Corridor-v0", "Careless-v0"))
    return tmp_path


def printed(command, folder):
    """What a command prints, with one space between words, without what chance decides."""
    line = [*UNDERGRAD, *command.removeprefix("undergrad ").split()]
    known = {k: v for k, v in os.environ.items() if k != "UNDERGRAD_JOURNEY"} | {"COLUMNS": "88"}
    done = subprocess.run(line, cwd=folder, env=known, capture_output=True, text=True, timeout=100)
    return _plain(done.stdout)


def _plain(text):
    return re.sub(r"[\d,]+ steps a second|After \d+ steps", "", " ".join(text.split()))


def test_the_check_says_what_the_page_shows(folder):
    assert printed(COMMANDS[0], folder) == _plain(SHOWN[0])
    assert _plain(SHOWN[1]) in printed("undergrad env check careless_world:Careless-v0", folder)


@pytest.mark.slow  # the same way is walked in tests/cli/test_train_env.py
def test_the_training_ends_as_the_page_shows_with_a_film(folder):
    assert printed(COMMANDS[1], folder).startswith(_plain(SHOWN[2]))
    (film,) = folder.glob("runs/*/seed-0/after.webp")
    assert film.read_bytes()[8:12] == b"WEBP"
