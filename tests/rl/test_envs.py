"""Our own environments: Gymnasium's checker, seeds, rules, and one game equal to one of many."""

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from tests.rl.toys import random_actions

from undergrad.rl import envs
from undergrad.rl.envs import catch, courier, draws, garden, pong, puck

envs.register()


def played(env, actions, seed):
    """Everything that an environment says, episode after episode, as plain values."""
    told = [env.reset(seed=seed)[0].tolist()]
    for action in actions:
        seen, reward, terminated, truncated, _ = env.step(action)
        told.append((seen.tolist(), reward, terminated, truncated))
        if terminated or truncated:
            told.append(env.reset()[0].tolist())
    return told


@pytest.mark.parametrize("name", envs.NAMES)
def test_gymnasiums_checker_is_content(name):
    with warnings.catch_warnings():
        # A speed has no bound; Gymnasium's own CartPole has the same space.
        warnings.filterwarnings("ignore", message=".*-?infinity")
        check_env(gymnasium.make(name, render_mode="rgb_array").unwrapped)


@pytest.mark.parametrize("name", envs.NAMES)
def test_the_seed_decides_everything_and_seeds_differ(name):
    actions = random_actions(name, 300)
    one, same, other = (played(gymnasium.make(name), actions, seed) for seed in (7, 7, 8))
    assert one == same
    assert one != other or name in ("undergrad/Chain-v0", "undergrad/Cliff-v0")  # no chance there


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("name", envs.NAMES)
def test_many_games_equal_gymnasiums_loop_over_single_ones(name, mode):
    size, steps = 3, 260
    vector = {"autoreset_mode": mode}
    ours = gymnasium.make_vec(name, size, "vector_entry_point", **vector)
    theirs = gymnasium.make_vec(name, size, "sync", vector_kwargs=vector)
    np.testing.assert_array_equal(ours.reset(seed=5)[0], theirs.reset(seed=5)[0])
    for action in random_actions(name, (steps, size)):
        one, two = ours.step(action), theirs.step(action)
        for a, b in zip(one[:4], two[:4], strict=True):
            np.testing.assert_array_equal(a, b)
        assert ours.single_observation_space.contains(one[0][0])
        ended = one[2] | one[3]
        if mode is AutoresetMode.SAME_STEP and ended.any():
            for i in np.flatnonzero(ended):
                np.testing.assert_array_equal(one[4]["final_obs"][i], two[4]["final_obs"][i])
        if mode is AutoresetMode.DISABLED and ended.any():
            again = {"seed": [1, 2, 3], "options": {"reset_mask": ended}}
            first = ours.reset(**again)[0]
            np.testing.assert_array_equal(first, theirs.reset(**again)[0])


@pytest.mark.parametrize("name", envs.NAMES)
def test_pictures_are_pixels_and_change_with_the_game(name):
    env = gymnasium.make(name, render_mode="rgb_array")
    env.reset(seed=0)
    first = env.render()
    assert first.dtype == np.uint8
    assert first.ndim == 3
    pictures = []
    for action in random_actions(name, 8):
        *_, terminated, truncated, _ = env.step(action)
        pictures.append(env.render())
        if terminated or truncated:
            break
    assert any((picture != first).any() for picture in pictures)


def test_every_letter_of_a_map_has_its_colour():
    env = gymnasium.make("undergrad/Gridworld-v0", render_mode="rgb_array").unwrapped
    env.reset(seed=0)
    squares = env.render()[4::48, 4::48]  # a corner of each square
    kinds = {}
    for line, row in zip(env.rules.layout, squares, strict=True):
        for letter, colour in zip(line, row, strict=True):
            kinds.setdefault(letter, set()).add(tuple(colour.tolist()))
    assert set(kinds) == set("SGH#.")
    assert all(len(colours) == 1 for colours in kinds.values())
    assert len(set.union(*kinds.values())) == 5


def test_an_action_that_does_not_exist_is_named():
    env = gymnasium.make("undergrad/Catch-v0")
    env.reset(seed=0)
    with pytest.raises(ValueError, match="3 is no action: there are 0 to 2"):
        env.step(3)


def test_cartpole_equals_gymnasiums_to_the_last_bit():
    """Over whole episodes and further starts, the observations and both flags."""
    actions = random_actions("CartPole-v1", 3000)
    for seed in range(3):
        ours, theirs = gymnasium.make("undergrad/CartPole-v1"), gymnasium.make("CartPole-v1")
        assert played(ours, actions, seed) == played(theirs, actions, seed)
    balanced = gymnasium.make("undergrad/CartPole-v1")
    seen, _ = balanced.reset(seed=0)
    for step in range(500):
        seen, _, terminated, truncated, _ = balanced.step(int(seen[2] + 0.3 * seen[3] > 0))
        assert not terminated
        assert truncated == (step == 499)


def test_draws_are_even_and_streams_are_independent():
    stream = draws.streams([np.random.default_rng(seed) for seed in range(200)])
    after, units = draws.uniform(stream, 500)
    counts = np.histogram(units, bins=50, range=(0, 1))[0]
    expected = units.size / 50
    assert ((counts - expected) ** 2 / expected).sum() < 85.4  # chi-square, 49 degrees, 0.1 %
    assert abs(np.corrcoef(units)[np.triu_indices(200, 1)]).max() < 0.25
    longer = draws.uniform(stream, 1000)[1]
    np.testing.assert_array_equal(longer[:, :500], units)
    np.testing.assert_array_equal(longer[:, 500:], draws.uniform(after, 500)[1])
    drawn = draws.normal(units[:, ::2], units[:, 1::2])
    assert (drawn.mean(), drawn.std()) == pytest.approx((0, 1), abs=0.02)


# The rules, told again one step at a time.


def at_start(game, seed, count=1):
    return game.start([np.random.default_rng(seed + i) for i in range(count)])


def test_catch_follows_the_ball_and_pays_at_the_end():
    game = catch.Catch()
    state = at_start(game, 0, 200)
    for step in range(9):
        towards = np.sign(state.column - state.paddle) + 1
        state, reward, over = game.step(state, towards)
        assert over.all() == (step == 8)
        assert (reward == (1 if step == 8 else 0)).all()
    state = at_start(game, 0, 200)
    for _ in range(9):
        state, reward, over = game.step(state, np.zeros(200, int))
    np.testing.assert_array_equal(reward, np.where(state.column == 0, 1, -1))


def test_pong_bounces_returns_and_counts():
    game = pong.Pong()
    none = np.zeros(1, int)
    rally = pong.Rally(*(none for _ in range(12)), at_start(game, 3).stream)
    flying = rally._replace(column=none + 14, row=none + 5, ours=none + 5, column_speed=none + 1)
    for offset in (-1, 0, 1):  # where the ball meets our paddle decides how it goes back
        state = flying._replace(ours=none + 5 - offset)
        after, reward, _ = game.step(state, none)
        assert (after.row_speed[0], after.column_speed[0], reward[0]) == (offset, -1, 0)
    after, reward, _ = game.step(flying._replace(ours=none + 9), none)
    assert reward[0] == -1
    assert (after.their_points[0], after.our_points[0]) == (1, 0)
    assert (after.column[0], after.column_speed[0]) == (8, -1)  # served towards who scored
    last = flying._replace(ours=none + 9, their_points=none + 4)
    assert game.step(last, none).terminated[0]
    top = rally._replace(column=none + 8, row=none, row_speed=none - 1, column_speed=none + 1)
    after = game.step(top, none).state
    assert (after.row[0], after.row_speed[0], after.column[0]) == (1, 1, 9)


@pytest.mark.parametrize(
    ("plan", "low", "high"), [("stay", -4, -2), ("return", -1, 1), ("slant", 4, 5)]
)
def test_pong_must_be_won_by_slanting(plan, low, high):
    """Points of whole games: who stands still loses, who returns all draws, who slants wins."""
    game = pong.Pong()
    state, total, playing = at_start(game, 0, 100), np.zeros(100), np.ones(100, bool)
    for _ in range(1000):
        beside = np.where(state.row < 8, 1, -1) if plan == "slant" else 0
        aim = state.row + state.row_speed + beside
        action = np.array([1, 0, 2])[np.sign(aim - state.ours) + 1] * (plan != "stay")
        state, reward, over = game.step(state, action)
        total += reward * playing
        playing &= ~over
    assert low <= total.mean() <= high


def test_courier_arrives_turns_round_and_is_run_over():
    game = courier.Courier()
    state = at_start(game, 1)
    beside = state._replace(courier=state.house - [[0, 1]])
    after, reward, over = game.step(beside, np.array([2]))
    assert reward[0] == 1
    assert not over[0]
    assert after.house[0, 1] == 0  # the answer goes back to the left edge
    rows = courier.carts(state.offset, state.time + 1)[0, 0]
    waiting = state._replace(courier=np.array([[rows[0], 1]]))
    assert game.step(waiting, np.array([2])).terminated[0]
    assert not game.step(waiting, np.array([0])).terminated[0]


def test_courier_carts_move_as_described():
    offset = np.zeros((1, 5), int)
    rows = [courier.carts(offset, np.array([time]))[0, :, 0].tolist() for time in range(4)]
    assert rows == [[0, 0, 0, 0, 0], [1, 0, 9, 0, 9], [2, 9, 8, 1, 8], [3, 9, 7, 1, 7]]


def test_garden_pulls_grows_and_chokes():
    game = garden.Garden()
    state = at_start(game, 0)
    assert (state.flowers.sum(), state.weeds.sum()) == (6, 3)
    weed = np.argwhere(state.weeds[0])[:1]
    after, reward, _ = game.step(state._replace(gardener=weed), np.array([0]))
    assert not after.weeds[0, weed[0, 0], weed[0, 1]]
    choked = (state.flowers & after.weeds).sum()
    assert reward[0] == 1 - 2 * choked
    everywhere = state._replace(weeds=np.ones((1, 10, 10), bool), gardener=np.array([[0, 0]]))
    after, reward, over = game.step(everywhere, np.array([0]))
    assert over[0]
    assert reward[0] == 1 - 2 * (6 - state.flowers[0, 0, 0] * 1)


def test_garden_weeds_spread_at_the_stated_rate_to_all_four_sides():
    game, count = garden.Garden(), 20_000
    middle = np.zeros((count, 10, 10), bool)
    middle[:, 5, 5] = True
    stream = draws.streams([np.random.default_rng(0)]) + np.arange(count, dtype=np.uint64) * 977
    flowers, corner = np.zeros_like(middle), np.zeros((count, 2), int)
    state = garden.Beds(corner, flowers, middle, stream)
    grown = game.step(state, np.zeros(count, int)).state.weeds.mean(axis=0)
    beside = [grown[4, 5], grown[5, 6], grown[6, 5], grown[5, 4]]
    np.testing.assert_allclose(beside, 0.02 / 4 + 0.05 / 100, atol=0.002)
    assert grown.sum() == pytest.approx(1 + 0.02 + 0.05 * 0.98, abs=0.006)


# The puck


def slide(place=(0.0, 0.0), velocity=(0.0, 0.0), goal=(0.5, 0.0), games=1):
    rows = (np.tile(np.array(row, float), (games, 1)) for row in (place, velocity, goal))
    return puck.Slide(*rows, draws.streams([np.random.default_rng(i) for i in range(games)]))


def test_the_puck_is_pushed_slowed_down_and_moved():
    game, state = puck.Puck(gust=0), slide((0.1, -0.2), (0.4, -0.6))
    after, reward, over = game.step(state, np.float32([[1, -0.5]]))
    velocity = [0.4 + 0.1 * (1 - 0.5 * 0.4), -0.6 + 0.1 * (-0.5 + 0.5 * 0.6)]
    place = [0.1 + 0.1 * velocity[0], -0.2 + 0.1 * velocity[1]]
    np.testing.assert_allclose(after.velocity, [velocity])
    np.testing.assert_allclose(after.place, [place])
    distance = np.hypot(place[0] - 0.5, place[1])
    assert reward[0] == pytest.approx(1 / (1 + (distance / 0.2) ** 2) - 0.05 * 1.25)
    assert not over[0]
    seen = game.observe(after)
    np.testing.assert_allclose(seen, [[*place, *velocity, 0.5 - place[0], -place[1]]], rtol=1e-6)


def test_the_goal_earns_one_and_half_of_it_twenty_centimetres_away():
    game, none = puck.Puck(gust=0), np.zeros((1, 2), np.float32)
    for place, expected in (((0.5, 0.0), 1), ((0.5, 0.2), 0.5), ((0.3, 0.0), 0.5)):
        assert game.step(slide(place), none).reward[0] == pytest.approx(expected)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_puck_that_slides_off_is_the_end(axis, side):
    place, velocity = np.zeros(2), np.zeros(2)
    place[axis], velocity[axis] = 0.95 * side, 0.4 * side
    game = puck.Puck(gust=0)
    after, _, over = game.step(slide(place, velocity), np.zeros((1, 2), np.float32))
    assert not over[0]  # 0.988
    assert game.step(after, np.zeros((1, 2), np.float32)).terminated[0]


def test_gusts_and_noise_in_the_reward_have_their_standard_deviations():
    none = np.zeros((20_000, 2), np.float32)
    calm, windy = puck.Puck(gust=0), puck.Puck(gust=0.4, reward_noise=3.0)
    still, (after, reward, _) = slide(games=20_000), windy.step(slide(games=20_000), none)
    np.testing.assert_allclose(after.velocity.std(axis=0), 0.04, rtol=0.03)
    np.testing.assert_allclose(after.velocity.mean(axis=0), 0, atol=0.002)
    assert (reward - calm.step(still, none).reward).std() == pytest.approx(3, rel=0.03)
    assert abs(np.corrcoef(after.velocity.T, reward)[np.triu_indices(3, 1)]).max() < 0.03


def test_puck_and_goal_start_at_rest_away_from_the_edge():
    state = at_start(puck.Puck(), 0, 2000)
    assert not state.velocity.any()
    for drawn in (state.place, state.goal):
        assert 0.75 < np.abs(drawn).max() <= 0.8
        np.testing.assert_allclose(drawn.std(axis=0), 0.8 / 3**0.5, rtol=0.05)
