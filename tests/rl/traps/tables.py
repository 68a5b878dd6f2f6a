"""Mistakes in tables: targets of the rules, trajectories of episodes, and planning."""

from dataclasses import replace

import numpy as np
from tests.rl import test_planning, test_prediction, test_tabular
from tests.rl.traps.trap import Trap, everywhere

from undergrad.rl.agents.tabular import agent, control, episodes, planning, prediction
from undergrad.rl.agents.tabular.control import METHODS


def rule(patch, name, bad):
    patch.setitem(METHODS, name, replace(METHODS[name], rule=bad))


def towards(value):
    """A rule that moves q(s, a) to r and the discounted `value(q, step)`."""

    def corrected(tables, trajectory, horizon, epsilon, rng):
        q, step = tables[0], trajectory[-1]
        after = value(q.values, step)
        target = control.td_target(step.reward, after, step.terminated, horizon.gamma)
        q.move(step.state, step.action, target)

    return corrected


def q_learning_that_is_sarsa(patch):
    rule(patch, "q_learning", towards(lambda q, step: q[step.next_state, step.next_action]))


def sarsa_that_is_q_learning(patch):
    rule(patch, "sarsa", towards(lambda q, step: q[step.next_state].max()))


def every_action_equally_expected(patch):
    rule(patch, "expected_sarsa", towards(lambda q, step: q[step.next_state].mean()))


def one_table_chooses_and_judges(patch):
    def double(tables, trajectory, horizon, epsilon, rng):
        one = [tables[int(rng.integers(2))]]
        METHODS["q_learning"].rule(one, trajectory, horizon, epsilon, rng)

    rule(patch, "double_q_learning", double)


def value_of_a_true_end_counts(patch):
    honest = control.td_target
    patch.setattr(control, "td_target", lambda r, v, terminated, gamma: honest(r, v, False, gamma))


def time_limit_as_an_end(patch):
    honest = agent.Tabular.learn

    def learn(self, env, step, *rest):
        return honest(self, env, step._replace(terminated=step.ended), *rest)

    patch.setattr(agent.Tabular, "learn", learn)


def trajectories_across_episodes(patch):
    honest = agent.Tabular.learn

    def learn(self, env, step, *rest):
        return honest(self, env, step._replace(ended=False), *rest)

    patch.setattr(agent.Tabular, "learn", learn)


def environments_share_their_trajectories(patch):
    honest = agent.Tabular.learn
    patch.setattr(agent.Tabular, "learn", lambda self, env, *rest: honest(self, 0, *rest))


def traces_that_never_fade(patch):
    honest = control.sarsa_lambda

    def traced(tables, trajectory, horizon, epsilon, rng):
        honest(tables, trajectory, replace(horizon, trace_decay=1.0), epsilon, rng)

    rule(patch, "sarsa_lambda", traced)


def discounted_from_the_beginning(patch):
    """gamma^t counted from the start of the episode, not from the step itself."""

    def returns(rewards, gamma, last_value=0.0):
        weight = gamma ** np.arange(len(rewards) + 1)
        earned = np.append(rewards, last_value) * weight
        return earned[::-1].cumsum()[::-1][:-1]

    everywhere(patch, episodes, "returns", returns)


def every_visit_called_the_first(patch):
    honest = prediction.monte_carlo

    def monte_carlo(*inputs, every_visit):
        return honest(*inputs, every_visit=True)

    everywhere(patch, prediction, "monte_carlo", monte_carlo)


def a_state_seen_twice_moves_once(patch):
    def moved(v, episode, learning_rate, targets):
        seen, v = episode.states[:-1], v.copy()
        v[seen] += learning_rate * (targets - v[seen])
        return v

    patch.setattr(prediction, "_moved", moved)


def planning_beyond_the_end(patch):
    honest = planning.action_values

    def action_values(mdp, v, gamma):
        return honest(replace(mdp, terminated=mdp.terminated & False), v, gamma)

    patch.setattr(planning, "action_values", action_values)


OFFLINE = test_prediction.test_forward_and_backward_view_are_equal_offline

TRAPS = (
    Trap(q_learning_that_is_sarsa, test_tabular.test_one_step_by_hand, ("q_learning", 4.0)),
    Trap(sarsa_that_is_q_learning, test_tabular.test_one_step_by_hand, ("sarsa", 3.0)),
    Trap(
        every_action_equally_expected,
        test_tabular.test_one_step_by_hand,
        ("expected_sarsa", 0.9 * 4 + 0.1 * 3),
    ),
    Trap(
        one_table_chooses_and_judges,
        test_tabular.test_double_q_lets_one_table_choose_and_the_other_judge,
    ),
    Trap(
        value_of_a_true_end_counts,
        test_tabular.test_nothing_is_expected_after_the_end,
        ("q_learning",),
    ),
    Trap(time_limit_as_an_end, test_tabular.test_nothing_is_expected_after_the_end, ("sarsa",)),
    Trap(trajectories_across_episodes, test_tabular.test_n_steps_equal_the_definition, (0,)),
    Trap(
        environments_share_their_trajectories,
        test_tabular.test_environments_do_not_share_their_trajectories,
    ),
    Trap(traces_that_never_fade, test_tabular.test_traces_equal_a_table_of_them),
    Trap(
        discounted_from_the_beginning,
        test_tabular.test_n_steps_equal_the_definition,
        (0,),
    ),
    Trap(every_visit_called_the_first, test_prediction.test_first_and_every_visit_by_hand),
    Trap(a_state_seen_twice_moves_once, OFFLINE),
    Trap(planning_beyond_the_end, test_planning.test_a_chain_has_a_closed_form),
)
