"""Mistakes at the ends of episodes: in rollouts, advantages and evaluations."""

from dataclasses import replace
from importlib import import_module

import numpy as np
from tests.rl import (
    test_advantages,
    test_evaluate,
    test_policy_gradients,
    test_rollout,
)
from tests.rl.traps.trap import Trap, everywhere

from undergrad.rl import advantages, rollout

evaluate = import_module("undergrad.rl.evaluate")  # its name is also that of a function

gradients = test_policy_gradients


def mask_from_done(patch):
    honest = advantages.gae

    def gae(reward, terminated, truncated, *rest):
        return honest(reward, terminated | truncated, truncated, *rest)

    patch.setattr(advantages, "gae", gae)


def no_mask_at_all(patch):
    honest = advantages.gae

    def gae(reward, terminated, truncated, *rest):
        return honest(reward, terminated & False, truncated | terminated, *rest)

    patch.setattr(advantages, "gae", gae)


def advantages_across_time_limits(patch):
    honest = advantages.gae

    def gae(reward, terminated, truncated, *rest):
        return honest(reward, terminated, truncated & False, *rest)

    patch.setattr(advantages, "gae", gae)


def the_value_of_the_row_below(patch):
    """Reads v(s') from the next row, which at the end of an episode is the next one's start."""
    honest = advantages.gae

    def gae(reward, terminated, truncated, value, next_value, *rest):
        below = np.concatenate([value[1:], next_value[-1:]])
        return honest(reward, terminated, truncated, value, below, *rest)

    patch.setattr(advantages, "gae", gae)


def reset_observation_as_next(patch):
    honest = rollout._rollout

    def rolled(recorded, mask):
        whole = honest(recorded, mask)
        below = np.concatenate([whole.observation[1:], whole.next_observation[-1:]])
        return replace(whole, next_observation=below)

    patch.setattr(rollout, "_rollout", rolled)


def the_last_row_as_an_end(patch):
    honest = advantages.gae

    def gae(reward, terminated, *rest):
        terminated = terminated.copy()
        terminated[-1] = True
        return honest(reward, terminated, *rest)

    patch.setattr(advantages, "gae", gae)


def returns_without_the_rest(patch):
    honest = advantages.returns

    def returns(reward, terminated, truncated, next_value, gamma):
        return honest(reward, terminated, truncated, 0 * next_value, gamma)

    patch.setattr(advantages, "returns", returns)


def normalised_for_each_environment(patch):
    def normalized(advantage):
        rows = advantage.reshape(-1, 3)  # the rollouts of the test have 3 environments
        return ((rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-8)).reshape(-1)

    patch.setattr(advantages, "normalized", normalized)


def returns_from_normalised_advantages(patch):
    """The critic must learn returns, not advantages that were brought to mean 0 and std 1."""
    honest = advantages.gae

    def gae(*everything):
        return advantages.normalized(honest(*everything))

    patch.setattr(advantages, "gae", gae)


def probability_of_the_action_that_was_cut_off(patch):
    honest = rollout._rollout

    def rolled(recorded, mask):
        return honest([(seen.action, seen) for _, seen in recorded], mask)

    patch.setattr(rollout, "_rollout", rolled)


def short_episodes_preferred(patch):
    """Takes whatever ended first, and what an environment did after its episode as well."""
    honest = rollout._rollout

    def rolled(recorded, mask):
        return honest(recorded, np.ones_like(mask))

    patch.setattr(rollout, "_rollout", rolled)


def episodes_started_under_an_older_policy(patch):
    patch.setattr("undergrad.rl.env.Stepper.restart", lambda self: None)


def short_episodes_judged(patch):
    """Environments side by side, and whichever episodes end first are the ones that count."""
    honest = evaluate._play

    def play(*inputs):
        first, totals = honest(*inputs)
        quick = totals[2].argsort()[: len(first) // 2]
        return first, totals[:, np.resize(quick, len(first))]

    patch.setattr(evaluate, "_play", play)


def every_evaluation_the_same_episodes(patch):
    honest = evaluate.episode_seeds
    everywhere(patch, evaluate, "episode_seeds", lambda seed, episodes: honest(0, episodes))


TRAPS = (
    Trap(mask_from_done, test_advantages.test_only_a_true_end_cuts_the_value_off, (False, True, 5)),
    Trap(no_mask_at_all, gradients.test_a2c_equals_the_loops, (gradients.THREE, False)),
    Trap(
        advantages_across_time_limits,
        test_advantages.test_nothing_reaches_across_the_end_of_an_episode,
        (1,),
    ),
    Trap(the_value_of_the_row_below, gradients.test_a2c_equals_the_loops, (gradients.THREE, False)),
    Trap(
        reset_observation_as_next,
        test_rollout.test_every_step_is_in_the_log_of_its_environment,
        (3,),
    ),
    Trap(the_last_row_as_an_end, test_advantages.test_gae_equals_its_sum, (0,)),
    Trap(returns_without_the_rest, gradients.test_reinforce_equals_the_loops),
    Trap(
        normalised_for_each_environment,
        gradients.test_a2c_equals_the_loops,
        (gradients.THREE, True),
    ),
    Trap(
        returns_from_normalised_advantages,
        gradients.test_a2c_equals_the_loops,
        (gradients.THREE, True),
    ),
    Trap(
        probability_of_the_action_that_was_cut_off,
        test_rollout.test_the_env_receives_what_it_can_do_and_the_policy_keeps_what_it_sampled,
    ),
    Trap(short_episodes_preferred, test_rollout.test_one_whole_episode_of_each),
    Trap(episodes_started_under_an_older_policy, test_rollout.test_one_whole_episode_of_each),
    Trap(short_episodes_judged, test_evaluate.test_equals_one_episode_after_the_other),
    Trap(every_evaluation_the_same_episodes, test_evaluate.test_other_seeds_are_other_episodes),
)
