"""What `train` can do besides: record, stop, clip, accumulate, log, save and resume."""

import json
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from undergrad.engine import Progress, Tensor, manual_seed, nn, optim, parallel, train
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.tools.lr_finder import _steepest, lr_range_test
from undergrad.engine.tools.metrics import accuracy
from undergrad.engine.training.callbacks import (
    Checkpoints,
    ClipGradients,
    EarlyStopping,
    History,
    Scheduled,
)
from undergrad.engine.training.checkpoint import CheckpointError, read
from undergrad.engine.training.json_log import JsonLog
from undergrad.engine.training.train import LossError, evaluate


def line(n=12, batch_size=4, seed=0):
    """A straight line to learn: 3 steps an epoch."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2)).astype(np.float32)
    data = TensorDataset(x, x @ np.array([[1], [2]], np.float32))
    model = nn.Sequential(nn.Linear(2, 5, rng=rng), nn.Tanh(), nn.Linear(5, 1, rng=rng))
    return {
        "model": model,
        "batches": DataLoader(data, batch_size, shuffle=True, rng=rng),
        "optimizer": optim.Adam(model.parameters(), lr=0.01),
        "loss": nn.MSELoss(),
    }


def run(parts, callbacks=(), epochs=2, **more):
    return train(**parts, epochs=epochs, callbacks=callbacks, **more)


# Accumulation


@pytest.mark.parametrize("pieces", [2, 3, 5, 50])
def test_a_batch_in_pieces_gives_the_same_step(pieces):
    whole, cut = line(n=10, batch_size=10), line(n=10, batch_size=10)
    run(whole, epochs=1)
    run(cut, epochs=1, forward=parallel.accumulate(pieces))
    for ours, theirs in zip(cut["model"].parameters(), whole["model"].parameters(), strict=True):
        assert np.allclose(ours.data, theirs.data, atol=1e-7)
        assert np.allclose(ours.grad, theirs.grad, atol=1e-6)
    assert (whole["model"][0].weight.grad != 0).any()


def test_a_batch_in_pieces_reports_the_loss_of_the_whole():
    ways = [parallel.accumulate(k) for k in (1, 5)]
    losses = [run(line(batch_size=12), epochs=1, forward=way).loss for way in ways]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def test_pieces_are_smaller_batches():
    sizes = []

    def loss(out, target):
        sizes.append(len(target))
        return nn.MSELoss()(out, target)

    run({**line(), "loss": loss}, epochs=1, forward=parallel.accumulate(3))
    assert sizes == 3 * [1, 1, 2]


def test_no_pieces_are_refused():
    with pytest.raises(ValueError, match="pieces must be at least 1, and is 0"):
        parallel.accumulate(0)


def test_dropout_works_in_pieces():
    parts = line()
    parts["model"] = nn.Sequential(nn.Dropout(0.5, rng=0), parts["model"])
    assert np.isfinite(run(parts, epochs=1, forward=parallel.accumulate(3)).loss)


# Measuring


def test_evaluate_weighs_batches_by_their_size_and_restores_the_modes():
    model = nn.Sequential(nn.Dropout(0.9), nn.Identity())
    model[1].eval()
    data = TensorDataset(np.array([1, 1, 4], np.float32), np.zeros(3, np.float32))
    measures = {"absolute": nn.L1Loss(), "number": lambda out, target: 1.0}
    found = evaluate(model, DataLoader(data, batch_size=2), measures)
    assert found == {"absolute": 2.0, "number": 1.0}
    assert [module.training for module in model.modules()] == [True, True, False]


def test_evaluate_builds_no_graph_and_needs_examples():
    parts, seen = line(), []
    evaluate(parts["model"], parts["batches"], {"x": lambda out, t: seen.append(out) or 0.0})
    assert not any(out.requires_grad for out in seen)
    with pytest.raises(ValueError, match="no example"):
        evaluate(parts["model"], [], {})


def test_history_has_a_row_an_epoch():
    measures = iter([0.5, 0.75])
    history = History(lambda: {"accuracy": next(measures)})
    progress = run(line(), [history])
    assert history.column("accuracy") == [0.5, 0.75]
    assert history.column("step") == [3, 6]
    assert history.column("loss") == pytest.approx(
        [np.mean(progress.losses[:3]), np.mean(progress.losses[3:])]
    )


# Stopping


def weights_after(epochs):
    """The weights at the end of each epoch of an undisturbed run."""
    parts, found = line(), []
    keep = SimpleNamespace(on_epoch=lambda progress: found.append(parts["model"].state_dict()))
    run(parts, [keep], epochs)
    return found


def test_early_stopping_waits_and_puts_the_best_weights_back():
    parts, values = line(), iter([5.0, 3.0, 4.0, 3.5, 1.0])
    stopping = EarlyStopping(parts["model"], lambda: next(values), patience=2)
    progress = run(parts, [stopping], epochs=9)
    assert (progress.epoch, stopping.best, stopping.best_epoch) == (4, 3.0, 2)
    best, now = weights_after(2)[1], parts["model"].state_dict()
    assert all((best[name] == now[name]).all() for name in best)


def test_the_best_weights_come_back_also_without_stopping():
    parts, values = line(), iter([0.9, 0.2])
    run(parts, [EarlyStopping(parts["model"], lambda: next(values), mode="max")])
    best, now = weights_after(1)[0], parts["model"].state_dict()
    assert all((best[name] == now[name]).all() for name in best)


def test_small_gains_and_nan_are_no_improvement():
    values = iter([1.0, 0.95, float("nan"), 0.91, 0.89])
    stopping = EarlyStopping(nn.Identity(), lambda: next(values), patience=9, min_delta=0.1)
    run(line(), [stopping], epochs=5)
    assert (stopping.best, stopping.waited) == (0.89, 0)


def test_by_default_any_gain_counts():
    values = iter([1.0, 1.0 - 1e-9])
    stopping = EarlyStopping(nn.Identity(), lambda: next(values))
    run(line(), [stopping])
    assert stopping.best_epoch == 2


def test_a_first_measure_of_nan_is_not_the_best():
    values = iter([float("nan"), 2.0])
    stopping = EarlyStopping(nn.Identity(), lambda: next(values))
    run(line(), [stopping])
    assert stopping.best == 2.0


# Clipping and schedules


def test_gradients_are_clipped_by_norm_then_by_value():
    parts, seen = line(), []

    def look(progress):
        gradients = [p.grad.reshape(-1) for p in parts["model"].parameters()]
        seen.append(np.concatenate(gradients))

    look = SimpleNamespace(on_gradients=look)
    run(parts, [look, ClipGradients(parts["model"], 0.5, 0.2), look], epochs=1)
    for before, after in zip(seen[::2], seen[1::2], strict=True):
        norm = np.linalg.norm(before)
        expected = np.clip(before * min(1, 0.5 / (norm + 1e-6)), -0.2, 0.2)
        assert np.allclose(after, expected, rtol=1e-5)
    assert np.linalg.norm(seen[0]) > 0.5


@pytest.mark.parametrize(("each", "count"), [("step", 6), ("epoch", 2)])
def test_a_schedule_moves_on(each, count):
    steps = []
    schedule = SimpleNamespace(step=lambda: steps.append(1))
    run(line(), [Scheduled(schedule, each)])
    assert len(steps) == count


# The range test


def test_the_lr_range_test_finds_a_rate_and_leaves_everything_as_it_was():
    parts = line()
    before = [str(parts[name].state_dict()) for name in ("model", "optimizer", "batches")]
    found = lr_range_test(**parts, low=1e-5, high=100, steps=60)
    assert [str(parts[name].state_dict()) for name in ("model", "optimizer", "batches")] == before
    assert 1e-3 < found.suggestion < 1
    assert len(found.lrs) == len(found.losses) < 60
    assert found.lrs[0] == pytest.approx(1e-5)


def test_the_suggestion_lies_in_the_steepest_fall():
    rates = (0.01, 0.1, 1.0, 10.0)
    assert _steepest(rates, [5.0, 4.5, 2.0, 1.9]) == pytest.approx(10**-0.5)


def test_a_loss_that_overflows_at_once_is_reported():
    parts = line()
    parts["model"][2].weight.data[0, 0] = np.inf
    with pytest.raises(LossError, match=r"parameter 2\.weight"):
        lr_range_test(**parts)


# Logs


def rows(path):
    return [json.loads(text) for text in path.read_text().splitlines()]


def test_the_log_has_one_line_per_step_and_one_row_per_epoch(tmp_path):
    history = History(lambda: {"odd": float("inf")})
    progress = run(line(), [history, JsonLog(tmp_path / "deep/log.jsonl", history=history)])
    logged = rows(tmp_path / "deep/log.jsonl")
    assert [row["step"] for row in logged] == [1, 2, 3, 3, 4, 5, 6, 6]
    assert [row["loss"] for row in logged if "odd" not in row] == progress.losses
    assert logged[3] == history.rows[0] | {"odd": None}


def test_the_log_may_skip_steps(tmp_path):
    run(line(), [JsonLog(tmp_path / "log", every=4)])
    assert [row["step"] for row in rows(tmp_path / "log")] == [4]


@pytest.mark.parametrize("content", ['{"a": 1}\n', "chapter one\nchapter two\n", "[1]\n"])
def test_a_foreign_file_is_not_made_a_log(tmp_path, content):
    path = tmp_path / "thesis.txt"
    path.write_text(content)
    with pytest.raises(ValueError, match="line 1, is not a line of a training log"):
        run(line(), [JsonLog(path)])
    assert path.read_text() == content


# Saving and going on

PROGRAM = """
import os, signal, sys
import numpy as np
from undergrad.engine import Progress, nn, optim, train
from undergrad.engine.training.callbacks import Checkpoints, EarlyStopping, History
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.training.json_log import JsonLog

folder, stop_after, kill_in_save = sys.argv[1], int(sys.argv[2]), sys.argv[3:] == ["kill"]
rng = np.random.default_rng(3)
x = rng.normal(size=(200, 4)).astype(np.float32)
data = TensorDataset(x, np.sin(x).sum(axis=1, keepdims=True))
noise = np.random.default_rng(5)
model = nn.Sequential(
    nn.Linear(4, 16, rng=rng), nn.ReLU(), nn.Dropout(0.2, rng=noise), nn.Linear(16, 1, rng=rng)
)
optimizer = optim.Adam(model.parameters(), lr=0.01)
batches = DataLoader(data, batch_size=30, shuffle=True, rng=rng)
progress, history = Progress(), History()
stopping = EarlyStopping(model, lambda: history.rows[-1]["loss"], patience=1000)
log = JsonLog(folder + "/log.jsonl", every=10, history=history)
saving = Checkpoints(
    folder + "/run.safetensors", every=500, model=model, optimizer=optimizer, batches=batches,
    progress=progress, history=history, stopping=stopping, noise=noise,
)
saving.resume()

class Stop:
    def on_start(self, progress):
        if kill_in_save:
            os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
    def on_step(self, progress):
        if progress.step == stop_after:
            os.kill(os.getpid(), signal.SIGKILL)

train(model, batches, nn.MSELoss(), optimizer, 286, [history, stopping, log, saving, Stop()],
      progress)
from undergrad.engine import save
save(folder + "/end.safetensors", model=model, optimizer=optimizer, progress=progress,
     history=history, noise=noise)
"""


def command(folder, stop_after=-1, *more):
    folder.mkdir(exist_ok=True)
    return [sys.executable, "-c", PROGRAM, str(folder), str(stop_after), *more]


def program(folder, *more):
    return subprocess.run(command(folder, *more), check=False, capture_output=True, text=True)


def test_two_thousand_steps_equal_one_thousand_and_a_new_process(tmp_path):
    """2,002 steps whole; and killed at 1,203, started again from 1,000 in another process."""
    assert program(tmp_path / "whole").returncode == 0
    assert program(tmp_path / "broken", 1203).returncode == -signal.SIGKILL
    again = program(tmp_path / "broken")
    assert again.returncode == 0, again.stderr
    assert same_end(tmp_path)


@pytest.mark.slow
def test_ten_kills_at_random_moments_change_nothing(tmp_path):
    assert program(tmp_path / "whole").returncode == 0
    moments = np.random.default_rng().uniform(0.1, 1.5, 10)  # a run takes about a second
    for moment in moments:
        process = subprocess.Popen(command(tmp_path / "broken"))
        try:
            process.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    again = program(tmp_path / "broken")
    assert again.returncode == 0, (again.stderr, moments)
    assert same_end(tmp_path), moments


def same_end(folder):
    """Whether the two trainings ended alike, to the last bit, and logged the same."""
    ends = [bits(read(folder / name / "end.safetensors")) for name in ("whole", "broken")]
    logs = [(folder / name / "log.jsonl").read_bytes() for name in ("whole", "broken")]
    return ends[0] == ends[1] and logs[0] == logs[1]


def bits(tree):
    """All that a checkpoint holds, with arrays as their bytes."""
    if isinstance(tree, dict):
        return {name: bits(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [bits(value) for value in tree]
    return tree.tobytes() if isinstance(tree, np.ndarray) else tree


def test_a_kill_while_saving_leaves_the_older_checkpoint(tmp_path):
    assert program(tmp_path, 700).returncode == -signal.SIGKILL
    older = (tmp_path / "run.safetensors").read_bytes()
    assert program(tmp_path, -1, "kill").returncode == -signal.SIGKILL
    assert (tmp_path / "run.safetensors").read_bytes() == older
    assert len(list(tmp_path.glob("*.part"))) == 1
    assert program(tmp_path, 501).returncode == -signal.SIGKILL
    assert not list(tmp_path.glob("*.part"))


def test_resume_says_whether_there_was_something_and_refuses_another_training(tmp_path):
    parts, progress = line(), Progress()
    saving = Checkpoints(tmp_path / "run", 3, model=parts["model"], progress=progress)
    assert not saving.resume()
    run(parts, [saving], progress=progress)
    assert saving.resume()
    assert progress.step == 6
    other = Checkpoints(tmp_path / "run", model=nn.Linear(1, 1), progress=Progress())
    with pytest.raises(CheckpointError, match="does not fit Linear"):
        other.resume()


def test_the_same_seed_gives_the_same_training_bit_for_bit():
    def trained(seed):
        manual_seed(seed)
        model = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.3), nn.Linear(8, 1))
        batches = DataLoader(line()["batches"].dataset, 5, shuffle=True)
        train(model, batches, nn.MSELoss(), optim.Adam(model.parameters()), 3)
        return model.state_dict()

    one, same, other = trained(1), trained(1), trained(2)
    assert all(one[name].tobytes() == same[name].tobytes() for name in one)
    assert any(one[name].tobytes() != other[name].tobytes() for name in one)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EarlyStopping(nn.Identity(), float, patience=0), "patience >= 1"),
        (lambda: EarlyStopping(nn.Identity(), float, mode="best"), "mode 'min' or 'max'"),
        (lambda: ClipGradients(nn.Identity()), "max_norm, or max_value"),
        (lambda: Scheduled(None, "hour"), "'step' or 'epoch', not 'hour'"),
        (lambda: Checkpoints("x", 0, progress=Progress()), "at least 1 step"),
        (lambda: Checkpoints("x", model=nn.Identity()), "progress=Progress"),
        (lambda: JsonLog("x", 0), "at least 1 step"),
        (lambda: lr_range_test(**line(), low=1, high=0.1), "0 < low < high"),
    ],
)
def test_bad_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_accuracy_can_be_watched():
    scores = Tensor([[1.0, 2.0], [3.0, 0.0]])
    batches = [(scores, np.array([1, 1]))]
    assert evaluate(nn.Identity(), batches, {"accuracy": accuracy}) == {"accuracy": 0.5}
