"""Schedules: what they refuse, and how they go on. Their paths are in the case table."""

import inspect

import numpy as np
import pytest

from undergrad.cases import CASES
from undergrad.engine import Tensor, optim
from undergrad.engine.optim import lr_scheduler as s


def sgd(lr=1.0, **settings):
    return optim.SGD([Tensor(np.ones(2, np.float32), requires_grad=True)], lr=lr, **settings)


def rates(schedule, steps):
    seen = []
    for _ in range(steps):
        seen += schedule.get_last_lr()
        schedule.step()
    return seen


def test_every_schedule_has_a_record():
    found = {name for name, member in vars(s).items() if inspect.isclass(member)}
    assert found - {"Schedule"} <= {case.name for case in CASES}


def test_a_schedule_sets_the_rate_at_once_and_after_each_step():
    assert rates(s.LambdaLR(sgd(), lambda t: t + 1), 3) == [1, 2, 3]
    assert rates(s.StepLR(sgd(), 2, 0.5), 5) == [1, 1, 0.5, 0.5, 0.25]
    assert rates(s.MultiStepLR(sgd(), [3, 1], 0.5), 4) == [1, 0.5, 0.5, 0.25]
    assert rates(s.LinearLR(sgd(), 0.5, 1.0, 2), 4) == [0.5, 0.75, 1, 1]
    assert rates(s.ConstantLR(sgd(), 0.5, 2), 4) == [0.5, 0.5, 1, 1]
    assert rates(s.PolynomialLR(sgd(), 4, power=2), 6) == [1, 0.5625, 0.25, 0.0625, 0, 0]


def test_a_cosine_starts_high_ends_low_and_restarts():
    down = rates(s.CosineAnnealingLR(sgd(), 4, eta_min=0.2), 5)
    assert down == pytest.approx([1, 0.2 + 0.8 * (1 + 0.5**0.5) / 2, 0.6, 0.317157, 0.2], abs=1e-6)
    again = rates(s.CosineAnnealingWarmRestarts(sgd(), 2, T_mult=2), 7)
    assert [again[i] for i in (0, 2, 6)] == [1, 1, 1]
    assert again[1] == pytest.approx(0.5)


def test_one_cycle_moves_momentum_against_the_rate():
    optimizer = sgd(momentum=0.9)
    schedule = s.OneCycleLR(optimizer, 1.0, total_steps=11, pct_start=0.5)
    seen = []
    for _ in range(11):
        seen.append((optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]))
        if len(seen) < 11:
            schedule.step()
    by_rate = sorted(seen[:9])
    assert by_rate == sorted(by_rate, key=lambda pair: (pair[0], -pair[1]))
    assert seen[0] == pytest.approx((1 / 25, 0.95))
    assert seen[-1] == pytest.approx((1 / 25 / 1e4, 0.95))
    schedule.step()
    with pytest.raises(ValueError, match="ends after 11 steps"):
        schedule.step()


@pytest.mark.parametrize(("total_steps", "pct_start"), [(10, 0.1), (4, 0.25), (1, 1.0), (3, 0.0)])
def test_one_cycle_whose_rise_takes_no_step_begins_at_the_top(total_steps, pct_start):
    optimizer = optim.SGD([Tensor([1.0], requires_grad=True)], lr=0.1, momentum=0.9)
    schedule = s.OneCycleLR(optimizer, 1.0, total_steps, pct_start=pct_start)
    rates = [schedule.get_last_lr()[0]]
    for _ in range(total_steps - 1):
        schedule.step()
        rates += schedule.get_last_lr()
    assert rates == sorted(rates, reverse=True) and rates[0] > 0.5


def test_a_plateau_lowers_the_rate_and_rests():
    optimizer = sgd()
    schedule = s.ReduceLROnPlateau(optimizer, patience=1, factor=0.5, cooldown=1)
    for loss, expected in [(3, 1), (3, 1), (3, 0.5), (3, 0.5), (3, 0.5), (3, 0.25), (1, 0.25)]:
        schedule.step(loss)
        assert schedule.get_last_lr() == [expected]


MAKES = [
    lambda o: s.StepLR(o, 2),
    lambda o: s.ConstantLR(o, total_iters=7),
    lambda o: s.PolynomialLR(o, 9, power=0.9),
    lambda o: s.CosineAnnealingWarmRestarts(o, 3),
    lambda o: s.OneCycleLR(o, 1.0, total_steps=20),
    lambda o: s.SequentialLR(o, [s.LinearLR(o), s.ExponentialLR(o, 0.9)], [4]),
    lambda o: s.ChainedScheduler([s.LinearLR(o), s.ExponentialLR(o, 0.9)]),
]


@pytest.mark.parametrize("make", MAKES)
def test_resuming_from_a_state_gives_the_same_rates(make):
    one = make(sgd(momentum=0.5))
    for _ in range(5):
        one.step()
    other = make(sgd(momentum=0.5))
    other.load_state_dict(one.state_dict())
    assert rates(one, 10) == rates(other, 10)


def test_a_group_that_was_added_later_keeps_its_rate():
    optimizer = sgd()
    schedule = s.StepLR(optimizer, 1, 0.5)
    optimizer.add_param_group({"params": [Tensor([1.0], requires_grad=True)], "lr": 0.3})
    schedule.step()
    assert schedule.get_last_lr() == [0.5, 0.3]


def test_a_plateau_resumes_from_its_state():
    optimizer = sgd()
    one = s.ReduceLROnPlateau(optimizer, patience=2)
    other = s.ReduceLROnPlateau(sgd(), patience=2)
    for loss in (2, 2, 2):
        one.step(loss)
    other.load_state_dict(one.state_dict())
    for schedule in (one, other):
        schedule.step(2)
    assert one.get_last_lr() == other.get_last_lr() == [pytest.approx(0.1)]


def test_a_second_schedule_counts_from_the_first_rate():
    optimizer = sgd()
    s.ExponentialLR(optimizer, 0.5).step()
    assert s.StepLR(optimizer, 5).get_last_lr() == [1]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda o: s.StepLR(o, 0), ValueError, "step_size must be positive"),
        (lambda o: s.LambdaLR(o, []), ValueError, "one lr_lambda per group"),
        (lambda o: s.LinearLR(o, 0.0), ValueError, "start_factor"),
        (lambda o: s.LinearLR(o, 1.0, 2.0), ValueError, "end_factor"),
        (lambda o: s.LinearLR(o, 1.0, 1.0, 0), ValueError, "total_iters"),
        (lambda o: s.ConstantLR(o, 1.5), ValueError, "factor must lie in"),
        (lambda o: s.ConstantLR(o, 0.5, -1), ValueError, "total_iters must not be negative"),
        (lambda o: s.PolynomialLR(o, 0), ValueError, "total_iters must be positive"),
        (lambda o: s.CosineAnnealingLR(o, 0), ValueError, "T_max"),
        (lambda o: s.CosineAnnealingWarmRestarts(o, 0), ValueError, "T_0"),
        (lambda o: s.CosineAnnealingWarmRestarts(o, 1, 0), ValueError, "T_mult"),
        (lambda o: s.SequentialLR(o, [s.StepLR(o, 1)], [3]), ValueError, "one fewer"),
        (lambda o: s.SequentialLR(o, [s.StepLR(sgd(), 1)], []), ValueError, "one optimiser"),
        (
            lambda o: s.SequentialLR(o, [s.ReduceLROnPlateau(o)], []),
            TypeError,
            "ReduceLROnPlateau is not a function of the step",
        ),
        (lambda o: s.ChainedScheduler([]), ValueError, "needs schedules"),
        (lambda o: s.OneCycleLR(o, 1.0), ValueError, "total_steps"),
        (lambda o: s.OneCycleLR(o, 1.0, 10, pct_start=2.0), ValueError, "pct_start"),
        (lambda o: s.OneCycleLR(o, 1.0, 10, anneal_strategy="sin"), ValueError, "'cos' or"),
        (lambda o: s.OneCycleLR(o, [1.0, 2.0], 10), ValueError, "one max_lr per group"),
        (lambda o: s.ReduceLROnPlateau(o, factor=1.0), ValueError, "factor must be below 1"),
        (lambda o: s.ReduceLROnPlateau(o, mode="least"), ValueError, "'min' or 'max'"),
        (lambda o: s.ReduceLROnPlateau(o, threshold_mode="x"), ValueError, "'rel' or 'abs'"),
    ],
)
def test_bad_settings_are_refused_at_once(make, error, message):
    with pytest.raises(error, match=message):
        make(sgd())


def test_one_cycle_of_an_optimiser_without_momentum_needs_a_word():
    weights = [Tensor(np.ones(2, np.float32), requires_grad=True)]
    adagrad = optim.Adagrad(weights)
    with pytest.raises(ValueError, match="cycle_momentum"):
        s.OneCycleLR(adagrad, 1.0, 10)
    s.OneCycleLR(adagrad, 1.0, 10, cycle_momentum=False)


def test_a_state_of_other_groups_is_refused():
    state = s.StepLR(sgd(), 1).state_dict() | {"base_lrs": [1, 2]}
    with pytest.raises(ValueError, match="of 2 parameter groups, the optimiser has 1"):
        s.StepLR(sgd(), 1).load_state_dict(state)
