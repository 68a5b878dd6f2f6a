"""The world keeps its word, and the evaluation is apart from the training."""

from dataclasses import replace

import numpy as np
import pytest

import evaluate
from data import (
    CHART_MIRROR,
    DOWN,
    GRAVITY,
    MEMORY,
    MIRROR,
    N_ACTIONS,
    OBSERVATION_SIZE,
    SIDE,
    SPEED,
    START,
    STEEPEST,
    STEPS,
    STILL,
    TILT,
    Weather,
    chart,
    lift,
    observe,
    start,
    step,
)

LEFT, NOTHING, RIGHT = np.array([0]), np.array([1]), np.array([2])


def calm(**changes):
    """One glider heading north in a sky without thermals and gusts, in the middle of it."""
    world = start([0])
    sky = replace(world.sky, strength=0 * world.sky.strength, gusts=0 * world.sky.gusts)
    there = {"place": np.full((1, 2), SIDE / 2), "heading": np.zeros(1)}
    return replace(world, sky=sky, **there | changes)


def column(east, north):
    """A sky with one thermal there, at its greatest at second 0."""
    sky = calm().sky
    strength, centre = sky.strength.copy(), sky.centre.copy()
    strength[0, 0], centre[0, 0] = 3, (east, north)
    phase, radius = np.full_like(sky.phase, np.pi), np.full_like(sky.radius, 60)
    return replace(sky, centre=centre, strength=strength, phase=phase, radius=radius)


def test_a_flight_is_a_function_of_its_seed_and_the_actions():
    actions = np.random.default_rng(0).integers(N_ACTIONS, size=(40, 3))
    together, alone = start([5, 6, 7]), [start([seed]) for seed in (5, 6, 7)]
    for row in actions:
        together, gained = step(together, row)
        alone, each = zip(*(step(w, a[None]) for w, a in zip(alone, row, strict=True)), strict=True)
        np.testing.assert_allclose(gained, np.concatenate(each))
    np.testing.assert_allclose(observe(together), np.concatenate([*map(observe, alone)]), rtol=1e-5)


def test_another_seed_is_another_sky_and_other_weather_has_its_thermals_in_the_same_places():
    one, other = start([1]), start([2])
    assert not np.allclose(one.sky.centre, other.sky.centre)
    narrow = start([1], Weather(radius=(30.0, 45.0)))
    np.testing.assert_array_equal(one.sky.centre, narrow.sky.centre)
    assert (narrow.sky.radius < one.sky.radius).all()


def test_a_level_glider_sinks_and_flies_straight_on():
    world, gained = step(calm(), NOTHING)
    assert gained[0] == pytest.approx(-STILL - DOWN)
    np.testing.assert_allclose(world.place[0], [SIDE / 2, SIDE / 2 + SPEED])
    assert world.height[0] == pytest.approx(START + gained[0])


def test_a_steeper_bank_turns_faster_and_sinks_faster_and_has_an_end():
    world, sunk, turned = calm(), [], []
    for _ in range(STEEPEST + 1):
        before = world.heading[0]
        world, gained = step(world, RIGHT)
        sunk.append(-gained[0])
        turned.append(world.heading[0] - before)
    assert world.bank[0] == STEEPEST
    assert sunk[:3] == sorted(set(sunk[:3])) and turned[:3] == sorted(set(turned[:3]))
    assert sunk[3] == pytest.approx(sunk[2]) and turned[3] == pytest.approx(turned[2])


def test_left_is_the_mirror_image_of_right():
    left, right = calm(), calm()
    for _ in range(20):
        left, right = step(left, LEFT)[0], step(right, RIGHT)[0]
    np.testing.assert_allclose(left.place[0, 0] - SIDE / 2, SIDE / 2 - right.place[0, 0])
    np.testing.assert_allclose(left.place[0, 1], right.place[0, 1])


def test_a_circle_has_the_radius_of_a_coordinated_turn():
    world = calm(bank=np.array([2]))
    places = [world.place[0]]
    for _ in range(40):
        world, _ = step(world, NOTHING)
        places.append(world.place[0])
    radius = SPEED**2 / (GRAVITY * np.tan(2 * TILT))
    assert np.ptp(places, axis=0) == pytest.approx(2 * radius, rel=0.05)


def test_no_flight_reaches_the_ground():
    world = calm()
    for _ in range(STEPS):
        world, _ = step(world, RIGHT)
    assert 0 < world.height[0] < START - 300


def test_the_edges_of_the_square_meet():
    near = lift(column(5, 400), np.array([[SIDE - 5, 400.0]]), 0)
    same = lift(column(15, 400), np.array([[5.0, 400.0]]), 0)
    assert near == pytest.approx(same)
    world, _ = step(calm(place=np.array([[10.0, SIDE - 1]])), NOTHING)
    np.testing.assert_allclose(world.place[0], [10, SPEED - 1])


def test_a_thermal_comes_and_goes_and_lifts_most_in_its_middle():
    sky = column(300, 300)
    at = [lift(sky, np.array([[300.0 + d, 300]]), 0)[0] for d in (0, 30, 60, 200)]
    assert at == sorted(at, reverse=True)
    assert at[0] == pytest.approx(3 - DOWN)
    assert lift(sky, np.array([[300.0, 300]]), 120)[0] == pytest.approx(-DOWN)


def test_the_wing_that_is_nearer_to_a_thermal_is_lifted_more():
    for east, sign in ((340, 1), (260, -1)):
        world, _ = step(replace(calm(), sky=column(east, 310)), NOTHING)
        assert np.sign(world.readings[0, 0, 1]) == sign


def test_a_pilot_remembers_the_newest_readings_first():
    world, told = start([3]), []
    for action in (LEFT, NOTHING, RIGHT):
        world, _ = step(world, action)
        told.append(world.readings[0])
    assert told[0].shape == (MEMORY, 2)
    np.testing.assert_array_equal(told[2][1:], told[1][:-1])
    assert observe(world).shape == (1, OBSERVATION_SIZE)


def test_a_mirror_turns_the_roll_and_the_bank_around():
    world, _ = step(start([3]), RIGHT)
    other = replace(world, bank=-world.bank, readings=world.readings * (1, -1))
    np.testing.assert_array_equal(observe(other), observe(world) * MIRROR)


def test_a_chart_has_the_nearest_thermal_first_and_says_where_it_is_from_the_glider():
    east = replace(calm(heading=np.array([np.pi / 2])), sky=column(360, 310))
    ahead, right, strength, growth = chart(east)[0].reshape(4, 6)
    assert (ahead[0], right[0]) == pytest.approx((0.6, -0.1), abs=1e-6)
    assert (strength[0], growth[0]) == pytest.approx((1.5, 0), abs=1e-6)
    far = np.hypot(ahead, right)
    assert (np.diff(far) >= 0).all() and far.max() < SIDE / 100 * np.sqrt(0.5)


def test_a_chart_in_a_mirror_has_left_and_right_exchanged():
    world, sky = calm(), column(360, 310)
    left = replace(world, sky=replace(sky, centre=(SIDE, 0) + (-1, 1) * sky.centre))
    np.testing.assert_allclose(
        chart(left), chart(replace(world, sky=sky)) * CHART_MIRROR, atol=1e-5
    )


def test_searching_leaves_the_world_as_it_is_and_pays():
    world = start([1, 2])
    before = observe(world), world.place.copy()
    evaluate.search(world, tries=4, ahead=6)
    np.testing.assert_array_equal(observe(world), before[0])
    np.testing.assert_array_equal(world.place, before[1])
    skies = range(20, 24)
    searched, straight = (evaluate.returns(p, skies) for p in (evaluate.search, evaluate.straight))
    assert searched.mean() > straight.mean() + 100


def test_the_test_skies_are_used_for_nothing_else():
    training = range(200 * 10_000)  # of all seeds that the notebook and the records train with
    groups = [set(training), set(evaluate.VALIDATION), set(evaluate.EPISODES)]
    assert sum(map(len, groups)) == len(set.union(*groups))
