"""The page about DQN shows the code that is there, and the results that were found."""

import json
import re
from pathlib import Path

from bench.agent_results import placed, table

from undergrad.rl.run import preset

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "undergrad" / "rl"
PAGE = (ROOT / "docs" / "agents" / "dqn.md").read_text(encoding="utf-8")
FILES = (
    "agents/dqn.py",
    "agents/rainbow.py",
    "loops.py",
    "networks.py",
    "replay.py",
    "prioritized.py",
)


def unindented(text):
    return "\n".join(line.strip() for line in text.strip().splitlines())


def test_every_line_of_code_is_in_the_source():
    source = "\n".join(unindented((SOURCE / file).read_text(encoding="utf-8")) for file in FILES)
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 9
    for block in blocks:
        assert unindented(block) in source


def test_every_setting_that_is_explained_exists():
    settings = preset.load("cartpole").settings
    terms = re.findall(r"^(`.*)\n:   ", PAGE, re.MULTILINE)
    explained = {name for row in terms for name in re.findall(r"`(\w+)`", row)}
    assert len(explained) > 12
    assert explained <= set(vars(settings))
    rainbow = dict(re.findall(r"--set (\w+)=([\w.]+)", PAGE))
    assert preset.load("cartpole").with_settings(rainbow).settings.distributional == "c51"


def test_the_columns_that_are_explained_are_in_the_log():
    told = set(re.findall(r"\*\*(\w+)\*\*", PAGE.split("| column |")[1].split("## ")[0]))
    assert told == {"value", "discounted", "action_gap", "td_error", "grad_norm"} | {
        "terminated",
        "replay_age",
        "target_lag",
    }


def test_the_table_is_that_of_the_data():
    data = ROOT / "docs" / "assets" / "agents" / "cartpole-results.json"
    found = json.loads(data.read_text(encoding="utf-8"))
    assert table(found) in PAGE
    assert placed(PAGE, "cartpole", table(found)) == PAGE


def test_every_picture_is_there():
    pictures = re.findall(r"\]\(\.\./(assets/agents/[\w-]+\.svg)\)", PAGE)
    assert len(pictures) == 2
    assert all((ROOT / "docs" / picture).stat().st_size > 1000 for picture in pictures)
