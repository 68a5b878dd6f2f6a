"""The training of one pilot, by proximal policy optimisation (PPO)."""

from typing import NamedTuple

import numpy as np
from undergrad.engine import Tensor, nn, optim

import evaluate
from data import OBSERVATION_SIZE, STEPS, observe, start, step
from model import Pilot, actor_loss, advantages, evaluate_batch, log_softmax

ROUNDS, GLIDERS = 25, 128  # in each round so many gliders fly for five minutes, side by side
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
    action: np.ndarray  # (300, gliders)
    old: np.ndarray  # (300, gliders) the logarithm of the probability of the action
    reward: np.ndarray  # (300, gliders)


def fit(seed: int, rounds: int = ROUNDS, **parts) -> Trained:
    """Train one pilot.

    parts: what a `Pilot` may lack, for the ablation. The learning rate falls linearly to 0. Each
    seed has skies of its own. The last network counts, whatever its score.
    """
    pilot, rng = Pilot(seed, **parts), np.random.default_rng(seed)
    optimizer = optim.Adam(pilot.parameters(), lr=RATE)
    history, validated = [], []
    for number in range(1, rounds + 1):
        optimizer.param_groups[0]["lr"] = RATE * (1 - (number - 1) / rounds)
        first = 10_000 * seed + GLIDERS * number
        flights = fly(pilot, range(first, first + GLIDERS), rng)
        entropy = learn(pilot, optimizer, flights, rng)
        flown = number * GLIDERS * STEPS
        history.append((flown, UNIT * flights.reward.mean(), entropy))
        if number % 5 == 0:
            validated.append((flown, evaluate.score(pilot, evaluate.VALIDATION)))
    return Trained(pilot, np.array(history), np.array(validated).reshape(-1, 2))


def fly(pilot: nn.Module, seeds, rng: np.random.Generator) -> Flights:
    """One flight in the sky of each seed, with actions drawn from the pilot's probabilities."""
    world, seen, steps = start(seeds), [], []
    rows = np.arange(len(seeds))
    for _ in range(STEPS):
        seen.append(observe(world))
        log_p = log_softmax(evaluate_batch(pilot, seen[-1])[0])
        noise = rng.gumbel(size=log_p.shape)  # the largest sum is a draw from the probabilities
        action = (log_p + noise).argmax(axis=1)
        world, gained = step(world, action)
        steps.append((action, log_p[rows, action], gained / UNIT))
    action, old, reward = map(np.array, zip(*steps, strict=True))
    return Flights(np.array([*seen, observe(world)]), action, old, reward.astype(np.float32))


def learn(pilot: nn.Module, optimizer, flights: Flights, rng: np.random.Generator) -> float:
    """Two passes over what was flown, in minibatches. Returns the entropy of the last one."""
    seen = flights.observation.reshape(-1, OBSERVATION_SIZE)
    values = evaluate_batch(pilot, seen)[1].reshape(STEPS + 1, -1)
    gain = advantages(flights.reward, values)
    target = (gain + values[:-1]).ravel()
    gain = ((gain - gain.mean()) / (gain.std() + 1e-8)).ravel()
    action, old = flights.action.ravel(), flights.old.ravel()
    for _ in range(EPOCHS):
        for rows in rng.permutation(len(gain)).reshape(-1, BATCH):
            logits, value = pilot(Tensor(seen[rows]))
            loss = actor_loss(logits, action[rows], gain[rows], old[rows])
            loss = loss + ((value - Tensor(target[rows])) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    log_p = log_softmax(logits.numpy())
    return float(-(np.exp(log_p) * log_p).sum(axis=1).mean())
