"""The well-known mistakes, put back in one by one: each must be noticed by a test."""

from dataclasses import replace

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from tests.rl import (
    test_rl_dqn,
    test_rl_env,
    test_rl_explore,
    test_rl_frames,
    test_rl_nets,
    test_rl_replay,
    test_rl_sumtree,
    test_rl_targets,
)

from undergrad.rl import env, explore, frames, nets, replay, sumtree, targets
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


def dueling_mean_over_the_batch(patch):
    def forward(self, x):
        parts = x.reshape(len(x.data), 1 + self.actions, -1)
        value, advantage = parts[:, :1], parts[:, 1:]
        return (value + advantage - advantage.mean()).reshape(len(x.data), -1)

    patch.setattr(nets.Dueling, "forward", forward)
    test_rl_nets.test_dueling_centres_the_advantages_of_each_row(4)


def atoms_that_lose_probability(patch):
    """The shares of algorithm 1 as printed: both 0 when a place is exactly an atom."""

    def categorical(reward, terminated, probability, atoms, discount):
        gap = atoms[1] - atoms[0]
        moved = reward[:, None] + np.reshape(discount, (-1, 1)) * atoms * ~terminated[:, None]
        place = (moved.clip(atoms[0], atoms[-1]) - atoms[0]) / gap
        low, high, out = np.floor(place).astype(int), np.ceil(place).astype(int), 0 * probability
        for row in range(len(reward)):
            np.add.at(out[row], low[row], probability[row] * (high - place)[row])
            np.add.at(out[row], high[row], probability[row] * (place - low)[row])
        return out

    patch.setattr(targets, "categorical", categorical)
    test_rl_targets.test_categorical_on_an_atom_and_beyond_the_ends(0, [0, 1, 0, 0])


def unwritten_leaf_is_found(patch):
    def find(self, place):
        node, place = np.ones(len(place), np.intp), np.array(place, float)
        for _ in range(self.depth):
            left = self.nodes[2 * node]
            right = place > left  # not >=, and an empty side may be entered
            place = np.where(right, place - left, place)
            node = 2 * node + right
        return node - self.first

    patch.setattr(sumtree.SumTree, "find", find)
    test_rl_sumtree.test_equals_a_search_in_the_running_sums(6)


def surprises_without_their_weights(patch):
    honest = dqn.DQN.learn
    patch.setattr(dqn.DQN, "learn", lambda self, batch: honest(self, replace(batch, weight=None)))
    test_rl_dqn.test_what_counts_less_pulls_less()


def stacks_across_episodes(patch):
    def pair(self, transitions, i):
        env = int(transitions.env[i])
        seen = self.newest.get(env, -1)
        seen = self._add(transitions.observation[i][-1], seen)
        self.newest[env] = self._add(transitions.next_observation[i][-1], seen)
        return seen, self.newest[env]

    patch.setattr(frames.FrameStore, "_pair", pair)
    test_rl_frames.test_stacks_are_those_that_were_seen()


def noise_in_greedy_play(patch):
    def act_greedily(self, seen):
        dqn.shake(self.online, self.rng)
        return nets.run(self.online, seen).argmax(axis=1)

    patch.setattr(dqn.DQN, "act_greedily", act_greedily)
    test_rl_dqn.test_a_noisy_network_trembles_when_it_acts_and_never_when_it_is_greedy()


def quantiles_pulled_the_wrong_way(patch):
    honest = targets.quantile_huber

    def swapped(quantile, goal, delta):
        loss, gradient = honest(quantile[:, ::-1], goal, delta)  # tau and 1 - tau
        return loss, gradient[:, ::-1]

    patch.setattr(targets, "quantile_huber", swapped)
    test_rl_targets.test_quantile_loss_equals_the_loop_and_its_gradient_the_difference(0)


MISTAKES = [
    dueling_mean_over_the_batch,
    atoms_that_lose_probability,
    unwritten_leaf_is_found,
    surprises_without_their_weights,
    stacks_across_episodes,
    noise_in_greedy_play,
    quantiles_pulled_the_wrong_way,
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
