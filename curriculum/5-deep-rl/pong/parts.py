"""How the functions of `pong` take their place in the agent that plays from pixels.

A tensor has made real numbers of the frames, so the learner's function gets them as bytes again.
Where a critic completes the returns, they are borrowed, since the exercise has none.
"""

import numpy as np

from undergrad.mine import part


@part("undergrad.rl.networks.frame_difference", uses=("frame_diff",))
def frame_difference(own, borrowed):
    """The exercise divides by 255, which here is only the usual number for white."""

    def frame_difference(now, before, brightest):
        difference = own.frame_diff(now.astype(np.uint8), before.astype(np.uint8))
        return (difference * (255 / brightest)).astype(np.float32)

    return frame_difference


@part("undergrad.rl.agents.reinforce.returns_to_points", uses=("discount_points",))
def returns_to_points(own, borrowed):
    """A game that ends without a point, such as by a time limit, is counted piece by piece."""

    def returns_to_points(reward, terminated, truncated, next_value, gamma):
        if next_value.any():
            return borrowed(reward, terminated, truncated, next_value, gamma)
        ends = terminated | truncated
        if not (ends & (reward == 0)).any():
            return own.discount_points(reward, gamma).astype(next_value.dtype)
        returns = np.empty_like(next_value)
        for game in range(reward.shape[1]):
            cuts = np.flatnonzero(ends[:, game]) + 1
            pieces = np.split(reward[:, game, None], cuts)
            found = [own.discount_points(piece, gamma) for piece in pieces if len(piece)]
            returns[:, game] = np.concatenate(found)[:, 0]
        return returns

    return returns_to_points
