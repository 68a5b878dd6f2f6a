"""How the functions of `continuous` take their place in the agents TD3 and SAC.

The agents compute their losses on tensors that record a graph, so the learner's gradients become
backward passes of single nodes. The action of a squashed Gaussian and its log-density are two
results of one function, and each is a node whose backward pass begins at one of them.
"""

import numpy as np

from undergrad.mine import part
from undergrad.mine.adapter import result


@part("undergrad.rl.agents.off_policy.td_target", uses=("td3_target",))
def td_target(own, borrowed):
    """SAC's critics have subtracted alpha times log pi already."""

    def td_target(reward, next_value, terminated, discount):
        found = own.td3_target(reward, next_value, terminated, discount)
        return np.asarray(found, dtype=next_value.dtype)

    return td_target


@part("undergrad.rl.agents.off_policy.critic_loss", uses=("critic_grads",))
def critic_loss(own, borrowed):
    """Linear critics that see which row it is: their weights are the values themselves."""

    def critic_loss(q, td_target):
        C, B = q.shape
        critics = [q.data[..., None], np.zeros((C, 1, 1))]
        loss, grads = own.critic_grads(critics, np.eye(B), np.zeros((B, 0)), td_target)
        return result(loss, (q,), lambda g: (g * grads[0][..., 0],))

    return critic_loss


@part("undergrad.rl.agents.td3.smoothed_action", uses=("smoothed_action",))
def smoothed_action(own, borrowed):
    def smoothed_action(action, noise, noise_clip):
        return np.asarray(own.smoothed_action(action, noise, noise_clip), dtype=action.dtype)

    return smoothed_action


@part("undergrad.rl.distributions.tanh_gaussian", uses=("tanh_gaussian", "tanh_gaussian_backward"))
def tanh_gaussian(own, borrowed):
    def tanh_gaussian(mean, log_std, noise):
        given = mean.data, log_std.data, noise
        action, log_prob = own.tanh_gaussian(*given)

        def through_action(g):
            return own.tanh_gaussian_backward(g, np.zeros(len(g)), *given)

        def through_log_prob(g):
            return own.tanh_gaussian_backward(np.zeros(noise.shape), g, *given)

        parents = mean, log_std
        return result(action, parents, through_action), result(log_prob, parents, through_log_prob)

    return tanh_gaussian


@part("undergrad.rl.agents.sac.sac_actor_loss", uses=("sac_actor_loss",))
def sac_actor_loss(own, borrowed):
    def sac_actor_loss(log_prob, q, ent_coef):
        loss, glogp, gq = own.sac_actor_loss(log_prob.data, q.data, ent_coef)
        return result(loss, (log_prob, q), lambda g: (g * glogp, g * gq))

    return sac_actor_loss


@part("undergrad.rl.agents.sac.alpha_loss", uses=("alpha_loss",))
def alpha_loss(own, borrowed):
    def alpha_loss(log_ent_coef, log_prob, target_entropy):
        loss, g = own.alpha_loss(log_ent_coef.data, log_prob.data, target_entropy)
        return result(loss, (log_ent_coef,), lambda upstream: (upstream * g,))

    return alpha_loss
