"""The loops: what changes with the steps of a run follows them."""

import numpy as np
import pytest

from undergrad.rl.build import build
from undergrad.rl.run import preset


@pytest.mark.parametrize("name", ["cartpole", "acrobot", "ppo", "a2c", "reinforce"])
def test_the_learning_rate_falls_to_0_over_the_budget(name):
    task = preset.load(name).with_settings({"steps": "3000"})
    loop = build(task.agent, task.env, task.settings, seed=0)
    rates = []
    while loop.steps < 3000:
        loop.advance()
        rate = loop.agent.optimizer.param_groups[0]["lr"]
        if loop.steps >= 1000:
            expected = task.settings.learning_rate * max(0, 1 - loop.steps / 3000)
            assert rate == pytest.approx(expected, abs=1e-12)
            rates.append(rate)
    loop.close()
    assert len(rates) > 1
    assert rates == sorted(rates, reverse=True)


def test_epsilon_falls_with_the_steps_and_decides_what_is_done():
    settings = {"steps": "2000", "epsilon_steps": "1000", "epsilon_end": "0"}
    task = preset.load("cartpole").with_settings(settings)
    loop = build(task.agent, task.env, task.settings, seed=0)
    assert loop.epsilon == 1
    loop.steps = 250
    assert loop.epsilon == 0.75
    loop.steps = 1500
    assert loop.epsilon == 0
    observation = loop.env.observation
    greedy = loop.agent.q_values(loop.agent.online, observation).argmax(axis=1)
    for seed in range(5):
        action = loop.agent.act(observation, loop.epsilon, np.random.default_rng(seed))
        np.testing.assert_array_equal(action, greedy)
    loop.close()
