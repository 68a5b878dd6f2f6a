"""Mistakes of the DQN family: goals, networks, exploration and the loss."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
from tests.rl import (
    test_dqn,
    test_explore,
    test_nets,
    test_readouts,
    test_targets,
)
from tests.rl.traps.trap import Trap, everywhere

from undergrad.engine import Tensor
from undergrad.rl import explore, noisy, targets
from undergrad.rl.agents import dqn, readouts


def target_is_the_online_network(patch):
    patch.setattr(dqn, "copy", SimpleNamespace(deepcopy=lambda net: net))
    patch.setattr(test_dqn.nn.Module, "requires_grad_", lambda self, on=True: self)


def value_of_a_true_end_counts(patch):
    def td(reward, terminated, next_value, discount):
        return reward + discount * next_value

    patch.setattr(targets, "td", td)


def double_that_is_not_double(patch):
    patch.setattr(targets, "double_value", lambda target_q, online_q: target_q.max(axis=1))


def double_with_the_roles_swapped(patch):
    honest = targets.double_value
    patch.setattr(targets, "double_value", lambda target_q, online_q: honest(online_q, target_q))


def one_draw_for_all_environments(patch):
    def epsilon_greedy(q, epsilon, rng):
        if rng.random() < epsilon:
            return rng.integers(q.shape[1], size=len(q))
        return q.argmax(axis=1)

    everywhere(patch, explore, "epsilon_greedy", epsilon_greedy)


def schedule_that_starts_again(patch):
    patch.setattr(explore.Linear, "__call__", lambda self, step: self.start)


def targets_in_double_precision(patch):
    honest = targets.td
    patch.setattr(targets, "td", lambda *arrays: honest(*arrays).astype(np.float64))


def discounted_as_if_one_step(patch):
    honest = targets.td
    patch.setattr(targets, "td", lambda r, t, v, discount: honest(r, t, v, 0.9))


def dueling_mean_over_the_batch(patch):
    def forward(self, x):
        parts = x.reshape(len(x.data), 1 + self.actions, -1)
        value, advantage = parts[:, :1], parts[:, 1:]
        return (value + advantage - advantage.mean()).reshape(len(x.data), -1)

    patch.setattr(networks.Dueling, "forward", forward)


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


def surprises_without_their_weights(patch):
    honest = dqn.DQN.learn
    patch.setattr(dqn.DQN, "learn", lambda self, batch: honest(self, replace(batch, weight=None)))


def noise_in_greedy_play(patch):
    def act_greedily(self, seen):
        dqn.reset_noise(self.online, self.rng)
        return networks.run(self.online, seen).argmax(axis=1)

    patch.setattr(dqn.DQN, "act_greedily", act_greedily)


def quantiles_pulled_the_wrong_way(patch):
    honest = targets.quantile_huber

    def swapped(quantile, goal, delta):
        loss, gradient = honest(quantile[:, ::-1], goal, delta)  # tau and 1 - tau
        return loss, gradient[:, ::-1]

    patch.setattr(targets, "quantile_huber", swapped)


def goal_that_is_not_held_still(patch):
    """The gradient flows through the goal as well, which pulls it towards the estimate."""

    def learn(self, batch):
        best, _ = self.online(Tensor(batch.next_observation)).max(1)
        after = best * self.discount**batch.n
        goal = Tensor(batch.reward) + after * ~batch.terminated
        out = networks.chosen(self.online(Tensor(batch.observation)), batch.action)
        self._descend(((out - goal) ** 2).mean() / 2)
        networks.follow(self._target, self._online, 1)
        return {}

    patch.setattr(dqn.DQN, "learn", learn)


def target_that_is_never_used(patch):
    """The goal comes from the network that is being trained."""
    honest = dqn.DQN._goal

    def goal(self, batch):
        kept, self.target = self.target, self.online
        try:
            return honest(self, batch)
        finally:
            self.target = kept

    patch.setattr(dqn.DQN, "_goal", goal)


def target_that_never_follows(patch):
    honest = dqn.DQN.__init__
    patch.setattr(
        dqn.DQN,
        "__init__",
        lambda self, *inputs, **named: honest(
            self, *inputs, **named | {"target_update_interval": 10**9}
        ),
    )


def greedy_play_that_explores(patch):
    def act_greedily(self, seen):
        return self.act(seen, np.random.default_rng(len(seen)))

    patch.setattr(dqn.DQN, "act_greedily", act_greedily)


def values_in_the_wrong_unit(patch):
    """Rewards were scaled, and what is told of them is not scaled back."""

    def value(self, observation):
        return self.readout.mean(networks.run(self.average, observation)).max(axis=1)

    patch.setattr(dqn.DQN, "value", value)


def surprise_already_weighed(patch):
    """The weights of a batch then decide what the next one prefers."""
    honest = dqn.DQN.learn

    def learn(self, batch):
        told = honest(self, batch)
        self.surprise = self.surprise * (1 if batch.weight is None else batch.weight)
        return told

    patch.setattr(dqn.DQN, "learn", learn)


def one_noise_for_both_networks(patch):
    patch.setattr(dqn, "shake", lambda net, rng: noisy.reset_noise(net, np.random.default_rng(0)))


def noise_without_its_square_root(patch):
    """The product of two such numbers is then larger than the layer's start is meant for."""

    def reset_noise(self, rng):
        for noise in (self.noise_in, self.noise_out):
            noise[...] = rng.standard_normal(len(noise))

    patch.setattr(noisy.NoisyLinear, "shake", shake)


def probability_lost_beyond_the_ends(patch):
    honest = targets.c51_projection

    def categorical(reward, terminated, probability, atoms, discount):
        moved = reward[:, None] + np.reshape(discount, (-1, 1)) * atoms * ~terminated[:, None]
        inside = (moved >= atoms[0]) & (moved <= atoms[-1])
        return honest(reward, terminated, probability * inside, atoms, discount)

    patch.setattr(targets, "categorical", categorical)


def promises_beyond_what_is_possible(patch):
    def goal(self, reward, terminated, next_out, discount):
        return targets.td(reward, terminated, next_out, discount)

    patch.setattr(readouts.Expected, "goal", goal)


def a_held_action_counts_as_a_new_draw(patch):
    """Holding random actions and beginning new ones as often as before: far more than epsilon."""

    def draw_held(self, count, actions, epsilon, rng):
        if len(self.held) != count:
            self.held = np.full(count, -1, np.int64)
        kept = (self.held >= 0) & (rng.random(count) < 1 - 1 / self.hold)
        fresh = np.where(rng.random(count) < epsilon, rng.integers(actions, size=count), -1)
        self.held = np.where(kept, self.held, fresh)

    patch.setattr(explore.Exploration, "_draw_held", draw_held)


TREMBLES = test_dqn.test_a_noisy_network_trembles_when_it_acts_and_never_when_it_is_greedy

TRAPS = (
    Trap(
        target_is_the_online_network,
        test_dqn.test_the_target_stays_while_the_online_network_learns,
    ),
    Trap(value_of_a_true_end_counts, test_dqn.test_equals_q_learning_in_a_table, (False, 1)),
    Trap(double_that_is_not_double, test_dqn.test_equals_q_learning_in_a_table, (True, 7)),
    Trap(double_with_the_roles_swapped, test_dqn.test_equals_q_learning_in_a_table, (True, 7)),
    Trap(one_draw_for_all_environments, test_explore.test_every_row_has_a_draw_of_its_own),
    Trap(schedule_that_starts_again, test_dqn.test_the_schedules_follow_the_steps),
    Trap(
        targets_in_double_precision,
        test_targets.test_targets_keep_the_networks_type_and_do_not_change_their_inputs,
    ),
    Trap(discounted_as_if_one_step, test_dqn.test_equals_q_learning_in_a_table, (False, 1)),
    Trap(
        dueling_mean_over_the_batch,
        test_nets.test_dueling_centres_the_advantages_of_each_row,
        (4,),
    ),
    Trap(
        atoms_that_lose_probability,
        test_targets.test_categorical_on_an_atom_and_beyond_the_ends,
        (0, [0, 1, 0, 0]),
    ),
    Trap(surprises_without_their_weights, test_dqn.test_what_counts_less_pulls_less),
    Trap(noise_in_greedy_play, TREMBLES),
    Trap(
        quantiles_pulled_the_wrong_way,
        test_targets.test_quantile_loss_equals_the_loop_and_its_gradient_the_difference,
        (0,),
    ),
    Trap(goal_that_is_not_held_still, test_dqn.test_equals_q_learning_in_a_table, (False, 1)),
    Trap(target_that_is_never_used, test_dqn.test_equals_q_learning_in_a_table, (False, 7)),
    Trap(target_that_never_follows, test_dqn.test_the_target_stays_while_the_online_network_learns),
    Trap(greedy_play_that_explores, test_dqn.test_greedy_play_uses_the_average_of_the_weights),
    Trap(
        values_in_the_wrong_unit,
        test_dqn.test_reaches_the_known_values_of_a_chain,
        (False, 0.25),
    ),
    Trap(surprise_already_weighed, test_dqn.test_what_counts_less_pulls_less),
    Trap(one_noise_for_both_networks, TREMBLES),
    Trap(noise_without_its_square_root, test_nets.test_noise_has_the_right_size),
    Trap(
        probability_lost_beyond_the_ends,
        test_targets.test_categorical_equals_the_loop_and_keeps_all_probability,
        (0,),
    ),
    Trap(
        promises_beyond_what_is_possible,
        test_readouts.test_no_promise_beyond_what_is_possible,
        (readouts.Expected,),
    ),
    Trap(
        a_held_action_counts_as_a_new_draw,
        test_explore.test_holding_keeps_the_share_and_the_mean_length,
        (0.1, 5),
    ),
)
