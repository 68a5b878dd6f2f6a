"""The benchmark of what people wait for: its small form runs, and its table is whole."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench import measure
from bench.agents.measured import Race
from bench.measure import Timing
from bench.use import __main__ as command
from bench.use import commands, networks, training, twins, worker
from bench.use.rows import COLUMNS, Row, tabulated

from undergrad.engine import nn
from undergrad.engine.training.train import Progress
from undergrad.supervised import catalogue
from undergrad.supervised.preset import Preset

TORCH = Timing("torch", 1, "fused", 2.0, 1.0, 0.1, 0.0)


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_small_form_measures_whole_commands(monkeypatch, capsys):
    monkeypatch.setenv("BENCH_TURNS", "1")
    assert command.main(["next", "help"]) == 0
    machine, titles, _, *rows = capsys.readouterr().out.splitlines()
    assert machine.endswith("1 turns")
    assert tuple(cells(titles)) == COLUMNS
    assert [cells(row)[0] for row in rows] == ["`undergrad --help`", "`undergrad next`"]
    for row in rows:
        _, beside, ours, theirs, ratio, by_processor, spread, _ = cells(row)
        assert beside == "`python -c pass`" and spread == "0%, 0%"
        assert float(ours.split()[0]) > float(theirs.split()[0]) > 0
        assert float(ratio.strip("*")) > 1 and float(by_processor) > 1


def test_every_row_has_a_title_and_stands_on_the_page():
    page = (measure.ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    for name in command.NAMES:
        assert f"`{name}`" in page.partition("## What you wait for")[2], name
    titles = [each.title for each in commands.COMMANDS.values()]
    assert titles[3:] == [
        "`undergrad check first-ten`",
        "`undergrad start`, to the first plot",
        "`undergrad site build`",
    ]


def test_rows_are_chosen_by_name(capsys):
    assert command.chosen(["digits", "help"]) == ["help", "digits"]
    assert command.chosen(["all"]) == list(command.NAMES)
    assert set(command.NAMES) - set(command.chosen([])) == command.LONG
    with pytest.raises(SystemExit):
        command.main(["helb"])
    assert "there is no row helb: choose among help, status" in capsys.readouterr().err


def test_a_row_without_its_peer_is_left_out(monkeypatch, capsys):
    monkeypatch.setattr(measure, "version_of", lambda python, module: None)
    assert command.main(["celsius"]) == 0
    assert "celsius is left out" in capsys.readouterr().err


def test_waiting_ends_with_a_line_or_with_the_program(tmp_path: Path):
    code = "import time; print('The plot: x.svg'); time.sleep(3600)"
    assert commands.waited(["-c", code], tmp_path, until="The plot:")["wall"] > 0
    with pytest.raises(SystemExit, match="no such thing"):
        commands.waited(["-c", "raise SystemExit('no such thing')"], tmp_path)
    with pytest.raises(SystemExit, match="something else"):
        commands.waited(["-c", "print('something else')"], tmp_path, until="The plot:")


def test_every_new_folder_has_a_name_of_its_own(monkeypatch, tmp_path: Path):
    folders = []

    def waited(arguments, folder, until=""):
        folders.extend(each for each in arguments if each.startswith(str(tmp_path)))
        return {"wall": 1.0, "cpu": 1.0, "memory": 1.0}

    monkeypatch.setattr(commands, "waited", waited)
    for name in ("start", "site"):
        commands.measured(commands.COMMANDS[name], tmp_path / "journey", turns=1)
    assert len(folders) == len(set(folders)) == 6  # `start` makes one a turn, `site` two


def test_a_preset_is_trained_to_its_line(monkeypatch):
    assert min(worker.trained("celsius", "ours", "", seed=0)) > 0
    short = catalogue.load("celsius").with_settings({"epochs": "1"})
    monkeypatch.setattr(catalogue, "load", lambda name: short)
    with pytest.raises(SystemExit, match=r"celsius, seed 0, ours: .* misses the line"):
        worker.trained("celsius", "ours", "", seed=0)


def test_every_turn_of_a_worker_has_a_seed_of_its_own(monkeypatch, capsys):
    task = {"preset": "celsius", "peer": "ours", "threads": 1}
    monkeypatch.setattr(sys, "argv", ["worker", json.dumps(task)])
    monkeypatch.setattr(sys, "stdin", io.StringIO("fused\nfused\neager\n"))
    monkeypatch.setattr(
        worker, "trained", lambda name, peer, setting, seed, threads: (seed + 1.0, 0.5 * threads)
    )
    worker.main()
    ready, *turns = map(json.loads, capsys.readouterr().out.splitlines())
    assert ready == {}
    assert [turn["wall"] for turn in turns] == [1, 2, 1]
    assert all(turn["cpu"] == 0.5 and turn["memory"] >= 0 for turn in turns)


SMALL = {
    "shapes-detector": {"scenes": "32", "test_scenes": "8", "epochs": "2"},
    "shapes-segment": {"scenes": "32", "test_scenes": "8", "epochs": "2"},
    "text-lstm": {"text": "language", "batches_per_epoch": "2", "epochs": "2"},
    "text-gpt": {"text": "language", "batches_per_epoch": "2", "epochs": "2"},
}  # the rest is small as it is


def small(name: str) -> Preset:
    return catalogue.load(name).with_settings(SMALL.get(name, {"epochs": "2"}))


@pytest.mark.parametrize("name", networks.TWINS)
def test_the_twin_has_the_layers_of_the_preset(name):
    preset = small(name)
    ours = preset.experiment(0).model
    twin = networks.TWINS[name].network(nn, preset.settings, ours).state_dict()
    assert {key: array.shape for key, array in twin.items()} == {
        key: array.shape for key, array in ours.state_dict().items()
    }


@pytest.mark.parametrize("name", networks.TWINS)
def test_the_learning_rates_are_those_of_our_own_training(name):
    preset, seen = small(name), []
    rates = twins.learning_rates(preset.experiment(0))
    trained = preset.experiment(0)
    groups = trained.optimizer.param_groups
    trained.train(Progress(), [Seen(lambda: seen.append([group["lr"] for group in groups]))])
    assert rates == seen and len(rates) == trained.steps


@pytest.mark.parametrize("name", networks.TWINS)
def test_the_twin_has_our_gradients(name):
    torch = pytest.importorskip("torch")
    preset = small(name)
    if hasattr(preset.settings, "dropout"):
        preset = preset.with_settings({"dropout": "0"})
    experiment = preset.experiment(0)
    x, y = next(iter(experiment.batches))
    experiment.forward(experiment.model, experiment.loss, (x, y)).backward()
    net, loss = twins.network_of(torch, preset, experiment), networks.TWINS[name].loss
    x, y = (torch.from_numpy(np.array(getattr(each, "data", each))) for each in (x, y))
    loss(torch.nn.functional, preset.settings, net(x), y).backward()
    theirs = dict(net.named_parameters())
    for key, parameter in experiment.model.named_parameters():
        found = theirs[key].grad.numpy()
        np.testing.assert_allclose(found, parameter.grad, rtol=1e-3, atol=1e-5, err_msg=key)


@pytest.mark.parametrize("name", networks.TWINS)
@pytest.mark.parametrize("setting", networks.IMAGES)
def test_the_twin_trains_and_gives_its_weights_to_ours(name, setting):
    pytest.importorskip("torch")
    preset = small(name)
    experiment = preset.experiment(0)
    before = {key: array.copy() for key, array in experiment.model.state_dict().items()}
    twins.training(preset, experiment, setting)()
    for key, array in experiment.model.state_dict().items():
        assert np.isfinite(array).all()
        assert "bias" in key or not np.array_equal(array, before[key]), key


class Seen:
    """A callback that calls before each step."""

    def __init__(self, call: Callable[[], None]) -> None:
        self.on_gradients = lambda progress: call()


def test_the_table_holds_ratios_the_faster_setting_and_the_seeds_that_arrived():
    row = Row("preset `x`", "PyTorch", replace(TORCH, setting="", wall=1.0, cpu=0.9), TORCH)
    race = training.race_row(Race([4.0, 6.0, None], [30.0, None, None]))
    *_, first, second = tabulated([row, race]).splitlines()
    assert cells(first) == [
        "preset `x`", "PyTorch, fused, 1", "1.000 s", "2.000 s", "**0.50**", "0.90", "10%, 10%", ""
    ]  # fmt: skip
    assert cells(second)[2:6] == ["5.000 s", "30.000 s", "**0.17**", ""]
    assert cells(second)[-1] == "2 and 1 of 3 seeds reach the line"
    with pytest.raises(SystemExit, match="no seed of sb3"):
        training.race_row(Race([4.0], [None]))
