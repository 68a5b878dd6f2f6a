"""Runs of agents that an older version left in the middle end as that version would have ended.

`old/` was made before the settings, the keys of checkpoints and the columns of logs had their
present names, and when the network of a DQN was a single node of the graph. `expected.json` holds
what the older version found when it was not interrupted.
"""

import json
import shutil
from pathlib import Path

import pytest
from tests.runs.on_disk import evaluate, resume

from undergrad.cli.presets import kind_of
from undergrad.rl.compatibility import COLUMNS, modern_row
from undergrad.rl.run.seeds import load_checkpoint
from undergrad.rl.run.trainer import Trainer
from undergrad.runs import Run, session
from undergrad.runs.folder import read_log

OLD = Path(__file__).parent / "old"
EXPECTED = json.loads((OLD / "expected.json").read_bytes())


def numbers(row):
    return {key: value for key, value in row.items() if key != "kind"}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_interrupted_one_ends_as_it_would_have_ended_then(name):
    run = Run.read(OLD / name)
    trainer = Trainer(session.preset_of(run, kind_of(run)), seed=3)
    load_checkpoint(OLD / name / "seed-3", trainer)
    while not trainer.finished:
        trainer.advance()
    last = numbers(EXPECTED[name]["last"])
    assert {key: trainer.evaluations[-1][key] for key in last} == pytest.approx(last, rel=1e-5)
    assert trainer.judge().mean == pytest.approx(EXPECTED[name]["score"], rel=1e-6)
    trainer.close()


def test_it_is_resumed_and_drawn_and_evaluated(tmp_path):
    folder = Path(shutil.copytree(OLD / "ppo", tmp_path / "ppo"))
    record = resume(folder)
    assert record["state"] == "finished"
    assert record["seeds"][0]["score"] == pytest.approx(EXPECTED["ppo"]["score"], rel=1e-6)
    assert evaluate(folder)[0]["score"] == record["seeds"][0]["score"]


def test_the_columns_of_an_old_log_have_their_present_names():
    rows = read_log(OLD / "dqn" / "seed-3" / "log.jsonl")
    progress = [row for row in rows if row["kind"] == "progress"][-1]
    modern = modern_row(progress)
    assert {"grad_norm", "action_gap", "td_error", "target_lag", "replay_age"} <= set(modern)
    assert not set(COLUMNS) & set(modern)
