"""Measures the tables of `rlhf`: run `python race.py`, which takes ten minutes of one core.

A small model is fine-tuned on sums of two numbers below 100 until half of its sampled answers to
new prompts are right. From there it learns on in several ways: from a program that checks answers
(GRPO, and PPO with a critic), from pairs of its own answers (DPO), and from more right answers
(SFT). Of the 10,000 prompts, 2,000 are kept for measuring. Learning rates are chosen with a seed of
their own, and the tables report three others. In the last table, the program that checks has a
hole.
"""

import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path

import numpy as np

from undergrad import course
from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
TO_CHOOSE, TO_REPORT = 100, (0, 1, 2)
P, G, ROUNDS, BETA = 32, 8, 60, 0.01
ALL = [f"{i // 100:02}+{i % 100:02}=" for i in np.random.default_rng(5).permutation(10_000)]
TRAIN, TEST = ALL[:8_000], ALL[8_000:9_000]


def solution_of(unit: str):
    return solved(load_answer_key(course.unit_folder(course.load().unit(unit))))


OWN = solved(load_answer_key(HERE))
LLM, OPTIM, PPO = (solution_of(each) for each in ("llm", "optim", "ppo"))
GAE = solution_of("actor-critic").gae


def summary(numbers: list[float], form: str = ".2f") -> str:
    return f"{np.mean(numbers):{form}} ± {np.std(numbers):{form}}"


def prompts(rng: np.random.Generator, n: int = P) -> list[str]:
    return [TRAIN[i] for i in rng.integers(len(TRAIN), size=n)]


# --- measuring -----------------------------------------------------------------------------------


class Sharp:
    """A model that always says what it thinks most likely."""

    def __init__(self, model):
        self.model = model

    def forward(self, ids):
        return 1e4 * self.model.forward(ids)


def answers(model) -> list[str]:
    """One sampled answer to each prompt of the test set."""
    return OWN.texts(*OWN.sample(model, TEST, np.random.default_rng(77)))


def right(model, judge: Callable | None = None) -> float:
    judge = judge or OWN.verify
    return float(np.mean([judge(*pair) for pair in zip(TEST, answers(model), strict=True)]))


# --- where all of them begin ---------------------------------------------------------------------


def supervised(model, optimiser, rng) -> None:
    """One step on 32 prompts and their right answers."""
    asked = prompts(rng)
    ids, mask = OWN.rows(asked, [OWN.answer(each) for each in asked])
    weight = mask / mask.sum()
    OWN.descend(model, optimiser, ids, lambda logp: (-(weight * logp).sum(), -weight))


@cache
def base(seed: int):
    """A model of which half of the sampled answers are right, and how many steps that took."""
    rng = np.random.default_rng(seed)
    model = LLM.Llama(13, 48, 2, 4, 2, 128, rng)
    optimiser = OPTIM.AdamW(model.params, lr=0.004, weight_decay=0.01)
    for step in range(1, 2_001):
        optimiser.lr = 0.004 * min(1, step / 100)
        supervised(model, optimiser, rng)
        if step >= 300 and step % 50 == 0 and right(model) >= 0.5:
            break
    print(f"    base {seed}: {step} steps", flush=True)
    return model, step


def started(seed: int, rate: float):
    """A copy of the base, its optimiser, and the generator of this run."""
    model = deepcopy(base(seed)[0])
    optimiser = OPTIM.AdamW(model.params, lr=rate, weight_decay=0.0)
    return model, optimiser, np.random.default_rng([seed, 1])


# --- the ways to go on ---------------------------------------------------------------------------


def grpo(seed, rate, scale_std=True, judge=OWN.verify, rounds=ROUNDS, beta=BETA, at=()):
    """The model after so many rounds; yields it before those rounds that are `at`, too."""
    model, optimiser, rng = started(seed, rate)
    reference, settings = base(seed)[0], {"scale_std": scale_std, "beta": beta}
    for number in range(rounds):
        if number in at:
            yield model, {}
        (log,) = OWN.train(model, reference, optimiser, [prompts(rng)], judge, rng, G, **settings)
    yield model, log


def ppo(seed, rate):
    """PPO with a critic, a second model that begins as a copy of the first."""
    model, optimiser, rng = started(seed, rate)
    critic = deepcopy(model)
    critic.head.params[0] *= 0
    of_critic = OPTIM.AdamW(critic.params, lr=rate, weight_decay=0.0)
    for _ in range(ROUNDS):
        batch = OWN.rollout(model, base(seed)[0], prompts(rng), G, OWN.verify, rng)
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
    yield model, {}


def more_sft(seed, rate, steps):
    model, optimiser, rng = started(seed, rate)
    for step in range(steps):
        optimiser.lr = rate * (1 - step / steps)
        supervised(model, optimiser, rng)
    yield model, {}


@cache
def own_pairs(seed: int):
    """Pairs of the base's own answers, a right and a wrong one to the same prompt."""
    rng, model = np.random.default_rng([seed, 2]), base(seed)[0]
    batch = OWN.rollout(model, model, prompts(rng, 600), 4, OWN.verify, rng)
    return batch, np.array(OWN.pairs_of(batch["reward"]))


def dpo(seed, rate, beta, steps=150):
    """The model, the gains of right and of wrong answers, and how often they are in order."""
    model, optimiser, rng = started(seed, rate)
    batch, pairs = own_pairs(seed)
    for step in range(steps + 1):
        rows = pairs[:, rng.permutation(len(pairs[0]))[:P]].ravel()
        ids, ref, mask = (batch[name][rows] for name in ("ids", "ref", "mask"))
        w, l = np.split(np.arange(len(rows)), 2)  # noqa: E741
        seen = {}

        def loss_of(logp, ref=ref, mask=mask, w=w, l=l, seen=seen):  # noqa: E741
            gain = ((logp - ref) * mask).sum(axis=1)
            seen["gains"] = gain[w].mean(), gain[l].mean(), (gain[w] > gain[l]).mean()
            return OWN.preference_loss(logp, ref, mask, w, l, beta)

        if step == steps:
            loss_of(OWN.token_logp(model.forward(ids), ids)[0])
            yield model, seen["gains"]
        else:
            OWN.descend(model, optimiser, ids, loss_of)


@cache
def last(way: Callable, seed: int, rate: float, *rest):
    """Accuracy sampled and greedy, processor seconds, and what the way says of itself."""
    base(seed)
    if way is dpo:
        own_pairs(seed)
    began = time.process_time()
    *_, (model, said) = way(seed, rate, *rest)
    seconds = time.process_time() - began
    sampled = right(model)
    print("   ", way.__name__, seed, rate, rest, f"{sampled:.3f} {seconds:.0f} s", flush=True)
    return sampled, right(Sharp(model)), seconds, said


def ways() -> Iterator[str]:
    steps = [base(seed)[1] for seed in TO_REPORT]
    models = [base(seed)[0] for seed in TO_REPORT]
    yield "| from the base | needs | rate | sampled | greedy | seconds |"
    yield "|---|---|---|---|---|---|"
    cells = (summary([f(model) for model in models]) for f in (right, lambda m: right(Sharp(m))))
    yield f"| nothing: after {min(steps)} to {max(steps)} steps | | | {' | '.join(cells)} | |"
    rates = 0.0003, 0.001, 0.003
    for name, needs, grid, way, *rest in (
        ("GRPO", "verifier", rates, grpo),
        ("GRPO without the std", "verifier", rates, grpo, False),
        ("PPO with a critic", "verifier", rates, ppo),
        ("SFT, 200 steps", "answers", rates[1:], more_sft, 200),
        ("SFT, 600 steps", "answers", rates[1:], more_sft, 600),
    ):
        rate = max(grid, key=lambda rate: last(way, TO_CHOOSE, rate, *rest)[0])
        runs = np.array([last(way, seed, rate, *rest)[:3] for seed in TO_REPORT]).T
        cells = [summary(runs[0]), summary(runs[1]), f"{runs[2].mean():.0f}"]
        yield f"| {name} | {needs} | {rate} | {' | '.join(cells)} |"


def preferences() -> Iterator[str]:
    yield "| beta | rate | gain of the right | gain of the wrong | in order | sampled | greedy |"
    yield "|---|---|---|---|---|---|---|"
    for beta in (0.1, 1.0):
        for rate in (0.0003, 0.001):
            runs = [last(dpo, seed, rate, beta) for seed in TO_REPORT]
            columns = np.array([[*said, *measured[:2]] for *measured, said in runs]).T
            cells = [summary(each, ".1f" if i < 2 else ".2f") for i, each in enumerate(columns)]
            yield f"| {beta} | {rate} | {' | '.join(cells)} |"


# --- a verifier with a hole ----------------------------------------------------------------------

AT = 0, 25, 50, 100


def hole() -> Iterator[str]:
    yield "| beta | rounds | accepted | right | symbols | KL |"
    yield "|---|---|---|---|---|---|"
    for beta in (0.0,):
        runs = []
        for seed in TO_REPORT:
            way = grpo(seed, 0.001, True, OWN.begins_right, AT[-1], beta, AT)
            runs.append([])
            for model, _ in way:
                said = answers(model)
                length = np.mean([len(each) for each in said])
                both = right(model, OWN.begins_right), right(model)
                runs[-1].append([*both, length, divergence(model, base(seed)[0])])
            print("    hole", beta, seed, np.round(runs[-1], 2).tolist(), flush=True)
        for rounds, columns in zip(AT, np.array(runs).transpose(1, 2, 0), strict=True):
            yield f"| {beta} | {rounds} | {' | '.join(map(summary, columns))} |"


def divergence(model, reference) -> float:
    """The mean of k1 over whole sampled answers, in nats."""
    ids, mask = OWN.sample(model, TEST, np.random.default_rng(78))
    log_ratio = sum(
        sign * OWN.token_logp(each.forward(ids), ids)[0]
        for sign, each in ((1, model), (-1, reference))
    )
    return float((log_ratio * mask).sum(axis=1).mean())


if __name__ == "__main__":
    tables = []
    for table in (hole, preferences, ways):
        lines = []
        for line in table():
            lines.append(line)
            print(line, flush=True)
        tables.insert(0, "\n".join(lines) + "\n")
        (HERE / "race.md").write_text("\n".join(tables), encoding="utf-8")
