"""The training loop: its events, its resume, and what it says when numbers run away."""

from types import SimpleNamespace

import numpy as np
import pytest

from undergrad.engine import Progress, Tensor, load, nn, optim, save, train
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.ops import elementwise
from undergrad.engine.tools.metrics import accuracy


def setting(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(10, 3)).astype(np.float32)
    data = TensorDataset(x, x @ np.array([[1], [2], [3]], np.float32))
    model = nn.Sequential(nn.Linear(3, 4, rng=rng), nn.Tanh(), nn.Linear(4, 1, rng=rng))
    return {
        "model": model,
        "optimizer": optim.Adam(model.parameters(), lr=0.01),
        "batches": DataLoader(data, batch_size=4, shuffle=True, rng=rng),
        "progress": Progress(),
    }


def test_the_loss_falls():
    progress = train(**setting(), loss=nn.MSELoss(), epochs=40)
    assert progress.losses[-1] < progress.losses[0] / 5
    assert (progress.step, progress.epoch) == (120, 40)


def test_events_come_in_order():
    names = ("on_start", "on_gradients", "on_step", "on_epoch", "on_end")
    events = []
    callback = SimpleNamespace(
        **{name: lambda progress, name=name: events.append(name) for name in names}
    )
    train(**setting(), loss=nn.MSELoss(), epochs=2, callbacks=[callback])
    step = ["on_gradients", "on_step"]
    assert events == ["on_start", *(2 * [*(3 * step), "on_epoch"]), "on_end"]


def test_gradients_can_be_changed_before_the_step():
    parts = setting()
    before = parts["model"].state_dict()
    stop_all = SimpleNamespace(on_gradients=lambda progress: parts["model"].zero_grad())
    train(**parts, loss=nn.MSELoss(), epochs=1, callbacks=[stop_all])
    after = parts["model"].state_dict()
    assert all((after[name] == before[name]).all() for name in before)


def test_a_callback_can_stop():
    def stop(progress):
        progress.stop = progress.step == 4

    progress = train(
        **setting(), loss=nn.MSELoss(), epochs=9, callbacks=[SimpleNamespace(on_step=stop)]
    )
    assert (progress.step, progress.epoch) == (4, 1)


def test_a_misspelt_event_is_refused():
    with pytest.raises(ValueError, match="no event is called on_batch; there are on_start"):
        train(**setting(), loss=nn.MSELoss(), epochs=1, callbacks=[SimpleNamespace(on_batch=print)])


@pytest.mark.parametrize("kill_at", [1, 3, 5, 6])
def test_resuming_from_a_checkpoint_is_bit_exact(tmp_path, kill_at):
    whole = setting()
    train(**whole, loss=nn.MSELoss(), epochs=4)

    killed = setting()

    def save_and_stop(progress):
        if progress.step == kill_at:
            save(tmp_path / "run", **killed)
            raise KeyboardInterrupt

    callback = SimpleNamespace(on_step=save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        train(**killed, loss=nn.MSELoss(), epochs=4, callbacks=[callback])

    resumed = setting(seed=9)
    resumed["batches"].dataset = whole["batches"].dataset
    load(tmp_path / "run", **resumed)
    train(**resumed, loss=nn.MSELoss(), epochs=4)
    assert resumed["progress"].losses == whole["progress"].losses
    ours, theirs = resumed["model"].state_dict(), whole["model"].state_dict()
    assert all(ours[name].tobytes() == theirs[name].tobytes() for name in ours)


def test_saved_after_an_epoch_it_resumes_with_the_next(tmp_path):
    parts = setting()
    save_it = SimpleNamespace(on_epoch=lambda progress: save(tmp_path / "run", **parts))
    train(**parts, loss=nn.MSELoss(), epochs=1, callbacks=[save_it])
    load(tmp_path / "run", **parts)
    assert train(**parts, loss=nn.MSELoss(), epochs=3).step == 9


def failing(spoil):
    parts = setting()
    spoil(parts)
    with np.errstate(all="ignore"), pytest.raises(RuntimeError) as caught:
        train(**{"loss": nn.MSELoss(), "epochs": 3} | parts)
    return str(caught.value)


def test_a_weight_that_is_not_finite_is_named():
    def spoil(parts):
        parts["model"][2].weight.data[0, 1] = np.inf

    assert failing(spoil).startswith(
        "the loss is inf at step 0; first not finite: parameter 2.weight"
    )


def test_data_that_is_not_finite_is_named():
    def spoil(parts):
        parts["batches"].dataset.arrays[0][:] = np.nan

    assert "first not finite: the data of the batch" in failing(spoil)


def test_an_operation_that_runs_away_is_named():
    def spoil(parts):
        parts["loss"] = lambda out, target: elementwise.log(out * 0.0).mean()

    assert "first not finite: the result of log, shape (4, 1)" in failing(spoil)


def test_a_failed_step_changes_no_weight():
    parts = setting()
    before = parts["model"].state_dict()
    with pytest.raises(RuntimeError, match="the loss is nan"):
        train(**parts, loss=lambda out, target: out.mean() * float("nan"), epochs=1)
    assert all((parts["model"].state_dict()[k] == v).all() for k, v in before.items())


def test_accuracy_counts_right_answers():
    scores = Tensor([[1.0, 2], [3, 1], [0, 5], [9, 1]])
    assert accuracy(scores, [1, 0, 0, 0]) == 0.75


def test_batches_that_can_be_read_once_are_refused_for_several_epochs():
    for once in (iter, lambda batches: (b for b in batches), lambda batches: map(tuple, batches)):
        parts = setting()
        parts["batches"] = once(list(parts["batches"]))
        with pytest.raises(ValueError, match="an iterator, which can be read only once, and 2 epo"):
            train(**parts, loss=nn.MSELoss(), epochs=2)
        assert train(**parts, loss=nn.MSELoss(), epochs=1).step == 3
        parts["progress"] = Progress()
        with pytest.raises(ValueError, match="no batches in epoch 1, so nothing was trained"):
            train(**parts, loss=nn.MSELoss(), epochs=1)


def test_training_without_batches_is_never_silent():
    parts = setting()
    empty = DataLoader(TensorDataset(np.zeros((0, 1), np.float32), np.zeros((0, 1))), 4)
    for batches in ([], empty, ()):
        with pytest.raises(ValueError, match="there are no batches in epoch 1"):
            train(**{**parts, "batches": batches}, loss=nn.MSELoss(), epochs=3)
    with pytest.raises(ValueError, match="epochs must not be negative, and is -1"):
        train(**parts, loss=nn.MSELoss(), epochs=-1)
