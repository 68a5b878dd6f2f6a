"""Measures the table of `continuous`: run `python race.py`, which takes two minutes of one core.

Agents learn to swing up a pendulum from logs alone, with the worked solution. Each seed has its own
half-trained agent, which writes 10,000 steps with a little noise. Each method learns with the best
of its grid, chosen on other seeds than those that are reported. A score is the mean return of 100
new episodes without noise.
"""

from functools import cache
from itertools import product
from pathlib import Path
from statistics import mean

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
CODE = solved(load_answer_key(HERE))
CHOOSING, SEEDS = range(2), range(10, 15)
GAMMA, SCALE = 0.98, 0.1  # as `train` has them
UPDATES = 5_000

DDPG = {"delay": 1, "target_noise": 0.0}


def episodes(actor, seed, N=100):
    """For N new episodes the first observations, the returns, and the discounted returns."""
    world = CODE.Pendulum(N, np.random.default_rng(seed))
    first, returns, discounted = world.observation, np.zeros(N), np.zeros(N)
    for step in range(world.limit):
        _, reward, *_ = world.step(CODE.act(actor, world.observation))
        returns += reward
        discounted += GAMMA**step * reward
    return first, returns, discounted


def judged(agent, seed):
    """The score, and by how much the first critic is above what the agent earns from the start."""
    first, returns, discounted = episodes(agent["actor"], seed + 1000)
    q = CODE.q_values(agent["critics"], first, CODE.act(agent["actor"], first))[0] / SCALE
    return float(returns.mean()), float((q - discounted).mean())


def listed(numbers):
    return f"{min(numbers):.0f} to {max(numbers):.0f}"


@cache
def half_trained(seed, steps=3_000):
    """An agent that learns to swing up, and has not finished."""
    rng = np.random.default_rng(seed)
    world = CODE.Pendulum(1, rng)
    agent = CODE.make_agent(world, rng, 1)
    CODE.train(world, agent, rng, steps, **DDPG)
    return agent


@cache
def log_of(seed, random=0.0, steps=10_000, N=10):
    """What a half-trained agent did, where each action is random with probability `random`."""
    rng = np.random.default_rng(seed + 500)
    world, log = CODE.Pendulum(N, rng), CODE.Replay(steps, *CODE.Pendulum.shape)
    for _ in range(steps // N):
        observation = world.observation
        action = CODE.act(half_trained(seed)["actor"], observation)
        action = (action + 0.1 * rng.normal(size=action.shape)).clip(-1, 1)
        anything = rng.uniform(-1, 1, action.shape)
        action = np.where(rng.random((N, 1)) < random, anything, action)
        after, reward, terminated, _ = world.step(action)
        log.add(observation, action, reward * SCALE, after, terminated)
    numbers = (name for name in log.fields if name != "terminated")
    log.fields |= {name: single(log.fields[name]) for name in numbers}
    return log


def single(x):
    """In single precision, which is faster."""
    return x.astype(np.float32)


def learned(seed, alpha, lr):
    """An agent that learned from the log of `seed`; alpha is None for TD3, and 0 to imitate."""
    rng = np.random.default_rng(seed)
    agent = CODE.make_agent(CODE.Pendulum, rng)
    agent = {name: [single(w) for w in net] for name, net in agent.items()}
    optimisers = {name: CODE.Adam(agent[name], lr) for name in ("actor", "critics")}
    settings = {"tau": 0.02}  # so that values of some 50 steps are learned within the updates
    if alpha is not None:
        settings["actor_grad"] = lambda *given: CODE.td3_bc_grad(*given, alpha)
    for number in range(1, UPDATES + 1):
        batch = log_of(seed).sample(64, rng)
        noise = single(0.2 * rng.normal(size=(64, 1)))
        CODE.td3_step(agent, optimisers, batch, noise, number, **settings)
    return judged(agent, seed)


RATES = 0.001, 0.0003
METHODS = {
    "imitation": [(0.0, lr) for lr in RATES],
    "TD3": [(None, lr) for lr in RATES],
    "TD3+BC": list(product((2.5, 10.0), RATES)),
}


def of_logs():
    """What each method makes of a log, at the best of its grid."""
    yield ["method", "best of its grid", "mean return", "range", "critic above truth"]
    rewards = [log_of(s).fields["reward"].mean() / SCALE * 200 for s in SEEDS]
    yield ["the log itself", "", f"{mean(rewards):.0f}", listed(rewards), ""]
    for method, grid in METHODS.items():
        tried = {each: mean(learned(seed, *each)[0] for seed in CHOOSING) for each in grid}
        alpha, lr = best = max(tried, key=tried.get)
        scores, above = zip(*(learned(seed, *best) for seed in SEEDS), strict=True)
        chosen = f"rate {lr:g}" + (f", alpha {alpha:g}" if alpha else "")
        yield [method, chosen, f"{mean(scores):.0f}", listed(scores), f"{mean(above):.0f}"]


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


def main() -> None:
    (HERE / "race.md").write_text(table(of_logs()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
