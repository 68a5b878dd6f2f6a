"""Mistakes of an agent that sees pixels, and of points in a game."""

from importlib import import_module

import numpy as np
from tests.rl import test_pong
from tests.rl.traps.trap import Trap, everywhere

from undergrad.engine import Tensor
from undergrad.rl import advantages, networks
from undergrad.rl.agents import reinforce
from undergrad.rl.envs import pong


def difference_the_wrong_way_round(patch):
    honest = networks.FrameDifference.forward
    patch.setattr(
        networks.FrameDifference, "forward", lambda self, x: Tensor(-honest(self, x).numpy())
    )


def difference_of_bytes(patch):
    """1 less 2 is 255 then."""

    def wrapped(now, before, brightest):
        difference = now.astype(np.uint8) - before.astype(np.uint8)
        return (difference / np.float32(brightest)).reshape(len(now), -1)

    patch.setattr(networks, "frame_difference", wrapped)


def frames_counted_from_the_front(patch):
    """With two frames that is the same, with three it is not."""
    honest = networks.FrameDifference.forward
    patch.setattr(
        networks.FrameDifference, "forward", lambda self, x: honest(self, Tensor(x.numpy()[:, :2]))
    )


def motion_from_the_game_before(patch):
    honest = pong.Pong.start

    def start(self, generators):
        fresh = honest(self, generators)
        return fresh._replace(row_before=fresh.row * 0, column_before=fresh.column * 0)

    patch.setattr(pong.Pong, "start", start)


def paddles_that_seem_to_stand_still(patch):
    honest = pong.Pong.step

    def step(self, state, action):
        outcome = honest(self, state, action)
        now = outcome.state
        still = now._replace(theirs_before=now.theirs, ours_before=now.ours)
        return outcome._replace(state=still)

    patch.setattr(pong.Pong, "step", step)


def trail_of_a_served_ball(patch):
    honest = pong._planes

    def planes(state):
        games = range(len(state.row))
        seen = honest(state)
        seen[:, 3] = 0
        seen[games, 3, state.row_before, state.column_before] = 1
        return seen

    patch.setitem(pong._SEEN, "planes", (pong._SEEN["planes"][0], planes))


def credit_across_points(patch):
    honest = advantages.returns

    def returns(reward, terminated, *rest):
        return honest(reward, terminated & (reward == 0), *rest)

    patch.setattr(reinforce.advantages, "returns", returns)


def points_of_the_other_side(patch):
    module = import_module("undergrad.rl.evaluate")
    honest = module.fraction_of_points
    lost = lambda *given, **more: 1 - honest(*given, **more)  # noqa: E731
    everywhere(patch, module, "fraction_of_points", lost)


TRAPS = (
    Trap(
        difference_the_wrong_way_round,
        test_pong.test_the_difference_is_of_numbers_and_not_of_bytes,
    ),
    Trap(difference_of_bytes, test_pong.test_the_difference_is_of_numbers_and_not_of_bytes),
    Trap(
        frames_counted_from_the_front,
        test_pong.test_the_difference_is_of_numbers_and_not_of_bytes,
    ),
    Trap(motion_from_the_game_before, test_pong.test_a_new_game_is_not_a_motion),
    Trap(
        paddles_that_seem_to_stand_still,
        test_pong.test_the_newest_frame_shows_the_state_and_the_other_one_what_was_shown_before,
    ),
    Trap(
        trail_of_a_served_ball,
        test_pong.test_planes_show_a_trail_but_none_of_a_ball_that_was_just_served,
    ),
    Trap(credit_across_points, test_pong.test_returns_end_at_each_point),
    Trap(
        points_of_the_other_side,
        test_pong.test_the_fraction_of_points_is_that_of_the_games_played_one_by_one,
        (test_pong.follow,),
    ),
)
