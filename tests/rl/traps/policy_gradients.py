"""Mistakes of policies and of what is learnt from a rollout."""

from dataclasses import replace

from tests.rl import test_actor_critic, test_policies, test_policy_gradients
from tests.rl.traps.trap import Trap, everywhere

from undergrad.engine import Tensor
from undergrad.engine.ops import elementwise
from undergrad.rl import actor_critic, normalise, policies
from undergrad.rl.agents import a2c, policy_agent, ppo, reinforce

gradients = test_policy_gradients


def ratio_to_the_policy_of_now(patch):
    """The ratio is then always 1: nothing is ever clipped."""
    honest = ppo.PPO._update

    def update(self, then):
        now = self.net.policy(then.observation).log_prob(then.action).numpy()
        return honest(self, replace(then, log_prob=now))

    patch.setattr(ppo.PPO, "_update", update)


def clip_with_the_maximum(patch):
    patch.setattr(ppo.elementwise, "minimum", elementwise.maximum)


def clip_without_the_minimum(patch):
    def gain(ratio, advantage, clip):
        return ratio.clip(1 - clip, 1 + clip) * advantage

    everywhere(patch, ppo, "clipped_surrogate", gain)


def entropy_punished(patch):
    honest = policies.Categorical.entropy
    patch.setattr(policies.Categorical, "entropy", lambda self: -honest(self))


def entropy_punished_in_reinforce(patch):
    honest = reinforce.Reinforce.__init__

    def init(self, *inputs, ent_coef=0.0, **named):
        honest(self, *inputs, ent_coef=-entropy_bonus, **named)

    patch.setattr(reinforce.Reinforce, "__init__", init)


def surprise_summed_over_the_batch(patch):
    honest = policies.DiagNormal.log_prob

    def log_prob(self, action):
        return honest(self, action).sum().expand(len(action))

    patch.setattr(policies.DiagNormal, "log_prob", log_prob)


def surprise_averaged_over_the_numbers_of_an_action(patch):
    honest = policies.DiagNormal.log_prob
    patch.setattr(policies.DiagNormal, "log_prob", lambda self, a: honest(self, a) / a.shape[1])


def one_draw_for_all_environments(patch):
    def sample(self, rng):
        scores = self.logits.numpy()
        return (scores + rng.gumbel(size=scores.shape[1])).argmax(axis=1)

    patch.setattr(policies.Categorical, "sample", sample)


def noise_that_is_not_gumbels(patch):
    def sample(self, rng):
        scores = self.logits.numpy()
        return (scores + rng.normal(size=scores.shape)).argmax(axis=1)

    patch.setattr(policies.Categorical, "sample", sample)


def statistics_that_move_while_acting(patch):
    honest = normalise.NormalizeObservation.forward

    def forward(self, x):
        self.seen.add(x.numpy())
        return honest(self, x)

    patch.setattr(normalise.NormalizeObservation, "forward", forward)


def statistics_that_are_not_saved(patch):
    def parts(self):
        return ((k, v) for k, v in vars(self).items() if k not in ("seen",))

    patch.setattr(normalise.NormalizeObservation, "parts", parts)


def rewards_scaled_across_episodes(patch):
    honest = normalise.NormalizeReward.add
    patch.setattr(
        normalise.NormalizeReward,
        "add",
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
    honest = policy_agent.PolicyAgent.__init__

    def init(self, *inputs, learning_rate=None, **named):
        honest(self, *inputs, **named)

    patch.setattr(policy_agent.PolicyAgent, "__init__", init)


def first_policy_already_sure(patch):
    honest = actor_critic.tanh_net
    patch.setattr(actor_critic, "tanh_net", lambda sizes, gain, rng: honest(sizes, 1.0, rng))


def baseline_that_learns_from_the_policy(patch):
    """What the critic says must not be moved by the loss of the actor."""

    def learn(self, seen, rng):
        keep = seen.mask
        goal = self._returns(seen)[keep]
        value, policy = (
            self.net.value(seen.observation[keep]),
            self.net.policy(seen.observation[keep]),
        )
        better = Tensor(goal) - value  # no detach
        loss = -(policy.log_prob(seen.action[keep]) * better).mean()
        self.descend(loss + self.value_weight * ((value - goal) ** 2).mean())

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
    Trap(surprise_summed_over_the_batch, test_policies.test_gaussian_equals_the_formulas),
    Trap(
        surprise_averaged_over_the_numbers_of_an_action,
        test_policies.test_gaussian_equals_the_formulas,
    ),
    Trap(one_draw_for_all_environments, test_policies.test_every_row_has_a_draw_of_its_own),
    Trap(
        noise_that_is_not_gumbels,
        test_policies.test_draws_have_the_probabilities_that_are_claimed,
    ),
    Trap(
        statistics_that_move_while_acting,
        test_actor_critic.test_statistics_stand_still_while_the_agent_acts,
    ),
    Trap(
        statistics_that_are_not_saved,
        gradients.test_saved_and_put_back_it_goes_on_to_the_last_bit,
        (a2c.A2C,),
    ),
    Trap(
        rewards_scaled_across_episodes,
        test_actor_critic.test_the_size_of_rewards_is_that_of_discounted_returns,
    ),
    Trap(critic_shaped_as_a_column, gradients.test_a2c_equals_the_loops, (gradients.THREE, False)),
    Trap(schedule_that_is_ignored, gradients.test_the_learning_rate_follows_the_steps),
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
