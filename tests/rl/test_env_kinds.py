"""Our worlds step all at once, others one by one: both tell the same, and both can be saved."""

from functools import partial

import gymnasium
import numpy as np
import pytest
from tests.rl import liars
from tests.rl.toys import random_actions

from undergrad import engine
from undergrad.errors import ToolError
from undergrad.rl import envs
from undergrad.rl.env import Stepper
from undergrad.rl.envs.many_games import ManyGames
from undergrad.rl.vector_env import SyncEnvs, make_env

envs.register()

SIZE = 3


def all_at_once(name, seed=5):
    stepper = make_env(name, SIZE, seed)
    assert isinstance(stepper.envs, ManyGames)
    return stepper


def one_by_one(name, seed=5):
    return Stepper(SyncEnvs([partial(gymnasium.make, name)] * SIZE), seed, name)


KINDS = [all_at_once, one_by_one]


def assert_alike(one, two, actions):
    """The same transitions, the same returns, and the same to act on next."""
    for action in actions:
        (seen, returns), (expected, expected_returns) = one.step(action), two.step(action)
        for field, column in vars(seen).items():
            np.testing.assert_array_equal(column, getattr(expected, field))
            assert column.dtype == getattr(expected, field).dtype
        assert returns == expected_returns
        np.testing.assert_array_equal(one.observation, two.observation)
        np.testing.assert_array_equal(one.returns, two.returns)


@pytest.mark.parametrize("name", envs.NAMES)
def test_both_kinds_tell_the_same(name):
    one, two, actions = all_at_once(name), one_by_one(name), random_actions(name, (600, SIZE))
    np.testing.assert_array_equal(one.observation, two.observation)
    assert_alike(one, two, actions[:300])
    one.restart()
    two.restart()
    assert_alike(one, two, actions[300:])


def test_forty_carts_at_once_equal_gymnasiums_to_the_last_bit():
    ours, theirs = (make_env(name, 40, 3) for name in ("undergrad/CartPole-v1", "CartPole-v1"))
    rng = np.random.default_rng(0)
    for _ in range(600):  # mostly balanced, so that whole episodes are seen
        leaning = theirs.observation[:, 2] + 0.3 * theirs.observation[:, 3] > 0
        assert_alike(ours, theirs, [np.where(rng.random(40) < 0.1, rng.integers(2), leaning)])
    assert theirs.returns.max() > 50


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", envs.NAMES)
def test_every_world_goes_on_from_a_file(name, kind, tmp_path):
    whole, actions = kind(name), random_actions(name, (260, SIZE))
    for action in actions[:137]:
        whole.step(action)
    engine.save(tmp_path / "saved", env=whole, extra={})
    other = kind(name, seed=99)
    engine.load(tmp_path / "saved", env=other)
    assert_alike(other, whole, actions[137:])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", envs.NAMES)
def test_every_world_is_saved_again_and_again(name, kind):
    whole, other, actions = kind(name), kind(name, seed=98), random_actions(name, (260, SIZE))
    for start in range(0, 260, 52):
        fresh = kind(name, seed=99)
        fresh.load_state_dict(other.state_dict() if start else whole.state_dict())
        other = fresh
        assert_alike(other, whole, actions[start : start + 52])


@pytest.mark.parametrize("name", envs.NAMES)
def test_what_was_saved_does_not_change_afterwards(name):
    whole, actions = all_at_once(name), random_actions(name, (60, SIZE))
    for action in actions[:20]:
        whole.step(action)
    saved, other = whole.state_dict(), all_at_once(name, seed=99)
    for action in actions[20:40]:
        whole.step(action)
    other.load_state_dict(saved)
    for action in actions[20:40]:
        other.step(action)
    assert_alike(other, whole, actions[40:])


class Moody(liars.Liar):
    """Where it begins depends on how often it was asked."""

    asked = 0

    def reset(self, *, seed=None, options=None):
        seen, about = super().reset(seed=seed)
        Moody.asked += 1
        return seen + np.float32(Moody.asked / 1e3), about


def test_a_world_that_does_not_repeat_itself_is_refused():
    moody = Stepper(SyncEnvs([Moody]), 0, "Moody")
    with pytest.raises(ValueError, match="Moody does not repeat itself"):
        moody.load_state_dict(moody.state_dict())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", [[0, 3, 0], [-1, 0, 0]])
def test_an_action_that_does_not_exist_is_named(kind, action):
    with pytest.raises(ToolError, match=r"is no action: there are 0 to 2"):
        kind("undergrad/Catch-v0").step(np.array(action))


def test_actions_for_another_number_of_games_are_refused():
    with pytest.raises(ToolError, match=r"3 games, actions of shape \(1,\)"):
        all_at_once("undergrad/Catch-v0").step(np.array([1]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [1.5, -1.25, np.nan, np.inf])
def test_a_number_outside_of_the_bounds_is_named(kind, number):
    actions = np.zeros((SIZE, 2), np.float32)
    actions[1, 1] = number
    with pytest.raises(ToolError, match=rf"{number} is outside of Box"):
        kind("undergrad/Puck-v0").step(actions)


@pytest.mark.parametrize("shape", [(SIZE,), (SIZE, 1), (SIZE, 3), (SIZE - 1, 2)])
def test_a_row_of_another_length_is_refused(shape):
    with pytest.raises(ToolError, match="3 games, actions of shape"):
        all_at_once("undergrad/Puck-v0").step(np.zeros(shape, np.float32))


def test_games_that_lie_are_named(monkeypatch):
    stepper = all_at_once("undergrad/Catch-v0")
    honest = stepper.envs.rules.observe
    monkeypatch.setattr(stepper.envs.rules, "observe", lambda state: honest(state) + np.uint8(1))
    with pytest.raises(ToolError, match=r"undergrad/Catch-v0 showed an observation outside of Box"):
        stepper.step(np.ones(SIZE, int))
