"""Returns and advantages against sums that follow the definition, over every kind of end."""

import numpy as np
import pytest
from tests.rl.oracles import looped_gae, looped_returns

from undergrad.rl import advantages


def random_case(seed, ends=0.25):
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(1, 30)), int(rng.integers(1, 6)))
    reward, value, next_value = rng.normal(size=(3, *shape))
    return reward, rng.random(shape) < ends, rng.random(shape) < ends, value, next_value


@pytest.mark.parametrize("seed", range(20))
def test_gae_equals_its_sum(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    for discount, decay in ((rng.random(), rng.random()), (1, 1), (0.9, 0), (0.99, 1)):
        found = advantages.gae(*case, discount, decay)
        np.testing.assert_allclose(found, looped_gae(*case, discount, decay), atol=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_returns_equal_their_sum(seed):
    reward, terminated, truncated, _, next_value = random_case(seed)
    found = advantages.returns(reward, terminated, truncated, next_value, 0.9)
    expected = looped_returns(reward, terminated, truncated, next_value, 0.9)
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_with_decay_1_the_advantage_is_the_return_less_the_value(seed):
    """When within an episode what is seen next is what is seen then, all values but the last fall
    out of the sum."""
    reward, terminated, truncated, value, next_value = random_case(seed)
    goes_on = ~(terminated | truncated)[:-1]
    next_value[:-1] = np.where(goes_on, value[1:], next_value[:-1])
    advantage = advantages.gae(reward, terminated, truncated, value, next_value, 0.9, 1.0)
    earned = advantages.returns(reward, terminated, truncated, next_value, 0.9)
    np.testing.assert_allclose(advantage, earned - value, atol=1e-12)


@pytest.mark.parametrize(
    ("terminated", "truncated", "expected"),
    [(False, False, 5), (True, False, 1), (False, True, 5), (True, True, 1)],
)
def test_only_a_true_end_cuts_the_value_off(terminated, truncated, expected):
    one = [np.array([[flag]]) for flag in (terminated, truncated)]
    reward, value, next_value = np.array([[1.0]]), np.array([[0.0]]), np.array([[8.0]])
    assert advantages.gae(reward, *one, value, next_value, 0.5, 0.7) == expected
    assert advantages.returns(reward, *one, next_value, 0.5) == expected


@pytest.mark.parametrize("kind", [0, 1])
def test_nothing_reaches_across_the_end_of_an_episode(kind):
    reward, value, next_value = np.random.default_rng(0).normal(size=(3, 8, 2))
    ends = np.zeros((2, 8, 2), bool)
    ends[kind, 4] = True
    later = [array.copy() for array in (reward, value, next_value)]
    for array in later:
        array[5:] += 100
    for r, v, n in ((reward, value, next_value), later):
        advantage = advantages.gae(r, *ends, v, n, 0.9, 0.9)[:5]
        earned = advantages.returns(r, *ends, n, 0.9)[:5]
        np.testing.assert_allclose(
            advantage, looped_gae(reward, *ends, value, next_value, 0.9, 0.9)[:5]
        )
        np.testing.assert_allclose(earned, looped_returns(reward, *ends, next_value, 0.9)[:5])


def test_environments_do_not_mix():
    case = random_case(7)
    together = advantages.gae(*case, 0.9, 0.8)
    for n in range(together.shape[1]):
        alone = advantages.gae(*(array[:, n : n + 1] for array in case), 0.9, 0.8)
        np.testing.assert_array_equal(together[:, n : n + 1], alone)


def test_single_precision_stays_and_inputs_do_not_change():
    reward, terminated, truncated, value, next_value = random_case(3)
    numbers = [array.astype(np.float32) for array in (reward, value, next_value)]
    copies = [array.copy() for array in numbers]
    r, v, n = numbers
    assert advantages.gae(r, terminated, truncated, v, n, 0.99, 0.95).dtype == np.float32
    assert advantages.returns(r, terminated, truncated, n, 0.99).dtype == np.float32
    for array, copy in zip(numbers, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_other_shapes_are_refused():
    reward, terminated, truncated, value, next_value = random_case(3)
    with pytest.raises(ValueError, match="steps, environments"):
        advantages.gae(reward, terminated, truncated, value[:1], next_value, 0.9, 0.9)
    flat = [array.ravel() for array in (reward, terminated, truncated, next_value)]
    with pytest.raises(ValueError, match="steps, environments"):
        advantages.returns(*flat, 0.9)


def test_normalised_over_all_numbers_together():
    """One environment went well and one badly: that difference must not be lost."""
    advantage = np.array([[1.0, -1.0], [3.0, -3.0]])
    found = advantages.normalized(advantage)
    assert found.mean() == pytest.approx(0)
    assert found.std() == pytest.approx(1)
    assert (found[:, 0] > 0).all()
    assert (found[:, 1] < 0).all()
    assert advantages.normalized(np.ones((4, 2))).tolist() == [[0, 0]] * 4


def test_explained_variance_at_its_landmarks():
    goal = np.array([1.0, 2.0, 3.0, 6.0])
    assert advantages.explained_variance(goal, goal) == 1
    assert advantages.explained_variance(goal + 5, goal) == 1  # a constant error is not variance
    assert advantages.explained_variance(np.full(4, 3.0), goal) == 0
    assert advantages.explained_variance(-goal, goal) == pytest.approx(-3)
    assert advantages.explained_variance(goal, np.ones(4)) == 0
    equal = np.full(7, 0.1, np.float32)  # their variance is not quite 0
    assert advantages.explained_variance(np.arange(7.0), equal) == 0
