"""One careful step downhill: what every agent that has a network does with its loss."""

import math
from collections.abc import Sequence

from undergrad.engine import Tensor, optim
from undergrad.errors import ToolError


def descend(
    loss: Tensor,
    optimizer: optim.Optimizer,
    parameters: Sequence[Tensor],
    *,
    clip_norm: float,
    learning_rate: float | None = None,
) -> float:
    """Move the parameters one step. Returns the gradient's length before it was clipped.

    Arguments:
        clip_norm: a longer gradient is shortened to this.
        learning_rate: the one from now on; None leaves the optimiser's as it is.

    Raises ToolError, and moves nothing, when the loss is no longer a finite number.
    """
    optimizer.zero_grad()
    loss.backward()
    length = optim.clip_grad_norm_(parameters, clip_norm)
    if not math.isfinite(loss.item() + length):
        raise ToolError(
            "The loss is no longer a finite number: lower the learning rate, or the reward scale."
        )
    if learning_rate is not None:
        optimizer.param_groups[0]["lr"] = learning_rate
    optimizer.step()
    return length
