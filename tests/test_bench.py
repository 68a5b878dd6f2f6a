"""The benchmark: its workloads run on our engine, and its page says what was measured."""

import pytest
from bench import __main__ as command
from bench import measure, operations, report, sweeps, tables
from bench.libraries import BANDS, HALVES, ours
from bench.measure import Peer, Timing
from bench.workloads import WORKLOADS, Workload, step_of

from undergrad.engine.ops import elementwise
from undergrad.engine.optim import Adam

SMALLER = {
    "lenet": {"batch_size": 2},
    "nature": {"batch_size": 1},
    "lstm": {"length": 3},
    "gpt": {"batch_size": 1},
}


@pytest.mark.parametrize("setting", ["", HALVES, BANDS])
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.title)
def test_every_workload_runs_on_our_engine(workload, setting):
    sizes = {**workload.sizes, **SMALLER.get(workload.make, {})}
    step_of(workload.make, sizes, ours(setting))()


@pytest.mark.parametrize("sweep", sweeps.SWEEPS)
def test_the_smallest_point_of_every_sweep_runs_on_our_engine(sweep):
    make, [(_, sizes), *_] = sweeps.SWEEPS[sweep]
    step_of(make, sizes, ours())()


def timing(peer, threads, wall, setting=""):
    return Timing(peer, threads, setting, wall, wall / 2, 0.1, 12)


ROW = tables.Row(
    Workload("a net", "mlp", floor=1.0, aim=1.5),
    (
        timing("ours", 1, 2e-3),
        timing("torch", 1, 3e-3, "fused"),
        timing("ours", 2, 4e-3),
        timing("torch", 2, 1e-3, "eager"),
    ),
)


def test_the_ratio_is_that_of_the_best_settings():
    assert ROW.ratio == pytest.approx(0.5)  # ours with one thread, PyTorch with two
    assert ROW.ratio_of_one == pytest.approx(1.5)


def test_the_page_names_the_machine_the_ratio_and_what_falls_short():
    curves = {name: [(1, 1e-3, 2e-3)] for name in sweeps.SWEEPS}
    counted = {"net": "4-8-2", "batch": 4, "environments": 2, "steps": 1234.5, "updates": 10.0}
    described = [("processor", "X"), ("load before the run", "4.0 programs at work")]
    twins, profile = [("lstm", 1e-3, 2e-3, 0.5, 1.25)], ("a net", [("loss", 1500.0, 500.0)])
    page = report.page(described, [ROW], twins, counted, curves, [profile])
    assert (
        "| a net | 2.00 ms, 1 thread | 1.00 ms, eager, 2 | **0.50** | 1.50 | 1.00 | 1.50 |" in page
    )
    assert "In this run 1 of 1 workloads fell short of their floor: a net." in page
    assert "Measured on a shared machine" in page
    assert "| `lstm` | 1.00 ms | 2.00 ms | 2.0 | 0.5 | 1.2 |" in page
    assert "1,234 steps a second" in page
    assert "| a net | loss | 1,500 | 500 | +1,000 |" in page
    assert "What stands in the way" not in report.page(described, [], [], counted, curves, [])


def test_what_stands_in_the_way_is_what_takes_longer_here():
    ours = {"optimiser": 30.0, "loss": 9.0, "calls": 50.0}
    theirs = {"optimiser": 20.0, "loss": 80.0, "pooling": 1.0, "calls": 8.0}
    assert operations.in_the_way(ours, theirs) == [("calls", 50, 8), ("optimiser", 30, 20)]


def test_peers_take_turns_and_the_median_counts(monkeypatch):
    asked = []

    class Recorded:
        def __init__(self, python, peer, task):
            self.peer = peer

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def answer(self):
            return {}

        def turn(self, setting):
            asked.append((self.peer.name, setting))
            return {"wall": len(asked), "cpu": len(asked), "memory": len(asked)}

    monkeypatch.setattr(measure, "Worker", Recorded)
    peers = Peer("ours", 1), Peer("torch", 1, ("fused", "eager"))
    first, fused, eager = measure.interleaved("python", peers, {}, turns=3)
    turn = [("ours", ""), ("torch", "fused"), ("torch", "eager")]
    assert asked[-9:] == turn * 3
    assert fused.wall - first.wall == eager.wall - fused.wall == 1
    assert eager.memory == fused.memory  # of the first setting, before others were built


def test_without_pytorch_the_command_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(measure, "version_of", lambda python, module: None)
    assert command.main() == 3
    assert "pip install torch==2.13.0" in capsys.readouterr().err


def test_the_time_of_a_step_is_shared_among_its_operations(monkeypatch, capsys):
    monkeypatch.setattr(operations, "SECONDS", 0.05)
    before = elementwise.node, Adam.step
    workload = next(each for each in WORKLOADS if each.make == "lenet")
    spent = operations.microseconds("ours", workload)
    assert (elementwise.node, Adam.step) == before
    assert set(spent) >= {"convolution", "pooling", "products of matrices", "loss", "optimiser"}
    assert spent["convolution"] > spent["loss"] > 0
    assert "| convolution |" in operations.compared({"ours": spent})
    assert operations.kind_of("aten::native_layer_norm_backward") == "normalisation"
    assert operations.main(["lenut"]) == 2
    assert "choose among mlp" in capsys.readouterr().out
