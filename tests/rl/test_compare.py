"""Runs side by side: what is drawn and said follows from their logs."""

import json

import numpy as np
import pytest
from tests.runs.on_disk import read_record, start, write_record

from undergrad.rl.run import compare, preset
from undergrad.runs import Run
from undergrad.runs import folder as disk


def run_with(folder, name, returns, scores, **settings):
    """A run whose logs say what is wanted: `returns` (K, E)."""
    task = preset.load(name).with_settings(settings)
    run = start(task, folder, range(len(returns)))
    record = read_record(run)
    for seed, row, score in zip(record["seeds"], returns, scores, strict=True):
        (run / seed["folder"]).mkdir()
        rows = [
            {"kind": "evaluation", "step": 100 * i + 100, "return": value}
            for i, value in enumerate(row)
        ]
        disk.append_log(run / seed["folder"] / "log.jsonl", rows)
        seed |= {"score": score, "verdict": "pass" if score >= 475 else "fail"}
        seed |= {"reached": {"steps": 100, "seconds": 1.0} if score >= 475 else None}
    write_record(run, record)
    return Run.read(run)


@pytest.fixture
def run(tmp_path):
    returns = [[1.0, 2, 3, 4], [2, 4, 6], [3, 6, 9, 12], [100, 0, 0]]
    return run_with(tmp_path, "cartpole", returns, [500.0, 490, 480, 10])


def test_the_line_is_the_middle_of_the_seeds(run):
    curves = compare.curves_of(run)
    assert curves.environment == "CartPole-v1"
    assert curves.line == 475
    assert curves.steps.tolist() == [100, 200, 300]  # as far as all seeds have come
    assert curves.returns.shape == (4, 3)
    assert curves.middle == [2.5, 3.0, 4.5]  # without the best and the worst


def test_the_table_counts_and_averages(run):
    row = compare.summary(run)
    assert (row["seeds"], row["passed"], row["score"], row["reached"]) == (4, 3, 485, 100)
    low, high = row["interval"]
    assert 10 <= low < 485 < high <= 500


def test_one_seed_has_no_interval(tmp_path):
    run = run_with(tmp_path, "cartpole", [[1.0]], [9.0])
    assert compare.summary(run)["interval"] is None
    assert compare.summary(run)["reached"] is None


def test_settings_that_differ_are_named(run, tmp_path):
    other = run_with(tmp_path, "cartpole", [[1.0]], [9.0], gamma="0.9")
    assert compare.differences([run, other]) == {"gamma": [0.99, 0.9]}
    assert compare.differences([run, run]) == {}
    ppo = run_with(tmp_path, "ppo", [[1.0]], [9.0])
    assert "clip" not in compare.differences([run, ppo])  # a DQN has no such setting


def test_a_panel_for_each_environment(run, tmp_path):
    lake = run_with(tmp_path, "frozenlake", [[0.0, 1.0]], [0.7])
    curves = [compare.curves_of(run), compare.curves_of(lake)]
    text = compare.draw(curves, tmp_path / "comparison").read_text()
    assert "<svg" in text
    assert "CartPole-v1" in text or text.count("axes_") >= 2


def test_a_run_without_evaluations_has_no_curve(tmp_path):
    assert compare.curves_of(run := Run.read(start(preset.load("cartpole"), tmp_path, [0]))) is None
    assert json.dumps(compare.summary(run))


def test_the_steps_are_those_of_the_log_on_average(tmp_path):
    run = run_with(tmp_path, "cartpole", [[1.0, 2], [1, 2]], [9.0, 9])
    path = run.folder / "seed-1" / "log.jsonl"
    rows = disk.read_log(path)
    path.write_text("")
    disk.append_log(path, [row | {"step": row["step"] + 8} for row in rows])
    np.testing.assert_array_equal(compare.curves_of(run).steps, [104, 204])
