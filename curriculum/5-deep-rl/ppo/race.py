"""Measures the tables of `ppo`: run `python race.py`, which takes three minutes of one core.

The first shows what a log says of a healthy run and of three runs with a fault each; the second,
how long the poles of ten seeds stay up. For the third, eight poles train for 10,240 steps with the
worked solution: as it is, and with one of the implementation details of Huang et al. (2022)
switched at a time. Each variant learns with the best of four learning rates, chosen on other seeds
than those that are reported. The score of a run is the mean return of 100 new greedy episodes after
the last step.
"""

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.rl.evaluate import bootstrap_interval, interquartile_mean

HERE = Path(__file__).resolve().parent
KEY = load_answer_key(HERE)
RATES = 0.001, 0.003, 0.01, 0.03
CHOOSING, SEEDS = range(5), range(100, 120)
STEPS, LIMIT = 10_240, 500


def solution():
    """The worked solution, fresh, so that a variant may replace some of it."""
    return SimpleNamespace(module=(module := solved(KEY)), **vars(module))


# The variants: what each replaces in the solution, and its settings of `train`


def uniform(ppo):
    """Weights as PyTorch's Linear has them by default, in all layers."""

    def init_network(sizes, gain, rng):
        params = []
        for d, m in pairwise(sizes):
            bound = d**-0.5
            params += [rng.uniform(-bound, bound, (m, d)), rng.uniform(-bound, bound, m)]
        return params

    ppo.module.init_network = init_network


def small_eps(ppo):
    """The eps that Adam has by default."""
    ppo.module.Adam = lambda params, lr, eps: ppo.Adam(params, lr, eps=1e-8)


def constant_rate(ppo):
    """The learning rate of the first round in all of them."""

    class Constant(ppo.Adam):
        lr = property(lambda self: self.first, lambda self, lr: vars(self).setdefault("first", lr))

    ppo.module.Adam = Constant


def as_they_are(ppo):
    """Advantages that are not normalised."""
    ppo.module.normalise = lambda advantage: advantage


def clipped_value(ppo):
    """The larger of two squared errors, of which one is that of a value within 0.2 of the old."""
    plain = ppo.ppo_loss

    def ppo_loss(logits, value, batch, **coefficients):
        near = batch["value"] + (value - batch["value"]).clip(-0.2, 0.2)
        used = (value - batch["returns"]) ** 2 >= (near - batch["returns"]) ** 2
        loss, glogits, gvalue = plain(logits, value, batch, **coefficients)
        return loss, glogits, gvalue * (used | (near == value))

    ppo.module.ppo_loss = ppo_loss


def clipped_apart(ppo):
    """The gradients of the actor are clipped by their own norm, and so are the critic's."""

    def clip_global_norm(grads, max_norm):
        half = len(grads) // 2
        (actor, norm), (critic, _) = (
            ppo.clip_global_norm(part, max_norm) for part in (grads[:half], grads[half:])
        )
        return actor + critic, norm

    ppo.module.clip_global_norm = clip_global_norm


VARIANTS = {
    "as it is": (None, {}),
    "uniform initial weights": (uniform, {}),
    "Adam's eps 1e-8, not 1e-5": (small_eps, {}),
    "a constant learning rate": (constant_rate, {}),
    "lambda 1 in place of 0.95": (None, {"gae_lambda": 1.0}),
    "the whole rollout as one minibatch": (None, {"size": 1024}),
    "advantages not normalised": (as_they_are, {}),
    "no clip": (None, {"clip_range": np.inf}),
    "the value clipped too": (clipped_value, {}),
    "ent_coef 0.01, not 0": (None, {"ent_coef": 0.01}),
    "gradients not clipped": (None, {"max_grad_norm": np.inf}),
    "gradients clipped, networks apart": (clipped_apart, {}),
    "one epoch in place of ten": (None, {"n_epochs": 1}),
}


def score(change, settings, lr, seed, steps=STEPS):
    """The mean greedy return of 100 new episodes, after training from `seed`."""
    ppo = solution()
    if change:
        change(ppo)
    rng = np.random.default_rng(seed)
    world = ppo.Poles(8, rng, LIMIT)
    net = ppo.module.actor_critic(world, rng)
    ppo.train(world, net, rng, steps, T=128, lr=lr, **settings)
    return greedy_return(ppo, net, seed + 1000)


def greedy_return(ppo, net, seed):
    """The mean return of 100 episodes with the most likely actions."""
    world = ppo.Poles(100, np.random.default_rng(seed), LIMIT)
    alive, total = np.ones(100, bool), np.zeros(100)
    for _ in range(LIMIT):
        logits, _ = ppo.forward(net["actor"], world.state)
        _, reward, terminated, truncated = world.step(logits.argmax(axis=1))
        total += alive * reward
        alive &= ~(terminated | truncated)
    return float(total.mean())


def of_details():
    """The scores of each variant at its best learning rate."""
    yield ["variant", "learning rate", "return: middle half", "95% interval", "lowest"]
    for name, variant in VARIANTS.items():
        tried = {lr: np.mean([score(*variant, lr, seed) for seed in CHOOSING]) for lr in RATES}
        lr = max(tried, key=tried.get)
        found = [score(*variant, lr, seed) for seed in SEEDS]
        low, high = bootstrap_interval(found, np.random.default_rng(0))
        middle = f"{interquartile_mean(found):.0f}"
        yield [name, f"{lr:g}", middle, f"{low:.0f} to {high:.0f}", f"{min(found):.0f}"]


def of_seeds(steps=40_960, seeds=range(10)):
    """The scores of the solution as it is, with four times as many steps."""
    yield ["steps", "seeds", "lowest mean return", "highest"]
    found = [score(None, {}, 0.003, seed, steps) for seed in seeds]
    yield [f"{steps:,}", str(len(seeds)), f"{min(found):.1f}", f"{max(found):.1f}"]


# Three runs with a fault each, and one without


def forgetful(ppo):
    """The log-probabilities that acted are replaced by those of the policy now."""
    plain = ppo.ppo_loss

    def ppo_loss(logits, value, batch, **coefficients):
        batch["log_prob"] = ppo.log_prob(logits, batch["action"])
        return plain(logits, value, batch, **coefficients)

    ppo.module.ppo_loss = ppo_loss


RUNS = {
    "healthy": (None, {}),
    "A": (None, {"vf_coef": 0.0}),
    "B": (forgetful, {}),
    "C": (None, {"lr": 0.1}),
}


def of_runs(steps=40_960, rounds=(0, 9, 19, 29)):
    """What a log says of each run, in some of its forty rounds."""
    yield ["run", "round", "approx_kl", "clip_fraction", "explained_variance"]
    for name, (change, settings) in RUNS.items():
        ppo = solution()
        if change:
            change(ppo)
        rng = np.random.default_rng(1)
        world = ppo.Poles(8, rng, LIMIT)
        net = ppo.actor_critic(world, rng)
        logs = ppo.train(world, net, rng, steps, T=128, **{"lr": 0.003} | settings)
        for number in rounds:
            yield [name, str(number + 1), *(f"{x:.3f}" for x in logs[number].values())]


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


def main() -> None:
    tables = [table(each()) for each in (of_runs, of_seeds, of_details)]
    (HERE / "race.md").write_text("\n\n".join(tables) + "\n", "utf-8")


if __name__ == "__main__":
    main()
