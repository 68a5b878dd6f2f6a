"""Control: learn the best policy, with one function for each update rule on a table of q(s, a).

After every step the agent knows: it was in s, took a, earned r, came to s' and will now take a'.
Every rule moves q(s, a) a little towards a target; the rules differ in the target.

    SARSA            r + gamma * q(s', a')                     what it will do, chance included
    expected SARSA   r + gamma * mean of q(s', .)              the same, without the luck of a'
    Q-learning       r + gamma * max of q(s', .)               as if it no longer explored
    double Q         r + gamma * other q(s', best by own q)    one table chooses, one evaluates
    n-step SARSA     n rewards, then gamma^n * q               rewards travel back n steps at once
    SARSA(lambda)    the TD error, to all that led to it       fading with distance
    Monte Carlo      all that was earned until the end         no estimate in the target at all

Source: Sutton and Barto, chapters 5 to 7 and 12.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.agents.tabular.episodes import returns
from undergrad.rl.agents.tabular.policies import epsilon_greedy

Array: TypeAlias = npt.NDArray[Any]
Rng: TypeAlias = np.random.Generator


class Step(NamedTuple):
    """One step, and the action that follows it. `ended` is also true where time was up."""

    state: int
    action: int
    reward: float
    next_state: int
    next_action: int
    terminated: bool
    ended: bool


@dataclass
class Table:
    """Action values (S, A), and how often each was updated.

    The n-th update of an entry goes the fraction `learning_rate / n**power` of the way to its
    target. With power 0 it never stops moving; from 0.5 to 1 it converges to the mean.
    """

    values: Array
    visits: Array
    learning_rate: float
    power: float

    def move(self, state: int, action: int, target: float) -> None:
        """Move one value a little towards `target`."""
        self.values[state, action] += self.next_learning_rate(state, action) * (
            target - self.values[state, action]
        )

    def next_learning_rate(self, state: int, action: int) -> float:
        """Count an update of this entry and return how far it goes."""
        self.visits[state, action] += 1
        return float(self.learning_rate / self.visits[state, action] ** self.power)


@dataclass(frozen=True)
class Horizon:
    """How far to look: gamma, n of n-step SARSA, and the lambda of eligibility traces."""

    gamma: float
    n_step: int
    trace_decay: float


# A rule updates the tables after a step. `trajectory` holds the newest steps of the running
# episode, the last one included, as far back as the rule needs them; `epsilon` is the probability
# of a random action.
Tables: TypeAlias = Sequence[Table]
Trajectory: TypeAlias = Sequence[Step]
Rule: TypeAlias = Callable[[Tables, Trajectory, Horizon, float, Rng], None]


def sarsa(
    tables: Tables, trajectory: Trajectory, horizon: Horizon, epsilon: float, rng: Rng
) -> None:
    """Towards r + gamma * q(s', a'). Equation 6.7."""
    q, step = tables[0], trajectory[-1]
    _step_towards(q, step, horizon, q.values[step.next_state, step.next_action])


def expected_sarsa(
    tables: Tables, trajectory: Trajectory, horizon: Horizon, epsilon: float, rng: Rng
) -> None:
    """Towards r + gamma * the mean of q(s', .) under what the agent does. Equation 6.9."""
    q, step = tables[0], trajectory[-1]
    _step_towards(q, step, horizon, expected_value(q.values[step.next_state], epsilon))


def q_learning(
    tables: Tables, trajectory: Trajectory, horizon: Horizon, epsilon: float, rng: Rng
) -> None:
    """Towards r + gamma * max of q(s', .). Equation 6.8."""
    q, step = tables[0], trajectory[-1]
    _step_towards(q, step, horizon, q.values[step.next_state].max())


def double_q_learning(
    tables: Tables, trajectory: Trajectory, horizon: Horizon, epsilon: float, rng: Rng
) -> None:
    """Q-learning in which one table chooses and the other evaluates, by a coin. Equation 6.10."""
    coin = int(rng.integers(2))
    q, other, step = tables[coin], tables[1 - coin], trajectory[-1]
    after = double_value(q.values[step.next_state], other.values[step.next_state])
    _step_towards(q, step, horizon, after)


def n_step_sarsa(
    tables: Tables, trajectory: Trajectory, horizon: Horizon, epsilon: float, rng: Rng
) -> None:
    """Update the step whose n-step return is now complete; at the end, all that still wait.

    Equation 7.4. One step ahead is SARSA; further than the episode is long is Monte Carlo.
    """
    steps = trajectory[-horizon.n_step :]
    starts = range(len(steps)) if steps[-1].ended else range(len(steps) == horizon.n_step)
    if not starts:
        return
    targets = _returns(tables[0], steps, horizon)
    for start in starts:
        tables[0].move(steps[start].state, steps[start].action, targets[start])


def monte_carlo(
    tables: Tables, trajectory: Trajectory, horizon: Horizon, epsilon: float, rng: Rng
) -> None:
    """At the end of the episode, every step towards all that was earned from it on. Section 5.4.

    An episode that is cut off has no end to wait for, so there the last value is estimated.
    """
    if trajectory[-1].ended:
        targets = _returns(tables[0], trajectory, horizon)
        for step, target in zip(trajectory, targets, strict=True):
            tables[0].move(step.state, step.action, target)


def sarsa_lambda(
    tables: Tables, trajectory: Trajectory, horizon: Horizon, epsilon: float, rng: Rng
) -> None:
    """Pass the TD error of this step back along the trajectory, fading. Section 12.7."""
    q, step = tables[0], trajectory[-1]
    next_value = q.values[step.next_state, step.next_action]
    target = td_target(step.reward, next_value, step.terminated, horizon.gamma)
    td_error = target - q.values[step.state, step.action]
    learning_rate = q.next_learning_rate(step.state, step.action)
    age = np.arange(len(trajectory))[::-1]
    trace = (horizon.gamma * horizon.trace_decay) ** age
    index = ([s.state for s in trajectory], [s.action for s in trajectory])
    np.add.at(q.values, index, learning_rate * td_error * trace)


def td_target(reward: float, next_value: float, terminated: bool, gamma: float) -> float:
    """What a value should become after one step; nothing follows where the episode terminated."""
    return reward + (0.0 if terminated else gamma * float(next_value))


def expected_value(next_q: Array, epsilon: float) -> float:
    """The mean of the action values next_q (A,) under an epsilon-greedy policy."""
    likely = epsilon_greedy(next_q, epsilon)
    return float(likely[likely > 0] @ next_q[likely > 0])


def double_value(choosing: Array, evaluating: Array) -> float:
    """The value in the row `evaluating` (A,) of the action that is best in the row `choosing`."""
    return float(evaluating[choosing.argmax()])


def _step_towards(q: Table, step: Step, horizon: Horizon, next_value: float) -> None:
    target = td_target(step.reward, next_value, step.terminated, horizon.gamma)
    q.move(step.state, step.action, target)


def _returns(q: Table, steps: Trajectory, horizon: Horizon) -> Array:
    """For each of some consecutive steps: what was earned from it on, and the value of the rest."""
    last = steps[-1]
    rest = 0.0 if last.terminated else float(q.values[last.next_state, last.next_action])
    return returns(np.array([step.reward for step in steps]), horizon.gamma, rest)


@dataclass(frozen=True)
class Method:
    """A rule, how many tables and how many of the newest steps it needs (None: all)."""

    rule: Rule
    tables: int = 1
    needs: Callable[[Horizon], int | None] = lambda horizon: 1


METHODS = {
    "sarsa": Method(sarsa),
    "expected_sarsa": Method(expected_sarsa),
    "q_learning": Method(q_learning),
    "double_q_learning": Method(double_q_learning, tables=2),
    "n_step_sarsa": Method(n_step_sarsa, needs=lambda horizon: horizon.n_step),
    "sarsa_lambda": Method(sarsa_lambda, needs=lambda horizon: None),
    "monte_carlo": Method(monte_carlo, needs=lambda horizon: None),
}
