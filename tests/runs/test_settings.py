"""Settings: bounds, text, old names, guesses."""

from dataclasses import dataclass

import pytest

from undergrad.errors import UsageError
from undergrad.runs import renamed
from undergrad.runs.renamed import Renamed
from undergrad.runs.settings import Settings, changed, from_dict, setting


@dataclass(frozen=True)
class Example(Settings):
    gamma: float = setting(0.99, at_least=0, below=1, doc="discount")
    tau: float = setting(1.0, above=0, at_most=1, doc="speed of the target")
    learning_rate: float = setting(0.1, above=0, doc="of the optimiser")
    epsilon: float = setting(0.1, at_least=0, at_most=1, doc="random actions")
    sizes: tuple[int, ...] = setting((64, 64), at_least=1, doc="of the layers")
    method: str = setting("sarsa", choices=("sarsa", "q_learning"), doc="rule")
    double: bool = setting(False, doc="two networks")
    v_min: float = setting(-1.0, doc="smallest value")
    ema_decay: float = setting(0.9, at_least=0, below=1, doc="fraction of the average that is kept")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("gamma", "1", "The setting gamma must be at least 0 and below 1, and is 1.0."),
        ("gamma", "-0.1", "at least 0 and below 1"),
        ("tau", "0", "above 0 and at most 1"),
        ("tau", "1.1", "above 0 and at most 1"),
        ("learning_rate", "nan", "above 0 and at most a billion"),
        ("learning_rate", "inf", "above 0 and at most a billion"),
        ("learning_rate", "2e9", "above 0 and at most a billion"),
        ("epsilon", "1.5", "between 0 and 1"),
        ("sizes", "64,0", r"at least 1 and at most a billion, and is \(64, 0\)"),
        ("method", "best", "must be sarsa or q_learning, and is best"),
        ("v_min", "-2e9", "at least minus a billion"),
        ("sizes", "64,x", "sizes needs layer sizes such as 64,64, not `64,x`"),
        ("double", "yes", "double needs true or false, not `yes`"),
    ],
)
def test_a_value_out_of_bounds_is_one_sentence(name: str, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        changed(Example(), {name: text})


def test_text_becomes_the_type_of_the_field() -> None:
    text = {"gamma": "0", "sizes": "[8, 1_000]", "double": "TRUE", "v_min": "-5", "tau": " 1 "}
    new = changed(Example(), text)
    assert (new.gamma, new.sizes, new.double, new.v_min, new.tau) == (0, (8, 1000), True, -5, 1)
    assert changed(Example(), {"sizes": ""}).sizes == ()


@pytest.mark.parametrize("value", ["0.5", True, None, (0.5,)])
def test_a_value_of_another_kind_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="The setting tau is of the wrong kind"):
        from_dict(Example, {"tau": value})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("discount", "The setting `discount` is now called `gamma`."),
        ("lr", "There is no setting `lr`: did you mean `learning_rate`"),
        ("epsilonn", "did you mean `epsilon`"),
        ("xyz", "There is no setting `xyz`. The settings are gamma, tau, learning_rate"),
    ],
)
def test_another_name_is_refused_with_the_right_one(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        changed(Example(), {name: "0.5"})


def test_a_setting_that_means_something_else_now_says_what(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Renamed("average_rate", "ema_decay", lambda rate: 1 - rate)
    monkeypatch.setattr(renamed, "RENAMED", (row,))
    with pytest.raises(UsageError, match=r"`ema_decay`, and what was 0\.25 is now 0\.75"):
        changed(Example(), {"average_rate": "0.25"})
    assert from_dict(Example, {"average_rate": 0.25}).ema_decay == 0.75


def test_old_settings_are_read_with_their_new_names() -> None:
    assert from_dict(Example, {"discount": 0.5, "sizes": [3]}) == Example(gamma=0.5, sizes=(3,))
    with pytest.raises(TypeError):
        from_dict(Example, {"size": 3})


def test_a_name_in_use_is_never_an_old_one() -> None:
    """`hidden` of an agent stays `hidden`, though the text models call theirs `hidden_size`."""

    @dataclass(frozen=True)
    class Agent(Settings):
        hidden: int = setting(1, doc="size")
        hidden_size: int = setting(1, doc="another size")

    assert from_dict(Agent, {"hidden": 5}) == Agent(hidden=5)
