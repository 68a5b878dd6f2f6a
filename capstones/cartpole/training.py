"""The training of one agent, which leaves a copy of its network every 1,000 steps."""

from typing import NamedTuple

import numpy as np
from undergrad.engine import nn

from data import GAMMA, N_ACTIONS, ReplayBuffer, make
from model import Learner, network

STEPS, EVERY = 8_000, 1_000  # of a whole training; between two copies of the network


class Trained(NamedTuple):
    """What a training leaves.

    snapshots: {step: the network as it was then}.   returns (E, 2): step and return of each episode
    while exploring.   losses (L,): one for each gradient step.
    """

    snapshots: dict[int, nn.Module]
    returns: np.ndarray
    losses: np.ndarray


def fit(
    seed: int,
    unit: float = 1 - GAMMA,
    n_step: int = 3,
    rate: float = 2e-3,
    steps: int = STEPS,
) -> Trained:
    """Train one agent.

    unit: the scale of the rewards.   n_step: steps in a transition.   rate: that of Adam, which
    falls linearly to 0 over `steps`. Epsilon falls from 1 to 0.05 within 3,000 steps, and from step
    500 on the agent learns from a minibatch after every second step.
    """
    environment, rng = make(), np.random.default_rng(seed)
    learner, buffer = Learner(seed, unit, rate), ReplayBuffer(steps + n_step, n_step)
    snapshots, returns, losses, earned = {}, [], [], 0.0
    observation, _ = environment.reset(seed=seed)
    for step in range(1, steps + 1):
        exploring = rng.random() < max(0.05, 1 - step / 3_000)
        action = int(rng.integers(N_ACTIONS)) if exploring else learner.act(observation)
        next_obs, reward, terminated, truncated, _ = environment.step(action)
        buffer.add(observation, action, reward, next_obs, terminated, truncated)
        observation, earned = next_obs, earned + reward
        if terminated or truncated:
            returns.append((step, earned))
            observation, earned = environment.reset()[0], 0.0
        if step >= 500 and step % 2 == 0:
            losses.append(learner.learn(buffer, rng, left=1 - step / steps))
        if step % EVERY == 0:
            snapshots[step] = network(seed)
            snapshots[step].load_state_dict(learner.network.state_dict())
    return Trained(snapshots, np.array(returns), np.array(losses))
