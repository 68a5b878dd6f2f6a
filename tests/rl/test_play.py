"""An agent that is watched: the same episodes as judged it, as a clip and in a window."""

import numpy as np
import pytest
from PIL import Image
from tests.runs.on_disk import evaluate, read_record, resume, start
from tests.sample import one_in

from undergrad.errors import UsageError
from undergrad.rl.envs import NAMES
from undergrad.rl.run import play, preset, render
from undergrad.rl.vector_env import EnvSpec
from undergrad.runs import Run

CART = EnvSpec("CartPole-v1")
SHORT = {"steps": "300", "evaluation_episodes": "2", "evaluate_every": "150", "n_envs": "3"}
OF_DQN = {"hidden_sizes": "8", "batch_size": "16", "learning_starts": "60", "buffer_size": "200"}
QUIET = {"hidden_sizes": "8"}
AGENTS = {
    "cartpole": OF_DQN,
    "catch": OF_DQN,
    "frozenlake": {},
    "ppo": QUIET,
    "reinforce": QUIET,
    "ppo-pendulum": QUIET,
    "sac-pendulum": OF_DQN | {"gradient_steps": "1"},
    "td3-pendulum": OF_DQN | {"gradient_steps": "1"},
}


def left(observation):
    return np.zeros(len(observation), int)


@pytest.mark.parametrize("name", one_in(2, AGENTS))
def test_every_kind_of_agent_plays_the_episodes_that_judged_it(name, tmp_path):
    task = preset.load(name)
    task = task.with_settings((SHORT if name != "frozenlake" else {"steps": "300"}) | AGENTS[name])
    folder = start(task, tmp_path, [2])
    resume(folder)
    who = play.player(Run.read(folder))
    returns = render.save_clip(who.policy, task.env, who.starts(1), tmp_path / "clip.webp")
    (judged,) = evaluate(folder, episodes=1)
    assert returns == [pytest.approx(judged["score"])]
    with pytest.raises(UsageError, match="has no seed 7, only 2"):
        play.player(Run.read(folder), 7)


@pytest.mark.parametrize("name", [*NAMES, "FrozenLake-v1", "CliffWalking-v1", "Taxi-v4"])
def test_every_world_can_be_watched(name, tmp_path):
    with render.rendered(EnvSpec(name)) as env:
        action = np.zeros_like(env.action_space.sample())
        moments = render.episode(env, lambda seen: np.stack([action] * len(seen)), 0)
        pictures = [moment.image for moment, _ in zip(moments, range(3), strict=False)]
    assert all(p.dtype == np.uint8 and p.ndim == 3 and p.shape[2] == 3 for p in pictures)


def test_a_clip_has_every_second_picture_and_rests_at_the_ends(tmp_path):
    path, seeds = tmp_path / "clip.webp", [1, 2]
    returns = render.save_clip(left, CART, seeds, path)
    with render.rendered(CART) as env:
        alone = [list(render.episode(env, left, seed)) for seed in seeds]
    assert returns == [moments[-1].earned for moments in alone]
    assert [len(moments) - 1 for moments in alone] == returns  # a point for each step
    with Image.open(path) as shown:
        assert shown.size == (300, 200)
        assert shown.n_frames >= sum(returns) // 2
        durations = []
        for frame in range(shown.n_frames):
            shown.seek(frame)
            shown.load()
            durations.append(shown.info["duration"])
    assert durations.count(1000) == 2
    assert durations[-1] == 1000


@pytest.fixture
def pygame(monkeypatch):
    """A screen that nobody sees."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    opened = render.open_window("a test")
    yield opened
    opened.display.quit()


def test_the_window_shows_the_last_picture(pygame):
    with render.rendered(EnvSpec("undergrad/Catch-v0")) as env:
        moments = list(render.episode(env, left, 0))
    assert render.show(pygame, moments, 10_000) == [moments[-1].earned]
    shown = pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)
    factor = len(shown) // len(moments[-1].image)
    assert factor >= 2  # a small world is enlarged
    np.testing.assert_array_equal(shown[::factor, ::factor], moments[-1].image)


def test_a_closed_window_ends_it(pygame):
    seen = []

    def moments():
        with render.rendered(CART) as env:
            for count, moment in enumerate(render.episodes(env, left, range(100))):
                if count == 3:
                    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_q))
                seen.append(moment)
                yield moment

    assert render.show(pygame, moments(), 10_000) == []
    assert len(seen) == 4


def test_whether_there_is_a_screen(monkeypatch):
    monkeypatch.setattr(render.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not render.has_screen()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert render.has_screen()
    monkeypatch.setattr(render, "find_spec", lambda name: None)
    assert not render.has_screen()


def test_a_run_that_stopped_early_is_named(tmp_path):
    folder = start(preset.load("cartpole"), tmp_path, [0])
    with pytest.raises(UsageError, match="no checkpoint yet"):
        play.player(Run.read(folder))
    calls = iter(range(9))
    resume(folder, should_stop=lambda: next(calls) > 5)
    with pytest.raises(UsageError, match="before its first evaluation"):
        play.player(Run.read(folder))
    assert read_record(folder)["state"] == "interrupted"
