"""Measures the tables of `dqn-plus`: run `python race.py`, which takes four minutes of one core.

The first shows by how much the values of a network exceed the true ones while it learns, with and
without double estimation: FrozenLake, whose true values dynamic programming finds. The second adds
each of Rainbow's six blocks to plain DQN in the preset `catch`, and takes it away from all six.
Everything else stays as the preset states it, but C51 has 21 atoms and there is an evaluation every
800 steps. The score of a run is the mean greedy return over its ten evaluations, so both a fast
start and a good end count. The third table is about the chain of 30 states, with the worked
solution.
"""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import gymnasium
import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.rl.evaluate import bootstrap_interval, interquartile_mean
from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer

HERE = Path(__file__).resolve().parent
KEY = load_answer_key(HERE)
SEEDS = range(5)

# What a block changes when it is on. Without noisy layers, the preset's own epsilon explores.
BLOCKS = {
    "double": {"double": True},
    "dueling": {"dueling": True},
    "prioritised": {"per_alpha": 0.5},
    "three steps": {"n_step": 3},
    "C51": {"distributional": "c51"},
    "noisy": {"noisy": True, "epsilon_start": 0.0, "epsilon_end": 0.0},
}
OFF = {"double": False, "n_step": 1}

CATCH = {"evaluate_every": 800, "n_atoms": 21}


def changed(name, settings):
    """The preset with these settings."""
    chosen = preset.load(name)
    return replace(chosen, settings=replace(chosen.settings, **settings))


def score(blocks, seed):
    """The mean greedy return over the ten evaluations of one run in Catch."""
    settings = CATCH | OFF
    for block in blocks:
        settings = settings | BLOCKS[block]
    trainer = Trainer(changed("catch", settings), seed)
    while not trainer.finished:
        trainer.advance()
    trainer.close()
    return float(np.mean([row["return"] for row in trainer.evaluations]))


def of_blocks():
    """Interquartile mean and interval of each block alone, and of all the others."""
    yield ["block", "it alone", "95% interval", "all but it", "95% interval"]
    for block in (*BLOCKS, "none, or all six"):
        row = [block]
        for blocks in (
            [each for each in BLOCKS if each == block],
            [each for each in BLOCKS if each != block],
        ):
            found = [score(blocks, seed) for seed in SEEDS]
            low, high = bootstrap_interval(found, np.random.default_rng(0))
            row += [f"{interquartile_mean(found):.2f}", f"{low:.2f} to {high:.2f}"]
        yield row


def true_values(gamma):
    """The values of FrozenLake's squares under the best policy, by value iteration: (16,)."""
    rules = gymnasium.make("FrozenLake-v1").unwrapped.P
    v = np.zeros(len(rules))
    for _ in range(2_000):
        for s, actions in rules.items():
            v[s] = max(
                sum(p * (r + gamma * (not end) * v[after]) for p, after, r, end in steps)
                for steps in actions.values()
            )
    return v


def excess(double, seed, at=(2_000, 5_000, 10_000)):
    """How far the best values lie above the true ones, over the squares that are no ends."""
    settings = {"steps": 10_000, "double": double, "v_min": -100.0, "v_max": 100.0}
    chosen = changed("frozenlake-dqn", settings)
    trainer, found, v = Trainer(chosen, seed), [], true_values(chosen.settings.gamma)
    rules = gymnasium.make("FrozenLake-v1").unwrapped.P
    open_squares = np.array([s for s in rules if not all(row[0][3] for row in rules[s].values())])
    while not trainer.finished:
        trainer.advance()
        if trainer.steps in at:
            agent = trainer.agent
            q = agent.q_values(agent.online, open_squares)
            found.append(float((q.max(axis=1) - v[open_squares]).mean()))
    trainer.close()
    return found


def of_values(at=(2_000, 5_000, 10_000), seeds=range(10)):
    """The mean excess of both kinds of target, and on how many seeds double is lower."""
    found = np.array([[excess(double, seed, at) for seed in seeds] for double in (False, True)])
    yield ["steps", "single", "double", "double is lower"]
    for i, steps in enumerate(at):
        single, double = found[:, :, i]
        lower = f"{(double < single).sum()} of {len(single)} seeds"
        yield [f"{steps:,}", f"{single.mean():+.3f}", f"{double.mean():+.3f}", lower]


# The chain


def by_prediction_error(module):
    """The bonus of random network distillation, on one-hot pairs (s, a), in place of the count's.

    The first error of a pair is about the mean of all first errors, so its bonus begins near beta.
    """

    def explore(chain, steps, rng, **settings):
        inputs = np.eye(chain.length * chain.actions)
        net, seen = module.RND(len(inputs), 16, rng), []
        step = chain.step

        def watching(action):
            seen[:] = [inputs[chain.actions * chain.s + action][None]]
            return step(action)

        def bonus(n, beta):
            found = net.bonus(seen[0])[0]
            net.update(seen[0])
            return beta * found

        chain.step, module.count_bonus = watching, bonus
        return plain(chain, steps, rng, **settings)

    plain, module.explore = module.explore, explore


def without_bonus(module):
    """Only the first values are optimistic."""
    module.count_bonus = lambda n, beta: 0.0


def without_optimism(module):
    """Untried pairs begin at 0: the tables of bonuses begins as if beta were 0."""
    module.np = SimpleNamespace(**vars(np) | {"full": lambda shape, value: np.zeros(shape)})


def with_ends(module):
    """The sum of bonuses stops at the end of an episode, as that of rewards does."""

    def learn_both(q, q_int, s, a, reward, bonus, s2, terminated, lr, gamma):
        plain(q, q_int * (1 - terminated), s, a, reward, bonus, s2, terminated, lr, gamma)
        target = bonus + gamma * (1 - terminated) * q_int[s2].max()
        q_int[s, a] += lr * (target - q_int[s, a])

    plain, module.learn_both = module.learn_both, learn_both


EXPLORERS = {
    "epsilon 0.05": (None, {"epsilon": 0.05}),
    "epsilon 0.3": (None, {"epsilon": 0.3}),
    "epsilon 1": (None, {"epsilon": 1.0}),
    "count bonus": (None, {"beta": 1.0}),
    "RND": (by_prediction_error, {"beta": 1.0}),
    "count bonus, gamma 0": (None, {"beta": 1.0, "gamma": 0.0}),
    "count bonus, values from 0": (without_optimism, {"beta": 1.0}),
    "optimistic values, no bonus": (without_bonus, {"beta": 1.0}),
    "count bonus, cut at ends": (with_ends, {"beta": 1.0}),
}


def of_chain(length=30, steps=20_000, seeds=range(10)):
    """How many seeds find the reward, and after how many steps."""
    yield ["exploration", "seeds that found it", "median steps", "most"]
    for name, (change, settings) in EXPLORERS.items():
        found = []
        for seed in seeds:
            module, rng = solved(KEY), np.random.default_rng(seed)
            if change:
                change(module)
            found.append(module.explore(module.Chain(length, rng), steps, rng, **settings)[0])
        took = [each for each in found if each]
        cells = [f"{np.median(took):,.0f}", f"{max(took):,}"] if took else ["", ""]
        yield [name, f"{len(took)} of {len(found)}", *cells]


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


def main() -> None:
    tables = [table(each()) for each in (of_values, of_blocks, of_chain)]
    (HERE / "race.md").write_text("\n\n".join(tables) + "\n", "utf-8")


if __name__ == "__main__":
    main()
