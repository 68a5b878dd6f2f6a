"""The well-known mistakes, put back in one by one: each must be noticed by a test."""

from dataclasses import replace

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from tests.rl import test_rl_dqn, test_rl_env, test_rl_explore, test_rl_replay, test_rl_targets

from undergrad.rl import env, explore, replay, targets
from undergrad.rl.agents import dqn


def mask_from_done(patch):
    honest = env.Stepper.step

    def step(self, action):
        seen, returns = honest(self, action)
        return replace(seen, terminated=seen.ended), returns

    patch.setattr(env.Stepper, "step", step)
    test_rl_env.test_transitions_equal_the_log_of_each_environment(AutoresetMode.DISABLED, 2)


def reset_observation_as_next(patch):
    patch.setattr(env, "_true_next", lambda seen, infos, ended: seen)
    test_rl_env.test_transitions_equal_the_log_of_each_environment(AutoresetMode.SAME_STEP, 2)


def resets_stored_as_steps(patch):
    honest = env.Stepper._begin_again

    def begin_again(self, seen, action, ended):
        observation = honest(self, seen, action, ended)
        self._only_resets = np.zeros(self.size, bool)
        return observation

    patch.setattr(env.Stepper, "_begin_again", begin_again)
    test_rl_env.test_transitions_equal_the_log_of_each_environment(AutoresetMode.NEXT_STEP, 2)


def target_is_the_online_network(patch):
    patch.setattr(dqn.copy, "deepcopy", lambda net: net)
    patch.setattr(test_rl_dqn.nn.Module, "requires_grad_", lambda self, on=True: self)
    test_rl_dqn.test_the_target_stays_while_the_online_network_learns()


def value_of_a_true_end_counts(patch):
    def td(reward, terminated, next_value, discount):
        return reward + discount * next_value

    patch.setattr(targets, "td", td)
    test_rl_dqn.test_equals_q_learning_in_a_table(False, 1)


def double_that_is_not_double(patch):
    patch.setattr(targets, "double_value", lambda target_q, online_q: target_q.max(axis=1))
    test_rl_dqn.test_equals_q_learning_in_a_table(True, 7)


def double_with_the_roles_swapped(patch):
    honest = targets.double_value
    patch.setattr(targets, "double_value", lambda target_q, online_q: honest(online_q, target_q))
    test_rl_dqn.test_equals_q_learning_in_a_table(True, 7)


def one_draw_for_all_environments(patch):
    def epsilon_greedy(q, epsilon, rng):
        if rng.random() < epsilon:
            return rng.integers(q.shape[1], size=len(q))
        return q.argmax(axis=1)

    patch.setattr(test_rl_explore, "epsilon_greedy", epsilon_greedy)
    test_rl_explore.test_every_row_has_a_draw_of_its_own()


def schedule_that_starts_again(patch):
    patch.setattr(explore.Linear, "__call__", lambda self, step: self.start)
    test_rl_dqn.test_the_schedules_follow_the_steps()


def targets_in_double_precision(patch):
    honest = targets.td
    patch.setattr(targets, "td", lambda *arrays: honest(*arrays).astype(np.float64))
    test_rl_targets.test_targets_keep_the_networks_type_and_do_not_change_their_inputs()


def steps_across_episodes(patch):
    honest = replay.Lookahead.join

    def join(self, transitions):
        return honest(self, replace(transitions, truncated=np.zeros(len(transitions), bool)))

    patch.setattr(replay.Lookahead, "join", join)
    test_rl_replay.compare_with_log(2, 60, 40, 3, 0, AutoresetMode.DISABLED)


def discounted_as_if_one_step(patch):
    honest = targets.td
    patch.setattr(targets, "td", lambda r, t, v, discount: honest(r, t, v, 0.9))
    test_rl_dqn.test_equals_q_learning_in_a_table(False, 1)


MISTAKES = [
    mask_from_done,
    reset_observation_as_next,
    resets_stored_as_steps,
    target_is_the_online_network,
    value_of_a_true_end_counts,
    double_that_is_not_double,
    double_with_the_roles_swapped,
    one_draw_for_all_environments,
    schedule_that_starts_again,
    targets_in_double_precision,
    steps_across_episodes,
    discounted_as_if_one_step,
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_is_noticed(mistake, monkeypatch):
    with pytest.raises(AssertionError):
        mistake(monkeypatch)
