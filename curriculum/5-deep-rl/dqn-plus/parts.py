"""How the functions of `dqn-plus` take their place in Rainbow.

The agent's tree keeps its sums in an array with the numbering of the exercise, so for each call
the learner's `SumTree` is given this array. Noise and priorities stay with the agent: its layers
draw their noise once for a whole batch, and its buffer also holds the transitions.
"""

import numpy as np

from undergrad.mine import part
from undergrad.mine.adapter import result


@part("undergrad.rl.agents.rainbow.double_choice", uses=("double_choice",))
def double_choice(own, borrowed):
    """One number for each row comes as a column."""
    return lambda q, out: np.asarray(own.double_choice(q, out)).reshape(len(q), -1)


@part("undergrad.rl.networks.Dueling.forward", uses=("dueling", "dueling_backward"))
def dueling(own, borrowed):
    """With Z numbers for an action, each of them makes a row of its own."""

    def forward(self, x):
        count, actions = len(x.data), self.actions
        rows = _as_rows(x.data, count, 1 + actions)
        q = own.dueling(rows[:, 0], rows[:, 1:])

        def vjp(g):
            gv, ga = own.dueling_backward(_as_rows(g, count, actions))
            return (_from_rows(np.column_stack([gv, ga]), count),)

        return result(_from_rows(q, count), (x,), vjp)

    return forward


def _as_rows(x, count, columns):
    """(B, columns * Z) -> (B * Z, columns)."""
    return np.moveaxis(x.reshape(count, columns, -1), 2, 1).reshape(-1, columns)


def _from_rows(rows, count):
    """(B * Z, columns) -> (B, columns * Z)."""
    return np.moveaxis(rows.reshape(count, -1, rows.shape[1]), 1, 2).reshape(count, -1)


@part("undergrad.rl.targets.c51_projection", uses=("c51_project",))
def c51_projection(own, borrowed):
    def c51_projection(reward, terminated, next_probability, atoms, discount):
        found = own.c51_project(next_probability, reward, terminated, discount, atoms)
        return np.asarray(found, dtype=next_probability.dtype)

    return c51_projection


@part(
    "undergrad.rl.targets.quantile_huber_loss", uses=("quantile_huber", "quantile_huber_backward")
)
def quantile_huber_loss(own, borrowed):
    def quantile_huber_loss(quantile, td_target, delta):
        def vjp(g):
            return (own.quantile_huber_backward(g, quantile.data, td_target, delta),)

        return result(own.quantile_huber(quantile.data, td_target, delta), (quantile,), vjp)

    return quantile_huber_loss


def _tree(own, tree):
    """The learner's tree on the sums of the agent's."""
    found = own.SumTree(1)
    found.capacity, found.leaves, found.nodes = tree.capacity, tree.first, tree.nodes
    return found


@part("undergrad.rl.sumtree.SumTree.update", uses=("SumTree",))
def update(own, borrowed):
    """While its transitions are too short yet, the agent adds none; then nothing is updated."""

    def update(self, index, weight):
        if len(index):
            _tree(own, self).update(index, weight)

    return update


@part("undergrad.rl.sumtree.SumTree.find", uses=("SumTree",))
def find(own, borrowed):
    return lambda self, position: _tree(own, self).find(position)
