"""How `bootstrapped_returns` takes its place in the agents that learn from whole episodes."""

import numpy as np

from undergrad.mine import part


@part("undergrad.rl.advantages.returns", uses=("bootstrapped_returns",))
def returns(own, borrowed):
    """Several environments are played side by side, and each of them is a column."""

    def returns(reward, terminated, truncated, next_value, gamma):
        columns = (each.T for each in (reward, terminated, truncated, next_value))
        found = [own.bootstrapped_returns(*each, gamma) for each in zip(*columns, strict=True)]
        return np.array(found, dtype=next_value.dtype).T

    return returns
