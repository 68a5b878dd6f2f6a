"""How the functions of `td` take their place in the agents that learn in a table.

The rules themselves belong to the agent, as its loop does; what they compute is the learner's.
"""

import numpy as np

from undergrad.mine import part


@part("undergrad.rl.agents.tabular.control.td_target", uses=("td_target",))
def td_target(own, borrowed):
    def td_target(reward, next_value, terminated, gamma):
        return float(own.td_target(reward, next_value, terminated, gamma))

    return td_target


@part("undergrad.rl.agents.tabular.control.Table.move", uses=("update",))
def move(own, borrowed):
    """The table counts its updates, and its learning rate depends on their number."""

    def move(self, state, action, target):
        own.update(self.values, state, action, target, self.next_learning_rate(state, action))

    return move


@part("undergrad.rl.agents.tabular.control.expected_value", uses=("expected_value",))
def expected_value(own, borrowed):
    """An action that a state does not have is worth -inf, and is never taken."""

    def expected_value(next_q, epsilon):
        return float(own.expected_value(next_q[next_q > -np.inf], epsilon))

    return expected_value


@part("undergrad.rl.agents.tabular.control.double_value", uses=("double_value",))
def double_value(own, borrowed):
    return lambda choosing, evaluating: float(own.double_value(choosing, evaluating))


@part("undergrad.rl.agents.tabular.episodes.returns", uses=("n_step_returns",))
def returns(own, borrowed):
    """As many rewards as there are, and then the value of the last state."""

    def returns(rewards, gamma, last_value=0.0):
        values = np.append(np.zeros(len(rewards)), last_value)
        return own.n_step_returns(np.asarray(rewards), values, len(rewards), gamma)

    return returns
