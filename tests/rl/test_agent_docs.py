"""The pages about agents show the code that is there, and the results that were found."""

import json
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from bench import agent_settings
from bench.agent_results import placed, table

from undergrad.rl.build import settings_class

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "undergrad" / "rl"
AGENTS = ("reinforce", "a2c", "ppo")
CODE = dict.fromkeys(AGENTS, ("advantages.py",)) | {
    "td3": ("agents/off_policy.py",),
    "sac": ("distributions.py",),
}  # besides the file of the agent itself


def page(name):
    return (ROOT / "docs" / "agents" / f"{name}.md").read_text(encoding="utf-8")


def unindented(text):
    return "\n".join(line.strip() for line in text.strip().splitlines())


@pytest.mark.parametrize("name", CODE)
def test_every_line_of_code_is_in_the_source(name):
    files = [SOURCE / "agents" / f"{name}.py", *(SOURCE / file for file in CODE[name])]
    source = "\n".join(unindented(path.read_text(encoding="utf-8")) for path in files)
    blocks = re.findall(r"```python\n(.*?)```", page(name), re.DOTALL)
    assert blocks
    for block in blocks:
        assert unindented(block) in source


def test_the_code_about_tables_is_in_the_source_or_does_what_it_shows():
    folder = SOURCE / "agents" / "tabular"
    source = "\n".join(unindented(file.read_text(encoding="utf-8")) for file in folder.glob("*.py"))
    blocks = re.findall(r"```python\n(.*?)```(?:\n\n```\n(.*?)```)?", page("tabular"), re.DOTALL)
    assert len(blocks) >= 5
    for block, shown in blocks:
        if shown:
            with redirect_stdout(StringIO()) as said:
                exec(block, {})
            assert said.getvalue() == shown
        else:
            assert unindented(block) in source


def test_the_code_about_pixels_is_in_the_source():
    files = [SOURCE / "networks.py", SOURCE / "agents" / "reinforce.py"]
    source = "\n".join(unindented(path.read_text(encoding="utf-8")) for path in files)
    blocks = re.findall(r"```python\n(.*?)```", page("pong"), re.DOTALL)
    assert len(blocks) == 2
    assert all(unindented(block) in source for block in blocks)


@pytest.mark.parametrize("name", [*CODE, "tabular", "pong", "alphazero"])
def test_every_setting_that_is_explained_exists(name):
    known = settings_class("reinforce" if name == "pong" else name).__dataclass_fields__
    terms = re.findall(r"^(`.*)\n:   ", page(name), re.MULTILINE)
    explained = [re.match(r"\w+", s)[0] for row in terms for s in re.findall(r"`([^`]+)`", row)]
    assert len(explained) >= 6
    assert set(explained) <= set(known)


@pytest.mark.parametrize("name", [*CODE, "tabular", "dqn", "alphazero"])
def test_the_table_of_settings_is_that_of_the_code(name):
    text = page(name)
    assert agent_settings.placed(text, name) == text
    assert all(f"| `{setting}` |" in text for setting in settings_class(name).__dataclass_fields__)


@pytest.mark.parametrize("preset", ["reinforce", "a2c", "ppo", "ppo-pendulum"])
def test_the_table_is_that_of_the_data(preset):
    data = ROOT / "docs" / "assets" / "agents" / f"{preset}-results.json"
    found = json.loads(data.read_text(encoding="utf-8"))
    text = page(preset.removesuffix("-pendulum"))
    assert table(found) in text
    assert placed(text, preset, table(found)) == text


@pytest.mark.parametrize("name", AGENTS)
def test_every_picture_is_there(name):
    pictures = re.findall(r"\]\(\.\./(assets/agents/[\w-]+\.svg)\)", page(name))
    assert len(pictures) == 2
    assert all((ROOT / "docs" / picture).stat().st_size > 1000 for picture in pictures)
