"""How the functions of `alphazero` take their place in the agent.

The agent keeps the nodes of all trees as rows of one array, and an edge as a number; the exercise
has an axis for the games and one for the nodes. What the network says in float32 is made float64
before the exercise sees it.
"""

import numpy as np

from undergrad.mine import part, result


@part("undergrad.rl.search.formulas.puct_select", uses=("puct_select",))
def puct_select(own, borrowed):
    def puct_select(prior, visits, value_sum, legal, value, options):
        untried = value - options.fpu_reduction
        found = own.puct_select(prior, visits, value_sum, legal, untried, options.c_puct)
        return np.asarray(found)

    return puct_select


@part("undergrad.rl.search.formulas.prior_of", uses=("masked_policy",))
def prior_of(own, borrowed):
    """Of one node or of many."""

    def prior_of(logits, legal):
        rows = np.atleast_2d(logits).astype(float), np.atleast_2d(legal)
        return own.masked_policy(*rows).reshape(np.shape(logits))

    return prior_of


@part("undergrad.rl.search.formulas.with_noise", uses=("root_noise",))
def with_noise(own, borrowed):
    def with_noise(prior, legal, options, rng):
        rows = np.atleast_2d(prior), np.atleast_2d(legal)
        settings = options.dirichlet_alpha, options.dirichlet_fraction
        return own.root_noise(*rows, *settings, rng).reshape(np.shape(prior))

    return with_noise


@part("undergrad.rl.search.batched.Trees.back_up", uses=("backup",))
def back_up(own, borrowed):
    """Edge e of the agent is action e % A of row e // A, which is a node of the game row // S."""

    def back_up(self, path, value):
        shape = len(self.roots), self.size, self.game.actions
        steps = [np.unravel_index(edge, shape) for edge in path]
        own.backup(self.visits.reshape(shape), self.value_sum.reshape(shape), steps, value)

    return back_up


@part("undergrad.rl.search.gumbel.completed_q", uses=("completed_q",))
def completed_q(own, borrowed):
    def completed_q(root):
        return own.completed_q(root.prior, root.value, root.visits, root.value_sum)

    return completed_q


@part("undergrad.rl.search.gumbel.improved_policy", uses=("improved_policy", "completed_q"))
def improved_policy(own, borrowed):
    def improved_policy(root, gumbel):
        arrays = root.prior, root.value, root.visits, root.value_sum
        return own.improved_policy(*arrays, gumbel.c_visit, gumbel.c_scale)

    return improved_policy


@part("undergrad.rl.agents.alphazero.visit_policy", uses=("visit_policy",))
def visit_policy(own, borrowed):
    return own.visit_policy


@part("undergrad.rl.agents.alphazero.alphazero_loss", uses=("az_loss",))
def alphazero_loss(own, borrowed):
    """Two nodes of the graph, because the agent logs both terms."""

    def alphazero_loss(logits, value, policy, outcome):
        arrays = (logits.data, value.data, policy, outcome)
        found = own.az_loss(*(np.asarray(array, float) for array in arrays))
        policy_loss, value_loss, g_logits, g_value = found
        return (
            result(policy_loss, (logits,), lambda g: (g * g_logits,)),
            result(value_loss, (value,), lambda g: (g * g_value,)),
        )

    return alphazero_loss


@part("undergrad.rl.self_play.outcomes", uses=("outcomes",))
def outcomes(own, borrowed):
    return own.outcomes


@part("undergrad.rl.window.at_random_symmetry", uses=("turn",))
def at_random_symmetry(own, borrowed):
    """The agent draws a symmetry for each position; the exercise applies it."""

    def at_random_symmetry(game, planes, policy, rng):
        cells, actions = (np.stack(maps) for maps in zip(*game.symmetries, strict=True))
        chosen = rng.integers(len(cells), size=len(planes))
        return own.turn(planes, policy, cells[chosen], actions[chosen])

    return at_random_symmetry
