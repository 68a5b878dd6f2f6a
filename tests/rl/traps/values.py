"""Mistakes of the DQN family: targets, networks, exploration and the loss."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
from tests.rl import (
    test_dqn,
    test_explore,
    test_heads,
    test_loops,
    test_networks,
    test_targets,
)
from tests.rl.traps.trap import Trap, everywhere

from undergrad.engine import Tensor
from undergrad.rl import explore, networks, targets
from undergrad.rl.agents import dqn, heads, rainbow


def target_is_the_online_network(patch):
    patch.setattr(dqn, "copy", SimpleNamespace(deepcopy=lambda net: net))
    patch.setattr(test_dqn.nn.Module, "requires_grad_", lambda self, on=True: self)


def value_of_a_true_end_counts(patch):
    honest = dqn.DQN.td_target

    def td_target(self, batch):
        return honest(self, replace(batch, terminated=batch.terminated & False))

    patch.setattr(dqn.DQN, "td_target", td_target)


def value_of_a_true_end_counts_in_rainbow(patch):
    honest = targets.td

    def td(reward, terminated, *rest):
        return honest(reward, terminated & False, *rest)

    patch.setattr(targets, "td", td)


def double_that_is_not_double(patch):
    honest = rainbow.Rainbow.td_target

    def td_target(self, batch):
        kept = self.settings
        self.settings = replace(kept, double=False)
        try:
            return honest(self, batch)
        finally:
            self.settings = kept

    patch.setattr(rainbow.Rainbow, "td_target", td_target)


def double_with_the_roles_swapped(patch):
    honest = rainbow.Rainbow.td_target

    def td_target(self, batch):
        self.online, self.target = self.target, self.online
        try:
            return honest(self, batch)
        finally:
            self.online, self.target = self.target, self.online

    patch.setattr(rainbow.Rainbow, "td_target", td_target)


def one_draw_for_all_environments(patch):
    def epsilon_greedy(q, epsilon, rng):
        if rng.random() < epsilon:
            return rng.integers(q.shape[1], size=len(q))
        return q.argmax(axis=1)

    everywhere(patch, dqn, "epsilon_greedy", epsilon_greedy)


def schedule_that_starts_again(patch):
    everywhere(patch, dqn, "linear_schedule", lambda start, end, duration, step: start)


def targets_in_double_precision(patch):
    honest = targets.td
    patch.setattr(targets, "td", lambda *arrays: honest(*arrays).astype(np.float64))


def discounted_as_if_one_step(patch):
    honest = dqn.DQN.td_target

    def td_target(self, batch):
        return honest(self, replace(batch, n=np.ones_like(batch.n)))

    patch.setattr(dqn.DQN, "td_target", td_target)


def dueling_mean_over_the_batch(patch):
    def forward(self, x):
        parts = x.reshape(len(x.data), 1 + self.actions, -1)
        value, advantage = parts[:, :1], parts[:, 1:]
        return (value + advantage - advantage.mean()).reshape(len(x.data), -1)

    patch.setattr(networks.Dueling, "forward", forward)


def atoms_that_lose_probability(patch):
    """The fractions of algorithm 1 as printed: both 0 exactly at an atom."""

    def projection(reward, terminated, probability, atoms, discount):
        gap = atoms[1] - atoms[0]
        moved = reward[:, None] + np.reshape(discount, (-1, 1)) * atoms * ~terminated[:, None]
        place = (moved.clip(atoms[0], atoms[-1]) - atoms[0]) / gap
        low, high, out = np.floor(place).astype(int), np.ceil(place).astype(int), 0 * probability
        for row in range(len(reward)):
            np.add.at(out[row], low[row], probability[row] * (high - place)[row])
            np.add.at(out[row], high[row], probability[row] * (place - low)[row])
        return out

    patch.setattr(targets, "c51_projection", projection)


def priorities_without_their_weights(patch):
    honest = rainbow.Rainbow.loss
    patch.setattr(
        rainbow.Rainbow, "loss", lambda self, batch: honest(self, replace(batch, weight=None))
    )


def noise_in_greedy_play(patch):
    def act_greedily(self, observation):
        networks.reset_noise(self.online, self.rng)
        return networks.predict(self.online, observation).argmax(axis=1)

    patch.setattr(dqn.DQN, "act_greedily", act_greedily)


def quantiles_pulled_the_wrong_way(patch):
    honest = targets.quantile_huber_loss

    def swapped(quantile, td_target, delta):
        return honest(-quantile, -td_target, delta)  # tau and 1 - tau

    patch.setattr(targets, "quantile_huber_loss", swapped)


def target_that_is_not_held_still(patch):
    """The gradient flows through the target as well, which pulls it towards the estimate."""

    def loss(self, batch):
        best, _ = self.online(Tensor(batch.next_observation)).max(1)
        after = best * self.settings.gamma**batch.n
        target = Tensor(batch.reward) + after * ~batch.terminated
        q = self.online(Tensor(batch.observation)).gather(1, batch.action[:, None]).reshape(-1)
        return ((q - target) ** 2).mean() / 2

    patch.setattr(dqn.DQN, "loss", loss)


def target_that_is_never_used(patch):
    """The target comes from the network that is being trained."""
    honest = dqn.DQN.td_target

    def td_target(self, batch):
        kept, self.target = self.target, self.online
        try:
            return honest(self, batch)
        finally:
            self.target = kept

    patch.setattr(dqn.DQN, "td_target", td_target)


def target_that_never_follows(patch):
    patch.setattr(dqn, "polyak_update", lambda target, online, tau: None)


def greedy_play_that_explores(patch):
    def act_greedily(self, observation):
        return self.act(observation, 1.0, np.random.default_rng(len(observation)))

    patch.setattr(dqn.DQN, "act_greedily", act_greedily)


def values_in_the_wrong_unit(patch):
    """Rewards were scaled, and the values that are reported are not scaled back."""

    def value(self, observation):
        return self.q_values(self.ema, observation).max(axis=1)

    patch.setattr(dqn.DQN, "value", value)


def td_errors_already_weighed(patch):
    """The weights of a batch then decide what the next one prefers."""
    honest = rainbow.Rainbow.loss

    def loss(self, batch):
        found = honest(self, batch)
        if batch.weight is not None:
            self.td_error = self.td_error * batch.weight
        return found

    patch.setattr(rainbow.Rainbow, "loss", loss)


def one_noise_for_both_networks(patch):
    honest = networks.reset_noise
    patch.setattr(rainbow, "reset_noise", lambda net, rng: honest(net, np.random.default_rng(0)))


def noise_without_its_square_root(patch):
    """The product of two such numbers is then larger than the layer's start is meant for."""

    def reset_noise(self, rng):
        for noise in (self.noise_in, self.noise_out):
            noise[...] = rng.standard_normal(len(noise))

    patch.setattr(networks.NoisyLinear, "reset_noise", reset_noise)


def probability_lost_beyond_the_ends(patch):
    honest = targets.c51_projection

    def projection(reward, terminated, probability, atoms, discount):
        moved = reward[:, None] + np.reshape(discount, (-1, 1)) * atoms * ~terminated[:, None]
        inside = (moved >= atoms[0]) & (moved <= atoms[-1])
        return honest(reward, terminated, probability * inside, atoms, discount)

    patch.setattr(targets, "c51_projection", projection)


def promises_beyond_what_is_possible(patch):
    def td_target(self, reward, terminated, next_out, discount):
        return targets.td(reward, terminated, next_out, discount)

    patch.setattr(heads.ScalarHead, "td_target", td_target)


def a_repeated_action_counts_as_a_new_draw(patch):
    """Repeating random actions and starting new ones as often as before: far more than epsilon."""

    def update_repeated(self, count, actions, epsilon, rng):
        if len(self.repeated) != count:
            self.repeated = np.full(count, -1, np.int64)
        kept = (self.repeated >= 0) & (rng.random(count) < 1 - 1 / self.duration)
        fresh = np.where(rng.random(count) < epsilon, rng.integers(actions, size=count), -1)
        self.repeated = np.where(kept, self.repeated, fresh)

    patch.setattr(explore.Exploration, "_update_repeated", update_repeated)


NOISY = test_dqn.test_a_noisy_network_explores_when_it_acts_and_never_when_it_is_greedy
TABLE = test_dqn.test_equals_q_learning_in_a_table
FOLLOWS = test_dqn.test_the_target_stays_while_the_online_network_learns

TRAPS = (
    Trap(target_is_the_online_network, FOLLOWS),
    Trap(value_of_a_true_end_counts, TABLE, ("plain", 1)),
    Trap(value_of_a_true_end_counts_in_rainbow, TABLE, ("off", 1)),
    Trap(double_that_is_not_double, TABLE, ("double", 7)),
    Trap(double_with_the_roles_swapped, TABLE, ("double", 7)),
    Trap(one_draw_for_all_environments, test_explore.test_every_row_has_a_draw_of_its_own),
    Trap(
        schedule_that_starts_again,
        test_loops.test_epsilon_falls_with_the_steps_and_decides_what_is_done,
    ),
    Trap(
        targets_in_double_precision,
        test_targets.test_targets_keep_the_networks_type_and_do_not_change_their_inputs,
    ),
    Trap(discounted_as_if_one_step, TABLE, ("plain", 1)),
    Trap(
        dueling_mean_over_the_batch,
        test_networks.test_dueling_centres_the_advantages_of_each_row,
        (4,),
    ),
    Trap(
        atoms_that_lose_probability,
        test_targets.test_projection_on_an_atom_and_beyond_the_ends,
        (0, [0, 1, 0, 0]),
    ),
    Trap(priorities_without_their_weights, test_dqn.test_what_counts_less_pulls_less),
    Trap(noise_in_greedy_play, NOISY),
    Trap(
        quantiles_pulled_the_wrong_way,
        test_targets.test_quantile_loss_equals_the_loop_and_its_gradient_the_difference,
        (0,),
    ),
    Trap(target_that_is_not_held_still, TABLE, ("plain", 1)),
    Trap(target_that_is_never_used, TABLE, ("plain", 7)),
    Trap(target_that_never_follows, FOLLOWS),
    Trap(greedy_play_that_explores, test_dqn.test_greedy_play_uses_the_average_of_the_weights),
    Trap(
        values_in_the_wrong_unit,
        test_dqn.test_reaches_the_known_values_of_a_chain,
        ("plain", 0.25),
    ),
    Trap(td_errors_already_weighed, test_dqn.test_what_counts_less_pulls_less),
    Trap(one_noise_for_both_networks, NOISY),
    Trap(noise_without_its_square_root, test_networks.test_noise_has_the_right_size),
    Trap(
        probability_lost_beyond_the_ends,
        test_targets.test_projection_equals_the_loop_and_keeps_all_probability,
        (0,),
    ),
    Trap(
        promises_beyond_what_is_possible,
        test_heads.test_no_promise_beyond_what_is_possible,
        (heads.ScalarHead,),
    ),
    Trap(
        a_repeated_action_counts_as_a_new_draw,
        test_explore.test_repeating_keeps_the_fraction_and_the_mean_length,
        (0.1, 5),
    ),
)
