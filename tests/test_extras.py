"""Extras: what the code says of them is what pyproject.toml offers."""

import tomllib
from pathlib import Path

import pytest

from undergrad import extras

OFFERED = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))[
    "project"
]["optional-dependencies"]


@pytest.mark.parametrize("name", ["atari", "class", "cluster", "jax", "torch"])
def test_what_is_missing_is_said_with_the_command_that_brings_it(name, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    assert name in OFFERED
    assert extras.missing(name)
    assert extras.advice("pong", name).endswith(f"`pip install 'undergrad[{name}]'`.")


def test_one_missing_module_is_enough(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda module: None if module == "cv2" else object())
    assert extras.missing("atari")
    assert not extras.missing("torch")
