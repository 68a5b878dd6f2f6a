"""Measures the tables of `rlhf`: run `python race.py`, which takes five minutes of one core.

A small model is fine-tuned on sums until half of its sampled answers are right. From there, a model
of one block that adds numbers below 10 learns on in several ways: from a program that checks
answers (GRPO, and PPO with a critic), from pairs of its own answers (DPO), and from more right
answers (SFT). Learning rates are chosen with a seed of their own, and the tables report three
others. For the last table, a model of two blocks that adds numbers below 100 learns from a program
with a hole; it is measured on prompts that it never saw.
"""

import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from undergrad import course
from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
TO_CHOOSE, TO_REPORT = 100, (0, 1, 2)
G, BETA = 8, 0.01


def solution_of(unit: str):
    return solved(load_answer_key(course.unit_folder(course.load().unit(unit))))


OWN = solved(load_answer_key(HERE))
LLM, OPTIM, PPO = (solution_of(each) for each in ("llm", "optim", "ppo"))
GAE = solution_of("actor-critic").gae


def summary(numbers: list[float], form: str = ".2f") -> str:
    return f"{np.mean(numbers):{form}} ± {np.std(numbers):{form}}"


@dataclass(frozen=True)
class World:
    """Prompts to learn from and to measure with, the model, and how its fine-tuning begins."""

    train: tuple[str, ...]
    test: tuple[str, ...]
    sizes: tuple[int, ...]  # D, blocks, H, K, F
    lr: float
    warm_up: int
    first: int  # the first step after which it is measured
    every: int
    P: int  # prompts of a round

    def prompts(self, rng: np.random.Generator, n: int) -> list[str]:
        return [self.train[i] for i in rng.integers(len(self.train), size=n)]


ALL = [f"{i // 100:02}+{i % 100:02}=" for i in np.random.default_rng(5).permutation(10_000)]
LARGE = World(
    tuple(ALL[:8_000]), tuple(ALL[8_000:9_000]), (48, 2, 4, 2, 128), 0.004, 100, 300, 50, 32
)
DIGITS = tuple(f"0{a}+0{b}=" for a in range(10) for b in range(10))
SMALL = World(DIGITS, 10 * DIGITS, (32, 1, 4, 2, 85), 0.01, 1, 60, 10, 16)


# --- measuring -----------------------------------------------------------------------------------


class Sharp:
    """A model that always says what it thinks most likely."""

    def __init__(self, model):
        self.model = model

    def forward(self, ids):
        return 1e4 * self.model.forward(ids)


def answers(world: World, model) -> list[str]:
    """One sampled answer to each prompt of the test set."""
    return OWN.texts(*OWN.sample(model, world.test, np.random.default_rng(77)))


def right(world: World, model, judge: Callable | None = None) -> float:
    judge, said = judge or OWN.verify, answers(world, model)
    return float(np.mean([judge(*pair) for pair in zip(world.test, said, strict=True)]))


# --- where all of them begin ---------------------------------------------------------------------


def supervised(world: World, model, optimiser, rng) -> None:
    """One step on 32 prompts and their right answers."""
    asked = world.prompts(rng, 32)
    ids, mask = OWN.rows(asked, [OWN.answer(each) for each in asked])
    weight = mask / mask.sum()
    OWN.descend(model, optimiser, ids, lambda logp: (-(weight * logp).sum(), -weight))


@cache
def base(world: World, seed: int):
    """A model of which half of the sampled answers are right, and how many steps that took."""
    rng = np.random.default_rng(seed)
    model = LLM.Llama(13, *world.sizes, rng)
    optimiser = OPTIM.AdamW(model.params, lr=world.lr, weight_decay=0.01)
    for step in range(1, 2_001):
        optimiser.lr = world.lr * min(1, step / world.warm_up)
        supervised(world, model, optimiser, rng)
        if step >= world.first and step % world.every == 0 and right(world, model) >= 0.5:
            break
    print(f"    base {seed}: {step} steps", flush=True)
    return model, step


def started(world: World, seed: int, rate: float):
    """A copy of the base, its optimiser, and the generator of this run."""
    model = deepcopy(base(world, seed)[0])
    optimiser = OPTIM.AdamW(model.params, lr=rate, weight_decay=0.0)
    return model, optimiser, np.random.default_rng([seed, 1])


# --- the ways to go on ---------------------------------------------------------------------------


ROUNDS = 40


def grpo(seed, rate, scale_std=True):
    model, optimiser, rng = started(SMALL, seed, rate)
    rounds = [SMALL.prompts(rng, SMALL.P) for _ in range(ROUNDS)]
    settings = {"scale_std": scale_std, "beta": BETA}
    OWN.train(model, base(SMALL, seed)[0], optimiser, rounds, OWN.verify, rng, G, **settings)
    return model, ()


def ppo(seed, rate):
    """PPO with a critic, a second model that begins as a copy of the first."""
    model, optimiser, rng = started(SMALL, seed, rate)
    critic = deepcopy(model)
    critic.head.params[0] *= 0
    of_critic = OPTIM.AdamW(critic.params, lr=rate, weight_decay=0.0)
    for _ in range(ROUNDS):
        asked = SMALL.prompts(rng, SMALL.P)
        batch = OWN.rollout(model, base(SMALL, seed)[0], asked, G, OWN.verify, rng)
        ids, mask, old = batch["ids"], batch["mask"], batch["old"]
        reward = OWN.token_rewards(batch["reward"].ravel(), old, batch["ref"], BETA, mask)
        value = np.pad(critic.forward(ids)[:, :-1, 0], ((0, 0), (1, 0)))
        last = mask & ~np.pad(mask[:, 1:], ((0, 0), (0, 1)))
        later = np.pad(value[:, 1:], ((0, 0), (0, 1)))
        columns = reward.T, last.T, 0 * last.T > 0, value.T, later.T
        advantage = GAE(*columns, 1.0, 0.95).T
        error = np.where(mask, -advantage, 0.0) / mask.sum()
        g = np.zeros((*ids.shape, 13))
        g[:, :-1, 0] = error[:, 1:]
        of_critic.step(OPTIM.clip_global_norm(critic.backward(g), 1.0)[0])
        own = advantage[mask]
        own = (own - own.mean()) / (own.std() + 1e-8)

        def loss_of(logp, mask=mask, old=old, own=own):
            ratio = np.exp(logp - old)[mask]
            gain, g_ratio = PPO.clipped_surrogate(ratio, own, 0.2)
            g = np.zeros(mask.shape)
            g[mask] = -g_ratio * ratio / len(own)
            return -gain.mean(), g

        OWN.descend(model, optimiser, ids, loss_of)
    return model, ()


def more_sft(seed, rate, steps):
    model, optimiser, rng = started(SMALL, seed, rate)
    for step in range(steps):
        optimiser.lr = rate * (1 - step / steps)
        supervised(SMALL, model, optimiser, rng)
    return model, ()


@cache
def own_pairs(seed: int):
    """Pairs of the base's own answers, a right and a wrong one to the same prompt."""
    rng, model = np.random.default_rng([seed, 2]), base(SMALL, seed)[0]
    batch = OWN.rollout(model, model, 4 * DIGITS, G, OWN.verify, rng)
    return batch, np.array(OWN.pairs_of(batch["reward"]))


def dpo(seed, rate, beta, steps=150):
    """The model, the gains of right and of wrong answers, and how often they are in order."""
    model, optimiser, rng = started(SMALL, seed, rate)
    batch, pairs = own_pairs(seed)

    def gains(logp, ref, mask):
        return np.split(((logp - ref) * mask).sum(axis=1), 2)

    for _ in range(steps):
        rows = pairs[:, rng.permutation(len(pairs[0]))[:32]].ravel()
        ids, ref, mask = (batch[name][rows] for name in ("ids", "ref", "mask"))
        w, l = np.split(np.arange(len(rows)), 2)  # noqa: E741

        def loss_of(logp, ref=ref, mask=mask, w=w, l=l):  # noqa: E741
            return OWN.preference_loss(logp, ref, mask, w, l, beta)

        OWN.descend(model, optimiser, ids, loss_of)
    ids, ref, mask = (batch[name][pairs.ravel()] for name in ("ids", "ref", "mask"))
    better, worse = gains(OWN.token_logp(model.forward(ids), ids)[0], ref, mask)
    return model, (better.mean(), worse.mean(), (better > worse).mean())


@cache
def measured(way: Callable, seed: int, rate: float, *rest):
    """Accuracy sampled and greedy, processor seconds, and what the way says of itself."""
    base(SMALL, seed)
    if way is dpo:
        own_pairs(seed)
    began = time.process_time()
    model, said = way(seed, rate, *rest)
    seconds = time.process_time() - began
    sampled = right(SMALL, model)
    print("   ", way.__name__, seed, rate, rest, f"{sampled:.3f} {seconds:.1f} s", flush=True)
    return sampled, right(SMALL, Sharp(model)), seconds, said


def ways() -> Iterator[str]:
    steps = [base(SMALL, seed)[1] for seed in TO_REPORT]
    models = [base(SMALL, seed)[0] for seed in TO_REPORT]
    yield "| from the base | needs | rate | sampled | greedy | seconds |"
    yield "|---|---|---|---|---|---|"
    sampled = summary([right(SMALL, model) for model in models])
    greedy = summary([right(SMALL, Sharp(model)) for model in models])
    yield f"| nothing, after {min(steps)} to {max(steps)} steps | | | {sampled} | {greedy} | |"
    for name, needs, way, *rest in (
        ("GRPO", "verifier", grpo),
        ("GRPO without the std", "verifier", grpo, False),
        ("PPO with a critic", "verifier", ppo),
        ("SFT, 50 steps", "answers", more_sft, 50),
        ("SFT, 250 steps", "answers", more_sft, 250),
    ):
        rates = 0.001, 0.003, 0.01
        rate = max(rates, key=lambda rate: measured(way, TO_CHOOSE, rate, *rest)[0])
        runs = np.array([measured(way, seed, rate, *rest)[:3] for seed in TO_REPORT]).T
        cells = [summary(runs[0]), summary(runs[1]), f"{runs[2].mean():.1f}"]
        yield f"| {name} | {needs} | {rate} | {' | '.join(cells)} |"


def preferences() -> Iterator[str]:
    names = "rate", "gain of the right", "gain of the wrong", "in order", "sampled", "greedy"
    yield f"| $\\beta$ | {' | '.join(names)} |"
    yield "|---|---|---|---|---|---|---|"
    for beta in (0.1, 1.0):
        for rate in (0.0003, 0.001, 0.003):
            runs = [measured(dpo, seed, rate, beta) for seed in TO_REPORT]
            columns = np.array([[*said, sampled, greedy] for sampled, greedy, _, said in runs]).T
            cells = [summary(each, ".1f" if i < 2 else ".2f") for i, each in enumerate(columns)]
            yield f"| {beta} | {rate} | {' | '.join(cells)} |"


# --- a verifier with a hole ----------------------------------------------------------------------

AT = 0, 25, 50, 100


def hole() -> Iterator[str]:
    yield "| rounds | accepted | right | digits | divergence |"
    yield "|---|---|---|---|---|"
    runs = []
    for seed in TO_REPORT:
        model, optimiser, rng = started(LARGE, seed, 0.001)
        reference, found = base(LARGE, seed)[0], []
        for number in range(AT[-1] + 1):
            if number in AT:
                said = answers(LARGE, model)
                both = right(LARGE, model, OWN.begins_right), right(LARGE, model)
                length = np.mean([len(each) for each in said])
                found.append([*both, length, divergence(model, reference)])
            if number < AT[-1]:
                asked = LARGE.prompts(rng, LARGE.P)
                OWN.train(model, reference, optimiser, [asked], OWN.begins_right, rng, G)
        print("    hole", seed, np.round(found, 2).tolist(), flush=True)
        runs.append(found)
    for rounds, columns in zip(AT, np.array(runs).transpose(1, 2, 0), strict=True):
        yield f"| {rounds} | {' | '.join(map(summary, columns))} |"


def divergence(model, reference) -> float:
    """The mean of k1 over whole sampled answers, in nats."""
    ids, mask = OWN.sample(model, LARGE.test, np.random.default_rng(78))
    log_ratio = sum(
        sign * OWN.token_logp(each.forward(ids), ids)[0]
        for sign, each in ((1, model), (-1, reference))
    )
    return float((log_ratio * mask).sum(axis=1).mean())


if __name__ == "__main__":
    tables = []
    for table in (ways, preferences, hole):
        lines = []
        for line in table():
            lines.append(line)
            print(line, flush=True)
        tables.append("\n".join(lines) + "\n")
        (HERE / "race.md").write_text("\n".join(tables), encoding="utf-8")
