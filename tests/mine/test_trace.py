"""What a training calls is found by watching it, and told as yours, on loan, or frame."""

from pathlib import Path

import numpy as np
import pytest

import undergrad.engine
from undergrad.engine import Tensor, nn, optim
from undergrad.errors import UsageError
from undergrad.mine import engine, result
from undergrad.mine.account import FRAME, Loan, account
from undergrad.mine.parts import OwnPart
from undergrad.mine.trace import trace
from undergrad.words import part_name

OPS = "undergrad.engine.ops."
LINEAR, RELU = f"{OPS}linalg.linear", f"{OPS}elementwise.relu"
BACKWARD, SGD = "undergrad.engine.autograd.backward", "undergrad.engine.optim.sgd.SGD.update"
LOSS = f"{OPS}loss.huber_loss"


def training(stop):
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 3, rng=0), nn.ReLU(), nn.Dropout(0.0))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    while not stop():
        optimizer.zero_grad()
        out = model(Tensor(np.ones((5, 2, 2), np.float32)))
        nn.HuberLoss()(out, np.zeros((5, 3))).backward()
        optimizer.step()


def own_relu(x):
    return result(np.maximum(x.data, 0), (x,), lambda g: (g * (x.data > 0),))


def test_of_the_reference_alone_everything_that_computes_is_borrowed():
    found = trace(training, {})
    assert found.own == frozenset()
    assert found.borrowed == {LINEAR, RELU, LOSS, BACKWARD, SGD, f"{OPS}shape.reshape"}
    assert f"{OPS}shape.flatten" in found.frame  # only calls reshape
    assert not any(name.startswith((BACKWARD, SGD)) for name in found.frame)


def test_a_part_that_does_the_work_is_its_makers():
    found = trace(training, {RELU: own_relu})
    assert found.own == {RELU}
    assert RELU not in found.borrowed and LINEAR in found.borrowed


def test_a_part_that_hands_a_call_back_is_on_loan_all_the_same():
    from undergrad.engine.ops import elementwise

    reference = elementwise.relu
    found = trace(training, {RELU: lambda x: reference(x)})
    assert found.own == frozenset()
    assert RELU in found.borrowed


def test_a_part_that_is_never_called_is_not_counted():
    found = trace(training, {f"{OPS}elementwise.gelu": own_relu})
    assert found.own == frozenset()


@pytest.mark.parametrize(
    ("state", "reason", "why"),
    [
        ("not built", "", "not built yet"),
        ("refused", "it is slow", "yours is refused: it is slow"),
        ("yours", "", "yours does not cover the way it is called here"),
    ],
)
def test_each_loan_says_why(state, reason, why):
    relu = OwnPart(RELU, "backprop", ("relu",), state, reason)
    found = account(trace(training, {}), [relu])
    assert Loan(RELU, "backprop", why) in found.on_loan
    assert Loan(LINEAR, "", "no unit builds it yet") in found.on_loan
    assert found.sentence == "0 parts yours, 6 on loan"
    assert "optim" in found.frame


def test_names_as_people_say_them():
    assert [part_name(name) for name in (RELU, SGD, BACKWARD)] == ["relu", "SGD", "backward"]
    assert part_name("undergrad.rl.replay.ReplayBuffer.add") == "ReplayBuffer.add"
    assert part_name("undergrad.rl.agents.dqn.dqn_target") == "dqn_target"


def test_the_switch_on_reference_needs_no_journey(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with engine("reference") as said:
        assert said == "on the reference engine"
    with pytest.raises(UsageError, match="choose reference or mine"), engine("yours"):
        pass


def test_every_area_of_the_engine_is_described():
    """What a run calls besides its parts is named by area, whatever it calls."""
    areas = {path.stem for path in Path(undergrad.engine.__file__).parent.iterdir()}
    of_engine = {area for area in areas if not area.startswith("__")}
    assert of_engine | {"loops"} == set(FRAME)  # and the loop of an agent
