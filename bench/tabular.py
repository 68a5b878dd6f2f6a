"""The figures of docs/agents/tabular.md: small sweeps, planted faults, a deceived maximum.

python -m bench.tabular figures         # draws them into docs/assets/agents
python -m bench.tabular results RUN...  # prints the table of results of some run folders
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from undergrad import plots
from undergrad.rl.agents.tabular import planning
from undergrad.rl.agents.tabular.agent import Tabular, TabularSettings
from undergrad.rl.agents.tabular.control import Step
from undergrad.rl.agents.tabular.policies import greedy
from undergrad.rl.envs.mdp import MDP, of_environment
from undergrad.rl.loops import Online
from undergrad.rl.vector_env import make_env

FIGURES = Path(__file__).parents[1] / "docs" / "assets" / "agents"
ENVIRONMENT, GAMMA = "undergrad/Gridworld-v0", 0.9
LAYOUT = ("S....", "..#..", ".H...", "...#.", "....G")
SEEDS, ENVS, LIMIT = range(8), 4, 40
DEFAULTS: dict[str, Any] = {
    "method": "q_learning",
    "learning_rate": 0.3,
    "epsilon": 0.2,
    "initial_value": 0.0,
    "n_step": 1,
}
# The values of each setting, and what is changed besides.
SWEEPS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "learning_rate": ([0.01, 0.03, 0.1, 0.3, 0.6, 1.0], {}),
    "epsilon": ([0.0, 0.05, 0.2, 0.5, 0.8, 1.0], {}),
    "initial_value": ([0.0, 0.25, 0.5, 1.0, 2.0, 4.0], {"epsilon": 0.05}),
    "n_step": ([1, 2, 4, 8, 16, 32], {"method": "n_step_sarsa", "learning_rate": 0.1}),
}


def settings_of(**changes: Any) -> TabularSettings:
    """The defaults above, some of them changed."""
    chosen = DEFAULTS | changes
    epsilon = chosen.pop("epsilon")
    return TabularSettings(gamma=GAMMA, epsilon_start=epsilon, epsilon_end=epsilon, **chosen)


def curve(
    settings: TabularSettings,
    mdp: MDP,
    seed: int,
    steps: int,
    every: int,
    kind: type[Tabular] = Tabular,
) -> list[float]:
    """What the greedy policy earns from the start, as a fraction of the best, along the way."""
    best = float(mdp.start @ planning.value_iteration(mdp, GAMMA).max(axis=1))
    env = make_env(ENVIRONMENT, ENVS, seed, layout=LAYOUT, max_episode_steps=LIMIT)
    initial = np.full((mdp.states, mdp.actions), settings.initial_value)
    agent = kind(np.where(mdp.allowed, initial, -np.inf), settings)
    loop, fractions = Online(agent, env, settings, np.random.default_rng(seed)), []
    while loop.steps < steps:
        loop.advance()
        if loop.steps % every < ENVS:
            value = planning.evaluate_policy(mdp, greedy(agent.values), GAMMA)
            fractions.append(float(mdp.start @ value) / best)
    loop.close()
    return fractions


def sweep(name: str, steps: int = 3000) -> tuple[list[Any], list[float], list[float]]:
    """The values of one setting, with mean and std over seeds of the fraction of the best.

    The fraction is the mean over the run, so it tells how fast an agent learns, too.
    """
    values, rest = SWEEPS[name]
    mdp = of_environment(ENVIRONMENT, layout=LAYOUT)
    found = [
        [np.mean(curve(settings_of(**rest | {name: v}), mdp, s, steps, 300)) for s in SEEDS]
        for v in values
    ]
    return values, np.mean(found, axis=1).tolist(), np.std(found, axis=1).tolist()


def draw_sweeps(stem: Path) -> None:
    """One panel for each setting."""
    swept = {name: sweep(name) for name in SWEEPS}

    def draw(figure: Any) -> None:
        panels = figure.subplots(2, 2, sharey=True).flat
        for axes, (name, (values, means, stds)) in zip(panels, swept.items(), strict=True):
            places = range(len(values))
            axes.errorbar(places, means, yerr=stds, marker="o", capsize=3)
            axes.set(xlabel=name, ylim=(-0.2, 1.05))
            axes.set_xticks(places, [f"{value:g}" for value in values])
            axes.grid(True)
        for axes in figure.axes[::2]:
            axes.set(ylabel="fraction of the best")

    plots.save(draw, stem, size=(plots.WIDTH, 5.0))


# Broken on purpose: each fault is one line that is easily written that way.


class StateForNext(Tabular):
    """Takes the value of the state it was in for that of the state it came to."""

    def learn(self, env: int, step: Step, epsilon: float, rng: np.random.Generator) -> None:
        """As always, but it seems to have stayed."""
        super().learn(env, step._replace(next_state=step.state), epsilon, rng)


class TimeIsTheEnd(Tabular):
    """Takes the end of the time for a true end."""

    def learn(self, env: int, step: Step, epsilon: float, rng: np.random.Generator) -> None:
        """As always, but an episode that was cut off counts as ended."""
        super().learn(env, step._replace(terminated=step.ended), epsilon, rng)


class FirstOfEquals(Tabular):
    """Takes the first of equally good actions, where it should draw one."""

    def act(self, observation: Any, epsilon: float, rng: np.random.Generator) -> Any:
        """The first of the best, or anything at all."""
        count, actions = len(observation), self.values.shape[1]
        chance = rng.random(count) < epsilon
        return np.where(chance, rng.integers(actions, size=count), self.act_greedily(observation))


FAULTS: dict[str, tuple[type[Tabular], dict[str, Any]]] = {
    "correct": (Tabular, {}),
    "time up taken for an end": (TimeIsTheEnd, {}),
    "first of equals": (FirstOfEquals, {}),
    "s in place of s'": (StateForNext, {}),
}


def draw_faults(stem: Path, steps: int = 6000, every: int = 200) -> None:
    """A curve for each fault, the mean over the seeds, beside the correct one."""
    mdp = of_environment(ENVIRONMENT, layout=LAYOUT)
    curves = {
        name: np.mean(
            [curve(settings_of(**rest), mdp, s, steps, every, kind) for s in SEEDS], axis=0
        )
        for name, (kind, rest) in FAULTS.items()
    }

    def draw(figure: Any) -> None:
        axes = figure.add_subplot()
        for (name, values), style in zip(curves.items(), ("-", "-", "-", "--"), strict=True):
            places = np.arange(1, len(values) + 1) * every
            axes.plot(places, values, style, label=name)
        axes.set(xlabel="steps in the environment", ylabel="fraction of the best")
        axes.grid(True)
        axes.legend(fontsize="small")

    plots.save(draw, stem)


def bad_starts(method: str, runs: int = 150, episodes: int = 250) -> np.ndarray:
    """In the MDP `maximization_bias`, the fraction of runs that lose 0.1 on purpose, by episode.

    Each run has an agent of its own.
    """
    name = "undergrad/MaximizationBias-v0"
    mdp = of_environment(name)
    settings = settings_of(method=method, learning_rate=0.1, epsilon=0.1)
    initial = np.where(mdp.allowed, np.zeros((mdp.states, mdp.actions)), -np.inf)
    bad = np.zeros((runs, episodes))
    for run in range(runs):
        agent, env = Tabular(initial, settings), make_env(name, 1, run)
        loop = Online(agent, env, settings, np.random.default_rng(run))
        for episode in range(episodes):
            bad[run, episode] = int(loop.action[0]) == 1
            while not loop.advance():
                pass
    return bad.mean(axis=0)


def draw_bias(stem: Path) -> None:
    """Q-learning beside double Q-learning where the maximum deceives."""
    shares = {name: bad_starts(name) for name in ("q_learning", "double_q_learning")}

    def draw(figure: Any) -> None:
        axes = figure.add_subplot()
        for name, values in shares.items():
            calm = np.convolve(values, np.ones(10) / 10, mode="valid")
            axes.plot(np.arange(len(calm)) + 10, 100 * calm, label=name.replace("_", " "))
        axes.axhline(5, color=plots.COLOURS[2], linestyle="--", linewidth=1, label="best possible")
        axes.set(xlabel="episode", ylabel="bad choices, %", ylim=(0, 100))
        axes.grid(True)
        axes.legend(fontsize="small")

    plots.save(draw, stem)


def results(folders: list[str]) -> str:
    """Markdown: one row for each run."""
    rows = ["| preset | steps | seeds passed | best actions | score |", "|---|--:|--:|--:|--:|"]
    for folder in folders:
        record = json.loads((Path(folder) / "run.json").read_text("utf-8"))
        seeds, steps = record["seeds"], record["settings"]["steps"]
        passed = sum(seed["verdict"] == "pass" for seed in seeds)
        share = min(seed["share_of_best_actions"] for seed in seeds)
        low, high = (end(seed["score"] for seed in seeds) for end in (min, max))
        rows.append(
            f"| `{record['preset']}` | {steps:,} | {passed} of {len(seeds)} | {share:.0%} "
            f"| {low:.4g} to {high:.4g} |"
        )
    return "\n".join(rows)


DRAWINGS: dict[str, Callable[[Path], None]] = {
    "tabular-sweeps": draw_sweeps,
    "tabular-faults": draw_faults,
    "tabular-bias": draw_bias,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["results"]:
        print(results(sys.argv[2:]))
    else:
        for stem, drawing in DRAWINGS.items():
            drawing(FIGURES / stem)
            print(FIGURES / stem)
