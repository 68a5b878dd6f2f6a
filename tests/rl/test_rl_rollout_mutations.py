"""The well-known mistakes at the ends of episodes, put back in: each must be noticed by a test."""

from dataclasses import replace

import numpy as np
import pytest
from tests.rl import test_rl_advantages, test_rl_policy_gradients, test_rl_rollout

from undergrad.rl import advantages, rollout

gradients = test_rl_policy_gradients


def mask_from_done(patch):
    honest = advantages.gae

    def gae(reward, terminated, truncated, *rest):
        return honest(reward, terminated | truncated, truncated, *rest)

    patch.setattr(advantages, "gae", gae)
    test_rl_advantages.test_only_a_true_end_cuts_the_value_off(False, True, 5)


def no_mask_at_all(patch):
    honest = advantages.gae

    def gae(reward, terminated, truncated, *rest):
        return honest(reward, terminated & False, truncated | terminated, *rest)

    patch.setattr(advantages, "gae", gae)
    gradients.test_a2c_equals_the_loops(gradients.THREE, False)


def advantages_across_time_limits(patch):
    honest = advantages.gae

    def gae(reward, terminated, truncated, *rest):
        return honest(reward, terminated, truncated & False, *rest)

    patch.setattr(advantages, "gae", gae)
    test_rl_advantages.test_nothing_reaches_across_the_end_of_an_episode(1)


def the_value_of_the_row_below(patch):
    """Reads v(s') from the next row, which at the end of an episode is the next one's start."""
    honest = advantages.gae

    def gae(reward, terminated, truncated, value, next_value, *rest):
        below = np.concatenate([value[1:], next_value[-1:]])
        return honest(reward, terminated, truncated, value, below, *rest)

    patch.setattr(advantages, "gae", gae)
    gradients.test_a2c_equals_the_loops(gradients.THREE, False)


def reset_observation_as_next(patch):
    honest = rollout._rollout

    def rolled(moments, counts):
        whole = honest(moments, counts)
        below = np.concatenate([whole.observation[1:], whole.next_observation[-1:]])
        return replace(whole, next_observation=below)

    patch.setattr(rollout, "_rollout", rolled)
    test_rl_rollout.test_every_step_is_in_the_log_of_its_environment(3)


def the_last_row_as_an_end(patch):
    honest = advantages.gae

    def gae(reward, terminated, *rest):
        terminated = terminated.copy()
        terminated[-1] = True
        return honest(reward, terminated, *rest)

    patch.setattr(advantages, "gae", gae)
    test_rl_advantages.test_gae_equals_its_sum(0)


def returns_without_the_rest(patch):
    honest = advantages.returns

    def returns(reward, terminated, truncated, next_value, discount):
        return honest(reward, terminated, truncated, 0 * next_value, discount)

    patch.setattr(advantages, "returns", returns)
    gradients.test_reinforce_equals_the_loops()


def normalised_for_each_environment(patch):
    def normalised(advantage):
        return (advantage - advantage.mean(axis=0)) / (advantage.std(axis=0) + 1e-8)

    patch.setattr(advantages, "normalised", normalised)
    gradients.test_a2c_equals_the_loops(gradients.THREE, True)


def goals_from_normalised_advantages(patch):
    """The critic must learn returns, not advantages that were brought to mean 0 and spread 1."""
    honest = advantages.gae

    def gae(*everything):
        return advantages.normalised(honest(*everything))

    patch.setattr(advantages, "gae", gae)
    gradients.test_a2c_equals_the_loops(gradients.THREE, True)


def surprise_of_the_action_that_was_cut_off(patch):
    honest = rollout._rollout

    def rolled(moments, counts):
        return honest([(seen.action, seen) for _, seen in moments], counts)

    patch.setattr(rollout, "_rollout", rolled)
    test_rl_rollout.test_the_world_is_told_what_it_can_do_and_the_policy_keeps_what_it_drew()


def short_episodes_preferred(patch):
    """Takes whatever ended first, and what an environment did after its episode as well."""
    honest = rollout._rollout

    def rolled(moments, counts):
        return honest(moments, np.ones_like(counts))

    patch.setattr(rollout, "_rollout", rolled)
    test_rl_rollout.test_one_whole_episode_of_each()


def episodes_begun_under_an_older_policy(patch):
    patch.setattr("undergrad.rl.env.Stepper.restart", lambda self: None)
    test_rl_rollout.test_one_whole_episode_of_each()


MISTAKES = [
    mask_from_done,
    no_mask_at_all,
    advantages_across_time_limits,
    the_value_of_the_row_below,
    reset_observation_as_next,
    the_last_row_as_an_end,
    returns_without_the_rest,
    normalised_for_each_environment,
    goals_from_normalised_advantages,
    surprise_of_the_action_that_was_cut_off,
    short_episodes_preferred,
    episodes_begun_under_an_older_policy,
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_is_noticed(mistake, monkeypatch):
    with pytest.raises(AssertionError):
        mistake(monkeypatch)
