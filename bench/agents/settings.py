"""Settings that both sides of a row train with: the same net, batch and update ratio.

For DQN they are the published ones of the peer, not ours: RL Baselines3 Zoo's `dqn.yml` for
CartPole, and CleanRL's `dqn.py`. Exploration stands at its final value, as in most of a run. For
SAC and TD3 on the pendulum one row has the nets of our presets and one those of the papers.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """every: environment steps between two rounds of updates; updates: in a round.
    target: environment steps between two copies to the target network."""

    hidden: tuple[int, ...]
    learning_rate: float
    batch: int
    buffer: int
    every: int
    updates: int
    target: int
    epsilon: float
    discount: float = 0.99
    learning_starts: int = 1_000
    max_grad_norm: float = 10.0


@dataclass(frozen=True)
class Continuous:
    """SAC or TD3 on the pendulum, with one update for each environment step."""

    agent: str
    hidden: tuple[int, ...]
    batch: int


ZOO = Recipe((256, 256), 2.3e-3, 64, 100_000, 256, 128, 10, 0.04)
CLEANRL = Recipe((120, 84), 2.5e-4, 128, 10_000, 10, 1, 500, 0.05, max_grad_norm=1e9)
RECIPES: dict[str, Recipe | Continuous] = {
    "zoo": ZOO,
    "cleanrl": CLEANRL,
    **{
        f"{agent}-{width}": Continuous(agent, (width, width), width)
        for agent in ("sac", "td3")
        for width in (64, 256)
    },
}
BUDGET = 50_000  # environment steps of a race: the Zoo's budget, and our preset's
LINE = 475  # mean return of greedy play, the threshold of CartPole-v1
EVALUATE_EVERY, EPISODES = 2_500, 20
EXPLORATION = 0.16  # of the budget: the Zoo's, while epsilon falls to its final value
