"""Measures the tables of `continuous`: run `python race.py`, which takes three minutes of one core.

The first takes the three remedies of TD3 away, one at a time, in a small world whose rewards are
noisy, and shows by how much the first critic is above what the agent earns.

In the second, agents learn to swing up a pendulum from logs alone. Each seed has its own
half-trained agent, which writes 10,000 steps with a little noise. A score is the mean return of 100
new episodes without noise.

Everything is trained with the worked solution, and learns with the best of its grid, chosen on
other seeds than those that are reported.
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
RATES = 0.001, 0.0003
UPDATES = 5_000

DDPG = {"delay": 1, "target_noise": 0.0}


class Line:
    """N points between -2 and 2, each pushed by its action. A step costs the squared distance to 0.

    Normal noise with standard deviation 2 is added to each reward, so its mean is as it was.
    """

    shape = 1, 1
    limit = 20

    def __init__(self, N, rng, noise=2.0):
        self.N, self.rng, self.noise = N, rng, noise
        self._begin()

    def _begin(self):
        self.steps, self.observation = 0, self.rng.uniform(-2, 2, (self.N, 1))

    def step(self, action):
        self.observation = (self.observation + 0.5 * action).clip(-2, 2)
        after, reward = self.observation, -(self.observation[:, 0] ** 2)
        self.steps += 1
        if ended := self.steps >= self.limit:
            self._begin()
        never = np.zeros(self.N, bool)
        return after, reward + self.noise * self.rng.normal(size=self.N), never, never | ended


VARIANTS = {
    "TD3": (2, {}),
    "one critic": (1, {}),
    "no smoothing": (2, {"target_noise": 0.0}),
    "no delay": (2, {"delay": 1}),
    "DDPG, without all three": (1, DDPG),
}


def on_the_line(critics, settings, lr, seed, steps=3_000, N=500):
    """How much less an agent earns than the best one, and how far its first critic is too high.

    Both are means over N starts, with the discount, and without the noise of the rewards.
    """
    rng = np.random.default_rng(seed)
    world = Line(1, rng)
    agent = CODE.make_agent(world, rng, critics, 32)
    settings = {"gamma": 0.9, "tau": 0.02, "batch_size": 32, "start": 200} | settings
    settings |= {"reward_scale": 1.0, "action_noise": 0.3, "lr": lr}
    CODE.train(world, agent, rng, steps, **settings)

    first = np.linspace(-2, 2, N)[:, None]
    value = CODE.q_values(agent["critics"], first, CODE.act(agent["actor"], first))[0]
    earned = earned_from(first, lambda x: CODE.act(agent["actor"], x))
    best = earned_from(first, lambda x: np.clip(-2 * x, -1, 1))  # straight to 0
    return float((best - earned).mean()), float((value - earned).mean())


def earned_from(x, act, steps=100):
    """What is earned on the line from each x (N, 1) on: (N,)."""
    total = np.zeros(len(x))
    for step in range(steps):
        x = (x + 0.5 * act(x)).clip(-2, 2)
        total -= 0.9**step * x[:, 0] ** 2
    return total


def of_remedies(rates=(0.003, 0.001), seeds=range(10, 20)):
    """Mean and range over the seeds, of what is lost and of what the critic promises too much."""
    yield ["agent", "rate", "below the best", "range", "critic above truth", "range"]
    for name, variant in VARIANTS.items():
        tried = {lr: mean(on_the_line(*variant, lr, seed)[0] for seed in CHOOSING) for lr in rates}
        lr = min(tried, key=tried.get)
        found = [on_the_line(*variant, lr, seed) for seed in seeds]
        row = [name, f"{lr:g}"]
        for numbers in zip(*found, strict=True):
            row += [f"{mean(numbers):.2f}", f"{min(numbers):.2f} to {max(numbers):.2f}"]
        yield row


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
    tables = [table(each()) for each in (of_remedies, of_logs)]
    (HERE / "race.md").write_text("\n\n".join(tables) + "\n", "utf-8")


if __name__ == "__main__":
    main()
