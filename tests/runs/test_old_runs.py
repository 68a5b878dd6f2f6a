"""Runs that an undergrad before the present names of settings wrote are listed and resumed."""

import shutil
from pathlib import Path

import pytest
from tests.runs.on_disk import evaluate, resume

from undergrad.cli.presets import kind_of
from undergrad.errors import StoreError, UsageError
from undergrad.runs import Run, list_runs, session
from undergrad.runs.folder import read_log

OLD = Path(__file__).parent / "old"


@pytest.fixture
def moons(tmp_path: Path) -> Path:
    """A run that was stopped in its fourth epoch of six."""
    return Path(shutil.copytree(OLD / "moons", tmp_path / "moons"))


def test_they_are_listed() -> None:
    found = {run.id: (run.state, run.verdict) for run in list_runs(OLD)}
    assert found == {
        "moons": ("interrupted", None),
        "cartpole": ("finished", "pass"),
        "frozenlake": ("finished", "pass"),
        "ppo": ("finished", "fail"),
    }


@pytest.mark.parametrize("name", ["moons", "cartpole", "frozenlake", "ppo"])
def test_all_their_settings_are_understood(name: str) -> None:
    run = Run.read(OLD / name)
    settings = vars(session.preset_of(run, kind_of(run)).settings)
    assert settings["learning_rate"] == run.settings["learning_rate"]
    same = set(run.settings) & set(settings)
    plain = {key: list(v) if isinstance(v, tuple) else v for key, v in settings.items()}
    assert {key: plain[key] for key in same} == {key: run.settings[key] for key in same}


def test_an_interrupted_one_ends_as_it_would_have_ended_then(moons: Path) -> None:
    """Without the interruption, the older version ended with this score and this loss."""
    record = resume(moons)
    assert (record["state"], record["seeds"][0]["score"]) == ("finished", 0.825)
    assert read_log(moons / "seed-0" / "log.jsonl")[-1]["loss"] == pytest.approx(0.324631, abs=1e-4)
    assert evaluate(moons)[0]["score"] == 0.825


@pytest.mark.parametrize("line", [b"{", b"\xff\xfe"])
def test_a_damaged_log_is_one_sentence(moons: Path, line: bytes) -> None:
    log = moons / "seed-0" / "log.jsonl"
    log.write_bytes(line + b"\n" + log.read_bytes())
    with pytest.raises(StoreError, match=r"is damaged: .*; start a new run"):
        read_log(log)


def test_one_with_another_setting_is_still_refused(moons: Path) -> None:
    text = (moons / "run.json").read_text("utf-8")
    (moons / "run.json").write_text(text.replace('"hidden": 8', '"hidden": 9'), "utf-8")
    with pytest.raises(UsageError, match="hidden_size = 8, and this run has hidden_size = 9"):
        resume(moons)
