"""Mini-pong seen as pixels: the screen shows the state, and what moved is what differs."""

import gymnasium
import numpy as np
import pytest
from gymnasium.wrappers import FrameStackObservation, TransformObservation
from matplotlib.figure import Figure
from tests.rl.oracles import looped_returns, random_rollout
from tests.rl.test_policy_gradients import THREE, made
from tests.runs.on_disk import resume, start

from undergrad import engine
from undergrad.engine import Tensor
from undergrad.errors import UsageError
from undergrad.rl import envs, networks
from undergrad.rl.agents.reinforce import Reinforce
from undergrad.rl.envs import pong
from undergrad.rl.evaluate import episode_seeds, fraction_of_points
from undergrad.rl.run import plots, preset
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.streams import JUDGING
from undergrad.rl.vector_env import EnvSpec

envs.register()
NAME = "undergrad/MiniPong-v0"
PIXELS = EnvSpec(NAME, {"obs_type": "pixels"})
RNG = np.random.default_rng


def played(obs_type, steps, seed=0):
    """Games in a row, random actions: (state, observation, whether a new game just began)."""
    env = gymnasium.make(NAME, obs_type=obs_type).unwrapped
    rng = RNG(seed)
    observation, _ = env.reset(seed=seed)
    yield env.state, observation, True
    for _ in range(steps):
        observation, _, over, _, _ = env.step(int(rng.integers(3)))
        yield env.state, observation, False
        if over:
            observation, _ = env.reset()
            yield env.state, observation, True


def lit(row, column, theirs, ours):
    """The squares that are not dark, from the numbers of the state."""
    paddles = {(theirs[0] + k, 0) for k in (-1, 0, 1)} | {(ours[0] + k, 15) for k in (-1, 0, 1)}
    return paddles | {(row[0], column[0])}


def read(frame):
    assert set(np.unique(frame)) <= {0, 255}
    return {(int(row), int(column)) for row, column in np.argwhere(frame)}


def test_the_newest_frame_shows_the_state_and_the_other_one_what_was_shown_before():
    before, balls = None, 0
    for state, (old, new), fresh in played("pixels", 1500):
        assert read(new) == lit(state.row, state.column, state.theirs, state.ours)
        assert read(old) == (read(new) if fresh else before)
        before, balls = read(new), balls + (0 < state.column[0] < 15)
    assert balls > 1000


def test_the_frames_are_those_that_gymnasium_stacks():
    ours = gymnasium.make(NAME, obs_type="pixels")
    newest = gymnasium.spaces.Box(0, 255, (16, 16), np.uint8)
    single = TransformObservation(gymnasium.make(NAME, obs_type="pixels"), lambda x: x[1], newest)
    theirs, rng = FrameStackObservation(single, 2), RNG(1)
    np.testing.assert_array_equal(ours.reset(seed=4)[0], theirs.reset(seed=4)[0])
    for _ in range(800):
        action = int(rng.integers(3))
        one, two = ours.step(action), theirs.step(action)
        np.testing.assert_array_equal(one[0], two[0])
        assert one[1:4] == two[1:4]
        if one[2] or one[3]:
            np.testing.assert_array_equal(ours.reset()[0], theirs.reset()[0])


def test_planes_show_a_trail_but_none_of_a_ball_that_was_just_served():
    before, served = None, 0
    for state, (ours, theirs, ball, trail), fresh in played("planes", 1500):
        now, points = (state.row[0], state.column[0]), (state.our_points, state.their_points)
        new = fresh or points != before[1]
        over = max(points) >= pong.POINTS
        expected = now if new and not over else before[0]
        served += new
        assert np.argwhere(ball).tolist() == [list(now)]
        assert np.argwhere(trail).tolist() == [list(expected)]
        assert np.argwhere(ours).tolist() == [[state.ours[0] + k, 15] for k in (-1, 0, 1)]
        assert np.argwhere(theirs).tolist() == [[state.theirs[0] + k, 0] for k in (-1, 0, 1)]
        before = (now, points)
    assert served > 30


def test_both_ways_to_see_it_are_the_same_game():
    games = {kind: played(kind, 600, seed=3) for kind in ("planes", "pixels")}
    for (one, planes, _), (two, pixels, _) in zip(*games.values(), strict=True):
        assert one == two
        np.testing.assert_array_equal(planes[:3].any(axis=0), pixels[1] > 0)


def test_an_unknown_way_to_see_it_is_named():
    with pytest.raises(UsageError, match="obs_type is colours, and must be planes or pixels"):
        EnvSpec(NAME, {"obs_type": "colours"}).make(1, 0)


# What the network sees


def test_the_difference_is_of_numbers_and_not_of_bytes():
    frames = RNG(0).integers(0, 256, (5, 3, 4, 6)).astype(np.uint8)
    whole = frames.astype(int)
    expected = (whole[:, 2] - whole[:, 1]).reshape(5, 24) / 255
    found = networks.FrameDifference(255)(Tensor(frames)).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.min() < -0.5
    newest = networks.NewestFrame(255)(Tensor(frames)).numpy()
    np.testing.assert_allclose(newest, whole[:, 2].reshape(5, 24) / 255, atol=1e-6)


def test_a_new_game_is_not_a_motion():
    """Whatever the game before it looked like: nothing has moved yet."""
    see = networks.FrameDifference(255)
    moved = [
        (fresh, bool(see(Tensor(seen[None])).numpy().any()))
        for _, seen, fresh in played("pixels", 1500)
    ]
    assert sum(fresh for fresh, _ in moved) > 8
    assert not any(motion for fresh, motion in moved if fresh)
    assert all(motion for fresh, motion in moved if not fresh)


def test_several_games_that_restart_at_different_times_see_no_motion_either():
    games, rng = PIXELS.make(6, 0), RNG(0)
    for _ in range(400):
        transitions, _ = games.step(rng.integers(3, size=6))
        ended = transitions.ended
        frames = games.observation
        np.testing.assert_array_equal(frames[ended, 0], frames[ended, 1])
        np.testing.assert_array_equal(frames[~ended, 0], transitions.observation[~ended, 1])
    games.close()


@pytest.mark.parametrize("encoder", ["frame_difference", "newest_frame"])
@pytest.mark.parametrize("name", ["minipong", "minipong-ppo"])
def test_what_is_not_in_the_observation_cannot_be_learned_from(name, encoder):
    trainer = Trainer(short(name, encoder=encoder), 0)
    net, rng = trainer.agent.net, RNG(0)
    trainer.close()
    frames = rng.integers(0, 2, (3, 2, 16, 16)).astype(np.uint8) * 255
    flipped = 255 - frames
    both = net.policy(flipped).logits.numpy(), net.policy(frames).logits.numpy()
    assert not np.allclose(*both)
    older = frames.copy()
    older[:, 0] = rng.integers(0, 2, (3, 16, 16)) * 255
    same = np.array_equal(net.policy(older).logits.numpy(), both[1])
    assert same == (encoder == "newest_frame")


@pytest.mark.parametrize("world", ["CartPole-v1", "FrozenLake-v1"])
def test_an_encoder_of_frames_says_what_it_needs(world):
    task = preset.define("x", {**QUICK, "environment": world})
    with pytest.raises(UsageError, match="frame_difference needs two or more images of bytes"):
        Trainer(task, 0)


QUICK = {
    "title": "x",
    "what": "x",
    "agent": "ppo",
    "pass_line": {"score": 0, "episodes": 1},
    "settings": {"encoder": "frame_difference"},
    "expected": {"seconds": 0, "megabytes": 0},
}


# Points


def test_returns_end_at_each_point():
    rng = RNG(3)
    rollout = random_rollout(rng, steps=9)
    points = rng.integers(-1, 2, rollout.reward.shape).astype(float)
    points[0, 0], points[1, 0] = 0, 1  # so that at least one step is followed by a point
    rollout.reward[:] = points
    agent, _ = made(Reinforce, THREE, 7, gamma=0.9, baseline=False, reset_at_reward=True)
    ends = (rollout.terminated | (points != 0), rollout.truncated)
    expected = looped_returns(points, *ends, np.zeros_like(points), 0.9)
    np.testing.assert_allclose(agent._returns(rollout), expected, atol=1e-6)
    across, _ = made(Reinforce, THREE, 7, gamma=0.9, baseline=False)
    ends = (rollout.terminated, rollout.truncated)
    expected = looped_returns(points, *ends, np.zeros_like(points), 0.9)
    np.testing.assert_allclose(across._returns(rollout), expected, atol=1e-6)


def follow(observation):
    """Moves towards the row of the ball, read from the planes."""
    ours, _, ball, _ = observation.transpose(1, 0, 2, 3)
    rows = ball.any(axis=2).argmax(axis=1) - ours[:, :, -1].argmax(axis=1) - 1
    return np.array([1, 0, 2])[np.sign(rows) + 1]


@pytest.mark.parametrize("policy", [follow, lambda seen: np.zeros(len(seen), int)])
def test_the_fraction_of_points_is_that_of_the_games_played_one_by_one(policy):
    points = np.zeros(2, int)  # lost, won
    for seed in episode_seeds(JUDGING, 12):
        env = gymnasium.make(NAME)
        seen, _ = env.reset(seed=seed)
        over = False
        while not over:
            seen, _, terminated, truncated, _ = env.step(policy(seen[None])[0])
            over = terminated or truncated
        state = env.unwrapped.state
        points += np.array([state.their_points[0], state.our_points[0]])
    found = fraction_of_points(policy, EnvSpec(NAME), 0.99, games=12)
    assert found == points[1] / points.sum()
    assert 0 < found < 1


def test_without_a_point_nothing_was_won():
    assert fraction_of_points(follow, EnvSpec(NAME, {"max_episode_steps": 3}), 1.0) == 0


# Runs


def short(name, **changes):
    """Quickly over; a game may last for 400 steps and more."""
    small = {"steps": "6000", "n_envs": "3", "hidden_sizes": "8", "evaluation_episodes": "2"}
    often = {"evaluate_every": "3000", "log_every": "500"}
    rollouts = {"n_steps": "100", "batch_size": "100"} if name.endswith("ppo") else {}
    return preset.load(name).with_settings(small | often | rollouts | changes)


@pytest.mark.parametrize("name", ["minipong", "minipong-ppo"])
def test_saved_and_resumed_equals_undisturbed(name, tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    whole, trainer = Trainer(short(name), 3), Trainer(short(name), 3)
    rows, log = [], []
    while not whole.finished:
        log += whole.advance()
    for _ in range(2):
        rows += trainer.advance()
        engine.save(path, trainer=trainer)
        trainer = Trainer(short(name), 3)
        engine.load(path, trainer=trainer)
    while not trainer.finished:
        rows += trainer.advance()
    assert trainer.agent.updates == whole.agent.updates > 3
    assert rows == log
    for key, weights in whole.agent.net.state_dict().items():
        np.testing.assert_array_equal(weights, trainer.agent.net.state_dict()[key])
    whole.close()
    trainer.close()


@pytest.mark.slow
def test_a_run_leaves_an_image_of_the_first_layer(tmp_path):
    folder = start(short("minipong", steps="3000"), tmp_path, [0])
    resume(folder)
    assert (folder / "seed-0" / "weights.svg").stat().st_size > 1000


def test_the_units_that_count_most_are_drawn_from_the_newest_frame(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(plots, "_signed", lambda image: drawn.append(image) or image)
    monkeypatch.setattr(plots.plots, "save", lambda fill, stem, size: fill(Figure()))
    rng = RNG(0)
    hidden, output = rng.normal(size=(40, 2 * 6 * 5)), rng.normal(size=(3, 40))
    plots.draw_weights(hidden, output, (6, 5), tmp_path / "weights")
    newest = hidden[:, 30:].reshape(40, 6, 5)
    size = [np.sqrt((newest[i] ** 2).sum() * (output[:, i] ** 2).sum()) for i in range(40)]
    most = sorted(range(40), key=lambda i: -size[i])[:24]
    np.testing.assert_array_equal(drawn, newest[most])


def test_the_colour_is_the_sign_and_nothing_is_the_paper():
    colours = plots._signed(np.array([[0.5, -1.0, 0.0]]))
    assert colours[0, :, 3].tolist() == [0.5, 1.0, 0.0]
    red, _, blue = colours[0, :2, :3].T
    assert blue[0] > red[0]
    assert red[1] > blue[1]
    assert np.isfinite(plots._signed(np.zeros((2, 2)))).all()
