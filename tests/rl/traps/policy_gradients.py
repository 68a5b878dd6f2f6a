"""Mistakes of policies and of what is learned from a rollout."""

from dataclasses import replace

from tests.rl import test_actor_critic, test_distributions, test_loops, test_policy_gradients
from tests.rl.traps.trap import Trap, everywhere

from undergrad.engine import Tensor
from undergrad.engine.ops import elementwise
from undergrad.rl import actor_critic, distributions, loops, normalize
from undergrad.rl.agents import a2c, ppo, reinforce

gradients = test_policy_gradients


def ratio_to_the_policy_of_now(patch):
    """The ratio is then always 1: nothing is ever clipped."""
    honest = ppo.PPO._update

    def update(self, batch):
        now = self.net.policy(batch.observation).log_prob(batch.action).numpy()
        return honest(self, replace(batch, log_prob=now))

    patch.setattr(ppo.PPO, "_update", update)


def clip_with_the_maximum(patch):
    patch.setattr(ppo.elementwise, "minimum", elementwise.maximum)


def clip_without_the_minimum(patch):
    def gain(ratio, advantage, clip):
        return ratio.clip(1 - clip, 1 + clip) * advantage

    everywhere(patch, ppo, "clipped_surrogate", gain)


def entropy_punished(patch):
    honest = distributions.Categorical.entropy
    patch.setattr(distributions.Categorical, "entropy", lambda self: -honest(self))


def entropy_punished_in_reinforce(patch):
    honest = reinforce.Reinforce.__init__

    def init(self, *inputs):
        honest(self, *inputs)
        object.__setattr__(self.settings, "ent_coef", -self.settings.ent_coef)

    patch.setattr(reinforce.Reinforce, "__init__", init)


def log_prob_summed_over_the_batch(patch):
    honest = distributions.DiagNormal.log_prob

    def log_prob(self, action):
        return honest(self, action).sum().expand(len(action))

    patch.setattr(distributions.DiagNormal, "log_prob", log_prob)


def log_prob_averaged_over_the_numbers_of_an_action(patch):
    honest = distributions.DiagNormal.log_prob
    patch.setattr(
        distributions.DiagNormal, "log_prob", lambda self, a: honest(self, a) / a.shape[1]
    )


def one_draw_for_all_environments(patch):
    def sample(self, rng):
        scores = self.logits.numpy()
        return (scores + rng.gumbel(size=scores.shape[1])).argmax(axis=1)

    patch.setattr(distributions.Categorical, "sample", sample)


def noise_that_is_not_gumbels(patch):
    def sample(self, rng):
        scores = self.logits.numpy()
        return (scores + rng.normal(size=scores.shape)).argmax(axis=1)

    patch.setattr(distributions.Categorical, "sample", sample)


def statistics_that_move_while_acting(patch):
    honest = normalize.NormalizeObservation.forward

    def forward(self, x):
        self.stats.update(x.numpy())
        return honest(self, x)

    patch.setattr(normalize.NormalizeObservation, "forward", forward)


def statistics_that_are_not_saved(patch):
    def parts(self):
        return ((k, v) for k, v in vars(self).items() if k not in ("stats",))

    patch.setattr(normalize.NormalizeObservation, "parts", parts)


def rewards_scaled_across_episodes(patch):
    honest = normalize.NormalizeReward.update
    patch.setattr(
        normalize.NormalizeReward,
        "update",
        lambda self, reward, ended: honest(self, reward, ended & False),
    )


def critic_shaped_as_a_column(patch):
    """(B, 1) less (B,) is (B, B)."""
    honest = actor_critic.ActorCritic.value
    patch.setattr(actor_critic.ActorCritic, "value", lambda self, x: honest(self, x).unsqueeze(1))
    patch.setattr(a2c, "nn", _Forgiving)


class _Forgiving:
    """A mean squared error that does not look at shapes."""

    class functional:  # stands in for a module
        @staticmethod
        def mse_loss(value, goal):
            return ((value - goal) ** 2).mean()


def schedule_that_is_ignored(patch):
    patch.setattr(loops, "linear_schedule", lambda start, end, duration, step: start)


def first_policy_already_sure(patch):
    honest = actor_critic.dense
    patch.setattr(actor_critic, "dense", lambda sizes, gain, *rest: honest(sizes, 1.0, *rest))


def baseline_that_learns_from_the_policy(patch):
    """What the critic says must not be moved by the loss of the actor."""

    def learn(self, rollout, rng):
        mask = rollout.mask
        returns, observation = self._returns(rollout)[mask], rollout.observation[mask]
        value, policy = self.net.value(observation), self.net.policy(observation)
        advantage = Tensor(returns) - value  # no detach
        loss = -(policy.log_prob(rollout.action[mask]) * advantage).mean()
        self.step(loss + self.settings.vf_coef * ((value - returns) ** 2).mean())

    patch.setattr(reinforce.Reinforce, "learn", learn)


TRAPS = (
    Trap(
        ratio_to_the_policy_of_now,
        gradients.test_ppo_equals_the_loops_over_several_updates,
        (gradients.THREE,),
    ),
    Trap(clip_with_the_maximum, gradients.test_what_the_clip_cuts_off, (1.5, 2.0, 2.4, 0.0)),
    Trap(clip_without_the_minimum, gradients.test_what_the_clip_cuts_off, (1.5, -2.0, -3.0, -2.0)),
    Trap(entropy_punished, gradients.test_a2c_equals_the_loops, (gradients.THREE, True)),
    Trap(entropy_punished_in_reinforce, gradients.test_the_bonus_makes_undecided),
    Trap(log_prob_summed_over_the_batch, test_distributions.test_gaussian_equals_the_formulas),
    Trap(
        log_prob_averaged_over_the_numbers_of_an_action,
        test_distributions.test_gaussian_equals_the_formulas,
    ),
    Trap(one_draw_for_all_environments, test_distributions.test_every_row_has_a_draw_of_its_own),
    Trap(
        noise_that_is_not_gumbels,
        test_distributions.test_draws_have_the_probabilities_that_are_claimed,
    ),
    Trap(
        statistics_that_move_while_acting,
        test_actor_critic.test_statistics_stand_still_while_the_agent_acts,
    ),
    Trap(
        statistics_that_are_not_saved,
        gradients.test_saved_and_put_back_it_continues_to_the_last_bit,
        (a2c.A2C,),
    ),
    Trap(
        rewards_scaled_across_episodes,
        test_actor_critic.test_the_size_of_rewards_is_that_of_discounted_returns,
    ),
    Trap(critic_shaped_as_a_column, gradients.test_a2c_equals_the_loops, (gradients.THREE, False)),
    Trap(
        schedule_that_is_ignored,
        test_loops.test_the_learning_rate_falls_to_0_over_the_budget,
        ("ppo",),
    ),
    Trap(
        first_policy_already_sure,
        test_actor_critic.test_an_untrained_policy_treats_all_actions_alike,
    ),
    Trap(
        baseline_that_learns_from_the_policy,
        gradients.test_reinforce_climbs_exactly_what_is_earned,
        (True,),
    ),
)
