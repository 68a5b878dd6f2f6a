"""Mistakes of resuming from a checkpoint: each loses one thing that decides what comes next."""

import numpy as np
from tests.rl import (
    test_env,
    test_env_kinds,
    test_explore,
    test_prioritized,
    test_rainbow_runs,
    test_resume,
    test_tabular,
)
from tests.rl.traps.trap import Trap

from undergrad.rl import env, explore, loops, prioritized, replay
from undergrad.rl.agents import dqn, rainbow
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

    honest, loaded = loops.OffPolicy.epsilon.fget, {}

    def epsilon(self):
        steps = self.steps
        self.steps = steps - loaded.get(id(self), 0)
        now, self.steps = honest(self), steps
        return now

    patch.setattr(loops.OffPolicy, "epsilon", property(epsilon))
    lost(patch, loops.OffPolicy, lambda self, fresh: loaded.update({id(self): self.steps}))


def memory_is_empty(patch):
    lost(patch, loops.OffPolicy, lambda self, fresh: vars(self.replay).update(added=0))


def draws_start_again(patch):
    def forget(self, fresh):
        self.rng.bit_generator.state = fresh["rng"]

    lost(patch, loops.OffPolicy, forget)


def same_episodes_again(patch):
    """The environments begin as they did the first time, in the middle of the run."""
    lost(patch, loops.OffPolicy, lambda self, fresh: self.env.load_state_dict(fresh["env"]))


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


def ema_started_again(patch):
    lost(patch, dqn.DQN, lambda self, fresh: self.ema.load_state_dict(self.online.state_dict()))


def noise_starts_again(patch):
    def forget(self, fresh):
        self.rng.bit_generator.state = fresh["rng"]

    lost(patch, rainbow.Rainbow, forget)


def updates_counted_again(patch):
    lost(patch, dqn.DQN, lambda self, fresh: setattr(self, "updates", 0))


def repeated_actions_forgotten(patch):
    lost(patch, explore.Exploration, lambda self, fresh: self.repeated.fill(-1))


def largest_priority_forgotten(patch):
    lost(
        patch,
        prioritized.PrioritizedReplayBuffer,
        lambda self, fresh: setattr(self, "max_priority", 1.0),
    )


def priorities_forgotten(patch):
    def forget(self, fresh):
        self.tree.update(np.arange(len(self)), self.max_priority)

    lost(patch, prioritized.PrioritizedReplayBuffer, forget)


def best_weights_forgotten(patch):
    lost(patch, trainer.Trainer, lambda self, fresh: setattr(self, "best", {}))


def trajectories_of_a_table_dropped(patch):
    lost(patch, tabular.Tabular, lambda self, fresh: self.trajectories.clear())


def trap(plant, variant):
    return Trap(plant, test_rainbow_runs.test_resumed_in_the_middle_it_ends_equally, (variant,))


ALL_THERE = test_resume.test_a_loaded_run_has_everything_that_was_saved

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
    trap(ema_started_again, "plain"),
    trap(noise_starts_again, "noisy"),
    trap(updates_counted_again, "plain"),
    Trap(repeated_actions_forgotten, test_explore.test_what_is_repeated_is_saved),
    Trap(
        largest_priority_forgotten,
        test_prioritized.test_a_saved_buffer_draws_the_same_and_knows_the_largest_priority,
    ),
    trap(priorities_forgotten, "prioritized"),
    Trap(best_weights_forgotten, ALL_THERE, ("rainbow",)),
    Trap(trajectories_of_a_table_dropped, test_tabular.test_saved_and_loaded_it_continues_equally),
)
