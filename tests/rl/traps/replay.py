"""Mistakes between the environment and the batch: what is stored, joined, kept and sampled."""

from dataclasses import replace

import numpy as np
from gymnasium.vector import AutoresetMode
from tests.rl import (
    test_env,
    test_frames,
    test_prioritized,
    test_replay,
    test_sumtree,
)
from tests.rl.traps.trap import Trap

from undergrad.rl import env, frames, prioritized, replay, sumtree


def mask_from_done(patch):
    honest = env.Stepper.step

    def step(self, action):
        seen, returns = honest(self, action)
        return replace(seen, terminated=seen.ended), returns

    patch.setattr(env.Stepper, "step", step)


def reset_observation_as_next(patch):
    patch.setattr(env, "_true_next", lambda seen, infos, ended: seen)


def resets_stored_as_steps(patch):
    honest = env.Stepper._reset_ended

    def reset_ended(self, *seen):
        observation = honest(self, *seen)
        self._only_resets = np.zeros(self.size, bool)
        return observation

    patch.setattr(env.Stepper, "_reset_ended", reset_ended)


def steps_across_episodes(patch):
    honest = replay.NStep.join

    def join(self, transitions):
        return honest(self, replace(transitions, truncated=np.zeros(len(transitions), bool)))

    patch.setattr(replay.NStep, "join", join)


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


def stacks_across_episodes(patch):
    def pair(self, transitions, i):
        env = int(transitions.env[i])
        seen = self.newest.get(env, -1)
        seen = self._add(transitions.observation[i][-1], seen)
        self.newest[env] = self._add(transitions.next_observation[i][-1], seen)
        return seen, self.newest[env]

    patch.setattr(frames.FrameStore, "_pair", pair)


def tails_of_episodes_thrown_away(patch):
    """With n steps ahead, the last n - 1 of every episode are then never learned from."""
    honest = replay.NStep._batch

    def batch(self, rows, newest):
        return honest(self, [row for row in rows if len(row[2]) == self.n], newest)

    patch.setattr(replay.NStep, "_batch", batch)


def rewards_summed_without_discount(patch):
    patch.setattr(replay, "discounted_sum", lambda rewards, gamma: sum(rewards))


def environments_share_their_wait(patch):
    """Several environments and one queue: transitions from one environment into another."""
    honest = replay.NStep.join

    def join(self, transitions):
        return honest(self, replace(transitions, env=0 * transitions.env))

    patch.setattr(replay.NStep, "join", join)


def drawn_before_it_is_written(patch):
    patch.setattr(
        replay.ReplayBuffer,
        "sample_index",
        lambda self, count, rng: rng.integers(self.capacity, size=count),
    )


def the_newest_dropped_when_full(patch):
    """Stops at the end of the ring instead of going round."""
    honest = replay.ReplayBuffer.add

    def add(self, transitions):
        if self.added >= self.capacity:
            return np.empty(0, np.intp)
        return honest(self, transitions)

    patch.setattr(replay.ReplayBuffer, "add", add)


def transitions_are_views(patch):
    """The environment writes its next observation into the array that was handed out."""
    honest = env.Stepper.step

    def step(self, action):
        seen, returns = honest(self, action)
        return replace(seen, next_observation=self.envs._seen), returns

    patch.setattr(env.Stepper, "step", step)


def priorities_of_unwritten_slots(patch):
    honest = prioritized.PrioritizedReplayBuffer.__init__

    def init(self, *inputs, **named):
        honest(self, *inputs, **named)
        self.tree.update(np.arange(self.capacity), self.max_priority)

    patch.setattr(prioritized.PrioritizedReplayBuffer, "__init__", init)


def weights_not_normalised(patch):
    honest = prioritized.PrioritizedReplayBuffer.sample

    def sample(self, *inputs):
        for batch in honest(self, *inputs):
            probability = self.tree.weights[batch.index] / self.tree.total
            yield replace(batch, weight=(len(self) * probability) ** -self.beta)

    patch.setattr(prioritized.PrioritizedReplayBuffer, "sample", sample)


def correction_that_never_grows(patch):
    honest = prioritized.PrioritizedReplayBuffer.sample
    patch.setattr(
        prioritized.PrioritizedReplayBuffer,
        "sample",
        lambda self, batches, size, rng, progress=0.0: honest(self, batches, size, rng, 0.0),
    )


def new_ones_without_priority(patch):
    """What was never drawn is then hardly ever drawn."""

    def add(self, transitions):
        places = replay.ReplayBuffer.add(self, transitions)
        self.tree.update(places, 1e-6)
        return places

    patch.setattr(prioritized.PrioritizedReplayBuffer, "add", add)


def a_repeated_index_counts_twice(patch):
    """Corrects the sums by differences, and an index may come twice in one batch."""

    def update(self, index, weight):
        node = self.first + np.asarray(index, np.intp)
        change = weight - self.nodes[node]
        for _ in range(self.depth + 1):
            np.add.at(self.nodes, node, change)
            node = node >> 1

    patch.setattr(sumtree.SumTree, "update", update)


compare = test_replay.compare_with_log
stacks = test_frames.test_stacks_are_those_that_were_seen.hypothesis.inner_test

TRAPS = (
    Trap(
        mask_from_done,
        test_env.test_transitions_equal_the_log_of_each_environment,
        (AutoresetMode.DISABLED, 2),
    ),
    Trap(
        reset_observation_as_next,
        test_env.test_transitions_equal_the_log_of_each_environment,
        (AutoresetMode.SAME_STEP, 2),
    ),
    Trap(
        resets_stored_as_steps,
        test_env.test_transitions_equal_the_log_of_each_environment,
        (AutoresetMode.NEXT_STEP, 2),
    ),
    Trap(steps_across_episodes, compare, (2, 60, 40, 3, 0, AutoresetMode.DISABLED)),
    Trap(unwritten_leaf_is_found, test_sumtree.test_equals_a_search_in_the_running_sums, (6,)),
    Trap(stacks_across_episodes, stacks, (2, 3, 1, 40, 30, 0, AutoresetMode.DISABLED)),
    Trap(tails_of_episodes_thrown_away, compare, (2, 60, 40, 3, 0, AutoresetMode.DISABLED)),
    Trap(rewards_summed_without_discount, compare, (2, 60, 40, 3, 0, AutoresetMode.DISABLED)),
    Trap(environments_share_their_wait, compare, (2, 60, 40, 3, 0, AutoresetMode.DISABLED)),
    Trap(drawn_before_it_is_written, compare, (1, 60, 10, 1, 0, AutoresetMode.DISABLED)),
    Trap(
        the_newest_dropped_when_full,
        test_replay.test_the_newest_stay_when_the_memory_is_full,
        ([3, 3, 3, 3, 3],),
    ),
    Trap(transitions_are_views, test_env.test_transitions_are_copies),
    Trap(
        priorities_of_unwritten_slots,
        test_prioritized.test_nothing_unwritten_is_ever_drawn,
        (3,),
    ),
    Trap(weights_not_normalised, test_prioritized.test_draws_and_weights_follow_the_formulas),
    Trap(correction_that_never_grows, test_prioritized.test_beta_follows_the_steps),
    Trap(
        new_ones_without_priority,
        test_prioritized.test_the_new_one_is_as_likely_as_the_most_surprising_ever,
    ),
    Trap(
        a_repeated_index_counts_twice,
        test_sumtree.test_equals_a_search_in_the_running_sums,
        (6,),
    ),
)
