"""Measures the tables of `continuous`: run `python race.py`, which takes two minutes of one core.

All of them are about the pendulum, with the worked solution. For the first, agents learn from logs
alone: each seed has its own half-trained agent, which writes 10,000 steps with a little noise, and
once more with half of its actions replaced by random ones. Each method learns with the best of its
grid, chosen on other seeds than those that are reported. The second plans with the true model. The
third compares critics with what the agent really earns, for DDPG and two steps towards TD3. A score
is the mean return of 100 new episodes without noise.
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


# What critics believe


VARIANTS = {
    "DDPG: one critic": (1, DDPG),
    "two critics, the smaller counts": (2, DDPG),
    "TD3: smoothing and delay too": (2, {}),
}


def of_critics(steps=6_000):
    """Scores and the error of the first critic, after training in the world."""
    yield ["agent", "mean return", "range", "critic above truth", "range"]
    for name, (C, settings) in VARIANTS.items():
        found = []
        for seed in SEEDS:
            rng = np.random.default_rng(seed)
            world = CODE.Pendulum(1, rng)
            agent = CODE.make_agent(world, rng, C)
            CODE.train(world, agent, rng, steps, **settings)
            found.append(judged(agent, seed))
        scores, above = zip(*found, strict=True)
        yield [name, f"{mean(scores):.0f}", listed(scores), f"{mean(above):.1f}", listed(above)]


# Learning from a log


@cache
def half_trained(seed, steps=3_000):
    """An agent that learns to swing up, and has not finished."""
    rng = np.random.default_rng(seed)
    world = CODE.Pendulum(1, rng)
    agent = CODE.make_agent(world, rng, 1)
    CODE.train(world, agent, rng, steps, **DDPG)
    return agent


@cache
def log_of(seed, random, steps=10_000, N=10):
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


def learned(seed, random, alpha, lr):
    """An agent that learned from the log of `seed`; alpha is None for TD3, and 0 to imitate."""
    rng = np.random.default_rng(seed)
    agent = CODE.make_agent(CODE.Pendulum, rng)
    agent = {name: [single(w) for w in net] for name, net in agent.items()}
    optimisers = {name: CODE.Adam(agent[name], lr) for name in ("actor", "critics")}
    settings = {"tau": 0.02}  # so that values of some 50 steps are learned within the updates
    if alpha is not None:
        settings["actor_grad"] = lambda *given: CODE.td3_bc_grad(*given, alpha)
    for number in range(1, UPDATES + 1):
        batch = log_of(seed, random).sample(64, rng)
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
    yield ["actions of the log", "method", "best of", "mean return", "range", "critic above truth"]
    for name, random in ("agent's", 0.0), ("half random", 0.5):
        rewards = [log_of(s, random).fields["reward"].mean() / SCALE * 200 for s in SEEDS]
        yield [name, "the log itself", "", f"{mean(rewards):.0f}", listed(rewards), ""]
        for method, grid in METHODS.items():
            if method == "imitation" and random:
                continue  # of random actions there is nothing to imitate
            tried = {
                choice: mean(learned(seed, random, *choice)[0] for seed in CHOOSING)
                for choice in grid
            }
            alpha, lr = best = max(tried, key=tried.get)
            scores, above = zip(*(learned(seed, random, *best) for seed in SEEDS), strict=True)
            chosen = f"rate {lr:g}" + (f", alpha {alpha:g}" if alpha else "")
            cells = f"{mean(scores):.0f}", listed(scores), f"{mean(above):.0f}"
            yield [name, method, chosen, *cells]


# Planning


def planned(rounds, P, n_elite, H=20, N=10):
    """The returns of N episodes in which every step has a new plan."""
    rng, returns = np.random.default_rng(0), []
    for _ in range(N):
        world, total = CODE.Pendulum(1, rng), 0.0
        for _ in range(world.limit):
            noise = rng.normal(size=(rounds, P, H, 1))
            plan = CODE.cem_plan(CODE.pendulum_step, world.state[0], noise, n_elite)
            _, reward, *_ = world.step(plan[:1])
            total += reward[0]
        returns.append(total)
    return returns


def of_plans():
    """The best of random plans, and the cross-entropy method with as many plans in all."""
    yield ["planner", "plans for each step", "mean return", "range"]
    for name, settings in {
        "the best of random plans": (1, 100, 1),
        "the best of more random plans": (1, 400, 1),
        "cross-entropy, four rounds": (4, 100, 10),
    }.items():
        found = planned(*settings)
        yield [name, str(settings[0] * settings[1]), f"{mean(found):.0f}", listed(found)]


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


def main() -> None:
    tables = [table(each()) for each in (of_logs, of_plans, of_critics)]
    (HERE / "race.md").write_text("\n\n".join(tables) + "\n", "utf-8")


if __name__ == "__main__":
    main()
