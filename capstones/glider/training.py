"""The training of one pilot, by proximal policy optimisation (PPO)."""

from typing import NamedTuple

import numpy as np
from undergrad.engine import Tensor, optim

import evaluate
from data import STEPS, chart, observe, start, step
from model import (
    EVERYTHING,
    Critic,
    Pilot,
    actor_loss,
    advantages,
    log_softmax,
    without_graph,
)

ROUNDS, GLIDERS = 30, 128  # in each round so many gliders fly for five minutes, side by side
EPOCHS, BATCH, RATE = 2, 1_200, 3e-3
UNIT = 20.0  # metres that count as 1, so that the values are of about that size


class Trained(NamedTuple):
    """A pilot; for each round the seconds flown so far, the mean climb, and the entropy.

    validated: for every fifth round the seconds flown so far, and the validation score.
    """

    pilot: Pilot
    history: np.ndarray  # (rounds, 3)
    validated: np.ndarray  # (rounds // 5, 2)


class Flights(NamedTuple):
    """What was flown in one round, from the first second to the last."""

    observation: np.ndarray  # (301, gliders, 25)
    chart: np.ndarray  # (301, gliders, 24)
    action: np.ndarray  # (300, gliders)
    old: np.ndarray  # (300, gliders) the logarithm of the probability of the action
    reward: np.ndarray  # (300, gliders)


def fit(
    seed: int,
    rounds: int = ROUNDS,
    senses: np.ndarray = EVERYTHING,
    sees_sky: bool = True,
) -> Trained:
    """Train one pilot.

    senses, sees_sky: what a `Pilot` or its `Critic` may lack, for the ablation. The learning rate
    falls linearly to 0. Each seed has skies of its own. The last network counts, whatever its
    score.
    """
    pilot, critic = Pilot(seed, senses), Critic(seed, sees_sky)
    optimizer = optim.Adam([*pilot.parameters(), *critic.parameters()], lr=RATE)
    rng, history, validated = np.random.default_rng(seed), [], []
    for number in range(1, rounds + 1):
        optimizer.param_groups[0]["lr"] = RATE * (1 - (number - 1) / rounds)
        first = 10_000 * seed + GLIDERS * number
        flights = fly(pilot, range(first, first + GLIDERS), rng)
        entropy = learn(pilot, critic, optimizer, flights, rng)
        flown = number * GLIDERS * STEPS
        history.append((flown, UNIT * flights.reward.mean(), entropy))
        if number % 5 == 0:
            validated.append((flown, evaluate.score(pilot, evaluate.CHOICE)))
    return Trained(pilot, np.array(history), np.array(validated).reshape(-1, 2))


def fly(pilot: Pilot, seeds, rng: np.random.Generator) -> Flights:
    """One flight in the sky of each seed, with actions drawn from the pilot's probabilities."""
    world, seen, charts, steps = start(seeds), [], [], []
    rows = np.arange(len(seeds))
    for _ in range(STEPS):
        seen.append(observe(world))
        charts.append(chart(world))
        log_p = log_softmax(without_graph(pilot, seen[-1]))
        noise = rng.gumbel(size=log_p.shape)  # the largest sum is a draw from the probabilities
        action = (log_p + noise).argmax(axis=1)
        world, gained = step(world, action)
        steps.append((action, log_p[rows, action], gained / UNIT))
    action, old, reward = map(np.array, zip(*steps, strict=True))
    observations = np.array([*seen, observe(world)])
    return Flights(
        observations, np.array([*charts, chart(world)]), action, old, reward.astype(np.float32)
    )


def learn(
    pilot: Pilot, critic: Critic, optimizer, flights: Flights, rng: np.random.Generator
) -> float:
    """Two passes over what was flown, in minibatches. Returns the entropy of the last one."""
    view = np.concatenate([flights.observation, flights.chart], axis=2)
    view = view.reshape(-1, view.shape[2])
    seen = flights.observation.reshape(len(view), -1)
    values = without_graph(critic, view).reshape(STEPS + 1, -1)
    gain = advantages(flights.reward, values)
    target = (gain + values[:-1]).ravel()
    gain = ((gain - gain.mean()) / (gain.std() + 1e-8)).ravel()
    action, old = flights.action.ravel(), flights.old.ravel()
    for _ in range(EPOCHS):
        for rows in rng.permutation(len(gain)).reshape(-1, BATCH):
            logits = pilot(Tensor(seen[rows]))
            loss = actor_loss(logits, action[rows], gain[rows], old[rows])
            loss = loss + ((critic(Tensor(view[rows])) - Tensor(target[rows])) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    log_p = log_softmax(logits.numpy())
    return float(-(np.exp(log_p) * log_p).sum(axis=1).mean())
