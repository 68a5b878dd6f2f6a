"""The page about an environment of one's own: its code is run, and its output is what it shows."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from undergrad.cli.app import cli

PAGE = (Path(__file__).parents[2] / "docs" / "agents" / "your-own-world.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)
CODE = next(text for kind, text in BLOCKS if kind == "python")
COMMANDS = [text.strip() for kind, text in BLOCKS if kind == "sh"]
SHOWN = [text.strip() for kind, text in BLOCKS if not kind]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "my_world.py").write_text(CODE)
    careless = CODE.replace("self.np_random.integers(4)", "np.random.randint(4)")
    (tmp_path / "careless_world.py").write_text(careless.replace("Corridor-v0", "Careless-v0"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "88")
    return tmp_path


def printed(command):
    """What a command prints, with one space between words and no measured speed."""
    out = CliRunner().invoke(cli, command.removeprefix("undergrad ").split()).stdout
    return _plain(out)


def _plain(text):
    return re.sub(r"[\d,]+ steps a second", "", " ".join(text.split()))


def test_the_check_says_what_the_page_shows(folder):
    assert printed(COMMANDS[0]) == _plain(SHOWN[0])
    assert _plain(SHOWN[1]) in printed("undergrad env check careless_world:Careless-v0")


def test_the_training_ends_as_the_page_shows_with_a_film(folder):
    assert printed(COMMANDS[1]).startswith(_plain(SHOWN[2]))
    (film,) = folder.glob("runs/*/seed-0/after.webp")
    assert film.read_bytes()[8:12] == b"WEBP"
