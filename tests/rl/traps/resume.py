"""Mistakes of going on from a checkpoint: each loses one thing that decides what comes next."""

import numpy as np
from tests.rl import (
    test_env,
    test_env_kinds,
    test_explore,
    test_prioritized,
    test_resume,
    test_tabular,
)
from tests.rl import test_variants as variants
from tests.rl.traps.trap import Trap
from undergrad.rl.trainings import off_policy

from undergrad.rl import env, explore, prioritized, replay
from undergrad.rl.agents import dqn
from undergrad.rl.agents.tabular import agent as tabular
from undergrad.rl.envs import many_games
from undergrad.rl.run import trainer


def lost(patch, owner, forget):
    """Loading as it should be, and then `forget(self, fresh)` undoes a part of it.

    `fresh` is what the object itself would have saved just before.
    """
    honest = owner.load_state_dict

    def load(self, state):
        fresh = self.state_dict()
        told = honest(self, state)
        forget(self, fresh)
        return told

    patch.setattr(owner, "load_state_dict", load)


def epsilon_starts_again(patch):
    """The schedule counts from the moment of loading."""

    def forget(self, fresh):
        honest, begun = self.agent.explore.epsilon, self.steps
        self.agent.explore.epsilon = lambda step: honest(step - begun)

    lost(patch, off_policy.OffPolicy, forget)


def memory_is_empty(patch):
    lost(patch, off_policy.OffPolicy, lambda self, fresh: vars(self.replay).update(added=0))


def draws_start_again(patch):
    def forget(self, fresh):
        self.rng.bit_generator.state = fresh["rng"]

    lost(patch, off_policy.OffPolicy, forget)


def same_episodes_again(patch):
    """The environments begin as they did the first time, in the middle of the training."""
    lost(patch, off_policy.OffPolicy, lambda self, fresh: self.env.load_state_dict(fresh["env"]))


def running_returns_forgotten(patch):
    lost(patch, env.Stepper, lambda self, fresh: self.returns.fill(0))


def time_of_the_games_forgotten(patch):
    """The time limit counts from the moment of loading."""
    lost(patch, many_games.ManyGames, lambda self, fresh: self.time.fill(0))


def waiting_steps_dropped(patch):
    lost(patch, replay.NStep, lambda self, fresh: self.waiting.clear())


def optimiser_without_memory(patch):
    def forget(self, fresh):
        self.optimizer.load_state_dict(fresh["optimizer"])

    lost(patch, dqn.DQN, forget)


def target_copied_from_the_online_network(patch):
    lost(patch, dqn.DQN, lambda self, fresh: self.target.load_state_dict(self.online.state_dict()))


def average_begun_anew(patch):
    lost(patch, dqn.DQN, lambda self, fresh: self.average.load_state_dict(self.online.state_dict()))


def noise_starts_again(patch):
    def forget(self, fresh):
        self.rng.bit_generator.state = fresh["rng"]

    lost(patch, dqn.DQN, forget)


def updates_counted_anew(patch):
    lost(patch, dqn.DQN, lambda self, fresh: setattr(self, "updates", 0))


def held_actions_let_go(patch):
    lost(patch, explore.Exploration, lambda self, fresh: self.held.fill(-1))


def largest_surprise_forgotten(patch):
    lost(
        patch,
        prioritized.PrioritizedReplayBuffer,
        lambda self, fresh: setattr(self, "largest", 1.0),
    )


def surprises_forgotten(patch):
    def forget(self, fresh):
        self.tree.update(np.arange(len(self)), self.largest)

    lost(patch, prioritized.PrioritizedReplayBuffer, forget)


def best_weights_forgotten(patch):
    lost(patch, trainer.Trainer, lambda self, fresh: setattr(self, "best", {}))


def trails_of_a_table_dropped(patch):
    lost(patch, tabular.Tabular, lambda self, fresh: self.trails.clear())


def trap(plant, variant):
    return Trap(plant, variants.test_resumed_in_the_middle_it_ends_equally, (variant,))


ALL_THERE = test_resume.test_a_loaded_training_has_everything_that_was_saved

TRAPS = (
    trap(epsilon_starts_again, "plain"),
    trap(memory_is_empty, "plain"),
    trap(draws_start_again, "plain"),
    trap(same_episodes_again, "plain"),
    Trap(running_returns_forgotten, test_env.test_environments_go_on_from_a_saved_state),
    Trap(
        time_of_the_games_forgotten,
        test_env_kinds.test_every_world_is_saved_again_and_again,
        ("undergrad/Cliff-v0", test_env_kinds.all_at_once),
    ),
    trap(waiting_steps_dropped, "n-step"),
    trap(optimiser_without_memory, "plain"),
    trap(target_copied_from_the_online_network, "plain"),
    trap(average_begun_anew, "plain"),
    trap(noise_starts_again, "noisy"),
    trap(updates_counted_anew, "plain"),
    Trap(held_actions_let_go, test_explore.test_what_is_held_is_saved),
    Trap(
        largest_surprise_forgotten,
        test_prioritized.test_a_saved_memory_draws_the_same_and_knows_the_largest,
    ),
    trap(surprises_forgotten, "prioritized"),
    Trap(best_weights_forgotten, ALL_THERE, ("rainbow",)),
    Trap(trails_of_a_table_dropped, test_tabular.test_saved_and_loaded_it_goes_on_equally),
)
