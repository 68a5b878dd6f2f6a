"""Mistakes of TD3 and SAC."""

from dataclasses import replace

import numpy as np
from tests.rl import test_continuous, test_distributions, test_off_policy, test_off_policy_runs
from tests.rl.traps.resume import lost
from tests.rl.traps.trap import Trap, everywhere

from undergrad.engine import Tensor, no_grad
from undergrad.rl import continuous, distributions, networks, replay
from undergrad.rl.agents import off_policy, sac, td3


def log_determinant_missing(patch):
    patch.setattr(distributions, "log_tanh_derivative", lambda u: 0 * u)


def log_determinant_added(patch):
    honest = distributions.log_tanh_derivative
    patch.setattr(distributions, "log_tanh_derivative", lambda u: -honest(u))


def log_determinant_of_a_rounded_tanh(patch):
    """Where tanh is rounded to 1 the logarithm would be infinite, and is cut off."""

    def log_derivative(u):
        return (1 - u.tanh() ** 2 + 1e-6).log()

    everywhere(patch, distributions, "log_tanh_derivative", log_derivative)


def gradient_stopped_at_the_sample(patch):
    honest = distributions.SquashedNormal.rsample

    def rsample(self, rng):
        action, log_prob = honest(self, rng)
        return Tensor(action.numpy()), log_prob

    patch.setattr(distributions.SquashedNormal, "rsample", rsample)


class _Averaged:
    """Critics whose smallest is their mean."""

    def __init__(self, critics):
        self.critics = critics

    def __call__(self, *inputs):
        q = self.critics(*inputs)
        return Tensor(np.broadcast_to(q.numpy().mean(axis=0), q.shape).copy())


def averaged(patch, agent):
    honest = agent.next_value

    def next_value(self, observation):
        kept, self.target_critics = self.target_critics, _Averaged(self.target_critics)
        try:
            return honest(self, observation)
        finally:
            self.target_critics = kept

    patch.setattr(agent, "next_value", next_value)


def mean_of_the_critics_in_td3(patch):
    averaged(patch, td3.TD3)


def mean_of_the_critics_in_sac(patch):
    averaged(patch, sac.SAC)


def swapped(patch, agent, target, online):
    """The target comes from what is being trained."""
    honest = agent.next_value

    def next_value(self, observation):
        kept = getattr(self, target)
        setattr(self, target, getattr(self, online))
        try:
            return honest(self, observation)
        finally:
            setattr(self, target, kept)

    patch.setattr(agent, "next_value", next_value)


def target_of_the_online_actor(patch):
    swapped(patch, td3.TD3, "target_actor", "actor")


def target_of_the_online_critics(patch):
    swapped(patch, sac.SAC, "target_critics", "critics")


def gradient_into_the_target(patch):
    """The critics are also moved by what they say of s'."""

    def critic_loss(self, batch):
        action = Tensor(self.scale.from_env(batch.action))
        q = self.critics(batch.observation, action)
        with no_grad():
            next_action, log_prob = self.policy(batch.next_observation).rsample(self.rng)
        soft = self.critics(batch.next_observation, next_action).amin(dim=0)
        soft = soft - self.ent_coef * log_prob
        s = self.settings
        discount = s.gamma**batch.n * (1 - batch.terminated)
        return ((q - soft * discount - batch.reward * s.reward_scale) ** 2).mean(dim=1).sum()

    patch.setattr(sac.SAC, "critic_loss", critic_loss)


def scale_forgotten_for_the_environment(patch):
    patch.setattr(continuous.ActionScale, "to_env", lambda self, action: action.astype(np.float32))


def scale_forgotten_for_the_critics(patch):
    patch.setattr(continuous.ActionScale, "from_env", lambda self, action: action)


def scale_applied_twice(patch):
    honest = continuous.ActionScale.to_env
    patch.setattr(
        continuous.ActionScale, "to_env", lambda self, action: honest(self, honest(self, action))
    )


def time_limit_as_an_end(patch):
    honest = replay.NStep.join

    def join(self, transitions):
        return honest(self, replace(transitions, terminated=transitions.ended))

    patch.setattr(replay.NStep, "join", join)


def no_mask_at_the_end(patch):
    honest = off_policy.OffPolicyActorCritic.td_target

    def td_target(self, batch):
        return honest(self, replace(batch, terminated=batch.terminated & False))

    patch.setattr(off_policy.OffPolicyActorCritic, "td_target", td_target)


def discounted_as_if_one_step(patch):
    honest = off_policy.OffPolicyActorCritic.td_target

    def td_target(self, batch):
        return honest(self, replace(batch, n=np.ones_like(batch.n)))

    patch.setattr(off_policy.OffPolicyActorCritic, "td_target", td_target)


def tau_for_one_minus_tau(patch):
    honest = networks.polyak_update
    everywhere(
        patch,
        networks,
        "polyak_update",
        lambda target, online, tau: honest(target, online, 1 - tau),
    )


def noise_of_the_target_not_clipped(patch):
    honest = td3.TD3.next_value

    def next_value(self, observation):
        kept = self.settings
        self.settings = replace(kept, target_noise_clip=1e6)
        try:
            return honest(self, observation)
        finally:
            self.settings = kept

    patch.setattr(td3.TD3, "next_value", next_value)


def no_delay(patch):
    honest = td3.TD3.learn

    def learn(self, batch):
        kept = self.settings
        self.settings = replace(kept, policy_delay=1)
        try:
            return honest(self, batch)
        finally:
            self.settings = kept

    patch.setattr(td3.TD3, "learn", learn)


def entropy_missing_in_the_target(patch):
    honest = sac.SAC.next_value

    def next_value(self, observation):
        kept = self.log_ent_coef
        self.log_ent_coef = Tensor(np.float32(-80))
        try:
            return honest(self, observation)
        finally:
            self.log_ent_coef = kept

    patch.setattr(sac.SAC, "next_value", next_value)


def alpha_moved_the_wrong_way(patch):
    honest = off_policy.OffPolicyActorCritic.step

    def step(self, optimizer, loss):
        is_alpha = optimizer is getattr(self, "ent_coef_optimizer", None)
        return honest(self, optimizer, -loss if is_alpha else loss)

    patch.setattr(off_policy.OffPolicyActorCritic, "step", step)


def log_std_without_bounds(patch):
    patch.setattr(sac, "_LOG_STD_MAX", 1e9)


def greedy_play_that_samples(patch):
    patch.setattr(sac.SAC, "mode", lambda self, x: self.explore(x, self.rng))


def noise_of_learning_starts_again(patch):
    def forget(self, fresh):
        self.rng.bit_generator.state = fresh["rng"]

    lost(patch, off_policy.OffPolicyActorCritic, forget)


def target_actor_copied_from_the_actor(patch):
    lost(patch, td3.TD3, lambda self, fresh: self.target_actor.load_state_dict(fresh["actor"]))


def alpha_started_again(patch):
    def forget(self, fresh):
        self.log_ent_coef.data[...] = fresh["log_ent_coef"]

    lost(patch, sac.SAC, forget)


def optimiser_of_alpha_without_memory(patch):
    def forget(self, fresh):
        self.ent_coef_optimizer.load_state_dict(fresh["ent_coef_optimizer"])

    lost(patch, sac.SAC, forget)


def turn_of_the_actor_forgotten(patch):
    def forget(self, fresh):
        self.updates += 1

    lost(patch, td3.TD3, forget)


FORMULAS = test_off_policy.test_updates_equal_the_formulas
RESUMED = test_off_policy_runs.test_saved_and_resumed_equals_undisturbed

TRAPS = (
    Trap(
        log_determinant_missing,
        test_distributions.test_squashed_log_prob_is_that_of_the_squashed_number,
    ),
    Trap(
        log_determinant_added,
        test_distributions.test_squashed_log_prob_is_that_of_the_squashed_number,
    ),
    Trap(
        log_determinant_of_a_rounded_tanh,
        test_distributions.test_the_derivative_of_tanh_is_exact_where_tanh_is_rounded_to_one,
    ),
    Trap(gradient_stopped_at_the_sample, FORMULAS, ("sac",)),
    Trap(mean_of_the_critics_in_td3, FORMULAS, ("td3",)),
    Trap(mean_of_the_critics_in_sac, FORMULAS, ("sac",)),
    Trap(target_of_the_online_actor, FORMULAS, ("no delay",)),
    Trap(target_of_the_online_critics, FORMULAS, ("sac",)),
    Trap(gradient_into_the_target, FORMULAS, ("sac",)),
    Trap(
        scale_forgotten_for_the_environment, test_continuous.test_minus_one_and_one_are_the_bounds
    ),
    Trap(scale_forgotten_for_the_critics, FORMULAS, ("td3",)),
    Trap(scale_applied_twice, test_continuous.test_there_and_back_is_the_same_action),
    Trap(time_limit_as_an_end, test_off_policy_runs.test_only_a_true_end_is_stored_as_one),
    Trap(no_mask_at_the_end, FORMULAS, ("ddpg",)),
    Trap(discounted_as_if_one_step, FORMULAS, ("sac",)),
    Trap(tau_for_one_minus_tau, FORMULAS, ("no delay",)),
    Trap(noise_of_the_target_not_clipped, FORMULAS, ("td3",)),
    Trap(no_delay, FORMULAS, ("td3",)),
    Trap(entropy_missing_in_the_target, FORMULAS, ("fixed",)),
    Trap(
        alpha_moved_the_wrong_way,
        test_off_policy.test_alpha_falls_while_there_is_too_much_entropy,
        (0.5, True),
    ),
    Trap(log_std_without_bounds, test_off_policy.test_the_spread_of_a_policy_is_bounded),
    Trap(
        greedy_play_that_samples,
        test_off_policy.test_it_explores_when_it_acts_and_never_when_it_is_greedy,
        ("sac",),
    ),
    Trap(noise_of_learning_starts_again, RESUMED, ("sac",)),
    Trap(target_actor_copied_from_the_actor, RESUMED, ("td3",)),
    Trap(alpha_started_again, RESUMED, ("sac",)),
    Trap(optimiser_of_alpha_without_memory, RESUMED, ("sac",)),
    Trap(turn_of_the_actor_forgotten, RESUMED, ("td3",)),
)
