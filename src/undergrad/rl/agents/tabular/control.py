"""What is the best policy? One rule a function, all on the same table of action values.

After every step the agent knows: it was in s, did a, earned r, came to s' and will now do a'. Every
rule moves q(s, a) a little towards some goal; the rules differ in the goal.

    SARSA            r + discount * q(s', a')                     what it will do, chance included
    expected SARSA   r + discount * mean of q(s', .)              the same, without the luck of a'
    Q-learning       r + discount * max of q(s', .)               as if it explored no more
    double Q         r + discount * other q(s', best by own q)    one table chooses, one judges
    n-step SARSA     n rewards, then discount^n * q               news travels n steps at once
    SARSA(lambda)    the surprise, to all that led to it          fading with distance
    Monte Carlo      all that was earned until the end            no estimate in the goal at all

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
    """Action values (S, A), and how often each was corrected.

    The n-th correction of an entry goes the fraction `rate / n**power` of the way to its goal.
    With power 0 it never stops moving; from 0.5 to 1 it settles, and then finds the mean.
    """

    values: Array
    visits: Array
    rate: float
    power: float

    def correct(self, state: int, action: int, goal: float) -> None:
        """Move one value a little towards `goal`."""
        self.values[state, action] += self.next_rate(state, action) * (
            goal - self.values[state, action]
        )

    def next_rate(self, state: int, action: int) -> float:
        """Count a correction of this entry and return how far it goes."""
        self.visits[state, action] += 1
        return float(self.rate / self.visits[state, action] ** self.power)


@dataclass(frozen=True)
class Plan:
    """How far to look: `discount`, `steps` of n-step SARSA, `decay` of the traces (lambda)."""

    discount: float
    steps: int
    decay: float


# A rule corrects the tables after a step. `trail` holds the newest steps of the running episode,
# the last one included, as far back as the rule wants; `epsilon` says how much chance there is in
# what the agent does.
Tables: TypeAlias = Sequence[Table]
Trail: TypeAlias = Sequence[Step]
Rule: TypeAlias = Callable[[Tables, Trail, Plan, float, np.random.Generator], None]


def sarsa(
    tables: Tables, trail: Trail, plan: Plan, epsilon: float, rng: np.random.Generator
) -> None:
    """Towards r + discount * q(s', a'). Equation 6.7."""
    q, step = tables[0], trail[-1]
    q.correct(
        step.state, step.action, _goal(step, plan, q.values[step.next_state, step.next_action])
    )


def expected_sarsa(
    tables: Tables, trail: Trail, plan: Plan, epsilon: float, rng: np.random.Generator
) -> None:
    """Towards r + discount * the mean of q(s', .) under what the agent does. Equation 6.9."""
    q, step = tables[0], trail[-1]
    after = q.values[step.next_state]
    likely = epsilon_greedy(after, epsilon)
    mean = float(likely[likely > 0] @ after[likely > 0])
    q.correct(step.state, step.action, _goal(step, plan, mean))


def q_learning(
    tables: Tables, trail: Trail, plan: Plan, epsilon: float, rng: np.random.Generator
) -> None:
    """Towards r + discount * max of q(s', .). Equation 6.8."""
    q, step = tables[0], trail[-1]
    best = q.values[step.next_state].max()
    q.correct(step.state, step.action, _goal(step, plan, best))


def double_q_learning(
    tables: Tables, trail: Trail, plan: Plan, epsilon: float, rng: np.random.Generator
) -> None:
    """As Q-learning, but one table chooses, the other judges; a coin says which. Equation 6.10."""
    coin = int(rng.integers(2))
    q, other, step = tables[coin], tables[1 - coin], trail[-1]
    chosen = q.values[step.next_state].argmax()
    q.correct(step.state, step.action, _goal(step, plan, other.values[step.next_state, chosen]))


def n_step_sarsa(
    tables: Tables, trail: Trail, plan: Plan, epsilon: float, rng: np.random.Generator
) -> None:
    """Correct the step whose n-step future is now complete; at the end, all that still wait.

    Equation 7.4. One step ahead is SARSA; further than the episode is long is Monte Carlo.
    """
    window = trail[-plan.steps :]
    starts = range(len(window)) if trail[-1].ended else range(len(window) == plan.steps)
    if not starts:
        return
    goals = _goals(tables[0], window, plan)
    for start in starts:
        tables[0].correct(window[start].state, window[start].action, goals[start])


def monte_carlo(
    tables: Tables, trail: Trail, plan: Plan, epsilon: float, rng: np.random.Generator
) -> None:
    """At the end of the episode, every step towards all that was earned from it on. Section 5.4.

    An episode that is cut off has no end to wait for, so there the last value is estimated.
    """
    if trail[-1].ended:
        for step, goal in zip(trail, _goals(tables[0], trail, plan), strict=True):
            tables[0].correct(step.state, step.action, goal)


def sarsa_lambda(
    tables: Tables, trail: Trail, plan: Plan, epsilon: float, rng: np.random.Generator
) -> None:
    """Pass the surprise of this step back along the trail, fading with distance. Section 12.7."""
    q, step = tables[0], trail[-1]
    goal = _goal(step, plan, q.values[step.next_state, step.next_action])
    surprise = goal - q.values[step.state, step.action]
    rate = q.next_rate(step.state, step.action)
    age = np.arange(len(trail))[::-1]
    places = ([s.state for s in trail], [s.action for s in trail])
    np.add.at(q.values, places, rate * surprise * (plan.discount * plan.decay) ** age)


def _goal(step: Step, plan: Plan, next_value: float) -> float:
    rest = 0.0 if step.terminated else plan.discount * float(next_value)
    return step.reward + rest


def _goals(q: Table, steps: Trail, plan: Plan) -> Array:
    """For each of some consecutive steps: what was earned from it on, and the value of the rest."""
    last = steps[-1]
    rest = 0.0 if last.terminated else float(q.values[last.next_state, last.next_action])
    return returns(np.array([step.reward for step in steps]), plan.discount, rest)


@dataclass(frozen=True)
class Method:
    """A rule, how many tables it needs, and how far back it looks (None: to the beginning)."""

    rule: Rule
    tables: int = 1
    looks_back: Callable[[Plan], int | None] = lambda plan: 1


METHODS = {
    "sarsa": Method(sarsa),
    "expected_sarsa": Method(expected_sarsa),
    "q_learning": Method(q_learning),
    "double_q_learning": Method(double_q_learning, tables=2),
    "n_step_sarsa": Method(n_step_sarsa, looks_back=lambda plan: plan.steps),
    "sarsa_lambda": Method(sarsa_lambda, looks_back=lambda plan: None),
    "monte_carlo": Method(monte_carlo, looks_back=lambda plan: None),
}
